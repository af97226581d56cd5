//! The rulings of the secretariat: what each leads to, and who of the office hears of it.

use crate::domain::address::Address;
use crate::domain::case::{Case, Escalation, Refuser, Resume, State, Step, Thread};
use crate::domain::decide::applying::before_applying;
use crate::domain::decide::asking::{ask_contacts, ask_required};
use crate::domain::decide::audience::may_write_to_requester;
use crate::domain::decide::closing::{or_none, refuse, stay};
use crate::domain::decide::received::ask_requester;
use crate::domain::decide::secretariat::{brought, to_secretariat, with_token};
use crate::domain::decide::writing::{facts, is_proven};
use crate::domain::event::{Answer, Decision, Effect, Moment, Ruling, RulingVerdict, issue};
use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::domain::plan::Doubt;
use crate::domain::policy::{Policy, days_after};
use crate::domain::unclear::Unclear;

/// What one of the secretariat decided. By mail, all of it hear what was ruled and what follows.
pub(super) fn ruled(
    case: &Case,
    escalation: &Escalation,
    ruling: &Ruling,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    let decision = match ruling.verdict {
        RulingVerdict::Reject => refuse(case, Refuser::Secretariat, &or_none(&ruling.note), moment.now),
        RulingVerdict::Ask => ask(case, escalation, ruling, policy, moment),
        RulingVerdict::Take => take(case, escalation, ruling),
        RulingVerdict::Later => later(case, escalation, ruling, policy, moment),
        RulingVerdict::Refer => refer(case, escalation, ruling, policy, moment),
        RulingVerdict::Approve => approve(case, escalation, ruling, policy, moment),
        RulingVerdict::Undo => {
            stay(case, "ruling_impossible", "Nothing has been changed yet: reject it, if it is not to be.")
        }
    };
    told(case, ruling, decision, moment)
}

fn approve(
    case: &Case,
    escalation: &Escalation,
    ruling: &Ruling,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    let note = ruling.note.trim().trim_end_matches('.');
    let approved = if note.is_empty() {
        format!("{} approved", ruling.by)
    } else {
        format!("{} approved: {note}", ruling.by)
    };
    if needs_another(escalation, ruling, policy) {
        let approvals = escalation.approvals.iter().cloned().chain([ruling.by.clone()]).collect();
        let next = State::AwaitingSecretariat(Escalation { approvals, ..escalation.clone() });
        let says = format!("{approved}. A second person of the secretariat must approve, too.");
        return Decision::new(next, "secretariat_approved_once", says);
    }
    let decision = match escalation.resume {
        Resume::AskAdmin => ask_required(case, policy, moment),
        Resume::AskContacts => ask_contacts(case, policy, moment),
        Resume::Apply => before_applying(case, &escalation.doubts, moment),
        Resume::Undo | Resume::Nowhere => {
            let says = "There is nothing that could be approved; reject it, or ask for a new request.";
            return stay(case, "ruling_impossible", format!("{approved}. {says}"));
        }
    };
    let says = format!("{approved}. {}", decision.says);
    Decision { event: "secretariat_approved", says, ..decision }
}

/// Whether this approval is the first of two that the policy asks for. One person's two are one.
fn needs_another(escalation: &Escalation, ruling: &Ruling, policy: &Policy) -> bool {
    let other = |by: &String| !by.eq_ignore_ascii_case(&ruling.by);
    escalation.resume != Resume::Nowhere
        && escalation.needs_two(policy)
        && !escalation.approvals.iter().any(other)
}

/// Somebody deals with it.
pub(super) fn take(case: &Case, escalation: &Escalation, ruling: &Ruling) -> Decision {
    let next = Escalation { taken: Some(ruling.by.clone()), ..escalation.clone() };
    let says = format!("{} deals with it, and is reminded alone.", ruling.by);
    Decision::new(case.state.held_with(next), "secretariat_took", says)
}

/// Not now: the reminders wait.
pub(super) fn later(
    case: &Case,
    escalation: &Escalation,
    ruling: &Ruling,
    policy: &Policy,
    moment: &Moment,
) -> Decision {
    let until = days_after(moment.now, policy.secretariat_later_days);
    let next = Escalation { quiet_until: Some(until), ..escalation.clone() };
    let says =
        format!("{} puts it off; the next reminder comes on {}.", ruling.by, until.strftime("%Y-%m-%d"));
    Decision::new(case.state.held_with(next), "secretariat_put_off", says)
}

/// The standing committee gets all that the secretariat has, and is asked what it thinks; the secretariat still rules.
pub(super) fn refer(
    case: &Case,
    escalation: &Escalation,
    ruling: &Ruling,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    if policy.committee.is_empty() {
        let says =
            format!("{} wants to refer it, and no committee is set: `committee` in [policy].", ruling.by);
        return stay(case, "ruling_impossible", says);
    }
    let mut next = escalation.clone();
    next.quiet_until = Some(days_after(moment.now, policy.secretariat_later_days));
    let mut effects = Vec::new();
    for member in &policy.committee {
        let token = moment.token();
        next.tokens.push(issue(&token, member, &case.request_digest(), Step::Committee));
        let text = Facts { reason: ruling.note.trim().into(), ..facts(case) };
        effects.push(Effect::Send(Box::new(Notice {
            kind: NoticeKind::Referred,
            to: vec![member.clone()],
            token: Some((token, Step::Committee)),
            thread: Thread::default(),
            ..brought(case, &escalation.doubts, text)
        })));
    }
    let members: Vec<String> = policy.committee.iter().map(Address::to_string).collect();
    let says = format!(
        "{} refers it to {}; what is answered comes to the secretariat.",
        ruling.by,
        members.join(", ")
    );
    Decision::new(case.state.held_with(next), "secretariat_referred", says).with(effects)
}

/// What the standing committee answered is brought to the secretariat, which may rule by answering that mail.
pub(super) fn committee_answered(
    case: &Case,
    escalation: &Escalation,
    answer: &Answer,
    moment: &mut Moment,
) -> Decision {
    let says = format!(
        "{}, to whom the case was referred, answered. Proof of this mail: {}.",
        answer.from, answer.proof
    );
    let text = Facts { reason: says.clone().into(), ..facts(case) };
    let brought = brought(case, &escalation.doubts, text);
    let facts = Facts { quoted: vec![answer.said.clone()], ..brought.facts };
    let notice = Notice { kind: NoticeKind::Ruled, thread: answer.thread.clone(), facts, ..brought };
    let next = Escalation { quiet_until: None, ..escalation.clone() };
    let (next, notice) = with_token(case, next, notice, moment);
    let effect = Effect::Send(Box::new(notice));
    Decision::new(case.state.held_with(next), "committee_answered", says).with([effect])
}

/// A ruling by mail is answered to all of the secretariat, so that no second person does the same. Where the case still
/// waits for one, that mail can be answered as well.
pub(super) fn told(case: &Case, ruling: &Ruling, mut decision: Decision, moment: &mut Moment) -> Decision {
    let Some(thread) = &ruling.mail else { return decision };
    // What was seen of the request stands in the mail that is answered.
    let facts = Facts { reason: decision.says.clone().into(), ..facts(case) };
    let notice = to_secretariat(NoticeKind::Ruled, thread.clone(), facts);
    let Some(escalation) = decision.next.escalation().cloned() else {
        return decision.with([Effect::Send(Box::new(notice))]);
    };
    let (next, notice) = with_token(case, escalation, notice, moment);
    decision.next = decision.next.held_with(next);
    decision.with([Effect::Send(Box::new(notice))])
}

/// The requester is asked for what is missing, for what would settle the doubts, and what the ruling says.
fn ask(
    case: &Case,
    escalation: &Escalation,
    ruling: &Ruling,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    let impossible =
        |why: &str| stay(case, "ruling_impossible", format!("{} wants to ask: {why}", ruling.by));
    if !can_ask(case) {
        return impossible(
            "its sender cannot be asked, since it is not proven that he wrote it, or others have agreed.",
        );
    }
    let unclear = questions(case, &escalation.doubts);
    let note = ruling.note.trim();
    if case.reading.missing.is_empty() && unclear.is_empty() && note.is_empty() {
        // Whoever rules by mail knows no options of the shell.
        let how = if ruling.mail.is_some() { "as in \"ask: which number is right?\"" } else { "with --note" };
        return impossible(&format!(
            "the doubts say nothing that its sender could settle; say what to ask, {how}."
        ));
    }
    let decision = ask_requester(case, unclear, note, policy, moment);
    let note = if note.is_empty() { String::new() } else { format!(" {note}") };
    let says = format!("{} asks its sender.{note} {}", ruling.by, decision.says);
    Decision { event: "secretariat_asked", says, ..decision }
}

/// Whether the requester can be asked: we may write to him, and nobody has agreed to what would be asked about.
pub(super) fn can_ask(case: &Case) -> bool {
    may_write_to_requester(case) && case.consents.is_empty()
}

/// The doubts that the sender can settle. Words of a mail that is not proven to be his are not repeated to him.
fn questions(case: &Case, doubts: &[Doubt]) -> Vec<Unclear> {
    let readings = doubts
        .iter()
        .filter_map(|doubt| if let Doubt::Reading(unclear) = doubt { Some(unclear.clone()) } else { None });
    let readings = readings.filter(|unclear| unclear.about.is_senders());
    readings.map(|unclear| if is_proven(case) { unclear } else { Unclear::of(unclear.about) }).collect()
}
