//! A request that waits until another one for the same ccTLD has ended, and one whose place another takes.

use jiff::Timestamp;

use crate::domain::because::{Because, Reason};
use crate::domain::case::{Case, CaseId, State};
use crate::domain::decide::answering::to_another_question;
use crate::domain::decide::audience::{facts_for_requester, may_write_to_requester};
use crate::domain::decide::closing::{expire, mail_failed, ruled_to_reject, stay, withdraw};
use crate::domain::decide::received::{first_step, under_way};
use crate::domain::decide::registry_changed::registry_changed;
use crate::domain::decide::secretariat::tell_secretariat;
use crate::domain::decide::writing::{facts, is_proven, to_requester};
use crate::domain::event::{Decision, Effect, Event, Moment};
use crate::domain::notice::{Facts, NoticeKind};
use crate::domain::policy::{Policy, days_after};
use crate::domain::precedence::Queued;

/// Nothing is done before the other one has ended: its sender hears that it waits.
pub(super) fn queue(case: &Case, behind: CaseId, policy: &Policy, moment: &mut Moment) -> Decision {
    let queued = Queued { behind, since: moment.now, until: days_after(moment.now, policy.queued_days) };
    let says = format!("It waits until {behind}, another request for the same ccTLD, has ended.");
    Decision::new(State::Queued(queued), "queued", says).with(under_way(case, Reason::Behind(behind), moment))
}

pub(super) fn queued(
    case: &Case,
    queued: &Queued,
    event: &Event,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    match event {
        Event::TimePassed if moment.now >= queued.until => expire(case, moment.now),
        Event::Freed(renewed) => freed(queued, renewed, policy, moment),
        Event::Superseded(other) => withdraw(case, *other, moment.now),
        Event::Replaced(other) => replaced(case, *other, moment.now),
        Event::Ruled(ruling) => ruled_to_reject(case, ruling, moment.now),
        Event::RegistryChanged { changed } => registry_changed(case, changed, moment),
        Event::MailFailed { recipient, reason, .. } => mail_failed(case, recipient, reason),
        // Nobody else has been asked for anything yet: he can take it back.
        Event::Answered(answer) => to_another_question(case, answer, moment),
        Event::Repeated(_)
        | Event::RequestArrived
        | Event::RegistryRead { .. }
        | Event::ListChanged
        | Event::ListRefused(_)
        | Event::ListOrdered { .. }
        | Event::TimePassed => stay(case, "nothing_new", "Nothing changes."),
    }
}

/// It goes on as if it arrived now: planned anew against the contacts as they are, and perhaps behind a third one.
fn freed(queued: &Queued, renewed: &Case, policy: &Policy, moment: &mut Moment) -> Decision {
    let decision = first_step(renewed, policy, moment);
    let says = format!("{}, for which it waited, has ended. {}", queued.behind, decision.says);
    Decision { event: "freed", says, renewed: Some(Box::new(renewed.clone())), ..decision }
}

/// Another request takes its place by rule: besides those who were asked, its sender hears it, and the secretariat where
/// it looked at it.
pub(super) fn replaced(case: &Case, other: CaseId, now: Timestamp) -> Decision {
    let decision = withdraw(case, other, now);
    let requester = &case.requester.address;
    let to_him = |effect: &Effect| matches!(effect, Effect::Send(notice) if notice.to.contains(requester));
    let known = decision.effects.iter().any(to_him);
    let told = (!known && may_write_to_requester(case) && is_proven(case)).then(|| {
        let text =
            Facts { reason: Reason::Newer(other), because: Because::Sent, ..facts_for_requester(case) };
        to_requester(case, NoticeKind::Replaced, None, text)
    });
    let looked_at = matches!(case.state, State::AwaitingSecretariat(_)).then(|| {
        let reason = format!("Nothing is left to decide: {}.", Reason::Newer(other));
        tell_secretariat(case, &[], Facts { reason: reason.into(), ..facts(case) })
    });
    Decision { event: "replaced", ..decision.with(told).with(looked_at) }
}
