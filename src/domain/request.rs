//! What a mail says, as it was read: its kind, the changes it asks for, what is missing, what is doubtful.

use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::asked::Asked;
use crate::domain::contact::{Phone, Rank};
use crate::domain::tld::Tld;
use crate::domain::token::Token;
use crate::domain::unclear::{About, Unclear};

/// What sort of mail it is. The words of the JSON are a contract.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Asks for a change of contacts.
    Request,
    /// Agrees to what a confirmation mail asked.
    ReplyYes,
    /// Refuses what a confirmation mail asked.
    ReplyNo,
    /// Answers a confirmation mail, and neither agrees nor refuses plainly.
    ReplyUnclear,
    /// The secretariat's answer to an escalation.
    Ruling,
    /// Asks for contacts.
    Query,
    /// Asks how to join or to change.
    Help,
    /// A machine wrote it: vacation, ticket, challenge, read receipt, list (RFC 3834).
    AutoReply,
    /// A mail of ours could not be delivered, or not yet (RFC 3464).
    Bounce,
    /// Nothing of these.
    Other,
}

/// What a request does to the entry of a ccTLD.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Only new contacts.
    Subscribe,
    /// Anything that is neither of the others.
    Update,
    /// Only leaving contacts.
    Remove,
}

impl Action {
    /// The word for it in mails and machine output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Update => "update",
            Self::Remove => "remove",
        }
    }
}

/// What is to happen to one contact.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Becomes a contact.
    Add,
    /// Is no contact any more.
    Remove,
    /// Stays, with other details.
    Modify,
}

/// A detail of a contact that a mail can ask to drop, so that nothing stands in its place.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// His second address.
    SecondaryEmail,
}

/// One contact as the mail names him. What the mail does not say is none.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Named {
    /// What is to happen to him.
    pub change: Change,
    /// His name as written, decoded, white space folded.
    pub name: Option<String>,
    /// His address.
    #[serde(serialize_with = "lower")]
    pub email: Option<Address>,
    /// His second address.
    #[serde(serialize_with = "lower")]
    pub secondary_email: Option<Address>,
    /// His number, national ones read in the country of the ccTLD.
    pub phone: Option<Phone>,
    /// His place.
    pub rank: Option<Rank>,
    /// The address (or the name, where no address is given) of the person replaced or of the former value.
    pub replaces: Option<String>,
    /// The details that he is to have no more. Where the mail says which value that was, it is the former one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drops: Vec<Detail>,
}

/// What the mail asks for one ccTLD.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Request {
    /// What it amounts to.
    pub action: Action,
    /// The ccTLD; none where the mail names none that is known.
    pub tld: Option<Tld>,
    /// The contacts it names. A removal that names none means every contact.
    pub contacts: Vec<Named>,
    /// Whether every earlier contact goes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replace_all: bool,
    /// The two places whose contacts exchange them, whoever they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swaps: Option<[Rank; 2]>,
}

/// What a mail says, and how sure that is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reading {
    /// What sort of mail it is.
    pub kind: Kind,
    /// ISO 639-1 code of what its writer wrote.
    pub language: Option<String>,
    /// The changes it asks for, in the order of the mail.
    pub requests: Vec<Request>,
    /// What a new contact still needs: `phone:EMAIL`, `name:EMAIL`, `email:NAME`, `tld`, `contacts`.
    pub missing: Vec<String>,
    /// The ccTLDs it asks the contacts of; with none, the whole list.
    pub queried_tlds: Vec<Tld>,
    /// All that it asks for there, where that is plain. It opens no case, so it is not kept.
    #[serde(skip)]
    pub asked: Option<Asked>,
    /// Whether a person must look before anything is done.
    pub hold: bool,
    /// Why.
    pub doubts: Vec<Unclear>,
    /// The ccTLDs that it may mean by names that are none: its writer is asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meant: Vec<Tld>,
    /// Whether nothing at all was understood of what a person seems to have written to us: it is told how to ask.
    #[serde(skip)]
    pub lost: bool,
    /// The tokens of ours that it carries in its recipients, its Subject, In-Reply-To or References, each once.
    /// Never from its body, and never kept: a token that is still good must not lie on a disk.
    #[serde(skip)]
    pub tokens: Vec<Token>,
    /// What a bounce reports.
    pub bounce: Option<Bounce>,
    /// The organization whose list proposes it, where it was not written as a mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<String>,
    /// The words its writer wrote himself, as plain text: what an escalation shows.
    pub own_text: String,
}

impl Reading {
    /// Whether it takes something back and does nothing besides, as in `Please withdraw my request`.
    pub fn takes_back(&self) -> bool {
        // `Withdraw my request` may be read as if its writer himself should go, from nowhere in particular.
        let from_nowhere = |request: &Request| {
            let goes =
                |one: &Named| one.change == Change::Remove && one.name.is_none() && one.phone.is_none();
            request.tld.is_none() && request.contacts.iter().all(goes)
        };
        let asks = self.kind == Kind::Request
            && self.requests.iter().any(|one| !one.contacts.is_empty() && !from_nowhere(one));
        self.doubts.iter().any(|doubt| doubt.about == About::Recall) && !asks
    }

    /// Whether one of its requests says something of somebody.
    pub fn names_contacts(&self) -> bool {
        self.requests.iter().any(|request| !request.contacts.is_empty())
    }
}

/// What a delivery status notification reports (RFC 3464).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Bounce {
    /// Whom it did not reach.
    pub recipient: Option<Address>,
    /// Whether trying again is useless (RFC 3463 §3.1: class 5).
    pub permanent: bool,
    /// The Message-ID of the mail that it is about, without angle brackets.
    pub original_message_id: Option<String>,
    /// What the server that refused it said (RFC 3464 §2.3.6), else its status (§2.3.4): for a person to read.
    #[serde(skip)]
    pub said: Option<String>,
}

/// Machine output writes addresses in lower case.
fn lower<'a, S, A>(address: &'a A, serializer: S) -> Result<S::Ok, S::Error>
where
    S: serde::Serializer,
    &'a A: IntoIterator<Item = &'a Address>,
{
    address.into_iter().next().map(Address::lower).serialize(serializer)
}
