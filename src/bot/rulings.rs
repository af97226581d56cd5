//! The secretariat's rulings.

use serde_json::json;

use crate::bot::Bot;
use crate::bot::answers::holds;
use crate::bot::intake::Item;
use crate::bot::marks::Marks;
use crate::bot::records::Records;
use crate::domain::address::Address;
use crate::domain::admission::Arrival;
use crate::domain::case::{Case, CaseId, Step, Thread};
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Ruling, RulingVerdict};
use crate::domain::evidence::Verdict;
use crate::domain::notice::{Facts, NoticeKind};
use crate::domain::request::Kind;
use crate::reading::ruling::ruling_of;
use crate::store::Write;
use crate::world::Filing;

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

    /// Who of the secretariat wrote a mail himself, proven; none where nobody did, or a machine answered for him.
    pub(in crate::bot) fn proven_secretary<'a>(&self, arrival: &'a Arrival) -> Option<&'a Address> {
        let himself = !matches!(arrival.reading.kind, Kind::AutoReply | Kind::Bounce);
        let proven = arrival.proof.verdict == Verdict::Authenticated;
        let from = arrival.proof.from.as_ref();
        from.filter(|from| himself && proven && self.settings.secretariat.contains(from))
    }

    /// The answer of one of the secretariat, proven to be his, to a mail that asks for a ruling. None: it is none.
    pub(in crate::bot) fn ruled_by_mail(
        &mut self,
        item: &Item<'_>,
        arrival: &Arrival,
        marks: &Marks,
    ) -> anyhow::Result<Option<Filing>> {
        let Some(by) = self.proven_secretary(arrival) else { return Ok(None) };
        let Some((case, holds)) = self.case_to_rule_on(arrival)? else {
            if arrival.reading.kind != Kind::Ruling {
                return Ok(None);
            }
            let why = "No request waits for a ruling on this mail: answer the one that brought it to you. Nothing was done.";
            let writes = marks.writes(item, Filing::Done, Vec::new())?;
            self.ruling_impossible((None, by), why, arrival.thread.clone(), writes)?;
            return Ok(Some(Filing::Done));
        };
        let writes = marks.writes(item, Filing::Done, vec![case.id])?;
        let usable = if holds { usable_ruling(&case, &arrival.reading.own_text) } else { Err(over(&case)) };
        match usable {
            Err(why) => self.ruling_impossible((Some(case.id), by), &why, arrival.thread.clone(), writes)?,
            Ok((verdict, note)) => {
                let evidence = json!({
                    "by": by, "verdict": verdict.word(), "note": note, "mail": item.digest, "proof": arrival.proof,
                });
                let ruling = Ruling { by: by.lower(), verdict, note, mail: Some(arrival.thread.clone()) };
                self.happen(&case, &Event::Ruled(ruling), writes, &evidence)?;
            }
        }
        Ok(Some(Filing::Done))
    }

    /// The case that a mail's token asks a ruling on, and whether it still does.
    fn case_to_rule_on(&self, arrival: &Arrival) -> anyhow::Result<Option<(Case, bool)>> {
        for token in &arrival.reading.tokens {
            let Some(row) = self.records.token(token)?.filter(|row| row.step == Step::Ruling) else {
                continue;
            };
            let Some(case) = self.records.case(row.case)? else { continue };
            let waits = case.state.is_open() && holds(&case, &row, token);
            return Ok(Some((case, waits)));
        }
        Ok(None)
    }

    /// Whoever ruled hears that nothing came of it, and how to rule.
    fn ruling_impossible(
        &mut self,
        (case, by): (Option<CaseId>, &Address),
        why: &str,
        thread: Thread,
        mut writes: Vec<Write>,
    ) -> anyhow::Result<()> {
        let words = RulingVerdict::ALL.iter().map(|verdict| {
            let example = if verdict.has_words() { ": your words" } else { "" };
            format!("{}{example}", verdict.word())
        });
        let facts = Facts { reason: why.into(), choices: words.collect(), ..Facts::default() };
        let about = (None, thread, facts);
        let told = self.send_note(NoticeKind::Ruled, vec![by.clone()], about, &mut writes)?;
        self.note("ruling_impossible", why, json!({ "case": case, "by": by, "effects": told }), &writes)
    }

    fn rule_with(&mut self, id: CaseId, ruling: Ruling, writes: Vec<Write>) -> anyhow::Result<(Case, bool)> {
        let case = self.case(id)?;
        let evidence = json!({ "by": ruling.by, "note": ruling.note });
        let next = self.happen(&case, &Event::Ruled(ruling), writes, &evidence)?;
        let moved = next.state != case.state;
        Ok((next, moved))
    }
}

/// What is told of a ruling that came after the end, or after another.
fn over(case: &Case) -> String {
    let state = case.state.name().replace('_', " ");
    format!("{} waits for no ruling on this mail any more; it is now: {state}. Nothing was done.", case.id)
}

/// What an answer rules; else why nothing comes of it, before the rules are asked.
fn usable_ruling(case: &Case, own_text: &str) -> Result<(RulingVerdict, String), String> {
    let id = case.id;
    match ruling_of(own_text) {
        None => {
            Err(format!("Your answer about {id} does not begin with a word that rules. Nothing was done."))
        }
        Some((RulingVerdict::Reject, note)) if note.is_empty() => {
            Err(format!("Say why {id} is rejected, as in \"reject: the reason\". Nothing was done."))
        }
        Some(ruling) => Ok(ruling),
    }
}
