//! Anchors: what shows that a word which might be a name is one: a value, a title or what is to happen stands beside it.

use std::cell::LazyCell;
use std::ops::Range;

use crate::reading::folding::{has_case, is_han, is_hangul, is_word};
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// Characters of small words between what adds a person and his name at the most.
const ADDED_NEAR_CHARS: usize = 8;
/// Characters between what adds a person and his name of several words, where all of them are understood.
const ADDED_FAR_CHARS: usize = 32;

/// Whether a word that might be a name stands beside an address or a number, a title, or a word that says what is to
/// happen to somebody.
pub(super) fn is_anchored(speech: &Speech, span: &Range<usize>, values: &[Range<usize>]) -> bool {
    let near = |from: usize, to: usize| {
        from <= to
            && to - from <= 5
            && !speech.chars.get(from..to).unwrap_or_default().iter().any(|c| is_word(*c))
    };
    let beside = |other: &Range<usize>| near(span.end, other.start) || near(other.end, span.start);
    // Behind an address a name stands in brackets or behind a comma, and not behind a bracket that closes.
    let named_behind = |value: &Range<usize>| {
        let gap = speech.chars.get(value.end..span.start).unwrap_or_default();
        near(value.end, span.start)
            && gap.iter().any(|c| matches!(c, '(' | '（' | ',' | '،' | '，' | '-' | '–' | '、' | '/' | ':'))
    };
    // `محمد الهاشمي - هاتف 04…`: a stroke or a comma, a label and its value.
    let listed = |value: &Range<usize>| {
        let labelled = |hit: &Hit| {
            let gap = speech.chars.get(span.end..hit.span.start).unwrap_or_default();
            matches!(hit.sense, Sense::Phone | Sense::Mobile | Sense::Email)
                && near(span.end, hit.span.start)
                && gap.iter().any(|c| !c.is_whitespace())
                && near(hit.span.end, value.start)
        };
        speech.hits.iter().any(labelled)
    };
    let acts = |hit: &&Hit| {
        matches!(
            hit.sense,
            Sense::Titles
                | Sense::Remove
                | Sense::Replace
                | Sense::Replaces
                | Sense::ReplacedBy
                | Sense::InsteadOf
                | Sense::InsteadAfter
                | Sense::Left
        )
    };
    // `NAMEの電話番号`, `رقم هاتف NAME`: a label right beside it, with a particle between at the most.
    let labelled = speech.hits.iter().any(|hit| {
        let label = matches!(hit.sense, Sense::Phone | Sense::Mobile | Sense::Email | Sense::SecondEmail);
        let close = |from: usize, to: usize| from <= to && to - from <= 2;
        label
            && (close(span.end, hit.span.start)
                || close(hit.span.end, span.start)
                || is_owned(speech, span.end..hit.span.start)
                || is_newly_owned(speech, span.end..hit.span.start))
    });
    let words = speech.chars.get(span.clone()).unwrap_or_default().iter().filter(|c| **c == ' ').count() + 1;
    let uncased = !speech.chars.get(span.start).is_some_and(|c| has_case(*c));
    let sizeable = words >= 2 || speech.chars.get(span.start).is_some_and(|c| is_han(*c) || is_hangul(*c));
    // `هاتفها المباشر 0020 …`: one word between a label and its value says what kind of value it is.
    let qualifies = uncased && words == 1 && is_between_label_and_value(speech, span, values);
    // `استبدال A بـ B`, `AからBに変わりました`: a small word that leads from one to the other.
    let changes = || speech.has_any(&[Sense::Replace, Sense::Change, Sense::ReplacedBy]);
    let leads = |hit: &&Hit| matches!(hit.sense, Sense::FromWord | Sense::ToWord);
    let led = || {
        sizeable
            && changes()
            && speech.hits.iter().filter(leads).any(|hit| beside(&hit.span) || hit.span.end == span.end)
    };
    // `林雨桐（.cn）`: whose ccTLD is told in brackets.
    let next = speech.chars.get(span.end..).unwrap_or_default();
    let placed = matches!(next, ['（' | '(', '.', ..] | [' ', '（' | '(', '.', ..]);
    let acted_on = is_put_on(speech, span, words)
        || is_called_contact(speech, span)
        || placed
        || led()
        || speech.hits.iter().filter(acts).any(|hit| beside(&hit.span) || is_object(speech, span, hit));
    (!qualifies && values.iter().any(|value| near(span.end, value.start) || named_behind(value)))
        || (uncased && words >= 2 && values.iter().any(listed))
        || (uncased && sizeable && (acted_on || labelled))
}

/// `রফিক আলম এর ইমেইল`, `सुरेश भट्टराई को इमेल`: one small word that says whose a value is.
fn is_owned(speech: &Speech, gap: Range<usize>) -> bool {
    const OWNERS: [&str; 16] =
        ["এর", "-এর", "র", "को", "का", "की", "के", "کا", "کی", "کے", "၏", "ရဲ့", "ගේ", "හි", "இன்", "உடைய"];
    let word = speech.chars.get(gap).unwrap_or_default().iter().collect::<String>();
    OWNERS.contains(&word.trim())
}

/// `田中太郎を削除`, `이영희를 삭제`: the particle between a name and the word that says what is to happen.
fn is_object(speech: &Speech, span: &Range<usize>, hit: &Hit) -> bool {
    let gap = speech.chars.get(span.end..hit.span.start).unwrap_or_default();
    hit.language.puts_verbs_last()
        && matches!(gap, ['を' | 'は' | 'が' | 'も' | 'の' | 'に', ..] if gap.len() <= 2)
}

/// `田中太郎の新しい番号`, `김철수의 새 번호`: a particle that says whose a value is, and a word for what is new.
fn is_newly_owned(speech: &Speech, gap: Range<usize>) -> bool {
    let text = speech.chars.get(gap.clone()).unwrap_or_default();
    let new = speech.with(Sense::New).find(|hit| gap.start < hit.span.start && hit.span.end <= gap.end);
    let small = |c: &char| c.is_whitespace() || matches!(c, 'の' | '的' | '의');
    new.is_some_and(|new| {
        let before = speech.chars.get(gap.start..new.span.start).unwrap_or_default();
        let behind = speech.chars.get(new.span.end..gap.end).unwrap_or_default();
        matches!(text.first(), Some('の' | '的' | '의')) && before.iter().chain(behind).all(small)
    })
}

/// `第二联系人 黄咏诗 …`: a name of two to four characters behind the word for a contact, and then a space.
fn is_called_contact(speech: &Speech, span: &Range<usize>) -> bool {
    let name = speech.chars.get(span.clone()).unwrap_or_default();
    // `جهة الاتصال فهد القحطاني`: in a script without capitals, two words.
    let words = name.iter().filter(|c| **c == ' ').count() + 1;
    let plain = (2..=4).contains(&words) && name.iter().all(|c| *c == ' ' || (is_word(*c) && !has_case(*c)));
    let han = name.iter().all(|c| is_han(*c));
    let right_behind = speech.with(Sense::ContactWord).any(|word| word.span.end + 1 == span.start);
    if plain && !han && right_behind {
        return true;
    }
    han && speech.chars.get(span.end).is_some_and(|c| c.is_whitespace())
        && speech.hits.iter().any(|hit| {
            matches!(hit.sense, Sense::ContactWord | Sense::First | Sense::Second | Sense::Third)
                && hit.span.end <= span.start
                && span.start - hit.span.end <= 1
        })
}

/// Whether a word for adding stands before a name, with little between: small words; or, before `words` of two and more, any
/// that are understood, as in `נא לרשום במקומו עבור .il את A B`.
fn is_put_on(speech: &Speech, span: &Range<usize>, words: usize) -> bool {
    let small = |hit: &Hit| matches!(hit.sense, Sense::Stop | Sense::Titles | Sense::Vocabulary);
    let little = LazyCell::new(|| speech.mask(small));
    let understood = LazyCell::new(|| speech.mask(|_| true));
    let at = |mask: &[bool], place: usize| mask.get(place).copied().unwrap_or_default();
    let blank = |place: usize| speech.chars.get(place).is_some_and(|c| c.is_whitespace());
    // A ccTLD in Latin letters may stand between.
    let latin = |place: usize| {
        speech.chars.get(place).is_some_and(|c| c.is_ascii() && !matches!(c, '@' | ',' | ':' | ';' | '\n'))
    };
    let before = |hit: &&Hit| hit.span.end <= span.start && !hit.language.puts_verbs_last();
    speech.with(Sense::Add).filter(before).any(|hit| {
        let gap = hit.span.end..span.start;
        let near =
            gap.len() <= ADDED_NEAR_CHARS && gap.clone().all(|place| at(&little, place) || blank(place));
        let far = words >= 2
            && gap.len() <= ADDED_FAR_CHARS
            && gap.clone().all(|place| at(&understood, place) || blank(place) || latin(place));
        near || far
    })
}

fn is_between_label_and_value(speech: &Speech, span: &Range<usize>, values: &[Range<usize>]) -> bool {
    const NEAR_CHARS: usize = 3;
    let close = |from: usize, to: usize| from <= to && to - from <= NEAR_CHARS;
    let label = |hit: &Hit| {
        matches!(hit.sense, Sense::Phone | Sense::Mobile | Sense::Email | Sense::SecondEmail)
            && close(hit.span.end, span.start)
    };
    speech.hits.iter().any(label) && values.iter().any(|value| close(span.end, value.start))
}
