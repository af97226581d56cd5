//! The walk through all ccTLDs: IANA's records are read again, a few at a time, and it goes on where it stopped.

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::bot::records::Records;
use crate::bot::remembering::Walk;
use crate::bot::{Bot, Pace};
use crate::domain::channel::{Believed, Judgement};
use crate::domain::registry::RegistryAnswer;
use crate::domain::remembered::{News, Reading};
use crate::domain::tld::Tld;

/// Hours from the beginning of a walk to the next: each day one, and a little earlier than records grow too old.
const WALK_EVERY_HOURS: i64 = 20;
/// Minutes for which IANA is left alone after a ccTLD that could not be read, so that mails do not wait behind it.
const REST_MINUTES: i64 = 2;

/// How a walk stands after a part of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// ccTLDs looked at in this part, with what each brought.
    pub seen: Vec<(Tld, News)>,
    /// ccTLDs looked at since the walk began.
    pub done: usize,
    /// All of them.
    pub total: usize,
    /// Whether the walk has ended.
    pub ended: bool,
}

impl Bot<'_> {
    /// The walk that is to go on now, if any is due.
    pub(in crate::bot) fn walk_due(&self) -> anyhow::Result<Option<Walk>> {
        let now = self.now();
        match self.records.walk()? {
            Some(walk) if walk.ended.is_none() => {
                Ok(Some(walk).filter(|walk| walk.not_before.is_none_or(|not_before| not_before <= now)))
            }
            Some(walk) if now.duration_since(walk.began) < SignedDuration::from_hours(WALK_EVERY_HOURS) => {
                Ok(None)
            }
            Some(_) | None => Ok(Some(fresh(now))),
        }
    }

    /// The walk that was interrupted, or a new one, whenever the last was.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn walk_wanted(&self) -> anyhow::Result<Walk> {
        let under_way = self.records.walk()?.filter(|walk| walk.ended.is_none());
        Ok(under_way.unwrap_or_else(|| fresh(self.now())))
    }

    /// Somebody wants all records read again soon: a new walk begins at the next look, unless one is under way.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn want_walk(&mut self) -> anyhow::Result<()> {
        let walk = self.walk_wanted()?;
        let writes = vec![Records::write_walk(&Walk { not_before: None, ..walk })?];
        self.note("iana_walk_wanted", "All records of IANA are to be read again now.", json!({}), &writes)
    }

    /// Goes on with a walk by so many ccTLDs at the most, fewer where IANA does not answer. What was seen and how far
    /// it came are one transaction, so a stop in between repeats at most this part.
    ///
    /// # Errors
    /// Where the store fails. IANA's trouble is part of the progress.
    pub fn walk_on(&mut self, mut walk: Walk, most: usize) -> anyhow::Result<Progress> {
        let all = self.walked();
        let done = walk.after.as_ref().map_or(0, |after| all.iter().filter(|tld| *tld <= after).count());
        let mut progress = Progress { done, total: all.len(), ..Progress::default() };
        // What is still in the registry's hands is none of this walk's.
        self.keep_readings()?;
        let mut writes = Vec::new();
        walk.not_before = None;
        for tld in all.iter().skip(done).take(most) {
            // At least one, or a flood of mails would starve the walk.
            if !progress.seen.is_empty() && (self.pulse)() != Pace::GoOn {
                break;
            }
            let reading = self.read_for_walk(tld);
            let (news, rest) = match &reading {
                Some(reading) => self.keep(reading)?,
                None => (News::Same, Vec::new()),
            };
            writes.extend(rest);
            walk.after = Some(tld.clone());
            progress.seen.push((tld.clone(), news));
            progress.done += 1;
            if news == News::Unreachable {
                let rest = SignedDuration::from_mins(REST_MINUTES);
                walk.not_before =
                    Some(self.now().checked_add(rest).context("the clock is beyond its range")?);
                break;
            }
        }
        progress.ended = progress.done >= progress.total;
        if progress.ended {
            walk.ended = Some(self.now());
            walk.not_before = None;
            self.look_for_missing()?;
            self.compare_open_cases()?;
        }
        writes.push(Records::write_walk(&walk)?);
        let silent: Vec<&Tld> =
            progress.seen.iter().filter(|(_, news)| *news == News::Unreachable).map(|(tld, _)| tld).collect();
        let evidence = json!({ "done": progress.done, "of": progress.total, "unreachable": silent });
        let says = format!("{} of {} ccTLDs were looked at again at IANA.", progress.done, progress.total);
        self.write_down("iana_walk", &says, evidence, &writes)?;
        // A line every few moments for hours: for whoever asks for more of the log.
        tracing::debug!("{says}");
        Ok(progress)
    }

    /// Reads a ccTLD anew. None where the registry has nothing to say of it, as a snapshot that lacks it.
    fn read_for_walk(&mut self, tld: &Tld) -> Option<Reading> {
        let at = self.now();
        let answer = self.world.registry.record_anew(tld);
        let reading = self.world.registry.take_readings().pop();
        if reading.is_some() {
            return reading;
        }
        // A registry that keeps no answers is a file.
        let judgement = match answer {
            RegistryAnswer::Absent => return None,
            RegistryAnswer::Unreachable(why) => Judgement::Unreachable(why),
            RegistryAnswer::Doubtful(why) => Judgement::Doubtful(why),
            RegistryAnswer::Found(record) => {
                Judgement::Believed(Box::new(Believed::by_snapshot(*record, at, None)))
            }
        };
        let validators = std::collections::BTreeMap::new();
        Some(Reading { tld: tld.clone(), at, judgement, raw: Vec::new(), validators })
    }

    /// The ccTLDs that a walk looks at, in the order of their A-labels: all that are delegated, and all that are known.
    pub(in crate::bot) fn walked(&mut self) -> Vec<Tld> {
        self.known().iter().filter(|cctld| cctld.delegated).map(|cctld| cctld.tld.clone()).collect()
    }
}

fn fresh(now: Timestamp) -> Walk {
    Walk { began: now, after: None, not_before: None, ended: None }
}
