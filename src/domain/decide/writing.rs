//! What the mails of a case say: their facts, taken from the case.

use crate::domain::address::Address;
use crate::domain::because::{Asked, Because, Reason};
use crate::domain::case::{Ask, Case, Role, State, Step, Thread};
use crate::domain::decide::audience::facts_for_asked;
use crate::domain::event::{Answer, Effect};
use crate::domain::evidence::Verdict;
use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::domain::registry::{IanaRecord, Office};
use crate::domain::tld::Tld;
use crate::domain::token::Token;
use crate::domain::tongue;

/// The facts that every mail of a case shares.
pub(super) fn facts(case: &Case) -> Facts {
    Facts {
        case: Some(case.id),
        action: case.action.word().to_owned(),
        tlds: case.tlds_for_people(),
        changes: case.changes.clone(),
        because: because_requester(case),
        requester: requester_in_words(case),
        warnings: case.warnings.clone(),
        ..Facts::default()
    }
}

/// Who wrote to us is reminded of it by his subject. A mail that is not proven to be his gets no word of it repeated.
fn because_requester(case: &Case) -> Because {
    if is_proven(case) {
        Because::Wrote(case.requester.thread.subject.clone())
    } else {
        Because::NamedAsWriter
    }
}

/// A name that is not proven is not told as if it were.
fn requester_in_words(case: &Case) -> String {
    let address = &case.requester.address;
    if is_proven(case) { address.to_string() } else { format!("somebody in the name of {address}") }
}

pub(super) fn is_proven(case: &Case) -> bool {
    case.requester.proof.verdict == Verdict::Authenticated
}

/// How the request came: shown to the admin contact and in the journal.
pub(super) fn because_asked(case: &Case) -> Asked {
    let requester = &case.requester;
    let address = requester.address.clone();
    let moved =
        requester.role == Role::Admin && case.admin.as_ref().is_some_and(|admin| *admin != requester.address);
    if let Some(organization) = &case.reading.proposed_by {
        return Asked::Proposed(organization.clone(), address);
    }
    match (requester.role, is_proven(case)) {
        (Role::Admin, true) if moved => Asked::Formerly(address),
        (Role::Admin, false) if moved => Asked::FormerlyUnproven(address),
        (Role::Admin, true) => Asked::Signed,
        (Role::Admin, false) => Asked::Unsigned,
        (Role::AdminCc, true) => Asked::Copied(address),
        (Role::AdminCc, false) => Asked::CopiedUnproven(address),
        (Role::Technical, true) if case.office == Office::Technical => Asked::Signed,
        (role @ (Role::Technical | Role::Contact | Role::Secretariat | Role::None), _) => {
            Asked::By(address, role)
        }
    }
}

pub(super) fn to(case: &Case, kind: NoticeKind, address: Address, facts: Facts) -> Notice {
    let own = address == case.requester.address;
    let thread = if own { case.requester.thread.clone() } else { Thread::default() };
    let name = case.requester.name.clone().filter(|_| own && is_proven(case));
    let language = Some(language(case, kind, &address));
    Notice { kind, to: vec![address], name, token: None, thread, language, facts }
}

/// The language for somebody: what he last answered in, what he asked in, that of the ccTLDs, or that of a colleague who
/// asked. What is missing is asked in more languages than the others are written in.
pub(super) fn language(case: &Case, kind: NoticeKind, address: &Address) -> String {
    let asked_in = case.reading.language.as_deref();
    let own = asked_in.filter(|_| *address == case.requester.address);
    if let Some(own) = own.filter(|_| kind == NoticeKind::NeedsInformation) {
        return own.to_owned();
    }
    let named = case.reading.requests.iter().filter_map(|request| request.tld.as_ref());
    let tlds: Vec<&Tld> = if case.changes.is_empty() { named.collect() } else { case.tlds().collect() };
    let colleague = asked_in.filter(|_| is_a_colleague(case));
    tongue::choose_beside(case.answered_in(address).or(own), tlds, colleague).to_owned()
}

/// Whether the request is proven to come from somebody of the ccTLD, who writes as those do whom he names: a stranger does
/// not choose in which language others are written to.
fn is_a_colleague(case: &Case) -> bool {
    let of_the_cctld = match case.requester.role {
        Role::Admin | Role::Technical | Role::Contact => true,
        Role::AdminCc | Role::Secretariat | Role::None => false,
    };
    of_the_cctld && is_proven(case)
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

/// The question itself, first or repeated; it goes to whom it asks, and shows him no more than he may see.
pub(super) fn confirm(case: &Case, ask: &Ask, token: Token) -> Effect {
    let (kind, because) = because_question(case, ask);
    let notice = to(case, kind, ask.recipient.clone(), Facts { because, ..facts_of_question(case, ask) });
    let name = ask.name.as_ref().map(ToString::to_string).or(notice.name);
    Effect::Send(Box::new(Notice { token: Some((token, ask.step)), name, ..notice }))
}

/// Which mail the question is, and why its receiver gets it.
fn because_question(case: &Case, ask: &Ask) -> (NoticeKind, Because) {
    let requester = &case.requester;
    let own = case.is_his_own();
    match ask.step {
        Step::Contact if own => {
            (NoticeKind::ConfirmContact, Because::AddressGiven(requester.address.clone()))
        }
        Step::Contact => {
            (NoticeKind::ConfirmContact, Because::NamedAsContact(case.admin.clone(), case.office))
        }
        Step::Own => {
            let asked = match (requester.address == ask.recipient, is_proven(case)) {
                (true, true) => Asked::Signed,
                (true, false) => Asked::Unsigned,
                (false, _) if case.reading.proposed_by.is_some() => because_asked(case),
                (false, _) => Asked::By(requester.address.clone(), requester.role),
            };
            (NoticeKind::ConfirmOwn, Because::ListedAndAsked(asked))
        }
        Step::Address => {
            let admin = case.admin.as_ref().filter(|_| !own);
            let who = admin.unwrap_or(&requester.address).clone();
            (NoticeKind::ConfirmAddress, Because::SecondGiven(who))
        }
        Step::Admin
        | Step::Information
        | Step::Ruling
        | Step::List
        | Step::Committee
        | Step::Objection
        | Step::Withdrawal
        | Step::Approach => {
            let because = Because::Decides(case.office, case.tlds_for_people(), because_asked(case));
            (NoticeKind::ConfirmAdmin, because)
        }
    }
}

fn facts_of_question(case: &Case, ask: &Ask) -> Facts {
    let facts = facts_for_asked(case, ask.step, &ask.recipient);
    Facts { until: Some(ask.until), reminder: ask.reminders, copied: case.copied, ..facts }
}

/// The question once more after an answer that could not be used; it goes to the address that was asked.
pub(super) fn ask_plainly(case: &Case, ask: &Ask, token: Token, answer: &Answer) -> Effect {
    let because = if answer.from == ask.recipient {
        Because::AnsweredUnclearly
    } else {
        Because::AnsweredFrom(answer.from.clone())
    };
    let facts = Facts { because, ..facts_of_question(case, ask) };
    // A mail about a second address has nothing to show but its own question.
    let kind = if ask.step == Step::Address { NoticeKind::ConfirmAddress } else { NoticeKind::AskPlainly };
    let notice = to(case, kind, ask.recipient.clone(), facts);
    let name = ask.name.as_ref().map(ToString::to_string);
    Effect::Send(Box::new(Notice {
        token: Some((token, ask.step)),
        thread: answer.thread.clone(),
        name,
        ..notice
    }))
}

/// The answer to an answer that came after the end. It names nobody: who was asked once may be a stranger by now.
pub(super) fn too_late(case: &Case, answer: &Answer) -> Effect {
    let reason = match &case.state {
        State::Done(_) => Reason::AppliedBefore,
        State::Undone(_) => Reason::UndoneBefore,
        State::Refused(_) => Reason::RefusedBefore,
        State::Expired(_) => Reason::ExpiredBefore,
        State::Withdrawn(_) => Reason::ReplacedBefore,
        State::Received
        | State::NeedsInformation(_)
        | State::AwaitingAdmin(_)
        | State::AwaitingContacts(_)
        | State::AwaitingSecretariat(_)
        | State::Queued(_)
        | State::Contested(_)
        | State::Applying(_) => Reason::default(),
    };
    too_late_because(case, answer, reason)
}

/// The same with another reason.
pub(super) fn too_late_because(case: &Case, answer: &Answer, reason: Reason) -> Effect {
    let text = Facts {
        changes: Vec::new(),
        because: Because::AnsweredLate,
        reason,
        warnings: Vec::new(),
        ..facts_for_asked(case, answer.step, &answer.asked)
    };
    let notice = to(case, NoticeKind::TooLate, answer.asked.clone(), text);
    Effect::Send(Box::new(Notice { thread: answer.thread.clone(), ..notice }))
}

/// The evidence for the secretariat: who asked, what proves it, IANA's records, who agreed.
pub fn evidence(case: &Case) -> Vec<String> {
    let requester = &case.requester;
    let mut lines = vec![format!("Asked by {}: {}.", requester_in_words(case), requester.role.words())];
    let verdict = match requester.proof.verdict {
        Verdict::Authenticated => "proven",
        Verdict::NotAuthenticated => "not proven",
        Verdict::TemporaryFailure => "not proven yet: a DNS answer is missing",
    };
    lines.push(format!("Proof of who wrote it: {verdict}."));
    lines.extend(requester.proof.reasons.iter().map(|reason| format!("  {reason}")));
    lines.extend(case.registry.iter().map(record_line));
    for consent in &case.consents {
        lines.push(format!(
            "Agreed: {} on {}; {}.",
            consent.who,
            consent.at.strftime("%Y-%m-%d %H:%M UTC"),
            consent.proof
        ));
    }
    for objection in &case.objections {
        lines.push(format!(
            "Objected: {} on {}: \"{}\" (mail {}).",
            objection.by,
            objection.at.strftime("%Y-%m-%d %H:%M UTC"),
            objection.said,
            objection.mail.short()
        ));
    }
    lines.push(format!("Raw mail: {}.", requester.mail));
    lines
}

/// What IANA says of a ccTLD, in one line.
pub(super) fn record_line(record: &IanaRecord) -> String {
    let admin = record.admin_email().map_or_else(|| "none".to_owned(), Address::to_string);
    let read = record.retrieved.map_or_else(
        || "at an unknown time".to_owned(),
        |at| format!("on {}", at.strftime("%Y-%m-%d %H:%M UTC")),
    );
    let manager = record.manager.as_deref().unwrap_or("unknown");
    let tld = record.tld.for_people();
    format!("IANA, read {read}: {tld} is managed by {manager}; admin contact: {admin}.")
}
