//! `roster`: the contacts.

use serde_json::json;

use crate::bot::records::Records;
use crate::cli::arguments::{Place, RosterCommand, RosterOptions};
use crate::cli::comparing::{self, Form};
use crate::cli::open::{self, Installation};
use crate::cli::output::{Failure, Output};
use crate::domain::address::Address;
use crate::domain::contact::{Roster, RosterLine};
use crate::domain::tld::Tld;

pub(super) fn roster(options: &RosterOptions, output: &mut Output) -> Result<(), Failure> {
    let (place, shown) = match &options.command {
        RosterCommand::List { place, json: false } => (place, Shown::ForPeople),
        RosterCommand::List { place, json: true } => (place, Shown::AllAsJson),
        RosterCommand::Export { place, .. } => (place, Shown::Contacts),
        RosterCommand::Diff { place, json } => {
            let form = if *json { Form::Json } else { Form::Lines };
            return comparing::diff(place, form, output);
        }
        RosterCommand::Apply(options) => return comparing::apply(options, output),
        RosterCommand::Reachable { place, address } => return reachable(place, address, output),
        RosterCommand::Start { place, tld } => return start(place, tld, output),
    };
    let config = open::config(&place.config)?;
    let snapshot = open::snapshot(&config)?;
    let records = Records::new(&snapshot);
    let roster = records.roster()?;
    if shown == Shown::Contacts {
        return export(&roster, output);
    }
    let (lost, stopped) = (records.all_unreachable()?, records.all_stopped()?);
    if shown == Shown::AllAsJson {
        export(&roster, output)?;
        lost.iter().try_for_each(|lost| output.json(&json!({ "unreachable": lost })))?;
        return stopped.iter().try_for_each(|stopped| output.json(&json!({ "stopped": stopped })));
    }
    list(&roster, output)?;
    if !lost.is_empty() {
        output.title("Unreachable")?;
    }
    for lost in lost {
        output.line(&format!("   {}: {}", lost.address, lost.words()))?;
    }
    if !stopped.is_empty() {
        output.title("No questions about requests that merely copy the admin contact")?;
    }
    for stopped in stopped {
        output.line(&format!("   {}", stopped.words()))?;
    }
    Ok(())
}

/// What is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Shown {
    /// All of it, for people.
    ForPeople,
    /// All of it, for programs.
    AllAsJson,
    /// The contacts alone, for programs.
    Contacts,
}

/// The admin contact is asked again about requests that merely copy him.
fn start(place: &Place, tld: &Tld, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&place.config)?;
    let Some(installation) = Installation::open_alone(config)? else {
        let says = "the program is running; stop it, end the STOP, and start it again, or have the admin contact write START";
        return Err(Failure::Usage(says.to_owned()));
    };
    let mut bot = installation.bot()?;
    let name = tld.for_people();
    match bot.start_again(tld)? {
        Some(by) => {
            output.line(&format!("{by} is asked again about requests for {name} that merely copy him."))
        }
        None => output.line(&format!("Nobody stopped the questions for {name}.")),
    }
}

/// Mails go to the address again.
fn reachable(place: &Place, address: &Address, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&place.config)?;
    let Some(installation) = Installation::open_alone(config)? else {
        let says = "the program is running; stop it, say that the address is reachable, and start it again, or have a mail sent from there";
        return Err(Failure::Usage(says.to_owned()));
    };
    let mut bot = installation.bot()?;
    if bot.reachable_again(address, "a person said so")? {
        return output.line(&format!("Mails go to {address} again."));
    }
    output.line(&format!("Mails went to {address} all the time."))
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
