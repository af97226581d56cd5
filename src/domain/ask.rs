//! Questions: to whom, for which step, by which tokens, and who agreed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::contact::PersonName;
use crate::domain::digest::Digest;

/// A token that was sent: what is kept of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct IssuedToken {
    /// Where it is looked up.
    pub key: Digest,
    /// The digest over the token, its recipient, the request and the step.
    pub bound: Digest,
}

/// A question to somebody who must agree. Each repetition brings a new token; all of them are good until it ends.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Ask {
    /// What he was asked for.
    pub step: Step,
    /// Whom we asked.
    pub recipient: Address,
    /// His name, for the salutation.
    pub name: Option<PersonName>,
    /// The tokens that we sent him.
    pub tokens: Vec<IssuedToken>,
    /// When we asked first.
    pub asked: Timestamp,
    /// Until when he may answer.
    pub until: Timestamp,
    /// How often he was reminded.
    pub reminders: u16,
    /// How often he answered without a plain yes or no.
    pub unclear: u16,
    /// Whether he agreed, and by which mail.
    pub agreed: Option<Consent>,
}

/// The step that a token is good for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The admin contact confirms.
    Admin,
    /// A new contact confirms.
    Contact,
    /// A listed contact confirms what he himself asked for.
    Own,
    /// Whoever reads a new second address confirms it.
    Address,
    /// The requester sends what is missing.
    Information,
    /// The secretariat rules.
    Ruling,
    /// Whoever administers the list says that it is changed.
    List,
    /// The standing committee says what it thinks.
    Committee,
    /// Whoever was told of a change says that it is wrong.
    Objection,
    /// The requester takes his request back.
    Withdrawal,
    /// Whoever was asked without a request says whether what is held is right.
    Approach,
}

impl Step {
    /// The word that a token is bound to.
    pub fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Contact => "contact",
            Self::Own => "own",
            Self::Address => "address",
            Self::Information => "information",
            Self::Ruling => "ruling",
            Self::List => "list",
            Self::Committee => "committee",
            Self::Objection => "objection",
            Self::Withdrawal => "withdrawal",
            Self::Approach => "approach",
        }
    }
}

/// A yes, and the mail that brought it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Consent {
    /// What he agreed to: an admin contact who is also a new contact is asked for both, and agrees to each.
    pub step: Step,
    /// Who agreed.
    pub who: Address,
    /// When it came in.
    pub at: Timestamp,
    /// The digest of his mail.
    pub mail: Digest,
    /// What the proof said of it, in one line. Holding the token is the proof that counts.
    pub proof: String,
}
