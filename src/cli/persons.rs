//! `person`: what is held of somebody, and its end.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::bot::persons::{Held, called};
use crate::bot::records::Records;
use crate::cli::arguments::Place;
use crate::cli::comparing::{Form, agreed};
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::config::Config;
use crate::domain::address::Address;
use crate::domain::contact::PersonName;
use crate::domain::digest::Digest;
use crate::domain::journal::Entry;
use crate::shell::clock::SystemClock;
use crate::store::{ERASED, Erasure, Shelf, Snapshot, StoreError, each_mail, erase};
use crate::world::Clock as _;

/// Why nobody is erased whose mail is read again.
const WAITS: &str =
    "a mail that names this person waits for an answer of the DNS: let the program take it in first";

/// What `person` takes.
#[derive(Args, Debug)]
pub(super) struct PersonOptions {
    #[command(subcommand)]
    command: PersonCommand,
}

/// What can be done with what is held of somebody.
#[derive(Debug, Subcommand)]
enum PersonCommand {
    /// Show everything that is held of somebody: entries, requests, records, mails, lines of the journal
    #[command(
        after_help = "Example:\n  tldops person show jane.doe@registry.example\n  tldops person show \"Jane Doe\""
    )]
    Show {
        #[command(flatten)]
        place: Place,
        /// An address, or a name
        who: String,
        /// Print one JSON object for each thing
        #[arg(long)]
        json: bool,
    },
    /// Erase what is held of somebody who is no contact any more: the journal keeps what happened, and not to whom
    #[command(
        after_help = "The service must be stopped. Former backups, the mailbox and the list's archive are not touched.\n\nExample:\n  tldops person erase jane.doe@registry.example --why \"she asked for it on 3 May\""
    )]
    Erase {
        #[command(flatten)]
        place: Place,
        /// An address
        who: Address,
        /// Why, for whoever asks later; without the person's name
        #[arg(long)]
        why: String,
        /// Who decided it, for the journal
        #[arg(long, default_value = "the secretariat, at the shell")]
        by: String,
        /// A further name of this person. May be repeated
        #[arg(long, value_name = "NAME")]
        also: Vec<String>,
        /// Do it without asking
        #[arg(long)]
        yes: bool,
    },
}

pub(super) fn person(options: PersonOptions, output: &mut Output) -> Result<(), Failure> {
    match options.command {
        PersonCommand::Show { place, who, json } => {
            let config = open::config(&place.config)?;
            let snapshot = open::snapshot(&config)?;
            let held = held(&config, &snapshot, &address_of(&snapshot, &who)?, &[])?;
            let mails = mails_of(&config, &held)?;
            let form = if json { Form::Json } else { Form::Lines };
            show((&held, &mails), form, output)
        }
        PersonCommand::Erase { place, who, why, by, also, yes } => {
            let config = open::config(&place.config)?;
            let snapshot = open::snapshot(&config)?;
            let mut held = held(&config, &snapshot, &who, &also)?;
            let mails = mails_of(&config, &held)?;
            show((&held, &mails), Form::Lines, output)?;
            for (shelf, digest) in &mails {
                if Records::new(&snapshot).is_judged_again(*shelf, digest)? {
                    held.obstacles.push(WAITS.to_owned());
                }
            }
            must_be_possible(&held, &[&why, &by])?;
            output.flush()?;
            if !yes && !agreed(output)? {
                return Err(Failure::NeedsPerson(
                    "nothing was erased; --yes does it without asking".to_owned(),
                ));
            }
            let seen = snapshot.head().seq;
            erased(&config, &held, (mails, seen), (&why, &by), output)
        }
    }
}

/// Whom an address or a name stands for.
fn address_of(snapshot: &Snapshot, who: &str) -> Result<Address, Failure> {
    if who.contains('@') {
        return who.parse().map_err(|error| Failure::Usage(format!("{who}: {error}")));
    }
    let name: PersonName = who.parse().map_err(|error| Failure::Usage(format!("{who}: {error}")))?;
    let found = called(snapshot.lines(), &name);
    match (found.first(), found.len()) {
        (Some(one), 1) => Ok(one.clone()),
        (None, _) => Err(Failure::Usage(format!("nobody called {who} was ever recorded; give an address"))),
        (Some(_), _) => {
            let all: Vec<String> = found.iter().map(ToString::to_string).collect();
            Err(Failure::Usage(format!(
                "{who} stands beside several addresses; give one: {}",
                all.join(", ")
            )))
        }
    }
}

fn held(config: &Config, snapshot: &Snapshot, who: &Address, also: &[String]) -> Result<Held, Failure> {
    let mut own = config.secretariat.clone();
    own.push(config.mailbox_address.clone());
    own.extend(config.mailbox_names.iter().cloned());
    if own.contains(who) {
        return Err(Failure::Usage(format!(
            "{who} is an address of ours or of the secretariat, and nobody's own"
        )));
    }
    Ok(Records::new(snapshot).held(snapshot.lines(), who, (&own, also))?)
}

fn mails_of(config: &Config, held: &Held) -> Result<BTreeSet<(Shelf, Digest)>, Failure> {
    let mut mails = BTreeSet::new();
    each_mail(&config.store, |shelf, digest, octets| {
        if held.is_in(octets) {
            mails.insert((shelf, digest));
        }
    })?;
    Ok(mails)
}

fn show(
    (held, mails): (&Held, &BTreeSet<(Shelf, Digest)>),
    form: Form,
    output: &mut Output,
) -> Result<(), Failure> {
    if form == Form::Json {
        return show_json((held, mails), output);
    }
    output.title("Who it is")?;
    let person = &held.person;
    let addresses = person.addresses.iter().map(ToString::to_string);
    let all =
        addresses.chain(person.names.iter().cloned()).chain(person.phones.iter().map(ToString::to_string));
    for one in all {
        output.line(&format!("   {one}"))?;
    }
    for one in &held.shared {
        output.line(&format!("   {one} (somebody else's as well: it stays)"))?;
    }
    section(
        output,
        "Contact of",
        held.entries.iter().map(|(tld, one)| format!("{}: {one}", tld.for_people())),
    )?;
    section(output, "Requests", held.cases.iter().map(|(id, state)| format!("{id} ({state})")))?;
    section(output, "Other records", held.records.iter().map(|(table, key)| format!("{table}: {key}")))?;
    section(output, "Mails", mails.iter().map(|(shelf, digest)| format!("{}/{digest}", shelf.word())))?;
    let line = |(seq, at, event): &(u64, jiff::Timestamp, String)| {
        format!("{seq:>5}  {}  {event}", at.strftime("%Y-%m-%d %H:%M:%S"))
    };
    section(output, "Lines of the journal", held.lines.iter().map(line))
}

fn section(output: &mut Output, title: &str, lines: impl Iterator<Item = String>) -> Result<(), Failure> {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return Ok(());
    }
    output.title(title)?;
    lines.iter().try_for_each(|line| output.line(&format!("   {line}")))
}

fn show_json((held, mails): (&Held, &BTreeSet<(Shelf, Digest)>), output: &mut Output) -> Result<(), Failure> {
    let person = &held.person;
    output.json(&json!({ "addresses": person.addresses, "names": person.names, "phones": person.phones }))?;
    for (tld, contact) in &held.entries {
        output.json(&json!({ "entry": tld, "contact": contact }))?;
    }
    for (id, state) in &held.cases {
        output.json(&json!({ "request": id.to_string(), "state": state }))?;
    }
    for (table, key) in &held.records {
        output.json(&json!({ "table": table, "key": key }))?;
    }
    for (shelf, digest) in mails {
        output.json(&json!({ "mail": digest, "shelf": shelf }))?;
    }
    for (seq, at, event) in &held.lines {
        output.json(&json!({ "line": seq, "at": at, "event": event }))?;
    }
    Ok(())
}

/// Refuses where something must happen first, or where the words for the journal would name the person again.
fn must_be_possible(held: &Held, words: &[&str]) -> Result<(), Failure> {
    if !held.obstacles.is_empty() {
        return Err(Failure::Usage(format!("nothing was erased: {}", held.obstacles.join("; "))));
    }
    if words.iter().any(|words| words.trim().is_empty() || held.eraser.finds(words)) {
        let says = "nothing was erased: say why, with --why, and who decided it, without naming the person";
        return Err(Failure::Usage(says.to_owned()));
    }
    Ok(())
}

fn erased(
    config: &Config,
    held: &Held,
    (mails, seen): (BTreeSet<(Shelf, Digest)>, u64),
    (why, by): (&str, &str),
    output: &mut Output,
) -> Result<(), Failure> {
    let now = SystemClock.now();
    let marks = mails.iter().map(|(shelf, digest)| Records::write_gone(*shelf, digest, now));
    let writes = marks.collect::<anyhow::Result<_>>()?;
    let evidence = json!({ "by": by, "why": why });
    let says = format!("What was held of a person was erased, by {by}: {why}");
    let entry = Entry { at: now, case: None, event: ERASED.to_owned(), says, evidence };
    let count = mails.len();
    let without = |value: &serde_json::Value| held.eraser.record(value);
    match erase(&config.store, Erasure { seen, entry, writes, mails, without: &without }) {
        Err(StoreError::Locked(_)) => {
            Err(Failure::Usage("nothing was erased: the program is running; stop it first".to_owned()))
        }
        Err(StoreError::GoneOn { .. }) => Err(Failure::Usage(
            "nothing was erased: something was recorded since this was shown; type it once more".to_owned(),
        )),
        Err(error) => Err(Failure::Trouble(error.into())),
        Ok(lines) => {
            output.line(&format!("Erased from {lines} lines of the journal; {count} mails are removed."))?;
            output.line("Former backups, the mailbox, the list's archive and the log of the service may still have it; the guide says what to do there.")
        }
    }
}
