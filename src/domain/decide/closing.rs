//! The ends of a case, and who hears of them.

use jiff::Timestamp;

use crate::domain::address::Address;
use crate::domain::because::{Because, Reason};
use crate::domain::case::{Case, CaseId, Refusal, Refuser, State, Step, open_asks};
use crate::domain::contact::Contact;
use crate::domain::decide::audience::{
    admin_was_asked, asked_others, facts_for_admin_of, facts_for_asked, facts_for_requester,
    may_write_to_requester, requester_sees_roster,
};
use crate::domain::decide::ordering;
use crate::domain::decide::secretariat::tell_secretariat;
use crate::domain::decide::writing::{facts, is_proven, to, to_requester, too_late};
use crate::domain::event::{Answer, Decision, Effect, Event, Ruling, RulingVerdict, Word};
use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::domain::plan::Doubt;
use crate::domain::registry::{IanaRecord, Office};

/// Nothing changes; the journal still tells what happened.
pub(super) fn stay(case: &Case, event: &'static str, says: impl Into<String>) -> Decision {
    Decision::new(case.state.clone(), event, says)
}

/// A mail that reached nobody, and that nothing waits for: the journal has it.
pub(super) fn mail_failed(case: &Case, recipient: &Address, reason: &str) -> Decision {
    stay(
        case,
        "mail_failed",
        format!("Our mail to {recipient} did not arrive: {reason}. Nothing waits for it."),
    )
}

/// What happens to a case that has ended: only that an answer gets an answer.
pub(super) fn closed(case: &Case, event: &Event) -> Decision {
    match event {
        Event::Answered(answer) if answer.step == Step::List => ordering::too_late(case, answer),
        Event::Answered(answer) if answer.from == answer.asked => {
            stay(case, "answer_too_late", "An answer came in after the case had ended.")
                .with([too_late(case, answer)])
        }
        Event::Ruled(_) => stay(case, "ruling_too_late", "The case has ended; a new request is needed."),
        Event::MailFailed { recipient, reason, .. } => mail_failed(case, recipient, reason),
        Event::Answered(_)
        | Event::RequestArrived
        | Event::RegistryRead { .. }
        | Event::RegistryChanged { .. }
        | Event::ListChanged
        | Event::ListRefused(_)
        | Event::ListOrdered { .. }
        | Event::Superseded(_)
        | Event::Replaced(_)
        | Event::Repeated(_)
        | Event::Freed(_)
        | Event::TimePassed => stay(case, "nothing_new", "The case has ended."),
    }
}

/// The change is made: the admin contact, the requester and every contact that there was or is hears of it.
pub(super) fn applied(case: &Case, now: Timestamp) -> Decision {
    let mut notices: Vec<Notice> = Vec::new();
    // Who was not asked, since a contact changed his own details, hears it as news.
    for admin in case.registry.iter().filter(|_| case.is_his_own()).filter_map(IanaRecord::admin_email) {
        let own = facts_for_admin_of(case, admin);
        let because = Because::OwnChanged(own.tlds.clone(), case.requester.address.clone());
        add(&mut notices, to(case, NoticeKind::Applied, admin.clone(), Facts { because, ..own }));
    }
    if let Some(admin) = &case.admin {
        let text = Facts { because: because_admin(case), ..facts(case) };
        add(&mut notices, to(case, NoticeKind::Applied, admin.clone(), text));
    }
    // Where another decided in his place the admin contact, who answers for the ccTLD, hears of it all the same.
    for record in case.registry.iter().filter(|_| case.office != Office::Admin) {
        let Some(admin) = record.admin_email() else { continue };
        let because = Because::TechnicalAgreed(record.tld.for_people());
        add(&mut notices, to(case, NoticeKind::Applied, admin.clone(), Facts { because, ..facts(case) }));
    }
    for change in &case.changes {
        for contact in &change.after {
            let because = Because::Listed;
            let text = Facts { because, ..facts(case) };
            add(&mut notices, named(to(case, NoticeKind::Applied, contact.email.clone(), text), contact));
        }
    }
    for change in &case.changes {
        for contact in change.removed() {
            if notices.iter().any(|notice| notice.to.contains(&contact.email)) {
                continue;
            }
            let text = Facts { because: because_leaving(change.after.as_slice(), contact), ..facts(case) };
            let notice = to(case, NoticeKind::Farewell, contact.email.clone(), text);
            let tlds = left_by(case, contact);
            notices.push(named(Notice { facts: Facts { tlds, ..notice.facts.clone() }, ..notice }, contact));
        }
    }
    let requester = &case.requester.address;
    if may_write_to_requester(case) && !notices.iter().any(|notice| notice.to.contains(requester)) {
        let text = Facts { because: Because::Sent, ..facts_for_requester(case) };
        notices.push(to(case, NoticeKind::Applied, requester.clone(), text));
    }
    Decision::new(State::Done(now), "applied", "The list was changed; all concerned are told.")
        .with(sent(notices))
}

/// The ccTLDs that this contact leaves, as they stand in a subject.
fn left_by(case: &Case, contact: &Contact) -> String {
    let leaves =
        case.changes.iter().filter(|change| change.removed().iter().any(|gone| gone.email == contact.email));
    leaves.map(|change| format!(".{}", change.tld.unicode())).collect::<Vec<_>>().join(" ")
}

/// Somebody whose address changed is told at the old one as well: if he knows nothing of it, he can object.
fn because_leaving(after: &[Contact], contact: &Contact) -> Because {
    if after.iter().any(|other| other.name == contact.name) {
        return Because::AddressReplaced(contact.name.to_string());
    }
    Because::WasListed
}

fn named(notice: Notice, contact: &Contact) -> Notice {
    Notice { name: Some(contact.name.to_string()), ..notice }
}

/// Somebody said no: all who know of the request hear who, and why.
pub(super) fn refuse(case: &Case, by: Refuser, reason: &Reason, now: Timestamp) -> Decision {
    let who = match &by {
        Refuser::Admin(address) => format!("{address}, the {}, said no", case.office.short()),
        Refuser::Contact(address) if case.needs(Step::Contact, address) => {
            format!("{address}, a new contact, said no")
        }
        Refuser::Contact(address) => format!("{address}, who was asked to confirm it, said no"),
        Refuser::Secretariat => "The secretariat rejected it".to_owned(),
        Refuser::Rules => "It was closed by rule".to_owned(),
    };
    let mut effects = tell_all(case, NoticeKind::Refused, reason);
    effects.extend(disowned(case, &by));
    let next = State::Refused(Refusal { by, reason: reason.to_string(), at: now });
    Decision::new(next, "refused", format!("{who}: {reason}.")).with(effects)
}

/// A contact says no to what was asked in his own name, with a signature of his own domain: somebody there may write as him.
fn disowned(case: &Case, by: &Refuser) -> Option<Effect> {
    let Refuser::Contact(who) = by else { return None };
    let own = case.requester.address == *who && case.needs(Step::Own, who) && is_proven(case);
    let says =
        format!("{who} said no to what a signed mail in that very name asked for; it may be another's");
    own.then(|| tell_secretariat(case, &[Doubt::Mail(says)], facts(case)))
}

/// The rules have nothing to do: the requester, who may see that, hears why.
pub(super) fn nothing_to_change(case: &Case, now: Timestamp) -> Decision {
    let reason = "everything is already as the request asks";
    let next = State::Refused(Refusal { by: Refuser::Rules, reason: reason.to_owned(), at: now });
    let told = requester_sees_roster(case)
        .then(|| to_requester(case, NoticeKind::NothingToChange, None, facts(case)));
    Decision::new(next, "nothing_to_change", format!("Closed: {reason}.")).with(told)
}

/// The plain no of somebody who was asked, at whatever step: it always ends the case, as long as nothing is changed.
pub(super) fn objection(case: &Case, answer: &Answer) -> Option<(Refuser, Reason)> {
    if answer.word != Word::No || answer.from != answer.asked {
        return None;
    }
    let from = &answer.from;
    match answer.step {
        Step::Admin if case.admin.as_ref() == Some(from) => {
            Some((Refuser::Admin(from.clone()), Reason::OfficeRefused(case.office)))
        }
        Step::Contact if case.needs(Step::Contact, from) => {
            Some((Refuser::Contact(from.clone()), Reason::ContactRefused(from.clone())))
        }
        step @ (Step::Own | Step::Address) if case.needs(step, from) => {
            Some((Refuser::Contact(from.clone()), Reason::SaidNo(from.clone())))
        }
        Step::Information if case.requester.address == *from => Some((Refuser::Rules, Reason::TakenBack)),
        Step::Admin
        | Step::Contact
        | Step::Own
        | Step::Address
        | Step::Information
        | Step::Ruling
        | Step::List
        | Step::Committee => None,
    }
}

/// Nobody answered in time: those who know of it are told, and the secretariat, who may want to call.
pub(super) fn expire(case: &Case, now: Timestamp) -> Decision {
    let silent: Vec<Address> = open_asks(&case.state)
        .iter()
        .filter(|ask| ask.agreed.is_none())
        .map(|ask| ask.recipient.clone())
        .collect();
    let reason = if let State::Queued(queued) = &case.state {
        Reason::StillBehind(queued.behind)
    } else if silent.is_empty() {
        Reason::NoRuling
    } else {
        Reason::Silent(silent)
    };
    let text = Facts { reason: format!("The request has expired: {reason}.").into(), ..facts(case) };
    Decision::new(State::Expired(now), "expired", format!("The request expired: {reason}."))
        .with(tell_all(case, NoticeKind::Expired, &reason))
        .with([tell_secretariat(case, &[], text)])
}

/// Another request takes its place: those who were asked need not answer any more.
pub(super) fn withdraw(case: &Case, other: CaseId, now: Timestamp) -> Decision {
    let reason = Reason::Newer(other);
    let mut notices = Vec::new();
    if let Some(admin) = case.admin.as_ref().filter(|_| admin_was_asked(case)) {
        let text = Facts { reason: reason.clone(), because: because_admin(case), ..facts(case) };
        add(&mut notices, to(case, NoticeKind::Withdrawn, admin.clone(), text));
    }
    for (step, who) in asked_others(case) {
        let own = facts_for_asked(case, step, &who);
        let text = Facts { reason: reason.clone(), because: Because::WasAsked, ..own };
        add(&mut notices, to(case, NoticeKind::Withdrawn, who, text));
    }
    notices.extend(ordering::void(case, &reason));
    Decision::new(State::Withdrawn(now), "superseded", format!("Replaced by {other}.")).with(sent(notices))
}

/// A ruling in a state where only a rejection is possible: nobody can confirm in the admin contact's place.
pub(super) fn ruled_to_reject(case: &Case, ruling: &Ruling, now: Timestamp) -> Decision {
    match ruling.verdict {
        RulingVerdict::Reject => refuse(case, Refuser::Secretariat, &or_none(&ruling.note), now),
        RulingVerdict::Approve
        | RulingVerdict::Ask
        | RulingVerdict::Take
        | RulingVerdict::Later
        | RulingVerdict::Refer => stay(
            case,
            "ruling_impossible",
            "It waits for an answer of those who were asked; only they can give it.",
        ),
    }
}

/// The note of a ruling as a clause: mails and journal put the full stop behind it.
pub(super) fn or_none(note: &str) -> Reason {
    let note = note.trim().trim_end_matches('.');
    if note.is_empty() { Reason::Unsaid } else { note.into() }
}

fn because_admin(case: &Case) -> Because {
    Because::Holds(case.office, case.tlds_for_people())
}

/// An end without a change: the admin contact, the requester and the new contacts hear of it, as far as each was asked,
/// and each as much as he may know.
fn tell_all(case: &Case, kind: NoticeKind, reason: &Reason) -> Vec<Effect> {
    let mut notices = Vec::new();
    if let Some(admin) = case.admin.as_ref().filter(|_| admin_was_asked(case)) {
        let text = Facts { reason: reason.clone(), because: because_admin(case), ..facts(case) };
        add(&mut notices, to(case, kind, admin.clone(), text));
    }
    for (step, who) in asked_others(case) {
        let own = facts_for_asked(case, step, &who);
        let reason = if step == Step::Own { reason.clone() } else { Reason::NotAllAgreed };
        let text = Facts { reason, because: Because::WasAsked, ..own };
        add(&mut notices, to(case, kind, who, text));
    }
    if let Some(reason) = reason_for_requester(case, kind, reason) {
        let text = Facts { reason, because: Because::Sent, ..facts_for_requester(case) };
        add(&mut notices, to(case, kind, case.requester.address.clone(), text));
    }
    notices.extend(ordering::void(case, reason));
    sent(notices).collect()
}

/// What the requester hears of an end. One who may not see the roster hears that it was refused, whoever refused it; that
/// it expired only after the admin contact agreed: else the day of it would tell whether the request fitted the roster.
fn reason_for_requester(case: &Case, kind: NoticeKind, reason: &Reason) -> Option<Reason> {
    if !may_write_to_requester(case) {
        return None;
    }
    let own_question = matches!(case.state, State::NeedsInformation(_));
    if requester_sees_roster(case) || own_question {
        return Some(reason.clone());
    }
    let known = case.office_is_settled() || kind != NoticeKind::Expired;
    known.then_some(Reason::NotAllAgreed)
}

fn sent(notices: Vec<Notice>) -> impl Iterator<Item = Effect> {
    notices.into_iter().map(|notice| Effect::Send(Box::new(notice)))
}

/// Nobody gets the same news twice.
fn add(notices: &mut Vec<Notice>, notice: Notice) {
    if !notices.iter().any(|other| other.to == notice.to && other.kind == notice.kind) {
        notices.push(notice);
    }
}
