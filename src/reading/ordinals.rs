//! Ordinals: the place that words or signs name, as `second contact`, `#2` or `Kontakt Nr. 2`.

use std::ops::Range;

use crate::domain::contact::Rank;
use crate::reading::labels::is_data;
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// Signs and words that stand between the word for a contact and the number of his place. Of two that end alike the longer
/// stands first.
const SIGNS: [&str; 37] = [
    "n.º",
    "nº",
    "n°",
    "n.",
    "no.",
    "nr.",
    "nr",
    "no",
    "№",
    "number",
    "num.",
    "núm.",
    "numero",
    "número",
    "numéro",
    "nummer",
    "numer",
    "numeris",
    "numurs",
    "numeri",
    "nombor",
    "nomor",
    "numara",
    "numarası",
    "number:",
    "номер",
    "номером",
    "нумар",
    "број",
    "broj",
    "brojem",
    "бројем",
    "številka",
    "číslo",
    "číslem",
    "αριθμός",
    "szám",
];

/// The place that a stretch of a line names.
pub(super) fn rank_of(line: &Speech, start: usize, end: usize) -> Option<Rank> {
    let longest = |sense: Sense| {
        let inside = line.with(sense).filter(|hit| hit.span.start >= start && hit.span.end <= end);
        // `Secondary e-mail` and `first and last name` say nothing of a place, and neither does `second attempt`.
        let named = |sense| matches!(sense, Sense::Name | Sense::FirstName | Sense::LastName);
        let other =
            |sense| is_data(sense) || named(sense) || matches!(sense, Sense::Stop | Sense::Vocabulary);
        // `As second` within `as second email`.
        let runs_on = |label: &Hit, hit: &Hit| {
            is_data(label.sense)
                && hit.span.start < label.span.start
                && label.span.start < hit.span.end
                && hit.span.end < label.span.end
        };
        let of_a_value = |hit: &&Hit| {
            line.hits
                .iter()
                .any(|longer| (other(longer.sense) && longer.exceeds(hit)) || runs_on(longer, hit))
        };
        inside.filter(|hit| !of_a_value(hit)).map(|hit| hit.span.len()).max().unwrap_or_default()
    };
    let ranks = [(1, longest(Sense::First)), (2, longest(Sense::Second)), (3, longest(Sense::Third))];
    let Some(best) = ranks.iter().map(|(_, length)| *length).max().filter(|length| *length > 0) else {
        let signed = numbered_places(&line.chars, &(start..end));
        let only = if let [(_, rank)] = signed.as_slice() { Some(*rank) } else { None };
        return only.or_else(|| numbered(line, start, end)).or_else(|| counted(line, start, end));
    };
    let mut which = ranks.iter().filter(|(_, length)| *length == best);
    let (number, _) = which.next()?;
    which.next().is_none().then(|| Rank::try_from(*number).ok()).flatten()
}

/// Whether a dot ends a sign for a number, and a digit stands behind it: `nr. 1`.
pub(super) fn is_number_sign(line: &Speech, dot: usize) -> bool {
    const SIGN_CHARS_MAX: usize = 4;
    let start = dot.saturating_sub(SIGN_CHARS_MAX);
    let before: String = line.text(start..dot + 1).to_lowercase();
    let word =
        before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | ',')).next().unwrap_or_default();
    let mut behind = line.chars.get(dot + 1..).unwrap_or_default().iter();
    SIGNS.contains(&word) && behind.find(|c| !c.is_whitespace()).is_some_and(char::is_ascii_digit)
}

/// The places that are written as `#1` in a stretch of a text.
pub(super) fn numbered_places(chars: &[char], bound: &Range<usize>) -> Vec<(Range<usize>, Rank)> {
    let end = bound.end.min(chars.len());
    let place = |at: usize| {
        let [sign, digit] = [chars.get(at)?, chars.get(at + 1)?];
        let alone = chars.get(at + 2).is_none_or(|next| !next.is_alphanumeric());
        let apart =
            at.checked_sub(1).and_then(|before| chars.get(before)).is_none_or(|c| !c.is_alphanumeric());
        let number = u8::try_from(digit.to_digit(10)?).ok()?;
        let rank = Rank::try_from(number).ok()?;
        (*sign == '#' && alone && apart).then_some((at..at + 2, rank))
    };
    (bound.start..end).filter_map(place).collect()
}

/// `联系人（一）`, `担当者②`: a figure of its own kind right behind the word for a contact.
fn counted(line: &Speech, start: usize, end: usize) -> Option<Rank> {
    const FIGURES: [[char; 3]; 2] = [['一', '二', '三'], ['①', '②', '③']];
    let contacts = line.with(Sense::ContactWord).filter(|hit| hit.span.start >= start && hit.span.end < end);
    contacts.into_iter().find_map(|hit| {
        let mut rest =
            line.chars.get(hit.span.end..end)?.iter().skip_while(|c| matches!(c, ' ' | '(' | '（'));
        let figure = rest.next()?;
        let place = FIGURES.iter().find_map(|figures| figures.iter().position(|one| one == figure))?;
        let alone = rest.next().is_none_or(|next| !next.is_alphanumeric());
        alone.then(|| Rank::try_from(u8::try_from(place + 1).ok()?).ok()).flatten()
    })
}

/// `A devient n° 1 et B n° 2`: places behind a sign for numbers, in a sentence that has somebody become one of them.
pub(super) fn places_to_be(line: &Speech, bound: &Range<usize>) -> Vec<(Range<usize>, Rank)> {
    let end = bound.end.min(line.chars.len());
    let stretch: Vec<char> = line
        .chars
        .get(..end)
        .unwrap_or_default()
        .iter()
        .map(|c| c.to_lowercase().next().unwrap_or(*c))
        .collect();
    let alone = |place: usize| stretch.get(place).is_none_or(|c| !c.is_alphanumeric());
    let place = |digit: usize| {
        let number = u8::try_from(stretch.get(digit)?.to_digit(10)?).ok()?;
        let before: String = stretch.get(bound.start..digit)?.iter().collect();
        let before = before.trim_end();
        let sign = SIGNS.iter().find(|sign| before.ends_with(**sign))?;
        let start = bound.start + before.chars().count() - sign.chars().count();
        let apart = alone(digit + 1) && start.checked_sub(1).is_none_or(alone);
        Some((start..digit + 1, Rank::try_from(number).ok()?)).filter(|_| apart)
    };
    let places: Vec<(Range<usize>, Rank)> = (bound.start..end).filter_map(place).collect();
    let leads = |hit: &Hit| matches!(hit.sense, Sense::ToWord | Sense::New | Sense::Now);
    let becomes = |(span, _): &(Range<usize>, Rank)| {
        line.hits.iter().any(|hit| leads(hit) && hit.span.end < span.start && span.start - hit.span.end <= 1)
    };
    if places.iter().any(becomes) { places } else { Vec::new() }
}

/// `contact n.º 3`, `contacto nº 2`, `Kontakt Nr. 1`: a place by a number behind a sign or a word for numbers.
pub(super) fn numbered(line: &Speech, start: usize, end: usize) -> Option<Rank> {
    let stretch = line.chars.get(start..end.min(line.chars.len()))?;
    let alone = |place: usize| {
        let at = |place: Option<usize>| {
            place.and_then(|place| stretch.get(place)).is_none_or(|c| !c.is_alphanumeric())
        };
        at(place.checked_sub(1)) && at(Some(place + 1))
    };
    let place = (0..stretch.len())
        .find(|place| stretch.get(*place).is_some_and(|c| matches!(c, '1'..='3')) && alone(*place))?;
    let before: String =
        stretch.get(..place)?.iter().map(|c| c.to_lowercase().next().unwrap_or(*c)).collect();
    let before = before.trim_end();
    let sign = SIGNS.iter().find_map(|sign| before.strip_suffix(sign))?;
    let word_end = start + sign.trim_end().chars().count();
    let called =
        |hit: &Hit| matches!(hit.sense, Sense::ContactWord | Sense::Rank) && hit.span.end == word_end;
    let digit = stretch.get(place)?.to_digit(10)?;
    line.hits.iter().any(called).then(|| Rank::try_from(u8::try_from(digit).ok()?).ok()).flatten()
}
