//! Names of persons in running text: what is left when every word that is understood is taken away.

use std::ops::Range;

use crate::reading::endings;
use crate::reading::facts::Found;
use crate::reading::folding::{folded, has_case, is_han, is_mark, is_unspaced, is_word};
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// Words that a name has at the most.
const NAME_WORDS_MAX: usize = 6;
/// First names that are written short, with a dot.
const SHORT_NAMES: [&str; 8] = ["md", "mohd", "muhd", "moh", "sk", "st", "wm", "chr"];
/// Characters between a name and the address or number behind it at the most: ` — `, ` (`, `: `.
const VALUE_GAP_CHARS_MAX: usize = 4;
/// Small words within names, as `Jan van der Berg`.
const PARTICLES: [&str; 34] = [
    "van", "von", "der", "den", "de", "da", "do", "dos", "das", "di", "del", "della", "la", "le", "les",
    "du", "bin", "binti", "ibn", "al", "el", "ul", "ter", "ten", "zu", "y", "e", "i", "af", "av", "o", "mac",
    "ben", "ould",
];

/// A name that was found, and how sure it is to be one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Name {
    /// As written.
    pub(super) text: String,
    /// Whether it could as well be another word: one word only, or in a script without capitals.
    pub(super) weak: bool,
}

/// A word of a text.
struct Token {
    span: Range<usize>,
    kind: TokenKind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum TokenKind {
    Title,
    Known,
    Capital,
    Particle,
    Lower,
    Uncased,
}

/// The names in a text. What stands in `taken` (addresses, numbers, ccTLDs) is none.
pub(super) fn find(speech: &Speech, taken: &[Range<usize>]) -> Vec<Found<Name>> {
    let tokens = tokens(speech, taken);
    let mut names = Vec::new();
    let mut run: Vec<&Token> = Vec::new();
    for token in &tokens {
        let joins = run.last().is_none_or(|last| is_joined(&speech.chars, last.span.end, token.span.start));
        let same_script =
            run.iter().all(|other| (other.kind == TokenKind::Uncased) == (token.kind == TokenKind::Uncased));
        let belongs = match token.kind {
            TokenKind::Capital | TokenKind::Uncased => true,
            TokenKind::Particle => joins && !run.is_empty(),
            // `Łukasza Maja (l.maj@…)`: a month, a profession or a colour may be a last name.
            TokenKind::Known => joins && !run.is_empty() && is_last_name(speech, token, taken),
            TokenKind::Title | TokenKind::Lower => false,
        };
        if !(joins && belongs && same_script) {
            names.extend(name_of(speech, &run));
            run.clear();
        }
        if belongs {
            run.push(token);
        }
    }
    names.extend(name_of(speech, &run));
    names
}

/// Whether a word that is understood, with a capital, has an address or a number in brackets right behind it.
fn is_last_name(speech: &Speech, token: &Token, values: &[Range<usize>]) -> bool {
    let capital = speech.chars.get(token.span.start).is_some_and(|c| c.is_uppercase());
    let gap = |value: &Range<usize>| speech.chars.get(token.span.end..value.start).unwrap_or_default();
    capital
        && values
            .iter()
            .filter(|value| value.start > token.span.end)
            .any(|value| matches!(gap(value), [' ', '(' | '<']))
}

/// Joins `Liburd, Shervin` and `OKONKWO, Daniel`: a last name, a comma, and a first name with an address or a number right
/// behind it. Before the last name a line, a point of a list or a sentence begins, or it is in capitals.
pub(super) fn inverted(
    speech: &Speech,
    names: Vec<Found<Name>>,
    values: &[Range<usize>],
) -> Vec<Found<Name>> {
    let mut joined: Vec<Found<Name>> = Vec::new();
    for name in names {
        let is_beside = values.iter().any(|value| {
            let gap = speech.chars.get(name.span.end..value.start).unwrap_or_default();
            value.start >= name.span.end
                && gap.len() <= VALUE_GAP_CHARS_MAX
                && !gap.iter().any(|c| is_word(*c) || matches!(c, '.' | ';'))
        });
        let last = joined.last().filter(|last| {
            let gap = speech.chars.get(last.span.end..name.span.start).unwrap_or_default();
            let before = speech.chars.get(..last.span.start).unwrap_or_default();
            let before = before.iter().rev().find(|c| !c.is_whitespace());
            let begins = before.is_none_or(|c| !is_word(*c) && !matches!(c, ',' | '@' | '\'' | '’'));
            let shout = last.what.text.chars().all(|c| !c.is_lowercase());
            let cased = last.what.text.chars().next().is_some_and(has_case);
            matches!(gap, [',', ' ']) && cased && (shout || begins)
        });
        match last {
            Some(last) if is_beside => {
                let text = format!("{}, {}", last.what.text, name.what.text);
                let span = last.span.start..name.span.end;
                joined.pop();
                joined.push(Found { span, what: Name { text, weak: false } });
            }
            _ => joined.push(name),
        }
    }
    joined
}

/// Up to three words that are not understood, right before a place.
pub(super) fn words_before(speech: &Speech, place: usize) -> Range<usize> {
    const WORDS_MAX: usize = 3;
    const GAP_CHARS_MAX: usize = 3;
    let tokens = tokens(speech, &[]);
    let mut span = place..place;
    for token in tokens.iter().rev().filter(|token| token.span.end <= place).take(WORDS_MAX) {
        let gap = speech.chars.get(token.span.end..span.start).unwrap_or_default();
        let joined =
            gap.len() <= GAP_CHARS_MAX && !gap.iter().any(|c| is_word(*c) || matches!(c, ',' | '.' | ';'));
        if !joined || !matches!(token.kind, TokenKind::Lower | TokenKind::Particle | TokenKind::Capital) {
            break;
        }
        span = token.span.start..if span.is_empty() { token.span.end } else { span.end };
    }
    span
}

/// A name as a field or a cell gives it: without titles, brackets and stray signs.
pub(super) fn clean(speech: &Speech) -> Option<String> {
    let speech = &without_addition(speech);
    // `Anh` before a Vietnamese name is a title, behind it the name itself.
    let first = speech.chars.iter().position(|c| is_word(*c)).unwrap_or_default();
    let titles = speech.mask(|hit| {
        hit.sense == Sense::Titles && (hit.span.start == first || hit.language.code() != Some("vi"))
    });
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut only = true;
    let mut flush = |word: &mut String, titled: &mut bool| {
        let bare = word.trim_matches(|c: char| {
            matches!(c, ',' | ';' | '"' | '(' | ')' | '<' | '>' | '[' | ']' | '*' | ':' | '.') && c != '.'
        });
        let only_title = *titled && bare.chars().any(is_word);
        if !only_title && bare.chars().any(is_word) {
            words.push(bare.to_owned());
        }
        word.clear();
        *titled = true;
    };
    for (c, title) in speech.chars.iter().zip(&titles) {
        if c.is_whitespace() {
            flush(&mut word, &mut only);
        } else {
            only &= *title || !is_word(*c);
            word.push(*c);
        }
    }
    flush(&mut word, &mut only);
    let name = words.join(" ");
    let name = name.trim_end_matches(['.', '。', '،', '-', '–']).trim();
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    (letters >= 1 && name.chars().count() <= 100).then(|| name.to_owned())
}

/// `Joost Terpstra, CTO` and `Joost Terpstra (primary)`: what stands behind a comma or in brackets and is understood is
/// no part of the name.
pub(super) fn without_addition(speech: &Speech) -> Speech {
    let known = speech.mask(|hit| hit.sense != Sense::Titles);
    let understood = |place: usize| {
        let rest = speech.chars.iter().enumerate().skip(place);
        let mut letters = rest.filter(|(_, c)| is_word(**c)).peekable();
        letters.peek().is_some() && letters.all(|(place, _)| known.get(place).copied().unwrap_or_default())
    };
    let parts = |c: &char| matches!(c, ',' | '(' | '，' | '（' | '/' | '|' | ';');
    let cut = (1..speech.chars.len())
        .find(|place| speech.chars.get(*place).is_some_and(parts) && understood(*place))
        .unwrap_or(speech.chars.len());
    let hits = speech.hits.iter().filter(|hit| hit.span.end <= cut).cloned().collect();
    Speech { chars: speech.chars.get(..cut).unwrap_or_default().to_vec(), hits }
}

fn tokens(speech: &Speech, taken: &[Range<usize>]) -> Vec<Token> {
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
        let word: String = speech.chars.get(place..end).unwrap_or_default().iter().collect();
        let whole =
            |mask: &[bool]| mask.get(place..end).is_some_and(|mask| mask.iter().all(|masked| *masked));
        // A script without spaces is cut where understanding starts and ends, so that one character tells for all.
        let understood = if is_unspaced(*c) { mask_here } else { whole(&known) };
        let standing = match (whole(&titles), understood) {
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
    } else if first.is_uppercase() && word.chars().count() == 1 {
        // A letter without a dot is a preposition, as in `У Ивана`.
        TokenKind::Lower
    } else if first.is_uppercase() {
        if known && word.chars().count() > 1 { TokenKind::Known } else { TokenKind::Capital }
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
        let inner = matches!(c, '\'' | '’' | '-' | '‐' | '‑' | '·' | '・' | '´' | '`')
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
    let before =
        speech.chars.get(..hit.span.start).unwrap_or_default().iter().rev().find(|c| !c.is_whitespace());
    let starts = before.is_none_or(|c| matches!(c, '.' | '!' | '?' | ':' | '\n'));
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
    !matches!(hit.sense, Sense::Titles | Sense::Wrote | Sense::Nothing)
        && !may_be_a_name
        && !foreign_name
        && !lone
}

fn is_joined(chars: &[char], end: usize, start: usize) -> bool {
    let gap = chars.get(end..start).unwrap_or_default();
    matches!(gap, [] | [' ' | '・' | '·' | '　'])
}

fn name_of(speech: &Speech, run: &[&Token]) -> Option<Found<Name>> {
    let last = run.iter().rposition(|token| token.kind != TokenKind::Particle)?;
    let run = run.get(..=last)?;
    let span = run.first()?.span.start..run.last()?.span.end;
    let words = run.len();
    let uncased = run.iter().any(|token| token.kind == TokenKind::Uncased);
    if words > NAME_WORDS_MAX {
        return None;
    }
    let text = endings::bare(&speech.text(span.clone()));
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let shape = if text.chars().any(is_han) { (2..=8).contains(&letters) } else { letters >= 2 };
    let all_caps_code = words == 1 && text.chars().all(|c| !c.is_lowercase()) && letters <= 4 && !uncased;
    if !shape || all_caps_code {
        return None;
    }
    Some(Found { span, what: Name { text: text.trim().to_owned(), weak: uncased || words < 2 } })
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::reading::languages::Languages;
    use crate::reading::speech::Speech;

    #[track_caller]
    fn check(text: &str, want: &[&str]) {
        let speech = Speech::of(text, Languages::ALL);
        let names: Vec<_> = find(&speech, &[]).into_iter().map(|found| found.what.text).collect();
        assert_eq!(names, want);
    }

    #[test]
    fn names_are_what_is_not_understood() {
        check("Please remove Efua Owusu from the contacts", &["Efua Owusu"]);
        check("Mr. Jan van der Berg has left", &["Jan van der Berg"]);
        check("Please set Yash Gopaul's phone", &["Yash Gopaul"]);
    }
}
