//! What a person has settled: of whom nothing could be learned, and what somebody of the secretariat did about it.
//!
//! It takes him off the secretariat's list, and nothing else follows: nobody confirms anything in his place, and what is to
//! be changed comes as a request.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::approaching::names;
use crate::bot::intake::Item;
use crate::bot::marks::Marks;
use crate::bot::records::{Records, put};
use crate::bot::telling::About;
use crate::domain::address::Address;
use crate::domain::admission::Arrival;
use crate::domain::approach::{Approach, ApproachId};
use crate::domain::notice::{Facts, NoticeKind};
use crate::domain::roll_call::Stale;
use crate::domain::token::Token;
use crate::reading::ruling::settlement_of;
use crate::store::{Table, Write};
use crate::world::Filing;

/// The prefix of the approaches that a token settles, among the tokens.
pub(in crate::bot) const SETTLES: &str = "settle/";
/// How to settle, as the mails say it.
const EXAMPLE: &str = "settled: called her, she left; a request follows";

/// What is decided about somebody of whom nothing could be learned.
#[derive(Clone, Copy, Debug)]
pub struct Settlement<'a> {
    /// Who decided it.
    pub by: &'a str,
    /// What was done, in his words.
    pub why: &'a str,
    /// Since when nothing could be learned, where it was decided about that alone.
    pub since: Option<Timestamp>,
}

impl Bot<'_> {
    /// Takes somebody off the list of those of whom nothing could be learned; how he stood there, or none where he did not,
    /// or has come to stand there anew.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn settle(&mut self, address: &Address, decided: Settlement<'_>) -> anyhow::Result<Option<Stale>> {
        self.settle_with(address, decided, (Value::Null, Vec::new()))
    }

    fn settle_with(
        &self,
        address: &Address,
        decided: Settlement<'_>,
        (mail, mut writes): (Value, Vec<Write>),
    ) -> anyhow::Result<Option<Stale>> {
        let Settlement { by, why, since } = decided;
        let stale = self.records.stale_of(address)?;
        let Some(stale) = stale.filter(|stale| since.is_none_or(|since| since == stale.since)) else {
            return Ok(None);
        };
        writes.push(Records::write_stale(address, None)?);
        let says = format!("{address} for {}: settled by {by}: {why}", names(&stale.tlds));
        let evidence = json!({
            "address": address, "tlds": stale.tlds, "was": stale.why, "since": stale.since, "by": by, "why": why, "mail": mail,
        });
        self.note("unlearned_settled", &says, evidence, &writes)?;
        Ok(Some(stale))
    }

    /// Tells the secretariat that somebody said no to what is held; by the token of that mail it settles it.
    pub(in crate::bot) fn tell_of_no(
        &mut self,
        approach: &Approach,
        arrival: &Arrival,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Option<Value>> {
        let token = self.moment()?.token();
        let points = vec![format!(
            "{} was asked whether what is held for {} is right, and says no",
            approach.to,
            names(&approach.tlds)
        )];
        let about = About { settled_by: Some(token.clone()), ..About::mail(arrival, points) };
        let told = self.tell_of_mail(about, writes)?;
        if told.is_some() {
            writes.push(put(Table::Tokens, format!("{SETTLES}{}", token.key()), &approach.id)?);
        }
        Ok(told)
    }

    /// The answer of one of the secretariat, proven to be his, to the mail that tells of a no. None: it is none.
    pub(in crate::bot) fn settled_by_mail(
        &mut self,
        item: &Item<'_>,
        arrival: &Arrival,
        marks: &Marks,
    ) -> anyhow::Result<Option<Filing>> {
        let Some(by) = self.proven_secretary(arrival) else { return Ok(None) };
        let Some(approach) = self.approach_to_settle(&arrival.reading.tokens)? else { return Ok(None) };
        let writes = marks.writes(item, Filing::Done, Vec::new())?;
        let words = settlement_of(&arrival.reading.own_text);
        let (id, to) = (approach.id, &approach.to);
        let why = match words.as_deref() {
            None => format!(
                "Your answer about {id} does not begin with the word that settles it. Nothing was done."
            ),
            Some("") => format!("Say what came of {id}, for whoever asks later. Nothing was done."),
            Some(why) => {
                let since = approach.ended.as_ref().map(|(at, _)| *at);
                let decided = Settlement { by: &by.lower(), why, since };
                let mail = json!({ "mail": item.digest, "proof": arrival.proof });
                if self.settle_with(to, decided, (mail, writes.clone()))?.is_some() {
                    return Ok(Some(Filing::Done));
                }
                format!(
                    "{to} is no longer on the list of those of whom nothing could be learned by {id}. Nothing was done."
                )
            }
        };
        self.not_settled((id, by), &why, arrival, writes)?;
        Ok(Some(Filing::Done))
    }

    /// Whoever tried to settle something hears that nothing came of it, and how to do it.
    fn not_settled(
        &mut self,
        (id, by): (ApproachId, &Address),
        why: &str,
        arrival: &Arrival,
        mut writes: Vec<Write>,
    ) -> anyhow::Result<()> {
        let facts = Facts { reason: why.into(), choices: vec![EXAMPLE.to_owned()], ..Facts::default() };
        let about = (None, arrival.thread.clone(), facts);
        let told = self.send_note(NoticeKind::Ruled, vec![by.clone()], about, &mut writes)?;
        self.note("settlement_impossible", why, json!({ "approach": id, "by": by, "effects": told }), &writes)
    }

    fn approach_to_settle(&self, tokens: &[Token]) -> anyhow::Result<Option<Approach>> {
        for token in tokens {
            let id: Option<ApproachId> =
                self.records.get(Table::Tokens, &format!("{SETTLES}{}", token.key()))?;
            if let Some(id) = id {
                return self.records.approach(id);
            }
        }
        Ok(None)
    }
}
