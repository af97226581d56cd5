//! What can happen to a case, and what follows from it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::case::{Case, CaseId, Consent, IssuedToken, State, Step, Thread};
use crate::domain::contact::Contact;
use crate::domain::digest::Digest;
use crate::domain::list_plan::Plan;
use crate::domain::notice::Notice;
use crate::domain::objection::Objection;
use crate::domain::plan::EntryChange;
use crate::domain::registry::{IanaRecord, RegistryAnswer};
use crate::domain::tld::Tld;
use crate::domain::token::{TOKEN_CHANCE_OCTETS, Token};

/// What can happen to a case: a fact, in the past tense.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Its mail was taken in.
    RequestArrived,
    /// Somebody who was asked answered with his token.
    Answered(Answer),
    /// IANA's records of its ccTLDs were read again, in the order of its changes, with the entries as they are now.
    RegistryRead {
        /// What IANA publishes now.
        answers: Vec<RegistryAnswer>,
        /// The contacts as they are now.
        entries: Vec<Vec<Contact>>,
        /// What of them is frozen.
        frozen: Frozen,
    },
    /// The watch found that IANA's records of some of its ccTLDs are others than those it relies on.
    RegistryChanged {
        /// Those ccTLDs, and their records now; none where a ccTLD is gone from the root zone.
        changed: Vec<(Tld, Option<IanaRecord>)>,
    },
    /// The list took the change.
    ListChanged,
    /// The list did not take it, for this reason.
    ListRefused(String),
    /// The list is changed by a person: who, and what is to be done.
    ListOrdered {
        /// Whoever administers the list.
        administrator: Address,
        /// What he is to do.
        plan: Plan,
    },
    /// A mail of this case reached nobody.
    MailFailed {
        /// Whom it was for.
        recipient: Address,
        /// Whether trying again is useless.
        permanent: bool,
        /// What the post said.
        reason: String,
    },
    /// The secretariat ruled.
    Ruled(Ruling),
    /// The requester replaced it by another request.
    Superseded(CaseId),
    /// Another request for the same ccTLD took its place by rule.
    Replaced(CaseId),
    /// The same was asked once more.
    Repeated(Repeat),
    /// The request that it waited for has ended: the case as it would be if it arrived now.
    Freed(Box<Case>),
    /// A moment came that the case was waiting for.
    TimePassed,
}

/// A mail that asks once more for what an open case asks for, by somebody who may see the contacts.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeat {
    /// Who wrote it.
    pub from: Address,
    /// His name, as he writes it.
    pub name: Option<String>,
    /// How to answer it.
    pub thread: Thread,
    /// The language that he wrote in (ISO 639-1), as far as it is known.
    pub language: Option<String>,
    /// How often he has asked for it again before.
    pub times: u16,
}
/// ccTLDs whose entry is frozen, each with the case whose change is objected to.
pub type Frozen = Vec<(Tld, CaseId)>;

/// An answer that carries a good token.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The step that its token is good for.
    pub step: Step,
    /// Whom we had asked: the one the token was sent to.
    pub asked: Address,
    /// Who wrote it.
    pub from: Address,
    /// What it says.
    pub word: Word,
    /// Its digest.
    pub mail: Digest,
    /// How to answer it.
    pub thread: Thread,
    /// What the proof said of it, in one line.
    pub proof: String,
    /// The beginning of his own words, on one line.
    pub said: String,
}

/// What an answer says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Word {
    /// Agrees.
    Yes,
    /// Refuses.
    No,
    /// Neither, plainly.
    Unclear,
}

/// What the secretariat decided.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ruling {
    /// Who: a name at the shell, or an address.
    pub by: String,
    /// What.
    pub verdict: RulingVerdict,
    /// Why, in words; shown to all concerned where it is a refusal.
    pub note: String,
    /// The mail that brought it; none at the shell.
    pub mail: Option<Thread>,
}

/// The rulings that there are.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RulingVerdict {
    /// Go on in spite of the doubts.
    Approve,
    /// Close it.
    Reject,
    /// Ask the requester what would settle the doubts.
    Ask,
    /// Whoever says so deals with it.
    Take,
    /// Not now.
    Later,
    /// The standing committee is asked what it thinks.
    Refer,
    /// The change is undone.
    Undo,
}

impl RulingVerdict {
    /// The word for it, at the shell and in scripts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Ask => "ask",
            Self::Take => "take",
            Self::Later => "later",
            Self::Refer => "refer",
            Self::Undo => "undo",
        }
    }

    /// Whether words belong to it: a reason that people are told, or a question.
    pub fn has_words(self) -> bool {
        matches!(self, Self::Reject | Self::Ask | Self::Refer)
    }

    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Approve, Self::Reject, Self::Ask, Self::Take, Self::Later, Self::Refer, Self::Undo];
}

impl std::str::FromStr for RulingVerdict {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|verdict| verdict.word() == word)
            .ok_or_else(|| format!("`{word}` is no ruling"))
    }
}

/// What is to be done: each effect has an id for ever, and is recorded before it is carried out.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// A mail is sent.
    Send(Box<Notice>),
    /// IANA's records of the case's ccTLDs are read again.
    ReadRegistry,
    /// The list is changed as approved.
    ChangeList,
    /// The list was changed by a person: the roster follows.
    RecordChange,
}

/// What the rules say: the next state, what is to be done, and how the journal tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Where the case stands now.
    pub next: State,
    /// What is to be done, in order.
    pub effects: Vec<Effect>,
    /// A consent that came with this event.
    pub consent: Option<Consent>,
    /// An objection that came with this event.
    pub objection: Option<Objection>,
    /// Other parts of the case that changed: a new admin contact with the records he was read from.
    pub asked_again: Option<Vec<IanaRecord>>,
    /// The case as it was planned anew, after it waited for another one.
    pub renewed: Option<Box<Case>>,
    /// The event in the words of the journal.
    pub event: &'static str,
    /// The same as a sentence for the secretariat.
    pub says: String,
}

impl Decision {
    /// The case goes on to this state; nothing is to be done yet.
    pub(in crate::domain) fn new(next: State, event: &'static str, says: impl Into<String>) -> Self {
        Self {
            next,
            effects: Vec::new(),
            consent: None,
            objection: None,
            asked_again: None,
            renewed: None,
            event,
            says: says.into(),
        }
    }

    /// The same, and these are to be done, in order, after what is to be done already.
    #[must_use]
    pub(in crate::domain) fn with(mut self, effects: impl IntoIterator<Item = Effect>) -> Self {
        self.effects.extend(effects);
        self
    }
}

/// The moment of a decision: its time and its chance, both from outside.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Now.
    pub now: Timestamp,
    /// Octets from the operating system's generator, fresh for this decision.
    seed: [u8; 32],
    taken: u64,
}

impl Moment {
    /// A moment with 256 bits of fresh chance.
    pub fn new(now: Timestamp, seed: [u8; 32]) -> Self {
        Self { now, seed, taken: 0 }
    }

    /// A token that nobody has seen: each is drawn from the moment's chance by its number (128 bits need 128 of chance).
    pub fn token(&mut self) -> Token {
        self.taken += 1;
        let mut input = self.seed.to_vec();
        input.extend_from_slice(&self.taken.to_be_bytes());
        let digest = Digest::of(&input);
        let mut chance = [0; TOKEN_CHANCE_OCTETS];
        for (to, from) in chance.iter_mut().zip(digest.octets()) {
            *to = *from;
        }
        Token::new(chance)
    }
}

/// A token as it is kept, for this recipient, request and step.
pub fn issue(token: &Token, recipient: &Address, request: &Digest, step: Step) -> IssuedToken {
    IssuedToken { key: token.key(), bound: token.bound_to(&recipient.lower(), request, step.word()) }
}

/// The token of a mail to the secretariat as it is kept: good for whoever of it rules on this request.
pub fn issue_to_secretariat(token: &Token, request: &Digest) -> IssuedToken {
    IssuedToken { key: token.key(), bound: token.bound_to(SECRETARIAT, request, Step::Ruling.word()) }
}

/// Whom the tokens of the secretariat are bound to: the office, and none of its people.
pub const SECRETARIAT: &str = "secretariat";

/// A change that everybody who must has agreed to. Only the rules make one, from a case that is being applied.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Approved {
    case: CaseId,
    changes: Vec<EntryChange>,
}

impl Approved {
    /// Only `decide` may call it.
    pub(in crate::domain) fn new(case: CaseId, changes: Vec<EntryChange>) -> Self {
        Self { case, changes }
    }

    /// The case that it comes from.
    pub fn case(&self) -> CaseId {
        self.case
    }

    /// What changes.
    pub fn changes(&self) -> &[EntryChange] {
        &self.changes
    }
}

/// How a list takes a change. Doing it twice is the same as once.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ListReceipt {
    /// The list is now as approved.
    Changed,
    /// The list will not take it, for this reason.
    Refused(String),
    /// A person changes the list: he is to be asked.
    ByPerson(Address),
}
