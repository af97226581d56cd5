//! Carrying out what was decided, each effect once under its id: IANA is read again, the list is changed, a mail is sent.

use anyhow::Context as _;
use jiff::SignedDuration;
use serde_json::json;

use crate::bot::records::{OutboxRow, Records, What};
use crate::bot::{Bot, Pace, Turn, pause_after};
use crate::domain::case::{Case, CaseId};
use crate::domain::contact::Contact;
use crate::domain::event::Event;
use crate::domain::registry::RegistryAnswer;
use crate::domain::tld::Tld;
use crate::domain::token::hide;
use crate::store::{Group, Write};

/// The first pause before an effect is tried again; it doubles each time.
const PAUSE_FIRST: SignedDuration = SignedDuration::from_mins(1);
/// The longest pause.
const PAUSE_MAX: SignedDuration = SignedDuration::from_hours(4);
/// Effects whose outcome reaches the disk together at the most: so many mails may leave twice where the power fails.
const GROUP_EFFECTS_MAX: usize = 32;
/// Rounds of a turn at the most: an effect may bring others, and those others, but a chain has an end.
const ROUNDS_MAX: usize = 20;

impl Bot<'_> {
    /// Carries out all that is due, and what follows from it.
    pub(in crate::bot) fn carry_out_all(&mut self, turn: &mut Turn) -> anyhow::Result<()> {
        for _ in 0..ROUNDS_MAX {
            let now = self.now();
            let hold_all = self.settings.hold_all;
            let is_mail = |row: &OutboxRow| matches!(row.what, What::Send { .. });
            let pending = self.records.pending()?.into_iter();
            let due = pending.filter(|row| row.not_before <= now && !(hold_all && is_mail(row)));
            let (mails, others): (Vec<OutboxRow>, Vec<OutboxRow>) = due.partition(is_mail);
            if mails.is_empty() && others.is_empty() {
                break;
            }
            // To ask IANA and to change the list can be done again: it finds done what was done. A mail cannot.
            let rounds = [(Group::Whole, others), (Group::Lasting, mails)];
            for (group, rows) in rounds {
                for part in rows.chunks(GROUP_EFFECTS_MAX) {
                    // What these are the consequence of is on the disk before them.
                    self.store.settle(group)?;
                    for row in part {
                        if (self.pulse)() == Pace::Finish {
                            return Ok(self.store.settle(Group::Single)?);
                        }
                        if self.carry_out(row.clone())? {
                            turn.carried_out += 1;
                        } else {
                            turn.postponed += 1;
                        }
                    }
                }
            }
        }
        Ok(self.store.settle(Group::Single)?)
    }

    /// Carries out one effect; false where it is tried again later.
    fn carry_out(&mut self, row: OutboxRow) -> anyhow::Result<bool> {
        match &row.what {
            What::Send { .. } => self.send(row),
            What::ReadRegistry => self.read_registry(row),
            What::ChangeList => self.change_list(row),
            What::RecordChange => self.record_change(&row),
        }
    }

    fn read_registry(&mut self, row: OutboxRow) -> anyhow::Result<bool> {
        let case = self.case_of(&row)?;
        let writes = Records::write_effect(&ended(&row, self.now()))?;
        match self.registry_read(&case, &row, writes)? {
            Ok(_) => Ok(true),
            Err(reason) => self.postpone(row, &reason),
        }
    }

    /// Reads IANA's records of a case and lets the rules know; the reason, where one cannot be read now.
    pub(in crate::bot) fn registry_read(
        &mut self,
        case: &Case,
        row: &OutboxRow,
        writes: Vec<Write>,
    ) -> anyhow::Result<Result<Case, String>> {
        let mut answers = Vec::new();
        for tld in case.tlds() {
            let answer = self.world.registry.record_anew(tld);
            self.keep_readings()?;
            if let RegistryAnswer::Unreachable(reason) = &answer {
                return Ok(Err(reason.clone()));
            }
            answers.push(answer);
        }
        let entries = self.entries(case)?;
        let frozen = self.frozen_for(case)?;
        let evidence = json!({ "effect": row.id, "iana": answers, "entries": entries, "frozen": frozen });
        self.happen(case, &Event::RegistryRead { answers, entries, frozen }, writes, &evidence).map(Ok)
    }

    /// The ccTLDs of a case whose entry is frozen by another.
    fn frozen_for(&mut self, case: &Case) -> anyhow::Result<Vec<(Tld, CaseId)>> {
        let open = self.open_for(case.tlds())?;
        let others = || open.iter().filter(|other| other.id != case.id);
        let by = |tld: &Tld| others().find(|other| other.freezes(tld)).map(|other| (tld.clone(), other.id));
        Ok(case.tlds().filter_map(by).collect())
    }

    pub(in crate::bot) fn entries(&self, case: &Case) -> anyhow::Result<Vec<Vec<Contact>>> {
        let roster = self.records.roster()?;
        Ok(case.tlds().map(|tld| roster.contacts(tld).to_vec()).collect())
    }

    pub(in crate::bot) fn case_of(&self, row: &OutboxRow) -> anyhow::Result<Case> {
        let id = row.case.with_context(|| format!("the effect {} belongs to no case", row.id))?;
        self.case(id)
    }

    /// Tries again later, with growing pauses.
    pub(in crate::bot) fn postpone(&self, row: OutboxRow, reason: &str) -> anyhow::Result<bool> {
        let pause = pause_after(row.tries, PAUSE_FIRST, PAUSE_MAX);
        let not_before = self.now().checked_add(pause).context("the clock is beyond its range")?;
        let row = OutboxRow { tries: row.tries.saturating_add(1), not_before, ..row };
        let evidence = json!({ "effect": row.id, "reason": reason, "tries": row.tries, "next": not_before });
        let says = format!("{} could not be carried out and is tried again: {reason}.", row.id);
        self.commit_row(&row, "effect_postponed", &says, evidence)?;
        // A server may quote in its words what it was sent.
        tracing::warn!(effect = row.id, %not_before, "could not be carried out and is tried again: {}", hide(reason));
        Ok(false)
    }

    pub(in crate::bot) fn end(
        &self,
        row: &OutboxRow,
        event: &str,
        says: &str,
        evidence: serde_json::Value,
    ) -> anyhow::Result<()> {
        self.commit_row(&ended(row, self.now()), event, says, evidence)
    }

    pub(in crate::bot) fn commit_row(
        &self,
        row: &OutboxRow,
        event: &str,
        says: &str,
        evidence: serde_json::Value,
    ) -> anyhow::Result<()> {
        self.commit_row_with(row, (event, says, evidence), &Records::write_effect(row)?)
    }

    pub(in crate::bot) fn commit_row_with(
        &self,
        row: &OutboxRow,
        (event, says, evidence): (&str, &str, serde_json::Value),
        writes: &[Write],
    ) -> anyhow::Result<()> {
        let case = row.case.map(|case| case.to_string());
        let entry = crate::domain::journal::Entry {
            at: self.now(),
            case,
            event: event.to_owned(),
            says: says.to_owned(),
            evidence,
        };
        self.store.commit(&entry, writes)?;
        tracing::info!(effect = row.id, event);
        Ok(())
    }
}

pub(in crate::bot) fn ended(row: &OutboxRow, now: jiff::Timestamp) -> OutboxRow {
    OutboxRow { ended: Some(now), ..row.clone() }
}
