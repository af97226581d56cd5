//! The store as the bot sees it: what is put in comes out, what is too long is refused, after an error all ends.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::domain::digest::Digest;
use crate::store::disk::Disk;
use crate::store::tests_sample::{commit_sample, delete, entry, filled, folder, put, text};
use crate::store::{
    Group, KEY_OCTETS_MAX, LINE_OCTETS_MAX, RECORD_OCTETS_MAX, Repair, Shelf, Step, Store, StoreError, Table,
    rebuild,
};

#[test]
fn what_is_committed_is_read_again() {
    let folder = folder();
    let store = Store::open(folder.path()).expect("opens");
    let writes =
        vec![put(Table::Cases, "b", "2"), put(Table::Cases, "a", "1"), put(Table::Roster, "a", "\"é\"")];
    assert_eq!(store.commit(&entry(1), &writes).expect("commits"), 1);
    assert_eq!(store.read(Table::Cases, "a").expect("reads"), Some("1".to_owned()));
    assert_eq!(store.read(Table::Outbox, "a").expect("reads"), None);
    assert_eq!(
        store.scan(Table::Cases, "").expect("scans"),
        [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())]
    );
    assert_eq!(store.commit(&entry(2), &[delete(Table::Cases, "a")]).expect("commits"), 2);
    drop(store);
    let store = Store::open(folder.path()).expect("opens again");
    assert_eq!(store.repairs(), []);
    assert_eq!(store.read(Table::Cases, "a").expect("reads"), None);
    assert_eq!(store.scan(Table::Roster, "").expect("scans"), [("a".to_owned(), "\"é\"".to_owned())]);
    assert_eq!(store.commit(&entry(3), &[]).expect("commits"), 3);
}

#[test]
fn a_scan_gives_one_prefix_of_one_table() {
    let folder = folder();
    let store = Store::open(folder.path()).expect("opens");
    let keys = ["a", "ab", "ab\u{0}", "abc", "b", ""];
    let of = |table| keys.iter().map(move |key| put(table, key, key));
    store.commit(&entry(1), &of(Table::Cases).chain(of(Table::Seen)).collect::<Vec<_>>()).expect("commits");
    let keys_of = |prefix| -> Vec<String> {
        store.scan(Table::Cases, prefix).expect("scans").into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(keys_of("ab"), ["ab", "ab\u{0}", "abc"]);
    assert_eq!(keys_of(""), ["", "a", "ab", "ab\u{0}", "abc", "b"]);
    assert_eq!(keys_of("c"), [""; 0]);
}

#[test]
fn of_two_writes_to_one_key_the_later_counts() {
    let folder = folder();
    let store = Store::open(folder.path()).expect("opens");
    let long = text(10_000, 1);
    let writes =
        vec![put(Table::Cases, "a", &long), put(Table::Cases, "a", "short"), delete(Table::Cases, "b")];
    store.commit(&entry(1), &writes).expect("commits");
    assert_eq!(store.read(Table::Cases, "a").expect("reads"), Some("short".to_owned()));
    store.commit(&entry(2), &[delete(Table::Cases, "a"), put(Table::Cases, "a", &long)]).expect("commits");
    assert_eq!(store.read(Table::Cases, "a").expect("reads"), Some(long));
}

#[test]
fn the_journal_gives_back_every_entry() {
    let folder = folder();
    let store = filled(folder.path(), 12);
    let lines = store.journal().expect("reads");
    assert_eq!(lines.len(), 12);
    assert_eq!(lines[0].entry, entry(1));
    assert_eq!(lines[0].prev.to_string(), "0".repeat(64));
    assert!(lines.windows(2).all(|pair| pair[1].prev == pair[0].hash && pair[1].seq == pair[0].seq + 1));
    assert_eq!(lines[11].writes[1], put(Table::Counters, "last", "12"));
    assert_eq!(store.journal_tail(2).expect("reads"), lines[10..]);
    assert_eq!(store.head().expect("asks").hash, lines[11].hash);
    let file = fs::read_to_string(folder.path().join("journal.jsonl")).expect("reads");
    let written: Vec<String> =
        lines.iter().map(|line| serde_json::to_string(line).expect("is JSON")).collect();
    assert_eq!(file.lines().collect::<Vec<_>>(), written);
}

/// Guards the hash against a reader that has only this sentence: SHA-256 over `prev` and the line without its hash.
#[test]
fn a_line_can_be_checked_without_this_program() {
    let folder = folder();
    drop(filled(folder.path(), 1));
    let file = fs::read_to_string(folder.path().join("journal.jsonl")).expect("reads");
    let (body, hash) = file.trim_end().rsplit_once(",\"hash\":\"").expect("has a hash");
    let hashed = format!("{}{body}}}", "0".repeat(64));
    assert_eq!(format!("{}\"}}", Digest::of(hashed.as_bytes())), hash);
}

/// Guards rule 1: two writers on one sled lose it.
#[test]
fn a_folder_is_opened_once() {
    let folder = folder();
    let store = Store::open(folder.path()).expect("opens");
    let error = Store::open(folder.path()).expect_err("is locked");
    assert!(matches!(error, StoreError::Locked(_)), "{error}");
    assert!(error.to_string().contains("another tldops has the store"), "{error}");
    drop(store);
    drop(Store::open(folder.path()).expect("opens after the other has let go"));
}

/// Guards rule 1: the lock is taken before anything is touched, so that not even a leftover goes.
#[test]
fn whoever_finds_the_lock_taken_touches_nothing() {
    let folder = folder();
    let store = Store::open(folder.path()).expect("opens");
    let leftover = folder.path().join("sled/snap.0000000000000000.generating");
    fs::write(&leftover, "being written by the other").expect("writes");
    Store::open(folder.path()).expect_err("is locked");
    assert!(leftover.exists());
    drop(store);
}

/// Guards rule 1 between processes: this test starts itself once more.
#[test]
fn another_process_finds_the_lock_taken() {
    if let Some(path) = crate::store::tests_kill::told("LOCKED") {
        let error = Store::open(Path::new(&path)).expect_err("is locked");
        println!("{error}");
        return;
    }
    let folder = folder();
    let store = Store::open(folder.path()).expect("opens");
    let mut child = crate::store::tests_kill::again(
        "store::tests_store::another_process_finds_the_lock_taken",
        "LOCKED",
        folder.path(),
    );
    let output = child.output().expect("runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("another tldops has the store"), "{said}");
    drop(store);
}

/// Guards rule 2: sled refuses to open beside such a file.
#[test]
fn a_snapshot_that_was_being_written_does_not_stop_the_open() {
    let folder = folder();
    drop(filled(folder.path(), 3));
    let leftover = folder.path().join("sled/snap.0000000000012345.generating");
    fs::write(&leftover, [0; 3]).expect("writes");
    let store = Store::open(folder.path()).expect("opens");
    assert!(!leftover.exists());
    assert_eq!(store.journal().expect("reads").len(), 3);
}

/// Guards rule 5: over 4 KiB a record lies in pieces, of which the caller sees nothing.
#[test]
fn records_of_every_size_come_back() {
    let folder = folder();
    let sizes = [0, 1, 4094, 4095, 4096, 4097, 8191, 8192, 8193, 100_000, RECORD_OCTETS_MAX];
    let store = Store::open(folder.path()).expect("opens");
    let writes = |shift: usize| {
        let of = |(place, size): (usize, &usize)| put(Table::Cases, &format!("{place}"), &text(*size, shift));
        sizes.iter().enumerate().map(of).collect::<Vec<_>>()
    };
    store.commit(&entry(1), &writes(1)).expect("commits");
    let check = |store: &Store, shift: usize| {
        for write in writes(shift) {
            assert!(store.read(Table::Cases, &write.key).expect("reads") == write.value, "{}", write.key);
        }
        assert_eq!(store.scan(Table::Cases, "").expect("scans").len(), sizes.len());
        assert_eq!(store.scan(Table::Cases, "10").expect("scans")[0].1, text(RECORD_OCTETS_MAX, shift));
    };
    check(&store, 1);
    store.commit(&entry(2), &writes(77)).expect("commits");
    drop(store);
    let store = Store::open(folder.path()).expect("opens");
    check(&store, 77);
}

/// Guards rule 5: no value in sled is over 4 KiB, no key over 256 octets, and no piece stays behind.
#[test]
fn nothing_in_sled_is_over_its_limit_and_no_piece_stays_behind() {
    let folder = folder();
    let store = Store::open(folder.path()).expect("opens");
    let key = "k".repeat(KEY_OCTETS_MAX);
    let pieces = |folder: &Path| {
        let sled = sled::open(folder.join("sled")).expect("opens");
        let sizes = sled.iter().map(|item| item.map(|(key, value)| (key.len(), value.len())).expect("reads"));
        let (keys, values): (Vec<_>, Vec<_>) = sizes.unzip();
        assert!(keys.into_iter().max() <= Some(256) && values.into_iter().max() <= Some(4096));
        sled.scan_prefix([b"pC", key.as_bytes()].concat()).count()
    };
    let sizes = [Some(50_000), Some(9_000), Some(100), Some(20_000), None];
    let (mut store, mut number) = (Some(store), 0);
    for (size, count) in sizes.into_iter().zip([13, 3, 0, 5, 0]) {
        number += 1;
        let write =
            size.map_or_else(|| delete(Table::Cases, &key), |size| put(Table::Cases, &key, &text(size, 5)));
        let open = store.take().unwrap_or_else(|| Store::open(folder.path()).expect("opens"));
        assert_eq!(open.commit(&entry(number), &[write]).expect("commits"), number);
        drop(open);
        assert_eq!(pieces(folder.path()), count, "after {size:?}");
    }
}

/// Guards rule 5 for callers: a refusal writes nothing, and the store goes on.
#[test]
fn what_is_too_long_is_refused_before_anything_is_written() {
    let folder = folder();
    let store = filled(folder.path(), 1);
    let fine = put(Table::Cases, "fine", "1");
    let refused = |write| {
        let error = store.commit(&entry(9), &[fine.clone(), write]).expect_err("is refused");
        assert!(error.is_refusal(), "{error}");
        error
    };
    let error = refused(put(Table::Cases, &"k".repeat(KEY_OCTETS_MAX + 1), "1"));
    assert!(matches!(error, StoreError::KeyTooLong { octets } if octets == KEY_OCTETS_MAX + 1), "{error}");
    let error = refused(delete(Table::Cases, &"k".repeat(300)));
    assert!(matches!(error, StoreError::KeyTooLong { octets: 300 }), "{error}");
    let error = refused(put(Table::Cases, "k", &"x".repeat(RECORD_OCTETS_MAX + 1)));
    assert!(matches!(error, StoreError::RecordTooLong { .. }), "{error}");
    let many = (0..9).map(|number| put(Table::Cases, &number.to_string(), &"x".repeat(RECORD_OCTETS_MAX)));
    let error = store.commit(&entry(9), &many.collect::<Vec<_>>()).expect_err("is refused");
    assert!(matches!(error, StoreError::LineTooLong { octets } if octets > LINE_OCTETS_MAX), "{error}");
    assert_eq!(store.read(Table::Cases, "fine").expect("reads"), None);
    commit_sample(&store, 2);
}

/// Guards rule 6: one writes at a time, whoever asks.
#[test]
fn many_threads_commit_without_a_gap() {
    let folder = folder();
    let store = Store::open(folder.path()).expect("opens");
    let mut seqs: Vec<u64> = std::thread::scope(|scope| {
        let commit = |thread: u64| {
            let store = &store;
            scope.spawn(move || -> Vec<u64> {
                let one = |number| {
                    let writes = vec![put(Table::Cases, &format!("{thread}-{number}"), &text(5000, 1))];
                    store.commit(&entry(number), &writes).expect("commits")
                };
                (0..25).map(one).collect()
            })
        };
        let threads: Vec<_> = (0..8).map(commit).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("ends")).collect()
    });
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=200).collect::<Vec<_>>());
    assert_eq!(store.scan(Table::Cases, "").expect("scans").len(), 200);
    drop(store);
    assert_eq!(crate::store::verify(folder.path()).expect("is sound").lines, 200);
}

/// Guards rule 7: what a failed sync has left on the disk nobody knows, so nothing is done on top of it.
#[test]
fn after_an_error_every_call_fails() {
    let folder = folder();
    let failing = Arc::new(AtomicBool::new(false));
    let is_failing = Arc::clone(&failing);
    let disk = Disk::watched(move |_| {
        if is_failing.load(Ordering::Relaxed) { Err(io::Error::other("no space left")) } else { Ok(()) }
    });
    let store = Store::open_on(folder.path(), disk).expect("opens");
    commit_sample(&store, 1);
    failing.store(true, Ordering::Relaxed);
    let error = store.commit(&entry(2), &[]).expect_err("fails");
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
    failing.store(false, Ordering::Relaxed);
    let broken = |result: Result<(), StoreError>| {
        let error = result.expect_err("fails");
        assert!(matches!(&error, StoreError::Broken { why } if why.contains("no space left")), "{error}");
    };
    broken(store.commit(&entry(3), &[]).map(drop));
    broken(store.read(Table::Cases, "").map(drop));
    broken(store.scan(Table::Cases, "").map(drop));
    broken(store.put_mail(Shelf::Incoming, b"mail").map(drop));
    broken(store.mail(Shelf::Incoming, &Digest::of(b"")).map(drop));
    broken(store.remove_mail(Shelf::Incoming, &Digest::of(b"")));
    broken(store.mails(Shelf::Incoming).map(drop));
    broken(store.journal().map(drop));
    broken(store.head().map(drop));
    broken(store.export(&mut Vec::new()));
    drop(store);
    // The line was in the file before the failure: it was not acknowledged, and counts all the same.
    let store = Store::open(folder.path()).expect("recovers");
    assert_eq!(store.repairs(), [Repair::LinesReplayed { from: 2, to: 2 }]);
    commit_sample(&store, 3);
}

#[test]
fn a_watcher_that_panics_ends_the_store_and_not_the_caller() {
    let folder = folder();
    let mut steps = 0;
    let store = Store::open_watched(folder.path(), move |step| {
        steps += usize::from(matches!(step, Step::Committed(_)));
        assert!(steps < 2, "the second commit is too much (this message belongs to the test)");
    })
    .expect("opens");
    commit_sample(&store, 1);
    assert!(matches!(store.commit(&entry(2), &[]), Err(StoreError::Broken { .. })));
    assert!(matches!(store.head(), Err(StoreError::Broken { .. })));
}

#[test]
fn a_newer_format_is_refused() {
    let folder = folder();
    drop(filled(folder.path(), 1));
    let sled = sled::open(folder.path().join("sled")).expect("opens");
    sled.insert("!schema", "=2").expect("writes");
    drop(sled);
    let error = Store::open(folder.path()).expect_err("is refused");
    assert!(error.to_string().contains("format 2") && error.to_string().contains("install"), "{error}");
    let error = rebuild(folder.path()).expect_err("is refused too");
    assert!(matches!(error, StoreError::Newer { .. }), "{error}");
}

#[test]
fn mails_are_kept_under_their_digest() {
    let folder = folder();
    let store = Store::open(folder.path()).expect("opens");
    let (one, two) = (b"From: a@nic.example\r\n\r\n\xff\x00".as_slice(), b"".as_slice());
    let first = store.put_mail(Shelf::Incoming, one).expect("keeps");
    let second = store.put_mail(Shelf::Incoming, two).expect("keeps");
    assert_eq!(store.put_mail(Shelf::Incoming, one).expect("keeps again"), first);
    assert_eq!(first, Digest::of(one));
    assert_eq!(store.mail(Shelf::Incoming, &first).expect("reads"), Some(one.to_vec()));
    assert_eq!(store.mail(Shelf::Incoming, &second).expect("reads"), Some(Vec::new()));
    assert_eq!(store.mail(Shelf::Outgoing, &first).expect("reads"), None);
    let mut both = [first, second];
    both.sort_unstable();
    assert_eq!(store.mails(Shelf::Incoming).expect("lists"), both);
    store.remove_mail(Shelf::Incoming, &first).expect("removes");
    store.remove_mail(Shelf::Incoming, &first).expect("removes what is not there");
    assert_eq!(store.mails(Shelf::Incoming).expect("lists"), [second]);
    assert_eq!(store.mails(Shelf::Outgoing).expect("lists"), []);
}

#[test]
fn an_altered_mail_is_not_given_out() {
    let folder = folder();
    let store = Store::open(folder.path()).expect("opens");
    let digest = store.put_mail(Shelf::Outgoing, b"To: a@nic.example\r\n\r\n").expect("keeps");
    let file = folder.path().join("outgoing").join(format!("{digest}.eml"));
    fs::write(&file, b"To: b@nic.example\r\n\r\n").expect("writes");
    let error = store.mail(Shelf::Outgoing, &digest).expect_err("is altered");
    assert!(matches!(error, StoreError::MailAltered { .. }), "{error}");
    drop(store);
    let store = Store::open(folder.path()).expect("opens");
    store.put_mail(Shelf::Outgoing, b"To: a@nic.example\r\n\r\n").expect("keeps anew");
    assert!(store.mail(Shelf::Outgoing, &digest).expect("reads").is_some());
}

/// Guards against half a mail under a whole one's name: of what is not synced a power cut may leave any part.
/// More lines than one transaction takes, some of them as long as several, each of which writes over what another wrote:
/// short, in pieces, in fewer pieces, gone.
#[test]
fn lines_of_a_group_come_to_what_they_come_to_one_by_one() {
    const LINES: u64 = 90;
    let lengths = [3, 5000, 90_000, 4095, 4096, 0, 300_000, 20];
    let write = |store: &Store| {
        for number in 1..=LINES {
            let at = usize::try_from(number).expect("small");
            let key = format!("k{}", number % 7);
            let first = put(Table::Roster, &key, &text(lengths[at % lengths.len()], at));
            let second = if number % 5 == 0 {
                delete(Table::Roster, &format!("k{}", (number + 3) % 7))
            } else {
                put(Table::Counters, "last", &number.to_string())
            };
            assert_eq!(store.commit(&entry(number), &[first, second]).expect("commits"), number);
        }
    };
    let (alone, together) = (folder(), folder());
    let single = Store::open(alone.path()).expect("opens");
    write(&single);
    let group = Store::open(together.path()).expect("opens");
    group.settle(Group::Whole).expect("settles");
    write(&group);
    group.settle(Group::Single).expect("settles");
    drop(group);
    for again in ["opened", "rebuilt"] {
        let group = Store::open(together.path()).expect("opens");
        assert_eq!(group.head().expect("a head"), single.head().expect("a head"), "{again}");
        for table in [Table::Roster, Table::Counters] {
            let both = [&group, &single].map(|store| store.scan(table, "").expect("reads"));
            assert!(both[0] == both[1] && !both[0].is_empty(), "{again}");
        }
        assert_eq!(group.journal().expect("reads").len() as u64, LINES, "{again}");
        drop(group);
        rebuild(together.path()).expect("rebuilds");
    }
}

#[test]
fn a_mail_of_a_group_is_in_its_place_once_it_is_synced() {
    let folder = folder();
    let store = Store::open(folder.path()).expect("opens");
    store.settle(Group::Whole).expect("settles");
    let digest = store.put_mail(Shelf::Incoming, b"one").expect("keeps");
    assert_eq!(store.put_mail(Shelf::Incoming, b"one").expect("keeps again"), digest);
    let file = folder.path().join("incoming").join(format!("{digest}.eml"));
    assert!(!file.exists());
    assert_eq!(store.mail(Shelf::Incoming, &digest).expect("reads"), Some(b"one".to_vec()));
    assert_eq!(store.mails(Shelf::Incoming).expect("lists"), [digest]);
    store.settle(Group::Whole).expect("settles");
    assert!(file.exists());
    let unsettled = store.put_mail(Shelf::Incoming, b"two").expect("keeps");
    drop(store);
    let store = Store::open(folder.path()).expect("opens");
    assert_eq!(store.mail(Shelf::Incoming, &unsettled).expect("reads"), None);
    assert_eq!(store.mails(Shelf::Incoming).expect("lists"), [digest]);
    assert_eq!(fs::read_dir(folder.path().join("incoming")).expect("lists").count(), 1);
}

#[test]
fn a_mail_that_was_being_written_is_removed() {
    let folder = folder();
    drop(filled(folder.path(), 1));
    let leftover = folder.path().join("incoming").join(format!("{}.eml.unfinished", Digest::of(b"x")));
    fs::write(&leftover, "half a").expect("writes");
    let store = Store::open(folder.path()).expect("opens");
    assert!(!leftover.exists());
    assert_eq!(store.mails(Shelf::Incoming).expect("lists"), []);
}

/// Guards the confidential list against other accounts of the machine.
#[test]
fn nobody_else_may_read_it() {
    let folder = folder();
    let path = folder.path().join("store");
    fs::create_dir(&path).expect("makes");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("sets");
    let store = filled(&path, 2);
    store.put_mail(Shelf::Incoming, b"mail").expect("keeps");
    let listing = Command::new("find").arg(&path).args(["-printf", "%y %m %P\n"]).output().expect("runs");
    let listing = String::from_utf8(listing.stdout).expect("is text");
    assert!(
        listing.contains("journal.jsonl") && listing.contains("db") && listing.contains(".eml"),
        "{listing}"
    );
    for line in listing.lines() {
        // sled makes this empty folder itself, within its own of which nobody else sees the inside.
        let is_right =
            line.starts_with("d 700 ") || line.starts_with("f 600 ") || line.ends_with("sled/blobs");
        assert!(is_right, "{line}");
    }
}

#[test]
fn a_store_can_be_shared_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<Store>();
}

/// Guards the order of letting go: sled drops its own lock in another thread, some time after it was dropped.
#[test]
fn a_store_is_opened_again_right_after_it_was_dropped() {
    let folder = folder();
    for number in 1..=60 {
        let store = Store::open(folder.path()).unwrap_or_else(|error| panic!("round {number}: {error}"));
        let writes = vec![put(Table::Cases, "a", &text(20_000, 1))];
        assert_eq!(store.commit(&entry(number), &writes).expect("commits"), number);
    }
}

/// Guards the order of a commit: the line first, since that is the copy which can be trusted to be whole or torn.
#[test]
fn a_commit_is_a_line_and_then_a_transaction() {
    let folder = folder();
    let (steps, seen) = std::sync::mpsc::channel();
    let store = Store::open_watched(folder.path(), move |step| steps.send(step.clone()).expect("is heard"))
        .expect("opens");
    let opening: Vec<Step> = seen.try_iter().collect();
    assert_eq!(opening.last(), Some(&Step::Opened));
    commit_sample(&store, 1);
    let want = [
        Step::FileSynced(folder.path().join("journal.jsonl")),
        Step::LineWritten(1),
        Step::FileSynced(folder.path().join("sled/db")),
        Step::Committed(1),
    ];
    assert_eq!(seen.try_iter().collect::<Vec<_>>(), want);
    drop(store);
}
