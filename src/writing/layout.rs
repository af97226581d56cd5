//! Lines that read well in every mail program: 72 columns, in every script.

use std::fmt::Display;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use textwrap::WordSeparator;
use textwrap::core::Word;

use crate::domain::plain::on_one_line;
use crate::writing::direction::{RIGHT_TO_LEFT_MARK, is_of_the_repository};

/// Columns of a line at the most: what an 80-column terminal shows after two levels of quoting.
const COLUMNS: usize = 72;

/// Thai and Lao, Burmese, Khmer.
const DICTIONARY_SCRIPTS: [RangeInclusive<char>; 3] =
    ['\u{e00}'..='\u{eff}', '\u{1000}'..='\u{109f}', '\u{1780}'..='\u{17ff}'];

/// Lines as they leave, and how a reader puts those of a paragraph together again (RFC 3676).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Flowed {
    /// Lines of at most 72 columns, spaces at their ends aside, that end with CRLF.
    pub body: String,
    /// What to do with the space before a soft break.
    pub spaces: Spaces,
}

/// The space that a soft break ends with, where lines are put together (RFC 3676 §4.1, the parameter `DelSp`).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Spaces {
    /// It parts two words.
    #[default]
    Part,
    /// It is deleted: lines break between two letters of one sentence, too, as in Chinese.
    Deleted,
}

/// One line.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Line {
    /// Ends here, however wide the window is.
    Fixed(String),
    /// Goes on with the next line, after a space.
    Words(String),
    /// Goes on with the next line, without one.
    Letters(String),
}

/// Text in lines.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Folded(Vec<Line>);

impl Folded {
    /// These lines, then those.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// These lines, and an empty one.
    #[must_use]
    pub fn and_a_gap(mut self) -> Self {
        self.0.push(Line::Fixed(String::new()));
        self
    }

    /// The octets' form: a phone puts a paragraph together again, a terminal has its 72 columns.
    pub fn flowed(&self) -> Flowed {
        let between_letters = self.0.iter().any(|line| matches!(line, Line::Letters(_)));
        let (spaces, between_words) =
            if between_letters { (Spaces::Deleted, "  ") } else { (Spaces::Part, " ") };
        let mut body = String::new();
        for line in &self.0 {
            let (text, end) = match line {
                Line::Fixed(text) => (text, ""),
                Line::Words(text) => (text, between_words),
                Line::Letters(text) => (text, " "),
            };
            body.extend([text, end, "\r\n"]);
        }
        Flowed { body, spaces }
    }
}

/// Characters of a telephone number at the most: 15 digits (ITU-T E.164 §6.1) with a space behind each.
const NUMBER_CHARS_MAX: usize = 30;
/// Octets of what is kept on one line though it has spaces, at the most: a stranger's text must not make longer words of
/// them than a line has room for.
const PIECE_OCTETS_MAX: usize = 40;

/// How the label begins that stands behind a ccTLD of other letters (RFC 5890 §2.3.2.1).
const LABEL: &str = "(xn--";

/// How a line of somebody else's mail begins.
const QUOTE: &str = "> ";

/// Folds paragraphs to 72 columns; a detail keeps its indentation, and its further lines hang below it; a quoted line stays
/// quoted. A line that begins with `--` and one of the contact repository, which programs take apart, stay as they are, and so does a word that is longer: an address
/// is never cut. Runs of empty lines become one.
pub fn fold(text: &str) -> Folded {
    let mut lines: Vec<Line> = Vec::new();
    let empty = || Line::Fixed(String::new());
    for line in text.lines() {
        let line = line.trim_end();
        if line.is_empty() {
            if lines.last().is_some_and(|last| *last != empty()) {
                lines.push(empty());
            }
        } else if line == "--" {
            // The separator of a signature keeps its space (RFC 3676 §4.3).
            lines.push(Line::Fixed("-- ".to_owned()));
        } else if line == QUOTE.trim_end() || is_of_the_repository(line) {
            lines.push(Line::Fixed(line.to_owned()));
        } else {
            lines.extend(folded_line(line));
        }
    }
    while lines.last() == Some(&empty()) {
        lines.pop();
    }
    Folded(lines)
}

/// One line of a text, as many of at most 72 columns. Those of a paragraph can be put together again, those of a detail
/// stay where they are. The mark of a right-to-left line stands before each.
fn folded_line(line: &str) -> Vec<Line> {
    let (quote, unquoted) = line.strip_prefix(QUOTE).map_or(("", line), |rest| (QUOTE, rest));
    let bare = unquoted.trim_start();
    let depth = unquoted.len() - bare.len();
    let (mark, bare) = match bare.strip_prefix(RIGHT_TO_LEFT_MARK) {
        Some(rest) => (RIGHT_TO_LEFT_MARK, rest),
        None => ("", bare),
    };
    let indent = format!("{quote}{}{mark}", " ".repeat(depth));
    let hang = format!("{quote}{}{mark}", " ".repeat(if depth == 0 { 0 } else { depth + 2 }));
    let options = textwrap::Options::new(COLUMNS).initial_indent(&indent).subsequent_indent(&hang);
    let options = options.break_words(false).word_splitter(textwrap::WordSplitter::NoHyphenation);
    // Where words end in these scripts only a dictionary knows: their lines are parted at spaces.
    let needs_dictionary = line.chars().any(|c| DICTIONARY_SCRIPTS.iter().any(|script| script.contains(&c)));
    let separator = if needs_dictionary { WordSeparator::AsciiSpace } else { WordSeparator::Custom(words) };
    let options = options.word_separator(separator);
    let mut rest = bare;
    let mut lines = Vec::new();
    for part in textwrap::wrap(bare, options) {
        let words =
            part.strip_prefix(quote).unwrap_or(&part).trim_start().trim_start_matches(RIGHT_TO_LEFT_MARK);
        rest = rest.get(words.len()..).unwrap_or_default();
        let goes_on = depth == 0 && !rest.is_empty();
        let after_a_space = rest.starts_with(' ');
        rest = rest.trim_start();
        let part = if quote.is_empty() { stuffed(&part, depth) } else { part.into_owned() };
        lines.push(match (goes_on, after_a_space) {
            (false, _) => Line::Fixed(part),
            (true, true) => Line::Words(part),
            (true, false) => Line::Letters(part),
        });
    }
    lines
}

/// The words of a line, by the rules of Unicode (Standard Annex #14). What a reader takes in at one look is one word: half a
/// moment or half a telephone number at a line's end is misread.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let (mut rest, mut octets) = (line, 0);
    let mut all = Vec::new();
    for word in WordSeparator::UnicodeBreakProperties.find_words(line) {
        let (before, after) = rest.split_at(octets);
        let goes_on = octets <= PIECE_OCTETS_MAX && is_one_piece(before, after);
        if octets > 0 && !goes_on {
            all.push(Word::from(before));
            (rest, octets) = (after, 0);
        }
        octets += word.word.len() + word.whitespace.len();
    }
    if !rest.is_empty() {
        all.push(Word::from(rest));
    }
    Box::new(all.into_iter())
}

/// Whether a space stands within a moment (`2026-11-20 09:00 UTC`) or a telephone number (`+31 20 123 4567`), or between a
/// ccTLD and its label (`.рф (xn--p1ai)`).
fn is_one_piece(before: &str, after: &str) -> bool {
    let Some(left) = before.strip_suffix(' ') else { return false };
    let is_like = |text: &str, pattern: &str| {
        text.chars().count() == pattern.len()
            && text
                .chars()
                .zip(pattern.chars())
                .all(|(c, p)| if p == '0' { c.is_ascii_digit() } else { c == p })
    };
    let ends_like = |pattern: &str| {
        left.len()
            .checked_sub(pattern.len())
            .and_then(|at| left.get(at..))
            .is_some_and(|end| is_like(end, pattern))
    };
    let begins_like = |pattern: &str| after.get(..pattern.len()).is_some_and(|start| is_like(start, pattern));
    let within_a_moment =
        (ends_like("0000-00-00") && begins_like("00:00")) || (ends_like("00:00") && begins_like("UTC"));
    let mut of_a_number =
        left.chars().rev().take(NUMBER_CHARS_MAX).skip_while(|c| c.is_ascii_digit() || *c == ' ');
    let within_a_number =
        of_a_number.next() == Some('+') && left.ends_with(|c: char| c.is_ascii_digit()) && begins_like("0");
    within_a_moment || within_a_number || after.starts_with(LABEL)
}

/// A line of a paragraph that happens to look like a quote, or like the first line of another mail, has a space before it
/// (RFC 3676 §4.4).
fn stuffed(line: &str, depth: usize) -> String {
    let looks_like_another = line.starts_with('>') || line.starts_with("From ");
    if depth == 0 && looks_like_another { format!(" {line}") } else { line.to_owned() }
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

/// A day as people read it, in UTC.
pub fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// Several values on one line, with commas between them.
pub fn list<T: Display>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Spaces, fold, one_line};
    use crate::writing::direction::RIGHT_TO_LEFT_MARK;

    #[test]
    fn paragraphs_and_details_are_folded() {
        let long = "word ".repeat(30);
        let text = format!("{long}\n\n\n   a detail {long}\n--\nend");
        let folded = fold(&text).flowed().body;
        let lines: Vec<&str> = folded.split("\r\n").collect();
        assert!(lines[0].chars().count() <= 73 && lines[0].starts_with("word word"));
        assert!(lines.iter().any(|line| line.starts_with("   a detail")));
        assert!(lines.iter().any(|line| line.starts_with("     word")));
        assert!(lines.iter().all(|line| line.trim_end().chars().count() <= 72));
        assert!(!folded.contains("\r\n\r\n\r\n"));
        assert!(folded.ends_with("\r\n-- \r\nend\r\n"));
    }

    /// What a reader that knows RFC 3676 shows.
    fn shown(text: &str) -> String {
        let flowed = fold(text).flowed();
        let mut shown = String::new();
        for line in flowed.body.split_terminator("\r\n") {
            let line = line.strip_prefix(' ').unwrap_or(line);
            match (line.strip_suffix(' '), flowed.spaces) {
                (Some(_), _) if line == "-- " => shown.extend([line, "\n"]),
                (Some(_), Spaces::Part) => shown.push_str(line),
                (Some(deleted), Spaces::Deleted) => shown.push_str(deleted),
                (None, _) => shown.extend([line, "\n"]),
            }
        }
        shown
    }

    #[test]
    fn a_reader_puts_a_paragraph_together_again() {
        let latin = "Please answer with YES. From here on >nothing is changed before you have. ".repeat(4);
        let chinese = "您是否同意对联系人作以下变更？在您答复之前，不会作任何变更。".repeat(4);
        for text in [latin.trim_end().to_owned(), chinese.clone(), format!("{latin}\n\n{chinese}\n--\nend")] {
            let want: Vec<&str> = text.lines().map(str::trim_end).collect();
            let want: Vec<&str> =
                want.into_iter().map(|line| if line == "--" { "-- " } else { line }).collect();
            assert_eq!(shown(&text).trim_end_matches('\n'), want.join("\n"));
        }
    }

    #[test]
    fn a_long_quoted_line_is_quoted_on_each_of_its_lines() {
        let body = fold(&format!("> {}\n>\n> end", "word ".repeat(30).trim_end())).flowed().body;
        let lines: Vec<&str> = body.lines().collect();
        assert_eq!(lines.len(), 5, "{body}");
        assert!(lines.iter().all(|line| line.starts_with('>') && line.trim_end().len() <= 72), "{body}");
        assert!(lines[..2].iter().all(|line| line.ends_with("word ")), "{body}");
        assert_eq!(lines[2..], ["> word word", ">", "> end"]);
    }

    #[test]
    fn each_line_of_a_right_to_left_paragraph_has_its_mark() {
        let text = format!("{RIGHT_TO_LEFT_MARK}{}", "نعم 2026 أو YES ".repeat(12));
        let body = fold(&text).flowed().body;
        assert!(body.lines().count() > 1);
        assert!(body.lines().all(|line| line.starts_with(RIGHT_TO_LEFT_MARK)), "{body}");
        let detail = fold(&format!("   {RIGHT_TO_LEFT_MARK}{}", "نعم ".repeat(40))).flowed().body;
        assert!(
            detail.lines().nth(1).unwrap().starts_with(&format!("     {RIGHT_TO_LEFT_MARK}")),
            "{detail}"
        );
    }

    #[test]
    fn a_moment_a_number_and_a_label_are_never_parted() {
        let pieces = ["2026-11-20 09:00 UTC", "+31 20 123 4567", ".рф (xn--p1ai)"];
        for piece in pieces {
            for letters in 30..90 {
                let text = format!("{} {piece}, or so", "a".repeat(letters / 2).replace("aaaa", "aaa "));
                let body = fold(&text).flowed().body;
                assert!(body.contains(piece), "{body}");
            }
        }
        // Nobody makes a line too long by what looks like one.
        for long in ["1 2 3 4 ", "+1 +2 ", "(xn--a "] {
            let body = fold(&format!("+{}", long.repeat(100))).flowed().body;
            let widest = body.lines().map(|line| line.trim_end().chars().count()).max();
            assert!(widest <= Some(72), "{body}");
        }
    }

    #[test]
    fn a_stranger_cannot_break_a_line() {
        assert_eq!(one_line("a\r\nBcc: b\u{202e}c\u{0}d", 40), "a Bcc: bc d");
        assert_eq!(one_line("abcdef", 4), "abc…");
    }
}
