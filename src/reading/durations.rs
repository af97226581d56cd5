//! Durations: times with an end, by the days that stand side by side.

use std::ops::Range;

use crate::reading::folding::is_word;
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// `From 16.11. to 11.12.2026`: two dates side by side are a time with an end.
pub(super) fn date_range(own: &Speech) -> Option<String> {
    const BETWEEN_CHARS: usize = 12;
    if let Some(range) = told_range(own) {
        return Some(range);
    }
    let dates = dates(&own.chars);
    let ranges = |pair: &&[Range<usize>]| match pair {
        [one, other] => {
            let gap = own.chars.get(one.end..other.start).unwrap_or_default();
            gap.len() <= BETWEEN_CHARS && !gap.contains(&'\n') && !gap.iter().any(char::is_ascii_digit)
        }
        _ => false,
    };
    let found = dates.windows(2).find(ranges)?;
    let (first, last) = (found.first()?, found.last()?);
    Some(own.text(first.start..last.end))
}

/// `From 3 December to 7 January`: a sentence with a word for a start and one for an end, each right before a day.
fn told_range(own: &Speech) -> Option<String> {
    const SPAN_CHARS: usize = 40;
    let day = |hit: &Hit| {
        let rest = own.chars.get(hit.span.end..).unwrap_or_default();
        let rest: Vec<char> = rest.iter().skip_while(|c| **c == ' ').take(6).copied().collect();
        let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
        let behind: Vec<char> =
            rest.iter().skip(digits).skip_while(|c| matches!(c, '.' | ' ')).copied().collect();
        let word = behind.first().is_some_and(|c| c.is_alphabetic());
        (1..=2).contains(&digits) && word && rest.get(digits).is_some_and(|c| matches!(c, '.' | ' '))
    };
    let starts = own.with(Sense::FromADay).chain(own.with(Sense::FromWord)).filter(|hit| day(hit));
    let mut ranges = starts.flat_map(|start| {
        own.with(Sense::ToWord).chain(own.with(Sense::ForATime)).filter_map(move |end| {
            let gap = own.chars.get(start.span.end..end.span.start)?;
            let near = start.span.end < end.span.start && gap.len() <= SPAN_CHARS;
            (near && !gap.contains(&'@') && !gap.contains(&'\n') && day(end))
                .then_some(start.span.start..end.span.end)
        })
    });
    ranges.next().map(|range| own.text(range))
}

/// Where days are written in figures, as `16.11.`, `3/12/2026` and `2026-12-03`.
fn dates(chars: &[char]) -> Vec<Range<usize>> {
    let digits = |from: usize| chars.iter().skip(from).take_while(|c| c.is_ascii_digit()).count();
    let mut found = Vec::new();
    let mut place = 0;
    while place < chars.len() {
        let (start, first) = (place, digits(place));
        place += first.max(1);
        let apart = start.checked_sub(1).and_then(|before| chars.get(before));
        let sign = chars.get(start + first).filter(|c| matches!(c, '.' | '/' | '-'));
        let Some(sign) = sign.filter(|_| {
            first > 0 && apart.is_none_or(|c| !is_word(*c) && !matches!(c, '.' | '/' | '-' | '+'))
        }) else {
            continue;
        };
        let second = digits(start + first + 1);
        let mut end = start + first + 1 + second;
        let third = if chars.get(end) == Some(sign) { digits(end + 1) } else { 0 };
        if third > 0 {
            end += 1 + third;
        }
        let day = (1..=2).contains(&first)
            && (1..=2).contains(&second)
            && matches!(third, 0 | 2 | 4)
            && *sign != '-';
        let year = first == 4 && (1..=2).contains(&second) && (1..=2).contains(&third);
        // `1.5 contacts` and `24/7` are no days; a second sign, or a year, shows that they are.
        let dotted = *sign == '.' && third == 0 && chars.get(end) == Some(&'.');
        if year || (day && (third > 0 || dotted)) {
            found.push(start..end);
            place = end;
        }
    }
    found
}
