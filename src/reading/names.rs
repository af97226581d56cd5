//! Names of persons in running text: what is left when every word that is understood is taken away.

use std::ops::Range;

use crate::reading::couples;
use crate::reading::courtesies;
use crate::reading::endings;
use crate::reading::facts::Found;
use crate::reading::folding::{folded, has_case, is_han, is_word};
use crate::reading::name_words::{PARTICLES, Token, TokenKind, starts_sentence, tokens};
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// Words that a name has at the most.
const NAME_WORDS_MAX: usize = 6;
/// Characters between a name and the address or number behind it at the most: ` — `, ` (`, `: `.
const VALUE_GAP_CHARS_MAX: usize = 4;

/// A name that was found, and how sure it is to be one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Name {
    /// As written.
    pub(super) text: String,
    /// Whether it could as well be another word: one word only, or in a script without capitals.
    pub(super) weak: bool,
}

/// The names in a text. What stands in `taken` (addresses, numbers, ccTLDs) is none.
pub(super) fn find(speech: &Speech, taken: &[Range<usize>]) -> Vec<Found<Name>> {
    let tokens = tokens(speech, taken);
    let mut names = Vec::new();
    let mut run: Vec<&Token> = Vec::new();
    for (number, token) in tokens.iter().enumerate() {
        let joins = run.last().is_none_or(|last| is_joined(&speech.chars, last.span.end, token.span.start));
        let uncased = |token: &Token| matches!(token.kind, TokenKind::Uncased | TokenKind::Title);
        let same_script = run.iter().all(|other| uncased(other) == uncased(token));
        let belongs = match token.kind {
            TokenKind::Capital | TokenKind::Uncased => true,
            TokenKind::Particle => joins && !run.is_empty(),
            // `Łukasza Maja (l.maj@…)`: a month, a profession or a colour may be a last name.
            TokenKind::Known => {
                let next = tokens.get(number + 1);
                let inner = is_inner_particle(speech, token, next) && run.iter().all(|other| is_cased(other));
                let titled = run.is_empty() && is_called(speech, &tokens, number);
                titled || (joins && !run.is_empty() && (inner || is_last_name(speech, token, taken)))
            }
            // `محمد الشيخ`, `রোকেয়া বেগম`: behind a name it is a part of it.
            TokenKind::Title => {
                let ends_one = run.last().is_some_and(|last| last.kind == TokenKind::Uncased)
                    && courtesies::may_end_a_name(&speech.text(token.span.clone()));
                joins && (ends_one || is_surname(speech, &run, token, tokens.get(number + 1)))
            }
            TokenKind::Lower => false,
        };
        if !(joins && belongs && same_script) {
            names.extend(names_of(speech, &run, Some(token)));
            run.clear();
        }
        if belongs {
            run.push(token);
        }
    }
    names.extend(names_of(speech, &run, None));
    for span in courtesies::called(speech, taken) {
        names.retain(|name| name.span.end <= span.start || span.end <= name.span.start);
        names.push(Found { what: Name { text: speech.text(span.clone()), weak: false }, span });
    }
    names.sort_by_key(|name| name.span.start);
    merged(speech, names.into_iter().map(|name| completed(speech, &tokens, name)))
}

/// `Jean-Baptiste Le Goff`, in a language in which `le` is a word: a small word within names, with a capital, right between
/// two words that have one too.
fn is_inner_particle(speech: &Speech, token: &Token, next: Option<&Token>) -> bool {
    let word = speech.chars.get(token.span.clone()).unwrap_or_default();
    let titled = word.first().is_some_and(|c| c.is_uppercase());
    let folded: String = word.iter().copied().map(folded).collect();
    titled
        && PARTICLES.contains(&folded.as_str())
        && next.is_some_and(|next| {
            next.kind == TokenKind::Capital && is_joined(&speech.chars, token.span.end, next.span.start)
        })
}

/// `الزميلة منى البلوشي`: a word that is understood, right behind a title and right before one that is not.
fn is_called(speech: &Speech, tokens: &[Token], number: usize) -> bool {
    let token = |place: Option<usize>| place.and_then(|place| tokens.get(place));
    let (Some(title), Some(word), Some(next)) =
        (token(number.checked_sub(1)), token(Some(number)), token(Some(number + 1)))
    else {
        return false;
    };
    title.kind == TokenKind::Title
        && next.kind == TokenKind::Uncased
        && is_joined(&speech.chars, title.span.end, word.span.start)
        && is_joined(&speech.chars, word.span.end, next.span.start)
}

fn is_cased(token: &Token) -> bool {
    token.kind != TokenKind::Uncased
}

/// Two names that share a word are one: it was taken for the other half of each.
fn merged(speech: &Speech, names: impl Iterator<Item = Found<Name>>) -> Vec<Found<Name>> {
    let mut whole: Vec<Found<Name>> = Vec::new();
    for name in names {
        match whole.last_mut().filter(|last| name.span.start < last.span.end) {
            Some(last) => {
                last.span.end = last.span.end.max(name.span.end);
                let text = endings::bare(&speech.text(last.span.clone()));
                last.what = Name { text: text.trim().to_owned(), weak: false };
            }
            None => whole.push(name),
        }
    }
    whole
}

/// `June Smith`, `Nicolas Le Page`: one unknown word with a capital is half a name. A word beside it that has a capital too,
/// and is nothing but one of the language, is the other half; but German gives all nouns a capital.
fn completed(speech: &Speech, tokens: &[Token], name: Found<Name>) -> Found<Name> {
    let inside: Vec<&Token> = tokens
        .iter()
        .filter(|token| name.span.start <= token.span.start && token.span.end <= name.span.end)
        .collect();
    let particle = |token: &Token| {
        let word: String =
            speech.chars.get(token.span.clone()).unwrap_or_default().iter().copied().map(folded).collect();
        PARTICLES.contains(&word.as_str())
    };
    let capitals = inside.iter().filter(|token| token.kind == TokenKind::Capital && !particle(token));
    if capitals.count() != 1 {
        return name;
    }
    let half = |token: &&Token| token.kind == TokenKind::Known && may_be_half(speech, &token.span);
    let before =
        tokens.iter().rfind(|token| token.span.end <= name.span.start).filter(half).filter(|token| {
            let gap = speech.chars.get(token.span.end..name.span.start).unwrap_or_default();
            gap == [' '] && !starts_sentence(speech, token.span.start)
        });
    let after = tokens
        .iter()
        .find(|token| token.span.start >= name.span.end)
        .filter(half)
        .filter(|token| speech.chars.get(name.span.end..token.span.start).unwrap_or_default() == [' ']);
    let span = match (before, after) {
        (Some(before), None) => before.span.start..name.span.end,
        (None, Some(after)) => name.span.start..after.span.end,
        // Between two such words it is not known which is the other half.
        _ => return name,
    };
    let text = endings::bare(&speech.text(span.clone())).trim().to_owned();
    Found { span, what: Name { text, weak: false } }
}

fn may_be_half(speech: &Speech, span: &Range<usize>) -> bool {
    let word = speech.chars.get(span.clone()).unwrap_or_default();
    let capital =
        word.first().is_some_and(|c| c.is_uppercase()) && word.iter().skip(1).all(|c| !c.is_uppercase());
    let mut hits = speech.hits.iter().filter(|hit| hit.span.start < span.end && span.start < hit.span.end);
    capital
        && hits.all(|hit| {
            matches!(
                hit.sense,
                Sense::Vocabulary
                    | Sense::Stop
                    | Sense::OtherLabel
                    | Sense::Fill
                    | Sense::Yes
                    | Sense::YesWeak
            ) && hit.span == *span
                && hit.language.code() != Some("de")
        })
}

/// `Rebeca Pastor (…)`: a title behind one name alone, written out and with a capital, is the other name.
fn is_surname(speech: &Speech, run: &[&Token], token: &Token, next: Option<&Token>) -> bool {
    let word = speech.chars.get(token.span.clone()).unwrap_or_default();
    let mut titles = speech.with(Sense::Titles).filter(|title| title.span == token.span);
    let ends = next.is_none_or(|next| {
        next.kind != TokenKind::Capital || !is_joined(&speech.chars, token.span.end, next.span.start)
    });
    matches!(run, [only] if only.kind == TokenKind::Capital)
        && is_spelled_out(word)
        && !titles.any(is_courteous)
        && ends
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
    // `D.` and `M.` before a name are titles, within it initials.
    let leads = leading_titles(speech, first);
    let titles = speech.mask(|hit| {
        let short = speech.chars.get(hit.span.clone()).unwrap_or_default();
        let short =
            short.iter().filter(|c| is_word(**c)).count() < 2 && short.first().is_some_and(|c| has_case(*c));
        hit.sense == Sense::Titles
            && !is_second_of_two(speech, hit)
            && (hit.span.start == first || hit.language.code() != Some("vi"))
            && (!short || hit.span.end <= leads)
            && (hit.span.end <= leads || !courtesies::may_end_a_name(&speech.text(hit.span.clone())))
    });
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut only = true;
    let bare = courtesies::bare_words(speech);
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
    for (place, (c, title)) in speech.chars.iter().zip(&titles).enumerate() {
        if c.is_whitespace() {
            flush(&mut word, &mut only);
        } else if bare.get(place).copied().unwrap_or_default() {
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

/// `Clarisse Mba`: a title written out with a capital behind one name alone, in a field.
fn is_second_of_two(speech: &Speech, hit: &Hit) -> bool {
    let word = speech.chars.get(hit.span.clone()).unwrap_or_default();
    let before = speech.chars.get(..hit.span.start).unwrap_or_default();
    let rest = speech.chars.get(hit.span.end..).unwrap_or_default();
    let one = before.split_last().is_some_and(|(last, name)| {
        *last == ' ' && name.len() > 1 && name.iter().all(|c| is_word(*c) || matches!(c, '-' | '\'' | '’'))
    });
    one && is_spelled_out(word) && !is_courteous(hit) && !rest.iter().any(|c| is_word(*c) || *c == '.')
}

/// Whether a word begins with a capital and goes on in small letters, and has more than two.
fn is_spelled_out(word: &[char]) -> bool {
    const LETTERS_MIN: usize = 3;
    word.len() >= LETTERS_MIN
        && word.first().is_some_and(|c| c.is_uppercase())
        && word.iter().skip(1).all(|c| c.is_lowercase())
}

/// Turkish and its kin put courtesies behind a name.
fn is_courteous(title: &Hit) -> bool {
    const LANGUAGES: [&str; 4] = ["tr", "az", "kk", "uz"];
    title.language.code().is_some_and(|code| LANGUAGES.contains(&code))
}

/// Where the titles end that a name begins with.
fn leading_titles(speech: &Speech, first: usize) -> usize {
    let mut end = first;
    while let Some(title) = speech.at(end, Sense::Titles) {
        let rest = speech.chars.get(title.span.end..).unwrap_or_default();
        end = title.span.end + rest.iter().take_while(|c| !is_word(**c)).count();
    }
    end
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

fn is_joined(chars: &[char], end: usize, start: usize) -> bool {
    let gap = chars.get(end..start).unwrap_or_default();
    matches!(gap, [] | [' ' | '・' | '·' | '　'])
}

/// The names in a run of words, and the word behind it.
fn names_of(speech: &Speech, run: &[&Token], next: Option<&Token>) -> Vec<Found<Name>> {
    let goes_on = |last: &Token| {
        next.is_some_and(|next| {
            let capital = speech.chars.get(next.span.start).is_some_and(|c| c.is_uppercase());
            capital && is_joined(&speech.chars, last.span.end, next.span.start)
        })
    };
    let halves = couples::halves(speech, run, goes_on);
    halves.into_iter().filter_map(|half| name_of(speech, half)).collect()
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
    let text = endings::owner(speech, &span, &endings::bare(&speech.text(span.clone())));
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let shape = if text.chars().any(is_han) { (2..=8).contains(&letters) } else { letters >= 2 };
    let all_caps_code = words == 1 && text.chars().all(|c| !c.is_lowercase()) && letters <= 4 && !uncased;
    if !shape || all_caps_code {
        return None;
    }
    let weak = uncased || (words < 2 && !is_titled(speech, span.start));
    Some(Found { span, what: Name { text: text.trim().to_owned(), weak } })
}

/// `Dr. Anke`, `l'ing. Chiara`: a title stands right before it.
fn is_titled(speech: &Speech, start: usize) -> bool {
    // In Vietnamese a title stands before a first name that was told in full before.
    speech.with(Sense::Titles).filter(|title| title.language.code() != Some("vi")).any(|title| {
        let gap = speech.chars.get(title.span.end..start).unwrap_or_default();
        title.span.end < start && matches!(gap, [' ' | '.'] | ['.', ' '])
    })
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::reading::languages::{ENGLISH, Languages};
    use crate::reading::speech::Speech;

    #[track_caller]
    fn check(text: &str, want: &[&str]) {
        let speech = Speech::of(text, Languages::default().with(ENGLISH));
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
