//! From what a mail asks to what would change in a ccTLD's entry, exactly, with every doubt.

use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::contact::{CONTACTS_MAX, CONTACTS_WANTED, Contact, PersonName, Rank};
use crate::domain::digest::Digest;
use crate::domain::policy::Policy;
use crate::domain::request::{Action, Change, Named, Request};
use crate::domain::tld::Tld;

/// What a request does to the entry of one ccTLD: all that it was, all that it becomes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EntryChange {
    /// The ccTLD.
    pub tld: Tld,
    /// What it amounts to.
    pub action: Action,
    /// Its contacts when the change was planned.
    pub before: Vec<Contact>,
    /// Its contacts once it is applied.
    pub after: Vec<Contact>,
}

impl EntryChange {
    /// Contacts that come.
    pub fn added(&self) -> Vec<&Contact> {
        self.after.iter().filter(|contact| !has(&self.before, contact)).collect()
    }

    /// Contacts that go.
    pub fn removed(&self) -> Vec<&Contact> {
        self.before.iter().filter(|contact| !has(&self.after, contact)).collect()
    }

    /// Contacts that stay with other details: what they were, what they become.
    pub fn modified(&self) -> Vec<(&Contact, &Contact)> {
        let same = |old: &&Contact, new: &&Contact| old.email == new.email && old != new;
        self.before
            .iter()
            .flat_map(|old| self.after.iter().map(move |new| (old, new)))
            .filter(|(o, n)| same(o, n))
            .collect()
    }
}

fn has(contacts: &[Contact], one: &Contact) -> bool {
    contacts.iter().any(|contact| contact.email == one.email)
}

/// The digest of exactly these changes: a confirmation is bound to it.
pub fn digest(changes: &[EntryChange]) -> Digest {
    Digest::of(serde_json::to_string(changes).unwrap_or_default().as_bytes())
}

/// What a person must decide before a change goes on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The reading itself was unsure.
    Reading(String),
    /// More contacts than a ccTLD may have.
    TooManyContacts {
        /// The ccTLD.
        tld: Tld,
        /// How many there would be.
        count: usize,
    },
    /// The address names a role.
    RoleAddress(Address),
    /// Nobody of that name or address is listed.
    NotListed {
        /// The ccTLD.
        tld: Tld,
        /// Who was named.
        who: String,
    },
    /// Two contacts would have the same rank.
    RankTwice {
        /// The ccTLD.
        tld: Tld,
        /// The rank.
        rank: Rank,
    },
    /// The details of a contact cannot be used as they are.
    BadDetail(String),
    /// The ccTLD would have no contact left.
    NoContactLeft(Tld),
    /// The entry of the ccTLD was changed in the meantime.
    EntryChanged(Tld),
    /// IANA's record of the ccTLD changed between asking and applying.
    IanaChanged(Tld),
    /// IANA has no admin contact that could be asked.
    NoAdminContact(Tld),
    /// Another request for the same ccTLD is open.
    OtherRequestOpen {
        /// The ccTLD.
        tld: Tld,
        /// The other case.
        case: String,
    },
    /// The mail claims an authority that its proof does not bear out.
    Unproven(String),
    /// An answer came from another address than the one that was asked.
    AnsweredByOther(Address),
    /// An answer was neither yes nor no, twice.
    AnswerUnclear(Address),
    /// A mail to somebody who had to be asked could not be delivered.
    Undeliverable {
        /// Who was asked.
        recipient: Address,
        /// What the post said.
        reason: String,
    },
    /// The list did not take the change.
    ListRefused(String),
}

impl Doubt {
    /// The same in words for the secretariat.
    pub fn words(&self) -> String {
        match self {
            Self::Reading(why) => why.clone(),
            Self::TooManyContacts { tld, count } => {
                format!("{} would have {count} contacts; {CONTACTS_MAX} are allowed", tld.for_people())
            }
            Self::RoleAddress(address) => format!("{address} looks like a role, not a person"),
            Self::NotListed { tld, who } => format!("{who} is not listed for {}", tld.for_people()),
            Self::RankTwice { tld, rank } => format!("two contacts of {} would be {rank}", tld.for_people()),
            Self::BadDetail(why) => why.clone(),
            Self::NoContactLeft(tld) => format!("{} would have no contact left", tld.for_people()),
            Self::EntryChanged(tld) => {
                format!("the entry of {} was changed since the request was made", tld.for_people())
            }
            Self::IanaChanged(tld) => {
                format!("IANA's record of {} changed since the admin contact was asked", tld.for_people())
            }
            Self::NoAdminContact(tld) => {
                format!("IANA lists no address of an admin contact for {}", tld.for_people())
            }
            Self::OtherRequestOpen { tld, case } => {
                format!("another request for {} is still open: {case}", tld.for_people())
            }
            Self::Unproven(why) => why.clone(),
            Self::AnsweredByOther(address) => format!("the answer came from {address}, who was not asked"),
            Self::AnswerUnclear(address) => format!("{address} answered twice without a plain yes or no"),
            Self::Undeliverable { recipient, reason } => {
                format!("our mail to {recipient} could not be delivered: {reason}")
            }
            Self::ListRefused(reason) => format!("the mailing list did not take the change: {reason}"),
        }
    }
}

/// What planning a request for one ccTLD gives.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// The change; equal on both sides where nothing would change.
    pub change: EntryChange,
    /// What a person must decide before anybody is asked.
    pub doubts: Vec<Doubt>,
    /// What may be too little: told to whoever is asked.
    pub warnings: Vec<String>,
}

/// Plans what `request` does to the entry `before` of `tld`. Nothing is guessed: what does not fit is a doubt.
pub fn plan(request: &Request, tld: &Tld, before: &[Contact], policy: &Policy) -> Plan {
    let mut entry = Entry { tld, contacts: before.to_vec(), doubts: Vec::new() };
    if request.replace_all || (request.action == Action::Remove && request.contacts.is_empty()) {
        entry.contacts.clear();
    }
    for named in request.contacts.iter().filter(|named| named.change == Change::Remove) {
        entry.remove(named);
    }
    for named in request.contacts.iter().filter(|named| named.change == Change::Modify) {
        entry.modify(named);
    }
    for named in request.contacts.iter().filter(|named| named.change == Change::Add) {
        entry.add(named, policy);
    }
    entry.check_ranks();
    let Entry { mut contacts, mut doubts, .. } = entry;
    contacts.sort_by_key(|contact| contact.rank);
    if contacts.len() > CONTACTS_MAX {
        doubts.insert(0, Doubt::TooManyContacts { tld: tld.clone(), count: contacts.len() });
    }
    let warnings = warnings(tld, before, &contacts);
    let action = actual_action(request.action, before, &contacts);
    Plan {
        change: EntryChange { tld: tld.clone(), action, before: before.to_vec(), after: contacts },
        doubts,
        warnings,
    }
}

fn warnings(tld: &Tld, before: &[Contact], after: &[Contact]) -> Vec<String> {
    let few = after.len() < CONTACTS_WANTED && !after.is_empty() && after != before;
    let text = format!(
        "{} would then have one contact; two or three are better, so that one can always be reached.",
        tld.for_people()
    );
    if few { vec![text] } else { Vec::new() }
}

/// A subscription of a ccTLD that has contacts is still a subscription; one that changes contacts is an update.
fn actual_action(asked: Action, before: &[Contact], after: &[Contact]) -> Action {
    let goes = before.iter().any(|contact| !has(after, contact));
    let comes = after.iter().any(|contact| !has(before, contact));
    match (comes, goes) {
        (true, true) => Action::Update,
        (true, false) if before.iter().all(|contact| after.contains(contact)) => Action::Subscribe,
        (false, true) if after.iter().all(|contact| before.contains(contact)) => Action::Remove,
        (true | false, true | false) => {
            if comes || goes {
                Action::Update
            } else {
                asked
            }
        }
    }
}

/// An entry while it is being planned.
struct Entry<'a> {
    tld: &'a Tld,
    contacts: Vec<Contact>,
    doubts: Vec<Doubt>,
}

impl Entry<'_> {
    fn remove(&mut self, named: &Named) {
        match self.find(&[named.email.as_ref().map(Address::lower), named.name.clone()]) {
            Some(place) => {
                self.contacts.remove(place);
            }
            None => self.not_listed(named),
        }
    }

    fn modify(&mut self, named: &Named) {
        let keys = [named.replaces.clone(), named.email.as_ref().map(Address::lower), named.name.clone()];
        let Some(contact) = self.find(&keys).and_then(|place| self.contacts.get_mut(place)) else {
            self.not_listed(named);
            return;
        };
        let second_becomes_first = named.email.is_some() && named.email == contact.secondary_email;
        if let Some(email) = &named.email
            && !(second_becomes_first && named.replaces.is_none())
        {
            contact.email = email.clone();
        }
        if let Some(second) = &named.secondary_email {
            contact.secondary_email = Some(second.clone());
        }
        if let Some(phone) = &named.phone {
            contact.phone = Some(phone.clone());
        }
        if let Some(name) = named.name.as_ref().and_then(|name| name.parse().ok()) {
            contact.name = name;
        }
        if let Some(rank) = named.rank {
            contact.rank = rank;
        }
    }

    fn add(&mut self, named: &Named, policy: &Policy) {
        let mut place = None;
        if let Some(former) = &named.replaces {
            match self.find(&[Some(former.clone())]) {
                Some(index) => place = Some(self.contacts.remove(index).rank),
                None => self.doubts.push(Doubt::NotListed { tld: self.tld.clone(), who: former.clone() }),
            }
        }
        let (Some(email), Some(name)) = (named.email.clone(), named.name.as_ref()) else { return };
        if self.contacts.iter().any(|contact| contact.email == email) {
            self.modify(&Named { replaces: None, ..named.clone() });
            return;
        }
        let Ok(name) = name.parse::<PersonName>() else {
            self.doubts.push(Doubt::BadDetail(format!("`{name}` is not a person's name")));
            return;
        };
        if policy.is_role(&email) {
            self.doubts.push(Doubt::RoleAddress(email.clone()));
        }
        let rank = named.rank.or(place).unwrap_or_else(|| self.free_rank());
        self.contacts.push(Contact {
            rank,
            name,
            email,
            secondary_email: named.secondary_email.clone(),
            phone: named.phone.clone(),
        });
    }

    /// The first rank that nobody has; the last one where all are taken, which then is a doubt anyway.
    fn free_rank(&self) -> Rank {
        let taken = |rank: &Rank| self.contacts.iter().any(|contact| contact.rank == *rank);
        Rank::all().find(|rank| !taken(rank)).or_else(|| Rank::all().last()).unwrap_or(Rank::PRIMARY)
    }

    /// A rank that the mail states for one contact and that another keeps: the other moves only if the mail says so.
    fn check_ranks(&mut self) {
        if self.contacts.len() > CONTACTS_MAX {
            return;
        }
        for rank in Rank::all() {
            if self.contacts.iter().filter(|contact| contact.rank == rank).count() > 1 {
                self.doubts.push(Doubt::RankTwice { tld: self.tld.clone(), rank });
            }
        }
    }

    /// The one contact that a key names: by first or second address, or by name. Two of a name are no answer.
    fn find(&self, keys: &[Option<String>]) -> Option<usize> {
        keys.iter().flatten().find_map(|key| {
            let folded = fold(key);
            let address = key.parse::<Address>().ok();
            let matches = |contact: &Contact| match &address {
                Some(address) => {
                    contact.email == *address || contact.secondary_email.as_ref() == Some(address)
                }
                None => fold(contact.name.as_str()) == folded,
            };
            let mut found = self.contacts.iter().enumerate().filter(|(_, contact)| matches(contact));
            let (first, second) = (found.next(), found.next());
            first.filter(|_| second.is_none()).map(|(place, _)| place)
        })
    }

    fn not_listed(&mut self, named: &Named) {
        let who = named.email.as_ref().map(Address::lower).or_else(|| named.name.clone());
        let who = who.or_else(|| named.replaces.clone()).unwrap_or_else(|| "somebody unnamed".to_owned());
        self.doubts.push(Doubt::NotListed { tld: self.tld.clone(), who });
    }
}

/// A name without case and with its words in order, so that two spellings of it meet.
fn fold(name: &str) -> String {
    let mut words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    words.sort();
    words.join(" ")
}
