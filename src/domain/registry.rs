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
        self.admin.as_ref()?.email.as_ref()
    }

    /// The technical contact's address.
    pub fn technical_email(&self) -> Option<&Address> {
        self.technical.as_ref()?.email.as_ref()
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
