//! Mails leave: each recipient has an answer of his own, and the same octets go again until he has it.

use anyhow::Context as _;
use serde_json::json;

use crate::bot::Bot;
use crate::bot::effects::ended;
use crate::bot::records::{OutboxRow, Records, What};
use crate::domain::address::Address;
use crate::domain::digest::Digest;
use crate::domain::event::Event;
use crate::store::Shelf;
use crate::world::{Outgoing, Posted};
use crate::writing::layout::list;

/// Who refused a mail for good, and why.
type Refusal = (Address, String);

impl Bot<'_> {
    /// Hands a mail to the post, as far as there is room for it. Each recipient has an answer of his own; those without
    /// a final one are tried again, with the same octets.
    pub(in crate::bot) fn send(&mut self, mut row: OutboxRow) -> anyhow::Result<bool> {
        let What::Send { mail, copy, recipients, answered, kind, .. } = &row.what else { return Ok(true) };
        let (mail, copy, kind) = (*mail, *copy, *kind);
        let waiting: Vec<Address> =
            recipients.iter().filter(|one| !answered.contains(one)).cloned().collect();
        let room = self.room(kind, waiting)?;
        if room.may.is_empty() {
            return self.wait_for_room(row, &room);
        }
        let (waiting, beyond) = (room.may.clone(), room.beyond.len());
        let octets = match self.store.mail(Shelf::Outgoing, &mail) {
            // What is not what was built never leaves; the daily summary shows that it waits.
            Err(error) if error.is_of_one_mail() => return self.postpone(row, &error.to_string()),
            octets => octets?,
        };
        let octets =
            octets.with_context(|| format!("the octets of the mail {} are gone from the store", row.id))?;
        let sender = self.settings.sender.mailbox.clone();
        let (waiting, mut refused) = self.without_unreachable(waiting)?;
        let outgoing = Outgoing { id: row.id.clone(), sender, recipients: waiting.clone(), octets };
        let (mut taken, mut later) = (Vec::new(), None);
        let answers = if waiting.is_empty() { Vec::new() } else { self.world.post.send(&outgoing) };
        for (address, posted) in waiting.into_iter().zip(answers) {
            match posted {
                Posted::Accepted => taken.push(address),
                Posted::Refused(reason) => refused.push((address, reason)),
                Posted::Later(reason) => later = Some(reason),
            }
        }
        // The row ends with the last recipient that has his answer.
        let mut left = taken.len() + refused.len() + usize::from(later.is_some()) + beyond;
        if !taken.is_empty() {
            left -= taken.len();
            row = self.with_answers(row, &taken, left);
            let says = format!("A mail left for {}.", list(&taken));
            let evidence = json!({ "effect": row.id, "mail": kind, "to": taken });
            let mut writes = Records::write_effect(&row)?;
            writes.extend(self.count(&taken)?);
            self.commit_row_with(&row, ("mail_sent", &says, evidence), &writes)?;
        }
        for (address, reason) in refused {
            left -= 1;
            let says = format!("A mail to {address} was refused: {reason}.");
            let evidence = json!({ "effect": row.id, "mail": kind, "to": [address], "reason": reason });
            self.commit_row(&row, "mail_refused", &says, evidence)?;
            // Until the rules know of it, it has no answer: after a crash it is tried, and refused, again.
            row = self.with_answers(row, std::slice::from_ref(&address), left);
            self.mail_failed(&row, &address, &reason)?;
        }
        if row.ended.is_some() {
            self.forget(mail, copy)?;
        }
        match later {
            Some(reason) => self.postpone(row, &reason),
            None if beyond > 0 => self.wait_for_room(row, &room),
            None => Ok(true),
        }
    }

    /// Those that may be written to, and those to whom nothing is sent, with the reason: as if their server had refused it.
    fn without_unreachable(&self, waiting: Vec<Address>) -> anyhow::Result<(Vec<Address>, Vec<Refusal>)> {
        let (mut reachable, mut refused) = (Vec::new(), Vec::new());
        for address in waiting {
            match self.records.unreachable(&address)? {
                Some(lost) => refused.push((address, lost.words())),
                None => reachable.push(address),
            }
        }
        Ok((reachable, refused))
    }

    /// The row once these recipients have their answers; ended where no other is left.
    fn with_answers(&self, mut row: OutboxRow, addresses: &[Address], left: usize) -> OutboxRow {
        if let What::Send { answered, .. } = &mut row.what {
            answered.extend_from_slice(addresses);
        }
        if left == 0 { ended(&row, self.now()) } else { row }
    }

    /// Once a mail has left, what holds its token goes; a copy without it stays.
    fn forget(&self, mail: Digest, copy: Digest) -> anyhow::Result<()> {
        if mail != copy {
            self.store.remove_mail(Shelf::Outgoing, &mail)?;
        }
        Ok(())
    }

    fn mail_failed(&mut self, row: &OutboxRow, recipient: &Address, reason: &str) -> anyhow::Result<()> {
        let writes = Records::write_effect(row)?;
        let case = row.case.map(|id| self.records.case(id)).transpose()?.flatten();
        if case.is_none() && self.approach_refused(&row.id, reason, &writes)? {
            return Ok(());
        }
        let Some(case) = case else {
            let evidence = json!({ "effect": row.id, "to": recipient, "reason": reason });
            return self.commit_row(
                row,
                "mail_failed",
                "A mail that belongs to no request failed.",
                evidence,
            );
        };
        let event =
            Event::MailFailed { recipient: recipient.clone(), permanent: true, reason: reason.to_owned() };
        self.happen(&case, &event, writes, &json!({ "effect": row.id }))?;
        Ok(())
    }
}
