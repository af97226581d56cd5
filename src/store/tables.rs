//! The tables in sled, behind the rules without which it loses what it said was kept.
//!
//! All lies in one sled tree, so that one batch is one transaction. A key begins with the letter of what it is:
//! a record's is the letter of its table and the caller's key, a journal line's is `j` and its number, a piece's is
//! `p`, the key of the record it belongs to, and its number. What fits in one value stands there after `=`; of what
//! does not the value is `#` and the number of its pieces.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use sled::Batch;
use sled::Db;
use sled::IVec;

use crate::store::disk::Disk;
use crate::store::folder::lock_soon;
use crate::store::{Head, SCHEMA, StoreError, Table, Write};

/// A line that is sound: its head, its text, and what it writes.
pub(super) type Taken = (Head, String, Vec<Write>);

/// Lines on their way from a file into the tables, some at a time.
#[derive(Debug, Default)]
pub(super) struct Replay {
    waiting: Vec<Taken>,
}

impl Replay {
    /// Takes the next line.
    pub(super) fn take(&mut self, line: Taken, tables: &Tables) -> Result<(), StoreError> {
        self.waiting.push(line);
        if self.waiting.len() < LINES_AT_ONCE_MAX { Ok(()) } else { self.finish(tables) }
    }

    /// Brings all that waits to the tables.
    pub(super) fn finish(&mut self, tables: &Tables) -> Result<(), StoreError> {
        tables.apply(&std::mem::take(&mut self.waiting))
    }
}

/// sled, opened by the rules.
#[derive(Debug)]
pub(super) struct Tables {
    sled: Db,
    /// Where it lies, for messages.
    path: PathBuf,
    /// After sled, so that it is dropped after it.
    file: SledFile,
}

/// Our own descriptor of sled's file: sled itself never syncs it.
#[derive(Debug)]
struct SledFile {
    file: File,
    path: PathBuf,
}

impl SledFile {
    fn open(path: &Path) -> Result<Self, StoreError> {
        let file = File::open(path).map_err(|source| StoreError::io("open", path, source))?;
        Ok(Self { file, path: path.to_owned() })
    }
}

impl Drop for SledFile {
    /// Waits until sled's threads have let go of the file, so that nobody else opens the folder before.
    fn drop(&mut self) {
        // Where they do not, the next who opens it is told.
        drop(lock_soon(&self.file, &self.path));
    }
}

impl Tables {
    /// Opens sled in this folder, which is there and which nobody else uses.
    pub(super) fn open(path: &Path, disk: &mut Disk) -> Result<Self, StoreError> {
        // A snapshot that was being written when the program stopped makes sled refuse to open.
        disk.remove_leftovers(path, |name| name.starts_with("snap.") && name.ends_with(".generating"))?;
        let file_path = path.join(DB);
        if exists(path) {
            drop(SledFile::open(&file_path)?);
        }
        let sled = open_sled(path)?;
        // sled leaves these to the page cache; only now do they outlive a power cut.
        let is_sleds = |name: &String| name == "conf" || name == DB || name.starts_with("snap.");
        for name in crate::store::disk::names(path)?.iter().filter(|name| is_sleds(name)) {
            disk.sync_path(&path.join(name))?;
        }
        disk.sync_folder(path)?;
        disk.sync_folder(path.parent().unwrap_or(path))?;
        let tables = Self { sled, path: path.to_owned(), file: SledFile::open(&file_path)? };
        tables.check_schema(disk)?;
        Ok(tables)
    }

    fn check_schema(&self, disk: &mut Disk) -> Result<(), StoreError> {
        match self.text(SCHEMA_KEY)? {
            None => {
                let mut batch = Batch::default();
                self.put_text(&mut batch, SCHEMA_KEY, &SCHEMA.to_string())?;
                self.sled.apply_batch(batch).map_err(|error| of_sled(&self.path, &error))?;
                self.settle(disk)
            }
            Some(found) if found.parse().is_ok_and(|found: u32| found <= SCHEMA) => Ok(()),
            Some(found) => Err(StoreError::Newer { found }),
        }
    }

    /// The last line that sled has.
    pub(super) fn head(&self) -> Result<Head, StoreError> {
        let Some(text) = self.text(HEAD_KEY)? else { return Ok(Head::start()) };
        serde_json::from_str(&text).map_err(|error| self.damaged(&error))
    }

    /// The record under this key.
    pub(super) fn read(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        self.text(&record_key(table, key))
    }

    /// All records whose key begins with `prefix`, in the order of their keys.
    pub(super) fn scan(&self, table: Table, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let mut records = Vec::new();
        for item in self.sled.scan_prefix(record_key(table, prefix)) {
            let (key, value) = item.map_err(|error| of_sled(&self.path, &error))?;
            let name = key.get(1..).unwrap_or_default().to_vec();
            let name = String::from_utf8(name).map_err(|error| self.damaged(&error))?;
            records.push((name, self.joined(&key, &value)?));
        }
        Ok(records)
    }

    /// sled's copy of a line, none where it has none of this number.
    pub(super) fn line(&self, seq: u64) -> Result<Option<String>, StoreError> {
        self.text(&line_key(seq))
    }

    /// sled's copies of all lines by their number, as they stand.
    pub(super) fn lines(&self) -> Result<BTreeMap<u64, String>, StoreError> {
        let mut lines = BTreeMap::new();
        for item in self.sled.scan_prefix([LINES]) {
            let (key, value) = item.map_err(|error| of_sled(&self.path, &error))?;
            let seq = key.get(1..).and_then(|seq| seq.try_into().ok()).map(u64::from_be_bytes);
            let seq = seq.ok_or_else(|| self.damaged(&"a line has no number"))?;
            lines.insert(seq, self.joined(&key, &value)?);
        }
        Ok(lines)
    }

    /// Takes over lines and all that they write, and sets the head to the last of them. Not yet durable: see
    /// [`Self::settle`]. Doing it twice is the same as once, and a stop in the middle leaves the head before lines that
    /// are done again.
    ///
    /// Each batch is waited for. sled 0.34.7 writes in some threads of its own; where all of them wait for the lock under
    /// which sled itself waits for its file to be shortened, it stands still for ever. That takes more unfinished writes
    /// than one batch makes, and many batches in a row came to it every few ten thousand lines.
    pub(super) fn apply(&self, lines: &[Taken]) -> Result<(), StoreError> {
        let mut rest = lines;
        while !rest.is_empty() {
            let (some, later) = rest.split_at(count_at_once(rest));
            self.apply_at_once(some)?;
            self.sled.flush().map_err(|error| of_sled(&self.path, &error))?;
            rest = later;
        }
        Ok(())
    }

    /// Lines in one transaction. One line has its head in it; the head of several follows, so that an error in the middle
    /// of sled's batch leaves no head without its lines.
    fn apply_at_once(&self, lines: &[Taken]) -> Result<(), StoreError> {
        let Some((head, ..)) = lines.last() else { return Ok(()) };
        let mut batch = Batch::default();
        // Of two writes to one key only the last may say which pieces go.
        let last: BTreeMap<Vec<u8>, Option<&str>> = lines
            .iter()
            .flat_map(|(_, _, writes)| writes)
            .map(|write| (record_key(write.table, &write.key), write.value.as_deref()))
            .collect();
        for (key, value) in last {
            match value {
                Some(value) => self.put_text(&mut batch, &key, value)?,
                None => self.remove_text(&mut batch, &key)?,
            }
        }
        for (head, text, _) in lines {
            self.put_text(&mut batch, &line_key(head.seq), text)?;
        }
        if lines.len() > 1 {
            self.sled.apply_batch(std::mem::take(&mut batch)).map_err(|error| of_sled(&self.path, &error))?;
        }
        let head = serde_json::to_string(head).map_err(|error| self.damaged(&error))?;
        self.put_text(&mut batch, HEAD_KEY, &head)?;
        self.sled.apply_batch(batch).map_err(|error| of_sled(&self.path, &error))
    }

    /// Whether all these writes stand there.
    pub(super) fn have(&self, writes: &[Write]) -> Result<bool, StoreError> {
        let last: BTreeMap<_, _> =
            writes.iter().map(|write| ((write.table, &write.key), write.value.as_deref())).collect();
        for ((table, key), value) in last {
            if self.read(table, key)?.as_deref() != value {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Brings all that was applied to the disk for good.
    pub(super) fn settle(&self, disk: &mut Disk) -> Result<(), StoreError> {
        self.sled.flush().map_err(|error| of_sled(&self.path, &error))?;
        // sled's flush ends at the page cache of the kernel, and never brings the file's length to the disk.
        disk.sync(&self.file.file, &self.file.path)
    }

    fn text(&self, key: &[u8]) -> Result<Option<String>, StoreError> {
        let value = self.sled.get(key).map_err(|error| of_sled(&self.path, &error))?;
        value.map(|value| self.joined(key, &value)).transpose()
    }

    /// The text that a value stands for.
    fn joined(&self, key: &[u8], value: &IVec) -> Result<String, StoreError> {
        let octets = match value.split_first() {
            Some((&WHOLE, text)) => text.to_vec(),
            _ => self.pieces(key, self.count(value)?)?,
        };
        String::from_utf8(octets).map_err(|error| self.damaged(&error))
    }

    fn pieces(&self, key: &[u8], count: u16) -> Result<Vec<u8>, StoreError> {
        let mut octets = Vec::new();
        for number in 0..count {
            let piece = self.sled.get(piece_key(key, number)).map_err(|error| of_sled(&self.path, &error))?;
            octets.extend_from_slice(&piece.ok_or_else(|| self.damaged(&"a piece of a record is missing"))?);
        }
        Ok(octets)
    }

    /// How many pieces a value has.
    fn count(&self, value: &IVec) -> Result<u16, StoreError> {
        let count = match value.split_first() {
            Some((&WHOLE, _)) => Some(0),
            Some((&IN_PIECES, count)) => count.try_into().ok().map(u16::from_be_bytes),
            _ => None,
        };
        count.ok_or_else(|| self.damaged(&"a value is neither whole nor in pieces"))
    }

    fn put_text(&self, batch: &mut Batch, key: &[u8], text: &str) -> Result<(), StoreError> {
        let before = self.count_now(key)?;
        let mut now = 0;
        if text.len() < VALUE_OCTETS_MAX {
            batch.insert(self.fitting_key(key)?, [&[WHOLE], text.as_bytes()].concat());
        } else {
            for piece in text.as_bytes().chunks(VALUE_OCTETS_MAX) {
                batch.insert(self.fitting_key(&piece_key(key, now))?, piece);
                now = now.checked_add(1).ok_or_else(|| self.damaged(&"a record has too many pieces"))?;
            }
            batch.insert(self.fitting_key(key)?, [&[IN_PIECES], now.to_be_bytes().as_slice()].concat());
        }
        (now..before).for_each(|number| batch.remove(piece_key(key, number)));
        Ok(())
    }

    fn remove_text(&self, batch: &mut Batch, key: &[u8]) -> Result<(), StoreError> {
        (0..self.count_now(key)?).for_each(|number| batch.remove(piece_key(key, number)));
        batch.remove(key);
        Ok(())
    }

    /// How many pieces stand there now. Nobody else writes, so that is still true in the transaction.
    fn count_now(&self, key: &[u8]) -> Result<u16, StoreError> {
        let value = self.sled.get(key).map_err(|error| of_sled(&self.path, &error))?;
        value.map_or(Ok(0), |value| self.count(&value))
    }

    /// sled keeps nodes over 128 KiB in files that it never syncs. A leaf has up to 16 records, an inner node up to 256
    /// keys, so this limit on keys and that on values keep every node below.
    fn fitting_key(&self, key: &[u8]) -> Result<IVec, StoreError> {
        if key.len() > SLED_KEY_OCTETS_MAX {
            return Err(self.damaged(&"a key is longer than sled keeps durably"));
        }
        Ok(IVec::from(key))
    }

    fn damaged(&self, what: &dyn std::fmt::Display) -> StoreError {
        StoreError::Tables { path: self.path.clone(), what: what.to_string() }
    }
}

/// Whether there is a sled in this folder at all.
pub(super) fn exists(path: &Path) -> bool {
    path.join(DB).exists()
}

/// sled panics on some damage instead of telling; in a thread of its own that is an error too.
fn open_sled(path: &Path) -> Result<Db, StoreError> {
    let config = sled::Config::new().path(path).cache_capacity(CACHE_OCTETS);
    let stopped = |_| {
        let what = "sled stopped while opening them".to_owned();
        StoreError::Tables { path: path.to_owned(), what }
    };
    let opened = std::thread::spawn(move || config.open()).join().map_err(stopped)?;
    opened.map_err(|error| of_sled(path, &error))
}

/// What sled says against us. Where the system lets it do nothing the tables are as good as they were, and to make them
/// anew would help nobody.
fn of_sled(path: &Path, error: &sled::Error) -> StoreError {
    let keeps_us_out = [
        ErrorKind::StorageFull,
        ErrorKind::QuotaExceeded,
        ErrorKind::FileTooLarge,
        ErrorKind::PermissionDenied,
        ErrorKind::ReadOnlyFilesystem,
    ];
    match error {
        sled::Error::Io(source) if keeps_us_out.contains(&source.kind()) => {
            StoreError::io("use the tables in", path, io::Error::new(source.kind(), source.to_string()))
        }
        sled::Error::Io(_)
        | sled::Error::CollectionNotFound(_)
        | sled::Error::Unsupported(_)
        | sled::Error::ReportableBug(_)
        | sled::Error::Corruption { .. } => {
            StoreError::Tables { path: path.to_owned(), what: error.to_string() }
        }
    }
}

/// The key in sled of a record: the letter of its table, and the caller's key.
pub(super) fn record_key(table: Table, key: &str) -> Vec<u8> {
    let letter = match table {
        Table::Cases => b'C',
        Table::Roster => b'R',
        Table::Outbox => b'O',
        Table::Seen => b'S',
        Table::Tokens => b'T',
        Table::Counters => b'N',
        Table::Iana => b'I',
        Table::Meta => b'M',
    };
    [&[letter], key.as_bytes()].concat()
}

/// How many of the first lines go in one transaction: at least one, however long.
fn count_at_once(lines: &[Taken]) -> usize {
    let mut octets = 0_usize;
    let fits = lines.iter().take(LINES_AT_ONCE_MAX).take_while(|(_, text, _)| {
        octets = octets.saturating_add(text.len());
        octets <= OCTETS_AT_ONCE_MAX
    });
    fits.count().max(1)
}

fn line_key(seq: u64) -> Vec<u8> {
    [[LINES].as_slice(), &seq.to_be_bytes()].concat()
}

fn piece_key(key: &[u8], number: u16) -> Vec<u8> {
    [[PIECES].as_slice(), key, &number.to_be_bytes()].concat()
}

/// Lines of one transaction at the most. By ten of them all is as fast as without any waiting.
const LINES_AT_ONCE_MAX: usize = 16;
/// Octets of their texts at the most: 256 KiB, half of one of sled's segments.
const OCTETS_AT_ONCE_MAX: usize = 256 * 1024;
/// Octets of a value in sled at the most: 4 KiB (see `fitting_key`).
const VALUE_OCTETS_MAX: usize = 4096;
/// Octets of a key in sled at the most (see `fitting_key`): the caller's 250, the letters, the number of a piece.
const SLED_KEY_OCTETS_MAX: usize = 256;
/// Octets of sled's cache: 16 MiB hold all that a list of some 300 ccTLDs works with.
const CACHE_OCTETS: u64 = 16 * 1024 * 1024;
/// sled's file.
const DB: &str = "db";
const LINES: u8 = b'j';
const PIECES: u8 = b'p';
const WHOLE: u8 = b'=';
const IN_PIECES: u8 = b'#';
const HEAD_KEY: &[u8] = b"!head";
const SCHEMA_KEY: &[u8] = b"!schema";

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use super::of_sled;

    #[track_caller]
    fn check(error: &sled::Error, says: &str, never: &str) {
        let told = of_sled(Path::new("/store/sled"), error).to_string();
        assert!(told.contains(says) && !told.contains(never), "{told}");
    }

    #[test]
    fn a_full_disk_is_not_told_as_damage() {
        let (room, anew) = ("mend that (disk full? rights?)", "store rebuild");
        for errno in [rustix::io::Errno::NOSPC, rustix::io::Errno::ACCESS, rustix::io::Errno::ROFS] {
            check(&sled::Error::Io(io::Error::from(errno)), room, anew);
        }
        check(&sled::Error::Io(io::Error::from(io::ErrorKind::UnexpectedEof)), anew, room);
        check(&sled::Error::Corruption { at: None, bt: () }, anew, room);
    }
}
