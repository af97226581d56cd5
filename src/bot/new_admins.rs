//! Members whose admin contact or manager is another one at IANA: whoever it is now is asked whether the contacts stay.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::bot::Bot;
use crate::bot::approaching::{Question, names};
use crate::bot::counting::DAY;
use crate::bot::records::Records;
use crate::domain::address::Address;
use crate::domain::approach::{Occasion, Outcome};
use crate::domain::policy::days_after;
use crate::domain::registry::{IanaRecord, Office};
use crate::domain::remembered::Age;
use crate::domain::roll_call::{NewAdmins, Stale, Unasked};
use crate::domain::tld::Tld;
use crate::store::Write;

/// The prefix of the ccTLDs whose new admin contact is still to be asked, among the counters.
const CHANGED: &str = "new-admin/";
/// The prefix of when an admin contact of a ccTLD was last asked because of a change.
const ASKED: &str = "new-admin-asked/";
/// The name of the day's cap among the counts.
const CAP: &str = "new-admin";
/// Hours after which a changed record must have been read once more, and as it was: the next day's walk, so that nobody is
/// written to because of what stood at IANA, or in one answer of it, for a day.
const STANDS_HOURS: i64 = 12;
/// ccTLDs that may wait at once. IANA changes a few in a month, and one manager has six; more mean that something is wrong,
/// and nobody is shown an entry because of it.
const AT_ONCE_MAX: usize = 10;
/// Hours after which so many are no passing trouble, and the secretariat gets them: two walks have seen them.
const FLOOD_HOURS: i64 = 48;
/// Persons who are asked in a day at the most; the rest waits for the next days.
const A_DAY_MAX: u32 = 5;
/// Days from one question about a ccTLD to the next: what changes oftener is for a person to look at.
const APART_DAYS: u16 = 30;

/// A member whose record at IANA is another one in what counts.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Redelegated {
    tld: Tld,
    /// When it was another one for the first time.
    since: Timestamp,
    /// When it was last another one than before: it may change twice.
    changed: Timestamp,
    /// The admin contact before; when he is back before anybody was asked, nothing has happened.
    admin: Option<Address>,
    manager: Option<String>,
}

/// What is to be done now: whom to ask, and whom the secretariat is to call instead, each about which ccTLDs.
#[derive(Default)]
struct Plan {
    ask: BTreeMap<String, (Address, Vec<Tld>)>,
    tell: BTreeMap<(String, &'static str), (Address, Vec<Tld>, Unasked)>,
    /// Those that are no members any more.
    left: Vec<Tld>,
}

impl Plan {
    fn ask(&mut self, admin: &Address, tld: Tld) {
        self.ask.entry(admin.lower()).or_insert_with(|| (admin.clone(), Vec::new())).1.push(tld);
    }

    fn tell(&mut self, address: &Address, tld: Tld, why: Unasked) {
        let new = || (address.clone(), Vec::new(), why);
        self.tell.entry((address.lower(), why.words())).or_insert_with(new).1.push(tld);
    }
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
        if !Office::Admin.is_other(before, after) {
            return Ok(None);
        }
        let now = self.now();
        let row = match first {
            Some(first) if first.admin.as_ref() == after.admin_email() && first.manager == after.manager => {
                return Records::write_counter::<Redelegated>(&key(tld), None).map(Some);
            }
            Some(first) => Redelegated { changed: now, ..first },
            None if self.records.roster()?.contacts(tld).is_empty() => return Ok(None),
            None => {
                let (admin, manager) = (before.admin_email().cloned(), before.manager.clone());
                Redelegated { tld: tld.clone(), since: now, changed: now, admin, manager }
            }
        };
        Records::write_counter(&key(tld), Some(&row)).map(Some)
    }

    /// Asks the new admin contacts, one mail each, once their records stand and no request for their ccTLDs is open.
    pub(in crate::bot) fn ask_new_admins(&mut self) -> anyhow::Result<()> {
        let rows: Vec<Redelegated> = self.records.counters_of(CHANGED)?;
        if rows.is_empty() {
            return Ok(());
        }
        let plan = self.plan_for_new_admins(rows)?;
        for tld in plan.left {
            let says = format!("{} is no member any more; nobody is asked.", tld.for_people());
            self.note("new_admin_unasked", &says, json!({ "tld": tld }), &[forget(&tld)?])?;
        }
        for (address, tlds, why) in plan.tell.into_values() {
            self.tell_of_new_admin(&address, &tlds, why)?;
        }
        for (admin, tlds) in plan.ask.into_values() {
            // He answers the question that he has first.
            if !self.questions()?.iter().any(|approach| approach.to == admin) {
                self.ask_new_admin(admin, tlds)?;
            }
        }
        Ok(())
    }

    fn plan_for_new_admins(&self, rows: Vec<Redelegated>) -> anyhow::Result<Plan> {
        let mut plan = Plan::default();
        let (roster, admins, busy) =
            (self.records.roster()?, self.records.admins_by_age(self.now())?, self.records.busy()?);
        let now = self.now();
        let is_flood = rows.len() > AT_ONCE_MAX;
        let stays =
            rows.iter().any(|row| now.duration_since(row.since) >= SignedDuration::from_hours(FLOOD_HOURS));
        for row in rows {
            let tld = row.tld.clone();
            let Some(first) = roster.contacts(&tld).first() else {
                plan.left.push(tld);
                continue;
            };
            let admin = admins.get(&tld).filter(|(admin, _)| !self.settings.ours().have(admin));
            if is_flood {
                // All of them in one turn: else the last few would look like a few.
                if stays {
                    let (whom, why) = admin
                        .map_or((&first.email, Unasked::NoAdmin), |(admin, _)| (admin, Unasked::Redelegated));
                    plan.tell(whom, tld, why);
                }
                continue;
            }
            // A record that is new or in doubt, or an open request, is waited for.
            if !self.stands(&row)? || busy.contains(&tld) {
                continue;
            }
            match admin {
                None => plan.tell(&first.email, tld, Unasked::NoAdmin),
                Some((_, Age::Old)) => {}
                Some((admin, Age::Fresh)) => match self.why_not(admin, &tld)? {
                    Some(why) => plan.tell(admin, tld, why),
                    None => plan.ask(admin, tld),
                },
            }
        }
        Ok(plan)
    }

    /// Whether the changed record was read once more, a good while later, and was the same.
    fn stands(&self, row: &Redelegated) -> anyhow::Result<bool> {
        let checked = self.records.remembered(&row.tld)?.checked;
        let stands =
            |at: Timestamp| at.duration_since(row.changed) >= SignedDuration::from_hours(STANDS_HOURS);
        Ok(checked.trouble.is_none() && checked.confirmed.is_some_and(stands))
    }

    /// Why a new admin contact is not to be asked; none where he is.
    fn why_not(&self, admin: &Address, tld: &Tld) -> anyhow::Result<Option<Unasked>> {
        if self.records.unreachable(admin)?.is_some() {
            return Ok(Some(Unasked::Unreachable));
        }
        if self.records.stopped(tld)?.is_some_and(|stopped| stopped.by == *admin) {
            return Ok(Some(Unasked::Stopped));
        }
        let asked: Option<Timestamp> = self.records.counter(&asked_key(tld))?;
        let lately = asked.is_some_and(|asked| self.now() < days_after(asked, APART_DAYS));
        let asks = self.settings.policy.roll_call.new_admins == NewAdmins::Ask;
        Ok((lately || !asks).then_some(Unasked::Redelegated))
    }

    fn ask_new_admin(&mut self, to: Address, tlds: Vec<Tld>) -> anyhow::Result<()> {
        let mut writes = Vec::new();
        if self.spend(CAP, DAY, A_DAY_MAX, &mut writes)?.is_none() {
            return Ok(());
        }
        for tld in &tlds {
            writes.push(forget(tld)?);
            writes.push(Records::write_counter(&asked_key(tld), Some(&self.now()))?);
        }
        self.end_former(&to, &tlds)?;
        let question =
            Question { occasion: Occasion::NewAdmin, campaign: None, to, decides: tlds.clone(), tlds };
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
