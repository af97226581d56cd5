//! The contact repository as it is sent: who can be reached for each ccTLD, and what is new.
//!
//! It is the service "Notification" of the final report of 2015 (table 4).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::address::Address;
use crate::domain::confirmation::{Age, Ages, Confirmations};
use crate::domain::contact::{Contact, PersonName, Phone, Rank, Roster};
use crate::domain::digest::Digest;
use crate::domain::members::{plain, spaced};
use crate::domain::plan::EntryChange;
use crate::domain::policy::days_after;
use crate::domain::tld::Tld;
use crate::domain::tlp::Tlp;

/// The contacts at some moment, and what changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Repository {
    /// The moment.
    pub at: Timestamp,
    /// When it was sent before; none where it never was.
    pub since: Option<Timestamp>,
    /// All contacts.
    pub roster: Roster,
    /// What is different from then.
    pub changes: Vec<EntryChange>,
    /// Addresses that mails came back from for good.
    pub unreachable: BTreeSet<Address>,
    /// How widely it may be shared.
    pub label: Tlp,
    /// Where to read more: lines at its end.
    pub links: Vec<String>,
    /// Where requests go: our own mailbox.
    pub requests_to: Option<Address>,
    /// Whether it is all of it.
    pub extent: Extent,
    /// When the contacts confirmed their details; none where it is not told.
    pub confirmations: Option<Confirmations>,
}

/// How much of the contact repository somebody gets.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Extent {
    /// All of it.
    #[default]
    Whole,
    /// What he asked for: its files have other names, so that none takes the place of the whole.
    Part,
}

/// One person with one set of details, and all that he serves.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person<'a> {
    /// His details: those of his first place.
    pub contact: &'a Contact,
    /// The ccTLDs, each with his place among its contacts.
    pub places: Vec<(&'a Tld, Rank)>,
}

impl Repository {
    /// The day of it.
    pub fn day(&self) -> Date {
        self.at.to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// How old the confirmations of all contacts are; none where it is not told.
    pub fn ages(&self) -> Option<Ages> {
        self.confirmations.as_ref().map(|confirmations| confirmations.ages(&self.roster, self.at))
    }

    /// How old a contact's own confirmation is; none where it is not told.
    pub fn age(&self, contact: &Contact) -> Option<Age> {
        self.confirmations.as_ref().map(|confirmations| confirmations.age(contact, self.at))
    }

    /// The day (in UTC) on which a contact confirmed the details that are held of him; none where he did not, or where it
    /// is not told.
    pub fn confirmed_on(&self, contact: &Contact) -> Option<Date> {
        let at = self.confirmations.as_ref()?.of_contact(contact)?;
        Some(at.to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    /// Each contact of each ccTLD, in their order: ASCII labels first.
    pub fn contacts(&self) -> impl Iterator<Item = (&Tld, &Contact)> {
        self.roster.iter().flat_map(|(tld, contacts)| contacts.iter().map(move |contact| (tld, contact)))
    }

    /// The persons, in the order of their first ccTLDs. Who is listed with other details for another ccTLD is another
    /// card: which of them are right nobody can tell here.
    pub fn people(&self) -> Vec<Person<'_>> {
        type Details<'a> = (&'a PersonName, &'a Address, Option<&'a Address>, Option<&'a Phone>);
        let mut known: BTreeMap<Details<'_>, usize> = BTreeMap::new();
        let mut people: Vec<Person<'_>> = Vec::new();
        for (tld, contact) in self.contacts() {
            let Contact { rank, name, email, secondary_email, phone } = contact;
            let details = (name, email, secondary_email.as_ref(), phone.as_ref());
            let index = *known.entry(details).or_insert(people.len());
            match people.get_mut(index) {
                Some(person) => person.places.push((tld, *rank)),
                None => people.push(Person { contact, places: vec![(tld, *rank)] }),
            }
        }
        people
    }
}

/// `"John Doe, #1, .nl, +31 123456789" john.doe@nic.example, john@home.example`: a contact as TLD-OPS has always written
/// them (slides of 2019). The name has no comma and no quote in it, so that a program can take the line apart.
pub fn line_of(tld: &Tld, contact: &Contact) -> String {
    let Contact { rank, name, email, secondary_email, phone } = contact;
    let phone = phone.as_ref().map(|phone| format!(", {}", spaced(phone))).unwrap_or_default();
    let second = secondary_email.as_ref().map(|second| format!(", {second}")).unwrap_or_default();
    format!("\"{}, {rank}, .{}{phone}\" {email}{second}", plain(name.as_str()), tld.unicode())
}

/// When the repository was sent, and whether nothing had changed then.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct Sent {
    /// When.
    pub at: Timestamp,
    /// Whether it was the same as the one before.
    pub unchanged: bool,
    /// The contacts that it had.
    pub roster: Digest,
}

/// How often it is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rhythm {
    /// Days after which it is sent whatever happened.
    pub every_days: u16,
    /// Days after which it is sent where something changed.
    pub changed_days: u16,
}

/// What is set about the mail with the contact repository.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RepositoryPolicy {
    /// Whom it goes to: the list. None where it is sent by nobody but a person.
    pub to: Option<Address>,
    /// How widely it may be shared (TLP 2.0).
    pub label: Tlp,
    /// Lines at its end.
    pub links: Vec<String>,
    /// How often it is sent.
    pub rhythm: Rhythm,
}

/// As the procedures of 2015 have it: once a month, and after a week where something changed.
impl Default for RepositoryPolicy {
    fn default() -> Self {
        let rhythm = Rhythm { every_days: 30, changed_days: 7 };
        Self { to: None, label: Tlp::default(), links: Vec::new(), rhythm }
    }
}

/// Whether something changed since it was sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum News {
    /// It did.
    Changed,
    /// Everything is as it was.
    None,
}

/// Whether it is due. It is never sent twice in a row without a change: who deletes the second one loses nothing.
pub fn is_due(sent: Option<Sent>, news: News, rhythm: Rhythm, now: Timestamp) -> bool {
    let Some(sent) = sent else { return true };
    let after = |days: u16| now >= days_after(sent.at, days);
    match news {
        News::Changed => after(rhythm.changed_days),
        News::None => !sent.unchanged && after(rhythm.every_days),
    }
}

#[cfg(test)]
mod tests {
    use super::{News, Repository, Rhythm, Sent, is_due, line_of};
    use crate::domain::contact::{Contact, Phone, Rank, Roster};

    fn contact(rank: u8, name: &str, phone: Option<&str>) -> Contact {
        Contact {
            rank: Rank::try_from(rank).unwrap(),
            name: name.parse().unwrap(),
            email: "john.doe@nic.example".parse().unwrap(),
            secondary_email: None,
            phone: phone.map(|text| Phone::try_from(text.to_owned()).unwrap()),
        }
    }

    #[test]
    fn a_line_has_the_form_of_2019() {
        let mut john = contact(1, "John Doe", Some("+31123456789"));
        john.secondary_email = Some("john@home.example".parse().unwrap());
        let want = "\"John Doe, #1, .nl, +31 123456789\" john.doe@nic.example, john@home.example";
        assert_eq!(line_of(&"nl".parse().unwrap(), &john), want);
        let other = contact(2, "Doe, \"Jo\" <x>", None);
        let want = "\"Doe Jo x, #2, .рф\" john.doe@nic.example";
        assert_eq!(line_of(&"рф".parse().unwrap(), &other), want);
    }

    #[test]
    fn one_person_is_one_card_for_all_that_he_serves() {
        let mut roster = Roster::default();
        roster.set("nl".parse().unwrap(), vec![contact(1, "John Doe", None)]);
        roster.set("be".parse().unwrap(), vec![contact(2, "John Doe", None)]);
        roster.set("lu".parse().unwrap(), vec![contact(2, "John Doe", Some("+31123456789"))]);
        let repository = Repository { roster, ..Repository::default() };
        let cards: Vec<String> = repository
            .people()
            .iter()
            .map(|person| {
                let places = person.places.iter().map(|(tld, rank)| format!("{rank} {tld}"));
                places.collect::<Vec<_>>().join(" ")
            })
            .collect();
        assert_eq!(cards, ["#2 be #1 nl", "#2 lu"]);
    }

    #[test]
    fn it_is_sent_at_its_times_and_never_twice_unchanged() {
        let rhythm = Rhythm { every_days: 30, changed_days: 7 };
        let sent = |unchanged| {
            let (at, roster) = ("2026-11-01T00:00:00Z".parse().unwrap(), Roster::default().digest());
            Some(Sent { at, unchanged, roster })
        };
        for (sent, news, now, want) in [
            (None, News::None, "2026-11-01T00:00:00Z", true),
            (sent(false), News::Changed, "2026-11-07T23:59:59Z", false),
            (sent(false), News::Changed, "2026-11-08T00:00:00Z", true),
            (sent(true), News::Changed, "2026-11-08T00:00:00Z", true),
            (sent(false), News::None, "2026-11-30T00:00:00Z", false),
            (sent(false), News::None, "2026-12-01T00:00:00Z", true),
            (sent(true), News::None, "2027-11-01T00:00:00Z", false),
        ] {
            assert_eq!(is_due(sent, news, rhythm, now.parse().unwrap()), want, "{sent:?} {news:?} {now}");
        }
    }
}
