//! A case in the hands of the secretariat: brought there with everything on the table, and ruled on.

use jiff::Timestamp;

use crate::domain::case::{Case, Escalation, Refuser, Resume, State};
use crate::domain::decide::answering::to_earlier_question;
use crate::domain::decide::applying::before_applying;
use crate::domain::decide::asking::ask_contacts;
use crate::domain::decide::audience::{may_write_to_requester, requester_sees_roster};
use crate::domain::decide::closing::{expire, mail_failed, or_none, refuse, stay, withdraw};
use crate::domain::decide::received::{ask_admin, ask_requester};
use crate::domain::decide::registry_changed::registry_changed;
use crate::domain::decide::writing::{evidence, facts, is_proven};
use crate::domain::event::{Decision, Effect, Event, Moment, Ruling, RulingVerdict};
use crate::domain::notice::{Facts, Notice, NoticeKind, QUOTED_LINES_MAX};
use crate::domain::plan::Doubt;
use crate::domain::policy::{Policy, days_after};
use crate::domain::unclear::Unclear;

pub(super) fn secretariat(
    case: &Case,
    escalation: &Escalation,
    event: &Event,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    match event {
        Event::Ruled(ruling) => ruled(case, escalation, ruling, policy, moment),
        Event::TimePassed if moment.now >= days_after(escalation.since, policy.secretariat_days) => {
            expire(case, moment.now)
        }
        Event::TimePassed if moment.now >= next_of(escalation, policy) => {
            let reminders = reminders_due(escalation, policy, moment.now);
            let reminded = Escalation { reminders, ..escalation.clone() };
            let choices = choices(case, escalation.resume);
            let text = Facts { reminder: reminders, choices, ..facts(case) };
            let effect = tell_secretariat(case, &reminded.doubts, text);
            let next = State::AwaitingSecretariat(reminded);
            Decision::new(next, "secretariat_reminded", "The secretariat was reminded.").with([effect])
        }
        Event::Superseded(other) => withdraw(case, *other, moment.now),
        Event::Answered(answer) => to_earlier_question(case, escalation, answer, policy, moment),
        Event::MailFailed { recipient, reason, .. } => mail_failed(case, recipient, reason),
        Event::RegistryChanged { changed } => registry_changed(case, changed, moment),
        Event::RequestArrived
        | Event::RegistryRead { .. }
        | Event::ListChanged
        | Event::ListRefused(_)
        | Event::ListOrdered { .. }
        | Event::TimePassed => stay(case, "nothing_new", "Nothing changes."),
    }
}

fn ruled(
    case: &Case,
    escalation: &Escalation,
    ruling: &Ruling,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    let note = or_none(&ruling.note);
    if ruling.verdict == RulingVerdict::Reject {
        return refuse(case, Refuser::Secretariat, &note, moment.now);
    }
    if ruling.verdict == RulingVerdict::Ask {
        return ask(case, escalation, ruling, policy, moment);
    }
    let decision = match escalation.resume {
        Resume::AskAdmin => ask_admin(case, policy, moment),
        Resume::AskContacts => ask_contacts(case, policy, moment),
        Resume::Apply => before_applying(case, &escalation.doubts, moment),
        Resume::Nowhere => {
            let says = "There is nothing that could be approved; reject it, or ask for a new request.";
            return stay(case, "ruling_impossible", format!("{} approved: {note}. {says}", ruling.by));
        }
    };
    let says = format!("{} approved: {note}. {}", ruling.by, decision.says);
    Decision { event: "secretariat_approved", says, ..decision }
}

/// The requester is asked for what is missing, for what would settle the doubts, and what the ruling says.
fn ask(
    case: &Case,
    escalation: &Escalation,
    ruling: &Ruling,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    let impossible =
        |why: &str| stay(case, "ruling_impossible", format!("{} wants to ask: {why}", ruling.by));
    if !can_ask(case) {
        return impossible(
            "its sender cannot be asked, since it is not proven that he wrote it, or others have agreed.",
        );
    }
    let unclear = questions(case, &escalation.doubts);
    let note = ruling.note.trim();
    if case.reading.missing.is_empty() && unclear.is_empty() && note.is_empty() {
        return impossible(
            "the doubts say nothing that its sender could settle; say what to ask, with --note.",
        );
    }
    let decision = ask_requester(case, unclear, note, policy, moment);
    let note = if note.is_empty() { String::new() } else { format!(" {note}") };
    let says = format!("{} asks its sender.{note} {}", ruling.by, decision.says);
    Decision { event: "secretariat_asked", says, ..decision }
}

/// Whether the requester can be asked: we may write to him, and nobody has agreed to what would be asked about.
fn can_ask(case: &Case) -> bool {
    may_write_to_requester(case) && case.consents.is_empty()
}

/// The doubts that the sender can settle. Words of a mail that is not proven to be his are not repeated to him.
fn questions(case: &Case, doubts: &[Doubt]) -> Vec<Unclear> {
    let readings = doubts
        .iter()
        .filter_map(|doubt| if let Doubt::Reading(unclear) = doubt { Some(unclear.clone()) } else { None });
    let readings = readings.filter(|unclear| unclear.about.is_senders());
    readings.map(|unclear| if is_proven(case) { unclear } else { Unclear::of(unclear.about) }).collect()
}

/// When the secretariat is reminded next, or the case ends.
pub(super) fn next_of(escalation: &Escalation, policy: &Policy) -> Timestamp {
    let days = policy.secretariat_remind_days.saturating_mul(escalation.reminders.saturating_add(1));
    days_after(escalation.since, days.min(policy.secretariat_days))
}

/// The number of the reminder that is due now: those that were missed while nothing ran count as sent.
fn reminders_due(escalation: &Escalation, policy: &Policy, now: Timestamp) -> u16 {
    let every = policy.secretariat_remind_days.max(1);
    let due = |number: &u16| days_after(escalation.since, every.saturating_mul(*number)) <= now;
    let last = (1..=policy.secretariat_days / every).take_while(due).last();
    last.unwrap_or_default().max(escalation.reminders.saturating_add(1))
}

/// Hands a case over.
pub(super) fn escalate(case: &Case, doubts: Vec<Doubt>, resume: Resume, moment: &mut Moment) -> Decision {
    let words: Vec<String> = doubts.iter().map(Doubt::words).collect();
    let effect = tell_secretariat(case, &doubts, Facts { choices: choices(case, resume), ..facts(case) });
    let next = State::AwaitingSecretariat(Escalation { doubts, resume, since: moment.now, reminders: 0 });
    let says = format!("Handed to the secretariat: {}.", words.join("; "));
    Decision::new(next, "handed_to_secretariat", says).with([effect])
}

fn choices(case: &Case, resume: Resume) -> Vec<String> {
    let id = case.id;
    let shown = if requester_sees_roster(case) {
        "the reason, shown to all concerned"
    } else {
        "the reason, not shown to its sender, who is no contact"
    };
    let goes_on = match resume {
        Resume::AskAdmin => Some(format!("goes on: the {} is asked", case.office.short())),
        Resume::AskContacts => {
            Some("goes on: the new contacts who have not agreed are asked again".to_owned())
        }
        Resume::Apply => Some("all have agreed: the change is applied".to_owned()),
        Resume::Nowhere => None,
    };
    let approve = goes_on.map(|goes_on| format!("tldops approve {id}   ({goes_on})"));
    let settled = if case.reading.doubts.is_empty() { "" } else { " what would settle the doubts" };
    let ask = format!("tldops ask {id} --note \"your question\"   (its sender is asked by mail{settled})");
    let reject = format!("tldops reject {id} --note \"{shown}\"");
    approve.into_iter().chain(can_ask(case).then_some(ask)).chain([reject]).collect()
}

/// The mail to the secretariat: the case, the doubt, the mail as it was read, the proof, IANA's record, the choices.
pub(super) fn tell_secretariat(case: &Case, doubts: &[Doubt], text: Facts) -> Effect {
    let quoted = case.reading.own_text.lines().take(QUOTED_LINES_MAX).map(str::to_owned).collect();
    let points = doubts.iter().map(Doubt::told).collect();
    let facts = Facts { points, evidence: evidence(case), quoted, ..text };
    Effect::Send(Box::new(Notice {
        kind: NoticeKind::Escalation,
        to: Vec::new(),
        name: None,
        token: None,
        thread: case.requester.thread.clone(),
        language: None,
        facts,
    }))
}
