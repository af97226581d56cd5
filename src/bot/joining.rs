//! A mail that asks once more for what open requests ask for: its sender hears how they stand, as far as he may.

use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::counting::owner_key;
use crate::bot::intake::Item;
use crate::bot::marks::Marks;
use crate::bot::records::Records;
use crate::domain::admission::{Arrival, Joined};
use crate::domain::case::CaseId;
use crate::domain::event::{Event, Repeat};
use crate::store::Write;
use crate::world::Filing;

impl Bot<'_> {
    /// Each case is a transaction of its own; the last one marks the mail as seen. After a crash in between, those that
    /// heard of it are counted, so that nobody is told twice.
    pub(in crate::bot) fn join(
        &mut self,
        item: &Item<'_>,
        arrival: &Arrival,
        marks: &Marks,
        (joined, evidence, clean): (&[Joined], Value, Vec<Write>),
    ) -> anyhow::Result<()> {
        let cases: Vec<CaseId> = joined.iter().map(|one| one.case).collect();
        let mut last = marks.writes(item, Filing::Done, cases)?;
        last.extend(clean);
        let hears: Vec<CaseId> = joined.iter().filter(|one| one.may_hear).map(|one| one.case).collect();
        for (place, id) in (1..).zip(&hears) {
            let writes = if place == hears.len() { std::mem::take(&mut last) } else { Vec::new() };
            self.repeated(*id, arrival, writes, &evidence)?;
        }
        if last.is_empty() {
            return Ok(());
        }
        self.note("joined", "It asks for what an open request asks for already.", evidence, &last)
    }

    /// The same for a mail that opens other cases, too: they mark it as seen.
    pub(in crate::bot) fn tell_joined(
        &mut self,
        arrival: &Arrival,
        joined: &[Joined],
        evidence: &Value,
    ) -> anyhow::Result<()> {
        for one in joined.iter().filter(|one| one.may_hear) {
            self.repeated(one.case, arrival, Vec::new(), evidence)?;
        }
        Ok(())
    }

    fn repeated(
        &mut self,
        id: CaseId,
        arrival: &Arrival,
        mut writes: Vec<Write>,
        evidence: &Value,
    ) -> anyhow::Result<()> {
        let (case, Some(from)) = (self.case(id)?, &arrival.from) else { return Ok(()) };
        let key = format!("again/{id}/{}", owner_key(from));
        let times: u16 = self.records.counter(&key)?.unwrap_or_default();
        writes.push(Records::write_counter(&key, Some(&times.saturating_add(1)))?);
        let repeat = Repeat {
            from: from.clone(),
            name: arrival.from_name.clone(),
            thread: arrival.thread.clone(),
            language: arrival.reading.language.clone(),
            times,
        };
        self.happen(&case, &Event::Repeated(repeat), writes, &json!({ "mail": evidence }))?;
        Ok(())
    }
}
