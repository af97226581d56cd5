//! Whatever is done to the journal's file or to the tables, the check names it exactly.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::domain::digest::Digest;
use crate::store::audit::compare;
use crate::store::line::{Line, Link};
use crate::store::tests_sample::{entry, filled, folder, put};
use crate::store::{Fault, Finding, Head, Shelf, Store, StoreError, Table, VerifyError, verify};

/// A journal of ten lines, each with its line end, as the file has them.
fn ten() -> Vec<String> {
    let mut head = Head::start();
    let mut lines = Vec::new();
    for number in 1..=10 {
        let writes = [put(Table::Cases, &format!("case-{number}"), "{}")];
        let (next, text) = Line::after(head, &entry(number), &writes).expect("is JSON");
        head = next;
        lines.push(format!("{text}\n"));
    }
    lines
}

fn copy_of(lines: &[String]) -> BTreeMap<u64, String> {
    (1..).zip(lines.iter().map(|line| line.trim_end().to_owned())).collect()
}

/// A line with a right hash of its own that says it is the one after `seq`.
fn forged_after(lines: &[String], seq: usize) -> String {
    let head = Link::read(lines[seq - 1].trim_end().as_bytes()).expect("is a line").head();
    format!("{}\n", Line::after(head, &entry(99), &[]).expect("is JSON").1)
}

/// What is found with the tables beside the file, one sentence a finding.
#[track_caller]
fn check(file: &[String], want: &[&str]) {
    let found = compare(file.concat().as_bytes(), Some(&copy_of(&ten())));
    assert_eq!(sentences(&found), want);
}

/// What is found by the file alone.
#[track_caller]
fn check_alone(file: &[String], want: &[&str]) {
    assert_eq!(sentences(&compare(file.concat().as_bytes(), None)), want);
}

fn sentences(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(ToString::to_string).collect()
}

#[test]
fn nothing_is_found_in_a_sound_journal() {
    check(&ten(), &[]);
    check_alone(&ten(), &[]);
    check_alone(&[], &[]);
}

#[test]
fn every_altered_octet_is_found_in_its_line() {
    let mut file = ten();
    let start = file[..3].concat().len();
    let sound = file.concat().into_bytes();
    let copy = copy_of(&file);
    for place in 0..file[3].len() - 1 {
        for flip in [0x01, 0x20, 0x80] {
            let mut altered = sound.clone();
            altered[start + place] ^= flip;
            for copy in [Some(&copy), None] {
                let found = compare(&altered, copy);
                let [finding] = found.as_slice() else {
                    assert!(copy.is_none(), "octet {place}: {}", sentences(&found).join("; "));
                    // Without the tables nobody knows what the line was: it is strange, and one is missing.
                    assert_eq!(found.len(), 2, "octet {place}: {}", sentences(&found).join("; "));
                    assert!(found.iter().all(|finding| finding.line == Some(4)));
                    continue;
                };
                assert_eq!((finding.line, finding.seq), (Some(4), Some(4)), "octet {place}: {finding}");
                assert!(matches!(finding.fault, Fault::Altered { .. }), "octet {place}: {finding}");
            }
        }
    }
    file[3] = file[3].replace("pass", "fail");
    check(&file, &["line 4 (number 4): altered: it has a content that does not give its hash"]);
}

#[test]
fn a_line_that_was_rewritten_with_a_right_hash_is_found() {
    let mut file = ten();
    file[9] = forged_after(&file, 9);
    let sentence = "altered: its own hash is right, but another line of this number was written";
    check(&file, &[&format!("line 10 (number 10): {sentence}")]);
    let mut file = ten();
    for seq in 8..=10 {
        file[seq - 1] = forged_after(&file, seq - 1);
    }
    let want: Vec<String> = (8..=10).map(|seq| format!("line {seq} (number {seq}): {sentence}")).collect();
    check(&file, &want.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_removed_line_is_named_wherever_it_stood() {
    for (seq, want) in [(1, "line 1 (number 1)"), (5, "line 5 (number 5)"), (10, "line 10 (number 10)")] {
        let mut file = ten();
        file.remove(seq - 1);
        let want = format!("{want}: removed, with all up to number {seq}: the file does not have them");
        check(&file, &[&want]);
        check_alone(
            &file,
            if seq < 10 { std::slice::from_ref(&want) } else { &[] }
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .as_slice(),
        );
    }
    let file = [&ten()[..2], &ten()[5..8]].concat();
    check(
        &file,
        &[
            "line 3 (number 3): removed, with all up to number 5: the file does not have them",
            "line 6 (number 9): removed, with all up to number 10: the file does not have them",
        ],
    );
}

#[test]
fn swapped_and_moved_lines_are_named() {
    let mut file = ten();
    file.swap(2, 3);
    check(&file, &["line 3 (number 4): out of place: it should follow number 3"]);
    check_alone(&file, &["line 3 (number 4): out of place: it should follow number 3"]);
    let mut file = ten();
    file.swap(2, 7);
    check(
        &file,
        &[
            "line 3 (number 8): out of place: it should follow number 7",
            "line 8 (number 3): out of place: it should follow number 2",
        ],
    );
    let mut file = ten();
    let moved = file.remove(0);
    file.push(moved);
    check(&file, &["line 10 (number 1): out of place: it should be the first"]);
}

#[test]
fn a_duplicated_line_is_named() {
    let mut file = ten();
    file.insert(4, file[3].clone());
    check(&file, &["line 5 (number 4): duplicated: it is line 4 once more"]);
    check_alone(&file, &["line 5 (number 4): duplicated: it is line 4 once more"]);
    let mut file = ten();
    file.insert(1, file[7].clone());
    check(&file, &["line 2 (number 8): duplicated: it is line 9 once more"]);
    let mut file = ten();
    file.push(file[9].clone());
    check(&file, &["line 11 (number 10): duplicated: it is line 10 once more"]);
}

#[test]
fn an_inserted_line_is_named_even_with_a_right_hash() {
    let sentence = "inserted: its own hash is right, but it was never written";
    for seq in [1, 4, 9] {
        let mut file = ten();
        file.insert(seq, forged_after(&file, seq));
        check(&file, &[&format!("line {} (number {}): {sentence}", seq + 1, seq + 1)]);
        // By the file alone nobody knows which of two last lines was written.
        if seq < 9 {
            check_alone(&file, &[&format!("line {} (number {}): {sentence}", seq + 1, seq + 1)]);
        }
    }
    let mut file = ten();
    file.insert(6, "{}\n".to_owned());
    check(&file, &["line 7: inserted: it is no journal line (missing field `seq` at line 1 column 2)"]);
    let mut file = ten();
    file.insert(0, "\n".to_owned());
    check(&file, &["line 1: inserted: it is no journal line (EOF while parsing a value at line 1 column 0)"]);
}

#[test]
fn a_line_after_the_end_of_the_tables_is_named() {
    let mut file = ten();
    file.push(forged_after(&file, 10));
    let sentence = "stands only in the file: either the program was stopped before it acknowledged it, and the next \
                    start takes it over, or somebody added it";
    check(&file, &[&format!("line 11 (number 11): {sentence}")]);
    file.push(forged_after(&file, 11));
    check(&file, &[&format!("line 11 (number 11): {sentence}"), &format!("line 12 (number 12): {sentence}")]);
    file.remove(10);
    check(&file, &["line 11 (number 12): inserted: its own hash is right, but it was never written"]);
}

#[test]
fn a_file_that_was_cut_short_is_named_at_every_octet() {
    let sound = ten();
    let whole = sound.concat();
    let copy = copy_of(&sound);
    let start = sound[..6].concat().len();
    for end in start..=start + sound[6].len() {
        let found = sentences(&compare(&whole.as_bytes()[..end], Some(&copy)));
        let rest = |line, seq| {
            format!(
                "line {line} (number {seq}): removed, with all up to number 10: the file does not have them"
            )
        };
        let want = if end == start {
            vec![rest(7, 7)]
        } else if end == start + sound[6].len() {
            vec![rest(8, 8)]
        } else {
            vec!["line 7 (number 7): torn: it has no line end".to_owned(), rest(8, 8)]
        };
        assert_eq!(found, want, "cut at octet {}", end - start);
    }
    check(&[], &["line 1 (number 1): removed, with all up to number 10: the file does not have them"]);
}

#[test]
fn two_faults_at_once_are_both_named() {
    let mut file = ten();
    file[1] = file[1].replace("pass", "fail");
    file.remove(5);
    file.push("half a line".to_owned());
    check(
        &file,
        &[
            "line 2 (number 2): altered: it has a content that does not give its hash",
            "line 6 (number 6): removed, with all up to number 6: the file does not have them",
            "line 10: torn: it has no line end",
        ],
    );
}

/// A number that is far away must not make the check count up to it.
#[test]
fn a_number_out_of_all_bounds_is_no_trouble() {
    let mut file = ten();
    let far = Head { seq: u64::MAX - 2, hash: Head::start().hash };
    file.push(format!("{}\n", Line::after(far, &entry(1), &[]).expect("is JSON").1));
    assert_eq!(compare(file.concat().as_bytes(), Some(&copy_of(&ten()))).len(), 1);
    assert_eq!(compare(file.concat().as_bytes(), None).len(), 1);
}

/// A folder with twenty commits, then changed, then checked.
#[track_caller]
fn check_folder(change: impl FnOnce(&Path), want: &[&str]) {
    let folder = folder();
    drop(filled(folder.path(), 20));
    change(folder.path());
    match verify(folder.path()) {
        Ok(verified) => assert_eq!((verified.lines, want), (20, [].as_slice())),
        Err(VerifyError::Findings(found)) => assert_eq!(sentences(&found), want),
        Err(VerifyError::Store(error)) => panic!("{error}"),
    }
}

fn change_sled(folder: &Path, change: impl FnOnce(&sled::Db)) {
    let sled = sled::open(folder.join("sled")).expect("opens");
    change(&sled);
    sled.flush().expect("flushes");
}

#[test]
fn a_sound_store_is_verified_with_its_head() {
    check_folder(|_| {}, &[]);
    let folder = folder();
    let store = filled(folder.path(), 3);
    let head = store.head().expect("asks");
    let error = verify(folder.path()).expect_err("is open");
    assert!(matches!(error, VerifyError::Store(StoreError::Locked(_))), "{error}");
    drop(store);
    assert_eq!(verify(folder.path()).expect("is sound").head, head);
}

#[test]
fn an_empty_store_is_sound_and_no_store_is_none() {
    let folder = folder();
    drop(filled(folder.path(), 0));
    assert_eq!(verify(folder.path()).expect("is sound").lines, 0);
    let error = verify(&folder.path().join("mistyped")).expect_err("is no store");
    assert!(matches!(error, VerifyError::Store(StoreError::NoStore(_))), "{error}");
    assert!(!folder.path().join("mistyped").exists());
}

#[test]
fn a_file_that_is_gone_or_empty_is_named() {
    let removed = "line 1 (number 1): removed, with all up to number 20: the file does not have them";
    check_folder(|folder| fs::write(folder.join("journal.jsonl"), "").expect("writes"), &[removed]);
    check_folder(
        |folder| fs::remove_file(folder.join("journal.jsonl")).expect("removes"),
        &[removed, "the file of the journal is not there"],
    );
}

#[test]
fn a_line_that_went_at_the_end_of_the_file_is_named() {
    let cut = |folder: &Path| {
        let file = fs::read_to_string(folder.join("journal.jsonl")).expect("reads");
        let lines: Vec<&str> = file.split_inclusive('\n').collect();
        fs::write(folder.join("journal.jsonl"), lines[..19].concat()).expect("writes");
    };
    check_folder(
        cut,
        &["line 20 (number 20): removed, with all up to number 20: the file does not have them"],
    );
}

#[test]
fn tables_that_are_gone_are_named() {
    check_folder(
        |folder| fs::remove_dir_all(folder.join("sled")).expect("removes"),
        &["nothing to compare with, lines removed at the end cannot be seen: there are none"],
    );
}

#[test]
fn records_that_the_journal_does_not_give_are_named() {
    let change = |sled: &sled::Db| {
        sled.insert("Ccase-3", "={\"approved\":true}").expect("writes");
        sled.insert("Cnew", "={}").expect("writes");
        sled.remove("Ccase-5").expect("removes");
    };
    let sentence = |key| format!("the record `{key}` in `cases` is not what the journal gives");
    check_folder(
        |folder| change_sled(folder, change),
        &[&sentence("case-3"), &sentence("case-5"), &sentence("new")],
    );
}

/// Guards the backup, which cannot be taken while such a mail lies there.
#[test]
fn a_mail_that_is_not_what_was_put_in_is_named_with_what_to_do() {
    let digest = Digest::of(b"a whole mail");
    let tear = |folder: &Path| {
        fs::write(folder.join("registry").join(format!("{digest}.eml")), "a whole").expect("writes");
    };
    let says = |cure| format!("the mail `registry/{digest}.eml` is not what was put in; {cure}");
    let (removed, restored) =
        (says("no line names it, so it can be removed"), says("bring it back from a backup"));
    check_folder(tear, &[&removed]);
    // What went with the tables' copy may have named it.
    check_folder(
        |folder| {
            tear(folder);
            fs::remove_dir_all(folder.join("sled")).expect("removes");
        },
        &["nothing to compare with, lines removed at the end cannot be seen: there are none", &restored],
    );
    let name = |folder: &Path| {
        let store = Store::open(folder).expect("opens");
        store.put_mail(Shelf::Registry, b"a whole mail").expect("keeps");
        let names = vec![put(Table::Iana, "record/nl", &format!("\"{digest}\""))];
        store.commit(&entry(21), &names).expect("commits");
        drop(store);
        tear(folder);
    };
    check_folder(name, &[&restored]);
}

#[test]
fn a_copy_that_is_not_sound_is_named_and_the_file_judged_by_itself() {
    let key = |seq: u64| [b"j".as_slice(), &seq.to_be_bytes()].concat();
    let alter = |sled: &sled::Db| {
        let copy = sled.get(key(7)).expect("reads").expect("is there");
        let altered = String::from_utf8(copy.to_vec()).expect("is text").replace("pass", "fail");
        sled.insert(key(7), altered.as_bytes()).expect("writes");
    };
    let altered = "number 7: the tables' copy has a content that does not give its hash";
    check_folder(|folder| change_sled(folder, alter), &[altered]);
    let remove = |sled: &sled::Db| drop(sled.remove(key(7)).expect("removes"));
    let next = "number 8: the tables' copy has the number 8, 7 was to come";
    check_folder(|folder| change_sled(folder, remove), &[next]);
    let cut = |sled: &sled::Db| drop(sled.remove(key(20)).expect("removes"));
    let folder = folder();
    drop(filled(folder.path(), 20));
    change_sled(folder.path(), cut);
    let error = verify(folder.path()).expect_err("differs").to_string();
    assert!(error.contains("the tables say that they end with number 20"), "{error}");
}
