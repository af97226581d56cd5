//! `exempt`: whom a rule on contacts does not hold up, from the shell.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::bot::Bot;
use crate::bot::records::Records;
use crate::cli::arguments::Place;
use crate::cli::comparing::Form;
use crate::cli::open::{self, Installation};
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
}

impl From<RuleName> for Rule {
    fn from(name: RuleName) -> Self {
        match name {
            RuleName::Role => Self::Role,
            RuleName::FreeMail => Self::FreeMail,
            RuleName::NoPhone => Self::NoPhone,
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
    let store = config.store.clone();
    let Some(installation) = Installation::open_alone(config)? else {
        leave(&store, decided)?;
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

/// Leaves it where the running program finds it: whole or not at all.
fn leave(store: &Path, decided: &Decided) -> Result<(), Failure> {
    let folder = store.join(EXEMPTING);
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let name = format!("{}-{}", SystemClock.now().as_millisecond(), std::process::id());
    let unfinished = folder.join(format!("{name}.tmp"));
    let text = serde_json::to_string(decided)?;
    fs::write(&unfinished, text).with_context(|| format!("writing {}", unfinished.display()))?;
    let finished = folder.join(format!("{name}.json"));
    fs::rename(&unfinished, &finished).with_context(|| format!("writing {}", finished.display()))?;
    Ok(())
}

/// Takes in what was decided while the program ran, in its order. What was taken in before a stop changes nothing again;
/// what cannot be used is put aside, with the reason in the log.
pub(super) fn take_in_exemptions(store: &Path, bot: &mut Bot<'_>) -> Result<(), Failure> {
    let Ok(entries) = fs::read_dir(store.join(EXEMPTING)) else { return Ok(()) };
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    for path in paths {
        let read = fs::read_to_string(&path).map_err(anyhow::Error::from);
        let put_aside = match read.and_then(|text| Ok(serde_json::from_str::<Decided>(&text)?)) {
            Ok(decided) => {
                let found = record(&decided, bot)?;
                tracing::info!(found, "a decision on an exemption was taken in");
                fs::remove_file(&path)
            }
            Err(error) => {
                tracing::error!("{} cannot be used and is put aside: {error:#}", path.display());
                fs::rename(&path, path.with_extension("unusable"))
            }
        };
        if let Err(error) = put_aside {
            tracing::error!(
                "{} cannot be put aside: {error}; mend the rights of that folder",
                path.display()
            );
        }
    }
    Ok(())
}
