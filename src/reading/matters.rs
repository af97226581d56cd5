//! Matters: which ccTLDs a mail is about, by its text, its Subject or its signature.

use std::ops::Range;

use crate::domain::request::Request;
use crate::domain::tld::Tld;
use crate::domain::unclear::{About, Unclear};
use crate::reading::countries;
use crate::reading::facts::{self, Found};
use crate::reading::folding::is_word;
use crate::reading::labels::Reader;
use crate::reading::layout::Mark;
use crate::reading::letter::Letter;
use crate::reading::speech::Speech;
use crate::reading::statement::Statement;
use crate::reading::subjects::OUR_TAG;
use crate::reading::tlds;
use crate::reading::words::{Hit, Sense};

/// The ccTLDs that are written about.
pub(super) struct Named {
    /// Which.
    pub(super) tlds: Vec<Tld>,
    /// Why it is not certain that it is these.
    pub(super) doubt: Option<Unclear>,
}

/// The ccTLDs that are written about: those of the text, or else of the Subject.
pub(super) fn in_text(statement: &Statement, subject: &Speech, own: &Speech, reader: &Reader<'_>) -> Named {
    let of_subject = named(subject, reader);
    if !statement.tlds.is_empty() {
        let others = of_subject.iter().any(|tld| !statement.tlds.contains(tld));
        let both = of_subject.iter().chain(&statement.tlds).map(Tld::for_people);
        let doubt = others.then(|| Unclear::with(About::SubjectOtherTld, both));
        return Named { tlds: without_kept(own, statement.tlds.clone(), reader), doubt };
    }
    let found =
        [of_subject, by_country(own, statement, |_| false), by_country(subject, statement, |_| false)]
            .into_iter()
            .find(|found| !found.is_empty());
    Named { tlds: found.unwrap_or_default(), doubt: None }
}

/// The ccTLDs that only the signature names.
pub(super) fn in_signature(letter: &Letter, statement: &Statement, reader: &Reader<'_>) -> Vec<Tld> {
    let signed = letter.layout().text_of(&[Mark::Greeting, Mark::Closing, Mark::Signature]);
    let signed = Speech::of(&signed, reader.languages);
    let found = named(&signed, reader);
    let writer = letter.from_name().unwrap_or_default().to_lowercase();
    // `Chinedu Okafor` is no Chinese.
    let is_name = |place: &Range<usize>| {
        let word = signed.text(place.clone()).to_lowercase();
        writer.split_whitespace().any(|part| part == word)
    };
    if found.is_empty() { by_country(&signed, statement, is_name) } else { found }
}

/// The one ccTLD that the Subject of a mail of ours names, which is answered: `Re: [TLD-OPS] Yearly check of your contacts (.nl)`.
pub(super) fn of_our_subject(letter: &Letter, reader: &Reader<'_>) -> Option<Tld> {
    let subject = Speech::of(letter.subject(), reader.languages);
    let mut found = named(&subject, reader).into_iter();
    let only = found.next().filter(|_| found.next().is_none());
    only.filter(|_| letter.subject().contains(OUR_TAG))
}

/// Without the ccTLDs of which the mail says that they stay as they are: `only .de; .at remains unchanged`.
fn without_kept(own: &Speech, all: Vec<Tld>, reader: &Reader<'_>) -> Vec<Tld> {
    let parts = |c: char| matches!(c, ',' | ';' | '.' | '،' | '؛' | '，' | '；' | '。' | '\n' | '(' | ')');
    // `Without any change` is said of what stays.
    let acts = [Sense::Add, Sense::Remove, Sense::Replace];
    // `For .rs she remains listed as before`.
    let stays = |act: &Hit, start: usize| {
        let before = |keep: &Hit| start <= keep.span.start && keep.span.end <= act.span.start;
        act.sense == Sense::Add && own.with(Sense::Keep).any(before)
    };
    let is_kept = |place: &Range<usize>| {
        let splits = |at: usize| {
            own.chars.get(at).is_some_and(|c| parts(*c))
                && (own.chars.get(at) != Some(&'.')
                    || own.chars.get(at + 1).is_none_or(|c| c.is_whitespace()))
        };
        let start = (0..place.start.saturating_sub(1)).rev().find(|at| splits(*at)).map_or(0, |at| at + 1);
        let end = (place.end..own.chars.len()).find(|at| splits(*at)).unwrap_or(own.chars.len());
        let inside = |hit: &&Hit| start <= hit.span.start && hit.span.end <= end;
        own.hits.iter().filter(inside).any(|hit| matches!(hit.sense, Sense::Keep | Sense::Unchanged))
            && !own.hits.iter().filter(inside).any(|hit| acts.contains(&hit.sense) && !stays(hit, start))
            && facts::addresses(own.chars.get(start..end).unwrap_or_default()).is_empty()
    };
    let named = tlds::named(&own.chars, &own.hits, reader.known);
    let kept = |tld: &Tld| {
        let mut places = named.iter().filter(|one| one.what == *tld).peekable();
        places.peek().is_some() && places.all(|one| is_kept(&one.span))
    };
    let rest: Vec<Tld> = all.iter().filter(|tld| !kept(tld)).cloned().collect();
    if rest.is_empty() { all } else { rest }
}

/// The ccTLDs that are named by code or label, each once.
fn named(speech: &Speech, reader: &Reader<'_>) -> Vec<Tld> {
    once(tlds::named(&speech.chars, &speech.hits, reader.known))
}

/// The ccTLDs whose country is named, each once. `Malte Brüggemann` is a person, and not the island.
fn by_country(speech: &Speech, statement: &Statement, is_name: impl Fn(&Range<usize>) -> bool) -> Vec<Tld> {
    let mut found = countries::find(&speech.chars);
    found.retain(|one| {
        if is_name(&one.span) {
            return false;
        }
        let word = speech.text(one.span.clone());
        let mut people = statement.entries.iter().filter_map(|entry| entry.name.as_deref());
        !people.any(|name| name.split_whitespace().any(|part| part == word))
    });
    once(found)
}

fn once(found: Vec<Found<Tld>>) -> Vec<Tld> {
    let mut each: Vec<Tld> = Vec::new();
    for one in found {
        if !each.contains(&one.what) {
            each.push(one.what);
        }
    }
    each
}

/// `.in` on a line of its own, and nothing is asked for it: what stands below it was not understood of it.
pub(super) fn left_out(own: &Speech, reader: &Reader<'_>, requests: &[Request]) -> Option<Unclear> {
    let text = own.text(0..own.chars.len());
    let heads = |line: &str| {
        let speech = Speech::of(line.trim(), reader.languages);
        let found = tlds::named(&speech.chars, &speech.hits, reader.known);
        let outside = |place: usize| !found.iter().any(|one| one.span.contains(&place));
        let alone = speech.chars.iter().enumerate().all(|(place, c)| !is_word(*c) || !outside(place));
        // `.be: …`
        let first = found.first().filter(|one| one.span.start <= 1).map(|one| one.span.end);
        let leads = first.is_some_and(|end| speech.chars.get(end) == Some(&':'));
        if alone || leads { found.into_iter().map(|one| one.what).collect() } else { Vec::new() }
    };
    let asked: Vec<&Tld> = requests.iter().filter_map(|request| request.tld.as_ref()).collect();
    let left: Vec<String> = text
        .lines()
        .flat_map(heads)
        .filter(|tld| !asked.contains(&tld))
        .map(|tld| tld.for_people())
        .collect();
    (!asked.is_empty() && !left.is_empty()).then(|| Unclear::with(About::WhichTld, left))
}
