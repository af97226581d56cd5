//! Waiting for somebody's answer: the requester's, the admin contact's, the new contacts'.

use jiff::Timestamp;

use crate::domain::address::Address;
use crate::domain::agreement::Required;
use crate::domain::case::{Ask, Case, State, Step, unanswered};
use crate::domain::contact::PersonName;
use crate::domain::decide::answering;
use crate::domain::decide::applying::before_applying;
use crate::domain::decide::closing::{expire, mail_failed, ruled_to_reject, stay, withdraw};
use crate::domain::decide::queueing::replaced;
use crate::domain::decide::received::ask_admin;
use crate::domain::decide::registry_changed::registry_changed;
use crate::domain::decide::secretariat::escalate;
use crate::domain::decide::silence::{call_wanted, resume_after};
use crate::domain::decide::writing::confirm;
use crate::domain::decide::{next_of, reminders_due};
use crate::domain::event::{Decision, Effect, Event, Moment, issue};
use crate::domain::plan::Doubt;
use crate::domain::policy::{Policy, days_after};
use crate::domain::token::Token;

/// Whom to ask for what.
pub(super) struct Question {
    pub(super) step: Step,
    pub(super) recipient: Address,
    pub(super) name: Option<PersonName>,
}

/// A new question with its first token.
pub(super) fn ask(case: &Case, question: Question, policy: &Policy, moment: &mut Moment) -> (Ask, Token) {
    let Question { step, recipient, name } = question;
    let token = moment.token();
    let days = if step == Step::Information { policy.information_days } else { policy.confirm_days };
    let tokens = vec![issue(&token, &recipient, &case.request_digest(), step)];
    let until = days_after(moment.now, days);
    let ask = Ask {
        step,
        recipient,
        name,
        tokens,
        asked: moment.now,
        until,
        reminders: 0,
        unclear: 0,
        agreed: None,
    };
    (ask, token)
}

pub(super) fn information(case: &Case, ask: &Ask, event: &Event, moment: &mut Moment) -> Decision {
    if let Event::Answered(answer) = event {
        return answering::to_information(case, ask, answer, moment);
    }
    meanwhile(case, event, moment)
}

pub(super) fn admin(case: &Case, ask: &Ask, event: &Event, policy: &Policy, moment: &mut Moment) -> Decision {
    if let Event::Answered(answer) = event {
        return answering::to_admin_question(case, ask, answer, policy, moment);
    }
    if *event == Event::TimePassed && !is_over(case, moment.now) && moment.now >= next_of(ask, policy) {
        let (ask, effect) = remind(case, ask, policy, moment);
        let says = format!("{} was reminded.", ask.recipient);
        return Decision::new(State::AwaitingAdmin(ask), "admin_reminded", says).with([effect]);
    }
    meanwhile(case, event, moment)
}

/// Asks who must agree first and has not: who decides on the ccTLDs, where he must, and then all others.
pub(super) fn ask_required(case: &Case, policy: &Policy, moment: &mut Moment) -> Decision {
    if case.office_is_settled() {
        ask_contacts(case, policy, moment)
    } else {
        ask_admin(case, policy, moment)
    }
}

/// Asks everybody else who must agree and has not, once an address and step, or goes on to applying where there is nobody.
/// An admin contact who is himself a new contact is asked as well: only that question says what being listed means.
pub(super) fn ask_contacts(case: &Case, policy: &Policy, moment: &mut Moment) -> Decision {
    let mut asks: Vec<Ask> = Vec::new();
    let mut effects = Vec::new();
    for Required { step, who: recipient, name } in case.lacking() {
        if step == Step::Admin || asks.iter().any(|ask| ask.recipient == recipient && ask.step == step) {
            continue;
        }
        let (question, token) = ask(case, Question { step, recipient, name }, policy, moment);
        effects.push(confirm(case, &question, token));
        asks.push(question);
    }
    if asks.is_empty() {
        return before_applying(case, &[], moment);
    }
    let names: Vec<String> = asks.iter().map(|ask| ask.recipient.to_string()).collect();
    let says = format!("Asked to confirm their details: {}.", names.join(", "));
    Decision::new(State::AwaitingContacts(asks), "contacts_asked", says).with(effects)
}

pub(super) fn contacts(
    case: &Case,
    asks: &[Ask],
    event: &Event,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    if let Event::Answered(answer) = event {
        return answering::to_contact_question(case, asks, answer, policy, moment);
    }
    let due = || unanswered(&case.state).any(|ask| moment.now >= next_of(ask, policy));
    if *event == Event::TimePassed && !is_over(case, moment.now) && due() {
        return remind_contacts(case, asks, policy, moment);
    }
    meanwhile(case, event, moment)
}

/// Whatever else happens while an answer is waited for, whoever was asked.
fn meanwhile(case: &Case, event: &Event, moment: &mut Moment) -> Decision {
    match event {
        Event::TimePassed
            if is_over(case, moment.now) && matches!(case.state, State::NeedsInformation(_)) =>
        {
            expire(case, moment.now)
        }
        Event::TimePassed if is_over(case, moment.now) => call_wanted(case, moment),
        Event::MailFailed { recipient, permanent: true, reason }
            if unanswered(&case.state).any(|ask| ask.recipient == *recipient) =>
        {
            unreachable(case, recipient, reason, moment)
        }
        Event::MailFailed { recipient, reason, .. } => mail_failed(case, recipient, reason),
        Event::Ruled(ruling) => ruled_to_reject(case, ruling, moment.now),
        Event::Superseded(other) => withdraw(case, *other, moment.now),
        Event::Replaced(other) => replaced(case, *other, moment.now),
        Event::RegistryChanged { changed } => registry_changed(case, changed, moment),
        Event::Answered(_)
        | Event::Repeated(_)
        | Event::Freed(_)
        | Event::RequestArrived
        | Event::RegistryRead { .. }
        | Event::ListChanged
        | Event::ListRefused(_)
        | Event::ListOrdered { .. }
        | Event::TimePassed => stay(case, "nothing_new", "Nothing changes."),
    }
}

fn is_over(case: &Case, now: Timestamp) -> bool {
    unanswered(&case.state).any(|ask| now >= ask.until)
}

fn remind_contacts(case: &Case, asks: &[Ask], policy: &Policy, moment: &mut Moment) -> Decision {
    let (mut next, mut effects, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for ask in asks {
        if ask.agreed.is_some() || moment.now < next_of(ask, policy) {
            next.push(ask.clone());
            continue;
        }
        let (ask, effect) = remind(case, ask, policy, moment);
        names.push(ask.recipient.to_string());
        effects.push(effect);
        next.push(ask);
    }
    let says = format!("Reminded: {}.", names.join(", "));
    Decision::new(State::AwaitingContacts(next), "contacts_reminded", says).with(effects)
}

/// The same question again, with a new token; the earlier ones stay good. Reminders that were missed while nothing ran
/// are one reminder.
fn remind(case: &Case, ask: &Ask, policy: &Policy, moment: &mut Moment) -> (Ask, Effect) {
    let token = moment.token();
    let mut next = Ask { reminders: reminders_due(ask, policy, moment.now), ..ask.clone() };
    next.tokens.push(issue(&token, &ask.recipient, &case.request_digest(), ask.step));
    let effect = confirm(case, &next, token);
    (next, effect)
}

/// A question that cannot be delivered is a person's work. Consents that were given stay good.
fn unreachable(case: &Case, recipient: &Address, reason: &str, moment: &mut Moment) -> Decision {
    let doubt = Doubt::Undeliverable { recipient: recipient.clone(), reason: reason.to_owned() };
    escalate(case, vec![doubt], resume_after(&case.state), moment)
}
