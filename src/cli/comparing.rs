//! `roster apply`: what the list lacks of the roster, shown as a plan, and carried out if that is wanted.

use std::io::{self, IsTerminal as _};

use clap::Args;

use crate::cli::arguments::Place;
use crate::cli::open::{self, Installation};
use crate::cli::output::{Failure, Output};
use crate::config::{Config, ListConfig};
use crate::domain::contact::Roster;
use crate::domain::list_plan::{Permitted, Plan, Scope};
use crate::domain::members::{Member, members_of};
use crate::shell::clock::SystemClock;
use crate::world::{Clock as _, List};

/// What `roster apply` takes.
#[derive(Args, Debug)]
pub(super) struct ApplyOptions {
    #[command(flatten)]
    pub(super) place: Place,
    /// Do not ask
    #[arg(long)]
    pub(super) yes: bool,
    /// How many members it may take off the list, this once; `removals_max` of [list] by default
    #[arg(long, value_name = "NUMBER")]
    pub(super) removals_max: Option<usize>,
}

/// In which form something is printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// Lines for people.
    Lines,
    /// A JSON object each.
    Json,
}

/// Shows what differs and, where the operator wants it, makes the list as the roster is.
pub(super) fn apply(options: &ApplyOptions, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&options.place.config)?;
    if let Some(says) = nothing_to_compare(&config)? {
        return output.line(&says);
    }
    let Some(installation) = Installation::open_alone(config)? else {
        let says = "the program is running, and could change the list at the same time; stop it, apply, and start it again";
        return Err(Failure::Usage(says.to_owned()));
    };
    let mut bot = installation.bot()?;
    let config = &installation.config;
    let scope = bot.records.list_scope(&config.list_policy, SystemClock.now())?;
    let (plan, wanted) = compare(config, &bot.records.roster()?, bot.world.list.as_mut(), &scope)?;
    show(&plan, output)?;
    if plan.is_empty() {
        return Ok(());
    }
    let most = options.removals_max.unwrap_or(config.list_policy.removals_max);
    if plan.removals() > most {
        return Err(Failure::NeedsPerson(format!(
            "nothing was done: it would take {} members off the list, and removals_max is {most}; where all of them are to \
             go, say so with --removals-max {}",
            plan.removals(),
            plan.removals()
        )));
    }
    output.flush()?;
    if !options.yes && !agreed(output)? {
        return Err(Failure::NeedsPerson(format!(
            "nothing was done: {}; --yes carries them out",
            counted(&plan)
        )));
    }
    let applied = bot.apply_plan(&Permitted::by_operator(plan, wanted), &scope)?;
    match (applied.refused, applied.left.is_empty()) {
        (None, true) => output.line("Done; the list was read again and is as the roster."),
        (refused, _) => {
            let why = refused.map_or_else(String::new, |reason| format!(": {reason}"));
            show(&applied.left, output)?;
            Err(Failure::NeedsPerson(format!("not all of it was done{why}; what is above is left")))
        }
    }
}

/// What is to be done so that the list has whom it should have, and whom that is.
fn compare(
    config: &Config,
    roster: &Roster,
    list: &mut dyn List,
    scope: &Scope,
) -> Result<(Plan, Vec<Member>), Failure> {
    let Some(now) = list.members(scope)? else {
        return Err(Failure::Usage("the list cannot be read".to_owned()));
    };
    let wanted = members_of(roster, config.list_policy.secondary);
    Ok((Plan::new(&now, &wanted, scope), wanted))
}

/// Some lists cannot differ, some cannot be read.
pub(super) fn nothing_to_compare(config: &Config) -> Result<Option<String>, Failure> {
    match &config.list {
        ListConfig::OwnRoster { .. } => {
            Ok(Some("The roster in the store is the list; they cannot differ.".to_owned()))
        }
        ListConfig::ByHand { administrator } => Err(Failure::Usage(format!(
            "the list is changed by hand and cannot be read from here; ask {administrator} for its members, and compare them \
             with `tldops roster list`"
        ))),
        ListConfig::Mailman(_) | ListConfig::Tools(_) => Ok(None),
    }
}

fn show(plan: &Plan, output: &mut Output) -> Result<(), Failure> {
    if plan.is_empty() {
        return output.line("The list is as the roster.");
    }
    plan.steps().iter().try_for_each(|step| output.line(&step.to_string()))
}

fn counted(plan: &Plan) -> String {
    let steps = plan.steps().len();
    let removals = match plan.removals() {
        0 => String::new(),
        1 => ", one of which takes a member off".to_owned(),
        several => format!(", {several} of which take members off"),
    };
    let steps = if steps == 1 { "one step".to_owned() } else { format!("{steps} steps") };
    format!("{steps}{removals}")
}

/// Asks at the terminal; without one nobody agrees.
pub(super) fn agreed(output: &mut Output) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    output.line("Carry this out? Type yes:")?;
    output.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
