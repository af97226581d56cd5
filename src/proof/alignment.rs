//! Says whether a signing domain speaks for the From domain.
//!
//! It does when the two are equal. It also does when both belong to one organisation by the public suffix list and a
//! DMARC record allows it (RFC 7489 §3.1.1, RFC 9989): the record that applies to the From domain is there, is one,
//! and has no `adkim=s`. The record must stand at a name that both share, at the organisation's domain or at the From
//! domain that the signer is below of: where the list lacks a registry like `com.xa`, two of its customers would
//! otherwise be one organisation, and the record of one of them would let the other sign for it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use thiserror::Error;

use crate::domain::evidence::DnsAnswer;
use crate::domain::evidence::DnsQuestion;
use crate::proof::signature::is_within;
use crate::proof::tags::TagList;

/// Why a signing domain does not speak for the From domain.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum AlignmentFault {
    #[error("{0} is not the organisation of the From address")]
    OtherOrganisation(String),
    #[error("{0} may not sign for another name of its organisation: there is no DMARC record that allows it")]
    NoRecord(String),
    #[error("{0} may not sign for another name of its organisation: its DMARC record is strict")]
    Strict(String),
    #[error("the DMARC record {name} could not be asked for: {reason}")]
    Temporary { name: String, reason: String },
}

/// The organisation's domain: the public suffix and one label before it; none where the name is a suffix itself.
pub(crate) fn organisation(domain: &str) -> Option<&str> {
    psl::domain_str(domain)
}

/// Whether a signing domain may speak for the From domain, whatever the DMARC record says.
pub(crate) fn may_align(signer: &str, from: &str) -> bool {
    signer == from || organisation(signer).is_some_and(|ours| organisation(from) == Some(ours))
}

/// The questions that alignment needs for these signing domains: none where they equal the From domain.
pub(crate) fn questions<'a>(signers: impl IntoIterator<Item = &'a str>, from: &str) -> BTreeSet<DnsQuestion> {
    if signers.into_iter().all(|signer| signer == from) {
        return BTreeSet::new();
    }
    [Some(from), organisation(from)].into_iter().flatten().map(question).collect()
}

/// How the signing domain is aligned, in words.
pub(crate) fn judge(
    signer: &str,
    from: &str,
    answers: &BTreeMap<DnsQuestion, DnsAnswer>,
) -> Result<String, AlignmentFault> {
    if signer == from {
        return Ok("same domain".to_owned());
    }
    let other = || AlignmentFault::OtherOrganisation(signer.to_owned());
    let organisation = organisation(from).filter(|_| may_align(signer, from)).ok_or_else(other)?;
    let at_from = find_record(from, answers)?;
    let at_organisation = find_record(organisation, answers)?;
    let no_record = || AlignmentFault::NoRecord(signer.to_owned());
    let policy = match &at_from {
        Found::One(policy) => policy,
        Found::Several => return Err(no_record()),
        Found::None => match &at_organisation {
            Found::One(policy) => policy,
            Found::Several | Found::None => return Err(no_record()),
        },
    };
    let shared = matches!(at_organisation, Found::One(_)) || is_within(signer, from);
    // A registry that says so is none of the organisation of those below it, whatever their own records say.
    let registry =
        matches!(&at_organisation, Found::One(policy) if policy.is_suffix) && !is_within(signer, from);
    let own_organisation = policy.is_apart && matches!(at_from, Found::One(_)) && !is_within(signer, from);
    if !shared || own_organisation || registry || policy.is_suffix {
        return Err(no_record());
    }
    if policy.is_strict {
        return Err(AlignmentFault::Strict(signer.to_owned()));
    }
    Ok(format!("same organisation ({organisation})"))
}

/// What a DMARC record says about alignment (RFC 7489 §6.3, RFC 9989 for `psd=`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Policy {
    is_strict: bool,
    /// `psd=y`: the name is a registry, and what is below it belongs to others.
    is_suffix: bool,
    /// `psd=n`: the name is an organisation of its own, whatever is above it.
    is_apart: bool,
}

enum Found {
    None,
    One(Policy),
    Several,
}

fn question(domain: &str) -> DnsQuestion {
    DnsQuestion { name: format!("_dmarc.{domain}") }
}

fn find_record(domain: &str, answers: &BTreeMap<DnsQuestion, DnsAnswer>) -> Result<Found, AlignmentFault> {
    let question = question(domain);
    let temporary =
        |reason: &str| AlignmentFault::Temporary { name: question.name.clone(), reason: reason.to_owned() };
    let records = match answers.get(&question) {
        None => return Err(temporary("no answer")),
        Some(DnsAnswer::Temporary(reason)) => return Err(temporary(reason)),
        Some(DnsAnswer::Absent) => return Ok(Found::None),
        Some(DnsAnswer::Records(records)) => records,
    };
    let mut policies = records.iter().filter(|record| is_dmarc(record));
    match (policies.next(), policies.next()) {
        (None, _) => Ok(Found::None),
        (Some(record), None) => Ok(read_policy(record).map_or(Found::Several, Found::One)),
        (Some(_), Some(_)) => Ok(Found::Several),
    }
}

/// Other texts may stand at the same name and are passed over (RFC 7489 §6.6.3).
fn is_dmarc(record: &[u8]) -> bool {
    let text = record.trim_ascii_start();
    text.strip_prefix(b"v").is_some_and(|rest| {
        rest.trim_ascii_start()
            .strip_prefix(b"=")
            .is_some_and(|value| value.trim_ascii_start().starts_with(b"DMARC1"))
    })
}

/// A record that is no tag list counts as unusable, like several records.
fn read_policy(record: &[u8]) -> Option<Policy> {
    let tags = TagList::read_record(record).ok()?;
    let has = |tag: &str, word: &str| tags.compact(tag).is_some_and(|value| value.eq_ignore_ascii_case(word));
    has("v", "DMARC1").then(|| Policy {
        is_strict: has("adkim", "s"),
        is_suffix: has("psd", "y"),
        is_apart: has("psd", "n"),
    })
}
