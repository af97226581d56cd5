//! Signing the mails of scripted people with DKIM keys that are known to everybody (RFC 6376, RFC 8463).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_auth::common::crypto::{Ed25519Key, RsaKey, Sha256, SigningKey};
use sha2::Digest as _;
use thiserror::Error;

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
/// The fields that people's servers sign here, each as often as it is there.
const SIGNED: &[&str] = &[
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
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

/// The mail with a signature of this domain on top, relaxed in header and body. Its lines must end with CRLF.
///
/// # Errors
/// Where there is no key of this name.
pub fn sign(mail: &[u8], domain: &str, key: &str) -> Result<Vec<u8>, SigningError> {
    let (private, _) = find(key)?;
    let end = mail.windows(4).position(|four| four == b"\r\n\r\n").map_or(mail.len(), |at| at + 2);
    let fields = fields(mail.get(..end).unwrap_or_default());
    let body = mail.get(end + 2..).unwrap_or_default();
    let hash = STANDARD.encode(sha2::Sha256::digest(relaxed_body(body)));
    let mut names = Vec::new();
    let mut input = Vec::new();
    for name in SIGNED {
        if let Some((_, value)) = fields.iter().rev().find(|(field, _)| field == name) {
            names.push(*name);
            input.extend(format!("{name}:{}\r\n", folded(value)).into_bytes());
        }
    }
    let algorithm = if key == "ed25519" { "ed25519-sha256" } else { "rsa-sha256" };
    let tags = format!(
        "v=1; a={algorithm}; c=relaxed/relaxed; d={domain}; s={SELECTOR};\r\n h={};\r\n bh={hash};\r\n b=",
        names.join(":")
    );
    input.extend(format!("dkim-signature:{}", folded(&tags)).into_bytes());
    let value = STANDARD.encode(signature(&private, key, &input)?);
    let wrapped: Vec<String> =
        value.as_bytes().chunks(72).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    let mut signed = format!("DKIM-Signature: {tags}{}\r\n", wrapped.join("\r\n  ")).into_bytes();
    signed.extend_from_slice(mail);
    Ok(signed)
}

fn find(key: &str) -> Result<(Vec<u8>, &'static str), SigningError> {
    let found = KEYS.iter().find(|(name, _, _)| *name == key);
    let (_, private, public) = found.ok_or_else(|| SigningError(format!("there is no key `{key}`")))?;
    let base64: String =
        private.lines().filter(|line| !line.starts_with('-') && !line.contains(' ')).collect();
    let der = STANDARD
        .decode(base64)
        .map_err(|error| SigningError(format!("the key `{key}` is damaged: {error}")))?;
    Ok((der, public.trim()))
}

fn signature(private: &[u8], key: &str, input: &[u8]) -> Result<Vec<u8>, SigningError> {
    let wrong = |error: mail_auth::Error| SigningError(format!("the key `{key}` cannot be used: {error}"));
    if key == "ed25519" {
        return Ed25519Key::from_pkcs8_maybe_unchecked_der(private)
            .and_then(|key| key.sign(input))
            .map_err(wrong);
    }
    #[expect(
        deprecated,
        reason = "the call that takes its place wants a type of a crate that is not ours to name"
    )]
    RsaKey::<Sha256>::from_der(private).and_then(|key| key.sign(input)).map_err(wrong)
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

/// Relaxed: white space runs become one space (RFC 6376 §3.4.2).
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
