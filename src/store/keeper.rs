//! The one who writes: all that an open store owns, and a commit from its checks to its last sync.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use crate::domain::journal::Entry;
use crate::store::disk::Disk;
use crate::store::folder::{Folder, JOURNAL};
use crate::store::group::{Group, Waiting};
use crate::store::line::Line;
use crate::store::recovery;
use crate::store::tables::{Tables, record_key};
use crate::store::{Head, Repair, Step, StoreError, Table, Write};
use crate::store::{KEY_OCTETS_MAX, LINE_OCTETS_MAX, RECORD_OCTETS_MAX};

/// What an open store owns alone.
#[derive(Debug)]
pub(super) struct Keeper {
    pub(super) disk: Disk,
    pub(super) tables: Tables,
    pub(super) journal: File,
    pub(super) head: Head,
    pub(super) waiting: Waiting,
    /// Writes to each table since the store was opened.
    pub(super) changes: BTreeMap<Table, u64>,
    /// The first failure; after it nothing is done any more.
    broken: Option<String>,
    /// Last, so that the lock goes after sled.
    pub(super) folder: Folder,
}

impl Keeper {
    /// Locks and opens the folder, and brings journal and tables to the same line.
    pub(super) fn open(path: &Path, mut disk: Disk) -> Result<(Self, Vec<Repair>), StoreError> {
        let folder = Folder::open(path, &mut disk)?;
        Self::open_locked(folder, disk)
    }

    /// The same in a folder that is locked and made.
    pub(super) fn open_locked(folder: Folder, mut disk: Disk) -> Result<(Self, Vec<Repair>), StoreError> {
        let tables = Tables::open(&folder.sled(), &mut disk)?;
        let mut journal = disk.open_to_append(folder.path(), JOURNAL)?;
        let (head, repairs) = recovery::reconcile(&folder.journal(), &mut journal, &tables, &mut disk)?;
        disk.tell(&Step::Opened)?;
        let (waiting, changes) = (Waiting::default(), BTreeMap::new());
        Ok((Self { disk, tables, journal, head, waiting, changes, broken: None, folder }, repairs))
    }

    /// Does something unless something has failed before, and remembers the first failure.
    pub(super) fn guarded<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if let Some(why) = &self.broken {
            return Err(StoreError::Broken { why: why.clone() });
        }
        let result = work(self);
        if let Err(error) = &result
            && !error.is_refusal()
            && !error.is_of_one_mail()
        {
            // What was half done is in nobody's hands: only a new start can tell what the disk has.
            self.broken = Some(error.to_string());
        }
        result
    }

    /// A call has panicked: what it had half done is in nobody's hands either.
    pub(super) fn give_up(&mut self) -> StoreError {
        let why = "a call to it has panicked".to_owned();
        self.broken = Some(why.clone());
        StoreError::Broken { why }
    }

    /// One line in the file, then one transaction in sled, each synced; or as the group says.
    pub(super) fn commit(&mut self, entry: &Entry, writes: &[Write]) -> Result<u64, StoreError> {
        writes.iter().try_for_each(check_write)?;
        let (head, text) = Line::after(self.head, entry, writes).map_err(|error| self.differs(&error))?;
        if text.len() > LINE_OCTETS_MAX {
            return Err(StoreError::LineTooLong { octets: text.len() });
        }
        if self.waiting.group == Group::Lasting {
            let path = self.folder.journal();
            self.disk.write(&mut self.journal, &path, format!("{text}\n").as_bytes())?;
        }
        for write in writes {
            *self.changes.entry(write.table).or_default() += 1;
        }
        self.waiting.hold(head, text, writes);
        self.head = head;
        if self.waiting.group == Group::Single {
            self.settle(Group::Single)?;
        }
        Ok(head.seq)
    }

    /// The record under this key.
    pub(super) fn read(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        match self.waiting.record(&record_key(table, key)) {
            Some(waiting) => Ok(waiting.clone()),
            None => self.tables.read(table, key),
        }
    }

    /// All records whose key begins with `prefix`, in the order of their keys.
    pub(super) fn scan(&self, table: Table, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let found = self.tables.scan(table, prefix)?;
        let mut waiting = self.waiting.records(record_key(table, prefix)).peekable();
        if waiting.peek().is_none() {
            return Ok(found);
        }
        let mut found: BTreeMap<String, String> = found.into_iter().collect();
        for (key, value) in waiting {
            let key = String::from_utf8_lossy(key.get(1..).unwrap_or_default()).into_owned();
            match value {
                Some(value) => found.insert(key, value.to_owned()),
                None => found.remove(&key),
            };
        }
        Ok(found.into_iter().collect())
    }

    /// The last lines, from sled's copy: that is what every start has compared with the file.
    pub(super) fn journal_tail(&self, count: u64) -> Result<Vec<Line>, StoreError> {
        (self.head.seq.saturating_sub(count) + 1..=self.head.seq)
            .map(|seq| Line::read(&self.line(seq)?).map_err(|error| self.differs(&error)))
            .collect()
    }

    /// The text of a line, which must be there.
    pub(super) fn line(&self, seq: u64) -> Result<String, StoreError> {
        if let Some(text) = self.waiting.line(seq) {
            return Ok(text.to_owned());
        }
        self.tables.line(seq)?.ok_or_else(|| self.differs(&format!("{seq} is missing in the tables")))
    }

    fn differs(&self, what: &dyn std::fmt::Display) -> StoreError {
        StoreError::Tables { path: self.folder.sled(), what: format!("a line of the journal {what}") }
    }
}

/// A key or a value that is too long is refused before anything is written.
fn check_write(write: &Write) -> Result<(), StoreError> {
    if write.key.len() > KEY_OCTETS_MAX {
        return Err(StoreError::KeyTooLong { octets: write.key.len() });
    }
    match &write.value {
        Some(value) if value.len() > RECORD_OCTETS_MAX => {
            Err(StoreError::RecordTooLong { key: write.key.clone(), octets: value.len() })
        }
        _ => Ok(()),
    }
}
