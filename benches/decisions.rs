//! What a mail and an idle turn take with many open requests in the store: `cargo bench --bench decisions -- 0 1000 100000`.
//! `DECISIONS_MILLION=1` adds a million of them, which takes minutes to write and some gigabytes.
//!
//! The open requests are copies of one, for other ccTLDs. The program is started once for each number, which reads all of
//! them; then mails come in one by one, each opens a request, and a turn without a mail follows each. Both must cost the
//! same beside none and beside a hundred thousand.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement reads the clock, prints what it found, and may end where something fails"
)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tldops::bot::Turn;
use tldops::bot::records::Records;
use tldops::domain::case::{Case, CaseId};
use tldops::domain::journal::Entry;
use tldops::rehearsal::script::Step;
use tldops::rehearsal::signing::sign;
use tldops::rehearsal::stage::Stage;
use tldops::shell::maildir::Maildir;
use tldops::store::Store;

/// Mails that are measured beside each number of open requests.
const MAILS: usize = 50;
/// Requests in one transaction while the store is filled.
const AT_ONCE: usize = 200;
/// The environment variable that asks for a million.
const MILLION: &str = "DECISIONS_MILLION";
/// ccTLDs of the requests that are there already.
const OTHERS: [&str; 5] = ["be", "de", "it", "jp", "se"];

const REQUEST: &str = "From: admin@nic-nl.example\nTo: tld-ops-admin@ops.example\nSubject: Contacts of .nl\nDate: {date}\n\
    Message-ID: <NUMBER@nic-nl.example>\n\nPlease add this contact for .nl:\n\nName: Joost Terpstra\n\
    Email: jNUMBER@nic-nl.example\nPhone: +31 26 352 55 00\n";

fn main() {
    let counts: Vec<usize> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let mut counts = if counts.is_empty() { vec![0, 1_000, 100_000] } else { counts };
    counts.extend(std::env::var_os(MILLION).map(|_| 1_000_000));
    println!(
        "{:>10} {:>12} {:>10} {:>12} {:>12} {:>10} {:>10}",
        "open", "start ms", "mail ms", "decisions/s", "idle turn ms", "ratio", "MiB"
    );
    let mut first = None;
    for count in counts {
        let before = resident();
        let (times, at_work) = measure(count);
        let [start, mail, idle] = times.map(|time| time.as_secs_f64() * 1000.0);
        let ratio = mail / *first.get_or_insert(mail);
        let grown = at_work.saturating_sub(before) / 1024;
        let a_second = 1000.0 / mail;
        println!(
            "{count:>10} {start:>12.2} {mail:>10.3} {a_second:>12.0} {idle:>12.3} {ratio:>10.2} {grown:>10}"
        );
    }
}

/// The memory in use, in KiB, as Linux tells it; 0 elsewhere.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// The time of the start with its first turn, and the medians of a turn with a mail and of one without; the memory in use
/// while it works, in KiB.
fn measure(count: usize) -> ([Duration; 3], u64) {
    let folder = tempfile::tempdir().unwrap();
    let stories = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/stories");
    let text = |name: &str| fs::read_to_string(stories.join(name)).unwrap();
    let mut stage = Stage::set(folder.path(), &text("world.json"), &text("iana.json")).unwrap();
    let step = Step::Mail { file: "mail.eml".to_owned(), signatures: Vec::new() };
    stage.play(&step, &|_| Ok(REQUEST.replace("NUMBER", "0"))).unwrap();
    let sample = Records::new(stage.store()).case(CaseId(1)).unwrap().unwrap();
    fill(stage.store(), &sample, count);
    let date = "Mon, 02 Nov 2026 09:00:00 +0000";
    let at: Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
    let (mut start, mut mails, mut idle) = (Duration::ZERO, Vec::new(), Vec::new());
    let mut at_work = 0;
    let mailbox = Maildir::open(&folder.path().join("mail")).unwrap();
    let began = Instant::now();
    stage
        .with_bot(|bot| {
            bot.turn()?;
            start = began.elapsed();
            for number in 1..=MAILS {
                let mail = REQUEST.replace("NUMBER", &number.to_string()).replace("{date}", date);
                let mail = mail.replace('\n', "\r\n");
                // Proven, so that each opens a request, in the place of the one before.
                let mail = sign(mail.as_bytes(), "nic-nl.example", "rsa", at)?;
                mailbox.deliver(&mail, &format!("{number:04}.bench"))?;
                mails.push(timed(|| bot.turn())?);
                idle.push(timed(|| bot.turn())?);
            }
            at_work = resident();
            Ok(Turn::default())
        })
        .unwrap();
    ([start, median(mails), median(idle)], at_work)
}

/// Copies of an open request come into the store.
fn fill(store: &Store, sample: &Case, count: usize) {
    let numbers: Vec<usize> = (0..count).collect();
    for chunk in numbers.chunks(AT_ONCE) {
        let mut writes = Vec::new();
        for number in chunk {
            let tld = OTHERS.get(number % OTHERS.len()).copied().unwrap_or("be");
            let text = serde_json::to_string(sample).unwrap().replace("\"nl\"", &format!("\"{tld}\""));
            let case: Case = serde_json::from_str(&text).unwrap();
            let id = CaseId(u64::try_from(number + 1_000_000).unwrap());
            writes.extend(Records::write_case(&Case { id, ..case }).unwrap());
        }
        let at: Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
        let entry = Entry {
            at,
            case: None,
            event: "filled".to_owned(),
            says: "Requests for a measurement.".to_owned(),
            evidence: serde_json::Value::Null,
        };
        store.commit(&entry, &writes).unwrap();
    }
}

fn timed(work: impl FnOnce() -> anyhow::Result<Turn>) -> anyhow::Result<Duration> {
    let began = Instant::now();
    work()?;
    Ok(began.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
