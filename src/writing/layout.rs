//! Lines that read well in every mail program: 72 columns, in every script.

use std::fmt::Display;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use textwrap::WordSeparator;

use crate::domain::plain::on_one_line;

/// Columns of a line at the most: what an 80-column terminal shows after two levels of quoting.
const COLUMNS: usize = 72;

/// Thai and Lao, Burmese, Khmer.
const DICTIONARY_SCRIPTS: [RangeInclusive<char>; 3] =
    ['\u{e00}'..='\u{eff}', '\u{1000}'..='\u{109f}', '\u{1780}'..='\u{17ff}'];

/// Folds paragraphs to 72 columns; a detail keeps its indentation, and its further lines hang below it. A line that
/// begins with `>` or `--` stays as it is, and so does a word that is longer: an address is never cut. Runs of empty
/// lines become one.
pub fn fold(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.trim_end();
        if line.is_empty() {
            if lines.last().is_some_and(|last| !last.is_empty()) {
                lines.push(String::new());
            }
        } else if line == "--" {
            // The separator of a signature keeps its space (RFC 3676 §4.3).
            lines.push("-- ".to_owned());
        } else if line.starts_with('>') {
            lines.push(line.to_owned());
        } else {
            let depth = line.len() - line.trim_start().len();
            let (indent, hang) = (" ".repeat(depth), " ".repeat(if depth == 0 { 0 } else { depth + 2 }));
            let options = textwrap::Options::new(COLUMNS).initial_indent(&indent).subsequent_indent(&hang);
            let options = options.break_words(false).word_splitter(textwrap::WordSplitter::NoHyphenation);
            // Where words end in these scripts only a dictionary knows: their lines are parted at spaces.
            let needs_dictionary =
                line.chars().any(|c| DICTIONARY_SCRIPTS.iter().any(|script| script.contains(&c)));
            let options =
                if needs_dictionary { options.word_separator(WordSeparator::AsciiSpace) } else { options };
            lines.extend(
                textwrap::wrap(line.trim_start(), options).into_iter().map(std::borrow::Cow::into_owned),
            );
        }
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.push(String::new());
    lines.join("\r\n")
}

/// A stranger's words on one line: no control characters, no direction marks, cut to a length.
pub fn one_line(text: &str, chars_max: usize) -> String {
    let folded = on_one_line(text);
    if folded.chars().count() <= chars_max {
        return folded;
    }
    let cut: String = folded.chars().take(chars_max.saturating_sub(1)).collect();
    format!("{cut}…")
}

/// A time as people read it, to the minute.
pub fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Several values on one line, with commas between them.
pub fn list<T: Display>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{fold, one_line};

    #[test]
    fn paragraphs_and_details_are_folded() {
        let long = "word ".repeat(30);
        let text = format!("{long}\n\n\n   a detail {long}\n--\nend");
        let folded = fold(&text);
        let lines: Vec<&str> = folded.split("\r\n").collect();
        assert!(lines[0].chars().count() <= 72 && lines[0].starts_with("word word"));
        assert!(lines.iter().any(|line| line.starts_with("   a detail")));
        assert!(lines.iter().any(|line| line.starts_with("     word")));
        assert!(lines.iter().all(|line| line.chars().count() <= 72));
        assert!(!folded.contains("\r\n\r\n\r\n"));
        assert!(folded.ends_with("\r\n-- \r\nend\r\n"));
    }

    #[test]
    fn a_stranger_cannot_break_a_line() {
        assert_eq!(one_line("a\r\nBcc: b\u{202e}c\u{0}d", 40), "a Bcc: bc d");
        assert_eq!(one_line("abcdef", 4), "abc…");
    }
}
