//! Who may speak for a ccTLD, and with which proof.

use crate::domain::address::Address;
use crate::domain::admission::{Arrival, View};
use crate::domain::case::Role;
use crate::domain::evidence::{Proof, Signed, Verdict};
use crate::domain::policy::{Policy, TechnicalContact};
use crate::domain::procedure::{Outcome, Proven, outcome};
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

/// What must be proven of the mail of somebody in this role.
pub fn need_of(role: Role, policy: &Policy) -> Need {
    match (role, policy.technical_contact) {
        (Role::Admin | Role::AdminCc, _) => Need::NoForgery,
        (Role::Contact | Role::Secretariat, _)
        | (Role::Technical, TechnicalContact::AskAdmin | TechnicalContact::Accept) => Need::Proof,
        (Role::Technical, TechnicalContact::Refuse) | (Role::None, _) => Need::Never,
    }
}

/// Whether a role may ask for anything at all.
pub fn may_ask(role: Role, policy: &Policy) -> bool {
    need_of(role, policy) != Need::Never
}

/// Who decides on a request. A technical contact decides only by policy, and on what is proven to be his; else the admin
/// contact is asked, if a person lets it pass at all.
pub fn office_for(role: Role, proof: &Proof, policy: &Policy) -> Office {
    let accepted = role == Role::Technical && policy.technical_contact == TechnicalContact::Accept;
    if accepted && proof.verdict == Verdict::Authenticated { Office::Technical } else { Office::Admin }
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

/// Whether somebody who copied the admin contact may not ask for this ccTLD without that, or is not proven to be who may.
pub fn merely_copies(tld: &Tld, arrival: &Arrival, from: &Address, (view, policy): (&View, &Policy)) -> bool {
    let own = role_for(tld, from, &[], view);
    arrival.proof.verdict != Verdict::Authenticated || !may_ask(own, policy)
}

/// Whether the admin contact whom IANA lists now is one who wants no questions that nothing but a copy to him brings.
pub fn stops_copies(tld: &Tld, view: &View) -> bool {
    view.stopped.get(tld).is_some_and(|by| decider_of(tld, Office::Admin, view) == Some(by))
}

/// Whether a proof is enough for a role; else why not, in words for the secretariat.
///
/// # Errors
/// The reason why a person must look at it.
pub fn sufficient(role: Role, proof: &Proof, policy: &Policy) -> Result<(), String> {
    let why = || proof.reasons.first().cloned().unwrap_or_else(|| "no reason was given".to_owned());
    let proven = Proven::of(proof);
    if outcome(role, proven, policy) == Outcome::GoesOn {
        return Ok(());
    }
    match (need_of(role, policy), proven, proof.signed) {
        (Need::Never, ..) => Err("its sender may not ask for this ccTLD".to_owned()),
        (Need::NoForgery, Proven::Temporary, _) => Err(format!(
            "the DNS has not answered for days, so its signature could not be checked: {}",
            why()
        )),
        (_, _, Signed::Badly) => Err(format!("it may be forged: {}", why())),
        (Need::Proof | Need::NoForgery, _, _) => {
            Err(format!("it is not proven to be from {}: {}", role.words(), why()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{role_for, sufficient};
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
}
