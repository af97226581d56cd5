//! Reads one DKIM-Signature field and says whether it may count at all, before any key is asked for.
//!
//! The rules are those of RFC 6376 §3.5 and §6.1.1, RFC 8301 §3 and RFC 8463 §3, and stricter where a lenient reader
//! has been deceived: tags are unique, `l=` is refused, the algorithm is written as registered, From is
//! covered, and the times are judged by the time that the caller gives.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::GeneralPurposeConfig;
use jiff::SignedDuration;
use jiff::Timestamp;
use thiserror::Error;

use crate::proof::tags::TagError;
use crate::proof::tags::TagList;

/// How far back a signature or a Date may lie. A request is answered within days; what is older is a replay or a
/// backlog that a person should see.
pub(crate) const AGE_MAX: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How far ahead of us the clock of a signer may go.
pub(crate) const CLOCK_AHEAD_MAX: SignedDuration = SignedDuration::from_hours(1);
/// Names in `h=` at the most. Real signatures have up to some sixty; checking costs names times fields.
const COVERED_NAMES_MAX: usize = 300;
/// Octets of a SHA-256 digest.
const BODY_HASH_OCTETS: usize = 32;
/// Octets of a DNS label and of a name (RFC 1035 §2.3.4).
const LABEL_OCTETS_MAX: usize = 63;
const NAME_OCTETS_MAX: usize = 253;
/// Characters of a broken signature's tags that are shown to people.
const SHOWN_CHARS_MAX: usize = 80;

/// Base64 as signers and key records write it: padded or not.
pub(crate) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The algorithms that count (RFC 8301 §3.1, RFC 8463 §3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Algorithm {
    RsaSha256,
    Ed25519Sha256,
}

/// How a header or a body is brought into one form before it is hashed (RFC 6376 §3.4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Canonical {
    Simple,
    Relaxed,
}

/// A signature that may count.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Signature {
    /// `d=` in lower case.
    pub(crate) domain: String,
    /// `s=` in lower case.
    pub(crate) selector: String,
    /// `a=`.
    pub(crate) algorithm: Algorithm,
    /// `c=` for the header.
    pub(crate) header_form: Canonical,
    /// `c=` for the body.
    pub(crate) body_form: Canonical,
    /// `h=` in lower case, in its order.
    pub(crate) covers: Vec<String>,
    /// `bh=`.
    pub(crate) body_hash: Vec<u8>,
    /// `b=`.
    pub(crate) value: Vec<u8>,
    /// The domain of `i=`; `d=` where there is no `i=`.
    pub(crate) identity_domain: String,
    /// `t=`.
    pub(crate) signed_at: Option<Timestamp>,
}

/// What a signature says of itself, however broken it is: for people to read.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Claim {
    pub(crate) domain: String,
    pub(crate) selector: String,
    pub(crate) algorithm: String,
    pub(crate) covers: Vec<String>,
}

/// Why a signature cannot count.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum SignatureFault {
    #[error("the signature cannot be read: {0}")]
    Tags(#[from] TagError),
    #[error("the signature is not of version 1")]
    Version,
    #[error("the signature's algorithm is not rsa-sha256 or ed25519-sha256")]
    Algorithm,
    #[error("the signature covers only a part of the text (l=)")]
    Length,
    #[error("the signature asks for its key to be fetched in another way than from the DNS")]
    Query,
    #[error("the signature's domain or selector is no name of the DNS")]
    Name,
    #[error("the signature's identity is not within its domain")]
    Identity,
    #[error("the signature's form of header and text is unknown")]
    Canonical,
    #[error("the signature has no hash of the text or no value, or they are damaged")]
    Damaged,
    #[error("the signature does not cover the From field")]
    FromNotCovered,
    #[error("the signature covers more than {COVERED_NAMES_MAX} fields")]
    TooManyNames,
    #[error("the signature's times are not numbers, or in the wrong order")]
    Times,
    #[error("the signature has expired")]
    Expired,
    #[error("the signature was made more than 14 days ago")]
    TooOld,
    #[error("the signature was made in the future")]
    InTheFuture,
}

impl Claim {
    /// Whatever of the tags can be read.
    pub(crate) fn read(value: &[u8]) -> Self {
        let tags = TagList::read(value).unwrap_or_default();
        let shown = |name: &str| {
            let text = tags.compact(name).unwrap_or_default();
            text.chars().take(SHOWN_CHARS_MAX).collect::<String>()
        };
        let covers = covered_names(&tags).into_iter().take(COVERED_NAMES_MAX).collect();
        let domain: String = tags.compact("d").unwrap_or_default().chars().take(NAME_OCTETS_MAX).collect();
        Self { domain: domain.to_ascii_lowercase(), selector: shown("s"), algorithm: shown("a"), covers }
    }
}

impl Signature {
    /// Reads the value of a DKIM-Signature field, as of `now`.
    pub(crate) fn read(value: &[u8], now: Timestamp) -> Result<Self, SignatureFault> {
        let tags = TagList::read(value)?;
        if tags.find("v") != Some("1") {
            return Err(SignatureFault::Version);
        }
        let algorithm = match tags.find("a") {
            Some("rsa-sha256") => Algorithm::RsaSha256,
            Some("ed25519-sha256") => Algorithm::Ed25519Sha256,
            _ => return Err(SignatureFault::Algorithm),
        };
        if tags.find("l").is_some() {
            return Err(SignatureFault::Length);
        }
        if tags.list("q").is_some_and(|methods| !methods.iter().any(|method| method == "dns/txt")) {
            return Err(SignatureFault::Query);
        }
        let (domain, selector) = names(&tags)?;
        let identity_domain = identity_domain(&tags, &domain)?;
        let (header_form, body_form) = forms(&tags)?;
        let covers = covered(&tags)?;
        let signed_at = times(&tags, now)?;
        let body_hash = octets(&tags, "bh")?;
        if body_hash.len() != BODY_HASH_OCTETS {
            return Err(SignatureFault::Damaged);
        }
        let value = octets(&tags, "b")?;
        Ok(Self {
            domain,
            selector,
            algorithm,
            header_form,
            body_form,
            covers,
            body_hash,
            value,
            identity_domain,
            signed_at,
        })
    }

    /// The name that holds the key (RFC 6376 §3.6.2.1).
    pub(crate) fn key_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }
}

/// Whether this is `domain` or a name below it.
pub(crate) fn is_within(name: &str, domain: &str) -> bool {
    name == domain || name.strip_suffix(domain).is_some_and(|front| front.ends_with('.'))
}

fn names(tags: &TagList) -> Result<(String, String), SignatureFault> {
    let name = |tag: &str| {
        let name = tags.compact(tag).unwrap_or_default().to_ascii_lowercase();
        if is_dns_name(&name) { Ok(name) } else { Err(SignatureFault::Name) }
    };
    let (domain, selector) = (name("d")?, name("s")?);
    let whole = domain.len() + selector.len() + "._domainkey.".len();
    if whole <= NAME_OCTETS_MAX { Ok((domain, selector)) } else { Err(SignatureFault::Name) }
}

/// Labels of letters, digits, hyphens and underscores; nothing that a resolver might take for something else.
fn is_dns_name(name: &str) -> bool {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_';
    name.len() <= NAME_OCTETS_MAX
        && name
            .split('.')
            .all(|label| !label.is_empty() && label.len() <= LABEL_OCTETS_MAX && label.bytes().all(plain))
}

fn identity_domain(tags: &TagList, domain: &str) -> Result<String, SignatureFault> {
    let Some(identity) = tags.compact("i") else {
        return Ok(domain.to_owned());
    };
    let (_, below) = identity.rsplit_once('@').ok_or(SignatureFault::Identity)?;
    let below = below.to_ascii_lowercase();
    if is_dns_name(&below) && is_within(&below, domain) { Ok(below) } else { Err(SignatureFault::Identity) }
}

fn forms(tags: &TagList) -> Result<(Canonical, Canonical), SignatureFault> {
    let text = tags.compact("c").unwrap_or_else(|| "simple".to_owned()).to_ascii_lowercase();
    let (header, body) = text.split_once('/').unwrap_or((&text, "simple"));
    let form = |word: &str| match word {
        "simple" => Ok(Canonical::Simple),
        "relaxed" => Ok(Canonical::Relaxed),
        _ => Err(SignatureFault::Canonical),
    };
    Ok((form(header)?, form(body)?))
}

fn covered_names(tags: &TagList) -> Vec<String> {
    let names = tags.list("h").unwrap_or_default();
    names.into_iter().map(|name| name.to_ascii_lowercase()).filter(|name| !name.is_empty()).collect()
}

fn covered(tags: &TagList) -> Result<Vec<String>, SignatureFault> {
    let covers = covered_names(tags);
    if covers.len() > COVERED_NAMES_MAX {
        return Err(SignatureFault::TooManyNames);
    }
    if !covers.iter().any(|name| name == "from") {
        return Err(SignatureFault::FromNotCovered);
    }
    Ok(covers)
}

/// Judges `t=` and `x=` by the given time, and gives back `t=`.
fn times(tags: &TagList, now: Timestamp) -> Result<Option<Timestamp>, SignatureFault> {
    let seconds = |tag: &str| tags.compact(tag).map(|digits| read_seconds(&digits)).transpose();
    let (signed, expires) = (seconds("t")?, seconds("x")?);
    if let Some(expires) = expires {
        if signed.is_some_and(|signed| expires <= signed) {
            return Err(SignatureFault::Times);
        }
        if expires <= now.as_second() {
            return Err(SignatureFault::Expired);
        }
    }
    let Some(signed) = signed else { return Ok(None) };
    let signed = Timestamp::from_second(signed).map_err(|_| SignatureFault::InTheFuture)?;
    if signed.duration_since(now) > CLOCK_AHEAD_MAX {
        return Err(SignatureFault::InTheFuture);
    }
    if now.duration_since(signed) > AGE_MAX {
        return Err(SignatureFault::TooOld);
    }
    Ok(Some(signed))
}

/// Seconds since 1970 in digits; a number too large to hold is the farthest future.
fn read_seconds(digits: &str) -> Result<i64, SignatureFault> {
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(SignatureFault::Times);
    }
    Ok(digits.parse().unwrap_or(i64::MAX))
}

fn octets(tags: &TagList, name: &str) -> Result<Vec<u8>, SignatureFault> {
    let octets =
        BASE64.decode(tags.compact(name).unwrap_or_default()).map_err(|_| SignatureFault::Damaged)?;
    if octets.is_empty() { Err(SignatureFault::Damaged) } else { Ok(octets) }
}
