//! `journal`: the audit trail.

use std::path::Path;

use crate::bot::records::Records;
use crate::cli::arguments::{JournalCommand, JournalOptions};
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::store::{Line, Snapshot, StoreError, Verified, VerifyError, missing_mails, verify};

pub(super) fn journal(options: &JournalOptions, output: &mut Output) -> Result<(), Failure> {
    match &options.command {
        JournalCommand::Verify(place) => {
            let config = open::config(&place.config)?;
            match verified(&config.store) {
                Ok(Some(verified)) => output.line(&format!(
                    "The journal is whole: {} lines, the last has the hash {}.",
                    verified.lines, verified.head.hash
                )),
                Ok(None) => {
                    let snapshot = open::snapshot(&config)?;
                    let head = snapshot.head();
                    output.line(&format!(
                        "The journal file is whole: {} lines, the last has the hash {}.",
                        head.seq, head.hash
                    ))?;
                    output.line("The program is running, so the tables' copy was not compared; stop it to compare both.")
                }
                Err(error) => Err(Failure::NeedsPerson(format!("{error:#}"))),
            }
        }
        JournalCommand::Export { place, json } => {
            let config = open::config(&place.config)?;
            let snapshot = open::snapshot(&config)?;
            for line in snapshot.lines() {
                if *json { output.json(line)? } else { output.line(&in_words(line))? }
            }
            Ok(())
        }
    }
}

/// Checks a store by itself, and that each mail lies there that its records name; none where the program is running.
pub(super) fn verified(folder: &Path) -> anyhow::Result<Option<Verified>> {
    let verified = match verify(folder) {
        Err(VerifyError::Store(StoreError::Locked(_))) => return Ok(None),
        verified => verified?,
    };
    let snapshot = Snapshot::read(folder)?;
    let missing = missing_mails(folder, &Records::new(&snapshot).mails_named()?);
    if missing.is_empty() { Ok(Some(verified)) } else { Err(VerifyError::Findings(missing).into()) }
}

/// A line of the journal as a person reads it.
pub(super) fn in_words(line: &Line) -> String {
    let entry = &line.entry;
    let case = entry.case.as_deref().unwrap_or("-");
    format!(
        "{:>5}  {}  {case:<6} {:<22} {}",
        line.seq,
        entry.at.strftime("%Y-%m-%d %H:%M:%S"),
        entry.event,
        entry.says
    )
}
