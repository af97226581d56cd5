//! Erasing: nothing of the person is left in the folder, the chain holds, and a stop anywhere is made good.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::domain::digest::Digest;
use crate::domain::journal::Entry;
use crate::store::{
    ERASED, Erasure, Look as _, Shelf, Snapshot, Store, StoreError, Table, Write, erase, export, import,
    rebuild, verify,
};

const NAME: &str = "jane@nic.example";

fn entry(event: &str, says: &str) -> Entry {
    Entry {
        at: "2026-11-02T09:00:00Z".parse().unwrap(),
        case: None,
        event: event.to_owned(),
        says: says.to_owned(),
        evidence: json!({}),
    }
}

fn put(key: &str, value: &str) -> Write {
    Write { table: Table::Roster, key: key.to_owned(), value: Some(json!(value).to_string()) }
}

/// Three lines, two of which name her, and two mails.
fn furnish(folder: &Path) -> (Digest, Digest) {
    let store = Store::open(folder).unwrap();
    let hers = store.put_mail(Shelf::Incoming, NAME.as_bytes()).unwrap();
    let other = store.put_mail(Shelf::Incoming, b"another").unwrap();
    store.commit(&entry("a", NAME), &[put("nl", NAME), put("be", "omar")]).unwrap();
    store.commit(&entry("b", "nobody"), &[put("fr", "zoe")]).unwrap();
    store.commit(&entry("c", "again"), &[put("nl", &format!("was {NAME}"))]).unwrap();
    (hers, other)
}

fn without(value: &Value) -> Option<Value> {
    let text = value.to_string();
    text.contains(NAME).then(|| serde_json::from_str(&text.replace(NAME, "x@y.invalid")).unwrap())
}

fn erasure(mails: BTreeSet<(Shelf, Digest)>) -> Erasure<'static> {
    Erasure {
        seen: 3,
        entry: entry(ERASED, "somebody"),
        writes: vec![put("us", "done")],
        mails,
        without: &without,
    }
}

/// Whether a file below this folder holds her address.
fn stands_in(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return stands_in(&path);
        }
        fs::read(&path).unwrap().windows(NAME.len()).any(|part| part == NAME.as_bytes())
    })
}

#[track_caller]
fn is_erased(folder: &Path, (hers, other): (Digest, Digest)) {
    assert!(!stands_in(folder));
    assert_eq!(verify(folder).unwrap().lines, 4);
    let store = Store::open(folder).unwrap();
    assert_eq!(store.read(Table::Roster, "nl").unwrap().unwrap(), "\"was x@y.invalid\"");
    assert_eq!(store.read(Table::Roster, "us").unwrap().unwrap(), "\"done\"");
    assert_eq!(store.mails(Shelf::Incoming).unwrap(), [other]);
    assert_ne!(hers, other);
}

#[test]
fn what_was_recorded_since_it_was_decided_stops_it() {
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path());
    let store = Store::open(folder.path()).unwrap();
    store.commit(&entry("d", "she is listed again"), &[put("nl", NAME)]).unwrap();
    drop(store);
    let before = fs::read(folder.path().join("journal.jsonl")).unwrap();
    let refused = erase(folder.path(), erasure(BTreeSet::new()));
    assert!(matches!(refused, Err(StoreError::GoneOn { seen: 3, now: 4 })), "{refused:?}");
    assert_eq!(fs::read(folder.path().join("journal.jsonl")).unwrap(), before);
    assert_eq!(verify(folder.path()).unwrap().lines, 4);
}

#[test]
fn nothing_of_her_is_left_and_the_journal_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mails = furnish(folder.path());
    let before = verify(folder.path()).unwrap();
    let changed = erase(folder.path(), erasure(BTreeSet::from([(Shelf::Incoming, mails.0)]))).unwrap();
    assert_eq!((before.lines, changed), (3, 2));
    is_erased(folder.path(), mails);
    // A second one leaves the first as it is.
    erase(folder.path(), Erasure { seen: 4, ..erasure(BTreeSet::new()) }).unwrap();
    assert_eq!(verify(folder.path()).unwrap().lines, 5);
    // The store goes on.
    Store::open(folder.path()).unwrap().commit(&entry("d", "more"), &[]).unwrap();
    assert_eq!(verify(folder.path()).unwrap().lines, 6);
    assert_eq!(Snapshot::read(folder.path()).unwrap().scan(Table::Roster, "").unwrap().len(), 4);
}

#[test]
fn backup_and_rebuild_keep_what_was_erased_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mails = furnish(folder.path());
    erase(folder.path(), erasure(BTreeSet::from([(Shelf::Incoming, mails.0)]))).unwrap();
    let mut backup = Vec::new();
    export(folder.path(), &mut backup).unwrap();
    assert!(!String::from_utf8(backup.clone()).unwrap().contains(NAME));
    let other = tempfile::tempdir().unwrap();
    import(other.path(), &mut backup.as_slice()).unwrap();
    is_erased(other.path(), mails);
    rebuild(folder.path()).unwrap();
    is_erased(folder.path(), mails);
}

#[test]
fn an_erased_line_that_somebody_changed_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mails = furnish(folder.path());
    erase(folder.path(), erasure(BTreeSet::from([(Shelf::Incoming, mails.0)]))).unwrap();
    let path = folder.path().join("journal.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("x@y.invalid", "z@y.invalid", 1)).unwrap();
    assert!(verify(folder.path()).unwrap_err().to_string().contains("line 1"));
    // With a digest of its own it is another content than the one that was to be left.
    let (first, rest) = text.split_once('\n').unwrap();
    let link = crate::store::line::Link::read(first.as_bytes()).unwrap();
    let body = link.body_of(first).unwrap().replace("x@y.invalid", "z@y.invalid");
    let (forged, _) = crate::store::line::erased_line(&link, &body);
    fs::write(&path, format!("{forged}\n{rest}")).unwrap();
    rebuild(folder.path()).unwrap();
    let error = verify(folder.path()).unwrap_err().to_string();
    assert!(error.contains("number 1") && error.contains("no later line says"), "{error}");
}

#[test]
fn an_erasure_that_was_stopped_goes_on_or_has_not_begun() {
    // What the journal will be, from an erasure that came to its end.
    let done = tempfile::tempdir().unwrap();
    let mails = furnish(done.path());
    erase(done.path(), erasure(BTreeSet::from([(Shelf::Incoming, mails.0)]))).unwrap();
    let text = fs::read(done.path().join("journal.jsonl")).unwrap();
    for stage in 0..4 {
        let folder = tempfile::tempdir().unwrap();
        let mails = furnish(folder.path());
        let at = |name: &str| folder.path().join(name);
        if stage == 0 {
            // While the new journal was being written: nothing has happened, and nothing of it stays.
            fs::write(at("journal.erased.unfinished"), &text[..text.len() / 2]).unwrap();
            drop(Store::open(folder.path()).unwrap());
            assert!(!at("journal.erased.unfinished").exists() && stands_in(folder.path()));
            assert_eq!(verify(folder.path()).unwrap().lines, 3);
            continue;
        }
        fs::write(at("journal.erased"), &text).unwrap();
        if stage >= 2 {
            fs::remove_file(at(&format!("incoming/{}.eml", mails.0))).unwrap();
        }
        if stage == 3 {
            fs::remove_dir_all(at("sled")).unwrap();
        }
        drop(Store::open(folder.path()).unwrap());
        is_erased(folder.path(), mails);
    }
}
