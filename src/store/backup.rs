//! The backup: the whole store as JSON lines, and its restoration into an empty folder.

use std::io;
use std::io::{BufRead, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::store::disk::Disk;
use crate::store::folder::{Folder, IMPORTING};
use crate::store::keeper::Keeper;
use crate::store::line::Line;
use crate::store::tables::Replay;
use crate::store::{Head, SCHEMA, Shelf, Step, Store, StoreError, Table};

/// What was imported.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Imported {
    /// The last line of the journal.
    pub head: Head,
    /// How many mails, of all shelves.
    pub mails: u64,
    /// How many records, of all tables.
    pub records: u64,
}

/// Writes the whole store of this folder as JSON lines: a beginning, the mails of all shelves in base64, the lines of
/// the journal, the records of all tables, and an end with a digest of all before. The same store gives the same octets.
pub fn export(folder: &Path, out: &mut dyn io::Write) -> Result<(), StoreError> {
    Folder::must_exist(folder)?;
    Store::open(folder)?.export(out)
}

/// The same of a store that is open.
pub(super) fn export_open(store: &Store, out: &mut dyn io::Write) -> Result<(), StoreError> {
    store.ask(|keeper| {
        // What waits is part of the store as it stands.
        keeper.settle(keeper.waiting.group)?;
        let mut sending = Sending { out, sum: Sum::start(), written: Ok(()) };
        sending.all(keeper)?;
        Ok(sending.finish())
    })?
}

/// Reads a backup into a folder that is empty or not there. Until that has come to its end the folder cannot be opened
/// as a store. Fails where the backup is cut short or altered, and where its records are not what its lines give.
pub fn import(folder: &Path, input: &mut dyn BufRead) -> Result<Imported, StoreError> {
    let mut disk = Disk::new();
    let locked = Folder::lock(folder, &mut disk)?;
    if !locked.is_empty()? {
        return Err(StoreError::NotEmpty(folder.to_owned()));
    }
    disk.put(folder, IMPORTING, b"")?;
    locked.furnish(&mut disk)?;
    let (keeper, _) = Keeper::open_locked(locked, disk)?;
    let replay = Replay::default();
    let mut import = Import { keeper, replay, sum: Sum::start(), begun: false, mails: 0, records: 0 };
    import.read(input)?;
    import.finish(folder)
}

/// One line of the backup.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Part {
    /// The first.
    Backup { of: String, schema: u32 },
    /// A mail, its octets in base64.
    Mail { shelf: Shelf, digest: Digest, octets: String },
    /// A line of the journal as it stands.
    Line(String),
    /// A record.
    Record { table: Table, key: String, value: String },
    /// The last: how many came before, and what their octets give.
    End { parts: u64, digest: Digest },
}

/// What the lines so far give.
#[derive(Clone, Copy)]
struct Sum {
    parts: u64,
    digest: Digest,
}

impl Sum {
    fn start() -> Self {
        Self { parts: 0, digest: Digest::of(b"") }
    }

    fn and(self, line: &[u8]) -> Self {
        let digest = Digest::of(&[self.digest.octets().as_slice(), line].concat());
        Self { parts: self.parts + 1, digest }
    }
}

/// The parts on their way out.
struct Sending<'a> {
    out: &'a mut dyn io::Write,
    sum: Sum,
    /// A backup that cannot be written is no fault of the store, which goes on.
    written: io::Result<()>,
}

impl Sending<'_> {
    fn all(&mut self, keeper: &mut Keeper) -> Result<(), StoreError> {
        self.send(&Part::Backup { of: OF.to_owned(), schema: SCHEMA });
        for shelf in Shelf::ALL {
            for digest in keeper.mails(shelf)? {
                if let Some(octets) = keeper.mail(shelf, &digest)? {
                    self.send(&Part::Mail { shelf, digest, octets: STANDARD.encode(octets) });
                }
            }
        }
        for seq in 1..=keeper.head.seq {
            self.send(&Part::Line(keeper.line(seq)?));
        }
        for table in Table::ALL {
            for (key, value) in keeper.tables.scan(table, "")? {
                self.send(&Part::Record { table, key, value });
            }
        }
        let Sum { parts, digest } = self.sum;
        self.send(&Part::End { parts, digest });
        Ok(())
    }

    fn send(&mut self, part: &Part) {
        if self.written.is_ok() {
            self.written = self.write(part);
        }
    }

    fn write(&mut self, part: &Part) -> io::Result<()> {
        let text = format!("{}\n", serde_json::to_string(part)?);
        self.sum = self.sum.and(text.as_bytes());
        self.out.write_all(text.as_bytes())
    }

    fn finish(self) -> Result<(), StoreError> {
        self.written
            .and_then(|()| self.out.flush())
            .map_err(|source| StoreError::io("write", Path::new("the backup"), source))
    }
}

/// A backup being read in.
struct Import {
    keeper: Keeper,
    /// Lines on their way to the tables.
    replay: Replay,
    sum: Sum,
    begun: bool,
    mails: u64,
    records: u64,
}

impl Import {
    fn read(&mut self, input: &mut dyn BufRead) -> Result<(), StoreError> {
        let mut line = Vec::new();
        loop {
            line.clear();
            input
                .read_until(b'\n', &mut line)
                .map_err(|source| StoreError::io("read", Path::new("the backup"), source))?;
            if line.is_empty() {
                return Err(self.wrong("is not there: the backup is cut short"));
            }
            let part = serde_json::from_slice(&line)
                .map_err(|error| self.wrong(&format!("is no part of a backup ({error})")))?;
            if let Part::End { parts, digest } = part {
                if (parts, digest) != (self.sum.parts, self.sum.digest) {
                    return Err(self.wrong("does not fit what came before: the backup was altered"));
                }
                self.sum = self.sum.and(&line);
                return self.end_of(input);
            }
            self.take(part)?;
            self.sum = self.sum.and(&line);
        }
    }

    fn end_of(&self, input: &mut dyn BufRead) -> Result<(), StoreError> {
        let rest =
            input.fill_buf().map_err(|source| StoreError::io("read", Path::new("the backup"), source))?;
        if rest.is_empty() { Ok(()) } else { Err(self.wrong("comes after the end")) }
    }

    fn take(&mut self, part: Part) -> Result<(), StoreError> {
        if !self.begun && !matches!(part, Part::Backup { .. }) {
            return Err(self.wrong("is not the beginning of a backup"));
        }
        match part {
            Part::Backup { of, .. } if of != OF || self.begun => {
                Err(self.wrong("is not the beginning of a backup of this program"))
            }
            Part::Backup { schema, .. } if schema > SCHEMA => {
                Err(StoreError::Newer { found: schema.to_string() })
            }
            Part::Backup { .. } => {
                self.begun = true;
                Ok(())
            }
            Part::Mail { shelf, digest, octets } => self.take_mail(shelf, &digest, &octets),
            Part::Line(text) => self.take_line(&text),
            Part::Record { table, key, value } => self.take_record(table, &key, value),
            Part::End { .. } => Ok(()),
        }
    }

    fn take_mail(&mut self, on: Shelf, digest: &Digest, octets: &str) -> Result<(), StoreError> {
        let octets = STANDARD.decode(octets).map_err(|error| self.wrong(&format!("is no mail ({error})")))?;
        if Digest::of(&octets) != *digest {
            return Err(self.wrong("is a mail that is not what was put in"));
        }
        self.mails += 1;
        self.keeper.put_mail(on, &octets).map(drop)
    }

    /// Not synced one by one: nothing is acknowledged before the end.
    fn take_line(&mut self, text: &str) -> Result<(), StoreError> {
        let whole = Line::read(text).map_err(|error| self.wrong(&error.to_string()))?;
        let head = self.keeper.head.step_to(&whole).map_err(|what| self.wrong(&what))?;
        let path = self.keeper.folder.journal();
        self.keeper
            .journal
            .write_all(format!("{text}\n").as_bytes())
            .map_err(|source| StoreError::io("write", &path, source))?;
        self.replay.take((head, text.to_owned(), whole.writes), &self.keeper.tables)?;
        self.keeper.head = head;
        Ok(())
    }

    fn take_record(&mut self, table: Table, key: &str, value: String) -> Result<(), StoreError> {
        self.records += 1;
        self.replay.finish(&self.keeper.tables)?;
        if self.keeper.tables.read(table, key)? == Some(value) {
            Ok(())
        } else {
            Err(self.wrong("is a record that the journal does not give"))
        }
    }

    /// All is there; it is synced, and only then the folder is a store.
    fn finish(mut self, folder: &Path) -> Result<Imported, StoreError> {
        self.replay.finish(&self.keeper.tables)?;
        let scans = Table::ALL.map(|table| self.keeper.tables.scan(table, ""));
        let given: usize =
            scans.into_iter().map(|records| Ok(records?.len())).sum::<Result<usize, StoreError>>()?;
        if given as u64 != self.records {
            return Err(self.wrong("is the end, and records that the journal gives did not come"));
        }
        let path = self.keeper.folder.journal();
        self.keeper.disk.sync(&self.keeper.journal, &path)?;
        self.keeper.tables.settle(&mut self.keeper.disk)?;
        self.keeper.disk.remove(folder, IMPORTING)?;
        self.keeper.disk.tell(&Step::Opened)?;
        Ok(Imported { head: self.keeper.head, mails: self.mails, records: self.records })
    }

    fn wrong(&self, what: &str) -> StoreError {
        StoreError::Backup { line: self.sum.parts + 1, what: what.to_owned() }
    }
}

/// What the first line says.
const OF: &str = "tldops";
