//! Taking a mail in: once, whatever happens in between, and filed so that a person sees what became of it.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::bot::desk::{Desk, Examined, authority};
use crate::bot::marks::Marks;
use crate::bot::records::{Records, RetryRow, SeenRow, retry_key};
use crate::bot::suppressing::Suppression;
use crate::bot::telling::About;
use crate::bot::{Bot, Pace, Turn, pause_after};
use crate::domain::admission::{Admission, Arrival, UNPROVEN_LIMIT, View, admit};
use crate::domain::case::{Case, CaseId};
use crate::domain::digest::Digest;
use crate::domain::evidence::Verdict;
use crate::domain::limits::{HEADER_OCTETS_MAX, LETTER_OCTETS_MAX};
use crate::store::{Group, Shelf, StoreError};
use crate::world::{Filing, Waiting};

/// The first pause before a mail is judged again; it doubles each time.
const RETRY_PAUSE_FIRST: SignedDuration = SignedDuration::from_mins(1);
/// The longest pause: an hour is often enough for a name server that comes back.
const RETRY_PAUSE_MAX: SignedDuration = SignedDuration::from_hours(1);

/// Mails of the mailbox that are listed at once: more than a flood brings before somebody sees it, since a true request
/// that is not listed is not preferred either. A listed mail takes some 400 octets of memory.
const LISTED_MAX: usize = 200_000;

/// How long mails are taken in within one turn. Each may wait for the DNS, and what is due and what is to be sent must
/// not wait for all of them.
const INTAKE_TIME_MAX: SignedDuration = SignedDuration::from_mins(2);

/// What the names of mails that wait for an answer begin with, among the counters.
const PAUSE: &str = "pause/";

/// Mails that reach the disk together at the most: more save nothing any more, and a stop has them all taken in again.
const GROUP_MAILS_MAX: usize = 64;
/// How long a mail waits for others of its group at the most.
const GROUP_TIME_MAX: SignedDuration = SignedDuration::from_millis(500);

/// A mail in the hands of the program.
pub(in crate::bot) struct Item<'a> {
    pub(in crate::bot) id: &'a str,
    pub(in crate::bot) raw: &'a [u8],
    pub(in crate::bot) digest: Digest,
    /// Octets of the whole: of one that is too large only the beginning was fetched.
    octets: usize,
}

impl<'a> Item<'a> {
    /// What is written down in place of a mail, by somebody at the shell.
    pub(in crate::bot) fn at_the_shell(raw: &'a [u8]) -> Self {
        Self { id: "shell", raw, digest: Digest::of(raw), octets: raw.len() }
    }
}

impl Bot<'_> {
    /// Takes in every mail that waits. One that cannot be fetched or filed now is left for the next turn.
    pub(in crate::bot) fn take_in_all(&mut self, most: usize, turn: &mut Turn) -> anyhow::Result<()> {
        let waiting = match self.world.mailbox.waiting(LISTED_MAX) {
            Ok(waiting) => waiting,
            Err(error) => {
                tracing::error!("the mailbox cannot be read now: {error:#}");
                return Ok(());
            }
        };
        // Mails that nobody has looked at go first: those that wait for an answer of the DNS may never get one, and
        // must not hold up the others.
        let (mut fresh, mut again) = (Vec::new(), Vec::new());
        let pausing: BTreeSet<String> = self.records.counters(PAUSE)?.into_iter().collect();
        for mail in waiting {
            // A mail that waits for an answer of the DNS costs nothing until its time has come; where none does, not even
            // its key is made, of thousands that a flood brings.
            let key = (!pausing.is_empty()).then(|| pause_key(&mail.id));
            let next: Option<Timestamp> = match key.filter(|key| pausing.contains(key)) {
                Some(key) => self.records.counter(&key)?,
                None => None,
            };
            match next {
                None => fresh.push(mail),
                Some(next) if self.now() < next => turn.left += 1,
                Some(_) => again.push(mail),
            }
        }
        let fresh = self.known_first(fresh)?;
        let began = self.now();
        let (mut group, mut group_began) = (Vec::new(), began);
        self.store.settle(Group::Whole)?;
        for mail in fresh.into_iter().chain(again) {
            let now = self.now();
            if group.len() >= GROUP_MAILS_MAX || now.duration_since(group_began) >= GROUP_TIME_MAX {
                self.file_all(&mut group)?;
                group_began = now;
            }
            if (self.pulse)() == Pace::Finish
                || turn.taken_in >= most
                || now.duration_since(began) >= INTAKE_TIME_MAX
            {
                break;
            }
            match self.fetch_and_take_in(&mail)? {
                Some(filing) => {
                    turn.taken_in += 1;
                    group.push((mail.id, filing));
                }
                None => turn.left += 1,
            }
        }
        self.file_all(&mut group)
    }

    /// Files the mails of a group, now that the disk has what became of them.
    fn file_all(&mut self, group: &mut Vec<(String, Filing)>) -> anyhow::Result<()> {
        self.store.settle(Group::Whole)?;
        for (id, filing) in group.drain(..) {
            if let Err(error) = self.world.mailbox.file(&id, filing) {
                tracing::error!(item = id, "a mail cannot be filed now: {error:#}");
            }
        }
        if let Err(error) = self.world.mailbox.settle() {
            tracing::error!("mails cannot be filed now: {error:#}");
        }
        Ok(())
    }

    /// Takes one mail in; none where it must be looked at again later. What brings the reader down, or is too much for
    /// the store, is laid aside: one mail never stops the rest.
    fn fetch_and_take_in(&mut self, mail: &Waiting) -> anyhow::Result<Option<Filing>> {
        let id = mail.id.as_str();
        let told = usize::try_from(mail.octets).unwrap_or(usize::MAX);
        // Of a mail that is too large the beginning is enough to know it again.
        let most = if told > LETTER_OCTETS_MAX { HEADER_OCTETS_MAX } else { LETTER_OCTETS_MAX + 1 };
        let raw = match self.world.mailbox.fetch(id, most) {
            Ok(Some(raw)) => raw,
            Ok(None) => return Ok(None),
            Err(error) => {
                tracing::error!(item = id, "a mail cannot be fetched now: {error:#}");
                return Ok(None);
            }
        };
        let item = Item { id, raw: &raw, digest: Digest::of(&raw), octets: told.max(raw.len()) };
        match catch_unwind(AssertUnwindSafe(|| self.take_in(&item))) {
            Ok(Ok(filing)) => Ok(filing),
            Ok(Err(error)) if error.downcast_ref::<StoreError>().is_some_and(StoreError::is_refusal) => {
                self.lay_aside(&item, &format!("{error:#}")).map(Some)
            }
            Ok(Err(error)) => Err(error),
            Err(_) => self.lay_aside(&item, "it brought the program down").map(Some),
        }
    }

    /// Takes one mail in and says where it goes; none where it must be looked at again later.
    fn take_in(&mut self, item: &Item<'_>) -> anyhow::Result<Option<Filing>> {
        if let Some(seen) = self.records.seen(&item.digest)? {
            return self.seen_before(item, &item.digest, seen).map(Some);
        }
        if item.octets > LETTER_OCTETS_MAX {
            let why = format!("it is larger than {} MiB", LETTER_OCTETS_MAX / 1024 / 1024);
            return self.lay_aside(item, &why).map(Some);
        }
        let now = self.now();
        self.store.put_mail(Shelf::Incoming, item.raw)?;
        let known = self.known();
        let roster = self.roster()?;
        let settings = self.settings;
        let desk = Desk {
            mailboxes: &settings.mailboxes,
            secretariat: &settings.secretariat,
            known: &known,
            roster: &roster,
            gateway: settings.gateway.as_ref(),
        };
        // The order of the checks is that of domain::gate: the cheap ones come before any question to the DNS.
        let unproved = match desk.read(item.raw) {
            Ok(unproved) => unproved,
            Err(unreadable) => return self.lay_aside(item, &unreadable.to_string()).map(Some),
        };
        let marks = Marks::unproved(item, &unproved, now);
        if let Some(filing) = self.turn_away(item, &unproved, &marks)? {
            return Ok(Some(filing));
        }
        if let Some(filing) = self.known_copy(item, &marks)? {
            return Ok(Some(filing));
        }
        if self.is_beyond_proof(&unproved, &roster)? {
            return self.leave_unproved(item, &unproved, &marks).map(Some);
        }
        let mut examined = desk.examine(unproved, item.raw, now, self.world.resolver.as_mut());
        let marks = marks.proved(item, &examined);
        if let Some(filing) = self.known_again(item, &marks)? {
            return Ok(Some(filing));
        }
        if examined.arrival.proof.verdict == Verdict::Authenticated
            && let Some(from) = examined.arrival.from.clone()
        {
            self.reachable_again(&from, "a mail came from there, and is proven")?;
        }
        let retry: Option<RetryRow> = self.records.counter(&retry_key(&item.digest))?;
        self.read_details(item, &mut examined, &desk)?;
        examined.arrival.first_seen = retry.map_or(now, |retry| retry.first);
        if let Some(filing) = self.answer(item, &examined, &marks)? {
            return Ok(Some(filing));
        }
        let mut view = desk.view(&examined.arrival, self.world.registry.as_mut());
        self.keep_readings()?;
        if let Some(filing) = self.started_by_mail(item, &examined.arrival, &marks, &view)? {
            return Ok(Some(filing));
        }
        let former = self.superseded_by(&examined.arrival.reading, examined.arrival.from.as_ref())?;
        // Whoever fills in our form where it stands may well send all of our mail back.
        if former.is_empty()
            && let Some(filing) = self.echoed(item, (&examined.arrival, &examined.letter), &marks)?
        {
            return Ok(Some(filing));
        }
        let superseded: Vec<CaseId> = former.iter().map(|case| case.id).collect();
        self.add_open_cases(&mut view, &superseded)?;
        self.admit(item, &examined, &marks, (&view, retry, &former))
    }

    /// A mail with the same octets, or the same in all that counts: taken in already.
    pub(in crate::bot) fn seen_before(
        &self,
        item: &Item<'_>,
        key: &Digest,
        mut seen: SeenRow,
    ) -> anyhow::Result<Filing> {
        if !seen.items.iter().any(|known| known == item.id) {
            seen.items.push(item.id.to_owned());
            let evidence = json!({ "mail": item.digest, "item": item.id, "cases": seen.cases });
            let writes = vec![Records::write_seen(key, &seen)?];
            self.note(
                "duplicate",
                "The same mail came in before; it is not acted on twice.",
                evidence,
                &writes,
            )?;
        }
        Ok(seen.filing)
    }

    /// What is beyond the limits, or cannot be taken apart, is a person's work.
    fn lay_aside(&mut self, item: &Item<'_>, why: &str) -> anyhow::Result<Filing> {
        let items = vec![item.id.to_owned()];
        let seen = SeenRow {
            items,
            filing: Filing::Held,
            cases: Vec::new(),
            message_id: None,
            at: Some(self.now()),
        };
        let mut writes = vec![Records::write_seen(&item.digest, &seen)?];
        let points =
            vec![format!("the mail was not read: {why}. It lies in the mailbox, among the held mails.")];
        let lines = vec![format!("Raw mail: {}, {} octets.", item.digest, item.octets)];
        let about = About {
            from: "somebody".to_owned(),
            answered: String::new(),
            points,
            evidence: lines,
            quoted: Vec::new(),
            proven: false,
            settled_by: None,
        };
        let told = self.tell_of_mail(about, &mut writes)?;
        let evidence = json!({ "mail": item.digest, "octets": item.octets, "why": why, "effects": told, "filed": Filing::Held });
        self.note("laid_aside", &format!("A mail was laid aside for a person: {why}."), evidence, &writes)?;
        Ok(Filing::Held)
    }

    pub(in crate::bot) fn admit(
        &mut self,
        item: &Item<'_>,
        examined: &Examined,
        marks: &Marks,
        (view, retry, former): (&View, Option<RetryRow>, &[Case]),
    ) -> anyhow::Result<Option<Filing>> {
        let arrival = &examined.arrival;
        let evidence = told_of(item, arrival, view);
        let mut clean = vec![
            Records::write_counter::<RetryRow>(&retry_key(&item.digest), None)?,
            Records::write_counter::<Timestamp>(&pause_key(item.id), None)?,
        ];
        clean.extend(self.language_learnt(arrival)?);
        match admit(arrival, view, &self.settings.policy, self.now()) {
            Admission::Retry(why) => self.look_again(item, retry, &why),
            Admission::Ignore { event, says, keep_for_person } => {
                let filing = if keep_for_person { Filing::Held } else { Filing::Ignored };
                let mut writes = marks.writes(item, filing, Vec::new())?;
                writes.extend(clean);
                let mut evidence = evidence;
                if event == UNPROVEN_LIMIT {
                    let about = format!("a request of {}", from_of(arrival));
                    let told = self.suppressed(Suppression::Confirmation, &about, &mut writes)?;
                    evidence = json!({ "mail": evidence, "effects": told });
                }
                if filing == Filing::Held {
                    evidence = json!({ "mail": evidence, "filed": filing });
                }
                self.note(event, &says, evidence, &writes)?;
                Ok(Some(filing))
            }
            Admission::Joined(joined) => {
                self.join(item, arrival, marks, (&joined, evidence, clean))?;
                Ok(Some(Filing::Done))
            }
            Admission::Hold(doubts) => {
                let mut writes = marks.writes(item, Filing::Held, Vec::new())?;
                writes.extend(clean);
                let why = doubts.join("; ");
                let told = self.tell_of_mail(About::mail(arrival, doubts), &mut writes)?;
                self.note(
                    "held",
                    "A person must read it.",
                    json!({ "mail": evidence, "effects": told, "filed": Filing::Held, "why": why }),
                    &writes,
                )?;
                Ok(Some(Filing::Held))
            }
            Admission::Help(help) => {
                let filing = if help.points.is_empty() { Filing::Done } else { Filing::Held };
                let mut writes = marks.writes(item, filing, Vec::new())?;
                writes.extend(clean);
                let told = self.send_help(arrival, &help, &mut writes)?;
                self.note("help_asked", &help.says, json!({ "mail": evidence, "effects": told }), &writes)?;
                Ok(Some(filing))
            }
            Admission::Answer(inquiry) => {
                self.answer_inquiry(item, arrival, marks, (&inquiry, evidence, clean)).map(Some)
            }
            Admission::JoinedAndOpen(joined, cases) => {
                self.tell_joined(arrival, &joined, &evidence)?;
                self.open(item, marks, cases, (view, evidence, clean, former))?;
                Ok(Some(Filing::Done))
            }
            Admission::Open(cases) => {
                self.open(item, marks, cases, (view, evidence, clean, former))?;
                Ok(Some(Filing::Done))
            }
        }
    }

    /// An answer of the DNS or of IANA is missing: the mail stays in the mailbox.
    fn look_again(
        &self,
        item: &Item<'_>,
        retry: Option<RetryRow>,
        why: &str,
    ) -> anyhow::Result<Option<Filing>> {
        let now = self.now();
        let before = retry.unwrap_or(RetryRow { first: now, tries: 0, next: now });
        let pause = pause_after(before.tries, RETRY_PAUSE_FIRST, RETRY_PAUSE_MAX);
        let next = now.checked_add(pause).context("the clock is beyond its range")?;
        let row = RetryRow { tries: before.tries.saturating_add(1), next, ..before };
        let writes = vec![
            Records::write_counter(&retry_key(&item.digest), Some(&row))?,
            Records::write_counter(&pause_key(item.id), Some(&row.next))?,
        ];
        let evidence = json!({ "mail": item.digest, "why": why, "tries": row.tries, "next": row.next });
        self.note(
            "judged_again_later",
            &format!("An answer is missing, so it is judged again later: {why}."),
            evidence,
            &writes,
        )?;
        Ok(None)
    }
}

fn from_of(arrival: &Arrival) -> String {
    arrival.from.as_ref().map_or_else(|| "somebody".to_owned(), ToString::to_string)
}

/// The name of a mail in the mailbox may be long; its digest is a key.
fn pause_key(id: &str) -> String {
    format!("{PAUSE}{}", Digest::of(id.as_bytes()))
}

/// What the journal keeps of a mail: who it claims to be from, what proves it, and where its octets are.
fn told_of(item: &Item<'_>, arrival: &Arrival, view: &View) -> Value {
    let authenticated = arrival.proof.verdict == Verdict::Authenticated;
    json!({
        "digest": item.digest,
        "item": item.id,
        "from": arrival.from,
        "subject": arrival.thread.subject,
        "message_id": arrival.thread.message_id,
        "kind": arrival.reading.kind,
        "hold": arrival.reading.hold,
        "reading_doubts": arrival.reading.doubts,
        "authenticated": authenticated,
        "proof": arrival.proof,
        "claims": authority(arrival, view).into_iter().map(|(tld, role)| (tld.to_string(), role)).collect::<BTreeMap<_, _>>(),
    })
}
