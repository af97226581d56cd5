//! Waiting for somebody's answer: the requester's, the admin contact's, the new contacts'.

use crate::domain::address::Address;
use crate::domain::case::{Ask, Case, Consent, Escalation, Refuser, Resume, State, Step};
use crate::domain::contact::{Contact, PersonName};
use crate::domain::decide::applying::before_applying;
use crate::domain::decide::closing::{expire, refuse, ruled_to_reject, stay, withdraw};
use crate::domain::decide::next_of;
use crate::domain::decide::registry_changed::registry_changed;
use crate::domain::decide::secretariat::{escalate, tell_secretariat};
use crate::domain::decide::writing::{ask_plainly, confirm, facts};
use crate::domain::event::{Answer, Decision, Event, Moment, RulingVerdict, Word, issue};
use crate::domain::notice::Facts;
use crate::domain::plan::Doubt;
use crate::domain::policy::{Policy, days_after};
use crate::domain::token::Token;

/// Answers without a plain yes or no after which a person is told.
const UNCLEAR_MAX: u16 = 2;

/// A new question with its first token.
pub(super) fn ask(
    case: &Case,
    recipient: Address,
    name: Option<PersonName>,
    step: Step,
    policy: &Policy,
    moment: &mut Moment,
) -> (Ask, Token) {
    let token = moment.token();
    let days = if step == Step::Information { policy.information_days } else { policy.confirm_days };
    let tokens = vec![issue(&token, &recipient, &case.request_digest(), step)];
    let until = days_after(moment.now, days);
    let ask =
        Ask { recipient, name, tokens, asked: moment.now, until, reminders: 0, unclear: 0, agreed: None };
    (ask, token)
}

pub(super) fn information(
    case: &Case,
    ask: &Ask,
    event: &Event,
    _policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    match event {
        Event::TimePassed if moment.now >= ask.until => expire(case, moment.now),
        Event::Superseded(other) => withdraw(case, *other, &[], moment.now),
        Event::Ruled(ruling) => ruled_to_reject(case, ruling, &[], moment.now),
        Event::MailFailed { recipient, permanent: true, reason } => {
            unreachable(case, recipient, reason, moment)
        }
        Event::Answered(answer) if answer.word == Word::No => {
            refuse(case, Refuser::Rules, "its sender took it back", &[], moment.now)
        }
        Event::Answered(_) => stay(case, "answer_ignored", "An answer without the missing details came in."),
        Event::RegistryChanged { changed } => registry_changed(case, changed, moment),
        Event::RequestArrived
        | Event::RegistryRead { .. }
        | Event::ListChanged
        | Event::ListRefused(_)
        | Event::MailFailed { .. }
        | Event::TimePassed => stay(case, "nothing_new", "Nothing changes."),
    }
}

pub(super) fn admin(case: &Case, ask: &Ask, event: &Event, policy: &Policy, moment: &mut Moment) -> Decision {
    match event {
        Event::Answered(answer) => admin_answered(case, ask, answer, policy, moment),
        Event::TimePassed if moment.now >= ask.until => expire(case, moment.now),
        Event::TimePassed if moment.now >= next_of(ask, policy) => {
            let (ask, effect) = remind(case, ask, Step::Admin, moment);
            let says = format!("{} was reminded.", ask.recipient);
            let next = State::AwaitingAdmin(ask);
            Decision {
                next,
                effects: vec![effect],
                consent: None,
                asked_again: None,
                event: "admin_reminded",
                says,
            }
        }
        Event::MailFailed { recipient, permanent: true, reason } => {
            unreachable(case, recipient, reason, moment)
        }
        Event::Ruled(ruling) => ruled_to_reject(case, ruling, &[], moment.now),
        Event::Superseded(other) => withdraw(case, *other, std::slice::from_ref(ask), moment.now),
        Event::RegistryChanged { changed } => registry_changed(case, changed, moment),
        Event::RequestArrived
        | Event::RegistryRead { .. }
        | Event::ListChanged
        | Event::ListRefused(_)
        | Event::MailFailed { .. }
        | Event::TimePassed => stay(case, "nothing_new", "Nothing changes."),
    }
}

fn admin_answered(case: &Case, ask: &Ask, answer: &Answer, policy: &Policy, moment: &mut Moment) -> Decision {
    if moment.now >= ask.until {
        return expire(case, moment.now);
    }
    if answer.step != Step::Admin || answer.asked != ask.recipient {
        return stay(case, "answer_ignored", "An answer to another question came in.");
    }
    match answer.word {
        Word::Yes if answer.from == ask.recipient => {
            let consent = consent(answer, moment);
            let says = format!(
                "{}, the IANA admin contact, confirmed. Proof of this mail: {}.",
                answer.from, answer.proof
            );
            let mut decision = ask_contacts(case, policy, moment);
            decision.consent = Some(consent);
            decision.event = "admin_confirmed";
            decision.says = format!("{says} {}", decision.says);
            decision
        }
        Word::No if answer.from == ask.recipient => {
            let reason = "the IANA admin contact said no";
            refuse(case, Refuser::Admin(answer.from.clone()), reason, &[], moment.now)
        }
        Word::Yes | Word::No | Word::Unclear => {
            let (ask, decision) = not_plain(case, ask, answer, Step::Admin, moment);
            Decision { next: State::AwaitingAdmin(ask), ..decision }
        }
    }
}

/// Asks each new contact, once an address, or goes on to applying where there is none.
fn ask_contacts(case: &Case, policy: &Policy, moment: &mut Moment) -> Decision {
    let mut asks: Vec<Ask> = Vec::new();
    let mut effects = Vec::new();
    for contact in new_contacts(case) {
        if asks.iter().any(|ask| ask.recipient == contact.email) {
            continue;
        }
        let (question, token) =
            ask(case, contact.email.clone(), Some(contact.name.clone()), Step::Contact, policy, moment);
        effects.push(confirm(case, &question, token, Step::Contact));
        asks.push(question);
    }
    if asks.is_empty() {
        return before_applying(case, &[], moment);
    }
    let names: Vec<String> = asks.iter().map(|ask| ask.recipient.to_string()).collect();
    Decision {
        next: State::AwaitingContacts(asks),
        effects,
        consent: None,
        asked_again: None,
        event: "contacts_asked",
        says: format!("Asked to confirm their details: {}.", names.join(", ")),
    }
}

/// The contacts whose address is new to a ccTLD: each proves that he reads it and wants to be listed.
fn new_contacts(case: &Case) -> Vec<&Contact> {
    case.changes.iter().flat_map(|change| change.added()).collect()
}

pub(super) fn contacts(
    case: &Case,
    asks: &[Ask],
    event: &Event,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    let open = || asks.iter().filter(|ask| ask.agreed.is_none());
    match event {
        Event::Answered(answer) => contact_answered(case, asks, answer, moment),
        Event::TimePassed if open().any(|ask| moment.now >= ask.until) => expire(case, moment.now),
        Event::TimePassed if open().any(|ask| moment.now >= next_of(ask, policy)) => {
            let (mut next, mut effects, mut names) = (Vec::new(), Vec::new(), Vec::new());
            for ask in asks {
                if ask.agreed.is_some() || moment.now < next_of(ask, policy) {
                    next.push(ask.clone());
                    continue;
                }
                let (ask, effect) = remind(case, ask, Step::Contact, moment);
                names.push(ask.recipient.to_string());
                effects.push(effect);
                next.push(ask);
            }
            let says = format!("Reminded: {}.", names.join(", "));
            let next = State::AwaitingContacts(next);
            Decision { next, effects, consent: None, asked_again: None, event: "contacts_reminded", says }
        }
        Event::MailFailed { recipient, permanent: true, reason } => {
            unreachable(case, recipient, reason, moment)
        }
        Event::Ruled(ruling) => ruled_to_reject(case, ruling, asks, moment.now),
        Event::Superseded(other) => withdraw(case, *other, asks, moment.now),
        Event::RegistryChanged { changed } => registry_changed(case, changed, moment),
        Event::RequestArrived
        | Event::RegistryRead { .. }
        | Event::ListChanged
        | Event::ListRefused(_)
        | Event::MailFailed { .. }
        | Event::TimePassed => stay(case, "nothing_new", "Nothing changes."),
    }
}

fn contact_answered(case: &Case, asks: &[Ask], answer: &Answer, moment: &mut Moment) -> Decision {
    let Some(place) =
        asks.iter().position(|ask| answer.step == Step::Contact && ask.recipient == answer.asked)
    else {
        return stay(case, "answer_ignored", "An answer to an earlier question came in.");
    };
    let Some(ask) = asks.get(place) else {
        return stay(case, "answer_ignored", "An answer to no question came in.");
    };
    if moment.now >= ask.until {
        return expire(case, moment.now);
    }
    let with = |changed: Ask| {
        let replace =
            |(index, old): (usize, &Ask)| if index == place { changed.clone() } else { old.clone() };
        asks.iter().enumerate().map(replace).collect::<Vec<_>>()
    };
    match answer.word {
        Word::Yes if answer.from == ask.recipient => {
            let consent = consent(answer, moment);
            let asks = with(Ask { agreed: Some(consent.clone()), ..ask.clone() });
            let says = format!("{} confirmed. Proof of this mail: {}.", answer.from, answer.proof);
            let mut decision = if asks.iter().all(|ask| ask.agreed.is_some()) {
                before_applying(case, &[], moment)
            } else {
                stay(case, "contact_confirmed", "Others have not answered yet.")
            };
            if let State::AwaitingContacts(_) = decision.next {
                decision.next = State::AwaitingContacts(asks);
            }
            Decision {
                consent: Some(consent),
                event: "contact_confirmed",
                says: format!("{says} {}", decision.says),
                ..decision
            }
        }
        Word::No if answer.from == ask.recipient => {
            let reason = format!("{} does not wish to be a contact", answer.from);
            refuse(case, Refuser::Contact(answer.from.clone()), &reason, asks, moment.now)
        }
        Word::Yes | Word::No | Word::Unclear => {
            let (ask, decision) = not_plain(case, ask, answer, Step::Contact, moment);
            Decision { next: State::AwaitingContacts(with(ask)), ..decision }
        }
    }
}

fn consent(answer: &Answer, moment: &Moment) -> Consent {
    Consent { who: answer.from.clone(), at: moment.now, mail: answer.mail, proof: answer.proof.clone() }
}

/// An answer that is neither yes nor no, or comes from another address. It never ends a question: we ask once more,
/// more plainly, at the address that was asked; then a person is told, once.
fn not_plain(case: &Case, ask: &Ask, answer: &Answer, step: Step, moment: &mut Moment) -> (Ask, Decision) {
    let mut next = Ask { unclear: ask.unclear.saturating_add(1), ..ask.clone() };
    let other = answer.from != ask.recipient;
    let doubt = if other {
        Doubt::AnsweredByOther(answer.from.clone())
    } else {
        Doubt::AnswerUnclear(answer.from.clone())
    };
    let says =
        if other { doubt.words() } else { format!("{} answered without a plain yes or no", answer.from) };
    let mut effects = Vec::new();
    if next.unclear < UNCLEAR_MAX {
        let token = moment.token();
        next.tokens.push(issue(&token, &ask.recipient, &case.request_digest(), step));
        effects.push(ask_plainly(case, &next, token, step, answer));
    } else if next.unclear == UNCLEAR_MAX {
        effects.push(tell_secretariat(case, std::slice::from_ref(&doubt), facts(case)));
    }
    let event = if other { "answered_by_other" } else { "answer_unclear" };
    let decision = Decision {
        next: case.state.clone(),
        effects,
        consent: None,
        asked_again: None,
        event,
        says: format!("{says}; the question stays open."),
    };
    (next, decision)
}

/// The same question again, with a new token; the earlier ones stay good.
fn remind(case: &Case, ask: &Ask, step: Step, moment: &mut Moment) -> (Ask, crate::domain::event::Effect) {
    let token = moment.token();
    let mut next = Ask { reminders: ask.reminders.saturating_add(1), ..ask.clone() };
    next.tokens.push(issue(&token, &ask.recipient, &case.request_digest(), step));
    let effect = confirm(case, &next, token, step);
    (next, effect)
}

/// A question that cannot be delivered is a person's work.
fn unreachable(case: &Case, recipient: &Address, reason: &str, moment: &mut Moment) -> Decision {
    let doubt = Doubt::Undeliverable { recipient: recipient.clone(), reason: reason.to_owned() };
    escalate(case, vec![doubt], Resume::AskAdmin, moment)
}

/// The secretariat approved a case that had not been put to the admin contact.
pub(super) fn resume_asking(
    case: &Case,
    escalation: &Escalation,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    match escalation.resume {
        Resume::AskAdmin => crate::domain::decide::received::ask_admin(case, policy, moment),
        Resume::Apply => before_applying(case, &escalation.doubts, moment),
        Resume::Nowhere => stay(
            case,
            "ruling_impossible",
            "There is nothing that could be approved; reject it, or ask for a new request.",
        ),
    }
}

/// Whether a ruling is one that closes the case.
pub(super) fn rejects(verdict: RulingVerdict) -> bool {
    verdict == RulingVerdict::Reject
}

/// Facts with the end of a question.
pub(super) fn facts_until(case: &Case, ask: &Ask) -> Facts {
    Facts { until: Some(ask.until), reminder: ask.reminders, ..facts(case) }
}
