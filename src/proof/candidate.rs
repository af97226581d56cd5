//! Picks the signatures that may speak for the From domain, and checks all of each that needs no answer of the DNS.
//!
//! What can be refused without a question is: a forger's mail then costs no look-up, and never makes anybody wait.

use jiff::Timestamp;

use crate::proof::alignment;
use crate::proof::coverage;
use crate::proof::coverage::Addressed;
use crate::proof::crypto;
use crate::proof::crypto::CryptoFault;
use crate::proof::freshness::DateFault;
use crate::proof::lexer::Field;
use crate::proof::lexer::Header;
use crate::proof::signature::Canonical;
use crate::proof::signature::Claim;
use crate::proof::signature::Signature;

/// Aligned signatures that are looked at. Real mails have one or two, after a forward up to four; each costs a
/// question to the DNS and a verification (RFC 6376 §8.4).
const SIGNATURES_MAX: usize = 10;
/// Signatures that do not speak for the From domain and are shown as such.
const OTHERS_SHOWN_MAX: usize = 10;

/// A signature that may speak for the From domain.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// Its field.
    pub(crate) field: Field,
    /// What it says of itself.
    pub(crate) claim: Claim,
    /// The signature, or why it cannot count whatever its key says.
    pub(crate) gate: Result<Signature, String>,
}

/// The signatures of a letter, sorted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Candidates {
    /// Those that may speak for the From domain, from top to bottom.
    pub(crate) aligned: Vec<Candidate>,
    /// What the others say of themselves.
    pub(crate) others: Vec<Claim>,
}

/// What the signatures are checked against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ground<'a> {
    /// The mail.
    pub(crate) raw: &'a [u8],
    /// Its header.
    pub(crate) header: &'a Header,
    /// The domain of its From address.
    pub(crate) from_domain: &'a str,
    /// Where our address stands in it.
    pub(crate) addressed: Addressed,
    /// Whether its Date could be read and is recent.
    pub(crate) date: Result<(), DateFault>,
    /// The time of judgement.
    pub(crate) now: Timestamp,
}

impl Candidates {
    /// Sorts the signatures of a letter; both lists are bounded. A signature too broken to tell its domain is among
    /// the first: somebody meant it to be seen.
    pub(crate) fn read(ground: &Ground<'_>) -> Self {
        let mut sorted = Self::default();
        let mut hashes = BodyHashes::default();
        for field in ground.header.all("dkim-signature") {
            let value = ground.raw.get(field.value_at.clone()).unwrap_or_default();
            let claim = Claim::read(value);
            let may_align = || alignment::may_align(&claim.domain, ground.from_domain);
            if claim.domain.is_empty() || may_align() {
                if sorted.aligned.len() < SIGNATURES_MAX {
                    let gate = check(ground, value, &mut hashes);
                    sorted.aligned.push(Candidate { field: field.clone(), claim, gate });
                }
            } else if sorted.others.len() < OTHERS_SHOWN_MAX {
                sorted.others.push(claim);
            }
        }
        sorted
    }
}

/// Everything about a signature that needs no answer: its tags, its times, what it covers, the hash of the text.
fn check(ground: &Ground<'_>, value: &[u8], hashes: &mut BodyHashes) -> Result<Signature, String> {
    let signature = Signature::read(value, ground.now).map_err(|fault| fault.to_string())?;
    if let Err(fault) = ground.date
        && (fault != DateFault::Unreadable || signature.signed_at.is_none())
    {
        return Err(fault.to_string());
    }
    coverage::check(ground.raw, ground.header, &signature, ground.addressed)
        .map_err(|fault| fault.to_string())?;
    let body = ground.raw.get(ground.header.body_at..).unwrap_or_default();
    let hash = hashes.find(body, signature.body_form).map_err(|fault| fault.to_string())?;
    if hash == signature.body_hash { Ok(signature) } else { Err(CryptoFault::BodyChanged.to_string()) }
}

/// The digest of a body in each form, made once: a body may be large and signatures many.
#[derive(Default)]
struct BodyHashes {
    simple: Option<Result<Vec<u8>, CryptoFault>>,
    relaxed: Option<Result<Vec<u8>, CryptoFault>>,
}

impl BodyHashes {
    fn find(&mut self, body: &[u8], form: Canonical) -> Result<Vec<u8>, CryptoFault> {
        let place = match form {
            Canonical::Simple => &mut self.simple,
            Canonical::Relaxed => &mut self.relaxed,
        };
        place.get_or_insert_with(|| crypto::body_hash(body, form)).clone()
    }
}
