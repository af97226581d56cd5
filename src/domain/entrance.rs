//! The way into one ccTLD's entry: whether those who are listed for it fit with each other, and with whom the store has.

use crate::domain::address::Address;
use crate::domain::contact::{CONTACTS_END, CONTACTS_MAX, Contact, Phone, Rank};
use crate::domain::exemption::{Exempt, Exemption, Rule};
use crate::domain::import::{Ground, Item, Standing, is_same_name};
use crate::domain::listed::{Listed, Point};
use crate::domain::tld::Tld;

/// Persons of one ccTLD who are compared with each other: of more, which no ccTLD has, each is refused anyway.
const COMPARED_MAX: usize = 50;

/// The way into one ccTLD's entry.
pub(in crate::domain) struct Entrance<'a> {
    /// The ccTLD.
    pub(in crate::domain) tld: &'a Tld,
    /// Its contacts as they are.
    pub(in crate::domain) before: &'a [Contact],
    /// Who is listed for it: places among the items.
    pub(in crate::domain) places: &'a [usize],
    /// What it is compared with.
    pub(in crate::domain) ground: &'a Ground<'a>,
}

impl Entrance<'_> {
    /// Doubts whatever does not fit with the others, or with the store.
    pub(in crate::domain) fn check(&self, items: &mut [Item]) {
        for place in self.places {
            if let Some(item) = items.get_mut(*place) {
                self.meet_the_store(item);
            }
        }
        self.check_size(items);
        if self.coming(items).len() <= COMPARED_MAX {
            self.propose_ranks(items);
            self.check_ranks(items);
            self.check_sharing(items);
        }
    }

    /// Those who would come.
    fn coming<'i>(&self, items: &'i [Item]) -> Vec<(usize, &'i Item)> {
        let found = self.places.iter().filter_map(|place| Some((*place, items.get(*place)?)));
        found.filter(|(_, item)| item.standing == Standing::Taken).collect()
    }

    /// What the store has is never written over: whoever is there changes by a request, which is confirmed.
    fn meet_the_store(&self, item: &mut Item) {
        let Some(email) = item.person.email.clone() else { return };
        let tld = self.tld.for_people();
        if let Some(contact) = self.before.iter().find(|contact| contact.email == email) {
            if agrees(contact, item) {
                item.standing = Standing::Same;
                item.points.clear();
            } else {
                let why = format!("the store has {contact} for {tld}");
                let cure = "leave the line out, or have the contact ask for the change by mail";
                item.doubt(Point::refused(why, cure));
            }
            return;
        }
        let name = item.person.name.clone().unwrap_or_default();
        let same = |contact: &&Contact| contact.has(&email) || is_same_name(contact.name.as_str(), &name);
        if let Some(contact) = self.before.iter().find(same) {
            let why = format!("the store has {contact} for {tld}: the same person, with another address");
            let cure = "leave the line out, or have the contact ask for the change by mail";
            item.doubt(Point::refused(why, cure));
        } else if !self.before.is_empty() {
            let why = format!("the store has contacts of {tld}, and not this one, who may have left");
            item.doubt(Point::unsure(
                why,
                "ask the admin contact, then say that it is right, or leave it out",
            ));
        }
    }

    /// Who has no place is offered the first free one.
    fn propose_ranks(&self, items: &mut [Item]) {
        let coming: Vec<usize> = self.coming(items).into_iter().map(|(place, _)| place).collect();
        let mut taken: Vec<Rank> = self.before.iter().map(|contact| contact.rank).collect();
        taken.extend(coming.iter().filter_map(|place| items.get(*place)?.rank));
        for place in coming {
            let Some(item) = items.get_mut(place).filter(|item| item.rank.is_none()) else { continue };
            let free = Rank::all().find(|rank| !taken.contains(rank));
            item.rank = free.or_else(|| Rank::all().last());
            taken.extend(item.rank);
            let offered = item.rank.map(|rank| rank.to_string()).unwrap_or_default();
            let why = format!("no place among the contacts is told; {offered} would be free");
            item.doubt(Point::unsure(why, "write 1, 2 or 3"));
        }
    }

    fn check_ranks(&self, items: &mut [Item]) {
        if self.may_have_more() {
            return;
        }
        let mut clashes = Vec::new();
        for (place, item) in self.coming(items) {
            let Some(rank) = item.rank else { continue };
            let there = self.before.iter().find(|contact| contact.rank == rank).map(ToString::to_string);
            let comes =
                self.coming(items).into_iter().find(|(other, one)| *other != place && one.rank == Some(rank));
            let whom = there
                .or_else(|| comes.map(|(_, one)| format!("{} in {}", one.person.called(), one.person.at)));
            if let Some(whom) = whom {
                clashes.push((place, rank, whom));
            }
        }
        for (place, rank, whom) in clashes {
            if let Some(item) = items.get_mut(place) {
                let why = format!("{rank} of {} is also {whom}", self.tld.for_people());
                item.doubt(Point::refused(why, "give each contact a place of his own"));
            }
        }
    }

    fn may_have_more(&self) -> bool {
        let whole = |one: &Exemption| matches!(&one.whom, Exempt::Tld(tld) if tld == self.tld);
        let stands = |one: &&Exemption| one.from == Rule::ThreeContacts && one.stands(self.ground.now);
        self.ground.exemptions.iter().filter(stands).any(whole)
    }

    fn check_size(&self, items: &mut [Item]) {
        let coming: Vec<usize> = self.coming(items).into_iter().map(|(place, _)| place).collect();
        let count = self.before.len() + coming.len();
        let most = if self.may_have_more() { CONTACTS_END } else { CONTACTS_MAX };
        if count <= most {
            return;
        }
        let tld = self.tld.for_people();
        for place in coming {
            if let Some(item) = items.get_mut(place) {
                let why = format!("{tld} would have {count} contacts, and may have {most}");
                item.doubt(Point::refused(why, "leave out those who are too many"));
            }
        }
    }

    /// An address that two share tells nobody apart.
    fn check_sharing(&self, items: &mut [Item]) {
        let mut shared = Vec::new();
        for (place, item) in self.coming(items) {
            let of = |item: &Item| -> Vec<Address> {
                item.person.email.iter().chain(&item.person.second).cloned().collect()
            };
            let own = of(item);
            let there = self.before.iter().find(|contact| own.iter().any(|one| contact.has(one)));
            let comes = self
                .coming(items)
                .into_iter()
                .find(|(other, one)| *other != place && of(one).iter().any(|address| own.contains(address)));
            let whom =
                there.map(|one| one.name.to_string()).or_else(|| comes.map(|(_, one)| one.person.called()));
            shared.extend(whom.map(|whom| (place, whom)));
        }
        for (place, whom) in shared {
            if let Some(item) = items.get_mut(place) {
                let why = format!("he shares an address with {whom}");
                item.doubt(Point::unsure(why, "give each person his own address, or say that it is right"));
            }
        }
    }
}

/// Whether the store says of him all that the line says.
fn agrees(contact: &Contact, item: &Item) -> bool {
    let Listed { name, second, phone, .. } = &item.person;
    let agree = |phone: &Phone| contact.phone.as_ref() == Some(phone);
    name.as_ref().is_none_or(|name| is_same_name(contact.name.as_str(), name))
        && second.as_ref().is_none_or(|second| contact.secondary_email.as_ref() == Some(second))
        && phone.as_ref().is_none_or(agree)
        && item.rank.is_none_or(|rank| contact.rank == rank)
}
