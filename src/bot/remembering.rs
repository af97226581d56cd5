//! What the store keeps of IANA, as values: records with their evidence, when each was looked at, and the daily walk.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::bot::records::{Records, parse, put};
use crate::domain::channel::Believed;
use crate::domain::remembered::{Checked, News, Remembered};
use crate::domain::tld::Tld;
use crate::store::{Table, Write};

/// The prefix of the records that are believed.
const RECORD: &str = "record/";
/// The prefix of when each was looked at.
const CHECKED: &str = "checked/";
/// The prefix of the days on which a ccTLD was missing from the list of TLDs.
const MISSING: &str = "missing/";
/// The key of the walk through all ccTLDs.
const WALK: &str = "walk";

/// A walk through all ccTLDs: it goes on where it stopped.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Walk {
    /// When it began.
    pub began: Timestamp,
    /// The last ccTLD that was looked at.
    pub after: Option<Tld>,
    /// When it goes on at the earliest: IANA is left alone for a while when it does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
}

impl Records<'_> {
    /// What is remembered of a ccTLD.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn remembered(&self, tld: &Tld) -> anyhow::Result<Remembered> {
        let believed = self.get(Table::Iana, &format!("{RECORD}{tld}"))?;
        let checked = self.get(Table::Iana, &format!("{CHECKED}{tld}"))?;
        Ok(Remembered { believed, checked: checked.unwrap_or_default() })
    }

    /// What is remembered of every ccTLD.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn all_remembered(&self) -> anyhow::Result<BTreeMap<Tld, Remembered>> {
        let mut all: BTreeMap<Tld, Remembered> = BTreeMap::new();
        for (key, text) in self.store.scan(Table::Iana, RECORD)? {
            let believed: Believed = parse(&key, &text)?;
            let tld = believed.record.tld.clone();
            all.entry(tld).or_default().believed = Some(believed);
        }
        for (key, text) in self.store.scan(Table::Iana, CHECKED)? {
            let checked: Checked = parse(&key, &text)?;
            if let Some(Ok(tld)) = key.strip_prefix(CHECKED).map(str::parse::<Tld>) {
                all.entry(tld).or_default().checked = checked;
            }
        }
        Ok(all)
    }

    /// What records it: the record itself only where it is another one.
    ///
    /// # Errors
    /// Never in practice.
    pub fn write_remembered(tld: &Tld, memory: &Remembered, news: News) -> anyhow::Result<Vec<Write>> {
        let mut writes = vec![put(Table::Iana, format!("{CHECKED}{tld}"), &memory.checked)?];
        if let (News::First | News::Changed, Some(believed)) = (news, &memory.believed) {
            writes.push(put(Table::Iana, format!("{RECORD}{tld}"), believed)?);
        }
        Ok(writes)
    }

    /// The walk that is under way, or the last one.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn walk(&self) -> anyhow::Result<Option<Walk>> {
        self.get(Table::Iana, WALK)
    }

    /// What records it.
    ///
    /// # Errors
    /// Never in practice.
    pub fn write_walk(walk: &Walk) -> anyhow::Result<Write> {
        put(Table::Iana, WALK.to_owned(), walk)
    }

    /// The days on which a ccTLD was missing from the list of TLDs, since it was last in it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn missing_days(&self, tld: &Tld) -> anyhow::Result<Vec<Date>> {
        Ok(self.get(Table::Iana, &format!("{MISSING}{tld}"))?.unwrap_or_default())
    }

    /// What records them; no days remove the record.
    ///
    /// # Errors
    /// Never in practice.
    pub fn write_missing_days(tld: &Tld, days: &[Date]) -> anyhow::Result<Write> {
        if days.is_empty() {
            return Ok(Write { table: Table::Iana, key: format!("{MISSING}{tld}"), value: None });
        }
        put(Table::Iana, format!("{MISSING}{tld}"), &days)
    }
}
