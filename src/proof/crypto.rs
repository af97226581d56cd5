//! The one door to the mail-auth crate: canonical forms, hashes and signatures, and its own reading of a header.
//!
//! Only its pure parts are used. The header is handed over as our lexer split it and the signature as our gate read
//! it, so nothing is parsed twice; the key is handed over as our gate checked it, so nothing is asked of the network;
//! and since `x=` is left out of what is handed over, the crate's own look at the system's clock never decides.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_executor::block_on;
use mail_auth::AuthenticatedMessage;
use mail_auth::common::crypto;
use mail_auth::common::crypto::HashAlgorithm;
use mail_auth::common::headers::Header as SignedField;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::dkim;
use thiserror::Error;

use crate::proof::key::Key;
use crate::proof::lexer::Field;
use crate::proof::lexer::Header;
use crate::proof::signature::Algorithm;
use crate::proof::signature::Canonical;
use crate::proof::signature::Signature;

/// Why a signature does not hold.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum CryptoFault {
    #[error("the text was changed after it was signed")]
    BodyChanged,
    #[error("the header was changed after it was signed, or the signature was made with another key")]
    HeaderChanged,
    #[error("the key cannot be used")]
    Key,
    #[error("the signature made the verifier fail")]
    Panic,
}

/// How mail-auth reads a mail: for comparison with our own reading.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Reading {
    /// Every address in every From field.
    pub(crate) from: Vec<String>,
    /// Where it sees the body begin.
    pub(crate) body_at: usize,
    /// How many fields it sees.
    pub(crate) fields: usize,
}

/// How mail-auth reads this mail; none where it sees no mail, or fails.
pub(crate) fn read(raw: &[u8]) -> Option<Reading> {
    let message = catch_unwind(AssertUnwindSafe(|| AuthenticatedMessage::parse(raw))).ok()??;
    Some(Reading {
        from: message.froms().to_vec(),
        body_at: message.body_offset(),
        fields: message.raw_parsed_headers().len(),
    })
}

/// The SHA-256 digest of a body in canonical form (RFC 6376 §3.4.3, §3.4.4).
///
/// In the relaxed form, lines of white space at the end do not count, but mail-auth 0.13.3 counts them; so all white
/// space at the end is taken off before, which is the same by §3.4.4.
pub(crate) fn body_hash(body: &[u8], form: Canonical) -> Result<Vec<u8>, CryptoFault> {
    let body = match form {
        Canonical::Simple => body,
        Canonical::Relaxed => without_blank_end(body),
    };
    let hash = || HashAlgorithm::Sha256.hash(theirs(form).canonical_body(body, 0)).as_ref().to_vec();
    catch_unwind(AssertUnwindSafe(hash)).map_err(|_| CryptoFault::Panic)
}

/// Whether the value of a signature fits the covered fields of this header and this key (RFC 6376 §3.7).
pub(crate) fn check_header(
    raw: &[u8],
    header: &Header,
    field: &Field,
    signature: &Signature,
    key: &Key,
) -> Result<(), CryptoFault> {
    catch_unwind(AssertUnwindSafe(|| {
        let message = hand_over(raw, header, field, signature);
        let signed = block_on(message.get_canonicalized_header()).map_err(|_| CryptoFault::HeaderChanged)?;
        let key =
            DomainKey::parse(record(key, signature.algorithm).as_bytes()).map_err(|_| CryptoFault::Key)?;
        let algorithm = match signature.algorithm {
            Algorithm::RsaSha256 => crypto::Algorithm::RsaSha256,
            Algorithm::Ed25519Sha256 => crypto::Algorithm::Ed25519Sha256,
        };
        key.p.verify_bytes(&signed, &signature.value, algorithm).map_err(|_| CryptoFault::HeaderChanged)
    }))
    .unwrap_or(Err(CryptoFault::Panic))
}

fn without_blank_end(body: &[u8]) -> &[u8] {
    let end = body.iter().rposition(|octet| !b" \t\r\n".contains(octet)).map_or(0, |last| last + 1);
    body.get(..end).unwrap_or_default()
}

fn theirs(form: Canonical) -> dkim::Canonicalization {
    match form {
        Canonical::Simple => dkim::Canonicalization::Simple,
        Canonical::Relaxed => dkim::Canonicalization::Relaxed,
    }
}

/// The mail as mail-auth keeps it, with this one signature.
fn hand_over<'x>(
    raw: &'x [u8],
    header: &Header,
    field: &Field,
    signature: &Signature,
) -> AuthenticatedMessage<'x> {
    let part = |at: &std::ops::Range<usize>| raw.get(at.clone()).unwrap_or_default();
    let claim = dkim::Signature {
        v: 1,
        d: signature.domain.clone(),
        s: signature.selector.clone(),
        h: signature.covers.clone(),
        ch: theirs(signature.header_form),
        cb: theirs(signature.body_form),
        ..dkim::Signature::default()
    };
    AuthenticatedMessage {
        headers: header.fields.iter().map(|field| (part(&field.name_at), part(&field.value_at))).collect(),
        raw_message: raw,
        dkim_headers: vec![SignedField::new(part(&field.name_at), part(&field.value_at), claim)],
        ..AuthenticatedMessage::default()
    }
}

/// A key record with nothing in it but what our gate read.
fn record(key: &Key, algorithm: Algorithm) -> String {
    let kind = match algorithm {
        Algorithm::RsaSha256 => "rsa",
        Algorithm::Ed25519Sha256 => "ed25519",
    };
    format!("v=DKIM1; k={kind}; p={}", STANDARD.encode(&key.octets))
}
