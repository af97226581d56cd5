//! Why the store did not do what it was asked, each with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::domain::digest::Digest;
use crate::store::{KEY_OCTETS_MAX, LINE_OCTETS_MAX, MAIL_OCTETS_MAX, RECORD_OCTETS_MAX, SCHEMA};

/// Why the store did not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The operating system said no.
    #[error("could not {doing} `{path}`: {source}; mend that (disk full? rights?) and start again", path = .path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What came back.
        source: io::Error,
    },
    /// Somebody else has it.
    #[error("another tldops has the store `{path}` open; stop it first, or ask it", path = .0.display())]
    Locked(PathBuf),
    /// sled said no.
    #[error("the tables in `{path}` are damaged: {what}; run `tldops store rebuild`, which makes them anew from the journal", path = .path.display())]
    Tables {
        /// sled's folder.
        path: PathBuf,
        /// What it said.
        what: String,
    },
    /// A newer program wrote it.
    #[error(
        "the store has format {found}, this program knows up to {SCHEMA}; install the newer tldops that wrote it"
    )]
    Newer {
        /// The number found.
        found: String,
    },
    /// The file of the journal and sled's copy do not fit together.
    #[error("line {line} of `{path}` {what}; run `tldops journal verify` to see all that differs. Where only the tables are wrong run `tldops store rebuild`; where only the file is wrong move it away, the next start writes it anew from the tables", path = .path.display())]
    Differs {
        /// The journal's file.
        path: PathBuf,
        /// The line in it, counted from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// No store.
    #[error("`{path}` is no store; give the folder that the configuration names", path = .0.display())]
    NoStore(PathBuf),
    /// Nothing to rebuild from.
    #[error("`{path}` has no line: there is nothing to rebuild from; import the last backup into an empty folder with `tldops store import`", path = .0.display())]
    NoJournal(PathBuf),
    /// A rebuild would lose lines.
    #[error("the tables have {tables} lines, `{path}` only {file}: a rebuild would lose some. Start the program: it completes the file from the tables", path = .path.display())]
    FileBehind {
        /// The journal's file.
        path: PathBuf,
        /// Lines in the file.
        file: u64,
        /// Lines in the tables.
        tables: u64,
    },
    /// A key that is too long. Nothing was written.
    #[error("a key has {octets} octets, at most {KEY_OCTETS_MAX} are kept; use its digest as key")]
    KeyTooLong {
        /// How many it has.
        octets: usize,
    },
    /// A record that is too long. Nothing was written.
    #[error(
        "the record `{key}` has {octets} octets, at most {RECORD_OCTETS_MAX} are kept; keep it as a mail, or split it"
    )]
    RecordTooLong {
        /// Whose it is.
        key: String,
        /// How many it has.
        octets: usize,
    },
    /// Too much for one transaction. Nothing was written.
    #[error(
        "a journal line has {octets} octets, at most {LINE_OCTETS_MAX} are kept; make it several commits"
    )]
    LineTooLong {
        /// How many it has.
        octets: usize,
    },
    /// A mail that is too long. Nothing was written.
    #[error("a mail has {octets} octets, at most {MAIL_OCTETS_MAX} are kept; lay it aside for a person")]
    MailTooLong {
        /// How many it has.
        octets: usize,
    },
    /// A mail's file that is not what was put in.
    #[error("the mail `{path}` is not what was put in: its octets have the digest {found}; `tldops journal verify` says what to do", path = .path.display())]
    MailAltered {
        /// Its file.
        path: PathBuf,
        /// What its octets give.
        found: Digest,
    },
    /// A folder to import into that is not empty.
    #[error("`{path}` is not empty; a backup is imported only into an empty folder", path = .0.display())]
    NotEmpty(PathBuf),
    /// An import that was stopped in the middle.
    #[error("the import into `{path}` did not come to its end; empty the folder and import again", path = .0.display())]
    HalfImported(PathBuf),
    /// A backup that cannot be read.
    #[error("line {line} of the backup {what}; take another backup")]
    Backup {
        /// The line, counted from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// Something was recorded since a person decided on what he saw. Nothing was written.
    #[error("the journal has {now} lines, and had {seen} when this was decided; look at it once more")]
    GoneOn {
        /// Its lines then.
        seen: u64,
        /// Its lines now.
        now: u64,
    },
    /// An earlier call failed.
    #[error("the store has failed before ({why}); end the program and start it again, which recovers")]
    Broken {
        /// The earlier failure.
        why: String,
    },
}

impl StoreError {
    /// Whether nothing was touched and the store goes on: the caller asked for too much.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::KeyTooLong { .. }
                | Self::RecordTooLong { .. }
                | Self::LineTooLong { .. }
                | Self::MailTooLong { .. }
        )
    }

    /// Whether it is about one mail's file alone: all else is sound, and goes on.
    pub fn is_of_one_mail(&self) -> bool {
        matches!(self, Self::MailAltered { .. })
    }

    pub(super) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { doing, path: path.to_owned(), source }
    }
}
