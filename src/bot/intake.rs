//! Taking a mail in: once, whatever happens in between, and filed so that a person sees what became of it.

use std::collections::BTreeMap;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::bot::desk::{Desk, Examined, authority};
use crate::bot::records::{Records, RetryRow, SeenRow, TokenRow};
use crate::bot::{Bot, Turn};
use crate::domain::address::Address;
use crate::domain::admission::{Admission, Arrival, View, admit, is_unproven};
use crate::domain::case::{Case, CaseId, Step};
use crate::domain::digest::Digest;
use crate::domain::event::{Answer, Event, Word};
use crate::domain::evidence::Verdict;
use crate::domain::limits::LETTER_OCTETS_MAX;
use crate::domain::request::{Kind, Reading};
use crate::domain::tld::Tld;
use crate::store::{Shelf, Write};
use crate::world::{Filing, Waiting};

/// The first pause before a mail is judged again; it doubles each time.
const RETRY_PAUSE_FIRST: SignedDuration = SignedDuration::from_mins(1);
/// The longest pause: an hour is often enough for a name server that comes back.
const RETRY_PAUSE_MAX: SignedDuration = SignedDuration::from_hours(1);
/// Hours after which a request in a ccTLD's count of unproven requests is forgotten.
const COUNT_HOURS: i64 = 24;

/// A mail in the hands of the program.
struct Item<'a> {
    id: &'a str,
    raw: &'a [u8],
    digest: Digest,
}

impl Bot<'_> {
    /// Takes in every mail that waits. One that cannot be fetched or filed now is left for the next turn.
    pub(in crate::bot) fn take_in_all(&mut self, most: usize, turn: &mut Turn) -> anyhow::Result<()> {
        let waiting = match self.world.mailbox.waiting(most) {
            Ok(waiting) => waiting,
            Err(error) => {
                tracing::error!("the mailbox cannot be read now: {error:#}");
                return Ok(());
            }
        };
        for Waiting { id, .. } in waiting {
            let raw = match self.world.mailbox.fetch(&id, LETTER_OCTETS_MAX + 1) {
                Ok(Some(raw)) => raw,
                Ok(None) => continue,
                Err(error) => {
                    tracing::error!(item = id, "a mail cannot be fetched now: {error:#}");
                    turn.left += 1;
                    continue;
                }
            };
            match self.take_in(&id, &raw)? {
                Some(filing) => {
                    turn.taken_in += 1;
                    if let Err(error) = self.world.mailbox.file(&id, filing) {
                        tracing::error!(item = id, "a mail cannot be filed now: {error:#}");
                    }
                }
                None => turn.left += 1,
            }
        }
        Ok(())
    }

    /// Takes one mail in and says where it goes; none where it must be looked at again later.
    fn take_in(&mut self, id: &str, raw: &[u8]) -> anyhow::Result<Option<Filing>> {
        let item = Item { id, raw, digest: Digest::of(raw) };
        if let Some(seen) = self.records.seen(&item.digest)? {
            return self.seen_before(&item, &item.digest, seen).map(Some);
        }
        let retry: Option<RetryRow> = self.records.counter(&retry_key(&item.digest))?;
        let now = self.now();
        if retry.is_some_and(|retry| now < retry.next) {
            return Ok(None);
        }
        if raw.len() > LETTER_OCTETS_MAX {
            let why = format!("it is larger than {} MiB", LETTER_OCTETS_MAX / 1024 / 1024);
            return self.lay_aside(&item, &why).map(Some);
        }
        self.store.put_mail(Shelf::Incoming, raw)?;
        let known = self.known();
        let roster = self.records.roster()?;
        let settings = self.settings;
        let desk =
            Desk { mailboxes: &settings.mailboxes, secretariat: &settings.secretariat, known: &known, roster: &roster };
        let mut examined = match desk.examine(raw, now, self.world.resolver.as_mut()) {
            Ok(examined) => examined,
            Err(unreadable) => return self.lay_aside(&item, &unreadable.to_string()).map(Some),
        };
        let twin = twin_key(raw, &examined);
        if let Some(seen) = self.records.seen(&twin)? {
            return self.seen_before(&item, &twin, seen).map(Some);
        }
        examined.arrival.first_seen = retry.map_or(now, |retry| retry.first);
        if let Some(filing) = self.answer(&item, &examined, &twin)? {
            return Ok(Some(filing));
        }
        let mut view = desk.view(&examined.arrival, self.world.registry.as_mut());
        let former = self.superseded_by(&examined.arrival.reading, examined.arrival.from.as_ref())?;
        let superseded: Vec<CaseId> = former.iter().map(|case| case.id).collect();
        self.add_open_cases(&mut view, &superseded)?;
        self.admit(&item, &examined, &twin, (&view, retry))
    }

    /// A mail with the same octets, or the same in all that counts: taken in already.
    fn seen_before(&self, item: &Item<'_>, key: &Digest, mut seen: SeenRow) -> anyhow::Result<Filing> {
        let filing = filing_of(&seen.filing);
        if !seen.items.iter().any(|known| known == item.id) {
            seen.items.push(item.id.to_owned());
            let evidence = json!({ "mail": item.digest, "item": item.id, "cases": seen.cases });
            let writes = vec![Records::write_seen(key, &seen)?];
            self.note("duplicate", "The same mail came in before; it is not acted on twice.", evidence, writes)?;
        }
        Ok(filing)
    }

    /// What is beyond the limits, or cannot be taken apart, is a person's work.
    fn lay_aside(&self, item: &Item<'_>, why: &str) -> anyhow::Result<Filing> {
        let seen = SeenRow { items: vec![item.id.to_owned()], filing: "held".to_owned(), cases: Vec::new() };
        let mut writes = vec![Records::write_seen(&item.digest, &seen)?];
        let points = vec![format!("the mail was not read: {why}. It lies in the mailbox, among the held mails.")];
        let lines = vec![format!("Raw mail: {}, {} octets.", item.digest, item.raw.len())];
        let told = self.tell_of_mail("somebody", points, lines, Vec::new(), &mut writes)?;
        let evidence = json!({ "mail": item.digest, "octets": item.raw.len(), "why": why, "effects": told });
        self.note("laid_aside", &format!("A mail was laid aside for a person: {why}."), evidence, writes)?;
        Ok(Filing::Held)
    }

    fn add_open_cases(&self, view: &mut View, superseded: &[CaseId]) -> anyhow::Result<()> {
        for id in self.records.open_cases()?.into_iter().filter(|id| !superseded.contains(id)) {
            if let Some(case) = self.records.case(id)? {
                view.open.push((id, case.request_digest(), case.tlds().cloned().collect()));
            }
        }
        let now = self.now();
        let named: Vec<Tld> = view.records.keys().cloned().collect();
        for tld in named {
            let times: Vec<Timestamp> = self.records.counter(&unproven_key(&tld))?.unwrap_or_default();
            let recent = times.iter().filter(|time| is_recent(**time, now)).count();
            view.unproven_today.insert(tld, u16::try_from(recent).unwrap_or(u16::MAX));
        }
        Ok(())
    }

    /// A mail that carries a token of ours, or a bounce of a mail of ours, belongs to its case. None: it does not.
    fn answer(&mut self, item: &Item<'_>, examined: &Examined, twin: &Digest) -> anyhow::Result<Option<Filing>> {
        let arrival = &examined.arrival;
        match arrival.reading.kind {
            Kind::Bounce => self.bounce(item, arrival, twin),
            Kind::ReplyYes | Kind::ReplyNo | Kind::ReplyUnclear | Kind::Request | Kind::Other | Kind::Help | Kind::Query => {
                let Some(row) = self.known_token(&arrival.reading)? else { return Ok(None) };
                let own = arrival.from.as_ref().is_none_or(|from| self.settings.mailboxes.contains(&from.without_subaddress()));
                let Some(case) = self.records.case(row.case)?.filter(|_| !own) else { return Ok(None) };
                if row.step == Step::Information && arrival.reading.kind == Kind::Request {
                    return Ok(None);
                }
                self.answered(item, arrival, twin, (&case, row)).map(Some)
            }
            Kind::Ruling | Kind::AutoReply => Ok(None),
        }
    }

    /// The one token that is known. Two that belong to different questions are no answer to either.
    fn known_token(&self, reading: &Reading) -> anyhow::Result<Option<TokenRow>> {
        let mut found: Option<TokenRow> = None;
        for token in &reading.tokens {
            let Some(row) = self.records.token(token)? else { continue };
            let Some(case) = self.records.case(row.case)? else { continue };
            if !holds(&case, &row, token) {
                continue;
            }
            match &found {
                Some(other) if *other != row => return Ok(None),
                Some(_) | None => found = Some(row),
            }
        }
        Ok(found)
    }

    fn answered(
        &mut self,
        item: &Item<'_>,
        arrival: &Arrival,
        twin: &Digest,
        (case, row): (&Case, TokenRow),
    ) -> anyhow::Result<Filing> {
        let reading = &arrival.reading;
        let word = match reading.kind {
            _ if reading.hold => Word::Unclear,
            Kind::ReplyYes => Word::Yes,
            Kind::ReplyNo => Word::No,
            Kind::ReplyUnclear
            | Kind::Request
            | Kind::Ruling
            | Kind::Query
            | Kind::Help
            | Kind::AutoReply
            | Kind::Bounce
            | Kind::Other => Word::Unclear,
        };
        // From must be one plain mailbox in a mail that can be read in one way only: else nobody in particular wrote it.
        let plain = arrival.proof.from.clone();
        let answer = Answer {
            step: row.step,
            word: if plain.is_some() { word } else { Word::Unclear },
            from: plain.or_else(|| arrival.from.clone()).unwrap_or_else(|| row.asked.clone()),
            asked: row.asked,
            mail: item.digest,
            thread: arrival.thread.clone(),
            proof: arrival.proof.reasons.first().cloned().unwrap_or_default(),
        };
        let evidence = json!({
            "from": answer.from, "asked": answer.asked, "step": answer.step, "kind": reading.kind, "hold": reading.hold,
            "doubts": reading.doubts, "mail": item.digest, "message_id": arrival.thread.message_id, "proof": arrival.proof,
        });
        let writes = seen_writes(item, twin, Filing::Done, vec![case.id])?;
        self.happen(case, &Event::Answered(answer), writes, evidence)?;
        Ok(Filing::Done)
    }

    /// A bounce counts only if it names a mail that we sent, and to whom: a forged one changes nothing.
    fn bounce(&mut self, item: &Item<'_>, arrival: &Arrival, twin: &Digest) -> anyhow::Result<Option<Filing>> {
        let Some(bounce) = arrival.reading.bounce.clone() else { return Ok(None) };
        let Some(name) = bounce.original_message_id.as_deref() else { return Ok(None) };
        let Some(effect) = effect_of(name) else { return Ok(None) };
        let Some(row) = self.records.ended_effect(&effect)? else { return Ok(None) };
        let crate::bot::records::What::Send { message_id, recipients, .. } = &row.what else { return Ok(None) };
        let Some(case) = row.case.map(|id| self.records.case(id)).transpose()?.flatten() else { return Ok(None) };
        if *message_id != Digest::of(name.as_bytes()) {
            return Ok(None);
        }
        let Some(recipient) = bounce.recipient.filter(|to| recipients.contains(to)).or_else(|| recipients.first().cloned()) else {
            return Ok(None);
        };
        let reason = "the mail came back".to_owned();
        let evidence = json!({ "mail": item.digest, "effect": effect, "recipient": recipient, "permanent": bounce.permanent });
        let writes = seen_writes(item, twin, Filing::Done, vec![case.id])?;
        let event = Event::MailFailed { recipient, permanent: bounce.permanent, reason };
        self.happen(&case, &event, writes, evidence)?;
        Ok(Some(Filing::Done))
    }

    fn admit(
        &mut self,
        item: &Item<'_>,
        examined: &Examined,
        twin: &Digest,
        (view, retry): (&View, Option<RetryRow>),
    ) -> anyhow::Result<Option<Filing>> {
        let arrival = &examined.arrival;
        let evidence = told_of(item, arrival, view);
        let clean = vec![Records::write_counter::<RetryRow>(&retry_key(&item.digest), None)?];
        match admit(arrival, view, &self.settings.policy, self.now()) {
            Admission::Retry(why) => self.look_again(item, retry, &why),
            Admission::Ignore { event, says, keep_for_person } => {
                let filing = if keep_for_person { Filing::Held } else { Filing::Ignored };
                let mut writes = seen_writes(item, twin, filing, Vec::new())?;
                writes.extend(clean);
                self.note(event, &says, evidence, writes)?;
                Ok(Some(filing))
            }
            Admission::Joined(cases) => {
                let mut writes = seen_writes(item, twin, Filing::Done, cases)?;
                writes.extend(clean);
                self.note("joined", "It asks for what an open request asks for already.", evidence, writes)?;
                Ok(Some(Filing::Done))
            }
            Admission::Hold(doubts) => {
                let mut writes = seen_writes(item, twin, Filing::Held, Vec::new())?;
                writes.extend(clean);
                let from = arrival.from.as_ref().map_or_else(|| "somebody".to_owned(), ToString::to_string);
                let quoted = arrival.reading.own_text.lines().map(str::to_owned).collect();
                let mut lines = arrival.proof.reasons.clone();
                lines.push(format!("Raw mail: {}.", item.digest));
                let told = self.tell_of_mail(&from, doubts, lines, quoted, &mut writes)?;
                self.note("held", "A person must read it.", json!({ "mail": evidence, "effects": told }), writes)?;
                Ok(Some(Filing::Held))
            }
            Admission::Help(says) => {
                let mut writes = seen_writes(item, twin, Filing::Done, Vec::new())?;
                writes.extend(clean);
                let told = self.send_help(arrival, &mut writes)?;
                self.note("help_asked", &says, json!({ "mail": evidence, "effects": told }), writes)?;
                Ok(Some(Filing::Done))
            }
            Admission::Open(cases) => {
                self.open(item, twin, cases, (view, evidence, clean))?;
                Ok(Some(Filing::Done))
            }
        }
    }

    /// Opens the cases of one mail, each in a transaction of its own; the last one marks the mail as seen. After a crash
    /// in between, those that are open already are known by what the mail opened.
    fn open(
        &mut self,
        item: &Item<'_>,
        twin: &Digest,
        cases: Vec<Case>,
        (view, evidence, clean): (&View, Value, Vec<Write>),
    ) -> anyhow::Result<()> {
        let last = cases.len();
        let mut ids = Vec::new();
        for (place, case) in (1..).zip(cases) {
            let mark = format!("opened/{}/{}", item.digest, case.tlds_for_people());
            let number = match self.records.counter(&mark)? {
                Some(number) => number,
                None => self.records.next_number("case")?,
            };
            let case = Case { id: CaseId(number), ..case };
            ids.push(case.id);
            let mut writes = Vec::new();
            if place == last {
                writes.extend(seen_writes(item, twin, Filing::Done, ids.clone())?);
                writes.extend(clean.clone());
            }
            if self.records.case(case.id)?.is_some() {
                let says = "The rest of a mail was taken in after an interruption.";
                self.note("taken_up_again", says, json!({ "mail": item.digest, "cases": ids }), writes)?;
                continue;
            }
            for former in self.superseded_by(&case.reading, Some(&case.requester.address))? {
                self.happen(&former, &Event::Superseded(case.id), Vec::new(), json!({ "by": case.id }))?;
            }
            writes.push(Records::write_next_number("case", number + 1)?);
            writes.push(Records::write_counter(&mark, Some(&number))?);
            if is_unproven(&case) {
                writes.extend(self.count_unproven(&case)?);
            }
            let because = json!({
                "mail": evidence, "requests": case.reading.requests, "changes": case.changes, "doubts": case.doubts,
                "iana": case.registry, "role": case.requester.role, "authority": authority_of(&case, view),
            });
            self.happen(&case, &Event::RequestArrived, writes, because)?;
        }
        Ok(())
    }

    /// The requests that lacked something, and whose place this mail takes: it answers our question for the details.
    fn superseded_by(&self, reading: &Reading, from: Option<&Address>) -> anyhow::Result<Vec<Case>> {
        let mut cases = Vec::new();
        for token in &reading.tokens {
            let Some(row) = self.records.token(token)? else { continue };
            let Some(former) = self.records.case(row.case)? else { continue };
            let same = row.step == Step::Information && Some(&row.asked) == from;
            if same && former.state.is_open() && holds(&former, &row, token) {
                cases.push(former);
            }
        }
        Ok(cases)
    }

    fn count_unproven(&self, case: &Case) -> anyhow::Result<Vec<Write>> {
        let now = self.now();
        let mut writes = Vec::new();
        for tld in case.tlds() {
            let key = unproven_key(tld);
            let mut times: Vec<Timestamp> = self.records.counter(&key)?.unwrap_or_default();
            times.retain(|time| is_recent(*time, now));
            times.push(now);
            writes.push(Records::write_counter(&key, Some(&times))?);
        }
        Ok(writes)
    }

    /// An answer of the DNS or of IANA is missing: the mail stays in the mailbox.
    fn look_again(&self, item: &Item<'_>, retry: Option<RetryRow>, why: &str) -> anyhow::Result<Option<Filing>> {
        let now = self.now();
        let before = retry.unwrap_or(RetryRow { first: now, tries: 0, next: now });
        let doubled = RETRY_PAUSE_FIRST.checked_mul(1_i32.checked_shl(before.tries.min(16)).unwrap_or(i32::MAX));
        let pause = doubled.unwrap_or(RETRY_PAUSE_MAX).min(RETRY_PAUSE_MAX);
        let next = now.checked_add(pause).context("the clock is beyond its range")?;
        let row = RetryRow { tries: before.tries.saturating_add(1), next, ..before };
        let writes = vec![Records::write_counter(&retry_key(&item.digest), Some(&row))?];
        let evidence = json!({ "mail": item.digest, "why": why, "tries": row.tries, "next": row.next });
        self.note("judged_again_later", &format!("An answer is missing, so it is judged again later: {why}."), evidence, writes)?;
        Ok(None)
    }
}

/// Whether a token is one that its case still remembers: sent to this person, for this request and this step.
fn holds(case: &Case, row: &TokenRow, token: &crate::domain::token::Token) -> bool {
    // A case that has ended has forgotten its tokens; what the table says is enough to answer that it is too late.
    if !case.state.is_open() {
        return true;
    }
    let bound = token.bound_to(&row.asked.lower(), &case.request_digest(), row.step.word());
    let issued = crate::domain::case::issued_tokens(case);
    issued.iter().any(|one| bool::from(subtle::ConstantTimeEq::ct_eq(&one.bound.octets()[..], &bound.octets()[..])))
}

fn seen_writes(item: &Item<'_>, twin: &Digest, filing: Filing, cases: Vec<CaseId>) -> anyhow::Result<Vec<Write>> {
    let word = match filing {
        Filing::Done => "done",
        Filing::Held => "held",
        Filing::Ignored => "ignored",
    };
    let row = SeenRow { items: vec![item.id.to_owned()], filing: word.to_owned(), cases };
    Ok(vec![Records::write_seen(&item.digest, &row)?, Records::write_seen(twin, &row)?])
}

fn filing_of(word: &str) -> Filing {
    match word {
        "held" => Filing::Held,
        "ignored" => Filing::Ignored,
        _ => Filing::Done,
    }
}

/// The same mail over another way has other trace fields, but the same Message-ID, sender, subject, date and body.
fn twin_key(raw: &[u8], examined: &Examined) -> Digest {
    let arrival = &examined.arrival;
    let from = arrival.from.as_ref().map(ToString::to_string).unwrap_or_default();
    let date = examined.letter.date().map(|date| date.to_string()).unwrap_or_default();
    let id = arrival.thread.message_id.as_deref();
    // Without a Message-ID two mails are the same only to the octet: anybody could make them meet.
    let id = id.map_or_else(|| arrival.mail.to_string(), str::to_owned);
    let body = body_digest(raw).to_string();
    Digest::of_parts(&["twin", &id, &from, &arrival.thread.subject, &date, &body])
}

/// The digest of all behind the first empty line.
fn body_digest(raw: &[u8]) -> Digest {
    let crlf = raw.windows(4).position(|window| window == b"\r\n\r\n");
    let lf = raw.windows(2).position(|window| window == b"\n\n");
    let start = crlf.into_iter().chain(lf).min().unwrap_or_default();
    Digest::of(raw.get(start..).unwrap_or_default())
}

fn retry_key(digest: &Digest) -> String {
    format!("retry/{digest}")
}

fn unproven_key(tld: &Tld) -> String {
    format!("unproven/{tld}")
}

fn is_recent(time: Timestamp, now: Timestamp) -> bool {
    now.duration_since(time) < SignedDuration::from_hours(COUNT_HOURS)
}

/// `R-17.3` for a Message-ID of ours.
fn effect_of(message_id: &str) -> Option<String> {
    let local = message_id.split('@').next()?;
    let mut parts = local.split('.');
    let (case, number) = (parts.next()?, parts.next()?);
    let numbered = number.bytes().all(|b| b.is_ascii_digit()) && !number.is_empty();
    let case: CaseId = case.parse().ok()?;
    numbered.then(|| format!("{case}.{number}"))
}

fn authority_of(case: &Case, view: &View) -> BTreeMap<String, &'static str> {
    let tlds = case.tlds().filter(|tld| view.records.contains_key(tld));
    tlds.map(|tld| (tld.to_string(), case.requester.role.words())).collect()
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
