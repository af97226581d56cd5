//! A no that ended a request: who said it, and why.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;

/// Who said no, and why.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Refusal {
    /// Who.
    pub by: Refuser,
    /// Why, in words for all concerned.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// Who can say no.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refuser {
    /// The admin contact.
    Admin(Address),
    /// A new contact.
    Contact(Address),
    /// The secretariat.
    Secretariat,
    /// Whoever asked for it.
    Requester,
    /// The rules themselves.
    Rules,
}
