//! The daily watch: what IANA publishes now, beside what open cases rely on; and ccTLDs that are gone for good.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::bot::Bot;
use crate::bot::records::Records;
use crate::bot::walking::Progress;
use crate::domain::case::{Case, Stage, State};
use crate::domain::decide::Changed;
use crate::domain::event::Event;
use crate::domain::plan::Doubt;
use crate::domain::tld::Tld;

/// ccTLDs that one part of the daily walk looks at: with its pauses a turn is held up by some 15 seconds.
const WALKED_A_TURN: usize = 5;
/// ccTLDs that may be missing at once. Two were ever retired in one year; more mean that the list is wrong.
const MISSING_AT_ONCE_MAX: usize = 5;

impl Bot<'_> {
    /// The part of the watch that is due: a few ccTLDs are read again, and what open cases rely on is compared.
    ///
    /// # Errors
    /// Where the store fails. IANA's trouble is waited out.
    pub fn watch(&mut self) -> anyhow::Result<Progress> {
        let Some(walk) = self.walk_due()? else { return Ok(Progress::default()) };
        self.walk_on(walk, WALKED_A_TURN)
    }

    /// Tells the rules of every open case that relies on a record which is another one now, or on a ccTLD that is gone.
    pub(in crate::bot) fn compare_open_cases(&mut self) -> anyhow::Result<()> {
        for id in self.records.open_cases()? {
            let Some(case) = self.records.case(id)? else { continue };
            let mut changed: Changed = Vec::new();
            for relied in case.registry.iter().filter(|relied| !is_told(&case, &relied.tld)) {
                if self.is_gone(&relied.tld)? {
                    changed.push((relied.tld.clone(), None));
                    continue;
                }
                let memory = self.records.remembered(&relied.tld)?;
                // What was read before the case was opened says nothing against what it was opened with.
                let is_later = memory.checked.confirmed >= relied.retrieved;
                if let Some(now) = memory.record().filter(|now| is_later && case.office.is_other(relied, now))
                {
                    changed.push((relied.tld.clone(), Some(now)));
                }
            }
            if !changed.is_empty() {
                let evidence = json!({ "relied_on": case.registry, "changed": changed });
                self.happen(&case, &Event::RegistryChanged { changed }, Vec::new(), &evidence)?;
            }
        }
        Ok(())
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
        let most = usize::from(self.settings.policy.missing_days);
        let (mut writes, mut told) = (Vec::new(), Vec::new());
        for tld in &known {
            let mut days = self.records.missing_days(tld)?;
            let name = tld.for_people();
            if missing.contains(tld) {
                // After the last of them nothing new is to be learned.
                if days.len() >= most || days.contains(&today) {
                    continue;
                }
                days.push(today);
                told.push(format!("{name} is missing, on {} of {most} days", days.len()));
            } else if days.is_empty() {
                continue;
            } else {
                days.clear();
                told.push(format!("{name} is in it again"));
            }
            writes.push(Records::write_missing_days(tld, &days)?);
        }
        if told.is_empty() {
            return Ok(());
        }
        let says = format!("The list of TLDs: {}.", told.join("; "));
        self.note("iana_missing", &says, json!({ "missing": missing, "today": today }), &writes)
    }

    /// Whether a ccTLD is gone: missing from the list on several days, and its record not found since the first of them.
    pub(in crate::bot) fn is_gone(&self, tld: &Tld) -> anyhow::Result<bool> {
        let days = self.records.missing_days(tld)?;
        let Some(first) = days.first() else { return Ok(false) };
        let confirmed = self.records.remembered(tld)?.checked.confirmed;
        let found: Option<Date> = confirmed.map(|at| at.to_zoned(TimeZone::UTC).date());
        let most = usize::from(self.settings.policy.missing_days);
        Ok(days.len() >= most && found.is_none_or(|found| found <= *first))
    }
}

/// Whether nothing new can follow for this ccTLD: the secretariat has the case because of it, or the list is being
/// changed at this moment.
fn is_told(case: &Case, tld: &Tld) -> bool {
    match &case.state {
        State::AwaitingSecretariat(escalation) => {
            escalation.doubts.contains(&Doubt::IanaChanged(tld.clone()))
        }
        State::Applying(applying) => applying.stage == Stage::Changing || applying.undo.is_some(),
        State::Contested(_) => true,
        State::Received
        | State::NeedsInformation(_)
        | State::Queued(_)
        | State::AwaitingAdmin(_)
        | State::AwaitingContacts(_)
        | State::Done(_)
        | State::Undone(_)
        | State::Refused(_)
        | State::Expired(_)
        | State::Withdrawn(_) => false,
    }
}
