//! Bounces of our mails: each belongs to the case whose mail it names by its Message-ID.

use serde_json::json;

use crate::bot::Bot;
use crate::bot::intake::Item;
use crate::bot::marks::Marks;
use crate::bot::records::{OutboxRow, What};
use crate::domain::case::{Case, CaseId};
use crate::domain::digest::Digest;
use crate::domain::event::Event;
use crate::domain::request::{Bounce, Reading};
use crate::domain::token::hide;
use crate::world::Filing;

impl Bot<'_> {
    /// A bounce counts only if it names a question that we sent, by its whole Message-ID: a forged one changes nothing.
    pub(in crate::bot) fn bounce(
        &mut self,
        item: &Item<'_>,
        reading: &Reading,
        marks: &Marks,
    ) -> anyhow::Result<Option<Filing>> {
        let Some(bounce) = reading.bounce.clone() else { return Ok(None) };
        let Some((row, case)) = self.bounced(&bounce)? else { return Ok(None) };
        let What::Send { kind, recipients, .. } = &row.what else { return Ok(None) };
        let first = || recipients.first().cloned();
        let Some(recipient) = bounce.recipient.filter(|to| recipients.contains(to)).or_else(first) else {
            return Ok(None);
        };
        let evidence = json!({ "mail": item.digest, "effect": row.id, "recipient": recipient, "permanent": bounce.permanent, "said": bounce.said });
        let writes = marks.writes(item, Filing::Done, vec![case.id])?;
        if kind.is_question() {
            let reason = bounce
                .said
                .map_or_else(|| "it came back".to_owned(), |said| format!("it came back: {}", hide(&said)));
            let event = Event::MailFailed { recipient, permanent: bounce.permanent, reason };
            self.happen(&case, &event, writes, &evidence)?;
        } else {
            let says = format!("{}, a mail that needs no answer, did not reach {recipient}.", row.id);
            self.note("notice_bounced", &says, evidence, &writes)?;
        }
        Ok(Some(Filing::Done))
    }

    /// The mail of ours that a bounce is about.
    fn bounced(&self, bounce: &Bounce) -> anyhow::Result<Option<(OutboxRow, Case)>> {
        let Some(name) = bounce.original_message_id.as_deref() else { return Ok(None) };
        let Some(effect) = effect_of(name) else { return Ok(None) };
        let Some(row) = self.records.ended_effect(&effect)? else { return Ok(None) };
        let ours =
            matches!(&row.what, What::Send { message_id, .. } if *message_id == Digest::of(name.as_bytes()));
        let Some(id) = row.case.filter(|_| ours) else { return Ok(None) };
        Ok(self.records.case(id)?.map(|case| (row, case)))
    }
}

/// `R-17.3` for a Message-ID of ours.
fn effect_of(message_id: &str) -> Option<String> {
    let local = message_id.split('@').next()?;
    let mut parts = local.split('.');
    let (case, number) = (parts.next()?, parts.next()?);
    let numbered = number.bytes().all(|b| b.is_ascii_digit()) && !number.is_empty();
    let case: CaseId = case.parse().ok()?;
    numbered.then(|| format!("{case}.{number}"))
}
