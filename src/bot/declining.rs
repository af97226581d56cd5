//! Who does not wish to join: remembered with his words, so that nobody asks him again until a person takes it back.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::answers::SAID_CHARS_MAX;
use crate::bot::approaching::{Question, TOKEN, names};
use crate::bot::confirming::key;
use crate::bot::intake::Item;
use crate::bot::marks::Marks;
use crate::bot::overdue::{Scene, Thing};
use crate::bot::records::{Records, put};
use crate::bot::telling::About;
use crate::domain::address::Address;
use crate::domain::admission::Arrival;
use crate::domain::approach::{Approach, Occasion, Outcome};
use crate::domain::because::Because;
use crate::domain::case::Step;
use crate::domain::event::issue;
use crate::domain::invitation::{Decline, Unwilling};
use crate::domain::notice::{Facts, NoticeKind};
use crate::domain::remembered::Age;
use crate::domain::retention::Kept;
use crate::domain::tld::{Tld, in_a_row};
use crate::domain::tongue;
use crate::store::{Table, Write};
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

    /// The ccTLDs of which somebody at this address said that he wishes no invitations, by NO or by STOP; none where he
    /// did not.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn uninvited(&self, address: &Address) -> anyhow::Result<Option<BTreeSet<Tld>>> {
        let unwilling: Option<Unwilling> = self.counter(&format!("{UNWILLING}{}", key(address)))?;
        let own = address.to_string();
        let declined = self.declines()?.into_iter().filter(|decline| decline.by == own);
        let tlds: BTreeSet<Tld> = declined
            .map(|decline| decline.tld)
            .chain(unwilling.iter().flat_map(|one| one.tlds.clone()))
            .collect();
        Ok((unwilling.is_some() || !tlds.is_empty()).then_some(tlds))
    }

    /// Whether somebody at this address wrote STOP to an invitation.
    pub(in crate::bot) fn is_unwilling(&self, address: &Address) -> anyhow::Result<bool> {
        Ok(self.counter::<Unwilling>(&format!("{UNWILLING}{}", key(address)))?.is_some())
    }

    /// The words in which ccTLDs declined, where they have been kept long enough: that they declined, who said so and when
    /// stays for as long as nobody takes it back.
    pub(in crate::bot) fn words_of_declines(&self, scene: &mut Scene<'_>) -> anyhow::Result<()> {
        for decline in self.declines()? {
            if decline.said.is_empty() || !Kept::DeclineWords.is_over(decline.at, scene.policy, scene.now) {
                continue;
            }
            let silent = Decline { said: String::new(), ..decline };
            let writes = vec![Self::write_decline(&silent.tld, Some(&silent))?];
            scene.things.push(Thing { kept: Some(Kept::DeclineWords), mails: Vec::new(), writes });
        }
        Ok(())
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
        mut approach: Approach,
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
        let told = self.tell_declined(&mut approach, arrival, &mut writes)?;
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
        let known = self.records.is_unwilling(&address)?;
        let evidence = json!({ "mail": item.digest, "from": address, "proof": arrival.proof });
        if known {
            let says = "It was stopped before; nothing follows.";
            self.record_approach(approach, "approach_answered_late", says, (evidence, writes))?;
            return Ok(Some(Filing::Done));
        }
        let unwilling = Unwilling { address, since: self.now(), tlds };
        writes.push(Records::write_unwilling(&unwilling.address, Some(&unwilling))?);
        let mut approach = approach.clone();
        let told = self.tell_declined(&mut approach, arrival, &mut writes)?;
        let evidence = json!({ "mail": evidence, "effects": [told] });
        if approach.is_open() {
            self.end_approach(approach, Outcome::Stopped, (evidence, writes))?;
        } else {
            let says = format!("{} wants no more invitations.", unwilling.address);
            self.record_approach(&approach, "invitations_stopped", &says, (evidence, writes))?;
        }
        Ok(Some(Filing::Done))
    }

    /// START of the address that was invited, with the token of that mail. None: it says something else, or takes back
    /// nothing.
    pub(in crate::bot) fn invitations_started(
        &mut self,
        (item, arrival, marks): (&Item<'_>, &Arrival, &Marks),
        approach: &Approach,
        evidence: &Value,
    ) -> anyhow::Result<Option<Filing>> {
        let plain = arrival.proof.from.as_ref() == Some(&approach.to) && !arrival.reading.hold;
        if !plain || !self.says_start(&arrival.reading) {
            return Ok(None);
        }
        let Some(tlds) = self.records.uninvited(&approach.to)? else { return Ok(None) };
        let said = (approach.to.clone(), tlds);
        self.invite_again((item, arrival, marks), said, (evidence.clone(), Vec::new())).map(Some)
    }

    /// What somebody said against invitations is taken back by his own word, in one transaction with `more`; and since he asks
    /// for it he is invited at once, whenever that was last, where nothing else stands in the way.
    pub(in crate::bot) fn invite_again(
        &mut self,
        (item, arrival, marks): (&Item<'_>, &Arrival, &Marks),
        (from, tlds): (Address, BTreeSet<Tld>),
        (evidence, mut writes): (Value, Vec<Write>),
    ) -> anyhow::Result<Filing> {
        let (roster, busy) = (self.records.roster()?, self.records.busy()?);
        let admins = self.records.admins_by_age(self.now())?;
        let is_his =
            |tld: &Tld| admins.get(tld).is_some_and(|(admin, age)| *admin == from && *age == Age::Fresh);
        let may = |tld: &Tld| roster.contacts(tld).is_empty() && !busy.contains(tld) && is_his(tld);
        let (invite, left): (Vec<Tld>, Vec<Tld>) = tlds.iter().cloned().partition(may);
        let filing = if invite.is_empty() { Filing::Held } else { Filing::Done };
        writes.extend(marks.writes(item, filing, Vec::new())?);
        writes.push(Records::write_unwilling(&from, None)?);
        let own = from.to_string();
        for decline in self.records.declines()?.iter().filter(|decline| decline.by == own) {
            writes.push(Records::write_decline(&decline.tld, None)?);
        }
        let says = format!("{from} may be invited again, by a word of his own (START).");
        let points = [says.clone()].into_iter().chain((!left.is_empty()).then(|| {
            format!(
                "no invitation leaves for {}: it is a member, a request for it is open, or IANA lists another or was not read lately",
                names(&left)
            )
        }));
        let answered = if invite.is_empty() { "" } else { "sent the invitation once more" };
        let about = About { answered: answered.to_owned(), ..About::mail(arrival, points.collect()) };
        let told = self.tell_of_mail(about, &mut writes)?;
        let evidence = json!({ "mail": evidence, "says": says, "effects": told, "filed": filing });
        if invite.is_empty() {
            writes.push(self.something_happened()?);
            self.note("invitations_started", &says, evidence, &writes)?;
            return Ok(filing);
        }
        let (occasion, decides) = (Occasion::Invitation, invite.clone());
        let question = Question { occasion, campaign: None, to: from, tlds: invite, decides };
        self.approach_because(question, (evidence, writes))?;
        Ok(filing)
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

    /// The mail that says how a no or a STOP was understood. It has a token, so that START needs no signature either.
    fn tell_declined(
        &mut self,
        approach: &mut Approach,
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
        let token = self.moment()?.token();
        approach.tokens.push(issue(&token, &approach.to, &approach.shown, Step::Approach));
        writes.push(put(Table::Tokens, format!("{TOKEN}{}", token.key()), &approach.id)?);
        let kind = (NoticeKind::Declined, language, Some((token, Step::Approach)));
        self.send_with(kind, vec![approach.to.clone()], about, writes)
    }
}
