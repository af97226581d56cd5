//! How many ccTLDs are members, and which are not: the tables that TLD-OPS reports at its meetings (slides of 2017 and 2019).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::domain::cctlds::{Cctld, KnownTlds};
use crate::domain::contact::Roster;
use crate::domain::plan::EntryChange;
use crate::domain::tld::Tld;

/// The region of a ccTLD that is in none, such as `.eu`.
pub const NO_REGION: &str = "-";

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Share {
    /// Those that are members.
    pub members: usize,
    /// Those that are not.
    pub missing: usize,
}

impl Share {
    /// All of them.
    pub fn total(self) -> usize {
        self.members + self.missing
    }

    /// The members' part in whole percent, halves rounded up; 0 of nothing.
    pub fn percent(self) -> usize {
        percent(self.members, self.total())
    }

    /// The missing ones' part: what is left to 100.
    pub fn percent_missing(self) -> usize {
        if self.total() == 0 { 0 } else { 100 - self.percent() }
    }
}

fn percent(part: usize, whole: usize) -> usize {
    (200 * part + whole).checked_div(2 * whole).unwrap_or_default()
}

/// Which script a ccTLD's label is in.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Two letters (ISO 3166-1 alpha-2, or a reserved code).
    Ascii,
    /// An internationalized label (RFC 5890 §2.3.2.3).
    Idn,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ascii, Self::Idn];

    /// Of a ccTLD.
    pub fn of(tld: &Tld) -> Self {
        if tld.as_str().starts_with("xn--") { Self::Idn } else { Self::Ascii }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ascii => "ASCII",
            Self::Idn => "IDN",
        })
    }
}

/// The membership at some moment.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Statistics {
    regions: BTreeMap<(Kind, String), Share>,
    missing: BTreeMap<String, Vec<Cctld>>,
    /// ccTLDs with contacts that are not in the root zone, or not known: they are counted nowhere.
    pub strangers: BTreeSet<Tld>,
    /// Persons, each once, by their first addresses.
    pub people: usize,
    /// ccTLDs with a single contact.
    pub alone: usize,
}

impl Statistics {
    /// Counts these contacts against the ccTLDs of the root zone. Those that are reserved, such as `.gb`, have no operator
    /// who could join.
    pub fn of(roster: &Roster, known: &KnownTlds) -> Self {
        let members: BTreeMap<&Tld, usize> =
            roster.iter().map(|(tld, contacts)| (tld, contacts.len())).collect();
        let mut statistics = Self::default();
        let mut counted = BTreeSet::new();
        for cctld in known.iter().filter(|cctld| cctld.delegated && !cctld.reserved) {
            let is_member = members.contains_key(&cctld.tld);
            let region = cctld.region.clone().unwrap_or_else(|| NO_REGION.to_owned());
            let share = statistics.regions.entry((Kind::of(&cctld.tld), region.clone())).or_default();
            counted.insert(&cctld.tld);
            if is_member {
                share.members += 1;
            } else {
                share.missing += 1;
                statistics.missing.entry(region).or_default().push(cctld.clone());
            }
        }
        statistics.strangers =
            members.keys().filter(|tld| !counted.contains(**tld)).map(|tld| (*tld).clone()).collect();
        statistics.alone = members.values().filter(|contacts| **contacts == 1).count();
        let people: BTreeSet<_> =
            roster.iter().flat_map(|(_, contacts)| contacts).map(|contact| &contact.email).collect();
        statistics.people = people.len();
        statistics
    }

    /// Of all ccTLDs.
    pub fn all(&self) -> Share {
        sum(self.regions.values())
    }

    /// Of those with a label of this kind.
    pub fn of_kind(&self, kind: Kind) -> Share {
        sum(self.regions(kind).map(|(_, share)| share))
    }

    /// The same by region, in the order of their names.
    pub fn regions(&self, kind: Kind) -> impl Iterator<Item = (&str, &Share)> {
        self.regions
            .iter()
            .filter(move |((of, _), _)| *of == kind)
            .map(|((_, region), share)| (region.as_str(), share))
    }

    /// Those that are no members, by region and then by label.
    pub fn missing(&self) -> impl Iterator<Item = (&str, &[Cctld])> {
        self.missing.iter().map(|(region, cctlds)| (region.as_str(), cctlds.as_slice()))
    }
}

fn sum<'a>(shares: impl Iterator<Item = &'a Share>) -> Share {
    shares.fold(Share::default(), |sum, share| Share {
        members: sum.members + share.members,
        missing: sum.missing + share.missing,
    })
}

/// What came and went between two moments.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Movement {
    /// ccTLDs that had no contacts, and have.
    pub joined: Vec<Tld>,
    /// ccTLDs that had contacts, and have none.
    pub left: Vec<Tld>,
    /// ccTLDs whose contacts are others, or have other details.
    pub updated: Vec<Tld>,
}

impl Movement {
    /// What these changes amount to.
    pub fn of(changes: &[EntryChange]) -> Self {
        let mut movement = Self::default();
        for change in changes {
            let list = match (change.before.is_empty(), change.after.is_empty()) {
                (true, _) => &mut movement.joined,
                (false, true) => &mut movement.left,
                (false, false) => &mut movement.updated,
            };
            list.push(change.tld.clone());
        }
        movement
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Movement, Share, Statistics};
    use crate::domain::cctlds::KnownTlds;
    use crate::domain::contact::{Contact, Rank, Roster};
    use crate::domain::history::changes;

    fn roster(tlds: &[&str]) -> Roster {
        let contact = Contact {
            rank: Rank::PRIMARY,
            name: "Ann Bee".parse().unwrap(),
            email: "ann@nic.example".parse().unwrap(),
            secondary_email: None,
            phone: None,
        };
        let mut roster = Roster::default();
        for tld in tlds {
            roster.set(tld.parse().unwrap(), vec![contact.clone()]);
        }
        roster
    }

    #[test]
    fn percents_are_those_of_the_slides() {
        for (members, total, want) in [
            (202, 291, 69),
            (173, 245, 71),
            (27, 51, 53),
            (51, 82, 62),
            (25, 42, 60),
            (29, 46, 63),
            (5, 5, 100),
        ] {
            let share = Share { members, missing: total - members };
            assert_eq!(
                (share.percent(), share.percent_missing()),
                (want, 100 - want),
                "{members} of {total}"
            );
        }
        assert_eq!((Share::default().percent(), Share::default().percent_missing()), (0, 0));
    }

    #[test]
    fn each_cctld_of_the_root_zone_is_counted_once() {
        let statistics = Statistics::of(&roster(&["nl", "be", "xn--p1ai", "zz"]), &KnownTlds::built_in());
        assert_eq!(statistics.all(), Share { members: 3, missing: 305 });
        assert_eq!(statistics.of_kind(Kind::Ascii), Share { members: 2, missing: 245 });
        assert_eq!(statistics.of_kind(Kind::Idn), Share { members: 1, missing: 60 });
        let missing: usize = statistics.missing().map(|(_, cctlds)| cctlds.len()).sum();
        assert_eq!(missing, 305);
        assert_eq!(statistics.strangers.iter().map(ToString::to_string).collect::<Vec<_>>(), ["zz"]);
        assert_eq!((statistics.people, statistics.alone), (1, 4));
        let europe = statistics.regions(Kind::Ascii).find(|(region, _)| *region == "EUR").unwrap().1;
        assert_eq!(europe.members, 2);
    }

    #[test]
    fn who_came_and_who_went_is_told() {
        let movement = Movement::of(&changes(&roster(&["nl", "be"]), &roster(&["be", "lu"])));
        assert_eq!((movement.joined.len(), movement.left.len(), movement.updated.len()), (1, 1, 0));
    }
}
