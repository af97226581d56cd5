//! A lexicon: many phrases in one sorted table, found in a text wherever a word may start.
//!
//! A mail is looked through for a quarter of a million phrases some ten times over, so an automaton leads from octet to
//! octet. `build.rs` makes it and the table: a start costs nothing, and only what is looked at is in memory.

use std::ops::Range;

use fst::raw::{Fst, Output};

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
    /// From the letters to the first of their rows. Without it nothing is found.
    automaton: &'static [u8],
    /// What they stand under, a line each.
    headings: &'static str,
}

/// The phrases of all languages.
pub(super) static PHRASES: Lexicon = Lexicon {
    text: include_str!(concat!(env!("OUT_DIR"), "/phrases.text")),
    rows: include_bytes!(concat!(env!("OUT_DIR"), "/phrases.table")).as_chunks().0,
    automaton: include_bytes!(concat!(env!("OUT_DIR"), "/phrases.fst")),
    headings: include_str!(concat!(env!("OUT_DIR"), "/phrases.headings")),
};

/// The single words that are compared with misspelt ones.
pub(super) static SINGLE_WORDS: Lexicon = Lexicon {
    text: include_str!(concat!(env!("OUT_DIR"), "/single-words.text")),
    rows: include_bytes!(concat!(env!("OUT_DIR"), "/single-words.table")).as_chunks().0,
    automaton: include_bytes!(concat!(env!("OUT_DIR"), "/single-words.fst")),
    headings: include_str!(concat!(env!("OUT_DIR"), "/single-words.headings")),
};

/// The names of countries, each under its ccTLD.
pub(super) static COUNTRIES: Lexicon = Lexicon {
    text: include_str!(concat!(env!("OUT_DIR"), "/countries.text")),
    rows: include_bytes!(concat!(env!("OUT_DIR"), "/countries.table")).as_chunks().0,
    automaton: include_bytes!(concat!(env!("OUT_DIR"), "/countries.fst")),
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
        // This looks at its head alone.
        let Ok(automaton) = Fst::new(self.automaton) else { return places };
        for (place, octet) in starts.iter().enumerate() {
            if may_start(text, place) {
                let rest = letters.as_bytes().get(*octet..).unwrap_or_default();
                self.starting_here(&automaton, rest, |phrase| {
                    // One folded letter stands for each character.
                    places.push(Place { phrase, span: place..place + phrase.letters.chars().count() });
                });
            }
        }
        places
    }

    /// The phrases that a text starts with. A closed one that would end within a Latin word is none.
    fn starting_here(self, automaton: &Fst<&[u8]>, text: &[u8], mut found: impl FnMut(Phrase)) {
        let (mut node, mut output) = (automaton.root(), Output::zero());
        for (place, octet) in text.iter().enumerate() {
            let Some(transition) = node.find_input(*octet).map(|place| node.transition(place)) else {
                return;
            };
            output = output.cat(transition.out);
            node = automaton.node(transition.addr);
            if node.is_final() {
                let first = output.cat(node.final_output()).value();
                let is_within = octet.is_ascii_alphanumeric()
                    && text.get(place + 1).is_some_and(u8::is_ascii_alphanumeric);
                let rows = self.rows_from(first).iter().filter(|row| !is_within || is_open(row));
                rows.for_each(|row| found(self.phrase(*row)));
            }
        }
    }

    /// This row and those behind it that have the same letters.
    fn rows_from(self, first: u64) -> &'static [[u8; ROW]] {
        let first = usize::try_from(first).unwrap_or(usize::MAX);
        let rows = self.rows.get(first..).unwrap_or_default();
        let letters = rows.first().map(|row| self.letters(*row));
        let same = rows.iter().take_while(|row| Some(self.letters(**row)) == letters).count();
        rows.get(..same).unwrap_or_default()
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
            ending: if is_open(&row) { Ending::Open } else { Ending::Closed },
            rest: piece(),
            accented: piece(),
        }
    }
}

/// Whether the last word may go on.
fn is_open([_, _, _, _, _, _, _, _, _, _, low, high]: &[u8; ROW]) -> bool {
    u16::from_le_bytes([*low, *high]) & OPEN != 0
}

#[cfg(test)]
mod tests {

    use fst::raw::Fst;

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
        let mut first_rows: Vec<_> = phrases.iter().zip(0..).collect();
        first_rows.dedup_by_key(|(phrase, _)| **phrase);
        let automaton: &[u8] = Fst::from_iter_map(first_rows).unwrap().into_inner().leak();
        Lexicon { text: text.leak(), rows: rows.leak(), automaton, headings: "" }
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
        check("A NEW Number", &[(2, 5, 1), (2, 5, 2), (2, 12, 3), (6, 12, 4)]);
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
