//! Judges a letter's signatures one by one, and says in words why.
//!
//! One good aligned signature is enough. Without one, an answer that is missing for a signature that might be good
//! means "later"; the signatures of others never do (a forger's name server must not make us wait).

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::digest::Digest;
use crate::domain::evidence::DnsAnswer;
use crate::domain::evidence::DnsEvidence;
use crate::domain::evidence::DnsQuestion;
use crate::domain::evidence::Proof;
use crate::domain::evidence::SignatureEvidence;
use crate::domain::evidence::Signed;
use crate::domain::evidence::Verdict;
use crate::domain::free_mail::is_free_mail;
use crate::proof::Letter;
use crate::proof::alignment;
use crate::proof::alignment::AlignmentFault;
use crate::proof::candidate::Candidate;
use crate::proof::crypto;
use crate::proof::key;
use crate::proof::key::KeyFault;
use crate::proof::signature::Claim;
use crate::proof::signature::Signature;

/// Characters of a DNS answer that are kept as evidence.
const ANSWER_CHARS_SHOWN: usize = 200;

/// The proof of a letter by these answers.
pub(super) fn judge(letter: &Letter, answers: &BTreeMap<DnsQuestion, DnsAnswer>) -> Proof {
    let court = Court { letter, answers };
    let findings: Vec<Judged> =
        letter.signatures.aligned.iter().map(|candidate| court.judge(candidate)).collect();
    let outcome = if letter.objections.is_empty() { strongest(&findings) } else { Outcome::Bad };
    let mut reasons = letter.objections.clone();
    let mut ordered: Vec<&Judged> = findings.iter().collect();
    ordered.sort_by_key(|judged| judged.outcome != outcome);
    reasons.extend(ordered.iter().map(|judged| judged.reason.clone()));
    if findings.is_empty() {
        reasons.push(format!("no signature of {} is on the mail", letter.from.domain()));
    }
    reasons.extend(findings.iter().filter_map(|judged| weak_key(&judged.evidence)));
    if outcome == Outcome::Good && is_free_mail(&letter.from) {
        reasons.push(provider_only(letter.from.domain()));
    }
    reasons.dedup();
    let others = letter.signatures.others.iter().map(|claim| other_evidence(claim, letter.from.domain()));
    let asked =
        if letter.objections.is_empty() { letter.questions() } else { std::collections::BTreeSet::new() };
    Proof {
        verdict: match outcome {
            Outcome::Good => Verdict::Authenticated,
            Outcome::Later => Verdict::TemporaryFailure,
            Outcome::Bad => Verdict::NotAuthenticated,
        },
        from: Some(letter.from.clone()),
        reasons,
        signed: match strongest(&findings) {
            Outcome::Good => Signed::Well,
            Outcome::Later | Outcome::Bad if findings.is_empty() => Signed::Not,
            Outcome::Later | Outcome::Bad => Signed::Badly,
        },
        signatures: findings.into_iter().map(|judged| judged.evidence).chain(others).collect(),
        dns: asked.iter().map(|question| dns_evidence(question, answers.get(question), letter.now)).collect(),
    }
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Outcome {
    Bad,
    Later,
    Good,
}

struct Judged {
    outcome: Outcome,
    reason: String,
    evidence: SignatureEvidence,
}

/// Why a signature does not count, and whether asking later may help.
struct Against {
    outcome: Outcome,
    reason: String,
}

struct Court<'a> {
    letter: &'a Letter,
    answers: &'a BTreeMap<DnsQuestion, DnsAnswer>,
}

impl Court<'_> {
    fn judge(&self, candidate: &Candidate) -> Judged {
        let claim = &candidate.claim;
        let mut evidence = SignatureEvidence {
            domain: claim.domain.clone(),
            selector: claim.selector.clone(),
            algorithm: claim.algorithm.clone(),
            key_bits: None,
            covers: claim.covers.clone(),
            passed: false,
            value: None,
            alignment: String::new(),
            outcome: String::new(),
        };
        let result = match &candidate.gate {
            Err(fault) => Err(Against::bad(fault)),
            Ok(_) if !self.letter.objections.is_empty() => {
                Err(Against::bad(&"the mail itself does not count"))
            }
            Ok(signature) => self.weigh(candidate, signature, &mut evidence),
        };
        let name = if claim.domain.is_empty() {
            "dkim: a signature on the mail".to_owned()
        } else {
            format!("dkim: {} s={}", claim.domain, claim.selector)
        };
        let (outcome, reason) = match result {
            Ok(()) => {
                evidence.passed = true;
                evidence.value = candidate.gate.as_ref().ok().map(|signature| Digest::of(&signature.value));
                (Outcome::Good, format!("{name} pass, aligned"))
            }
            Err(against) if against.outcome == Outcome::Later => {
                (against.outcome, format!("{name} cannot be judged yet: {}", against.reason))
            }
            Err(against) => (against.outcome, format!("{name} does not count: {}", against.reason)),
        };
        evidence.outcome.clone_from(&reason);
        Judged { outcome, reason, evidence }
    }

    /// Whether a signature that passed the gate is aligned and holds.
    fn weigh(
        &self,
        candidate: &Candidate,
        signature: &Signature,
        evidence: &mut SignatureEvidence,
    ) -> Result<(), Against> {
        let letter = self.letter;
        let aligned = alignment::judge(&signature.domain, letter.from.domain(), self.answers);
        evidence.alignment = aligned.as_ref().map_or_else(ToString::to_string, Clone::clone);
        if let Err(fault) = &aligned
            && !matches!(fault, AlignmentFault::Temporary { .. })
        {
            return Err(Against::bad(fault));
        }
        let question = DnsQuestion { name: signature.key_name() };
        let none = DnsAnswer::Temporary("no answer".to_owned());
        let key = key::read(self.answers.get(&question).unwrap_or(&none), signature).map_err(|fault| {
            if let KeyFault::Temporary { .. } = fault { Against::later(&fault) } else { Against::bad(&fault) }
        })?;
        evidence.key_bits = Some(key.bits);
        crypto::check_header(&letter.raw, &letter.header, &candidate.field, signature, &key)
            .map_err(|fault| Against::bad(&fault))?;
        aligned.map(drop).map_err(|fault| Against::later(&fault))
    }
}

impl Against {
    fn bad(fault: &impl ToString) -> Self {
        Self { outcome: Outcome::Bad, reason: fault.to_string() }
    }

    fn later(fault: &impl ToString) -> Self {
        Self { outcome: Outcome::Later, reason: fault.to_string() }
    }
}

fn strongest(findings: &[Judged]) -> Outcome {
    findings.iter().map(|judged| judged.outcome).max().unwrap_or(Outcome::Bad)
}

/// A note on a key that holds and should be longer.
fn weak_key(evidence: &SignatureEvidence) -> Option<String> {
    let bits = evidence.key_bits.filter(|bits| evidence.passed && *bits < key::RSA_BITS_ADVISED)?;
    let is_rsa = evidence.algorithm.starts_with("rsa");
    is_rsa.then(|| {
        format!("the key of {} has only {bits} bits; {} are advised", evidence.domain, key::RSA_BITS_ADVISED)
    })
}

/// A note on a provider that signs for everybody.
fn provider_only(domain: &str) -> String {
    format!(
        "anybody may have a mailbox at {domain}: its signature proves the provider, and that the provider let this address write"
    )
}

fn other_evidence(claim: &Claim, from: &str) -> SignatureEvidence {
    SignatureEvidence {
        domain: claim.domain.clone(),
        selector: claim.selector.clone(),
        algorithm: claim.algorithm.clone(),
        key_bits: None,
        covers: claim.covers.clone(),
        passed: false,
        value: None,
        alignment: format!("{} does not speak for {from}", claim.domain),
        outcome: "not looked at".to_owned(),
    }
}

fn dns_evidence(question: &DnsQuestion, answer: Option<&DnsAnswer>, now: Timestamp) -> DnsEvidence {
    let words = match answer {
        None => "no answer".to_owned(),
        Some(DnsAnswer::Temporary(reason)) => format!("failed for now: {reason}"),
        Some(DnsAnswer::Absent) => "does not exist".to_owned(),
        Some(DnsAnswer::Records(records)) => {
            let texts: Vec<_> = records.iter().map(|record| String::from_utf8_lossy(record)).collect();
            texts.join(" | ")
        }
    };
    DnsEvidence {
        name: question.name.clone(),
        answer: words.chars().take(ANSWER_CHARS_SHOWN).collect(),
        at: Some(now),
    }
}
