//! What another system's contacts would change in ours: proposals, which whoever must agree is asked about as ever.

use crate::domain::contact::{Contact, Roster};
use crate::domain::request::{Action, Change, Named, Request};
use crate::domain::tld::Tld;

/// Proposals of one import at the most: each asks an admin contact, and a mistaken file must not ask all of them.
pub const PROPOSALS_MAX: usize = 50;

/// What would change, a request a ccTLD, in their order. Nobody is ever taken off by it: that somebody is missing elsewhere
/// says nothing.
pub fn proposals(theirs: &Roster, ours: &Roster) -> Vec<Request> {
    theirs.iter().filter_map(|(tld, contacts)| proposal(tld, contacts, ours.contacts(tld))).collect()
}

fn proposal(tld: &Tld, theirs: &[Contact], ours: &[Contact]) -> Option<Request> {
    let contacts: Vec<Named> = theirs.iter().filter_map(|contact| named(contact, ours)).collect();
    let adds = contacts.iter().all(|one| one.change == Change::Add);
    let action = if adds { Action::Subscribe } else { Action::Update };
    let tld = Some(tld.clone());
    (!contacts.is_empty()).then_some(Request { action, tld, contacts, replace_all: false, swaps: None })
}

/// A contact who is new, or has other details; a detail that they lack is not taken away. Whose place is another one is
/// not told by it: places are each list's own.
fn named(theirs: &Contact, ours: &[Contact]) -> Option<Named> {
    let known = ours.iter().find(|own| own.has(&theirs.email));
    let change = if known.is_some() { Change::Modify } else { Change::Add };
    let differs = known.is_none_or(|own| {
        own.name != theirs.name
            || theirs.phone.as_ref().is_some_and(|phone| own.phone.as_ref() != Some(phone))
            || theirs.secondary_email.as_ref().is_some_and(|second| !own.has(second))
    });
    differs.then(|| Named {
        change,
        name: Some(theirs.name.to_string()),
        email: Some(known.map_or_else(|| theirs.email.clone(), |own| own.email.clone())),
        secondary_email: theirs
            .secondary_email
            .clone()
            .filter(|second| known.is_none_or(|own| !own.has(second))),
        phone: theirs.phone.clone(),
        rank: known.is_none().then_some(theirs.rank),
        replaces: None,
        drops: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::proposals;
    use crate::domain::contact::{Phone, Roster};
    use crate::domain::request::{Action, Change};
    use crate::domain::tests_sample::{contact, entry, tld};

    #[test]
    fn what_is_new_or_different_is_proposed_and_nobody_is_taken_off() {
        let mut ours = Roster::default();
        ours.set(tld("nl"), entry());
        let mut theirs = Roster::default();
        let mut jane = entry().remove(0);
        theirs.set(tld("nl"), vec![jane.clone()]);
        assert_eq!(proposals(&theirs, &ours), []);
        jane.phone = Some(Phone::try_from("+31207777777".to_owned()).unwrap());
        theirs.set(tld("nl"), vec![jane, contact(2, "Zoe Martin", "zoe@registry.example")]);
        theirs.set(tld("fr"), vec![contact(1, "Ivan Petit", "ivan@registry.example")]);
        let found = proposals(&theirs, &ours);
        let told: Vec<(&str, Action, Vec<Change>)> = found
            .iter()
            .map(|one| {
                (
                    one.tld.as_ref().unwrap().as_str(),
                    one.action,
                    one.contacts.iter().map(|c| c.change).collect(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("fr", Action::Subscribe, vec![Change::Add]),
                ("nl", Action::Update, vec![Change::Modify, Change::Add]),
            ]
        );
    }
}
