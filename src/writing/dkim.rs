//! Our own signature on a mail (RFC 6376, RFC 8463): made once, when the mail is built, and kept with its octets.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use mail_auth::common::crypto::{Ed25519Key, RsaKey, Sha256, SigningKey};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use sha2::Digest as _;
use thiserror::Error;

/// The fields that are signed, each where it is there.
const SIGNED: &[&str] = &[
    "from",
    "reply-to",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "auto-submitted",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
];
/// The fields that nobody may add to a signed mail: they are named once more than they are there (RFC 6376 §8.15).
const SEALED: &[&str] = &["from", "reply-to", "to", "cc", "subject", "date", "content-type"];
/// Columns of a line of the signature.
const COLUMNS: usize = 72;

/// A key that mails are signed with, and where its public half is published.
pub struct DkimKey {
    domain: String,
    selector: String,
    secret: SecretKey,
}

enum SecretKey {
    Rsa(RsaKey<Sha256>),
    Ed25519(Ed25519Key),
}

/// Why a key cannot be used, or a mail not be signed.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum DkimError {
    /// The text holds no private key.
    #[error("it holds no private key in PEM (`BEGIN PRIVATE KEY` or `BEGIN RSA PRIVATE KEY`)")]
    NoKey,
    /// It is neither RSA nor Ed25519, or damaged.
    #[error("its key is neither RSA of 2048 bits or more nor Ed25519, or it is damaged")]
    WrongKey,
    /// The key did not sign.
    #[error("the key does not sign: {0}")]
    Unsigned(String),
}

impl DkimKey {
    /// The key of this text in PEM, for signatures that point to `selector._domainkey.domain`.
    ///
    /// # Errors
    /// Where the text holds no key that can sign.
    pub fn from_pem(pem: &[u8], domain: &str, selector: &str) -> Result<Self, DkimError> {
        let der = PrivateKeyDer::from_pem_slice(pem).map_err(|_| DkimError::NoKey)?;
        let edwards = if let PrivateKeyDer::Pkcs8(key) = &der {
            Ed25519Key::from_pkcs8_maybe_unchecked_der(key.secret_pkcs8_der()).ok()
        } else {
            None
        };
        let secret = match edwards {
            Some(key) => SecretKey::Ed25519(key),
            None => RsaKey::from_key_der(der).map(SecretKey::Rsa).map_err(|_| DkimError::WrongKey)?,
        };
        Ok(Self { domain: domain.to_ascii_lowercase(), selector: selector.to_ascii_lowercase(), secret })
    }

    /// The name of the DNS record that publishes it (RFC 6376 §3.6.2.1).
    pub fn record_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    fn algorithm(&self) -> &'static str {
        match self.secret {
            SecretKey::Rsa(_) => "rsa-sha256",
            SecretKey::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// The mail with a signature on top, relaxed in header and body. Its lines must end with CRLF.
    ///
    /// # Errors
    /// Where the key does not sign.
    pub fn sign(&self, mail: &[u8], at: Timestamp) -> Result<Vec<u8>, DkimError> {
        let end = mail.windows(4).position(|four| four == b"\r\n\r\n").map_or(mail.len(), |at| at + 2);
        let fields = fields(mail.get(..end).unwrap_or_default());
        let body = mail.get(end + 2..).unwrap_or_default();
        let hash = STANDARD.encode(sha2::Sha256::digest(relaxed_body(body)));
        let mut names: Vec<&str> = Vec::new();
        let mut input = Vec::new();
        for name in SIGNED {
            // Of fields that are there more than once the last one comes first (§5.4.2).
            for (_, value) in fields.iter().rev().filter(|(field, _)| field == name) {
                names.push(name);
                input.extend(format!("{name}:{}\r\n", folded(value)).into_bytes());
            }
        }
        names.extend(SEALED);
        let tags = format!(
            "v=1; a={}; c=relaxed/relaxed; d={}; s={};\r\n t={}; bh={hash};\r\n h={};\r\n b=",
            self.algorithm(),
            self.domain,
            self.selector,
            at.as_second(),
            wrapped(&names),
        );
        input.extend(format!("dkim-signature:{}", folded(&tags)).into_bytes());
        let value = match &self.secret {
            SecretKey::Rsa(key) => key.sign(input.as_slice()),
            SecretKey::Ed25519(key) => key.sign(input.as_slice()),
        };
        let value = STANDARD.encode(value.map_err(|error| DkimError::Unsigned(error.to_string()))?);
        let lines: Vec<String> =
            value.as_bytes().chunks(COLUMNS).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
        let mut signed = format!("DKIM-Signature: {tags}{}\r\n", lines.join("\r\n  ")).into_bytes();
        signed.extend_from_slice(mail);
        Ok(signed)
    }
}

/// Without the key itself.
impl fmt::Debug for DkimKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the {} key of {}", self.algorithm(), self.record_name())
    }
}

/// Names with colons between them, on lines of some columns: white space may stand around the colons (§3.5).
fn wrapped(names: &[&str]) -> String {
    let mut text = String::new();
    let mut column = 0;
    for (place, name) in names.iter().enumerate() {
        if place > 0 {
            text.push(':');
        }
        if column + name.len() > COLUMNS {
            text.push_str("\r\n  ");
            column = 0;
        }
        text.push_str(name);
        column += name.len() + 1;
    }
    text
}

/// Names in lower case and values.
fn fields(header: &[u8]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in String::from_utf8_lossy(header).split_inclusive("\r\n") {
        match fields.last_mut() {
            Some((_, value)) if line.starts_with([' ', '\t']) => value.push_str(line),
            Some(_) | None => {
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                fields.push((name.trim().to_ascii_lowercase(), value.to_owned()));
            }
        }
    }
    fields
}

/// Relaxed: white space runs become one space (§3.4.2).
fn folded(value: &str) -> String {
    value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Relaxed: no white space at the end of a line, runs of it become one space, no empty lines at the end (§3.4.4).
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for line in body.split(|octet| *octet == b'\n') {
        let mut relaxed: Vec<u8> = Vec::new();
        for octet in line.iter().filter(|octet| **octet != b'\r') {
            let space = *octet == b' ' || *octet == b'\t';
            match (space, relaxed.last()) {
                (true, Some(b' ')) => {}
                (true, _) => relaxed.push(b' '),
                (false, _) => relaxed.push(*octet),
            }
        }
        if relaxed.last() == Some(&b' ') {
            relaxed.pop();
        }
        lines.push(relaxed);
    }
    while lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    lines.into_iter().flat_map(|line| [line, b"\r\n".to_vec()].concat()).collect()
}

#[cfg(test)]
mod tests {
    use super::{DkimError, DkimKey};

    const RSA: &str = include_str!("../../fixtures/keys/rsa2048.test-key.pem");
    const EDWARDS: &str = include_str!("../../fixtures/keys/ed25519.test-key.pem");

    #[test]
    fn a_mail_is_signed_alike_at_the_same_moment_and_names_what_nobody_may_add() {
        let mail = b"From: a@list.example\r\nSubject: Hello\r\n\r\nText.\r\n";
        let at = "2026-11-20T12:00:00Z".parse().unwrap();
        for (pem, algorithm) in [(RSA, "rsa-sha256"), (EDWARDS, "ed25519-sha256")] {
            let key = DkimKey::from_pem(pem.as_bytes(), "List.example", "s1").unwrap();
            let signed = String::from_utf8(key.sign(mail, at).unwrap()).unwrap();
            assert!(signed.starts_with(&format!("DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; d=list.example; s=s1;\r\n t=1795176000;")), "{signed}");
            assert!(
                signed.contains(" h=from:subject:from:reply-to:to:cc:subject:date:content-type;\r\n"),
                "{signed}"
            );
            assert!(signed.lines().all(|line| line.len() <= 100), "{signed}");
            assert!(signed.ends_with("\r\nFrom: a@list.example\r\nSubject: Hello\r\n\r\nText.\r\n"));
            assert_eq!(key.sign(mail, at).unwrap(), signed.as_bytes());
            assert_eq!(format!("{key:?}"), format!("the {algorithm} key of s1._domainkey.list.example"));
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let refused = |pem: &str| DkimKey::from_pem(pem.as_bytes(), "list.example", "s1").unwrap_err();
        assert_eq!(refused("key"), DkimError::NoKey);
        let damaged = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        assert_eq!(refused(damaged), DkimError::WrongKey);
    }
}
