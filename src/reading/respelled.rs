//! Names in another manner: in small letters, or the last name in capitals before the first, made as names are read everywhere.

use std::ops::Range;

use crate::domain::request::Reading;
use crate::reading::facts;
use crate::reading::folding::{folded, has_case, is_word};
use crate::reading::layout::Mark;
use crate::reading::lines::Line;
use crate::reading::name_words::PARTICLES;
use crate::reading::speech::{Speech, languages_of};
use crate::reading::words::Sense;

/// Letters of a word at the least that an address shows to be a name.
const SHOWN_LETTERS_MIN: usize = 3;
/// Words of a name in small letters at the most.
const WORDS_MAX: usize = 5;
/// Lines in which such names are looked for; longer mails are no letters.
const LINES_MAX: usize = 400;

/// The lines with names as they are read, and how those were written that had small letters only.
pub(super) fn settled(lines: &mut [(Mark, Line)]) -> Vec<(String, String)> {
    let mut written = Vec::new();
    let is_read = |mark: Mark| matches!(mark, Mark::Own | Mark::Signature | Mark::Quote);
    if lines.len() > LINES_MAX {
        return written;
    }
    let locals = locals(lines);
    let may_be = |text: &str| has_small_name(text, &locals) || has_shouted_name(text);
    if !lines.iter().any(|(mark, line)| is_read(*mark) && may_be(&line.text)) && !is_all_small(lines) {
        return written;
    }
    let all: Vec<&str> = lines.iter().map(|(_, line)| line.text.as_str()).collect();
    let (languages, _) = languages_of(&all.join("\n"));
    let manner = if is_all_small(lines) { Manner::Small } else { Manner::Mixed };
    for (_, line) in lines.iter_mut().filter(|(mark, _)| is_read(*mark)) {
        let speech = Speech::of(&line.text, languages);
        let mut text = speech.chars.clone();
        for span in small_names(&speech, &locals, manner) {
            let before: String = text.get(span.clone()).unwrap_or_default().iter().collect();
            raise(&mut text, &span);
            let after: String = text.get(span).unwrap_or_default().iter().collect();
            written.push((after, before));
        }
        // The last first: what stands behind a name moves.
        for (last, first) in shouted_names(&speech).into_iter().rev() {
            let name: Vec<char> =
                [&speech.text(first.clone()), " ", &speech.text(last.clone())].concat().chars().collect();
            text.splice(last.start..first.end, name);
        }
        if text != speech.chars {
            line.text = text.into_iter().collect();
            for cell in &mut line.cells {
                for (after, before) in &written {
                    *cell = cell.replace(before.as_str(), after);
                }
            }
        }
    }
    written
}

/// Names that were read with capitals stand in the request as they were written.
pub(super) fn as_written(reading: &mut Reading, respelled: &[(String, String)]) {
    let contacts = reading.requests.iter_mut().flat_map(|request| request.contacts.iter_mut());
    for name in contacts.flat_map(|contact| [&mut contact.name, &mut contact.replaces]).flatten() {
        if let Some((_, written)) = respelled.iter().find(|(read, _)| read == name) {
            name.clone_from(written);
        }
    }
}

/// What stands before the `@` of the addresses, in folded letters.
fn locals(lines: &[(Mark, Line)]) -> Vec<String> {
    let mut locals = Vec::new();
    for (_, line) in lines.iter().filter(|(_, line)| line.text.contains('@')) {
        let chars: Vec<char> = line.text.chars().collect();
        for found in facts::addresses(&chars) {
            locals.push(found.what.local().chars().map(folded).collect());
        }
    }
    locals
}

fn is_all_small(lines: &[(Mark, Line)]) -> bool {
    let mut own = lines.iter().filter(|(mark, _)| *mark == Mark::Own).map(|(_, line)| line.text.as_str());
    own.clone().any(|text| text.chars().any(has_case))
        && !own.any(|text| text.chars().any(char::is_uppercase))
}

/// Whether a mail has capitals.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Manner {
    /// None.
    Small,
    /// Some.
    Mixed,
}

/// A word of a line: where, and what may be said of it.
struct Word {
    span: Range<usize>,
    text: String,
    small: bool,
}

/// The words of a text that stand in no address.
fn words(chars: &[char], taken: &[Range<usize>]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut place = 0;
    while place < chars.len() {
        let inner = |at: usize| {
            matches!(chars.get(at), Some('\'' | '’' | '-'))
                && chars.get(at + 1).is_some_and(|c| c.is_alphabetic())
        };
        if taken.iter().any(|span| span.contains(&place))
            || !chars.get(place).is_some_and(|c| c.is_alphabetic())
        {
            place += 1;
            continue;
        }
        let mut end = place;
        while chars.get(end).is_some_and(|c| is_word(*c)) || (end > place && inner(end)) {
            end += 1;
        }
        let word = chars.get(place..end).unwrap_or_default();
        words.push(Word {
            span: place..end,
            text: word.iter().map(|c| folded(*c)).collect(),
            small: word.iter().all(|c| !c.is_uppercase()) && word.first().is_some_and(|c| has_case(*c)),
        });
        place = end;
    }
    words
}

/// Whether an address is made of this word.
fn is_shown(word: &str, locals: &[String]) -> bool {
    let pieces = word.split(['-', '\'', '’']);
    let shown = |piece: &str| {
        piece.chars().count() >= SHOWN_LETTERS_MIN && locals.iter().any(|local| local.contains(piece))
    };
    pieces.into_iter().any(shown)
}

fn has_small_name(text: &str, locals: &[String]) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let taken: Vec<Range<usize>> = facts::addresses(&chars).into_iter().map(|found| found.span).collect();
    words(&chars, &taken).iter().any(|word| word.small && is_shown(&word.text, locals))
}

/// `callum whitford (callum.whitford@…)`: two words or more in small letters that are not understood, of which an address is
/// made; and in a mail without any capital those behind a title or a word that says what is to happen to somebody.
fn small_names(speech: &Speech, locals: &[String], manner: Manner) -> Vec<Range<usize>> {
    let taken: Vec<Range<usize>> =
        facts::addresses(&speech.chars).into_iter().map(|found| found.span).collect();
    let known = speech.mask(|hit| hit.sense != Sense::Nothing);
    let unknown = |word: &Word| {
        let dotted = word.span.start > 0 && speech.chars.get(word.span.start - 1) == Some(&'.');
        word.small && !dotted && !word.span.clone().any(|place| known.get(place).copied().unwrap_or_default())
    };
    let particle = |word: &Word| word.small && PARTICLES.contains(&word.text.as_str());
    let words = words(&speech.chars, &taken);
    let mut found = Vec::new();
    let mut run: Vec<&Word> = Vec::new();
    for word in &words {
        let joined = run
            .last()
            .is_none_or(|last| speech.chars.get(last.span.end..word.span.start).unwrap_or_default() == [' ']);
        let fits = unknown(word) || (particle(word) && !run.is_empty());
        if !(joined && fits) {
            found.extend(name_in(speech, &run, locals, manner));
            run.clear();
        }
        if fits && (unknown(word) || !run.is_empty()) {
            run.push(word);
        }
    }
    found.extend(name_in(speech, &run, locals, manner));
    found
}

/// The name in a run of words that are not understood.
fn name_in(speech: &Speech, run: &[&Word], locals: &[String], manner: Manner) -> Option<Range<usize>> {
    let shown = |word: &&&Word| is_shown(&word.text, locals);
    let last = run.len().checked_sub(1)?;
    let (first, end) =
        match (run.iter().position(|word| shown(&word)), run.iter().rposition(|word| shown(&word))) {
            (Some(first), Some(end)) if first < end => (first, end),
            // Of one word the address is made: what follows it, or else what stands before it, is the other half.
            (Some(only), Some(_)) if only < last => (only, last.min(only + 2)),
            (Some(only), Some(_)) => {
                (only.saturating_sub(if particles_before(run, only) { 3 } else { 1 }), only)
            }
            _ if is_led(speech, run, manner) => (0, last.min(2)),
            _ => return None,
        };
    let name = run.get(first..=end)?;
    let whole = name.len() >= 2 && name.len() <= WORDS_MAX;
    whole.then(|| name.first().zip(name.last()).map(|(one, other)| one.span.start..other.span.end)).flatten()
}

fn particles_before(run: &[&Word], place: usize) -> bool {
    place
        .checked_sub(1)
        .and_then(|before| run.get(before))
        .is_some_and(|word| PARTICLES.contains(&word.text.as_str()))
}

/// Whether a title stands right before these words, or in a mail without capitals what is to happen to somebody.
fn is_led(speech: &Speech, run: &[&Word], manner: Manner) -> bool {
    const ACTS: [Sense; 5] = [Sense::Add, Sense::Remove, Sense::Replace, Sense::InsteadOf, Sense::ReplacedBy];
    let Some(start) = run.first().map(|word| word.span.start) else { return false };
    let gap = |end: usize| speech.chars.get(end..start).unwrap_or_default();
    run.len() >= 2
        && speech.hits.iter().filter(|hit| hit.span.end < start).any(|hit| {
            let near = matches!(gap(hit.span.end), [' ' | '.'] | ['.', ' ']);
            near && (hit.sense == Sense::Titles || (manner == Manner::Small && ACTS.contains(&hit.sense)))
        })
}

/// Gives the words of a name their capitals; the small words within it have none.
fn raise(text: &mut [char], span: &Range<usize>) {
    let mut start = span.start;
    while start < span.end {
        let end = (start..span.end).find(|place| text.get(*place) == Some(&' ')).unwrap_or(span.end);
        let word: String = text.get(start..end).unwrap_or_default().iter().map(|c| folded(*c)).collect();
        let has_capital = start == span.start || !PARTICLES.contains(&word.as_str());
        if let (true, Some(first)) = (has_capital, text.get_mut(start)) {
            *first = first.to_uppercase().next().unwrap_or(*first);
        }
        start = end + 1;
    }
}

/// Whether something like `SMITH, John` is in a text.
fn has_shouted_name(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    chars.windows(3).any(|three| matches!(three, [a, ',', ' '] if a.is_uppercase()))
}

/// `SMITH, John`, `VAN DER BERG, Jan`: the last name in capitals, a comma and one or two first names: where the one and the
/// other stand.
fn shouted_names(speech: &Speech) -> Vec<(Range<usize>, Range<usize>)> {
    let chars = &speech.chars;
    let taken: Vec<Range<usize>> = facts::addresses(chars).into_iter().map(|found| found.span).collect();
    let words = words(chars, &taken);
    let gap =
        |one: &Word, other: &Word| chars.get(one.span.end..other.span.start).unwrap_or_default().to_vec();
    let shout = |word: &Word| {
        word.span.len() > 1
            && chars.get(word.span.clone()).unwrap_or_default().iter().all(|c| !c.is_lowercase())
            && chars.get(word.span.start).is_some_and(|c| c.is_uppercase())
    };
    let titled = |word: &Word| {
        chars.get(word.span.start).is_some_and(|c| c.is_uppercase())
            && (word.span.len() == 1
                || chars.get(word.span.clone()).unwrap_or_default().iter().any(|c| c.is_lowercase()))
    };
    let mut found = Vec::new();
    for place in 1..words.len() {
        let Some((last, first)) = words.get(place - 1).zip(words.get(place)) else { continue };
        if !shout(last) || !titled(first) || gap(last, first) != [',', ' '] {
            continue;
        }
        let mut from = place - 1;
        while let Some((before, word)) =
            from.checked_sub(1).and_then(|one| words.get(one).zip(words.get(from)))
        {
            if !shout(before) || gap(before, word) != [' '] {
                break;
            }
            from -= 1;
        }
        let start = words.get(from).map_or(last.span.start, |word| word.span.start);
        let second = words.get(place + 1).filter(|next| {
            let known = speech.hits.iter().any(|hit| hit.span.start == next.span.start);
            titled(next) && !known && gap(first, next) == [' ']
        });
        let end = second.map_or(first.span.end, |word| word.span.end);
        if is_last_name(speech, start..last.span.end) {
            found.push((start..last.span.end, first.span.start..end));
        }
    }
    found
}

/// Whether capitals before a comma are a name: no known word, unless a title, a sign or nothing stands before them, and no part
/// of what stands before them.
fn is_last_name(speech: &Speech, span: Range<usize>) -> bool {
    const LETTERS_MIN: usize = 3;
    let before = speech.chars.get(..span.start).unwrap_or_default();
    let sign = before.iter().rev().find(|c| !c.is_whitespace());
    let titled = speech.with(Sense::Titles).any(|hit| {
        let gap = speech.chars.get(hit.span.end..span.start).unwrap_or_default();
        hit.span.end <= span.start && gap.iter().all(|c| matches!(c, ' ' | '.'))
    });
    let word: String =
        before.iter().rev().skip_while(|c| c.is_whitespace()).take_while(|c| is_word(**c)).collect();
    // `Registro NIC, Juan`: the end of another name.
    let within = word.chars().next_back().is_some_and(char::is_uppercase) && !titled;
    let opens = sign.is_none_or(|c| !is_word(*c) && *c != ',');
    let known = speech.hits.iter().any(|hit| hit.span == span && hit.sense != Sense::Titles);
    span.len() >= LETTERS_MIN && (titled || (!within && (opens || !known) && sign != Some(&',')))
}

#[cfg(test)]
mod tests {
    use super::settled;
    use crate::reading::layout::Mark;
    use crate::reading::lines::Line;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let mut lines: Vec<(Mark, Line)> = text.lines().map(|line| (Mark::Own, Line::new(line))).collect();
        settled(&mut lines);
        let have: Vec<String> = lines.into_iter().map(|(_, line)| line.text).collect();
        assert_eq!(have.join("\n"), want);
    }

    #[test]
    fn names_in_small_letters_get_capitals_where_an_address_shows_them() {
        check(
            "Please add bob van der lee (bob.lee@x.example) to the list",
            "Please add Bob van der Lee (bob.lee@x.example) to the list",
        );
        check(
            "Please put bob zwaan on the list.\nHe reads b.zwaan@x.example",
            "Please put Bob Zwaan on the list.\nHe reads b.zwaan@x.example",
        );
        check(
            "Please add the noc to the list: noc@x.example",
            "Please add the noc to the list: noc@x.example",
        );
        check("please remove bob zwaan", "please remove Bob Zwaan");
    }

    #[test]
    fn the_first_name_goes_before_the_last_one_in_capitals() {
        check("Please add ZWAAN, Bob to the list", "Please add Bob ZWAAN to the list");
        check("Mr. VAN DEN ZWAAN, Bob (bob@x.example)", "Mr. Bob VAN DEN ZWAAN (bob@x.example)");
        check("the Example NIC, Bob Zwaan and ICANN", "the Example NIC, Bob Zwaan and ICANN");
    }
}
