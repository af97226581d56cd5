//! What a mail is known again by: its octets, all that counts in it, and the signatures that prove it.
//!
//! Whoever has a signed mail can send it again: DKIM does not tell the copy from the original (RFC 6376 §8.6). A copy under
//! the same Message-ID is the same mail by another way, as forwards and lists make them. One whose Message-ID was not
//! covered and was changed is a replay, or the work of a gateway that nobody can tell from one; it changes nothing, and a
//! person finds it among the held mails.

use jiff::Timestamp;
use serde_json::json;

use crate::bot::Bot;
use crate::bot::desk::{Examined, Unproved};
use crate::bot::intake::Item;
use crate::bot::records::{Records, SeenRow};
use crate::domain::case::CaseId;
use crate::domain::digest::Digest;
use crate::store::Write;
use crate::world::Filing;

/// The marks of a mail.
pub(in crate::bot) struct Marks {
    octets: Digest,
    copy: Option<Digest>,
    twin: Option<Digest>,
    signatures: Vec<Digest>,
    message_id: Option<Digest>,
    /// When the mail came in.
    at: Timestamp,
}

impl Marks {
    /// The marks that a mail has before anybody was asked to prove it.
    pub(in crate::bot) fn unproved(item: &Item<'_>, unproved: &Unproved, at: Timestamp) -> Self {
        let message_id = unproved.thread.message_id.as_deref().map(|id| Digest::of(id.as_bytes()));
        Self {
            octets: item.digest,
            // Without a Message-ID two mails are the same only to the octet: anybody could make them meet.
            copy: message_id.map(|_| copy_key(item.raw)),
            twin: None,
            signatures: Vec::new(),
            message_id,
            at,
        }
    }

    /// The same once it is proved or not.
    #[must_use]
    pub(in crate::bot) fn proved(self, item: &Item<'_>, examined: &Examined) -> Self {
        let values = examined.arrival.proof.signatures.iter().filter_map(|signature| signature.value);
        let signatures = values.map(|value| Digest::of_parts(&["signature", &value.to_string()])).collect();
        Self { twin: Some(twin_key(item.raw, examined)), signatures, ..self }
    }

    /// What records that the mail was taken in.
    pub(in crate::bot) fn writes(
        &self,
        item: &Item<'_>,
        filing: Filing,
        cases: Vec<CaseId>,
    ) -> anyhow::Result<Vec<Write>> {
        let items = vec![item.id.to_owned()];
        let row = SeenRow { items, filing, cases, message_id: self.message_id, at: Some(self.at) };
        let keys = [Some(self.octets), self.copy, self.twin].into_iter().flatten();
        keys.chain(self.signatures.iter().copied()).map(|key| Records::write_seen(&key, &row)).collect()
    }
}

impl Bot<'_> {
    /// What is done with a mail that came in before and differs in its trace alone; it costs no question to the DNS. Where
    /// a gateway's word counts, the trace is part of the proof.
    pub(in crate::bot) fn known_copy(
        &self,
        item: &Item<'_>,
        marks: &Marks,
    ) -> anyhow::Result<Option<Filing>> {
        let Some(copy) = marks.copy.filter(|_| self.settings.gateway.is_none()) else { return Ok(None) };
        let Some(seen) = self.records.seen(&copy)? else { return Ok(None) };
        self.seen_before(item, &copy, seen).map(Some)
    }

    /// What is done with a mail that came in before, or whose signature did; none where it is new.
    pub(in crate::bot) fn known_again(
        &self,
        item: &Item<'_>,
        marks: &Marks,
    ) -> anyhow::Result<Option<Filing>> {
        if let Some(twin) = &marks.twin
            && let Some(seen) = self.records.seen(twin)?
        {
            return self.seen_before(item, twin, seen).map(Some);
        }
        for signature in &marks.signatures {
            let Some(seen) = self.records.seen(signature)? else { continue };
            return if seen.message_id == marks.message_id {
                self.seen_before(item, signature, seen).map(Some)
            } else {
                self.replayed(item, marks, seen).map(Some)
            };
        }
        Ok(None)
    }

    /// A copy of a signed mail under another name. The signature stays the first mail's.
    fn replayed(&self, item: &Item<'_>, marks: &Marks, seen: SeenRow) -> anyhow::Result<Filing> {
        let evidence = json!({
            "mail": item.digest, "item": item.id, "signatures": marks.signatures, "first_items": seen.items, "cases": seen.cases,
        });
        let own = Marks { signatures: Vec::new(), ..*marks };
        let writes = own.writes(item, Filing::Held, seen.cases)?;
        let says = "Its signature came in before, on a mail with another Message-ID: it is a copy of that mail, and changes nothing.";
        self.note("replayed", says, evidence, &writes)?;
        Ok(Filing::Held)
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
    // A copy whose signature was broken on its way must not hide the one that is whole.
    let verdict = format!("{:?}", arrival.proof.verdict);
    Digest::of_parts(&["twin", &id, &from, &arrival.thread.subject, &date, &body, &verdict])
}

/// A mail but for the fields that servers add on its way (RFC 5321 §4.4): what is left decides all that follows from it.
fn copy_key(raw: &[u8]) -> Digest {
    let header = raw.get(..body_start(raw)).unwrap_or_default();
    let mut kept = Vec::with_capacity(header.len());
    let mut is_trace = false;
    for line in header.split_inclusive(|octet| *octet == b'\n') {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            is_trace = TRACE_FIELDS.iter().any(|name| {
                line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
            });
        }
        if !is_trace {
            kept.extend(line.iter().filter(|octet| **octet != b'\r'));
        }
    }
    Digest::of_parts(&["copy", &Digest::of(&kept).to_string(), &body_digest(raw).to_string()])
}

/// What the servers on the way write into a mail, each another.
const TRACE_FIELDS: [&str; 4] = ["received:", "delivered-to:", "x-original-to:", "envelope-to:"];

/// The digest of all behind the first empty line.
fn body_digest(raw: &[u8]) -> Digest {
    Digest::of(raw.get(body_start(raw)..).unwrap_or_default())
}

/// Where the first empty line begins.
fn body_start(raw: &[u8]) -> usize {
    let crlf = raw.windows(4).position(|window| window == b"\r\n\r\n");
    let lf = raw.windows(2).position(|window| window == b"\n\n");
    crlf.into_iter().chain(lf).min().unwrap_or_default()
}
