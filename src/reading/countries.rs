//! Countries and territories as a text names them, in many languages, each with the ccTLD that stands for it.

use std::sync::LazyLock;

use crate::domain::tld::Tld;
use crate::reading::borders::{Ending, whole_words};
use crate::reading::facts::{self, Found};
use crate::reading::folding::{folded, is_small, is_word};
use crate::reading::lexicon::{COUNTRIES, Place};
use crate::reading::mailboxes;

/// Letters that the ending of a case has at the most, in scripts for which no endings are listed.
const ENDING_LETTERS_MAX: usize = 3;
/// Letters that the listed endings have at the most.
const LISTED_LETTERS_MAX: usize = 4;
/// The endings that names of countries take in Latin and in Cyrillic letters, folded: `Francií`, `Kiinan`, `Китая`. `Chinedu` and
/// `Franciska` are persons.
const ENDINGS: [&str; 163] = [
    "a", "e", "i", "o", "u", "y", "n", "s", "t", "l", "m", "ai", "as", "an", "au", "am", "ba", "be", "da",
    "de", "di", "eg", "ei", "ej", "em", "en", "es", "ga", "ia", "ie", "ii", "ij", "im", "in", "io", "is",
    "iu", "ja", "je", "ji", "ju", "ks", "le", "lt", "na", "ne", "ni", "nu", "oj", "om", "on", "os", "ot",
    "ou", "ov", "ra", "re", "st", "ta", "ti", "tu", "ui", "um", "us", "ya", "ye", "yi", "ami", "ban", "ben",
    "bol", "ega", "emu", "ien", "iem", "iji", "iju", "ija", "ije", "iya", "lla", "lle", "lta", "nak", "nek",
    "oje", "omu", "rol", "rul", "ssa", "sta", "uje", "val", "vel", "а", "е", "и", "і", "о", "у", "ы", "ю",
    "я", "ї", "ь", "ам", "ах", "ем", "ею", "ей", "ии", "ий", "ию", "ия", "ою", "ой", "ом", "та", "то", "ја",
    "је", "ју", "јо", "ији", "ију", "ією", "aan", "assa", "asta", "alle", "alla", "alta", "issa", "ista",
    "iin", "ille", "illa", "ilta", "oon", "ossa", "osta", "dan", "den", "nin", "nun", "un", "gi", "ului",
    "iei", "ul", "ын", "ийн", "ны", "ний", "аас", "ээс", "оос", "нын", "нин", "дын", "дин", "тын", "тин",
];

/// The ccTLDs that the names stand under.
static TLDS: LazyLock<Vec<Option<Tld>>> =
    LazyLock::new(|| COUNTRIES.headings().map(|tld| tld.parse().ok()).collect());

/// The countries in a text, the longest name of each place.
pub(super) fn find(text: &[char]) -> Vec<Found<Tld>> {
    let mut found: Vec<Found<Option<Tld>>> = Vec::new();
    for Place { phrase, span } in COUNTRIES.occurrences(text) {
        // Everyday words that look like an inflected name stand under no ccTLD.
        let tld = TLDS.get(phrase.heading).cloned().flatten();
        let ending = text.get(span.end..).unwrap_or_default().iter().take_while(|c| is_word(**c));
        let ends = phrase.ending == Ending::Closed || tld.is_none() || is_ending(ending);
        let Some(whole) = whole_words(text, span, phrase.ending).filter(|_| ends) else {
            continue;
        };
        if !is_within_katakana(text, &whole) {
            found.push(Found { span: whole, what: tld });
        }
    }
    // A country is written with a capital where the script has them; `mali` and `chad` are words, too.
    found.retain(|one| text.get(one.span.start).is_some_and(|c| !is_small(*c)));
    // `Jordan Butler (jordan@…)` is a person.
    let persons =
        if found.is_empty() { Vec::new() } else { mailboxes::names(text, &facts::addresses(text), |_| true) };
    found.retain(|one| !persons.contains(&one.span));
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

/// Whether letters are the ending of a case.
fn is_ending<'a>(letters: impl Iterator<Item = &'a char>) -> bool {
    let ending: String = letters.copied().map(folded).take(LISTED_LETTERS_MAX + 1).collect();
    let listed = ending.chars().next().is_some_and(|c| matches!(c, 'a'..='z' | '\u{400}'..='\u{52f}'));
    if listed { ENDINGS.contains(&ending.as_str()) } else { ending.chars().count() <= ENDING_LETTERS_MAX }
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
        check("Suomen ja Vietnamin", &["fi", "vn"]);
        check(
            "Litwy, České republiky, Сполученого Королівства, Jungtinės Karalystės",
            &["lt", "cz", "uk", "uk"],
        );
        check("საქართველო, კონტაქტი", &["ge"]);
        check("Dominican Republic, Guinea-Bissau", &["do", "gw"]);
        check("タイのマリさん", &["th", "ml"]);
    }

    #[test]
    fn an_everyday_word_is_no_country() {
        check("Service Desk, Servicio Nacional, Servizi, Serviços, Cada uno", &[]);
        check("タイトル プライマリ連絡先 ケータイ", &[]);
        check("Само за сведение. Того же лица. Szám: 5", &[]);
        check("Хятадын, Монголын холбоо", &["cn", "mn"]);
        check("Chinedu Okoro, Chinelo, Franciska Klasić; Chiny, Francii, Kiinan", &["cn", "fr", "cn"]);
        check("Jordan Butler (jordan@nic.example), Jordan", &["jo"]);
        check("Antiguo contacto, Komórka, Πέρυσι, Austritt, Cook Islands", &["ck"]);
    }
}
