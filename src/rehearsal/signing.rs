//! Signing the mails of scripted people with DKIM keys that are known to everybody (RFC 6376, RFC 8463).

use jiff::Timestamp;
use thiserror::Error;

use crate::writing::dkim::{DkimError, DkimKey};

/// The keys: they lie open in the fixtures, and prove nothing outside a rehearsal.
const KEYS: [(&str, &str, &str); 3] = [
    (
        "rsa",
        include_str!("../../fixtures/keys/rsa2048.test-key.pem"),
        include_str!("../../fixtures/keys/rsa2048.test-key.pub"),
    ),
    (
        "ed25519",
        include_str!("../../fixtures/keys/ed25519.test-key.pem"),
        include_str!("../../fixtures/keys/ed25519.test-key.pub"),
    ),
    (
        "forger",
        include_str!("../../fixtures/keys/forger.test-key.pem"),
        include_str!("../../fixtures/keys/forger.test-key.pub"),
    ),
];
/// The selector of every key.
const SELECTOR: &str = "rehearsal";

/// Why a mail could not be signed: the script is wrong.
#[derive(Debug, Error)]
#[error("the mail cannot be signed: {0}")]
pub struct SigningError(String);

/// The DNS record that publishes a domain's key: a line of a zone file.
///
/// # Errors
/// Where there is no key of this name.
pub fn key_record(domain: &str, key: &str) -> Result<String, SigningError> {
    let (_, public) = find(key)?;
    let kind = if key == "ed25519" { "ed25519" } else { "rsa" };
    // A string of a TXT record has 255 octets at the most (RFC 1035 §3.3.14).
    let text = format!("v=DKIM1; k={kind}; p={public}");
    let strings: Vec<String> =
        text.as_bytes().chunks(200).map(|part| format!("\"{}\"", String::from_utf8_lossy(part))).collect();
    Ok(format!("{SELECTOR}._domainkey.{domain}. IN TXT {}\n", strings.join(" ")))
}

/// The mail with a signature of this domain on top, made at this moment. Its lines must end with CRLF.
///
/// # Errors
/// Where there is no key of this name.
pub fn sign(mail: &[u8], domain: &str, key: &str, at: Timestamp) -> Result<Vec<u8>, SigningError> {
    let (private, _) = find(key)?;
    let wrong = |error: DkimError| SigningError(format!("the key `{key}`: {error}"));
    let key = DkimKey::from_pem(private.as_bytes(), domain, SELECTOR).map_err(wrong)?;
    key.sign(mail, at).map_err(wrong)
}

fn find(key: &str) -> Result<(&'static str, &'static str), SigningError> {
    let found = KEYS.iter().find(|(name, _, _)| *name == key);
    let (_, private, public) = found.ok_or_else(|| SigningError(format!("there is no key `{key}`")))?;
    Ok((private, public.trim()))
}
