//! A limit on the mails that leave in an hour, to one recipient and in all: what goes wrong goes wrong slowly, and is told.

use anyhow::Context as _;
use jiff::Timestamp;
use serde_json::json;

use crate::bot::Bot;
use crate::bot::records::{OutboxRow, Records};
use crate::domain::address::Address;
use crate::domain::case::Thread;
use crate::domain::digest::Digest;
use crate::domain::notice::{Facts, NoticeKind};
use crate::store::Write;
use crate::writing::layout::list;

/// Seconds of an hour of the clock, over which mails are counted.
const HOUR_SECONDS: i64 = 3600;
/// Hours within which the secretariat is told once that a limit is reached.
const TOLD_HOURS: i64 = 24;
/// What the counters of mails begin with.
const POSTED: &str = "posted/";

/// For whom there is room in this hour.
pub(in crate::bot) struct Room {
    hour: i64,
    /// Those who may be written to now.
    pub(in crate::bot) may: Vec<Address>,
    /// Those whose turn comes with a later hour.
    pub(in crate::bot) beyond: Vec<Address>,
    /// The limit that stands in the way.
    limit: String,
}

impl Bot<'_> {
    /// Which of these may be written to in this hour. The mail that tells of a limit goes whatever the limit is.
    pub(in crate::bot) fn room(&self, kind: NoticeKind, waiting: Vec<Address>) -> anyhow::Result<Room> {
        let hour = self.now().as_second().div_euclid(HOUR_SECONDS);
        let mut room = Room { hour, may: Vec::new(), beyond: Vec::new(), limit: String::new() };
        if kind == NoticeKind::MailLimit {
            room.may = waiting;
            return Ok(room);
        }
        let policy = &self.settings.policy;
        if self.posted(&all_of(hour))? >= policy.mails_per_hour_max {
            room.limit = format!("{} mails in an hour (mails_per_hour_max)", policy.mails_per_hour_max);
            room.beyond = waiting;
            return Ok(room);
        }
        for address in waiting {
            if self.posted(&key_of(hour, &address))? < policy.mails_per_hour_to_one_max {
                room.may.push(address);
            } else {
                let most = policy.mails_per_hour_to_one_max;
                room.limit = format!("{most} mails to {address} in an hour (mails_per_hour_to_one_max)");
                room.beyond.push(address);
            }
        }
        Ok(room)
    }

    /// What counts a mail that left for these; the counters of earlier hours go with the first one.
    pub(in crate::bot) fn count(&self, room: &Room, taken: &[Address]) -> anyhow::Result<Vec<Write>> {
        let all = all_of(room.hour);
        let before = self.posted(&all)?;
        let mut writes = Vec::new();
        if before == 0 {
            for key in self.records.counters(POSTED)? {
                writes.push(Records::write_counter::<u32>(&key, None)?);
            }
        }
        writes.push(Records::write_counter(&all, Some(&before.saturating_add(1)))?);
        for address in taken {
            let key = key_of(room.hour, address);
            writes.push(Records::write_counter(&key, Some(&self.posted(&key)?.saturating_add(1)))?);
        }
        Ok(writes)
    }

    /// The mail waits for the next hour; false, since it has not left. The first time, the secretariat is told.
    pub(in crate::bot) fn wait_for_room(&mut self, row: OutboxRow, room: &Room) -> anyhow::Result<bool> {
        let next = Timestamp::from_second((room.hour + 1) * HOUR_SECONDS)
            .context("the clock is beyond its range")?;
        let mut writes = Vec::new();
        let mut told = None;
        if self.counted("limit-told", TOLD_HOURS, 1, &mut writes)?.is_some() {
            let waiting = format!("the next mail that waits: {} for {}", row.id, list(&room.beyond));
            let points = vec![format!("the limit of {} is reached", room.limit), waiting];
            let facts = Facts { points, until: Some(next), ..Facts::default() };
            let about = (None, Thread::default(), facts);
            told = Some(self.send_note(NoticeKind::MailLimit, Vec::new(), about, &mut writes)?);
        }
        let row = OutboxRow { not_before: next, ..row };
        writes.extend(Records::write_effect(&row)?);
        let says = format!("{} waits for the next hour: the limit of {} is reached.", row.id, room.limit);
        let evidence = json!({ "effect": row.id, "waiting": room.beyond, "next": next, "effects": told });
        self.commit_row_with(&row, ("mail_limited", &says, evidence), &writes)?;
        tracing::warn!(effect = row.id, "a limit on mails is reached");
        Ok(false)
    }

    fn posted(&self, key: &str) -> anyhow::Result<u32> {
        Ok(self.records.counter(key)?.unwrap_or(0))
    }
}

fn all_of(hour: i64) -> String {
    format!("{POSTED}{hour}/all")
}

/// An address may be longer than a key.
fn key_of(hour: i64, address: &Address) -> String {
    format!("{POSTED}{hour}/{}", Digest::of(address.lower().as_bytes()))
}
