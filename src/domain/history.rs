//! How the contact repository came to be what it is: each entry's changes, in the order in which they were recorded.

use jiff::Timestamp;

use crate::domain::contact::{Contact, Roster};
use crate::domain::plan::EntryChange;
use crate::domain::tld::Tld;

/// One ccTLD's entry as it was written at some moment; empty where it left.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Written {
    /// When.
    pub at: Timestamp,
    /// The ccTLD.
    pub tld: Tld,
    /// By what: a case as in `R-17`, or an event of the journal with the number of its line.
    pub by: String,
    /// Its contacts from then on.
    pub contacts: Vec<Contact>,
}

/// A change that was made, and when.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Made {
    /// When.
    pub at: Timestamp,
    /// What changed.
    pub change: EntryChange,
}

/// All changes of all entries, the first one first.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct History(Vec<Made>);

impl History {
    /// The history that these writes make, in the order in which they were recorded. One that changes nothing is left
    /// out.
    pub fn of(writes: impl IntoIterator<Item = Written>) -> Self {
        let mut now = Roster::default();
        let mut made = Vec::new();
        for Written { at, tld, contacts, .. } in writes {
            let before = now.contacts(&tld).to_vec();
            now.set(tld.clone(), contacts);
            let after = now.contacts(&tld).to_vec();
            made.extend(EntryChange::between(tld, before, after).map(|change| Made { at, change }));
        }
        Self(made)
    }

    /// All changes.
    pub fn iter(&self) -> impl Iterator<Item = &Made> {
        self.0.iter()
    }

    /// The changes after `since` and until `until`.
    pub fn made(&self, since: Timestamp, until: Timestamp) -> impl Iterator<Item = &Made> {
        self.0.iter().filter(move |made| since < made.at && made.at <= until)
    }

    /// The contacts at this moment, changes of the very moment among them.
    pub fn roster_at(&self, at: Timestamp) -> Roster {
        let mut roster = Roster::default();
        for made in self.0.iter().take_while(|made| made.at <= at) {
            roster.set(made.change.tld.clone(), made.change.after.clone());
        }
        roster
    }

    /// What is different at `until` from what was at `since`, a ccTLD a change, in their order: what was changed and
    /// changed back is no change.
    pub fn between(&self, since: Timestamp, until: Timestamp) -> Vec<EntryChange> {
        changes(&self.roster_at(since), &self.roster_at(until))
    }
}

/// What turns one roster into another, a ccTLD a change, in their order.
pub fn changes(before: &Roster, after: &Roster) -> Vec<EntryChange> {
    let mut tlds: Vec<&Tld> = before.iter().chain(after.iter()).map(|(tld, _)| tld).collect();
    tlds.sort();
    tlds.dedup();
    let entry = |roster: &Roster, tld: &Tld| roster.contacts(tld).to_vec();
    tlds.into_iter()
        .filter_map(|tld| EntryChange::between(tld.clone(), entry(before, tld), entry(after, tld)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{History, Written, changes};
    use crate::domain::contact::{Contact, Rank};
    use crate::domain::request::Action;

    fn contact(name: &str) -> Contact {
        Contact {
            rank: Rank::PRIMARY,
            name: name.parse().unwrap(),
            email: format!("{}@nic.example", name.to_lowercase()).parse().unwrap(),
            secondary_email: None,
            phone: None,
        }
    }

    fn written(at: &str, tld: &str, names: &[&str]) -> Written {
        let contacts = names.iter().map(|name| contact(name)).collect();
        Written { at: at.parse().unwrap(), tld: tld.parse().unwrap(), by: "R-1".to_owned(), contacts }
    }

    fn history() -> History {
        History::of([
            written("2026-01-01T00:00:00Z", "nl", &["Ann"]),
            written("2026-02-01T00:00:00Z", "be", &["Bob"]),
            written("2026-02-01T00:00:00Z", "nl", &["Ann"]),
            written("2026-03-01T00:00:00Z", "nl", &["Cleo"]),
            written("2026-04-01T00:00:00Z", "be", &[]),
            written("2026-05-01T00:00:00Z", "nl", &["Ann"]),
        ])
    }

    #[test]
    fn any_day_of_the_past_can_be_looked_at() {
        let members = |at: &str| {
            let roster = history().roster_at(at.parse().unwrap());
            roster.iter().map(|(tld, _)| tld.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(members("2025-12-31T23:59:59Z"), Vec::<String>::new());
        assert_eq!(members("2026-01-01T00:00:00Z"), ["nl"]);
        assert_eq!(members("2026-03-31T00:00:00Z"), ["be", "nl"]);
        assert_eq!(members("2026-04-01T00:00:00Z"), ["nl"]);
        assert_eq!(history().iter().count(), 5, "what changes nothing is no change");
    }

    #[test]
    fn what_was_changed_back_is_no_change() {
        let between = |since: &str, until: &str| {
            let changed = history().between(since.parse().unwrap(), until.parse().unwrap());
            changed.into_iter().map(|change| (change.tld.to_string(), change.action)).collect::<Vec<_>>()
        };
        let (january, february, june) =
            ("2026-01-15T00:00:00Z", "2026-02-15T00:00:00Z", "2026-06-01T00:00:00Z");
        assert_eq!(between(january, june), []);
        assert_eq!(between(january, february), [("be".to_owned(), Action::Subscribe)]);
        assert_eq!(between(february, june), [("be".to_owned(), Action::Remove)]);
        let replaced = between(february, "2026-03-15T00:00:00Z");
        assert_eq!(replaced, [("nl".to_owned(), Action::Update)]);
    }

    #[test]
    fn the_changes_between_two_rosters_lead_from_one_to_the_other() {
        let (before, after) = (history().roster_at("2026-02-15T00:00:00Z".parse().unwrap()), history());
        let after = after.roster_at("2026-06-01T00:00:00Z".parse().unwrap());
        let mut roster = before.clone();
        for change in changes(&before, &after) {
            roster.set(change.tld, change.after);
        }
        assert_eq!(roster, after);
        assert!(changes(&after, &after).is_empty());
    }
}
