//! The registers are compared: what the store, the list, the page and other files say, with what the journal knows of it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::history::written;
use crate::bot::records::Records;
use crate::domain::address::Address;
use crate::domain::case::Thread;
use crate::domain::cctlds::KnownTlds;
use crate::domain::comparison::{unknown_on_page, with_list, with_page, with_register};
use crate::domain::contact::Roster;
use crate::domain::digest::Digest;
use crate::domain::exemption::{Exempt, Rule};
use crate::domain::list_plan::{ListPolicy, Plan, Scope};
use crate::domain::members::{Member, members_of};
use crate::domain::notice::{Facts, NoticeKind};
use crate::domain::policy::days_after;
use crate::domain::reconciliation::{Difference, Newer, Past, Reconciliation, Standard};
use crate::domain::remembered::Remembered;
use crate::domain::tld::Tld;
use crate::reading::registers::{Page, Register, member};
use crate::store::{Line, Write};
use crate::writing::differences;

/// The row that says when the registers are compared next, and what the secretariat was told last.
const RECONCILED: &str = "reconciled";
/// Differences that a mail shows: more is a list for the shell.
const SHOWN_MAX: usize = 60;
/// The pause after a list that could not be read.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// What the store is compared with.
#[derive(Clone, Debug, Default)]
pub struct Others {
    /// The list's members; none where there is no list that can be read.
    pub members: Option<Vec<Member>>,
    /// Dumps, spreadsheets and cards.
    pub registers: Vec<Register>,
    /// The page of members, with its name.
    pub page: Option<(String, Page)>,
    /// Files that could not be read, each with the reason.
    pub unread: Vec<(String, String)>,
}

/// When the registers are compared, and how often the same is told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReconciliationPolicy {
    /// Days from one comparison to the next; 0 for none.
    pub every_days: u16,
    /// Days after which the secretariat is told of the same differences once more.
    pub again_days: u16,
}

/// When the registers are compared next, and what was told.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Reconciled {
    next: Timestamp,
    told: Option<Told>,
}

/// What the secretariat was told last.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Told {
    at: Timestamp,
    what: Digest,
}

impl Records<'_> {
    /// Compares the registers with the contacts in the store. `lines` is the whole journal.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn reconciliation(
        &self,
        others: &Others,
        lines: &[Line],
        (policy, now): (&ListPolicy, Timestamp),
    ) -> anyhow::Result<Reconciliation> {
        let (roster, past, admins) = (self.roster()?, Past::of(written(lines)?), self.admins()?);
        let standard = Standard { roster: &roster, past: &past, admins: &admins };
        let mut differences = Vec::new();
        if let Some(members) = &others.members {
            let known = KnownTlds::built_in().with(admins.keys().cloned());
            let plan = self.list_plan(members, &roster, (policy, now))?;
            differences.extend(with_list(&plan, &standard, |one| {
                member(one.name.as_deref().unwrap_or_default(), &known)
            }));
        }
        for register in &others.registers {
            differences.extend(with_register(&register.source.name, &register.people, &standard));
        }
        if let Some((name, page)) = &others.page {
            differences.extend(with_page(name, &page.members, &standard));
            differences.extend(unknown_on_page(name, &page.unknown));
        }
        differences.extend(others.unread.iter().map(|(name, why)| unread(name, why)));
        Ok(Reconciliation::of(differences))
    }

    /// What the list lacks of the contacts.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn list_plan(
        &self,
        members: &[Member],
        roster: &Roster,
        (policy, now): (&ListPolicy, Timestamp),
    ) -> anyhow::Result<Plan> {
        let scope = self.list_scope(policy, now)?;
        let within: Vec<Member> = members.iter().filter(|one| scope.has(&one.address)).cloned().collect();
        Ok(Plan::new(&within, &members_of(roster, policy.secondary), &scope))
    }

    /// The members that may be touched: all but those who are no contacts, by the configuration or by an exemption.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn list_scope(&self, policy: &ListPolicy, now: Timestamp) -> anyhow::Result<Scope> {
        let mut spared = policy.also_members.clone();
        let exemptions = self.exemptions()?;
        let stand = exemptions.into_iter().filter(|one| one.from == Rule::NoCctld && one.stands(now));
        spared.extend(stand.filter_map(|one| match one.whom {
            Exempt::Address(address) => Some(address),
            Exempt::Tld(_) => None,
        }));
        // Somebody who is a contact as well is on the list as one.
        let roster = self.roster()?;
        spared.retain(|address| policy.also_members.contains(address) || roster.tlds_of(address).is_empty());
        Ok(Scope::AllBut(spared))
    }

    fn admins(&self) -> anyhow::Result<BTreeMap<Tld, Address>> {
        let all = self.all_remembered()?.into_iter();
        let admin = |(tld, one): (Tld, Remembered)| Some((tld, one.believed?.record.admin?.email?));
        Ok(all.filter_map(admin).collect())
    }
}

fn unread(name: &str, why: &str) -> Difference {
    Difference {
        tld: None,
        person: None,
        side: name.to_owned(),
        store: "not compared".to_owned(),
        other: format!("it {why}"),
        newer: Newer::Unknown,
        why: "the file cannot be read".to_owned(),
        mend: "put the file in its place, or correct [reconciliation] in the configuration".to_owned(),
        step: None,
    }
}

impl Bot<'_> {
    /// Whether the registers are to be compared now. The first time is one interval after the program first asks.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn reconciliation_is_due(&mut self, policy: ReconciliationPolicy) -> anyhow::Result<bool> {
        if policy.every_days == 0 {
            return Ok(false);
        }
        let now = self.now();
        let Some(before) = self.records.counter::<Reconciled>(RECONCILED)? else {
            let first = Reconciled { next: days_after(now, policy.every_days), told: None };
            let write = Records::write_counter(RECONCILED, Some(&first))?;
            let says = format!(
                "The registers are compared for the first time on {}.",
                first.next.strftime("%Y-%m-%d")
            );
            self.note("reconciliation_planned", &says, json!({ "next": first.next }), &[write])?;
            return Ok(false);
        };
        Ok(now >= before.next)
    }

    /// Compares the registers, and tells the secretariat where they differ, unless it was told just that not long ago.
    /// `others` lacks the list, which is read here: where that fails now, all of it is done later.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn reconcile(&mut self, mut others: Others, policy: ReconciliationPolicy) -> anyhow::Result<()> {
        let now = self.now();
        let before = self.records.counter::<Reconciled>(RECONCILED)?.and_then(|row| row.told);
        let list = self.settings.list.clone();
        let scope = self.records.list_scope(&list, now)?;
        match self.world.list.members(&scope) {
            Ok(members) => others.members = members,
            Err(error) => {
                tracing::warn!(
                    "the registers are not compared now, since the list cannot be read: {error:#}"
                );
                let later = now.checked_add(AGAIN_AFTER).unwrap_or(now);
                let row = Reconciled { next: later, told: before };
                let write = Records::write_counter(RECONCILED, Some(&row))?;
                let says = "The registers were not compared: the list could not be read.";
                return self.write_down("reconciliation_postponed", says, json!({ "next": later }), &[write]);
            }
        }
        let found = self.records.reconciliation(&others, &self.store.journal()?, (&list, now))?;
        let what = found.digest();
        let same = |told: &Told| told.what == what && now < days_after(told.at, policy.again_days);
        let silent = found.is_empty() || before.as_ref().is_some_and(same);
        let told = match (found.is_empty(), silent) {
            (true, _) => None,
            (false, true) => before,
            (false, false) => Some(Told { at: now, what }),
        };
        let row = Reconciled { next: days_after(now, policy.every_days), told };
        let mut writes = vec![Records::write_counter(RECONCILED, Some(&row))?];
        let effects = if silent { None } else { Some(self.tell_of_differences(&found, &mut writes)?) };
        let says = format!("The registers were compared: {} differences.", found.differences.len());
        self.note(
            "reconciled",
            &says,
            json!({ "differences": found.differences, "effects": effects }),
            &writes,
        )
    }

    fn tell_of_differences(
        &mut self,
        found: &Reconciliation,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Value> {
        let tlds: Vec<String> = found.tlds().into_iter().map(Tld::for_people).collect();
        let evidence = differences::lines(found, SHOWN_MAX);
        let facts = Facts { tlds: tlds.join(" "), evidence, ..Facts::default() };
        let about = (None, Thread::default(), facts);
        self.send_note(NoticeKind::Differences, Vec::new(), about, writes)
    }
}
