//! What would be done with a mail, in words: nothing is stored and nothing is sent.

use jiff::Timestamp;

use crate::domain::admission::{Admission, Arrival, Joined, View, admit};
use crate::domain::case::{Case, CaseId};
use crate::domain::decide::decide;
use crate::domain::event::{Effect, Event, Moment};
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::policy::Policy;
use crate::domain::request::Kind;
use crate::writing::layout::list;

/// What would be done, one line each.
pub fn would(arrival: &Arrival, view: &View, policy: &Policy, now: Timestamp) -> Vec<String> {
    let answers = matches!(arrival.reading.kind, Kind::ReplyYes | Kind::ReplyNo | Kind::ReplyUnclear);
    if answers && !arrival.reading.tokens.is_empty() {
        return vec!["take it as the answer to our question, if its token is still good".to_owned()];
    }
    match admit(arrival, view, policy, now) {
        Admission::Ignore { says, keep_for_person: true, .. } => {
            vec![format!("do nothing, and keep it for a person: {says}")]
        }
        Admission::Ignore { says, keep_for_person: false, .. } => vec![format!("do nothing: {says}")],
        Admission::Retry(why) => vec![format!("judge it again later: {why}")],
        Admission::Hold(_) => vec!["hand it to the secretariat".to_owned()],
        Admission::Help(help) => {
            let told = "tell the sender how to ask, at most once a week".to_owned();
            let person = (!help.points.is_empty()).then(|| "hand it to the secretariat".to_owned());
            [told].into_iter().chain(person).collect()
        }
        Admission::Answer(inquiry) => {
            let told = format!(
                "send {} the contacts that were asked for ({}), as long as there are answers left for today",
                inquiry.to,
                inquiry.asked.words()
            );
            let person = (!inquiry.points.is_empty()).then(|| "hand it to the secretariat".to_owned());
            [told].into_iter().chain(person).collect()
        }
        Admission::Joined(joined) => vec![repeats(&joined)],
        Admission::JoinedAndOpen(joined, cases) => {
            let opens = cases.iter().flat_map(|case| first_step(case, policy, now));
            std::iter::once(repeats(&joined)).chain(opens).collect()
        }
        Admission::Open(cases) => cases.iter().flat_map(|case| first_step(case, policy, now)).collect(),
    }
}

fn repeats(joined: &[Joined]) -> String {
    let cases: Vec<CaseId> = joined.iter().map(|one| one.case).collect();
    format!("nothing new: {} asks for the same", list(&cases))
}

fn first_step(case: &Case, policy: &Policy, now: Timestamp) -> Vec<String> {
    // No chance is needed: the tokens of a decision that is not carried out reach nobody.
    let decision = decide(case, &Event::RequestArrived, policy, &mut Moment::new(now, [0; 32]));
    decision.effects.iter().map(in_words).collect()
}

fn in_words(effect: &Effect) -> String {
    match effect {
        Effect::Send(notice) => mail_in_words(notice),
        Effect::ReadRegistry => "read IANA's record once more".to_owned(),
        Effect::ChangeList => "change the list".to_owned(),
        Effect::RecordChange => "record that the list was changed".to_owned(),
    }
}

fn mail_in_words(notice: &Notice) -> String {
    let to = list(&notice.to);
    match notice.kind {
        NoticeKind::ConfirmAdmin
        | NoticeKind::ConfirmContact
        | NoticeKind::ConfirmOwn
        | NoticeKind::ConfirmAddress => format!("ask {to} to confirm"),
        NoticeKind::UnderWay => "tell the sender it is under way".to_owned(),
        NoticeKind::NeedsInformation => format!("ask {to} for what is missing"),
        NoticeKind::NothingToChange => format!("tell {to} that nothing needs to be changed"),
        NoticeKind::Escalation | NoticeKind::HeldMail => "hand it to the secretariat".to_owned(),
        NoticeKind::AskPlainly
        | NoticeKind::ChangeOrder
        | NoticeKind::OrderVoid
        | NoticeKind::Applied
        | NoticeKind::Farewell
        | NoticeKind::Refused
        | NoticeKind::Expired
        | NoticeKind::WithPerson
        | NoticeKind::Withdrawn
        | NoticeKind::Replaced
        | NoticeKind::TakenBack
        | NoticeKind::Objected
        | NoticeKind::ObjectionAsked
        | NoticeKind::Undone
        | NoticeKind::Kept
        | NoticeKind::TooLate
        | NoticeKind::Ruled
        | NoticeKind::Referred
        | NoticeKind::MailLimit
        | NoticeKind::Summary
        | NoticeKind::Differences
        | NoticeKind::Suppressed
        | NoticeKind::Repository
        | NoticeKind::Contacts
        | NoticeKind::Help
        | NoticeKind::Stopped
        | NoticeKind::Started
        | NoticeKind::RollCall
        | NoticeKind::NewAdmin
        | NoticeKind::Invitation
        | NoticeKind::Declined => format!("write to {to}"),
    }
}
