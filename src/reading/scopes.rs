//! Scopes: which of several ccTLDs each person is named for, told by where they stand.

use std::ops::Range;

use crate::domain::tld::Tld;
use crate::reading::countries;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts::{self, Found};
use crate::reading::folding::is_word;
use crate::reading::labels::Reader;
use crate::reading::speech::Speech;
use crate::reading::tlds;
use crate::reading::words::Sense;

/// What stands in a text, in its order.
#[derive(Clone, Copy)]
enum Item<'a> {
    Tld(&'a Tld),
    Person(usize),
}

/// The ccTLDs in a text: by code or label, or else by the names of countries.
fn places(speech: &Speech, reader: &Reader<'_>) -> Vec<Found<Tld>> {
    let named = tlds::named(&speech.chars, &speech.hits, reader.known);
    if named.is_empty() { countries::find(&speech.chars) } else { named }
}

/// For each person of a paragraph the ccTLDs that he is named with: those before him, where the paragraph begins with
/// ccTLDs and ends with persons, and those behind him, where it is the other way round. Nothing where neither holds.
pub(super) fn of_paragraph(speech: &Speech, reader: &Reader<'_>, persons: &[Range<usize>]) -> Vec<Vec<Tld>> {
    let places = places(speech, reader);
    let mut items: Vec<(usize, Item<'_>)> =
        places.iter().map(|place| (place.span.start, Item::Tld(&place.what))).collect();
    items.extend(persons.iter().enumerate().map(|(number, span)| (span.start, Item::Person(number))));
    items.sort_by_key(|(start, _)| *start);
    let mut scopes = vec![Vec::new(); persons.len()];
    let mut items: Vec<Item<'_>> = items.into_iter().map(|(_, item)| item).collect();
    match (items.first(), items.last()) {
        (Some(Item::Tld(_)), Some(Item::Person(_))) => {}
        (Some(Item::Person(_)), Some(Item::Tld(_))) => items.reverse(),
        _ => return scopes,
    }
    let mut group: Vec<Tld> = Vec::new();
    let mut open = false;
    for item in items {
        match item {
            Item::Tld(tld) => {
                if !open {
                    group.clear();
                }
                open = true;
                group.push(tld.clone());
            }
            Item::Person(number) => {
                open = false;
                if let Some(scope) = scopes.get_mut(number) {
                    scope.clone_from(&group);
                }
            }
        }
    }
    scopes
}

/// A line that names ccTLDs.
pub(super) struct Heading {
    /// Its number.
    pub(super) line: usize,
    /// Which.
    pub(super) named: Vec<Tld>,
    /// Whether it names nobody, so that it is a heading of what stands below it.
    pub(super) nobody: bool,
    /// Whether it names one ccTLD before all addresses and numbers.
    leads: bool,
    /// What it begins.
    begins: Begins,
}

/// What a line that names ccTLDs begins.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Begins {
    /// Nothing: they stand within it, or there are several.
    Nothing,
    /// What is said of the one ccTLD that stands at its start.
    Section,
    /// The same, and all that is said is that nothing changes there.
    Kept,
}

/// The lines that name ccTLDs.
pub(super) fn headings(lines: &[&str], reader: &Reader<'_>) -> Vec<Heading> {
    let mut headings = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let speech = Speech::of(line, reader.languages);
        let places = places(&speech, reader);
        if places.is_empty() {
            continue;
        }
        let addresses = facts::addresses(&speech.chars).into_iter().map(|found| found.span.start);
        let numbers = facts::numbers(&speech.chars).into_iter().map(|found| found.span.start);
        let first = addresses.chain(numbers).min();
        let leads = places.len() == 1 && first.is_some_and(|at| places.iter().all(|one| one.span.end <= at));
        let starts = places.len() == 1 && places.iter().all(|one| is_at_start(&speech, one.span.start));
        let named = places.into_iter().map(|place| place.what).collect();
        let begins = match (starts, first.is_none() && speech.has_any(&[Sense::Keep, Sense::Unchanged])) {
            (false, _) => Begins::Nothing,
            (true, false) => Begins::Section,
            (true, true) => Begins::Kept,
        };
        headings.push(Heading { line: number, named, nobody: first.is_none(), leads, begins });
    }
    headings
}

/// `- le .re : …`, `For .nl: …`: nothing but a point of a list and small words stands before it.
fn is_at_start(speech: &Speech, place: usize) -> bool {
    const WORDS_MAX: usize = 2;
    const CHARS_MAX: usize = 16;
    let before = speech.text(0..place);
    place <= CHARS_MAX
        && before.split_whitespace().filter(|word| word.chars().any(is_word)).count() <= WORDS_MAX
}

/// Gives every person his ccTLDs. Says whether that could be done for all of them, each ccTLD had somebody, and nothing was
/// left to guess; else nobody has any.
pub(super) fn assign(entries: &mut [Entry], headings: &[Heading], all: &[Tld]) -> Assigned {
    // Each ccTLD begins a point of its own: what stands beneath it, up to the next, is said of it.
    let in_sections = headings.len() > 1 && headings.iter().all(|heading| heading.begins != Begins::Nothing);
    let scope = |entry: &Entry| -> Vec<Tld> {
        if !entry.tlds.is_empty() {
            return entry.tlds.clone();
        }
        if !entry.scope.is_empty() {
            return entry.scope.clone();
        }
        // `.by: Ann Bee, ann@…`, and the other ccTLD with its person on the next line.
        let own = headings.iter().find(|heading| heading.line == entry.line && heading.leads);
        let alone = entries.iter().filter(|other| other.line == entry.line).count() == 1;
        if let Some(own) = own.filter(|_| alone) {
            return own.named.clone();
        }
        let above = headings.iter().rev().find(|heading| heading.line <= entry.line);
        above.filter(|above| above.nobody || in_sections).map(|above| above.named.clone()).unwrap_or_default()
    };
    let scopes: Vec<Vec<Tld>> = entries.iter().map(scope).collect();
    let counts = |entry: &&Entry| entry.role != Role::Keep;
    let complete = entries
        .iter()
        .zip(&scopes)
        .filter(|(entry, _)| counts(entry))
        .all(|(_, scope)| !scope.is_empty() && scope.iter().all(|tld| all.contains(tld)));
    let kept = |tld: &Tld| {
        in_sections
            && headings.iter().any(|heading| heading.begins == Begins::Kept && heading.named.contains(tld))
    };
    let covered = all.iter().all(|tld| scopes.iter().any(|scope| scope.contains(tld)) || kept(tld));
    if !complete || !covered || entries.is_empty() {
        return Assigned::No;
    }
    for (entry, scope) in entries.iter_mut().zip(scopes) {
        entry.tlds = scope;
    }
    Assigned::Yes
}

/// Whether every person has his ccTLDs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Assigned {
    /// Each has, and each ccTLD somebody.
    Yes,
    /// Not for certain.
    No,
}
