//! The ends of a case, and who hears of them.

use jiff::Timestamp;

use crate::domain::address::Address;
use crate::domain::because::{Because, Reason};
use crate::domain::case::{Case, CaseId, Refusal, Refuser, State, Step, unanswered};
use crate::domain::decide::audience::{
    admin_was_asked, asked_others, facts_for_asked, facts_for_requester, may_write_to_requester,
    requester_sees_roster,
};
use crate::domain::decide::concerned::{News, add, because_admin, concerned, with_objection};
use crate::domain::decide::contest::objected;
use crate::domain::decide::ordering;
use crate::domain::decide::secretariat::tell_secretariat;
use crate::domain::decide::writing::{facts, is_proven, to, to_requester, too_late};
use crate::domain::event::{Answer, Decision, Effect, Event, Moment, Ruling, RulingVerdict, Word};
use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::domain::plan::Doubt;
use crate::domain::policy::{Policy, days_after};

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

/// What happens to a case that has ended: an answer gets an answer, and an objection to a change that was made opens it
/// again.
pub(super) fn closed(case: &Case, event: &Event, policy: &Policy, moment: &mut Moment) -> Decision {
    if let (State::Done(applied), Event::Answered(answer)) = (&case.state, event)
        && answer.step == Step::Objection
    {
        return objected(case, *applied, answer, policy, moment);
    }
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

/// The change is made: the admin contact, the requester and every contact that there was or is hears of it. All but a mere
/// requester get a token by which they can object.
pub(super) fn applied(case: &Case, policy: &Policy, moment: &mut Moment) -> Decision {
    let until = Some(days_after(moment.now, policy.objection_days));
    let news = News { listed: NoticeKind::Applied, gone: NoticeKind::Farewell };
    let text = |notice: Notice| {
        let facts = Facts { until, ..notice.facts.clone() };
        Notice { facts, ..notice }
    };
    let notices = with_objection(concerned(case, news).into_iter().map(text).collect(), moment);
    Decision::new(State::Done(moment.now), "applied", "The list was changed; all concerned are told.")
        .with(sent(notices))
}

/// Somebody said no: all who know of the request hear who, and why.
pub(super) fn refuse(case: &Case, by: Refuser, reason: &Reason, now: Timestamp) -> Decision {
    let who = match &by {
        Refuser::Requester => return taken_back(case, now),
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

/// What follows from a plain no of somebody who was asked. His own words go to the admin contact and the secretariat alone.
pub(super) fn said_no(case: &Case, answer: &Answer, now: Timestamp) -> Option<Decision> {
    let (by, reason) = objection(case, answer)?;
    let explains = has_words(&answer.said) && matches!(by, Refuser::Admin(_) | Refuser::Contact(_));
    let mut decision = refuse(case, by, &reason, now);
    if !explains {
        return Some(decision);
    }
    for effect in &mut decision.effects {
        if let Effect::Send(notice) = effect
            && notice.kind == NoticeKind::Refused
            && case.admin.as_ref().is_some_and(|admin| notice.to.contains(admin) && *admin != answer.from)
        {
            notice.facts.quoted = vec![answer.said.clone()];
        }
    }
    let reason: Reason = format!("{} said no: \"{}\"", answer.from, answer.said).into();
    // Where the secretariat hears of it already, the words go with that mail.
    for effect in &mut decision.effects {
        if let Effect::Send(notice) = effect
            && notice.kind == NoticeKind::Escalation
        {
            notice.facts.reason = reason;
            return Some(decision);
        }
    }
    let told = tell_secretariat(case, &[], Facts { reason, ..facts(case) });
    Some(decision.with([told]))
}

/// Whether an answer says more than the word that was asked for.
fn has_words(said: &str) -> bool {
    let letters = said.chars().filter(|letter| letter.is_alphabetic()).count();
    letters > PLAIN_LETTERS_MAX
}

/// Letters of a bare answer at the most, as in `Disagree`; in no language is the word that we ask for longer.
const PLAIN_LETTERS_MAX: usize = 8;

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
        Step::Withdrawal if case.requester.address == *from => Some((Refuser::Requester, Reason::TakenBack)),
        Step::Admin
        | Step::Contact
        | Step::Own
        | Step::Address
        | Step::Information
        | Step::Ruling
        | Step::List
        | Step::Committee
        | Step::Objection
        | Step::Withdrawal
        | Step::Approach => None,
    }
}

/// Nobody answered in time: those who know of it are told, and the secretariat, who may want to call.
pub(super) fn expire(case: &Case, now: Timestamp) -> Decision {
    let silent: Vec<Address> = unanswered(&case.state).map(|ask| ask.recipient.clone()).collect();
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

/// Its sender takes it back: those who were asked hear it, he himself, and the secretariat where it has the case.
fn taken_back(case: &Case, now: Timestamp) -> Decision {
    let by = &case.requester.address;
    let own = Facts { because: Because::Sent, ..facts_for_requester(case) };
    let mut notices = no_answer_needed(case, &Reason::TakenBack);
    notices.retain(|notice| !notice.to.contains(by));
    notices.push(to(case, NoticeKind::TakenBack, by.clone(), own));
    let held = matches!(case.state, State::AwaitingSecretariat(_)).then(|| {
        let reason = format!("{by} took the request back; nothing is to be ruled any more.").into();
        tell_secretariat(case, &[], Facts { reason, ..facts(case) })
    });
    let says = format!("{by}, who had asked for it, took it back.");
    Decision::new(State::Withdrawn(now), "taken_back", says).with(sent(notices)).with(held)
}

/// Another request takes its place: those who were asked need not answer any more.
pub(super) fn withdraw(case: &Case, other: CaseId, now: Timestamp) -> Decision {
    let notices = no_answer_needed(case, &Reason::Newer(other));
    Decision::new(State::Withdrawn(now), "superseded", format!("Replaced by {other}.")).with(sent(notices))
}

/// Those who were asked need not answer any more.
fn no_answer_needed(case: &Case, reason: &Reason) -> Vec<Notice> {
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
    notices.extend(ordering::void(case, reason));
    notices
}

/// A ruling in a state where only a rejection is possible: nobody can confirm in the admin contact's place.
pub(super) fn ruled_to_reject(case: &Case, ruling: &Ruling, now: Timestamp) -> Decision {
    match ruling.verdict {
        RulingVerdict::Reject => refuse(case, Refuser::Secretariat, &or_none(&ruling.note), now),
        RulingVerdict::Approve
        | RulingVerdict::Ask
        | RulingVerdict::Take
        | RulingVerdict::Later
        | RulingVerdict::Refer
        | RulingVerdict::Undo => stay(
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

/// An end without a change: all who know of the request hear of it, and whoever was told to change the list.
fn tell_all(case: &Case, kind: NoticeKind, reason: &Reason) -> Vec<Effect> {
    told_of(case, kind, reason).into_iter().chain(sent(ordering::void(case, reason))).collect()
}

/// The admin contact, the requester and the new contacts hear of it, as far as each was asked, and each as much as he may
/// know.
pub(super) fn told_of(case: &Case, kind: NoticeKind, reason: &Reason) -> Vec<Effect> {
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
    sent(notices).collect()
}

/// What the requester hears of an end. One who may not see the roster hears that it was refused, whoever refused it; that
/// it expired, or that a person has it now, only after the admin contact agreed: else the day of it would tell whether the request fitted the roster.
fn reason_for_requester(case: &Case, kind: NoticeKind, reason: &Reason) -> Option<Reason> {
    if !may_write_to_requester(case) {
        return None;
    }
    let own_question = matches!(case.state, State::NeedsInformation(_));
    if requester_sees_roster(case) || own_question {
        return Some(reason.clone());
    }
    let known = case.office_is_settled() || !matches!(kind, NoticeKind::Expired | NoticeKind::WithPerson);
    known.then_some(Reason::NotAllAgreed)
}

pub(super) fn sent(notices: impl IntoIterator<Item = Notice>) -> impl Iterator<Item = Effect> {
    notices.into_iter().map(|notice| Effect::Send(Box::new(notice)))
}
