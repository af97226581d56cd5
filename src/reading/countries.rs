//! Countries and territories as a text names them, in many languages, each with the ccTLD that stands for it.

use std::sync::LazyLock;

use crate::domain::tld::Tld;
use crate::reading::borders::{Ending, whole_words};
use crate::reading::facts::Found;
use crate::reading::folding::{is_small, is_word};
use crate::reading::lexicon::{COUNTRIES, Place};

/// Letters that the ending of a case has at the most.
const ENDING_LETTERS_MAX: usize = 3;

/// The ccTLDs that the names stand under.
static TLDS: LazyLock<Vec<Option<Tld>>> =
    LazyLock::new(|| COUNTRIES.headings().map(|tld| tld.parse().ok()).collect());

/// The countries in a text, the longest name of each place.
pub(super) fn find(text: &[char]) -> Vec<Found<Tld>> {
    let mut found: Vec<Found<Option<Tld>>> = Vec::new();
    for Place { phrase, span } in COUNTRIES.occurrences(text) {
        // Everyday words that look like an inflected name stand under no ccTLD.
        let tld = TLDS.get(phrase.heading).cloned().flatten();
        let ending = text.get(span.end..).unwrap_or_default().iter().take_while(|c| is_word(**c)).count();
        let ends = phrase.ending == Ending::Closed || tld.is_none() || ending <= ENDING_LETTERS_MAX;
        let Some(whole) = whole_words(text, span, phrase.ending).filter(|_| ends) else {
            continue;
        };
        if !is_within_katakana(text, &whole) {
            found.push(Found { span: whole, what: tld });
        }
    }
    // A country is written with a capital where the script has them; `mali` and `chad` are words, too.
    found.retain(|one| text.get(one.span.start).is_some_and(|c| !is_small(*c)));
    found.sort_by_key(|one| (one.span.start, std::cmp::Reverse(one.span.end), one.what.is_some()));
    let mut kept: Vec<Found<Option<Tld>>> = Vec::new();
    for one in found {
        if kept.last().is_none_or(|last| last.span.end <= one.span.start) {
            kept.push(one);
        }
    }
    let named = |one: Found<Option<Tld>>| Some(Found { span: one.span, what: one.what? });
    kept.into_iter().filter_map(named).collect()
}

/// Whether a name in katakana goes on before or behind: `タイトル` is no Thailand, and `プライマリ` no Mali.
fn is_within_katakana(text: &[char], span: &std::ops::Range<usize>) -> bool {
    let is_katakana = |place: usize| text.get(place).is_some_and(|c| matches!(c, 'ァ'..='ヺ' | 'ー'));
    let before = span.start.checked_sub(1).is_some_and(is_katakana);
    (is_katakana(span.start) && before)
        || (span.end > span.start && is_katakana(span.end - 1) && is_katakana(span.end))
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
        check("タイのマリさん", &["th", "ml"]);
    }

    #[test]
    fn an_everyday_word_is_no_country() {
        check("Service Desk, Servicio Nacional, Servizi, Serviços, Cada uno", &[]);
        check("タイトル プライマリ連絡先 ケータイ", &[]);
        check("Само за сведение. Того же лица. Szám: 5", &[]);
        check("Antiguo contacto, Komórka, Πέρυσι, Austritt, Cook Islands", &["ck"]);
    }
}
