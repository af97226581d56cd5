//! A case in the hands of the secretariat: brought there with everything on the table, and ruled on.

use jiff::Timestamp;

use crate::domain::case::{Case, Escalation, Refuser, Resume, State};
use crate::domain::decide::asking::resume_asking;
use crate::domain::decide::closing::{expire, refuse, stay, withdraw};
use crate::domain::decide::registry_changed::registry_changed;
use crate::domain::decide::writing::{evidence, facts};
use crate::domain::event::{Decision, Effect, Event, Moment, RulingVerdict};
use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::domain::plan::Doubt;
use crate::domain::policy::{Policy, days_after};

/// Lines of the mail that an escalation shows at the most; the whole mail is kept and can be looked at.
const QUOTED_LINES_MAX: usize = 60;

pub(super) fn secretariat(
    case: &Case,
    escalation: &Escalation,
    event: &Event,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    match event {
        Event::Ruled(ruling) => match ruling.verdict {
            RulingVerdict::Approve => {
                let mut decision = resume_asking(case, escalation, policy, moment);
                decision.says =
                    format!("{} approved: {}. {}", ruling.by, or_none(&ruling.note), decision.says);
                if decision.event != "ruling_impossible" {
                    decision.event = "secretariat_approved";
                }
                decision
            }
            RulingVerdict::Reject => {
                refuse(case, Refuser::Secretariat, &or_none(&ruling.note), &[], moment.now)
            }
        },
        Event::TimePassed if moment.now >= days_after(escalation.since, policy.secretariat_days) => {
            expire(case, moment.now)
        }
        Event::TimePassed if moment.now >= next_of(escalation, policy) => {
            let reminded =
                Escalation { reminders: escalation.reminders.saturating_add(1), ..escalation.clone() };
            let text = Facts { reminder: reminded.reminders, ..facts(case) };
            Decision {
                effects: vec![tell_secretariat(case, &reminded.doubts, text)],
                next: State::AwaitingSecretariat(reminded),
                consent: None,
                asked_again: None,
                event: "secretariat_reminded",
                says: "The secretariat was reminded.".to_owned(),
            }
        }
        Event::Superseded(other) => withdraw(case, *other, &[], moment.now),
        Event::Answered(answer) => {
            let says = format!(
                "{} answered while the case waits for the secretariat; nothing follows.",
                answer.from
            );
            stay(case, "answer_ignored", &says)
        }
        Event::RegistryChanged { changed } => registry_changed(case, changed, moment),
        Event::RequestArrived
        | Event::RegistryRead { .. }
        | Event::ListChanged
        | Event::ListRefused(_)
        | Event::MailFailed { .. }
        | Event::TimePassed => stay(case, "nothing_new", "Nothing changes."),
    }
}

fn or_none(note: &str) -> String {
    if note.trim().is_empty() { "no reason was given".to_owned() } else { note.trim().to_owned() }
}

/// When the secretariat is reminded next, or the case ends.
pub(super) fn next_of(escalation: &Escalation, policy: &Policy) -> Timestamp {
    let days = policy.secretariat_remind_days.saturating_mul(escalation.reminders.saturating_add(1));
    days_after(escalation.since, days.min(policy.secretariat_days))
}

/// Hands a case over.
pub(super) fn escalate(case: &Case, doubts: Vec<Doubt>, resume: Resume, moment: &mut Moment) -> Decision {
    let words: Vec<String> = doubts.iter().map(Doubt::words).collect();
    let effect = tell_secretariat(case, &doubts, Facts { choices: choices(case, resume), ..facts(case) });
    Decision {
        next: State::AwaitingSecretariat(Escalation { doubts, resume, since: moment.now, reminders: 0 }),
        effects: vec![effect],
        consent: None,
        asked_again: None,
        event: "handed_to_secretariat",
        says: format!("Handed to the secretariat: {}.", words.join("; ")),
    }
}

fn choices(case: &Case, resume: Resume) -> Vec<String> {
    let id = case.id;
    let reject = format!("tldops reject {id} --note \"the reason, shown to all concerned\"");
    match resume {
        Resume::AskAdmin => {
            vec![format!("tldops approve {id}   (goes on: the IANA admin contact is asked)"), reject]
        }
        Resume::Apply => {
            vec![format!("tldops approve {id}   (all have agreed: the change is applied)"), reject]
        }
        Resume::Nowhere => vec![reject],
    }
}

/// The mail to the secretariat: the case, the doubt, the mail as it was read, the proof, IANA's record, the choices.
pub(super) fn tell_secretariat(case: &Case, doubts: &[Doubt], text: Facts) -> Effect {
    let quoted = case.reading.own_text.lines().take(QUOTED_LINES_MAX).map(str::to_owned).collect();
    let points = doubts.iter().map(Doubt::words).collect();
    let facts = Facts { points, evidence: evidence(case), quoted, ..text };
    Effect::Send(Box::new(Notice {
        kind: NoticeKind::Escalation,
        to: Vec::new(),
        name: None,
        token: None,
        thread: case.requester.thread.clone(),
        facts,
    }))
}
