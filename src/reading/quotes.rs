//! Quotes: which lines of a mail are an earlier one, by its head, its introduction or a separator.

use crate::reading::layout::{Mark, Spoken};
use crate::reading::lines::Line;
use crate::reading::words::Sense;

/// Lines that the header of a quoted mail has at the most.
const HEAD_LINES_MAX: usize = 8;

/// Marks what the writer did not write but quote. Says whether it is marked as forwarded.
pub(super) fn mark_quotes(lines: &[Line], read: &[Spoken], marks: &mut [Mark]) -> bool {
    let mut forward = false;
    let mut place = 0;
    while place < lines.len() {
        let quoted = marks.get(place).is_some_and(|mark| *mark != Mark::Own);
        let starts = lines.get(place).is_some_and(|line| line.quote_starts);
        let head = head_lines(read, place);
        let bracketed = lines.get(place).is_some_and(is_bracketed);
        let separator = read.get(place).is_some_and(|line| {
            (line.has(Sense::Original) || line.has(Sense::Forwarded)) && (line.is_ruled() || is_alone(line))
        });
        if bracketed {
            mark_rest(marks, place, 1);
            break;
        } else if quoted {
            place += 1;
        } else if separator || head > 0 {
            forward |= read.get(place).is_some_and(|line| line.has(Sense::Forwarded));
            // Behind a separator the header of the earlier mail follows, perhaps after an empty line.
            let below = (place + 1..=place + 2)
                .map(|from| (from, head_lines(read, from)))
                .find(|(_, head)| *head > 0);
            let head = below.map_or(head.max(1), |(from, head)| from - place + head);
            mark_rest(marks, place, head);
            break;
        } else if let Some(length) = intro_lines(lines, read, place) {
            let after = place + length;
            let next = (after..lines.len()).find(|next| read.get(*next).is_some_and(|line| !line.is_blank()));
            let marked = next.is_some_and(|next| lines.get(next).is_some_and(|line| line.depth > 0));
            for mark in marks.iter_mut().skip(place).take(length) {
                *mark = Mark::QuoteIntro;
            }
            if !marked {
                mark_rest(marks, after, 0);
                break;
            }
            place = after;
        } else if starts && place > 0 && !lines.iter().skip(place).any(|line| line.depth > 0) {
            mark_rest(marks, place, 0);
            break;
        } else {
            place += 1;
        }
    }
    forward
}

/// What `GroupWise` puts at the head of an earlier mail, that is not marked further: `>>> Name <address> 14-4-2026 11:20 >>>`.
fn is_bracketed(line: &Line) -> bool {
    line.depth == 3 && line.text.ends_with(">>>") && line.text.contains(|c: char| c.is_ascii_digit())
}

/// A separator without dashes stands alone on its line: `Begin forwarded message:`.
fn is_alone(line: &Spoken) -> bool {
    line.hits.iter().any(|hit| {
        let whole = hit.span.start == 0 && hit.span.end + 2 >= line.chars.len();
        matches!(hit.sense, Sense::Original | Sense::Forwarded) && whole
    })
}

fn mark_rest(marks: &mut [Mark], place: usize, head: usize) {
    for (number, mark) in marks.iter_mut().skip(place).enumerate() {
        *mark = if number < head { Mark::QuoteIntro } else { Mark::Quote };
    }
}

/// How many lines the header of an earlier mail has that starts here: `From:` and two more of its kind.
fn head_lines(read: &[Spoken], place: usize) -> usize {
    let Some(first) = read.get(place) else { return 0 };
    let starts = first.labels(Sense::HeadFrom) || first.labels(Sense::HeadSent);
    if !starts {
        return 0;
    }
    let senses = [Sense::HeadFrom, Sense::HeadSent, Sense::HeadTo, Sense::HeadCc, Sense::HeadSubject];
    let mut seen = [false; 5];
    let mut length = 0;
    for (number, line) in read.iter().skip(place).take(HEAD_LINES_MAX).enumerate() {
        let mut any = false;
        for (sense, seen) in senses.iter().zip(seen.iter_mut()) {
            let labelled = line.labels(*sense);
            *seen |= labelled;
            any |= labelled;
        }
        if any {
            length = number + 1;
        }
    }
    if seen.iter().filter(|seen| **seen).count() >= 3 { length } else { 0 }
}

/// How many lines introduce an earlier mail here: `On …, … wrote:`, in one line or folded into up to four.
fn intro_lines(lines: &[Line], read: &[Spoken], place: usize) -> Option<usize> {
    const FOLDED_MAX: usize = 4;
    let mut wrote = false;
    let mut digits = false;
    let mut address = false;
    for length in 1..=FOLDED_MAX {
        let line = read.get(place + length - 1)?;
        if line.is_blank() || lines.get(place + length - 1)?.depth > 0 {
            return None;
        }
        wrote |= line.has(Sense::Wrote);
        digits |= line.has_digit();
        address |= line.chars.contains(&'@');
        if line.ends_with_colon() {
            let next = (place + length..lines.len())
                .find(|next| read.get(*next).is_some_and(|line| !line.is_blank()));
            let quoted = next.is_some_and(|next| lines.get(next).is_some_and(|line| line.depth > 0));
            let dated = digits && (wrote || address);
            let long_enough = (wrote && (digits || address)) || (quoted && (dated || wrote));
            return long_enough.then_some(length);
        }
        if length == 1 && !digits && !wrote && !address {
            return None;
        }
    }
    None
}
