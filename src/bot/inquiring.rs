//! Questions for contacts: a listed contact gets those that he asks for, so many times a day.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::counting::{DAY, owner_key};
use crate::bot::intake::Item;
use crate::bot::marks::Marks;
use crate::bot::suppressing::Suppression;
use crate::bot::telling::About;
use crate::domain::admission::Arrival;
use crate::domain::because::Because;
use crate::domain::inquiry::Inquiry;
use crate::domain::lookup::{Directory, Found, look_up};
use crate::domain::notice::{Facts, NoticeKind};
use crate::domain::repository::{Extent, Repository};
use crate::domain::tongue;
use crate::store::Write;
use crate::world::Filing;

impl Bot<'_> {
    /// Answers a question, or tells the secretariat that no more of his are answered today. The last answer says so itself.
    pub(in crate::bot) fn answer_inquiry(
        &mut self,
        item: &Item<'_>,
        arrival: &Arrival,
        marks: &Marks,
        (inquiry, evidence, clean): (&Inquiry, Value, Vec<Write>),
    ) -> anyhow::Result<Filing> {
        let most = u32::from(self.settings.policy.queries_per_day_max);
        let counter = format!("query/{}", owner_key(&inquiry.to));
        let mut spent = Vec::new();
        let Some(count) = self.spend(&counter, DAY, most, &mut spent)? else {
            return self.leave_inquiry(item, marks, (inquiry, evidence, clean));
        };
        let filing = if inquiry.points.is_empty() { Filing::Done } else { Filing::Held };
        let mut writes = marks.writes(item, filing, Vec::new())?;
        writes.extend(clean);
        writes.extend(spent);
        let (roster, known) = (self.records.roster()?, self.known());
        let day = self.now().to_zoned(TimeZone::UTC).date();
        let directory = Directory { roster: &roster, known: &known, regions: &self.settings.regions, day };
        let found = look_up(&inquiry.asked, &directory);
        let (rows, asked) = (found.rows(), inquiry.asked.words());
        let last = count == most;
        let mut told = vec![self.send_contacts(arrival, inquiry, (found, last), &mut writes)?];
        if !inquiry.points.is_empty() {
            let answered = "sent the contacts that he asked for".to_owned();
            let about = About { answered, ..About::mail(arrival, inquiry.points.clone()) };
            told.extend(self.tell_of_mail(about, &mut writes)?);
        }
        let lines = if rows == 1 { "1 line goes".to_owned() } else { format!("{rows} lines go") };
        let says = format!("A listed contact asked for {asked}; {lines} to {}.", inquiry.to);
        let evidence = json!({ "mail": evidence, "asked": asked, "rows": rows, "to": inquiry.to, "effects": told, "filed": filing });
        self.note("query_answered", &says, evidence, &writes)?;
        Ok(filing)
    }

    fn send_contacts(
        &mut self,
        arrival: &Arrival,
        inquiry: &Inquiry,
        (found, last): (Found, bool),
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<Value> {
        let from = arrival.from.as_ref().filter(|from| **from != inquiry.to);
        let repository = Repository {
            at: self.now(),
            roster: found.roster,
            unreachable: self.records.all_unreachable()?.into_iter().map(|lost| lost.address).collect(),
            label: self.settings.repository.label,
            requests_to: Some(self.settings.sender.mailbox.clone()),
            extent: Extent::Part,
            confirmations: Some(self.records.confirmations()?),
            ..Repository::default()
        };
        let facts = Facts {
            because: Because::Wrote(arrival.thread.subject.clone()),
            requester: from.map(ToString::to_string).unwrap_or_default(),
            repository: Some(Box::new(repository)),
            unfound: found.unfound,
            last,
            ..Facts::default()
        };
        let stored = self.records.language_of(&inquiry.to)?;
        let own = self.told_language(arrival).or(stored.as_deref());
        let language = tongue::choose(own, &inquiry.tlds);
        let about = (Some(inquiry.name.to_string()), arrival.thread.clone(), facts);
        self.send_in((NoticeKind::Contacts, language), vec![inquiry.to.clone()], about, writes)
    }

    fn leave_inquiry(
        &mut self,
        item: &Item<'_>,
        marks: &Marks,
        (inquiry, evidence, clean): (&Inquiry, Value, Vec<Write>),
    ) -> anyhow::Result<Filing> {
        let mut writes = marks.writes(item, Filing::Held, Vec::new())?;
        writes.extend(clean);
        let about = format!("a question of {}", inquiry.to);
        let told = self.suppressed(Suppression::Query, &about, &mut writes)?;
        let says = "A listed contact asked for contacts more often than he is answered in a day.";
        let evidence = json!({ "mail": evidence, "asked": inquiry.asked.words(), "effects": told, "filed": Filing::Held });
        self.note("query_limit", says, evidence, &writes)?;
        Ok(Filing::Held)
    }
}
