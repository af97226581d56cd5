//! In place: answers between the lines of a quoted mail, and our form filled in where it is quoted.

use crate::reading::folding::is_word;
use crate::reading::labels::label_of_question;
use crate::reading::layout::{Layout, Mark};
use crate::reading::letter::Letter;
use crate::reading::lines::Line;
use crate::reading::speech::Speech;
use crate::reading::words::Languages;

/// The labels of the form that we send where something is missing.
const FORM_LABELS: [&str; 6] = ["ccTLD:", "Name:", "E-mail:", "Second e-mail:", "Phone:", "Rank:"];

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

/// The form of ours that is quoted, as it was filled in.
pub(super) fn filled_in(layout: &Layout) -> Vec<Line> {
    let form = layout.with(&[Mark::Quote]).into_iter().filter(|line| is_filled_in(&line.text));
    form.map(|line| Line::new(line.text.trim_start())).collect()
}

/// Whether a line is a field of our form, or the gap between two persons of it.
fn is_filled_in(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || FORM_LABELS.iter().any(|label| line.starts_with(label))
}
