//! The daily watch: what IANA publishes now, beside what open cases rely on; and ccTLDs that are gone for good.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::bot::Bot;
use crate::bot::records::Records;
use crate::bot::walking::Progress;
use crate::domain::tld::Tld;

/// ccTLDs that one part of the daily walk looks at: with its pauses a turn is held up by some 15 seconds.
const WALKED_A_TURN: usize = 5;
/// Different days on which a ccTLD must be missing from the list of TLDs before it counts as gone.
pub const MISSING_DAYS: usize = 3;
/// ccTLDs that may be missing at once. Two were ever retired in one year; more mean that the list is wrong.
const MISSING_AT_ONCE_MAX: usize = 5;

impl Bot<'_> {
    /// The part of the watch that is due: a few ccTLDs are read again, and what open cases rely on is compared.
    ///
    /// # Errors
    /// Where the store fails. IANA's trouble is waited out.
    pub fn watch(&mut self) -> anyhow::Result<Progress> {
        match self.walk_due()? {
            Some(walk) => self.walk_on(walk, WALKED_A_TURN),
            None => Ok(Progress::default()),
        }
    }

    /// Notes which ccTLDs are missing from the list of TLDs today, and which are there again.
    pub(in crate::bot) fn look_for_missing(&mut self) -> anyhow::Result<()> {
        let listed = match self.world.registry.listed() {
            Ok(listed) => listed,
            Err(why) => {
                tracing::warn!("the list of TLDs could not be read, so nobody is missing: {why}");
                return Ok(());
            }
        };
        let today = self.now().to_zoned(TimeZone::UTC).date();
        let known: Vec<Tld> = self.records.all_remembered()?.into_keys().collect();
        let missing: BTreeSet<&Tld> = known.iter().filter(|tld| !listed.contains(*tld)).collect();
        if missing.len() > MISSING_AT_ONCE_MAX {
            tracing::error!(
                "{} ccTLDs are missing from the list of TLDs at once: it is not believed",
                missing.len()
            );
            return Ok(());
        }
        let (mut writes, mut told) = (Vec::new(), Vec::new());
        for tld in &known {
            let mut days = self.records.missing_days(tld)?;
            match (missing.contains(tld), days.contains(&today)) {
                (true, false) => days.push(today),
                (false, _) if !days.is_empty() => days.clear(),
                (true, true) | (false, _) => continue,
            }
            told.push(json!({ "tld": tld, "missing_on": days }));
            writes.push(Records::write_missing_days(tld, &days)?);
        }
        if told.is_empty() {
            return Ok(());
        }
        let says = "The list of TLDs lacks a ccTLD, or has it again.";
        self.note("iana_missing", says, json!({ "missing": told }), writes)
    }

    /// Whether a ccTLD is gone: missing from the list on several days, and its record not found since the first of them.
    pub(in crate::bot) fn is_gone(&self, tld: &Tld) -> anyhow::Result<bool> {
        let days = self.records.missing_days(tld)?;
        let Some(first) = days.first() else { return Ok(false) };
        let confirmed = self.records.remembered(tld)?.checked.confirmed;
        let found: Option<Date> = confirmed.map(|at| at.to_zoned(TimeZone::UTC).date());
        Ok(days.len() >= MISSING_DAYS && found.is_none_or(|found| found <= *first))
    }
}
