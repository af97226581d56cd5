//! `roster diff` and `roster apply`: what the list lacks of the roster, shown as a plan, and carried out if that is wanted.

use std::io::{self, IsTerminal as _};

use crate::bot::records::Records;
use crate::cli::arguments::{ApplyOptions, Place};
use crate::cli::open::{self, Installation};
use crate::cli::output::{Failure, Output};
use crate::config::{Config, ListConfig};
use crate::domain::contact::Roster;
use crate::domain::list_plan::{Permitted, Plan, Scope};
use crate::domain::members::{Member, members_of};
use crate::world::List;

/// In which form a plan is printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// A line a step.
    Lines,
    /// A JSON object a step.
    Json,
}

/// Shows what differs, and changes nothing.
pub(super) fn diff(place: &Place, form: Form, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&place.config)?;
    let snapshot = open::snapshot(&config)?;
    let records = Records::new(&snapshot);
    if let Some(says) = nothing_to_compare(&config)? {
        return if form == Form::Json { Ok(()) } else { output.line(&says) };
    }
    let mut list = open::list(&config, &records)?;
    let (plan, _) = compare(&config, &records.roster()?, list.as_mut())?;
    show(&plan, form, output)?;
    if plan.is_empty() {
        return Ok(());
    }
    Err(Failure::NeedsPerson(format!(
        "the list differs from the roster: {}; `tldops roster apply` carries them out, and `also_members` in [list] names \
         members who are no contacts",
        counted(&plan)
    )))
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
    let (plan, wanted) = compare(config, &bot.records.roster()?, bot.world.list.as_mut())?;
    show(&plan, Form::Lines, output)?;
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
    let scope = scope(config);
    let applied = bot.apply_plan(&Permitted::by_operator(plan, wanted), &scope)?;
    match (applied.refused, applied.left.is_empty()) {
        (None, true) => output.line("Done; the list was read again and is as the roster."),
        (refused, _) => {
            let why = refused.map_or_else(String::new, |reason| format!(": {reason}"));
            show(&applied.left, Form::Lines, output)?;
            Err(Failure::NeedsPerson(format!("not all of it was done{why}; what is above is left")))
        }
    }
}

/// What is to be done so that the list has whom it should have, and whom that is.
fn compare(config: &Config, roster: &Roster, list: &mut dyn List) -> Result<(Plan, Vec<Member>), Failure> {
    let scope = scope(config);
    let Some(now) = list.members(&scope)? else {
        return Err(Failure::Usage("the list cannot be read".to_owned()));
    };
    let wanted = members_of(roster, config.list_policy.secondary);
    Ok((Plan::new(&now, &wanted, &scope), wanted))
}

/// Everybody but the members who are no contacts.
fn scope(config: &Config) -> Scope {
    Scope::AllBut(config.list_policy.also_members.clone())
}

/// Some lists cannot differ, some cannot be read.
fn nothing_to_compare(config: &Config) -> Result<Option<String>, Failure> {
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

fn show(plan: &Plan, form: Form, output: &mut Output) -> Result<(), Failure> {
    if plan.is_empty() && form == Form::Lines {
        return output.line("The list is as the roster.");
    }
    for step in plan.steps() {
        match form {
            Form::Lines => output.line(&step.to_string())?,
            Form::Json => output.json(step)?,
        }
    }
    Ok(())
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
