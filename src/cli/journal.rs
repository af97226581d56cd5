//! `journal`: the audit trail.

use crate::cli::arguments::{JournalCommand, JournalOptions};
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::store::{Line, StoreError, VerifyError, verify};

pub(super) fn journal(options: &JournalOptions, output: &mut Output) -> Result<(), Failure> {
    match &options.command {
        JournalCommand::Verify(place) => {
            let config = open::config(&place.config)?;
            match verify(&config.store) {
                Ok(verified) => output.line(&format!(
                    "The journal is whole: {} lines, the last has the hash {}.",
                    verified.lines, verified.head.hash
                )),
                Err(VerifyError::Store(StoreError::Locked(_))) => {
                    let snapshot = open::snapshot(&config)?;
                    let head = snapshot.head();
                    output.line(&format!(
                        "The journal file is whole: {} lines, the last has the hash {}.",
                        head.seq, head.hash
                    ))?;
                    output.line("The program is running, so the tables' copy was not compared; stop it to compare both.")
                }
                Err(error) => Err(Failure::NeedsPerson(error.to_string())),
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
