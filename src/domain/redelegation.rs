//! Redelegations: a member whose admin contact or manager is another one at IANA, and who is asked whether the contacts stay.
//!
//! Nobody is shown an entry because of what stood at IANA for a day, or because IANA, or our reading of it, says that very
//! many have changed at once: then a person looks at it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::address::{Address, Ours};
use crate::domain::contact::Roster;
use crate::domain::policy::days_after;
use crate::domain::registry::{IanaRecord, Office};
use crate::domain::remembered::{Age, Remembered};
use crate::domain::roll_call::{NewAdmins, Unasked};
use crate::domain::tld::Tld;

/// Hours after which a changed record must have been read once more, and as it was: the next day's walk, so that nobody is
/// written to because of what stood at IANA, or in one answer of it, for a day.
const STANDS_HOURS: i64 = 12;
/// ccTLDs that may wait at once. IANA changes a few in a month, and one manager has six; more mean that something is wrong,
/// and nobody is shown an entry because of it.
const AT_ONCE_MAX: usize = 10;
/// Hours after which so many are no passing trouble, and the secretariat gets them: two walks have seen them.
const FLOOD_HOURS: i64 = 48;
/// Days from one question about a ccTLD to the next: what changes oftener is for a person to look at.
const APART_DAYS: u16 = 30;

/// A member whose record at IANA is another one in what counts.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Redelegated {
    /// Which.
    pub tld: Tld,
    /// When it was another one for the first time.
    pub since: Timestamp,
    /// When it was last another one than before: it may change twice.
    pub changed: Timestamp,
    /// The admin contact before; when he is back before anybody was asked, nothing has happened.
    pub admin: Option<Address>,
    /// The manager before.
    pub manager: Option<String>,
}

/// What follows from a record that was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// Nothing.
    Nothing,
    /// It is to be remembered so that somebody will be asked.
    Waits(Redelegated),
    /// All is as it was before anybody was asked: it is to be forgotten.
    Back,
}

/// Everything that decides whether a new admin contact is asked.
#[derive(Debug)]
pub struct Ground<'a> {
    /// The contacts.
    pub roster: &'a Roster,
    /// Who is admin contact by IANA, and how old that knowledge is.
    pub admins: &'a BTreeMap<Tld, (Address, Age)>,
    /// What is remembered of IANA's records.
    pub remembered: &'a BTreeMap<Tld, Remembered>,
    /// The ccTLDs with an open request.
    pub busy: &'a BTreeSet<Tld>,
    /// Addresses whose mails come back, in lower case.
    pub unreachable: &'a BTreeSet<String>,
    /// The ccTLDs for which questions are stopped, by whom.
    pub stopped: &'a BTreeMap<Tld, Address>,
    /// When somebody was last asked because of such a change.
    pub asked: &'a BTreeMap<Tld, Timestamp>,
    /// The addresses that are nobody's but ours.
    pub ours: Ours<'a>,
    /// What is set.
    pub rule: NewAdmins,
}

/// Whom to ask, and whom the secretariat is to call instead, each about which ccTLDs. What is in neither waits.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct Plan {
    ask: BTreeMap<String, (Address, Vec<Tld>)>,
    tell: BTreeMap<(String, &'static str), (Address, Vec<Tld>, Unasked)>,
    /// Those that are no members any more.
    pub left: Vec<Tld>,
}

/// What follows where IANA's record was `before` and is `after`, with what is remembered of an earlier change.
pub fn changed(
    first: Option<Redelegated>,
    (before, after): (&IanaRecord, &IanaRecord),
    roster: &Roster,
    now: Timestamp,
) -> Change {
    if !Office::Admin.is_other(before, after) {
        return Change::Nothing;
    }
    match first {
        Some(first) if first.admin.as_ref() == after.admin_email() && first.manager == after.manager => {
            Change::Back
        }
        Some(first) => Change::Waits(Redelegated { changed: now, ..first }),
        None if roster.contacts(&after.tld).is_empty() => Change::Nothing,
        None => {
            let (admin, manager) = (before.admin_email().cloned(), before.manager.clone());
            Change::Waits(Redelegated { tld: after.tld.clone(), since: now, changed: now, admin, manager })
        }
    }
}

/// What is to be done now about all that changed and of which nobody was asked yet.
pub fn plan(rows: &[Redelegated], ground: &Ground<'_>, now: Timestamp) -> Plan {
    let mut plan = Plan::default();
    let is_flood = rows.len() > AT_ONCE_MAX;
    let is_old = |row: &Redelegated| now.duration_since(row.since) >= SignedDuration::from_hours(FLOOD_HOURS);
    let flood_stays = rows.iter().any(is_old);
    for row in rows {
        let tld = &row.tld;
        let Some(first) = ground.roster.contacts(tld).first() else {
            plan.left.push(tld.clone());
            continue;
        };
        let admin = ground.admins.get(tld).filter(|(admin, _)| !ground.ours.have(admin));
        if is_flood {
            // All of them in one turn: else the last few would look like a few.
            if flood_stays {
                let called = admin
                    .map_or((&first.email, Unasked::NoAdmin), |(admin, _)| (admin, Unasked::Redelegated));
                plan.tell(called, tld);
            }
            continue;
        }
        // A record that is new or in doubt, or an open request, is waited for.
        if !ground.stands(row) || ground.busy.contains(tld) {
            continue;
        }
        match admin {
            None => plan.tell((&first.email, Unasked::NoAdmin), tld),
            Some((_, Age::Old)) => {}
            Some((admin, Age::Fresh)) => match ground.why_not(admin, tld, now) {
                Some(why) => plan.tell((admin, why), tld),
                None => plan.ask(admin, tld),
            },
        }
    }
    plan
}

impl Ground<'_> {
    /// Whether the changed record was read once more, a good while later, and was the same.
    fn stands(&self, row: &Redelegated) -> bool {
        let stands =
            |at: Timestamp| at.duration_since(row.changed) >= SignedDuration::from_hours(STANDS_HOURS);
        let checked = self.remembered.get(&row.tld).map(|memory| &memory.checked);
        checked.is_some_and(|checked| checked.trouble.is_none() && checked.confirmed.is_some_and(stands))
    }

    /// Why a new admin contact is not to be asked; none where he is.
    fn why_not(&self, admin: &Address, tld: &Tld, now: Timestamp) -> Option<Unasked> {
        let lately = self.asked.get(tld).is_some_and(|asked| now < days_after(*asked, APART_DAYS));
        if self.unreachable.contains(&admin.lower()) {
            Some(Unasked::Unreachable)
        } else if self.stopped.get(tld) == Some(admin) {
            Some(Unasked::Stopped)
        } else {
            (lately || self.rule != NewAdmins::Ask).then_some(Unasked::Redelegated)
        }
    }
}

impl Plan {
    fn ask(&mut self, admin: &Address, tld: &Tld) {
        self.ask.entry(admin.lower()).or_insert_with(|| (admin.clone(), Vec::new())).1.push(tld.clone());
    }

    fn tell(&mut self, (address, why): (&Address, Unasked), tld: &Tld) {
        let new = || (address.clone(), Vec::new(), why);
        self.tell.entry((address.lower(), why.words())).or_insert_with(new).1.push(tld.clone());
    }

    /// Whom to ask: one mail each, about these ccTLDs.
    pub fn to_ask(&self) -> impl Iterator<Item = (&Address, &[Tld])> {
        self.ask.values().map(|(admin, tlds)| (admin, tlds.as_slice()))
    }

    /// Whom the secretariat is to call, about these ccTLDs and why.
    pub fn to_tell(&self) -> impl Iterator<Item = (&Address, &[Tld], Unasked)> {
        self.tell.values().map(|(address, tlds, why)| (address, tlds.as_slice(), *why))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use jiff::{SignedDuration, Timestamp};

    use super::{Ground, Plan, Redelegated, plan};
    use crate::domain::address::{Address, Ours};
    use crate::domain::contact::Roster;
    use crate::domain::remembered::{Age, Checked, Remembered};
    use crate::domain::roll_call::{NewAdmins, Unasked};
    use crate::domain::tests_sample::{at, contact};
    use crate::domain::tld::Tld;

    const CHANGED: &str = "2026-11-02T09:00:00Z";

    /// Members whose records changed at one moment, and were read again so many hours later.
    struct World {
        tlds: Vec<Tld>,
        roster: Roster,
        admins: BTreeMap<Tld, (Address, Age)>,
        remembered: BTreeMap<Tld, Remembered>,
        busy: BTreeSet<Tld>,
        unreachable: BTreeSet<String>,
        stopped: BTreeMap<Tld, Address>,
        asked: BTreeMap<Tld, Timestamp>,
        mailboxes: Vec<Address>,
        rule: NewAdmins,
    }

    fn hours(count: i64) -> Timestamp {
        CHANGED.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(count)
    }

    fn world(tlds: &[&str], read_again: i64) -> World {
        let tlds: Vec<Tld> = tlds.iter().map(|tld| tld.parse().unwrap()).collect();
        let mut roster = Roster::default();
        let (mut admins, mut remembered) = (BTreeMap::new(), BTreeMap::new());
        for tld in &tlds {
            roster.set(tld.clone(), vec![contact(1, "Ann Bee", &format!("ann@nic-{tld}.example"))]);
            admins.insert(tld.clone(), (at("new@registry.example"), Age::Fresh));
            let checked = Checked { confirmed: Some(hours(read_again)), ..Checked::default() };
            remembered.insert(tld.clone(), Remembered { believed: None, checked });
        }
        let (busy, unreachable, stopped) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
        let (asked, mailboxes, rule) = (BTreeMap::new(), Vec::new(), NewAdmins::Ask);
        World { tlds, roster, admins, remembered, busy, unreachable, stopped, asked, mailboxes, rule }
    }

    impl World {
        fn plan_at(&self, now: Timestamp) -> Plan {
            let rows: Vec<Redelegated> = self.tlds.iter().map(row).collect();
            let ground = Ground {
                roster: &self.roster,
                admins: &self.admins,
                remembered: &self.remembered,
                busy: &self.busy,
                unreachable: &self.unreachable,
                stopped: &self.stopped,
                asked: &self.asked,
                ours: Ours { mailboxes: &self.mailboxes, secretariat: &[] },
                rule: self.rule,
            };
            plan(&rows, &ground, now)
        }

        /// Whom the secretariat calls a day later, and nobody is asked.
        #[track_caller]
        fn check_told(&self, whom: &str, why: Unasked) {
            let plan = self.plan_at(hours(24));
            assert_eq!(plan.to_ask().count(), 0);
            let told: Vec<_> = plan.to_tell().map(|(address, _, why)| (address.clone(), why)).collect();
            assert_eq!(told, [(at(whom), why)]);
        }
    }

    fn row(tld: &Tld) -> Redelegated {
        Redelegated { tld: tld.clone(), since: hours(0), changed: hours(0), admin: None, manager: None }
    }

    #[test]
    fn he_is_asked_once_for_all_of_his_when_the_record_was_read_again() {
        let plan = world(&["nl", "be"], 12).plan_at(hours(24));
        let both = ["nl".parse().unwrap(), "be".parse().unwrap()];
        assert_eq!(plan.to_ask().collect::<Vec<_>>(), [(&at("new@registry.example"), both.as_slice())]);
        assert_eq!(plan.to_tell().count(), 0);
        assert_eq!(world(&["nl"], 11).plan_at(hours(24)), Plan::default());
    }

    #[test]
    fn an_open_request_and_an_old_record_are_waited_for() {
        let mut busy = world(&["nl"], 12);
        busy.busy.insert("nl".parse().unwrap());
        let mut old = world(&["nl"], 12);
        old.admins.values_mut().for_each(|(_, age)| *age = Age::Old);
        assert_eq!([busy, old].map(|world| world.plan_at(hours(24))), [Plan::default(), Plan::default()]);
    }

    #[test]
    fn a_person_calls_where_nobody_may_be_asked() {
        let new = "new@registry.example";
        let mut lost = world(&["nl"], 12);
        lost.unreachable.insert(new.to_owned());
        lost.check_told(new, Unasked::Unreachable);
        let mut stopped = world(&["nl"], 12);
        stopped.stopped.insert("nl".parse().unwrap(), at(new));
        stopped.check_told(new, Unasked::Stopped);
        let mut asked = world(&["nl"], 12);
        asked.asked.insert("nl".parse().unwrap(), hours(-24 * 28));
        asked.check_told(new, Unasked::Redelegated);
        let mut ours = world(&["nl"], 12);
        ours.mailboxes.push(at(new));
        ours.check_told("ann@nic-nl.example", Unasked::NoAdmin);
        let mut none = world(&["nl"], 12);
        none.admins.clear();
        none.check_told("ann@nic-nl.example", Unasked::NoAdmin);
        let mut silent = world(&["nl"], 12);
        silent.rule = NewAdmins::Tell;
        silent.check_told(new, Unasked::Redelegated);
    }

    #[test]
    fn very_many_at_once_are_asked_about_nowhere_and_told_together_when_they_stay() {
        let names: Vec<String> = ('a'..='k').map(|letter| format!("a{letter}")).collect();
        let many = world(&names.iter().map(String::as_str).collect::<Vec<_>>(), 12);
        assert_eq!(many.plan_at(hours(47)), Plan::default());
        let plan = many.plan_at(hours(48));
        assert_eq!(plan.to_ask().count(), 0);
        assert_eq!(plan.to_tell().map(|(_, tlds, _)| tlds.len()).collect::<Vec<_>>(), [names.len()]);
    }

    #[test]
    fn who_is_no_member_any_more_is_let_go() {
        let mut gone = world(&["nl"], 12);
        gone.roster = Roster::default();
        let plan = gone.plan_at(hours(24));
        assert_eq!((plan.to_ask().count(), plan.to_tell().count(), plan.left), (0, 0, gone.tlds));
    }
}
