//! Slips: typing errors in the few words that an answer hangs on, such as `confrim` and `nto`.

use std::ops::Range;
use std::sync::LazyLock;

use crate::reading::folding::{folded, has_case, is_word};
use crate::reading::languages::{Language, Languages};
use crate::reading::speech::Speech;
use crate::reading::words::{self, Hit, Sense};

/// Letters that a yes has at the least before a wrong one is overlooked: shorter words are too near to others.
const LETTERS_MIN: usize = 6;
/// Letters at the end that must be right, since they tell `I confirm` from `he confirmed` in most languages.
const LETTERS_AT_END: usize = 2;
/// Letters that a word of negation has at the least before two that changed places are put back.
const NEGATION_LETTERS_MIN: usize = 3;

/// The words of agreement that are long enough.
static AGREEING: LazyLock<Vec<(Language, Vec<char>)>> = LazyLock::new(|| {
    let mut words = words_under(&[Sense::Yes]);
    words.retain(|(language, word)| word.len() >= LETTERS_MIN && !language.negates_within_words());
    words
});

/// The words of negation.
static NEGATING: LazyLock<Vec<(Language, Vec<char>)>> = LazyLock::new(|| {
    let mut words = words_under(&[Sense::Not]);
    words.retain(|(_, word)| word.len() >= NEGATION_LETTERS_MIN);
    words
});

fn words_under(senses: &'static [Sense]) -> Vec<(Language, Vec<char>)> {
    let words = words::single_words(senses);
    words.map(|(language, _, word)| (language, word.chars().collect())).collect()
}

/// Adds what was meant where a word that means nothing is one slip from one that means much. A negation with two letters
/// in the wrong order is a negation; a long yes with one letter wrong, missing, doubled or in the wrong place is a yes.
pub(super) fn mended(mut said: Speech, languages: Languages) -> Speech {
    // Where nothing was understood, no language was recognised either.
    let languages = if said.hits.is_empty() { Languages::ALL } else { languages };
    let understood = said.mask(|_| true);
    let mut found = Vec::new();
    for span in words_of(&said.chars) {
        let known = understood.get(span.clone()).is_some_and(|letters| letters.iter().any(|known| *known));
        let word: Vec<char> = said.chars.get(span.clone()).unwrap_or_default().to_vec();
        if known || !word.iter().all(|c| has_case(*c)) {
            continue;
        }
        let word: Vec<char> = word.into_iter().map(folded).collect();
        let among = |list: &[(Language, Vec<char>)], near: &dyn Fn(&[char]) -> bool| {
            let fits = |(language, right): &&(Language, Vec<char>)| languages.has(*language) && near(right);
            list.iter().find(fits).map(|(language, _)| *language)
        };
        let negation = among(&NEGATING, &|right| is_swapped(&word, right));
        let agreement = among(&AGREEING, &|right| is_slip(&word, right));
        let meant = negation.map(|language| (Sense::Not, language));
        if let Some((sense, language)) = meant.or(agreement.map(|language| (Sense::Yes, language))) {
            found.push(Hit { reach: span.end, span, sense, language, stretched: false });
        }
    }
    said.hits.extend(found);
    said
}

fn words_of(text: &[char]) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for place in 0..=text.len() {
        let inside = text.get(place).is_some_and(|c| is_word(*c));
        match (inside, start) {
            (true, None) => start = Some(place),
            (false, Some(from)) => {
                words.push(from..place);
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// Whether a word is another with one letter wrong, missing, too many or in its neighbour's place, neither at its start
/// nor at its end.
fn is_slip(word: &[char], right: &[char]) -> bool {
    // Letters in the wrong order make no other form of a word, wherever they stand.
    if word.len() >= LETTERS_MIN && word.first() == right.first() && is_swapped(word, right) {
        return true;
    }
    let end = |word: &[char]| word.get(word.len().saturating_sub(LETTERS_AT_END)..).map(<[char]>::to_vec);
    if word.len() < LETTERS_MIN - 1 || word.first() != right.first() || end(word) != end(right) {
        return false;
    }
    match word.len().cmp(&right.len()) {
        std::cmp::Ordering::Less => is_without_one(right, word),
        std::cmp::Ordering::Greater => is_without_one(word, right),
        std::cmp::Ordering::Equal => word.iter().zip(right).filter(|(a, b)| a != b).count() == 1,
    }
}

/// Whether the shorter word is the longer one without one of its letters.
fn is_without_one(longer: &[char], shorter: &[char]) -> bool {
    let same = longer.iter().zip(shorter).take_while(|(a, b)| a == b).count();
    longer.len() == shorter.len() + 1 && longer.get(same + 1..) == shorter.get(same..)
}

/// Whether two words differ only in two neighbouring letters that changed places.
fn is_swapped(a: &[char], b: &[char]) -> bool {
    let first = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let pair = |word: &[char]| Some((*word.get(first)?, *word.get(first + 1)?));
    let (Some((a1, a2)), Some((b1, b2))) = (pair(a), pair(b)) else { return false };
    a.len() == b.len() && a1 == b2 && a2 == b1 && a.get(first + 2..) == b.get(first + 2..)
}

#[cfg(test)]
mod tests {
    use super::{is_slip, is_swapped};

    fn chars(word: &str) -> Vec<char> {
        word.chars().collect()
    }

    #[test]
    fn one_wrong_letter_inside_a_long_word_is_a_slip() {
        for word in ["confimo", "confirrmo", "confrimo", "comfirmo"] {
            assert!(is_slip(&chars(word), &chars("confirmo")), "{word}");
        }
    }

    #[test]
    fn another_ending_is_another_word() {
        for word in ["confirma", "confirme", "confirmó", "onfirmo", "cofimo"] {
            assert!(!is_slip(&chars(word), &chars("confirmo")), "{word}");
        }
    }

    #[test]
    fn letters_that_changed_places_are_seen() {
        assert!(is_swapped(&chars("nto"), &chars("not")));
        assert!(is_swapped(&chars("nciht"), &chars("nicht")));
        assert!(!is_swapped(&chars("note"), &chars("not")));
        assert!(!is_swapped(&chars("not"), &chars("not")));
    }
}
