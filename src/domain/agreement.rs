//! Who must agree to a case, and who has.

use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::case::{Case, Role, Step};
use crate::domain::contact::{Contact, PersonName};
use crate::domain::evidence::Verdict;
use crate::domain::plan::EntryChange;
use crate::domain::policy::Policy;
use crate::domain::procedure::{Deed, Procedure, Proven, Who, Whose, new_seconds, procedure_of};
use crate::domain::registry::{IanaRecord, Office};

/// Somebody without whose yes nothing is changed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Required {
    /// What he must agree to.
    pub step: Step,
    /// Where he is asked.
    pub who: Address,
    /// His name, for the salutation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
}

impl Case {
    /// Who must agree, in the order in which they are asked: who decides on the ccTLDs, then all others at once. Cases
    /// that were opened before they kept it need the admin contact and each new contact.
    pub fn must_agree(&self) -> Vec<Required> {
        if !self.required.is_empty() {
            return self.required.clone();
        }
        let admin = self.admin.iter().map(|who| Required { step: Step::Admin, who: who.clone(), name: None });
        admin.chain(self.new_contacts().map(new_contact)).collect()
    }

    /// Those of them who have not agreed yet.
    pub fn lacking(&self) -> Vec<Required> {
        let mut lacking = self.must_agree();
        lacking.retain(|one| !self.has_agreed(one.step, &one.who));
        lacking
    }

    /// Whether this person is one of them, for this step.
    pub fn needs(&self, step: Step, who: &Address) -> bool {
        self.must_agree().iter().any(|one| one.step == step && one.who == *who)
    }

    /// Who must agree to the changes that the case would make, by the rules.
    pub(in crate::domain) fn required_by(&self, policy: &Policy) -> Vec<Required> {
        let mut required: Vec<Required> = Vec::new();
        let mut add = |one: Required| {
            if !required.iter().any(|other| other.step == one.step && other.who == one.who) {
                required.push(one);
            }
        };
        let procedures: Vec<Procedure> =
            self.changes.iter().map(|change| self.procedure(change, policy)).collect();
        let needs = |procedure: &Procedure, who: Who| procedure.confirm.contains(&who);
        if procedures.iter().any(|one| needs(one, Who::Office)) {
            self.admin
                .iter()
                .for_each(|who| add(Required { step: Step::Admin, who: who.clone(), name: None }));
        }
        for (change, procedure) in self.changes.iter().zip(&procedures) {
            if needs(procedure, Who::Himself) {
                let own = change.before.iter().filter(|contact| contact.has(&self.requester.address));
                own.for_each(|contact| {
                    add(Required { step: Step::Own, ..new_contact(contact) });
                });
            }
            if needs(procedure, Who::NewAddress) {
                change.added().into_iter().for_each(|contact| add(new_contact(contact)));
            }
            if needs(procedure, Who::NewSecond) {
                new_seconds(change).for_each(|(contact, second)| {
                    let name = Some(contact.name.clone());
                    add(Required { step: Step::Address, who: second.clone(), name });
                });
            }
        }
        required
    }

    /// What follows from one of its changes.
    pub(in crate::domain) fn procedure(&self, change: &EntryChange, policy: &Policy) -> Procedure {
        let Self { requester, .. } = self;
        procedure_of(requester.role, change, &requester.address, Proven::of(&requester.proof), policy)
    }

    /// Whether a listed contact, proven, changes nothing but his own details: then who holds the office is told, and need
    /// not agree. Told from the changes themselves, so that no list of who must agree can say less.
    pub fn is_his_own(&self) -> bool {
        let Self { requester, changes, .. } = self;
        let own = |change: &EntryChange| {
            let leaves = |deed: &Deed| matches!(deed, Deed::RemoveOne | Deed::RemoveTld);
            Whose::of(change, &requester.address) == Whose::HisOwn && !Deed::of(change).iter().any(leaves)
        };
        requester.role == Role::Contact
            && requester.proof.verdict == Verdict::Authenticated
            && !changes.is_empty()
            && changes.iter().all(own)
    }

    /// The one contact who may decide on all of it: he whom IANA's record of every single ccTLD names. None where a
    /// record is missing, or names somebody else.
    pub fn sole_admin(&self) -> Option<&Address> {
        let admin = self.admin.as_ref()?;
        let decides = self.has_every_record()
            && self.registry.iter().all(|record| self.office.address_in(record) == Some(admin));
        decides.then_some(admin)
    }

    /// Whether there is IANA's record of every ccTLD that it would change.
    pub fn has_every_record(&self) -> bool {
        let same = self.changes.iter().zip(&self.registry).all(|(change, record)| change.tld == record.tld);
        same && !self.changes.is_empty() && self.changes.len() == self.registry.len()
    }

    /// Whether those who must agree can be asked: an admin contact only where he decides on all of it.
    pub fn can_be_asked(&self) -> bool {
        if self.is_his_own() { self.has_every_record() } else { self.sole_admin().is_some() }
    }

    /// The contacts whose address is new to a ccTLD: each proves that he reads it, and agrees to be listed.
    pub fn new_contacts(&self) -> impl Iterator<Item = &Contact> {
        self.changes.iter().flat_map(EntryChange::added)
    }

    /// Whether this person has agreed to this step.
    pub fn has_agreed(&self, step: Step, who: &Address) -> bool {
        self.consents.iter().any(|consent| consent.step == step && consent.who == *who)
    }

    /// Whether who decides has agreed, or need not: from then on the others who are concerned may know of it.
    pub fn office_is_settled(&self) -> bool {
        !self.lacking().iter().any(|one| one.step == Step::Admin)
            && (self.is_his_own() || self.admin.is_some())
    }
}

fn new_contact(contact: &Contact) -> Required {
    Required { step: Step::Contact, who: contact.email.clone(), name: Some(contact.name.clone()) }
}

/// The one address of who holds this office of all of these ccTLDs; none where there are several, or none.
pub(in crate::domain) fn office_of(records: &[IanaRecord], office: Office) -> Option<Address> {
    let mut addresses = records.iter().map(|record| office.address_in(record));
    let first = addresses.next()??;
    addresses.all(|other| other == Some(first)).then(|| first.clone())
}
