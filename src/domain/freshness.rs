//! How old the contacts' own confirmations are, by region: what the secretariat sees of where it should call.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use crate::domain::confirmation::{Age, Ages, Confirmations};
use crate::domain::contact::Roster;
use crate::domain::regions::Regions;
use crate::domain::statistics::Kind;

/// The ages of all confirmations at some moment.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Freshness {
    /// Of all contacts, each once.
    all: Vec<(Kind, Age)>,
    /// By region, where a ccTLD that is counted in two stands in both.
    regions: BTreeMap<String, Vec<(Kind, Age)>>,
}

impl Freshness {
    /// Of these contacts at a moment, by the regions that count on that day. Contacts of a ccTLD that is in no region stand
    /// among all alone.
    pub fn of(
        roster: &Roster,
        confirmations: &Confirmations,
        regions: &Regions,
        (now, day): (Timestamp, Date),
    ) -> Self {
        let places: BTreeMap<_, _> = regions.counted(day).collect();
        let mut freshness = Self::default();
        // A region in which nobody is a contact has a row as well.
        for region in places.values().flat_map(|regions| regions.iter()) {
            freshness.regions.entry(region.clone()).or_default();
        }
        for (tld, contacts) in roster.iter() {
            let ages = contacts.iter().map(|contact| (Kind::of(tld), confirmations.age(contact, now)));
            let ages: Vec<(Kind, Age)> = ages.collect();
            for region in places.get(tld).into_iter().flat_map(|regions| regions.iter()) {
                freshness.regions.entry(region.clone()).or_default().extend_from_slice(&ages);
            }
            freshness.all.extend(ages);
        }
        freshness
    }

    /// Of all contacts.
    pub fn all(&self) -> Ages {
        self.all.iter().map(|(_, age)| *age).collect()
    }

    /// Of those of ccTLDs with a label of this kind.
    pub fn of_kind(&self, kind: Kind) -> Ages {
        of_kind(&self.all, kind)
    }

    /// By region, in the order of their names.
    pub fn regions(&self) -> impl Iterator<Item = (&str, Ages)> {
        self.regions
            .iter()
            .map(|(region, ages)| (region.as_str(), ages.iter().map(|(_, age)| *age).collect()))
    }

    /// The same of ccTLDs with a label of this kind.
    pub fn in_region(&self, region: &str, kind: Kind) -> Ages {
        self.regions.get(region).map(|ages| of_kind(ages, kind)).unwrap_or_default()
    }
}

fn of_kind(ages: &[(Kind, Age)], kind: Kind) -> Ages {
    ages.iter().filter(|(of, _)| *of == kind).map(|(_, age)| *age).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;

    use super::Freshness;
    use crate::domain::confirmation::{Confirmations, Confirmed, details_of};
    use crate::domain::contact::{Contact, Roster};
    use crate::domain::policy::days_after;
    use crate::domain::regions::Regions;
    use crate::domain::statistics::Kind;
    use crate::domain::tests_sample::contact;

    fn ann(tld: &str) -> Contact {
        contact(1, "Ann Bee", &format!("ann@nic-{tld}.example"))
    }

    #[test]
    fn each_region_has_its_own_ages_and_all_have_each_contact_once() {
        let at: Timestamp = "2025-11-02T09:00:00Z".parse().unwrap();
        let regions = Regions::default().with("tc,AP+LAC").unwrap();
        let (mut roster, mut confirmations) = (Roster::default(), Confirmations::default());
        for tld in ["nl", "de", "tc", "xn--p1ai"] {
            roster.set(tld.parse().unwrap(), vec![ann(tld)]);
        }
        for (tld, days) in [("nl", 0), ("tc", 300), ("xn--p1ai", 380)] {
            let own = vec![details_of(&ann(tld))];
            confirmations.add(&Confirmed { at: days_after(at, days), own, entries: Vec::new() });
        }
        let now = days_after(at, 400);
        let freshness = Freshness::of(&roster, &confirmations, &regions, (now, date(2026, 12, 7)));
        let all = freshness.all();
        assert_eq!((all.within_a_year, all.older, all.never, all.median_days), (2, 1, 1, Some(100)));
        let told: Vec<_> = freshness.regions().map(|(region, ages)| (region, ages.total())).collect();
        assert_eq!(told, [("-", 0), ("AF", 0), ("AP", 1), ("EUR", 3), ("LAC", 1), ("NA", 0)]);
        let europe = freshness.in_region("EUR", Kind::Ascii);
        assert_eq!((europe.within_a_year, europe.older, europe.never), (0, 1, 1));
        assert_eq!(freshness.in_region("EUR", Kind::Idn).within_a_year, 1);
        assert_eq!(freshness.of_kind(Kind::Idn).total(), 1);
    }
}
