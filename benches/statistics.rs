//! What the reports take: statistics, page, workbook and the contact repository of 300 ccTLDs, out of journals of growing length:
//! `cargo bench --bench statistics -- 1000 10000 100000`.
//!
//! The journal is written first and not measured. Then each part is done as the commands do it: the journal is read, its
//! history made, the membership of its last day counted, written as text, as charts, as the page in six languages and as a
//! workbook; and the mail with the contact repository is written. Times are medians. `whole` is that of all parts to the first
//! row, `: floor` that to what no report can do without: the journal's octets are read, and each line is taken for JSON. Only
//! ratios of one run are comparable.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement reads the clock, prints what it found, and may end where something fails"
)]

use std::fs;
use std::time::{Duration, Instant};

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use serde::de::IgnoredAny;
use tldops::bot::history::history;
use tldops::bot::records::Records;
use tldops::domain::contact::{Contact, Rank};
use tldops::domain::growth::growth;
use tldops::domain::invited::Outreach;
use tldops::domain::journal::Entry;
use tldops::domain::regions::Regions;
use tldops::domain::repository::Repository;
use tldops::domain::statistics::Statistics;
use tldops::domain::tld::Tld;
use tldops::store::{Group, Snapshot, Store};
use tldops::writing::captions::Captions;
use tldops::writing::repository::{attachments, lines};
use tldops::writing::statistics::Report;
use tldops::writing::{charts, page, workbook};

/// ccTLDs that have contacts: all that there are, and three contacts each.
const CCTLDS: usize = 300;
const CONTACTS: u8 = 3;
/// The parts that are measured.
const PARTS: usize = 8;
/// Times that each part is done; the median counts.
const ROUNDS: usize = 5;
/// Entries of one group while the journal is written.
const AT_ONCE: usize = 500;
/// The last day, of which the membership is counted.
const DAY: Date = date(2026, 11, 20);

fn main() {
    let counts: Vec<usize> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let counts = if counts.is_empty() { vec![1_000, 10_000, 100_000] } else { counts };
    println!(
        "{:>9} {:>9} {:>9} {:>10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>7} {:>7} {:>6}",
        "entries",
        "floor ms",
        "read ms",
        "history ms",
        "count ms",
        "text ms",
        "svg ms",
        "page ms",
        "xlsx ms",
        "digest ms",
        "whole",
        ": floor",
        "MiB"
    );
    let mut first = None;
    for count in counts {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path(), count);
        let before = reset_peak();
        let times = measure(folder.path());
        let grown = peak().saturating_sub(before) / 1024;
        let floor = floor(folder.path()).as_secs_f64() * 1000.0;
        let [read, made, counted, text, svg, html, sheet, digest] =
            times.map(|time| time.as_secs_f64() * 1000.0);
        let whole: f64 = times.iter().map(Duration::as_secs_f64).sum();
        let ratio = whole / *first.get_or_insert(whole);
        let above = whole * 1000.0 / floor;
        println!(
            "{count:>9} {floor:>9.2} {read:>9.2} {made:>10.2} {counted:>9.2} {text:>9.2} {svg:>9.2} {html:>9.2} {sheet:>9.2} {digest:>9.2} {ratio:>7.2} {above:>7.2} {grown:>6}"
        );
    }
}

/// From now on the peak is counted anew, where Linux does so; what is in use now, in KiB.
fn reset_peak() -> u64 {
    drop(fs::write("/proc/self/clear_refs", "5"));
    peak()
}

/// What no report can do without: the journal's octets are read, and each line is taken for JSON.
fn floor(folder: &std::path::Path) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            let text = fs::read_to_string(folder.join("store/journal.jsonl")).unwrap();
            let lines = text.lines().filter(|line| serde_json::from_str::<IgnoredAny>(line).is_ok());
            assert!(lines.count() > 0);
            began.elapsed()
        })
        .collect();
    times.sort();
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}

/// The most memory that was in use since then, in KiB, as Linux tells it; 0 elsewhere.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// A journal in which contacts of all ccTLDs change again and again.
fn fill(folder: &std::path::Path, count: usize) {
    let store = Store::open(&folder.join("store")).unwrap();
    let regions = Regions::default();
    let tlds: Vec<Tld> = regions.counted(DAY).map(|(tld, _)| tld.clone()).take(CCTLDS).collect();
    let begin: Timestamp = "2015-01-01T00:00:00Z".parse().unwrap();
    let numbers: Vec<usize> = (0..count).collect();
    for chunk in numbers.chunks(AT_ONCE) {
        store.settle(Group::Whole).unwrap();
        for number in chunk {
            let tld = tlds.get(number % tlds.len()).unwrap();
            let contacts: Vec<Contact> = (1..=CONTACTS).map(|place| contact(tld, place, *number)).collect();
            let at = begin + SignedDuration::from_mins(i64::try_from(*number).unwrap());
            let (event, says) = ("changed".to_owned(), "Contacts for a measurement.".to_owned());
            let entry = Entry { at, case: None, event, says, evidence: serde_json::Value::Null };
            store.commit(&entry, &[Records::write_entry(tld, &contacts).unwrap()]).unwrap();
        }
    }
    store.settle(Group::Single).unwrap();
}

fn contact(tld: &Tld, place: u8, number: usize) -> Contact {
    Contact {
        rank: Rank::try_from(place).unwrap(),
        name: "Ann Bee".parse().unwrap(),
        email: format!("p{place}-{number}@nic-{tld}.example").parse().unwrap(),
        secondary_email: None,
        phone: Some("+31262000000".to_owned().try_into().unwrap()),
    }
}

/// The medians of each part: reading, history, counting, text, charts, page, workbook, contact repository.
fn measure(folder: &std::path::Path) -> [Duration; PARTS] {
    let mut rounds: Vec<[Duration; PARTS]> = Vec::new();
    for _ in 0..ROUNDS {
        let mut times = [Duration::ZERO; PARTS];
        let mut part = 0;
        let mut lap = |began: Instant| {
            *times.get_mut(part).unwrap() = began.elapsed();
            part += 1;
        };
        let began = Instant::now();
        let snapshot = Snapshot::read(&folder.join("store")).unwrap();
        lap(began);
        let began = Instant::now();
        let history = history(snapshot.lines()).unwrap();
        lap(began);
        let began = Instant::now();
        let regions = Regions::default();
        let end: Timestamp = "2026-11-20T23:59:59Z".parse().unwrap();
        let roster = history.roster_at(end);
        let statistics = Statistics::of(&roster, &regions, DAY);
        let growth = growth(&history, &regions, (end, DAY));
        lap(began);
        let report = Report {
            day: DAY.to_string(),
            statistics: &statistics,
            freshness: None,
            movement: None,
            growth,
            regions: &regions,
            outreach: Outreach::default(),
        };
        let began = Instant::now();
        assert!(!report.text().is_empty());
        lap(began);
        let began = Instant::now();
        let captions = Captions::english();
        let map = charts::map(report.statistics, &captions).file();
        let coverage = charts::coverage(report.statistics, &captions).file();
        let growth = charts::growth(&report.growth, &captions).file();
        assert!(!map.is_empty() && !coverage.is_empty() && !growth.is_empty());
        lap(began);
        let began = Instant::now();
        assert!(!page::files(&report, &[]).unwrap().is_empty());
        lap(began);
        let began = Instant::now();
        assert!(!workbook::write(&report, DAY).unwrap().is_empty());
        lap(began);
        let repository = Repository { at: end, roster, ..Repository::default() };
        let began = Instant::now();
        assert_eq!(lines(&repository).len(), CCTLDS * usize::from(CONTACTS));
        assert_eq!(attachments(&repository).len(), 2);
        lap(began);
        rounds.push(times);
    }
    std::array::from_fn(|part| {
        let mut times: Vec<Duration> = rounds.iter().filter_map(|times| times.get(part).copied()).collect();
        times.sort();
        times.get(times.len() / 2).copied().unwrap_or_default()
    })
}
