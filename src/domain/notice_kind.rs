//! Which mails there are, and what each is to its receiver.

use serde::{Deserialize, Serialize};

/// The mails that there are. Each has a folder of its name in `templates/`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// Asks the admin contact to confirm.
    ConfirmAdmin,
    /// Asks a new contact to confirm.
    ConfirmContact,
    /// Asks a listed contact whether he wants what was asked in his name.
    ConfirmOwn,
    /// Asks whoever reads a second address whether it is that contact's.
    ConfirmAddress,
    /// Asks again, more plainly, after an answer that was neither yes nor no.
    AskPlainly,
    /// Tells a requester who is not the admin contact that it is under way.
    UnderWay,
    /// Asks the requester for what is missing.
    NeedsInformation,
    /// Tells that nothing needs to be changed.
    NothingToChange,
    /// Asks whoever administers the list to change it.
    ChangeOrder,
    /// Tells him that the list is to stay as it was.
    OrderVoid,
    /// Tells that the change is made.
    Applied,
    /// Tells a former contact that he is one no more.
    Farewell,
    /// Tells that somebody said no.
    Refused,
    /// Tells that nobody answered in time.
    Expired,
    /// Tells that nobody answered in time, and that a person deals with it now.
    WithPerson,
    /// Tells those who were asked that it was taken back.
    Withdrawn,
    /// Tells its sender that another request takes its place.
    Replaced,
    /// Tells the requester that his request is taken back, as he wished.
    TakenBack,
    /// Tells that somebody objects to a change that was made.
    Objected,
    /// Brings a question of the secretariat to somebody who objects.
    ObjectionAsked,
    /// Tells that the change was undone.
    Undone,
    /// Tells that the change stays in spite of an objection.
    Kept,
    /// Tells somebody who answered that the request is closed.
    TooLate,
    /// Brings a case to the secretariat.
    Escalation,
    /// Brings a mail that belongs to no case to the secretariat.
    HeldMail,
    /// Tells the secretariat what one of it ruled, and what follows.
    Ruled,
    /// Asks the standing committee what it thinks of a case.
    Referred,
    /// Tells the secretariat that mails wait, since too many left within an hour.
    MailLimit,
    /// Tells the secretariat once a day what is open.
    Summary,
    /// Tells the secretariat where the registers differ from each other.
    Differences,
    /// Tells the secretariat that a cap keeps mails to strangers, or to those whom they name, back.
    Suppressed,
    /// Tells an authenticated stranger how to ask.
    Help,
    /// Brings everybody's contact details to all contacts.
    Repository,
    /// Brings a contact the contacts that he asked for.
    Contacts,
    /// Tells an admin contact that he is not asked any more about requests that merely copy him.
    Stopped,
    /// Tells him that he is asked again.
    Started,
    /// Asks a contact, or an admin contact, whether what is held is still right.
    RollCall,
    /// Asks a new admin contact whether the contacts stay.
    NewAdmin,
    /// Invites the admin contact of a ccTLD that is no member.
    Invitation,
    /// Tells him that his no, or his STOP, was understood.
    Declined,
}

impl NoticeKind {
    /// All of them.
    pub const ALL: [Self; 40] = [
        Self::ConfirmAdmin,
        Self::ConfirmContact,
        Self::ConfirmOwn,
        Self::ConfirmAddress,
        Self::AskPlainly,
        Self::UnderWay,
        Self::NeedsInformation,
        Self::NothingToChange,
        Self::ChangeOrder,
        Self::OrderVoid,
        Self::Applied,
        Self::Farewell,
        Self::Refused,
        Self::Expired,
        Self::WithPerson,
        Self::Withdrawn,
        Self::Replaced,
        Self::TakenBack,
        Self::Objected,
        Self::ObjectionAsked,
        Self::Undone,
        Self::Kept,
        Self::TooLate,
        Self::Escalation,
        Self::HeldMail,
        Self::Ruled,
        Self::Referred,
        Self::MailLimit,
        Self::Summary,
        Self::Differences,
        Self::Suppressed,
        Self::Help,
        Self::Repository,
        Self::Contacts,
        Self::Stopped,
        Self::Started,
        Self::RollCall,
        Self::NewAdmin,
        Self::Invitation,
        Self::Declined,
    ];

    /// The name of its folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::ConfirmAdmin => "confirm-admin",
            Self::ConfirmContact => "confirm-contact",
            Self::ConfirmOwn => "confirm-own",
            Self::ConfirmAddress => "confirm-address",
            Self::AskPlainly => "ask-plainly",
            Self::UnderWay => "under-way",
            Self::NeedsInformation => "needs-information",
            Self::NothingToChange => "nothing-to-change",
            Self::ChangeOrder => "change-order",
            Self::OrderVoid => "order-void",
            Self::Applied => "applied",
            Self::Farewell => "farewell",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::WithPerson => "with-person",
            Self::Withdrawn => "withdrawn",
            Self::Replaced => "replaced",
            Self::TakenBack => "taken-back",
            Self::Objected => "objected",
            Self::ObjectionAsked => "objection-asked",
            Self::Undone => "undone",
            Self::Kept => "kept",
            Self::TooLate => "too-late",
            Self::Escalation => "escalation",
            Self::HeldMail => "held-mail",
            Self::Ruled => "ruled",
            Self::Referred => "referred",
            Self::MailLimit => "mail-limit",
            Self::Summary => "summary",
            Self::Differences => "differences",
            Self::Suppressed => "suppressed",
            Self::Help => "help",
            Self::Repository => "repository",
            Self::Contacts => "contacts",
            Self::Stopped => "stopped",
            Self::Started => "started",
            Self::RollCall => "roll-call",
            Self::NewAdmin => "new-admin",
            Self::Invitation => "invitation",
            Self::Declined => "declined",
        }
    }

    /// Whether it answers a mail of its receiver (RFC 3834 §3.1.7: `auto-replied`) or comes unasked (`auto-generated`).
    pub fn answers(self) -> bool {
        matches!(
            self,
            Self::AskPlainly
                | Self::UnderWay
                | Self::NeedsInformation
                | Self::NothingToChange
                | Self::TakenBack
                | Self::TooLate
                | Self::Ruled
                | Self::Help
                | Self::Contacts
                | Self::Stopped
                | Self::Started
                | Self::Declined
        )
    }

    /// Whether it asks for an answer: only then is its loss an event of the case.
    pub fn is_question(self) -> bool {
        match self {
            Self::ConfirmAdmin
            | Self::ConfirmContact
            | Self::ConfirmOwn
            | Self::ConfirmAddress
            | Self::AskPlainly
            | Self::NeedsInformation
            | Self::ChangeOrder
            | Self::RollCall
            | Self::NewAdmin
            | Self::Invitation => true,
            Self::UnderWay
            | Self::OrderVoid
            | Self::NothingToChange
            | Self::Applied
            | Self::Farewell
            | Self::Refused
            | Self::Expired
            | Self::WithPerson
            | Self::Withdrawn
            | Self::Replaced
            | Self::TakenBack
            | Self::Objected
            | Self::ObjectionAsked
            | Self::Undone
            | Self::Kept
            | Self::TooLate
            | Self::Escalation
            | Self::HeldMail
            | Self::Ruled
            | Self::Referred
            | Self::MailLimit
            | Self::Summary
            | Self::Differences
            | Self::Suppressed
            | Self::Help
            | Self::Repository
            | Self::Contacts
            | Self::Stopped
            | Self::Started
            | Self::Declined => false,
        }
    }
}
