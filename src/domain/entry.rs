//! The entry of one ccTLD while a change of it is being planned: what does not fit becomes a doubt, never a guess.

use crate::domain::address::Address;
use crate::domain::contact::{CONTACTS_MAX, Contact, PersonName, Rank};
use crate::domain::plan::Doubt;
use crate::domain::policy::{Policy, WithoutPhone};
use crate::domain::request::{Change, Detail, Named};
use crate::domain::tld::Tld;

/// An entry, its contacts as they were and as they become.
pub(in crate::domain) struct Entry<'a> {
    tld: &'a Tld,
    before: &'a [Contact],
    contacts: Vec<Contact>,
    doubts: Vec<Doubt>,
}

impl<'a> Entry<'a> {
    pub(in crate::domain) fn new(tld: &'a Tld, before: &'a [Contact]) -> Self {
        Self { tld, before, contacts: before.to_vec(), doubts: Vec::new() }
    }

    /// Everybody leaves.
    pub(in crate::domain) fn clear(&mut self) {
        self.contacts.clear();
    }

    /// Everybody leaves but those who are named to come or to stay.
    pub(in crate::domain) fn keep_only(&mut self, named: &[Named]) {
        let stays =
            |contact: &Contact| named.iter().any(|one| one.change != Change::Remove && names(one, contact));
        self.contacts.retain(stays);
    }

    /// The contacts of two places exchange them. Nobody is named, so each place must have exactly one.
    pub(in crate::domain) fn swap(&mut self, places: [Rank; 2]) {
        for rank in places {
            if self.contacts.iter().filter(|contact| contact.rank == rank).count() != 1 {
                let tld = self.tld.for_people();
                self.doubts.push(Doubt::BadDetail(format!(
                    "two contacts are to exchange places, and {tld} has nobody, or more than one, at {rank}"
                )));
                return;
            }
        }
        let [one, other] = places;
        for contact in &mut self.contacts {
            if contact.rank == one {
                contact.rank = other;
            } else if contact.rank == other {
                contact.rank = one;
            }
        }
    }

    pub(in crate::domain) fn remove(&mut self, named: &Named) {
        match self.person(named) {
            Person::At(place) => {
                if let (Some(email), Some(contact)) = (&named.email, self.contacts.get(place))
                    && !contact.has(email)
                {
                    self.doubts.push(Doubt::Person(format!(
                        "{} is listed with {}, and the mail names {email}",
                        contact.name, contact.email
                    )));
                }
                self.contacts.remove(place);
            }
            Person::Unclear(doubt) => self.doubts.push(doubt),
            Person::Nowhere if self.has_left(named) => {}
            Person::Nowhere => self.not_listed(named),
        }
    }

    pub(in crate::domain) fn modify(&mut self, named: &Named) {
        let former = named.replaces.as_ref();
        let place = match former.and_then(|former| by_key(&self.contacts, former)) {
            Some(place) => Person::At(place),
            None => self.person(named),
        };
        match place {
            Person::At(place) => {
                if let Some(former) = former.filter(|former| by_key(&self.contacts, former) != Some(place)) {
                    self.doubts.push(Doubt::NotListed { tld: self.tld.clone(), who: former.clone() });
                }
                self.drop_details(place, named);
                self.set_details(place, named);
            }
            Person::Unclear(doubt) => self.doubts.push(doubt),
            Person::Nowhere => self.not_listed(named),
        }
    }

    pub(in crate::domain) fn add(&mut self, named: &Named) {
        let place = named.replaces.as_ref().and_then(|former| self.make_room(former, named.email.as_ref()));
        let (Some(email), Some(written)) = (&named.email, &named.name) else {
            self.doubts
                .push(Doubt::BadDetail("the name or the address of a new contact is missing".to_owned()));
            return;
        };
        let Ok(name) = written.parse::<PersonName>() else {
            self.doubts.push(Doubt::BadDetail(format!("`{written}` is not a person's name")));
            return;
        };
        if let Some(listed) = self.contacts.iter().position(|contact| contact.email == *email) {
            self.add_again(listed, named, &name);
            return;
        }
        if let Some(other) =
            by_name(&self.contacts, name.as_str()).first().and_then(|i| self.contacts.get(*i))
        {
            self.doubts.push(Doubt::Person(format!(
                "{} is listed already, with {}; {email} would be a second entry",
                other.name, other.email
            )));
        }
        let rank = named.rank.or(place).unwrap_or_else(|| self.free_rank());
        let secondary_email = named.secondary_email.clone().filter(|second| second != email);
        let phone = named.phone.clone();
        self.contacts.push(Contact { rank, name, email: email.clone(), secondary_email, phone });
    }

    /// The contacts as they become, in the order of their ranks, with every doubt.
    pub(in crate::domain) fn finish(mut self, policy: &Policy) -> (Vec<Contact>, Vec<Doubt>) {
        self.contacts.sort_by_key(|contact| contact.rank);
        self.check_size();
        self.check_ranks();
        self.check_roles(policy);
        self.check_free_mail(policy);
        self.check_phones(policy);
        self.check_sharing();
        (self.contacts, self.doubts)
    }

    /// The person replaced leaves, and his rank becomes free. One who left already by this request leaves it as well.
    fn make_room(&mut self, former: &str, email: Option<&Address>) -> Option<Rank> {
        if let Some(place) = by_key(&self.contacts, former) {
            let himself = self.contacts.get(place).is_some_and(|contact| Some(&contact.email) == email);
            return if himself { None } else { Some(self.contacts.remove(place).rank) };
        }
        let left = by_key(self.before, former).and_then(|place| self.before.get(place));
        if left.is_none() {
            self.doubts.push(Doubt::NotListed { tld: self.tld.clone(), who: former.to_owned() });
        }
        left.map(|contact| contact.rank).filter(|rank| self.contacts.iter().all(|one| one.rank != *rank))
    }

    /// Somebody who is listed already is to come: his details are set, his name stays. Another name, or other details than the same mail
    /// gave before, are a doubt.
    fn add_again(&mut self, place: usize, named: &Named, name: &PersonName) {
        let Some(contact) = self.contacts.get(place).cloned() else { return };
        if !is_same_name(&contact.name, name) {
            let (email, listed) = (&contact.email, &contact.name);
            self.doubts.push(Doubt::Person(format!(
                "{email} is the address of {listed}, and the mail names {name}"
            )));
        }
        self.set_details(place, &Named { name: None, ..named.clone() });
        let of_this_mail = self.before.iter().all(|one| one.email != contact.email);
        if of_this_mail && self.contacts.get(place) != Some(&contact) {
            self.doubts
                .push(Doubt::Person(format!("{} is named twice, with different details", contact.email)));
        }
    }

    /// Takes away what he is to have no more. An address that the mail names as the second one, and that is his first, stays.
    fn drop_details(&mut self, place: usize, named: &Named) {
        let Some(contact) = self.contacts.get_mut(place) else { return };
        for detail in &named.drops {
            match detail {
                Detail::SecondaryEmail => {
                    if named.replaces.as_deref().and_then(|former| former.parse().ok()).as_ref()
                        == Some(&contact.email)
                    {
                        self.doubts.push(Doubt::BadDetail(format!(
                            "{} is the first address of {}, and the mail asks to drop it as his second one",
                            contact.email, contact.name
                        )));
                    } else {
                        contact.secondary_email = None;
                    }
                }
            }
        }
    }

    fn set_details(&mut self, place: usize, named: &Named) {
        let Some(contact) = self.contacts.get_mut(place) else { return };
        if let Some(email) = &named.email {
            let second = contact.secondary_email.as_ref() == Some(email);
            // An address that is somebody's second one tells who he is; it takes the first place only if the mail says so.
            if *email != contact.email && (!second || named.replaces.is_some()) {
                contact.email = email.clone();
            }
        }
        if let Some(second) = &named.secondary_email {
            contact.secondary_email = Some(second.clone());
        }
        if contact.secondary_email.as_ref() == Some(&contact.email) {
            contact.secondary_email = None;
        }
        if let Some(phone) = &named.phone {
            contact.phone = Some(phone.clone());
        }
        if let Some(rank) = named.rank {
            contact.rank = rank;
        }
        if let Some(written) = &named.name {
            match written.parse() {
                Ok(name) if is_same_name(&contact.name, &name) => {}
                Ok(name) => contact.name = name,
                Err(_) => self.doubts.push(Doubt::BadDetail(format!("`{written}` is not a person's name"))),
            }
        }
    }

    /// The first rank that nobody has; the last one where all are taken, which then is a doubt anyway.
    fn free_rank(&self) -> Rank {
        let taken = |rank: &Rank| self.contacts.iter().any(|contact| contact.rank == *rank);
        Rank::all().find(|rank| !taken(rank)).or_else(|| Rank::all().last()).unwrap_or(Rank::PRIMARY)
    }

    /// The one contact whom address and name mean together. Where they mean two, or a name two, nobody is meant.
    fn person(&self, named: &Named) -> Person {
        let address = named.email.as_ref().and_then(|email| by_address(&self.contacts, email));
        let by_name = named.name.as_ref().map(|name| by_name(&self.contacts, name)).unwrap_or_default();
        let who = named.name.as_deref().unwrap_or_default();
        match (address, by_name.as_slice()) {
            (Some(place), [other]) if place != *other => {
                let email = named.email.as_ref().map(Address::lower).unwrap_or_default();
                Person::Unclear(Doubt::BadDetail(format!("{who} and {email} are two different contacts")))
            }
            (Some(place), _) => Person::At(place),
            (None, [place]) => Person::At(*place),
            (None, []) => Person::Nowhere,
            (None, [_, _, ..]) => Person::Unclear(Doubt::BadDetail(format!("two contacts are named {who}"))),
        }
    }

    /// Whether this request has taken him out already.
    fn has_left(&self, named: &Named) -> bool {
        self.before.iter().any(|contact| names(named, contact))
    }

    fn not_listed(&mut self, named: &Named) {
        let who = named.email.as_ref().map(Address::lower).or_else(|| named.name.clone());
        let who = who.or_else(|| named.replaces.clone()).unwrap_or_else(|| "somebody unnamed".to_owned());
        self.doubts.push(Doubt::NotListed { tld: self.tld.clone(), who });
    }

    fn check_size(&mut self) {
        let count = self.contacts.len();
        let comes =
            self.contacts.iter().any(|contact| self.before.iter().all(|old| old.email != contact.email));
        if count > CONTACTS_MAX && comes {
            self.doubts.insert(0, Doubt::TooManyContacts { tld: self.tld.clone(), count });
        }
    }

    /// A rank that the mail states for one contact and that another keeps: the other moves only if the mail says so.
    fn check_ranks(&mut self) {
        let twice = |contacts: &[Contact], rank| contacts.iter().filter(|one| one.rank == rank).count() > 1;
        if self.contacts.len() > CONTACTS_MAX {
            return;
        }
        for rank in Rank::all().filter(|rank| twice(&self.contacts, *rank) && !twice(self.before, *rank)) {
            self.doubts.push(Doubt::RankTwice { tld: self.tld.clone(), rank });
        }
    }

    /// Every address that was not listed before must be a person's, first and second ones alike.
    fn check_roles(&mut self, policy: &Policy) {
        let addresses = self.contacts.iter().flat_map(Contact::addresses);
        let fresh = addresses.filter(|address| !self.before.iter().any(|contact| contact.has(address)));
        let roles: Vec<Doubt> =
            fresh.filter(|address| policy.is_role(address)).cloned().map(Doubt::RoleAddress).collect();
        self.doubts.extend(roles);
    }

    /// A first address that was not listed before must be of somebody who can be told from anybody. A second one is there for
    /// the day on which the first fails, and is best at another provider.
    fn check_free_mail(&mut self, policy: &Policy) {
        let fresh = self.contacts.iter().map(|contact| &contact.email);
        let fresh = fresh.filter(|address| !self.before.iter().any(|contact| contact.has(address)));
        let found: Vec<Doubt> =
            fresh.filter(|address| policy.is_free_mail(address)).cloned().map(Doubt::FreeMail).collect();
        self.doubts.extend(found);
    }

    /// In an incident a mail is often what does not arrive: who comes must have a number, and who is there keeps one.
    fn check_phones(&mut self, policy: &Policy) {
        if policy.without_phone == WithoutPhone::Accept {
            return;
        }
        let was = |contact: &Contact| {
            let same = |old: &&Contact| old.email == contact.email || old.name == contact.name;
            self.before.iter().filter(same).any(|old| old.phone.is_none())
        };
        let without = self.contacts.iter().filter(|contact| contact.phone.is_none() && !was(contact));
        let found: Vec<Doubt> = without
            .map(|contact| Doubt::NoPhone { name: contact.name.clone(), email: contact.email.clone() })
            .collect();
        self.doubts.extend(found);
    }

    /// An address belongs to one person: two contacts may not have one first address, and should not share any.
    fn check_sharing(&mut self) {
        let mut doubts = Vec::new();
        for (place, one) in self.contacts.iter().enumerate() {
            for other in self.contacts.iter().skip(place + 1) {
                if self.before.contains(one) && self.before.contains(other) {
                    continue;
                }
                if one.email == other.email {
                    doubts
                        .push(Doubt::BadDetail(format!("two contacts would have the address {}", one.email)));
                } else if let Some(shared) = one.addresses().find(|address| other.has(address)) {
                    let (one, other) = (&one.name, &other.name);
                    doubts.push(Doubt::Person(format!(
                        "{one} and {other} would both have the address {shared}"
                    )));
                }
            }
        }
        self.doubts.extend(doubts);
    }
}

/// Whom a mail means.
enum Person {
    At(usize),
    Nowhere,
    Unclear(Doubt),
}

/// Whether the mail means this contact: by an address of his, by his name, or by what he was before.
fn names(named: &Named, contact: &Contact) -> bool {
    let by_address = named.email.as_ref().is_some_and(|email| contact.has(email));
    let by_name = |name: &String| fold(name) == fold(contact.name.as_str());
    let former = named.replaces.as_ref().filter(|_| named.change == Change::Modify);
    let by_former = former.is_some_and(|key| by_key(std::slice::from_ref(contact), key).is_some());
    by_address || by_former || (named.change != Change::Add && named.name.as_ref().is_some_and(by_name))
}

/// The contact that a key means: an address, or a name that only one has.
fn by_key(contacts: &[Contact], key: &str) -> Option<usize> {
    match key.parse::<Address>() {
        Ok(address) => by_address(contacts, &address),
        Err(_) => match by_name(contacts, key).as_slice() {
            [place] => Some(*place),
            [] | [_, _, ..] => None,
        },
    }
}

/// The contact of this first address, or else the only one with this second address.
fn by_address(contacts: &[Contact], address: &Address) -> Option<usize> {
    let first = contacts.iter().position(|contact| contact.email == *address);
    first.or_else(|| {
        let mut with = contacts.iter().enumerate().filter(|(_, contact)| contact.has(address));
        let (one, another) = (with.next(), with.next());
        one.filter(|_| another.is_none()).map(|(place, _)| place)
    })
}

/// The contacts of this name.
fn by_name(contacts: &[Contact], name: &str) -> Vec<usize> {
    let folded = fold(name);
    let same = contacts.iter().enumerate().filter(|(_, contact)| fold(contact.name.as_str()) == folded);
    same.map(|(place, _)| place).collect()
}

fn is_same_name(one: &PersonName, other: &PersonName) -> bool {
    fold(one.as_str()) == fold(other.as_str())
}

/// A name without case and with its words in order, so that two spellings of it meet.
fn fold(name: &str) -> String {
    let mut words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    words.sort();
    words.join(" ")
}
