//! Confirmations: when somebody last said that what is held of him, or of his ccTLD, is right.
//!
//! A yes counts for exactly the details that it was said to: whoever gets another telephone has confirmed nothing about it
//! until he says yes again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::ask::{Consent, Step};
use crate::domain::case::{Case, State};
use crate::domain::contact::{Contact, Roster};
use crate::domain::digest::Digest;
use crate::domain::tld::Tld;

/// Somebody said yes to what he was shown.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Confirmed {
    /// When.
    pub at: Timestamp,
    /// The digests of details that he confirmed of himself.
    #[serde(default)]
    pub own: Vec<Digest>,
    /// The digests of whole entries that he confirmed as their admin contact.
    #[serde(default)]
    pub entries: Vec<Digest>,
}

/// All that was confirmed, and when last.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Confirmations {
    own: BTreeMap<Digest, Timestamp>,
    entries: BTreeMap<Digest, Timestamp>,
}

impl Confirmations {
    /// Takes in what was answered to an approach.
    pub fn add(&mut self, confirmed: &Confirmed) {
        for digest in &confirmed.own {
            later(&mut self.own, *digest, confirmed.at);
        }
        for digest in &confirmed.entries {
            later(&mut self.entries, *digest, confirmed.at);
        }
    }

    /// Takes in what was agreed to by those whom a request concerned, once its change was made.
    pub fn add_case(&mut self, case: &Case) {
        for confirmed in confirmed_in(case) {
            self.add(&confirmed);
        }
    }

    /// When a contact last confirmed the details that are held of him.
    pub fn of_contact(&self, contact: &Contact) -> Option<Timestamp> {
        self.own.get(&details_of(contact)).copied()
    }

    /// When an admin contact last confirmed the entry as it is.
    pub fn of_entry(&self, tld: &Tld, contacts: &[Contact]) -> Option<Timestamp> {
        self.entries.get(&entry_of(tld, contacts)).copied()
    }

    /// How old the confirmations of all contacts are at a moment.
    pub fn ages(&self, roster: &Roster, now: Timestamp) -> Ages {
        roster.iter().flat_map(|(_, contacts)| contacts).map(|contact| self.age(contact, now)).collect()
    }

    /// How old a contact's confirmation of what is held of him is at a moment.
    pub fn age(&self, contact: &Contact, now: Timestamp) -> Age {
        self.of_contact(contact).map_or(Age::Never, |at| {
            let days = now.duration_since(at).as_hours() / HOURS_A_DAY;
            if days <= YEAR_DAYS { Age::WithinAYear(days) } else { Age::Older(days) }
        })
    }
}

/// How old one confirmation is, in days.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Age {
    /// A year at the most.
    WithinAYear(i64),
    /// More.
    Older(i64),
    /// The details as they are were never confirmed.
    Never,
}

impl FromIterator<Age> for Ages {
    fn from_iter<T: IntoIterator<Item = Age>>(all: T) -> Self {
        let (mut ages, mut days) = (Self::default(), Vec::new());
        for age in all {
            let (count, old) = match age {
                Age::WithinAYear(old) => (&mut ages.within_a_year, Some(old)),
                Age::Older(old) => (&mut ages.older, Some(old)),
                Age::Never => (&mut ages.never, None),
            };
            *count += 1;
            days.extend(old);
        }
        days.sort_unstable();
        ages.median_days = days.get(days.len() / 2).copied();
        ages
    }
}

/// How old confirmations are.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Ages {
    /// Contacts who confirmed their details within a year.
    pub within_a_year: usize,
    /// Contacts who confirmed them longer ago.
    pub older: usize,
    /// Contacts who have not confirmed them as they are.
    pub never: usize,
    /// The age that half of the confirmations do not reach, in days; none where there is none.
    pub median_days: Option<i64>,
}

impl Ages {
    /// All contacts that were looked at.
    pub fn total(&self) -> usize {
        self.within_a_year + self.older + self.never
    }
}

/// What each of those who agreed to a request confirmed by it; nothing while its change is not made.
fn confirmed_in(case: &Case) -> Vec<Confirmed> {
    if !is_made(&case.state) {
        return Vec::new();
    }
    let confirmed = |consent: &Consent| {
        let mut confirmed = Confirmed { at: consent.at, ..Confirmed::default() };
        for change in &case.changes {
            match consent.step {
                Step::Contact | Step::Own | Step::Address => {
                    let his = change.after.iter().filter(|contact| contact.has(&consent.who));
                    confirmed.own.extend(his.map(details_of));
                }
                Step::Admin => confirmed.entries.push(entry_of(&change.tld, &change.after)),
                Step::Information
                | Step::Ruling
                | Step::List
                | Step::Committee
                | Step::Objection
                | Step::Withdrawal
                | Step::Approach => {}
            }
        }
        confirmed
    };
    case.consents.iter().map(confirmed).collect()
}

/// All that somebody could confirm now: the details of each contact, and each entry.
pub fn held_now(roster: &Roster) -> BTreeSet<Digest> {
    let details = roster.iter().flat_map(|(_, contacts)| contacts).map(details_of);
    details.chain(roster.iter().map(|(tld, contacts)| entry_of(tld, contacts))).collect()
}

/// The same as far as it is about what is held now: this outlives the request.
pub fn confirmed_by(case: &Case, held: &BTreeSet<Digest>) -> Vec<Confirmed> {
    let mut all = confirmed_in(case);
    for confirmed in &mut all {
        confirmed.own.retain(|digest| held.contains(digest));
        confirmed.entries.retain(|digest| held.contains(digest));
    }
    all.retain(|confirmed| !confirmed.own.is_empty() || !confirmed.entries.is_empty());
    all
}

/// What a contact confirms of himself: not his place, which is his ccTLD's matter.
pub fn details_of(contact: &Contact) -> Digest {
    let optional = |text: Option<String>| text.unwrap_or_default();
    Digest::of_parts(&[
        "details",
        contact.name.as_str(),
        &contact.email.lower(),
        &optional(contact.secondary_email.as_ref().map(Address::lower)),
        &optional(contact.phone.as_ref().map(ToString::to_string)),
    ])
}

/// What an admin contact confirms of an entry: everything.
pub fn entry_of(tld: &Tld, contacts: &[Contact]) -> Digest {
    let contacts: Vec<String> = contacts.iter().map(ToString::to_string).collect();
    let parts = ["entry", tld.as_str()].into_iter().chain(contacts.iter().map(String::as_str));
    Digest::of_parts(&parts.collect::<Vec<_>>())
}

/// Whether a moment lies less than so many days back.
pub fn is_within(at: Option<Timestamp>, days: u16, now: Timestamp) -> bool {
    at.is_some_and(|at| now.duration_since(at) < SignedDuration::from_hours(i64::from(days) * HOURS_A_DAY))
}

fn is_made(state: &State) -> bool {
    match state {
        State::Done(_) | State::Contested(_) => true,
        State::Received
        | State::NeedsInformation(_)
        | State::AwaitingAdmin(_)
        | State::AwaitingContacts(_)
        | State::AwaitingSecretariat(_)
        | State::Queued(_)
        | State::Applying(_)
        | State::Undone(_)
        | State::Refused(_)
        | State::Expired(_)
        | State::Withdrawn(_) => false,
    }
}

fn later(map: &mut BTreeMap<Digest, Timestamp>, digest: Digest, at: Timestamp) {
    let known = map.entry(digest).or_insert(at);
    *known = at.max(*known);
}

/// Days of a year, as ages count it.
const YEAR_DAYS: i64 = 365;
/// Hours of a day.
const HOURS_A_DAY: i64 = 24;

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Confirmations, Confirmed, details_of, entry_of};
    use crate::domain::contact::{Contact, Rank, Roster};
    use crate::domain::policy::days_after;

    fn contact(phone: &str) -> Contact {
        Contact {
            rank: Rank::PRIMARY,
            name: "Ann Bee".parse().unwrap(),
            email: "ann@nic.example".parse().unwrap(),
            secondary_email: None,
            phone: Some(phone.to_owned().try_into().unwrap()),
        }
    }

    #[test]
    fn a_yes_counts_for_the_details_that_it_was_said_to() {
        let (nl, at): (_, Timestamp) = ("nl".parse().unwrap(), "2026-11-02T09:00:00Z".parse().unwrap());
        let (old, new) = (contact("+31201234567"), contact("+31201234568"));
        let mut all = Confirmations::default();
        let entries = vec![entry_of(&nl, std::slice::from_ref(&old))];
        all.add(&Confirmed { at, own: vec![details_of(&old)], entries });
        all.add(&Confirmed { at: days_after(at, 9), own: vec![details_of(&old)], entries: Vec::new() });
        all.add(&Confirmed { at: days_after(at, 3), own: vec![details_of(&old)], entries: Vec::new() });
        assert_eq!(all.of_contact(&old), Some(days_after(at, 9)), "the last one counts");
        assert_eq!(all.of_contact(&new), None);
        assert_eq!(all.of_entry(&nl, std::slice::from_ref(&old)), Some(at));
        assert_eq!(all.of_entry(&nl, std::slice::from_ref(&new)), None);
        let moved = Contact { rank: Rank::try_from(2).unwrap(), ..old.clone() };
        assert_eq!(all.of_contact(&moved), all.of_contact(&old), "his place is his ccTLD's matter");
        assert_eq!(all.of_entry(&nl, &[moved]), None);

        let mut roster = Roster::default();
        roster.set(nl, vec![old]);
        roster.set("be".parse().unwrap(), vec![new]);
        let ages = all.ages(&roster, days_after(at, 30));
        assert_eq!((ages.within_a_year, ages.older, ages.never, ages.median_days), (1, 0, 1, Some(21)));
        let ages = all.ages(&roster, days_after(at, 400));
        assert_eq!((ages.within_a_year, ages.older, ages.total()), (0, 1, 2));
    }
}
