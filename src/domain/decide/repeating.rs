//! The same request once more: its sender hears how it stands, or is put the question again that waits for him.

use crate::domain::address::Address;
use crate::domain::because::{Because, Reason};
use crate::domain::case::{Applying, Ask, Case, Stage, State, Step, open_asks};
use crate::domain::decide::closing::stay;
use crate::domain::decide::received::ask_requester;
use crate::domain::decide::writing::{confirm, facts, to};
use crate::domain::event::{Decision, Effect, Event, Moment, Repeat, issue};
use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::domain::policy::Policy;
use crate::domain::tongue;

/// How often somebody is put the same question again because he sends the request again: whoever lost a mail has it then,
/// and a program that repeats itself stops getting answers.
const QUESTIONS_AGAIN_MAX: u16 = 2;

/// The same was asked again, by somebody who may see the contacts.
pub(super) fn repeated(case: &Case, event: &Event, policy: &Policy, moment: &mut Moment) -> Decision {
    let Event::Repeated(repeat) = event else { return stay(case, "nothing_new", "Nothing changes.") };
    let from = &repeat.from;
    let asked = open_asks(&case.state).iter().find(|ask| ask.recipient == *from && ask.agreed.is_none());
    match asked {
        Some(ask) if repeat.times < QUESTIONS_AGAIN_MAX => {
            ask_again(case, ask, repeat, (policy, moment)).unwrap_or_else(|| known(case, from))
        }
        None if repeat.times == 0 => {
            let says = format!("{from} asked for it once more, and is told how it stands.");
            stay(case, JOINED, says).with([told(case, repeat)])
        }
        Some(_) | None => known(case, from),
    }
}

/// The journal's word for it.
const JOINED: &str = "joined";

fn known(case: &Case, from: &Address) -> Decision {
    stay(case, JOINED, format!("{from} asked for it once more; he knows already how it stands."))
}

/// The question with a new token; the earlier ones stay good, and it ends when it would have ended. None where it was
/// asked for more than the request lacks, which only that mail says.
fn ask_again(
    case: &Case,
    ask: &Ask,
    repeat: &Repeat,
    (policy, moment): (&Policy, &mut Moment),
) -> Option<Decision> {
    let mut next = ask.clone();
    let mut effect = match ask.step {
        Step::Admin | Step::Contact | Step::Own | Step::Address => {
            let token = moment.token();
            next.tokens.push(issue(&token, &ask.recipient, &case.request_digest(), ask.step));
            confirm(case, &next, token)
        }
        Step::Information if !case.reading.missing.is_empty() => {
            let mut decision = ask_requester(case, Vec::new(), "", policy, moment);
            next.tokens.extend(open_asks(&decision.next).iter().flat_map(|ask| ask.tokens.clone()));
            decision.effects.pop()?
        }
        Step::Information
        | Step::Ruling
        | Step::List
        | Step::Committee
        | Step::Objection
        | Step::Withdrawal
        | Step::Approach => return None,
    };
    if let Effect::Send(notice) = &mut effect {
        notice.facts.because = Because::SentAgain(case.opened);
        notice.facts.until = Some(ask.until);
        **notice = in_answer(notice, case, repeat);
    }
    let says = format!("{} asked for it once more, and is put the same question again.", repeat.from);
    Some(Decision::new(with_ask(&case.state, &next), JOINED, says).with([effect]))
}

fn is_same(one: &Ask, other: &Ask) -> bool {
    one.recipient == other.recipient && one.step == other.step
}

/// The state with this question in its place.
fn with_ask(state: &State, changed: &Ask) -> State {
    match state {
        State::NeedsInformation(_) => State::NeedsInformation(changed.clone()),
        State::AwaitingAdmin(_) => State::AwaitingAdmin(changed.clone()),
        State::AwaitingContacts(asks) => {
            let replace = |old: &Ask| if is_same(old, changed) { changed } else { old }.clone();
            State::AwaitingContacts(asks.iter().map(replace).collect())
        }
        State::Received
        | State::AwaitingSecretariat(_)
        | State::Queued(_)
        | State::Applying(_)
        | State::Contested(_)
        | State::Undone(_)
        | State::Done(_)
        | State::Refused(_)
        | State::Expired(_)
        | State::Withdrawn(_) => state.clone(),
    }
}

/// Since when it is under way, and whom it waits for.
fn told(case: &Case, repeat: &Repeat) -> Effect {
    let reason = Reason::Repeats(case.opened, Box::new(waits_for(case)));
    let because = Because::Wrote(repeat.thread.subject.clone());
    let notice =
        to(case, NoticeKind::UnderWay, repeat.from.clone(), Facts { because, reason, ..facts(case) });
    Effect::Send(Box::new(in_answer(&notice, case, repeat)))
}

fn waits_for(case: &Case) -> Reason {
    match &case.state {
        State::NeedsInformation(_) => Reason::SenderAsked,
        State::AwaitingAdmin(_) => Reason::OfficeAsked(case.office),
        State::AwaitingContacts(asks) => {
            let silent = asks.iter().filter(|ask| ask.agreed.is_none());
            Reason::ContactsAsked(silent.map(|ask| ask.recipient.clone()).collect())
        }
        State::AwaitingSecretariat(_) | State::Contested(_) => Reason::Held,
        State::Queued(queued) => Reason::Behind(queued.behind),
        State::Applying(Applying {
            stage: Stage::Checking | Stage::Changing | Stage::Ordered(_), ..
        }) => Reason::BeingApplied,
        State::Received
        | State::Undone(_)
        | State::Done(_)
        | State::Refused(_)
        | State::Expired(_)
        | State::Withdrawn(_) => Reason::OnceConfirmed,
    }
}

/// A mail that answers his, in his language if it is one of ours.
fn in_answer(notice: &Notice, case: &Case, repeat: &Repeat) -> Notice {
    let own = repeat.language.as_deref().map(|own| tongue::choose(Some(own), case.tlds()).to_owned());
    Notice {
        thread: repeat.thread.clone(),
        name: repeat.name.clone().or_else(|| notice.name.clone()),
        language: own.or_else(|| notice.language.clone()),
        ..notice.clone()
    }
}
