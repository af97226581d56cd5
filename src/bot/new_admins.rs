//! Members whose admin contact or manager is another one at IANA: whoever it is now is asked whether the contacts stay.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::bot::Bot;
use crate::bot::approaching::{Question, names};
use crate::bot::counting::DAY;
use crate::bot::records::Records;
use crate::bot::roll_calling::admins_among;
use crate::domain::address::Address;
use crate::domain::approach::{Occasion, Outcome};
use crate::domain::redelegation::{self, Change, Ground, Plan, Redelegated};
use crate::domain::registry::IanaRecord;
use crate::domain::roll_call::{Stale, Unasked};
use crate::domain::tld::Tld;
use crate::store::Write;

/// The prefix of the ccTLDs whose new admin contact is still to be asked, among the counters.
const CHANGED: &str = "new-admin/";
/// The prefix of when an admin contact of a ccTLD was last asked because of a change.
const ASKED: &str = "new-admin-asked/";
/// The name of the day's cap among the counts.
const CAP: &str = "new-admin";
/// Persons who are asked in a day at the most; the rest waits for the next days.
const A_DAY_MAX: u32 = 5;

impl Bot<'_> {
    /// What records, with a record that is another one, that its admin contact is to be asked.
    pub(in crate::bot) fn redelegated(
        &self,
        before: &IanaRecord,
        after: &IanaRecord,
    ) -> anyhow::Result<Option<Write>> {
        let tld = &after.tld;
        let (first, roster) = (self.records.counter(&key(tld))?, self.records.roster()?);
        match redelegation::changed(first, (before, after), &roster, self.now()) {
            Change::Nothing => Ok(None),
            Change::Waits(row) => Records::write_counter(&key(tld), Some(&row)).map(Some),
            Change::Back => forget(tld).map(Some),
        }
    }

    /// Asks the new admin contacts, one mail each, once their records stand and no request for their ccTLDs is open.
    pub(in crate::bot) fn ask_new_admins(&mut self) -> anyhow::Result<()> {
        let rows: Vec<Redelegated> = self.records.counters_of(CHANGED)?;
        if rows.is_empty() {
            return Ok(());
        }
        let plan = self.plan_for_new_admins(&rows)?;
        for tld in &plan.left {
            let says = format!("{} is no member any more; nobody is asked.", tld.for_people());
            self.note("new_admin_unasked", &says, json!({ "tld": tld }), &[forget(tld)?])?;
        }
        for (address, tlds, why) in plan.to_tell() {
            self.tell_of_new_admin(address, tlds, why)?;
        }
        for (admin, tlds) in plan.to_ask() {
            // He answers the question that he has first.
            if !self.questions()?.iter().any(|approach| approach.to == *admin) {
                self.ask_new_admin(admin, tlds)?;
            }
        }
        Ok(())
    }

    fn plan_for_new_admins(&self, rows: &[Redelegated]) -> anyhow::Result<Plan> {
        let (records, now) = (&self.records, self.now());
        let mut asked = BTreeMap::new();
        for row in rows {
            if let Some(at) = records.counter(&asked_key(&row.tld))? {
                asked.insert(row.tld.clone(), at);
            }
        }
        let remembered = records.all_remembered()?;
        let unreachable = records.all_unreachable()?.iter().map(|lost| lost.address.lower()).collect();
        let stopped = records.all_stopped()?.into_iter().map(|stopped| (stopped.tld, stopped.by)).collect();
        let ground = Ground {
            roster: &records.roster()?,
            admins: &admins_among(&remembered, now),
            remembered: &remembered,
            busy: &records.busy()?,
            unreachable: &unreachable,
            stopped: &stopped,
            asked: &asked,
            ours: self.settings.ours(),
            rule: self.settings.policy.roll_call.new_admins,
        };
        Ok(redelegation::plan(rows, &ground, now))
    }

    fn ask_new_admin(&mut self, to: &Address, tlds: &[Tld]) -> anyhow::Result<()> {
        let mut writes = Vec::new();
        if self.spend(CAP, DAY, A_DAY_MAX, &mut writes)?.is_none() {
            return Ok(());
        }
        for tld in tlds {
            writes.push(forget(tld)?);
            writes.push(Records::write_counter(&asked_key(tld), Some(&self.now()))?);
        }
        self.end_former(to, tlds)?;
        let question = Question {
            occasion: Occasion::NewAdmin,
            campaign: None,
            to: to.clone(),
            decides: tlds.to_vec(),
            tlds: tlds.to_vec(),
        };
        self.approach(question, writes).map(|_| ())
    }

    /// Puts somebody on the secretariat's list, with the ccTLDs that he stands there for already for the same reason.
    fn tell_of_new_admin(&mut self, address: &Address, tlds: &[Tld], why: Unasked) -> anyhow::Result<()> {
        self.end_former(address, tlds)?;
        let before = self.records.stale_of(address)?.filter(|before| before.why == why);
        let all: BTreeSet<Tld> =
            before.into_iter().flat_map(|before| before.tlds).chain(tlds.iter().cloned()).collect();
        let says = format!("{}: {address} {}; the secretariat reads of it.", names(tlds), why.words());
        let stale =
            Stale { address: address.clone(), tlds: all.into_iter().collect(), since: self.now(), why };
        let mut writes = vec![Records::write_stale(address, Some(&stale))?];
        for tld in tlds {
            writes.push(forget(tld)?);
        }
        self.note("new_admin_unasked", &says, json!({ "to": address, "tlds": tlds }), &writes)
    }

    /// Whoever was asked as their admin contact before is not waited for any more.
    fn end_former(&mut self, now: &Address, tlds: &[Tld]) -> anyhow::Result<()> {
        for approach in self.questions()? {
            if approach.to != *now && approach.decides.iter().any(|tld| tlds.contains(tld)) {
                self.end_approach(approach, Outcome::Overtaken, (json!({ "admin_now": now }), Vec::new()))?;
            }
        }
        Ok(())
    }
}

fn key(tld: &Tld) -> String {
    format!("{CHANGED}{tld}")
}

fn asked_key(tld: &Tld) -> String {
    format!("{ASKED}{tld}")
}

fn forget(tld: &Tld) -> anyhow::Result<Write> {
    Records::write_counter::<Redelegated>(&key(tld), None)
}
