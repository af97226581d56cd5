//! The store's folder: where each thing lies in it, and the lock that one process holds.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::store::disk;
use crate::store::disk::Disk;
use crate::store::erasing;
use crate::store::{Shelf, StoreError};

/// The folder of a store, locked for this process until it is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// The lock is the kernel's: it goes with the process, however that ends.
    _lock: File,
}

impl Folder {
    /// Makes the folder where it is not there, locks it, and makes its parts.
    pub(super) fn open(path: &Path, disk: &mut Disk) -> Result<Self, StoreError> {
        let folder = Self::lock(path, disk)?;
        folder.furnish(disk)?;
        Ok(folder)
    }

    /// Makes its parts, and removes mails that were being written.
    pub(super) fn furnish(&self, disk: &mut Disk) -> Result<(), StoreError> {
        for shelf in Shelf::ALL {
            disk.make_folder(&self.shelf(shelf))?;
            disk.remove_leftovers(&self.shelf(shelf), disk::is_unfinished)?;
        }
        disk.make_folder(&self.sled())
    }

    /// Fails where no store has ever been: a mistyped path must not look like an empty store.
    pub(super) fn must_exist(path: &Path) -> Result<(), StoreError> {
        if path.join(LOCK).exists() { Ok(()) } else { Err(StoreError::NoStore(path.to_owned())) }
    }

    /// Only locks it. sled's own lock is on a file of its own, which it has touched by then.
    pub(super) fn lock(path: &Path, disk: &mut Disk) -> Result<Self, StoreError> {
        disk.make_folder(path)?;
        let file = path.join(LOCK);
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(disk::FILE_MODE)
            .open(&file)
            .map_err(|source| StoreError::io("open the lock", &file, source))?;
        if !lock_soon(&lock, &file)? {
            return Err(StoreError::Locked(path.to_owned()));
        }
        if path.join(IMPORTING).exists() {
            return Err(StoreError::HalfImported(path.to_owned()));
        }
        erasing::finish(path, disk)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// The folder itself.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file of the journal.
    pub(super) fn journal(&self) -> PathBuf {
        self.path.join(JOURNAL)
    }

    /// sled's folder.
    pub(super) fn sled(&self) -> PathBuf {
        self.path.join(SLED)
    }

    /// The folder of a shelf.
    pub(super) fn shelf(&self, of: Shelf) -> PathBuf {
        self.path.join(of.word())
    }

    /// Whether nothing is in it but the lock.
    pub(super) fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(disk::names(&self.path)?.iter().all(|name| name == LOCK))
    }
}

/// Locks a file; false where somebody else keeps it locked. A lock can outlive its holder by some milliseconds: sled
/// drops its own in another thread, and a child process has a copy of every descriptor until it starts its program.
pub(super) fn lock_soon(file: &File, path: &Path) -> Result<bool, StoreError> {
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(source)) => return Err(StoreError::io("lock", path, source)),
        }
    }
    Ok(false)
}

/// How often a lock is tried, with a pause in between: together a fifth of a second, so that a person does not wait.
const LOCK_TRIES: u32 = 40;
const LOCK_PAUSE: Duration = Duration::from_millis(5);
/// The name of the journal's file.
pub(super) const JOURNAL: &str = "journal.jsonl";
/// The name of sled's folder.
pub(super) const SLED: &str = "sled";
/// The name of the file that stands there while a backup is read in.
pub(super) const IMPORTING: &str = "importing";
const LOCK: &str = "lock";
