//! Signs mails for the tests with fixed keys, by canonical forms written anew from RFC 6376 §3.4 as a second opinion.

use crate::octets::with_crlf;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::crypto::RsaKey;
use mail_auth::common::crypto::Sha256;
use mail_auth::common::crypto::SigningKey;
use sha2::Digest;

/// What is needed to sign a mail, each part as a test wants it.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) domain: &'static str,
    pub(crate) selector: &'static str,
    /// The name of a file in `fixtures/keys`, without `.test-key.pem`.
    pub(crate) key: &'static str,
    /// `h=`, as it is written.
    pub(crate) covers: &'static str,
    /// `c=`: `relaxed/relaxed` and the like.
    pub(crate) form: &'static str,
    /// More tags, each with its semicolon.
    pub(crate) tags: String,
}

/// A signer of the admin's own domain that covers what most do.
pub(crate) const ADMIN: Signer = Signer {
    domain: "nic-xa.example",
    selector: "2026",
    key: "rsa2048",
    covers: "from:to:subject:date:message-id:mime-version:content-type:content-transfer-encoding",
    form: "relaxed/relaxed",
    tags: String::new(),
};

impl Signer {
    /// The mail with a DKIM-Signature field on top. Bare LF become CR LF.
    pub(crate) fn sign(&self, mail: &[u8]) -> Vec<u8> {
        let mail = with_crlf(mail);
        let end = mail.windows(4).position(|four| four == b"\r\n\r\n").map_or(mail.len(), |at| at + 2);
        let body = mail.get(end + 2..).unwrap_or_default();
        let (header_form, body_form) = self.form.split_once('/').unwrap_or((self.form, "simple"));
        let hash = STANDARD.encode(sha2::Sha256::digest(canonical_body(body, body_form)));
        let algorithm = if self.key == "ed25519" { "ed25519-sha256" } else { "rsa-sha256" };
        let (domain, selector) = (self.domain, self.selector);
        let head = format!(
            " v=1; a={algorithm}; c={}; d={domain}; s={selector};\r\n {}h={};\r\n bh={hash};\r\n b=",
            self.form, self.tags, self.covers
        );
        let mut input = Vec::new();
        let fields = fields(&mail[..end]);
        let mut used = BTreeMap::new();
        for name in self.covers.split(':').map(|name| name.trim().to_ascii_lowercase()) {
            let place = used.entry(name.clone()).or_insert(0);
            let mut from_below =
                fields.iter().rev().filter(|(field, _)| field.to_ascii_lowercase() == name.as_bytes());
            if let Some((field, value)) = from_below.nth(*place) {
                input.extend(canonical_field(field, value, header_form));
                *place += 1;
            }
        }
        input.extend(canonical_field(b"DKIM-Signature", head.as_bytes(), header_form));
        let value = STANDARD.encode(self.value(&input));
        [b"DKIM-Signature:", head.as_bytes(), value.as_bytes(), b"\r\n", &mail].concat()
    }

    fn value(&self, input: &[u8]) -> Vec<u8> {
        let der = private_key(self.key);
        if self.key == "ed25519" {
            Ed25519Key::from_pkcs8_maybe_unchecked_der(&der).unwrap().sign(input).unwrap()
        } else {
            #[expect(deprecated, reason = "the new call takes a type of another crate")]
            RsaKey::<Sha256>::from_der(&der).unwrap().sign(input).unwrap()
        }
    }
}

/// The public half of a key as a key record's `p=`.
pub(crate) fn public_key(name: &str) -> String {
    fs::read_to_string(keys().join(format!("{name}.test-key.pub"))).unwrap().trim().to_owned()
}

fn private_key(name: &str) -> Vec<u8> {
    let text = fs::read_to_string(keys().join(format!("{name}.test-key.pem"))).unwrap();
    let lines =
        text.lines().skip_while(|line| !line.starts_with("-----")).filter(|line| !line.starts_with('-'));
    STANDARD.decode(lines.collect::<String>()).unwrap()
}

fn keys() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/keys")
}

/// Names and values, values with their line ends.
fn fields(header: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut fields: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for line in header.split_inclusive(|octet| *octet == b'\n') {
        match fields.last_mut() {
            Some((_, value)) if line.starts_with(b" ") || line.starts_with(b"\t") => value.extend(line),
            _ => {
                let colon = line.iter().position(|octet| *octet == b':').unwrap_or(0);
                fields.push((line[..colon].to_vec(), line.get(colon + 1..).unwrap_or_default().to_vec()));
            }
        }
    }
    fields
}

fn canonical_field(name: &[u8], value: &[u8], form: &str) -> Vec<u8> {
    let is_signature = name == b"DKIM-Signature";
    if form == "simple" {
        return [name, b":", value].concat();
    }
    let words: Vec<&[u8]> =
        value.split(|octet| b" \t\r\n".contains(octet)).filter(|word| !word.is_empty()).collect();
    let end: &[u8] = if is_signature { b"" } else { b"\r\n" };
    [&name.to_ascii_lowercase(), &b":"[..], &words.join(&b' '), end].concat()
}

fn canonical_body(body: &[u8], form: &str) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = body.split(|octet| *octet == b'\n').map(<[u8]>::to_vec).collect();
    if lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    for line in &mut lines {
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        if form == "relaxed" {
            *line = relaxed_line(line);
        }
    }
    while lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    if lines.is_empty() && form == "simple" {
        return b"\r\n".to_vec();
    }
    lines.into_iter().flat_map(|line| [line, b"\r\n".to_vec()].concat()).collect()
}

fn relaxed_line(line: &[u8]) -> Vec<u8> {
    let mut relaxed = Vec::new();
    for octet in line {
        let octet = if *octet == b'\t' { b' ' } else { *octet };
        if octet != b' ' || relaxed.last() != Some(&b' ') {
            relaxed.push(octet);
        }
    }
    if relaxed.last() == Some(&b' ') {
        relaxed.pop();
    }
    relaxed
}
