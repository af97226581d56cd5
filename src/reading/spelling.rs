//! Spelling: labels that are understood when they are spelled otherwise: set apart, in two languages, with a wrong letter.

use std::sync::LazyLock;

use crate::reading::folding::{folded, is_hangul, is_unspaced};
use crate::reading::labels::{Field, is_data, label};
use crate::reading::languages::Languages;
use crate::reading::speech::Speech;
use crate::reading::words::{self, Sense};

/// Words of a label in which a letter is mended at the most.
const MENDED_WORDS_MAX: usize = 4;
/// Words of a label in two languages at the most.
const TWO_LANGUAGES_WORDS_MAX: usize = 8;

/// A label that is understood when its characters are moved together, as `氏　名`, when one of the languages it is
/// written in is, as in `Jina / Name`, or when one letter is mended.
pub(super) fn otherwise_spelled(text: &str) -> Option<Field> {
    let personal = |field: &Field| {
        is_data(field.sense)
            || matches!(
                field.sense,
                Sense::Name | Sense::FirstName | Sense::LastName | Sense::Tld | Sense::Rank
            )
    };
    let read = |text: &str| {
        let speech = Speech::of(text, Languages::ALL);
        label(&speech, 0, speech.chars.len()).filter(personal)
    };
    if text.chars().all(|c| is_unspaced(c) || is_hangul(c) || c == ' ') {
        return read(&text.replace(' ', ""));
    }
    let parts: Vec<&str> = text.split(['/', '(', ')', '|', '（', '）']).map(str::trim).collect();
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if let [first, second] = parts.as_slice()
        && text.split_whitespace().count() <= TWO_LANGUAGES_WORDS_MAX
    {
        return match (read(first), read(second)) {
            (Some(field), None) | (None, Some(field)) => Some(field),
            (Some(a), Some(b)) if a.sense == b.sense => Some(a),
            _ => None,
        };
    }
    if text.split_whitespace().count() > MENDED_WORDS_MAX {
        return None;
    }
    let words: Vec<String> = text.split(' ').map(mended).collect();
    let whole = words.join(" ");
    if whole == text { None } else { read(&whole) }
}

/// A word with its one wrong, missing, doubled or swapped letter mended, where that makes a word for one label only.
fn mended(word: &str) -> String {
    // In a shorter word one letter makes another word too easily.
    const LETTERS_MIN: usize = 5;
    let bare: String = word.chars().filter(|c| c.is_alphabetic()).map(folded).collect();
    let chars: Vec<char> = word.chars().collect();
    let known = || words::find(&chars).iter().any(|hit| hit.span.len() + 1 >= chars.len());
    if bare.chars().count() < LETTERS_MIN || known() {
        return word.to_owned();
    }
    let letters: Vec<char> = bare.chars().collect();
    // One wrong letter leaves the first or the last one as it is, and the length within one.
    let may_be = |text: &str| {
        let alike = text.chars().next() == letters.first().copied()
            || text.chars().next_back() == letters.last().copied();
        alike && text.chars().count().abs_diff(letters.len()) <= 1
    };
    let is_near = |found: &&(&str, Sense)| may_be(found.0) && strsim::osa_distance(found.0, &bare) == 1;
    let mut near = LABEL_WORDS.iter().filter(is_near);
    let Some((text, sense)) = near.next() else { return word.to_owned() };
    if near.all(|(_, other)| other == sense) { (*text).to_owned() } else { word.to_owned() }
}

/// The single words of all languages that label a person's data, in folded letters.
static LABEL_WORDS: LazyLock<Vec<(&str, Sense)>> = LazyLock::new(|| {
    let labels = words::single_words(&[
        Sense::Name,
        Sense::FirstName,
        Sense::LastName,
        Sense::Email,
        Sense::SecondEmail,
        Sense::Phone,
        Sense::Mobile,
        Sense::Tld,
        Sense::Rank,
    ]);
    let labels = labels.filter(|(_, _, text)| text.chars().all(char::is_alphabetic));
    labels.map(|(_, sense, text)| (text, sense)).collect()
});

#[cfg(test)]
mod tests {
    use super::otherwise_spelled;
    use crate::reading::words::Sense;

    #[track_caller]
    fn check(label: &str, want: Option<Sense>) {
        assert_eq!(otherwise_spelled(label).map(|field| field.sense), want, "{label}");
    }

    #[test]
    fn a_label_is_understood_all_the_same() {
        check("氏 名", Some(Sense::Name));
        check("電　話", None);
        check("電 話", Some(Sense::Phone));
        check("Telefno", Some(Sense::Phone));
        check("Jina lake / Full name", Some(Sense::Name));
        check("Phone / E-mail", None);
    }

    #[test]
    fn other_words_are_no_labels() {
        check("Please note", None);
        check("Nam", None);
        check("Reason", None);
    }
}
