//! From what a mail asks to what would change in a ccTLD's entry, exactly, with every doubt.

use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::because::Warning;
use crate::domain::contact::{CONTACTS_END, CONTACTS_MAX, CONTACTS_WANTED, Contact, PersonName, Rank};
use crate::domain::digest::Digest;
use crate::domain::entry::Entry;
use crate::domain::policy::{Policy, Weighty};
use crate::domain::request::{Action, Change, Named, Request};
use crate::domain::tld::Tld;
use crate::domain::unclear::{About, Unclear};

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
    /// What turns one entry into another, where they differ.
    pub fn between(tld: Tld, before: Vec<Contact>, after: Vec<Contact>) -> Option<Self> {
        let action = actual_action(Action::Update, &before, &after);
        (before != after).then_some(Self { tld, action, before, after })
    }

    /// This change and then another of the same ccTLD, as one.
    #[must_use]
    pub fn followed_by(self, next: Self) -> Self {
        let action = if self.action == next.action { self.action } else { Action::Update };
        Self {
            tld: self.tld,
            action: actual_action(action, &self.before, &next.after),
            before: self.before,
            after: next.after,
        }
    }

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
    Reading(Unclear),
    /// The mail as a whole, or an answer to ours, is a person's to read.
    Mail(String),
    /// More contacts than a ccTLD may have.
    TooManyContacts {
        /// The ccTLD.
        tld: Tld,
        /// How many there would be.
        count: usize,
    },
    /// The address names a role.
    RoleAddress(Address),
    /// A contact's first address is at a provider at which anybody may be.
    FreeMail(Address),
    /// A new contact has no phone number.
    NoPhone {
        /// Who.
        name: PersonName,
        /// His address.
        email: Address,
    },
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
    /// Who is meant does not quite fit the entry, or the entry would be odd.
    Person(String),
    /// Nothing would change, and the requester may not be told that.
    NothingChanges,
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
    /// Somebody objects to a change of this ccTLD that was made: its entry is frozen until a person has ruled on that.
    Frozen {
        /// The ccTLD.
        tld: Tld,
        /// The case whose change it is.
        case: String,
    },
    /// Somebody who was told of the change objects to it.
    Contested(Address),
    /// A listed contact asks for more than his own details.
    NotHisOwn(Tld),
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
    /// Who had to be asked did not answer in time.
    NoAnswer(Address),
}

impl Doubt {
    /// Whether the change can go on as it was planned if the secretariat says so. Where it would break the entry, or
    /// where nothing can be carried out, only a new request helps.
    pub fn can_be_overruled(&self) -> bool {
        match self {
            Self::Reading(_)
            | Self::Mail(_)
            | Self::RoleAddress(_)
            | Self::FreeMail(_)
            | Self::NoPhone { .. }
            | Self::NotListed { .. }
            | Self::Person(_)
            | Self::NoContactLeft(_)
            | Self::OtherRequestOpen { .. }
            | Self::Frozen { .. }
            | Self::Contested(_)
            | Self::NotHisOwn(_)
            | Self::Unproven(_)
            | Self::AnsweredByOther(_)
            | Self::AnswerUnclear(_)
            | Self::Undeliverable { .. }
            | Self::ListRefused(_)
            | Self::NoAnswer(_)
            | Self::IanaChanged(_) => true,
            Self::TooManyContacts { count, .. } => *count <= CONTACTS_END,
            Self::RankTwice { .. }
            | Self::BadDetail(_)
            | Self::NothingChanges
            | Self::EntryChanged(_)
            | Self::NoAdminContact(_) => false,
        }
    }

    /// Whether the policy may ask for two people to overrule it.
    pub fn weighs(&self) -> Option<Weighty> {
        let heavy = [
            (matches!(self, Self::Unproven(_)), Weighty::Unproven),
            (matches!(self, Self::RoleAddress(_)), Weighty::RoleAddress),
            (matches!(self, Self::NoContactLeft(_)), Weighty::NoContactLeft),
            (matches!(self, Self::NotHisOwn(_)), Weighty::NotHisOwn),
            (matches!(self, Self::IanaChanged(_)), Weighty::IanaChanged),
            (matches!(self, Self::TooManyContacts { .. }), Weighty::TooManyContacts),
            (matches!(self, Self::FreeMail(_)), Weighty::FreeMail),
            (matches!(self, Self::NoPhone { .. }), Weighty::NoPhone),
        ];
        heavy.into_iter().find_map(|(is, weighty)| is.then_some(weighty))
    }

    /// The same for a mail to the secretariat, which does not show the lines that it names.
    pub fn told(&self) -> String {
        if let Self::Reading(unclear) = self { unclear.told() } else { self.words() }
    }

    /// The same in words for the secretariat.
    pub fn words(&self) -> String {
        match self {
            Self::Reading(unclear) => unclear.to_string(),
            Self::Mail(why) | Self::BadDetail(why) | Self::Person(why) | Self::Unproven(why) => why.clone(),
            Self::NothingChanges => {
                "nothing would change; its sender is no contact, so he is not told who is listed".to_owned()
            }
            Self::TooManyContacts { tld, count } => {
                let end = format!("; nobody can allow more than {CONTACTS_END}");
                let end = if *count > CONTACTS_END { end.as_str() } else { "" };
                format!("{} would have {count} contacts; {CONTACTS_MAX} are allowed{end}", tld.for_people())
            }
            Self::RoleAddress(address) => format!("{address} looks like a role, not a person"),
            Self::FreeMail(address) => {
                format!(
                    "{address} is at a provider where anybody may have a mailbox; it proves no tie to a registry"
                )
            }
            Self::NoPhone { name, .. } => format!("{name} has no phone number"),
            Self::NotListed { tld, who } => format!("{who} is not listed for {}", tld.for_people()),
            Self::RankTwice { tld, rank } => format!("two contacts of {} would be {rank}", tld.for_people()),
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
            Self::NotHisOwn(tld) => format!(
                "its sender is a contact of {} and asks for more than his own details",
                tld.for_people()
            ),
            Self::OtherRequestOpen { tld, case } => {
                format!("another request for {} is still open: {case}", tld.for_people())
            }
            Self::Frozen { tld, case } => format!(
                "somebody objects to the last change of {}; it is better to rule on {case} first",
                tld.for_people()
            ),
            Self::Contested(by) => format!("the change is made, and {by} objects to it"),
            Self::AnsweredByOther(address) => format!("the answer came from {address}, who was not asked"),
            Self::AnswerUnclear(address) => {
                format!("{address} answered twice without a plain yes or no; the question stays open")
            }
            Self::Undeliverable { recipient, reason } => {
                format!("our mail to {recipient} could not be delivered: {reason}")
            }
            Self::ListRefused(reason) => format!("the mailing list did not take the change: {reason}"),
            Self::NoAnswer(who) => format!("{who} did not answer in time"),
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
///
/// Who is new, or has a new first address, is asked at that address. Other details of a contact who stays are confirmed
/// by the admin contact alone, and the contact is told: a second address or a number only stands in the repository.
pub fn plan(request: &Request, tld: &Tld, before: &[Contact], policy: &Policy) -> Plan {
    let mut entry = Entry::new(tld, before);
    if request.action == Action::Remove && request.contacts.is_empty() {
        entry.clear();
    }
    if request.replace_all {
        entry.keep_only(&request.contacts);
    }
    if let Some(places) = request.swaps {
        entry.swap(places);
    }
    let of = |change: Change| request.contacts.iter().filter(move |named| named.change == change);
    of(Change::Remove).for_each(|named| entry.remove(named));
    of(Change::Modify).for_each(|named| entry.modify(named));
    of(Change::Add).for_each(|named| entry.add(named));
    let (after, mut doubts) = entry.finish(policy);
    doubts.extend(contradictions(&request.contacts));
    if !request.replace_all {
        doubts.extend(request.contacts.iter().filter(|named| says_nothing(named)).map(what_changes));
    }
    let warnings = warnings(tld, before, &after);
    let action = actual_action(request.action, before, &after);
    Plan {
        change: EntryChange { tld: tld.clone(), action, before: before.to_vec(), after },
        doubts,
        warnings,
    }
}

/// Somebody who is to leave and to come by one mail.
fn contradictions(contacts: &[Named]) -> Vec<Doubt> {
    let leaves = |email: &Address| {
        contacts.iter().any(|one| one.change == Change::Remove && one.email.as_ref() == Some(email))
    };
    let stay =
        contacts.iter().filter(|one| one.change != Change::Remove).filter_map(|one| one.email.as_ref());
    let both = stay.filter(|email| leaves(email));
    both.map(|email| Doubt::Person(format!("{email} is named to leave and to stay"))).collect()
}

/// A change of somebody of whom only the address is said, by which he is known: what is to be of it was not understood, so
/// nobody may hear that it is so already.
fn says_nothing(named: &Named) -> bool {
    named.change == Change::Modify
        && named.name.is_none()
        && named.secondary_email.is_none()
        && named.phone.is_none()
        && named.rank.is_none()
        && named.replaces.is_none()
        && named.drops.is_empty()
}

fn what_changes(named: &Named) -> Doubt {
    let who = named.email.as_ref().map(ToString::to_string);
    Doubt::Reading(Unclear::with(About::WhatChanges, who))
}

fn warnings(tld: &Tld, before: &[Contact], after: &[Contact]) -> Vec<String> {
    let few = after.len() < CONTACTS_WANTED && !after.is_empty() && after != before;
    let text = Warning::OneContact(tld.for_people()).to_string();
    if few { vec![text] } else { Vec::new() }
}

/// A subscription of a ccTLD that has contacts is still a subscription; one that changes contacts is an update.
fn actual_action(asked: Action, before: &[Contact], after: &[Contact]) -> Action {
    let kept = before.iter().all(|contact| after.contains(contact));
    let nobody_new = after.iter().all(|contact| before.contains(contact));
    match (kept, nobody_new) {
        (true, true) => asked,
        (true, false) => Action::Subscribe,
        (false, true) => Action::Remove,
        (false, false) => Action::Update,
    }
}
