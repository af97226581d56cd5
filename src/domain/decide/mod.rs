//! The rules of a case: one function a state, one arm an event. Pure: time and chance come in with the moment.

mod applying;
mod asking;
mod closing;
mod received;
mod registry_changed;
mod secretariat;
mod writing;

pub use crate::domain::decide::registry_changed::{Changed, is_other};
pub use crate::domain::decide::writing::evidence;

use jiff::Timestamp;

use crate::domain::case::{Ask, Case, Stage, State};
use crate::domain::event::{Approved, Decision, Event, Moment};
use crate::domain::policy::{Policy, days_after};

/// What follows from an event: the next state and everything that is to be done.
pub fn decide(case: &Case, event: &Event, policy: &Policy, moment: &mut Moment) -> Decision {
    match &case.state {
        State::Received => received::received(case, event, policy, moment),
        State::NeedsInformation(ask) => asking::information(case, ask, event, policy, moment),
        State::AwaitingAdmin(ask) => asking::admin(case, ask, event, policy, moment),
        State::AwaitingContacts(asks) => asking::contacts(case, asks, event, policy, moment),
        State::AwaitingSecretariat(escalation) => {
            secretariat::secretariat(case, escalation, event, policy, moment)
        }
        State::Applying(applying) => applying::applying(case, applying, event, moment),
        State::Done(_) | State::Refused(_) | State::Expired(_) | State::Withdrawn(_) => {
            closing::closed(case, event)
        }
    }
}

/// The case after a decision.
#[must_use]
pub fn evolve(case: &Case, decision: &Decision) -> Case {
    let mut next = case.clone();
    next.state = decision.next.clone();
    next.consents.extend(decision.consent.clone());
    next.next_effect += u32::try_from(decision.effects.len()).unwrap_or(u32::MAX);
    if let Some(records) = &decision.asked_again {
        next.registry.clone_from(records);
        next.admin = records.first().and_then(|record| record.admin_email()).cloned();
        next.consents.clear();
    }
    next
}

/// The permission to change the list: there is one only while a case is being applied, after all have agreed.
pub fn approval(case: &Case) -> Option<Approved> {
    match &case.state {
        State::Applying(applying) if applying.stage == Stage::Changing => {
            let consented =
                case.admin.as_ref().is_some_and(|admin| case.consents.iter().any(|c| c.who == *admin));
            consented.then(|| Approved::new(case.id, case.changes.clone()))
        }
        State::Applying(_)
        | State::Received
        | State::NeedsInformation(_)
        | State::AwaitingAdmin(_)
        | State::AwaitingContacts(_)
        | State::AwaitingSecretariat(_)
        | State::Done(_)
        | State::Refused(_)
        | State::Expired(_)
        | State::Withdrawn(_) => None,
    }
}

/// The next moment at which time itself is an event for this case.
pub fn next_moment(case: &Case, policy: &Policy) -> Option<Timestamp> {
    match &case.state {
        State::NeedsInformation(ask) => Some(ask.until),
        State::AwaitingAdmin(ask) => Some(next_of(ask, policy)),
        State::AwaitingContacts(asks) => {
            asks.iter().filter(|ask| ask.agreed.is_none()).map(|ask| next_of(ask, policy)).min()
        }
        State::AwaitingSecretariat(escalation) => Some(secretariat::next_of(escalation, policy)),
        State::Received
        | State::Applying(_)
        | State::Done(_)
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
