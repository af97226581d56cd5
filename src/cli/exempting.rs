//! `exempt`: whom a rule on contacts does not hold up, from the shell.

use std::path::Path;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::bot::Bot;
use crate::bot::records::Records;
use crate::cli::arguments::Place;
use crate::cli::comparing::Form;
use crate::cli::left::{self, Outcome};
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::domain::exemption::{Exempt, Exemption, Rule};
use crate::shell::clock::SystemClock;
use crate::world::Clock as _;

/// The folder in the store's folder where exemptions wait for a running program.
const EXEMPTING: &str = "exempting";

/// What `exempt` takes.
#[derive(Args, Debug)]
pub(super) struct ExemptOptions {
    #[command(subcommand)]
    command: ExemptCommand,
}

/// What can be done with exemptions.
#[derive(Debug, Subcommand)]
enum ExemptCommand {
    /// Let a rule not hold somebody up; whoever must agree is asked as ever
    #[command(
        after_help = "Example:\n  tldops exempt add noc@registry.example --from role --until 2027-06-30 --why \"one mailbox for a staff of two\""
    )]
    Add {
        #[command(flatten)]
        who: Who,
        /// The last day on which it stands, in UTC, as in 2027-06-30
        #[arg(
            long,
            value_name = "DATE",
            required_unless_present = "until_ended",
            conflicts_with = "until_ended"
        )]
        until: Option<Date>,
        /// It stands until `tldops exempt end`
        #[arg(long)]
        until_ended: bool,
    },
    /// List all exemptions, those that have expired as well
    #[command(after_help = "Example:\n  tldops exempt list")]
    List {
        #[command(flatten)]
        place: Place,
        /// Print one JSON object an exemption
        #[arg(long)]
        json: bool,
    },
    /// End an exemption: contacts who are listed stay, the next request is held again
    #[command(
        after_help = "Example:\n  tldops exempt end noc@registry.example --from role --why \"they have personal addresses now\""
    )]
    End {
        #[command(flatten)]
        who: Who,
    },
}

/// Whom it is about, and who decided why.
#[derive(Args, Debug)]
struct Who {
    #[command(flatten)]
    place: Place,
    /// The address of a contact, or a ccTLD for all of its contacts
    whom: Exempt,
    /// The rule
    #[arg(long)]
    from: RuleName,
    /// Why, for whoever asks later
    #[arg(long)]
    why: String,
    /// Who decided it, for the journal
    #[arg(long, default_value = "the secretariat, at the shell")]
    by: String,
}

/// The rules by their names.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum RuleName {
    /// A contact's address names no role
    Role,
    /// A contact's first address is at no provider for everybody
    FreeMail,
    /// A contact has a phone number
    NoPhone,
    /// A ccTLD has three contacts at the most
    ThreeContacts,
    /// Whoever is on the list is a contact of a ccTLD
    NoCctld,
}

impl From<RuleName> for Rule {
    fn from(name: RuleName) -> Self {
        match name {
            RuleName::Role => Self::Role,
            RuleName::FreeMail => Self::FreeMail,
            RuleName::NoPhone => Self::NoPhone,
            RuleName::ThreeContacts => Self::ThreeContacts,
            RuleName::NoCctld => Self::NoCctld,
        }
    }
}

/// What was decided, as it waits for the program.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Decided {
    Add(Exemption),
    End { whom: Exempt, from: Rule, by: String, why: String },
}

pub(super) fn exempt(options: ExemptOptions, output: &mut Output) -> Result<(), Failure> {
    let now = SystemClock.now();
    match options.command {
        ExemptCommand::List { place, json } => {
            let form = if json { Form::Json } else { Form::Lines };
            list(&place, form, now, output)
        }
        ExemptCommand::Add { who, until, .. } => {
            let Who { place, whom, from, why, by } = who;
            if why.trim().is_empty() {
                return Err(Failure::Usage("say why, with --why: whoever asks later is told".to_owned()));
            }
            if !Rule::from(from).can_spare(&whom) {
                let says = match &whom {
                    Exempt::Address(_) => "that rule is about a whole ccTLD: name it, as in .nl",
                    Exempt::Tld(_) => "that rule is about a person: name the address",
                };
                return Err(Failure::Usage(says.to_owned()));
            }
            if until.is_some_and(|last| last < now.to_zoned(jiff::tz::TimeZone::UTC).date()) {
                return Err(Failure::Usage("the day given with --until has passed".to_owned()));
            }
            let exemption = Exemption { whom, from: from.into(), by, why, since: now, until };
            decide(&place, &Decided::Add(exemption), output)
        }
        ExemptCommand::End { who: Who { place, whom, from, why, by } } => {
            decide(&place, &Decided::End { whom, from: from.into(), by, why }, output)
        }
    }
}

/// Records it at once where no program has the store open; else leaves it for that one.
fn decide(place: &Place, decided: &Decided, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&place.config)?;
    let Some(installation) = left::open_or_leave(config, (EXEMPTING, ""), decided)? else {
        return output.line("The running program takes it in at its next turn; see `tldops exempt list`.");
    };
    if record(decided, &mut installation.bot()?)? {
        return output.line("Recorded; see `tldops exempt list`.");
    }
    Err(Failure::Usage("there is no such exemption; `tldops exempt list` has them all".to_owned()))
}

fn record(decided: &Decided, bot: &mut Bot<'_>) -> Result<bool, Failure> {
    match decided {
        Decided::Add(exemption) => {
            bot.exempt(exemption)?;
            Ok(true)
        }
        Decided::End { whom, from, by, why } => Ok(bot.end_exemption(whom, *from, (by, why))?),
    }
}

fn list(place: &Place, form: Form, now: Timestamp, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&place.config)?;
    let snapshot = open::snapshot(&config)?;
    let all = Records::new(&snapshot).exemptions()?;
    if form == Form::Json {
        let shown = |one: &Exemption| json!({ "exemption": one, "stands": one.stands(now) });
        return all.iter().try_for_each(|one| output.json(&shown(one)));
    }
    if all.is_empty() {
        return output.line("There is no exemption.");
    }
    for one in all {
        let expired = if one.stands(now) { "" } else { " (expired)" };
        let (since, end) = (one.since.strftime("%Y-%m-%d"), one.end_in_words());
        output.line(&format!("{} {}, {end}{expired}", one.whom, one.from.allows()))?;
        output.line(&format!("   since {since}, by {}: {}", one.by, one.why))?;
    }
    Ok(())
}

/// Takes in what was decided while the program ran. What was taken in before a stop changes nothing again.
pub(super) fn take_in_exemptions(store: &Path, bot: &mut Bot<'_>) -> Result<(), Failure> {
    left::take_in(&store.join(EXEMPTING), "", |_, decided: Decided| {
        let found = record(&decided, bot)?;
        tracing::info!(found, "a decision on an exemption was taken in");
        Ok(Outcome::TakenIn)
    })
}
