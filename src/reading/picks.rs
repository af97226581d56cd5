//! Picks: which of several numbers of one person a mail wants listed.

use std::ops::Range;

use crate::reading::entry::LineKind;
use crate::reading::facts;
use crate::reading::sentences;
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// `Please list only the mobile`: the one kind of line that a sentence without any number speaks of, or a clause beside
/// the numbers.
pub(super) fn only_line(own: &Speech) -> Option<LineKind> {
    // `Only the mobile of A changes`: of one number there is no choice.
    if facts::numbers(&own.chars).len() == 1 {
        return None;
    }
    let bounds = sentences::of(own).into_iter().flat_map(|bound| clauses(own, bound));
    let lines: Vec<LineKind> = bounds.filter_map(|bound| line_of_clause(own, &bound)).collect();
    match lines.as_slice() {
        [only] => Some(*only),
        [] => contrasted(own),
        _ => None,
    }
}

/// `Take the mobile, not the office line`, `the mobile please, the office is not needed`: a sentence without any number in
/// which one kind of line is wanted and the other is not.
fn contrasted(own: &Speech) -> Option<LineKind> {
    let bare = |bound: &Range<usize>| {
        let end = bound.end.min(own.chars.len());
        facts::numbers(own.chars.get(bound.start..end).unwrap_or_default()).is_empty()
    };
    let both = own.has(Sense::Mobile) && own.has(Sense::Phone);
    if !both || !own.has_any(&[Sense::Not, Sense::InsteadOf]) {
        return None;
    }
    sentences::of(own).into_iter().filter(bare).find_map(|bound| {
        let clauses: Vec<Wanted> =
            parts_of(own, bound).iter().map(|clause| Wanted::of(own, clause)).collect();
        let wanted = |kind: LineKind| clauses.iter().any(|clause| clause.wanted.contains(&kind));
        let unwanted = |kind: LineKind| clauses.iter().any(|clause| clause.unwanted.contains(&kind));
        let only = |one: LineKind, other: LineKind| wanted(one) && !unwanted(one) && unwanted(other);
        let kinds = [(LineKind::Mobile, LineKind::Fixed), (LineKind::Fixed, LineKind::Mobile)];
        kinds.into_iter().find(|(one, other)| only(*one, *other)).map(|(one, _)| one)
    })
}

/// The kinds of line that a clause wants, and those that it does not.
struct Wanted {
    wanted: Vec<LineKind>,
    unwanted: Vec<LineKind>,
}

impl Wanted {
    fn of(own: &Speech, clause: &Range<usize>) -> Self {
        let hits = |sense: Sense| own.with(sense).filter(|hit| clause.contains(&hit.span.start));
        let denied = hits(Sense::Not).chain(hits(Sense::InsteadOf)).map(|hit| hit.span.start).min();
        let (mut before, mut behind) = (Vec::new(), Vec::new());
        for (sense, kind) in [(Sense::Mobile, LineKind::Mobile), (Sense::Phone, LineKind::Fixed)] {
            for hit in hits(sense) {
                let side = if denied.is_some_and(|denied| hit.span.start > denied) {
                    &mut behind
                } else {
                    &mut before
                };
                side.push(kind);
            }
        }
        // `The office is not needed`.
        if denied.is_some() && behind.is_empty() {
            return Self { wanted: behind, unwanted: before };
        }
        Self { wanted: before, unwanted: behind }
    }
}

/// The pieces of a sentence between its commas.
fn parts_of(own: &Speech, bound: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = bound.start;
    for place in bound.clone() {
        if own.chars.get(place).is_some_and(|c| matches!(c, ',' | ';' | '،' | '，' | '、' | '；' | '–' | '—'))
        {
            parts.push(start..place);
            start = place + 1;
        }
    }
    parts.push(start..bound.end);
    parts
}

/// `+31 … (please list this one)`: the numbers that brackets right behind them pick.
pub(super) fn picked(own: &Speech) -> Vec<String> {
    const BRACKET_CHARS_MAX: usize = 60;
    let is_picked = |span: &Range<usize>| {
        let rest = own.chars.get(span.end..).unwrap_or_default();
        let open = rest.iter().position(|c| *c != ' ').filter(|at| {
            matches!(rest.get(*at), Some('(' | '（' | '[' | '←'))
                || matches!(rest.get(*at..at + 2), Some(['<', '-' | '=']))
        });
        let Some(open) = open else { return false };
        let inside = rest.get(open + 1..).unwrap_or_default().iter().take(BRACKET_CHARS_MAX);
        let end = span.end + open + 1 + inside.take_while(|c| !matches!(c, ')' | '）' | ']' | '\n')).count();
        let within = |hit: &&Hit| span.end < hit.span.start && hit.span.end <= end;
        own.with(Sense::ThisOne).any(|hit| within(&hit)) && !own.with(Sense::Not).any(|hit| within(&hit))
    };
    let found = facts::numbers(&own.chars);
    let spans: Vec<Range<usize>> = found.iter().map(|found| found.span.clone()).collect();
    let taken = |span: &Range<usize>| is_picked(span) || is_led_to(own, span, &spans);
    found.into_iter().filter(|found| taken(&found.span)).map(|found| found.what).collect()
}

/// `The number to be listed is her mobile, +31 …`: the words stand before a number in its sentence, with no other between.
fn is_led_to(own: &Speech, span: &Range<usize>, numbers: &[Range<usize>]) -> bool {
    const LED_CHARS: usize = 40;
    let near = |hit: &&Hit| hit.span.end <= span.start && span.start - hit.span.end <= LED_CHARS;
    let led: Vec<&Hit> = own.with(Sense::ThisOne).filter(near).collect();
    if led.is_empty() {
        return false;
    }
    let bound = sentences::of(own).into_iter().find(|bound| bound.contains(&span.start));
    led.into_iter().filter(|hit| calls_a_number(own, hit) || is_second_of_one(own, hit, span, numbers)).any(
        |hit| {
            let gap = hit.span.end..span.start;
            let inside = bound.as_ref().is_some_and(|bound| bound.contains(&hit.span.start));
            let denied = own
                .with(Sense::Not)
                .any(|not| gap.contains(&not.span.start) || not.span.end + 1 == hit.span.start);
            hit.span.end <= span.start
                && gap.len() <= LED_CHARS
                && inside
                && !denied
                && !own.chars.get(gap.clone()).unwrap_or_default().contains(&';')
                && !numbers.iter().any(|other| gap.contains(&other.start))
        },
    )
}

/// `The number to be listed`: the words themselves are of a number, and not of the list alone.
fn calls_a_number(own: &Speech, hit: &Hit) -> bool {
    let number = |label: &Hit| matches!(label.sense, Sense::Phone | Sense::Mobile) && hit.covers(label);
    own.hits.iter().any(number)
}

/// `His office line is +31 …, but on the list put +31 …`: one other number of the same person stands before the words, and
/// none behind.
fn is_second_of_one(own: &Speech, hit: &Hit, span: &Range<usize>, numbers: &[Range<usize>]) -> bool {
    let address = |at: &usize| own.chars.get(*at) == Some(&'@');
    let start = (0..hit.span.start).rev().find(address).unwrap_or_default();
    let end = (span.end..own.chars.len()).find(address).unwrap_or(own.chars.len());
    let beside: Vec<&Range<usize>> =
        numbers.iter().filter(|other| start <= other.start && other.end <= end).collect();
    matches!(beside.as_slice(), [one, other] if one.end <= hit.span.start && *other == span)
}

/// The pieces of a sentence between its values and the signs beside them; the whole, where it has no value.
fn clauses(own: &Speech, bound: Range<usize>) -> Vec<Range<usize>> {
    let end = bound.end.min(own.chars.len());
    let chars = own.chars.get(bound.start..end).unwrap_or_default();
    let addresses = facts::addresses(chars).into_iter().map(|found| found.span);
    let values: Vec<Range<usize>> =
        addresses.chain(facts::numbers(chars).into_iter().map(|found| found.span)).collect();
    let whole = values.is_empty();
    let mut clauses = Vec::new();
    let mut start = 0;
    for (place, c) in chars.iter().enumerate().filter(|_| !whole) {
        let parts = matches!(c, ',' | ';' | ':' | '،' | '，' | '；' | '：' | '、' | '(' | ')' | '–' | '—');
        if parts || values.iter().any(|value| value.contains(&place)) {
            clauses.push(bound.start + start..bound.start + place);
            start = place + 1;
        }
    }
    clauses.push(bound.start + start..end);
    clauses
}

/// The one kind of line that is to be taken, where a clause says so.
fn line_of_clause(own: &Speech, bound: &Range<usize>) -> Option<LineKind> {
    let hits = |sense: Sense| own.with(sense).filter(|hit| bound.contains(&hit.span.start));
    hits(Sense::Only).next()?;
    // `Take the mobile, not the office line`: the one before the negation.
    let denied = hits(Sense::Not).chain(hits(Sense::InsteadOf)).map(|hit| hit.span.start).min();
    let said = |sense: Sense| hits(sense).any(|hit| denied.is_none_or(|denied| hit.span.end <= denied));
    match (said(Sense::Mobile), said(Sense::Phone)) {
        (true, true) if denied.is_some() => None,
        (true, _) => Some(LineKind::Mobile),
        (false, true) => Some(LineKind::Fixed),
        (false, false) => None,
    }
}
