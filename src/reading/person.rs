//! Persons in one value: a name alone, a name in two scripts, or name, address and number at once.

use crate::reading::bare::is_only_name;
use crate::reading::entry::Entry;
use crate::reading::facts;
use crate::reading::folding::{is_han, is_mark, is_small, is_unspaced, is_word};
use crate::reading::labels::Reader;
use crate::reading::names;
use crate::reading::ordinals::rank_of;
use crate::reading::sentences;
use crate::reading::speech::Speech;
use crate::reading::words::Sense;

/// The name that a field or a cell gives. One that is written in Latin letters and in another script is taken in
/// Latin letters; a reading aid behind Japanese characters is left out.
pub(super) fn name_of(value: &Speech) -> Option<String> {
    if is_nothing(value) {
        return None;
    }
    let value = &first_sentence(value);
    let whole = || names::clean(value);
    let parts = parts_of(value);
    let [first, second] = parts.as_slice() else { return whole() };
    let (is_first, is_second) = (is_latin(first), is_latin(second));
    match (is_first, is_second) {
        (Some(false), Some(true)) if is_whole_name(second) => names::clean(second),
        // One word in brackets may be a nickname, and words that are understood an office.
        (Some(false), Some(true)) | (Some(true), Some(false)) => names::clean(first),
        (Some(false), Some(false)) if is_reading(second) => names::clean(first),
        _ => whole(),
    }
}

/// The other of two names, in the script that the name was not taken in.
pub(super) fn other_name(value: &Speech, taken: &str) -> Option<String> {
    let parts = parts_of(value);
    let [first, second] = parts.as_slice() else { return None };
    let scripts = is_latin(first).zip(is_latin(second));
    let others = || [first, second].into_iter().filter_map(names::clean).find(|name| name != taken);
    if scripts.is_some_and(|(one, other)| one != other) { others() } else { None }
}

/// `Ann Bee. She shall be the first for all three.`: what is said of her behind her name is no part of it.
fn first_sentence(value: &Speech) -> Speech {
    const SENTENCE_WORDS_MIN: usize = 3;
    let end = sentences::of(value).into_iter().map(|bound| bound.end).find(|end| {
        let name = value.chars.get(..*end).unwrap_or_default();
        let rest = value.text((*end).min(value.chars.len())..value.chars.len());
        let small = rest.split_whitespace().any(|word| !word.starts_with(|c: char| c.is_uppercase()));
        name.iter().any(|c| is_word(*c)) && small && rest.split_whitespace().count() >= SENTENCE_WORDS_MIN
    });
    let end = end.unwrap_or(value.chars.len());
    let hits = value.hits.iter().filter(|hit| hit.span.end <= end).cloned().collect();
    Speech { chars: value.chars.get(..end).unwrap_or_default().to_vec(), hits }
}

/// A value that may hold name, address and number at once.
pub(super) fn of_value(value: &Speech, reader: &Reader<'_>) -> Entry {
    let addresses = facts::addresses(&value.chars);
    let numbers = facts::numbers(&value.chars);
    let starts = addresses.iter().map(|one| one.span.start).chain(numbers.iter().map(|one| one.span.start));
    let first = starts.min();
    let end = first.map_or(value.chars.len(), |first| before_label(value, first));
    let before = Speech::of(&value.text(0..end), reader.languages);
    let called = |name: &String| {
        let name = Speech::of(name, reader.languages);
        is_only_name(&name) || is_half_known(&name)
    };
    let name = name_of(&before).filter(|name| first.is_some() || called(name));
    let mut entry = Entry { name, rank: rank_of(value, 0, value.chars.len()), ..Entry::default() };
    for address in addresses {
        entry.take_email(address.what);
    }
    for number in numbers {
        entry.take_phone(number.what);
    }
    entry
}

/// Whether a value has somebody's name and his address.
pub(super) fn is_told(value: &Speech, reader: &Reader<'_>) -> bool {
    let person = of_value(value, reader);
    person.name.is_some() && !person.emails.is_empty()
}

/// `Ann Bee – ĐT 0912 …`: where the words end that only say what the first value is.
pub(super) fn before_label(value: &Speech, first: usize) -> usize {
    const LABELS: [Sense; 5] = [Sense::Phone, Sense::Mobile, Sense::Fax, Sense::Email, Sense::SecondEmail];
    let gap = |from: usize, to: usize| value.chars.get(from..to).unwrap_or_default();
    let mut end = first;
    // `Tel. (mobile): …` has two of them.
    while let Some(label) = value
        .hits
        .iter()
        .filter(|hit| LABELS.contains(&hit.sense) && hit.span.start > 0 && hit.span.end <= end)
        .filter(|hit| !gap(hit.span.end, end).iter().any(|c| is_word(*c)))
        .max_by_key(|hit| (hit.span.end, hit.span.len()))
        .filter(|hit| hit.span.start < end)
    {
        end = label.span.start;
    }
    end
}

/// Whether a value says that there is none: `-`, `n/a`, `none`, `néant`, `なし`.
pub(super) fn is_nothing(value: &Speech) -> bool {
    let known = value.mask(|hit| hit.sense == Sense::Nothing);
    let mut words = value.chars.iter().zip(&known).filter(|(c, _)| c.is_alphanumeric());
    words.all(|(_, known)| *known)
}

/// The parts of a name that brackets or a stroke divide.
pub(super) fn parts_of(value: &Speech) -> Vec<Speech> {
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    let divides = |c: char| matches!(c, '(' | ')' | '（' | '）' | '/' | '／' | '[' | ']' | '［' | '］' | '|');
    for (place, c) in value.chars.iter().enumerate() {
        if divides(*c) {
            parts.push((from, place));
            from = place + 1;
        }
    }
    parts.push((from, value.chars.len()));
    let stretch = |(from, to): (usize, usize)| {
        let hits = value.hits.iter().filter(|hit| hit.span.start >= from && hit.span.end <= to);
        let moved = hits.cloned().map(|mut hit| {
            hit.span = hit.span.start - from..hit.span.end - from;
            hit
        });
        Speech { chars: value.chars.get(from..to).unwrap_or_default().to_vec(), hits: moved.collect() }
    };
    let parts = parts.into_iter().map(stretch);
    parts.filter(|part| part.chars.iter().any(|c| c.is_alphanumeric())).collect()
}

/// Whether a text is in Latin letters; `None` where it is mixed.
pub(super) fn is_latin(part: &Speech) -> Option<bool> {
    let latin = |c: char| matches!(c, 'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    let mut letters = part.chars.iter().filter(|c| c.is_alphabetic() && !is_mark(**c));
    let first = latin(*letters.next()?);
    letters.all(|c| latin(*c) == first).then_some(first)
}

/// Two words or more, none of which is a known one.
fn is_whole_name(part: &Speech) -> bool {
    let known = part.mask(|hit| !matches!(hit.sense, Sense::Titles | Sense::Stop));
    let words = part.chars.split(|c| c.is_whitespace()).filter(|word| !word.is_empty()).count();
    words >= 2 && !part.chars.iter().zip(&known).any(|(c, known)| c.is_alphabetic() && *known)
}

/// `أمل الحارثي`, `Will Amberg`: two to four words, with capitals where there are any, of which one is a word of the language
/// too and another is not.
pub(super) fn is_half_known(part: &Speech) -> bool {
    let known = part.mask(|hit| hit.sense != Sense::Titles);
    let words: Vec<&[char]> = part.chars.split(|c| c.is_whitespace()).collect();
    let mut place = 0;
    let mut unknown = false;
    for word in &words {
        let marked = known.get(place..place + word.len()).unwrap_or_default();
        unknown |= !word.is_empty() && word.iter().all(|c| c.is_alphabetic()) && !marked.contains(&true);
        place += word.len() + 1;
    }
    let small = words.iter().any(|word| word.first().is_some_and(|c| is_small(*c)));
    (2..=4).contains(&words.len()) && unknown && !small
}

/// Kana behind Chinese characters.
fn is_reading(part: &Speech) -> bool {
    let mut letters = part.chars.iter().filter(|c| c.is_alphabetic());
    letters.all(|c| is_unspaced(*c) && !is_han(*c))
}
