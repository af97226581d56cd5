//! Letting go, once a day: what is over goes in one transaction of bounded size, and one line of the journal counts it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::bot::Bot;
use crate::bot::overdue::{Shelves, Thing};
use crate::bot::records::{Records, RetryRow, retry_key};
use crate::domain::digest::Digest;
use crate::domain::retention::Kept;
use crate::store::{Shelf, Write};

/// What was let go last, among the counters.
const LAST: &str = "retention/last";
/// Rows and mails that go in one day at the most: a few seconds of work; the rest goes on the next days.
pub const SIZE_A_DAY_MAX: usize = 1000;
/// The event of the line that counts what was let go.
pub const LET_GO: &str = "let_go";

/// What was let go last: after a stop in the middle the next start removes these mails.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Last {
    at: jiff::Timestamp,
    mails: Vec<(Shelf, Digest)>,
}

impl Bot<'_> {
    /// Lets go what is over, once a day. A day on which nothing is leaves no line, but for the first of a month, on which
    /// what has no date of its own gets one.
    pub(in crate::bot) fn let_go(&mut self) -> anyhow::Result<()> {
        let (now, today) = (self.now(), self.today());
        let last: Option<Last> = self.records.counter(LAST)?;
        let day = |last: &Last| last.at.to_zoned(TimeZone::UTC).date();
        let done: Option<Date> = last.as_ref().map(day).max(self.retained);
        if done.is_some_and(|done| done >= today) {
            return Ok(());
        }
        let things = self.records.overdue(&self.shelves()?, &self.settings.policy.retention, now)?;
        // What is only dated can wait for company: a quiet day has no line.
        let is_worth_a_line = today.day() == 1 || things.iter().any(|thing| thing.kept.is_some());
        let (things, left) = within_a_day(things);
        if is_worth_a_line && !things.is_empty() {
            self.let_these_go(&things, left)?;
        }
        self.retained = Some(today);
        Ok(())
    }

    fn let_these_go(&mut self, things: &[Thing], left: usize) -> anyhow::Result<()> {
        let mut counts: BTreeMap<Kept, usize> = BTreeMap::new();
        for kept in things.iter().filter_map(|thing| thing.kept) {
            *counts.entry(kept).or_default() += 1;
        }
        let mails: Vec<(Shelf, Digest)> = things.iter().flat_map(|thing| thing.mails.clone()).collect();
        let last = Last { at: self.now(), mails: mails.clone() };
        let mut writes: Vec<Write> = things.iter().flat_map(|thing| thing.writes.clone()).collect();
        writes.push(Records::write_counter(LAST, Some(&last))?);
        let told: Vec<String> = counts.iter().map(|(kept, count)| format!("{kept}: {count}")).collect();
        let says = if told.is_empty() {
            "What nobody needs any more was dated, to be let go in its time.".to_owned()
        } else {
            format!("What nobody needs any more was let go after its time. {}.", told.join("; "))
        };
        self.note(LET_GO, &says, json!({ "counts": counts, "left": left }), &writes)?;
        for (shelf, digest) in &mails {
            self.store.remove_mail(*shelf, digest)?;
        }
        self.open = None;
        Ok(())
    }

    fn shelves(&self) -> anyhow::Result<Shelves> {
        let on = |shelf| Ok::<_, anyhow::Error>(self.store.mails(shelf)?.into_iter().collect());
        Ok(Shelves { incoming: on(Shelf::Incoming)?, registry: on(Shelf::Registry)? })
    }

    /// Removes what a stop left of the mails that were let go. One that came again since is kept.
    pub(in crate::bot) fn finish_letting_go(&self) -> anyhow::Result<()> {
        let Some(last) = self.records.counter::<Last>(LAST)? else { return Ok(()) };
        let lying = self.shelves()?;
        let has_answers = last.mails.iter().any(|(_, digest)| lying.registry.contains(digest));
        let needed = if has_answers { self.records.answers_needed()? } else { BTreeSet::new() };
        for (shelf, digest) in last.mails {
            let lies = match shelf {
                Shelf::Incoming => lying.incoming.contains(&digest) && !self.came_again(&digest, last.at)?,
                Shelf::Registry => lying.registry.contains(&digest) && !needed.contains(&digest),
                // Those that nothing names go at each start.
                Shelf::Outgoing => false,
            };
            if lies {
                self.store.remove_mail(shelf, &digest)?;
            }
        }
        Ok(())
    }

    fn came_again(&self, digest: &Digest, since: jiff::Timestamp) -> anyhow::Result<bool> {
        let waits: Option<RetryRow> = self.records.counter(&retry_key(digest))?;
        let seen = self.records.seen(digest)?.and_then(|seen| seen.at);
        Ok(waits.is_some() || seen.is_some_and(|at| at > since))
    }
}

/// As much as fits into a day, in the order in which it was found, and how many things are left. One that is larger than a
/// day goes alone.
fn within_a_day(things: Vec<Thing>) -> (Vec<Thing>, usize) {
    let (mut size, all) = (0, things.len());
    let fits = |thing: &Thing| {
        let first = size == 0;
        size += thing.size();
        first || size <= SIZE_A_DAY_MAX
    };
    let taken: Vec<Thing> = things.into_iter().take_while(fits).collect();
    let left = all - taken.len();
    (taken, left)
}
