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

/// What the sender is for a ccTLD, before his proof: the first role of the table that fits.
pub fn role_for(tld: &Tld, from: &Address, recipients: &[Address], view: &View) -> Role {
    let record = match view.records.get(tld) {
        Some(RegistryAnswer::Found(record)) => Some(record),
        Some(RegistryAnswer::Absent | RegistryAnswer::Unreachable(_) | RegistryAnswer::Doubtful(_)) | None => None,
    };
    let admin = record.and_then(IanaRecord::admin_email);
    let technical = record.and_then(IanaRecord::technical_email);
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
        (Need::Proof | Need::NoForgery, Verdict::Authenticated, _) => Ok(()),
        (Need::NoForgery, Verdict::NotAuthenticated, Signed::Not) => Ok(()),
        (Need::NoForgery, Verdict::TemporaryFailure, _) => {
            Err(format!("the DNS has not answered for days, so its signature could not be checked: {}", why()))
        }
        (Need::Proof | Need::NoForgery, _, Signed::Badly) => {
            Err(format!("it may be forged: {}", why()))
        }
        (Need::Proof | Need::NoForgery, _, _) => Err(format!("it is not proven to be from {}: {}", role.words(), why())),
    }
}
