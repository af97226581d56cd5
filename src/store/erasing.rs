//! Erasing: a person's details go from every line of the journal, and its chain of hashes still holds.
//!
//! A line that is erased keeps the hash that it was written with, so that the next line still follows it, and has a second
//! one over what is left of it. A last line names each erased line with that second hash: whoever changes an erased line,
//! or passes a changed one off as erased, is found by `journal verify`. Journal, tables and mails are made anew without
//! him; what stands in former backups is for whoever keeps them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::domain::digest::Digest;
use crate::domain::journal::Entry;
use crate::store::disk;
use crate::store::disk::Disk;
use crate::store::finding::{Fault, Finding};
use crate::store::folder::{Folder, JOURNAL, SLED};
use crate::store::keeper::Keeper;
use crate::store::line::{Line, Link, erased_line};
use crate::store::mails;
use crate::store::{LINE_OCTETS_MAX, Shelf, StoreError, Write};

/// The event of the line that names what was erased.
pub const ERASED: &str = "person_erased";
/// The whole journal as it is to be, from the moment on from which an erasure is carried to its end, whatever happens.
const ERASING: &str = "journal.erased";

/// What is erased.
pub struct Erasure<'a> {
    /// The last line of the journal that whoever decided it has seen: what was recorded since may forbid it.
    pub seen: u64,
    /// What the journal says of it; the store adds which lines and mails.
    pub entry: Entry,
    /// What is written with it.
    pub writes: Vec<Write>,
    /// The mails that go.
    pub mails: BTreeSet<(Shelf, Digest)>,
    /// A line's content without the person; none where he does not stand in it.
    pub without: &'a dyn Fn(&Value) -> Option<Value>,
}

/// Erases in the store of a folder that nobody has open; how many lines were changed. Stopped in the middle it has not
/// begun, or the next start carries it to its end.
///
/// # Errors
/// Where somebody has the store open, where something was recorded since it was decided, where the store cannot be read or
/// written, and where too many lines would be named.
pub fn erase(folder: &Path, erasure: Erasure<'_>) -> Result<usize, StoreError> {
    Folder::must_exist(folder)?;
    let mut disk = Disk::new();
    let folder = Folder::open(folder, &mut disk)?;
    let (keeper, _) = Keeper::open_locked(folder, disk)?;
    if keeper.head.seq != erasure.seen {
        return Err(StoreError::GoneOn { seen: erasure.seen, now: keeper.head.seq });
    }
    let mut text = String::new();
    let mut lines: Vec<(u64, Digest)> = Vec::new();
    for seq in 1..=keeper.head.seq {
        let line = keeper.line(seq)?;
        match without_person(&line, erasure.without).map_err(|what| damaged(&keeper.folder, seq, what))? {
            Some((erased, digest)) => {
                lines.push((seq, digest));
                text.push_str(&erased);
            }
            None => text.push_str(&line),
        }
        text.push('\n');
    }
    let mut entry = erasure.entry;
    let mails: Vec<(Shelf, Digest)> = erasure.mails.into_iter().collect();
    entry.evidence = json!({ "of": entry.evidence, "lines": lines, "mails": mails });
    let row = Line::after(keeper.head, &entry, &erasure.writes);
    let (head, row) = row.map_err(|error| damaged(&keeper.folder, keeper.head.seq + 1, error.to_string()))?;
    if row.len() > LINE_OCTETS_MAX {
        return Err(StoreError::LineTooLong { octets: row.len() });
    }
    let named = format!("{text}{row}\n");
    let Keeper { mut disk, tables, journal, folder, .. } = keeper;
    drop((tables, journal));
    disk.put(folder.path(), ERASING, named.as_bytes())?;
    finish(folder.path(), &mut disk)?;
    folder.furnish(&mut disk)?;
    let (keeper, _) = Keeper::open_locked(folder, disk)?;
    if keeper.head == head {
        Ok(lines.len())
    } else {
        Err(damaged(&keeper.folder, head.seq, "is not the last one".to_owned()))
    }
}

/// Carries an erasure that was decided to its end; nothing where there is none. Each step can be done again.
pub(super) fn finish(folder: &Path, disk: &mut Disk) -> Result<(), StoreError> {
    let path = folder.join(ERASING);
    let begun = disk::unfinished(folder, ERASING);
    if begun.exists() {
        fs::remove_file(&begun).map_err(|source| StoreError::io("remove", &begun, source))?;
    }
    if !path.exists() {
        return Ok(());
    }
    let text = fs::read_to_string(&path).map_err(|source| StoreError::io("read", &path, source))?;
    let last = text.lines().next_back().unwrap_or_default();
    let line = Line::read(last).map_err(|error| StoreError::Differs {
        path: path.clone(),
        line: text.lines().count() as u64,
        what: error.to_string(),
    })?;
    let mails = line.entry.evidence.get("mails").cloned().unwrap_or_default();
    let mails: Vec<(Shelf, Digest)> = serde_json::from_value(mails).unwrap_or_default();
    for (shelf, digest) in mails {
        disk.remove(&folder.join(shelf.word()), &mails::name(&digest))?;
    }
    // sled keeps what it no longer needs, and former tables were laid aside: all of them have him.
    for name in disk::names(folder)?.into_iter().filter(|name| name.starts_with(SLED)) {
        let tables = folder.join(name);
        fs::remove_dir_all(&tables).map_err(|source| StoreError::io("remove", &tables, source))?;
    }
    disk.sync_folder(folder)?;
    fs::rename(&path, folder.join(JOURNAL))
        .map_err(|source| StoreError::io("rename into place", &path, source))?;
    disk.sync_folder(folder)
}

/// Every erased line must be one that the last line to name it names as it stands.
pub(super) fn check_erased(file: &[u8], findings: &mut Vec<Finding>) {
    let (mut erased, mut named): (BTreeMap<u64, Digest>, BTreeMap<u64, Digest>) = Default::default();
    for octets in file.split(|octet| *octet == b'\n') {
        let Ok(Link { seq, erased: rest, .. }) = Link::read(octets) else { continue };
        erased.extend(rest.map(|digest| (seq, digest)));
        let line = std::str::from_utf8(octets).ok().and_then(|text| Line::read(text).ok());
        let last_word = line.filter(|line| line.entry.event == ERASED);
        let lines = last_word.and_then(|line| line.entry.evidence.get("lines").cloned());
        named.extend(
            lines
                .and_then(|lines| serde_json::from_value::<Vec<(u64, Digest)>>(lines).ok())
                .unwrap_or_default(),
        );
    }
    let unnamed = erased.into_iter().filter(|(seq, digest)| named.get(seq) != Some(digest));
    findings.extend(unnamed.map(|(seq, _)| {
        let how = "it was erased, and no later line says that it was to be so".to_owned();
        Finding::of(seq, Fault::Altered { how })
    }));
}

/// A line without the person, with the digest of what is left; none where he does not stand in it.
fn without_person(
    text: &str,
    without: &dyn Fn(&Value) -> Option<Value>,
) -> Result<Option<(String, Digest)>, String> {
    let link = Link::read(text.as_bytes()).map_err(|error| error.to_string())?;
    let body = link.body_of(text).unwrap_or_default();
    let value: Value = serde_json::from_str(&body).map_err(|error| error.to_string())?;
    let Some(left) = without(&value) else { return Ok(None) };
    let (text, digest) = erased_line(&link, &left.to_string());
    // What is left must still be a line.
    Line::read(&text).map_err(|error| error.to_string())?;
    Ok(Some((text, digest)))
}

fn damaged(folder: &Folder, line: u64, what: String) -> StoreError {
    StoreError::Differs { path: folder.journal(), line, what }
}
