//! The mails that belong to no case: to the secretariat about a mail, and to an authenticated stranger who asks how.

use serde_json::Value;

use crate::bot::Bot;
use crate::bot::records::Records;
use crate::domain::admission::Arrival;
use crate::domain::case::Thread;
use crate::domain::notice::{Facts, Notice, NoticeKind, QUOTED_LINES_MAX};
use crate::store::Write;

/// Hours of the day over which mails to the secretariat are counted.
const DAY_HOURS: i64 = 24;
/// Hours of the week over which help mails are counted.
const WEEK_HOURS: i64 = 7 * 24;

/// A mail that belongs to no case, as the secretariat is told of it.
pub(in crate::bot) struct About {
    /// Who it claims to be from.
    pub(in crate::bot) from: String,
    /// Why a person should read it.
    pub(in crate::bot) points: Vec<String>,
    /// What is known of it.
    pub(in crate::bot) evidence: Vec<String>,
    /// Its writer's own words.
    pub(in crate::bot) quoted: Vec<String>,
    /// Whether it is proven to be from him: what is not must not use up the attention for what is.
    pub(in crate::bot) proven: bool,
}

impl About {
    fn counter(&self) -> &'static str {
        if self.proven { "notes" } else { "notes-unproven" }
    }
}

impl Bot<'_> {
    /// Brings a mail that belongs to no case to the secretariat, up to a number a day; the last one says so.
    pub(in crate::bot) fn tell_of_mail(
        &mut self,
        about: About,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Option<Value>> {
        let most = usize::from(self.settings.policy.secretariat_notes_per_day_max);
        let Some(count) = self.counted(about.counter(), DAY_HOURS, most, writes)? else { return Ok(None) };
        let About { from, mut points, evidence, quoted, .. } = about;
        if count == most {
            points.push("this is the last such mail for today: further ones are only kept, in the mailbox and in the journal".to_owned());
        }
        let quoted = quoted.into_iter().take(QUOTED_LINES_MAX).collect();
        let facts = Facts { requester: from, points, evidence, quoted, ..Facts::default() };
        self.send_note(NoticeKind::HeldMail, Vec::new(), (None, Thread::default(), facts), writes).map(Some)
    }

    /// Tells the proven sender of a mail how to ask, once in a while.
    pub(in crate::bot) fn send_help(
        &mut self,
        arrival: &Arrival,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Option<Value>> {
        let Some(from) = &arrival.from else { return Ok(None) };
        let most = usize::from(self.settings.policy.help_per_week_max);
        if self.counted(&format!("help/{}", from.lower()), WEEK_HOURS, most, writes)?.is_none() {
            return Ok(None);
        }
        let because = match arrival.thread.subject.as_str() {
            "" => "You wrote to us.".to_owned(),
            subject => format!("You wrote to us: \"{subject}\"."),
        };
        let facts = Facts { because, ..Facts::default() };
        let about = (arrival.from_name.clone(), arrival.thread.clone(), facts);
        self.send_note(NoticeKind::Help, vec![from.clone()], about, writes).map(Some)
    }

    /// A mail that belongs to no case.
    pub(in crate::bot) fn send_note(
        &mut self,
        kind: NoticeKind,
        to: Vec<crate::domain::address::Address>,
        (name, thread, facts): (Option<String>, Thread, Facts),
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Value> {
        let number = self.records.next_number("note")?;
        let mut moment = self.moment()?;
        let notice = Notice { kind, to, name, token: None, thread, language: None, facts };
        let prepared = self.prepare_mail(&notice, &format!("N-{number}.1"), None, &mut moment)?;
        writes.extend(prepared.writes);
        writes.push(Records::write_next_number("note", number + 1)?);
        Ok(prepared.told)
    }

    /// Counts one more within so many hours; none where the most is reached.
    pub(in crate::bot) fn counted(
        &self,
        what: &str,
        hours: i64,
        most: usize,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Option<usize>> {
        let now = self.now();
        let key = format!("sent/{what}");
        let mut times = self.records.times_within(&key, hours, now)?;
        if times.len() >= most {
            return Ok(None);
        }
        times.push(now);
        writes.push(Records::write_counter(&key, Some(&times))?);
        Ok(Some(times.len()))
    }
}
