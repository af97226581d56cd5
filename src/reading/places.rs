//! Places: where in a mail something stands that was read from it.

use crate::domain::unclear::{PLACES_MAX, Place, Unclear};
use crate::reading::layout::Mark;
use crate::reading::letter::Letter;

/// Digits at the end of a number by which its line is found: national and international spellings share them.
const PHONE_DIGITS_SHARED: usize = 6;
/// Characters of a line that a place keeps.
const TEXT_CHARS_MAX: usize = 160;

/// How a value is looked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Spelling {
    /// As it is, but for capitals.
    AsItIs,
    /// All of its words, in any order.
    Words,
    /// Its last digits.
    Digits,
}

impl Spelling {
    /// Whether this text has the value.
    pub fn found(self, text: &str, value: &str) -> bool {
        let text = text.to_lowercase();
        let value = value.to_lowercase();
        match self {
            Self::AsItIs => text.contains(&value),
            Self::Words => value.split_whitespace().all(|word| text.contains(word.trim_matches(','))),
            Self::Digits => {
                let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
                let number = digits(&value);
                let end = number.get(number.len().saturating_sub(PHONE_DIGITS_SHARED)..).unwrap_or_default();
                digits(&text).contains(end)
            }
        }
    }
}

/// The first line that has this value, with its number from 1: one of the writer's own, or else another.
pub fn line_of(letter: &Letter, value: &str, spelling: Spelling) -> Option<(usize, Mark)> {
    let has = |own: bool| {
        let mut lines = (1..).zip(letter.layout().lines());
        lines.find(|(_, (mark, text))| (*mark == Mark::Own) == own && spelling.found(text, value))
    };
    has(true).or_else(|| has(false)).map(|(number, (mark, _))| (number, mark))
}

/// Says of doubts where their words stand.
pub(super) fn settle(doubts: &mut [Unclear], letter: &Letter) {
    for doubt in doubts {
        for word in doubt.words.iter().take(PLACES_MAX) {
            if let Some(place) = place_of(letter, word)
                && !doubt.places.contains(&place)
            {
                doubt.places.push(place);
            }
        }
    }
}

fn place_of(letter: &Letter, word: &str) -> Option<Place> {
    let folded: Vec<&str> = word.split_whitespace().collect();
    let folded = folded.join(" ");
    let line =
        line_of(letter, &folded, Spelling::AsItIs).or_else(|| line_of(letter, &folded, Spelling::Words));
    if let Some((number, _)) = line {
        let text = letter.layout().lines().nth(number - 1).map(|(_, text)| text).unwrap_or_default();
        return Some(Place::Line { number, text: text.trim().chars().take(TEXT_CHARS_MAX).collect() });
    }
    Spelling::AsItIs.found(letter.subject(), &folded).then_some(Place::Subject)
}

#[cfg(test)]
mod tests {
    use super::{Spelling, line_of};
    use crate::reading::letter::Letter;

    #[test]
    fn a_value_is_found_however_it_is_spelt_first_in_own_lines() {
        let raw = "Subject: s\n\nHello,\n\n> Ann Bee\n\nBEE, Ann <a@x.example>\n+44 (0)20 7946 0000\n";
        let letter = Letter::read(raw.as_bytes()).unwrap();
        let check = |value: &str, spelling, want| {
            assert_eq!(line_of(&letter, value, spelling).map(|(number, _)| number), want, "{value}");
        };
        check("A@X.example", Spelling::AsItIs, Some(5));
        check("Ann Bee", Spelling::Words, Some(5));
        check("Ann Bee", Spelling::AsItIs, Some(3));
        check("+442079460000", Spelling::Digits, Some(6));
        check("+442079460001", Spelling::Digits, None);
    }
}
