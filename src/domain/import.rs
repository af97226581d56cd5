//! What comes of persons whom other registers list: who is taken in as he is, who is not certain and why, who is refused.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::address::Address;
use crate::domain::contact::{Contact, PersonName, Rank, Roster};
use crate::domain::entrance::Entrance;
use crate::domain::exemption::{Exempt, Exemption, Rule};
use crate::domain::listed::{Decision, Listed, Point, Serves, Weight};
use crate::domain::plain::on_one_line;
use crate::domain::plan::EntryChange;
use crate::domain::policy::{Policy, WithoutPhone};
use crate::domain::tld::Tld;

/// What an import is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The contacts as they are.
    pub roster: &'a Roster,
    /// All exemptions.
    pub exemptions: &'a [Exemption],
    /// The rules' settings.
    pub policy: &'a Policy,
    /// When.
    pub now: Timestamp,
}

/// What becomes of somebody.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// He comes in as a contact.
    Taken,
    /// He comes in as somebody on the list without a ccTLD.
    Liaison,
    /// He is in the store already, with these details.
    Same,
    /// Another line says the same, or adds to it.
    Repeated,
    /// Somebody must say that it is right.
    Unsure,
    /// Something has to be mended first.
    Refused,
    /// Somebody has decided to leave him out.
    Skipped,
}

impl Standing {
    /// Its word in a plan.
    pub fn word(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Liaison => "liaison",
            Self::Same => "in the store",
            Self::Repeated => "repeated",
            Self::Unsure => "unsure",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
        }
    }
}

/// One person for one ccTLD, or for none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Item {
    /// As he is listed; what other lines add is in it.
    pub person: Listed,
    /// The ccTLD.
    pub tld: Option<Tld>,
    /// His place: as told, or else the one that is proposed.
    pub rank: Option<Rank>,
    /// What becomes of him.
    pub standing: Standing,
    /// Why, where it is not plain.
    pub points: Vec<Point>,
}

/// All of it, in the order of the files.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ImportPlan {
    /// A person and ccTLD each.
    pub items: Vec<Item>,
    /// The entries that would change, as they are and as they become.
    pub changes: Vec<EntryChange>,
    /// Who would be on the list without a ccTLD: whom the exemptions are for, and why.
    pub liaisons: Vec<(Address, String)>,
}

impl ImportPlan {
    /// The plan for these persons.
    pub fn new(listed: &[Listed], ground: &Ground<'_>) -> Self {
        let mut items: Vec<Item> = listed.iter().flat_map(items_of).collect();
        for item in &mut items {
            check_alone(item, ground);
        }
        meet_again(&mut items);
        check_one_name(&mut items);
        let mut by_tld: BTreeMap<Tld, Vec<usize>> = BTreeMap::new();
        for (place, item) in items.iter().enumerate().filter(|(_, item)| item.is_live()) {
            if let Some(tld) = &item.tld {
                by_tld.entry(tld.clone()).or_default().push(place);
            }
        }
        for (tld, places) in &by_tld {
            Entrance { tld, before: ground.roster.contacts(tld), places, ground }.check(&mut items);
        }
        items.iter_mut().for_each(Item::settle);
        let mut plan = Self { items, ..Self::default() };
        for tld in by_tld.keys() {
            plan.changes.extend(plan.change(tld, ground.roster));
        }
        plan.liaisons = plan.new_liaisons();
        plan
    }

    /// How many have this standing.
    pub fn count(&self, standing: Standing) -> usize {
        self.of(standing).count()
    }

    /// Those of this standing.
    pub fn of(&self, standing: Standing) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.standing == standing)
    }

    /// Whether it would change anything.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.liaisons.is_empty()
    }

    /// Whether somebody has to look at a line of it.
    pub fn needs_person(&self) -> bool {
        self.count(Standing::Unsure) + self.count(Standing::Refused) > 0
    }

    fn change(&self, tld: &Tld, roster: &Roster) -> Option<EntryChange> {
        let before = roster.contacts(tld).to_vec();
        let mut after = before.clone();
        let coming = self.of(Standing::Taken).filter(|item| item.tld.as_ref() == Some(tld));
        after.extend(coming.filter_map(Item::contact));
        after.sort_by_key(|contact| contact.rank);
        EntryChange::between(tld.clone(), before, after)
    }

    fn new_liaisons(&self) -> Vec<(Address, String)> {
        let mut found: Vec<(Address, String)> = Vec::new();
        for item in self.of(Standing::Liaison) {
            let Some(email) = &item.person.email else { continue };
            if found.iter().all(|(known, _)| known != email) {
                let name = item.person.name.clone().unwrap_or_default();
                found.push((email.clone(), format!("{name}, without a ccTLD in {}", item.person.at)));
            }
        }
        found
    }
}

impl Item {
    /// Whether it counts: nobody left it out, and no other line says the same.
    fn is_live(&self) -> bool {
        !matches!(self.standing, Standing::Skipped | Standing::Repeated)
    }

    /// Gives him a point more, once.
    pub(in crate::domain) fn doubt(&mut self, point: Point) {
        if !self.points.contains(&point) {
            self.points.push(point);
        }
    }

    /// What his points, and what somebody decided, come to.
    fn settle(&mut self) {
        if self.standing != Standing::Taken {
            return;
        }
        let weight = self.points.iter().map(|point| point.weight).max();
        let liaison = self.tld.is_none();
        self.standing = match (weight, self.person.decision) {
            (Some(Weight::Refused), _) => Standing::Refused,
            (Some(Weight::Unsure), Decision::Open | Decision::Skip) => Standing::Unsure,
            (Some(Weight::Unsure) | None, _) if liaison => Standing::Liaison,
            (Some(Weight::Unsure) | None, _) => Standing::Taken,
        };
    }

    /// The contact that he becomes; none where something is missing.
    pub fn contact(&self) -> Option<Contact> {
        Some(Contact {
            rank: self.rank?,
            name: self.person.name.as_deref()?.parse().ok()?,
            email: self.person.email.clone()?,
            secondary_email: self.person.second.clone(),
            phone: self.person.phone.clone(),
        })
    }
}

fn items_of(person: &Listed) -> Vec<Item> {
    let standing = if person.decision == Decision::Skip { Standing::Skipped } else { Standing::Taken };
    let item = |tld: Option<Tld>, rank| Item {
        person: person.clone(),
        tld,
        rank,
        standing,
        points: person.points.clone(),
    };
    if person.decision == Decision::Liaison || person.places().is_empty() {
        return vec![item(None, None)];
    }
    person.places().iter().map(|(tld, rank)| item(Some(tld.clone()), *rank)).collect()
}

/// What is to be said of him whoever else is listed.
fn check_alone(item: &mut Item, ground: &Ground<'_>) {
    let person = item.person.clone();
    let name = person.name.as_deref().map(str::parse::<PersonName>);
    match name {
        None => item.doubt(Point::refused("no name is told", "write the person's name")),
        Some(Err(error)) => item.doubt(Point::refused(error.to_string(), "write the person's name")),
        Some(Ok(_)) => {}
    }
    let Some(email) = &person.email else {
        item.doubt(Point::refused("no e-mail address is told", "write the person's own address"));
        return;
    };
    let Some(tld) = item.tld.clone() else {
        check_liaison(item, email, ground);
        return;
    };
    let spared = |rule: Rule, address: &Address| {
        let stands = |one: &Exemption| one.from == rule && one.stands(ground.now);
        ground.exemptions.iter().any(|one| stands(one) && one.is_for(address, &tld))
    };
    for address in std::iter::once(email).chain(&person.second) {
        if ground.policy.is_role(address) && !spared(Rule::Role, address) {
            item.doubt(Point::refused(
                format!("{address} is the address of a role"),
                format!("write a person's own address, or allow it: tldops exempt add {address} --from role --until-ended --why \"…\""),
            ));
        }
    }
    if ground.policy.is_free_mail(email) && !spared(Rule::FreeMail, email) {
        let why = format!("{email} is at a provider at which anybody may be");
        item.doubt(Point::unsure(why, "write an address at the registry, or say that it is right"));
    }
    let may_lack = ground.policy.without_phone == WithoutPhone::Accept || spared(Rule::NoPhone, email);
    if person.phone.is_none() && !may_lack {
        item.doubt(Point::refused(
            "no phone number is told",
            format!("write it as in +31612345678, or allow it: tldops exempt add {email} --from no-phone --until-ended --why \"…\""),
        ));
    }
}

/// Somebody without a ccTLD is one more reader of a confidential list: that must be said, by the register or by a person.
fn check_liaison(item: &mut Item, email: &Address, ground: &Ground<'_>) {
    let known = ground.exemptions.iter().any(|one| {
        one.from == Rule::NoCctld
            && one.stands(ground.now)
            && matches!(&one.whom, Exempt::Address(address) if address == email)
    });
    let lists = ground.roster.iter().any(|(_, contacts)| contacts.iter().any(|one| one.has(email)));
    if item.standing == Standing::Skipped {
        return;
    }
    if known {
        item.standing = Standing::Same;
        return;
    }
    if lists {
        let why = format!("no ccTLD is named, and {email} is a contact in the store");
        item.doubt(Point::refused(why, "write the ccTLD, or leave the line out"));
    } else if item.person.decision == Decision::Take {
        let why = "it is to be taken, and nothing tells for which ccTLD";
        item.doubt(Point::refused(why, "write the ccTLD, or `liaison` in the first column"));
    } else if item.person.serves != Serves::NoCctld && item.person.decision != Decision::Liaison {
        let cure =
            "write the ccTLD, or `liaison` in the first column for somebody who is on the list without one";
        item.doubt(Point::unsure("no ccTLD is named", cure));
    }
}

/// Two lines of one address and ccTLD are one person: each may tell what the other leaves out, and neither may contradict.
fn meet_again(items: &mut [Item]) {
    let mut first: BTreeMap<(Option<Tld>, Address), usize> = BTreeMap::new();
    for place in 0..items.len() {
        let Some(item) = items.get(place).filter(|item| item.is_live()).cloned() else { continue };
        let Some(email) = item.person.email.clone() else { continue };
        let known = *first.entry((item.tld.clone(), email)).or_insert(place);
        let Some(other) = items.get(known).filter(|_| known != place).cloned() else { continue };
        let met = joined(&other, &item);
        let (at, other_at) = (item.person.at.clone(), other.person.at.clone());
        if let Some(met) = met {
            if let Some(slot) = items.get_mut(known) {
                *slot = met;
            }
            if let Some(slot) = items.get_mut(place) {
                slot.standing = Standing::Repeated;
                slot.points = vec![Point::unsure(
                    format!("the same person stands in {other_at}"),
                    "nothing is to be done",
                )];
            }
            continue;
        }
        for (place, elsewhere) in [(known, at), (place, other_at)] {
            if let Some(slot) = items.get_mut(place) {
                let why = format!("{elsewhere} has the same address with other details");
                slot.doubt(Point::refused(why, "make the two lines agree, or leave one out"));
            }
        }
    }
}

/// Two lines as one; none where they contradict each other.
fn joined(one: &Item, other: &Item) -> Option<Item> {
    fn agree<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
        one.zip(other).is_none_or(|(one, other)| one == other)
    }
    let (a, b) = (&one.person, &other.person);
    let same = match (&a.name, &b.name) {
        (Some(one), Some(other)) => is_same_name(one, other),
        (Some(_) | None, Some(_) | None) => true,
    };
    let agree = agree(a.phone.as_ref(), b.phone.as_ref())
        && agree(a.second.as_ref(), b.second.as_ref())
        && agree(one.rank.as_ref(), other.rank.as_ref());
    if !same || !agree {
        return None;
    }
    let phone = a.phone.clone().or_else(|| b.phone.clone());
    let second = a.second.clone().or_else(|| b.second.clone());
    let rank = one.rank.or(other.rank);
    let name = a.name.clone().or_else(|| b.name.clone());
    // What is not certain in one line is so in the whole; what one lacks the other may have brought.
    let mut points = one.points.clone();
    points.extend(other.points.iter().filter(|point| !one.points.contains(point)).cloned());
    points.retain(|point| !(point.why == NO_PHONE && phone.is_some()));
    let decision = if a.decision == Decision::Open { b.decision } else { a.decision };
    let person = Listed { name, second, phone, decision, ..a.clone() };
    Some(Item { person, rank, points, ..one.clone() })
}

/// How [`check_alone`] says that somebody has no number.
const NO_PHONE: &str = "no phone number is told";

/// One address has one name, whichever its ccTLD.
fn check_one_name(items: &mut [Item]) {
    let mut names: BTreeMap<Address, (String, usize)> = BTreeMap::new();
    for place in 0..items.len() {
        let Some(item) = items.get(place).filter(|item| item.is_live()) else { continue };
        let (Some(email), Some(name)) = (item.person.email.clone(), item.person.name.clone()) else {
            continue;
        };
        let at = item.person.at.to_string();
        let (known, first) = names.entry(email.clone()).or_insert((name.clone(), place)).clone();
        if is_same_name(&known, &name) {
            continue;
        }
        let elsewhere = items.get(first).map(|item| item.person.at.to_string()).unwrap_or_default();
        for (place, other, at) in [(place, &known, &elsewhere), (first, &name, &at)] {
            if let Some(slot) = items.get_mut(place) {
                let why = format!("{email} is the address of {other} in {at}");
                slot.doubt(Point::refused(why, "give each person his own address"));
            }
        }
    }
}

/// Whether two spellings are one name: case, order of its words, and signs that a list cannot keep do not count.
pub fn is_same_name(one: &str, other: &str) -> bool {
    folded(one) == folded(other)
}

fn folded(name: &str) -> Vec<String> {
    let parting = |c: char| if c.is_ascii_punctuation() && c != '\'' { ' ' } else { c };
    let plain: String = on_one_line(name).chars().map(parting).collect();
    let mut words: Vec<String> = plain.split_whitespace().map(str::to_lowercase).collect();
    words.sort();
    words
}

#[cfg(test)]
mod tests {
    use super::{Ground, ImportPlan, Standing};
    use crate::domain::contact::{Contact, Phone, Rank, Roster};
    use crate::domain::exemption::{Exemption, Rule};
    use crate::domain::listed::{Decision, Listed, Serves};
    use crate::domain::policy::Policy;

    fn listed(name: &str, email: &str, rank: Option<u8>) -> Listed {
        let rank = rank.map(|rank| Rank::try_from(rank).unwrap());
        Listed {
            name: Some(name.to_owned()),
            email: Some(email.parse().unwrap()),
            phone: Some(Phone::try_from("+31622479105".to_owned()).unwrap()),
            serves: Serves::Cctlds(vec![("nl".parse().unwrap(), rank)]),
            ..Listed::default()
        }
    }

    fn roster(contacts: &[(u8, &str, &str)]) -> Roster {
        let contact = |(rank, name, email): &(u8, &str, &str)| Contact {
            rank: Rank::try_from(*rank).unwrap(),
            name: name.parse().unwrap(),
            email: email.parse().unwrap(),
            secondary_email: None,
            phone: Some(Phone::try_from("+31622479105".to_owned()).unwrap()),
        };
        let mut roster = Roster::default();
        roster.set("nl".parse().unwrap(), contacts.iter().map(contact).collect());
        roster
    }

    #[track_caller]
    fn check(people: &[Listed], before: &Roster, exemptions: &[Exemption], want: &[Standing]) -> ImportPlan {
        let policy = Policy::default();
        let now = "2026-11-20T12:00:00Z".parse().unwrap();
        let plan = ImportPlan::new(people, &Ground { roster: before, exemptions, policy: &policy, now });
        assert_eq!(plan.items.iter().map(|item| item.standing).collect::<Vec<_>>(), want, "{:?}", plan.items);
        plan
    }

    #[test]
    fn the_store_is_never_written_over() {
        let before = roster(&[(1, "Ann Bee", "ann@nic.example")]);
        let other = |mut one: Listed| {
            one.phone = Some(Phone::try_from("+31622479106".to_owned()).unwrap());
            Listed { decision: Decision::Take, ..one }
        };
        check(&[listed("Bee Ann", "Ann@nic.example", Some(1))], &before, &[], &[Standing::Same]);
        check(&[other(listed("Ann Bee", "ann@nic.example", Some(1)))], &before, &[], &[Standing::Refused]);
        check(&[listed("Ann Bee", "ann@home.example", Some(2))], &before, &[], &[Standing::Refused]);
        let bob = listed("Bob Cee", "bob@nic.example", Some(2));
        check(std::slice::from_ref(&bob), &before, &[], &[Standing::Unsure]);
        let plan = check(&[Listed { decision: Decision::Take, ..bob }], &before, &[], &[Standing::Taken]);
        let [change] = plan.changes.as_slice() else { panic!("{plan:?}") };
        assert_eq!((change.before.len(), change.after.len()), (1, 2));
    }

    #[test]
    fn lines_that_contradict_each_other_are_refused_and_those_that_agree_are_one() {
        let none = Roster::default();
        let ann = listed("Ann Bee", "ann@nic.example", Some(1));
        let silent = Listed { phone: None, ..listed("Ann Bee", "ann@nic.example", None) };
        let plan = check(&[silent, ann.clone()], &none, &[], &[Standing::Taken, Standing::Repeated]);
        assert_eq!(plan.changes[0].after[0].rank, Rank::PRIMARY);
        let other = listed("Zoe Martin", "ann@nic.example", Some(2));
        check(&[ann.clone(), other], &none, &[], &[Standing::Refused, Standing::Refused]);
        let two = [ann, listed("Bob Cee", "bob@nic.example", Some(1))];
        check(&two, &none, &[], &[Standing::Refused, Standing::Refused]);
    }

    #[test]
    fn what_an_exemption_allows_comes_in() {
        let none = Roster::default();
        let exempt = |whom: &str, from: Rule| Exemption {
            whom: whom.parse().unwrap(),
            from,
            by: "kim".to_owned(),
            why: "a staff of two".to_owned(),
            since: "2026-11-01T09:00:00Z".parse().unwrap(),
            until: None,
        };
        let noc = listed("North Centre", "noc@nic.example", Some(1));
        check(std::slice::from_ref(&noc), &none, &[], &[Standing::Refused]);
        check(&[noc], &none, &[exempt("noc@nic.example", Rule::Role)], &[Standing::Taken]);
        let four: Vec<Listed> = (1..=4)
            .map(|n: u8| {
                listed(
                    &format!("Ann {}", "abcd".chars().nth(n.into()).unwrap_or('x')),
                    &format!("p{n}@nic.example"),
                    Some(n.min(3)),
                )
            })
            .collect();
        check(&four, &none, &[], &[Standing::Refused; 4]);
        check(&four, &none, &[exempt(".nl", Rule::ThreeContacts)], &[Standing::Taken; 4]);
        let kim = Listed { serves: Serves::NoCctld, ..listed("Kim Root", "kim@iana.example", None) };
        let plan = check(std::slice::from_ref(&kim), &none, &[], &[Standing::Liaison]);
        assert_eq!((plan.liaisons.len(), plan.changes.len()), (1, 0));
        check(&[kim], &none, &[exempt("kim@iana.example", Rule::NoCctld)], &[Standing::Same]);
    }
}
