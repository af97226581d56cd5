//! A limit on the mails that leave in an hour, to one recipient and in all: what goes wrong goes wrong slowly, and is told.

use jiff::Timestamp;
use serde_json::json;

use crate::bot::Bot;
use crate::bot::counting::{DAY, HOUR, owner_key};
use crate::bot::records::{OutboxRow, Records};
use crate::domain::address::Address;
use crate::domain::case::Thread;
use crate::domain::notice::{Facts, NoticeKind};
use crate::store::Write;
use crate::writing::layout::list;

/// What the counts of mails that left begin with.
const POSTED: &str = "posted";

/// For whom there is room now.
pub(in crate::bot) struct Room {
    /// Those who may be written to now.
    pub(in crate::bot) may: Vec<Address>,
    /// Those whose turn comes later.
    pub(in crate::bot) beyond: Vec<Address>,
    /// The limit that stands in the way.
    limit: String,
    /// When it does no more.
    from: Timestamp,
}

impl Bot<'_> {
    /// Which of these may be written to now. The mail that tells of a limit goes whatever the limit is.
    pub(in crate::bot) fn room(&self, kind: NoticeKind, waiting: Vec<Address>) -> anyhow::Result<Room> {
        let now = self.now();
        let mut room = Room { may: Vec::new(), beyond: Vec::new(), limit: String::new(), from: now };
        if kind == NoticeKind::MailLimit {
            room.may = waiting;
            return Ok(room);
        }
        let policy = &self.settings.policy;
        let all = self.records.spent(&to_all())?;
        if all.now(now) >= policy.mails_per_hour_max {
            room.limit = format!("{} mails in an hour (mails_per_hour_max)", policy.mails_per_hour_max);
            room.beyond = waiting;
            room.from = all.room_from(policy.mails_per_hour_max, now);
            return Ok(room);
        }
        let most = policy.mails_per_hour_to_one_max;
        for address in waiting {
            let spent = self.records.spent(&to_one(&address))?;
            if spent.now(now) < most {
                room.may.push(address);
            } else {
                room.limit = format!("{most} mails to {address} in an hour (mails_per_hour_to_one_max)");
                room.beyond.push(address);
                room.from = room.from.max(spent.room_from(most, now));
            }
        }
        Ok(room)
    }

    /// What counts a mail that left for these.
    pub(in crate::bot) fn count(&self, taken: &[Address]) -> anyhow::Result<Vec<Write>> {
        let mut writes = Vec::new();
        self.spend(&to_all(), HOUR, u32::MAX, &mut writes)?;
        for address in taken {
            self.spend(&to_one(address), HOUR, u32::MAX, &mut writes)?;
        }
        Ok(writes)
    }

    /// The mail waits until there is room; false, since it has not left. The first time, the secretariat is told.
    pub(in crate::bot) fn wait_for_room(&mut self, row: OutboxRow, room: &Room) -> anyhow::Result<bool> {
        let next = room.from;
        let mut writes = Vec::new();
        let mut told = None;
        if self.spend("limit-told", DAY, 1, &mut writes)?.is_some() {
            let waiting = format!("the next mail that waits: {} for {}", row.id, list(&room.beyond));
            let points = vec![format!("the limit of {} is reached", room.limit), waiting];
            let facts = Facts { points, until: Some(next), ..Facts::default() };
            let about = (None, Thread::default(), facts);
            told = Some(self.send_note(NoticeKind::MailLimit, Vec::new(), about, &mut writes)?);
        }
        let row = OutboxRow { not_before: next, ..row };
        writes.extend(Records::write_effect(&row)?);
        let says = format!("{} waits for room: the limit of {} is reached.", row.id, room.limit);
        let evidence = json!({ "effect": row.id, "waiting": room.beyond, "next": next, "effects": told });
        self.commit_row_with(&row, ("mail_limited", &says, evidence), &writes)?;
        tracing::warn!(effect = row.id, "a limit on mails is reached");
        Ok(false)
    }
}

fn to_all() -> String {
    format!("{POSTED}/all")
}

fn to_one(address: &Address) -> String {
    format!("{POSTED}/{}", owner_key(address))
}
