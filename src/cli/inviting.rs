//! `invite`: ccTLDs that are no members are invited, after a plan and a yes; who declined, and what became of it.

use std::path::Path;

use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp};
use serde::{Deserialize, Serialize};

use crate::bot::Bot;
use crate::bot::records::Records;
use crate::cli::arguments::Place;
use crate::cli::comparing::{Form, agreed};
use crate::cli::importing;
use crate::cli::left::{self, Outcome};
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::config::Config;
use crate::domain::address::Ours;
use crate::domain::campaign::{Order, Tempo};
use crate::domain::invited::{Outreach, invited};
use crate::domain::regions::{NO_REGION, name_of};
use crate::domain::tld::Tld;
use crate::domain::tongue;
use crate::shell::clock::SystemClock;
use crate::world::Clock as _;
use crate::writing::invitations::{Listing, plan_lines};

/// The folder in the store's folder where decisions wait for a running program.
const INVITING: &str = "inviting";
/// Hours of a day.
const HOURS_A_DAY: i64 = 24;

/// What `invite` takes.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct InviteOptions {
    #[command(subcommand)]
    command: Option<InviteCommand>,
    #[command(flatten)]
    begin: BeginOptions,
}

/// Whom to invite, and how fast.
#[derive(Args, Debug)]
struct BeginOptions {
    #[command(flatten)]
    place: Place,
    /// These ccTLDs
    #[arg(value_name = "TLD")]
    tlds: Vec<Tld>,
    /// All ccTLDs that are no members
    #[arg(long, conflicts_with_all = ["tlds", "region"])]
    all: bool,
    /// All that are no members in this region, as in AF. May be repeated
    #[arg(long, value_name = "REGION", conflicts_with = "tlds")]
    region: Vec<String>,
    /// Invitations of a batch at the most; [policy] has the usual number
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    batch: Option<u16>,
    /// From one batch to the next, in hours or days, as in 12h or 1d
    #[arg(long, value_name = "TIME", value_parser = pause_hours)]
    pause: Option<u32>,
    /// Invitations in all at the most
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    cap: Option<u32>,
    /// Show the plan, and invite nobody
    #[arg(long, conflicts_with = "yes")]
    plan: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Who wants it, for the journal
    #[arg(long, default_value = "the secretariat, at the shell")]
    by: String,
}

/// What else can be done with invitations.
#[derive(Debug, Subcommand)]
enum InviteCommand {
    /// Show the campaigns, and how each ccTLD stands that was invited; those that declined with their words
    #[command(after_help = "Example:\n  tldops invite list")]
    List {
        #[command(flatten)]
        place: Place,
        /// Print one JSON object a ccTLD that was invited or declined
        #[arg(long)]
        json: bool,
    },
    /// End the campaign: nobody more is invited, and nobody is reminded of an invitation
    #[command(after_help = "What is answered later still counts.\n\nExample:\n  tldops invite stop")]
    Stop {
        #[command(flatten)]
        place: Place,
        /// Who wants it, for the journal
        #[arg(long, default_value = "the secretariat, at the shell")]
        by: String,
    },
    /// Remember that ccTLDs do not wish to join, as they said on the telephone or in a mail that was not understood
    #[command(after_help = "Example:\n  tldops invite decline .aa --why \"they have a team of their own\"")]
    Decline {
        #[command(flatten)]
        place: Place,
        /// The ccTLDs
        #[arg(required = true, value_name = "TLD")]
        tlds: Vec<Tld>,
        /// In which words
        #[arg(long)]
        why: String,
        /// Who learned it, for the journal
        #[arg(long, default_value = "the secretariat, at the shell")]
        by: String,
    },
    /// Take back that ccTLDs declined, or that their admin contact wrote STOP: they may be invited again
    #[command(after_help = "Example:\n  tldops invite forget .aa")]
    Forget {
        #[command(flatten)]
        place: Place,
        /// The ccTLDs
        #[arg(required = true, value_name = "TLD")]
        tlds: Vec<Tld>,
        /// Who wants it, for the journal
        #[arg(long, default_value = "the secretariat, at the shell")]
        by: String,
    },
}

/// What was decided, as it waits for the program.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Decided {
    Begin(Order),
    Stop { by: String },
    Decline { tlds: Vec<Tld>, by: String, why: String },
    Forget { tlds: Vec<Tld>, by: String },
}

pub(super) fn invite(options: InviteOptions, output: &mut Output) -> Result<(), Failure> {
    match options.command {
        None => begin(&options.begin, output),
        Some(InviteCommand::List { place, json }) => {
            list(&place, if json { Form::Json } else { Form::Lines }, output)
        }
        Some(InviteCommand::Stop { place, by }) => decide(&place, &Decided::Stop { by }, output),
        Some(InviteCommand::Decline { place, tlds, why, by }) => {
            if why.trim().is_empty() {
                return Err(Failure::Usage("say why, with --why: whoever asks later is told".to_owned()));
            }
            may_decline(&place, &tlds)?;
            decide(&place, &Decided::Decline { tlds, by, why }, output)
        }
        Some(InviteCommand::Forget { place, tlds, by }) => {
            decide(&place, &Decided::Forget { tlds, by }, output)
        }
    }
}

/// Shows the plan and, where it is wanted, begins a campaign; its mails leave with the next turns.
fn begin(options: &BeginOptions, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&options.place.config)?;
    let now = SystemClock.now();
    let snapshot = open::snapshot(&config)?;
    let records = Records::new(&snapshot);
    let (scope, tlds) = scope(options, &config, &records, now)?;
    let usual = &config.policy.invitations;
    let tempo = Tempo {
        batch: options.batch.unwrap_or(usual.batch),
        pause_hours: options.pause.unwrap_or(usual.pause_hours),
        cap: options.cap.unwrap_or(usual.campaign_max),
    };
    let mailboxes = open::mailboxes(&config);
    let ours = Ours { mailboxes: &mailboxes, secretariat: &config.secretariat };
    let plan = records.invitation_plan(&tlds, (ours, usual.again_days, now))?;
    let mut languages = Vec::new();
    for invitee in &plan.invite {
        let own = records.language_of(&invitee.to)?;
        languages.push(tongue::choose(own.as_deref(), &invitee.tlds).to_owned());
    }
    plan_lines(&plan, &languages, (tempo, usual.per_day_max))
        .iter()
        .try_for_each(|line| output.line(line))?;
    let wanted: Vec<Tld> = tlds
        .into_iter()
        .filter(|tld| !plan.left_out.iter().any(|(left, why)| left == tld && !why.passes()))
        .collect();
    if wanted.is_empty() {
        return output.line("There is nobody to invite.");
    }
    if options.plan {
        return Ok(());
    }
    if let Some(campaign) = records.campaign_under_way()? {
        let says = format!("{}; wait for its end, or end it with `tldops invite stop`", campaign.in_words());
        return Err(Failure::Usage(format!("a campaign is under way: {says}")));
    }
    output.flush()?;
    if !options.yes && !agreed(output)? {
        let says = "nobody was invited; --yes begins without asking, --plan shows the plan alone";
        return Err(Failure::NeedsPerson(says.to_owned()));
    }
    let name = format!("{}-{}", now.as_millisecond(), std::process::id());
    let order = Order { name, by: options.by.clone(), scope, tlds: wanted, tempo };
    decide(&options.place, &Decided::Begin(order), output)
}

/// Whom it is about, in words and by name.
fn scope(
    options: &BeginOptions,
    config: &Config,
    records: &Records<'_>,
    now: Timestamp,
) -> Result<(String, Vec<Tld>), Failure> {
    let today = now.to_zoned(TimeZone::UTC).date();
    if !options.tlds.is_empty() {
        all_known(&options.tlds, config, records)?;
        let shown: Vec<String> = options.tlds.iter().map(Tld::for_people).collect();
        return Ok((shown.join(" "), options.tlds.clone()));
    }
    if !options.all && options.region.is_empty() {
        let says = "say whom to invite: --all, --region AF, or ccTLDs as in .aa .bb";
        return Err(Failure::Usage(says.to_owned()));
    }
    let counted: Vec<(&Tld, &[String])> = config.regions.counted(today).collect();
    let mut wanted: Vec<&str> = Vec::new();
    for region in &options.region {
        let mut names = counted.iter().flat_map(|(_, regions)| regions.iter());
        let found = names
            .find(|name| name.eq_ignore_ascii_case(region) || name_of(name).eq_ignore_ascii_case(region));
        wanted.push(found.map(String::as_str).ok_or_else(|| no_region(region, &counted))?);
    }
    let roster = records.roster()?;
    let is_meant =
        |regions: &[String]| options.all || regions.iter().any(|one| wanted.contains(&one.as_str()));
    let missing = counted
        .iter()
        .filter(|(tld, regions)| is_meant(regions) && roster.contacts(tld).is_empty())
        .map(|(tld, _)| (*tld).clone());
    let scope = if options.all { "all that are missing".to_owned() } else { wanted.join(" ") };
    Ok((scope, missing.collect()))
}

/// Refuses what is no ccTLD: a slip of the finger would be waited for in vain.
fn all_known(tlds: &[Tld], config: &Config, records: &Records<'_>) -> Result<(), Failure> {
    let known = importing::known(config, records)?;
    let unknown: Vec<String> = tlds.iter().filter(|tld| !known.has(tld)).map(Tld::for_people).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Failure::Usage(format!("not known as a ccTLD: {}; write it as in .nl", unknown.join(", "))))
}

/// Whether ccTLDs can decline: those that are none, and members, cannot.
fn may_decline(place: &Place, tlds: &[Tld]) -> Result<(), Failure> {
    let config = open::config(&place.config)?;
    let snapshot = open::snapshot(&config)?;
    let records = Records::new(&snapshot);
    all_known(tlds, &config, &records)?;
    let roster = records.roster()?;
    match tlds.iter().find(|tld| !roster.contacts(tld).is_empty()) {
        Some(member) => Err(Failure::Usage(format!(
            "{} is a member; contacts who wish to leave are taken off by a request",
            member.for_people()
        ))),
        None => Ok(()),
    }
}

fn no_region(region: &str, counted: &[(&Tld, &[String])]) -> Failure {
    let mut names: Vec<&str> =
        counted.iter().flat_map(|(_, regions)| regions.iter().map(String::as_str)).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| *name != NO_REGION);
    Failure::Usage(format!("there is no region {region}; there are: {}", names.join(", ")))
}

/// Records it at once where no program has the store open; else leaves it for that one.
fn decide(place: &Place, decided: &Decided, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&place.config)?;
    let Some(installation) = left::open_or_leave(config, (INVITING, ""), decided)? else {
        return output.line("The running program takes it in at its next turn; see `tldops invite list`.");
    };
    match record(decided, &mut installation.bot()?)? {
        Some(says) => output.line(&says),
        None => Err(Failure::Usage(refusal(decided).to_owned())),
    }
}

/// Carries it out and says so; none where there was nothing to do.
fn record(decided: &Decided, bot: &mut Bot<'_>) -> Result<Option<String>, Failure> {
    Ok(match decided {
        Decided::Begin(order) => bot.begin_campaign(order.clone())?.map(|id| {
            format!("{id} begins: `tldops run` sends its mails, `tldops once` the batch that is due.")
        }),
        Decided::Stop { by } => match bot.stop_inviting(by)? {
            0 => None,
            _ => Some("Stopped: nobody more is invited or reminded.".to_owned()),
        },
        Decided::Decline { tlds, by, why } => {
            let mut new = false;
            for tld in tlds {
                new |= bot.decline(tld, (by, why))?;
            }
            new.then(|| "Remembered; see `tldops invite list`.".to_owned())
        }
        Decided::Forget { tlds, by } => {
            let mut found = false;
            for tld in tlds {
                found |= bot.forget_decline(tld, by)?;
            }
            found.then(|| "Forgotten: they may be invited again.".to_owned())
        }
    })
}

fn refusal(decided: &Decided) -> &'static str {
    match decided {
        Decided::Begin(_) => "a campaign is under way; wait for its end, or end it with `tldops invite stop`",
        Decided::Stop { .. } => "no campaign is under way, and no invitation waits for an answer",
        Decided::Decline { .. } => "it is remembered already; `tldops invite list` shows it",
        Decided::Forget { .. } => "none of these declined; `tldops invite list` shows who did",
    }
}

fn list(place: &Place, form: Form, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&place.config)?;
    let snapshot = open::snapshot(&config)?;
    let records = Records::new(&snapshot);
    let now = SystemClock.now();
    let (campaigns, declines, unwilling) =
        (records.campaigns()?, records.declines()?, records.all_unwilling()?);
    let all = invited(&records.invitations()?, (&declines, &unwilling), (&records.roster()?, now));
    if form == Form::Json {
        all.iter().try_for_each(|one| output.json(one))?;
        let uninvited = declines.iter().filter(|one| !all.iter().any(|invited| invited.tld == one.tld));
        return uninvited.into_iter().try_for_each(|one| output.json(one));
    }
    let outreach = Outreach::of(&all, &config.regions, now.to_zoned(TimeZone::UTC).date());
    let listing = Listing {
        campaigns: &campaigns,
        invited: &all,
        declines: &declines,
        unwilling: &unwilling,
        outreach: &outreach,
    };
    listing.lines().iter().try_for_each(|line| output.line(line))
}

/// Takes in what was decided while the program ran. What was taken in before a stop changes nothing again.
pub(super) fn take_in_inviting(store: &Path, bot: &mut Bot<'_>) -> Result<(), Failure> {
    left::take_in(&store.join(INVITING), "the decision ", |_, decided: Decided| {
        match record(&decided, bot)? {
            None if matches!(decided, Decided::Begin(_)) => {
                Ok(Outcome::Unusable(anyhow::anyhow!(refusal(&decided))))
            }
            done => {
                tracing::info!(done = done.is_some(), "a decision on invitations was taken in");
                Ok(Outcome::TakenIn)
            }
        }
    })
}

/// `12h` or `1d`, in whole hours.
fn pause_hours(text: &str) -> Result<u32, String> {
    let cure = "write hours or days, as in 12h or 1d";
    let span: Span = text.parse().map_err(|_| cure.to_owned())?;
    let time = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| cure.to_owned())?;
    let hours =
        u32::try_from(time.as_hours()).ok().filter(|hours| i64::from(*hours) * 3600 == time.as_secs());
    hours.filter(|hours| *hours > 0 && i64::from(*hours) <= HOURS_A_DAY * 365).ok_or_else(|| cure.to_owned())
}

#[cfg(test)]
mod tests {
    use super::pause_hours;

    #[test]
    fn a_pause_is_whole_hours_or_days() {
        assert_eq!(pause_hours("1d"), Ok(24));
        assert_eq!(pause_hours("12h"), Ok(12));
        for text in ["", "0h", "90m", "-1d", "1y", "400d", "soon"] {
            assert!(pause_hours(text).is_err(), "{text}");
        }
    }
}
