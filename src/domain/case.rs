//! A case: one request from its arrival to its end, with everything that has been said about it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::agreement::Required;
pub use crate::domain::ask::{Ask, Consent, IssuedToken, Step};
pub use crate::domain::case_id::{CaseId, CaseIdError};
use crate::domain::digest::Digest;
pub use crate::domain::escalation::{Escalation, Resume};
use crate::domain::evidence::Proof;
use crate::domain::list_plan::Plan;
pub use crate::domain::objection::{Contest, Handed, Objection, Undo};
use crate::domain::plan::{Doubt, EntryChange};
use crate::domain::precedence::Queued;
pub use crate::domain::refusal::{Refusal, Refuser};
use crate::domain::registry::{IanaRecord, Office};
use crate::domain::request::{Action, Reading};
use crate::domain::tld::{Tld, in_a_row};

/// What the sender of a request is for a ccTLD, before his proof. The words of the JSON are a contract.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The IANA admin contact is the sender.
    Admin,
    /// The IANA admin contact is in To or Cc.
    AdminCc,
    /// The IANA technical contact is the sender.
    Technical,
    /// A listed contact of the ccTLD is the sender.
    Contact,
    /// The secretariat is the sender.
    Secretariat,
    /// None of these.
    None,
}

impl Role {
    /// The same in words for a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::Admin => "the IANA admin contact",
            Self::AdminCc => "somebody who copied the IANA admin contact",
            Self::Technical => "the IANA technical contact",
            Self::Contact => "a listed contact",
            Self::Secretariat => "the secretariat",
            Self::None => "nobody who may ask for this ccTLD",
        }
    }
}

/// What one mail says of itself, for threading an answer to it (RFC 5322 §3.6.4).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Thread {
    /// Its Message-ID, without brackets.
    pub message_id: Option<String>,
    /// The mails before it, the first one first.
    pub references: Vec<String>,
    /// Its subject.
    pub subject: String,
}

/// Who asked, by which mail, and what proves it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Requester {
    /// His address.
    pub address: Address,
    /// His name, as he writes it.
    pub name: Option<String>,
    /// What he is for the ccTLDs of the case.
    pub role: Role,
    /// What proves it.
    pub proof: Proof,
    /// The digest of his mail: where it is kept.
    pub mail: Digest,
    /// How to answer it.
    pub thread: Thread,
}

/// Where a case stands. Each state carries what only it needs.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It came in; nothing has been done.
    Received,
    /// We asked the requester for what is missing.
    NeedsInformation(Ask),
    /// We asked the admin contact.
    AwaitingAdmin(Ask),
    /// The admin contact agreed, where he must; we asked all others who must.
    AwaitingContacts(Vec<Ask>),
    /// A person must look at it.
    AwaitingSecretariat(Escalation),
    /// It waits until another request for the same ccTLD has ended.
    Queued(Queued),
    /// All agreed: IANA is read once more, then the list is changed.
    Applying(Applying),
    /// The change is made.
    Done(Timestamp),
    /// The change is made, and somebody who was told of it objects: a person must look at it.
    Contested(Contest),
    /// The change was made, and undone after an objection.
    Undone(Timestamp),
    /// Somebody said no.
    Refused(Refusal),
    /// Nobody answered in time.
    Expired(Timestamp),
    /// It was taken back, or replaced by another request.
    Withdrawn(Timestamp),
}

impl State {
    /// The name of the state: in machine output, in the journal and in lists.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::NeedsInformation(_) => "needs_information",
            Self::AwaitingAdmin(_) => "awaiting_admin",
            Self::AwaitingContacts(_) => "awaiting_contacts",
            Self::AwaitingSecretariat(_) => "awaiting_secretariat",
            Self::Queued(_) => "queued",
            Self::Applying(_) => "applying",
            Self::Done(_) => "done",
            Self::Contested(_) => "contested",
            Self::Undone(_) => "undone",
            Self::Refused(_) => "refused",
            Self::Expired(_) => "expired",
            Self::Withdrawn(_) => "withdrawn",
        }
    }

    /// Whether anything can still happen.
    pub fn is_open(&self) -> bool {
        !matches!(
            self,
            Self::Done(_) | Self::Undone(_) | Self::Refused(_) | Self::Expired(_) | Self::Withdrawn(_)
        )
    }

    /// What the secretariat has of it, while it has it.
    pub fn escalation(&self) -> Option<&Escalation> {
        if let Self::AwaitingSecretariat(escalation) = self {
            return Some(escalation);
        }
        if let Self::Contested(contest) = self { Some(&contest.escalation) } else { None }
    }

    /// The same state with this in the hands of the secretariat.
    #[must_use]
    pub fn held_with(&self, escalation: Escalation) -> Self {
        if let Self::Contested(contest) = self {
            return Self::Contested(Contest { escalation, ..contest.clone() });
        }
        Self::AwaitingSecretariat(escalation)
    }
}

/// How far the application of a change is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Applying {
    /// Which of the steps is under way.
    pub stage: Stage,
    /// Doubts that the secretariat has overruled: they do not stop the change again.
    pub overruled: Vec<Doubt>,
    /// The ruling by which the change is undone; none where it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
}

/// The steps of applying a change.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// IANA's records are read again.
    Checking,
    /// The list is being changed.
    Changing,
    /// Somebody who administers the list was told how to change it.
    Ordered(Box<Order>),
}

/// What a person was told to do with the list.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Order {
    /// Whom we asked to do it, and when.
    pub ask: Ask,
    /// What.
    pub plan: Plan,
}

/// One request, from its arrival to its end.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Case {
    /// Its name.
    pub id: CaseId,
    /// When it came in.
    pub opened: Timestamp,
    /// What its mail says.
    pub reading: Reading,
    /// What it amounts to.
    pub action: Action,
    /// What would change, one ccTLD each. All of them have the same admin contact. Empty where that is not known yet.
    pub changes: Vec<EntryChange>,
    /// Who asked.
    pub requester: Requester,
    /// Who decides on it, and is asked first: the admin contact of all its ccTLDs, unless the policy accepts a
    /// technical contact in his place.
    #[serde(default)]
    pub office: Office,
    /// His address: as IANA published it when the case was opened, or when it was asked again.
    pub admin: Option<Address>,
    /// IANA's records that it relies on, one a ccTLD.
    pub registry: Vec<IanaRecord>,
    /// What a person must decide before anybody is asked.
    pub doubts: Vec<Doubt>,
    /// What may be too little, for those who are asked.
    pub warnings: Vec<String>,
    /// Where it stands.
    pub state: State,
    /// Who must agree, as the procedure said when it was opened; empty in cases that are older than this field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<Required>,
    /// Who agreed so far. A consent lasts as long as the change and the admin contact are the same.
    pub consents: Vec<Consent>,
    /// The questions of earlier states, with the tokens that are still good: who was asked may still say no, and hears
    /// how it ends.
    #[serde(default)]
    pub earlier: Vec<Ask>,
    /// What whoever administers the list was told last, once that order is open no more.
    #[serde(default, skip_serializing_if = "Plan::is_empty")]
    pub ordered: Plan,
    /// Whether nothing brings it to the admin contact but a copy to him: its sender is nobody else who may ask, or is
    /// not proven to be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub copied: bool,
    /// In which language (ISO 639-1) whom we asked last answered, where it is one of ours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<(Address, String)>,
    /// The open requests whose place it takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<CaseId>,
    /// The open request that it has to wait for; looked at when it arrives, and then the state says so.
    #[serde(skip)]
    pub behind: Option<CaseId>,
    /// The tokens that came with news: whoever has one may object to a change that was made, or take his request back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handed: Vec<Handed>,
    /// Who objected to the change once it was made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<Objection>,
    /// The number of its next effect. An effect's id, `R-17.3`, is given once.
    pub next_effect: u32,
}

impl Case {
    /// The ccTLDs that it would change.
    pub fn tlds(&self) -> impl Iterator<Item = &Tld> {
        self.changes.iter().map(|change| &change.tld)
    }

    /// What everybody agrees to: a consent is bound to this digest, and thereby to every detail.
    pub fn request_digest(&self) -> Digest {
        crate::domain::plan::digest(&self.changes)
    }

    /// What a token of this step is bound to. Whoever takes his request back takes it back as a whole, whatever it has come
    /// to since; everybody else speaks of the very change that he was shown.
    pub fn bound_to(&self, step: Step) -> Digest {
        if step == Step::Withdrawal { self.requester.mail } else { self.request_digest() }
    }

    /// In which language somebody last answered, if he did.
    pub fn answered_in(&self, address: &Address) -> Option<&str> {
        self.languages.iter().find(|(who, _)| who == address).map(|(_, language)| language.as_str())
    }

    /// The same case, with the language that somebody answered in.
    #[must_use]
    pub fn with_answer_in(mut self, address: &Address, language: &str) -> Self {
        self.languages.retain(|(who, _)| who != address);
        self.languages.push((address.clone(), language.to_owned()));
        self
    }

    /// Its ccTLDs as they stand in a subject: `.nl`, or `.fr .re`.
    pub fn tlds_for_people(&self) -> String {
        in_a_row(self.tlds())
    }
}

/// When a case came to its end; none while anything can still happen.
pub fn ended_at(state: &State) -> Option<Timestamp> {
    match state {
        State::Done(at) | State::Undone(at) | State::Expired(at) | State::Withdrawn(at) => Some(*at),
        State::Refused(refusal) => Some(refusal.at),
        State::Received
        | State::NeedsInformation(_)
        | State::AwaitingAdmin(_)
        | State::AwaitingContacts(_)
        | State::AwaitingSecretariat(_)
        | State::Queued(_)
        | State::Applying(_)
        | State::Contested(_) => None,
    }
}

/// The questions that are open in a state.
pub fn open_asks(state: &State) -> &[Ask] {
    match state {
        State::NeedsInformation(ask) | State::AwaitingAdmin(ask) => std::slice::from_ref(ask),
        State::AwaitingContacts(asks) => asks,
        State::Applying(Applying { stage: Stage::Ordered(order), .. }) => std::slice::from_ref(&order.ask),
        State::Received
        | State::AwaitingSecretariat(_)
        | State::Queued(_)
        | State::Applying(_)
        | State::Done(_)
        | State::Contested(_)
        | State::Undone(_)
        | State::Refused(_)
        | State::Expired(_)
        | State::Withdrawn(_) => &[],
    }
}

/// The open questions of a state that nobody has agreed to yet.
pub fn unanswered(state: &State) -> impl Iterator<Item = &Ask> {
    open_asks(state).iter().filter(|ask| ask.agreed.is_none())
}

/// The tokens that a case remembers: those of its open questions, those of the earlier ones, those that came with news, and
/// those by which the secretariat rules.
pub fn issued_tokens(case: &Case) -> Vec<&IssuedToken> {
    let asked = open_asks(&case.state).iter().chain(&case.earlier).flat_map(|ask| &ask.tokens);
    let handed = case.handed.iter().map(|handed| &handed.token);
    let ruling = case.state.escalation().into_iter().flat_map(|escalation| &escalation.tokens);
    asked.chain(handed).chain(ruling).collect()
}
