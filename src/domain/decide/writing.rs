//! What the mails of a case say: their facts, taken from the case.

use crate::domain::address::Address;
use crate::domain::case::{Ask, Case, Role, State, Step, Thread};
use crate::domain::decide::asking::facts_until;
use crate::domain::event::{Answer, Effect};
use crate::domain::evidence::Verdict;
use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::domain::token::Token;

/// The facts that every mail of a case shares.
pub(super) fn facts(case: &Case) -> Facts {
    Facts {
        case: Some(case.id),
        action: case.action.word().to_owned(),
        tlds: case.tlds_for_people(),
        changes: case.changes.clone(),
        because: because_requester(case),
        requester: case.requester.address.to_string(),
        warnings: case.warnings.clone(),
        ..Facts::default()
    }
}

fn because_requester(case: &Case) -> String {
    let subject = &case.requester.thread.subject;
    if subject.is_empty() {
        "You wrote to us.".to_owned()
    } else {
        format!("You wrote to us: \"{subject}\".")
    }
}

/// How the request came, as a clause: shown to the admin contact and in the journal.
pub(super) fn because_asked(case: &Case) -> String {
    let requester = &case.requester;
    let proven = requester.proof.verdict == Verdict::Authenticated;
    match (requester.role, proven) {
        (Role::Admin, true) => "the request came from this address, and its signature holds".to_owned(),
        (Role::Admin, false) => {
            "a request came in the name of this address, without a signature that proves it".to_owned()
        }
        (Role::AdminCc, true) => format!("{} asked for it, with a copy to this address", requester.address),
        (Role::AdminCc, false) => {
            format!(
                "somebody writing as {} asked for it, with a copy to this address; who it was is not proven",
                requester.address
            )
        }
        (Role::Technical | Role::Contact | Role::Secretariat | Role::None, _) => {
            format!("{}, {}, asked for it", requester.address, requester.role.words())
        }
    }
}

/// Whether we may write to the requester: only to one whose mail is proven to be his, or to the address at IANA.
pub(super) fn may_write_to_requester(case: &Case) -> bool {
    let proven = case.requester.proof.verdict == Verdict::Authenticated && case.requester.role != Role::None;
    proven || case.admin.as_ref() == Some(&case.requester.address)
}

pub(super) fn to(case: &Case, kind: NoticeKind, address: Address, facts: Facts) -> Notice {
    let own = address == case.requester.address;
    let thread = if own { case.requester.thread.clone() } else { Thread::default() };
    let name = case.requester.name.clone().filter(|_| own);
    Notice { kind, to: vec![address], name, token: None, thread, facts }
}

pub(super) fn to_requester(
    case: &Case,
    kind: NoticeKind,
    token: Option<(Token, Step)>,
    facts: Facts,
) -> Effect {
    let notice = to(case, kind, case.requester.address.clone(), facts);
    Effect::Send(Box::new(Notice { token, ..notice }))
}

pub(super) fn to_admin(case: &Case, kind: NoticeKind, token: Option<Token>, facts: Facts) -> Effect {
    let because = format!(
        "You are the administrative contact of {} in IANA's root zone database, and {}.",
        case.tlds_for_people(),
        because_asked(case)
    );
    let to_whom = case.admin.clone().unwrap_or_else(|| case.requester.address.clone());
    let notice = to(case, kind, to_whom, Facts { because, ..facts });
    Effect::Send(Box::new(Notice { token: token.map(|token| (token, Step::Admin)), ..notice }))
}

/// The question itself, first or repeated.
pub(super) fn confirm(case: &Case, ask: &Ask, token: Token, step: Step) -> Effect {
    let facts = facts_until(case, ask);
    if step == Step::Admin {
        return to_admin(case, NoticeKind::ConfirmAdmin, Some(token), facts);
    }
    let by = case.admin.as_ref().map_or_else(|| "the IANA admin contact".to_owned(), Address::to_string);
    let because = format!(
        "{by}, the administrative contact of {} in IANA's root zone database, named you as a Security and Stability Contact.",
        case.tlds_for_people()
    );
    let notice = to(case, NoticeKind::ConfirmContact, ask.recipient.clone(), Facts { because, ..facts });
    let name = ask.name.as_ref().map(ToString::to_string);
    Effect::Send(Box::new(Notice { token: Some((token, step)), name, ..notice }))
}

/// The question once more after an answer that could not be used; it goes to the address that was asked.
pub(super) fn ask_plainly(case: &Case, ask: &Ask, token: Token, step: Step, answer: &Answer) -> Effect {
    let because = if answer.from == ask.recipient {
        "You answered our question, and we could not tell whether you meant yes or no.".to_owned()
    } else {
        format!(
            "{} answered our question to you. An answer counts only when it comes from this address.",
            answer.from
        )
    };
    let facts = Facts { because, ..facts_until(case, ask) };
    let notice = to(case, NoticeKind::AskPlainly, ask.recipient.clone(), facts);
    let name = ask.name.as_ref().map(ToString::to_string);
    Effect::Send(Box::new(Notice {
        token: Some((token, step)),
        thread: answer.thread.clone(),
        name,
        ..notice
    }))
}

/// The answer to an answer that came after the end.
pub(super) fn too_late(case: &Case, answer: &Answer) -> Effect {
    let reason = match &case.state {
        State::Done(_) => "It had been applied already.".to_owned(),
        State::Refused(refusal) => format!("It had been refused: {}.", refusal.reason),
        State::Expired(_) => "It had expired, since not everybody answered in time.".to_owned(),
        State::Withdrawn(_) => "Another request had taken its place.".to_owned(),
        State::Received
        | State::NeedsInformation(_)
        | State::AwaitingAdmin(_)
        | State::AwaitingContacts(_)
        | State::AwaitingSecretariat(_)
        | State::Applying(_) => String::new(),
    };
    let because = "You answered our question about this request.".to_owned();
    let notice =
        to(case, NoticeKind::TooLate, answer.asked.clone(), Facts { reason, because, ..facts(case) });
    Effect::Send(Box::new(Notice { thread: answer.thread.clone(), ..notice }))
}

/// The evidence for the secretariat: who asked, what proves it, IANA's records, who agreed.
pub fn evidence(case: &Case) -> Vec<String> {
    let requester = &case.requester;
    let mut lines = vec![format!("Asked by {}: {}.", requester.address, requester.role.words())];
    let verdict = match requester.proof.verdict {
        Verdict::Authenticated => "proven",
        Verdict::NotAuthenticated => "not proven",
        Verdict::TemporaryFailure => "not proven yet: a DNS answer is missing",
    };
    lines.push(format!("Proof that he wrote it: {verdict}."));
    lines.extend(requester.proof.reasons.iter().map(|reason| format!("  {reason}")));
    for record in &case.registry {
        let admin = record.admin_email().map_or_else(|| "none".to_owned(), Address::to_string);
        let read = record.retrieved.map_or_else(
            || "at an unknown time".to_owned(),
            |at| format!("on {}", at.strftime("%Y-%m-%d %H:%M UTC")),
        );
        let manager = record.manager.as_deref().unwrap_or("unknown");
        lines.push(format!(
            "IANA, read {read}: {} is managed by {manager}; admin contact: {admin}.",
            record.tld.for_people()
        ));
    }
    for consent in &case.consents {
        lines.push(format!(
            "Agreed: {} on {}; {}.",
            consent.who,
            consent.at.strftime("%Y-%m-%d %H:%M UTC"),
            consent.proof
        ));
    }
    lines.push(format!("Raw mail: {}.", requester.mail));
    lines
}
