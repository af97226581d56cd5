//! What reaches the disk for good: every write is synced, then told to whoever watches.

use std::fmt;
use std::fs;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::store::{Step, StoreError};

/// The durable ways to write, and who is told of each step.
pub(super) struct Disk {
    watch: Watch,
}

/// Told of each step; an error stands for a disk that fails there.
type Watch = Box<dyn FnMut(&Step) -> io::Result<()> + Send>;

impl Disk {
    /// Nobody watches.
    pub(super) fn new() -> Self {
        Self::watched(|_| Ok(()))
    }

    /// With a watcher.
    pub(super) fn watched(watch: impl FnMut(&Step) -> io::Result<()> + Send + 'static) -> Self {
        Self { watch: Box::new(watch) }
    }

    /// Tells the watcher.
    pub(super) fn tell(&mut self, step: &Step) -> Result<(), StoreError> {
        (self.watch)(step)
            .map_err(|source| StoreError::io("go on after writing to", Path::new("the disk"), source))
    }

    /// Makes a folder for the owner alone, with those above it, and their names durable. One that is there gets the
    /// same rights, and its name is synced again: the run that made it may have been stopped before it did.
    pub(super) fn make_folder(&mut self, path: &Path) -> Result<(), StoreError> {
        // A relative path of one part has an empty parent.
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if path.is_dir() {
            restrict(path, FOLDER_MODE)?;
            return match self.sync_folder(parent) {
                // Whoever may not even read the folder above has not made this one in it.
                Err(StoreError::Io { source, .. }) if source.kind() == ErrorKind::PermissionDenied => Ok(()),
                synced => synced,
            };
        }
        if !parent.is_dir() {
            self.make_folder(parent)?;
        }
        DirBuilder::new()
            .mode(FOLDER_MODE)
            .create(path)
            .map_err(|source| StoreError::io("make the folder", path, source))?;
        self.sync_folder(parent)
    }

    /// Syncs the names in a folder.
    pub(super) fn sync_folder(&mut self, path: &Path) -> Result<(), StoreError> {
        File::open(path)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| StoreError::io("sync the folder", path, source))?;
        self.tell(&Step::FolderSynced(path.to_owned()))
    }

    /// Syncs content and length of a file that somebody else wrote, and keeps it to the owner.
    pub(super) fn sync_path(&mut self, path: &Path) -> Result<(), StoreError> {
        restrict(path, FILE_MODE)?;
        let file = File::open(path).map_err(|source| StoreError::io("open", path, source))?;
        self.sync(&file, path)
    }

    /// Lets the system begin to write a file that is synced soon. It is a wish: what it does of it changes only how long the
    /// sync takes.
    #[expect(clippy::unused_self, reason = "all that is written goes through the disk")]
    pub(super) fn begin_to_sync(&mut self, path: &Path) -> Result<(), StoreError> {
        let file = File::open(path).map_err(|source| StoreError::io("open", path, source))?;
        // The one advice that begins to write at once (posix_fadvise(2)); what is not written yet is not dropped.
        rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).unwrap_or(());
        Ok(())
    }

    /// Syncs content and length of an open file.
    pub(super) fn sync(&mut self, file: &File, path: &Path) -> Result<(), StoreError> {
        file.sync_data().map_err(|source| StoreError::io("sync", path, source))?;
        self.tell(&Step::FileSynced(path.to_owned()))
    }

    /// Writes at the end of a file that was opened for appending, and syncs it.
    pub(super) fn append(&mut self, file: &mut File, path: &Path, octets: &[u8]) -> Result<(), StoreError> {
        self.write(file, path, octets)?;
        self.sync(file, path)
    }

    /// The same without the sync: it outlives the end of the program, and no power cut.
    #[expect(clippy::unused_self, reason = "all that is written goes through the disk")]
    pub(super) fn write(&mut self, file: &mut File, path: &Path, octets: &[u8]) -> Result<(), StoreError> {
        file.write_all(octets).map_err(|source| StoreError::io("write", path, source))
    }

    /// Puts a whole file in its place: under another name first, synced, then renamed, then the folder synced.
    /// So under this name stands all of it, or nothing.
    pub(super) fn put(&mut self, folder: &Path, name: &str, octets: &[u8]) -> Result<(), StoreError> {
        let file = self.begin(folder, name, octets)?;
        self.sync(&file, &unfinished(folder, name))?;
        self.finish(folder, name)?;
        self.sync_folder(folder)
    }

    /// Writes a whole file under another name than its own, and does not sync it.
    pub(super) fn begin(&mut self, folder: &Path, name: &str, octets: &[u8]) -> Result<File, StoreError> {
        let unfinished = unfinished(folder, name);
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(FILE_MODE)
            .open(&unfinished)
            .map_err(|source| StoreError::io("make", &unfinished, source))?;
        self.write(&mut file, &unfinished, octets)?;
        Ok(file)
    }

    /// Puts a file that was begun, and is synced, in its place; the folder is not synced.
    #[expect(clippy::unused_self, reason = "all that is written goes through the disk")]
    pub(super) fn finish(&mut self, folder: &Path, name: &str) -> Result<(), StoreError> {
        let path = folder.join(name);
        fs::rename(unfinished(folder, name), &path)
            .map_err(|source| StoreError::io("rename into place", &path, source))
    }

    /// Removes a file for good; one that is not there is no error.
    pub(super) fn remove(&mut self, folder: &Path, name: &str) -> Result<(), StoreError> {
        let path = folder.join(name);
        match fs::remove_file(&path) {
            Ok(()) => {}
            // It may have gone in a run that was stopped before it synced the folder.
            Err(source) if source.kind() == ErrorKind::NotFound => {}
            Err(source) => return Err(StoreError::io("remove", &path, source)),
        }
        self.sync_folder(folder)
    }

    /// Removes what a stop in the middle has left in a folder: all files with a name that `is_leftover`.
    pub(super) fn remove_leftovers(
        &mut self,
        folder: &Path,
        is_leftover: impl Fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        for name in names(folder)?.into_iter().filter(|name| is_leftover(name)) {
            self.remove(folder, &name)?;
            self.tell(&Step::LeftoverRemoved(folder.join(name)))?;
        }
        Ok(())
    }

    /// Opens a file for reading and appending, making it where it is not there.
    pub(super) fn open_to_append(&mut self, folder: &Path, name: &str) -> Result<File, StoreError> {
        let path = folder.join(name);
        let is_new = !path.exists();
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(FILE_MODE)
            .open(&path)
            .map_err(|source| StoreError::io("open", &path, source))?;
        restrict(&path, FILE_MODE)?;
        if is_new {
            self.sync(&file, &path)?;
            self.sync_folder(folder)?;
        }
        Ok(file)
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disk")
    }
}

/// Where a file stands until it is in its place.
pub(super) fn unfinished(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{UNFINISHED}"))
}

/// The names in a folder, in their order. A name that is not Unicode is none of ours.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, StoreError> {
    let read = || -> io::Result<Vec<String>> {
        let entries: Vec<PathBuf> =
            fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        let mut names: Vec<String> = entries
            .iter()
            .filter_map(|path| path.file_name().and_then(|name| name.to_str()).map(str::to_owned))
            .collect();
        names.sort();
        Ok(names)
    };
    read().map_err(|source| StoreError::io("list the folder", folder, source))
}

/// Whether a name is that of a file that was not yet in its place.
pub(super) fn is_unfinished(name: &str) -> bool {
    name.ends_with(UNFINISHED)
}

fn restrict(path: &Path, mode: u32) -> Result<(), StoreError> {
    let restrict = || -> io::Result<()> {
        // Only where it differs: changing rights is allowed to the owner alone.
        if fs::metadata(path)?.permissions().mode() & 0o777 != mode {
            fs::set_permissions(path, Permissions::from_mode(mode))?;
        }
        Ok(())
    };
    restrict().map_err(|source| StoreError::io("take the rights of others from", path, source))
}

/// The list is confidential: nobody but the service reads its store.
const FOLDER_MODE: u32 = 0o700;
pub(super) const FILE_MODE: u32 = 0o600;
/// What the name of a file ends with until it is in its place.
const UNFINISHED: &str = ".unfinished";
