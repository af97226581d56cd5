//! Sentences: where they end, in every script.

use std::ops::Range;

use crate::reading::folding::is_small;
use crate::reading::ordinals::is_number_sign;
use crate::reading::speech::Speech;
use crate::reading::words::Sense;

/// The sentences of a text.
pub(super) fn of(speech: &Speech) -> Vec<Range<usize>> {
    let mut bounds = Vec::new();
    let mut start = 0;
    for (place, c) in speech.chars.iter().enumerate() {
        if ends_sentence(speech, place, *c) {
            bounds.push(start..place + 1);
            start = place + 1;
        }
    }
    bounds.push(start..speech.chars.len() + 1);
    bounds
}

pub(super) fn ends_sentence(speech: &Speech, place: usize, c: char) -> bool {
    let next = speech.chars.get(place + 1);
    match c {
        '。' | '！' | '？' | '\n' | '।' | '؟' | '۔' | '։' => next.is_none_or(|next| *next != '.'),
        '!' | '?' => true,
        '.' => {
            let spaced = next.is_none_or(|next| next.is_whitespace());
            let before: String =
                speech.chars.get(place.saturating_sub(4)..place).unwrap_or_default().iter().collect();
            let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let initial = word.chars().count() == 1 && word.chars().all(|c| !c.is_ascii_digit());
            let title = speech.hits.iter().any(|hit| {
                matches!(hit.sense, Sense::Titles | Sense::Phone | Sense::Mobile) && hit.span.end == place
            });
            // `Kontakt nr. 1`: a phrase goes on behind the dot, or a number behind a sign for one.
            let inner = || {
                speech.hits.iter().any(|hit| hit.span.start < place && place + 1 < hit.span.end)
                    || is_number_sign(speech, place)
            };
            let capital =
                speech.chars.get(place + 1..).unwrap_or_default().iter().find(|c| !c.is_whitespace());
            let lower = capital.is_some_and(|c| is_small(*c));
            spaced && !initial && !title && !lower && !inner()
        }
        _ => false,
    }
}
