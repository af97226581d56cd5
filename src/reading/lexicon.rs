//! A lexicon: many phrases in one sorted table, found in a text wherever a word may start.
//!
//! An automaton over a quarter of a million phrases takes seconds to build and hundreds of megabytes. Sorted, the phrases
//! that go on as the text does are one stretch of the table, which each octet narrows; a text of a mail's size takes a
//! millisecond. `build.rs` makes the table, so that a start costs nothing and only what is looked at is in memory.

use std::ops::Range;

use crate::reading::borders::{Ending, may_start};
use crate::reading::folding::folded;
use crate::reading::languages::Language;

/// Octets of a row of the table.
const ROW: usize = 12;
/// The bit of a heading that says that the last word may go on.
const OPEN: u16 = 0x8000;

/// Phrases in folded letters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lexicon {
    /// All letters, one phrase behind the other.
    text: &'static str,
    /// The phrases, sorted by their letters.
    rows: &'static [[u8; ROW]],
    /// For each two octets the row where phrases that begin with them start: the first steps of every search would else
    /// go through all of the table.
    starts: &'static [[u8; 4]],
    /// What they stand under, a line each.
    headings: &'static str,
}

/// The phrases of all languages.
pub(super) static PHRASES: Lexicon = Lexicon {
    text: include_str!(concat!(env!("OUT_DIR"), "/phrases.text")),
    rows: include_bytes!(concat!(env!("OUT_DIR"), "/phrases.table")).as_chunks().0,
    starts: include_bytes!(concat!(env!("OUT_DIR"), "/phrases.starts")).as_chunks().0,
    headings: include_str!(concat!(env!("OUT_DIR"), "/phrases.headings")),
};

/// The single words that are compared with misspelt ones.
pub(super) static SINGLE_WORDS: Lexicon = Lexicon {
    text: include_str!(concat!(env!("OUT_DIR"), "/single-words.text")),
    rows: include_bytes!(concat!(env!("OUT_DIR"), "/single-words.table")).as_chunks().0,
    starts: include_bytes!(concat!(env!("OUT_DIR"), "/single-words.starts")).as_chunks().0,
    headings: include_str!(concat!(env!("OUT_DIR"), "/single-words.headings")),
};

/// The names of countries, each under its ccTLD.
pub(super) static COUNTRIES: Lexicon = Lexicon {
    text: include_str!(concat!(env!("OUT_DIR"), "/countries.text")),
    rows: include_bytes!(concat!(env!("OUT_DIR"), "/countries.table")).as_chunks().0,
    starts: include_bytes!(concat!(env!("OUT_DIR"), "/countries.starts")).as_chunks().0,
    headings: include_str!(concat!(env!("OUT_DIR"), "/countries.headings")),
};

/// A phrase.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phrase {
    /// Its letters, folded.
    pub(super) letters: &'static str,
    /// In which language.
    pub(super) language: Language,
    /// Under which heading, by its number.
    pub(super) heading: usize,
    /// Whether the last word may go on.
    pub(super) ending: Ending,
    /// What must stand further on in the same sentence, where the phrase is one in two pieces.
    pub(super) rest: Option<&'static str>,
    /// The letters with their accents, in a language that has one word with them and another without.
    pub(super) accented: Option<&'static str>,
}

/// Where a phrase was found.
pub(super) struct Place {
    /// Which.
    pub(super) phrase: Phrase,
    /// Where, counted in characters.
    pub(super) span: Range<usize>,
}

impl Lexicon {
    /// The headings, in the order of their numbers.
    pub(super) fn headings(self) -> impl Iterator<Item = &'static str> {
        self.headings.lines()
    }

    /// Every phrase.
    pub(super) fn phrases(self) -> impl Iterator<Item = Phrase> {
        self.rows.iter().map(move |row| self.phrase(*row))
    }

    /// Every place of every phrase in a text that starts where a word may start.
    pub(super) fn occurrences(self, text: &[char]) -> Vec<Place> {
        let mut letters = String::with_capacity(text.len() * 2);
        let mut starts = Vec::with_capacity(text.len());
        for c in text {
            starts.push(letters.len());
            letters.push(if c.is_whitespace() { ' ' } else { folded(*c) });
        }
        let mut places = Vec::new();
        for (place, octet) in starts.iter().enumerate() {
            if may_start(text, place) {
                let rest = letters.as_bytes().get(*octet..).unwrap_or_default();
                self.starting_here(rest, |phrase| {
                    // One folded letter stands for each character.
                    places.push(Place { phrase, span: place..place + phrase.letters.chars().count() });
                });
            }
        }
        places
    }

    /// The phrases that a text starts with.
    fn starting_here(self, text: &[u8], mut found: impl FnMut(Phrase)) {
        let Some((first, rest)) = text.split_first() else { return };
        // What ends here stands before what goes on.
        self.beginning([*first, 0]).iter().for_each(|row| found(self.phrase(*row)));
        let Some(second) = rest.first() else { return };
        let mut range = self.beginning([*first, *second]);
        for (depth, octet) in text.iter().enumerate().skip(1) {
            if depth > 1 {
                let at = |row: &[u8; ROW]| self.octets(*row).get(depth).copied();
                let low = range.partition_point(|row| at(row) < Some(*octet));
                let rest = range.get(low..).unwrap_or_default();
                let high = rest.partition_point(|row| at(row) == Some(*octet));
                range = rest.get(..high).unwrap_or_default();
            }
            let ended = range.iter().take_while(|row| length(row) == depth + 1);
            ended.for_each(|row| found(self.phrase(*row)));
            if range.is_empty() {
                return;
            }
        }
    }

    /// The rows of the phrases that begin with these octets.
    fn beginning(self, octets: [u8; 2]) -> &'static [[u8; ROW]] {
        let pair = usize::from(u16::from_be_bytes(octets));
        let start = |pair| self.starts.get(pair).map_or(0, |start| u32::from_le_bytes(*start));
        let row = |pair| usize::try_from(start(pair)).unwrap_or_default();
        self.rows.get(row(pair)..row(pair + 1)).unwrap_or_default()
    }

    fn octets(self, row: [u8; ROW]) -> &'static [u8] {
        let [a, b, c, d, ..] = row;
        let start = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or_default();
        self.text.as_bytes().get(start..start + length(&row)).unwrap_or_default()
    }

    fn letters(self, [a, b, c, d, _, _, _, _, octets, ..]: [u8; ROW]) -> &'static str {
        let start = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or_default();
        self.text.get(start..start + usize::from(octets)).unwrap_or_default()
    }

    fn phrase(self, row: [u8; ROW]) -> Phrase {
        let [_, _, _, _, a, b, c, d, _, language, low, high] = row;
        let heading = u16::from_le_bytes([low, high]);
        let extra = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or_default();
        // The text starts with a zero: a phrase whose extra is there has none.
        let extra = if extra == 0 { "" } else { self.text.get(extra..).unwrap_or_default() };
        let mut pieces = extra.splitn(3, '\0');
        let mut piece = || pieces.next().filter(|piece| !piece.is_empty());
        Phrase {
            letters: self.letters(row),
            language: Language(language),
            heading: usize::from(heading & !OPEN),
            ending: if heading & OPEN == 0 { Ending::Closed } else { Ending::Open },
            rest: piece(),
            accented: piece(),
        }
    }
}

/// Octets of a row's letters.
fn length([_, _, _, _, _, _, _, _, octets, ..]: &[u8; ROW]) -> usize {
    usize::from(*octets)
}

#[cfg(test)]
mod tests {
    use super::{Lexicon, PHRASES, ROW};

    /// A table as `build.rs` writes it, of sorted phrases; the number of each is its heading.
    fn lexicon(phrases: &[&str]) -> Lexicon {
        let text: String = phrases.concat();
        let mut start = 0;
        let rows: Vec<[u8; ROW]> = phrases
            .iter()
            .zip(0..)
            .map(|(phrase, number)| {
                let octets = u8::try_from(phrase.len()).unwrap();
                let [a, b, c, d] = u32::to_le_bytes(start);
                start += u32::from(octets);
                [a, b, c, d, 0, 0, 0, 0, octets, 0, number, 0]
            })
            .collect();
        let pair = |phrase: &str| {
            let octets = phrase.as_bytes();
            u32::from(octets[0]) << 8 | octets.get(1).copied().map_or(0, u32::from)
        };
        let row = |start| u32::try_from(phrases.partition_point(|phrase| pair(phrase) < start)).unwrap();
        let starts: Vec<[u8; 4]> = (0..=1 << 16).map(|start| row(start).to_le_bytes()).collect();
        Lexicon { text: text.leak(), rows: rows.leak(), starts: starts.leak(), headings: "" }
    }

    #[test]
    fn every_phrase_is_found_wherever_a_word_starts() {
        let lexicon = lexicon(&["n", "new", "new", "new number", "number", "قم", "新", "新しい"]);
        let check = |text: &str, want: &[(usize, usize, usize)]| {
            let text: Vec<char> = text.chars().collect();
            let mut found: Vec<_> = lexicon
                .occurrences(&text)
                .into_iter()
                .map(|place| (place.span.start, place.span.end, place.phrase.heading))
                .collect();
            found.sort_unstable();
            assert_eq!(found, want);
        };
        check("A NEW Number", &[(2, 3, 0), (2, 5, 1), (2, 5, 2), (2, 12, 3), (6, 7, 0), (6, 12, 4)]);
        check("renew", &[]);
        check("x新しい", &[(1, 2, 6), (1, 4, 7)]);
        check("والقم رقم", &[(3, 5, 5)]);
        check("", &[]);
    }

    #[test]
    fn the_table_of_phrases_is_sorted_and_whole() {
        let letters: Vec<_> = PHRASES.phrases().map(|phrase| phrase.letters).collect();
        assert!(
            letters.len() > 100_000 && letters.is_sorted() && letters.iter().all(|text| !text.is_empty())
        );
        assert!(PHRASES.phrases().any(|phrase| phrase.rest.is_some() && phrase.accented.is_none()));
        assert!(PHRASES.phrases().any(|phrase| phrase.rest.is_none() && phrase.accented == Some("số")));
    }
}
