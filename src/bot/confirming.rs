//! What was confirmed, and by whom nothing could be learned: of requests the cases tell it, of approaches rows of their own.

use jiff::Timestamp;

use crate::bot::Bot;
use crate::bot::records::Records;
use crate::domain::address::Address;
use crate::domain::approach::{Approach, shown_to};
use crate::domain::confirmation::{Confirmations, Confirmed, details_of, entry_of};
use crate::domain::contact::Roster;
use crate::domain::digest::Digest;
use crate::domain::remembered::Remembered;
use crate::domain::roll_call::{Stale, Unasked};
use crate::domain::tld::Tld;
use crate::store::Write;

/// The prefix of what was confirmed in answer to an approach, among the counters.
pub(in crate::bot) const CONFIRMED: &str = "confirmed/";
/// The prefix of those of whom nothing could be learned.
pub(in crate::bot) const STALE: &str = "stale/";

impl Records<'_> {
    /// All that was confirmed, by requests and by answers to approaches.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn confirmations(&self) -> anyhow::Result<Confirmations> {
        let mut all = Confirmations::default();
        for case in self.cases()? {
            all.add_case(&case);
        }
        for confirmed in self.counters_of::<Confirmed>(CONFIRMED)? {
            all.add(&confirmed);
        }
        Ok(all)
    }

    /// Those of whom nothing could be learned, and who have confirmed nothing since. Who is listed no more is left out.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn all_stale(&self, roster: &Roster, confirmations: &Confirmations) -> anyhow::Result<Vec<Stale>> {
        let mut all: Vec<Stale> = self.counters_of(STALE)?;
        let iana = self.all_remembered()?;
        for one in &mut all {
            // Who was new at IANA, and is not there any more, need not be called.
            let is_new = one.why == Unasked::Redelegated;
            let is_admin = |tld: &Tld| {
                let record = iana.get(tld).and_then(Remembered::record);
                record.is_some_and(|record| record.admin_email() == Some(&one.address))
            };
            let is_later = |at: Option<Timestamp>| at.is_some_and(|at| at > one.since);
            one.tlds.retain(|tld| {
                let contacts = roster.contacts(tld);
                let own = contacts.iter().find(|contact| contact.email == one.address);
                let settled = own.map_or_else(
                    || is_later(confirmations.of_entry(tld, contacts)),
                    |contact| is_later(confirmations.of_contact(contact)),
                );
                !contacts.is_empty() && !settled && (!is_new || is_admin(tld))
            });
        }
        all.retain(|one| !one.tlds.is_empty());
        all.sort_by_key(|one| one.since);
        Ok(all)
    }

    /// Whether there may be somebody of whom nothing could be learned after this moment.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn has_stale_since(&self, since: Option<Timestamp>) -> anyhow::Result<bool> {
        let all: Vec<Stale> = self.counters_of(STALE)?;
        Ok(all.iter().any(|one| since.is_none_or(|since| one.since > since)))
    }

    /// That nothing could be learned of somebody, whatever came of it since.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn stale_of(&self, address: &Address) -> anyhow::Result<Option<Stale>> {
        self.counter(&format!("{STALE}{}", key(address)))
    }

    /// What records that nothing could be learned of somebody; none that something was.
    ///
    /// # Errors
    /// Never in practice.
    pub fn write_stale(address: &Address, stale: Option<&Stale>) -> anyhow::Result<Write> {
        Self::write_counter(&format!("{STALE}{}", key(address)), stale)
    }

    /// What records that somebody confirmed what he was shown.
    ///
    /// # Errors
    /// Never in practice.
    pub fn write_confirmed(approach: &Approach, roster: &Roster, at: Timestamp) -> anyhow::Result<Write> {
        let shown = shown_to(&approach.to, (&approach.tlds, &approach.decides), roster);
        let own = shown.iter().filter(|(_, contact)| contact.email == approach.to);
        let confirmed = Confirmed {
            at,
            own: own.map(|(_, contact)| details_of(contact)).collect(),
            entries: approach.decides.iter().map(|tld| entry_of(tld, roster.contacts(tld))).collect(),
        };
        Self::write_counter(&format!("{CONFIRMED}{}", key(&approach.to)), Some(&confirmed))
    }
}

impl Bot<'_> {
    /// What records that an approach brought nothing.
    pub(in crate::bot) fn stale(&self, approach: &Approach, why: Unasked) -> anyhow::Result<Write> {
        let (address, tlds) = (approach.to.clone(), approach.tlds.clone());
        let stale = Stale { address, tlds, since: self.now(), why };
        Records::write_stale(&approach.to, Some(&stale))
    }
}

/// An address may be longer than a key.
pub(in crate::bot) fn key(address: &Address) -> Digest {
    Digest::of(address.lower().as_bytes())
}
