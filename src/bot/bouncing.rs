//! Bounces of our mails: each belongs to the case whose mail it names by its Message-ID.

use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::intake::Item;
use crate::bot::marks::Marks;
use crate::bot::records::{OutboxRow, What};
use crate::bot::telling::About;
use crate::bot::unreachable::Unreachable;
use crate::domain::case::{Case, CaseId};
use crate::domain::digest::Digest;
use crate::domain::event::Event;
use crate::domain::request::{Bounce, Reading};
use crate::domain::tld::Tld;
use crate::domain::token::hide;
use crate::store::Write;
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
        if let Some(filing) = self.approach_bounced(item, &bounce, marks)? {
            return Ok(Some(filing));
        }
        let Some((row, case)) = self.bounced(&bounce)? else { return Ok(None) };
        let What::Send { kind, recipients, .. } = &row.what else { return Ok(None) };
        let named = bounce.recipient.filter(|to| recipients.contains(to));
        // A bounce that does not say whom it is about speaks of nobody in particular.
        let is_certain = named.is_some() || recipients.len() == 1;
        let Some(recipient) = named.or_else(|| recipients.first().cloned()) else { return Ok(None) };
        let evidence = json!({ "mail": item.digest, "effect": row.id, "recipient": recipient, "permanent": bounce.permanent, "said": bounce.said });
        let mut writes = marks.writes(item, Filing::Done, vec![case.id])?;
        let said = bounce.said.map(|said| hide(&said));
        let lost = if bounce.permanent && is_certain {
            let said = said.as_deref().unwrap_or("its server did not say why");
            self.unreachable_from_now(&recipient, &row.id, said)?
        } else {
            None
        };
        writes.extend(lost.iter().map(|(_, write)| write.clone()));
        if kind.is_question() {
            let reason =
                said.map_or_else(|| "it came back".to_owned(), |said| format!("it came back: {said}"));
            let event = Event::MailFailed { recipient, permanent: bounce.permanent, reason };
            self.happen(&case, &event, writes, &evidence)?;
        } else {
            // The case does not wait for it, so nothing else tells the secretariat.
            let told = match lost {
                Some((lost, _)) => self.tell_of_lost(&lost, &mut writes)?,
                None => None,
            };
            let says = format!("{}, a mail that needs no answer, did not reach {recipient}.", row.id);
            self.note("notice_bounced", &says, json!({ "bounce": evidence, "effects": told }), &writes)?;
        }
        Ok(Some(Filing::Done))
    }

    /// Tells the secretariat of an address that nothing is sent to any more, and whose it is.
    fn tell_of_lost(&mut self, lost: &Unreachable, writes: &mut Vec<Write>) -> anyhow::Result<Option<Value>> {
        let roster = self.records.roster()?;
        let mut tlds: Vec<Tld> = roster.tlds_of(&lost.address).into_iter().cloned().collect();
        tlds.extend(self.world.registry.administered_by(&lost.address));
        tlds.sort();
        tlds.dedup();
        let names: Vec<String> = tlds.iter().map(Tld::for_people).collect();
        let mut points = vec![format!("{}: {}", lost.address, lost.words())];
        if !names.is_empty() {
            points.push(format!("it is an address of {}, which cannot be reached by it", names.join(" ")));
        }
        let from = "a mail server".to_owned();
        let about = About {
            from,
            answered: String::new(),
            points,
            evidence: Vec::new(),
            quoted: Vec::new(),
            proven: true,
            settled_by: None,
        };
        self.tell_of_mail(about, writes)
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
