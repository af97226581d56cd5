//! How many mails a second one core understands, kind by kind, and what hostile mails cost: `cargo bench --bench reading`.
//!
//! The mails are those of `fixtures/letters`, each with its label. A mail of 25 MB and one of 10,000 parts are judged
//! whole; beside them stands the most memory that the process ever had, as Linux tells it.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement reads the clock and prints what it found"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tldops::domain::cctlds::KnownTlds;
use tldops::domain::contact::Roster;
use tldops::reading::letter::Letter;
use tldops::reading::{Context, understand};

/// How long the mails of one kind are read again and again.
const TURN: Duration = Duration::from_millis(400);

fn main() -> anyhow::Result<()> {
    let known = KnownTlds::built_in();
    let roster = Roster::default();
    let context = Context { known: &known, roster: &roster, mailboxes: &[], secretariat: &[] };
    let read = |raw: &[u8]| Letter::read(raw).map(|letter| understand(&letter, &context)).ok();
    let mut kinds: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/letters"))? {
        let path = file?.path();
        if path.extension().is_none_or(|ending| ending != "eml") {
            continue;
        }
        let raw = fs::read(&path)?;
        let reading = read(&raw).with_context(|| format!("{} cannot be read", path.display()))?;
        let kind = serde_json::to_value(reading.kind)?.as_str().unwrap_or_default().to_owned();
        kinds.entry(kind).or_default().push(raw);
    }
    println!("kind            mails   octets each   understood /s");
    for (kind, mails) in &kinds {
        let octets = mails.iter().map(Vec::len).sum::<usize>() / mails.len().max(1);
        let began = Instant::now();
        let mut rounds = 0_u64;
        while began.elapsed() < TURN {
            for raw in mails {
                drop(black_box(read(raw)));
            }
            rounds += 1;
        }
        let done = rounds * u64::try_from(mails.len())?;
        let rate = u128::from(done) * 1000 / began.elapsed().as_millis().max(1);
        println!("{kind:<15} {:>5} {octets:>13} {rate:>15}", mails.len());
    }
    println!("\nmail                       ms   most memory so far   and");
    for (name, raw) in [
        ("one of 25 MB", large(25_000_000)),
        ("one of 9 MB", large(9_000_000)),
        ("one of 10,000 parts", many_parts(10_000)?),
    ] {
        let began = Instant::now();
        // What is over a limit takes no time, since it is laid aside for a person before it is taken apart.
        let outcome = match Letter::read(&raw).map(|letter| understand(&letter, &context)) {
            Ok(reading) if reading.hold => "read, and held for a person".to_owned(),
            Ok(_) => "read".to_owned(),
            Err(unreadable) => format!("laid aside: {unreadable}"),
        };
        println!("{name:<22} {:>6}   {:<18}   {outcome}", began.elapsed().as_millis(), memory());
    }
    Ok(())
}

fn large(octets: usize) -> Vec<u8> {
    let head = "From: a@b.example\r\nSubject: contacts\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    let line = "Please add Jan Jansen, jan@nic.example, +31 6 2247 9105 for .nl\r\n";
    format!("{head}{}", line.repeat(octets / line.len())).into_bytes()
}

fn many_parts(parts: usize) -> anyhow::Result<Vec<u8>> {
    let mut raw =
        String::from("From: a@b.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
    for part in 0..parts {
        write!(raw, "--b\r\nContent-Type: text/plain\r\n\r\npart {part}: jan@nic.example\r\n")?;
    }
    raw.push_str("--b--\r\n");
    Ok(raw.into_bytes())
}

/// The peak of resident memory (`VmHWM` of proc(5)); unknown elsewhere.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |line| line.trim().to_owned())
}
