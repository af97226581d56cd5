//! One entry of the journal: what happened, in words for a person and in values for a program.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is written down of one event, in the same transaction as all that follows from it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Entry {
    /// When it happened.
    pub at: Timestamp,
    /// The case it belongs to; none for what belongs to no case.
    pub case: Option<String>,
    /// What happened, in the words of the rules: `request_arrived`, `admin_confirmed`…
    pub event: String,
    /// The same as a sentence for the secretariat.
    pub says: String,
    /// All that the decision relied on: who asked, what proved it, the raw mail's digest, IANA's record, what changed
    /// from what to what. Never a token.
    pub evidence: serde_json::Value,
}
