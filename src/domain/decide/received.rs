//! A request that came in: asked about, handed over, answered at once, or put to the admin contact.

use crate::domain::case::{Case, Resume, State, Step};
use crate::domain::decide::asking::ask;
use crate::domain::decide::closing::{close_by_rules, stay};
use crate::domain::decide::secretariat::escalate;
use crate::domain::decide::writing::{because_asked, facts, may_write_to_requester, to_admin, to_requester};
use crate::domain::event::{Decision, Effect, Event, Moment};
use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::domain::plan::Doubt;
use crate::domain::policy::Policy;

pub(super) fn received(case: &Case, event: &Event, policy: &Policy, moment: &mut Moment) -> Decision {
    match event {
        Event::RequestArrived => first_step(case, policy, moment),
        Event::Ruled(_)
        | Event::Answered(_)
        | Event::RegistryRead { .. }
        | Event::RegistryChanged { .. }
        | Event::ListChanged
        | Event::ListRefused(_)
        | Event::MailFailed { .. }
        | Event::Superseded(_)
        | Event::TimePassed => stay(case, "nothing_yet", "The request has not been looked at yet."),
    }
}

fn first_step(case: &Case, policy: &Policy, moment: &mut Moment) -> Decision {
    if !case.doubts.is_empty() {
        let resume =
            if case.admin.is_some() && something_changes(case) { Resume::AskAdmin } else { Resume::Nowhere };
        let mut decision = escalate(case, case.doubts.clone(), resume, moment);
        decision.effects.extend(under_way(case, "A person of the secretariat will look at it first."));
        return decision;
    }
    if !case.reading.missing.is_empty() || case.changes.is_empty() {
        return needs_information(case, policy, moment);
    }
    if !something_changes(case) {
        return close_by_rules(
            case,
            NoticeKind::NothingToChange,
            "everything is already as the request asks",
            moment.now,
        );
    }
    ask_admin(case, policy, moment)
}

fn something_changes(case: &Case) -> bool {
    case.changes.iter().any(|change| change.before != change.after)
}

/// Puts the change to the admin contact: the address comes from IANA's record, never from the mail.
pub(super) fn ask_admin(case: &Case, policy: &Policy, moment: &mut Moment) -> Decision {
    let Some(admin) = &case.admin else {
        let doubts = case.tlds().cloned().map(Doubt::NoAdminContact).collect();
        return escalate(case, doubts, Resume::Nowhere, moment);
    };
    let (question, token) = ask(case, admin.clone(), None, Step::Admin, policy, moment);
    let mut effects = vec![to_admin(
        case,
        NoticeKind::ConfirmAdmin,
        Some(token),
        Facts { until: Some(question.until), ..facts(case) },
    )];
    effects.extend(under_way(case, "The IANA admin contact has been asked to confirm it."));
    Decision {
        next: State::AwaitingAdmin(question),
        effects,
        consent: None,
        asked_again: None,
        event: "admin_asked",
        says: format!("{admin}, the IANA admin contact, was asked to confirm: {}.", because_asked(case)),
    }
}

/// A requester who is not himself asked hears that it is under way, if his mail is proven to be his.
fn under_way(case: &Case, reason: &str) -> Option<Effect> {
    let is_admin = case.admin.as_ref() == Some(&case.requester.address);
    let held = !case.doubts.is_empty();
    if !may_write_to_requester(case) || (is_admin && !held) {
        return None;
    }
    Some(to_requester(case, NoticeKind::UnderWay, None, Facts { reason: reason.to_owned(), ..facts(case) }))
}

fn needs_information(case: &Case, policy: &Policy, moment: &mut Moment) -> Decision {
    if !may_write_to_requester(case) {
        let why =
            "details are missing, and the mail is not proven to be from its sender, so he was not asked";
        return escalate(case, vec![Doubt::Reading(why.to_owned())], Resume::Nowhere, moment);
    }
    let (question, token) =
        ask(case, case.requester.address.clone(), None, Step::Information, policy, moment);
    let points = case.reading.missing.iter().map(|item| missing_in_words(item)).collect::<Vec<_>>();
    let list = points.join("; ");
    let text = Facts { until: Some(question.until), points, ..facts(case) };
    Decision {
        effects: vec![to_requester(
            case,
            NoticeKind::NeedsInformation,
            Some((token, Step::Information)),
            text,
        )],
        says: format!("{} was asked for what is missing: {list}.", case.requester.address),
        next: State::NeedsInformation(question),
        consent: None,
        asked_again: None,
        event: "information_asked",
    }
}

/// `phone:ana@nic.example` in words.
fn missing_in_words(item: &str) -> String {
    match item.split_once(':') {
        Some(("phone", who)) => format!("the phone number of {who}, with the country's code"),
        Some(("name", who)) => format!("the full name of {who}"),
        Some(("email", who)) => format!("the personal e-mail address of {who}"),
        Some((what, who)) => format!("{what} of {who}"),
        None if item == "tld" => "the ccTLD it is for, as in .nl".to_owned(),
        None if item == "contacts" => {
            "the contacts: name, personal e-mail address and phone number of each".to_owned()
        }
        None => item.to_owned(),
    }
}

/// For the closing functions: a notice that needs no facts beyond the case's.
pub(super) fn plain(case: &Case, kind: NoticeKind) -> Option<Effect> {
    may_write_to_requester(case).then(|| to_requester(case, kind, None, facts(case)))
}

/// Whether two notices go to one and the same receiver: nobody gets the same news twice.
pub(super) fn same_receiver(a: &Notice, b: &Notice) -> bool {
    a.to == b.to && a.kind == b.kind
}
