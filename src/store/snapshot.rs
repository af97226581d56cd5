//! The store as its journal file tells it, read without disturbing a program that has it open.

use std::fs;
use std::ops::Bound;
use std::path::Path;

use crate::store::folder::JOURNAL;
use crate::store::line::{Given, Line};
use crate::store::{Head, Look, StoreError, Table};

/// Tables and journal at the moment of reading. The chain of hashes was checked on the way.
#[derive(Clone, Debug)]
pub struct Snapshot {
    tables: Given,
    lines: Vec<Line>,
    head: Head,
}

impl Snapshot {
    /// Whether there is a journal in this folder at all.
    pub fn exists(folder: &Path) -> bool {
        folder.join(JOURNAL).exists()
    }

    /// Reads the journal file of a store's folder. A last line without its end is being written and is left out.
    ///
    /// # Errors
    /// Where there is no journal, or a line of it is not as it was written: the line is named.
    pub fn read(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(JOURNAL);
        let text = fs::read_to_string(&path).map_err(|source| StoreError::io("read", &path, source))?;
        let mut snapshot = Self { tables: Given::new(), lines: Vec::new(), head: Head::start() };
        let whole = text.rfind('\n').map_or("", |end| text.get(..end).unwrap_or_default());
        for (number, line) in (1..).zip(whole.lines()) {
            snapshot.take(line).map_err(|what| StoreError::Differs {
                path: path.clone(),
                line: number,
                what,
            })?;
        }
        Ok(snapshot)
    }

    fn take(&mut self, text: &str) -> Result<(), String> {
        let line = Line::read(text).map_err(|error| error.to_string())?;
        self.head = self.head.step_to(&line)?;
        line.write_to(&mut self.tables);
        self.lines.push(line);
        Ok(())
    }

    /// All lines of the journal.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The last line.
    pub fn head(&self) -> Head {
        self.head
    }
}

impl Look for Snapshot {
    fn read(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        Ok(self.tables.get(&(table, key.to_owned())).cloned())
    }

    fn scan(&self, table: Table, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let from = Bound::Included((table, prefix.to_owned()));
        let rows = self.tables.range((from, Bound::Unbounded));
        let rows = rows.take_while(|((of, key), _)| *of == table && key.starts_with(prefix));
        Ok(rows.map(|((_, key), value)| (key.clone(), value.clone())).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::domain::journal::Entry;
    use crate::store::{Look, Snapshot, Store, Table, Write};

    fn entry(event: &str) -> Entry {
        Entry {
            at: "2026-11-02T09:00:00Z".parse().unwrap(),
            case: None,
            event: event.to_owned(),
            says: String::new(),
            evidence: json!({}),
        }
    }

    fn put(key: &str, value: Option<&str>) -> Write {
        Write { table: Table::Roster, key: key.to_owned(), value: value.map(str::to_owned) }
    }

    #[test]
    fn an_open_store_can_be_looked_at_from_outside() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store.commit(&entry("a"), &[put("nl", Some("1")), put("nu", Some("2"))]).unwrap();
        store.commit(&entry("b"), &[put("nl", None), put("no", Some("3"))]).unwrap();
        let snapshot = Snapshot::read(folder.path()).unwrap();
        assert_eq!(snapshot.lines().len(), 2);
        assert_eq!(snapshot.scan(Table::Roster, "n").unwrap(), store.scan(Table::Roster, "n").unwrap());
        assert_eq!(snapshot.read(Table::Roster, "nl").unwrap(), None);
        assert_eq!(snapshot.head(), store.head().unwrap());
    }

    #[test]
    fn a_line_that_was_altered_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store.commit(&entry("a"), &[]).unwrap();
        store.commit(&entry("b"), &[]).unwrap();
        drop(store);
        let path = folder.path().join("journal.jsonl");
        let text = std::fs::read_to_string(&path).unwrap().replace("\"b\"", "\"c\"");
        std::fs::write(&path, text).unwrap();
        let error = Snapshot::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }
}
