//! `region`: the part of a regional organization, and what its own list proposes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};

use crate::bot::records::Records;
use crate::cli::arguments::Place;
use crate::cli::comparing::agreed;
use crate::cli::importing;
use crate::cli::open::{self, Installation};
use crate::cli::output::{Failure, Output};
use crate::config::Config;
use crate::domain::cctlds::KnownTlds;
use crate::domain::contact::{Roster, RosterLine};
use crate::domain::proposal::{LeftOut, PROPOSALS_MAX, Proposals, proposals};
use crate::domain::repository::{Extent, Repository};
use crate::domain::request::{Change, Named, Request};
use crate::domain::tld::Tld;
use crate::shell::clock::SystemClock;
use crate::world::Clock as _;
use crate::writing::repository::{cards, rows};

/// The file with the organizations, beside the configuration.
const ORGANIZATIONS: &str = "organizations.csv";

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
        after_help = "It shows what it would propose, and asks for a yes. Nobody is taken off by it, and a line that is not certain is left out.\n\nExample:\n  tldops region import CENTR centr.xlsx"
    )]
    Import {
        #[command(flatten)]
        place: Place,
        /// The organization, as organizations.csv beside the configuration calls it
        organization: String,
        /// Their contacts: a spreadsheet, cards, JSON objects, whatever `tldops roster import` reads
        file: PathBuf,
        /// In which letters a text file is written, as in windows-1252, where it does not say it itself
        #[arg(long, value_name = "LABEL")]
        charset: Option<String>,
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
            let (_, members) = members(&place.config, organization)?;
            export(&config, &members, *form, output)
        }
        RegionCommand::Import { place, organization, file, charset, by, yes } => {
            let config = open::config(&place.config)?;
            let (organization, members) = members(&place.config, organization)?;
            let consent = if *yes { Consent::Given } else { Consent::Asked };
            import(
                config,
                &Theirs { organization: &organization, members, file, charset: charset.as_deref() },
                (by, consent),
                output,
            )
        }
    }
}

/// What another system has.
struct Theirs<'a> {
    organization: &'a str,
    /// The ccTLDs that are theirs.
    members: BTreeSet<Tld>,
    file: &'a Path,
    charset: Option<&'a str>,
}

/// Whether somebody has agreed to the plan before he saw it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Consent {
    Given,
    Asked,
}

/// The name of an organization and its ccTLDs, from the operator's own file: who belongs where changes, and nobody publishes
/// it in a form that a program could rely on.
fn members(config: &Path, organization: &str) -> Result<(String, BTreeSet<Tld>), Failure> {
    let path = config.parent().unwrap_or(Path::new("")).join(ORGANIZATIONS);
    let text = fs::read_to_string(&path).map_err(|error| {
        Failure::Usage(format!(
            "{}: {error}; make it: a line `{organization},nl` for each ccTLD that belongs to an organization",
            path.display()
        ))
    })?;
    let mut all: BTreeMap<String, (String, BTreeSet<Tld>)> = BTreeMap::new();
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
        let name = name.trim();
        let new = || (name.to_owned(), BTreeSet::new());
        all.entry(name.to_lowercase()).or_insert_with(new).1.insert(tld);
    }
    all.remove(&organization.to_lowercase()).ok_or_else(|| {
        let names: Vec<&str> = all.values().map(|(name, _)| name.as_str()).collect();
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

fn import(
    config: Config,
    theirs: &Theirs<'_>,
    (by, consent): (&str, Consent),
    output: &mut Output,
) -> Result<(), Failure> {
    let Some(installation) = Installation::open_alone(config)? else {
        return Err(Failure::Usage("the program is running; stop it, import, and start it again".to_owned()));
    };
    let organization = theirs.organization;
    let mut bot = installation.bot()?;
    let known = importing::known(&installation.config, &bot.records)?;
    let listed = importing::read(theirs.file, theirs.charset, &known)?.people;
    let Proposals { requests, left_out } = proposals(&listed, &theirs.members, &bot.records.roster()?);
    for request in &requests {
        told(request).into_iter().try_for_each(|line| output.line(&line))?;
    }
    for line in left_out.iter().flat_map(not_certain) {
        output.line(&line)?;
    }
    if requests.is_empty() {
        output.line(&format!("{organization} proposes nothing that we do not have."))?;
        return ended(&left_out);
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
        match bot.propose(raw.as_bytes(), (request, organization), by)? {
            Some(_) => output.line(&format!("Proposed for {tld}; see `tldops cases`."))?,
            None => output.line(&format!(
                "Not proposed for {tld}: it was proposed before, or IANA gives no answer now."
            ))?,
        }
    }
    bot.turn()?;
    ended(&left_out)
}

/// What is left for a person.
fn ended(left_out: &[LeftOut]) -> Result<(), Failure> {
    match left_out.len() {
        0 => Ok(()),
        1 => Err(Failure::NeedsPerson("one line is not certain, and was left out; mend it".to_owned())),
        lines => {
            Err(Failure::NeedsPerson(format!("{lines} lines are not certain, and were left out; mend them")))
        }
    }
}

/// A line that is left out, and why.
fn not_certain(line: &LeftOut) -> Vec<String> {
    let mut lines = vec![format!("Left out: {}: {}", line.at, line.written)];
    lines.extend(line.points.iter().map(|point| format!("   - {}: {}", point.why, point.cure)));
    lines
}

/// A proposal, a line each.
fn told(request: &Request) -> Vec<String> {
    let tld = request.tld.as_ref().map(Tld::for_people).unwrap_or_default();
    let line = |one: &Named| {
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
