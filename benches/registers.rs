//! What a comparison of the registers takes: `cargo bench --bench registers -- 300 100000` entries of three contacts each.
//!
//! The list and a spreadsheet have them all, but for one in a hundred that differs. All ccTLDs that there are come to about
//! three hundred; with a hundred thousand each step that grows with the square of them would show.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement reads the clock, prints what it found, and may end where something fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use tldops::domain::comparison::{with_list, with_page, with_register};
use tldops::domain::contact::{Contact, Phone, Rank, Roster};
use tldops::domain::list_plan::{Plan, Scope};
use tldops::domain::listed::{Listed, Serves};
use tldops::domain::members::{Secondary, members_of};
use tldops::domain::reconciliation::{Past, Reconciliation, Standard, Written};
use tldops::domain::tld::Tld;

/// Contacts of each entry.
const CONTACTS: u8 = 3;
/// One of so many entries differs.
const DIFFERS: usize = 100;

fn main() {
    let counts: Vec<usize> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let counts = if counts.is_empty() { vec![300, 100_000] } else { counts };
    println!("{:>10} {:>12} {:>14} {:>12}", "entries", "differences", "compare ms", "µs an entry");
    for count in counts {
        let (roster, past) = store(count);
        let listed = listed(&roster);
        let mut members = members_of(&roster, Secondary::Shown);
        for member in members.iter_mut().step_by(DIFFERS) {
            member.name = Some("Somebody Else, #1, .nl".to_owned());
        }
        let page: BTreeSet<Tld> = roster.iter().map(|(tld, _)| tld.clone()).skip(1).collect();
        let admins = BTreeMap::new();
        let standard = Standard { roster: &roster, past: &past, admins: &admins };
        let begun = Instant::now();
        let wanted = members_of(&roster, Secondary::Shown);
        let plan = Plan::new(&members, &wanted, &Scope::AllBut(BTreeSet::new()));
        let mut found = with_list(&plan, &standard, |_| Listed::default());
        found.extend(with_register("sheet.csv", &listed, &standard));
        found.extend(with_page("page.html", &page, &standard));
        let found = Reconciliation::of(found);
        let took = begun.elapsed().as_secs_f64() * 1000.0;
        let entries = u32::try_from(count).unwrap();
        println!(
            "{count:>10} {:>12} {took:>14.1} {:>12.2}",
            found.differences.len(),
            took * 1000.0 / f64::from(entries)
        );
    }
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
    let (mut roster, mut past) = (Roster::default(), Past::default());
    for number in 0..count {
        let contact = |rank: u8| Contact {
            rank: Rank::try_from(rank).unwrap(),
            name: format!("Person {number} {rank}").parse().unwrap(),
            email: format!("p{number}-{rank}@nic{number}.example").parse().unwrap(),
            secondary_email: None,
            phone: Some(Phone::try_from(format!("+316{number:08}")).unwrap()),
        };
        let contacts: Vec<Contact> = (1..=CONTACTS).map(contact).collect();
        let written = Written {
            at: "2026-01-01T00:00:00Z".parse().unwrap(),
            by: "R-1".to_owned(),
            contacts: contacts.clone(),
        };
        past.add(tld(number), written);
        roster.set(tld(number), contacts);
    }
    (roster, past)
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
