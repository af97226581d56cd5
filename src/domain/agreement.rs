//! Who must agree to a case, and who has.

use crate::domain::address::Address;
use crate::domain::case::{Case, Step};
use crate::domain::contact::Contact;
use crate::domain::plan::EntryChange;

impl Case {
    /// The one contact who may decide on all of it: he whom IANA's record of every single ccTLD names. None where a
    /// record is missing, or names somebody else.
    pub fn sole_admin(&self) -> Option<&Address> {
        let admin = self.admin.as_ref()?;
        let complete = !self.changes.is_empty() && self.changes.len() == self.registry.len();
        let decides = self.changes.iter().zip(&self.registry).all(|(change, record)| {
            change.tld == record.tld && self.office.address_in(record) == Some(admin)
        });
        (complete && decides).then_some(admin)
    }

    /// The contacts whose address is new to a ccTLD: each proves that he reads it, and agrees to be listed.
    pub fn new_contacts(&self) -> impl Iterator<Item = &Contact> {
        self.changes.iter().flat_map(EntryChange::added)
    }

    /// Whether this address is one of theirs.
    pub fn is_new_contact(&self, address: &Address) -> bool {
        self.new_contacts().any(|contact| contact.email == *address)
    }

    /// Whether this person has agreed to this step.
    pub fn has_agreed(&self, step: Step, who: &Address) -> bool {
        self.consents.iter().any(|consent| consent.step == step && consent.who == *who)
    }

    /// Whether the admin contact has agreed: from then on the others who are concerned may know of it.
    pub fn admin_has_agreed(&self) -> bool {
        self.admin.as_ref().is_some_and(|admin| self.has_agreed(Step::Admin, admin))
    }
}
