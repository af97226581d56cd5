//! Approaches of the store: who is asked, reminded, and given up; each is one transaction with its mail and all it rests on.

use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::inviting::form_of;
use crate::bot::records::{Records, put};
use crate::domain::address::Address;
use crate::domain::approach::{Approach, ApproachId, Occasion, Outcome, digest_of, shown_to};
use crate::domain::because::Because;
use crate::domain::campaign::CampaignId;
use crate::domain::case::{Step, Thread};
use crate::domain::contact::{Contact, Roster};
use crate::domain::event::issue;
use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::domain::policy::days_after;
use crate::domain::registry::Office;
use crate::domain::tld::{Tld, in_a_row};
use crate::domain::token::Token;
use crate::domain::tongue;
use crate::store::{Table, Write};

/// The prefix of the approaches that wait for an answer, among the counters.
const OPEN: &str = "approach/open/";
/// The prefix of those that ended.
pub(in crate::bot) const ENDED: &str = "approach/ended/";
/// The prefix of their tokens, apart from those of requests.
pub(in crate::bot) const TOKEN: &str = "approach/";

/// What somebody is to be asked.
pub(in crate::bot) struct Question {
    /// Why.
    pub(in crate::bot) occasion: Occasion,
    /// The campaign that it belongs to, where it is an invitation.
    pub(in crate::bot) campaign: Option<CampaignId>,
    /// Whom.
    pub(in crate::bot) to: Address,
    /// About which ccTLDs.
    pub(in crate::bot) tlds: Vec<Tld>,
    /// Of which of them about the whole entry.
    pub(in crate::bot) decides: Vec<Tld>,
}

impl Records<'_> {
    /// The approaches that wait for an answer, in the order of asking.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn open_approaches(&self) -> anyhow::Result<Vec<Approach>> {
        self.counters_of(OPEN)
    }

    /// Those that ended, in the order of asking.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn ended_approaches(&self) -> anyhow::Result<Vec<Approach>> {
        self.counters_of(ENDED)
    }

    /// An approach.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn approach(&self, id: ApproachId) -> anyhow::Result<Option<Approach>> {
        match self.counter(&format!("{OPEN}{}", id.key()))? {
            Some(approach) => Ok(Some(approach)),
            None => self.counter(&format!("{ENDED}{}", id.key())),
        }
    }

    /// The approach that a token belongs to.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn approach_of(&self, token: &Token) -> anyhow::Result<Option<Approach>> {
        let id: Option<ApproachId> = self.get(Table::Tokens, &format!("{TOKEN}{}", token.key()))?;
        id.map(|id| self.approach(id)).transpose().map(Option::flatten)
    }

    /// What records an approach: among those that are open, or among those that ended.
    ///
    /// # Errors
    /// Never in practice.
    pub fn write_approach(approach: &Approach) -> anyhow::Result<[Write; 2]> {
        let key = approach.id.key();
        let (open, ended) = if approach.is_open() { (Some(approach), None) } else { (None, Some(approach)) };
        Ok([
            Self::write_counter(&format!("{OPEN}{key}"), open)?,
            Self::write_counter(&format!("{ENDED}{key}"), ended)?,
        ])
    }
}

impl Bot<'_> {
    /// Asks somebody, in one transaction with `writes`, which must keep him from being asked twice.
    pub(in crate::bot) fn approach(
        &mut self,
        question: Question,
        writes: Vec<Write>,
    ) -> anyhow::Result<ApproachId> {
        self.approach_because(question, (Value::Null, writes))
    }

    /// The same where something gave rise to it, which the journal keeps.
    pub(in crate::bot) fn approach_because(
        &mut self,
        question: Question,
        (why_now, mut writes): (Value, Vec<Write>),
    ) -> anyhow::Result<ApproachId> {
        let Question { occasion, campaign, to, tlds, decides } = question;
        let roster = self.records.roster()?;
        let number = self.records.next_number("approach")?;
        writes.push(Records::write_next_number("approach", number + 1)?);
        let now = self.now();
        let shown = shown_to(&to, (&tlds, &decides), &roster);
        let mut approach = Approach {
            id: ApproachId(number),
            occasion,
            campaign,
            shown: digest_of(&shown, &tlds),
            to,
            tlds,
            decides,
            tokens: Vec::new(),
            asked: now,
            until: days_after(now, self.answer_days(occasion)),
            reminders: 0,
            unclear: 0,
            ended: None,
            next_effect: 1,
        };
        let told = self.put_question(&mut approach, shown, &mut writes)?;
        let told = if why_now.is_null() { told } else { json!({ "sent": told, "after": why_now }) };
        let says = format!("{} is asked, {}: {}.", approach.to, why(occasion), names(&approach.tlds));
        self.record_approach(&approach, "approach_asked", &says, (told, writes))?;
        Ok(approach.id)
    }

    /// Asks once more, as nothing was answered.
    pub(in crate::bot) fn remind_of(
        &mut self,
        mut approach: Approach,
        roster: &Roster,
    ) -> anyhow::Result<()> {
        approach.reminders += 1;
        let shown = shown_to(&approach.to, (&approach.tlds, &approach.decides), roster);
        let mut writes = Vec::new();
        let told = self.put_question(&mut approach, shown, &mut writes)?;
        let says = format!("{} is reminded: {}.", approach.to, names(&approach.tlds));
        self.record_approach(&approach, "approach_repeated", &says, (told, writes))
    }

    /// Ends an approach, in one transaction with `writes`.
    pub(in crate::bot) fn end_approach(
        &self,
        mut approach: Approach,
        outcome: Outcome,
        (evidence, writes): (Value, Vec<Write>),
    ) -> anyhow::Result<()> {
        let says =
            format!("{}: {} {}.", names(&approach.tlds), approach.to, became(approach.occasion, &outcome));
        approach.ended = Some((self.now(), outcome));
        self.record_approach(&approach, "approach_ended", &says, (evidence, writes))
    }

    /// Records an approach as it is now.
    pub(in crate::bot) fn record_approach(
        &self,
        approach: &Approach,
        event: &str,
        says: &str,
        (evidence, mut writes): (Value, Vec<Write>),
    ) -> anyhow::Result<()> {
        writes.extend(Records::write_approach(approach)?);
        if approach.occasion == Occasion::Invitation {
            writes.push(self.something_happened()?);
        }
        let outcome = approach.ended.as_ref().map(|(_, outcome)| outcome);
        let evidence = json!({
            "approach": approach.id, "occasion": approach.occasion, "to": approach.to, "tlds": approach.tlds,
            "outcome": outcome, "because": evidence,
        });
        self.note(event, &format!("{}: {says}", approach.id), evidence, &writes)
    }

    /// The mail of a question, with a new token.
    fn put_question(
        &mut self,
        approach: &mut Approach,
        shown: Vec<(Tld, Contact)>,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Value> {
        let mut moment = self.moment()?;
        let token = moment.token();
        approach.tokens.push(issue(&token, &approach.to, &approach.shown, Step::Approach));
        let his = shown.iter().find(|(_, contact)| contact.email == approach.to);
        let name = his.map(|(_, contact)| contact.name.to_string());
        let because = if approach.decides.is_empty() {
            Because::Listed
        } else {
            Because::Holds(Office::Admin, in_a_row(&approach.decides))
        };
        let stored = self.records.language_of(&approach.to)?;
        let notice = Notice {
            kind: kind_of(approach.occasion),
            to: vec![approach.to.clone()],
            name,
            token: Some((token.clone(), Step::Approach)),
            thread: Thread::default(),
            language: Some(tongue::choose(stored.as_deref(), &approach.tlds).to_owned()),
            facts: Facts {
                tlds: in_a_row(&approach.tlds),
                because,
                until: Some(approach.until),
                reminder: approach.reminders,
                entries: shown,
                form: form_of(approach),
                joined: self.joined_told(approach.occasion)?,
                ..Facts::default()
            },
        };
        let id = format!("{}.{}", approach.id, approach.next_effect);
        approach.next_effect += 1;
        let prepared = self.prepare_mail(&notice, &id, None, &mut moment)?;
        writes.extend(prepared.writes);
        writes.push(put(Table::Tokens, format!("{TOKEN}{}", token.key()), &approach.id)?);
        Ok(prepared.told)
    }

    /// Days that a question may be answered.
    fn answer_days(&self, occasion: Occasion) -> u16 {
        match occasion {
            Occasion::RollCall | Occasion::NewAdmin => self.settings.policy.roll_call.answer_days,
            Occasion::Invitation => self.settings.policy.invitations.answer_days,
        }
    }

    /// Days after a question on which it is repeated.
    pub(in crate::bot) fn remind_days(&self, occasion: Occasion) -> &[u16] {
        match occasion {
            Occasion::RollCall | Occasion::NewAdmin => &self.settings.policy.roll_call.remind_days,
            Occasion::Invitation => &self.settings.policy.invitations.follow_up_days,
        }
    }
}

/// The mail that asks.
fn kind_of(occasion: Occasion) -> NoticeKind {
    match occasion {
        Occasion::RollCall => NoticeKind::RollCall,
        Occasion::NewAdmin => NoticeKind::NewAdmin,
        Occasion::Invitation => NoticeKind::Invitation,
    }
}

/// For the journal.
fn why(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::RollCall => "as the roll call has come to him",
        Occasion::NewAdmin => "as IANA's record is another one now",
        Occasion::Invitation => "as it is invited to join",
    }
}

/// For the journal, behind his address.
fn became(occasion: Occasion, outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Refused(_) if occasion == Occasion::Invitation => "does not wish to join",
        Outcome::Overtaken if occasion == Occasion::Invitation => {
            "need not answer any more: it joined, or IANA lists another"
        }

        Outcome::Confirmed => "said that all is right",
        Outcome::Refused(_) => "said no; a person looks at it",
        Outcome::Requested => "answered with a request",
        Outcome::Overtaken => "need not answer any more: what was shown has changed",
        Outcome::Silent => "did not answer",
        Outcome::Lost(_) => "was not reached",
        Outcome::Stopped => "wants no more mails of this sort",
        Outcome::CalledOff => "is not waited for any more: a person ended it",
    }
}

/// `.nl, .be`.
pub(in crate::bot) fn names(tlds: &[Tld]) -> String {
    tlds.iter().map(Tld::for_people).collect::<Vec<_>>().join(", ")
}
