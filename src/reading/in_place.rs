//! In place: answers between the lines of a quoted mail, and our form filled in where it is quoted.

use crate::reading::folding::is_word;
use crate::reading::labels;
use crate::reading::languages::Languages;
use crate::reading::layout::{Layout, Mark};
use crate::reading::letter::Letter;
use crate::reading::lines::Line;
use crate::reading::speech::Speech;
use crate::reading::words::Sense;

/// What the form holds that we send where something is missing.
const FORM_LABELS: [(Sense, &str); 6] = [
    (Sense::Tld, "ccTLD"),
    (Sense::Name, "Name"),
    (Sense::Email, "E-mail"),
    (Sense::SecondEmail, "Second e-mail"),
    (Sense::Phone, "Phone"),
    (Sense::Rank, "Rank"),
];

/// What is answered between the lines of a quoted list of questions, as the fields of a form; nothing where there are fewer
/// than the least.
pub(super) fn answers(letter: &Letter, languages: Languages, least: usize) -> Vec<Line> {
    const ANSWER_CHARS_MAX: usize = 100;
    let mut fields = Vec::new();
    for (question, answer) in letter.layout().answered() {
        let label = label_of_question(&Speech::of(question, languages));
        if let Some(label) = label.filter(|_| answer.chars().count() <= ANSWER_CHARS_MAX) {
            let answer = answer.trim_start_matches(|c: char| !is_word(c) && !matches!(c, '+' | '(' | '.'));
            fields.push(Line::new(format!("{label}: {answer}")));
        }
    }
    if fields.len() < least { Vec::new() } else { fields }
}

/// The form of ours that is quoted, as it was filled in, in whichever language it was sent.
pub(super) fn filled_in(layout: &Layout) -> Vec<Line> {
    layout.with(&[Mark::Quote]).into_iter().filter_map(|line| field(&line.text)).collect()
}

/// A field of our form under its English label, or the gap between two persons of it. What we ask stands behind a hyphen.
fn field(line: &str) -> Option<Line> {
    let line = line.trim();
    if line.is_empty() {
        return Some(Line::default());
    }
    let (label, value) = line.split_once([':', '：']).filter(|_| !line.starts_with('-'))?;
    let label = Speech::of(label, Languages::ALL);
    let field = labels::label(&label, 0, label.chars.len())?;
    let (_, label) = FORM_LABELS.into_iter().find(|(sense, _)| *sense == field.sense)?;
    Some(Line::new(format!("{label}: {value}")))
}

/// The label that says what a question is after: the name, an address, a number, the ccTLD or a place.
fn label_of_question(question: &Speech) -> Option<&'static str> {
    const KINDS: [(&[Sense], &str); 6] = [
        (&[Sense::Phone, Sense::Mobile], "phone"),
        (&[Sense::Email, Sense::SecondEmail], "e-mail"),
        (&[Sense::FirstName], "first name"),
        (&[Sense::LastName], "last name"),
        (&[Sense::Name], "name"),
        (&[Sense::Tld], "ccTLD"),
    ];
    let places = [Sense::First, Sense::Second, Sense::Third];
    if places.iter().filter(|place| question.has(**place)).count() >= 2 {
        return Some("rank");
    }
    KINDS.iter().find(|(senses, _)| question.has_any(senses)).map(|(_, label)| *label)
}
