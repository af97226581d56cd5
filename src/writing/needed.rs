//! What the text of each mail must show: a question without what it is about would have people agree to they know not what.

use crate::domain::notice::NoticeKind;

/// The facts that a text of this kind must name.
pub(super) fn facts_of(kind: NoticeKind) -> &'static [&'static str] {
    match kind {
        NoticeKind::ConfirmAdmin
        | NoticeKind::ConfirmContact
        | NoticeKind::ConfirmOwn
        | NoticeKind::AskPlainly => &["changes", "until", "token"],
        NoticeKind::ConfirmAddress => &["name", "until", "token"],
        NoticeKind::NeedsInformation => &["missing", "questions", "words", "form", "token"],
        NoticeKind::Applied | NoticeKind::Farewell => &["until", "token", "no"],
        NoticeKind::UnderWay => &["token", "no"],
        NoticeKind::ObjectionAsked => &["words", "token"],
        NoticeKind::Escalation => &["points", "evidence", "choices", "token", "calls"],
        NoticeKind::HeldMail | NoticeKind::Referred => &["points", "evidence"],
        NoticeKind::Ruled => &["reason", "choices"],
        NoticeKind::MailLimit => &["points", "until"],
        NoticeKind::Suppressed => &["points"],
        NoticeKind::Summary => &["tlds", "evidence"],
        NoticeKind::Differences => &["evidence"],
        NoticeKind::RollCall | NoticeKind::NewAdmin => &["entries", "until", "token"],
        NoticeKind::Invitation => &["tlds", "form", "no", "stop", "token"],
        NoticeKind::Stopped | NoticeKind::Declined => &["start", "token"],
        NoticeKind::Repository => &["label", "day", "changes", "contacts"],
        NoticeKind::Contacts => &["label", "day", "contacts", "unfound", "last"],
        NoticeKind::ChangeOrder => &["order", "until", "token"],
        NoticeKind::OrderVoid => &["order"],
        NoticeKind::NothingToChange
        | NoticeKind::Refused
        | NoticeKind::Expired
        | NoticeKind::WithPerson
        | NoticeKind::Withdrawn
        | NoticeKind::TakenBack
        | NoticeKind::Objected
        | NoticeKind::Undone
        | NoticeKind::Kept
        | NoticeKind::TooLate
        | NoticeKind::Replaced
        | NoticeKind::Started
        | NoticeKind::Help => &[],
    }
}
