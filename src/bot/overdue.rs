//! What nobody needs any more and has been kept long enough: found anew each day from what the store has.
//!
//! Never found are: what is open, the marks by which a mail or a signature is known again (without them a replay would be
//! acted on), the roster, what is believed of IANA, exemptions, numbers that count up, and the journal.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::bot::approaching;
use crate::bot::confirming::CONFIRMED;
use crate::bot::persons::GONE;
use crate::bot::records::{self, OutboxRow, Records, RetryRow, SeenRow, TokenRow, What, parse, retry_key};
use crate::bot::settling::SETTLES;
use crate::domain::approach::{Approach, ApproachId};
use crate::domain::case::{Case, CaseId, ended_at};
use crate::domain::confirmation::{confirmed_by, held_now};
use crate::domain::contact::Roster;
use crate::domain::digest::Digest;
use crate::domain::retention::{Kept, RetentionPolicy};
use crate::store::{Shelf, Table, Write};
use crate::world::Filing;

/// Since when something is needed by nobody, where nothing else tells, among the counters; behind it stands what it is.
pub(in crate::bot) const IDLE: &str = "idle/";

/// Something that is let go, whole or not at all.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Thing {
    /// What it is; none for what is only noted, and is no loss.
    pub kept: Option<Kept>,
    /// The mails that go with it.
    pub mails: Vec<(Shelf, Digest)>,
    /// What is written.
    pub writes: Vec<Write>,
}

/// What lies on the shelves.
#[derive(Clone, Debug, Default)]
pub struct Shelves {
    /// Mails that came in.
    pub incoming: BTreeSet<Digest>,
    /// IANA's answers.
    pub registry: BTreeSet<Digest>,
}

/// What all decisions rest on.
pub(in crate::bot) struct Scene<'a> {
    pub(in crate::bot) policy: &'a RetentionPolicy,
    pub(in crate::bot) now: Timestamp,
    pub(in crate::bot) cases: BTreeMap<CaseId, Case>,
    pub(in crate::bot) roster: Roster,
    /// What somebody could confirm now.
    pub(in crate::bot) held: BTreeSet<Digest>,
    /// The mails of ours that left or failed, by the names of their rows.
    effects: Vec<(String, OutboxRow)>,
    /// The requests of which something is still to be carried out.
    pub(in crate::bot) busy: BTreeSet<CaseId>,
    /// Since when what has no date of its own is idle.
    pub(in crate::bot) idle: BTreeMap<String, Timestamp>,
    pub(in crate::bot) things: Vec<Thing>,
}

impl Records<'_> {
    /// All that may be let go at a moment, in an order that is always the same.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn overdue(
        &self,
        shelves: &Shelves,
        policy: &RetentionPolicy,
        now: Timestamp,
    ) -> anyhow::Result<Vec<Thing>> {
        let cases = self.cases()?.into_iter().map(|case| (case.id, case)).collect();
        let busy = self.pending()?.iter().filter_map(|row| row.case).collect();
        let mut idle = BTreeMap::new();
        for (name, text) in self.store.scan(Table::Counters, IDLE)? {
            idle.insert(name.trim_start_matches(IDLE).to_owned(), parse(&name, &text)?);
        }
        let roster = self.roster()?;
        let (held, effects) = (held_now(&roster), self.ended_effects()?);
        let mut scene = Scene { policy, now, cases, roster, held, effects, busy, idle, things: Vec::new() };
        self.ended_cases(&mut scene)?;
        scene.own_mails();
        self.incoming_mails(&shelves.incoming, &mut scene)?;
        self.overdue_approaches(&mut scene)?;
        self.words_of_declines(&mut scene)?;
        self.addresses(&mut scene)?;
        self.iana_answers(&shelves.registry, &mut scene)?;
        self.marks_of_removed(&mut scene)?;
        // What was idle, and is needed again or gone, is idle no more.
        let rest = std::mem::take(&mut scene.idle).into_keys();
        scene.things.extend(rest.map(|name| Thing::noted(gone(format!("{IDLE}{name}")))));
        Ok(scene.things)
    }

    /// Requests, with all that is of use to nobody without them. What was confirmed by them counts on.
    fn ended_cases(&self, scene: &mut Scene<'_>) -> anyhow::Result<()> {
        let over: BTreeMap<CaseId, Case> =
            scene.cases.iter().filter(|(_, case)| scene.is_over(Kept::Request, case)).map(owned).collect();
        if over.is_empty() {
            return Ok(());
        }
        let mut writes: BTreeMap<CaseId, Vec<Write>> = BTreeMap::new();
        let mut mails: BTreeMap<CaseId, Vec<(Shelf, Digest)>> = BTreeMap::new();
        for (name, text) in self.store.scan(Table::Tokens, "")? {
            // Those of approaches are another kind of row.
            if let Ok(TokenRow { case, .. }) = serde_json::from_str(&text) {
                writes.entry(case).or_default().push(Write { table: Table::Tokens, key: name, value: None });
            }
        }
        for (name, row) in &scene.effects {
            if let Some(case) = row.case {
                writes.entry(case).or_default().push(removed(Table::Outbox, name.clone()));
                mails.entry(case).or_default().extend(copy_of(row));
            }
        }
        for prefix in ["late/", "again/", "opened/"] {
            for (name, text) in self.store.scan(Table::Counters, prefix)? {
                let named = name.strip_prefix(prefix).and_then(|rest| rest.split('/').next()?.parse().ok());
                let case = named.or_else(|| serde_json::from_str(&text).ok().map(CaseId));
                if let Some(case) = case {
                    writes.entry(case).or_default().push(gone(name));
                }
            }
        }
        let mut brought: BTreeMap<Digest, usize> = BTreeMap::new();
        for case in scene.cases.values() {
            *brought.entry(case.requester.mail).or_default() += 1;
        }
        for (id, case) in over {
            let mut all = writes.remove(&id).unwrap_or_default();
            all.push(removed(Table::Cases, format!("{}{}", records::CASE, id.key())));
            let mail = case.requester.mail;
            all.push(gone(format!("altered/{mail}")));
            if brought.get(&mail) == Some(&1) {
                all.push(gone(format!("{GONE}{}/{mail}", Shelf::Incoming.word())));
            }
            for (number, one) in (1..).zip(confirmed_by(&case, &scene.held)) {
                all.push(Self::write_counter(&format!("{CONFIRMED}{}.{number}", id.key()), Some(&one))?);
            }
            let mails = mails.remove(&id).unwrap_or_default();
            scene.things.push(Thing { kept: Some(Kept::Request), mails, writes: all });
        }
        Ok(())
    }

    /// Mails that came in.
    fn incoming_mails(&self, lying: &BTreeSet<Digest>, scene: &mut Scene<'_>) -> anyhow::Result<()> {
        let mut brought: BTreeMap<Digest, Vec<CaseId>> = BTreeMap::new();
        for (id, case) in &scene.cases {
            brought.entry(case.requester.mail).or_default().push(*id);
        }
        for digest in lying {
            let cases = brought.get(digest).map(Vec::as_slice).unwrap_or_default();
            match self.seen(digest)? {
                Some(seen) => incoming_mail(digest, (&seen, cases), scene)?,
                None if !cases.is_empty() => {
                    let seen = SeenRow {
                        items: Vec::new(),
                        filing: Filing::Done,
                        cases: cases.to_vec(),
                        message_id: None,
                        at: None,
                    };
                    incoming_mail(digest, (&seen, cases), scene)?;
                }
                None => {
                    // It waited for an answer of the DNS, and was taken out of the mailbox meanwhile.
                    let retry: Option<RetryRow> = self.counter(&retry_key(digest))?;
                    let over = |row: &RetryRow| Kept::OtherMail.is_over(row.next, scene.policy, scene.now);
                    if retry.as_ref().is_some_and(over) {
                        let writes = vec![gone(retry_key(digest))];
                        let mails = vec![(Shelf::Incoming, *digest)];
                        scene.things.push(Thing { kept: Some(Kept::OtherMail), mails, writes });
                    }
                }
            }
        }
        Ok(())
    }

    fn overdue_approaches(&self, scene: &mut Scene<'_>) -> anyhow::Result<()> {
        let mut over: BTreeMap<ApproachId, Thing> = BTreeMap::new();
        for (name, text) in self.store.scan(Table::Counters, approaching::ENDED)? {
            let approach: Approach = parse(&name, &text)?;
            let Some((ended, _)) = &approach.ended else { continue };
            if Kept::Approach.is_over(*ended, scene.policy, scene.now) {
                let thing = Thing { kept: Some(Kept::Approach), mails: Vec::new(), writes: vec![gone(name)] };
                over.insert(approach.id, thing);
            }
        }
        if over.is_empty() {
            return Ok(());
        }
        let asked = self.store.scan(Table::Tokens, approaching::TOKEN)?.into_iter();
        for (name, text) in asked.chain(self.store.scan(Table::Tokens, SETTLES)?) {
            if let Some(thing) = over.get_mut(&parse::<ApproachId>(&name, &text)?) {
                thing.writes.push(removed(Table::Tokens, name));
            }
        }
        for (name, row) in &scene.effects {
            let id = row.id.split_once('.').and_then(|(id, _)| id.parse::<ApproachId>().ok());
            if let Some(thing) = id.and_then(|id| over.get_mut(&id)) {
                thing.writes.push(removed(Table::Outbox, name.clone()));
                thing.mails.extend(copy_of(row));
            }
        }
        scene.things.extend(over.into_values());
        Ok(())
    }

    fn ended_effects(&self) -> anyhow::Result<Vec<(String, OutboxRow)>> {
        let rows = self.store.scan(Table::Outbox, records::ENDED)?;
        rows.into_iter().map(|(name, text)| Ok((name.clone(), parse(&name, &text)?))).collect()
    }
}

impl Scene<'_> {
    /// The copies of our mails, with the rows that say that they left.
    fn own_mails(&mut self) {
        let mut found = Vec::new();
        for (name, row) in &self.effects {
            let Some(ended) = row.ended else { continue };
            // Those of approaches go with them.
            if row.case.is_none() && !row.id.starts_with(NOTE) {
                continue;
            }
            let case = row.case.and_then(|id| self.cases.get(&id));
            let over = match case {
                // With its request it goes there.
                Some(case) => !self.is_over(Kept::Request, case) && self.is_over(Kept::SentMail, case),
                None if row.case.is_some() => Kept::SentMail.is_over(ended, self.policy, self.now),
                None => Kept::OwnMail.is_over(ended, self.policy, self.now),
            };
            if over {
                let kept = Some(if row.case.is_some() { Kept::SentMail } else { Kept::OwnMail });
                let mails = copy_of(row).into_iter().collect();
                found.push(Thing { kept, mails, writes: vec![removed(Table::Outbox, name.clone())] });
            }
        }
        self.things.extend(found);
    }

    /// Whether what goes with the end of a request is let go.
    fn is_over(&self, kept: Kept, case: &Case) -> bool {
        let ended = ended_at(&case.state).filter(|_| !self.busy.contains(&case.id));
        ended.is_some_and(|ended| kept.is_over(ended, self.policy, self.now))
    }
}

impl Thing {
    pub(in crate::bot) fn noted(write: Write) -> Self {
        Self { kept: None, mails: Vec::new(), writes: vec![write] }
    }

    pub(in crate::bot) fn of_row(name: &str) -> Self {
        Self::noted(gone(name.to_owned()))
    }

    /// How much work it is: rows that are written and mails that are removed.
    pub(in crate::bot) fn size(&self) -> usize {
        self.writes.len() + self.mails.len()
    }
}

/// A mail that came in, by what was recorded of it and the requests that it brought.
fn incoming_mail(
    digest: &Digest,
    (seen, brought): (&SeenRow, &[CaseId]),
    scene: &mut Scene<'_>,
) -> anyhow::Result<()> {
    let about: Vec<&Case> = seen.cases.iter().chain(brought).filter_map(|id| scene.cases.get(id)).collect();
    let ends: Option<Vec<Timestamp>> = about.iter().map(|case| ended_at(&case.state)).collect();
    // A request that is open may need every word of it.
    let Some(ends) = ends else { return Ok(()) };
    let kept = match (seen.cases.is_empty() && brought.is_empty(), seen.filing) {
        (false, _) => Kept::RequestMail,
        (true, Filing::Held) => Kept::HeldMail,
        (true, Filing::Done | Filing::Ignored) => Kept::OtherMail,
    };
    let Some(since) = ends.into_iter().chain(seen.at).max() else {
        // A mail of a former version, of which nothing tells how old it is, is dated today: it is kept too long at the most.
        let seen = SeenRow { at: Some(scene.now), ..seen.clone() };
        scene.things.push(Thing::noted(Records::write_seen(digest, &seen)?));
        return Ok(());
    };
    if !kept.is_over(since, scene.policy, scene.now) {
        return Ok(());
    }
    let mut writes = Vec::new();
    if brought.iter().any(|id| scene.cases.contains_key(id)) {
        // Its request is kept on: nobody shall miss the mail there.
        writes.push(Records::write_gone(Shelf::Incoming, digest, scene.now)?);
    }
    scene.things.push(Thing { kept: Some(kept), mails: vec![(Shelf::Incoming, *digest)], writes });
    Ok(())
}

fn copy_of(row: &OutboxRow) -> Option<(Shelf, Digest)> {
    match &row.what {
        What::Send { copy, .. } => Some((Shelf::Outgoing, *copy)),
        What::ReadRegistry | What::ChangeList | What::RecordChange => None,
    }
}

fn owned((id, case): (&CaseId, &Case)) -> (CaseId, Case) {
    (*id, case.clone())
}

fn removed(table: Table, key: String) -> Write {
    Write { table, key, value: None }
}

pub(in crate::bot) fn gone(key: String) -> Write {
    removed(Table::Counters, key)
}

/// What the ids of mails begin with that belong to nothing.
const NOTE: &str = "N-";
