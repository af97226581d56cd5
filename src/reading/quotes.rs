//! Quotes: which lines of a mail are an earlier one, by its head, its introduction or a separator.

use crate::reading::layout::{Mark, Spoken};
use crate::reading::lines::Line;
use crate::reading::words::Sense;

/// Lines that the header of a quoted mail has at the most.
const HEAD_LINES_MAX: usize = 8;
/// Digits that a date and a time have together at the least: `4/4 15:59` has six.
const DATE_AND_TIME_DIGITS_MIN: usize = 6;

/// Marks what the writer did not write but quote. Says whether it is marked as forwarded.
pub(super) fn mark_quotes(lines: &[Line], read: &[Spoken], marks: &mut [Mark]) -> bool {
    let mut forward = false;
    let mut place = 0;
    while place < lines.len() {
        let quoted = marks.get(place).is_some_and(|mark| *mark != Mark::Own);
        let starts = lines.get(place).is_some_and(|line| line.quote_starts);
        let head = head_lines(read, place);
        let bracketed = lines.get(place).is_some_and(is_bracketed);
        let separator = read.get(place).is_some_and(|line| {
            (line.has(Sense::Original) || line.has(Sense::Forwarded)) && (line.is_ruled() || is_alone(line))
        });
        if bracketed {
            mark_rest(marks, place, 1);
            break;
        } else if quoted {
            place += 1;
        } else if separator || head > 0 {
            forward |= read.get(place).is_some_and(|line| line.has(Sense::Forwarded));
            // Behind a separator the header of the earlier mail follows, perhaps after an empty line.
            let below = (place + 1..=place + 2)
                .map(|from| (from, head_lines(read, from)))
                .find(|(_, head)| *head > 0);
            let head = below.map_or(head.max(1), |(from, head)| from - place + head);
            mark_rest(marks, place, head);
            break;
        } else if let Some(length) = intro_lines(lines, read, place) {
            let after = place + length;
            let next = (after..lines.len()).find(|next| read.get(*next).is_some_and(|line| !line.is_blank()));
            let marked = next.is_some_and(|next| lines.get(next).is_some_and(|line| line.depth > 0));
            for mark in marks.iter_mut().skip(place).take(length) {
                *mark = Mark::QuoteIntro;
            }
            if !marked {
                mark_rest(marks, after, 0);
                break;
            }
            place = after;
        } else if starts && place > 0 && !lines.iter().skip(place).any(|line| line.depth > 0) {
            mark_rest(marks, place, 0);
            break;
        } else {
            place += 1;
        }
    }
    mark_folded(lines, read, marks);
    mark_rule(lines, marks);
    forward
}

/// What `GroupWise` puts at the head of an earlier mail, that is not marked further: `>>> Name <address> 14-4-2026 11:20 >>>`.
fn is_bracketed(line: &Line) -> bool {
    line.depth == 3 && line.text.ends_with(">>>") && line.text.contains(|c: char| c.is_ascii_digit())
}

/// A separator without dashes stands alone on its line: `Begin forwarded message:`.
fn is_alone(line: &Spoken) -> bool {
    line.hits.iter().any(|hit| {
        let whole = hit.span.start == 0 && hit.span.end + 2 >= line.chars.len();
        matches!(hit.sense, Sense::Original | Sense::Forwarded) && whole
    })
}

fn mark_rest(marks: &mut [Mark], place: usize, head: usize) {
    for (number, mark) in marks.iter_mut().skip(place).enumerate() {
        *mark = if number < head { Mark::QuoteIntro } else { Mark::Quote };
    }
}

/// How many lines the header of an earlier mail has that starts here: `From:` and two more of its kind.
fn head_lines(read: &[Spoken], place: usize) -> usize {
    let Some(first) = read.get(place) else { return 0 };
    let starts = first.labels(Sense::HeadFrom) || first.labels(Sense::HeadSent);
    if !starts {
        return 0;
    }
    let senses = [Sense::HeadFrom, Sense::HeadSent, Sense::HeadTo, Sense::HeadCc, Sense::HeadSubject];
    let mut seen = [false; 5];
    let mut length = 0;
    for (number, line) in read.iter().skip(place).take(HEAD_LINES_MAX).enumerate() {
        let mut any = false;
        for (sense, seen) in senses.iter().zip(seen.iter_mut()) {
            let labelled = line.labels(*sense);
            *seen |= labelled;
            any |= labelled;
        }
        if any {
            length = number + 1;
        }
    }
    if seen.iter().filter(|seen| **seen).count() >= 3 { length } else { 0 }
}

/// How many lines introduce an earlier mail here: `On …, … wrote:`, in one line or folded into up to four. Where lines above
/// have a number, too, it starts at the last that still has the time: what stands above is the writer's.
fn intro_lines(lines: &[Line], read: &[Spoken], place: usize) -> Option<usize> {
    let length = window(lines, read, place)?;
    let end = place + length;
    let timed = |from: usize| read.iter().take(end).skip(from).any(|line| has_time(&line.chars));
    let shorter = (place + 1..end).any(|from| {
        let above = read.get(from - 1).is_some_and(opens_with_sender);
        timed(from) && !above && window(lines, read, from) == Some(end - from)
    });
    (!shorter).then_some(length)
}

/// `Bo <bo@nic.example>, 4 Apr 2012` with `15:59 wrote:` below: whoever wrote is told first, and the time on the next line.
fn opens_with_sender(line: &Spoken) -> bool {
    let address = line.chars.iter().position(|c| *c == '@').and_then(|at| {
        let before = line.chars.get(..at)?;
        before.iter().rposition(|c| matches!(c, '<' | '(')).filter(|open| *open > 0)
    });
    let unended = line.chars.last().is_some_and(|c| !matches!(c, '.' | '!' | '?' | '。' | ':' | '：'));
    let says = [Sense::Yes, Sense::No, Sense::Add, Sense::Remove].into_iter().any(|sense| line.has(sense));
    address.is_some() && unended && !says
}

/// How many lines from here on could be an introduction, whatever stands in the first of them beside it.
fn window(lines: &[Line], read: &[Spoken], place: usize) -> Option<usize> {
    const FOLDED_MAX: usize = 4;
    let mut seen = Clues::default();
    for length in 1..=FOLDED_MAX {
        let line = read.get(place + length - 1)?;
        if line.is_blank() || lines.get(place + length - 1)?.depth > 0 {
            return None;
        }
        seen.take(line);
        let below = read.get(place + length);
        if seen.all()
            && below.is_some_and(|below| below.chars.iter().all(|c| matches!(c, ':' | '：' | '>' | ' ')))
        {
            if below.is_some_and(Spoken::ends_with_colon) {
                return Some(length + 1);
            }
            if ends_with_verb(line) {
                return Some(length);
            }
        }
        let ruled =
            line.is_ruled() || read.get(place).is_some_and(|first| first.chars.starts_with(&['-', '-']));
        if seen.verbs > 0 && seen.times > 0 && ruled && line.chars.ends_with(&['-', '-']) {
            return Some(length);
        }
        if line.ends_with_colon() {
            let next = (place + length..lines.len())
                .find(|next| read.get(*next).is_some_and(|line| !line.is_blank()));
            seen.quoted = next.is_some_and(|next| lines.get(next).is_some_and(|line| line.depth > 0));
            return seen.are_enough(line).then_some(length);
        }
        if length == 1 && !seen.any() {
            return None;
        }
    }
    None
}

/// What tells an introduction, as seen so far, and how often.
#[derive(Default)]
struct Clues {
    verbs: usize,
    digits: usize,
    addresses: usize,
    times: usize,
    quoted: bool,
}

impl Clues {
    fn take(&mut self, line: &Spoken) {
        self.verbs += usize::from(line.has(Sense::Wrote));
        self.digits += line.chars.iter().filter(|c| c.is_ascii_digit()).count();
        self.addresses += line.chars.iter().filter(|c| **c == '@').count();
        self.times += usize::from(has_time(&line.chars));
    }

    fn any(&self) -> bool {
        self.verbs + self.digits + self.addresses > 0
    }

    fn all(&self) -> bool {
        self.verbs > 0 && self.times > 0 && self.addresses > 0
    }

    /// Whether they make an introduction of lines that end here, in a colon.
    fn are_enough(&self, last: &Spoken) -> bool {
        let (wrote, digits, address) = (self.verbs > 0, self.digits > 0, self.addresses > 0);
        let dated = digits && (wrote || address);
        // `2012/4/4 15:59 Ana <ana@nic.example>:` needs no verb, with a date beside the time.
        let verbless =
            self.times > 0 && self.digits >= DATE_AND_TIME_DIGITS_MIN && ends_with_address(&last.chars);
        (wrote && (digits || address)) || (self.quoted && (dated || wrote)) || verbless
    }
}

/// Whether a time of day is in it: `15:59`, `9.05`.
fn has_time(chars: &[char]) -> bool {
    chars.windows(4).any(|at| match at {
        [hour, sign, ten, minute] => {
            [hour, ten, minute].iter().all(|c| c.is_ascii_digit()) && matches!(sign, ':' | '.')
        }
        _ => false,
    })
}

/// Whether an address stands right before the colon at the end.
fn ends_with_address(chars: &[char]) -> bool {
    let text: String = chars.iter().collect();
    let text = text.trim_end().trim_end_matches([':', '：', ' ', ')', '>', ']']);
    text.rsplit([' ', '<', '(', '[']).next().is_some_and(|word| word.contains('@') && !word.ends_with('@'))
}

fn ends_with_verb(line: &Spoken) -> bool {
    let end = line.chars.len() - line.chars.iter().rev().take_while(|c| c.is_whitespace()).count();
    line.hits.iter().any(|hit| hit.sense == Sense::Wrote && hit.span.end == end)
}

/// Gives introductions a line of their own: some write `Yes.` right before `On 4 Apr 2012 at 15:59, ana@nic.example wrote:`,
/// and what they wrote is theirs.
pub(super) fn part_introductions(lines: Vec<Line>) -> Vec<Line> {
    let mut parted = Vec::with_capacity(lines.len());
    let mut rest = lines.into_iter().peekable();
    while let Some(mut line) = rest.next() {
        if let Some((own, intro)) = own_and_intro(&line, rest.peek()) {
            parted.push(Line::new(own));
            line.text = intro;
        }
        parted.push(line);
    }
    parted
}

fn own_and_intro(line: &Line, below: Option<&Line>) -> Option<(String, String)> {
    const OPENINGS: [&str; 8] = ["On ", "Am ", "Le ", "El ", "Op ", "Il ", "Em ", "Den "];
    if line.depth > 0 || !line.cells.is_empty() || !line.text.contains(':') {
        return None;
    }
    let opens = |place: usize| {
        let text = line.text.get(place + 2..).unwrap_or_default();
        OPENINGS.iter().any(|opening| text.starts_with(opening))
    };
    let ends = [". ", "! ", "? "].into_iter().flat_map(|end| line.text.match_indices(end));
    let place = ends.map(|(place, _)| place).filter(|place| opens(*place)).min()?;
    let (own, intro) = (line.text.get(..=place)?, line.text.get(place + 2..)?);
    let lines: Vec<Line> = [Line::new(intro)].into_iter().chain(below.cloned()).collect();
    let read: Vec<Spoken> = lines.iter().map(Spoken::of).collect();
    let timed = read.first().is_some_and(|line| has_time(&line.chars));
    let wrote = read.iter().any(|line| line.has(Sense::Wrote));
    (timed && wrote && window(&lines, &read, 0).is_some()).then(|| (own.to_owned(), intro.to_owned()))
}

/// A quoted line that was folded on its way, so that its end has no quote mark: a line of its own between two quoted ones.
/// An answer stands there, too, behind a line that ends or is short.
fn mark_folded(lines: &[Line], read: &[Spoken], marks: &mut [Mark]) {
    const FOLDED_CHARS_MIN: usize = 60;
    for (place, around) in lines.windows(3).enumerate() {
        let [above, line, below] = around else { continue };
        let Some((spoken, mark)) = read.get(place + 1).zip(marks.get_mut(place + 1)) else { continue };
        let long =
            above.text.chars().count() >= FOLDED_CHARS_MIN && !above.text.ends_with(['.', '?', '!', ':']);
        let between = above.depth > 0 && line.depth == 0 && below.depth > 0;
        let answers = [Sense::Yes, Sense::YesWeak, Sense::No].into_iter().any(|sense| spoken.has(sense));
        if between && long && *mark == Mark::Own && !spoken.is_blank() && !answers {
            *mark = Mark::Quote;
        }
    }
}

/// The line of dashes that some programs draw above the head of an earlier mail.
fn mark_rule(lines: &[Line], marks: &mut [Mark]) {
    const RULE_CHARS_MIN: usize = 8;
    let Some(first) = marks.iter().position(|mark| *mark == Mark::QuoteIntro) else { return };
    let above = lines.iter().take(first).rposition(|line| !line.text.trim().is_empty());
    let Some((line, mark)) = above.and_then(|above| lines.get(above).zip(marks.get_mut(above))) else {
        return;
    };
    let text = line.text.trim();
    if text.len() >= RULE_CHARS_MIN && text.chars().all(|c| matches!(c, '_' | '-' | '=')) {
        *mark = Mark::QuoteIntro;
    }
}

#[cfg(test)]
mod tests {
    use crate::reading::layout::Mark;
    use crate::reading::letter::Letter;

    /// Whether what a text holds of the writer's own is this.
    #[track_caller]
    fn check(text: &str, own: &str) {
        let mail = format!("From: ana@nic.example\n\n{text}\n");
        let letter = Letter::read(mail.as_bytes()).unwrap();
        assert_eq!(letter.layout().text_of(&[Mark::Own]), own, "{text}");
    }

    #[test]
    fn an_introduction_starts_with_its_time() {
        check(
            "Room 12 is fine.\nOn 4 Apr 2012, at 15:59,\nBo <bo@nic.example> wrote:\n> Which?",
            "Room 12 is fine.",
        );
        check("Fine.\nOn Wednesday at 15:59 Bo\n<bo@nic.example> wrote:\nWhich?", "Fine.");
    }

    #[test]
    fn an_introduction_needs_no_verb_and_no_colon_on_its_line() {
        check("Fine.\n\n2012/4/4 15:59 Bo <bo@nic.example>:\nWhich?", "Fine.");
        check("Fine.\n\nOn 4 Apr 2012 at 15:59, bo@nic.example wrote\n:\nWhich?", "Fine.");
        check("Fine.\n\nOn 4 Apr 2012 at 15:59, bo@nic.example wrote\n\nWhich?", "Fine.");
        check("Fine.\n\n---- On Wed, 4 Apr 2012 15:59:00 +0530 bo@nic.example wrote ----\nWhich?", "Fine.");
        check(
            "Fine.\n\n---- On Wed, 4 Apr 2012 15:59:00 +0530 Bo\n<bo@nic.example> wrote ----\nWhich?",
            "Fine.",
        );
        check(
            "Fine.\n\nBo <bo@nic.example>, 4 Nis 2012 Çar,\n15:59 tarihinde şunu yazdı:\n\nWhich?",
            "Fine.",
        );
        check("At 15:59 ask bo@nic.example:\nhe knows.", "At 15:59 ask bo@nic.example:\nhe knows.");
    }

    #[test]
    fn a_rule_above_a_head_belongs_to_it() {
        let head = "From: Bo\nSent: 4 Apr 2012\nTo: Ana\nSubject: Which\n\nWhich?";
        check(&format!("Fine.\n\n________________\n{head}"), "Fine.");
    }

    #[test]
    fn the_end_of_a_folded_quote_is_a_quote() {
        let long = "> This line is so long that some program on its way had to fold it at";
        check(&format!("Fine.\n{long}\nthe end\n> of it"), "Fine.");
        check(&format!("{long}\nI agree\n> of it"), "I agree");
        check("> Which room?\nthe large one\n> And when?", "the large one");
    }

    #[test]
    fn words_before_an_introduction_are_the_writers() {
        check("Yes. On Wed, 4 Apr 2012 at 15:59, bo@nic.example wrote:\n> Which?", "Yes.");
        check("Yes! On Wed, 4 Apr 2012 at 15:59,\nBo <bo@nic.example> wrote:\nWhich?", "Yes!");
        check("Yes. On Wed we meet at 15:59: come.", "Yes. On Wed we meet at 15:59: come.");
    }
}
