//! Conjunctions: `and` and `by` where Arabic and Hebrew write them together with the name behind them.

use std::ops::Range;

use crate::reading::facts::Found;
use crate::reading::folding::is_word;
use crate::reading::names::Name;
use crate::reading::sentences::ends_sentence;
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// First names that begin with those letters themselves.
const NAMES: [&str; 74] = [
    "בועז",
    "ברוך",
    "בנימין",
    "בתיה",
    "ברכה",
    "בילי",
    "ברית",
    "בינה",
    "בלהה",
    "باسم",
    "بسام",
    "بشير",
    "بلال",
    "بهاء",
    "بدرية",
    "بثينة",
    "بشرى",
    "بندر",
    "باسل",
    "بيان",
    "برهان",
    "بركات",
    "بسمة",
    "بهية",
    "بدور",
    "بهجت",
    "وردة",
    "وجدان",
    "وئام",
    "واثق",
    "واصف",
    "وضحة",
    "وسيلة",
    "ورود",
    "وصال",
    "وهاب",
    "ורדית",
    "ורדה",
    "ורוניקה",
    "ולנטין",
    "ולנטינה",
    "ונסה",
    "وليد",
    "وائل",
    "وسام",
    "وسيم",
    "وجدي",
    "وحيد",
    "وفاء",
    "وداد",
    "وصفي",
    "وهيب",
    "وديع",
    "وضاح",
    "ولاء",
    "وجيه",
    "وهبة",
    "ויקטור",
    "ולדימיר",
    "ויולט",
    "ויקטוריה",
    "ולריה",
    "لمياء",
    "لبنى",
    "لطيفة",
    "لطفي",
    "لجين",
    "ليلى",
    "لينا",
    "لانا",
    "لارا",
    "ليان",
    "لقمان",
    "ليث",
];

/// `وسارة`, `ושרה` within a name: a word that begins as no name does.
pub(super) fn begins_with_conjunction(word: &[char]) -> bool {
    const LETTERS_MIN: usize = 4;
    // Hebrew last names: `וייס`, `ויצמן`, `וולף`, `וקנין`, `ולך`.
    let last_name = matches!(word, ['ו', 'ו' | 'י' | 'ק' | 'ל', ..]);
    let text: String = word.iter().collect();
    word.len() >= LETTERS_MIN
        && matches!(word, ['و' | 'ו', ..])
        && !last_name
        && !NAMES.contains(&text.as_str())
}

/// `وخالد`, `ונועה`: Arabic and Hebrew write `and` together with the name behind it. Right behind another person's values it
/// is no letter of the name, unless names begin so.
pub(super) fn without_conjunction(
    speech: &Speech,
    name: Found<Name>,
    values: &[Range<usize>],
) -> Found<Name> {
    const NEAR_CHARS: usize = 3;
    const FAR_CHARS: usize = 48;
    const LETTERS_MIN: usize = 4;
    let first: String =
        speech.chars.get(name.span.clone()).unwrap_or_default().iter().take_while(|c| is_word(**c)).collect();
    let joined = first.starts_with(['و', 'ו']) && first.chars().count() >= LETTERS_MIN;
    let near = |value: &Range<usize>| (value.end..=value.end + NEAR_CHARS).contains(&name.span.start);
    // `A (a@…) تصبح الأولى وB (b@…)`: words between, in one sentence.
    let within = |value: &Range<usize>| {
        let gap = speech.chars.get(value.end..name.span.start).unwrap_or_default();
        let parted = |(at, c): (usize, &char)| ends_sentence(speech, value.end + at, *c);
        value.end <= name.span.start && gap.len() <= FAR_CHARS && !gap.iter().enumerate().any(parted)
    };
    let behind = values.iter().any(|value| near(value) || within(value));
    // `להוסיף למיכל (…) כתובת שנייה`: to whom an address is added.
    let given = first.starts_with('ל')
        && first.chars().count() >= LETTERS_MIN
        && speech.has(Sense::SecondEmail)
        && speech.with(Sense::Add).any(|add| add.span.end + 1 == name.span.start);
    // `להחליף את A (…) בB (…)`, `استبدال A (…) بB (…)`: by whom somebody is replaced.
    let by = first.starts_with(['ב', 'ب'])
        && first.chars().count() >= LETTERS_MIN
        && values.iter().any(near)
        && speech.with(Sense::Replace).any(|replace| replace.span.end <= name.span.start);
    // `رقم الجوال الجديد لـخالد …`: whose a value is.
    let owns = |hit: &Hit| {
        matches!(hit.sense, Sense::Phone | Sense::Mobile | Sense::Email | Sense::New)
            && hit.span.end + 1 == name.span.start
    };
    let owned =
        first.starts_with('ل') && first.chars().count() >= LETTERS_MIN && speech.hits.iter().any(owns);
    if !(joined && behind || given || by || owned) || NAMES.contains(&first.as_str()) {
        return name;
    }
    let text = name.what.text.chars().skip(1).collect();
    Found { span: name.span.start + 1..name.span.end, what: Name { text, ..name.what } }
}
