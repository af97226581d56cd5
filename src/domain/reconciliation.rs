//! Where registers differ: the store, the mailing list, the page of members and spreadsheets; who is newer, why, and the mend.
//!
//! The store is what everything is compared with: it alone has a journal that tells when each entry became what it is, and
//! by whose word. What it never had may be a change that was made elsewhere, and is a question to a person.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::domain::address::Address;
use crate::domain::contact::{Contact, Roster};
use crate::domain::digest::Digest;
use crate::domain::history::Written;
use crate::domain::list_plan::ListStep;
use crate::domain::tld::Tld;

/// All that was ever written of each entry, in its order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Past(BTreeMap<Tld, Vec<Written>>);

impl Past {
    /// What was written, in the order in which it was recorded.
    pub fn of(written: impl IntoIterator<Item = Written>) -> Self {
        let mut past = Self::default();
        for written in written {
            past.0.entry(written.tld.clone()).or_default().push(written);
        }
        past
    }

    fn entry(&self, tld: &Tld) -> &[Written] {
        self.0.get(tld).map_or(&[], Vec::as_slice)
    }

    /// When an entry last came to have what `has` looks for, without a break until now.
    pub(in crate::domain) fn since(&self, tld: &Tld, has: impl Fn(&[Contact]) -> bool) -> Option<&Written> {
        let kept = self.entry(tld).iter().rev().take_while(|written| has(&written.contacts));
        kept.last()
    }

    /// When an entry stopped having what `has` looks for; none where it never had it, or has it now.
    pub(in crate::domain) fn until(&self, tld: &Tld, has: impl Fn(&[Contact]) -> bool) -> Option<&Written> {
        let written = self.entry(tld);
        let last = written.iter().rposition(|written| has(&written.contacts))?;
        written.get(last + 1)
    }

    /// All that was ever written, by ccTLD.
    pub(in crate::domain) fn iter(&self) -> impl Iterator<Item = &Written> {
        self.0.values().flatten()
    }
}

/// Which side is newer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Newer {
    /// The store: its journal tells when it changed.
    Store,
    /// Nobody can tell: the store never had what the other side has.
    Unknown,
}

impl fmt::Display for Newer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Store => "the store is newer",
            Self::Unknown => "not certain which is newer",
        })
    }
}

/// One point in which a register differs from the store.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Difference {
    /// The ccTLD; none where the other side names none.
    pub tld: Option<Tld>,
    /// The person; none where it is about the whole ccTLD.
    pub person: Option<String>,
    /// The other side: `the mailing list`, a file's name with the line, `the page …`.
    pub side: String,
    /// What the store says.
    pub store: String,
    /// What the other side says.
    pub other: String,
    /// Which is newer.
    pub newer: Newer,
    /// Why.
    pub why: String,
    /// What is to be done.
    pub mend: String,
    /// The step that would make the list right.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub step: Option<ListStep>,
}

/// What registers are compared with.
#[derive(Clone, Copy, Debug)]
pub struct Standard<'a> {
    /// The contacts as they are.
    pub roster: &'a Roster,
    /// As they were.
    pub past: &'a Past,
    /// Whom IANA lists as admin contact of which ccTLD.
    pub admins: &'a BTreeMap<Tld, Address>,
}

impl Standard<'_> {
    /// Since when the store has what `has` looks for, as a clause.
    pub(in crate::domain) fn has_since(&self, tld: &Tld, has: impl Fn(&[Contact]) -> bool) -> String {
        match self.past.since(tld, has) {
            Some(written) => format!("the store has it since {}", told(written)),
            None => "the store has it".to_owned(),
        }
    }

    /// Until when it had that; none where it never did.
    pub(in crate::domain) fn had_until(&self, tld: &Tld, has: impl Fn(&[Contact]) -> bool) -> Option<String> {
        let written = self.past.until(tld, has)?;
        Some(format!("the store had it until {}", told(written)))
    }

    /// Whom to ask about a ccTLD.
    pub(in crate::domain) fn whom_to_ask(&self, tld: &Tld) -> String {
        let name = tld.for_people();
        match self.admins.get(tld) {
            Some(address) => format!("ask {address}, the admin contact of {name}"),
            None => format!("ask the admin contact of {name} (tldops iana show {tld})"),
        }
    }
}

/// `2026-11-03 (R-17)`.
fn told(written: &Written) -> String {
    format!("{} ({})", written.at.strftime("%Y-%m-%d"), written.by)
}

/// All differences of a comparison, by ccTLD and person.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Reconciliation {
    /// The differences.
    pub differences: Vec<Difference>,
}

impl Reconciliation {
    /// In order: by ccTLD, then by person.
    pub fn of(mut differences: Vec<Difference>) -> Self {
        differences.sort_by(|one, other| {
            let key = |one: &Difference| (one.tld.clone(), one.person.clone(), one.side.clone());
            key(one).cmp(&key(other))
        });
        Self { differences }
    }

    /// Whether everything agrees.
    pub fn is_empty(&self) -> bool {
        self.differences.is_empty()
    }

    /// The ccTLDs in it.
    pub fn tlds(&self) -> BTreeSet<&Tld> {
        self.differences.iter().filter_map(|one| one.tld.as_ref()).collect()
    }

    /// The digest of what differs: the same as long as the same differs.
    pub fn digest(&self) -> Digest {
        Digest::of(serde_json::to_string(&self.differences).unwrap_or_default().as_bytes())
    }
}
