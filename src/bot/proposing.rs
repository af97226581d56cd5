//! Proposals of another system: each becomes a request of the secretariat, and whoever must agree is asked as ever.

use serde_json::json;

use crate::bot::Bot;
use crate::bot::desk::{Desk, Examined};
use crate::bot::intake::Item;
use crate::bot::marks::Marks;
use crate::domain::admission::Arrival;
use crate::domain::evidence::{Proof, Signed, Verdict};
use crate::domain::request::{Kind, Reading, Request};
use crate::store::Shelf;
use crate::world::Filing;

impl Bot<'_> {
    /// Takes in what the list of an organization proposes for a ccTLD, written down as a mail of the secretariat, by whose
    /// hand at the shell it comes. None: it was proposed before in the same words, or IANA cannot be read now.
    ///
    /// # Errors
    /// Where the store fails, or what was written is no mail.
    pub fn propose(
        &mut self,
        raw: &[u8],
        (request, organization): (Request, &str),
        by: &str,
    ) -> anyhow::Result<Option<Filing>> {
        let now = self.now();
        let item = Item::at_the_shell(raw);
        if self.records.seen(&item.digest)?.is_some() {
            return Ok(None);
        }
        self.store.put_mail(Shelf::Incoming, raw)?;
        let (known, roster, settings) = (self.known(), self.records.roster()?, self.settings);
        let desk = Desk {
            mailboxes: &settings.mailboxes,
            secretariat: &settings.secretariat,
            known: &known,
            roster: &roster,
            gateway: None,
        };
        let unproved = desk.read(raw)?;
        let marks = Marks::unproved(&item, &unproved, self.now());
        let from = unproved.letter.from().cloned();
        let reading = Reading {
            kind: Kind::Request,
            requests: vec![request],
            hold: false,
            doubts: Vec::new(),
            missing: Vec::new(),
            proposed_by: Some(organization.to_owned()),
            ..unproved.reading
        };
        let proof = Proof {
            verdict: Verdict::Authenticated,
            from: from.clone(),
            reasons: vec![format!("typed at the shell, by {by}")],
            signed: Signed::Well,
            signatures: Vec::new(),
            dns: Vec::new(),
        };
        let arrival = Arrival {
            reading,
            proof,
            from,
            from_name: None,
            recipients: Vec::new(),
            thread: unproved.thread,
            mail: item.digest,
            first_seen: now,
        };
        let mut view = desk.view(&arrival, self.world.registry.as_mut());
        self.keep_readings()?;
        self.add_open_cases(&mut view, &[])?;
        let examined = Examined { arrival, letter: unproved.letter };
        let filed = self.admit(&item, &examined, &marks, (&view, None, &[]))?;
        self.note(
            "proposed",
            "A proposal was taken in at the shell.",
            json!({ "mail": item.digest, "by": by }),
            &[],
        )?;
        Ok(filed)
    }
}
