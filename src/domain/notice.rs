//! The mails that we send, as values: to whom, which one, and with which facts.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::because::{Because, Reason};
use crate::domain::case::{CaseId, Step, Thread};
use crate::domain::list_plan::ListStep;
use crate::domain::plan::EntryChange;
use crate::domain::registry::Office;
use crate::domain::repository::Repository;
use crate::domain::tld::Tld;
use crate::domain::token::Token;
use crate::domain::unclear::Unclear;

/// Where answers to our questions go; each carries its token in the Subject and in References, too.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Replies {
    /// To a subaddress of our mailbox (RFC 5233), which holds the token.
    #[default]
    Subaddress,
    /// To the mailbox itself, where its server knows no subaddresses.
    Mailbox,
}

/// Lines of a mail that a notice to the secretariat shows at the most; the whole mail is kept and can be looked at.
pub const QUOTED_LINES_MAX: usize = 60;

/// One mail to one receiver (the secretariat counts as one).
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Which mail it is.
    pub kind: NoticeKind,
    /// Whom it is for.
    pub to: Vec<Address>,
    /// His name, for the salutation.
    pub name: Option<String>,
    /// The token that it carries: it alone lets the receiver answer for this step.
    pub token: Option<(Token, Step)>,
    /// The mail that it answers.
    pub thread: Thread,
    /// The language that its receiver wrote in (ISO 639-1); English stands below it.
    pub language: Option<String>,
    /// All that its text says.
    pub facts: Facts,
}

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
    /// Tells the secretariat that a cap keeps mails to strangers, or to those whom they name, back.
    Suppressed,
    /// Tells an authenticated stranger how to ask.
    Help,
    /// Brings everybody's contact details to all contacts.
    Repository,
    /// Tells an admin contact that he is not asked any more about requests that merely copy him.
    Stopped,
    /// Tells him that he is asked again.
    Started,
}

impl NoticeKind {
    /// All of them.
    pub const ALL: [Self; 34] = [
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
        Self::Suppressed,
        Self::Help,
        Self::Repository,
        Self::Stopped,
        Self::Started,
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
            Self::Suppressed => "suppressed",
            Self::Help => "help",
            Self::Repository => "repository",
            Self::Stopped => "stopped",
            Self::Started => "started",
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
                | Self::Stopped
                | Self::Started
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
            | Self::ChangeOrder => true,
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
            | Self::Suppressed
            | Self::Help
            | Self::Repository
            | Self::Stopped
            | Self::Started => false,
        }
    }
}

/// A detail that a request lacks.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Missing {
    /// `tld`, `tld-meant`, `contacts`, `name`, `email` or `phone`.
    pub what: String,
    /// Whose, by his address or name; or the ccTLDs that were meant.
    pub who: Option<String>,
}

impl Missing {
    /// What a reading lacks; of a ccTLD, which ones its writer may have meant.
    pub fn of(item: &str, meant: &[Tld]) -> Self {
        if item == "tld" && !meant.is_empty() {
            let meant: Vec<String> = meant.iter().map(Tld::for_people).collect();
            return Self { what: TLD_MEANT.to_owned(), who: Some(meant.join(" / ")) };
        }
        item.into()
    }
}

/// A ccTLD that was named wrongly.
const TLD_MEANT: &str = "tld-meant";

/// `phone:ana@nic.example` of a reading.
impl From<&str> for Missing {
    fn from(item: &str) -> Self {
        match item.split_once(':') {
            Some((what, who)) => Self { what: what.to_owned(), who: Some(who.to_owned()) },
            None => Self { what: item.to_owned(), who: None },
        }
    }
}

/// For the journal.
impl fmt::Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.what == TLD_MEANT {
            return write!(formatter, "tld, perhaps {}", self.who.as_deref().unwrap_or_default());
        }
        formatter.write_str(&self.what)?;
        self.who.as_ref().map_or(Ok(()), |who| write!(formatter, " of {who}"))
    }
}

/// A field of the form.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Field {
    /// What belongs there.
    pub label: Label,
    /// What is known of it.
    pub value: Option<String>,
}

/// The labels of the form.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub enum Label {
    /// A ccTLD.
    Tld,
    /// A person's name.
    Name,
    /// His address.
    Email,
    /// His second address.
    SecondEmail,
    /// His number.
    Phone,
    /// His place.
    Rank,
}

impl Label {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Tld, Self::Name, Self::Email, Self::SecondEmail, Self::Phone, Self::Rank];

    /// Its name in the files of phrases.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tld => "label-tld",
            Self::Name => "label-name",
            Self::Email => "label-email",
            Self::SecondEmail => "label-second-email",
            Self::Phone => "label-phone",
            Self::Rank => "label-rank",
        }
    }
}

/// The form of a request, for somebody of this ccTLD, with nothing else filled in.
pub fn blank_form(tld: Option<&Tld>) -> Vec<Field> {
    let labels = [Label::Tld, Label::Name, Label::Email, Label::Phone, Label::Rank];
    let known = |label| tld.filter(|_| label == Label::Tld).map(Tld::for_people);
    labels.map(|label| Field { label, value: known(label) }).to_vec()
}

/// What the texts say. A template takes from it what it needs; what a mail has no use for is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// The case.
    pub case: Option<CaseId>,
    /// What it amounts to: `subscribe`, `update` or `remove`.
    pub action: String,
    /// Its ccTLDs as in `.nl`, or `.fr .re`.
    pub tlds: String,
    /// Exactly what would change, or has changed.
    pub changes: Vec<EntryChange>,
    /// Why the receiver gets this mail.
    pub because: Because,
    /// Who asked for it: an address.
    pub requester: String,
    /// Until when an answer is possible.
    pub until: Option<Timestamp>,
    /// The how-manieth reminder it is; 0 for the first mail.
    pub reminder: u16,
    /// The reason of a refusal, where it is under way, or a person's words.
    pub reason: Reason,
    /// What may be too little, in the words that the case keeps.
    pub warnings: Vec<String>,
    /// What is doubtful, or was seen, for the secretariat: one line each.
    pub points: Vec<String>,
    /// What the requester is asked for.
    pub missing: Vec<Missing>,
    /// What was not clear, and the requester can settle.
    pub unclear: Vec<Unclear>,
    /// The form for what is missing, filled in with what was understood.
    pub form: Vec<Field>,
    /// The ccTLD that an example is for; none where it cannot be told.
    pub example: Option<Tld>,
    /// Whether nothing but a copy to its receiver brings a question to him: he may stop such.
    pub copied: bool,
    /// Whom to ask: an address of the secretariat, which is set as the mail is written.
    pub whom: String,
    /// Evidence for the secretariat: one line each.
    pub evidence: Vec<String>,
    /// The words of the mail that it is about, one line each.
    pub quoted: Vec<String>,
    /// What is to be done with the list.
    pub order: Vec<ListStep>,
    /// The choices that the secretariat has.
    pub choices: Vec<String>,
    /// Whom the secretariat may want to call, with what there is to say.
    pub calls: Vec<Call>,
    /// The contact repository, where it is what the mail brings.
    pub repository: Option<Box<Repository>>,
}

/// Somebody who does not answer our mails, for the secretariat to call.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Call {
    /// Which office of IANA's record he holds; none where he was named as a contact.
    pub office: Option<Office>,
    /// His name, where it is known.
    pub name: Option<String>,
    /// Where our mails went.
    pub address: Address,
    /// His number: of IANA's record, or of the entry that he is to have.
    pub phone: Option<String>,
    /// In which language he is written to (ISO 639-1).
    pub language: String,
    /// When he was asked.
    pub asked: Timestamp,
}
