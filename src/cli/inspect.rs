//! `inspect`: how mails are understood, who wrote them, what would be done. Nothing is stored, nothing is sent.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;

use crate::bot::desk::{Desk, authority};
use crate::bot::explain::would;
use crate::cli::arguments::InspectOptions;
use crate::cli::explained::tell;
use crate::cli::open;
use crate::cli::output::{Failure, Output};
use crate::domain::address::Address;
use crate::domain::case::Role;
use crate::domain::cctlds::KnownTlds;
use crate::domain::contact::{Roster, RosterLine};
use crate::domain::evidence::{DnsAnswer, DnsQuestion, Proof, Signed, Verdict};
use crate::domain::limits::LETTER_OCTETS_MAX;
use crate::domain::policy::Policy;
use crate::domain::request::{Kind, Reading, Request};
use crate::domain::tld::Tld;
use crate::domain::unclear::{About, Unclear};
use crate::shell::clock::SystemClock;
use crate::shell::dns::Dns;
use crate::shell::iana_snapshot::IanaSnapshot;
use crate::world::{Clock as _, Registry as _, Resolver};

/// What one mail is, as the contract has it.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    pub(super) file: &'a str,
    pub(super) kind: Kind,
    pub(super) language: Option<&'a str>,
    pub(super) requests: &'a [Request],
    pub(super) missing: &'a [String],
    pub(super) queried_tlds: &'a [Tld],
    pub(super) hold: bool,
    pub(super) doubts: Vec<String>,
    pub(super) proof: ProofReport<'a>,
    pub(super) authority: Vec<AuthorityReport>,
    pub(super) would: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct ProofReport<'a> {
    pub(super) verdict: Verdict,
    pub(super) from: Option<String>,
    pub(super) reasons: &'a [String],
    pub(super) signatures: &'a [crate::domain::evidence::SignatureEvidence],
    pub(super) dns: &'a [crate::domain::evidence::DnsEvidence],
}

#[derive(Serialize)]
pub(super) struct AuthorityReport {
    pub(super) tld: Tld,
    pub(super) role: Role,
}

/// What all mails are looked at with.
struct Table {
    resolver: Box<dyn Resolver>,
    registry: IanaSnapshot,
    roster: Roster,
    known: KnownTlds,
    mailboxes: Vec<Address>,
    secretariat: Vec<Address>,
    policy: Policy,
    now: Timestamp,
    json: bool,
}

pub(super) fn inspect(options: &InspectOptions, output: &mut Output) -> Result<(), Failure> {
    let mut table = Table::lay(options)?;
    for path in &options.paths {
        table.look_at(path, output)?;
    }
    Ok(())
}

impl Table {
    fn lay(options: &InspectOptions) -> Result<Self, Failure> {
        let resolver: Box<dyn Resolver> = match &options.dns {
            Some(path) => Box::new(open::zone_file(path)?),
            None => system_dns(),
        };
        let mut registry = match &options.iana {
            Some(path) => IanaSnapshot::open(path).map_err(Failure::usage)?,
            None => IanaSnapshot::read("[]")?,
        };
        let roster = match &options.roster {
            Some(path) => read_roster(path)?,
            None => Roster::default(),
        };
        Ok(Self {
            resolver,
            roster,
            known: KnownTlds::built_in().with(registry.tlds()),
            registry,
            mailboxes: options.mailbox.clone(),
            secretariat: options.secretariat.clone(),
            policy: Policy::default(),
            now: options.now.unwrap_or_else(|| SystemClock.now()),
            json: options.json,
        })
    }

    fn look_at(&mut self, path: &Path, output: &mut Output) -> Result<(), Failure> {
        if path == Path::new("-") {
            let mut raw = Vec::new();
            std::io::stdin().lock().read_to_end(&mut raw).context("reading standard input")?;
            return self.report("-", &raw, output);
        }
        let name = |path: &Path| {
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        };
        if path.is_dir() {
            let entries = fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
            let mut files: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
            files.retain(|file| file.extension().is_some_and(|extension| extension == "eml"));
            files.sort();
            for file in files {
                let raw = fs::read(&file).map_err(|error| unreadable(&file, &error))?;
                self.report(&name(&file), &raw, output)?;
            }
            return Ok(());
        }
        let raw = fs::read(path).map_err(|error| unreadable(path, &error))?;
        if raw.starts_with(b"From ") {
            for (number, mail) in (1..).zip(mbox(&raw)) {
                self.report(&format!("{}#{number}", name(path)), &mail, output)?;
            }
            return Ok(());
        }
        self.report(&name(path), &raw, output)
    }

    fn report(&mut self, file: &str, raw: &[u8], output: &mut Output) -> Result<(), Failure> {
        let desk = Desk {
            mailboxes: &self.mailboxes,
            secretariat: &self.secretariat,
            known: &self.known,
            roster: &self.roster,
            gateway: None,
        };
        let examined = if raw.len() > LETTER_OCTETS_MAX {
            Err(format!("it is larger than {} MiB", LETTER_OCTETS_MAX / 1024 / 1024))
        } else {
            desk.read(raw)
                .map(|unproved| desk.examine(unproved, raw, self.now, self.resolver.as_mut()))
                .map_err(|unreadable| unreadable.to_string())
        };
        let mut letter = None;
        let (reading, proof, authority, would) = match examined {
            Ok(examined) => {
                let arrival = examined.arrival;
                let view = desk.view(&arrival, &mut self.registry);
                let roles = authority(&arrival, &view);
                let would = would(&arrival, &view, &self.policy, self.now);
                letter = Some(examined.letter);
                (arrival.reading, arrival.proof, roles, would)
            }
            Err(why) => {
                let would = vec!["lay it aside for a person".to_owned()];
                (unread(&why), unproved(&why), Vec::new(), would)
            }
        };
        let report = Report {
            file,
            kind: reading.kind,
            language: reading.language.as_deref(),
            requests: &reading.requests,
            missing: &reading.missing,
            queried_tlds: &reading.queried_tlds,
            hold: reading.hold,
            doubts: reading.doubts.iter().map(ToString::to_string).collect(),
            proof: ProofReport {
                verdict: proof.verdict,
                from: proof.from.as_ref().map(Address::lower),
                reasons: &proof.reasons,
                signatures: &proof.signatures,
                dns: &proof.dns,
            },
            authority: authority.into_iter().map(|(tld, role)| AuthorityReport { tld, role }).collect(),
            would,
        };
        if self.json { output.json(&report) } else { tell(&report, letter.as_ref(), output) }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Usage(format!("{} cannot be read: {error}", path.display()))
}

fn read_roster(path: &Path) -> Result<Roster, Failure> {
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    let read = |(number, line): (usize, &str)| {
        serde_json::from_str::<RosterLine>(line).map_err(|error| {
            Failure::Usage(format!(
                "{}, line {number}: {error}; `tldops roster export` writes such lines",
                path.display()
            ))
        })
    };
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).map(read).collect()
}

/// The mails of an mbox file: each begins behind a line `From ` (RFC 4155); a `>` that quotes such a line is taken off.
fn mbox(raw: &[u8]) -> Vec<Vec<u8>> {
    let mut mails: Vec<Vec<u8>> = Vec::new();
    let mut after_empty = true;
    for line in raw.split_inclusive(|octet| *octet == b'\n') {
        if after_empty && line.starts_with(b"From ") {
            mails.push(Vec::new());
        } else if let Some(mail) = mails.last_mut() {
            let quoted = line.iter().position(|octet| *octet != b'>').filter(|depth| *depth > 0);
            let quoted =
                quoted.is_some_and(|depth| line.get(depth..).is_some_and(|rest| rest.starts_with(b"From ")));
            mail.extend_from_slice(if quoted { line.get(1..).unwrap_or_default() } else { line });
        }
        after_empty = line == b"\n" || line == b"\r\n";
    }
    mails
}

/// A system that names no DNS server: every answer is missing, and a mail can still be read.
struct NoResolver {
    why: String,
}

impl Resolver for NoResolver {
    fn answers(&mut self, questions: &[DnsQuestion]) -> BTreeMap<DnsQuestion, DnsAnswer> {
        let none = || DnsAnswer::Temporary(format!("{}; name a zone file with --dns", self.why));
        questions.iter().map(|question| (question.clone(), none())).collect()
    }
}

/// The DNS as the system has it.
fn system_dns() -> Box<dyn Resolver> {
    match Dns::of_the_system() {
        Ok(dns) => Box::new(dns),
        Err(error) => Box::new(NoResolver { why: format!("{error:#}") }),
    }
}

fn unread(why: &str) -> Reading {
    Reading {
        kind: Kind::Other,
        language: None,
        requests: Vec::new(),
        missing: Vec::new(),
        queried_tlds: Vec::new(),
        asked: None,
        hold: true,
        doubts: vec![Unclear::with(About::NotRead, [why.to_owned()])],
        tokens: Vec::new(),
        bounce: None,
        meant: Vec::new(),
        lost: false,
        proposed_by: None,
        own_text: String::new(),
    }
}

fn unproved(why: &str) -> Proof {
    Proof {
        verdict: Verdict::NotAuthenticated,
        from: None,
        reasons: vec![format!("the mail was not read: {why}")],
        signed: Signed::Badly,
        signatures: Vec::new(),
        dns: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::mbox;

    #[test]
    fn an_mbox_is_taken_apart() {
        let raw = b"From a\nSubject: 1\n\nbody\n>From here\nFrom inside\n\nFrom b\nSubject: 2\n\nx\n";
        let mails = mbox(raw);
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0], b"Subject: 1\n\nbody\nFrom here\nFrom inside\n\n");
        assert_eq!(mails[1], b"Subject: 2\n\nx\n");
    }
}
