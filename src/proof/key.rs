//! Reads a key record from the DNS and says whether it may be used for a signature (RFC 6376 §3.6.1).

use base64::Engine;
use pkcs1::RsaPublicKeyRef;
use pkcs1::der::Decode;
use spki::SubjectPublicKeyInfoRef;
use thiserror::Error;

use crate::domain::evidence::DnsAnswer;
use crate::proof::signature::Algorithm;
use crate::proof::signature::BASE64;
use crate::proof::signature::Signature;
use crate::proof::tags::TagError;
use crate::proof::tags::TagList;

/// Bits of an RSA modulus at the least (RFC 8301 §3.2).
const RSA_BITS_MIN: u32 = 1024;
/// Bits of an RSA modulus that signers should use at the least (the same); fewer are told, not refused.
pub(crate) const RSA_BITS_ADVISED: u32 = 2048;
/// Bits of an RSA modulus at the most: what the verifying library can do; larger ones only cost time.
const RSA_BITS_MAX: u32 = 8192;
/// Octets of an Ed25519 key (RFC 8463 §4.2).
const ED25519_OCTETS: usize = 32;

/// A key that may be used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Key {
    /// The key: a PKCS #1 `RSAPublicKey`, or the 32 octets of Ed25519.
    pub(crate) octets: Vec<u8>,
    /// Bits of the modulus; 256 for Ed25519.
    pub(crate) bits: u32,
}

/// Why there is no key for a signature.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum KeyFault {
    #[error("the key {name} could not be asked for: {reason}")]
    Temporary { name: String, reason: String },
    #[error("the key {0} does not exist")]
    Absent(String),
    #[error("{0} has more than one text record, so it is not known which is the key")]
    Several(String),
    #[error("the key record cannot be read: {0}")]
    Tags(#[from] TagError),
    #[error("the key record is not of version DKIM1")]
    Version,
    #[error("the key is of another kind than the signature")]
    Kind,
    #[error("the key is not for SHA-256")]
    Hash,
    #[error("the key is not for mail")]
    Service,
    #[error("the key is marked as a test (t=y), which counts as unsigned")]
    Testing,
    #[error("the key holds only for its exact domain (t=s)")]
    ExactDomain,
    #[error("the key was revoked")]
    Revoked,
    #[error("the key is damaged")]
    Damaged,
    #[error("the key has {0} bits; it needs {RSA_BITS_MIN} to {RSA_BITS_MAX}")]
    Bits(u32),
}

/// The key for this signature out of the answer for its name.
pub(crate) fn read(answer: &DnsAnswer, signature: &Signature) -> Result<Key, KeyFault> {
    let name = signature.key_name();
    let record = match answer {
        DnsAnswer::Temporary(reason) => {
            return Err(KeyFault::Temporary { name, reason: reason.clone() });
        }
        DnsAnswer::Absent => return Err(KeyFault::Absent(name)),
        DnsAnswer::Records(records) => match records.as_slice() {
            [] => return Err(KeyFault::Absent(name)),
            [record] => record,
            _ => return Err(KeyFault::Several(name)),
        },
    };
    let tags = TagList::read_record(record)?;
    check_use(&tags, signature)?;
    let octets = BASE64.decode(tags.compact("p").ok_or(KeyFault::Damaged)?).map_err(|_| KeyFault::Damaged)?;
    if octets.is_empty() {
        return Err(KeyFault::Revoked);
    }
    match signature.algorithm {
        Algorithm::RsaSha256 => read_rsa(&octets),
        Algorithm::Ed25519Sha256 if octets.len() == ED25519_OCTETS => Ok(Key { octets, bits: 256 }),
        Algorithm::Ed25519Sha256 => Err(KeyFault::Damaged),
    }
}

/// Whether the record allows this use of its key: `v=`, `k=`, `h=`, `s=` and `t=`.
fn check_use(tags: &TagList, signature: &Signature) -> Result<(), KeyFault> {
    if tags.find("v").is_some_and(|version| version != "DKIM1") {
        return Err(KeyFault::Version);
    }
    let kind = match signature.algorithm {
        Algorithm::RsaSha256 => "rsa",
        Algorithm::Ed25519Sha256 => "ed25519",
    };
    // An empty tag is no valid one, but owners leave them behind; it says nothing, like one that is not there.
    let is_said = |tag: &str| tags.find(tag).is_some_and(|value| !value.is_empty());
    if is_said("k") && tags.find("k") != Some(kind) || !is_said("k") && kind != "rsa" {
        return Err(KeyFault::Kind);
    }
    let allows = |tag: &str, words: &[&str]| {
        let list = tags.list(tag).filter(|_| is_said(tag));
        list.is_none_or(|list| list.iter().any(|item| words.contains(&item.as_str())))
    };
    if !allows("h", &["sha256"]) {
        return Err(KeyFault::Hash);
    }
    if !allows("s", &["*", "email"]) {
        return Err(KeyFault::Service);
    }
    let flags = tags.list("t").unwrap_or_default();
    if flags.iter().any(|flag| flag == "y") {
        return Err(KeyFault::Testing);
    }
    if flags.iter().any(|flag| flag == "s") && signature.identity_domain != signature.domain {
        return Err(KeyFault::ExactDomain);
    }
    Ok(())
}

/// An RSA key, alone or in the usual envelope. It is handed on without the envelope, so that nobody reads it twice.
fn read_rsa(octets: &[u8]) -> Result<Key, KeyFault> {
    let inner = match SubjectPublicKeyInfoRef::from_der(octets) {
        Ok(envelope) if envelope.algorithm.oid == pkcs1::ALGORITHM_OID => {
            envelope.subject_public_key.as_bytes().ok_or(KeyFault::Damaged)?
        }
        Ok(_) => return Err(KeyFault::Kind),
        Err(_) => octets,
    };
    let key = RsaPublicKeyRef::from_der(inner).map_err(|_| KeyFault::Damaged)?;
    let bits = bit_length(key.modulus.as_bytes());
    let exponent = key.public_exponent.as_bytes();
    let odd = exponent.last().is_some_and(|octet| octet & 1 == 1);
    if !(RSA_BITS_MIN..=RSA_BITS_MAX).contains(&bits) {
        return Err(KeyFault::Bits(bits));
    }
    if !odd || bit_length(exponent) < 2 {
        return Err(KeyFault::Damaged);
    }
    Ok(Key { octets: inner.to_vec(), bits })
}

fn bit_length(number: &[u8]) -> u32 {
    let significant = number
        .iter()
        .position(|octet| *octet != 0)
        .map_or(&[][..], |first| number.get(first..).unwrap_or_default());
    let octets = u32::try_from(significant.len()).unwrap_or(u32::MAX);
    let zeros = significant.first().map_or(0, |octet| octet.leading_zeros());
    octets.saturating_mul(8).saturating_sub(zeros)
}
