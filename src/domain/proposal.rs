//! What another system's contacts would change in ours: proposals, which whoever must agree is asked about as ever.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::contact::{Contact, PersonName, Rank, Roster};
use crate::domain::listed::{Listed, Point, Spot};
use crate::domain::request::{Action, Change, Named, Request};
use crate::domain::tld::Tld;

/// Proposals of one import at the most: each asks an admin contact, and a mistaken file must not ask all of them.
pub const PROPOSALS_MAX: usize = 50;

/// What comes of another system's list.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Proposals {
    /// What would change, a request a ccTLD, in their order.
    pub requests: Vec<Request>,
    /// Who is proposed for nothing, since his line is not certain.
    pub left_out: Vec<LeftOut>,
}

/// A line that is not certain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LeftOut {
    /// Where it stands.
    pub at: Spot,
    /// What stands there.
    pub written: String,
    /// Why it stays out, and what would settle it.
    pub points: Vec<Point>,
}

/// What their list proposes for the ccTLDs that are theirs. Nobody is ever taken off by it: that somebody is missing
/// elsewhere says nothing. A place among the contacts is told of nobody where we have contacts: places are each list's own.
pub fn proposals(theirs: &[Listed], members: &BTreeSet<Tld>, ours: &Roster) -> Proposals {
    let mut found = Proposals::default();
    let mut by_tld: BTreeMap<&Tld, Vec<(Option<Rank>, &Listed)>> = BTreeMap::new();
    for person in theirs {
        let mut points = doubts(person);
        let foreign = person.places().iter().find(|(tld, _)| !members.contains(tld));
        points.extend(foreign.map(|(tld, _)| {
            let why = format!("{} does not belong to them", tld.for_people());
            Point::refused(why, "correct it, or write the ccTLD into organizations.csv")
        }));
        let certain = if points.is_empty() { person.places() } else { &[] };
        for (tld, rank) in certain {
            let coming = by_tld.entry(tld).or_default();
            match coming.iter().find(|(_, other)| other.email == person.email) {
                None => coming.push((*rank, person)),
                Some((_, other)) if is_the_same(other, person) => {}
                Some((_, other)) => {
                    let why = format!("{} has the same address with other details", other.at);
                    points.push(Point::refused(why, "make the two lines agree, or leave one out"));
                }
            }
        }
        if !points.is_empty() {
            found.left_out.push(LeftOut { at: person.at.clone(), written: person.written.clone(), points });
        }
    }
    found.requests =
        by_tld.into_iter().filter_map(|(tld, coming)| proposal(tld, &coming, ours.contacts(tld))).collect();
    found
}

/// Why a line is not certain by itself. That somebody has no number, or the address of a role, is for the rules to say that
/// every request meets.
fn doubts(person: &Listed) -> Vec<Point> {
    let mut points = person.points.clone();
    match person.name.as_deref().map(str::parse::<PersonName>) {
        None => points.push(Point::refused("no name is told", "write the person's name")),
        Some(Err(error)) => points.push(Point::refused(error.to_string(), "write the person's name")),
        Some(Ok(_)) => {}
    }
    if person.email.is_none() {
        points.push(Point::refused("no e-mail address is told", "write the person's own address"));
    }
    if person.places().is_empty() {
        points.push(Point::refused("no ccTLD is named", "write the ccTLD"));
    }
    points
}

fn is_the_same(one: &Listed, other: &Listed) -> bool {
    one.name == other.name && one.second == other.second && one.phone == other.phone
}

fn proposal(tld: &Tld, theirs: &[(Option<Rank>, &Listed)], ours: &[Contact]) -> Option<Request> {
    let contacts: Vec<Named> =
        theirs.iter().filter_map(|(rank, person)| named(person, *rank, ours)).collect();
    let adds = contacts.iter().all(|one| one.change == Change::Add);
    let action = if adds { Action::Subscribe } else { Action::Update };
    let tld = Some(tld.clone());
    (!contacts.is_empty()).then_some(Request { action, tld, contacts, replace_all: false, swaps: None })
}

/// A contact who is new, or has other details; a detail that they lack is not taken away.
fn named(theirs: &Listed, rank: Option<Rank>, ours: &[Contact]) -> Option<Named> {
    let email = theirs.email.as_ref()?;
    let known = ours.iter().find(|own| own.has(email));
    let change = if known.is_some() { Change::Modify } else { Change::Add };
    let differs = known.is_none_or(|own| {
        theirs.name.as_deref() != Some(own.name.as_str())
            || theirs.phone.as_ref().is_some_and(|phone| own.phone.as_ref() != Some(phone))
            || theirs.second.as_ref().is_some_and(|second| !own.has(second))
    });
    differs.then(|| Named {
        change,
        name: theirs.name.clone(),
        email: Some(known.map_or_else(|| email.clone(), |own| own.email.clone())),
        secondary_email: theirs.second.clone().filter(|second| known.is_none_or(|own| !own.has(second))),
        phone: theirs.phone.clone(),
        rank: rank.filter(|_| ours.is_empty()),
        replaces: None,
        drops: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::proposals;
    use crate::domain::contact::{Contact, Rank, Roster};
    use crate::domain::listed::{Listed, Serves, Spot};
    use crate::domain::request::{Action, Change};
    use crate::domain::tests_sample::{contact, entry, tld};

    fn listed(row: usize, of: &str, contact: &Contact) -> Listed {
        Listed {
            at: Spot { file: "theirs.csv".to_owned(), row, ..Spot::default() },
            name: Some(contact.name.to_string()),
            email: Some(contact.email.clone()),
            second: contact.secondary_email.clone(),
            phone: contact.phone.clone(),
            serves: Serves::Cctlds(vec![(tld(of), Some(contact.rank))]),
            ..Listed::default()
        }
    }

    #[test]
    fn what_is_new_or_different_is_proposed_and_nobody_is_taken_off() {
        let mut ours = Roster::default();
        ours.set(tld("nl"), entry());
        let members = BTreeSet::from([tld("nl"), tld("fr")]);
        let mut jane = entry().remove(0);
        assert_eq!(proposals(&[listed(1, "nl", &jane)], &members, &ours).requests, []);
        jane.phone = Some("+31207777777".to_owned().try_into().unwrap());
        let zoe = contact(2, "Zoe Martin", "zoe@registry.example");
        let ivan = contact(1, "Ivan Petit", "ivan@registry.example");
        let theirs = [listed(1, "nl", &jane), listed(2, "nl", &zoe), listed(3, "fr", &ivan)];
        let found = proposals(&theirs, &members, &ours);
        let told: Vec<String> = found
            .requests
            .iter()
            .map(|one| {
                let contacts: Vec<_> = one.contacts.iter().map(|named| (named.change, named.rank)).collect();
                format!("{} {:?} {contacts:?}", one.tld.as_ref().unwrap(), one.action)
            })
            .collect();
        let want = [
            format!("fr {:?} {:?}", Action::Subscribe, [(Change::Add, Some(Rank::PRIMARY))]),
            format!("nl {:?} {:?}", Action::Update, [(Change::Modify, None::<Rank>), (Change::Add, None)]),
        ];
        assert_eq!(told, want);
        assert_eq!(found.left_out, []);
    }

    #[test]
    fn a_line_that_is_not_certain_is_left_out_and_named() {
        let zoe = contact(1, "Zoe Martin", "zoe@registry.example");
        let other = Contact { phone: None, ..zoe.clone() };
        let nameless = Listed { name: None, ..listed(4, "nl", &contact(2, "A B", "a@registry.example")) };
        let nobodys =
            Listed { serves: Serves::Unsaid, ..listed(5, "nl", &contact(3, "C D", "c@registry.example")) };
        let theirs =
            [listed(1, "nl", &zoe), listed(2, "nl", &other), listed(3, "fr", &zoe), nameless, nobodys];
        let found = proposals(&theirs, &BTreeSet::from([tld("nl")]), &Roster::default());
        let told: Vec<String> =
            found.left_out.iter().map(|out| format!("{}: {}", out.at, out.points[0].why)).collect();
        assert_eq!(
            told,
            [
                "theirs.csv, line 2: theirs.csv, line 1 has the same address with other details",
                "theirs.csv, line 3: .fr does not belong to them",
                "theirs.csv, line 4: no name is told",
                "theirs.csv, line 5: no ccTLD is named",
            ]
        );
        assert_eq!(found.requests.iter().map(|request| request.contacts.len()).collect::<Vec<_>>(), [1]);
    }
}
