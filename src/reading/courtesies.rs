//! Courtesies: titles that are written together with a name, before it or behind it.

use std::ops::Range;

use crate::reading::folding::{is_han, is_hangul, is_mark, is_unspaced, is_word};
use crate::reading::speech::Speech;
use crate::reading::words::Sense;

/// First names that begin with the letters of a title.
const NAMES_LIKE_TITLES: [&str; 4] = ["คุณภัทร", "คุณวุฒิ", "คุณธรรม", "คุณานนท์"];
/// Characters that a name has at the least without the title behind it, since a family name alone takes it as well.
const NAME_CHARS_MIN: usize = 2;
/// Syllables of a Korean name at the least, where the last one could be a title.
const NAME_SYLLABLES_MIN: usize = 3;
/// Titles that stand right behind a Korean name, the longest first.
const KOREAN: [&str; 23] = [
    "선생님",
    "본부장님",
    "과장님",
    "부장님",
    "팀장님",
    "차장님",
    "실장님",
    "이사님",
    "대표님",
    "대리님",
    "주임님",
    "박사님",
    "교수님",
    "소장님",
    "원장님",
    "국장님",
    "사장님",
    "연구원님",
    "매니저님",
    "주무관님",
    "여사님",
    "님",
    "씨",
];

/// Whether a title in front of a name may as well be the last word of one: Arabic family names are made of trades and ranks.
pub(super) fn may_end_a_name(word: &str) -> bool {
    const LAST_NAMES: [&str; 6] = ["বেগম", "কুমারী", "कुमारी", "بیگم", "بيگم", "شيخ"];
    word.starts_with("ال") || LAST_NAMES.contains(&word)
}

/// The names behind titles in scripts without spaces between words, with an address or a number in brackets behind them:
/// `คุณสุดา แก้วใส (suda@…)`. There names are parted by spaces, and whatever words they are made of say nothing.
pub(super) fn called(speech: &Speech, values: &[Range<usize>]) -> Vec<Range<usize>> {
    const WORDS_MAX: usize = 3;
    let own = |c: char| is_unspaced(c) && !is_han(c) && !matches!(c, '\u{3040}'..='\u{30ff}');
    let mut found: Vec<Range<usize>> = Vec::new();
    for title in speech.with(Sense::Titles) {
        let at = |place: usize| speech.chars.get(place).copied().unwrap_or('\n');
        let start = title.span.end + usize::from(at(title.span.end) == ' ');
        let longer =
            speech.with(Sense::Titles).any(|other| other.span.start == start || other.exceeds(title));
        if longer || !own(at(title.span.start)) || !begins_a_syllable(at(start)) {
            continue;
        }
        let mut end = start;
        for _ in 0..WORDS_MAX {
            end += (end..speech.chars.len()).take_while(|place| own(at(*place))).count();
            if at(end) != ' ' || !own(at(end + 1)) {
                break;
            }
            end += 1;
        }
        let bracket = end + usize::from(at(end) == ' ');
        let told = at(bracket) == '(' && values.iter().any(|value| value.start == bracket + 1);
        if told && !values.iter().any(|value| value.start < end && start < value.end) {
            found.push(start..end);
        }
    }
    found
}

/// Which characters of a name are none of a title that is written together with it.
pub(super) fn bare_words(speech: &Speech) -> Vec<bool> {
    let mut bare = vec![true; speech.chars.len()];
    let mut start = 0;
    for part in speech.chars.split(|c| c.is_whitespace()) {
        let word = start..start + part.len();
        start = word.end + 1;
        let kept = within(speech, word.clone());
        for place in word.filter(|place| !kept.contains(place)) {
            if let Some(bare) = bare.get_mut(place) {
                *bare = false;
            }
        }
    }
    bare
}

/// The place of a word of a name without the titles that are written together with it: `นายปกรณ์`, `藤井様`, `王小明先生`,
/// `김민수님`. The word is the first of the name where nothing stands before it.
fn within(speech: &Speech, word: Range<usize>) -> Range<usize> {
    let first = !speech.chars.get(..word.start).unwrap_or_default().iter().any(|c| is_word(*c));
    let start = if first { behind_titles(speech, &word) } else { word.start };
    start..before_titles(speech, start..word.end)
}

/// Where a name starts behind the titles before it.
fn behind_titles(speech: &Speech, word: &Range<usize>) -> usize {
    let mut start = word.start;
    while let Some(title) = speech.at(start, Sense::Titles) {
        let rest: String = speech.chars.get(start..word.end).unwrap_or_default().iter().collect();
        let next = speech.chars.get(title.span.end);
        let glued = title.span.end < word.end
            && speech.chars.get(start).is_some_and(|c| is_unspaced(*c) && !is_han(*c))
            && next.is_some_and(|c| begins_a_syllable(*c))
            && !NAMES_LIKE_TITLES.iter().any(|name| rest.starts_with(name));
        if !glued {
            break;
        }
        start = title.span.end;
    }
    start
}

/// Whether a letter can stand at the start of a syllable: no vowel that belongs to the consonant before it.
fn begins_a_syllable(c: char) -> bool {
    is_unspaced(c) && !is_mark(c) && !matches!(c, '\u{e30}'..='\u{e33}' | '\u{e45}' | '\u{eb0}'..='\u{eb3}')
}

/// Where a name ends before the titles behind it.
fn before_titles(speech: &Speech, word: Range<usize>) -> usize {
    let chars = speech.chars.get(word.clone()).unwrap_or_default();
    let last = chars.last().copied().unwrap_or(' ');
    if is_hangul(last) {
        let text: String = chars.iter().collect();
        let titled = KOREAN.iter().find_map(|title| text.strip_suffix(title));
        let bare = titled.map_or(0, |bare| bare.chars().count());
        return if bare >= NAME_SYLLABLES_MIN { word.start + bare } else { word.end };
    }
    let before = speech.chars.get(..word.start).unwrap_or_default();
    let letters = before.iter().filter(|c| is_word(**c)).count();
    let mut end = word.end;
    while let Some(title) = speech
        .with(Sense::Titles)
        .filter(|title| title.span.end == end && title.span.start > word.start)
        .max_by_key(|title| title.span.len())
    {
        let name = title.span.start - word.start + letters;
        let han = speech.chars.get(title.span.start - 1).is_some_and(|c| is_unspaced(*c));
        if name < NAME_CHARS_MIN || !han || is_part_of_names(speech, &title.span) {
            break;
        }
        end = title.span.start;
    }
    end
}

/// `張麗君`: one character that is a title, and as often the last of a first name.
fn is_part_of_names(speech: &Speech, title: &Range<usize>) -> bool {
    matches!(speech.chars.get(title.clone()), Some(['君' | '殿' | '氏']))
}

#[cfg(test)]
mod tests {
    use super::within;
    use crate::reading::languages::Languages;
    use crate::reading::speech::Speech;

    #[test]
    fn a_title_is_no_part_of_a_name() {
        for (text, name) in [
            ("นายปกรณ์", "ปกรณ์"),
            ("นางสาวกนกวรรณ", "กนกวรรณ"),
            ("คุณสมชาย", "สมชาย"),
            ("คุณภัทร", "คุณภัทร"),
            ("คุณากร", "คุณากร"),
            ("藤井様", "藤井"),
            ("王小明先生", "王小明"),
            ("張麗君", "張麗君"),
            ("김민수님", "김민수"),
            ("김민수과장님", "김민수"),
            ("이하님", "이하님"),
        ] {
            let speech = Speech::of(text, Languages::ALL);
            assert_eq!(speech.text(within(&speech, 0..speech.chars.len())), name);
        }
    }
}
