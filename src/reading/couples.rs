//! Couples: two persons whom a small word joins, where it could as well be a part of one name: `Ana Reis e Rui Costa`.

use std::ops::Range;

use crate::reading::conjunctions::begins_with_conjunction;
use crate::reading::facts::Found;
use crate::reading::folding::is_hangul;
use crate::reading::groups::is_joint;
use crate::reading::name_words::{Token, TokenKind};
use crate::reading::names::Name;
use crate::reading::speech::Speech;

/// Words of a name that is one without another beside it.
const WORDS_MIN: usize = 2;
/// Particles within names that are `and` as well.
const JOINTS: [&str; 3] = ["e", "y", "i"];

/// The names in a run of words. `Costa e Silva` is one, `Ana Reis e Rui Costa` two: each side has two words and more. Where
/// the run `goes_on` in a word that is understood and has a capital, that may be the second.
pub(super) fn halves<'a, 'b>(
    speech: &Speech,
    run: &'a [&'b Token],
    goes_on: impl Fn(&Token) -> bool,
) -> Vec<&'a [&'b Token]> {
    let is_joint = |token: &Token| {
        let word: String = speech.chars.get(token.span.clone()).unwrap_or_default().iter().collect();
        token.kind == TokenKind::Particle && JOINTS.contains(&word.as_str())
    };
    let words = |run: &[&Token]| run.iter().filter(|token| token.kind != TokenKind::Particle).count();
    for (place, token) in run.iter().enumerate() {
        let (before, behind) =
            (run.get(..place).unwrap_or_default(), run.get(place + 1..).unwrap_or_default());
        let more = behind.last().is_some_and(|last| goes_on(last));
        let whole = words(before) >= WORDS_MIN && words(behind) + usize::from(more) >= WORDS_MIN;
        if is_joint(token) && whole && words(behind) > 0 {
            return vec![before, behind];
        }
    }
    vec![run]
}

/// The persons in a name without capitals: `خالد العتيبي وسارة الحربي`, `김철수와 이영희`.
pub(super) fn parted(speech: &Speech, name: Found<Name>) -> Vec<Found<Name>> {
    let words = words_of(speech, &name.span);
    let chars = |span: &Range<usize>| speech.chars.get(span.clone()).unwrap_or_default();
    for (place, word) in words.iter().enumerate() {
        let (before, behind) = (place, words.len() - place);
        if before >= WORDS_MIN && behind >= WORDS_MIN && begins_with_conjunction(chars(word)) {
            return vec![
                named(speech, name.span.start..word.start, &name),
                named(speech, word.start + 1..name.span.end, &name),
            ];
        }
        // Hebrew puts `and` before the sign of the object.
        if before >= WORDS_MIN && behind > WORDS_MIN && chars(word) == ['ו', 'א', 'ת'] {
            return vec![
                named(speech, name.span.start..word.start, &name),
                named(speech, word.end + 1..name.span.end, &name),
            ];
        }
        if behind > 1 && ends_in_particle(chars(word)) {
            let rest = word.end + 1..name.span.end;
            let mut persons = vec![named(speech, name.span.start..word.end - 1, &name)];
            persons.extend(parted(speech, named(speech, rest, &name)));
            return persons;
        }
    }
    vec![name]
}

/// Puts the names beside others that are sure to be some among them: `接替张伟和王芳`.
pub(super) fn join(speech: &Speech, sure: &mut Vec<Found<Name>>, mut open: Vec<Found<Name>>) {
    let mut count = usize::MAX;
    while open.len() < count {
        count = open.len();
        for name in std::mem::take(&mut open) {
            let beside = sure.iter().any(|other| {
                let (one, two) =
                    if other.span.start < name.span.start { (other, &name) } else { (&name, other) };
                one.span.end <= two.span.start && is_joint(speech, one.span.end..two.span.start)
            });
            if beside { sure.push(name) } else { open.push(name) }
        }
    }
    sure.sort_by_key(|name| name.span.start);
}

/// A part of a name, as one of its own.
fn named(speech: &Speech, span: Range<usize>, whole: &Found<Name>) -> Found<Name> {
    let text = speech.text(span.clone());
    let span = span.start..span.start + text.trim_end().chars().count();
    Found { span, what: Name { text: text.trim().to_owned(), weak: whole.what.weak } }
}

/// `김철수와`: a name of three letters and one that joins it to the next, or says that something is done to it.
fn ends_in_particle(word: &[char]) -> bool {
    const LETTERS: usize = 4;
    word.len() == LETTERS
        && word.iter().all(|c| is_hangul(*c))
        && matches!(word.last(), Some('와' | '과' | '를' | '을'))
}

fn words_of(speech: &Speech, span: &Range<usize>) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for place in span.clone() {
        let blank = speech.chars.get(place).is_none_or(|c| c.is_whitespace());
        match words.last_mut().filter(|last| last.end == place) {
            _ if blank => {}
            Some(last) => last.end = place + 1,
            None => words.push(place..place + 1),
        }
    }
    words
}
