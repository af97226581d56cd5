//! The mails that belong to no case: to the secretariat about a mail, and to an authenticated stranger who asks how.

use serde_json::Value;

use crate::bot::Bot;
use crate::bot::counting::{DAY, WEEK, owner_key};
use crate::bot::records::Records;
use crate::bot::suppressing::Suppression;
use crate::domain::admission::Arrival;
use crate::domain::because::Because;
use crate::domain::case::Thread;
use crate::domain::digest::Digest;
use crate::domain::free_mail::is_free_mail;
use crate::domain::notice::{Facts, Notice, NoticeKind, QUOTED_LINES_MAX};
use crate::domain::tongue::{self, ENGLISH};
use crate::store::Write;

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
        let most = u32::from(self.settings.policy.secretariat_notes_per_day_max);
        let Some(count) = self.spend(about.counter(), DAY, most, writes)? else { return Ok(None) };
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
        let most = u32::from(self.settings.policy.help_per_week_max);
        let most_to_domain = u32::from(self.settings.policy.help_per_week_to_domain_max);
        let to_one = format!("help/{}", owner_key(from));
        let to_domain = format!("help-domain/{}", Digest::of(from.domain().as_bytes()));
        // At a provider for everybody each address is somebody's own.
        let crowded =
            !is_free_mail(from) && self.records.spent(&to_domain)?.now(self.now()) >= most_to_domain;
        if crowded || self.spend(&to_one, WEEK, most, writes)?.is_none() {
            return self.suppressed(Suppression::Help, &format!("a mail of {from}"), writes);
        }
        self.spend(&to_domain, WEEK, u32::MAX, writes)?;
        let because = Because::Wrote(arrival.thread.subject.clone());
        let facts = Facts { because, ..Facts::default() };
        let language = tongue::choose(arrival.reading.language.as_deref(), []);
        let about = (arrival.from_name.clone(), arrival.thread.clone(), facts);
        self.send_in((NoticeKind::Help, language), vec![from.clone()], about, writes).map(Some)
    }

    /// A mail that belongs to no case, in English, for the secretariat.
    pub(in crate::bot) fn send_note(
        &mut self,
        kind: NoticeKind,
        to: Vec<crate::domain::address::Address>,
        about: (Option<String>, Thread, Facts),
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Value> {
        self.send_in((kind, ENGLISH), to, about, writes)
    }

    /// The same in a language.
    fn send_in(
        &mut self,
        (kind, language): (NoticeKind, &str),
        to: Vec<crate::domain::address::Address>,
        (name, thread, facts): (Option<String>, Thread, Facts),
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Value> {
        let number = self.records.next_number("note")?;
        let mut moment = self.moment()?;
        let notice =
            Notice { kind, to, name, token: None, thread, language: Some(language.to_owned()), facts };
        let prepared = self.prepare_mail(&notice, &format!("N-{number}.1"), None, &mut moment)?;
        writes.extend(prepared.writes);
        writes.push(Records::write_next_number("note", number + 1)?);
        Ok(prepared.told)
    }
}
