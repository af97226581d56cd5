//! The secretariat's rulings.

use serde_json::json;

use crate::bot::Bot;
use crate::bot::records::Records;
use crate::domain::case::{Case, CaseId};
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Ruling};
use crate::store::Write;

impl Bot<'_> {
    /// Puts a ruling to the rules; the case as it stands then, and whether the ruling moved it.
    ///
    /// # Errors
    /// Where there is no such case, or the store fails.
    pub fn rule(&mut self, id: CaseId, ruling: Ruling) -> anyhow::Result<(Case, bool)> {
        self.rule_with(id, ruling, Vec::new())
    }

    /// The same for a ruling that was left under a name: once, even if it is found again after a crash. None where it was
    /// taken in before.
    ///
    /// # Errors
    /// As above.
    pub fn rule_once(
        &mut self,
        name: &str,
        id: CaseId,
        ruling: Ruling,
    ) -> anyhow::Result<Option<(Case, bool)>> {
        let key = format!("ruling/{}", Digest::of(name.as_bytes()));
        if self.records.counter::<bool>(&key)?.is_some() {
            return Ok(None);
        }
        let mark = Records::write_counter(&key, Some(&true))?;
        self.rule_with(id, ruling, vec![mark]).map(Some)
    }

    fn rule_with(&mut self, id: CaseId, ruling: Ruling, writes: Vec<Write>) -> anyhow::Result<(Case, bool)> {
        let case = self.case(id)?;
        let evidence = json!({ "by": ruling.by, "note": ruling.note });
        let next = self.happen(&case, &Event::Ruled(ruling), writes, &evidence)?;
        let moved = next.state != case.state;
        Ok((next, moved))
    }
}
