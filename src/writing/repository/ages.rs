//! Whose details are old: the contacts who have not confirmed theirs for a year, or never have, on a few lines.

use crate::domain::confirmation::Age;
use crate::domain::contact::Contact;
use crate::domain::repository::Repository;
use crate::domain::tld::Tld;
use crate::writing::direction::isolated;
use crate::writing::repository::BEFORE_A_LINE;

/// Columns of a line at the most: no mail program folds it then, and the places of a ccTLD stay beside its name.
const COLUMNS: usize = 72;
/// Contacts whose days are told one by one: as many as one looks over at a glance.
const FEW: usize = 12;

/// Those who confirmed their details more than a year ago, a line a ccTLD: `.be: #1 on 2025-03-04, #2 on 2025-01-31`.
pub fn older(repository: &Repository) -> Vec<String> {
    let on = |contact: &Contact| match repository.age(contact)? {
        Age::Older(_) => Some(format!("{} on {}", contact.rank, repository.confirmed_on(contact)?)),
        Age::WithinAYear(_) | Age::Never => None,
    };
    let entries = entries(repository, on).into_iter();
    entries
        .map(|(tld, places)| format!("{BEFORE_A_LINE}{}: {}", isolated(&shown(tld)), places.join(", ")))
        .collect()
}

/// When each of a few contacts confirmed his details, a line a ccTLD: `.be: #1 2025-03-04, #2 -`. Nothing where they are many,
/// who are counted, or where it is not told.
pub fn dated(repository: &Repository) -> Vec<String> {
    if repository.ages().is_none_or(|ages| ages.total() > FEW) {
        return Vec::new();
    }
    let on = |contact: &Contact| {
        let day = repository.confirmed_on(contact).map_or_else(|| "-".to_owned(), |day| day.to_string());
        Some(format!("{} {day}", contact.rank))
    };
    let entries = entries(repository, on).into_iter();
    entries
        .map(|(tld, places)| format!("{BEFORE_A_LINE}{}: {}", isolated(&shown(tld)), places.join(", ")))
        .collect()
}

/// Those who have not confirmed their details as they are, many ccTLDs on a line: `.be #1, .nl #2 #3`. Nothing where that
/// is more than half of all, as after an import: the table has them, and who reads this mail in an incident must not
/// search for the contacts between them.
pub fn unconfirmed(repository: &Repository) -> Vec<String> {
    let ages = repository.ages().unwrap_or_default();
    if ages.never * 2 > ages.total() {
        return Vec::new();
    }
    let place = |contact: &Contact| match repository.age(contact)? {
        Age::Never => Some(contact.rank.to_string()),
        Age::WithinAYear(_) | Age::Older(_) => None,
    };
    let entries = entries(repository, place).into_iter();
    let parts: Vec<String> =
        entries.map(|(tld, places)| format!("{} {}", isolated(&shown(tld)), places.join(" "))).collect();
    let last = parts.len().saturating_sub(1);
    let mut lines: Vec<String> = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        let comma = if place == last { "" } else { "," };
        match lines.last_mut() {
            Some(line) if line.chars().count() + part.chars().count() + 2 <= COLUMNS => {
                *line = format!("{line} {part}{comma}");
            }
            Some(_) | None => lines.push(format!("{BEFORE_A_LINE}{part}{comma}")),
        }
    }
    lines
}

fn shown(tld: &Tld) -> String {
    format!(".{}", tld.unicode())
}

/// What is said of contacts, by their ccTLDs; nothing of a ccTLD of whose contacts nothing is said.
fn entries(repository: &Repository, said: impl Fn(&Contact) -> Option<String>) -> Vec<(&Tld, Vec<String>)> {
    let mut entries: Vec<(&Tld, Vec<String>)> = Vec::new();
    for (tld, contact) in repository.contacts() {
        let Some(said) = said(contact) else { continue };
        match entries.last_mut() {
            Some((last, all)) if *last == tld => all.push(said),
            Some(_) | None => entries.push((tld, vec![said])),
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{COLUMNS, dated, older, unconfirmed};
    use crate::domain::confirmation::{Confirmed, details_of};
    use crate::domain::contact::{Contact, Rank};
    use crate::domain::repository::Repository;

    fn contacts(tld: &str, count: usize) -> Vec<Contact> {
        let contact = |rank: Rank| Contact {
            rank,
            name: format!("Ann {rank}").replace('#', "B").parse().unwrap(),
            email: format!("ann{}@nic-{tld}.example", u8::from(rank)).parse().unwrap(),
            secondary_email: None,
            phone: None,
        };
        Rank::all().take(count).map(contact).collect()
    }

    /// A ccTLD's contacts, of whom the first so many confirmed their details so many days ago.
    fn enter(repository: &mut Repository, tld: &str, (count, confirmed, days): (usize, usize, u16)) {
        let contacts = contacts(tld, count);
        let at = days_before(repository.at, days);
        let own = contacts.iter().take(confirmed).map(details_of).collect();
        let confirmations = repository.confirmations.get_or_insert_default();
        confirmations.add(&Confirmed { at, own, entries: Vec::new() });
        repository.roster.set(tld.parse().unwrap(), contacts);
    }

    fn days_before(at: Timestamp, days: u16) -> Timestamp {
        at - SignedDuration::from_hours(24 * i64::from(days))
    }

    #[test]
    fn whose_details_are_old_stands_there_and_nobody_else() {
        let mut repository =
            Repository { at: "2026-11-02T09:00:00Z".parse().unwrap(), ..Repository::default() };
        enter(&mut repository, "be", (2, 2, 365));
        enter(&mut repository, "de", (3, 2, 366));
        enter(&mut repository, "nl", (3, 2, 2));
        enter(&mut repository, "xn--p1ai", (1, 1, 900));
        assert_eq!(
            older(&repository),
            ["   .de: #1 on 2025-11-01, #2 on 2025-11-01", "   .рф: #1 on 2024-05-16"]
        );
        assert_eq!(unconfirmed(&repository), ["   .de #3, .nl #3"]);
        enter(&mut repository, "us", (3, 0, 2));
        enter(&mut repository, "uk", (3, 0, 2));
        assert_eq!(unconfirmed(&repository), Vec::<String>::new(), "more than half are no news");
        repository.confirmations = None;
        assert_eq!((older(&repository), unconfirmed(&repository)), Default::default());
    }

    #[test]
    fn of_a_few_the_day_of_each_is_told() {
        let mut repository =
            Repository { at: "2026-11-02T09:00:00Z".parse().unwrap(), ..Repository::default() };
        enter(&mut repository, "nl", (3, 2, 2));
        enter(&mut repository, "xn--p1ai", (1, 0, 0));
        assert_eq!(dated(&repository), ["   .nl: #1 2026-10-31, #2 2026-10-31, #3 -", "   .рф: #1 -"]);
        for tld in ["be", "de", "fr"] {
            enter(&mut repository, tld, (3, 3, 1));
        }
        assert_eq!(dated(&repository), Vec::<String>::new(), "thirteen are counted");
        repository.confirmations = None;
        repository.roster.set("be".parse().unwrap(), Vec::new());
        assert_eq!(dated(&repository), Vec::<String>::new());
    }

    #[test]
    fn many_places_stand_on_short_lines() {
        let mut repository =
            Repository { at: "2026-11-02T09:00:00Z".parse().unwrap(), ..Repository::default() };
        for first in 'a'..='z' {
            enter(&mut repository, &format!("{first}x"), (2, 1, 3));
        }
        let lines = unconfirmed(&repository);
        assert!(lines.iter().all(|line| line.starts_with("   .") && line.len() <= COLUMNS), "{lines:?}");
        assert_eq!(lines.join(" ").matches("#2").count(), 26);
        assert_eq!(lines.len(), 4, "{lines:?}");
    }
}
