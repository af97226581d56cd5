//! The disk: tables, journal and raw mails, every change in one transaction that outlives a power cut.
//!
//! `journal.jsonl` is the write-ahead log and the second copy; sled holds the tables and a copy of every line. A change
//! is first one line of the file, synced, then one batch in sled, synced; the next start brings both to the same line.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::journal::Entry;
use crate::store::disk::Disk;
use crate::store::keeper::Keeper;

mod audit;
mod backup;
mod disk;
mod erasing;
mod failure;
mod finding;
mod folder;
mod group;
mod keeper;
mod line;
mod mails;
mod recovery;
mod snapshot;
mod tables;
#[cfg(test)]
mod tests_audit;
#[cfg(test)]
mod tests_backup;
#[cfg(test)]
mod tests_erasing;
#[cfg(test)]
mod tests_kill;
#[cfg(test)]
mod tests_power;
#[cfg(test)]
mod tests_recovery;
#[cfg(test)]
mod tests_sample;
#[cfg(test)]
mod tests_store;

pub use crate::store::audit::{Verified, VerifyError, verify};
pub use crate::store::backup::{Imported, export, import};
pub use crate::store::erasing::{ERASED, Erasure, erase};
pub use crate::store::failure::StoreError;
pub use crate::store::finding::{Fault, Finding, Named};
pub use crate::store::group::Group;
pub use crate::store::line::Line;
pub use crate::store::mails::{each_mail, mails_on, missing_mails};
pub use crate::store::recovery::{Rebuilt, Repair, rebuild};
pub use crate::store::snapshot::Snapshot;

/// The store of one folder, open for reading and writing; only one can be at a time.
///
/// Calls from many threads are done one after another. After the first error that is no refusal every later call fails:
/// the program ends, and the next start recovers.
#[derive(Debug)]
pub struct Store {
    keeper: Mutex<Keeper>,
    repairs: Vec<Repair>,
}

impl Store {
    /// Opens the store of this folder, which is made where it is not there, and takes over what a stop in the middle
    /// has left. Fails where another process has it open, where the copies differ, and where a newer program wrote it.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::open_on(folder, Disk::new())
    }

    /// The same; `watch` is called right after each step that has reached the disk, in the thread that did it.
    pub fn open_watched(
        folder: &Path,
        mut watch: impl FnMut(&Step) + Send + 'static,
    ) -> Result<Self, StoreError> {
        let watch = move |step: &Step| {
            watch(step);
            Ok(())
        };
        Self::open_on(folder, Disk::watched(watch))
    }

    fn open_on(folder: &Path, disk: Disk) -> Result<Self, StoreError> {
        let (keeper, repairs) = Keeper::open(folder, disk)?;
        Ok(Self { keeper: Mutex::new(keeper), repairs })
    }

    /// What was mended while opening; empty after an orderly stop.
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// The record under this key.
    pub fn read(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        self.ask(|keeper| keeper.read(table, key))
    }

    /// All records whose key begins with `prefix`, in the order of their keys' octets.
    pub fn scan(&self, table: Table, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        self.ask(|keeper| keeper.scan(table, prefix))
    }

    /// Writes down what happened and all that follows from it, as one: after this returns no power cut takes it back.
    /// Gives the number of its line in the journal, counted from 1. Of two writes to one key the later counts.
    ///
    /// Refuses a key over [`KEY_OCTETS_MAX`], a value over [`RECORD_OCTETS_MAX`] and a line over [`LINE_OCTETS_MAX`];
    /// then nothing was written and the store goes on. After any other error the next start tells whether it counts.
    pub fn commit(&self, entry: &Entry, writes: &[Write]) -> Result<u64, StoreError> {
        self.ask(|keeper| keeper.commit(entry, writes))
    }

    /// Brings all that waits to the disk for good, as one group, and lets the commits from now on be of this kind.
    /// Until it returns nothing may leave the program on the ground of what waits.
    pub fn settle(&self, next: Group) -> Result<(), StoreError> {
        self.ask(|keeper| keeper.settle(next))
    }

    /// Keeps a mail under its digest, before the transaction that names it; twice is the same as once.
    /// Refuses more than [`MAIL_OCTETS_MAX`].
    pub fn put_mail(&self, on: Shelf, octets: &[u8]) -> Result<Digest, StoreError> {
        self.ask(|keeper| keeper.put_mail(on, octets))
    }

    /// The mail of this digest, none where it is not there. Fails where its octets are not those put in.
    pub fn mail(&self, on: Shelf, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.ask(|keeper| keeper.mail(on, digest))
    }

    /// Removes a mail for good; one that is not there is no error.
    pub fn remove_mail(&self, on: Shelf, digest: &Digest) -> Result<(), StoreError> {
        self.ask(|keeper| keeper.remove_mail(on, digest))
    }

    /// The digests of all mails on this shelf, in their order.
    pub fn mails(&self, on: Shelf) -> Result<Vec<Digest>, StoreError> {
        self.ask(|keeper| keeper.mails(on))
    }

    /// All lines of the journal, the oldest first.
    pub fn journal(&self) -> Result<Vec<Line>, StoreError> {
        self.journal_tail(u64::MAX)
    }

    /// The last `count` lines of the journal, the oldest of them first.
    pub fn journal_tail(&self, count: u64) -> Result<Vec<Line>, StoreError> {
        self.ask(|keeper| keeper.journal_tail(count))
    }

    /// How often this table was written since the store was opened: what was read of it holds until that is another number.
    pub fn changes(&self, table: Table) -> Result<u64, StoreError> {
        self.ask(|keeper| Ok(keeper.changes.get(&table).copied().unwrap_or_default()))
    }

    /// The number and the hash of the last line; 0 and zeros before the first.
    pub fn head(&self) -> Result<Head, StoreError> {
        self.ask(|keeper| Ok(keeper.head))
    }

    /// Writes the backup (see [`export`]) of the store as it stands between two commits, which wait meanwhile.
    pub fn export(&self, out: &mut dyn io::Write) -> Result<(), StoreError> {
        backup::export_open(self, out)
    }

    /// Does one thing at a time, whoever asks.
    pub(in crate::store) fn ask<T>(
        &self,
        work: impl FnOnce(&mut Keeper) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        // The asker hears of a panic as of any failure: an operator's log has the words, and the next start recovers.
        let result = catch_unwind(AssertUnwindSafe(|| keeper.guarded(work)));
        result.unwrap_or_else(|_| Err(keeper.give_up()))
    }
}

/// Looking records up: in an open store, or in a copy of it.
pub trait Look {
    /// The record under this key.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn read(&self, table: Table, key: &str) -> Result<Option<String>, StoreError>;

    /// All records whose key begins with `prefix`, in the order of their keys' octets.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn scan(&self, table: Table, prefix: &str) -> Result<Vec<(String, String)>, StoreError>;
}

impl Look for Store {
    fn read(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        Self::read(self, table, key)
    }

    fn scan(&self, table: Table, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        Self::scan(self, table, prefix)
    }
}

/// A record to be written or deleted.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Write {
    /// Where.
    pub table: Table,
    /// Under which key.
    pub key: String,
    /// The record as JSON text; none deletes it.
    pub value: Option<String>,
}

/// The tables. Their words are part of the journal's format.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// Requests under way and closed ones.
    Cases,
    /// The contacts of each ccTLD.
    Roster,
    /// Mails to be sent.
    Outbox,
    /// Mails taken in already.
    Seen,
    /// What a token is good for, by its digest.
    Tokens,
    /// Numbers that count up.
    Counters,
    /// What IANA's database said last.
    Iana,
    /// What the program knows about itself and its mailbox.
    Meta,
}

impl Table {
    /// All of them, in the order of the backup.
    pub const ALL: [Self; 8] = [
        Self::Cases,
        Self::Roster,
        Self::Outbox,
        Self::Seen,
        Self::Tokens,
        Self::Counters,
        Self::Iana,
        Self::Meta,
    ];

    /// Its word in the journal and in the backup.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Roster => "roster",
            Self::Outbox => "outbox",
            Self::Seen => "seen",
            Self::Tokens => "tokens",
            Self::Counters => "counters",
            Self::Iana => "iana",
            Self::Meta => "meta",
        }
    }
}

/// Where a raw mail lies.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shelf {
    /// Mails taken in, until they are let go.
    Incoming,
    /// Mails built and not yet sent.
    Outgoing,
    /// IANA's answers that something was decided by, as they came, until they are let go.
    Registry,
}

impl Shelf {
    /// All of them, in the order of the backup.
    pub const ALL: [Self; 3] = [Self::Incoming, Self::Outgoing, Self::Registry];

    /// Its word in the backup, and the name of its folder.
    pub fn word(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Outgoing => "outgoing",
            Self::Registry => "registry",
        }
    }
}

/// The last line of the journal.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Head {
    /// Its number, counted from 1; 0 where there is none.
    pub seq: u64,
    /// Its hash; zeros where there is none.
    pub hash: Digest,
}

/// A step that has reached the disk: after each the program may stop, and nothing acknowledged is lost.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// A file's content was synced.
    FileSynced(PathBuf),
    /// A folder was synced: the names in it stay.
    FolderSynced(PathBuf),
    /// What a stop in the middle had left was removed.
    LeftoverRemoved(PathBuf),
    /// The torn last line of the journal was cut off.
    TornLineCut,
    /// The tables took over lines that stood only in the file; this is the last of them.
    LinesReplayed(u64),
    /// The file took over lines that stood only in sled; this is the last of them.
    LinesRestored(u64),
    /// The store is open, both copies are at the same line.
    Opened,
    /// A mail is in its place.
    MailKept(Shelf, Digest),
    /// A mail is gone.
    MailRemoved(Shelf, Digest),
    /// A line is in the file, and not yet in the tables.
    LineWritten(u64),
    /// A line and all its writes are in the tables too.
    Committed(u64),
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The number of the format on disk. A program refuses a higher one than its own.
pub const SCHEMA: u32 = 1;
/// Octets of a key at the most. sled gets up to 256, of which some are ours.
pub const KEY_OCTETS_MAX: usize = 250;
/// Octets of a record at the most: 1 MiB. A case has some kilobytes; what is larger belongs on a shelf.
pub const RECORD_OCTETS_MAX: usize = 1024 * 1024;
/// Octets of a journal line at the most: 8 MiB. It holds all writes of a commit, escaped once more.
pub const LINE_OCTETS_MAX: usize = 8 * 1024 * 1024;
/// Octets of a mail at the most: 64 MiB. Servers take in some 10 to 50 MiB; more is not worth the memory.
pub const MAIL_OCTETS_MAX: usize = 64 * 1024 * 1024;
