//! How many mails a second are proven, beside what the cryptography alone costs: `cargo bench --bench proof`.
//!
//! All answers of the DNS are at hand, as from a warm cache. The bare cost is one verification by RSA-2048 and one
//! SHA-256 of the same octets, by the same library. Both run in turns within the same seconds, and what counts is their
//! ratio: machines differ, and so does one machine from minute to minute.
//!
//! `-- write FOLDER` writes the mails and their key record, `-- rate FILE` measures one mail for a second: both are for
//! `tests/bench/proof-peers.sh`.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement reads the clock and prints what it found"
)]

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_auth::common::crypto::Algorithm;
use mail_auth::common::crypto::RsaKey;
use mail_auth::common::crypto::Sha256;
use mail_auth::common::crypto::SigningKey as _;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::common::verify::DomainKey;
use tldops::domain::address::Address;
use tldops::domain::evidence::DnsAnswer;
use tldops::domain::evidence::DnsQuestion;
use tldops::domain::evidence::Verdict;
use tldops::proof::Examination;
use tldops::rehearsal::signing::key_record;
use tldops::rehearsal::signing::sign;
use tldops::shell::zone_file::ZoneFile;

/// The sizes that are measured: a request, one with a long thread below it, one with a scanned letter.
const SIZES: [(&str, usize); 3] = [("2 kB", 2_000), ("20 kB", 20_000), ("1 MB", 1_000_000)];
/// How long one turn of a measurement takes.
const TURN: Duration = Duration::from_millis(200);
/// Turns of each; the middle one counts.
const TURNS: usize = 9;
/// Who signs.
const DOMAIN: &str = "nic-xa.example";
/// The time of judgement.
const NOW: &str = "2026-11-20T18:15:31Z";
/// The key, whose private half is known to everybody.
const KEY: &str = include_str!("../fixtures/keys/rsa2048.test-key.pem");
const PUBLIC: &str = include_str!("../fixtures/keys/rsa2048.test-key.pub");

fn main() -> anyhow::Result<()> {
    // Cargo adds an argument of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => compare(),
        ["write", folder] => write(Path::new(folder)),
        ["rate", file] => {
            let raw = fs::read(file)?;
            let bench = Bench::new()?;
            bench.judge(&raw)?;
            println!("{:.0}", rate(Duration::from_secs(1), || drop(black_box(bench.judge(&raw)))));
            Ok(())
        }
        other => anyhow::bail!("{other:?} is none of: nothing, write FOLDER, rate FILE"),
    }
}

fn compare() -> anyhow::Result<()> {
    let bench = Bench::new()?;
    println!("size     verdicts/s  RSA-2048 + SHA-256 /s  verdict costs");
    for (name, octets) in SIZES {
        let raw = mail(octets)?;
        bench.judge(&raw)?;
        let value = bench.signature(&raw)?;
        let (mut verdicts, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            verdicts.push(rate(TURN, || drop(black_box(bench.judge(&raw)))));
            bare.push(rate(TURN, || drop(black_box(bench.verify(&raw, &value)))));
        }
        let (verdicts, bare) = (middle(verdicts), middle(bare));
        println!("{name:<7} {verdicts:>11.0} {bare:>22.0} {:>9.2} times", bare / verdicts);
    }
    Ok(())
}

fn write(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, octets) in SIZES {
        fs::write(folder.join(format!("{}.eml", name.replace(' ', ""))), mail(octets)?)?;
    }
    fs::write(folder.join("record"), format!("v=DKIM1; k=rsa; p={}", PUBLIC.trim()))?;
    Ok(())
}

/// A signed request of about this many octets, in lines as people write them.
fn mail(octets: usize) -> anyhow::Result<Vec<u8>> {
    let head = format!(
        "From: XA Admin <admin@{DOMAIN}>\r\nTo: bot@tldops.example\r\nSubject: subscribe xa\r\n\
         Date: Fri, 20 Nov 2026 18:05:31 +0000\r\nMessage-ID: <1@{DOMAIN}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    );
    let line = "please subscribe our contacts, as we wrote in the thread that stands below\r\n";
    let signature_octets = 700;
    let lines = octets.saturating_sub(head.len() + signature_octets).div_ceil(line.len());
    Ok(sign(format!("{head}{}", line.repeat(lines)).as_bytes(), DOMAIN, "rsa", NOW.parse()?)?)
}

/// What both sides need.
struct Bench {
    ours: Address,
    now: jiff::Timestamp,
    answers: BTreeMap<DnsQuestion, DnsAnswer>,
    public: DomainKey,
}

impl Bench {
    fn new() -> anyhow::Result<Self> {
        let zone = ZoneFile::read(&key_record(DOMAIN, "rsa")?)?;
        let question = DnsQuestion { name: format!("rehearsal._domainkey.{DOMAIN}") };
        let answers = BTreeMap::from([(question.clone(), zone.answer(&question))]);
        let record = format!("v=DKIM1; k=rsa; p={}", PUBLIC.trim());
        let public = DomainKey::parse(record.as_bytes()).map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(Self { ours: "bot@tldops.example".parse()?, now: NOW.parse()?, answers, public })
    }

    /// The whole proof of a mail.
    fn judge(&self, raw: &[u8]) -> anyhow::Result<()> {
        let examination = Examination::new(raw, std::slice::from_ref(&self.ours), self.now);
        black_box(examination.questions());
        let proof = examination.judge(&self.answers);
        anyhow::ensure!(proof.verdict == Verdict::Authenticated, "{:?}", proof.reasons);
        Ok(())
    }

    /// A signature over the octets as they are.
    #[expect(clippy::unused_self, reason = "it stands beside its counterpart")]
    fn signature(&self, raw: &[u8]) -> anyhow::Result<Vec<u8>> {
        let base64: String =
            KEY.lines().filter(|line| !line.starts_with('-') && !line.contains(' ')).collect();
        let der = STANDARD.decode(base64).context("the key is damaged")?;
        #[expect(deprecated, reason = "the new call takes a type of another crate")]
        let key = RsaKey::<Sha256>::from_der(&der).map_err(|error| anyhow::anyhow!("{error}"))?;
        key.sign(raw).map_err(|error| anyhow::anyhow!("{error}"))
    }

    /// One SHA-256 of the octets and one RSA-2048 verification.
    fn verify(&self, raw: &[u8], value: &[u8]) -> anyhow::Result<()> {
        let verified = self.public.p.verify_bytes(raw, value, Algorithm::RsaSha256);
        verified.map_err(|error| anyhow::anyhow!("{error}"))
    }
}

/// How often a second something can be done.
#[expect(clippy::cast_precision_loss, reason = "a rate needs no more than a few digits")]
fn rate(time: Duration, mut work: impl FnMut()) -> f64 {
    let began = Instant::now();
    let mut times = 0_u64;
    while began.elapsed() < time {
        work();
        times += 1;
    }
    times as f64 / began.elapsed().as_secs_f64()
}

fn middle(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}
