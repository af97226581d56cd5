//! Nobody answered in time: a person calls whoever is silent, and all who know of the request hear that.

use crate::domain::address::Address;
use crate::domain::because::Reason;
use crate::domain::case::{Ask, Case, Escalation, Resume, State, Step, open_asks, unanswered};
use crate::domain::decide::asking::ask_contacts;
use crate::domain::decide::closing::told_of;
use crate::domain::decide::received::ask_admin;
use crate::domain::decide::secretariat::{escalate, to_secretariat};
use crate::domain::decide::writing::{facts, language};
use crate::domain::event::{Answer, Decision, Effect, Moment, Word};
use crate::domain::notice::{Call, Facts, NoticeKind};
use crate::domain::plan::Doubt;
use crate::domain::policy::Policy;
use crate::domain::registry::Office;

/// The days of a question are over: the secretariat gets the case, with whom to call and what to say. Whoever has agreed
/// need not do so again.
pub(super) fn call_wanted(case: &Case, moment: &mut Moment) -> Decision {
    let silent: Vec<&Ask> = unanswered(&case.state).collect();
    let doubts = silent.iter().map(|ask| Doubt::NoAnswer(ask.recipient.clone())).collect();
    let reason = Reason::Silent(silent.iter().map(|ask| ask.recipient.clone()).collect());
    let told = told_of(case, NoticeKind::WithPerson, &reason);
    escalate(case, doubts, resume_after(&case.state), moment).with(told)
}

/// Where a case goes on whose question came to nothing.
pub(super) fn resume_after(state: &State) -> Resume {
    match state {
        State::AwaitingAdmin(_) => Resume::AskAdmin,
        State::AwaitingContacts(_) => Resume::AskContacts,
        State::Received
        | State::NeedsInformation(_)
        | State::AwaitingSecretariat(_)
        | State::Queued(_)
        | State::Applying(_)
        | State::Contested(_)
        | State::Undone(_)
        | State::Done(_)
        | State::Refused(_)
        | State::Expired(_)
        | State::Withdrawn(_) => Resume::Nowhere,
    }
}

/// A yes that came after the days of its question is no consent. It shows that our mails are read: the question is put
/// once more, and nobody needs to call.
pub(super) fn asked_anew(case: &Case, answer: &Answer, policy: &Policy, moment: &mut Moment) -> Decision {
    let decision = match answer.step {
        Step::Admin => ask_admin(case, policy, moment),
        Step::Contact
        | Step::Own
        | Step::Address
        | Step::Information
        | Step::Ruling
        | Step::List
        | Step::Committee
        | Step::Objection
        | Step::Withdrawal
        | Step::Approach => ask_contacts(case, policy, moment),
    };
    let says = format!("{} said yes after the end of the question. {}", answer.from, decision.says);
    Decision { event: "asked_anew", says, ..decision }
}

/// The same while the secretariat has the case for nothing but such a silence: it hears that it need not call.
pub(super) fn asked_anew_meanwhile(
    case: &Case,
    escalation: &Escalation,
    answer: &Answer,
    policy: &Policy,
    moment: &mut Moment,
) -> Option<Decision> {
    let silence = |doubt: &Doubt| matches!(doubt, Doubt::NoAnswer(_));
    let his = escalation.doubts.contains(&Doubt::NoAnswer(answer.from.clone()));
    let plain = answer.word == Word::Yes && answer.from == answer.asked;
    let of_step = match escalation.resume {
        Resume::AskAdmin => answer.step == Step::Admin && case.sole_admin() == Some(&answer.from),
        Resume::AskContacts => answer.step != Step::Admin && case.needs(answer.step, &answer.from),
        Resume::Apply | Resume::Undo | Resume::Nowhere => false,
    };
    if !(plain && his && of_step && escalation.doubts.iter().all(silence)) {
        return None;
    }
    let decision = asked_anew(case, answer, policy, moment);
    let says = format!("{} Nobody needs to call.", decision.says);
    let text = Facts { reason: says.into(), ..facts(case) };
    let told = to_secretariat(NoticeKind::Ruled, case.requester.thread.clone(), text);
    Some(decision.with([Effect::Send(Box::new(told))]))
}

/// Whom to call for these doubts, at which number, in which language, and about which question.
pub(super) fn calls(case: &Case, doubts: &[Doubt]) -> Vec<Call> {
    let silent =
        doubts.iter().filter_map(|doubt| if let Doubt::NoAnswer(who) = doubt { Some(who) } else { None });
    let asked = || open_asks(&case.state).iter().chain(&case.earlier);
    let last = |who: &Address| asked().filter(|ask| ask.recipient == *who).max_by_key(|ask| ask.asked);
    silent.filter_map(last).map(|ask| call(case, ask)).collect()
}

fn call(case: &Case, ask: &Ask) -> Call {
    let office = (ask.step == Step::Admin).then_some(case.office);
    let mut entries = case.changes.iter().flat_map(|change| &change.after);
    let contact = entries.find(|contact| contact.has(&ask.recipient));
    let published = case.registry.iter().find_map(|record| {
        let of_office = match case.office {
            Office::Admin => record.admin.as_ref(),
            Office::Technical => record.technical.as_ref(),
        };
        of_office.filter(|published| published.email.as_ref() == Some(&ask.recipient))
    });
    let (name, phone) = match office {
        Some(_) => {
            let told = published.map(|published| (published.name.clone(), published.phone.clone()));
            told.unwrap_or_default()
        }
        None => (
            ask.name.as_ref().map(ToString::to_string),
            contact.and_then(|contact| contact.phone.as_ref()).map(ToString::to_string),
        ),
    };
    Call {
        office,
        name,
        address: ask.recipient.clone(),
        phone,
        language: language(case, NoticeKind::WithPerson, &ask.recipient),
        asked: ask.asked,
    }
}
