//! What is known of who wrote a mail: questions to the DNS and their answers, the verdict, and every reason for it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::digest::Digest;

/// A question for the TXT records of a name, in lower case and without a final dot.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct DnsQuestion {
    /// The name that is asked for.
    pub name: String,
}

/// What the resolver says of a question.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DnsAnswer {
    /// The TXT records, each with its strings joined (RFC 6376 §3.6.2.2). Never empty.
    Records(Vec<Vec<u8>>),
    /// The name or the type does not exist (RFC 2308 §2).
    Absent,
    /// No answer now; asking later may help. With the reason: SERVFAIL, REFUSED, a time-out, a truncated answer.
    Temporary(String),
}

/// The three values of a proof. The words of the JSON are a contract.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The domain of the From address vouches for the mail.
    Authenticated,
    /// It does not.
    NotAuthenticated,
    /// A DNS answer is missing: to be judged again later.
    TemporaryFailure,
}

/// What the proof of one mail rests on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Proof {
    /// The verdict.
    pub verdict: Verdict,
    /// The one plain From address, where there is one.
    pub from: Option<Address>,
    /// Each reason for and against, in words a secretary understands, the deciding one first.
    pub reasons: Vec<String>,
    /// Whether the mail carries any signature of the From address's domain, or marks of a forgery: an honest mail
    /// without any signature differs from one whose signature is broken.
    pub signed: Signed,
    /// Every signature that was looked at.
    pub signatures: Vec<SignatureEvidence>,
    /// Every DNS answer that was used.
    pub dns: Vec<DnsEvidence>,
}

/// A border server of the operator's own, whose word on a mail he trusts where its signature does not survive.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// The name that it puts first in Authentication-Results (RFC 8601 §2.5); `*.ops.example` stands for any name below.
    pub identifier: String,
    /// The names of all own servers that a mail comes through, as they stand behind `by` in Received, in lower case.
    pub received_by: Vec<String>,
}

impl Gateway {
    /// Whether a name, in lower case, is the one that the gateway goes by.
    pub fn is_named(&self, server: &str) -> bool {
        let identifier = self.identifier.to_ascii_lowercase();
        match identifier.strip_prefix('*') {
            Some(below) => below.starts_with('.') && server.len() > below.len() && server.ends_with(below),
            None => server == identifier,
        }
    }
}

/// How a mail that is not authenticated fails to be.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signed {
    /// It has no signature that speaks for the From domain.
    Not,
    /// It has one that does not hold, or the mail is built to be read in two ways.
    Badly,
    /// It has one that does not hold, and the operator's own gateway, which rewrites mails, says that it did before.
    ByGateway,
    /// It has one that holds.
    Well,
}

/// One DKIM signature (RFC 6376 §3.5) and what became of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SignatureEvidence {
    /// The signing domain, `d=`.
    pub domain: String,
    /// The selector, `s=`.
    pub selector: String,
    /// The algorithm, `a=`.
    pub algorithm: String,
    /// Bits of the key's modulus; 256 for Ed25519; none where no key was read.
    pub key_bits: Option<u32>,
    /// The header fields it covers, `h=`, in lower case.
    pub covers: Vec<String>,
    /// Whether it holds.
    pub passed: bool,
    /// The digest of its value, `b=`, where it holds. Whatever was changed of what it does not cover, a mail with the same
    /// value was signed once (RFC 6376 §8.6).
    #[serde(default)]
    pub value: Option<Digest>,
    /// Whether its domain speaks for the From domain, and why.
    pub alignment: String,
    /// Why it counts or does not.
    pub outcome: String,
}

/// A DNS answer as it was used.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DnsEvidence {
    /// The name that was asked for.
    pub name: String,
    /// What came back, shortened, in words.
    pub answer: String,
    /// When the mail was judged by it. The resolver may have remembered it for an hour.
    #[serde(default)]
    pub at: Option<Timestamp>,
}
