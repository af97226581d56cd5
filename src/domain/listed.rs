//! A person as another register lists him: a member dump, a spreadsheet, a card; with every point that is not certain.

use std::fmt;

use serde::Serialize;

use crate::domain::address::Address;
use crate::domain::contact::{Phone, Rank};
use crate::domain::digest::Digest;
use crate::domain::tld::Tld;

/// Characters of a line that are shown of what stands there.
pub const WRITTEN_CHARS_MAX: usize = 300;

/// The columns of a plan that somebody settles and gives back.
pub const PLAN_HEADINGS: [&str; 13] = [
    "Decision",
    "ccTLD",
    "Place",
    "Name",
    "E-mail",
    "Second e-mail",
    "Phone",
    "State",
    "Why",
    "What settles it",
    "File",
    "Where",
    "As written",
];

/// Where something stands.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Spot {
    /// The file's name.
    pub file: String,
    /// The sheet, where it has any.
    pub sheet: Option<String>,
    /// Its line or row, counted from 1.
    pub row: usize,
    /// Where it came from before somebody settled it in a plan: as that plan says.
    pub origin: Option<String>,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        match &self.sheet {
            Some(sheet) => write!(f, ", sheet {sheet}, row {}", self.row)?,
            None => write!(f, ", line {}", self.row)?,
        }
        self.origin.as_ref().map_or(Ok(()), |origin| write!(f, " (from {origin})"))
    }
}

/// How much a point weighs.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Somebody may say that it is right.
    Unsure,
    /// It has to be mended first.
    Refused,
}

/// Why somebody is not taken as he is, and what would make it certain.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Point {
    /// How much it weighs.
    pub weight: Weight,
    /// Why, as a clause.
    pub why: String,
    /// What settles it, as an instruction.
    pub cure: String,
}

impl Point {
    /// What somebody may say is right.
    pub fn unsure(why: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { weight: Weight::Unsure, why: why.into(), cure: cure.into() }
    }

    /// What has to be mended first.
    pub fn refused(why: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { weight: Weight::Refused, why: why.into(), cure: cure.into() }
    }
}

/// Whom somebody is listed for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Serves {
    /// Nothing is said of it.
    #[default]
    Unsaid,
    /// The register says that it is no ccTLD: a liaison, or IANA's own contact for the root.
    NoCctld,
    /// These, each with his place where one is told.
    Cctlds(Vec<(Tld, Option<Rank>)>),
}

/// What somebody has decided about a line of a plan.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Nothing yet.
    #[default]
    Open,
    /// It is right as it stands.
    Take,
    /// It is left out.
    Skip,
    /// He is on the list without a ccTLD.
    Liaison,
}

impl Decision {
    /// Its word in a plan.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "",
            Self::Take => "take",
            Self::Skip => "skip",
            Self::Liaison => "liaison",
        }
    }

    /// The one of this word; none where there is no such.
    pub fn of(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase();
        [Self::Open, Self::Take, Self::Skip, Self::Liaison].into_iter().find(|one| one.word() == word)
    }
}

/// One person of one line.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Listed {
    /// Where it stands.
    pub at: Spot,
    /// What stands there, on one line.
    pub written: String,
    /// His name as written.
    pub name: Option<String>,
    /// His address.
    pub email: Option<Address>,
    /// His second address.
    pub second: Option<Address>,
    /// His number.
    pub phone: Option<Phone>,
    /// Whom for.
    pub serves: Serves,
    /// What is not certain of it by itself.
    pub points: Vec<Point>,
    /// What somebody has decided.
    pub decision: Decision,
}

impl Listed {
    /// The ccTLDs, each with his place.
    pub fn places(&self) -> &[(Tld, Option<Rank>)] {
        match &self.serves {
            Serves::Cctlds(places) => places,
            Serves::Unsaid | Serves::NoCctld => &[],
        }
    }

    /// By what a person knows him again.
    pub fn called(&self) -> String {
        match (&self.name, &self.email) {
            (Some(name), Some(email)) => format!("{name} <{email}>"),
            (Some(name), None) => name.clone(),
            (None, Some(email)) => email.to_string(),
            (None, None) => self.written.clone(),
        }
    }
}

/// A file that was read.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Source {
    /// Its name, without its folder.
    pub name: String,
    /// The digest of its octets (SHA-256).
    pub digest: Digest,
    /// In which form it was read, as in `a spreadsheet (XLSX)`.
    pub form: String,
    /// What of it was not read, and whatever else one should know of it: a line each.
    pub remarks: Vec<String>,
}
