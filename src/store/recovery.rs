//! After a stop in the middle: brings the journal's file and the tables to the same line, or says why that cannot be.

use std::fmt;
use std::fs;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use crate::store::disk::Disk;
use crate::store::folder::{Folder, SLED};
use crate::store::keeper::Keeper;
use crate::store::line::{Line, Link};
use crate::store::tables;
use crate::store::tables::{Replay, Tables};
use crate::store::{Head, Step, StoreError};

/// What a start has mended. Each is a sentence for the log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Repair {
    /// The end of the file was torn: the program was stopped while writing it. What the tables have of it is restored.
    TornLineCut {
        /// Its place in the file, counted from 1.
        line: u64,
        /// How many octets of it there were.
        octets: usize,
    },
    /// The tables were behind the file, or had not all that its last line writes.
    LinesReplayed {
        /// The first line that they took over.
        from: u64,
        /// The last.
        to: u64,
    },
    /// The file was behind the tables.
    LinesRestored {
        /// The first line that it took over.
        from: u64,
        /// The last.
        to: u64,
    },
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TornLineCut { line, octets } => {
                write!(
                    f,
                    "line {line} of the journal was torn after {octets} octets and was cut off; \
                     it had not been acknowledged, or the tables had it and it is restored from them"
                )
            }
            Self::LinesReplayed { from, to } => {
                write!(
                    f,
                    "the tables took over the lines {from} to {to}, which stood only in the journal's file"
                )
            }
            Self::LinesRestored { from, to } => {
                write!(
                    f,
                    "the journal's file took over the lines {from} to {to}, which stood only in the tables"
                )
            }
        }
    }
}

/// What a rebuild did.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rebuilt {
    /// The last line, and so how many there are.
    pub head: Head,
    /// Where the former tables lie; none where there were none.
    pub aside: Option<PathBuf>,
    /// What else was mended.
    pub repairs: Vec<Repair>,
}

/// Makes the tables anew from the journal's file alone; the former ones are kept beside under another name.
///
/// Fails where the file is empty or damaged, and where the former tables can still be read and have more lines.
pub fn rebuild(folder: &Path) -> Result<Rebuilt, StoreError> {
    Folder::must_exist(folder)?;
    let mut disk = Disk::new();
    let folder = Folder::open(folder, &mut disk)?;
    let lines = check_file(&folder.journal())?;
    if lines == 0 {
        return Err(StoreError::NoJournal(folder.journal()));
    }
    if tables::exists(&folder.sled()) {
        match Tables::open(&folder.sled(), &mut disk).and_then(|tables| tables.head()) {
            Ok(former) if former.seq > lines => {
                let path = folder.journal();
                return Err(StoreError::FileBehind { path, file: lines, tables: former.seq });
            }
            Err(newer @ StoreError::Newer { .. }) => return Err(newer),
            // What cannot be opened any more cannot be asked either: that is what a rebuild is for.
            Ok(_) | Err(_) => {}
        }
    }
    let aside = lay_aside(&folder, &mut disk)?;
    disk.make_folder(&folder.sled())?;
    let (keeper, repairs) = Keeper::open_locked(folder, disk)?;
    Ok(Rebuilt { head: keeper.head, aside, repairs })
}

/// Brings file and tables to the same line and gives that.
pub(super) fn reconcile(
    path: &Path,
    journal: &mut File,
    tables: &Tables,
    disk: &mut Disk,
) -> Result<(Head, Vec<Repair>), StoreError> {
    let before = tables.head()?;
    let (at, repairs) = (Head::start(), Vec::new());
    let replay = Replay::default();
    let mut walk = Walk { path, tables, before, at, sound: 0, damaged: 0, replayed: None, replay, repairs };
    let torn = walk_lines(path, |line| walk.take_sound(line))?;
    if walk.damaged > 0 {
        let octets = walk.damaged + torn.map_or(0, |torn| torn.len());
        walk.shorten(journal, octets, disk)?;
    } else if let Some(torn) = torn {
        walk.cut_off(journal, &torn, disk)?;
    }
    walk.settle_replayed(disk)?;
    walk.restore(journal, disk)?;
    let head = tables.head()?;
    if head != walk.at {
        return Err(walk
            .differs(walk.at.seq, "is the last one, and its hash is not the one that the tables end with"));
    }
    Ok((head, walk.repairs))
}

/// A walk along the file, with the tables beside it.
struct Walk<'a> {
    path: &'a Path,
    tables: &'a Tables,
    /// Where the tables ended when the program started.
    before: Head,
    /// The last line that was found good.
    at: Head,
    /// Octets of the file up to there.
    sound: u64,
    /// Octets of damaged lines behind them, and of whatever follows.
    damaged: usize,
    /// The first line that the tables took over.
    replayed: Option<u64>,
    /// Those on their way to them.
    replay: Replay,
    repairs: Vec<Repair>,
}

impl Walk<'_> {
    /// Takes a line, unless it belongs to what a power cut has left of lines that were not yet synced: of those any
    /// page may be there, and what is missing in between reads as zeros, which no line has. None of them was
    /// acknowledged: what was, the tables have, and then are not empty.
    fn take_sound(&mut self, octets: &[u8]) -> Result<(), StoreError> {
        let may_be_unsynced = self.before.seq > 0 && self.at.seq >= self.before.seq;
        if self.damaged > 0 || (may_be_unsynced && octets.contains(&0)) {
            self.damaged += octets.len() + 1;
            return Ok(());
        }
        self.take(octets)
    }

    /// Compares a line with the tables' copy, or lets them take it over.
    fn take(&mut self, octets: &[u8]) -> Result<(), StoreError> {
        let number = self.at.seq + 1;
        let link = Link::read(octets).map_err(|error| self.differs(number, &error.to_string()))?;
        self.at = self.at.step(&link).map_err(|what| self.differs(number, &what))?;
        self.sound += octets.len() as u64 + 1;
        let text = std::str::from_utf8(octets).map_err(|error| self.differs(number, &error.to_string()))?;
        match self.tables.line(number)? {
            Some(copy) if copy != text => return Err(self.differs(number, "is another than the tables have")),
            Some(_) if number < self.before.seq => return Ok(()),
            None if number < self.before.seq => return Err(self.differs(number, "is missing in the tables")),
            Some(_) | None => {}
        }
        let whole = Line::read(text).map_err(|error| self.differs(number, &error.to_string()))?;
        // An error in the middle of sled's batch may leave half of the last line.
        if number == self.before.seq && self.tables.have(&whole.writes)? {
            return Ok(());
        }
        self.replayed.get_or_insert(number);
        self.replay.take((self.at, text.to_owned(), whole.writes), self.tables)
    }

    /// The program was stopped while writing the last line. Where the tables have it, it must be the beginning of
    /// their copy, and is restored from that.
    fn cut_off(&mut self, journal: &File, torn: &[u8], disk: &mut Disk) -> Result<(), StoreError> {
        let line = self.at.seq + 1;
        if let Some(copy) = self.tables.line(line)?
            && !copy.as_bytes().starts_with(torn)
        {
            return Err(self.differs(line, "is torn, and not the beginning of what the tables have"));
        }
        self.shorten(journal, torn.len(), disk)
    }

    /// Cuts off so many octets behind the last good line.
    fn shorten(&mut self, journal: &File, octets: usize, disk: &mut Disk) -> Result<(), StoreError> {
        journal.set_len(self.sound).map_err(|source| StoreError::io("shorten", self.path, source))?;
        disk.sync(journal, self.path)?;
        self.repairs.push(Repair::TornLineCut { line: self.at.seq + 1, octets });
        disk.tell(&Step::TornLineCut)
    }

    fn settle_replayed(&mut self, disk: &mut Disk) -> Result<(), StoreError> {
        let Some(from) = self.replayed else { return Ok(()) };
        self.replay.finish(self.tables)?;
        self.tables.settle(disk)?;
        self.repairs.push(Repair::LinesReplayed { from, to: self.at.seq });
        disk.tell(&Step::LinesReplayed(self.at.seq))
    }

    /// Writes to the file what only the tables have.
    fn restore(&mut self, journal: &mut File, disk: &mut Disk) -> Result<(), StoreError> {
        if self.at.seq >= self.before.seq {
            return Ok(());
        }
        let from = self.at.seq + 1;
        for seq in from..=self.before.seq {
            let missing =
                || self.differs(seq, "stands neither in the file nor in the tables, which have later ones");
            let text = self.tables.line(seq)?.ok_or_else(missing)?;
            let link = Link::read(text.as_bytes())
                .map_err(|error| self.differs(seq, &format!("is missing, and in the tables it {error}")))?;
            self.at = self.at.step(&link).map_err(|what| self.differs(seq, &what))?;
            disk.append(journal, self.path, format!("{text}\n").as_bytes())?;
        }
        self.repairs.push(Repair::LinesRestored { from, to: self.at.seq });
        disk.tell(&Step::LinesRestored(self.at.seq))
    }

    fn differs(&self, line: u64, what: &str) -> StoreError {
        StoreError::Differs { path: self.path.to_owned(), line, what: what.to_owned() }
    }
}

/// How many whole lines the file has; none where there is no file. Fails at the first that is damaged.
fn check_file(path: &Path) -> Result<u64, StoreError> {
    if !path.exists() {
        return Ok(0);
    }
    let differs = |line: u64, what: String| StoreError::Differs { path: path.to_owned(), line, what };
    let mut at = Head::start();
    walk_lines(path, |octets| {
        let number = at.seq + 1;
        let link = Link::read(octets).map_err(|error| differs(number, error.to_string()))?;
        at = at.step(&link).map_err(|what| differs(number, what))?;
        Ok(())
    })?;
    Ok(at.seq)
}

/// Hands over each line without its end; gives the rest after the last line end.
fn walk_lines(
    path: &Path,
    mut take: impl FnMut(&[u8]) -> Result<(), StoreError>,
) -> Result<Option<Vec<u8>>, StoreError> {
    let failed = |source| StoreError::io("read", path, source);
    let mut reader = BufReader::new(File::open(path).map_err(failed)?);
    let mut octets = Vec::new();
    loop {
        octets.clear();
        reader.read_until(b'\n', &mut octets).map_err(failed)?;
        match octets.strip_suffix(b"\n") {
            Some(line) => take(line)?,
            None if octets.is_empty() => return Ok(None),
            None => return Ok(Some(octets)),
        }
    }
}

/// Renames sled's folder to the first name that is free.
fn lay_aside(folder: &Folder, disk: &mut Disk) -> Result<Option<PathBuf>, StoreError> {
    let free = |number: &u32| !folder.path().join(format!("{SLED}.aside-{number}")).exists();
    let Some(number) = (1..=ASIDE_MAX).find(free) else {
        return Err(StoreError::NotEmpty(folder.path().join(format!("{SLED}.aside-{ASIDE_MAX}"))));
    };
    let aside = folder.path().join(format!("{SLED}.aside-{number}"));
    if !folder.sled().exists() {
        return Ok(None);
    }
    fs::rename(folder.sled(), &aside)
        .map_err(|source| StoreError::io("lay aside", &folder.sled(), source))?;
    disk.sync_folder(folder.path())?;
    Ok(Some(aside))
}

/// Former tables that are kept aside at the most: 99. Somebody should ask why long before.
const ASIDE_MAX: u32 = 99;
