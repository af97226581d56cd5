//! Manners: signs by which people set out lists, labels and addresses, made those that are read everywhere.
//!
//! What a mail says is not touched: a point of a list stays one whatever sign opens it, and `[Name] Ann Bee`, `Name > Ann Bee`
//! and `Name: Ann Bee` are one thing.

use crate::reading::facts;
use crate::reading::folding::{is_mark, is_small, is_word};
use crate::reading::labels::{LABEL_CHARS_MAX, LABELS, bullet_end, is_data, label};
use crate::reading::languages::Languages;
use crate::reading::layout::Mark;
use crate::reading::lines::Line;
use crate::reading::signs::without_inner_colons;
use crate::reading::speech::Speech;
use crate::reading::words::Sense;

/// Lines that one sign opens at the least, where it could be something else than the sign of a list.
const POINTS_MIN: usize = 2;
/// Lines with nothing but empty ones between them, from which on those say nothing.
const SPACED_LINES_MIN: usize = 8;
/// Characters of a line that could be a field or a cell.
const SHORT_CHARS_MAX: usize = 60;
/// The sign that opens a point of a list.
const POINT: &str = "• ";
/// Letters of a label at the least.
const LABEL_LETTERS_MIN: usize = 2;
/// What stands around a label, or around its value.
const BRACKETS: [(char, char); 8] =
    [('[', ']'), ('【', '】'), ('〔', '〕'), ('〈', '〉'), ('«', '»'), ('<', '>'), ('{', '}'), ('(', ')')];

/// The same lines in one manner.
pub(super) fn settled(lines: &[(Mark, Line)]) -> Vec<(Mark, Line)> {
    let lines = without_gaps(lines);
    let points = points(&lines);
    let own = lines.iter().filter(|(mark, line)| *mark != Mark::Quote && line.cells.is_empty());
    let several = own.filter(|(_, line)| with_colon(&line.text).is_some()).count() >= POINTS_MIN;
    let settle = |(mark, line): (Mark, Line)| {
        let text = line.text.as_str();
        let text = if line.cells.is_empty() { with_point(text, &points) } else { text.to_owned() };
        let text = without_inner_colons(&plain_addresses(&text));
        let field = if several && line.cells.is_empty() { with_colon(&text) } else { None };
        let text = field.unwrap_or(text);
        (mark, Line { text, ..line })
    };
    lines.into_iter().map(settle).collect()
}

/// Where each line stands apart by one empty line, those between short ones are left out: they divide nothing.
fn without_gaps(lines: &[(Mark, Line)]) -> Vec<(Mark, Line)> {
    let own: Vec<usize> = (0..lines.len())
        .filter(|place| {
            lines.get(*place).is_some_and(|(mark, line)| *mark == Mark::Own && line.cells.is_empty())
        })
        .collect();
    let text = |place: usize| lines.get(place).map_or("", |(_, line)| line.text.trim());
    let written: Vec<usize> = own.iter().copied().filter(|place| !text(*place).is_empty()).collect();
    let apart = written.windows(2).all(|pair| matches!(pair, [one, other] if other - one == 2));
    if !apart || written.len() < SPACED_LINES_MIN {
        return lines.to_vec();
    }
    let short = |place: usize| {
        let text = text(place);
        text.chars().count() <= SHORT_CHARS_MAX && !text.ends_with(['.', '!', '?', ':', ',', '。', '：'])
    };
    let idle = |place: usize| {
        text(place).is_empty()
            && written.contains(&(place + 1))
            && place.checked_sub(1).is_some_and(|before| written.contains(&before) && short(before))
            && short(place + 1)
    };
    let kept = lines.iter().enumerate().filter(|(place, _)| !idle(*place));
    kept.map(|(_, line)| line.clone()).collect()
}

/// What opens a line: the sign of a list, and where the words start behind it.
fn opening(text: &str) -> Option<(char, usize)> {
    let trimmed = text.trim_start();
    let sign = trimmed.chars().next()?;
    let rest = trimmed.get(sign.len_utf8()..)?;
    let body = rest.trim_start();
    let spaced = rest.len() > body.len() && !body.is_empty();
    (spaced && is_point_sign(sign)).then(|| (sign, text.len() - body.len()))
}

/// Signs that programs and people put before a point, among them the letters that Word's own signs become.
fn is_point_sign(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{25a0}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}'
        | '\u{f000}'..='\u{f0ff}' | '\u{1f300}'..='\u{1faff}' | '»' | '›' | '‣' | '⁃' | '∙' | '※' | '~' | '+' | '#'
        | '—' | 'o' | 'Ø' | '§' | 'ü' | 'q' | 'v' | '¨' | '¤' | '°' | '¬' | '\\' | '^')
}

/// The signs that open points in these lines.
fn points(lines: &[(Mark, Line)]) -> Vec<char> {
    let own: Vec<&str> =
        lines.iter().filter(|(mark, _)| *mark == Mark::Own).map(|(_, line)| line.text.as_str()).collect();
    let opened: Vec<(char, &str)> =
        own.iter().filter_map(|text| opening(text).map(|(sign, _)| (sign, *text))).collect();
    let mut signs: Vec<char> = Vec::new();
    let counted = own.iter().filter(|text| with_dash(text, &['1']).is_some()).count();
    if counted >= POINTS_MIN {
        signs.push('1');
    }
    for (sign, _) in &opened {
        let same = opened.iter().filter(|(other, _)| other == sign);
        // A letter is a sign where capitals, figures or wide gaps follow.
        let fits = |text: &str| !sign.is_alphabetic() || is_apart(text, *sign);
        let count = same.filter(|(_, text)| fits(text)).count();
        let changes = matches!(sign, '+' | '#') || is_turn(*sign, &own);
        if count >= POINTS_MIN && !changes && !signs.contains(sign) {
            signs.push(*sign);
        }
    }
    signs
}

fn is_apart(text: &str, sign: char) -> bool {
    let rest = text.trim_start().strip_prefix(sign).unwrap_or_default();
    let wide = rest.starts_with('\t') || rest.starts_with("  ");
    let next = rest.trim_start().chars().next();
    wide || next.is_some_and(|c| !c.is_lowercase())
}

/// `ann@old.example` above `→ ann@new.example`: an arrow that leads from a value to another.
fn is_turn(sign: char, own: &[&str]) -> bool {
    let arrow = matches!(sign, '\u{2190}'..='\u{21ff}' | '»' | '›' | '➔' | '➜' | '➡');
    let first = own.iter().position(|text| opening(text).is_some_and(|(other, _)| other == sign));
    let before = first.and_then(|first| own.get(..first)).unwrap_or_default();
    let before = before.iter().rfind(|text| !text.trim().is_empty());
    arrow && before.is_some_and(|text| has_value(text) && !text.trim_end().ends_with([':', '：']))
}

fn has_value(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    !facts::addresses(&chars).is_empty() || !facts::numbers(&chars).is_empty()
}

/// A line with the sign of a list that is known everywhere.
fn with_point(text: &str, points: &[char]) -> String {
    if let Some(numbered) = with_number(text).or_else(|| with_dash(text, points)) {
        return numbered;
    }
    match opening(text) {
        Some((sign, body)) if points.contains(&sign) => {
            let indent = text.len() - text.trim_start().len();
            let (before, after) = (text.get(..indent), text.get(body..));
            format!("{}{POINT}{}", before.unwrap_or_default(), after.unwrap_or_default())
        }
        _ => text.to_owned(),
    }
}

/// `① Ann Bee`: a figure in a circle opens a point as `1)` does.
fn with_number(text: &str) -> Option<String> {
    let trimmed = text.trim_start();
    let first = trimmed.chars().next()?;
    let number = [('\u{2460}', 1), ('\u{2776}', 1), ('\u{2780}', 1), ('\u{278a}', 1)].into_iter().find_map(
        |(start, one)| (u32::from(first).checked_sub(u32::from(start))).filter(|n| *n < 9).map(|n| n + one),
    )?;
    let rest = trimmed.get(first.len_utf8()..)?.trim_start_matches([' ', '.', ')', '、', '\t']);
    Some(format!("{number}) {rest}"))
}

/// `[ann@x](mailto:ann@x)`, `ann@x<mailto:ann@x>` and `mailto:ann@x`: an address is written once.
fn plain_addresses(text: &str) -> String {
    const SCHEME: &str = "mailto:";
    let mut out = text.to_owned();
    while let Some(place) = out.to_ascii_lowercase().find(SCHEME) {
        let behind: Vec<char> = out.get(place + SCHEME.len()..).unwrap_or_default().chars().collect();
        let found = facts::addresses(&behind).into_iter().find(|one| one.span.start == 0);
        let before = out.get(..place).unwrap_or_default();
        let Some(found) = found else {
            out.replace_range(place..place + SCHEME.len(), "");
            continue;
        };
        let length: usize = behind.iter().take(found.span.end).map(|c| c.len_utf8()).sum();
        let mut end = place + SCHEME.len() + length;
        // `?subject=…` belongs to the link.
        if out.get(end..).is_some_and(|rest| rest.starts_with('?')) {
            let link = out.get(end..).unwrap_or_default();
            end += link.find([' ', '>', ')', ']', '"']).unwrap_or(link.len());
        }
        let address = found.what.to_string();
        let said = before.trim_end_matches(['(', '<', '[', ' ', ']', '>']).to_lowercase();
        let opens = before.ends_with(['(', '<', '[']);
        if opens && said.ends_with(&address.to_lowercase()) {
            let start = before.trim_end_matches(['(', '<', '[', ' ', ']', '>']).len();
            let open = out.get(..start).and_then(|text| text.len().checked_sub(address.len()));
            let closes = out.get(end..).is_some_and(|rest| rest.starts_with([')', '>', ']']));
            out.replace_range(start..end + usize::from(closes), "");
            // `[ann@x](…)`: the bracket that opened before the address.
            if let Some(open) = open.and_then(|open| open.checked_sub(1))
                && out.get(open..).is_some_and(|rest| rest.starts_with('['))
            {
                out.replace_range(open..=open, "");
            }
        } else {
            out.replace_range(place..place + SCHEME.len(), "");
        }
    }
    out
}

/// `1- Ann Bee`, where several lines begin so.
fn with_dash(text: &str, points: &[char]) -> Option<String> {
    let (number, rest) = text.trim_start().split_once(['-', '–'])?;
    let counts = (1..=2).contains(&number.len()) && number.chars().all(|c| c.is_ascii_digit());
    // `1-ви контакт`: the word for the first.
    let ordinal = rest.starts_with(is_small);
    let named = rest.trim_start().chars().next().is_some_and(char::is_alphabetic) && !ordinal;
    (counts && named && points.contains(&'1')).then(|| format!("{number}) {}", rest.trim_start()))
}

/// A line that starts with a label and another sign than a colon, with a colon.
fn with_colon(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let start = bullet_end(&chars);
    let first = chars.get(start)?;
    let head: String = chars.get(..start)?.iter().collect();
    if let Some((_, close)) = BRACKETS.iter().find(|(open, _)| open == first) {
        let rest = chars.get(start + 1..)?;
        let length = rest.iter().take(LABEL_CHARS_MAX).position(|c| c == close)?;
        let value: String = rest.get(length + 1..)?.iter().collect();
        let value = value.trim_start_matches([' ', ':', '：', '\t', '-', '–']);
        let name: String = rest.get(..length)?.iter().collect();
        return is_label(&name, Sure::No).then(|| format!("{head}{name}: {value}"));
    }
    let (place, length, sure) = sign(chars.get(start..)?)?;
    let name: String = chars.get(start..start + place)?.iter().collect();
    let value: String = chars.get(start + place + length..)?.iter().collect();
    let (name, value) = (name.trim(), value.trim());
    let part = value.split([';', '>', '|', '»', '\t']).next().unwrap_or_default().trim();
    let is_value = !value.is_empty()
        && (names_a_rank(name) || !is_label(part, Sure::No))
        && !value.contains([':', '：']);
    let tight = sure == Sure::No || has_value(value) || value.starts_with(|c: char| !c.is_lowercase());
    (is_value && tight && is_label(name, sure)).then(|| format!("{head}{name}: {value}"))
}

/// `Role > backup`: what a label for a place has behind it is a word that could be a label itself.
fn names_a_rank(name: &str) -> bool {
    let speech = Speech::of(name, Languages::ALL);
    let end = speech.chars.len();
    speech.with(Sense::Rank).any(|hit| hit.span == (0..end))
}

/// Whether a label must be one of the known words and nothing else.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Sure {
    /// It may be put together of several.
    No,
    /// It must.
    Yes,
}

/// The first sign behind which a value may stand: where, how long it is, and how sure its label must be.
fn sign(rest: &[char]) -> Option<(usize, usize, Sure)> {
    let near = rest.get(..rest.len().min(LABEL_CHARS_MAX))?;
    for (place, c) in near.iter().enumerate() {
        let next = rest.get(place + 1).copied();
        let found = match (c, next) {
            ('-' | '=' | '>', Some('>')) | ('.' | '~' | '·', Some('-')) => Some((2, Sure::No)),
            (':' | '：' | '=' | '\t' | '@', _) => return None,
            ('>' | '»' | '›' | ';' | '；' | '~' | '→' | '⇒' | '➜' | '➔' | '►' | '¦' | '\\', _) => {
                Some((1, Sure::No))
            }
            // ` - ` is known to the reader of labels.
            ('-' | '–' | '—', Some(next))
                if !(next == ' ' && place > 0 && rest.get(place - 1) == Some(&' ')) =>
            {
                Some((1, Sure::Yes))
            }
            _ => None,
        };
        // `ชื่อ-นามสกุล ~ …`: a hyphen within the label.
        let inner = || {
            let more = near
                .iter()
                .skip(place + 1)
                .position(|c| !is_word(*c) && !is_mark(*c) && *c != ' ' && *c != '-');
            let whole: String = near.iter().take(place + 1 + more.unwrap_or_default()).collect();
            more.is_some() && is_label(whole.trim(), Sure::Yes)
        };
        if let Some((length, sure)) = found
            && place > 0
            && !(sure == Sure::Yes && inner())
        {
            let name: String = rest.get(..place)?.iter().collect();
            if is_label(name.trim(), sure) {
                return Some((place, length, sure));
            }
            // `E-mail`, `first-name`: a hyphen within the label.
            if sure == Sure::No {
                return None;
            }
        }
    }
    None
}

fn is_label(name: &str, sure: Sure) -> bool {
    let name = name.trim();
    // `(a) Ann Bee` counts.
    if name.chars().filter(|c| is_word(*c)).count() < LABEL_LETTERS_MIN {
        return false;
    }
    let speech = Speech::of(name, Languages::ALL);
    let end = speech.chars.len();
    let whole = |data: bool| {
        speech
            .hits
            .iter()
            .any(|hit| hit.span == (0..end) && LABELS.contains(&hit.sense) && (!data || is_data(hit.sense)))
    };
    match sure {
        Sure::Yes => whole(false),
        Sure::No => label(&speech, 0, end).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::settled;
    use crate::reading::layout::Mark;
    use crate::reading::lines::Line;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let lines: Vec<(Mark, Line)> = text.lines().map(|line| (Mark::Own, Line::new(line))).collect();
        let have: Vec<String> = settled(&lines).into_iter().map(|(_, line)| line.text).collect();
        assert_eq!(have.join("\n"), want, "{text}");
    }

    /// One field is none: the same line twice.
    #[track_caller]
    fn check_field(text: &str, want: &str) {
        check(&format!("{text}\n{text}"), &format!("{want}\n{want}"));
        check(text, text);
    }

    #[test]
    fn a_label_is_one_whatever_sign_stands_behind_it() {
        for text in [
            "[Name] Ann Bee",
            "Name > Ann Bee",
            "Name; Ann Bee",
            "Name -> Ann Bee",
            "【Name】Ann Bee",
            "Name.- Ann Bee",
        ] {
            check_field(text, "Name: Ann Bee");
        }
        check_field("[E-mail]: ann@x.example", "E-mail: ann@x.example");
        check_field("Tel- +31 6 2247 9105", "Tel: +31 6 2247 9105");
        check_field("• [Phone] +31 6 2247 9105", "• Phone: +31 6 2247 9105");
    }

    #[test]
    fn what_is_no_label_stays() {
        for text in [
            "Name; E-mail; Phone",
            "E-mail: ann@x.example",
            "[Ann] is our new contact",
            "old e-mail -> new e-mail",
            "Please note: Ann > Bob",
            "ann@old.example -> ann@new.example",
        ] {
            check(&format!("{text}\n{text}"), &format!("{text}\n{text}"));
        }
    }

    #[test]
    fn points_have_one_sign() {
        check("o  Ann Bee\no  Bob Lee", "• Ann Bee\n• Bob Lee");
        check("→ Ann Bee\n→ Bob Lee", "• Ann Bee\n• Bob Lee");
        check("① Ann Bee", "1) Ann Bee");
        check("ann@x.example\n→ ann@y.example", "ann@x.example\n→ ann@y.example");
        check("o contacto muda\no resto fica", "o contacto muda\no resto fica");
    }

    #[test]
    fn an_address_is_written_once() {
        check("to [ann@x.example](mailto:ann@x.example), please", "to ann@x.example, please");
        check("to ann@x.example<mailto:ann@x.example>", "to ann@x.example");
        check("to ann@x.example <mailto:ann@x.example?subject=Hi> now", "to ann@x.example now");
        check("to mailto:ann@x.example", "to ann@x.example");
        check("see [our page](mailto:ann@x.example)", "see [our page](ann@x.example)");
    }

    #[test]
    fn lines_that_all_stand_apart_stand_together() {
        let apart =
            "Contacts\n\nName\n\nE-mail\n\nAnn Bee\n\nann@x.example\n\nBob Lee\n\nbob@x.example\n\nThanks";
        check(apart, &apart.replace("\n\n", "\n"));
        check("a b\n\nc d\n\ne f", "a b\n\nc d\n\ne f");
    }
}
