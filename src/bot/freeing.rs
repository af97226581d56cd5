//! Requests that waited for another one for the same ccTLD go on once that has ended.

use serde_json::json;

use crate::bot::Bot;
use crate::bot::Turn;
use crate::domain::address::Address;
use crate::domain::admission::View;
use crate::domain::case::{Case, CaseId, State};
use crate::domain::event::Event;
use crate::domain::freeing::renewed;
use crate::domain::registry::RegistryAnswer;

impl Bot<'_> {
    /// Those whose turn has come. One whose record at IANA cannot be read now is looked at again with the next turn.
    pub(in crate::bot) fn free_waiting(&mut self, turn: &mut Turn) -> anyhow::Result<()> {
        for id in self.freed_now()? {
            let Some(case) = self.records.case(id)? else { continue };
            let State::Queued(queued) = &case.state else { continue };
            let view = self.view_of_waiting(&case)?;
            let down = |answer: &RegistryAnswer| matches!(answer, RegistryAnswer::Unreachable(_));
            if view.records.values().any(down) {
                continue;
            }
            let fresh = renewed(&case, &view, &self.settings.policy, self.now());
            self.replace_all(&fresh)?;
            let evidence = json!({
                "ended": queued.behind, "changes": fresh.changes, "doubts": fresh.doubts, "iana": fresh.registry,
            });
            self.happen(&case, &Event::Freed(Box::new(fresh)), Vec::new(), &evidence)?;
            turn.moved_by_time += 1;
        }
        Ok(())
    }

    /// Those whose place a case takes end before it goes on.
    pub(in crate::bot) fn replace_all(&mut self, case: &Case) -> anyhow::Result<()> {
        let ids: Vec<CaseId> = case.replaces.clone();
        for id in ids {
            let Some(former) = self.records.case(id)?.filter(|former| former.state.is_open()) else {
                continue;
            };
            self.happen(&former, &Event::Replaced(case.id), Vec::new(), &json!({ "by": case.id }))?;
        }
        Ok(())
    }

    /// What the rules see of the world beside a case that waited.
    fn view_of_waiting(&mut self, case: &Case) -> anyhow::Result<View> {
        let mut view = View {
            mailboxes: self.settings.mailboxes.iter().map(Address::without_subaddress).collect(),
            secretariat: self.settings.secretariat.clone(),
            roster: self.records.roster()?,
            exemptions: self.records.exemptions()?,
            ..View::default()
        };
        for tld in case.tlds() {
            view.records.insert(tld.clone(), self.world.registry.record(tld));
        }
        self.keep_readings()?;
        view.open = self.open_for(case.tlds())?;
        Ok(view)
    }
}
