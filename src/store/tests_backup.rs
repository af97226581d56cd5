//! A backup holds everything, and gives the same backup again.

use std::fs;
use std::io;
use std::path::Path;

use crate::domain::digest::Digest;
use crate::store::tests_sample::{commit_sample, delete, entry, filled, folder, put, text};
use crate::store::{Shelf, Store, StoreError, Table, export, import, verify};

/// A store with something of every kind.
fn varied(path: &Path) -> Store {
    let store = filled(path, 5);
    for shelf in Shelf::ALL {
        store.put_mail(shelf, format!("mail on {}\r\n\u{0}", shelf.word()).as_bytes()).expect("keeps");
    }
    store.put_mail(Shelf::Incoming, &[0xff; 5000]).expect("keeps");
    let of = |table: Table| put(table, "key \"quoted\" \u{1f4ee}", &text(6000, 1));
    store.commit(&entry(6), &Table::ALL.map(of)).expect("commits");
    store.commit(&entry(7), &[delete(Table::Seen, "key \"quoted\" \u{1f4ee}")]).expect("commits");
    store
}

fn backup_of(path: &Path) -> Vec<u8> {
    let mut backup = Vec::new();
    export(path, &mut backup).expect("exports");
    backup
}

#[test]
fn a_backup_of_an_import_is_the_same() {
    let (from, to) = (folder(), folder());
    let store = varied(from.path());
    let mut while_open = Vec::new();
    store.export(&mut while_open).expect("exports");
    let head = store.head().expect("asks");
    drop(store);
    let backup = backup_of(from.path());
    assert_eq!(backup, while_open);
    let imported = import(&to.path().join("new"), &mut backup.as_slice()).expect("imports");
    assert_eq!((imported.head, imported.mails, imported.records), (head, 4, 13));
    assert!(backup_of(&to.path().join("new")) == backup);
    assert_eq!(verify(&to.path().join("new")).expect("is sound").head, head);
    let file = |folder: &Path| fs::read(folder.join("journal.jsonl")).expect("reads");
    assert!(file(&to.path().join("new")) == file(from.path()));
    commit_sample(&Store::open(&to.path().join("new")).expect("opens"), 8);
}

#[test]
fn an_empty_store_has_a_backup_too() {
    let (from, to) = (folder(), folder());
    drop(filled(from.path(), 0));
    let backup = backup_of(from.path());
    assert_eq!(backup.split(|octet| *octet == b'\n').count(), 3);
    import(to.path(), &mut backup.as_slice()).expect("imports");
    assert_eq!(backup_of(to.path()), backup);
}

#[test]
fn a_folder_that_is_not_empty_takes_no_import() {
    let (from, to) = (folder(), folder());
    drop(varied(from.path()));
    let backup = backup_of(from.path());
    fs::write(to.path().join("mine"), "").expect("writes");
    let error = import(to.path(), &mut backup.as_slice()).expect_err("is refused");
    assert!(matches!(error, StoreError::NotEmpty(_)), "{error}");
    assert!(matches!(import(from.path(), &mut backup.as_slice()), Err(StoreError::NotEmpty(_))));
}

/// Guards against a backup that was cut short or changed: at any line and any octet of it.
#[test]
fn a_backup_that_is_not_whole_is_refused_and_leaves_no_store() {
    let from = folder();
    drop(varied(from.path()));
    let backup = backup_of(from.path());
    let ends = backup.iter().enumerate().filter(|(_, octet)| **octet == b'\n').map(|(place, _)| place + 1);
    let mut broken: Vec<Vec<u8>> =
        ends.filter(|end| *end < backup.len()).map(|end| backup[..end].to_vec()).collect();
    broken.push(Vec::new());
    broken.push([backup.clone(), b"{}\n".to_vec()].concat());
    for place in (0..backup.len() - 1).step_by(backup.len() / 10) {
        let mut altered = backup.clone();
        altered[place] ^= 1;
        broken.push(altered);
        broken.push(backup[..place].to_vec());
    }
    for backup in broken {
        let to = folder();
        import(to.path(), &mut backup.as_slice()).expect_err("is refused");
        let error = Store::open(to.path()).expect_err("is no store");
        assert!(matches!(error, StoreError::HalfImported(_)), "{error}");
        let error = import(to.path(), &mut backup.as_slice()).expect_err("is refused");
        assert!(error.to_string().contains("empty the folder"), "{error}");
    }
}

/// These parts with an end that fits them.
fn sealed(parts: &[&str]) -> Vec<u8> {
    let mut digest = Digest::of(b"");
    for part in parts {
        digest = Digest::of(&[digest.octets(), part.as_bytes()].concat());
    }
    let end = format!("{{\"end\":{{\"parts\":{},\"digest\":\"{digest}\"}}}}\n", parts.len());
    [parts.concat(), end].concat().into_bytes()
}

/// Guards each check of an import by itself: with a right end the others must find what is wrong.
#[test]
fn a_backup_with_a_right_end_is_checked_all_the_same() {
    let from = folder();
    drop(varied(from.path()));
    let backup = String::from_utf8(backup_of(from.path())).expect("is text");
    let mut parts: Vec<&str> = backup.split_inclusive('\n').collect();
    parts.pop();
    let check = |parts: &[&str], want: &str| {
        let to = folder();
        let result = import(to.path(), &mut sealed(parts).as_slice());
        let said = result.map_or_else(|error| error.to_string(), |_| "imported".to_owned());
        assert!(said.contains(want), "{said}");
    };
    let without = |word: &str| {
        let place = parts.iter().rposition(|part| part.starts_with(word)).expect("is there");
        [&parts[..place], &parts[place + 1..]].concat()
    };
    check(&parts, "imported");
    check(&without("{\"record\""), "records that the journal gives did not come");
    // The last line deletes a record: without it the journal gives one more.
    check(&without("{\"line\""), "records that the journal gives did not come");
    let record = "{\"record\":{\"table\":\"cases\",\"key\":\"new\",\"value\":\"{}\"}}\n";
    check(&[parts.as_slice(), &[record]].concat(), "is a record that the journal does not give");
    check(&parts[1..], "is not the beginning of a backup");
    check(&[&parts[..1], &parts].concat(), "is not the beginning of a backup");
    let twice: Vec<&str> =
        parts.iter().flat_map(|part| vec![*part; 1 + usize::from(part.starts_with("{\"line"))]).collect();
    check(&twice, "was to come");
}

#[test]
fn a_backup_in_another_order_is_refused() {
    let (from, to) = (folder(), folder());
    drop(varied(from.path()));
    let backup = String::from_utf8(backup_of(from.path())).expect("is text");
    let mut parts: Vec<&str> = backup.split_inclusive('\n').collect();
    parts.swap(1, 2);
    let error = import(to.path(), &mut parts.concat().as_bytes()).expect_err("is refused");
    assert!(error.to_string().contains("does not fit what came before"), "{error}");
}

#[test]
fn a_backup_of_a_newer_program_is_refused() {
    let to = folder();
    let backup = b"{\"backup\":{\"of\":\"tldops\",\"schema\":2}}\n";
    let error = import(to.path(), &mut backup.as_slice()).expect_err("is refused");
    assert!(matches!(&error, StoreError::Newer { found } if found == "2"), "{error}");
}

/// A full disk where the backup is written says nothing about the store.
#[test]
fn a_backup_that_cannot_be_written_does_not_end_the_store() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("no space left"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let folder = folder();
    let store = varied(folder.path());
    let error = store.export(&mut Full).expect_err("fails");
    assert!(error.to_string().contains("no space left"), "{error}");
    commit_sample(&store, 8);
}

#[test]
fn a_mistyped_folder_is_no_empty_backup() {
    let folder = folder();
    let error = export(&folder.path().join("mistyped"), &mut Vec::new()).expect_err("is no store");
    assert!(matches!(error, StoreError::NoStore(_)), "{error}");
    assert!(!folder.path().join("mistyped").exists());
}
