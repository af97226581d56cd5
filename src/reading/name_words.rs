//! Words: what each word of a text may be in a name: a part of it, a title, a particle, or a word of the language.

use std::ops::Range;

use crate::reading::folding::{folded, has_case, is_han, is_mark, is_unspaced, is_word};
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// Parts of names of one letter.
const PARTICLES_IN_CAPITALS: [&str; 2] = ["Ó", "Ò"];
/// First names that are written short, with a dot.
const SHORT_NAMES: [&str; 8] = ["md", "mohd", "muhd", "moh", "sk", "st", "wm", "chr"];
/// Small words within names, as `Jan van der Berg`.
pub(super) const PARTICLES: [&str; 34] = [
    "van", "von", "der", "den", "de", "da", "do", "dos", "das", "di", "del", "della", "la", "le", "les",
    "du", "bin", "binti", "ibn", "al", "el", "ul", "ter", "ten", "zu", "y", "e", "i", "af", "av", "o", "mac",
    "ben", "ould",
];

/// A word of a text.
pub(super) struct Token {
    pub(super) span: Range<usize>,
    pub(super) kind: TokenKind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum TokenKind {
    Title,
    Known,
    Capital,
    Particle,
    Lower,
    Uncased,
}

/// Whether a sentence, or a line, starts at this place.
pub(super) fn starts_sentence(speech: &Speech, place: usize) -> bool {
    let before = speech.chars.get(..place).unwrap_or_default().iter().rev().find(|c| !c.is_whitespace());
    before.is_none_or(|c| matches!(c, '.' | '!' | '?' | ':' | '\n'))
}

pub(super) fn tokens(speech: &Speech, taken: &[Range<usize>]) -> Vec<Token> {
    let known = speech.mask(|hit| is_vocabulary(speech, hit));
    let titles = speech.mask(|hit| hit.sense == Sense::Titles);
    let mut tokens = Vec::new();
    let mut place = 0;
    while place < speech.chars.len() {
        if let Some(span) = taken.iter().find(|span| span.contains(&place)) {
            place = span.end;
            continue;
        }
        let Some(c) = speech.chars.get(place).filter(|c| c.is_alphabetic()) else {
            place += 1;
            continue;
        };
        let mask_here = known.get(place).copied().unwrap_or_default();
        let end = token_end(speech, place, taken, (&known, &titles));
        let end = with_elided(speech, tokens.last(), place..end);
        let word: String = speech.chars.get(place..end).unwrap_or_default().iter().collect();
        let whole =
            |mask: &[bool]| mask.get(place..end).is_some_and(|mask| mask.iter().all(|masked| *masked));
        // A script without spaces is cut where understanding starts and ends, so that one character tells for all.
        let understood = if is_unspaced(*c) { mask_here } else { whole(&known) };
        // `Luis D. Vega`: behind a first name one letter is an initial.
        let initial =
            word.chars().count() == 2 && word.ends_with('.') && follows_a_name(speech, tokens.last(), place);
        let standing = match (whole(&titles) && !initial, understood) {
            (true, _) => Standing::Title,
            (false, true) => Standing::Known,
            (false, false) => Standing::Unknown,
        };
        let kind = kind_of(&word, *c, standing);
        tokens.push(Token { span: place..end, kind });
        place = end;
    }
    tokens
}

/// Whether a word stands right behind one of a name.
fn follows_a_name(speech: &Speech, last: Option<&Token>, start: usize) -> bool {
    last.is_some_and(|last| {
        last.kind == TokenKind::Capital && speech.chars.get(last.span.end..start).unwrap_or_default() == [' ']
    })
}

/// Whether a word is understood.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Standing {
    Title,
    Known,
    Unknown,
}

fn kind_of(word: &str, first: char, standing: Standing) -> TokenKind {
    let folded: String = word.chars().map(folded).collect();
    let known = standing == Standing::Known;
    if standing == Standing::Title {
        TokenKind::Title
    } else if !has_case(first) {
        if known { TokenKind::Known } else { TokenKind::Uncased }
    } else if PARTICLES_IN_CAPITALS.contains(&word) {
        TokenKind::Capital
    } else if first.is_uppercase() && word.chars().count() == 1 {
        // A letter without a dot is a preposition, as in `У Ивана`.
        TokenKind::Lower
    } else if first.is_uppercase() {
        if known && word.chars().count() > 1 { TokenKind::Known } else { TokenKind::Capital }
    } else if word.chars().nth(1).is_some_and(|c| matches!(c, '\'' | '’'))
        && word.contains(char::is_uppercase)
    {
        TokenKind::Capital
    } else if PARTICLES.contains(&folded.as_str())
        || folded.starts_with("al-")
        || folded.starts_with("el-")
        || folded.starts_with("d'")
    {
        TokenKind::Particle
    } else if known {
        TokenKind::Known
    } else {
        TokenKind::Lower
    }
}

/// `Adrian d'Munteanu`: behind a word with a capital a letter with an apostrophe belongs to the name that it stands at.
fn with_elided(speech: &Speech, last: Option<&Token>, span: Range<usize>) -> usize {
    let at = |place: usize| speech.chars.get(place).copied();
    let behind = last.is_some_and(|last| {
        last.kind == TokenKind::Capital
            && speech.chars.get(last.span.end..span.start).unwrap_or_default() == [' ']
    });
    let elided = matches!(at(span.start), Some('d' | 'l' | 'o'))
        && span.len() == 1
        && matches!(at(span.end), Some('\'' | '’'))
        && at(span.end + 1).is_some_and(char::is_uppercase);
    if !(behind && elided) {
        return span.end;
    }
    let rest = speech.chars.get(span.end + 1..).unwrap_or_default();
    span.end + 1 + rest.iter().take_while(|c| is_word(**c)).count()
}

/// The end of a word: hyphens, apostrophes and the dot of an initial are part of it. In scripts without spaces it
/// ends where a word begins or ends that is understood.
fn token_end(
    speech: &Speech,
    start: usize,
    taken: &[Range<usize>],
    (known, titles): (&[bool], &[bool]),
) -> usize {
    let at = |place: usize| speech.chars.get(place).copied();
    let unspaced = at(start).is_some_and(is_unspaced);
    let mask = known.get(start).copied().unwrap_or_default();
    let mut end = start + 1;
    while let Some(c) = at(end) {
        if taken.iter().any(|span| span.contains(&end)) {
            break;
        }
        let inner = matches!(c, '\'' | '’' | '‘' | '-' | '‐' | '‑' | '·' | '・' | '´' | '`')
            && at(end + 1).is_some_and(char::is_alphabetic)
            && !(unspaced && c == '-');
        // `d'Awa` is a preposition and a name, `O'Brien` is a name.
        let elided =
            inner && end - start <= 4 && matches!(c, '\'' | '’') && at(start).is_some_and(char::is_lowercase);
        if !(is_word(c) || inner) || elided {
            break;
        }
        if unspaced
            && is_word(c)
            && (known.get(end).copied().unwrap_or_default() != mask || !is_unspaced(c))
            && !is_mark(c)
        {
            break;
        }
        if !unspaced && is_unspaced(c) {
            break;
        }
        if unspaced && titles.get(end) != titles.get(start) && !is_mark(c) {
            break;
        }
        end += 1;
    }
    let initial = end == start + 1 && at(end) == Some('.') && at(start).is_some_and(char::is_uppercase);
    let word: String = speech.chars.get(start..end).unwrap_or_default().iter().copied().map(folded).collect();
    let short = at(end) == Some('.') && SHORT_NAMES.contains(&word.as_str());
    if initial || short { end + 1 } else { end }
}

/// Words that are understood are no names. A stem with an ending may well be the start of a name, where the word has a
/// capital and does not start a sentence; but German writes all nouns so.
fn is_vocabulary(speech: &Speech, hit: &Hit) -> bool {
    let capital = speech.chars.get(hit.span.start).is_some_and(|c| c.is_uppercase());
    let starts = starts_sentence(speech, hit.span.start);
    let may_be_a_name = hit.stretched && capital && !starts && hit.language.code() != Some("de");
    // `An` is an article in English and a name in Vietnamese.
    let foreign = hit.span.len() <= 3
        && hit.language.is_english()
        && speech.hits.iter().any(|other| !other.language.is_english());
    let foreign_name = foreign && capital && !starts;
    // `陈立新接任`: one character for `new` or `old` belongs to what follows it, if that is a word for a contact or a value.
    let lone = hit.span.len() == 1
        && matches!(hit.sense, Sense::New | Sense::Old)
        && speech.chars.get(hit.span.start).is_some_and(|c| is_han(*c))
        && !speech.hits.iter().any(|next| {
            next.span.start == hit.span.end
                && matches!(
                    next.sense,
                    Sense::ContactWord
                        | Sense::Name
                        | Sense::Email
                        | Sense::Phone
                        | Sense::Mobile
                        | Sense::Add
                )
        });
    // `田中`: one character between others is a part of a Japanese name.
    let beside =
        |place: Option<usize>| place.and_then(|place| speech.chars.get(place)).is_some_and(|c| is_han(*c));
    let part = hit.span.len() == 1
        && hit.sense == Sense::Vocabulary
        && hit.language.code() == Some("ja")
        && beside(Some(hit.span.start))
        && (beside(hit.span.start.checked_sub(1)) || beside(Some(hit.span.end)));
    // `杜若溪`: and so is one for a condition or a contrast between two characters that are not understood.
    let known = |place: usize| {
        speech.hits.iter().any(|other| other.span.contains(&place) && other.sense != Sense::Titles)
    };
    let enclosed = hit.span.len() == 1
        && matches!(hit.sense, Sense::But | Sense::Vocabulary)
        && hit.language.code() == Some("zh")
        && [hit.span.start.checked_sub(1), Some(hit.span.end)]
            .into_iter()
            .all(|place| beside(place) && !place.is_some_and(known));
    // `王和平` is one name, `张伟和王芳` are two.
    let letters = |places: &mut dyn Iterator<Item = usize>| {
        places.take_while(|place| beside(Some(*place)) && !known(*place)).take(2).count()
    };
    let inner = hit.span.len() == 1
        && speech.with(Sense::Joins).any(|joint| joint.span == hit.span)
        && hit.language.code() == Some("zh")
        && [letters(&mut (0..hit.span.start).rev()), letters(&mut (hit.span.end..speech.chars.len()))]
            .contains(&1);
    // `سليم` says that something is right, and is a name: in scripts without capitals a word of agreement tells nothing.
    let agrees = matches!(hit.sense, Sense::Yes | Sense::YesWeak)
        && speech.chars.get(hit.span.start).is_some_and(|c| !has_case(*c));
    !matches!(hit.sense, Sense::Titles | Sense::Wrote | Sense::Nothing)
        && !agrees
        && !may_be_a_name
        && !foreign_name
        && !lone
        && !part
        && !enclosed
        && !inner
}
