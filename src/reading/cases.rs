//! Cases: names as inflecting languages write them in a sentence, where an address shows what they are without the ending.

use std::ops::Range;

use crate::domain::address::Address;
use crate::reading::entry::Entry;
use crate::reading::folding::folded;
use crate::reading::mentions::Mention;
use crate::reading::sameness::is_cased_form;
use crate::reading::sentences;
use crate::reading::speech::Speech;
use crate::reading::words::Sense;

/// Languages that add endings to a name and leave its letters as they are.
const ADDING: [&str; 16] =
    ["fi", "et", "hu", "tr", "az", "eu", "sr", "sl", "cs", "sk", "pl", "lv", "lt", "sv", "da", "no"];

/// Languages in which the words for what happens may stand on one side of two names that follow each other.
const CASED: [&str; 15] =
    ["fi", "et", "hu", "sr", "sl", "cs", "sk", "pl", "lv", "lt", "bg", "ru", "uk", "be", "he"];

/// Letters that a word of an address has at the least, for it to be a name's.
const WORD_LETTERS_MIN: usize = 3;

/// `Sanna Koivistolle (sanna.koivisto@…)`: each word of the name starts with a word of the address, and has an ending more.
pub(super) fn settle(speech: &Speech, mentions: &mut [Mention]) {
    if !is_mostly(speech, &ADDING) {
        return;
    }
    for mention in mentions {
        let entry = &mut mention.entry;
        let bare =
            entry.name.as_deref().zip(entry.emails.first()).and_then(|(name, email)| bare(name, email));
        if bare.is_some() {
            entry.name = bare;
        }
    }
}

/// The name without the endings of its case; none where it has none, or the address does not show it.
fn bare(name: &str, email: &Address) -> Option<String> {
    const ENDING_LETTERS_MAX: usize = 4;
    let parts: Vec<Vec<char>> = parts(email);
    let words: Vec<Vec<char>> = name.split_whitespace().map(|word| word.chars().collect()).collect();
    let plain = words.iter().map(|word| {
        let letters: Vec<char> = word.iter().copied().map(folded).collect();
        let part = parts.iter().filter(|part| part.len() >= WORD_LETTERS_MIN && letters.starts_with(part));
        let part = part.max_by_key(|part| part.len())?;
        let ending = letters.len() - part.len();
        let stem: String = word.iter().take(part.len()).collect();
        let plain = match word.get(part.len().saturating_sub(1)) {
            // Hungarian `Annát` is of Anna; `Mátét` is of Máté, and `Imrét` of Imre.
            Some('á') if ending > 0 => format!("{}a", stem.trim_end_matches('á')),
            Some('é') if ending > 0 => return None,
            _ => stem,
        };
        (ending <= ENDING_LETTERS_MAX).then_some(plain)
    });
    let plain = plain.collect::<Option<Vec<String>>>()?.join(" ");
    (words.len() > 1 && plain != name).then_some(plain)
}

/// The words of an address before its sign, in folded letters.
fn parts(email: &Address) -> Vec<Vec<char>> {
    let local = email.local().split(|c: char| !c.is_alphabetic());
    local.map(|part| part.chars().map(folded).collect()).collect()
}

/// `Replace Margus Lepik Kadri Vaher-with (kadri.vaher@…)`: four words in a row are two persons where the address is made of
/// the last two alone, and the sentence says that one comes for another and names nobody else.
pub(super) fn part(speech: &Speech, mentions: &mut Vec<Mention>) {
    const CUES: [Sense; 5] = [Sense::Slot, Sense::Takes, Sense::Replace, Sense::Replaces, Sense::ReplacedBy];
    if !is_mostly(speech, &CASED) {
        return;
    }
    let bounds = sentences::of(speech);
    let mut place = 0;
    while let Some(mention) = mentions.get(place) {
        let bound = bounds.iter().find(|bound| bound.contains(&mention.span.start));
        let alone = bound.is_some_and(|bound| {
            let inside = mentions.iter().filter(|other| bound.contains(&other.span.start));
            // `…, Mr. Lepik has left`: he is named once more by a part of his name.
            inside.filter_map(|other| other.entry.name.as_deref()).all(|other| is_part(other, mention))
                && speech.hits.iter().any(|hit| CUES.contains(&hit.sense) && bound.contains(&hit.span.start))
        });
        let parted = if alone { parted(speech, mention) } else { None };
        place += 1;
        if let Some((first, second)) = parted {
            let at = place - 1;
            mentions.splice(at..place, [first, second]);
            place += 1;
        }
    }
}

/// Whether a name is that of a person who is named here, or one word of it.
fn is_part(name: &str, mention: &Mention) -> bool {
    let whole = mention.entry.name.as_deref().unwrap_or_default();
    let same = |word: &str| is_cased_form(word, name) || word == name;
    whole == name || whole.split_whitespace().any(same)
}

/// The two persons of four words.
fn parted(speech: &Speech, mention: &Mention) -> Option<(Mention, Mention)> {
    const STEM_LETTERS: usize = 4;
    let name = mention.entry.name.as_deref()?;
    let words: Vec<&str> = name.split_whitespace().collect();
    let [a, b, c, d] = words.as_slice() else { return None };
    let email = mention.entry.emails.first()?;
    let letters = name.chars().count();
    let written: Range<usize> = mention.span.start..mention.span.start + letters;
    if speech.text(written.clone()) != name {
        return None;
    }
    let local: String = email.local().chars().map(folded).collect();
    let stem = |word: &str| word.chars().map(folded).take(STEM_LETTERS).collect::<String>();
    let has = |word: &str| word.chars().count() >= WORD_LETTERS_MIN && local.contains(&stem(word));
    if !(has(c) && has(d)) || has(a) || has(b) {
        return None;
    }
    let first = format!("{a} {b}");
    let end = mention.span.start + first.chars().count();
    let leaver = Mention {
        span: mention.span.start..end,
        entry: Entry { name: Some(first), ..Entry::default() },
        weak: mention.weak,
    };
    let mut newcomer = mention.clone();
    newcomer.span.start = end + 1;
    newcomer.entry.name = Some(format!("{c} {d}"));
    Some((leaver, newcomer))
}

/// Whether more of a text is understood in these languages than in others.
fn is_mostly(speech: &Speech, codes: &[&str]) -> bool {
    let (mut here, mut there) = (0, 0);
    for hit in &speech.hits {
        if hit.language.code().is_some_and(|code| codes.contains(&code)) {
            here += hit.span.len();
        } else {
            there += hit.span.len();
        }
    }
    here > there
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn an_address_shows_the_name_without_its_ending() {
        let check = |name: &str, email: &str, want: Option<&str>| {
            assert_eq!(bare(name, &email.parse().unwrap()).as_deref(), want, "{name}");
        };
        check("Sanna Koivistolle", "sanna.koivisto@a.example", Some("Sanna Koivisto"));
        check("Tomislavom Perkovićem", "tomislav.perkovic@a.example", Some("Tomislav Perković"));
        check("Nagy Annát", "anna.nagy@a.example", Some("Nagy Anna"));
        check("Nagy Imrét", "imre.nagy@a.example", None);
        check("Sanna Koivisto", "sanna.koivisto@a.example", None);
        check("Sanna Koivistolle", "koivisto@a.example", None);
        check("Lenkou Horákovou", "lenka.horakova@a.example", None);
    }
}
