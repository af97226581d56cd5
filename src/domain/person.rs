//! What one person says counts for all of him.
//!
//! A contact of several ccTLDs changes his details once, and an admin contact whose request is proven may be spared the
//! question.

use crate::domain::address::Address;
use crate::domain::admission::{Admission, View};
use crate::domain::agreement::office_of;
use crate::domain::authority::{decider_of, record_of};
use crate::domain::case::{Case, Consent, Role, Step};
use crate::domain::contact::Contact;
use crate::domain::evidence::{Signed, Verdict};
use crate::domain::free_mail::is_free_mail;
use crate::domain::opening::add_change;
use crate::domain::plan::EntryChange;
use crate::domain::policy::Policy;
use crate::domain::registry::Office;
use crate::domain::request::{Action, Change, Detail, Named, Request};
use crate::domain::tld::Tld;

/// A contact's change of his own details is one case, whoever the admin contacts of his ccTLDs are, and is proposed for all
/// ccTLDs that list him with this address. Other cases stay as they are.
pub(in crate::domain) fn as_one_person(cases: Vec<Case>, view: &View, policy: &Policy) -> Vec<Case> {
    let (own, mut others): (Vec<Case>, Vec<Case>) =
        cases.into_iter().partition(|case| case.is_his_own() && case.doubts.is_empty());
    let mut own = own.into_iter();
    let Some(mut case) = own.next() else { return others };
    for other in own {
        case.reading.requests.extend(other.reading.requests);
        case.changes.extend(other.changes);
        case.registry.extend(other.registry);
        case.warnings.extend(other.warnings);
    }
    let asked: Vec<Tld> = others.iter().flat_map(Case::tlds).cloned().collect();
    add_other_entries(&mut case, &asked, view, policy);
    case.admin = office_of(&case.registry, Office::Admin);
    others.push(case);
    others
}

/// What he asks for one ccTLD, for the others as well. A ccTLD about which IANA is silent now, or that another request is
/// about, be it in the same mail, is left out: he reads that his entry there is another one.
fn add_other_entries(case: &mut Case, asked: &[Tld], view: &View, policy: &Policy) {
    let Some((old, new)) = case.changes.iter().find_map(|change| himself(change, &case.requester.address))
    else {
        return;
    };
    let listed = view.roster.iter().filter(|(_, contacts)| contacts.iter().any(|one| one.email == old.email));
    let others: Vec<&Tld> = listed.map(|(tld, _)| tld).collect();
    for tld in others {
        let known = case.tlds().any(|one| one == tld);
        let can_be_told = record_of(tld, view).is_some() && decider_of(tld, Office::Admin, view).is_some();
        let busy = asked.contains(tld) || view.open.iter().any(|open| open.blocks(case, tld));
        if known || !can_be_told || busy {
            continue;
        }
        add_change(case, &the_same(&old, &new, tld), tld, view, policy);
        // An entry that is so already is no change.
        if case.changes.last().is_some_and(|change| change.tld == *tld && change.before == change.after) {
            case.changes.pop();
            case.registry.pop();
        }
    }
    let mut seen = Vec::new();
    case.doubts.retain(|doubt| {
        let fresh = !seen.contains(doubt);
        seen.push(doubt.clone());
        fresh
    });
}

/// The contact who asks, as he was and as he becomes.
fn himself(change: &EntryChange, asker: &Address) -> Option<(Contact, Contact)> {
    let old = change.before.iter().find(|contact| contact.has(asker))?;
    let new = change.after.iter().find(|contact| contact.rank == old.rank && contact.name == old.name)?;
    (old != new).then(|| (old.clone(), new.clone()))
}

/// The same change of one person, as a request for another ccTLD: what he did not ask for stays there as it is.
fn the_same(old: &Contact, new: &Contact, tld: &Tld) -> Request {
    let moved = old.email != new.email;
    let other_second = old.secondary_email != new.secondary_email;
    let named = Named {
        change: Change::Modify,
        name: None,
        email: Some(new.email.clone()),
        secondary_email: new.secondary_email.clone().filter(|_| other_second),
        phone: new.phone.clone().filter(|_| old.phone != new.phone),
        rank: None,
        replaces: moved.then(|| old.email.to_string()),
        drops: if other_second && new.secondary_email.is_none() {
            vec![Detail::SecondaryEmail]
        } else {
            Vec::new()
        },
    };
    Request {
        action: Action::Update,
        tld: Some(tld.clone()),
        contacts: vec![named],
        replace_all: false,
        swaps: None,
    }
}

/// Where the policy spares the admin contact a question whose answer his signed request is, that mail is his consent. Only
/// where nothing else is in it: one case, without any doubt, and from an address that no provider gives to everybody.
pub(in crate::domain) fn waived(admission: Admission, policy: &Policy) -> Admission {
    let Admission::Open(mut cases) = admission else { return admission };
    if let [case] = cases.as_mut_slice() {
        let consent = consent_of_request(case, policy);
        case.consents.extend(consent);
    }
    Admission::Open(cases)
}

/// The same for a case that was looked at anew.
pub(in crate::domain) fn waived_for(mut case: Case, policy: &Policy) -> Case {
    let consent = consent_of_request(&case, policy);
    case.consents.extend(consent);
    case
}

fn consent_of_request(case: &Case, policy: &Policy) -> Option<Consent> {
    let requester = &case.requester;
    let spared = case.changes.iter().all(|change| case.procedure(change, policy).waived);
    let plain = case.doubts.is_empty() && case.reading.missing.is_empty();
    let proven = requester.role == Role::Admin
        && requester.proof.verdict == Verdict::Authenticated
        && requester.proof.signed == Signed::Well;
    let who = case.sole_admin().filter(|admin| **admin == requester.address)?;
    let anybody = policy.is_free_mail(who) || is_free_mail(who);
    (spared && plain && proven && !anybody).then(|| Consent {
        step: Step::Admin,
        who: who.clone(),
        at: case.opened,
        mail: requester.mail,
        proof: "was not asked, since the request itself is signed and the policy takes it for the yes"
            .to_owned(),
    })
}
