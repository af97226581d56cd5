//! What was spent of our caps, by name: counts that decay, and are swept once they have.

use jiff::{SignedDuration, Timestamp};

use crate::bot::Bot;
use crate::bot::records::Records;
use crate::domain::address::Address;
use crate::domain::decay::Spent;
use crate::domain::digest::Digest;
use crate::store::Write;

/// An hour, over which mails that leave are counted.
pub(in crate::bot) const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// A day, over which confirmations and mails to the secretariat are counted.
pub(in crate::bot) const DAY: SignedDuration = SignedDuration::from_hours(24);
/// A week, over which help mails are counted.
pub(in crate::bot) const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What the names of the counts begin with.
const SPENT: &str = "spent/";
/// When the counts were swept last.
const SWEPT: &str = "swept/spent";
/// Counts that one sweep removes at the most: they go with the next thing that is counted, in its transaction.
const SWEPT_MAX: usize = 500;
/// What counts of former versions begin with: hours of the clock, and lists of times.
const FORMER: [&str; 3] = ["sent/", "posted/", "unproven/"];

impl Records<'_> {
    /// What was spent under a name.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn spent(&self, what: &str) -> anyhow::Result<Spent> {
        Ok(self.counter(&format!("{SPENT}{what}"))?.unwrap_or_default())
    }

    /// What records it.
    ///
    /// # Errors
    /// Never in practice.
    pub fn write_spent(what: &str, spent: &Spent) -> anyhow::Result<Write> {
        Self::write_counter(&format!("{SPENT}{what}"), Some(spent))
    }
}

impl Bot<'_> {
    /// Spends one more within a window; how much that makes, or none where the most is reached.
    pub(in crate::bot) fn spend(
        &self,
        what: &str,
        window: SignedDuration,
        most: u32,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Option<u32>> {
        let now = self.now();
        let spent = self.records.spent(what)?;
        if spent.now(now) >= most {
            return Ok(None);
        }
        let spent = spent.with_one(window, now);
        let count = spent.now(now);
        self.sweep_counts(writes)?;
        writes.push(Records::write_spent(what, &spent)?);
        Ok(Some(count))
    }

    /// Removes the counts that have decayed, once a day, in the transaction of something that is counted.
    fn sweep_counts(&self, writes: &mut Vec<Write>) -> anyhow::Result<()> {
        let now = self.now();
        let last: Option<Timestamp> = self.records.counter(SWEPT)?;
        // What this transaction counts already must not be taken away by what the store knew before it.
        let begun = writes.iter().any(|write| write.key.starts_with(SPENT));
        if begun || last.is_some_and(|last| now.duration_since(last) < DAY) {
            return Ok(());
        }
        let mut gone = Vec::new();
        for prefix in FORMER {
            gone.extend(self.records.counters(prefix)?);
        }
        for key in self.records.counters(SPENT)? {
            if gone.len() >= SWEPT_MAX {
                break;
            }
            let spent: Option<Spent> = self.records.counter(&key)?;
            if spent.is_some_and(|spent| spent.is_over(now)) {
                gone.push(key);
            }
        }
        gone.truncate(SWEPT_MAX);
        // A sweep that left some goes on with the next thing that is counted.
        if gone.len() < SWEPT_MAX {
            writes.push(Records::write_counter(SWEPT, Some(&now))?);
        }
        for key in gone {
            writes.push(Records::write_counter::<Spent>(&key, None)?);
        }
        Ok(())
    }
}

/// The name of an address among the counts: without its subaddress, since whoever has one address has all of those, and as
/// a digest, since an address may be longer than a key.
pub(in crate::bot) fn owner_key(address: &Address) -> Digest {
    Digest::of(address.without_subaddress().lower().as_bytes())
}
