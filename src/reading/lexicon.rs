//! A lexicon: many phrases in one sorted piece of text, found in a text wherever a word may start.
//!
//! An automaton over a quarter of a million phrases takes seconds to build and hundreds of megabytes. Sorted, the phrases
//! that go on as the text does are one stretch of the table, which each octet narrows; that takes as much memory as the
//! phrases themselves, and a text of a mail's size a millisecond.

use std::ops::Range;

use crate::reading::borders::may_start;
use crate::reading::folding::folded;

/// Phrases in folded letters, each under the number that it was added with.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    /// All of them, one behind the other.
    text: String,
    /// Where each is, sorted by what it says.
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    start: u32,
    octets: u16,
    pattern: u32,
}

/// Where a phrase was found.
pub(super) struct Place {
    /// Which: its number.
    pub(super) pattern: usize,
    /// Where, counted in characters.
    pub(super) span: Range<usize>,
}

impl Lexicon {
    /// A lexicon of these phrases, numbered from 0. A phrase that is empty or longer than 65,535 octets is never found.
    pub(super) fn of(phrases: impl Iterator<Item = String>) -> Self {
        let mut lexicon = Self::default();
        for (number, phrase) in phrases.enumerate() {
            let place =
                (u32::try_from(lexicon.text.len()), u16::try_from(phrase.len()), u32::try_from(number));
            if let (Ok(start), Ok(octets), Ok(pattern)) = place
                && octets > 0
            {
                lexicon.text.push_str(&phrase);
                lexicon.entries.push(Entry { start, octets, pattern });
            }
        }
        let Self { text, entries } = &mut lexicon;
        entries.sort_unstable_by(|a, b| (a.of(text), a.pattern).cmp(&(b.of(text), b.pattern)));
        text.shrink_to_fit();
        entries.shrink_to_fit();
        lexicon
    }

    /// Every place of every phrase in a text that starts where a word may start.
    pub(super) fn occurrences(&self, text: &[char]) -> Vec<Place> {
        let mut letters = String::with_capacity(text.len() * 2);
        let mut starts = Vec::with_capacity(text.len() + 1);
        for c in text {
            starts.push(letters.len());
            letters.push(if c.is_whitespace() { ' ' } else { folded(*c) });
        }
        starts.push(letters.len());
        let mut places = Vec::new();
        for (place, octet) in starts.iter().enumerate().take(text.len()) {
            if may_start(text, place) {
                let rest = letters.as_bytes().get(*octet..).unwrap_or_default();
                self.starting_here(rest, |octets, pattern| {
                    if let Ok(end) = starts.binary_search(&(octet + octets)) {
                        places.push(Place { pattern, span: place..end });
                    }
                });
            }
        }
        places
    }

    /// The phrases that a text starts with: how long each is, and its number.
    fn starting_here(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let mut range = self.entries.as_slice();
        for (depth, octet) in text.iter().enumerate() {
            let at = |entry: &Entry| entry.of(&self.text).get(depth).copied();
            let low = range.partition_point(|entry| at(entry) < Some(*octet));
            let rest = range.get(low..).unwrap_or_default();
            let high = rest.partition_point(|entry| at(entry) == Some(*octet));
            range = rest.get(..high).unwrap_or_default();
            // What ends here stands before what goes on.
            let ended = range.iter().take_while(|entry| usize::from(entry.octets) == depth + 1);
            ended.for_each(|entry| found(depth + 1, usize::try_from(entry.pattern).unwrap_or_default()));
            if range.is_empty() {
                return;
            }
        }
    }
}

impl Entry {
    fn of(self, text: &str) -> &[u8] {
        let start = usize::try_from(self.start).unwrap_or_default();
        text.as_bytes().get(start..start + usize::from(self.octets)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Lexicon;

    #[test]
    fn every_phrase_is_found_wherever_a_word_starts() {
        let phrases = ["new", "new number", "number", "n", "新", "新しい", "", "new", "قم"];
        let lexicon = Lexicon::of(phrases.into_iter().map(str::to_owned));
        let check = |text: &str, want: &[(usize, usize, usize)]| {
            let text: Vec<char> = text.chars().collect();
            let mut found: Vec<_> = lexicon
                .occurrences(&text)
                .into_iter()
                .map(|place| (place.span.start, place.span.end, place.pattern))
                .collect();
            found.sort_unstable();
            assert_eq!(found, want);
        };
        check("A NEW Number", &[(2, 3, 3), (2, 5, 0), (2, 5, 7), (2, 12, 1), (6, 7, 3), (6, 12, 2)]);
        check("renew", &[]);
        check("x新しい", &[(1, 2, 4), (1, 4, 5)]);
        check("والقم رقم", &[(3, 5, 8)]);
        check("", &[]);
    }
}
