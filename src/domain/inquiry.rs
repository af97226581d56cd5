//! Who is answered that asks for contacts, and where: listed contacts alone, at the address that they are registered with.
//!
//! It is the service "Query" of the final report of 2015 (table 4), whose one role is that of the contacts: who is no more
//! than IANA's admin contact of a ccTLD learns nothing by it.

use std::collections::BTreeSet;

use crate::domain::address::Address;
use crate::domain::admission::{Admission, Arrival, View};
use crate::domain::asked::Asked;
use crate::domain::contact::{Contact, PersonName};
use crate::domain::evidence::Verdict;
use crate::domain::help::Help;
use crate::domain::tld::Tld;
use crate::domain::unclear::About;

/// A question of a listed contact.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Inquiry {
    /// Where the answer goes: his first address. From his second one he may ask, but what is confidential goes where the
    /// list reaches him, so that whoever has taken over the other mailbox gets nothing, and he hears of it.
    pub to: Address,
    /// His name.
    pub name: PersonName,
    /// The ccTLDs that he serves.
    pub tlds: Vec<Tld>,
    /// What he asks for.
    pub asked: Asked,
    /// Why a person should read his mail all the same; empty where nobody need.
    pub points: Vec<String>,
}

/// Decides on a mail that asks for contacts. What it asks for makes no difference to anybody who is not listed.
pub(in crate::domain) fn inquire(arrival: &Arrival, from: &Address, view: &View) -> Admission {
    if arrival.proof.verdict != Verdict::Authenticated {
        let says = "It asks for contacts, and is not proven to be from its sender, so nothing is answered.";
        return keep("query_unproven", says);
    }
    let listed: Vec<(&Tld, &Contact)> = view
        .roster
        .iter()
        .flat_map(|(tld, contacts)| contacts.iter().map(move |contact| (tld, contact)))
        .filter(|(_, contact)| contact.has(from))
        .collect();
    let firsts: BTreeSet<&Address> = match listed.iter().find(|(_, contact)| contact.email == *from) {
        Some((_, contact)) => BTreeSet::from([&contact.email]),
        None => listed.iter().map(|(_, contact)| &contact.email).collect(),
    };
    let (Some(to), Some((_, contact))) = (firsts.first(), listed.first()) else {
        let says = "It asks for contacts, which are for listed contacts alone.";
        return Admission::Help(Help::new(says, from, view));
    };
    if firsts.len() > 1 {
        return hold(
            "several contacts share the address that asks for contacts; please answer the one who asked",
        );
    }
    let Some(asked) = &arrival.reading.asked else {
        return hold("a listed contact asks for contacts, and not plainly for which; please answer him");
    };
    let doubts = &arrival.reading.doubts;
    if doubts.iter().any(|doubt| doubt.about != About::Incident) {
        return Admission::Hold(doubts.iter().map(ToString::to_string).collect());
    }
    Admission::Answer(Box::new(Inquiry {
        to: (*to).clone(),
        name: contact.name.clone(),
        tlds: listed.iter().map(|(tld, _)| (*tld).clone()).collect(),
        asked: asked.clone(),
        points: doubts.iter().map(ToString::to_string).collect(),
    }))
}

fn keep(event: &'static str, says: &str) -> Admission {
    Admission::Ignore { event, says: says.to_owned(), keep_for_person: true }
}

fn hold(why: &str) -> Admission {
    Admission::Hold(vec![why.to_owned()])
}
