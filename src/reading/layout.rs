//! Layout: which lines of a mail its writer wrote himself, and which are quote, signature, forward or disclaimer.

use crate::reading::folding::{has_case, is_hangul, is_unspaced, is_word};
use crate::reading::forms::Chosen;
use crate::reading::lines::Line;
use crate::reading::manners;
use crate::reading::parts::Parts;
use crate::reading::quotes::{mark_quotes, part_introductions};
use crate::reading::respelled;
use crate::reading::sign_offs::{
    afterthoughts, is_of_a_device, is_point, mark_greeting, part_sign_off, without_postscript,
};
use crate::reading::unfolding;
use crate::reading::words::{self, Hit, Sense};

/// Lines that a signature has at the most; more after a closing is a text of its own.
const SIGNATURE_LINES_MAX: usize = 14;
/// Characters of a line that is a greeting or a closing and nothing else.
pub(super) const FORMULA_CHARS_MAX: usize = 60;

/// What a line is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mark {
    /// The writer's own words.
    Own,
    /// His greeting.
    Greeting,
    /// His closing.
    Closing,
    /// His signature.
    Signature,
    /// What his mail program adds: `Sent from my …`.
    Footer,
    /// What his organisation adds, or a warning that ours adds.
    Disclaimer,
    /// The line or lines that introduce an earlier mail.
    QuoteIntro,
    /// An earlier mail.
    Quote,
}

/// The lines of a mail, each marked for what it is.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    lines: Vec<(Mark, Line)>,
    /// The same in one manner, those joined that a mail program broke.
    joined: Vec<(Mark, Line)>,
    /// Names that are read with capitals, and how they were written.
    pub(super) respelled: Vec<(String, String)>,
    /// Words in the HTML that no reader sees.
    pub(super) hidden: String,
    /// Whether the two forms of a text hold different details.
    pub(super) forms_differ: bool,
    /// Whether the HTML was too large or too intricate to be read.
    pub(super) refused: bool,
    /// Whether the earlier mail is marked as a forward.
    pub(super) forward: bool,
}

impl Layout {
    /// Marks the lines of a mail's texts.
    pub(super) fn of(parts: &Parts, writer: Option<&str>) -> Self {
        let mut chosen = Chosen::default();
        for text in &parts.texts {
            chosen.take(text);
        }
        let Chosen { lines, hidden, forms_differ, refused } = chosen;
        let lines = part_sign_off(part_introductions(lines), writer);
        let mut layout = Self { hidden, forms_differ, refused, ..Self::default() };
        let Marked { marks, forward } = mark(&lines, writer);
        layout.forward = forward;
        layout.lines = marks.into_iter().zip(lines).collect();
        layout.joined = unfolding::joined(&manners::settled(&without_postscript(&layout.lines)));
        layout.respelled = respelled::settled(&mut layout.joined);
        layout
    }

    /// Every line with its mark.
    pub fn lines(&self) -> impl Iterator<Item = (Mark, &str)> {
        self.lines.iter().map(|(mark, line)| (*mark, line.text.as_str()))
    }

    /// The lines that bear one of these marks; those of the writer's own are joined where his mail program broke them.
    pub(super) fn with(&self, marks: &[Mark]) -> Vec<&Line> {
        self.joined.iter().filter(|(mark, _)| marks.contains(mark)).map(|(_, line)| line).collect()
    }

    /// Each of the writer's own lines that stands right below a quoted one, with that one: answers between the lines.
    pub(super) fn answered(&self) -> Vec<(&str, &str)> {
        let mut asked: Option<&str> = None;
        let mut answered = Vec::new();
        for (mark, line) in self.lines.iter().filter(|(_, line)| line.text.chars().any(is_word)) {
            match mark {
                Mark::Quote => asked = Some(line.text.as_str()),
                Mark::Own => answered.extend(asked.take().map(|asked| (asked, line.text.as_str()))),
                Mark::Greeting
                | Mark::Closing
                | Mark::Signature
                | Mark::Footer
                | Mark::Disclaimer
                | Mark::QuoteIntro => asked = None,
            }
        }
        answered
    }

    /// What these lines say as it was written, those joined that a mail program broke.
    pub(super) fn written(&self, marks: &[Mark]) -> String {
        let joined = unfolding::joined(&self.lines);
        let lines = joined.iter().filter(|(mark, _)| marks.contains(mark));
        lines.map(|(_, line)| line.text.as_str()).collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    /// The text of these lines as they are read, without empty ones at either end.
    pub(super) fn text_of(&self, marks: &[Mark]) -> String {
        let lines: Vec<_> = self.with(marks).into_iter().map(|line| line.text.as_str()).collect();
        lines.join("\n").trim().to_owned()
    }
}

/// What marking found.
struct Marked {
    marks: Vec<Mark>,
    forward: bool,
}

fn mark(lines: &[Line], writer: Option<&str>) -> Marked {
    let read: Vec<Spoken> = lines.iter().map(Spoken::of).collect();
    let mut marks: Vec<Mark> =
        lines.iter().map(|line| if line.depth > 0 { Mark::Quote } else { Mark::Own }).collect();
    let forward = mark_quotes(lines, &read, &mut marks);
    mark_footers(lines, &read, &mut marks);
    mark_signature(lines, &read, &mut marks, writer);
    mark_greeting(&read, &mut marks);
    Marked { marks, forward }
}

/// A line with the words that were found in it.
pub(super) struct Spoken {
    /// Its characters.
    pub(super) chars: Vec<char>,
    /// The words.
    pub(super) hits: Vec<Hit>,
}

impl Spoken {
    /// Finds the words of a line.
    pub(super) fn of(line: &Line) -> Self {
        // Stars are how Outlook writes bold letters in plain text.
        let chars: Vec<char> = line.text.trim().trim_matches('*').chars().collect();
        let hits = words::find(&chars);
        Self { chars, hits }
    }

    pub(super) fn has(&self, sense: Sense) -> bool {
        self.hits.iter().any(|hit| hit.sense == sense)
    }

    pub(super) fn starts_with(&self, sense: Sense) -> Option<usize> {
        let first = self.chars.iter().position(|c| is_word(*c))?;
        let starts = self.hits.iter().filter(|hit| hit.sense == sense && hit.span.start == first);
        starts.map(|hit| hit.span.end).max()
    }

    /// `簡淑芬 敬上`: in some languages the formula stands behind the name.
    fn ends_with_closing(&self) -> bool {
        const CHARS_MAX: usize = 24;
        // `배수아 드림 (대표전화 +82 …)`: brackets behind it are no words of his.
        let bracket = self.chars.iter().position(|c| matches!(c, '(' | '（')).filter(|place| *place > 0);
        let chars = self.chars.get(..bracket.unwrap_or(self.chars.len())).unwrap_or_default();
        let end = chars.iter().rposition(|c| !c.is_whitespace()).map_or(0, |last| last + 1);
        let chars = chars.get(..end).unwrap_or_default();
        let last = self
            .hits
            .iter()
            .any(|hit| hit.sense == Sense::Closing && hit.span.end == end && hit.span.start > 0);
        let unspaced = chars.last().is_some_and(|c| is_unspaced(*c) || is_hangul(*c));
        let sentence =
            chars.iter().any(|c| matches!(c, ',' | '，' | '。' | '、' | ':' | '：') || c.is_ascii_digit());
        last && unspaced && !sentence && end <= CHARS_MAX
    }

    /// Whether it is `Label: something` with a label of this sense.
    pub(super) fn labels(&self, sense: Sense) -> bool {
        let Some(first) = self.chars.iter().position(|c| is_word(*c)) else { return false };
        let starts = self.hits.iter().filter(|hit| hit.sense == sense && hit.span.start == first);
        starts.into_iter().any(|hit| {
            let rest = self.chars.iter().skip(hit.span.end).find(|c| !matches!(c, ' ' | '*' | '\u{a0}'));
            rest.is_some_and(|c| matches!(c, ':' | '：'))
        })
    }

    pub(super) fn ends_with_colon(&self) -> bool {
        let last =
            self.chars.iter().rev().find(|c| is_word(**c) || matches!(c, ':' | '：' | '>' | ',' | '.'));
        last.is_some_and(|c| matches!(c, ':' | '：'))
    }

    pub(super) fn is_blank(&self) -> bool {
        !self.chars.iter().any(|c| is_word(*c) || matches!(c, '-' | '_' | '=' | '*'))
    }

    /// A line of dashes or the like, with or without words between.
    pub(super) fn is_ruled(&self) -> bool {
        let ruled = |c: &char| matches!(c, '-' | '_' | '=' | '*' | '—' | '─');
        self.chars.iter().take_while(|c| ruled(c)).count() >= 2
    }
}

fn mark_footers(lines: &[Line], read: &[Spoken], marks: &mut [Mark]) {
    let mut disclaimed = false;
    let mut said_something = false;
    if let Some(start) = list_footer(lines, marks) {
        for mark in marks.iter_mut().skip(start).filter(|mark| **mark == Mark::Own) {
            *mark = Mark::Footer;
        }
    }
    for ((line, read), mark) in lines.iter().zip(read).zip(marks.iter_mut()) {
        if *mark != Mark::Own {
            continue;
        }
        // `External e-mail: a@…` is the label of a second address.
        let labels = read.starts_with(Sense::SecondEmail).is_some() && line.text.contains('@');
        let warns = read.has(Sense::Disclaimer) && !labels;
        if warns
            && said_something
            && (line.text.chars().count() > FORMULA_CHARS_MAX
                || read.starts_with(Sense::Disclaimer).is_some())
        {
            disclaimed = true;
        }
        if disclaimed || warns {
            *mark = Mark::Disclaimer;
        } else if read.starts_with(Sense::MobileFooter).is_some() || is_of_a_device(read) {
            *mark = Mark::Footer;
        } else {
            said_something |= !read.is_blank();
        }
    }
}

/// Where a list that the mail came through tells its address and its page below a long line, at the end of all.
fn list_footer(lines: &[Line], marks: &[Mark]) -> Option<usize> {
    const DRAWN_CHARS_MIN: usize = 30;
    const LINES_MAX: usize = 5;
    let drawn = |line: &Line| {
        let text = line.text.trim();
        text.chars().count() >= DRAWN_CHARS_MIN && text.chars().all(|c| c == '_')
    };
    let own = |place: &usize| marks.get(*place) == Some(&Mark::Own);
    let start = (0..lines.len()).rev().filter(own).find(|place| lines.get(*place).is_some_and(drawn))?;
    let rest = lines.iter().skip(start + 1).map(|line| line.text.trim()).filter(|text| !text.is_empty());
    let rest: Vec<&str> = rest.collect();
    let page = rest.iter().any(|text| text.contains("://"));
    (page && rest.len() <= LINES_MAX && rest.iter().any(|text| text.contains('@') && !text.contains(' ')))
        .then_some(start)
}

fn mark_signature(lines: &[Line], read: &[Spoken], marks: &mut [Mark], writer: Option<&str>) {
    let own: Vec<usize> = (0..marks.len()).filter(|place| marks.get(*place) == Some(&Mark::Own)).collect();
    let mut start = None;
    for (number, place) in own.iter().enumerate() {
        let Some((line, spoken)) = lines.get(*place).zip(read.get(*place)) else { continue };
        let after = own
            .iter()
            .skip(number + 1)
            .filter(|place| read.get(**place).is_some_and(|line| !line.is_blank()));
        let few = after.count() <= SIGNATURE_LINES_MAX;
        let dashes = matches!(line.text.trim(), "--" | "---" | "—" | "––" | "__") && number > 0;
        if (dashes && few) || line.signature_starts {
            start = Some((number, Mark::Signature));
            break;
        }
        if few && number > 0 && is_closing(spoken) {
            start = Some((number, Mark::Closing));
            break;
        }
        // `Please add: Ann Bee, ann@…`, and below it a closing: the details that he gives of himself are no signature.
        let closes = || own.iter().skip(number + 1).any(|place| read.get(*place).is_some_and(is_closing));
        let signs = writer.is_some_and(|writer| is_name_of(line, writer)) && !is_point(lines, &own, number);
        if few && number > 0 && signs && !closes() {
            start = Some((number, Mark::Signature));
            break;
        }
    }
    let start = start.or_else(|| decorated(lines, read, &own).map(|number| (number, Mark::Signature)));
    let Some((start, first)) = start else { return };
    let (above, signed) = own.split_at(start + 1);
    let below = afterthoughts(read, above, signed);
    for (number, place) in own.iter().enumerate().skip(start).filter(|(_, place)| !below.contains(place)) {
        if let Some(mark) = marks.get_mut(*place) {
            *mark = if number == start { first } else { Mark::Signature };
        }
    }
}

/// Where a block between two drawn lines starts that ends the text: how some offices frame their signature.
fn decorated(lines: &[Line], read: &[Spoken], own: &[usize]) -> Option<usize> {
    const DRAWN_CHARS_MIN: usize = 8;
    let drawn = |place: &usize| {
        let signs = lines
            .get(*place)
            .map(|line| line.text.chars().filter(|c| !c.is_whitespace()).collect::<Vec<_>>());
        signs.is_some_and(|signs| signs.len() >= DRAWN_CHARS_MIN && !signs.iter().any(|c| is_word(*c)))
    };
    let written: Vec<usize> = (0..own.len())
        .filter(|number| {
            let place = own.get(*number);
            place.is_some_and(|place| drawn(place) || read.get(*place).is_some_and(|line| !line.is_blank()))
        })
        .collect();
    let last = written.last().copied().filter(|number| own.get(*number).is_some_and(drawn))?;
    let first = written.iter().rev().skip(1).take(SIGNATURE_LINES_MAX).copied();
    let mut first = first.filter(|number| own.get(*number).is_some_and(drawn));
    first.next().filter(|number| *number > 0 && *number < last)
}

/// A closing formula and nothing else, or with a name behind it.
fn is_closing(line: &Spoken) -> bool {
    if line.ends_with_closing() {
        return true;
    }
    // `.kr …` starts with a ccTLD, whatever its letters are short for elsewhere.
    if line.chars.iter().find(|c| !c.is_whitespace()) == Some(&'.') {
        return false;
    }
    let Some(end) = line.starts_with(Sense::Closing) else { return false };
    // `Salam` closes a letter, `Salam sejahtera` opens one.
    if line.starts_with(Sense::Greeting).is_some_and(|greeting| greeting > end) {
        return false;
    }
    let rest: Vec<char> = line.chars.iter().skip(end).copied().collect();
    let rest: String = rest.into_iter().collect();
    let words: Vec<&str> = rest.split_whitespace().filter(|word| word.chars().any(is_word)).collect();
    let formula = |place: usize| {
        line.hits
            .iter()
            .any(|hit| matches!(hit.sense, Sense::Closing | Sense::Greeting) && hit.span.contains(&place))
    };
    let left: Vec<char> = line
        .chars
        .iter()
        .enumerate()
        .skip(end)
        .filter(|(place, _)| !formula(*place))
        .map(|(_, c)| *c)
        .collect();
    // `Üdvözlettel:` has its name on the next line.
    let left = if left.last().is_some_and(|c| matches!(c, ':' | '：')) {
        left.get(..left.len() - 1).unwrap_or_default().to_vec()
    } else {
        left
    };
    let sentence = left.iter().any(|c| c.is_ascii_digit() || matches!(c, ':' | '@' | '?' | '？' | '：'));
    let named = words.len() <= 3
        && left
            .split(|c| !is_word(*c))
            .filter(|word| !word.is_empty())
            .all(|word| word.first().is_none_or(|c| !has_case(*c) || c.is_uppercase()));
    line.chars.len() <= FORMULA_CHARS_MAX && !sentence && (named || left.iter().all(|c| !is_word(*c)))
}

/// Whether a line is the writer's name, or his first name, and nothing else.
fn is_name_of(line: &Line, writer: &str) -> bool {
    // More names than his From has.
    const NAMES_MORE_MAX: usize = 2;
    if line.text.contains(['@', ':', ',', '(', '|']) && !writer.contains(',') {
        return false;
    }
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !is_word(c)).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let (line, writer) = (words(&line.text), words(writer));
    let initial = |word: &String| {
        word.chars().count() == 1 && writer.iter().any(|name| name.starts_with(word.as_str()))
    };
    // `Rannvá Maria Dalsgaard` is who has `Rannvá Dalsgaard` in his From.
    let longer = writer.len() > 1
        && line.len() <= writer.len() + NAMES_MORE_MAX
        && writer.iter().all(|word| line.contains(word));
    longer
        || line.iter().any(|word| writer.contains(word))
            && line.iter().all(|word| writer.contains(word) || initial(word))
}
