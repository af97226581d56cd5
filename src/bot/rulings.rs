//! The secretariat's rulings.

use serde_json::json;

use crate::bot::Bot;
use crate::domain::case::{Case, CaseId};
use crate::domain::event::{Event, Ruling};

impl Bot<'_> {
    /// Puts a ruling to the rules; the case as it stands then, and whether the ruling moved it.
    ///
    /// # Errors
    /// Where there is no such case, or the store fails.
    pub fn rule(&mut self, id: CaseId, ruling: Ruling) -> anyhow::Result<(Case, bool)> {
        let case = self.case(id)?;
        let evidence = json!({ "by": ruling.by, "note": ruling.note });
        let next = self.happen(&case, &Event::Ruled(ruling), Vec::new(), evidence)?;
        let moved = next.state != case.state;
        Ok((next, moved))
    }
}
