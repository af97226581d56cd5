//! Signs: what parts a label from its value, and one field of a line from the next.

use crate::reading::labels::{Field, LABEL_CHARS_MAX, LABELS, label};
use crate::reading::speech::Speech;
use crate::reading::spelling::otherwise_spelled;

/// Dots, lines or the like from which on they lead from a label to its value.
const LEADERS_MIN: usize = 3;

/// The next place where a label may start: behind a sign that parts fields, behind a wide gap, or where a label with
/// its colon stands behind any space.
pub(super) fn next_start(line: &Speech, from: usize) -> Option<usize> {
    let chars = &line.chars;
    (from..chars.len()).find_map(|place| {
        let c = chars.get(place)?;
        let parts = matches!(c, ',' | ';' | '/' | '|' | '·' | '•' | '\t' | '，' | '；' | '、' | '،' | '。')
            || (*c == ' ' && chars.get(place + 1) == Some(&' '))
            || (*c == '-' && chars.get(place + 1) == Some(&' '));
        let next = place + 1 + chars.get(place + 1..)?.iter().take_while(|c| c.is_whitespace()).count();
        let starts = parts || (*c == ' ' && is_label_with_colon(line, next));
        (starts && next < chars.len()).then_some(next)
    })
}

/// Whether one of the words for a label starts here, with nothing but a colon behind it.
fn is_label_with_colon(line: &Speech, start: usize) -> bool {
    line.hits.iter().filter(|hit| hit.span.start == start && LABELS.contains(&hit.sense)).any(|hit| {
        let mut behind = line.chars.get(hit.span.end..).unwrap_or_default().iter().filter(|c| **c != ' ');
        behind.next().is_some_and(|c| is_colon(*c))
    })
}

/// `.fi:n`, `.se:s`: a colon between a code and the ending of its case parts nothing; a hyphen says the same of both.
pub(super) fn without_inner_colons(text: &str) -> String {
    const ENDING_LETTERS_MAX: usize = 5;
    let mut chars: Vec<char> = text.chars().collect();
    let inner = |at: &usize| {
        let before = chars.get(..*at).unwrap_or_default();
        let code = before.iter().rev().take_while(|c| c.is_ascii_lowercase()).count();
        let dotted = before.len().checked_sub(code + 1).and_then(|dot| before.get(dot)) == Some(&'.');
        let rest = chars.get(at + 1..).unwrap_or_default().iter();
        let ending = rest.clone().take_while(|c| c.is_lowercase()).count();
        let whole =
            rest.clone().nth(ending).is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '@' | '/'));
        chars.get(*at) == Some(&':')
            && code == 2
            && dotted
            && whole
            && (1..=ENDING_LETTERS_MAX).contains(&ending)
    };
    let places: Vec<usize> = (0..chars.len()).filter(inner).collect();
    for place in places {
        if let Some(colon) = chars.get_mut(place) {
            *colon = '-';
        }
    }
    chars.into_iter().collect()
}

/// Signs that stand between a label and its value, in the scripts that have their own.
fn is_colon(c: char) -> bool {
    matches!(c, ':' | '：' | '=' | '\t' | '︰' | '﹕' | '៖' | '፦' | '՝')
}

/// The label that starts here, and where its value starts.
pub(super) fn label_at(line: &Speech, start: usize) -> Option<(usize, Field)> {
    let rest = line.chars.get(start..)?;
    let colon = rest.iter().take(LABEL_CHARS_MAX).position(|c| is_colon(*c)).map(|place| (place, 1));
    let dash =
        rest.windows(3).take(LABEL_CHARS_MAX).position(|gap| matches!(gap, [' ', '-' | '–' | '—', ' ']));
    let sign = [colon, dash.map(|place| (place, 3)), leaders(rest)].into_iter().flatten().min();
    if let Some((length, sign)) = sign
        && let Some(field) = label(line, start, start + length)
    {
        return Some((start + length + sign, field));
    }
    if let Some((length, sign)) = sign
        && !rest.get(..length).unwrap_or_default().contains(&'@')
        && let Some(field) = otherwise_spelled(&line.text(start..start + length))
    {
        return Some((start + length + sign, field));
    }
    let (length, sign) = gap(rest)?;
    let whole =
        line.hits.iter().any(|hit| hit.span == (start..start + length) && LABELS.contains(&hit.sense));
    let field = label(line, start, start + length).filter(|_| whole)?;
    let value = start + length + sign;
    label_at(line, value).is_none().then_some((value, field))
}

/// `Label ........ value`: where the leaders start, and how long they are.
fn leaders(rest: &[char]) -> Option<(usize, usize)> {
    let leads = |c: &char| matches!(c, '.' | '_' | '…' | '‥' | '·' | '┈' | '･');
    let start = rest.windows(LEADERS_MIN).take(LABEL_CHARS_MAX).position(|run| run.iter().all(leads))?;
    let dots = rest.get(start..)?.iter().take_while(|c| leads(c)).count();
    // `Name ....... : Joost`
    let behind = rest.get(start + dots..)?;
    let colon = behind
        .iter()
        .position(|c| *c != ' ')
        .filter(|place| behind.get(*place).is_some_and(|c| is_colon(*c)));
    Some((start, dots + colon.map_or(0, |place| place + 1)))
}

/// `Label    value`: where a wide gap starts, and how wide it is.
fn gap(rest: &[char]) -> Option<(usize, usize)> {
    let start = rest.windows(2).take(LABEL_CHARS_MAX).position(|gap| matches!(gap, [' ', ' ']))?;
    let wide = rest.get(start..)?.iter().take_while(|c| **c == ' ').count();
    (start > 0 && start + wide < rest.len()).then_some((start, wide))
}
