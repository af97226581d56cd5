//! Where in the store each address stands, and stood: what a comparison asks for each difference is looked for once.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::address::Address;
use crate::domain::contact::Contact;
use crate::domain::reconciliation::Standard;
use crate::domain::tld::Tld;

/// The store by its addresses.
pub(in crate::domain) struct Known<'a> {
    pub(in crate::domain) standard: &'a Standard<'a>,
    /// The contacts with an address, one of each ccTLD.
    now: BTreeMap<&'a Address, Vec<(&'a Tld, &'a Contact)>>,
    /// The ccTLDs whose entries ever had it.
    ever: BTreeMap<&'a Address, BTreeSet<&'a Tld>>,
}

impl<'a> Known<'a> {
    pub(in crate::domain) fn of(standard: &'a Standard<'a>) -> Self {
        let mut now: BTreeMap<&Address, Vec<(&Tld, &Contact)>> = BTreeMap::new();
        for (tld, contacts) in standard.roster.iter() {
            for contact in contacts {
                for address in contact.addresses() {
                    let places = now.entry(address).or_default();
                    if places.last().is_none_or(|(last, _)| *last != tld) {
                        places.push((tld, contact));
                    }
                }
            }
        }
        let mut ever: BTreeMap<&Address, BTreeSet<&Tld>> = BTreeMap::new();
        for written in standard.past.iter() {
            for address in written.contacts.iter().flat_map(Contact::addresses) {
                ever.entry(address).or_default().insert(&written.tld);
            }
        }
        Self { standard, now, ever }
    }

    /// His contacts of these ccTLDs in the store.
    pub(in crate::domain) fn contacts_of(&self, address: &Address) -> &[(&'a Tld, &'a Contact)] {
        self.now.get(address).map(Vec::as_slice).unwrap_or_default()
    }

    /// The ccTLDs whose entries ever had it; none where none had.
    pub(in crate::domain) fn tlds_ever(&self, address: &Address) -> Option<&BTreeSet<&'a Tld>> {
        self.ever.get(address)
    }
}
