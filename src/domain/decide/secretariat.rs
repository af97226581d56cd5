//! A case in the hands of the secretariat: brought there with everything on the table, and ruled on.

use jiff::Timestamp;

use crate::domain::address::Address;
use crate::domain::admission::is_unproven;
use crate::domain::case::{Case, Escalation, Resume, State, Step, Thread};
use crate::domain::decide::answering::to_earlier_question;
use crate::domain::decide::applying::before_applying;
use crate::domain::decide::audience::requester_sees_roster;
use crate::domain::decide::closing::{expire, mail_failed, stay, withdraw};
use crate::domain::decide::contest;
use crate::domain::decide::queueing::replaced;
use crate::domain::decide::received::first_step;
use crate::domain::decide::registry_changed::registry_changed;
use crate::domain::decide::ruling::{can_ask, ruled};
use crate::domain::decide::silence::calls;
use crate::domain::decide::writing::{evidence, facts};
use crate::domain::event::{Decision, Effect, Event, Moment, issue_to_secretariat};
use crate::domain::notice::{Facts, Notice, NoticeKind, QUOTED_LINES_MAX};
use crate::domain::plan::Doubt;
use crate::domain::policy::{Policy, days_after};

pub(super) fn secretariat(
    case: &Case,
    escalation: &Escalation,
    event: &Event,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    match event {
        Event::Ruled(ruling) => ruled(case, escalation, ruling, policy, moment),
        Event::TimePassed if moment.now >= ends_unruled(case, escalation, policy) => expire(case, moment.now),
        Event::TimePassed if moment.now >= next_of(case, escalation, policy) => {
            remind(case, escalation, policy, moment)
        }
        Event::Superseded(other) => withdraw(case, *other, moment.now),
        Event::Replaced(other) => replaced(case, *other, moment.now),
        Event::Answered(answer) => to_earlier_question(case, escalation, answer, policy, moment),
        Event::MailFailed { recipient, reason, .. } => mail_failed(case, recipient, reason),
        Event::RegistryChanged { changed } => registry_changed(case, changed, moment),
        Event::Freed(renewed) => thawed(case, escalation, renewed, policy, moment),
        Event::RequestArrived
        | Event::Repeated(_)
        | Event::RegistryRead { .. }
        | Event::ListChanged
        | Event::ListRefused(_)
        | Event::ListOrdered { .. }
        | Event::TimePassed => stay(case, "nothing_new", "Nothing changes."),
    }
}

/// The entry that was frozen is ruled on, and nothing else held the request: it goes on by itself, as it would have from
/// the beginning, or with the change on which all had agreed. The last look at the entry is still to come.
fn thawed(
    case: &Case,
    escalation: &Escalation,
    renewed: &Case,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    let Some(by) = escalation.thawed_by() else {
        return stay(case, "nothing_new", "Nothing changes.");
    };
    let (decision, renewed) = match escalation.resume {
        Resume::Apply => (before_applying(case, &[], moment), None),
        Resume::AskAdmin | Resume::AskContacts | Resume::Undo | Resume::Nowhere => {
            (first_step(renewed, policy, moment), Some(Box::new(renewed.clone())))
        }
    };
    let says = format!(
        "The objection in {by} is ruled on, and nothing else held this request: it goes on by itself. {}",
        decision.says
    );
    // Where it comes back at once, that mail says why.
    let goes_on = !matches!(decision.next, State::AwaitingSecretariat(_));
    let text = Facts { reason: says.clone().into(), ..facts(case) };
    let thread = case.requester.thread.clone();
    let told = goes_on.then(|| Effect::Send(Box::new(to_secretariat(NoticeKind::Ruled, thread, text))));
    Decision { event: "thawed", says, renewed, ..decision }.with(told)
}

/// The secretariat is told once more of what waits for it.
pub(super) fn remind(case: &Case, escalation: &Escalation, policy: &Policy, moment: &mut Moment) -> Decision {
    let reminders = reminders_due(escalation, policy, moment.now);
    let reminded = Escalation { reminders, quiet_until: None, ..escalation.clone() };
    let text = Facts { reminder: reminders, ..facts(case) };
    // Whoever has taken it is reminded alone, where he is one whom a mail can reach.
    let to: Vec<Address> = escalation.taken.iter().filter_map(|by| by.parse().ok()).collect();
    let (next, notice) = with_token(case, reminded, brought(case, &escalation.doubts, text), moment);
    let effect = Effect::Send(Box::new(Notice { to, ..notice }));
    let next = case.state.held_with(next);
    Decision::new(next, "secretariat_reminded", "The secretariat was reminded.").with([effect])
}

/// A mail to the secretariat that can be answered by a ruling.
pub(super) fn with_token(
    case: &Case,
    mut escalation: Escalation,
    notice: Notice,
    moment: &mut Moment,
) -> (Escalation, Notice) {
    let token = moment.token();
    escalation.tokens.push(issue_to_secretariat(&token, &case.request_digest()));
    (escalation, Notice { token: Some((token, Step::Ruling)), ..notice })
}

/// When a case ends that nobody rules on. What nothing proves, and nobody has agreed to, anybody can cause: it is there
/// soon no more, unless somebody of the office deals with it.
pub(in crate::domain) fn ends_unruled(case: &Case, escalation: &Escalation, policy: &Policy) -> Timestamp {
    let weak = |doubt: &Doubt| matches!(doubt, Doubt::NoAnswer(_) | Doubt::Unproven(_));
    let attended = escalation.taken.is_some()
        || escalation.quiet_until.is_some()
        || !escalation.approvals.is_empty()
        || !case.consents.is_empty();
    let contested = matches!(case.state, State::Contested(_));
    let soon = !contested && is_unproven(case) && !attended && escalation.doubts.iter().any(weak);
    let days = if soon { policy.secretariat_unproven_days } else { policy.secretariat_days };
    days_after(escalation.since, days.min(policy.secretariat_days))
}

/// When the secretariat is reminded next, or the case ends.
pub(super) fn next_of(case: &Case, escalation: &Escalation, policy: &Policy) -> Timestamp {
    let days = policy.secretariat_remind_days.saturating_mul(escalation.reminders.saturating_add(1));
    let end = ends_unruled(case, escalation, policy);
    let next = days_after(escalation.since, days);
    escalation.quiet_until.map_or(next, |quiet| next.max(quiet)).min(end)
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
    let escalation = Escalation::new(doubts, resume, moment.now);
    let notice = brought(case, &escalation.doubts, facts(case));
    let (next, notice) = with_token(case, escalation, notice, moment);
    let says = format!("Handed to the secretariat: {}.", words.join("; "));
    Decision::new(State::AwaitingSecretariat(next), "handed_to_secretariat", says)
        .with([Effect::Send(Box::new(notice))])
}

/// Mails that can be answered by a ruling say what there is to choose from.
pub(super) fn with_choices(case: &Case, mut decision: Decision, policy: &Policy) -> Decision {
    let Some(escalation) = decision.next.escalation() else { return decision };
    let contested = matches!(decision.next, State::Contested(_));
    let choices =
        if contested { contest::choices(escalation, policy) } else { choices(case, escalation, policy) };
    for effect in &mut decision.effects {
        if let Effect::Send(notice) = effect
            && notice.token.as_ref().is_some_and(|(_, step)| *step == Step::Ruling)
        {
            notice.facts.choices.clone_from(&choices);
        }
    }
    decision
}

/// The words that rule, each with what it leads to; the secretariat answers with one of them.
fn choices(case: &Case, escalation: &Escalation, policy: &Policy) -> Vec<String> {
    let shown = if requester_sees_roster(case) {
        "the reason, shown to all concerned"
    } else {
        "the reason, not shown to its sender, who is no contact"
    };
    let goes_on = match escalation.resume {
        Resume::AskAdmin if is_silence(escalation) => {
            let who = if case.is_his_own() {
                case.requester.address.to_string()
            } else {
                format!("the {}", case.office.short())
            };
            Some(format!("after your call: {who} gets the mail again"))
        }
        Resume::AskAdmin if case.is_his_own() => {
            Some(format!("goes on: {} is asked, whose own details they are", case.requester.address))
        }
        Resume::AskAdmin => Some(format!("goes on: the {} is asked", case.office.short())),
        Resume::AskContacts if is_silence(escalation) => {
            Some("after your call: all who have not agreed get the mail again".to_owned())
        }
        Resume::AskContacts => Some("goes on: all who have not agreed are asked again".to_owned()),
        Resume::Apply => Some("all have agreed: the change is applied".to_owned()),
        Resume::Undo | Resume::Nowhere => None,
    };
    let two = escalation.needs_two(policy);
    let by = escalation.approvals.first().filter(|_| two);
    let two = match by {
        Some(by) => format!("; {by} approved, and a second person must"),
        None if two => "; two of the secretariat must approve".to_owned(),
        None => String::new(),
    };
    let approve = goes_on.map(|goes_on| format!("approve   ({goes_on}{two})"));
    let settled = if case.reading.doubts.is_empty() { "" } else { " what would settle the doubts" };
    let ask = format!("ask: your question   (its sender is asked by mail{settled})");
    approve
        .into_iter()
        .chain(can_ask(case).then_some(ask))
        .chain([format!("reject: {shown}")])
        .chain(common_choices(escalation, policy))
        .collect()
}

/// The rulings that are possible on whatever the secretariat has.
pub(super) fn common_choices(escalation: &Escalation, policy: &Policy) -> impl Iterator<Item = String> {
    let refer = "refer: your question   (the standing committee is asked what it thinks)".to_owned();
    let refer = (!policy.committee.is_empty()).then_some(refer);
    let taken = escalation.taken.as_ref().map_or_else(String::new, |by| format!("; now {by} does"));
    let take = format!("take   (you deal with it, and are reminded alone{taken})");
    let later = format!("later   (no reminder for {} days)", policy.secretariat_later_days);
    [take, later].into_iter().chain(refer)
}

/// Whether nothing but silence brought a case here.
fn is_silence(escalation: &Escalation) -> bool {
    escalation.doubts.iter().all(|doubt| matches!(doubt, Doubt::NoAnswer(_)))
}

/// A mail to the secretariat that waits for no ruling.
pub(super) fn tell_secretariat(case: &Case, doubts: &[Doubt], text: Facts) -> Effect {
    Effect::Send(Box::new(brought(case, doubts, text)))
}

/// The mail to the secretariat: the case, the doubt, the mail as it was read, the proof, IANA's record, the choices.
pub(super) fn brought(case: &Case, doubts: &[Doubt], text: Facts) -> Notice {
    let quoted = case.reading.own_text.lines().take(QUOTED_LINES_MAX).map(str::to_owned).collect();
    let points = doubts.iter().map(Doubt::told).collect();
    let facts = Facts { points, evidence: evidence(case), quoted, calls: calls(case, doubts), ..text };
    to_secretariat(NoticeKind::Escalation, case.requester.thread.clone(), facts)
}

/// A mail to all of the secretariat.
pub(super) fn to_secretariat(kind: NoticeKind, thread: Thread, facts: Facts) -> Notice {
    Notice { kind, to: Vec::new(), name: None, token: None, thread, language: None, facts }
}
