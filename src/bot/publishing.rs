//! The contact repository is sent to all contacts at its times: everybody has everybody's details at hand, even offline.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::json;

use crate::bot::history::history;
use crate::bot::records::Records;
use crate::bot::{Bot, Settings};
use crate::domain::address::Address;
use crate::domain::case::Thread;
use crate::domain::contact::Roster;
use crate::domain::history::{History, changes};
use crate::domain::notice::{Facts, NoticeKind};
use crate::domain::repository::{Extent, News, Repository, Sent, is_due};

/// Where it is remembered when it was sent.
const SENT: &str = "repository/sent";

impl Records<'_> {
    /// The contact repository as it would be sent now.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn repository(
        &self,
        settings: &Settings,
        history: &History,
        now: Timestamp,
    ) -> anyhow::Result<Repository> {
        let since = self.repository_sent()?.map(|sent| sent.at);
        let roster = self.roster()?;
        let confirmations = Some(self.confirmations()?);
        let before = since.map(|since| history.roster_at(since));
        let unreachable: BTreeSet<Address> =
            self.all_unreachable()?.into_iter().map(|lost| lost.address).collect();
        Ok(Repository {
            at: now,
            since,
            changes: before.map(|before| changes(&before, &roster)).unwrap_or_default(),
            roster,
            unreachable,
            label: settings.repository.label,
            links: settings.repository.links.clone(),
            requests_to: Some(settings.sender.mailbox.clone()),
            extent: Extent::Whole,
            confirmations,
        })
    }

    fn repository_sent(&self) -> anyhow::Result<Option<Sent>> {
        self.counter(SENT)
    }
}

impl Bot<'_> {
    /// Sends the contact repository where it is due. Nothing is sent of no contacts.
    pub(in crate::bot) fn publish(&mut self) -> anyhow::Result<()> {
        let policy = &self.settings.repository;
        let now = self.now();
        let sent = self.records.repository_sent()?;
        // Whatever has changed, before this moment it is not due; so the roster is not read at each turn.
        if policy.to.is_none() || !is_due(sent, News::Changed, policy.rhythm, now) {
            return Ok(());
        }
        let roster = self.records.roster()?;
        if roster == Roster::default() {
            return Ok(());
        }
        let same = sent.is_some_and(|sent| sent.roster == roster.digest());
        let news = if same { News::None } else { News::Changed };
        if is_due(sent, news, policy.rhythm, now) {
            self.send_repository()?;
        }
        Ok(())
    }

    /// Sends the contact repository now, as a person asked or as it is due. Says to whom; none where the configuration
    /// names nobody.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn send_repository(&mut self) -> anyhow::Result<Option<Address>> {
        let policy = &self.settings.repository;
        let Some(to) = policy.to.clone() else { return Ok(None) };
        let now = self.now();
        let repository = self.records.repository(self.settings, &history(&self.store.journal()?)?, now)?;
        let unchanged = repository.since.is_some() && repository.changes.is_empty();
        let sent = Sent { at: now, unchanged, roster: repository.roster.digest() };
        let contacts = repository.contacts().count();
        let changes = repository.changes.len();
        let facts = Facts { repository: Some(Box::new(repository)), ..Facts::default() };
        let mut writes = vec![Records::write_counter(SENT, Some(&sent))?];
        let about = (None, Thread::default(), facts);
        let told = self.send_note(NoticeKind::Repository, vec![to.clone()], about, &mut writes)?;
        let says =
            format!("The contact repository goes to {to}: {contacts} contacts, {changes} entries changed.");
        self.note(
            "repository_sent",
            &says,
            json!({ "to": to, "contacts": contacts, "effects": told }),
            &writes,
        )?;
        Ok(Some(to))
    }
}
