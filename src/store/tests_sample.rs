//! Sample entries, writes and folders for the tests of this floor.

use std::path::Path;

use jiff::Timestamp;
use tempfile::TempDir;

use crate::domain::journal::Entry;
use crate::store::{Store, Table, Write};

/// A folder that goes with the test.
pub(super) fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// An entry that tells its number.
pub(super) fn entry(number: u64) -> Entry {
    Entry {
        at: Timestamp::from_second(1_800_000_000 + number.cast_signed()).expect("a time"),
        case: Some(format!("2026-{number:04}")),
        event: "request_arrived".to_owned(),
        says: format!("Request {number} arrived \u{2014} \"quoted\"\nin two lines."),
        evidence: serde_json::json!({ "number": number, "spf": "pass", "score": 0.1 + 0.2, "tld": "例え" }),
    }
}

pub(super) fn put(table: Table, key: &str, value: &str) -> Write {
    Write { table, key: key.to_owned(), value: Some(value.to_owned()) }
}

pub(super) fn delete(table: Table, key: &str) -> Write {
    Write { table, key: key.to_owned(), value: None }
}

/// Text of so many octets that differs along its way, so that a shifted or missing piece shows.
pub(super) fn text(octets: usize, seed: usize) -> String {
    let numbers = (seed..).flat_map(|number| format!("{number},").into_bytes());
    String::from_utf8(numbers.take(octets).collect()).expect("digits")
}

/// A store with so many commits, each with one record that stays and one that changes.
pub(super) fn filled(path: &Path, commits: u64) -> Store {
    let store = Store::open(path).expect("opens");
    for number in 1..=commits {
        commit_sample(&store, number);
    }
    store
}

pub(super) fn commit_sample(store: &Store, number: u64) {
    let writes = vec![
        put(Table::Cases, &format!("case-{number}"), "{}"),
        put(Table::Counters, "last", &number.to_string()),
    ];
    assert_eq!(store.commit(&entry(number), &writes).expect("commits"), number);
}
