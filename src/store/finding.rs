//! What a check of the journal has found, each thing named by its line and its number.

use std::fmt;

use crate::domain::digest::Digest;
use crate::store::mails;
use crate::store::{Shelf, Table};

/// One thing that is wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// The line in the journal's file, counted from 1; none for what does not stand in the file.
    pub line: Option<u64>,
    /// The number of the journal line that it is about.
    pub seq: Option<u64>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a line, or with the tables.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fault {
    /// Its octets are not those that were written.
    Altered {
        /// How that shows.
        how: String,
    },
    /// It, and those after it up to `to`, are not in the file any more; `line` is where it should stand.
    Removed {
        /// The number of the last of them.
        to: u64,
    },
    /// Nobody wrote it.
    Inserted {
        /// How that shows.
        how: String,
    },
    /// It stands only in the file, after all that the tables have: written by a program that was stopped before it
    /// acknowledged it, or added by somebody.
    OnlyInFile,
    /// It is a copy of another line of the file.
    Duplicated {
        /// That line.
        of_line: u64,
    },
    /// It stands where another should.
    OutOfPlace {
        /// The number of the line that it should follow; 0 where it should be the first.
        after: u64,
    },
    /// It has no line end.
    Torn,
    /// The file is not there.
    NoFile,
    /// There are no tables to compare with, so lines removed at the end cannot be seen.
    NoTables {
        /// Why not.
        why: String,
    },
    /// The tables' copy of a line is not sound.
    CopyDamaged {
        /// What is wrong with it.
        what: String,
    },
    /// The tables say that they end elsewhere than their lines do.
    HeadDiffers {
        /// What they say.
        says: u64,
        /// With which hash.
        hash: Digest,
    },
    /// A record is not what the journal gives.
    RecordDiffers {
        /// Where.
        table: Table,
        /// Which.
        key: String,
    },
    /// A mail's file is not what was put on the shelf.
    MailAltered {
        /// Where.
        shelf: Shelf,
        /// What its octets should give, and what it is called by.
        digest: Digest,
        /// Whether any line names it.
        named: Named,
    },
    /// A mail that a record names is not on its shelf.
    MailMissing {
        /// Where it should be.
        shelf: Shelf,
        /// Which.
        digest: Digest,
    },
}

/// Whether a line of the journal names a mail.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Named {
    /// One does, or one that is not sound may.
    ByLine,
    /// None does: what it should be was never acknowledged, and nothing needs it.
    ByNone,
}

impl Finding {
    pub(super) fn at(line: u64, seq: Option<u64>, fault: Fault) -> Self {
        Self { line: Some(line), seq, fault }
    }

    pub(super) fn of(seq: u64, fault: Fault) -> Self {
        Self { line: None, seq: Some(seq), fault }
    }

    pub(super) fn whole(fault: Fault) -> Self {
        Self { line: None, seq: None, fault }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.seq) {
            (Some(line), Some(seq)) => write!(f, "line {line} (number {seq}): ")?,
            (Some(line), None) => write!(f, "line {line}: ")?,
            (None, Some(seq)) => write!(f, "number {seq}: ")?,
            (None, None) => {}
        }
        self.fault.fmt(f)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered { how } => write!(f, "altered: {how}"),
            Self::Removed { to } => write!(f, "removed, with all up to number {to}: the file does not have them"),
            Self::Inserted { how } => write!(f, "inserted: {how}"),
            Self::OnlyInFile => f.write_str(
                "stands only in the file: either the program was stopped before it acknowledged it, and the next start \
                 takes it over, or somebody added it",
            ),
            Self::Duplicated { of_line } => write!(f, "duplicated: it is line {of_line} once more"),
            Self::OutOfPlace { after: 0 } => f.write_str("out of place: it should be the first"),
            Self::OutOfPlace { after } => write!(f, "out of place: it should follow number {after}"),
            Self::Torn => f.write_str("torn: it has no line end"),
            Self::NoFile => f.write_str("the file of the journal is not there"),
            Self::NoTables { why } => {
                write!(f, "nothing to compare with, lines removed at the end cannot be seen: {why}")
            }
            Self::CopyDamaged { what } => write!(f, "the tables' copy {what}"),
            Self::HeadDiffers { says, hash } => {
                write!(f, "the tables say that they end with number {says} ({hash}), their lines end elsewhere")
            }
            Self::RecordDiffers { table, key } => {
                write!(f, "the record `{key}` in `{table}` is not what the journal gives")
            }
            Self::MailMissing { shelf, digest } => {
                let name = mails::name(digest);
                write!(f, "the mail `{}/{name}` is not there; bring it back from a backup", shelf.word())
            }
            Self::MailAltered { shelf, digest, named } => {
                let cure = match named {
                    Named::ByLine => "bring it back from a backup",
                    Named::ByNone => "no line names it, so it can be removed",
                };
                write!(f, "the mail `{}/{}` is not what was put in; {cure}", shelf.word(), mails::name(digest))
            }
        }
    }
}
