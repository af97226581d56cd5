//! The list is changed: as approved and no further, once IANA and the entry were found as they were.

use serde_json::json;

use crate::bot::Bot;
use crate::bot::effects::ended;
use crate::bot::records::{OutboxRow, Records};
use crate::domain::decide::approval;
use crate::domain::event::{Event, ListReceipt};

impl Bot<'_> {
    /// Changes the list as approved; false where it is tried again later.
    pub(in crate::bot) fn change_list(&mut self, row: OutboxRow) -> anyhow::Result<bool> {
        let mut case = self.case_of(&row)?;
        if row.tries > 0 {
            // Time has passed since IANA was read: who agreed must still be the one whom it lists.
            match self.registry_read(&case, &row, Vec::new())? {
                Ok(next) => case = next,
                Err(reason) => return self.postpone(row, &reason),
            }
        }
        let Some(approved) = approval(&case) else {
            let says = "The change was not made: the case is not being applied any more.";
            self.end(&row, "change_dropped", says, json!({ "effect": row.id }))?;
            return Ok(true);
        };
        let stale =
            case.changes.iter().zip(self.entries(&case)?).any(|(change, entry)| change.before != entry);
        let receipt = if stale {
            ListReceipt::Refused("the entry was changed a moment ago".to_owned())
        } else {
            match self.world.list.change(&approved) {
                Ok(receipt) => receipt,
                Err(error) => return self.postpone(row, &format!("{error:#}")),
            }
        };
        let mut writes = Records::write_effect(&ended(&row, self.now()))?;
        let changes: Vec<_> = approved
            .changes()
            .iter()
            .map(|c| json!({ "tld": c.tld, "from": c.before, "to": c.after }))
            .collect();
        let evidence =
            json!({ "effect": row.id, "changes": changes, "consents": case.consents, "receipt": receipt });
        let event = match receipt {
            ListReceipt::Changed => {
                for change in approved.changes() {
                    writes.push(Records::write_entry(&change.tld, &change.after)?);
                }
                Event::ListChanged
            }
            ListReceipt::Refused(reason) => Event::ListRefused(reason),
        };
        self.happen(&case, &event, writes, &evidence)?;
        Ok(true)
    }
}
