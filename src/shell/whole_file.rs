//! A file that is there whole or not at all, whatever happens while it is written.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Permissions of a folder: its owner's only, since mails hold personal data.
const FOLDER_MODE: u32 = 0o700;
/// Permissions of a file: its owner's only, for the same reason.
const FILE_MODE: u32 = 0o600;
/// Permissions of a file that a web server shows: everybody reads it.
const PUBLIC_MODE: u32 = 0o644;

/// Makes a folder for its owner alone where it is not there yet. The folder around it must be there: a mistyped path
/// shall be noticed and not be furnished.
pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(FOLDER_MODE).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if fs::metadata(path)?.is_dir() {
                Ok(())
            } else {
                Err(io::ErrorKind::NotADirectory.into())
            }
        }
        result => result,
    }
}

/// Puts these octets in place of whatever the file held, on the disk when it returns.
///
/// A reader sees the former file or the new one. One writer at a time: a file beside it, `.NAME.part`, is written
/// first, and one that a crash left behind is overwritten.
pub(super) fn replace(path: &Path, octets: &[u8]) -> io::Result<()> {
    replace_with(path, octets, FILE_MODE)
}

/// The same with a file that everybody may read.
pub(super) fn replace_public(path: &Path, octets: &[u8]) -> io::Result<()> {
    replace_with(path, octets, PUBLIC_MODE)
}

fn replace_with(path: &Path, octets: &[u8], mode: u32) -> io::Result<()> {
    let part = part_of(path)?;
    let written = write_with(&part, octets, mode).and_then(|()| fs::rename(&part, path));
    if let Err(error) = written {
        // It may never have been made; the first error is the one that tells something.
        drop(fs::remove_file(&part));
        return Err(error);
    }
    path.parent().map_or(Ok(()), sync_folder)
}

/// Writes a file that nobody reads yet, on the disk when it returns. What a crash left there under its name goes.
pub(super) fn write_new(path: &Path, octets: &[u8]) -> io::Result<()> {
    write_with(path, octets, FILE_MODE)
}

fn write_with(path: &Path, octets: &[u8], mode: u32) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    if mode == PUBLIC_MODE {
        // The service's mask takes others' rights away from what it makes; here they are meant.
        file.set_permissions(Permissions::from_mode(mode))?;
    }
    file.write_all(octets)?;
    file.sync_all()
}

/// Has the disk remember which names a folder holds: without it a renamed file may be lost with the power.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

fn part_of(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let mut part = OsString::from(".");
    part.push(name);
    part.push(".part");
    Ok(path.with_file_name(part))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::{create_folder, replace};

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("members");
        fs::write(folder.path().join(".members.part"), "left by a crash").unwrap();
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_cannot_be_replaced_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("members");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("kept"), "").unwrap();
        replace(&path, b"one").unwrap_err();
        assert!(path.join("kept").exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_is_made_once_for_its_owner_and_never_with_those_around_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        create_folder(&path).unwrap();
        create_folder(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        create_folder(&folder.path().join("mistyped/store")).unwrap_err();
        fs::write(folder.path().join("file"), "").unwrap();
        create_folder(&folder.path().join("file")).unwrap_err();
    }
}
