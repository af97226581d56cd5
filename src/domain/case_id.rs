//! The name of a case: `R-17`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The name of a case for ever: `R-17`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseId(pub u64);

/// A text that does not name a case.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("a case is named as in R-17; `tldops cases` lists them")]
pub struct CaseIdError;

impl CaseId {
    /// The key under which it is kept: in the order of opening.
    pub fn key(self) -> String {
        format!("{:012}", self.0)
    }
}

impl FromStr for CaseId {
    type Err = CaseIdError;

    fn from_str(text: &str) -> Result<Self, CaseIdError> {
        let upper = text.trim().to_ascii_uppercase();
        upper.strip_prefix("R-").unwrap_or(&upper).parse().map(Self).map_err(|_| CaseIdError)
    }
}

impl TryFrom<String> for CaseId {
    type Error = CaseIdError;

    fn try_from(text: String) -> Result<Self, CaseIdError> {
        text.parse()
    }
}

impl From<CaseId> for String {
    fn from(id: CaseId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "R-{}", self.0)
    }
}
