//! What was probably meant by a word that is none: a command with a slip, a ccTLD that does not exist.
//!
//! A command is mended only in a mail of which nothing was understood, and its writer is then asked for the rest. A ccTLD
//! is never taken for another one: its writer is asked whether he meant it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::domain::cctlds::KnownTlds;
use crate::domain::tld::Tld;
use crate::domain::tongue::LANGUAGES;
use crate::domain::unclear::{About, Unclear};
use crate::reading::folding::{folded, is_word};
use crate::reading::languages::Language;
use crate::reading::speech::Speech;
use crate::reading::tlds;
use crate::reading::words::{self, Sense};

/// ccTLDs that somebody is asked about at the most: more are no help.
const MEANT_MAX: usize = 3;
/// Letters of a label at the least in which one may be wrong: each code of two letters is one letter from many others.
const WRONG_LETTER_MIN: usize = 4;
/// Letters of a word at the least in which one may be wrong.
const LETTERS_MIN: usize = 4;
/// Letters of a stem at the least in which one may be wrong.
const STEM_LETTERS_MIN: usize = 5;
/// Characters of a mail in which commands are mended at the most: whoever writes more says it in more than one word.
const MENDED_CHARS_MAX: usize = 400;

/// What follows a dot and is no ccTLD: other top-level domains, and files.
const OTHER_LABELS: [&str; 18] = [
    "com", "org", "net", "info", "biz", "int", "edu", "gov", "mil", "arpa", "pdf", "doc", "docx", "csv",
    "txt", "xls", "xlsx", "eml",
];

/// The ccTLDs that a mail may mean by labels that are none: in its text, or else in its Subject.
pub(super) fn meant((own, subject): (&Speech, &Speech), known: &KnownTlds) -> Vec<Tld> {
    let in_text = tlds(own, known);
    if in_text.is_empty() { tlds(subject, known) } else { in_text }
}

/// The ccTLDs that a text may mean by labels that are none, in the order of their names; none where there are too many.
pub(super) fn tlds(speech: &Speech, known: &KnownTlds) -> Vec<Tld> {
    let mut all = BTreeSet::new();
    for raw in tlds::unknown(&speech.chars, &speech.hits, known) {
        let word: String = raw.chars().map(folded).collect();
        if OTHER_LABELS.contains(&word.as_str()) {
            continue;
        }
        let labels = || known.labels(folded).iter();
        let like = |is_near: &dyn Fn(&str) -> bool| -> BTreeSet<Tld> {
            labels().filter(|(label, _)| is_near(label)).map(|(_, tld)| tld.clone()).collect()
        };
        let near = like(&|label| looks_like(&raw, label));
        let near = if near.is_empty() { like(&|label| is_slip(&word, label)) } else { near };
        all.extend(near);
    }
    if all.len() > MEANT_MAX { Vec::new() } else { all.into_iter().collect() }
}

/// The labels of a text that are none and near one that is, as written.
fn unknown(speech: &Speech, known: &KnownTlds) -> Vec<String> {
    let near = |raw: &String| {
        let word: String = raw.chars().map(folded).collect();
        let mut labels = known.labels(folded).keys();
        let other = OTHER_LABELS.contains(&word.as_str()) || known.labels(folded).contains_key(&word);
        !other && labels.any(|label| looks_like(raw, label) || is_slip(&word, label))
    };
    // `Our new domain: she is …`: beside a ccTLD only what has its dot counts.
    let text = speech.text(0..speech.chars.len());
    let mut all = tlds::unknown(&speech.chars, &speech.hits, known);
    all.retain(|raw| text.contains(&format!(".{raw}")) && near(raw));
    all.into_iter().map(|raw| format!(".{raw}")).collect()
}

/// `For .be and .nll`: what is understood of it is not all of it.
pub(super) fn half_named(named: &[Tld], own: &Speech, known: &KnownTlds) -> Option<Unclear> {
    let unknown = unknown(own, known);
    let all = named.iter().map(Tld::for_people).chain(unknown.iter().cloned());
    (!named.is_empty() && !unknown.is_empty()).then(|| Unclear::with(About::WhichTld, all))
}

/// Whether letters and digits that look alike make the difference: `nI` for `nl`, `0m` for `om`.
fn looks_like(raw: &str, label: &str) -> bool {
    let alike = |(raw, right): (char, char)| {
        folded(raw) == right || matches!((raw, right), ('I' | '1', 'l') | ('0', 'o'))
    };
    raw.chars().count() == label.chars().count() && raw.chars().zip(label.chars()).all(alike)
}

/// Whether a label has one letter too many, or two in the wrong order; in longer ones one may be wrong or missing.
fn is_slip(word: &str, label: &str) -> bool {
    let (letters, right) = (word.chars().count(), label.chars().count());
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    let swapped = letters == right && sorted(word) == sorted(label);
    let allowed = letters == right + 1 || swapped || letters >= WRONG_LETTER_MIN;
    allowed && strsim::osa_distance(word, label) == 1
}

/// A text with its misspelt commands mended; none where there is none. Each is a word that nothing is known of, and one
/// letter from commands of one sense.
pub(super) fn mended(speech: &Speech) -> Option<String> {
    if speech.chars.len() > MENDED_CHARS_MAX {
        return None;
    }
    let understood = speech.mask(|_| true);
    let mut text = String::new();
    let mut changed = false;
    let mut place = 0;
    while let Some(c) = speech.chars.get(place) {
        let rest = speech.chars.get(place..).unwrap_or_default();
        let word: Vec<char> = rest.iter().copied().take_while(|c| is_word(*c)).collect();
        if word.is_empty() {
            text.push(*c);
            place += 1;
            continue;
        }
        let end = place + word.len();
        let known = understood.get(place..end).is_some_and(|letters| letters.iter().any(|known| *known));
        let part_of_more = |at: Option<usize>| {
            at.and_then(|at| speech.chars.get(at)).is_some_and(|c| matches!(c, '@' | '.' | '-' | '_' | '/'))
        };
        let value = part_of_more(place.checked_sub(1))
            || (part_of_more(Some(end)) && speech.chars.get(end + 1).is_some_and(|c| is_word(*c)));
        match command(&word).filter(|_| !known && !value) {
            Some(right) => {
                text.push_str(&right);
                changed = true;
            }
            None => text.extend(&word),
        }
        place = end;
    }
    changed.then_some(text)
}

/// The command that a word is a slip of, if it is one of one sense only; a stem keeps the ending of the word.
fn command(word: &[char]) -> Option<String> {
    let word: String = word.iter().map(|c| folded(*c)).collect();
    let letters = word.chars().count();
    let ends = |text: &str| (text.chars().next(), text.chars().next_back());
    let is_near = |right: &str| {
        let (first, last) = ends(&word);
        let alike = ends(right).0 == first || ends(right).1 == last;
        let one_off = letters >= LETTERS_MIN && strsim::osa_distance(&word, right) == 1;
        (one_off && alike) || lacks_a_double(&word, right)
    };
    let whole = COMMANDS.iter().filter(|(right, _)| is_near(right));
    let whole = whole.map(|(right, sense)| ((*right).to_owned(), *sense));
    let inflected = STEMS.iter().filter_map(|(stem, sense)| Some((with_stem(&word, stem)?, *sense)));
    let near: Vec<(String, Sense)> = whole.chain(inflected).collect();
    let (text, sense) = near.first()?;
    near.iter().all(|(_, other)| other == sense).then(|| text.clone())
}

/// A word that begins with a misspelt stem, with that mended.
fn with_stem(word: &str, stem: &str) -> Option<String> {
    let letters = stem.chars().count();
    if letters < STEM_LETTERS_MIN || word.chars().next() != stem.chars().next() {
        return None;
    }
    // As long as the stem first: two letters that changed places are nearer than one that lacks.
    [letters, letters - 1, letters + 1].into_iter().find_map(|length| {
        let (end, _) = word.char_indices().chain([(word.len(), ' ')]).nth(length)?;
        let (start, rest) = word.split_at(end);
        (strsim::osa_distance(start, stem) == 1).then(|| format!("{stem}{rest}"))
    })
}

/// `ad` for `add`: of a doubled letter one is missing.
fn lacks_a_double(word: &str, right: &str) -> bool {
    let letters: Vec<char> = right.chars().collect();
    let doubles = letters.windows(2).enumerate().filter(|(_, pair)| pair.first() == pair.last());
    doubles.map(|(place, _)| place).any(|place| {
        let without = letters.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, c)| *c);
        without.eq(word.chars())
    })
}

/// The single words by which people ask for something, in the languages that we write in, in folded letters.
static COMMANDS: LazyLock<Vec<(&str, Sense)>> = LazyLock::new(|| {
    let senses: &[Sense] =
        &[Sense::Add, Sense::Remove, Sense::Change, Sense::Replace, Sense::How, Sense::ContactWord];
    ours(words::single_words(senses))
});

/// The stems of such words.
static STEMS: LazyLock<Vec<(&str, Sense)>> = LazyLock::new(|| {
    ours(words::stems(&[Sense::Add, Sense::Remove, Sense::Change, Sense::Replace, Sense::How]))
});

fn ours(words: impl Iterator<Item = (Language, Sense, &'static str)>) -> Vec<(&'static str, Sense)> {
    let ours = words.filter(|(language, ..)| language.code().is_some_and(|code| LANGUAGES.contains(&code)));
    ours.map(|(_, sense, text)| (text, sense)).collect()
}

#[cfg(test)]
mod tests {
    use super::{mended, tlds};
    use crate::domain::cctlds::KnownTlds;
    use crate::reading::languages::Languages;
    use crate::reading::speech::{Speech, languages_of};

    #[track_caller]
    fn check_tlds(text: &str, want: &[&str]) {
        let found = tlds(&Speech::of(text, Languages::ALL), &KnownTlds::built_in());
        let found: Vec<&str> = found.iter().map(crate::domain::tld::Tld::as_str).collect();
        assert_eq!(found, want, "{text}");
    }

    #[test]
    fn a_cctld_that_does_not_exist_is_near_one_that_does() {
        check_tlds("please add her for .nll", &["nl"]);
        check_tlds("please add her for .nI", &["ni", "nl"]);
        check_tlds("for .n1", &["nl"]);
        check_tlds("for .deu", &["de", "eu"]);
        check_tlds("ccTLD: .ln", &["nl"]);
        check_tlds("ccTLD: nll", &["nl"]);
        check_tlds("для .уркр", &["xn--j1amh"]);
    }

    #[test]
    fn nothing_is_near_what_is_far_from_all_or_is_something_else() {
        for text in [".zz", ".com", "see list.pdf", "www.nic.nll", "ann@nic.nll", ".nl", "etc. and", ".nx"] {
            check_tlds(text, &[]);
        }
    }

    #[test]
    fn a_label_that_is_none_is_seen_beside_one_that_is() {
        let unknown = |text: &str| super::unknown(&Speech::of(text, Languages::ALL), &KnownTlds::built_in());
        assert_eq!(unknown("for .be and .nll"), [".nll"]);
        assert_eq!(unknown("ccTLD: fo, see list.pdf at example.com for .nl"), Vec::<String>::new());
    }

    #[track_caller]
    fn check(text: &str, want: Option<&str>) {
        let (languages, _) = languages_of(text);
        assert_eq!(mended(&Speech::of(text, languages)).as_deref(), want, "{text}");
    }

    #[test]
    fn a_command_with_a_slip_is_understood_in_each_language() {
        check("hlep", Some("help"));
        check("subscrbe", Some("subscribe"));
        check("Please ad a contct", Some("Please add a contact"));
        check("ayuad", Some("ayuda"));
        check("ajoputer un contact", Some("ajouter un contact"));
        check("agrgear un contacto", Some("agregar un contacto"));
        check("дбоавьте контакт", Some("добавьте контакт"));
        check("помошь", Some("помощь"));
        check("مسعادة", Some("مساعده"));
    }

    #[test]
    fn other_words_stay_as_they_are() {
        // One letter from `ajouter` and from `ajuster`.
        check("ajuoter un contact", None);
        for text in ["help", "asdf qwer", "hel@nic.example", "see you", "帮助"] {
            check(text, None);
        }
    }
}
