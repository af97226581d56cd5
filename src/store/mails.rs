//! The shelves: raw mails and answers of IANA as files named by their digest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::domain::digest::Digest;
use crate::store::disk;
use crate::store::finding::{Fault, Finding};
use crate::store::folder::Folder;
use crate::store::group::{Group, Standing};
use crate::store::keeper::Keeper;
use crate::store::{MAIL_OCTETS_MAX, Shelf, Step, StoreError};

impl Keeper {
    /// Keeps a mail. Where its file is there already it is only synced: the run that wrote it may have been stopped
    /// before its name was durable.
    pub(super) fn put_mail(&mut self, on: Shelf, octets: &[u8]) -> Result<Digest, StoreError> {
        if octets.len() > MAIL_OCTETS_MAX {
            return Err(StoreError::MailTooLong { octets: octets.len() });
        }
        let digest = Digest::of(octets);
        let folder = self.folder.shelf(on);
        let path = self.mail_path(on, &digest);
        let is_there = fs::read(&path).is_ok_and(|there| there == octets);
        self.waiting.keep(on, &digest);
        if self.waiting.group == Group::Whole {
            if is_there {
                self.waiting.put(on, &digest, Standing::InPlace);
            } else if !self.waiting.has_begun(on, &digest) {
                drop(self.disk.begin(&folder, &name(&digest), octets)?);
                self.waiting.put(on, &digest, Standing::Begun);
            }
            return Ok(digest);
        }
        if is_there {
            self.disk.sync_path(&path)?;
            self.disk.sync_folder(&folder)?;
        } else {
            self.disk.put(&folder, &name(&digest), octets)?;
        }
        self.disk.tell(&Step::MailKept(on, digest))?;
        Ok(digest)
    }

    /// Where a mail lies in the end.
    fn mail_path(&self, on: Shelf, digest: &Digest) -> PathBuf {
        self.folder.shelf(on).join(name(digest))
    }

    /// Where a mail lies that stands so.
    pub(super) fn path_of(&self, on: Shelf, digest: &Digest, standing: Standing) -> PathBuf {
        match standing {
            Standing::Begun => disk::unfinished(&self.folder.shelf(on), &name(digest)),
            Standing::InPlace => self.mail_path(on, digest),
        }
    }

    /// Puts a mail that was begun, and is synced, in its place.
    pub(super) fn finish_mail(&mut self, on: Shelf, digest: &Digest) -> Result<(), StoreError> {
        self.disk.finish(&self.folder.shelf(on), &name(digest))
    }

    /// The mail of this digest.
    pub(super) fn mail(&self, on: Shelf, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let standing = if self.waiting.has_begun(on, digest) { Standing::Begun } else { Standing::InPlace };
        let path = self.path_of(on, digest, standing);
        let octets = match fs::read(&path) {
            Ok(octets) => octets,
            Err(source) if source.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(StoreError::io("read", &path, source)),
        };
        let found = Digest::of(&octets);
        if found == *digest { Ok(Some(octets)) } else { Err(StoreError::MailAltered { path, found }) }
    }

    /// Removes a mail for good; within a group once what says so is on the disk.
    pub(super) fn remove_mail(&mut self, on: Shelf, digest: &Digest) -> Result<(), StoreError> {
        if self.waiting.group != Group::Single {
            self.waiting.remove(on, digest);
            return Ok(());
        }
        self.remove_now(on, digest)
    }

    pub(super) fn remove_now(&mut self, on: Shelf, digest: &Digest) -> Result<(), StoreError> {
        self.disk.remove(&self.folder.shelf(on), &name(digest))?;
        self.disk.tell(&Step::MailRemoved(on, *digest))
    }

    /// The digests of all mails on a shelf.
    pub(super) fn mails(&self, on: Shelf) -> Result<Vec<Digest>, StoreError> {
        let in_place = self::on(&self.folder, on)?.into_keys();
        let all: BTreeSet<Digest> = in_place.chain(self.waiting.begun(on)).collect();
        Ok(all.into_iter().collect())
    }
}

/// Those of these mails that are not in their place in the store of this folder.
pub fn missing_mails(folder: &Path, named: &BTreeSet<(Shelf, Digest)>) -> Vec<Finding> {
    let lies_there = |shelf: Shelf, digest: &Digest| folder.join(shelf.word()).join(name(digest)).is_file();
    let missing = named.iter().filter(|(shelf, digest)| !lies_there(*shelf, digest));
    missing
        .map(|(shelf, digest)| Finding::whole(Fault::MailMissing { shelf: *shelf, digest: *digest }))
        .collect()
}

/// The digests of all mails on a shelf of a store's folder, read from outside.
///
/// # Errors
/// Where the folder cannot be read.
pub fn mails_on(folder: &Path, shelf: Shelf) -> Result<BTreeSet<Digest>, StoreError> {
    let place = folder.join(shelf.word());
    if !place.is_dir() {
        return Ok(BTreeSet::new());
    }
    let names = disk::names(&place)?;
    Ok(names.iter().filter_map(|name| name.strip_suffix(ENDING)?.parse().ok()).collect())
}

/// Hands over every mail on the shelves of a store's folder, read from outside. What goes meanwhile is left out.
pub fn each_mail(folder: &Path, mut take: impl FnMut(Shelf, Digest, &[u8])) -> Result<(), StoreError> {
    for shelf in Shelf::ALL {
        let place = folder.join(shelf.word());
        if !place.is_dir() {
            continue;
        }
        for name in disk::names(&place)? {
            let Some(digest) = name.strip_suffix(ENDING).and_then(|name| name.parse().ok()) else { continue };
            let path = place.join(&name);
            match fs::read(&path) {
                Ok(octets) => take(shelf, digest, &octets),
                Err(source) if source.kind() == ErrorKind::NotFound => {}
                Err(source) => return Err(StoreError::io("read", &path, source)),
            }
        }
    }
    Ok(())
}

/// The mails that are in their place on a shelf, and their files. Other files are none of ours.
pub(super) fn on(folder: &Folder, shelf: Shelf) -> Result<BTreeMap<Digest, PathBuf>, StoreError> {
    let shelf = folder.shelf(shelf);
    let names = disk::names(&shelf)?;
    let mails =
        names.iter().filter_map(|name| Some((name.strip_suffix(ENDING)?.parse().ok()?, shelf.join(name))));
    Ok(mails.collect())
}

/// The name of a mail's file.
pub(super) fn name(digest: &Digest) -> String {
    format!("{digest}{ENDING}")
}

/// So that a mail program opens it.
const ENDING: &str = ".eml";
