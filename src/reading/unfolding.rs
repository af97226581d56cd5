//! Unfolding: lines that a mail program broke at its width joined again, so that a break says nothing.

use std::ops::Range;

use crate::reading::facts;
use crate::reading::folding::{has_case, is_small, is_unspaced, is_word};
use crate::reading::languages::Languages;
use crate::reading::layout::Mark;
use crate::reading::lines::Line;
use crate::reading::prose::is_bulleted;
use crate::reading::signs::label_at;
use crate::reading::speech::Speech;

/// Columns of the longest line of a block from which on it may be one that a mail program broke.
const WIDTH_MIN: usize = 45;
/// The same, where the next line starts as nothing does that is new: before a long address a line may end early.
const WIDTH_MIN_WITHIN: usize = 30;
/// Columns up to which mail programs break lines; RFC 5322 §2.1.1 asks for 78, and some take more.
const WIDTH_MAX: usize = 100;
/// Words of running text that a line has at the least which goes on in the next.
const RUNNING_WORDS_MIN: usize = 3;
/// Words behind a colon from which on a sentence goes on there, and no list begins.
const SENTENCE_WORDS_MIN: usize = 2;
/// Characters that count as one word where words are written without spaces.
const UNSPACED_WORD_CHARS: usize = 3;

/// Joins the writer's own lines that go on in the next one.
pub(super) fn joined(lines: &[(Mark, Line)]) -> Vec<(Mark, Line)> {
    let mut whole: Vec<(Mark, Line)> = Vec::with_capacity(lines.len());
    for block in blocks(lines) {
        let width =
            block.clone().filter_map(|place| lines.get(place)).map(|(_, line)| columns(&line.text)).max();
        let width = width.unwrap_or_default();
        let foldable = block.len() > 1 && width <= WIDTH_MAX;
        let mut former: Option<&Line> = None;
        for (mark, line) in lines.get(block).unwrap_or_default() {
            let goes_on = former.is_some_and(|former| foldable && goes_on(former, line, width));
            match whole.last_mut() {
                Some((_, last)) if goes_on => append(last, &line.text),
                _ => whole.push((*mark, line.clone())),
            }
            former = Some(line);
        }
    }
    whole
}

/// Stretches of the writer's own lines with nothing between, and each other line alone.
fn blocks(lines: &[(Mark, Line)]) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    for (place, (mark, line)) in lines.iter().enumerate() {
        let running = *mark == Mark::Own && line.cells.is_empty() && !line.text.trim().is_empty();
        match blocks.last_mut() {
            Some(last) if open && running => last.end = place + 1,
            _ => blocks.push(place..place + 1),
        }
        open = running;
    }
    blocks
}

fn append(last: &mut Line, text: &str) {
    let text = text.trim();
    let end = last.text.trim_end().len();
    last.text.truncate(end);
    let unspaced =
        last.text.chars().last().is_some_and(is_unspaced) && text.chars().next().is_some_and(is_unspaced);
    if !unspaced {
        last.text.push(' ');
    }
    last.text.push_str(text);
}

/// Whether a line goes on in the next: the next one's first word had no room in it, and it is running text that does not end
/// there.
fn goes_on(line: &Line, next: &Line, width: usize) -> bool {
    let (text, rest) = (line.text.trim_end(), next.text.trim());
    let first = rest.split_whitespace().next().unwrap_or_default();
    let unspaced = first.chars().next().is_some_and(is_unspaced);
    let room = if unspaced { 2 } else { columns(first) + 1 };
    let (words_min, width_min) = match Start::of(text, rest) {
        Start::Within => (0, WIDTH_MIN_WITHIN),
        // `Maria Borg Cardona (secondary)`, and her address alone below it.
        Start::Small if rest == first && rest.contains('@') => (1, WIDTH_MIN),
        Start::Small => (1, WIDTH_MIN_WITHIN),
        Start::Other => (RUNNING_WORDS_MIN, WIDTH_MIN),
    };
    // What is set further in stands below another line, and is no rest of it.
    let indented = indent(&next.text) > indent(&line.text) && !is_bulleted(text.trim_start());
    !indented
        && width >= width_min
        && columns(text) + room > width
        && !ends(text, rest)
        && running_words(text) >= words_min
        && !are_rows(text, rest)
        && !are_parallel(text, rest)
        && !starts_anew(text, rest)
}

/// How a line starts behind another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Start {
    /// Within a number.
    Within,
    /// In small letters or with a bracket, or within a bracket: as nothing starts that is new.
    Small,
    /// As it may be.
    Other,
}

impl Start {
    fn of(text: &str, next: &str) -> Self {
        let first = next.chars().next();
        let digits =
            text.ends_with(|c: char| c.is_ascii_digit()) && first.is_some_and(|c| c.is_ascii_digit());
        let open = text.rfind(['(', '（']) > text.rfind([')', '）']);
        if digits && (is_rest_of_number(next) || !is_bulleted(next)) {
            Self::Within
        } else if open || first.is_some_and(|c| is_small(c) || matches!(c, '(' | '（')) {
            Self::Small
        } else {
            Self::Other
        }
    }
}

/// Whether what stands in a line is complete where it ends.
fn ends(text: &str, next: &str) -> bool {
    let Some(last) = text.chars().last() else { return true };
    let starts = Start::of(text, next) != Start::Other;
    let words = next.chars().find(|c| is_word(*c)).is_some_and(char::is_alphabetic);
    let value = last.is_ascii_digit() || ends_in_address(text);
    match last {
        // In scripts without spaces a break behind a comma is made by hand.
        ';' | '；' | '、' | '，' => true,
        // `His second address is now:`, and behind it the rest of the sentence.
        ':' | '：' => !(starts && (next.ends_with('.') || running_words(next) >= SENTENCE_WORDS_MIN)),
        '.' | '!' | '?' | '。' | '！' | '？' | '।' | '؟' | '۔' | '։' => !starts,
        // A list of persons, one a line: what follows a value begins with the next one's name.
        _ => value && words && !starts,
    }
}

/// `for .cw: A, +599 …` above `for .sx: B, +1 …`: lines that begin alike, or a value before one that names its own.
fn are_parallel(text: &str, next: &str) -> bool {
    let first = |line: &str| line.split_whitespace().next().map(str::to_lowercase);
    let value = text.ends_with(|c: char| c.is_ascii_digit()) || ends_in_address(text);
    let named = next.find([':', '：']).zip(next.find('@')).is_some_and(|(colon, at)| colon < at);
    (first(text) == first(next) && text.contains('@') && next.contains('@')) || (value && named)
}

/// Two rows of values with the same signs between them.
fn are_rows(text: &str, next: &str) -> bool {
    const PARTED_MIN: usize = 2;
    let parted = |line: &str, sign: char| line.matches(sign).count() >= PARTED_MIN;
    // `primary,Ann Bee,ann@…,+31 …`: as many commas without a space in each.
    let tight = |line: &str| if line.contains(", ") { 0 } else { line.matches(',').count() };
    let commas = tight(text) >= PARTED_MIN && tight(text) == tight(next);
    commas || [';', '|', '\t'].into_iter().any(|sign| parted(text, sign) && parted(next, sign))
}

fn ends_in_address(text: &str) -> bool {
    text.split_whitespace().next_back().is_some_and(|word| word.contains('@') && !word.ends_with([',', '-']))
}

/// How many words of a line are neither values nor names.
fn running_words(text: &str) -> usize {
    let chars: Vec<char> = text.chars().collect();
    let addresses: Vec<Range<usize>> = facts::addresses(&chars).into_iter().map(|found| found.span).collect();
    let mut words = 0;
    let mut unspaced = 0;
    for (place, c) in chars.iter().enumerate() {
        if addresses.iter().any(|span| span.contains(&place)) {
            continue;
        }
        let before = place.checked_sub(1).and_then(|before| chars.get(before));
        let starts = c.is_alphabetic() && before.is_none_or(|before| !is_word(*before) && *before != '.');
        words += usize::from(starts && !is_unspaced(*c) && (is_small(*c) || !has_case(*c)));
        unspaced += usize::from(is_unspaced(*c));
    }
    words + unspaced / UNSPACED_WORD_CHARS
}

/// Whether a line is a point of a list, a line of the roster, or starts with a label. `… our new\ncontact:` ends a sentence with
/// what could be one.
fn starts_anew(text: &str, next: &str) -> bool {
    let marked = next.starts_with(['"', '|', '#', '=', '_', '“', '„', '«', '+']) && !is_number(next);
    let within = Start::of(text, next) == Start::Within;
    if (is_bulleted(next) && !within) || marked {
        return true;
    }
    let ends_there = next.ends_with([':', '：']) && !next.contains(char::is_uppercase);
    let labelled = || label_at(&Speech::of(next, Languages::ALL), 0).is_some();
    !(ends_there && running_words(text) >= RUNNING_WORDS_MIN) && labelled()
}

/// `77.` below `+994 50 318 42`: digits alone open no point of a list.
fn is_rest_of_number(text: &str) -> bool {
    let text = text.trim_end_matches(['.', ',', ';', ')']);
    text.chars().all(|c| c.is_ascii_digit() || c == ' ')
}

fn is_number(text: &str) -> bool {
    text.starts_with('+') && text.chars().nth(1).is_some_and(|c| c.is_ascii_digit())
}

fn indent(text: &str) -> usize {
    text.chars().take_while(|c| c.is_whitespace()).count()
}

/// How wide a text is: characters of scripts without spaces take two columns.
fn columns(text: &str) -> usize {
    text.trim_end().chars().map(|c| if is_unspaced(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::joined;
    use crate::reading::layout::Mark;
    use crate::reading::lines::Line;

    #[track_caller]
    fn check(text: &str, want: &[&str]) {
        let lines: Vec<(Mark, Line)> = text.lines().map(|line| (Mark::Own, Line::new(line))).collect();
        let have: Vec<String> = joined(&lines).into_iter().map(|(_, line)| line.text).collect();
        assert_eq!(have, want, "{text}");
    }

    #[test]
    fn lines_that_a_program_broke_are_joined() {
        check(
            "please add two colleagues of ours to the contacts for .nl: Bob Lee\n(bob@x.example, cell 06 2247 9105, our night duty) and Eva Kern\n(eva@x.example).",
            &[
                "please add two colleagues of ours to the contacts for .nl: Bob Lee (bob@x.example, cell 06 2247 9105, our night duty) and Eva Kern (eva@x.example).",
            ],
        );
        check(
            "у контактах .ua треба оновити телефони: в Олени\nГнатюк (o.hnatiuk@dns.x.example) тепер 067 441\n82 05.",
            &[
                "у контактах .ua треба оновити телефони: в Олени Гнатюк (o.hnatiuk@dns.x.example) тепер 067 441 82 05.",
            ],
        );
    }

    #[test]
    fn what_stands_in_lines_of_its_own_stays_there() {
        for text in [
            "Please change this in our list of contacts:\nName: Bob Lee\nE-mail: bob@x.example",
            "Bob Lee, head of the security team, bob@x.example, 06 22479105\nEva Kern, deputy of the team, eva@x.example, 06 22479106",
            "for .nl: Bob Lee of the team, bob@x.example, +31 6 2247 9105\nfor .be: Eva Kern of the team, eva@x.example, +32 470 12 34 56",
            "please note the following for the contacts of .nl:\n- Bob Lee\n- Eva Kern",
        ] {
            check(text, &text.lines().collect::<Vec<_>>());
        }
    }
}
