//! How many ccTLDs are members, and which are not: the tables that TLD-OPS reports at its meetings (slides of 2017 and 2019).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

use crate::domain::cctlds::{Cctld, KnownTlds};
use crate::domain::contact::Roster;
use crate::domain::history::Made;
use crate::domain::plan::EntryChange;
use crate::domain::regions::Regions;
use crate::domain::request::Action;
use crate::domain::tld::Tld;

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

    /// Both as they stand in a table, as in `69%`; nothing of nothing, as the final report of 2015 has it (table 2).
    pub fn percents(self) -> [String; 2] {
        let written = |percent: usize| if self.total() == 0 { String::new() } else { format!("{percent}%") };
        [written(self.percent()), written(self.percent_missing())]
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
    members: BTreeMap<String, Vec<Cctld>>,
    missing: BTreeMap<String, Vec<Cctld>>,
    /// Each ccTLD that is counted in two regions, with them.
    pub twice: Vec<(Tld, Vec<String>)>,
    /// What to take off so that each of them is counted once.
    surplus: BTreeMap<Kind, Share>,
    /// ccTLDs with contacts that are counted nowhere: they are not in the root zone, or not known.
    pub strangers: BTreeSet<Tld>,
    /// Persons, each once, by their first addresses.
    pub people: usize,
    /// ccTLDs with a single contact.
    pub alone: usize,
}

impl Statistics {
    /// Counts these contacts against the ccTLDs that there are on a day, by their regions.
    pub fn of(roster: &Roster, regions: &Regions, day: Date) -> Self {
        let members: BTreeMap<&Tld, usize> =
            roster.iter().map(|(tld, contacts)| (tld, contacts.len())).collect();
        let known = KnownTlds::built_in();
        let mut statistics = Self::default();
        let mut counted = BTreeSet::new();
        for (tld, places) in regions.counted(day) {
            let one = if members.contains_key(tld) {
                Share { members: 1, missing: 0 }
            } else {
                Share { members: 0, missing: 1 }
            };
            counted.insert(tld);
            for region in places {
                let share = statistics.regions.entry((Kind::of(tld), region.clone())).or_default();
                *share = sum([*share, one].iter());
                let list = if one.members > 0 { &mut statistics.members } else { &mut statistics.missing };
                list.entry(region.clone()).or_default().push(cctld(tld, &known));
            }
            if places.len() > 1 {
                statistics.twice.push((tld.clone(), places.to_vec()));
                let surplus = statistics.surplus.entry(Kind::of(tld)).or_default();
                *surplus = sum([*surplus, one].iter());
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

    /// Of all ccTLDs. One that is counted in two regions counts twice, as it does in their rows.
    pub fn all(&self) -> Share {
        sum(self.regions.values())
    }

    /// Of those with a label of this kind.
    pub fn of_kind(&self, kind: Kind) -> Share {
        sum(self.regions.iter().filter(|((of, _), _)| *of == kind).map(|(_, share)| share))
    }

    /// The same, each ccTLD once.
    pub fn each_once(&self, kind: Kind) -> Share {
        let (all, surplus) = (self.of_kind(kind), self.surplus.get(&kind).copied().unwrap_or_default());
        Share { members: all.members - surplus.members, missing: all.missing - surplus.missing }
    }

    /// The same by region, in the order of their names. A region that has ccTLDs of the other kind alone has none of none.
    pub fn regions(&self, kind: Kind) -> impl Iterator<Item = (&str, Share)> {
        let names: BTreeSet<&str> = self.regions.keys().map(|(_, region)| region.as_str()).collect();
        let share = move |region: &str| self.regions.get(&(kind, region.to_owned())).copied();
        names.into_iter().map(move |region| (region, share(region).unwrap_or_default()))
    }

    /// Those that are members, by region and then by label.
    pub fn members(&self) -> impl Iterator<Item = (&str, &[Cctld])> {
        self.members.iter().map(|(region, cctlds)| (region.as_str(), cctlds.as_slice()))
    }

    /// Those that are no members, by region and then by label.
    pub fn missing(&self) -> impl Iterator<Item = (&str, &[Cctld])> {
        self.missing.iter().map(|(region, cctlds)| (region.as_str(), cctlds.as_slice()))
    }
}

/// What is known of a ccTLD; its name alone of one that the built-in list does not have.
fn cctld(tld: &Tld, known: &KnownTlds) -> Cctld {
    known.find(tld).cloned().unwrap_or_else(|| Cctld {
        tld: tld.clone(),
        unicode: tld.unicode(),
        country: String::new(),
        iso3166: None,
        region: None,
        delegated: true,
        reserved: false,
    })
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
    /// How often contacts were changed meanwhile, back and forth included: the work that it was.
    pub updates: usize,
}

impl Movement {
    /// What these changes amount to, and how many updates were made for it.
    pub fn of<'a>(changes: &[EntryChange], made: impl Iterator<Item = &'a Made>) -> Self {
        let updates = made.filter(|made| made.change.action == Action::Update).count();
        let mut movement = Self { updates, ..Self::default() };
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
    use jiff::civil::date;

    use super::{Kind, Movement, Share, Statistics};
    use crate::domain::contact::Roster;
    use crate::domain::history::changes;
    use crate::domain::regions::Regions;
    use crate::domain::tests_sample::contact;

    fn roster(tlds: &[&str]) -> Roster {
        let contact = contact(1, "Ann Bee", "ann@nic.example");
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
        let statistics =
            Statistics::of(&roster(&["nl", "be", "xn--p1ai", "zz"]), &Regions::default(), date(2026, 11, 20));
        assert_eq!(statistics.all(), Share { members: 3, missing: 305 });
        assert_eq!(statistics.of_kind(Kind::Ascii), Share { members: 2, missing: 245 });
        assert_eq!(statistics.of_kind(Kind::Idn), Share { members: 1, missing: 60 });
        let missing: usize = statistics.missing().map(|(_, cctlds)| cctlds.len()).sum();
        assert_eq!(missing, 305);
        assert_eq!(statistics.strangers.iter().map(ToString::to_string).collect::<Vec<_>>(), ["zz"]);
        assert_eq!((statistics.people, statistics.alone), (1, 4));
        let europe = statistics.regions(Kind::Ascii).find(|(region, _)| *region == "EUR").unwrap().1;
        assert_eq!(europe.members, 2);
        let listed: Vec<&str> =
            statistics.members().flat_map(|(_, cctlds)| cctlds).map(|cctld| cctld.country.as_str()).collect();
        assert_eq!(listed, ["Belgium", "Netherlands", "Russian Federation"]);
        let none = statistics.regions(Kind::Idn).find(|(region, _)| *region == "LAC").unwrap().1;
        assert_eq!(none, Share::default(), "a region without any is told all the same");
    }

    #[test]
    fn a_cctld_of_two_regions_counts_in_both_and_is_named() {
        let regions = Regions::default().with("tc,AP+LAC\nnl,EUR+NA").unwrap();
        let statistics = Statistics::of(&roster(&["nl"]), &regions, date(2015, 6, 17));
        assert_eq!(statistics.of_kind(Kind::Ascii), Share { members: 2, missing: 247 });
        assert_eq!(statistics.each_once(Kind::Ascii), Share { members: 1, missing: 246 });
        let twice: Vec<String> =
            statistics.twice.iter().map(|(tld, of)| format!("{tld} {}", of.join(" "))).collect();
        assert_eq!(twice, ["nl EUR NA", "tc AP LAC"]);
    }

    #[test]
    fn who_came_and_who_went_is_told() {
        let movement =
            Movement::of(&changes(&roster(&["nl", "be"]), &roster(&["be", "lu"])), std::iter::empty());
        assert_eq!((movement.joined.len(), movement.left.len(), movement.updated.len()), (1, 1, 0));
    }
}
