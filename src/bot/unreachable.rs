//! Addresses that mails of ours came back from for good: they get nothing until a proven mail or a person says otherwise.
//!
//! Going on would harm our name with their servers, and would have requests wait for answers that cannot come. Only a
//! bounce of a mail that we sent makes an address unreachable, and never one of the secretariat's: whoever must hear of all
//! this would hear of nothing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::bot::Bot;
use crate::bot::records::Records;
use crate::domain::address::Address;
use crate::domain::digest::Digest;
use crate::store::Write;

/// What the names of these rows begin with, among the counters.
pub(in crate::bot) const UNREACHABLE: &str = "unreachable/";

/// An address that nothing is sent to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Unreachable {
    /// Which.
    pub address: Address,
    /// When the first mail came back.
    pub since: Timestamp,
    /// The mail that came back, as in `R-17.3`.
    pub effect: String,
    /// What was said of it, on one line.
    pub said: String,
}

impl Unreachable {
    /// Why it gets nothing, the cure first: an escalation shows the beginning.
    pub fn words(&self) -> String {
        let (address, day) = (&self.address, self.since.strftime("%Y-%m-%d"));
        format!(
            "no mail goes there until a proven one comes from there, or somebody types `tldops roster reachable {address}`: {} came back on {day}: {}",
            self.effect, self.said
        )
    }
}

impl Records<'_> {
    /// Why nothing is sent to an address; none where it is reachable.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn unreachable(&self, address: &Address) -> anyhow::Result<Option<Unreachable>> {
        self.counter(&key(address))
    }

    /// All addresses that nothing is sent to.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn all_unreachable(&self) -> anyhow::Result<Vec<Unreachable>> {
        self.counters_of(UNREACHABLE)
    }
}

impl Bot<'_> {
    /// What records that a mail to an address came back for good; nothing where it is known, or is the secretariat's.
    pub(in crate::bot) fn unreachable_from_now(
        &self,
        address: &Address,
        effect: &str,
        said: &str,
    ) -> anyhow::Result<Option<(Unreachable, Write)>> {
        if self.settings.secretariat.contains(address) || self.records.unreachable(address)?.is_some() {
            return Ok(None);
        }
        let row = Unreachable {
            address: address.clone(),
            since: self.now(),
            effect: effect.to_owned(),
            said: said.to_owned(),
        };
        let write = Records::write_counter(&key(address), Some(&row))?;
        Ok(Some((row, write)))
    }

    /// Mails go to an address again; false where they did all the time.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn reachable_again(&mut self, address: &Address, because: &str) -> anyhow::Result<bool> {
        if self.records.unreachable(address)?.is_none() {
            return Ok(false);
        }
        let writes = vec![Records::write_counter::<Unreachable>(&key(address), None)?];
        let says = format!("Mails go to {address} again: {because}.");
        self.note("reachable_again", &says, json!({ "address": address }), &writes)?;
        Ok(true)
    }
}

/// An address may be longer than a key.
fn key(address: &Address) -> String {
    format!("{UNREACHABLE}{}", Digest::of(address.lower().as_bytes()))
}
