//! The mails that we send, as values: to whom, which one, and with which facts.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::address::Address;
use crate::domain::because::{Because, Reason};
use crate::domain::case::{CaseId, Step, Thread};
use crate::domain::contact::Contact;
use crate::domain::list_plan::ListStep;
use crate::domain::lookup::Unfound;
pub use crate::domain::notice_kind::NoticeKind;
use crate::domain::plan::EntryChange;
use crate::domain::registry::Office;
use crate::domain::repository::Repository;
use crate::domain::tld::{Tld, in_a_row};
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

/// The form of an invitation, for these ccTLDs and so many contacts.
pub fn form_for(tlds: &[Tld], contacts: usize) -> Vec<Field> {
    let mut form = vec![Field { label: Label::Tld, value: Some(in_a_row(tlds)) }];
    for _ in 0..contacts {
        form.extend([Label::Name, Label::Email, Label::Phone].map(|label| Field { label, value: None }));
    }
    form
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
    /// What is held of ccTLDs, a contact each, for whoever is asked whether it is right.
    pub entries: Vec<(Tld, Contact)>,
    /// The contact repository, or a part of it, where it is what the mail brings.
    pub repository: Option<Box<Repository>>,
    /// What of a question nobody was found for.
    pub unfound: Vec<Unfound>,
    /// Whether it is the last answer for now.
    pub last: bool,
    /// How many ccTLDs take part, where an invitation tells it; else 0.
    pub joined: usize,
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
