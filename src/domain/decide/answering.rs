//! Answers of those who were asked: a yes counts from the one who was asked, a no ends the case, anything else asks again.

use crate::domain::agreement::Required;
use crate::domain::case::{Ask, Case, Consent, Escalation, State, Step};
use crate::domain::decide::applying::before_applying;
use crate::domain::decide::asking::ask_contacts;
use crate::domain::decide::closing::{expire, said_no, stay};
use crate::domain::decide::ordering;
use crate::domain::decide::ruling::committee_answered;
use crate::domain::decide::secretariat::tell_secretariat;
use crate::domain::decide::silence::{asked_anew, asked_anew_meanwhile, call_wanted};
use crate::domain::decide::writing::{ask_plainly, facts};
use crate::domain::event::{Answer, Decision, Moment, Word, issue};
use crate::domain::plan::Doubt;
use crate::domain::policy::Policy;

/// The requester's answer to our question for details. One with details is a new request and does not come here; one
/// that was not understood is read by a person, once.
pub(super) fn to_information(case: &Case, ask: &Ask, answer: &Answer, moment: &Moment) -> Decision {
    if answer.step == Step::Withdrawal
        && let Some(decision) = said_no(case, answer, moment.now)
    {
        return decision;
    }
    if answer.step != Step::Information || answer.asked != ask.recipient || answer.from != ask.recipient {
        return stay(
            case,
            "answer_ignored",
            "An answer to another question, or from somebody else, came in.",
        );
    }
    if moment.now >= ask.until {
        return expire(case, moment.now);
    }
    if let Some(decision) = said_no(case, answer, moment.now) {
        return decision;
    }
    let next = Ask { unclear: ask.unclear.saturating_add(1), ..ask.clone() };
    let doubt = Doubt::Mail(format!(
        "{} answered our question for what is missing, and no details were found in it; please read it (mail {})",
        answer.from, answer.mail
    ));
    let effects = (next.unclear == 1).then(|| tell_secretariat(case, &[doubt], facts(case)));
    let says = "An answer without the missing details came in; the question stays open.";
    Decision::new(State::NeedsInformation(next), "answer_unclear", says).with(effects)
}

pub(super) fn to_admin_question(
    case: &Case,
    ask: &Ask,
    answer: &Answer,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    if answer.step != Step::Admin || answer.asked != ask.recipient {
        return to_another_question(case, answer, moment);
    }
    if moment.now >= ask.until {
        return too_late(case, ask, answer, policy, moment);
    }
    if let Some(decision) = said_no(case, answer, moment.now) {
        return decision;
    }
    match answer.word {
        Word::Yes if answer.from == ask.recipient => admin_agreed(case, answer, policy, moment),
        Word::Yes | Word::No | Word::Unclear => {
            let (ask, decision) = not_plain(case, ask, answer, policy, moment);
            Decision { next: State::AwaitingAdmin(ask), ..decision }
        }
    }
}

fn admin_agreed(case: &Case, answer: &Answer, policy: &Policy, moment: &mut Moment) -> Decision {
    let decision = ask_contacts(case, policy, moment);
    let says = format!(
        "{}, the {}, confirmed. Proof of this mail: {}. {}",
        answer.from,
        case.office.short(),
        answer.proof,
        decision.says
    );
    Decision { consent: Some(consent(answer, moment)), event: "admin_confirmed", says, ..decision }
}

pub(super) fn to_contact_question(
    case: &Case,
    asks: &[Ask],
    answer: &Answer,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    let asked = |ask: &&Ask| ask.step == answer.step && ask.recipient == answer.asked;
    let Some(ask) = asks.iter().find(asked) else {
        return to_another_question(case, answer, moment);
    };
    if moment.now >= ask.until {
        return too_late(case, ask, answer, policy, moment);
    }
    if let Some(decision) = said_no(case, answer, moment.now) {
        return decision;
    }
    let with = |changed: Ask| -> Vec<Ask> {
        let same = |old: &Ask| old.recipient == changed.recipient && old.step == changed.step;
        let replace = |old: &Ask| if same(old) { changed.clone() } else { old.clone() };
        asks.iter().map(replace).collect()
    };
    match answer.word {
        Word::Yes if answer.from == ask.recipient => {
            let asks = with(Ask { agreed: Some(consent(answer, moment)), ..ask.clone() });
            let everybody = asks.iter().all(|ask| ask.agreed.is_some());
            contact_agreed(case, answer, (State::AwaitingContacts(asks), everybody), moment)
        }
        Word::Yes | Word::No | Word::Unclear if ask.agreed.is_some() => {
            stay(case, "answer_ignored", format!("{} wrote again after the yes.", answer.from))
        }
        Word::Yes | Word::No | Word::Unclear => {
            let (ask, decision) = not_plain(case, ask, answer, policy, moment);
            Decision { next: State::AwaitingContacts(with(ask)), ..decision }
        }
    }
}

/// The change is applied once everybody has agreed; else the case stays in `waiting`.
fn contact_agreed(
    case: &Case,
    answer: &Answer,
    (waiting, everybody): (State, bool),
    moment: &mut Moment,
) -> Decision {
    let decision = if everybody {
        before_applying(case, &[], moment)
    } else {
        Decision::new(waiting, "contact_confirmed", "Others have not answered yet.")
    };
    let says = format!("{} confirmed. Proof of this mail: {}. {}", answer.from, answer.proof, decision.says);
    let known = case.has_agreed(answer.step, &answer.from);
    let consent = (!known).then(|| consent(answer, moment));
    Decision { consent, event: "contact_confirmed", says, ..decision }
}

/// An answer while the case waits for the secretariat. A no ends it. A yes of somebody of whom we only believed that our
/// mail had not reached him is as good as if we had not: it did reach him.
pub(super) fn to_earlier_question(
    case: &Case,
    escalation: &Escalation,
    answer: &Answer,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    if let Some(decision) = said_no(case, answer, moment.now) {
        return decision;
    }
    if let Some(decision) = asked_anew_meanwhile(case, escalation, answer, policy, moment) {
        return decision;
    }
    let undelivered = |doubt: &Doubt| matches!(doubt, Doubt::Undeliverable { .. });
    let asked =
        |ask: &&Ask| ask.step == answer.step && ask.recipient == answer.asked && moment.now < ask.until;
    let open = escalation.doubts.iter().all(undelivered) && case.earlier.iter().any(|ask| asked(&ask));
    let plain = answer.word == Word::Yes && answer.from == answer.asked;
    match answer.step {
        Step::Admin
            if open && plain && case.sole_admin() == Some(&answer.from) && !case.office_is_settled() =>
        {
            admin_agreed(case, answer, policy, moment)
        }
        Step::Contact | Step::Own | Step::Address
            if open && plain && case.office_is_settled() && case.needs(answer.step, &answer.from) =>
        {
            let now = |one: &Required| one.step == answer.step && one.who == answer.from;
            let everybody = case.lacking().iter().all(now);
            contact_agreed(case, answer, (case.state.clone(), everybody), moment)
        }
        Step::List => ordering::while_held(case, escalation, answer),
        Step::Committee if answer.from == answer.asked => {
            committee_answered(case, escalation, answer, moment)
        }
        Step::Admin
        | Step::Contact
        | Step::Own
        | Step::Address
        | Step::Information
        | Step::Ruling
        | Step::Committee
        | Step::Objection
        | Step::Withdrawal
        | Step::Approach => {
            let says = format!(
                "{} answered while the case waits for the secretariat; nothing follows.",
                answer.from
            );
            stay(case, "answer_ignored", says)
        }
    }
}

/// An answer to a question that is not open any more: only a no still counts.
pub(super) fn to_another_question(case: &Case, answer: &Answer, moment: &Moment) -> Decision {
    let ignored = || stay(case, "answer_ignored", "An answer to an earlier question came in.");
    said_no(case, answer, moment.now).unwrap_or_else(ignored)
}

/// The end of a question came before the answer, and before the clock was looked at. Only he who was asked moves it: his
/// no still counts, for his yes he is asked once more, anything else is a silence.
fn too_late(case: &Case, ask: &Ask, answer: &Answer, policy: &Policy, moment: &mut Moment) -> Decision {
    if answer.from != ask.recipient || ask.agreed.is_some() {
        return stay(case, "answer_ignored", "An answer came in after the end of the question.");
    }
    match (said_no(case, answer, moment.now), answer.word) {
        (Some(decision), _) => decision,
        (None, Word::Yes) => asked_anew(case, answer, policy, moment),
        (None, Word::No | Word::Unclear) => call_wanted(case, moment),
    }
}

fn consent(answer: &Answer, moment: &Moment) -> Consent {
    let Answer { step, from, mail, proof, .. } = answer;
    Consent { step: *step, who: from.clone(), at: moment.now, mail: *mail, proof: proof.clone() }
}

/// An answer that is neither yes nor no, or comes from another address. It never ends a question: we ask once more,
/// more plainly, at the address that was asked; then a person is told, once.
fn not_plain(
    case: &Case,
    ask: &Ask,
    answer: &Answer,
    policy: &Policy,
    moment: &mut Moment,
) -> (Ask, Decision) {
    let mut next = Ask { unclear: ask.unclear.saturating_add(1), ..ask.clone() };
    let other = answer.from != ask.recipient;
    let (event, doubt, says) = if other {
        let doubt = Doubt::AnsweredByOther(answer.from.clone());
        let says = doubt.words();
        ("answered_by_other", doubt, says)
    } else {
        let says = format!("{} answered without a plain yes or no", answer.from);
        ("answer_unclear", Doubt::AnswerUnclear(answer.from.clone()), says)
    };
    let mut effects = Vec::new();
    if next.unclear < policy.unclear_answers_max {
        let token = moment.token();
        next.tokens.push(issue(&token, &ask.recipient, &case.request_digest(), ask.step));
        effects.push(ask_plainly(case, &next, token, answer));
    } else if next.unclear == policy.unclear_answers_max {
        effects.push(tell_secretariat(case, &[doubt], facts(case)));
    }
    let says = format!("{says}; the question stays open.");
    (next, Decision::new(case.state.clone(), event, says).with(effects))
}
