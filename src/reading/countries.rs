//! Countries and territories as a text names them, in many languages, each with the ccTLD that stands for it.

use std::sync::LazyLock;

use crate::domain::tld::Tld;
use crate::reading::borders::{Ending, whole_words};
use crate::reading::facts::Found;
use crate::reading::folding::{folded, is_small, is_word};
use crate::reading::lexicon::{Lexicon, Place};

/// Names by ccTLD.
const FILE: &str = include_str!("words/countries.txt");
/// Letters that a name has at the least, for endings of a case to be taken off.
const INFLECTED_LETTERS_MIN: usize = 5;
/// Letters that the ending of a case has at the most.
const ENDING_LETTERS_MAX: usize = 3;

struct Atlas {
    /// Whether the name may take an ending, and the ccTLD.
    entries: Vec<(Ending, Tld)>,
    lexicon: Lexicon,
}

static ATLAS: LazyLock<Atlas> = LazyLock::new(|| {
    let mut entries = Vec::new();
    let mut patterns = Vec::new();
    for line in FILE.lines().filter(|line| !line.starts_with('#')) {
        let Some((tld, names)) = line.split_once(": ") else { continue };
        let Ok(tld) = tld.parse::<Tld>() else { continue };
        for name in names.split(", ").filter(|name| !name.is_empty()) {
            let whole: String = name.chars().map(folded).collect();
            if let Some(stem) = stem(&whole) {
                patterns.push(stem);
                entries.push((Ending::Open, tld.clone()));
            }
            patterns.push(whole);
            entries.push((Ending::Closed, tld.clone()));
        }
    }
    Atlas { entries, lexicon: Lexicon::of(patterns.into_iter()) }
});

/// A name without the vowel that languages with cases exchange: `росси` of `россия`.
fn stem(name: &str) -> Option<String> {
    let letters: Vec<char> = name.chars().collect();
    let inflects =
        letters.iter().all(|c| matches!(c, 'a'..='z' | 'α'..='ω' | 'а'..='я' | 'і' | 'ї' | 'є' | 'ј'));
    if !inflects || letters.len() < INFLECTED_LETTERS_MIN {
        return None;
    }
    let cyrillic = letters.iter().any(|c| *c >= 'а');
    let greek = letters.iter().any(|c| matches!(c, 'α'..='ω'));
    if greek {
        // `κυπρος`, `κυπρο`, `κυπρου`: the ending is exchanged.
        let ending = letters.iter().rev().take_while(|c| "αηοςυσ".contains(**c)).count().min(2);
        return Some(letters.iter().take(letters.len() - ending).collect());
    }
    let vowel = letters.last().is_some_and(|c| "аяоеьйиыaeo".contains(*c)) && (cyrillic || letters.len() > 5);
    Some(letters.iter().take(letters.len() - usize::from(vowel)).collect())
}

/// The countries in a text, the longest name of each place.
pub(super) fn find(text: &[char]) -> Vec<Found<Tld>> {
    let mut found: Vec<Found<Tld>> = Vec::new();
    for Place { pattern, span } in ATLAS.lexicon.occurrences(text) {
        let Some((kind, tld)) = ATLAS.entries.get(pattern) else { continue };
        let ending = text.get(span.end..).unwrap_or_default().iter().take_while(|c| is_word(**c)).count();
        let ends = *kind == Ending::Closed || ending <= ENDING_LETTERS_MAX;
        let Some(whole) = whole_words(text, span, *kind).filter(|_| ends) else {
            continue;
        };
        found.push(Found { span: whole, what: tld.clone() });
    }
    // A country is written with a capital where the script has them; `mali` and `chad` are words, too.
    found.retain(|one| text.get(one.span.start).is_some_and(|c| !is_small(*c)));
    found.sort_by_key(|one| (one.span.start, std::cmp::Reverse(one.span.end)));
    let mut kept: Vec<Found<Tld>> = Vec::new();
    for one in found {
        if kept.last().is_none_or(|last| last.span.end <= one.span.start) {
            kept.push(one);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::find;

    #[track_caller]
    fn check(text: &str, want: &[&str]) {
        let chars: Vec<char> = text.chars().collect();
        assert_eq!(find(&chars).iter().map(|found| found.what.as_str()).collect::<Vec<_>>(), want, "{text}");
    }

    #[test]
    fn a_country_is_found_in_many_languages() {
        check("请问越南国家域名的安全联系人是谁？", &["vn"]);
        check("the registry of Montenegro", &["me"]);
        check("контакты России и Казахстана", &["ru", "kz"]);
        check("Suomen ja Vietnamin", &["vn"]);
        check("საქართველო, კონტაქტი", &["ge"]);
        check("Dominican Republic, Guinea-Bissau", &["do", "gw"]);
    }
}
