//! Proves who wrote a mail: that the domain of its one From address vouches for it with a DKIM signature.
//!
//! Pure: no I/O, no clock. An [`Examination`] reads a raw mail once, names every question to the DNS that the verdict
//! may need, and judges by the answers. The floors of the proof, each a module:
//!
//! - `lexer`: the mail splits into fields and body in one way only, and no single field is there twice;
//! - `from`: the From field is one plain address;
//! - `readers`, `parts`: mail-parser and mail-auth read the same, and every part has a header of one reading;
//! - `freshness`: the mail is recent;
//! - `tags`, `signature`, `key`, `alignment`: a signature may count, its key may be used, its domain speaks for From;
//! - `candidate`: all of that which needs no answer of the DNS is checked before any question;
//! - `coverage`: what the signature leaves out cannot change what the mail says;
//! - `crypto`: hash and signature hold.
//!
//! Where these are milder than the letter of the standards or than first thought, honest software asked for it: a field
//! that tells how the text is read may be unsigned where it could not mislead (`coverage`), a comment may stand behind
//! the address (`from`), a Date may be odd or even unreadable where the signature tells its time (`freshness`), a line
//! of white space may end a covered field or a trace of machines (`lexer`), a key record may have semicolons or empty
//! tags too many (`key`). Where they are stricter: relaxed alignment needs a DMARC record at a name that both domains
//! share (`alignment`), letters outside ASCII before the at sign are refused (`from`), a text that looks like a
//! multipart or HTML whose type was taken away is refused (`coverage`), and mails that a parser could not survive are
//! refused before it sees them (`readers`).
//!
//! Known and left to others: a signature that covers neither Date nor has `t=` does not tell its age, so an old mail with
//! a new Date is told from a fresh one only by whoever remembers signatures. [`SignatureEvidence::value`] is what to
//! remember, and the intake does.
//!
//! [`SignatureEvidence::value`]: crate::domain::evidence::SignatureEvidence::value
//!
//! Nothing else is evidence: no Authentication-Results, ARC, Received, SPF or envelope, which anybody can write or
//! which say something about machines and not about people.

mod alignment;
mod candidate;
mod content_type;
mod coverage;
mod crypto;
mod freshness;
mod from;
mod gateway;
mod key;
mod lexer;
mod parts;
mod readers;
mod signature;
mod tags;
mod verdict;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::domain::address::Address;
use crate::domain::evidence::DnsAnswer;
use crate::domain::evidence::DnsQuestion;
use crate::domain::evidence::Gateway;
use crate::domain::evidence::Proof;
use crate::domain::evidence::Signed;
use crate::domain::evidence::Verdict;
use crate::proof::candidate::Candidates;
use crate::proof::candidate::Ground;
use crate::proof::coverage::Addressed;
use crate::proof::freshness::DateFault;
use crate::proof::lexer::Header;
use crate::proof::signature::Signature;

/// One raw mail, read and ready to be judged (RFC 6376 §6).
#[derive(Clone, Debug)]
pub struct Examination {
    finding: Finding,
}

#[derive(Clone, Debug)]
enum Finding {
    /// Not to be read in one way: no answer of the DNS changes that.
    Unreadable(String),
    Letter(Box<Letter>),
}

/// A mail that reads in one way, and its signatures.
#[derive(Clone, Debug)]
struct Letter {
    raw: Vec<u8>,
    header: Header,
    from: Address,
    /// Reasons against the mail itself, whoever signed it.
    objections: Vec<String>,
    signatures: Candidates,
    /// When it is judged.
    now: Timestamp,
    /// What the operator's own gateway says for it.
    gateway: Option<String>,
}

impl Examination {
    /// Reads a raw mail as of `now`. `mailboxes` are our own addresses: the mail must be written to one of them, or a
    /// subaddress of it; with none given that is not asked.
    pub fn new(raw: &[u8], mailboxes: &[Address], now: Timestamp) -> Self {
        let finding = Letter::read(raw, mailboxes, now)
            .map_or_else(Finding::Unreadable, |letter| Finding::Letter(Box::new(letter)));
        Self { finding }
    }

    /// The same, where the operator trusts the word of his own border server on mails that it rewrites. It never makes a
    /// mail authenticated: see [`Signed::ByGateway`].
    #[must_use]
    pub fn trusting(mut self, trusted: &Gateway) -> Self {
        if let Finding::Letter(letter) = &mut self.finding
            && letter.objections.is_empty()
        {
            letter.gateway = gateway::word_for(&letter.raw, &letter.header, &letter.from, trusted);
        }
        self
    }

    /// Every question that the verdict may need: keys of the signatures that may count, and the DMARC records of the
    /// From domain and its organisation where a signer is another name of it.
    pub fn questions(&self) -> Vec<DnsQuestion> {
        match &self.finding {
            Finding::Unreadable(_) => Vec::new(),
            Finding::Letter(letter) => letter.questions().into_iter().collect(),
        }
    }

    /// The verdict by these answers; a question without an answer counts as one that failed for now.
    pub fn judge(&self, answers: &BTreeMap<DnsQuestion, DnsAnswer>) -> Proof {
        match &self.finding {
            Finding::Letter(letter) => {
                let mut proof = verdict::judge(letter, answers);
                if let Some(word) =
                    letter.gateway.clone().filter(|_| proof.verdict == Verdict::NotAuthenticated)
                {
                    proof.reasons.push(word);
                    proof.signed = Signed::ByGateway;
                }
                proof
            }
            Finding::Unreadable(reason) => Proof {
                verdict: Verdict::NotAuthenticated,
                from: None,
                reasons: vec![reason.clone()],
                signed: Signed::Badly,
                signatures: Vec::new(),
                dns: Vec::new(),
            },
        }
    }
}

impl Letter {
    fn read(raw: &[u8], mailboxes: &[Address], now: Timestamp) -> Result<Self, String> {
        let header = Header::read(raw).map_err(|fault| fault.to_string())?;
        let value = |name: &str| header.find(name).map(|field| field.unfolded(raw));
        let from = from::read(&value("from").unwrap_or_default()).map_err(|fault| fault.to_string())?;
        let agreed = readers::compare(raw, &header, &from).map_err(|fault| fault.to_string())?;
        let mut objections = Vec::new();
        let in_to = mailboxes.is_empty() || is_written_to(&agreed.to, mailboxes);
        if !in_to && !is_written_to(&agreed.cc, mailboxes) {
            objections.push("the mail was not written to us: our address is not in To or Cc".to_owned());
        }
        let date = freshness::check(value("date").as_deref(), now);
        if let Err(fault) = date
            && fault != DateFault::Unreadable
        {
            objections.push(fault.to_string());
        }
        let addressed = if in_to { Addressed::InTo } else { Addressed::InCc };
        let ground = Ground { raw, header: &header, from_domain: from.domain(), addressed, date, now };
        let signatures = Candidates::read(&ground);
        Ok(Self { raw: raw.to_vec(), header, from, objections, signatures, now, gateway: None })
    }

    fn questions(&self) -> BTreeSet<DnsQuestion> {
        if !self.objections.is_empty() {
            return BTreeSet::new();
        }
        let signatures: Vec<&Signature> =
            self.signatures.aligned.iter().filter_map(|candidate| candidate.gate.as_ref().ok()).collect();
        let keys = signatures.iter().map(|signature| DnsQuestion { name: signature.key_name() });
        let signers = signatures.iter().map(|signature| signature.domain.as_str());
        keys.chain(alignment::questions(signers, self.from.domain())).collect()
    }
}

fn is_written_to(recipients: &[Address], mailboxes: &[Address]) -> bool {
    recipients.iter().any(|recipient| {
        mailboxes.iter().any(|ours| recipient == ours || recipient.without_subaddress() == *ours)
    })
}
