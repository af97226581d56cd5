//! Who may speak for a ccTLD, and with which proof: the policy as a table.

use crate::domain::address::Address;
use crate::domain::admission::View;
use crate::domain::case::Role;
use crate::domain::evidence::{Proof, Signed, Verdict};
use crate::domain::registry::{IanaRecord, RegistryAnswer};
use crate::domain::tld::Tld;

/// What must be proven of a mail before the admin contact is asked in its name. Whatever it is, he alone decides.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Need {
    /// A signature that holds.
    Proof,
    /// No signature at all will do, since the question goes to IANA's address; one that is broken will not.
    NoForgery,
    /// Nothing is done.
    Never,
}

/// For each role, what a request of his needs. What the roles may ask for is one and the same: the admin contact
/// confirms it all.
pub const NEEDS: [(Role, Need); 6] = [
    (Role::Admin, Need::NoForgery),
    (Role::AdminCc, Need::NoForgery),
    (Role::Technical, Need::Proof),
    (Role::Contact, Need::Proof),
    (Role::Secretariat, Need::Proof),
    (Role::None, Need::Never),
];

/// IANA's record of a ccTLD, as far as it could be read.
pub fn record_of<'a>(tld: &Tld, view: &'a View) -> Option<&'a IanaRecord> {
    match view.records.get(tld) {
        Some(RegistryAnswer::Found(record)) => Some(record.as_ref()),
        Some(RegistryAnswer::Absent | RegistryAnswer::Unreachable(_) | RegistryAnswer::Doubtful(_))
        | None => None,
    }
}

/// The address of the admin contact at IANA, where there is one that can be asked: we never ask ourselves.
pub fn admin_of<'a>(tld: &Tld, view: &'a View) -> Option<&'a Address> {
    let admin = record_of(tld, view)?.admin_email()?;
    (!view.is_own(admin)).then_some(admin)
}

/// What the sender is for a ccTLD, before his proof: the first role of the table that fits.
pub fn role_for(tld: &Tld, from: &Address, recipients: &[Address], view: &View) -> Role {
    let admin = admin_of(tld, view);
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
pub fn sufficient(role: Role, proof: &Proof) -> Result<(), String> {
    let need = NEEDS.iter().find(|(named, _)| *named == role).map_or(Need::Never, |(_, need)| *need);
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

#[cfg(test)]
mod tests {
    use super::{role_for, sufficient};
    use crate::domain::case::Role;
    use crate::domain::evidence::{Signed, Verdict};
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
            assert_eq!(proofs.each_ref().map(|proof| sufficient(role, proof).is_ok()), want, "{role:?}");
        }
    }
}
