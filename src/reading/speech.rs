//! Speech: a text together with the words that were understood in it.

use std::ops::Range;

use crate::reading::facts;
use crate::reading::folding::is_word;
use crate::reading::idle_words;
use crate::reading::languages::{self, Language, Languages};
use crate::reading::words::{self, Hit, Sense};

/// A text with the words that were understood in it, in the languages that it seems to be written in.
#[derive(Clone, Debug, Default)]
pub(super) struct Speech {
    /// Its characters.
    pub(super) chars: Vec<char>,
    /// The words found in it, in order.
    pub(super) hits: Vec<Hit>,
}

impl Speech {
    /// Reads a text in these languages.
    pub(super) fn of(text: &str, languages: Languages) -> Self {
        let chars = with_leading_dots(text.chars().collect());
        let mut hits = languages.choose(&chars, words::find(&chars));
        idle_words::drop(&chars, &mut hits);
        Self { chars, hits }
    }

    /// Whether a word of this sense is in it.
    pub(super) fn has(&self, sense: Sense) -> bool {
        self.hits.iter().any(|hit| hit.sense == sense)
    }

    /// Whether a word of one of these senses is in it.
    pub(super) fn has_any(&self, senses: &[Sense]) -> bool {
        self.hits.iter().any(|hit| senses.contains(&hit.sense))
    }

    /// The words of this sense.
    pub(super) fn with(&self, sense: Sense) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |hit| hit.sense == sense)
    }

    /// The longest phrase of this sense that starts here.
    pub(super) fn at(&self, place: usize, sense: Sense) -> Option<&Hit> {
        self.with(sense).filter(|hit| hit.span.start == place).max_by_key(|hit| hit.span.end)
    }

    /// A stretch of it as text.
    pub(super) fn text(&self, span: Range<usize>) -> String {
        self.chars.get(span).unwrap_or_default().iter().collect()
    }

    /// A stretch of it with the words that lie within it, as a text of its own.
    pub(super) fn part(&self, span: &Range<usize>) -> Self {
        let end = span.end.min(self.chars.len());
        let chars = self.chars.get(span.start..end).unwrap_or_default().to_vec();
        let within = self.hits.iter().filter(|hit| span.start <= hit.span.start && hit.span.end <= end);
        let moved = |hit: &Hit| Hit {
            span: hit.span.start - span.start..hit.span.end - span.start,
            reach: hit.reach.min(end) - span.start,
            ..hit.clone()
        };
        Self { chars, hits: within.map(moved).collect() }
    }

    /// The first phrase of this sense, as written.
    pub(super) fn quote(&self, sense: Sense) -> Option<String> {
        // `Until now` is no time to come: a longer phrase that says nothing takes the shorter one in.
        let harmless = |hit: &&Hit| {
            self.hits.iter().any(|other| {
                matches!(other.sense, Sense::Stop | Sense::Vocabulary | Sense::Now | Sense::Left)
                    && other.exceeds(hit)
            })
        };
        self.with(sense).find(|hit| !harmless(hit)).map(|hit| self.text(hit.span.clone()))
    }

    /// Which characters stand in a word of one of these senses.
    pub(super) fn mask(&self, counts: impl Fn(&Hit) -> bool) -> Vec<bool> {
        let mut mask = vec![false; self.chars.len()];
        for hit in self.hits.iter().filter(|hit| counts(hit)) {
            for place in hit.span.clone() {
                if let Some(covered) = mask.get_mut(place) {
                    *covered = true;
                }
            }
        }
        mask
    }

    /// How many letters and digits there are, and how many of them this mask covers.
    pub(super) fn share(&self, mask: &[bool]) -> (usize, usize) {
        let words = self.chars.iter().zip(mask).filter(|(c, _)| is_word(**c));
        words.fold((0, 0), |(all, covered), (_, masked)| (all + 1, covered + usize::from(*masked)))
    }
}

/// `در فهرست ir. به`: between words that run from right to left a code in Latin letters is often typed with its dot on the
/// other side, where it is seen. It is put before the code.
fn with_leading_dots(mut chars: Vec<char>) -> Vec<char> {
    let blank = |place: Option<usize>, chars: &[char]| {
        place.and_then(|place| chars.get(place)).is_none_or(|c| c.is_whitespace())
    };
    for place in 0..chars.len().saturating_sub(2) {
        let code = matches!(chars.get(place..place + 3), Some([a, b, '.']) if a.is_ascii_lowercase() && b.is_ascii_lowercase());
        if !code || !blank(place.checked_sub(1), &chars) || !blank(Some(place + 3), &chars) {
            continue;
        }
        let before = chars.get(..place).unwrap_or_default().iter().rev().find(|c| c.is_alphabetic());
        let after = chars.get(place + 3..).unwrap_or_default().iter().find(|c| c.is_alphabetic());
        if before.is_some_and(|c| runs_left(*c)) && after.is_none_or(|c| runs_left(*c)) {
            chars.swap(place, place + 2);
            chars.swap(place + 1, place + 2);
        }
    }
    chars
}

/// Letters of Hebrew, and of the languages that are written in Arabic script.
fn runs_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{6ff}' | '\u{750}'..='\u{77f}')
}

/// Whether a negation stands right before a word.
pub(super) fn is_negated(speech: &Speech, cue: &Hit) -> bool {
    let before = |not: &Hit| not.span.end < cue.span.start && cue.span.start - not.span.end <= 1;
    speech.with(Sense::Not).any(before)
}

/// The languages that a text seems to be written in, and the likeliest.
pub(super) fn languages_of(text: &str) -> (Languages, Option<Language>) {
    let chars: Vec<char> = text.chars().collect();
    // What addresses are made of, as `backup@mail.example`, tells nothing of the language.
    let addresses = facts::addresses(&chars);
    let inside = |hit: &Hit| addresses.iter().any(|one| one.span.contains(&hit.span.start));
    let mut hits = words::find(&chars);
    hits.retain(|hit| !inside(hit));
    languages::seeming(&chars, &hits)
}
