//! The keys that our own mails are signed with, in the configuration.

use std::path::PathBuf;

use serde::Deserialize;

use crate::config::DkimConfig;
use crate::config::check::Check;
use crate::domain::address::Address;

/// Signatures that a mail may bear: one RSA and one Ed25519 (RFC 8463 §3 advises both while not all know the latter).
const KEYS_MAX: usize = 2;

/// A key as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenDkim {
    domain: Option<String>,
    selector: Option<String>,
    key_file: Option<PathBuf>,
}

/// The keys; those with a mistake are left out, and told.
pub(super) fn checked(
    written: Vec<WrittenDkim>,
    ours: Option<&Address>,
    check: &mut Check<'_>,
) -> Vec<DkimConfig> {
    if written.len() > KEYS_MAX {
        let says = "[[dkim]] is there more than twice; leave one RSA and one Ed25519 key";
        check.fault("dkim", says.to_owned());
    }
    let mut keys: Vec<DkimConfig> = Vec::new();
    for (place, WrittenDkim { domain, selector, key_file }) in written.into_iter().enumerate() {
        let at = format!("dkim.{place}");
        let domain = domain.or_else(|| ours.map(|address| address.domain().to_owned())).unwrap_or_default();
        let selector = selector.unwrap_or_default();
        let key_file = key_file.unwrap_or_default();
        let before = check.count();
        if ours.is_some_and(|address| !is_at_or_above(&domain, address.domain())) {
            let says = format!(
                "dkim.domain is `{}`, and receivers want that of mailbox_address, or one above it; correct it",
                domain.escape_debug()
            );
            check.fault(&at, says);
        }
        if !is_selector(&selector) {
            let says = "dkim.selector must be a label as in `s1`: letters, digits, hyphens, and dots between labels; add or correct it";
            check.fault(&at, says.to_owned());
        } else if keys.iter().any(|key| key.selector.eq_ignore_ascii_case(&selector)) {
            let says = format!("dkim.selector is {selector} twice; each key has a record of its own");
            check.fault(&at, says);
        }
        let key_file = if key_file.as_os_str().is_empty() {
            check.fault(&at, "dkim.key_file is missing; add the file with the private key in PEM".to_owned());
            key_file
        } else {
            check.file_there_at(&at, "dkim.key_file", key_file)
        };
        if check.count() == before {
            keys.push(DkimConfig { domain, selector, key_file });
        }
    }
    keys
}

/// Alignment of DMARC (RFC 7489 §3.1.1), as far as names tell it.
fn is_at_or_above(domain: &str, ours: &str) -> bool {
    let (domain, ours) = (domain.to_ascii_lowercase(), ours.to_ascii_lowercase());
    domain == ours || (domain.contains('.') && ours.ends_with(&format!(".{domain}")))
}

/// RFC 6376 §3.1: labels with dots between them.
fn is_selector(selector: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    };
    selector.split('.').all(is_label)
}
