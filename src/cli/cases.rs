//! `cases`, `show`, `approve`, `reject`: the requests and the secretariat's rulings from the shell.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::bot::Bot;
use crate::bot::records::{OutboxRow, Records, What};
use crate::cli::arguments::{CasesOptions, RulingOptions, ShowOptions};
use crate::cli::journal::in_words;
use crate::cli::left::{self, Outcome};
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::config::Config;
use crate::domain::case::{Case, CaseId};
use crate::domain::decide::next_moment;
use crate::domain::event::{Ruling, RulingVerdict};
use crate::domain::outlook::Outlook;
use crate::domain::plan::Doubt;
use crate::store::{Line, Snapshot};
use crate::writing::changes;
use crate::writing::layout::{list, minute, one_line};
use crate::writing::overview::{heading, standing};

/// The folder in the store's folder where rulings wait for a running program.
const RULINGS: &str = "rulings";

pub(super) fn cases(options: &CasesOptions, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&options.place.config)?;
    let snapshot = open::snapshot(&config)?;
    let cases = Records::new(&snapshot).cases()?;
    let shown: Vec<&Case> = cases.iter().filter(|case| !options.open || case.state.is_open()).collect();
    if options.json {
        return shown.iter().try_for_each(|case| output.json(&summary(case, &config)));
    }
    if shown.is_empty() {
        return output.line(if options.open { "No request is open." } else { "There is no request yet." });
    }
    for case in shown {
        output.line(&heading(case))?;
        if let Some(standing) = standing(case, &config.policy) {
            output.line(&format!("       {standing}"))?;
        }
    }
    Ok(())
}

fn summary(case: &Case, config: &Config) -> serde_json::Value {
    let outlook = Outlook::of(case, &config.policy);
    json!({
        "case": case.id,
        "opened": case.opened,
        "state": case.state.name(),
        "open": case.state.is_open(),
        "action": case.action,
        "tlds": case.tlds().collect::<Vec<_>>(),
        "requester": case.requester.address.lower(),
        "role": case.requester.role,
        "verdict": case.requester.proof.verdict,
        "doubts": doubts(case).iter().map(Doubt::words).collect::<Vec<_>>(),
        "next_moment": next_moment(case, &config.policy),
        "waits_for": outlook.as_ref().map(|outlook| &outlook.waits),
        "since": outlook.as_ref().map(|outlook| outlook.since),
        "reminders": outlook.as_ref().map(|outlook| outlook.reminders),
        "taken_by": outlook.as_ref().and_then(|outlook| outlook.taken.as_ref()),
        "until": outlook.as_ref().and_then(|outlook| outlook.until),
    })
}

fn doubts(case: &Case) -> &[Doubt] {
    case.state.escalation().map_or(&[], |escalation| &escalation.doubts)
}

pub(super) fn show(options: &ShowOptions, output: &mut Output) -> Result<(), Failure> {
    let config = open::config(&options.place.config)?;
    let snapshot = open::snapshot(&config)?;
    let case = find(&snapshot, options.case)?;
    let id = case.id.to_string();
    let story: Vec<&Line> =
        snapshot.lines().iter().filter(|line| line.entry.case.as_deref() == Some(&id)).collect();
    let mails = Records::new(&snapshot).ended(case.id)?;
    if options.json {
        let journal: Vec<_> =
            story.iter().map(|line| json!({ "seq": line.seq, "entry": line.entry })).collect();
        return output.json(&json!({ "summary": summary(&case, &config), "case": case, "effects": mails, "journal": journal }));
    }
    tell(&case, &mails, &story, output)
}

fn tell(case: &Case, effects: &[OutboxRow], story: &[&Line], output: &mut Output) -> Result<(), Failure> {
    output.title(&format!("{}: {} {}", case.id, case.action.word(), case.tlds_for_people()))?;
    let opened = minute(case.opened);
    output.line(&format!("State: {}. Opened {opened}.", case.state.name().replace('_', " ")))?;
    for doubt in doubts(case) {
        output.line(&format!("Doubt: {}.", doubt.words()))?;
    }
    output.line("\nThe change:")?;
    for change in &case.changes {
        for line in changes::lines_in_english(change) {
            output.line(&line)?;
        }
    }
    output.line("\nThe evidence:")?;
    for line in crate::domain::decide::evidence(case) {
        output.line(&format!("   {line}"))?;
    }
    for signature in &case.requester.proof.signatures {
        let bits = signature.key_bits.map_or_else(|| "no key".to_owned(), |bits| format!("{bits} bits"));
        let line = format!(
            "Signature d={} s={} {} ({bits}): {}; {}",
            signature.domain, signature.selector, signature.algorithm, signature.outcome, signature.alignment
        );
        output.line(&format!("   {line}"))?;
    }
    for answer in &case.requester.proof.dns {
        let at = answer.at.map(|at| format!(", {}", minute(at))).unwrap_or_default();
        output.line(&format!("   DNS{at}: {}: {}", answer.name, answer.answer))?;
    }
    output.line("\nThe mail, in its sender's own words:")?;
    for line in case.reading.own_text.lines() {
        output.line(&format!("   > {}", one_line(line, 200)))?;
    }
    output.line("\nMails sent:")?;
    for row in effects {
        if let What::Send { recipients, subject, copy, .. } = &row.what {
            let to = list(recipients);
            output.line(&format!("   {} to {to}: {subject} (copy {})", row.id, copy.short()))?;
        }
    }
    output.line("\nThe story:")?;
    story.iter().try_for_each(|line| output.line(&in_words(line)))
}

pub(super) fn reject(options: &RulingOptions, output: &mut Output) -> Result<(), Failure> {
    if options.note.trim().is_empty() {
        let text = "say why, with --note: all concerned are told the reason";
        return Err(Failure::Usage(text.to_owned()));
    }
    rule(options, RulingVerdict::Reject, output)
}

/// A ruling that waits for the program.
#[derive(Debug, Deserialize, Serialize)]
struct Waiting {
    case: CaseId,
    verdict: RulingVerdict,
    by: String,
    note: String,
}

/// Rules at once where no program has the store open; else leaves the ruling for it.
pub(super) fn rule(
    options: &RulingOptions,
    verdict: RulingVerdict,
    output: &mut Output,
) -> Result<(), Failure> {
    let config = open::config(&options.place.config)?;
    let snapshot = open::snapshot(&config)?;
    check(&snapshot, options.case)?;
    let waiting = Waiting { case: options.case, verdict, by: options.by.clone(), note: options.note.clone() };
    let prefix = format!("{}-", waiting.case);
    let Some(installation) = left::open_or_leave(config, (RULINGS, &prefix), &waiting)? else {
        return output.line(&format!(
            "The running program takes the ruling at its next turn; see `tldops show {}`.",
            options.case
        ));
    };
    let mut bot = installation.bot()?;
    let (case, moved) = bot.rule(waiting.case, ruling(&waiting))?;
    if !moved {
        let state = case.state.name();
        let text = format!(
            "the ruling changes nothing in the state {state}: `tldops show {}` tells what it waits for",
            case.id
        );
        return Err(Failure::NeedsPerson(text));
    }
    output.line(&format!("{} is now: {}.", case.id, case.state.name().replace('_', " ")))?;
    output.line("The mails that follow are sent by the next `tldops once`, or by the running program.")
}

/// A ruling is for an open case; that is said before anything else.
fn check(snapshot: &Snapshot, id: CaseId) -> Result<(), Failure> {
    let case = find(snapshot, id)?;
    if case.state.is_open() {
        return Ok(());
    }
    let state = case.state.name();
    Err(Failure::Usage(format!("{id} has ended ({state}); nothing can be ruled on. A new request is needed")))
}

fn find(snapshot: &Snapshot, id: CaseId) -> Result<Case, Failure> {
    let missing = || Failure::Usage(format!("there is no case {id}; `tldops cases` lists them"));
    Records::new(snapshot).case(id)?.ok_or_else(missing)
}

fn ruling(waiting: &Waiting) -> Ruling {
    Ruling { by: waiting.by.clone(), verdict: waiting.verdict, note: waiting.note.clone(), mail: None }
}

/// Takes in the rulings that were left.
pub(super) fn take_in_rulings(store: &Path, bot: &mut Bot<'_>) -> Result<(), Failure> {
    left::take_in(&store.join(RULINGS), "the ruling ", |name, waiting: Waiting| {
        if let Err(error) = bot.case(waiting.case) {
            return Ok(Outcome::Unusable(error));
        }
        let ruled = bot.rule_once(name, waiting.case, ruling(&waiting))?;
        tracing::info!(case = %waiting.case, moved = ruled.is_some_and(|(_, moved)| moved), "a ruling was taken in");
        Ok(Outcome::TakenIn)
    })
}
