//! Members whose admin contact or manager is another one at IANA: whoever it is now is asked whether the contacts stay.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::bot::Bot;
use crate::bot::approaching::Question;
use crate::bot::records::Records;
use crate::bot::roll_calling::Age;
use crate::domain::address::Address;
use crate::domain::approach::{Occasion, Outcome};
use crate::domain::registry::{IanaRecord, Office};
use crate::domain::roll_call::{NewAdmins, Stale, Unasked};
use crate::domain::tld::Tld;
use crate::store::Write;

/// The prefix of the ccTLDs whose new admin contact is still to be asked, among the counters.
const CHANGED: &str = "new-admin/";

/// A member whose record at IANA is another one in what counts.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Redelegated {
    tld: Tld,
    since: Timestamp,
    /// The admin contact before; when he is back before anybody was asked, nothing has happened.
    admin: Option<Address>,
    manager: Option<String>,
}

impl Bot<'_> {
    /// What records, with a record that is another one, that its admin contact is to be asked.
    pub(in crate::bot) fn redelegated(
        &self,
        before: &IanaRecord,
        after: &IanaRecord,
    ) -> anyhow::Result<Option<Write>> {
        let tld = &after.tld;
        let first: Option<Redelegated> = self.records.counter(&key(tld))?;
        let (admin, manager) = match &first {
            Some(first) => (first.admin.clone(), first.manager.clone()),
            None => (before.admin_email().cloned(), before.manager.clone()),
        };
        if first.is_some() && admin.as_ref() == after.admin_email() && manager == after.manager {
            return Records::write_counter::<Redelegated>(&key(tld), None).map(Some);
        }
        let is_member = !self.records.roster()?.contacts(tld).is_empty();
        if first.is_some() || !is_member || !Office::Admin.is_other(before, after) {
            return Ok(None);
        }
        let row = Redelegated { tld: tld.clone(), since: self.now(), admin, manager };
        Records::write_counter(&key(tld), Some(&row)).map(Some)
    }

    /// Asks the new admin contacts, one mail each, once no request for their ccTLDs is open.
    pub(in crate::bot) fn ask_new_admins(&mut self) -> anyhow::Result<()> {
        let rows: Vec<Redelegated> = self.records.counters_of(CHANGED)?;
        if rows.is_empty() {
            return Ok(());
        }
        let (roster, admins, busy) = (self.records.roster()?, self.admins()?, self.busy()?);
        let waiting = self.records.open_approaches()?;
        let mut asked: BTreeMap<String, (Address, Vec<Tld>)> = BTreeMap::new();
        for row in rows {
            let tld = row.tld;
            if roster.contacts(&tld).is_empty() {
                self.note_unasked(&tld, "it is no member any more", Vec::new())?;
                continue;
            }
            match admins.get(&tld) {
                // A record in doubt, or an open request, is waited for.
                Some((_, Age::Old)) => {}
                Some(_) if busy.contains(&tld) => {}
                Some((admin, Age::Fresh)) => {
                    asked.entry(admin.lower()).or_insert_with(|| (admin.clone(), Vec::new())).1.push(tld);
                }
                None => self.note_unasked(&tld, "IANA's record has no address for it", Vec::new())?,
            }
        }
        for (admin, tlds) in asked.into_values() {
            if waiting.iter().any(|approach| approach.to == admin) {
                continue;
            }
            self.ask_new_admin(admin, tlds)?;
        }
        Ok(())
    }

    fn ask_new_admin(&mut self, to: Address, tlds: Vec<Tld>) -> anyhow::Result<()> {
        let mut writes = Vec::new();
        for tld in &tlds {
            writes.push(Records::write_counter::<Redelegated>(&key(tld), None)?);
        }
        let lost = self.records.unreachable(&to)?.is_some();
        let asks = self.settings.policy.roll_call.new_admins == NewAdmins::Ask;
        if lost || !asks {
            let why = if lost { Unasked::Unreachable } else { Unasked::Redelegated };
            let stale = Stale { address: to.clone(), tlds: tlds.clone(), since: self.now(), why };
            writes.push(Records::write_stale(&to, Some(&stale))?);
            let says = format!("{to} is new at IANA and is not asked; the secretariat reads of it.");
            return self.note("new_admin_unasked", &says, json!({ "to": to, "tlds": tlds }), &writes);
        }
        self.end_former(&to, &tlds)?;
        let question = Question { occasion: Occasion::NewAdmin, to, decides: tlds.clone(), tlds };
        self.approach(question, writes).map(|_| ())
    }

    /// Whoever was asked as their admin contact before is not waited for any more.
    fn end_former(&mut self, now: &Address, tlds: &[Tld]) -> anyhow::Result<()> {
        for approach in self.records.open_approaches()? {
            if approach.to != *now && approach.decides.iter().any(|tld| tlds.contains(tld)) {
                self.end_approach(approach, Outcome::Overtaken, (json!({ "admin_now": now }), Vec::new()))?;
            }
        }
        Ok(())
    }

    fn note_unasked(&self, tld: &Tld, why: &str, mut writes: Vec<Write>) -> anyhow::Result<()> {
        writes.push(Records::write_counter::<Redelegated>(&key(tld), None)?);
        let says = format!("The new admin contact of {} is not asked: {why}.", tld.for_people());
        self.note("new_admin_unasked", &says, json!({ "tld": tld }), &writes)
    }
}

fn key(tld: &Tld) -> String {
    format!("{CHANGED}{tld}")
}
