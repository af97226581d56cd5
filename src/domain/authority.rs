//! Who may speak for a ccTLD, and with which proof: the policy as a table.

use crate::domain::address::Address;
use crate::domain::admission::View;
use crate::domain::case::Role;
use crate::domain::contact::Contact;
use crate::domain::evidence::{Proof, Signed, Verdict};
use crate::domain::plan::EntryChange;
use crate::domain::policy::{Policy, TechnicalContact};
use crate::domain::registry::{IanaRecord, Office, RegistryAnswer};
use crate::domain::tld::Tld;

/// What must be proven of a mail before anybody is asked in its name. Whatever it is, the mail itself decides nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Need {
    /// A signature that holds.
    Proof,
    /// No signature at all will do, since the question goes to IANA's address; one that is broken will not.
    NoForgery,
    /// Nothing is done.
    Never,
}

/// What somebody may ask for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// Every change of the ccTLD's entry.
    Everything,
    /// What concerns himself; anything else is a doubt.
    OwnDetails,
    /// Nothing.
    Nothing,
}

/// One way in: what somebody may ask for, what proves it, and who is asked first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Way {
    /// Who writes.
    pub role: Role,
    /// What he may ask for.
    pub scope: Scope,
    /// What must be proven of his mail.
    pub need: Need,
    /// Whom the question goes to, at the address that IANA publishes.
    pub asked: Option<Office>,
}

const fn way(role: Role, scope: Scope, need: Need, asked: Option<Office>) -> Way {
    Way { role, scope, need, asked }
}

/// All ways in. ARCHITECTURE.md has the same table, and a test compares them.
pub const WAYS: [Way; 8] = [
    way(Role::Admin, Scope::Everything, Need::NoForgery, Some(Office::Admin)),
    way(Role::AdminCc, Scope::Everything, Need::NoForgery, Some(Office::Admin)),
    TECHNICAL_REFUSED,
    TECHNICAL_ASKED,
    TECHNICAL_ACCEPTED,
    way(Role::Contact, Scope::OwnDetails, Need::Proof, Some(Office::Admin)),
    way(Role::Secretariat, Scope::Everything, Need::Proof, Some(Office::Admin)),
    way(Role::None, Scope::Nothing, Need::Never, None),
];

const TECHNICAL_REFUSED: Way = way(Role::Technical, Scope::Nothing, Need::Never, None);
const TECHNICAL_ASKED: Way = way(Role::Technical, Scope::Everything, Need::Proof, Some(Office::Admin));
const TECHNICAL_ACCEPTED: Way = way(Role::Technical, Scope::Everything, Need::Proof, Some(Office::Technical));

/// The way in for a role. The policy chooses among those of the technical contact.
pub fn way_of(role: Role, policy: &Policy) -> Way {
    match (role, policy.technical_contact) {
        (Role::Technical, TechnicalContact::Refuse) => TECHNICAL_REFUSED,
        (Role::Technical, TechnicalContact::AskAdmin) => TECHNICAL_ASKED,
        (Role::Technical, TechnicalContact::Accept) => TECHNICAL_ACCEPTED,
        (Role::Admin | Role::AdminCc | Role::Contact | Role::Secretariat | Role::None, _) => {
            let nobody = way(role, Scope::Nothing, Need::Never, None);
            WAYS.into_iter().find(|way| way.role == role).unwrap_or(nobody)
        }
    }
}

/// Whether a role may ask for anything at all.
pub fn may_ask(role: Role, policy: &Policy) -> bool {
    way_of(role, policy).need != Need::Never
}

/// Who decides on a request. A technical contact decides only on what is proven to be his; else the admin contact is
/// asked, if a person lets it pass at all.
pub fn office_for(role: Role, proof: &Proof, policy: &Policy) -> Office {
    let proven = proof.verdict == Verdict::Authenticated;
    way_of(role, policy).asked.filter(|_| proven).unwrap_or_default()
}

/// Whether a change stays within what its requester may ask for.
pub fn is_within(role: Role, policy: &Policy, change: &EntryChange, requester: &Address) -> bool {
    match way_of(role, policy).scope {
        Scope::Everything => true,
        Scope::Nothing => false,
        Scope::OwnDetails => {
            let others = |contacts: &[Contact]| -> Vec<Contact> {
                contacts.iter().filter(|contact| !contact.has(requester)).cloned().collect()
            };
            let (before, after) = (others(&change.before), others(&change.after));
            // Whoever gives a new address leaves under the old one and comes under the new: one of the others is then
            // more, and he himself is gone.
            let moved = |new: &Contact| {
                let own = change.before.iter().find(|contact| contact.has(requester));
                own.is_some_and(|own| own.name == new.name && own.rank == new.rank)
            };
            let left = !change.after.iter().any(|contact| contact.has(requester));
            let fresh: Vec<&Contact> = after.iter().filter(|contact| !before.contains(contact)).collect();
            let kept = before.iter().all(|contact| after.contains(contact));
            kept && (fresh.is_empty() || (left && fresh.len() == 1 && fresh.iter().all(|new| moved(new))))
        }
    }
}

/// IANA's record of a ccTLD, as far as it could be read.
pub fn record_of<'a>(tld: &Tld, view: &'a View) -> Option<&'a IanaRecord> {
    match view.records.get(tld) {
        Some(RegistryAnswer::Found(record)) => Some(record.as_ref()),
        Some(RegistryAnswer::Absent | RegistryAnswer::Unreachable(_) | RegistryAnswer::Doubtful(_))
        | None => None,
    }
}

/// The address at IANA of who decides, where there is one that can be asked: we never ask ourselves.
pub fn decider_of<'a>(tld: &Tld, office: Office, view: &'a View) -> Option<&'a Address> {
    let decider = office.address_in(record_of(tld, view)?)?;
    (!view.is_own(decider)).then_some(decider)
}

/// What the sender is for a ccTLD, before his proof: the first role of the table that fits.
pub fn role_for(tld: &Tld, from: &Address, recipients: &[Address], view: &View) -> Role {
    let admin = decider_of(tld, Office::Admin, view);
    let technical = record_of(tld, view).and_then(|record| record.technical_email());
    if admin == Some(from) {
        Role::Admin
    } else if admin.is_some_and(|admin| recipients.contains(admin)) {
        Role::AdminCc
    } else if technical == Some(from) {
        Role::Technical
    } else if view.roster.tlds_of(from).contains(&tld) {
        Role::Contact
    } else if view.secretariat.contains(from) {
        Role::Secretariat
    } else {
        Role::None
    }
}

/// Whether a proof is enough for a role; else why not, in words for the secretariat.
///
/// # Errors
/// The reason why a person must look at it.
pub fn sufficient(role: Role, proof: &Proof, policy: &Policy) -> Result<(), String> {
    let need = way_of(role, policy).need;
    let why = || proof.reasons.first().cloned().unwrap_or_else(|| "no reason was given".to_owned());
    match (need, proof.verdict, proof.signed) {
        (Need::Never, _, _) => Err("its sender may not ask for this ccTLD".to_owned()),
        (Need::Proof | Need::NoForgery, Verdict::Authenticated, _)
        | (Need::NoForgery, Verdict::NotAuthenticated, Signed::Not | Signed::ByGateway) => Ok(()),
        (Need::NoForgery, Verdict::TemporaryFailure, _) => Err(format!(
            "the DNS has not answered for days, so its signature could not be checked: {}",
            why()
        )),
        (Need::Proof | Need::NoForgery, _, Signed::Badly) => Err(format!("it may be forged: {}", why())),
        (Need::Proof | Need::NoForgery, _, _) => {
            Err(format!("it is not proven to be from {}: {}", role.words(), why()))
        }
    }
}

impl Way {
    /// The way as a row of the documents' table.
    pub fn row(&self) -> String {
        let scope = match self.scope {
            Scope::Everything => "every change of the ccTLD",
            Scope::OwnDetails => "his own details; more is a doubt",
            Scope::Nothing => "nothing",
        };
        let need = match self.need {
            Need::Proof => "a DKIM signature that holds",
            Need::NoForgery => "no signature will do, a broken one will not",
            Need::Never => "never",
        };
        let setting = match (self.role, self.asked) {
            (Role::Technical, None) => " (`technical_contact = \"refuse\"`)",
            (Role::Technical, Some(Office::Admin)) => " (`\"ask-admin\"`, the default)",
            (Role::Technical, Some(Office::Technical)) => " (`\"accept\"`)",
            _ => "",
        };
        let asked =
            self.asked.map_or_else(|| "nobody".to_owned(), |office| format!("the {}", office.short()));
        format!("| {}{setting} | {scope} | {need} | {asked} |", self.role.words())
    }
}

#[cfg(test)]
mod tests {
    use super::{WAYS, role_for, sufficient};
    use crate::domain::case::Role;
    use crate::domain::evidence::{Signed, Verdict};
    use crate::domain::policy::Policy;
    use crate::domain::tests_sample::{
        ADMIN, JANE, MAILBOX, SECRETARIAT, STRANGER, at, found, proof, tld, view,
    };

    #[track_caller]
    fn check(name: &str, from: &str, recipients: &[&str], want: Role) {
        let recipients: Vec<_> = recipients.iter().map(|one| at(one)).collect();
        assert_eq!(role_for(&tld(name), &at(from), &recipients, &view()), want);
    }

    #[test]
    fn the_first_role_that_fits_is_the_role() {
        check("nl", ADMIN, &[], Role::Admin);
        check("nl", "ADMIN@Registry.Example", &[], Role::Admin);
        check("nl", ADMIN, &[ADMIN], Role::Admin);
        check("nl", STRANGER, &[ADMIN], Role::AdminCc);
        check("nl", JANE, &[ADMIN], Role::AdminCc);
        check("nl", "tech@provider.example", &[], Role::Technical);
        check("nl", JANE, &[], Role::Contact);
        check("nl", SECRETARIAT, &[], Role::Secretariat);
        check("nl", STRANGER, &[], Role::None);
    }

    #[test]
    fn a_role_holds_for_its_own_cctld_alone() {
        check("jp", ADMIN, &[], Role::None);
        check("jp", STRANGER, &[ADMIN], Role::None);
        check("fr", JANE, &[], Role::None);
        check("be", ADMIN, &[], Role::None);
    }

    #[test]
    fn our_own_mailbox_is_never_an_admin_contact() {
        let mut view = view();
        view.records.insert(tld("nl"), found("nl", MAILBOX));
        assert_eq!(role_for(&tld("nl"), &at(STRANGER), &[at(MAILBOX)], &view), Role::None);
    }

    /// For each role: authenticated, unsigned, badly signed, well signed but not authenticated, no answer of the DNS,
    /// vouched for by the operator's own gateway.
    #[test]
    fn each_role_needs_its_proof() {
        let proofs = [
            proof(Verdict::Authenticated, Signed::Well),
            proof(Verdict::NotAuthenticated, Signed::Not),
            proof(Verdict::NotAuthenticated, Signed::Badly),
            proof(Verdict::NotAuthenticated, Signed::Well),
            proof(Verdict::TemporaryFailure, Signed::Not),
            proof(Verdict::NotAuthenticated, Signed::ByGateway),
        ];
        for (role, want) in [
            (Role::Admin, [true, true, false, false, false, true]),
            (Role::AdminCc, [true, true, false, false, false, true]),
            (Role::Technical, [true, false, false, false, false, false]),
            (Role::Contact, [true, false, false, false, false, false]),
            (Role::Secretariat, [true, false, false, false, false, false]),
            (Role::None, [false; 6]),
        ] {
            assert_eq!(
                proofs.each_ref().map(|proof| sufficient(role, proof, &Policy::default()).is_ok()),
                want,
                "{role:?}"
            );
        }
    }

    #[test]
    fn the_documents_have_the_same_table() {
        let map = include_str!("../../ARCHITECTURE.md");
        let rows: Vec<String> = WAYS.iter().map(super::Way::row).collect();
        assert!(map.contains(&rows.join("\n")), "ARCHITECTURE.md lacks the ways in:\n{}", rows.join("\n"));
    }
}
