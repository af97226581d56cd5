//! A start mends what a stop in the middle leaves and refuses all else; a rebuild needs only the journal's file.

use std::fs;
use std::path::{Path, PathBuf};

use crate::domain::digest::Digest;
use crate::store::tests_sample::{commit_sample, entry, filled, folder, put, text};
use crate::store::{Group, Head, Repair, Shelf, Store, StoreError, Table, rebuild, verify};

fn file_of(folder: &Path) -> PathBuf {
    folder.join("journal.jsonl")
}

fn lines_of(folder: &Path) -> Vec<String> {
    let file = fs::read_to_string(file_of(folder)).expect("reads");
    file.split_inclusive('\n').map(str::to_owned).collect()
}

/// A folder with ten commits, changed by `change`, then opened: `want` are the repairs, all ten lines must be there.
#[track_caller]
fn check_mended(change: impl FnOnce(&Path, &[String]), want: &[Repair]) {
    let folder = folder();
    drop(filled(folder.path(), 10));
    let lines = lines_of(folder.path());
    change(folder.path(), &lines);
    let store = Store::open(folder.path()).expect("opens");
    assert_eq!(store.repairs(), want);
    assert_eq!(store.scan(Table::Cases, "").expect("scans").len(), 10);
    commit_sample(&store, 11);
    drop(store);
    assert_eq!(verify(folder.path()).expect("is sound").lines, 11);
    assert_eq!(lines_of(folder.path())[..10], lines);
}

/// The same, where the start must refuse; `want` is part of what it says.
#[track_caller]
fn check_refused(change: impl FnOnce(&Path, &[String]), want: &str) {
    let folder = folder();
    drop(filled(folder.path(), 10));
    let lines = lines_of(folder.path());
    change(folder.path(), &lines);
    let before = fs::read(file_of(folder.path())).expect("reads");
    let error = Store::open(folder.path()).expect_err("is refused");
    assert!(matches!(error, StoreError::Differs { .. }), "{error}");
    let said = error.to_string();
    assert!(
        said.contains(want) && said.contains("journal verify") && said.contains("store rebuild"),
        "{said}"
    );
    assert_eq!(fs::read(file_of(folder.path())).expect("reads"), before, "a refused file stays as it is");
}

fn write(folder: &Path, lines: &[String]) {
    fs::write(file_of(folder), lines.concat()).expect("writes");
}

#[test]
fn an_orderly_stop_leaves_nothing_to_mend() {
    check_mended(|_, _| {}, &[]);
}

#[test]
fn tables_that_are_behind_take_over_the_lines() {
    check_mended(
        |folder, _| fs::remove_dir_all(folder.join("sled")).expect("removes"),
        &[Repair::LinesReplayed { from: 1, to: 10 }],
    );
    let replace = |folder: &Path, with: u64| {
        let other = crate::store::tests_sample::folder();
        drop(filled(other.path(), with));
        fs::remove_dir_all(folder.join("sled")).expect("removes");
        fs::rename(other.path().join("sled"), folder.join("sled")).expect("moves");
    };
    check_mended(|folder, _| replace(folder, 9), &[Repair::LinesReplayed { from: 10, to: 10 }]);
    check_mended(|folder, _| replace(folder, 3), &[Repair::LinesReplayed { from: 4, to: 10 }]);
}

#[test]
fn a_file_that_is_behind_takes_over_the_lines() {
    check_mended(|folder, lines| write(folder, &lines[..9]), &[Repair::LinesRestored { from: 10, to: 10 }]);
    check_mended(|folder, _| write(folder, &[]), &[Repair::LinesRestored { from: 1, to: 10 }]);
    check_mended(
        |folder, _| fs::remove_file(file_of(folder)).expect("removes"),
        &[Repair::LinesRestored { from: 1, to: 10 }],
    );
}

#[test]
fn a_torn_last_line_is_cut_off_at_any_octet() {
    check_mended(
        |folder, lines| write(folder, &[lines.concat(), "{\"seq\":11,\"at\":\"20".to_owned()]),
        &[Repair::TornLineCut { line: 11, octets: 18 }],
    );
    for octets in [1, 200] {
        check_mended(
            |folder, lines| {
                let torn = &lines[9].as_bytes()[..octets];
                fs::write(file_of(folder), [lines[..9].concat().as_bytes(), torn].concat()).expect("writes");
            },
            &[Repair::TornLineCut { line: 10, octets }, Repair::LinesRestored { from: 10, to: 10 }],
        );
    }
    // All but the line end: whole to the eye, and yet nothing that was acknowledged.
    check_mended(
        |folder, lines| write(folder, &[lines[..9].concat(), lines[9].trim_end().to_owned()]),
        &[
            Repair::TornLineCut { line: 10, octets: lines_of_ten()[9].len() - 1 },
            Repair::LinesRestored { from: 10, to: 10 },
        ],
    );
}

fn lines_of_ten() -> Vec<String> {
    let folder = folder();
    drop(filled(folder.path(), 10));
    lines_of(folder.path())
}

#[test]
fn any_other_difference_is_refused() {
    let altered = |folder: &Path, lines: &[String], line: usize| {
        let mut lines = lines.to_vec();
        lines[line - 1] = lines[line - 1].replace("pass", "fail");
        write(folder, &lines);
    };
    check_refused(|folder, lines| altered(folder, lines, 1), "line 1 of");
    check_refused(|folder, lines| altered(folder, lines, 10), "line 10 of");
    check_refused(|folder, lines| write(folder, &lines[1..]), "line 1 of");
    check_refused(
        |folder, lines| write(folder, &[&lines[..4], &lines[5..]].concat()),
        "has the number 6, 5 was to come",
    );
    check_refused(
        |folder, lines| write(folder, &[&lines[..4], &lines[3..]].concat()),
        "has the number 4, 5 was to come",
    );
    check_refused(
        |folder, lines| write(folder, &[lines[..8].concat(), "{\"seq\":77".to_owned()]),
        "is torn, and not the beginning of what the tables have",
    );
    check_refused(|folder, lines| write(folder, &[lines.concat(), "half\n".to_owned()]), "line 11 of");
}

#[test]
fn another_journal_of_right_hashes_is_refused() {
    let other = |folder: &Path, commits: u64| {
        let other = crate::store::tests_sample::folder();
        let store = Store::open(other.path()).expect("opens");
        for number in 1..=commits {
            store.commit(&entry(number + 100), &[]).expect("commits");
        }
        drop(store);
        fs::copy(file_of(other.path()), file_of(folder)).expect("copies");
    };
    check_refused(|folder, _| other(folder, 10), "line 1 of");
    check_refused(|folder, _| other(folder, 3), "line 1 of");
    check_refused(|folder, _| other(folder, 12), "line 1 of");
}

/// Guards against a batch of which sled kept only half: the last line is compared with the records.
#[test]
fn half_of_the_last_line_is_completed() {
    let folder = folder();
    drop(filled(folder.path(), 10));
    let sled = sled::open(folder.path().join("sled")).expect("opens");
    sled.remove("Ccase-10").expect("removes");
    sled.remove([b"j".as_slice(), &10_u64.to_be_bytes()].concat()).expect("removes");
    drop(sled);
    let store = Store::open(folder.path()).expect("opens");
    assert_eq!(store.repairs(), [Repair::LinesReplayed { from: 10, to: 10 }]);
    drop(store);
    assert_eq!(verify(folder.path()).expect("is sound").lines, 10);
}

/// All that a store holds.
#[derive(PartialEq)]
struct Contents {
    head: Head,
    tables: Vec<Vec<(String, String)>>,
    mails: Vec<Digest>,
}

fn contents(store: &Store) -> Contents {
    Contents {
        head: store.head().expect("asks"),
        tables: Table::ALL.map(|table| store.scan(table, "").expect("scans")).to_vec(),
        mails: store.mails(Shelf::Incoming).expect("lists"),
    }
}

/// Guards rule 8: a store with long records and deleted ones comes back from the file alone after `damage`.
#[track_caller]
fn check_rebuilt(damage: impl FnOnce(&Path)) {
    let folder = folder();
    let store = filled(folder.path(), 30);
    let long = vec![put(Table::Roster, "nl", &text(50_000, 1)), put(Table::Iana, "nl", &text(9_000, 2))];
    store.commit(&entry(31), &long).expect("commits");
    store.commit(&entry(32), &[put(Table::Roster, "nl", &text(5_000, 3))]).expect("commits");
    store.put_mail(Shelf::Incoming, b"mail").expect("keeps");
    let before = contents(&store);
    drop(store);
    let lines = lines_of(folder.path());
    damage(&folder.path().join("sled"));
    let sled_is_there = folder.path().join("sled").exists();
    let rebuilt = rebuild(folder.path()).expect("rebuilds");
    assert_eq!(rebuilt.head, before.head);
    assert_eq!(rebuilt.repairs, [Repair::LinesReplayed { from: 1, to: 32 }]);
    let aside = sled_is_there.then(|| folder.path().join("sled.aside-1"));
    assert_eq!(rebuilt.aside, aside);
    assert!(aside.is_none_or(|aside| aside.join("db").exists()));
    assert!(contents(&Store::open(folder.path()).expect("opens")) == before);
    assert_eq!(verify(folder.path()).expect("is sound").lines, 32);
    assert_eq!(lines_of(folder.path()), lines);
}

#[test]
fn the_tables_are_rebuilt_though_nothing_is_wrong() {
    check_rebuilt(|_| {});
}

#[test]
fn the_tables_are_rebuilt_after_garbage_was_written_over_them() {
    let garbage: Vec<u8> =
        (0..600_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
    for name in ["db", "conf"] {
        check_rebuilt(|sled| fs::write(sled.join(name), &garbage).expect("writes"));
        check_rebuilt(|sled| fs::write(sled.join(name), "").expect("writes"));
    }
    check_rebuilt(spoil_snapshots);
    // In the middle, where it looks sound from outside.
    check_rebuilt(|sled| {
        let mut db = fs::read(sled.join("db")).expect("reads");
        let middle = db.len() / 8;
        db[middle..middle + 20_000].copy_from_slice(&garbage[..20_000]);
        fs::write(sled.join("db"), db).expect("writes");
    });
}

/// A snapshot that is not what sled wrote: it does not open beside one.
fn spoil_snapshots(sled: &Path) {
    fs::write(sled.join("snap.00000000FFFFFFFF"), "garbage").expect("writes");
}

#[test]
fn a_start_says_how_to_mend_tables_that_do_not_open() {
    let folder = folder();
    drop(filled(folder.path(), 5));
    spoil_snapshots(&folder.path().join("sled"));
    let error = Store::open(folder.path()).expect_err("does not open");
    assert!(matches!(error, StoreError::Tables { .. }), "{error}");
    assert!(error.to_string().contains("tldops store rebuild"), "{error}");
}

#[test]
fn a_rebuild_refuses_what_would_lose_something() {
    let folder = folder();
    drop(filled(folder.path(), 10));
    let lines = lines_of(folder.path());
    write(folder.path(), &lines[..8]);
    let error = rebuild(folder.path()).expect_err("would lose lines");
    assert!(matches!(error, StoreError::FileBehind { file: 8, tables: 10, .. }), "{error}");
    write(folder.path(), &[]);
    let error = rebuild(folder.path()).expect_err("has nothing to rebuild from");
    assert!(matches!(error, StoreError::NoJournal(_)), "{error}");
    write(folder.path(), &[&lines[..3], &lines[4..]].concat());
    let error = rebuild(folder.path()).expect_err("is damaged");
    assert!(matches!(error, StoreError::Differs { line: 4, .. }), "{error}");
    assert!(!folder.path().join("sled.aside-1").exists());
    write(folder.path(), &lines);
    let open = Store::open(folder.path()).expect("opens");
    assert!(matches!(rebuild(folder.path()), Err(StoreError::Locked(_))));
    drop(open);
    assert!(matches!(rebuild(&folder.path().join("mistyped")), Err(StoreError::NoStore(_))));
}

/// Guards what a power cut leaves of lines that were written together and not yet synced: a page of them is missing.
#[test]
fn a_hole_behind_the_acknowledged_lines_is_cut_off_and_one_in_them_is_not() {
    let folder = folder();
    let store = Store::open(folder.path()).expect("opens");
    for number in 1..=3 {
        store.commit(&entry(number), &[]).expect("commits");
    }
    store.settle(Group::Lasting).expect("settles");
    store.commit(&entry(4), &[]).expect("commits");
    drop(store);
    let path = folder.path().join("journal.jsonl");
    let whole = fs::read(&path).expect("reads");
    let ends: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] == b'\n').collect();
    assert_eq!(ends.len(), 4, "a line of a lasting group is in the file at once");

    // The fourth is whole, of the fifth a part is missing, and the sixth is there.
    let behind = [whole.as_slice(), b"{\"seq\":5,\0\0\0\0\"}\n{\"seq\":6}\n{\"se"].concat();
    fs::write(&path, behind).expect("writes");
    let store = Store::open(folder.path()).expect("opens");
    let cut = Repair::TornLineCut { line: 5, octets: 30 };
    assert_eq!(store.repairs(), [cut, Repair::LinesReplayed { from: 4, to: 4 }]);
    assert_eq!(store.head().expect("asks").seq, 4);
    drop(store);
    assert_eq!(fs::read(&path).expect("reads"), whole);

    let mut within = whole;
    within[ends[1] + 10..ends[1] + 20].fill(0);
    fs::write(&path, within).expect("writes");
    let error = Store::open(folder.path()).expect_err("is refused");
    assert!(error.to_string().contains("line 3"), "{error}");
}
