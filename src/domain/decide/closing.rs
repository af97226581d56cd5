//! The ends of a case, and who hears of them.

use jiff::Timestamp;

use crate::domain::address::Address;
use crate::domain::case::{Ask, Case, CaseId, Refusal, Refuser, State};
use crate::domain::contact::Contact;
use crate::domain::decide::asking::rejects;
use crate::domain::decide::received::{plain, same_receiver};
use crate::domain::decide::secretariat::tell_secretariat;
use crate::domain::decide::writing::{facts, may_write_to_requester, to, too_late};
use crate::domain::event::{Decision, Effect, Event, Ruling};
use crate::domain::notice::{Facts, Notice, NoticeKind};

/// Nothing changes; the journal still tells what happened.
pub(super) fn stay(case: &Case, event: &'static str, says: &str) -> Decision {
    Decision {
        next: case.state.clone(),
        effects: Vec::new(),
        consent: None,
        asked_again: None,
        event,
        says: says.to_owned(),
    }
}

/// What happens to a case that has ended: only that an answer gets an answer.
pub(super) fn closed(case: &Case, event: &Event) -> Decision {
    match event {
        Event::Answered(answer) if answer.from == answer.asked => {
            let mut decision = stay(case, "answer_too_late", "An answer came in after the case had ended.");
            decision.effects.push(too_late(case, answer));
            decision
        }
        Event::Ruled(_) => stay(case, "ruling_too_late", "The case has ended; a new request is needed."),
        Event::Answered(_)
        | Event::RequestArrived
        | Event::RegistryRead { .. }
        | Event::RegistryChanged { .. }
        | Event::ListChanged
        | Event::ListRefused(_)
        | Event::MailFailed { .. }
        | Event::Superseded(_)
        | Event::TimePassed => stay(case, "nothing_new", "The case has ended."),
    }
}

/// The change is made: the admin contact, the requester and every contact that there was or is hears of it.
pub(super) fn applied(case: &Case, now: Timestamp) -> Decision {
    let mut notices: Vec<Notice> = Vec::new();
    for (address, because) in concerned(case) {
        add(&mut notices, to(case, NoticeKind::Applied, address, Facts { because, ..facts(case) }));
    }
    for change in &case.changes {
        for contact in &change.after {
            let because =
                format!("You are listed as a Security and Stability Contact of {}.", change.tld.for_people());
            let text = Facts { because, ..facts(case) };
            add(&mut notices, named(to(case, NoticeKind::Applied, contact.email.clone(), text), contact));
        }
    }
    for change in &case.changes {
        for contact in change.removed() {
            let stays =
                case.changes.iter().flat_map(|other| &other.after).any(|other| other.email == contact.email);
            let because = format!(
                "You were listed as a Security and Stability Contact of {}.",
                change.tld.for_people()
            );
            let kind = if stays { NoticeKind::Applied } else { NoticeKind::Farewell };
            add(
                &mut notices,
                named(to(case, kind, contact.email.clone(), Facts { because, ..facts(case) }), contact),
            );
        }
    }
    let effects = notices.into_iter().map(|notice| Effect::Send(Box::new(notice))).collect();
    let says = "The list was changed; all concerned are told.".to_owned();
    Decision { next: State::Done(now), effects, consent: None, asked_again: None, event: "applied", says }
}

fn named(notice: Notice, contact: &Contact) -> Notice {
    Notice { name: Some(contact.name.to_string()), ..notice }
}

/// Somebody said no: all who know of the request hear who, and why.
pub(super) fn refuse(case: &Case, by: Refuser, reason: &str, asks: &[Ask], now: Timestamp) -> Decision {
    let effects = tell_all(case, NoticeKind::Refused, reason, asks);
    let who = match &by {
        Refuser::Admin(address) => format!("{address}, the admin contact, said no"),
        Refuser::Contact(address) => format!("{address}, a new contact, said no"),
        Refuser::Secretariat => "The secretariat rejected it".to_owned(),
        Refuser::Rules => "It was closed by rule".to_owned(),
    };
    let next = State::Refused(Refusal { by, reason: reason.to_owned(), at: now });
    Decision {
        next,
        effects,
        consent: None,
        asked_again: None,
        event: "refused",
        says: format!("{who}: {reason}."),
    }
}

/// The rules have nothing to do: the requester hears why.
pub(super) fn close_by_rules(case: &Case, kind: NoticeKind, reason: &str, now: Timestamp) -> Decision {
    let next = State::Refused(Refusal { by: Refuser::Rules, reason: reason.to_owned(), at: now });
    let effects = plain(case, kind).into_iter().collect();
    let says = format!("Closed: {reason}.");
    Decision { next, effects, consent: None, asked_again: None, event: "nothing_to_change", says }
}

/// Nobody answered in time: those who know of it are told, and the secretariat, who may want to call.
pub(super) fn expire(case: &Case, now: Timestamp) -> Decision {
    let asks = match &case.state {
        State::AwaitingAdmin(ask) | State::NeedsInformation(ask) => std::slice::from_ref(ask),
        State::AwaitingContacts(asks) => asks.as_slice(),
        State::Received
        | State::AwaitingSecretariat(_)
        | State::Applying(_)
        | State::Done(_)
        | State::Refused(_)
        | State::Expired(_)
        | State::Withdrawn(_) => &[],
    };
    let silent: Vec<String> = asks
        .iter()
        .filter(|ask| ask.agreed.is_none())
        .map(|ask| format!("{} did not answer", ask.recipient))
        .collect();
    let reason = if silent.is_empty() { "nobody ruled on it in time".to_owned() } else { silent.join("; ") };
    let mut effects = tell_all(case, NoticeKind::Expired, &reason, asks);
    let text = Facts { reason: format!("The request has expired: {reason}."), ..facts(case) };
    effects.push(tell_secretariat(case, &[], text));
    let says = format!("The request expired: {reason}.");
    Decision { next: State::Expired(now), effects, consent: None, asked_again: None, event: "expired", says }
}

/// Another request takes its place: those who were asked need not answer any more.
pub(super) fn withdraw(case: &Case, other: CaseId, asks: &[Ask], now: Timestamp) -> Decision {
    let mut notices = Vec::new();
    for ask in asks {
        let reason = format!("a newer request, {other}, takes its place");
        let text =
            Facts { reason, because: "You were asked to confirm this request.".to_owned(), ..facts(case) };
        add(&mut notices, to(case, NoticeKind::Withdrawn, ask.recipient.clone(), text));
    }
    let effects = notices.into_iter().map(|notice| Effect::Send(Box::new(notice))).collect();
    let says = format!("Replaced by {other}.");
    Decision {
        next: State::Withdrawn(now),
        effects,
        consent: None,
        asked_again: None,
        event: "superseded",
        says,
    }
}

/// A ruling in a state where only a rejection is possible: nobody can confirm in the admin contact's place.
pub(super) fn ruled_to_reject(case: &Case, ruling: &Ruling, asks: &[Ask], now: Timestamp) -> Decision {
    if rejects(ruling.verdict) {
        return refuse(case, Refuser::Secretariat, &ruling.note, asks, now);
    }
    stay(case, "ruling_impossible", "It waits for an answer of those who were asked; only they can give it.")
}

fn tell_all(case: &Case, kind: NoticeKind, reason: &str, asks: &[Ask]) -> Vec<Effect> {
    let mut notices = Vec::new();
    let text = |because: String| Facts { reason: reason.to_owned(), because, ..facts(case) };
    for (address, because) in concerned(case) {
        add(&mut notices, to(case, kind, address, text(because)));
    }
    for ask in asks {
        let because = "You were asked to confirm this request.".to_owned();
        add(&mut notices, to(case, kind, ask.recipient.clone(), text(because)));
    }
    notices.into_iter().map(|notice| Effect::Send(Box::new(notice))).collect()
}

/// The admin contact, once he has been asked, and the requester, if his mail is proven to be his.
fn concerned(case: &Case) -> Vec<(Address, String)> {
    let asked = matches!(case.state, State::AwaitingAdmin(_)) || !case.consents.is_empty();
    let mut all = Vec::new();
    if let Some(admin) = case.admin.as_ref().filter(|_| asked) {
        let because = format!("You are the IANA admin contact of {}.", case.tlds_for_people());
        all.push((admin.clone(), because));
    }
    if may_write_to_requester(case) {
        all.push((case.requester.address.clone(), "You sent this request.".to_owned()));
    }
    all
}

fn add(notices: &mut Vec<Notice>, notice: Notice) {
    if !notices.iter().any(|other| same_receiver(other, &notice)) {
        notices.push(notice);
    }
}
