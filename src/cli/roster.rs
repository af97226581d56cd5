//! `roster`: the contacts.

use crate::bot::records::Records;
use crate::cli::arguments::{RosterCommand, RosterOptions};
use crate::cli::comparing::{self, Form};
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::domain::contact::{Roster, RosterLine};

pub(super) fn roster(options: &RosterOptions, output: &mut Output) -> Result<(), Failure> {
    let (place, json) = match &options.command {
        RosterCommand::List { place, json } => (place, *json),
        RosterCommand::Export { place, .. } => (place, true),
        RosterCommand::Diff { place, json } => {
            let form = if *json { Form::Json } else { Form::Lines };
            return comparing::diff(place, form, output);
        }
        RosterCommand::Apply(options) => return comparing::apply(options, output),
    };
    let config = open::config(&place.config)?;
    let snapshot = open::snapshot(&config)?;
    let roster = Records::new(&snapshot).roster()?;
    if json { export(&roster, output) } else { list(&roster, output) }
}

fn export(roster: &Roster, output: &mut Output) -> Result<(), Failure> {
    for (tld, contacts) in roster.iter() {
        for contact in contacts {
            output.json(&RosterLine::from((tld.clone(), contact.clone())))?;
        }
    }
    Ok(())
}

/// One block a ccTLD, one line a contact.
pub(super) fn list(roster: &Roster, output: &mut Output) -> Result<(), Failure> {
    if roster.iter().next().is_none() {
        return output.line("The roster is empty.");
    }
    for (tld, contacts) in roster.iter() {
        output.title(&tld.for_people())?;
        for contact in contacts {
            output.line(&format!("   {contact}"))?;
        }
    }
    Ok(())
}
