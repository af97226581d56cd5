//! Requests that waited for another one for the same ccTLD go on once that has ended.

use anyhow::Context as _;
use jiff::SignedDuration;
use serde_json::json;

use crate::bot::Bot;
use crate::bot::{Turn, pause_after};
use crate::domain::address::Address;
use crate::domain::admission::View;
use crate::domain::case::{Case, CaseId};
use crate::domain::event::Event;
use crate::domain::freeing::renewed;
use crate::domain::open_case::OpenCase;
use crate::domain::registry::RegistryAnswer;

/// The first pause before IANA is asked again for a request whose turn has come; it doubles each time.
const PAUSE_FIRST: SignedDuration = SignedDuration::from_mins(1);
/// The longest pause: a request that waited for days can wait for an hour.
const PAUSE_MAX: SignedDuration = SignedDuration::from_hours(1);

impl Bot<'_> {
    /// Those whose turn has come. One whose record at IANA cannot be read now is looked at again,
    /// with growing pauses; the end of the program forgets them, which costs one question more.
    pub(in crate::bot) fn free_waiting(&mut self, turn: &mut Turn) -> anyhow::Result<()> {
        for id in self.freed_now()? {
            let Some(case) = self.records.case(id)? else { continue };
            let Some(ended) = OpenCase::of(&case).waits_for else { continue };
            let now = self.now();
            if self.freeing_again.get(&id).is_some_and(|(_, next)| now < *next) {
                continue;
            }
            let view = self.view_of_waiting(&case)?;
            let down = |answer: &RegistryAnswer| matches!(answer, RegistryAnswer::Unreachable(_));
            if view.records.values().any(down) {
                let tries = self.freeing_again.get(&id).map_or(0, |(tries, _)| *tries);
                let pause = pause_after(tries, PAUSE_FIRST, PAUSE_MAX);
                let next = now.checked_add(pause).context("the clock is beyond its range")?;
                self.freeing_again.insert(id, (tries.saturating_add(1), next));
                continue;
            }
            self.freeing_again.remove(&id);
            let fresh = renewed(&case, &view, &self.settings.policy, now);
            self.replace_all(&fresh)?;
            let evidence = json!({
                "ended": ended, "changes": fresh.changes, "doubts": fresh.doubts, "iana": fresh.registry,
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
