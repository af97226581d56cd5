//! What a comparison of the registers and the mail with the contact repository take: `cargo bench --bench registers -- 300
//! 100000` entries of three contacts each.
//!
//! The list and a spreadsheet have them all, but for one in a hundred that differs. All ccTLDs that there are come to about
//! three hundred; with a hundred thousand each step that grows with the square of them would show. Beside each part stands
//! how many times it takes what no program can do without: for the comparison to go through both rosters and look at each
//! contact once, for the mail to write its octets to a file. Only ratios of one run are comparable.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement reads the clock, prints what it found, and may end where something fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hint::black_box;
use std::time::Instant;

use tldops::domain::comparison::{with_list, with_page, with_register};
use tldops::domain::contact::{Contact, Phone, Rank, Roster};
use tldops::domain::history::Written;
use tldops::domain::list_plan::{Plan, Scope};
use tldops::domain::listed::{Listed, Serves};
use tldops::domain::members::{Secondary, members_of};
use tldops::domain::reconciliation::{Past, Reconciliation, Standard};
use tldops::domain::repository::Repository;
use tldops::domain::tld::Tld;
use tldops::writing::repository::{attachments, lines};

/// Contacts of each entry.
const CONTACTS: u8 = 3;
/// One of so many entries differs.
const DIFFERS: usize = 100;

/// Times that each part is done; the median counts.
const ROUNDS: usize = 5;

fn main() {
    let counts: Vec<usize> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let counts = if counts.is_empty() { vec![300, 100_000] } else { counts };
    println!(
        "{:>8} {:>8} {:>11} {:>9} {:>7} {:>6} {:>10} {:>9} {:>7} {:>6}",
        "entries",
        "differ",
        "compare ms",
        "µs/entry",
        ": floor",
        "MiB",
        "digest ms",
        "µs/entry",
        ": floor",
        "MiB"
    );
    let mut first: Option<[f64; 2]> = None;
    for count in counts {
        let (roster, past) = store(count);
        let (compared, differences) = comparison(&roster, &past);
        let digest = digest(&roster);
        let entries = f64::from(u32::try_from(count).unwrap());
        let each = [compared.took, digest.took].map(|took| took * 1e6 / entries);
        println!(
            "{count:>8} {differences:>8} {:>11.2} {:>9.2} {:>7.1} {:>6} {:>10.2} {:>9.2} {:>7.1} {:>6}",
            compared.took * 1e3,
            each[0],
            compared.took / compared.floor,
            compared.mebibytes,
            digest.took * 1e3,
            each[1],
            digest.took / digest.floor,
            digest.mebibytes
        );
        let before = *first.get_or_insert(each);
        println!(
            "{:>8} per entry, to the first row: compare {:.2}, digest {:.2}",
            "",
            each[0] / before[0],
            each[1] / before[1]
        );
    }
}

/// What a part takes, in seconds; what its floor takes; by how much the memory grew at the most.
struct Taken {
    took: f64,
    floor: f64,
    mebibytes: u64,
}

/// The store beside a list, a spreadsheet and a page.
fn comparison(roster: &Roster, past: &Past) -> (Taken, usize) {
    let listed = listed(roster);
    let mut members = members_of(roster, Secondary::Shown);
    for member in members.iter_mut().step_by(DIFFERS) {
        member.name = Some("Somebody Else, #1, .nl".to_owned());
    }
    let page: BTreeSet<Tld> = roster.iter().map(|(tld, _)| tld.clone()).skip(1).collect();
    let admins = BTreeMap::new();
    let standard = Standard { roster, past, admins: &admins };
    let compare = || {
        let wanted = members_of(roster, Secondary::Shown);
        let plan = Plan::new(&members, &wanted, &Scope::AllBut(BTreeSet::new()));
        let mut found = with_list(&plan, &standard, |_| Listed::default());
        found.extend(with_register("sheet.csv", &listed, &standard));
        found.extend(with_page("page.html", &page, &standard));
        Reconciliation::of(found).differences.len()
    };
    let before = reset_peak();
    let differences = compare();
    let mebibytes = peak().saturating_sub(before) / 1024;
    let look = || {
        let same =
            |(one, (_, contact)): (&Listed, (&Tld, &Contact))| one.email.as_ref() == Some(&contact.email);
        let contacts = roster.iter().flat_map(|(tld, contacts)| contacts.iter().map(move |one| (tld, one)));
        listed.iter().zip(contacts).filter(|pair| same(*pair)).count()
    };
    (Taken { took: median(compare), floor: median(look), mebibytes }, differences)
}

/// The mail with the contact repository: its lines, its cards and its table.
fn digest(roster: &Roster) -> Taken {
    let repository = Repository { roster: roster.clone(), ..Repository::default() };
    let write = || {
        let mut octets = lines(&repository).join("\n").into_bytes();
        for file in attachments(&repository) {
            octets.extend(file.octets);
        }
        octets
    };
    let before = reset_peak();
    let octets = write();
    let mebibytes = peak().saturating_sub(before) / 1024;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mail");
    let floor = median(|| fs::write(&path, &octets).unwrap());
    Taken { took: median(write), floor, mebibytes }
}

/// The median of some rounds, in seconds.
fn median<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            black_box(work());
            begun.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}

/// From now on the peak is counted anew, where Linux does so; what is in use now, in KiB.
fn reset_peak() -> u64 {
    drop(fs::write("/proc/self/clear_refs", "5"));
    peak()
}

/// The most memory that was in use since then, in KiB, as Linux tells it; 0 elsewhere.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// A label of letters alone for each number.
fn tld(mut number: usize) -> Tld {
    let mut label = String::from("x");
    for _ in 0..4 {
        label.push(char::from(b'a' + u8::try_from(number % 26).unwrap()));
        number /= 26;
    }
    label.parse().unwrap()
}

fn store(count: usize) -> (Roster, Past) {
    let (mut roster, mut all) = (Roster::default(), Vec::new());
    for number in 0..count {
        let contact = |rank: u8| Contact {
            rank: Rank::try_from(rank).unwrap(),
            name: format!("Person {number} {rank}").parse().unwrap(),
            email: format!("p{number}-{rank}@nic{number}.example").parse().unwrap(),
            secondary_email: None,
            phone: Some(Phone::try_from(format!("+316{number:08}")).unwrap()),
        };
        let contacts: Vec<Contact> = (1..=CONTACTS).map(contact).collect();
        all.push(Written {
            at: "2026-01-01T00:00:00Z".parse().unwrap(),
            tld: tld(number),
            by: "R-1".to_owned(),
            contacts: contacts.clone(),
        });
        roster.set(tld(number), contacts);
    }
    (roster, Past::of(all))
}

fn listed(roster: &Roster) -> Vec<Listed> {
    let all = roster.iter().flat_map(|(tld, contacts)| contacts.iter().map(move |contact| (tld, contact)));
    let line = |(number, (tld, contact)): (usize, (&Tld, &Contact))| Listed {
        name: Some(contact.name.to_string()),
        email: Some(contact.email.clone()),
        phone: if number % (DIFFERS * usize::from(CONTACTS)) == 0 {
            Some(Phone::try_from("+31612345678".to_owned()).unwrap())
        } else {
            contact.phone.clone()
        },
        serves: Serves::Cctlds(vec![(tld.clone(), Some(contact.rank))]),
        ..Listed::default()
    };
    all.enumerate().map(line).collect()
}
