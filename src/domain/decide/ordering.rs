//! A list that a person changes: he gets exact instructions, and the change counts once he says that it is made.

use crate::domain::address::Address;
use crate::domain::because::Reason;
use crate::domain::case::{Applying, Case, Escalation, Order, Resume, Stage, State, Step, Thread, open_asks};
use crate::domain::decide::applying::{answered_before, refused_by_list, rejected};
use crate::domain::decide::asking::{Question, ask};
use crate::domain::decide::closing::{mail_failed, or_none, stay};
use crate::domain::decide::registry_changed::registry_changed;
use crate::domain::decide::secretariat::tell_secretariat;
use crate::domain::decide::writing::facts;
use crate::domain::decide::{approval, next_of, reminders_due};
use crate::domain::event::{Answer, Decision, Effect, Event, Moment, RulingVerdict, Word, issue};
use crate::domain::list_plan::Plan;
use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::domain::objection::undoing;
use crate::domain::plan::Doubt;
use crate::domain::policy::Policy;
use crate::domain::token::Token;

/// Tells a person what to do with the list.
pub(super) fn order(
    case: &Case,
    applying: &Applying,
    (administrator, plan): (&Address, &Plan),
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    let question = Question { step: Step::List, recipient: administrator.clone(), name: None };
    let (ask, token) = ask(case, question, policy, moment);
    let order = Order { ask, plan: plan.clone() };
    let effect = instructions(case, &order, token);
    let says = format!("{administrator}, who administers the list, was told how to change it.");
    Decision::new(stage(applying, Stage::Ordered(Box::new(order))), "list_ordered", says).with([effect])
}

/// What happens while that person has the order.
pub(super) fn ordered(
    case: &Case,
    applying: &Applying,
    order: &Order,
    event: &Event,
    (policy, moment): (&Policy, &mut Moment),
) -> Decision {
    let administrator = &order.ask.recipient;
    let failed = |doubt: Doubt, moment: &mut Moment| refused_by_list(case, applying, doubt, moment);
    match event {
        Event::Answered(answer) if answer.step == Step::List && answer.asked == *administrator => {
            answered(case, applying, order, answer, (policy, moment))
        }
        Event::Answered(answer) => answered_before(case, answer, moment),
        Event::TimePassed if moment.now >= order.ask.until => {
            let says = format!("{administrator}, who administers it, did not answer in time");
            failed(Doubt::ListRefused(says), moment)
        }
        Event::TimePassed if moment.now >= next_of(&order.ask, policy) => {
            remind(case, applying, order, policy, moment)
        }
        Event::MailFailed { recipient, permanent: true, reason } if recipient == administrator => {
            failed(Doubt::Undeliverable { recipient: recipient.clone(), reason: reason.clone() }, moment)
        }
        Event::MailFailed { recipient, reason, .. } => mail_failed(case, recipient, reason),
        Event::RegistryChanged { changed } => registry_changed(case, changed, moment),
        Event::Ruled(ruling) if ruling.verdict == RulingVerdict::Reject => {
            rejected(case, applying, &or_none(&ruling.note), moment)
        }
        Event::Ruled(_) => {
            let says = format!(
                "It waits for {administrator}, who administers the list; only he can say that it is changed."
            );
            stay(case, "ruling_impossible", says)
        }
        Event::RequestArrived
        | Event::RegistryRead { .. }
        | Event::ListChanged
        | Event::ListRefused(_)
        | Event::ListOrdered { .. }
        | Event::Superseded(_)
        | Event::Replaced(_)
        | Event::Repeated(_)
        | Event::Freed(_)
        | Event::TimePassed => stay(case, "nothing_new", "Nothing changes."),
    }
}

fn answered(
    case: &Case,
    applying: &Applying,
    order: &Order,
    answer: &Answer,
    (policy, moment): (&Policy, &mut Moment),
) -> Decision {
    if answer.from != answer.asked {
        let mut next = order.clone();
        next.ask.unclear = next.ask.unclear.saturating_add(1);
        let doubt = Doubt::AnsweredByOther(answer.from.clone());
        let says = doubt.words();
        let told = next.ask.unclear <= policy.answers_of_others_max;
        let effect = told.then(|| tell_secretariat(case, &[doubt], facts(case)));
        let next = stage(applying, Stage::Ordered(Box::new(next)));
        return Decision::new(next, "answered_by_other", says).with(effect);
    }
    match answer.word {
        Word::Yes => carried_out(applying, answer),
        Word::No | Word::Unclear => {
            refused_by_list(case, applying, Doubt::ListRefused(words(answer)), moment)
        }
    }
}

/// He says that the list is changed: the roster follows, as far as the permission still holds.
fn carried_out(applying: &Applying, answer: &Answer) -> Decision {
    let says = format!("{}, who administers the list, says that it is changed.", answer.from);
    Decision::new(stage(applying, Stage::Changing), "order_carried_out", says).with([Effect::RecordChange])
}

/// An answer of his while the secretariat has the case: where it was handed over only for want of this answer, it goes on.
pub(super) fn while_held(case: &Case, escalation: &Escalation, answer: &Answer) -> Decision {
    if answer.from != answer.asked {
        return stay(case, "answer_ignored", "Somebody else answered in place of who administers the list.");
    }
    let unanswered = |doubt: &Doubt| matches!(doubt, Doubt::ListRefused(_));
    let unreached =
        |doubt: &Doubt| matches!(doubt, Doubt::Undeliverable { recipient, .. } if *recipient == answer.asked);
    let waits = |doubt: &Doubt| unanswered(doubt) || unreached(doubt);
    let applying = Applying { stage: Stage::Changing, overruled: escalation.doubts.clone(), undo: None };
    let going_on = Case { state: State::Applying(applying.clone()), ..case.clone() };
    let waited = escalation.resume == Resume::Apply && escalation.doubts.iter().any(waits);
    if answer.word == Word::Yes && waited && approval(&going_on).is_some() {
        return carried_out(&applying, answer);
    }
    let doubt = Doubt::Mail(words(answer));
    stay(case, "answer_noted", format!("The secretariat is told: {}.", words(answer)))
        .with([tell_secretariat(case, &[doubt], facts(case))])
}

/// An answer of his after the end. A list that was changed for a request that ended otherwise is a person's work.
pub(super) fn too_late(case: &Case, answer: &Answer) -> Decision {
    let says = format!("{}, who administers the list, answered after the case had ended.", answer.from);
    let decision = stay(case, "answer_too_late", says);
    if matches!(case.state, State::Done(_) | State::Undone(_)) || answer.from != answer.asked {
        return decision;
    }
    let doubt = Doubt::Mail(format!(
        "{}; the request has ended without a change, and the list may differ from the roster now",
        words(answer)
    ));
    decision.with([tell_secretariat(case, &[doubt], facts(case))])
}

/// The end of a case without a change: who was told to change the list is told to leave it.
pub(super) fn void(case: &Case, reason: &Reason) -> Option<Notice> {
    let mut asks = open_asks(&case.state).iter().chain(&case.earlier);
    let ask = asks.find(|ask| ask.step == Step::List)?;
    let order = match &case.state {
        State::Applying(Applying { stage: Stage::Ordered(order), .. }) => &order.plan,
        State::Applying(_)
        | State::Received
        | State::NeedsInformation(_)
        | State::AwaitingAdmin(_)
        | State::AwaitingContacts(_)
        | State::AwaitingSecretariat(_)
        | State::Queued(_)
        | State::Contested(_)
        | State::Undone(_)
        | State::Done(_)
        | State::Refused(_)
        | State::Expired(_)
        | State::Withdrawn(_) => &case.ordered,
    };
    let order = order.steps().to_vec();
    let because = "You administer the mailing list, and were asked for this change.".into();
    let facts = Facts { because, reason: reason.clone(), order, ..facts_of_order(case) };
    Some(notice(NoticeKind::OrderVoid, &ask.recipient, facts))
}

/// The same where a change was to be undone by an order: an order of the change itself was carried out before.
pub(super) fn void_of_undoing(case: &Case, reason: &Reason) -> Option<Notice> {
    let objected = case.objections.last()?.at;
    let mut asks = open_asks(&case.state).iter().chain(&case.earlier);
    asks.any(|ask| ask.step == Step::List && ask.asked >= objected).then(|| void(case, reason)).flatten()
}

/// The same order again, with a new token; the earlier ones stay good.
fn remind(case: &Case, applying: &Applying, order: &Order, policy: &Policy, moment: &mut Moment) -> Decision {
    let token = moment.token();
    let mut next = order.clone();
    next.ask.reminders = reminders_due(&order.ask, policy, moment.now);
    next.ask.tokens.push(issue(&token, &order.ask.recipient, &case.request_digest(), Step::List));
    let effect = instructions(case, &next, token);
    let says = format!("{}, who administers the list, was reminded.", order.ask.recipient);
    Decision::new(stage(applying, Stage::Ordered(Box::new(next))), "order_repeated", says).with([effect])
}

fn instructions(case: &Case, order: &Order, token: Token) -> Effect {
    let Order { ask, plan } = order;
    let facts = Facts {
        until: Some(ask.until),
        reminder: ask.reminders,
        order: plan.steps().to_vec(),
        ..facts_of_order(case)
    };
    let notice = notice(NoticeKind::ChangeOrder, &ask.recipient, facts);
    Effect::Send(Box::new(Notice { token: Some((token, Step::List)), ..notice }))
}

/// He sees what he is to do, and not who is listed besides.
fn facts_of_order(case: &Case) -> Facts {
    let because = if undoing(case).is_some() {
        "You administer the mailing list. Somebody objected to this change, and the secretariat undoes it."
    } else {
        "You administer the mailing list. All who must agree to this change have done so."
    };
    let because = because.into();
    Facts { because, changes: Vec::new(), warnings: Vec::new(), ..facts(case) }
}

fn notice(kind: NoticeKind, to: &Address, facts: Facts) -> Notice {
    let to = vec![to.clone()];
    Notice { kind, to, name: None, token: None, thread: Thread::default(), language: None, facts }
}

fn stage(applying: &Applying, stage: Stage) -> State {
    State::Applying(Applying { stage, ..applying.clone() })
}

fn words(answer: &Answer) -> String {
    format!("{}, who administers it, answered: \"{}\"", answer.from, answer.said)
}
