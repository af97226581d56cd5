//! A Maildir as the mailbox: a folder that a mail server delivers into and that mail programs may look into.
//!
//! The conventions are those of qmail's maildir(5), the folders for filed mails those of Maildir++. Written here and
//! not taken from a crate: those that exist draw their own clock, rename over what is there, follow symbolic links,
//! and leave the folders' names to the disk's mercy.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, bail, ensure};
use rustix::fs::OFlags;

use crate::shell::whole_file;
use crate::world::{Filing, Mailbox, Waiting};

/// Times that a mail is looked for when a mail program renames it under our hands; each is a rename by a person.
const LOOKS_MAX: usize = 5;
/// Other mails that may lie in a folder under a filed mail's name. One is rare already: two mails of one name.
const NAMESAKES_MAX: usize = 100;
/// Octets of a unique name that we deliver under; with `:2,` and flags it must stay below a file name's 255.
const UNIQUE_OCTETS_MAX: usize = 200;

/// A Maildir whose inbox holds what waits.
///
/// Whatever lies in the inbox waits, be it in `new` or, since somebody looked at it with a mail program, in `cur`,
/// and whatever its flags are. What is done with is moved to a folder of its own, `.Done`, `.Held` or `.Ignored`: so
/// there is no mark that a mail program could lose, and whoever moves a mail back to the inbox has it taken in again.
///
/// A mail's id is its unique name: the file's name up to the colon, which no mail program changes. Octets that are no
/// printable text stand in it as `%FF`. Ids are only ever compared with names that are there, never made into a path.
#[derive(Clone, Debug)]
pub struct Maildir {
    folder: PathBuf,
    /// Where the last listing saw the mails that have one file: so that a full inbox is not listed again for each of them.
    seen: BTreeMap<String, PathBuf>,
    /// Folders whose names the disk does not have for sure yet.
    unsynced: BTreeSet<PathBuf>,
}

/// A file of the inbox that is a mail.
struct Entry {
    id: String,
    path: PathBuf,
}

impl Maildir {
    /// The Maildir in this folder; it and its `tmp`, `new` and `cur` are made for their owner alone where they are not
    /// there.
    ///
    /// # Errors
    /// Where they are neither there nor can be made; the folder around it must be there.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        furnish(folder).with_context(|| format!("the Maildir {} cannot be opened", folder.display()))?;
        Ok(Self { folder: folder.to_owned(), seen: BTreeMap::new(), unsynced: BTreeSet::new() })
    }

    /// Delivers a mail into the inbox under this unique name, on the disk when it returns; returns its id.
    ///
    /// The name is up to the caller (maildir(5): seconds since 1970, a dot, something unique, a dot, the host's name).
    /// The same octets under the same name again change nothing.
    ///
    /// # Errors
    /// Where the name is longer than 200 octets or has other characters than letters, digits and `.,_-=+`, where
    /// another mail lies under it, or where the Maildir cannot be written.
    pub fn deliver(&self, octets: &[u8], unique: &str) -> anyhow::Result<String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || ".,_-=+".contains(c);
        let good = (1..=UNIQUE_OCTETS_MAX).contains(&unique.len());
        ensure!(
            good && !unique.starts_with('.') && unique.chars().all(plain),
            "`{}` cannot be a mail's unique name",
            unique.escape_debug()
        );
        if let Some(entry) = self.find(unique)?.first() {
            let there = fs::read(&entry.path).with_context(|| failed("cannot be read", &entry.path))?;
            ensure!(there == octets, "another mail lies in the inbox under the name {unique} already");
            return Ok(unique.to_owned());
        }
        let tmp = self.folder.join("tmp").join(unique);
        let new = self.folder.join("new").join(unique);
        let delivered = whole_file::write_new(&tmp, octets)
            // A link and not a rename: it fails where the name is taken, instead of replacing what is there.
            .and_then(|()| fs::hard_link(&tmp, &new))
            .and_then(|()| whole_file::sync_folder(&self.folder.join("new")));
        let removed = fs::remove_file(&tmp);
        delivered.and(removed).with_context(|| failed("cannot be delivered", &new))?;
        Ok(unique.to_owned())
    }

    /// The mails of the inbox, each name once: `new` before `cur`, so that one which is moved meanwhile is not missed.
    fn entries(&self) -> anyhow::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for part in ["new", "cur"] {
            let folder = self.folder.join(part);
            for item in fs::read_dir(&folder).with_context(|| failed("cannot be read", &folder))? {
                let item = item.with_context(|| failed("cannot be read", &folder))?;
                let name = item.file_name();
                // A link may lead anywhere, and a folder is no mail; what is gone again is none either.
                let is_file = item.file_type().is_ok_and(|kind| kind.is_file());
                if is_file && !name.as_bytes().starts_with(b".") {
                    entries.push(Entry { id: id_of(&name), path: item.path() });
                }
            }
        }
        Ok(entries)
    }

    /// The files of the inbox that have this id. More than one where a mail program is just moving it, or where two
    /// mails came under one name. One that lies where it was listed is not looked for anywhere else.
    fn find(&self, id: &str) -> anyhow::Result<Vec<Entry>> {
        if let Some(path) = self.seen.get(id)
            && fs::symlink_metadata(path).is_ok_and(|there| there.is_file())
        {
            return Ok(vec![Entry { id: id.to_owned(), path: path.clone() }]);
        }
        let mut entries = self.entries()?;
        entries.retain(|entry| entry.id == id);
        Ok(entries)
    }

    /// The folder for mails filed like this, made where it is not there.
    fn filed(&self, filing: Filing) -> io::Result<PathBuf> {
        let folder = self.folder.join(match filing {
            Filing::Done => ".Done",
            Filing::Held => ".Held",
            Filing::Ignored => ".Ignored",
        });
        furnish(&folder)?;
        let mark = folder.join(SUBFOLDER_MARK);
        if !mark.try_exists()? {
            File::create(mark)?;
        }
        Ok(folder)
    }

    /// Moves one file to where it is filed and says which file it was. None where it is not there any more. The folders
    /// are synced later: what a power cut takes back waits again, and is known by its octets.
    fn move_to(&mut self, entry: &Entry, filing: Filing) -> io::Result<Option<Metadata>> {
        let Some(mail) = found(fs::symlink_metadata(&entry.path))? else { return Ok(None) };
        let (part, name) = filed_name(entry.path.file_name().unwrap_or_default(), filing);
        let folder = self.filed(filing)?.join(part);
        let gone = match target(&folder, &name, &mail)? {
            Target::Free(path) => found(fs::rename(&entry.path, path))?,
            // Renaming one link of a file to another of its links does nothing (POSIX rename).
            Target::Itself => found(fs::remove_file(&entry.path))?,
        };
        if gone.is_none() {
            return Ok(None);
        }
        self.unsynced.insert(folder);
        self.unsynced.extend(entry.path.parent().map(Path::to_owned));
        Ok(Some(mail))
    }
}

impl Mailbox for Maildir {
    /// A mail whose size cannot be told is listed with 0 octets: fetching it says what is wrong with it.
    fn waiting(&mut self, most: usize) -> anyhow::Result<Vec<Waiting>> {
        let mut listed = BTreeSet::new();
        self.seen.clear();
        let mut entries = self.entries()?;
        let mut several = BTreeSet::new();
        entries.retain(|entry| {
            let first = listed.insert(entry.id.clone());
            several.extend((!first).then(|| entry.id.clone()));
            first
        });
        let alone = entries.iter().filter(|entry| !several.contains(&entry.id));
        self.seen = alone.map(|entry| (entry.id.clone(), entry.path.clone())).collect();
        let mut entries: Vec<_> = entries.into_iter().map(|entry| (received(&entry), entry)).collect();
        entries.sort_by(|(a_time, a), (b_time, b)| (a_time, &a.id).cmp(&(b_time, &b.id)));
        let sized = entries.into_iter().take(most).map(|(_, entry)| Waiting {
            octets: fs::symlink_metadata(&entry.path).map_or(0, |metadata| metadata.len()),
            id: entry.id,
        });
        Ok(sized.collect())
    }

    /// One mail that cannot be read is an error that names it, and stops no other. It can still be filed, as held:
    /// that needs no reading.
    fn fetch(&mut self, id: &str, octets_max: usize) -> anyhow::Result<Option<Vec<u8>>> {
        for _ in 0..LOOKS_MAX {
            let Some(entry) = self.find(id)?.into_iter().next() else { return Ok(None) };
            if let Some(octets) =
                read(&entry.path, octets_max).with_context(|| failed("cannot be read", &entry.path))?
            {
                return Ok(Some(octets));
            }
        }
        bail!("the mail {id} is renamed again and again by another program");
    }

    /// Held mails come up as unseen, so that a person notices them; the others as seen. A mail that is not in the
    /// inbox is taken for filed.
    fn file(&mut self, id: &str, filing: Filing) -> anyhow::Result<()> {
        for _ in 0..LOOKS_MAX {
            let mut entries = self.find(id)?.into_iter();
            let Some(entry) = entries.next() else { return Ok(()) };
            let moved =
                self.move_to(&entry, filing).with_context(|| failed("cannot be filed", &entry.path))?;
            if let Some(mail) = moved {
                // A mail program that moves by link and unlink may leave the same file under two names for a moment.
                for twin in entries.filter(|twin| is_same(&mail, &twin.path)) {
                    found(fs::remove_file(&twin.path))
                        .with_context(|| failed("cannot be filed", &twin.path))?;
                }
                return Ok(());
            }
        }
        bail!("the mail {id} is renamed again and again by another program");
    }

    fn settle(&mut self) -> anyhow::Result<()> {
        for folder in std::mem::take(&mut self.unsynced) {
            whole_file::sync_folder(&folder).with_context(|| failed("cannot be synced", &folder))?;
        }
        Ok(())
    }
}

/// Makes what every Maildir has.
fn furnish(folder: &Path) -> io::Result<()> {
    whole_file::create_folder(folder)?;
    ["tmp", "new", "cur"].into_iter().try_for_each(|part| whole_file::create_folder(&folder.join(part)))
}

/// The name up to the colon, as text that can be logged: what is not a printable ASCII character, and the percent sign,
/// stand as their octets.
fn id_of(name: &OsStr) -> String {
    let (unique, _) = parted(name);
    let is_plain = |octet: &u8| octet.is_ascii_graphic() && *octet != b'%';
    if unique.iter().all(is_plain) {
        return String::from_utf8_lossy(unique).into_owned();
    }
    let shown = |octet: &u8| match *octet {
        plain if plain.is_ascii_graphic() && plain != b'%' => char::from(plain).to_string(),
        other => format!("%{other:02X}"),
    };
    unique.iter().map(shown).collect()
}

/// A file's name in its unique part and its info (`2,FS`). A name that begins with a colon is all unique.
fn parted(name: &OsStr) -> (&[u8], &[u8]) {
    let octets = name.as_bytes();
    let colon = octets.iter().position(|octet| *octet == b':').filter(|place| *place > 0);
    match colon.and_then(|place| octets.split_at_checked(place)) {
        Some((unique, info)) => (unique, info.get(1..).unwrap_or_default()),
        None => (octets, &[]),
    }
}

/// When a mail came, in seconds since 1970: the number that its name begins with, else the file's time.
fn received(entry: &Entry) -> u64 {
    let named = entry.id.split('.').next().and_then(|seconds| seconds.parse().ok());
    named.unwrap_or_else(|| {
        let modified = fs::symlink_metadata(&entry.path).and_then(|metadata| metadata.modified());
        modified.ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).map_or(0, |age| age.as_secs())
    })
}

/// In which part of its folder a filed mail lies and under which name: held ones unseen, the others seen (flag `S`,
/// flags in ASCII order), each with the flags that a person gave it.
fn filed_name(name: &OsStr, filing: Filing) -> (&'static str, OsString) {
    let (unique, info) = parted(name);
    if filing == Filing::Held {
        return ("new", OsString::from_vec(unique.to_vec()));
    }
    let mut flags = info.strip_prefix(b"2,").unwrap_or_default().to_vec();
    flags.push(b'S');
    flags.sort_unstable();
    flags.dedup();
    ("cur", OsString::from_vec([unique, b":2,", &flags].concat()))
}

/// Where a mail goes.
enum Target {
    /// To this path, which nobody has.
    Free(PathBuf),
    /// It is there already: the same file has that name too.
    Itself,
}

/// The path of this name in this folder, or one like it where another mail has it.
fn target(folder: &Path, name: &OsStr, mail: &Metadata) -> io::Result<Target> {
    // Only we put files there, so a name that is free now is free until we take it.
    for number in 1..=NAMESAKES_MAX {
        let path = folder.join(namesake(name, number));
        if found(fs::symlink_metadata(&path))?.is_none() {
            return Ok(Target::Free(path));
        }
        if is_same(mail, &path) {
            return Ok(Target::Itself);
        }
    }
    Err(io::Error::other("too many other mails lie there under its name; remove some"))
}

/// The first bears the name itself. Of the others the number stands before the first comma or colon: what follows them
/// means something to mail programs.
fn namesake(name: &OsStr, number: usize) -> OsString {
    if number == 1 {
        return name.to_owned();
    }
    let octets = name.as_bytes();
    let end = octets.iter().position(|octet| matches!(octet, b',' | b':')).unwrap_or(octets.len());
    let (stem, rest) = octets.split_at_checked(end).unwrap_or((octets, &[]));
    OsString::from_vec([stem, format!("_{number}").as_bytes(), rest].concat())
}

/// The mail's first octets. None where it is gone, or is a mail no longer.
fn read(path: &Path, octets_max: usize) -> io::Result<Option<Vec<u8>>> {
    // Neither a link nor a pipe that took the file's place since it was listed shall be followed or waited for.
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or_default();
    let file = match found(OpenOptions::new().read(true).custom_flags(flags).open(path)) {
        Ok(Some(file)) if file.metadata()?.is_file() => file,
        Ok(_) => return Ok(None),
        Err(_) if fs::symlink_metadata(path).is_ok_and(|there| !there.is_file()) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut octets = Vec::new();
    file.take(u64::try_from(octets_max).unwrap_or(u64::MAX)).read_to_end(&mut octets)?;
    Ok(Some(octets))
}

fn is_same(one: &Metadata, path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|other| (one.dev(), one.ino()) == (other.dev(), other.ino()))
}

/// None where there is no such file: other programs move mails too.
fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn failed(what: &str, path: &Path) -> String {
    format!("{} {what}", path.display().to_string().escape_debug())
}

/// The empty file that tells a Maildir++ program that a folder is part of a greater one.
const SUBFOLDER_MARK: &str = "maildirfolder";

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;

    use tempfile::TempDir;

    use super::Maildir;
    use crate::world::{Filing, Mailbox};

    /// Octets that no mail of these tests reaches.
    const ALL: usize = 1_000;

    fn maildir() -> (TempDir, Maildir) {
        let folder = tempfile::tempdir().unwrap();
        let maildir = Maildir::open(&folder.path().join("Maildir")).unwrap();
        (folder, maildir)
    }

    fn waiting(maildir: &mut Maildir) -> Vec<String> {
        maildir.waiting(ALL).unwrap().into_iter().map(|mail| mail.id).collect()
    }

    fn fetched(maildir: &mut Maildir, id: &str) -> Option<String> {
        maildir.fetch(id, ALL).unwrap().map(|octets| String::from_utf8(octets).unwrap())
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_maildir_is_furnished_for_its_owner_and_opened_twice() {
        let (folder, _) = maildir();
        let path = folder.path().join("Maildir");
        Maildir::open(&path).unwrap();
        assert_eq!(names(&path), ["cur", "new", "tmp"]);
        assert_eq!(fs::metadata(path.join("new")).unwrap().permissions().mode() & 0o777, 0o700);
        Maildir::open(&folder.path().join("mistyped/Maildir")).unwrap_err();
    }

    #[test]
    fn mails_wait_oldest_first_wherever_they_lie() {
        let (_folder, mut maildir) = maildir();
        maildir.deliver(b"three", "300.a.host").unwrap();
        maildir.deliver(b"two", "20.b.host").unwrap();
        maildir.deliver(b"one", "20.a.host").unwrap();
        fs::write(maildir.folder.join("cur/250.x.host,S=4:2,RS"), "seen").unwrap();
        fs::write(maildir.folder.join("new/exported.eml"), "by its file's time, which is now").unwrap();
        assert_eq!(
            waiting(&mut maildir),
            ["20.a.host", "20.b.host", "250.x.host,S=4", "300.a.host", "exported.eml"]
        );
        assert_eq!(maildir.waiting(2).unwrap().iter().map(|mail| mail.octets).collect::<Vec<_>>(), [3, 3]);
        assert_eq!(maildir.waiting(0).unwrap(), []);
    }

    #[test]
    fn a_mail_is_cut_after_the_octets_asked_for() {
        let (_folder, mut maildir) = maildir();
        maildir.deliver(b"one two", "1.a").unwrap();
        maildir.deliver(b"", "2.a").unwrap();
        assert_eq!(maildir.fetch("1.a", 3).unwrap().unwrap(), b"one");
        assert_eq!(fetched(&mut maildir, "2.a").unwrap(), "");
        assert_eq!(fetched(&mut maildir, "3.a"), None);
    }

    #[test]
    fn a_mail_that_a_mail_program_moves_is_neither_missed_nor_taken_twice() {
        let (_folder, mut maildir) = maildir();
        maildir.deliver(b"one", "1.a").unwrap();
        assert_eq!(waiting(&mut maildir), ["1.a"]);
        let inbox = maildir.folder.clone();
        fs::rename(inbox.join("new/1.a"), inbox.join("cur/1.a:2,S")).unwrap();
        assert_eq!(fetched(&mut maildir, "1.a").unwrap(), "one");
        assert_eq!(waiting(&mut maildir), ["1.a"]);
        fs::rename(inbox.join("cur/1.a:2,S"), inbox.join("cur/1.a:2,FS")).unwrap();
        maildir.file("1.a", Filing::Done).unwrap();
        assert_eq!(names(&inbox.join(".Done/cur")), ["1.a:2,FS"]);
        assert_eq!(waiting(&mut maildir), Vec::<String>::new());
    }

    #[test]
    fn a_mail_that_is_just_moved_by_link_and_unlink_is_one() {
        let (_folder, mut maildir) = maildir();
        maildir.deliver(b"one", "1.a").unwrap();
        fs::hard_link(maildir.folder.join("new/1.a"), maildir.folder.join("cur/1.a:2,S")).unwrap();
        assert_eq!(waiting(&mut maildir), ["1.a"]);
        maildir.file("1.a", Filing::Done).unwrap();
        assert_eq!(waiting(&mut maildir), Vec::<String>::new());
        assert_eq!(names(&maildir.folder.join(".Done/cur")), ["1.a:2,S"]);
    }

    #[test]
    fn each_filing_has_its_folder_and_only_held_mails_are_unseen() {
        let (_folder, mut maildir) = maildir();
        for (unique, filing) in [("1.a", Filing::Done), ("2.a", Filing::Held), ("3.a", Filing::Ignored)] {
            maildir.deliver(unique.as_bytes(), unique).unwrap();
            maildir.file(unique, filing).unwrap();
            maildir.file(unique, filing).unwrap();
            assert_eq!(fetched(&mut maildir, unique), None);
        }
        let inbox = maildir.folder.clone();
        assert_eq!(names(&inbox), [".Done", ".Held", ".Ignored", "cur", "new", "tmp"]);
        assert_eq!(names(&inbox.join(".Held")), ["cur", "maildirfolder", "new", "tmp"]);
        assert_eq!(names(&inbox.join(".Done/cur")), ["1.a:2,S"]);
        assert_eq!(names(&inbox.join(".Held/new")), ["2.a"]);
        assert_eq!(names(&inbox.join(".Ignored/cur")), ["3.a:2,S"]);
    }

    #[test]
    fn what_a_person_moves_back_waits_again_and_is_filed_beside_its_namesake() {
        let (_folder, mut maildir) = maildir();
        for text in ["first", "second", "third"] {
            fs::write(maildir.folder.join("cur/1.a,S=5:2,S"), text).unwrap();
            maildir.file("1.a,S=5", Filing::Done).unwrap();
        }
        let done = maildir.folder.join(".Done/cur");
        assert_eq!(names(&done), ["1.a,S=5:2,S", "1.a_2,S=5:2,S", "1.a_3,S=5:2,S"]);
        assert_eq!(fs::read(done.join("1.a,S=5:2,S")).unwrap(), b"first");
    }

    #[test]
    fn two_mails_of_one_name_are_taken_one_after_the_other() {
        let (_folder, mut maildir) = maildir();
        fs::write(maildir.folder.join("new/1.a"), "one").unwrap();
        fs::write(maildir.folder.join("cur/1.a:2,S"), "another").unwrap();
        assert_eq!(waiting(&mut maildir), ["1.a"]);
        assert_eq!(fetched(&mut maildir, "1.a").unwrap(), "one");
        maildir.file("1.a", Filing::Done).unwrap();
        assert_eq!(waiting(&mut maildir), ["1.a"]);
        assert_eq!(fetched(&mut maildir, "1.a").unwrap(), "another");
        maildir.file("1.a", Filing::Done).unwrap();
        assert_eq!(names(&maildir.folder.join(".Done/cur")).len(), 2);
    }

    #[test]
    fn a_name_is_delivered_to_once() {
        let (_folder, maildir) = maildir();
        assert_eq!(maildir.deliver(b"one", "1.a").unwrap(), "1.a");
        assert_eq!(maildir.deliver(b"one", "1.a").unwrap(), "1.a");
        maildir.deliver(b"two", "1.a").unwrap_err();
        fs::write(maildir.folder.join("tmp/2.a"), "half, left by a crash").unwrap();
        maildir.deliver(b"two", "2.a").unwrap();
        assert_eq!(fs::read(maildir.folder.join("new/1.a")).unwrap(), b"one");
        assert_eq!(fs::read(maildir.folder.join("new/2.a")).unwrap(), b"two");
        assert_eq!(names(&maildir.folder.join("tmp")), Vec::<String>::new());
        for unique in ["", ".a", "../a", "a/b", "a:2,S", "a b", "a\0", "\u{e9}", &"a".repeat(201)] {
            maildir.deliver(b"one", unique).unwrap_err();
        }
    }

    #[test]
    fn what_is_no_mail_is_left_alone() {
        let (folder, mut maildir) = maildir();
        let secret = folder.path().join("secret");
        fs::write(&secret, "not for the mail").unwrap();
        symlink(&secret, maildir.folder.join("new/1.link")).unwrap();
        symlink(folder.path().join("nowhere"), maildir.folder.join("cur/2.link:2,")).unwrap();
        fs::create_dir(maildir.folder.join("new/3.folder")).unwrap();
        fs::write(maildir.folder.join("new/.hidden"), "").unwrap();
        fs::write(maildir.folder.join("tmp/4.half"), "").unwrap();
        assert_eq!(waiting(&mut maildir), Vec::<String>::new());
        for id in ["1.link", "3.folder", ".hidden", "../tmp/4.half", "../../secret", "", "/etc/hostname"] {
            assert_eq!(fetched(&mut maildir, id), None, "{id}");
            maildir.file(id, Filing::Done).unwrap();
        }
        assert!(secret.exists());
        assert!(!maildir.folder.join(".Done").exists());
    }

    #[test]
    fn a_hostile_name_is_an_id_that_can_be_logged() {
        let (_folder, mut maildir) = maildir();
        for name in [&b"9.\xff\n\x1b[2J"[..], b"9.%FF", b":2,S", b"9. a b:2,"] {
            fs::write(maildir.folder.join("new").join(OsStr::from_bytes(name)), name).unwrap();
        }
        assert_eq!(waiting(&mut maildir)[..3], ["9.%20a%20b", "9.%25FF", "9.%FF%0A%1B[2J"]);
        assert_eq!(maildir.fetch("9.%FF%0A%1B[2J", ALL).unwrap().unwrap(), b"9.\xff\n\x1b[2J");
        for id in waiting(&mut maildir) {
            maildir.file(&id, Filing::Held).unwrap();
        }
        assert_eq!(waiting(&mut maildir), Vec::<String>::new());
        assert_eq!(fs::read_dir(maildir.folder.join(".Held/new")).unwrap().count(), 4);
    }

    #[test]
    fn a_mail_that_vanishes_is_none_and_a_mailbox_that_does_is_an_error() {
        let (_folder, mut maildir) = maildir();
        maildir.deliver(b"one", "1.a").unwrap();
        fs::remove_file(maildir.folder.join("new/1.a")).unwrap();
        assert_eq!(fetched(&mut maildir, "1.a"), None);
        maildir.file("1.a", Filing::Done).unwrap();
        fs::remove_dir_all(&maildir.folder).unwrap();
        maildir.waiting(ALL).unwrap_err();
        maildir.fetch("1.a", ALL).unwrap_err();
        maildir.file("1.a", Filing::Done).unwrap_err();
    }

    #[test]
    fn a_mail_that_took_a_links_place_after_listing_is_not_followed() {
        let (folder, maildir) = maildir();
        fs::write(folder.path().join("secret"), "not for the mail").unwrap();
        let link = maildir.folder.join("new/1.a");
        symlink(folder.path().join("secret"), &link).unwrap();
        assert_eq!(super::read(&link, ALL).unwrap(), None);
        assert_eq!(super::read(&folder.path().join("secret"), 3).unwrap().unwrap(), b"not");
        assert_eq!(super::read(folder.path(), ALL).unwrap(), None);
    }

    #[test]
    fn an_unreadable_mail_is_named_and_stops_no_other() {
        let (_folder, mut maildir) = maildir();
        maildir.deliver(b"one", "1.a").unwrap();
        maildir.deliver(b"two", "2.a").unwrap();
        fs::set_permissions(maildir.folder.join("new/1.a"), fs::Permissions::from_mode(0o000)).unwrap();
        assert_eq!(waiting(&mut maildir), ["1.a", "2.a"]);
        // Root reads everything, and then there is nothing to be named.
        if let Err(error) = maildir.fetch("1.a", ALL) {
            assert!(error.to_string().contains("new/1.a"), "{error}");
        }
        assert_eq!(fetched(&mut maildir, "2.a").unwrap(), "two");
        maildir.file("1.a", Filing::Held).unwrap();
        assert_eq!(waiting(&mut maildir), ["2.a"]);
    }
}
