//! Borders: where a word starts and ends, in scripts with spaces between words and in those without.

use std::ops::Range;

use crate::reading::folding::{is_hangul, is_unspaced, is_word};

/// Letters that a word has at the least which takes others before it: in shorter ones any word could be read.
const PREFIXED_LETTERS_MIN: usize = 3;

/// Whether a word may go on beyond what is written of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ending {
    /// It must end there.
    Closed,
    /// Any ending may follow.
    Open,
}

/// The span, if it starts and ends at the borders of words. Scripts without spaces have none, Korean words take
/// endings, Arabic and Hebrew ones take a letter or two before them.
pub(super) fn whole_words(text: &[char], span: Range<usize>, ending: Ending) -> Option<Range<usize>> {
    let at = |place: usize| text.get(place).copied().filter(|c| is_word(*c));
    let first = at(span.start);
    let mut start = span.start;
    let last = span.end.checked_sub(1).and_then(at);
    if let (Some(first), Some(before)) = (first, span.start.checked_sub(1).and_then(at))
        && is_joined(first, before)
    {
        // `כהן` is a name, and not `כ` before `הן`.
        if span.len() < PREFIXED_LETTERS_MIN {
            return None;
        }
        start -= prefix(text, span.start)?;
    }
    let mut end = span.end;
    if let (Some(last), Some(after)) = (last, at(span.end)) {
        let free = is_unspaced(last) || is_unspaced(after) || is_ideographic(last) != is_ideographic(after);
        if !free {
            // A Korean word takes particles; a single syllable with something behind it is another word.
            let takes_particles = is_hangul(last) && span.len() >= 2;
            let takes_pronoun = span.len() >= 3 && is_pronoun(text, span.end);
            if ending == Ending::Closed && !takes_particles && !takes_pronoun {
                return None;
            }
            while at(end).is_some_and(|c| !is_unspaced(c)) {
                end += 1;
            }
        }
    }
    Some(start..end)
}

/// Whether a word may start at this place: [`whole_words`] finds none that starts elsewhere.
pub(super) fn may_start(text: &[char], place: usize) -> bool {
    let at = |place: usize| text.get(place).copied().filter(|c| is_word(*c));
    let (Some(first), Some(before)) = (at(place), place.checked_sub(1).and_then(at)) else { return true };
    !is_joined(first, before) || prefix(text, place).is_some()
}

/// Whether two letters that stand side by side belong to one word.
fn is_joined(first: char, before: char) -> bool {
    !is_unspaced(first) && !is_unspaced(before) && (is_ideographic(first) == is_ideographic(before))
}

/// Whether what goes on from here to the word's end is a pronoun or an ending that Arabic and Persian write together with
/// the word before.
fn is_pronoun(text: &[char], place: usize) -> bool {
    const ENDINGS: [&str; 12] =
        ["ي", "ه", "ها", "هم", "نا", "كم", "ني", "هما", "های", "ها", "\u{200c}ها", "\u{200c}های"];
    let rest: String = text.get(place..).unwrap_or_default().iter().take_while(|c| is_word(**c)).collect();
    ENDINGS.contains(&rest.as_str())
}

/// Letters of scripts that mix with Latin ones without a space.
fn is_ideographic(c: char) -> bool {
    is_unspaced(c) || is_hangul(c)
}

/// The length of what stands before this place, back to the word's start, if that is only particles which Arabic, Hebrew and
/// Amharic write together with the next word.
fn prefix(text: &[char], place: usize) -> Option<usize> {
    const PREFIX_LETTERS_MAX: usize = 3;
    let before = text.get(..place).unwrap_or_default();
    let prefix = || before.iter().rev().take_while(|c| is_word(**c)).take(PREFIX_LETTERS_MAX + 1);
    let is_of = |particles: &str| prefix().all(|c| particles.contains(*c));
    // In most scripts the first look at a letter says no.
    let is_prefix = is_of("والبكفلس") || is_of("והבלמשכ") || is_of("የለበከስእ");
    let length = if is_prefix { prefix().count() } else { 0 };
    (is_prefix && length <= PREFIX_LETTERS_MAX).then_some(length)
}
