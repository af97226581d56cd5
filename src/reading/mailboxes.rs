//! Mailboxes: words that an address in the text shows to be of a name, whatever else they are in a language.

use std::ops::Range;

use crate::domain::address::Address;
use crate::reading::facts::Found;
use crate::reading::folding::{folded, is_word};
use crate::reading::words::{Hit, Sense};

/// Letters that a word has at the least for an address to tell anything of it.
const LETTERS_MIN: usize = 3;
/// Letters that stand for the other names in a mailbox at the most: `w` in `wsadowski`, `jp` in `jpmorel`.
const INITIALS_MAX: usize = 2;

/// What a word says even where a mailbox is made of it: `Remove Dns Admin, remove.dns@…`.
const STANDS: [Sense; 10] = [
    Sense::Titles,
    Sense::Remove,
    Sense::Add,
    Sense::Change,
    Sense::Replace,
    Sense::Replaces,
    Sense::Left,
    Sense::Old,
    Sense::New,
    Sense::Not,
];

/// `Roger Osei (roger@…)`, `Wojciech Sadowski, w.sadowski@…`: a word with a capital that a mailbox in the text is made of says
/// nothing, as long as the word beside it has a capital too, and is not understood or made the mailbox as well.
pub(super) fn drop_names(chars: &[char], addresses: &[Found<Address>], hits: &mut Vec<Hit>) {
    let is_unknown = |word: &Range<usize>| {
        !hits
            .iter()
            .any(|hit| hit.sense != Sense::Titles && hit.span.start < word.end && word.start < hit.span.end)
    };
    let names = names(chars, addresses, is_unknown);
    hits.retain(|hit| STANDS.contains(&hit.sense) || !names.contains(&hit.span));
}

/// The words with a capital that a mailbox in the text is made of, beside another one that made it too or is not understood.
pub(super) fn names(
    chars: &[char],
    addresses: &[Found<Address>],
    is_unknown: impl Fn(&Range<usize>) -> bool,
) -> Vec<Range<usize>> {
    if addresses.is_empty() {
        return Vec::new();
    }
    let pieces: Vec<String> =
        addresses.iter().flat_map(|address| pieces(&address.what.local().to_lowercase())).collect();
    let inside = |word: &Range<usize>| {
        addresses.iter().any(|address| address.span.start < word.end && word.start < address.span.end)
    };
    let words: Vec<Range<usize>> = capital_words(chars).into_iter().filter(|word| !inside(word)).collect();
    let makes = |word: &Range<usize>| makes_one_of(chars.get(word.clone()).unwrap_or_default(), &pieces);
    let mut names: Vec<Range<usize>> = Vec::new();
    for pair in words.windows(2) {
        let [first, second] = pair else { continue };
        let gap = chars.get(first.end..second.start).unwrap_or_default();
        if !matches!(gap, [' ' | '-'] | [',', ' ']) {
            continue;
        }
        let together = make_together(chars, (first, second), &pieces);
        let (one, other) = (together || makes(first), together || makes(second));
        if one && (other || is_unknown(second)) {
            names.push(first.clone());
        }
        if other && (one || is_unknown(first)) {
            names.push(second.clone());
        }
    }
    names
}

/// What a mailbox is made of: `anna.bee` of `anna` and `bee`.
fn pieces(local: &str) -> Vec<String> {
    let plain = local.chars().map(folded).collect::<String>();
    plain.split(|c: char| !c.is_alphabetic()).filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
}

/// Whether a word is one of these pieces, or one with the first letters of other names beside it.
fn makes_one_of(word: &[char], pieces: &[String]) -> bool {
    let word: String = word.iter().copied().map(folded).collect();
    word.chars().count() >= LETTERS_MIN
        && pieces.iter().any(|piece| {
            let rest = piece.strip_suffix(word.as_str()).or_else(|| piece.strip_prefix(word.as_str()));
            rest.is_some_and(|rest| rest.chars().count() <= INITIALS_MAX)
        })
}

/// `mariasilva` is made of `Maria` and `Silva`.
fn make_together(chars: &[char], (first, second): (&Range<usize>, &Range<usize>), pieces: &[String]) -> bool {
    let word = |span: &Range<usize>| -> String {
        chars.get(span.clone()).unwrap_or_default().iter().copied().map(folded).collect()
    };
    let (first, second) = (word(first), word(second));
    pieces.iter().any(|piece| {
        let rest =
            |one: &str, other: &str| piece.strip_prefix(one).is_some_and(|rest| rest.starts_with(other));
        rest(&first, &second) || rest(&second, &first)
    })
}

/// The words that begin with a capital and go on in small letters, or are in capitals throughout.
fn capital_words(chars: &[char]) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut place = 0;
    while place < chars.len() {
        let letters = chars.iter().skip(place).take_while(|c| is_word(**c)).count();
        if letters > 1 && chars.get(place).is_some_and(|c| c.is_uppercase()) {
            words.push(place..place + letters);
        }
        place += letters.max(1);
    }
    words
}

#[cfg(test)]
mod tests {
    use crate::reading::languages::{ENGLISH, Languages};
    use crate::reading::speech::Speech;
    use crate::reading::words::Sense;

    #[test]
    fn a_word_of_a_mailbox_is_a_name() {
        let said = |text: &str| {
            let speech = Speech::of(text, Languages::default().with(ENGLISH));
            let mut yes = speech.with(Sense::Yes);
            yes.any(|hit| text.find('@').is_some_and(|sign| hit.span.end + 6 < sign))
        };
        assert!(said("Roger, please add him: someone@nic.example"));
        assert!(!said("add Roger Osei (here: roger@nic.example)"));
        assert!(!said("add Roger Osei (here: roger.osei@nic.example)"));
        assert!(!said("add ROGER OSEI, phone +31 6, rosei@nic.example, or roger@nic.example"));
        assert!(said("Roger. Osei Bonsu (here: roger@nic.example)"));
    }
}
