//! The rules of a case: one function a state, one arm an event. Pure: time and chance come in with the moment.

mod answering;
mod applying;
mod asking;
mod audience;
mod closing;
mod concerned;
mod contest;
mod ordering;
mod queueing;
mod received;
mod registry_changed;
mod repeating;
mod ruling;
mod secretariat;
mod silence;
mod writing;

#[cfg(test)]
mod tests_applying;
#[cfg(test)]
mod tests_asking;
#[cfg(test)]
mod tests_contest;
#[cfg(test)]
mod tests_ordering;

pub(in crate::domain) use crate::domain::decide::audience::requester_sees_roster;
pub use crate::domain::decide::registry_changed::Changed;
pub(in crate::domain) use crate::domain::decide::secretariat::ends_unruled;
pub use crate::domain::decide::writing::evidence;

use jiff::Timestamp;

use crate::domain::agreement::office_of;
use crate::domain::case::{Applying, Ask, Case, Consent, Handed, Stage, State, Step, open_asks};
use crate::domain::event::{Approved, Decision, Effect, Event, Moment, issue};
use crate::domain::objection::{permission, undoing};
use crate::domain::policy::{Policy, days_after};

/// What follows from an event: the next state and everything that is to be done.
pub fn decide(case: &Case, event: &Event, policy: &Policy, moment: &mut Moment) -> Decision {
    let decision = match &case.state {
        open if open.is_open() && matches!(event, Event::Repeated(_)) => {
            repeating::repeated(case, event, policy, moment)
        }
        State::Received => received::received(case, event, policy, moment),
        State::NeedsInformation(ask) => asking::information(case, ask, event, moment),
        State::AwaitingAdmin(ask) => asking::admin(case, ask, event, policy, moment),
        State::AwaitingContacts(asks) => asking::contacts(case, asks, event, policy, moment),
        State::AwaitingSecretariat(escalation) => {
            secretariat::secretariat(case, escalation, event, policy, moment)
        }
        State::Queued(queued) => queueing::queued(case, queued, event, policy, moment),
        State::Applying(applying) => applying::applying(case, applying, event, policy, moment),
        State::Contested(contest) => contest::contested(case, contest, event, policy, moment),
        State::Done(_) | State::Undone(_) | State::Refused(_) | State::Expired(_) | State::Withdrawn(_) => {
            closing::closed(case, event, policy, moment)
        }
    };
    secretariat::with_choices(case, decision, policy)
}

/// The case after a decision.
#[must_use]
pub fn evolve(case: &Case, decision: &Decision) -> Case {
    let mut next = decision.renewed.as_deref().unwrap_or(case).clone();
    next.state = decision.next.clone();
    next.behind = None;
    next.consents.extend(decision.consent.clone());
    next.objections.extend(decision.objection.clone());
    next.handed.extend(handed(decision.renewed.as_deref().unwrap_or(case), decision));
    next.next_effect =
        next.next_effect.saturating_add(u32::try_from(decision.effects.len()).unwrap_or(u32::MAX));
    if let State::Applying(Applying { stage: Stage::Ordered(order), .. }) = &case.state {
        next.ordered = order.plan.clone();
    }
    let goes_on = |ask: &&Ask| {
        open_asks(&next.state).iter().any(|open| open.step == ask.step && open.recipient == ask.recipient)
    };
    let left: Vec<Ask> = open_asks(&case.state).iter().filter(|ask| !goes_on(ask)).cloned().collect();
    next.earlier.extend(left);
    if let Some(records) = &decision.asked_again {
        next.registry.clone_from(records);
        next.admin = office_of(records, case.office);
        for one in next.required.iter_mut().filter(|one| one.step == Step::Admin) {
            one.who = next.admin.clone().unwrap_or_else(|| one.who.clone());
        }
        // A former admin contact's word is void, and so is all that rested on it: every token, every consent.
        next.consents.clear();
        next.earlier.iter_mut().for_each(|ask| ask.tokens.clear());
    }
    next
}

/// The tokens that go out with news: their mails ask nothing, so that no state keeps them.
fn handed(case: &Case, decision: &Decision) -> Vec<Handed> {
    let mut handed = Vec::new();
    for effect in &decision.effects {
        let Effect::Send(notice) = effect else { continue };
        let Some((token, step)) = &notice.token else { continue };
        let Some(who) = notice.to.first() else { continue };
        if matches!(step, Step::Objection | Step::Withdrawal) {
            let token = issue(token, who, &case.bound_to(*step), *step);
            handed.push(Handed { step: *step, who: who.clone(), token });
        }
    }
    handed
}

/// The permission to change the list: there is one only while a case is being applied, after each who must agree has. Two
/// things do not rest on what the case keeps of them: the admin contact whom IANA names for every one of its ccTLDs agrees,
/// unless a proven contact changes nothing but his own details; and every new contact does at his own address. To undo a
/// change it takes an objection and a ruling instead.
pub fn approval(case: &Case) -> Option<Approved> {
    if undoing(case).is_some() {
        return permission(case);
    }
    let changing = matches!(&case.state, State::Applying(applying) if applying.stage == Stage::Changing);
    let office = case.sole_admin().is_some_and(|admin| case.has_agreed(Step::Admin, admin));
    let himself = || case.is_his_own() && case.has_every_record() && case.consents.iter().any(is_own);
    let contacts = case.new_contacts().all(|contact| case.has_agreed(Step::Contact, &contact.email));
    let all = case.lacking().is_empty();
    (changing && (office || himself()) && contacts && all)
        .then(|| Approved::new(case.id, case.changes.clone()))
}

fn is_own(consent: &Consent) -> bool {
    consent.step == Step::Own
}

/// The next moment at which time itself is an event for this case.
pub fn next_moment(case: &Case, policy: &Policy) -> Option<Timestamp> {
    match &case.state {
        State::NeedsInformation(ask) => Some(ask.until),
        State::AwaitingAdmin(ask) => Some(next_of(ask, policy)),
        State::AwaitingContacts(asks) => {
            asks.iter().filter(|ask| ask.agreed.is_none()).map(|ask| next_of(ask, policy)).min()
        }
        State::AwaitingSecretariat(escalation) => Some(secretariat::next_of(case, escalation, policy)),
        State::Queued(queued) => Some(queued.until),
        State::Contested(contest) => Some(secretariat::next_of(case, &contest.escalation, policy)),
        State::Applying(Applying { stage: Stage::Ordered(order), .. }) => Some(next_of(&order.ask, policy)),
        State::Received
        | State::Applying(_)
        | State::Done(_)
        | State::Undone(_)
        | State::Refused(_)
        | State::Expired(_)
        | State::Withdrawn(_) => None,
    }
}

/// The next reminder of a question, or its end.
fn next_of(ask: &Ask, policy: &Policy) -> Timestamp {
    let reminder =
        policy.remind_days.get(usize::from(ask.reminders)).map(|days| days_after(ask.asked, *days));
    reminder.unwrap_or(ask.until).min(ask.until)
}

/// The number of the reminder that is due now: those that were missed while nothing ran count as sent.
fn reminders_due(ask: &Ask, policy: &Policy, now: Timestamp) -> u16 {
    let passed = policy.remind_days.iter().filter(|days| days_after(ask.asked, **days) <= now).count();
    u16::try_from(passed).unwrap_or(u16::MAX).max(ask.reminders.saturating_add(1))
}
