//! Changes honest and signed mails at random for some seconds, millions of times, and checks what must hold for all of
//! them: `cargo bench --bench mutations`, or with the seconds and a seed as in `cargo bench --bench mutations -- 600 7`.
//!
//! - Of a mail that the proof reads at all, mail-parser and mail-auth, each asked here anew and without the proof's own
//!   comparison, see the same one From address, and mail-auth the same end of the header.
//! - A changed mail whose signature still holds has the same writer, Subject and texts.
//!
//! It is built for speed and so with the release profile; the fuzz targets look for the same with more cunning. A mail
//! that breaks a property is written to `target/mutations/`, and the status is not 0.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a run that is bounded in time reads the clock, and prints what it found"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use fastrand::Rng;
use jiff::Timestamp;
use mail_auth::AuthenticatedMessage;
use mail_parser::MessageParser;
use tldops::domain::address::Address;
use tldops::domain::evidence::{DnsAnswer, DnsQuestion, Proof, Verdict};
use tldops::proof::Examination;
use tldops::rehearsal::signing::{key_record, sign};
use tldops::shell::zone_file::ZoneFile;

#[path = "../tests/it/octets.rs"]
mod octets;

use octets::{PIECES, SIGNED, with_crlf};

/// How long it runs if nothing is said.
const SECONDS: u64 = 10;
/// The seed of a run if nothing is said: the same for every run of the checks.
const SEED: u64 = 1;
/// The time of judgement.
const NOW: &str = "2026-11-20T18:15:31Z";
/// Who signs.
const DOMAIN: &str = "nic-xa.example";
/// Folders of honest mails that are changed.
const FOLDERS: [&str; 3] = ["fixtures/proof", "fixtures/proof/signed", "fixtures/letters"];
/// Octets of the mails that are taken: large ones only make the run slow.
const OCTETS_MAX: u64 = 4096;

fn main() -> anyhow::Result<()> {
    // Cargo adds an argument of its own.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let seconds = arguments.next().map_or(Ok(SECONDS), |text| text.parse().context("the seconds"))?;
    let seed = arguments.next().map_or(Ok(SEED), |text| text.parse().context("the seed"))?;
    let court = Court::new()?;
    let end = Instant::now() + Duration::from_secs(seconds);
    let workers = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let counts = thread::scope(|scope| {
        let runs: Vec<_> = (0..workers as u64)
            .map(|worker| {
                let mut chance = Rng::with_seed(seed.wrapping_add(worker.wrapping_mul(0x9e37_79b9)));
                let court = &court;
                scope.spawn(move || court.run(&mut chance, end))
            })
            .collect();
        runs.into_iter()
            .map(|run| run.join().map_err(|_| anyhow::anyhow!("a mail brought the program down"))?)
            .collect::<anyhow::Result<Vec<Count>>>()
    })?;
    let sum = |field: fn(&Count) -> u64| counts.iter().map(field).sum::<u64>();
    println!(
        "{} changed mails in {seconds} s, seed {seed}: {} read, all of them in one way; {} of {} still proven, all with \
         the same writer, Subject and texts",
        sum(|count| count.changed),
        sum(|count| count.read),
        sum(|count| count.proven),
        sum(|count| count.judged),
    );
    anyhow::ensure!(sum(|count| count.read) > 0 && sum(|count| count.proven) > 0, "nothing was tried");
    Ok(())
}

#[derive(Default)]
struct Count {
    changed: u64,
    read: u64,
    judged: u64,
    proven: u64,
}

/// What the run needs: mails, and the key of the signed one.
struct Court {
    mails: Vec<Vec<u8>>,
    signed: Vec<u8>,
    words: Vec<String>,
    answers: BTreeMap<DnsQuestion, DnsAnswer>,
    now: Timestamp,
}

impl Court {
    fn new() -> anyhow::Result<Self> {
        let mut mails = Vec::new();
        for folder in FOLDERS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            let mut files: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
            files.sort_by_key(fs::DirEntry::path);
            for file in files {
                let is_mail = file.path().extension().is_some_and(|ending| ending == "eml");
                if is_mail && file.metadata()?.len() <= OCTETS_MAX {
                    mails.push(with_crlf(&fs::read(file.path())?));
                }
            }
        }
        let signed = sign(SIGNED.as_bytes(), DOMAIN, "rsa", NOW.parse()?)?;
        mails.push(signed.clone());
        let zone = ZoneFile::read(&key_record(DOMAIN, "rsa")?)?;
        let question = DnsQuestion { name: format!("rehearsal._domainkey.{DOMAIN}") };
        let answers = BTreeMap::from([(question.clone(), zone.answer(&question))]);
        let court = Self { words: words(&signed), mails, signed, answers, now: NOW.parse()? };
        anyhow::ensure!(
            is_proven(&court.judge(&court.signed)),
            "the mail is not proven before it is changed"
        );
        Ok(court)
    }

    fn judge(&self, raw: &[u8]) -> Proof {
        Examination::new(raw, &[], self.now).judge(&self.answers)
    }

    fn run(&self, chance: &mut Rng, end: Instant) -> anyhow::Result<Count> {
        let mut count = Count::default();
        while Instant::now() < end {
            let of_signed = chance.bool();
            let base: &[u8] =
                if of_signed { &self.signed } else { one_of(&self.mails, chance).unwrap_or_default() };
            let changed = self.change(base, chance);
            count.changed += 1;
            let proof = self.judge(&changed);
            if let Some(from) = &proof.from {
                count.read += 1;
                if !is_read_alike(&changed, from) {
                    broken(&changed, "is read in two ways")?;
                }
            }
            if of_signed {
                count.judged += 1;
                if is_proven(&proof) {
                    count.proven += 1;
                    let same = proof.from.as_ref().is_some_and(|from| from.lower() == "admin@nic-xa.example")
                        && words(&changed) == self.words;
                    if !same {
                        broken(&changed, "is proven and says something else")?;
                    }
                }
            }
        }
        Ok(count)
    }

    /// One to four changes; half of them in the header, which is short and where most depends on each octet.
    fn change(&self, raw: &[u8], chance: &mut Rng) -> Vec<u8> {
        let mut octets = raw.to_vec();
        for _ in 0..=chance.usize(..4) {
            let header = octets.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(octets.len());
            let range = if chance.bool() { header } else { octets.len() };
            let at = chance.usize(..range.max(1)).min(octets.len());
            match chance.u8(..6) {
                0 => {
                    if let Some(octet) = octets.get_mut(at) {
                        *octet = chance.u8(..);
                    }
                }
                1 | 2 => {
                    drop(octets.splice(at..at, one_of::<str>(&PIECES, chance).unwrap_or_default().bytes()));
                }
                3 => drop(octets.drain(at..(at + 1 + chance.usize(..40)).min(octets.len()))),
                4 => {
                    let other: &[u8] = one_of(&self.mails, chance).unwrap_or_default();
                    let from = chance.usize(..other.len().max(1));
                    let to = (from + 1 + chance.usize(..80)).min(other.len());
                    octets.splice(at..at, other.get(from..to).unwrap_or_default().iter().copied());
                }
                // A whole line goes elsewhere: fields change their order, and lines of the text become fields.
                _ => {
                    let begin =
                        octets.get(..at).unwrap_or_default().iter().rposition(|octet| *octet == b'\n');
                    let begin = begin.map_or(0, |place| place + 1);
                    let rest = octets.get(begin..).unwrap_or_default();
                    let length =
                        rest.iter().position(|octet| *octet == b'\n').map_or(rest.len(), |end| end + 1);
                    let line: Vec<u8> = octets.drain(begin..begin + length).collect();
                    let to = chance.usize(..octets.len().max(1)).min(octets.len());
                    octets.splice(to..to, line);
                }
            }
        }
        octets
    }
}

fn one_of<'a, T: ?Sized>(all: &'a [impl AsRef<T>], chance: &mut Rng) -> Option<&'a T> {
    all.get(chance.usize(..all.len().max(1))).map(AsRef::as_ref)
}

fn is_proven(proof: &Proof) -> bool {
    proof.verdict == Verdict::Authenticated
}

/// Whether both crates see this one address, and mail-auth the body where the first empty line is.
fn is_read_alike(raw: &[u8], from: &Address) -> bool {
    let is_from = |text: &str| {
        // Both decode a local part that has the form of an encoded word; it is to be taken as written (RFC 2047 §5).
        let decoded = from.local().starts_with("=?") && text.strip_prefix('@') == Some(from.domain());
        decoded || text.parse::<Address>().is_ok_and(|address| address == *from)
    };
    let body_at = raw.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
    let auth = AuthenticatedMessage::parse(raw);
    let by_auth = auth.is_some_and(|message| {
        Some(message.body_offset()) == body_at
            && message.froms().len() == 1
            && message.froms().iter().all(|text| is_from(text))
    });
    // What mail-parser makes of a zone of one letter is a known fault, which the proof works around.
    if has_zone_of_one_letter(raw) {
        return by_auth;
    }
    let parsed = MessageParser::default().parse(raw);
    let by_parser = parsed.is_some_and(|message| {
        let seen: Vec<String> = message
            .from()
            .into_iter()
            .flat_map(mail_parser::Address::iter)
            .map(|one| one.address().unwrap_or_default().to_owned())
            .collect();
        seen.len() == 1 && seen.iter().all(|text| is_from(text))
    });
    by_auth && by_parser
}

fn has_zone_of_one_letter(raw: &[u8]) -> bool {
    raw.split(|octet| *octet == b'\n').any(|line| {
        let mut from_end = line.iter().rev().skip_while(|octet| octet.is_ascii_whitespace());
        let letter = from_end.next().is_some_and(u8::is_ascii_alphabetic);
        letter && from_end.next().is_none_or(|octet| !octet.is_ascii_alphabetic())
    })
}

/// What a reader takes from a mail: Subject and texts, white space folded, as relaxed signatures allow.
fn words(raw: &[u8]) -> Vec<String> {
    let fold = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some(message) = MessageParser::default().parse(raw) else { return Vec::new() };
    let texts = message.text_bodies().chain(message.html_bodies());
    let texts = texts.map(|part| fold(part.text_contents().unwrap_or_default()));
    std::iter::once(fold(message.subject().unwrap_or_default())).chain(texts).collect()
}

/// Keeps the mail that breaks a property, and says where.
fn broken(raw: &[u8], says: &str) -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/mutations");
    fs::create_dir_all(&folder)?;
    let file = folder.join("violation.eml");
    fs::write(&file, raw)?;
    anyhow::bail!("{} {says}", file.display())
}
