//! `roster`: the contacts.

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use serde_json::json;

use crate::bot::records::Records;
use crate::cli::arguments::Place;
use crate::cli::comparing::{self, ApplyOptions};
use crate::cli::importing::{self, ImportOptions};
use crate::cli::open::{self, Installation};
use crate::cli::output::{Failure, Output};
use crate::cli::reconciling::{self, DiffOptions};
use crate::cli::settling::{self, SettleOptions};
use crate::domain::address::Address;
use crate::domain::contact::{Contact, Roster, RosterLine};
use crate::domain::repository::{Repository, line_of};
use crate::domain::tld::Tld;
use crate::shell::clock::SystemClock;
use crate::world::Clock as _;
use crate::writing::repository::{cards, rows};

/// What `roster` takes.
#[derive(Args, Debug)]
pub(super) struct RosterOptions {
    #[command(subcommand)]
    command: RosterCommand,
}

/// What can be done with the roster.
#[derive(Debug, Subcommand)]
enum RosterCommand {
    /// List all contacts, by ccTLD; who cannot be reached, and who stopped our questions
    List {
        #[command(flatten)]
        place: Place,
        /// Print one JSON object a contact, then one for each address that is unreachable and for each STOP
        #[arg(long)]
        json: bool,
    },
    /// Print all contacts, one JSON object each (what `inspect --roster` reads), or in another form
    #[command(after_help = "Example:\n  tldops roster export --form csv > contacts.csv")]
    Export {
        #[command(flatten)]
        place: Place,
        /// The form
        #[arg(long, value_enum, default_value_t = ExportForm::Json)]
        form: ExportForm,
        /// The same as `--form json`
        #[arg(long, hide = true, conflicts_with = "form")]
        json: bool,
    },
    /// Take in the contacts of member dumps, spreadsheets and cards, after showing what is certain and what is not
    #[command(
        after_help = "Reads member dumps (Mailman 2.1 and 3), CSV, XLSX, ODS, vCard, JSON. Nothing is changed before a yes; what \
            is not certain never comes in unless it is settled in the table that --plan writes, and given back.\n\
            The program must not be running.\n\nExample:\n  tldops roster import members.txt contacts.xlsx --plan plan.csv\n  \
            tldops roster import plan.csv"
    )]
    Import(ImportOptions),
    /// Show where the store, the mailing list, the page of members and other files differ, which is newer, and what to do
    #[command(
        after_help = "Ends with 1 where they differ.\n\nExample:\n  tldops roster diff --with contacts.xlsx --page members.html"
    )]
    Diff(DiffOptions),
    /// Show what the mailing list lacks of the roster, and after a yes make it so; then read it again
    #[command(
        after_help = "The program must not be running.\n\nExample:\n  tldops roster apply -c /etc/tldops/tldops.toml"
    )]
    Apply(ApplyOptions),
    /// Let mails go again to an address that they came back from
    #[command(
        after_help = "The program must not be running; a proven mail from that address does the same.\n\nExample:\n  tldops roster reachable joost@nic.example -c /etc/tldops/tldops.toml"
    )]
    Reachable {
        #[command(flatten)]
        place: Place,
        /// The address
        address: Address,
    },
    /// Write down what came of it once somebody was called of whom nothing could be learned: it takes him off that list
    #[command(
        after_help = "Nothing of what is held changes by it, and nothing counts as confirmed.\n\nExample:\n  tldops roster settle joost@nic.example --why \"called him, he answers the next mail\" --by Kim"
    )]
    Settle(SettleOptions),
    /// Put requests that merely copy an admin contact to him again, as his START would, after he answered STOP
    #[command(
        after_help = "The program must not be running; START, written by him, does the same.\n\nExample:\n  tldops roster start nl -c /etc/tldops/tldops.toml"
    )]
    Start {
        #[command(flatten)]
        place: Place,
        /// The ccTLD, as in nl or .рф
        tld: Tld,
    },
}

/// In which form the contacts are printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum ExportForm {
    /// One JSON object a contact
    Json,
    /// Rows for a spreadsheet
    Csv,
    /// Cards for a telephone
    Vcard,
    /// Lines as the mail with the contact repository has them
    Lines,
}

pub(super) fn roster(options: &RosterOptions, output: &mut Output) -> Result<(), Failure> {
    let (place, shown) = match &options.command {
        RosterCommand::List { place, json: false } => (place, Shown::ForPeople),
        RosterCommand::List { place, json: true } => (place, Shown::AllAsJson),
        RosterCommand::Export { place, form, .. } => return export_as(place, *form, output),
        RosterCommand::Import(options) => return importing::import(options, output),
        RosterCommand::Diff(options) => return reconciling::diff(options, output),
        RosterCommand::Apply(options) => return comparing::apply(options, output),
        RosterCommand::Reachable { place, address } => return reachable(place, address, output),
        RosterCommand::Settle(options) => return settling::settle(options, output),
        RosterCommand::Start { place, tld } => return start(place, tld, output),
    };
    let config = open::config(&place.config)?;
    let snapshot = open::snapshot(&config)?;
    let records = Records::new(&snapshot);
    let roster = records.roster()?;
    let (lost, stopped) = (records.all_unreachable()?, records.all_stopped()?);
    if shown == Shown::AllAsJson {
        export(&roster, output)?;
        lost.iter().try_for_each(|lost| output.json(&json!({ "unreachable": lost })))?;
        return stopped.iter().try_for_each(|stopped| output.json(&json!({ "stopped": stopped })));
    }
    let confirmations = records.confirmations()?;
    list_with(&roster, |contact| confirmed(confirmations.of_contact(contact)), output)?;
    let stale = records.all_stale(&roster, &confirmations)?;
    if !stale.is_empty() {
        output.title("Nothing could be learned of")?;
    }
    for stale in &stale {
        output.line(&format!("   {}", stale.in_words(&roster)))?;
    }
    if !stale.is_empty() {
        output.line("   Once it is dealt with: tldops roster settle ADDRESS --why \"what came of it\"")?;
    }
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

fn export_as(place: &Place, form: ExportForm, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&place.config)?;
    let snapshot = open::snapshot(&config)?;
    let records = Records::new(&snapshot);
    let roster = records.roster()?;
    if form == ExportForm::Json {
        return export(&roster, output);
    }
    let repository = Repository {
        at: SystemClock.now(),
        roster,
        label: config.repository.label,
        confirmations: Some(records.confirmations()?),
        ..Repository::default()
    };
    match form {
        ExportForm::Csv => output.octets(rows::write(&repository).as_bytes()),
        ExportForm::Vcard => output.octets(cards::write(&repository).as_bytes()),
        ExportForm::Json | ExportForm::Lines => {
            repository.contacts().try_for_each(|(tld, contact)| output.line(&line_of(tld, contact)))
        }
    }
}

fn export(roster: &Roster, output: &mut Output) -> Result<(), Failure> {
    for (tld, contacts) in roster.iter() {
        for contact in contacts {
            output.json(&RosterLine::from((tld.clone(), contact.clone())))?;
        }
    }
    Ok(())
}

/// When a contact last said himself that his details are right.
fn confirmed(at: Option<Timestamp>) -> String {
    at.map_or_else(|| ", not confirmed".to_owned(), |at| format!(", confirmed {}", at.strftime("%Y-%m-%d")))
}

/// One block a ccTLD, one line a contact.
pub(super) fn list(roster: &Roster, output: &mut Output) -> Result<(), Failure> {
    list_with(roster, |_| String::new(), output)
}

/// The same with more about each contact behind him.
fn list_with(roster: &Roster, more: impl Fn(&Contact) -> String, output: &mut Output) -> Result<(), Failure> {
    if roster.iter().next().is_none() {
        return output.line("The roster is empty.");
    }
    for (tld, contacts) in roster.iter() {
        output.title(&tld.for_people())?;
        for contact in contacts {
            output.line(&format!("   {contact}{}", more(contact)))?;
        }
    }
    Ok(())
}
