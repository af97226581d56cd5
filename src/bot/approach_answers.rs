//! Answers to approaches, and those that came back: nothing of the roster changes by them.

use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use crate::bot::Bot;
use crate::bot::answers::{SAID_CHARS_MAX, first_line};
use crate::bot::intake::Item;
use crate::bot::marks::Marks;
use crate::bot::records::{Records, What};
use crate::bot::telling::About;
use crate::domain::admission::Arrival;
use crate::domain::approach::{Approach, ApproachId, Heard, Occasion, Outcome, Said};
use crate::domain::case::Step;
use crate::domain::digest::Digest;
use crate::domain::event::Word;
use crate::domain::evidence::Verdict;
use crate::domain::request::{Bounce, Kind, Reading};
use crate::domain::roll_call::Unasked;
use crate::domain::token::hide;
use crate::store::Write;
use crate::world::Filing;
use crate::writing::layout::one_line;

impl Bot<'_> {
    /// A mail with the token of an approach. None: it is none, or goes its ordinary way.
    pub(in crate::bot) fn approach_answered(
        &mut self,
        item: &Item<'_>,
        arrival: &Arrival,
        marks: &Marks,
    ) -> anyhow::Result<Option<Filing>> {
        let Some(approach) = self.approach_meant(&arrival.reading)? else { return Ok(None) };
        let Some(said) = self.said(arrival) else { return Ok(None) };
        // From must be one plain mailbox in a mail that can be read in one way only: else nobody in particular wrote it.
        let plain = arrival.proof.from.clone().filter(|from| *from == approach.to);
        let Some(from) = plain.or_else(|| arrival.from.clone()) else { return Ok(None) };
        let said = if arrival.proof.from.is_none() && said != Said::Request {
            Said::Word(Word::Unclear)
        } else {
            said
        };
        let evidence = json!({
            "from": from, "kind": arrival.reading.kind, "hold": arrival.reading.hold, "mail": item.digest,
            "message_id": arrival.thread.message_id, "proof": arrival.proof,
        });
        if approach.occasion == Occasion::Invitation {
            let wished = match self.invitations_stopped(item, arrival, marks, &approach)? {
                Some(filing) => Some(filing),
                None => self.invitations_started((item, arrival, marks), &approach, &evidence)?,
            };
            if wished.is_some() {
                return Ok(wished);
            }
        }
        let heard = approach.hears(&from, said);
        if heard == Heard::Requested {
            // It is read once more after a stop, and then finds the approach ended.
            if approach.is_open() && from == approach.to {
                self.end_approach(approach, Outcome::Requested, (evidence, Vec::new()))?;
            }
            return Ok(None);
        }
        self.act_on(heard, approach, (item, arrival, marks), evidence).map(Some)
    }

    fn act_on(
        &mut self,
        heard: Heard,
        mut approach: Approach,
        (item, arrival, marks): (&Item<'_>, &Arrival, &Marks),
        evidence: Value,
    ) -> anyhow::Result<Filing> {
        if approach.occasion == Occasion::Invitation && heard == Heard::Refused {
            return self.declined(approach, (item, arrival, marks), &evidence);
        }
        let filing = match heard {
            Heard::Confirmed | Heard::TooLate | Heard::Requested => Filing::Done,
            Heard::Refused | Heard::Unclear => Filing::Held,
        };
        let from = arrival.from.as_ref().map_or_else(|| "somebody".to_owned(), ToString::to_string);
        let mut writes = marks.writes(item, filing, Vec::new())?;
        writes.extend(self.language_learnt(arrival)?);
        match heard {
            Heard::Confirmed => {
                let (outcome, confirmed) = self.confirmed(&approach)?;
                writes.extend(confirmed);
                self.end_approach(approach, outcome, (evidence, writes))?;
            }
            Heard::Refused => {
                let said = one_line(&arrival.reading.own_text, SAID_CHARS_MAX);
                writes.push(self.stale(&approach, Unasked::Refused)?);
                let told = self.tell_of_no(&approach, arrival, &mut writes)?;
                let why = "he says no to what is held";
                let evidence = json!({ "mail": evidence, "effects": told, "filed": filing, "why": why });
                self.end_approach(approach, Outcome::Refused(said), (evidence, writes))?;
            }
            Heard::Unclear => {
                let mut told = None;
                if approach.unclear < self.settings.policy.unclear_answers_max {
                    approach.unclear += 1;
                    let points = vec![unclear_answer(&approach)];
                    told = self.tell_of_mail(About::mail(arrival, points), &mut writes)?;
                }
                let why = "an answer that is neither a plain yes nor a request";
                let evidence = json!({ "mail": evidence, "effects": told, "filed": filing, "why": why });
                let says = format!("{from} answered, and not plainly.");
                self.record_approach(&approach, "approach_unclear", &says, (evidence, writes))?;
            }
            Heard::TooLate | Heard::Requested => {
                let says = "It had ended before this answer; nothing follows.";
                self.record_approach(&approach, "approach_answered_late", says, (evidence, writes))?;
            }
        }
        Ok(filing)
    }

    /// What a mail with the token of an approach says; none where it asks how to do things, which is answered as ever.
    fn said(&self, arrival: &Arrival) -> Option<Said> {
        let reading = &arrival.reading;
        let word = match reading.kind {
            Kind::Help | Kind::Query | Kind::Ruling | Kind::AutoReply | Kind::Bounce => return None,
            Kind::Request => return Some(Said::Request),
            _ if reading.hold => Word::Unclear,
            Kind::ReplyYes => Word::Yes,
            Kind::ReplyNo => Word::No,
            Kind::ReplyUnclear | Kind::Other => Word::Unclear,
        };
        // A machine that acknowledges every mail in other words must not confirm in its owner's name.
        let vouched = arrival.proof.verdict == Verdict::Authenticated
            || self.settings.templates.is_a_word_asked_for(first_line(&reading.own_text));
        Some(Said::Word(if vouched { word } else { Word::Unclear }))
    }

    /// The approach whose token a mail has: one that was sent to whom it asked, for what it showed.
    pub(in crate::bot) fn approach_meant(&self, reading: &Reading) -> anyhow::Result<Option<Approach>> {
        for token in &reading.tokens {
            let Some(approach) = self.records.approach_of(token)? else { continue };
            let bound = token.bound_to(&approach.to.lower(), &approach.shown, Step::Approach.word());
            let known = |octets: &[u8; 32]| bool::from(octets.ct_eq(bound.octets()));
            if approach.tokens.iter().any(|one| known(one.bound.octets())) {
                return Ok(Some(approach));
            }
        }
        Ok(None)
    }

    /// A bounce of an approach's mail. None: it is of another mail.
    pub(in crate::bot) fn approach_bounced(
        &mut self,
        item: &Item<'_>,
        bounce: &Bounce,
        marks: &Marks,
    ) -> anyhow::Result<Option<Filing>> {
        let Some(name) = bounce.original_message_id.as_deref() else { return Ok(None) };
        let Some((id, effect)) = approach_named(name) else { return Ok(None) };
        let Some(row) = self.records.ended_effect(&effect)? else { return Ok(None) };
        let ours =
            matches!(&row.what, What::Send { message_id, .. } if *message_id == Digest::of(name.as_bytes()));
        let Some(approach) = self.records.approach(id)?.filter(|_| ours) else { return Ok(None) };
        let other = bounce.recipient.as_ref().is_some_and(|to| *to != approach.to);
        let mut writes = marks.writes(item, Filing::Done, Vec::new())?;
        let said = bounce.said.as_deref().map_or_else(|| "its server did not say why".to_owned(), hide);
        let evidence =
            json!({ "mail": item.digest, "effect": effect, "permanent": bounce.permanent, "said": said });
        if !bounce.permanent || other {
            let says = format!("The mail {effect} came back, but not for good.");
            self.record_approach(&approach, "approach_delayed", &says, (evidence, writes))?;
            return Ok(Some(Filing::Done));
        }
        let lost = self.unreachable_from_now(&approach.to, &effect, &said)?;
        writes.extend(lost.map(|(_, write)| write));
        self.lose(approach, &said, (evidence, writes))?;
        Ok(Some(Filing::Done))
    }

    /// A server refused an approach's mail for good. False: the mail is another one.
    pub(in crate::bot) fn approach_refused(
        &mut self,
        effect: &str,
        reason: &str,
        writes: &[Write],
    ) -> anyhow::Result<bool> {
        let id = effect.split_once('.').and_then(|(id, _)| id.parse::<ApproachId>().ok());
        let Some(id) = id else { return Ok(false) };
        let Some(approach) = self.records.approach(id)? else { return Ok(false) };
        let evidence = json!({ "effect": effect, "reason": reason });
        self.lose(approach, reason, (evidence, writes.to_vec()))?;
        Ok(true)
    }

    fn lose(
        &mut self,
        approach: Approach,
        reason: &str,
        (evidence, mut writes): (Value, Vec<Write>),
    ) -> anyhow::Result<()> {
        if !approach.is_open() {
            let says = "A mail of it reached nobody; it has ended.";
            return self.record_approach(&approach, "approach_lost", says, (evidence, writes));
        }
        // Of a ccTLD that is no member nothing is held that somebody could be called about.
        if approach.occasion != Occasion::Invitation {
            writes.push(self.stale(&approach, Unasked::Unreachable)?);
        }
        self.end_approach(approach, Outcome::Lost(one_line(reason, SAID_CHARS_MAX)), (evidence, writes))
    }
}

/// Why a person reads an answer that was not plain.
fn unclear_answer(approach: &Approach) -> String {
    let (to, tlds) = (&approach.to, super::approaching::names(&approach.tlds));
    match approach.occasion {
        Occasion::RollCall | Occasion::NewAdmin => format!(
            "it answers our question of {to} whether what is held for {tlds} is right, with neither a plain yes nor a request, \
             or from another address"
        ),
        Occasion::Invitation => format!(
            "it answers our invitation of {to} for {tlds}, with neither a plain word nor a request, or from another address; \
             where it declines, `tldops invite decline {}` remembers it",
            approach.tlds.first().map(ToString::to_string).unwrap_or_default()
        ),
    }
}

/// The approach and the effect that a Message-ID of ours names: `a-17.1.…@ops.example`.
fn approach_named(message_id: &str) -> Option<(ApproachId, String)> {
    let local = message_id.split('@').next()?;
    let mut parts = local.split('.');
    let (id, number) = (parts.next()?, parts.next()?);
    let numbered = number.bytes().all(|b| b.is_ascii_digit()) && !number.is_empty();
    let id: ApproachId = id.parse().ok()?;
    numbered.then(|| (id, format!("{id}.{number}")))
}

impl Bot<'_> {
    /// What a yes comes to: it confirms what is held where that is what he was shown, and where he decides on it yet. Who was
    /// the admin contact when he was asked, and is it no more, confirms nothing.
    fn confirmed(&self, approach: &Approach) -> anyhow::Result<(Outcome, Vec<Write>)> {
        let mut writes = vec![Records::write_stale(&approach.to, None)?];
        if approach.decides_yet(&self.records.admins_by_age(self.now())?).is_none() {
            return Ok((Outcome::Overtaken, writes));
        }
        let roster = self.records.roster()?;
        if approach.is_as_shown(&roster) {
            writes.push(Records::write_confirmed(approach, &roster, self.now())?);
        }
        Ok((Outcome::Confirmed, writes))
    }
}
