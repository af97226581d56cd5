//! `region`: the part of a regional organization, and what its own list proposes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};

use crate::bot::records::Records;
use crate::cli::arguments::Place;
use crate::cli::comparing::agreed;
use crate::cli::open::{self, Installation};
use crate::cli::output::{Failure, Output};
use crate::config::Config;
use crate::domain::cctlds::KnownTlds;
use crate::domain::contact::{Roster, RosterLine};
use crate::domain::proposal::{PROPOSALS_MAX, proposals};
use crate::domain::repository::{Extent, Repository};
use crate::domain::request::{Change, Request};
use crate::domain::tld::Tld;
use crate::shell::clock::SystemClock;
use crate::world::Clock as _;
use crate::writing::repository::{cards, rows};

/// The file with the organizations, beside the configuration.
const ORGANIZATIONS: &str = "organizations.csv";
/// Octets of a file that is read in at the most: 4 MiB are some ten thousand contacts.
const FILE_OCTETS_MAX: u64 = 4 * 1024 * 1024;

/// What `region` takes.
#[derive(Args, Debug)]
pub(super) struct RegionOptions {
    #[command(subcommand)]
    command: RegionCommand,
}

/// What can be done with a regional organization.
#[derive(Debug, Subcommand)]
enum RegionCommand {
    /// Print the contacts of the ccTLDs that belong to an organization
    #[command(after_help = "Example:\n  tldops region export CENTR --form csv > centr.csv")]
    Export {
        #[command(flatten)]
        place: Place,
        /// The organization, as organizations.csv beside the configuration calls it
        organization: String,
        /// In which form
        #[arg(long, value_enum, default_value = "json")]
        form: RegionForm,
    },
    /// Propose what an organization's own list has and ours lacks: the admin contact of each ccTLD is asked as ever
    #[command(
        after_help = "It shows what it would propose, and asks for a yes. Nobody is taken off by it.\n\nExample:\n  tldops region import CENTR centr.jsonl"
    )]
    Import {
        #[command(flatten)]
        place: Place,
        /// The organization, as organizations.csv beside the configuration calls it
        organization: String,
        /// A JSON object a line, as `tldops region export --form json` writes them
        file: PathBuf,
        /// Who decided it, for the journal
        #[arg(long, default_value = "the secretariat, at the shell")]
        by: String,
        /// Propose it without asking
        #[arg(long)]
        yes: bool,
    },
}

/// The forms of an export.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum RegionForm {
    /// A table for a spreadsheet (RFC 4180)
    Csv,
    /// A JSON object a contact and line
    Json,
    /// Cards for a telephone (RFC 6350)
    Vcard,
}

pub(super) fn region(options: &RegionOptions, output: &mut Output) -> Result<(), Failure> {
    match &options.command {
        RegionCommand::Export { place, organization, form } => {
            let config = open::config(&place.config)?;
            let members = members(&place.config, organization)?;
            export(&config, &members, *form, output)
        }
        RegionCommand::Import { place, organization, file, by, yes } => {
            let config = open::config(&place.config)?;
            let members = members(&place.config, organization)?;
            let theirs = read(file, &members, organization)?;
            let consent = if *yes { Consent::Given } else { Consent::Asked };
            import(config, (organization, &theirs), (by, consent), output)
        }
    }
}

/// Whether somebody has agreed to the plan before he saw it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Consent {
    Given,
    Asked,
}

/// The ccTLDs of an organization, from the operator's own file: who belongs where changes, and nobody publishes it in a
/// form that a program could rely on.
fn members(config: &Path, organization: &str) -> Result<BTreeSet<Tld>, Failure> {
    let path = config.parent().unwrap_or(Path::new("")).join(ORGANIZATIONS);
    let text = fs::read_to_string(&path).map_err(|error| {
        Failure::Usage(format!(
            "{}: {error}; make it: a line `{organization},nl` for each ccTLD that belongs to an organization",
            path.display()
        ))
    })?;
    let mut all: BTreeMap<String, BTreeSet<Tld>> = BTreeMap::new();
    let known = KnownTlds::built_in();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |why: &str| {
            Failure::Usage(format!("{}, line {number}: {why}; write a line as in `CENTR,nl`", path.display()))
        };
        let (name, label) = line.split_once(',').ok_or_else(|| wrong("it has no comma"))?;
        let tld: Tld = label.trim().parse().map_err(|error| wrong(&format!("{error}")))?;
        if !known.has(&tld) {
            return Err(wrong(&format!("{} is no ccTLD that is known", tld.for_people())));
        }
        all.entry(name.trim().to_lowercase()).or_default().insert(tld);
    }
    all.remove(&organization.to_lowercase()).ok_or_else(|| {
        let names: Vec<&str> = all.keys().map(String::as_str).collect();
        Failure::Usage(format!("{} has no {organization}; it has: {}", path.display(), names.join(", ")))
    })
}

fn export(
    config: &Config,
    members: &BTreeSet<Tld>,
    form: RegionForm,
    output: &mut Output,
) -> Result<(), Failure> {
    let snapshot = open::snapshot(config)?;
    let mut part = Roster::default();
    for (tld, contacts) in Records::new(&snapshot).roster()?.iter().filter(|(tld, _)| members.contains(*tld))
    {
        part.set(tld.clone(), contacts.to_vec());
    }
    let repository = Repository {
        at: SystemClock.now(),
        roster: part,
        label: config.repository.label,
        extent: Extent::Part,
        ..Repository::default()
    };
    let octets = match form {
        RegionForm::Csv => rows::write(&repository),
        RegionForm::Vcard => cards::write(&repository),
        RegionForm::Json => {
            return repository.contacts().try_for_each(|(tld, contact)| {
                output.json(&RosterLine::from((tld.clone(), contact.clone())))
            });
        }
    };
    output.raw().write_all(octets.as_bytes()).map_err(anyhow::Error::from)?;
    output.flush()
}

/// Their contacts; the first line that is none, or is about a ccTLD of somebody else, is named.
fn read(file: &Path, members: &BTreeSet<Tld>, organization: &str) -> Result<Roster, Failure> {
    let told = |why: String| Failure::Usage(format!("{}: {why}; nothing was proposed", file.display()));
    let length = fs::metadata(file).map_err(|error| told(error.to_string()))?.len();
    if length > FILE_OCTETS_MAX {
        return Err(told(format!("it has more than {} MiB", FILE_OCTETS_MAX / 1024 / 1024)));
    }
    let text = fs::read_to_string(file).map_err(|error| told(error.to_string()))?;
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let read: RosterLine =
            serde_json::from_str(line).map_err(|error| told(format!("line {number}: {error}")))?;
        if !members.contains(&read.tld) {
            let of_others = read.tld.for_people();
            return Err(told(format!("line {number}: {of_others} does not belong to {organization}")));
        }
        lines.push(read);
    }
    Ok(lines.into_iter().collect())
}

fn import(
    config: Config,
    (organization, theirs): (&str, &Roster),
    (by, consent): (&str, Consent),
    output: &mut Output,
) -> Result<(), Failure> {
    let Some(installation) = Installation::open_alone(config)? else {
        return Err(Failure::Usage("the program is running; stop it, import, and start it again".to_owned()));
    };
    let mut bot = installation.bot()?;
    let requests = proposals(theirs, &bot.records.roster()?);
    for request in &requests {
        told(request).into_iter().try_for_each(|line| output.line(&line))?;
    }
    if requests.is_empty() {
        return output.line(&format!("{organization} proposes nothing that we do not have."));
    }
    if requests.len() > PROPOSALS_MAX {
        let says = format!(
            "that is {} ccTLDs, and {PROPOSALS_MAX} are proposed at once at the most; part the file",
            requests.len()
        );
        return Err(Failure::Usage(says));
    }
    output.flush()?;
    if consent == Consent::Asked && !agreed(output)? {
        return Err(Failure::NeedsPerson(
            "nothing was proposed; --yes proposes it without asking".to_owned(),
        ));
    }
    let settings = open::settings(&installation.config)?;
    let from = settings.secretariat.first().context("the configuration names no secretariat")?;
    for request in requests {
        let lines = told(&request);
        let tld = request.tld.as_ref().map(Tld::for_people).unwrap_or_default();
        let raw = format!(
            "From: {from}\r\nTo: {}\r\nSubject: Proposal of {organization} for {tld}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{organization} has other contacts of {tld} than TLD-OPS:\r\n\r\n{}\r\n",
            settings.sender.mailbox,
            lines.join("\r\n")
        );
        match bot.propose(raw.as_bytes(), request, by)? {
            Some(_) => output.line(&format!("Proposed for {tld}; see `tldops cases`."))?,
            None => output.line(&format!(
                "Not proposed for {tld}: it was proposed before, or IANA gives no answer now."
            ))?,
        }
    }
    bot.turn()?;
    Ok(())
}

/// A proposal, a line each.
fn told(request: &Request) -> Vec<String> {
    let tld = request.tld.as_ref().map(Tld::for_people).unwrap_or_default();
    let line = |one: &crate::domain::request::Named| {
        let what = match one.change {
            Change::Add => "new",
            Change::Modify => "other details",
            Change::Remove => "leaves",
        };
        let text = |value: Option<String>| value.map(|value| format!(", {value}")).unwrap_or_default();
        format!(
            "{tld}: {what}: {}{}{}{}",
            one.name.clone().unwrap_or_default(),
            text(one.email.as_ref().map(ToString::to_string)),
            text(one.secondary_email.as_ref().map(ToString::to_string)),
            text(one.phone.as_ref().map(ToString::to_string))
        )
    };
    request.contacts.iter().map(line).collect()
}
