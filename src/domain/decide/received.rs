//! A request that came in: asked about, handed over, answered at once, or put to the admin contact.

use crate::domain::because::Reason;
use crate::domain::case::{Case, Resume, State, Step, open_asks};
use crate::domain::decide::asking::{Question, ask, ask_required};
use crate::domain::decide::audience::{facts_for_requester, may_write_to_requester, requester_sees_roster};
use crate::domain::decide::closing::{nothing_to_change, stay};
use crate::domain::decide::queueing::queue;
use crate::domain::decide::secretariat::escalate;
use crate::domain::decide::writing::{because_asked, confirm, is_proven, to_requester};
use crate::domain::event::{Decision, Effect, Event, Moment};
use crate::domain::notice::{Facts, Field, Label, Missing, NoticeKind};
use crate::domain::plan::Doubt;
use crate::domain::policy::Policy;
use crate::domain::request::{Change, Reading};
use crate::domain::tld::Tld;
use crate::domain::unclear::Unclear;

pub(super) fn received(case: &Case, event: &Event, policy: &Policy, moment: &mut Moment) -> Decision {
    match event {
        Event::RequestArrived => first_step(case, policy, moment),
        Event::Ruled(_)
        | Event::Answered(_)
        | Event::RegistryRead { .. }
        | Event::RegistryChanged { .. }
        | Event::ListChanged
        | Event::ListRefused(_)
        | Event::ListOrdered { .. }
        | Event::MailFailed { .. }
        | Event::Superseded(_)
        | Event::Replaced(_)
        | Event::Repeated(_)
        | Event::Freed(_)
        | Event::TimePassed => stay(case, "nothing_yet", "The request has not been looked at yet."),
    }
}

/// What is missing is asked for first: what else is doubtful is looked at again once the request is whole, and the
/// question tells a stranger nothing of the roster. Only a mail that is itself doubtful is a person's work before.
pub(super) fn first_step(case: &Case, policy: &Policy, moment: &mut Moment) -> Decision {
    let lacks = !case.reading.missing.is_empty() || case.changes.is_empty();
    let of_mail = |doubt: &Doubt| matches!(doubt, Doubt::Reading(_) | Doubt::Mail(_) | Doubt::Unproven(_));
    if lacks && may_write_to_requester(case) && !case.doubts.iter().any(of_mail) {
        return needs_information(case, policy, moment);
    }
    if lacks || !case.doubts.is_empty() {
        let mut doubts = case.doubts.clone();
        if doubts.is_empty() {
            let why =
                "details are missing, and the mail is not proven to be from its sender, so he was not asked";
            doubts.push(Doubt::Mail(why.to_owned()));
        }
        let told = under_way(case, Reason::Held, moment);
        return escalate(case, doubts, resume_of(case), moment).with(told);
    }
    if !something_changes(case) && !requester_sees_roster(case) && may_write_to_requester(case) {
        // That everything is so already would tell a stranger who is listed: a person answers him, in his own time.
        let told = under_way(case, Reason::Held, moment);
        return escalate(case, vec![Doubt::NothingChanges], Resume::Nowhere, moment).with(told);
    }
    if !something_changes(case) {
        return nothing_to_change(case, moment.now);
    }
    if let Some(behind) = case.behind {
        return queue(case, behind, policy, moment);
    }
    let decision = ask_required(case, policy, moment);
    if !case.consents.is_empty() {
        return waived(case, decision, moment);
    }
    // Whoever is asked himself knows that it is under way.
    let asked = open_asks(&decision.next).iter().any(|ask| ask.recipient == case.requester.address);
    let reason =
        if case.office_is_settled() { Reason::OnceAllConfirmed } else { Reason::OfficeAsked(case.office) };
    decision.with(under_way(case, reason, moment).filter(|_| !asked))
}

/// The request itself was taken for the yes of who decides: he hears that others have been asked, and else what was done.
fn waived(case: &Case, decision: Decision, moment: &mut Moment) -> Decision {
    let consents = case.consents.iter().map(|consent| format!("{} {}.", consent.who, consent.proof));
    let says = consents.chain([decision.says.clone()]).collect::<Vec<_>>().join(" ");
    let others = matches!(decision.next, State::AwaitingContacts(_));
    let told = under_way(case, Reason::OnceAllConfirmed, moment).filter(|_| others);
    Decision { event: "request_was_the_yes", says, ..decision }.with(told)
}

fn something_changes(case: &Case) -> bool {
    case.changes.iter().any(|change| change.before != change.after)
}

/// Whether the secretariat can let the request go on: it must be whole, be one person's to confirm, and be one that the
/// program can carry out.
pub(super) fn resume_of(case: &Case) -> Resume {
    let whole = case.reading.missing.is_empty() && something_changes(case);
    // Of his own details a contact decides himself, also where IANA names nobody whom he could be told of.
    let own = case.is_his_own();
    let passes =
        |doubt: &Doubt| doubt.can_be_overruled() || (own && matches!(doubt, Doubt::NoAdminContact(_)));
    let possible = case.can_be_asked() && case.doubts.iter().all(passes);
    if whole && possible { Resume::AskAdmin } else { Resume::Nowhere }
}

/// Puts the change to the admin contact: the address comes from IANA's records, never from the mail.
pub(super) fn ask_admin(case: &Case, policy: &Policy, moment: &mut Moment) -> Decision {
    let Some(admin) = case.sole_admin() else {
        let doubts = case.tlds().cloned().map(Doubt::NoAdminContact).collect();
        return escalate(case, doubts, Resume::Nowhere, moment);
    };
    let question = Question { step: Step::Admin, recipient: admin.clone(), name: None };
    let (question, token) = ask(case, question, policy, moment);
    let says =
        format!("{admin}, the {}, was asked to confirm: {}.", case.office.short(), because_asked(case));
    let effect = confirm(case, &question, token);
    Decision::new(State::AwaitingAdmin(question), "admin_asked", says).with([effect])
}

/// A requester hears that it is under way, and how to take it back, if his mail is proven to be his. One who may not see the roster always gets the
/// same words: not even whether the request fits it can be learned from them.
pub(super) fn under_way(case: &Case, reason: Reason, moment: &mut Moment) -> Option<Effect> {
    let known = requester_sees_roster(case) || reason == Reason::OnceAllConfirmed;
    let reason = if known { reason } else { Reason::OnceConfirmed };
    let text = Facts { reason, ..facts_for_requester(case) };
    // Whoever has not written to us, but was written in the name of, would not know what we speak of.
    let proven = may_write_to_requester(case) && is_proven(case);
    let token = proven.then(|| (moment.token(), Step::Withdrawal));
    proven.then(|| to_requester(case, NoticeKind::UnderWay, token, text))
}

fn needs_information(case: &Case, policy: &Policy, moment: &mut Moment) -> Decision {
    ask_requester(case, Vec::new(), "", policy, moment)
}

/// Asks the requester for all that is missing, for what would settle these doubts, and what a person wants to know.
pub(super) fn ask_requester(
    case: &Case,
    unclear: Vec<Unclear>,
    note: &str,
    policy: &Policy,
    moment: &mut Moment,
) -> Decision {
    let recipient = case.requester.address.clone();
    let says_whom = recipient.to_string();
    let (question, token) =
        ask(case, Question { step: Step::Information, recipient, name: None }, policy, moment);
    let mut missing: Vec<Missing> =
        case.reading.missing.iter().map(|item| Missing::of(item, &case.reading.meant)).collect();
    if missing.is_empty() && unclear.is_empty() && note.is_empty() {
        // A mail that lacks nothing, but from which no change came, lacks its contacts.
        missing.push("contacts".into());
    }
    let lacks = missing.iter().map(ToString::to_string);
    let told: Vec<String> =
        lacks.chain(unclear.iter().map(|unclear| unclear.about.word().to_owned())).collect();
    let says = if told.is_empty() {
        format!("{says_whom} was asked.")
    } else {
        format!("{says_whom} was asked for: {}.", told.join("; "))
    };
    let text = Facts {
        until: Some(question.until),
        missing,
        unclear,
        reason: note.into(),
        form: form(&case.reading),
        ..facts_for_requester(case)
    };
    let effect = to_requester(case, NoticeKind::NeedsInformation, Some((token, Step::Information)), text);
    Decision::new(State::NeedsInformation(question), "information_asked", says).with([effect])
}

/// The request as a form, with empty fields for what is missing; a reader knows its labels again.
fn form(reading: &Reading) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut field = |label: Label, value: Option<String>| fields.push(Field { label, value });
    for request in &reading.requests {
        field(Label::Tld, request.tld.as_ref().map(Tld::for_people));
        for named in request.contacts.iter().filter(|named| named.change != Change::Remove) {
            field(Label::Name, named.name.clone());
            field(Label::Email, named.email.as_ref().map(ToString::to_string));
            if named.secondary_email.is_some() {
                field(Label::SecondEmail, named.secondary_email.as_ref().map(ToString::to_string));
            }
            field(Label::Phone, named.phone.as_ref().map(ToString::to_string));
            if named.rank.is_some() {
                field(Label::Rank, named.rank.map(|rank| rank.to_string()));
            }
        }
        if request.contacts.is_empty() {
            for label in [Label::Name, Label::Email, Label::Phone] {
                field(label, None);
            }
        }
    }
    fields
}
