//! Who does not wish to join: remembered with his words, so that nobody asks him again until a person takes it back.

use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::answers::SAID_CHARS_MAX;
use crate::bot::confirming::key;
use crate::bot::intake::Item;
use crate::bot::marks::Marks;
use crate::bot::records::Records;
use crate::domain::address::Address;
use crate::domain::admission::Arrival;
use crate::domain::approach::{Approach, Outcome};
use crate::domain::because::Because;
use crate::domain::invitation::{Decline, Unwilling};
use crate::domain::notice::{Facts, NoticeKind};
use crate::domain::tld::{Tld, in_a_row};
use crate::domain::tongue;
use crate::store::Write;
use crate::world::Filing;
use crate::writing::layout::one_line;

/// The prefix of the ccTLDs that do not wish to join, among the counters.
const DECLINED: &str = "invite/declined/";
/// The prefix of the addresses that want no invitations.
const UNWILLING: &str = "invite/unwilling/";

impl Records<'_> {
    /// The ccTLDs that do not wish to join, by their A-labels.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn declines(&self) -> anyhow::Result<Vec<Decline>> {
        self.counters_of(DECLINED)
    }

    /// That a ccTLD does not wish to join; none where nobody said so.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn decline(&self, tld: &Tld) -> anyhow::Result<Option<Decline>> {
        self.counter(&format!("{DECLINED}{tld}"))
    }

    /// The addresses that want no invitations.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn all_unwilling(&self) -> anyhow::Result<Vec<Unwilling>> {
        self.counters_of(UNWILLING)
    }

    fn write_decline(tld: &Tld, decline: Option<&Decline>) -> anyhow::Result<Write> {
        Self::write_counter(&format!("{DECLINED}{tld}"), decline)
    }

    fn write_unwilling(address: &Address, unwilling: Option<&Unwilling>) -> anyhow::Result<Write> {
        Self::write_counter(&format!("{UNWILLING}{}", key(address)), unwilling)
    }
}

impl Bot<'_> {
    /// The no of an admin contact to his invitation: his ccTLDs are not invited again, and he reads that this was understood.
    pub(in crate::bot) fn declined(
        &mut self,
        approach: Approach,
        (item, arrival, marks): (&Item<'_>, &Arrival, &Marks),
        evidence: &Value,
    ) -> anyhow::Result<Filing> {
        let said = one_line(&arrival.reading.own_text, SAID_CHARS_MAX);
        let mut writes = marks.writes(item, Filing::Done, Vec::new())?;
        writes.extend(self.language_learnt(arrival)?);
        for tld in &approach.tlds {
            let (tld, by, said) = (tld.clone(), approach.to.to_string(), said.clone());
            let decline = Decline { tld, by, at: self.now(), said };
            writes.push(Records::write_decline(&decline.tld, Some(&decline))?);
        }
        let told = self.tell_declined(&approach, arrival, &mut writes)?;
        let evidence = json!({ "mail": evidence, "effects": [told] });
        self.end_approach(approach, Outcome::Refused(said), (evidence, writes))?;
        Ok(Filing::Done)
    }

    /// STOP from the address that was invited: it gets no invitation any more, for whichever ccTLD. None: it says something else.
    pub(in crate::bot) fn invitations_stopped(
        &mut self,
        item: &Item<'_>,
        arrival: &Arrival,
        marks: &Marks,
        approach: &Approach,
    ) -> anyhow::Result<Option<Filing>> {
        // From must be one plain mailbox in a mail that can be read in one way only.
        let plain = arrival.proof.from.as_ref() == Some(&approach.to) && !arrival.reading.hold;
        if !plain || !self.says_stop(&arrival.reading) {
            return Ok(None);
        }
        let (address, tlds) = (approach.to.clone(), approach.tlds.clone());
        let mut writes = marks.writes(item, Filing::Done, Vec::new())?;
        let known = self.records.counter::<Unwilling>(&format!("{UNWILLING}{}", key(&address)))?.is_some();
        let evidence = json!({ "mail": item.digest, "from": address, "proof": arrival.proof });
        if known {
            let says = "It was stopped before; nothing follows.";
            self.record_approach(approach, "approach_answered_late", says, (evidence, writes))?;
            return Ok(Some(Filing::Done));
        }
        let unwilling = Unwilling { address, since: self.now(), tlds };
        writes.push(Records::write_unwilling(&unwilling.address, Some(&unwilling))?);
        let told = self.tell_declined(approach, arrival, &mut writes)?;
        let evidence = json!({ "mail": evidence, "effects": [told] });
        if approach.is_open() {
            self.end_approach(approach.clone(), Outcome::Stopped, (evidence, writes))?;
        } else {
            let says = format!("{} wants no more invitations.", unwilling.address);
            self.record_approach(approach, "invitations_stopped", &says, (evidence, writes))?;
        }
        Ok(Some(Filing::Done))
    }

    /// Remembers what a person of the secretariat learned, on the telephone or by a mail that the program did not understand.
    /// Says whether it is new.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn decline(&mut self, tld: &Tld, (by, said): (&str, &str)) -> anyhow::Result<bool> {
        if self.records.decline(tld)?.is_some() {
            return Ok(false);
        }
        let said = one_line(said, SAID_CHARS_MAX);
        let decline = Decline { tld: tld.clone(), by: by.to_owned(), at: self.now(), said };
        let writes = [Records::write_decline(tld, Some(&decline))?, self.something_happened()?];
        let says = format!("{} does not wish to join, says {by}: {}.", tld.for_people(), decline.said);
        self.note("invitation_declined", &says, json!({ "decline": decline }), &writes)?;
        Ok(true)
    }

    /// Takes back that a ccTLD declined, or that its admin contact wants no invitations. Says whether there was anything.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn forget_decline(&mut self, tld: &Tld, by: &str) -> anyhow::Result<bool> {
        let decline = self.records.decline(tld)?;
        let unwilling: Vec<Unwilling> =
            self.records.all_unwilling()?.into_iter().filter(|one| one.tlds.contains(tld)).collect();
        if decline.is_none() && unwilling.is_empty() {
            return Ok(false);
        }
        let mut writes = vec![Records::write_decline(tld, None)?];
        for one in &unwilling {
            writes.push(Records::write_unwilling(&one.address, None)?);
        }
        let says = format!("{} may be invited again, says {by}.", tld.for_people());
        let evidence = json!({ "decline": decline, "unwilling": unwilling, "by": by });
        self.note("decline_forgotten", &says, evidence, &writes)?;
        Ok(true)
    }

    /// The mail that says how a no or a STOP was understood.
    fn tell_declined(
        &mut self,
        approach: &Approach,
        arrival: &Arrival,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Value> {
        let stored = self.records.language_of(&approach.to)?;
        let own = self.told_language(arrival).or(stored.as_deref());
        let language = tongue::choose(own, &approach.tlds);
        let tlds = in_a_row(&approach.tlds);
        let facts =
            Facts { tlds, because: Because::Wrote(arrival.thread.subject.clone()), ..Facts::default() };
        let about = (None, arrival.thread.clone(), facts);
        self.send_in((NoticeKind::Declined, language), vec![approach.to.clone()], about, writes)
    }
}
