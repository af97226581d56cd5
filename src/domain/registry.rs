//! The contacts that IANA publishes for a ccTLD: the trust anchor.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::digest::Digest;
use crate::domain::tld::Tld;

/// A contact of a ccTLD as IANA publishes it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct IanaContact {
    /// A person's name, or a role's.
    #[serde(default)]
    pub name: Option<String>,
    /// Who he works for.
    #[serde(default)]
    pub organisation: Option<String>,
    /// His address. A record without one is complete but useless for asking.
    #[serde(default)]
    pub email: Option<Address>,
    /// His number, as published.
    #[serde(default)]
    pub phone: Option<String>,
}

/// Which of the contacts that IANA publishes decides on a case.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Office {
    /// The administrative contact.
    #[default]
    Admin,
    /// The technical contact, where the policy accepts him.
    Technical,
}

impl Office {
    /// The address that a record publishes for it.
    pub fn address_in(self, record: &IanaRecord) -> Option<&Address> {
        let contact = match self {
            Self::Admin => record.admin.as_ref(),
            Self::Technical => record.technical.as_ref(),
        };
        contact?.email.as_ref()
    }

    /// What its holder is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Admin => "administrative contact",
            Self::Technical => "technical contact",
        }
    }

    /// The same in short, as in the journal.
    pub fn short(self) -> &'static str {
        match self {
            Self::Admin => "IANA admin contact",
            Self::Technical => "IANA technical contact",
        }
    }

    /// Whether a record is another one than that on which a consent relies: manager, the admin contact's address, or
    /// the address of who decided.
    pub fn is_other(self, relied: &IanaRecord, now: &IanaRecord) -> bool {
        relied.tld != now.tld
            || relied.manager != now.manager
            || relied.admin_email() != now.admin_email()
            || self.address_in(relied) != self.address_in(now)
    }
}

/// IANA's record of a ccTLD.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct IanaRecord {
    /// The ccTLD.
    pub tld: Tld,
    /// The ccTLD manager's organisation.
    #[serde(default)]
    pub manager: Option<String>,
    /// The administrative contact.
    #[serde(default)]
    pub admin: Option<IanaContact>,
    /// The technical contact.
    #[serde(default)]
    pub technical: Option<IanaContact>,
    /// The day on which IANA says it was last changed.
    #[serde(default)]
    pub changed: Option<String>,
    /// When it was read.
    #[serde(default)]
    pub retrieved: Option<Timestamp>,
}

impl IanaRecord {
    /// The administrative contact's address.
    pub fn admin_email(&self) -> Option<&Address> {
        Office::Admin.address_in(self)
    }

    /// The technical contact's address.
    pub fn technical_email(&self) -> Option<&Address> {
        Office::Technical.address_in(self)
    }

    /// What a decision relies on: manager and both contacts, not when they were read.
    pub fn digest(&self) -> Digest {
        let undated = Self { retrieved: None, ..self.clone() };
        Digest::of(serde_json::to_string(&undated).unwrap_or_default().as_bytes())
    }
}

/// What the registry of contacts says of a ccTLD.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistryAnswer {
    /// Its record.
    Found(Box<IanaRecord>),
    /// It has none.
    Absent,
    /// Not to be learned now, and why.
    Unreachable(String),
    /// The channels contradict each other, and in what: a person must look.
    Doubtful(String),
}

impl RegistryAnswer {
    /// The answer that is this record.
    pub fn found(record: IanaRecord) -> Self {
        Self::Found(Box::new(record))
    }

    /// The record, where there is one.
    pub fn record(&self) -> Option<&IanaRecord> {
        match self {
            Self::Found(record) => Some(record.as_ref()),
            Self::Absent | Self::Unreachable(_) | Self::Doubtful(_) => None,
        }
    }
}
