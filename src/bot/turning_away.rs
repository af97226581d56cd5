//! Mails that are not proved: those that the gate turns away, and those of a stranger who sends too many.

use serde_json::json;

use crate::bot::Bot;
use crate::bot::desk::Unproved;
use crate::bot::intake::Item;
use crate::bot::marks::Marks;
use crate::bot::suppressing::Suppression;
use crate::domain::address::Address;
use crate::domain::gate::{Turned, turned_away};
use crate::world::Filing;

/// The event of a mail that was not proved, since its sender or his domain sent too many.
pub(in crate::bot) const PROOF_LIMIT: &str = "proof_limit";

impl Bot<'_> {
    /// What goes no further than the gate: our own mail, bounces, machines' mail.
    pub(in crate::bot) fn turn_away(
        &mut self,
        item: &Item<'_>,
        unproved: &Unproved,
        marks: &Marks,
    ) -> anyhow::Result<Option<Filing>> {
        let (reading, from) = (&unproved.reading, unproved.letter.from());
        let mailboxes: Vec<Address> =
            self.settings.mailboxes.iter().map(Address::without_subaddress).collect();
        let Some(turned) = turned_away(reading.kind, from, &mailboxes) else { return Ok(None) };
        if turned == Turned::Bounce
            && let Some(filing) = self.bounce(item, reading, marks)?
        {
            return Ok(Some(filing));
        }
        let evidence = json!({
            "digest": item.digest,
            "item": item.id,
            "from": from,
            "subject": unproved.thread.subject,
            "message_id": unproved.thread.message_id,
            "kind": reading.kind,
        });
        let writes = marks.writes(item, Filing::Ignored, Vec::new())?;
        self.note(turned.event(), turned.says(), evidence, &writes)?;
        Ok(Some(Filing::Ignored))
    }

    /// A mail of a stranger who sends more than is proved: a person finds it among the held mails.
    pub(in crate::bot) fn leave_unproved(
        &mut self,
        item: &Item<'_>,
        unproved: &Unproved,
        marks: &Marks,
    ) -> anyhow::Result<Filing> {
        let from = unproved.letter.from().map_or_else(|| "somebody".to_owned(), ToString::to_string);
        let mut writes = marks.writes(item, Filing::Held, Vec::new())?;
        let told = self.suppressed(Suppression::Proof, &format!("a mail of {from}"), &mut writes)?;
        let evidence = json!({ "digest": item.digest, "item": item.id, "from": from, "effects": told, "filed": Filing::Held });
        let says = "Its sender or his domain has sent as many mails as are proved in an hour; a person may want to read it.";
        self.note(PROOF_LIMIT, says, evidence, &writes)?;
        Ok(Filing::Held)
    }
}
