//! Facts: addresses and numbers as they stand in a text, found without understanding it.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::domain::address::Address;
use crate::reading::folding::{has_case, is_unspaced};
use crate::reading::lines::Line;

/// Digits that a telephone number has at the least: an extension or a year has fewer.
pub(super) const NUMBER_DIGITS_MIN: usize = 6;
/// Digits that a telephone number has at the most, prefixes such as `00` and `(0)` counted.
const NUMBER_DIGITS_MAX: usize = 19;

/// Something found in a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Found<T> {
    /// Where, counted in characters.
    pub(super) span: Range<usize>,
    /// What.
    pub(super) what: T,
}

/// The addresses and long numbers of a text, whatever they mean: by them two forms of one text are compared.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Facts {
    addresses: BTreeSet<String>,
    numbers: BTreeSet<String>,
}

impl Facts {
    /// Those of these lines.
    pub(super) fn of_lines(lines: &[Line]) -> Self {
        let mut facts = Self::default();
        for line in lines {
            let chars: Vec<char> = line.text.chars().collect();
            facts.addresses.extend(addresses(&chars).into_iter().map(|found| found.what.lower()));
            facts.numbers.extend(numbers(&chars).into_iter().map(|found| digits(&found.what)));
        }
        facts
    }

    /// Whether every fact of these is somewhere in a text, however it is folded into lines.
    pub(super) fn are_in(&self, lines: &[Line]) -> bool {
        let whole: String =
            lines.iter().flat_map(|line| line.text.chars()).filter(|c| !c.is_whitespace()).collect();
        let lower = whole.to_lowercase();
        let numbers = digits(&whole);
        self.addresses.iter().all(|address| lower.contains(address.as_str()))
            && self.numbers.iter().all(|number| numbers.contains(number.as_str()))
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.addresses.is_empty() && self.numbers.is_empty()
    }
}

/// The digits of a text.
pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The addresses in a text, `name [at] domain [dot] example` among them.
pub(super) fn addresses(text: &[char]) -> Vec<Found<Address>> {
    let mut found: Vec<Found<Address>> = Vec::new();
    for (place, c) in text.iter().enumerate() {
        if *c != '@' || found.last().is_some_and(|last| last.span.end > place) {
            continue;
        }
        let start = local_start(text, place);
        let end = domain_end(text, place + 1);
        let text: String = text.get(start..end).unwrap_or_default().iter().collect();
        if let Ok(what) = text.parse() {
            found.push(Found { span: start..end, what });
        }
    }
    found.extend(spelled_out(text));
    found.sort_by_key(|one| one.span.start);
    found
}

/// Where the local part starts. A script that needs no spaces may stand right before an address, and is not part of it.
fn local_start(text: &[char], at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let ascii = before.last().is_some_and(char::is_ascii);
    let belongs = |c: &char| {
        if c.is_ascii() {
            c.is_ascii_alphanumeric() || "&'+-_.%".contains(*c)
        } else {
            !ascii && c.is_alphanumeric()
        }
    };
    let mut start = at - before.iter().rev().take_while(|c| belongs(c)).count();
    // Quotes, stars and the like around an address are not part of it, though the grammar would allow them.
    // Hebrew parts its small words from an address by a hyphen.
    while start < at && text.get(start).is_some_and(|c| "&'.%-".contains(*c)) {
        start += 1;
    }
    start
}

fn domain_end(text: &[char], start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let latin = rest.first().is_some_and(|c| has_case(*c) || c.is_ascii_digit());
    let belongs = |c: &char| {
        if c.is_ascii() {
            c.is_ascii_alphanumeric() || matches!(c, '-' | '.')
        } else {
            c.is_alphanumeric() && (!latin || has_case(*c))
        }
    };
    let mut end = start + rest.iter().take_while(|c| belongs(c)).count();
    while end > start && text.get(end - 1).is_some_and(|c| matches!(c, '.' | '-')) {
        end -= 1;
    }
    end
}

/// Addresses written so that harvesters do not find them.
fn spelled_out(text: &[char]) -> Vec<Found<Address>> {
    let whole: String = text.iter().collect();
    let mut found = Vec::new();
    for at in ["[at]", "(at)", "{at}", "<at>"] {
        for (octets, _) in whole.to_ascii_lowercase().match_indices(at) {
            let place = whole.get(..octets).map(|before| before.chars().count()).unwrap_or_default();
            let mut local_end = place;
            while local_end > 0 && text.get(local_end - 1) == Some(&' ') {
                local_end -= 1;
            }
            let start = local_start(text, local_end);
            let after: String = text.get(place + 4..).unwrap_or_default().iter().take(120).collect();
            let (domain, length) = spelled_domain(&after);
            let local: String = text.get(start..local_end).unwrap_or_default().iter().collect();
            if let Ok(what) = format!("{local}@{domain}").parse() {
                found.push(Found { span: start..place + 4 + length, what });
            }
        }
    }
    found
}

/// The domain at the start of a text, with `[dot]` for dots, and how many characters it takes.
fn spelled_domain(text: &str) -> (String, usize) {
    let mut domain = String::new();
    let mut length = 0;
    let mut rest = text.trim_start_matches(' ');
    length += text.chars().count() - rest.chars().count();
    loop {
        let label: String =
            rest.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '.')).collect();
        domain.push_str(&label);
        length += label.chars().count();
        rest = rest.get(label.len()..).unwrap_or_default();
        let spaced = rest.trim_start_matches(' ');
        let dot = ["[dot]", "(dot)", "{dot}", "<dot>"].iter().find_map(|dot| spaced.strip_prefix(dot));
        let Some(after) = dot else { break };
        let after = after.trim_start_matches(' ');
        length += rest.chars().count() - after.chars().count();
        domain.push('.');
        rest = after;
    }
    let trimmed = domain.trim_end_matches(['.', '-']);
    length -= domain.len() - trimmed.len();
    (trimmed.to_owned(), length)
}

/// What looks like a telephone number: six digits or more with the usual signs between, and no date.
pub(super) fn numbers(text: &[char]) -> Vec<Found<String>> {
    let mut found = Vec::new();
    let mut place = 0;
    while place < text.len() {
        if !starts_number(text, place) {
            place += 1;
            continue;
        }
        let end = number_end(text, place);
        let written: String = text.get(place..end).unwrap_or_default().iter().collect();
        let count = digits(&written).len();
        if (NUMBER_DIGITS_MIN..=NUMBER_DIGITS_MAX).contains(&count) && !is_date(&written) {
            found.push(Found { span: place..end, what: written });
            place = end;
        } else {
            // A run of digits that is no number is passed over whole, so that its end is not taken for one.
            place = end.max(place + 1);
        }
    }
    found
}

fn starts_number(text: &[char], place: usize) -> bool {
    let Some(c) = text.get(place) else { return false };
    let next_is = |wanted: fn(&char) -> bool| text.get(place + 1).is_some_and(wanted);
    match c {
        '+' => {
            next_is(|c| c.is_ascii_digit() || matches!(c, '(' | ' '))
                && text.iter().skip(place + 1).take(3).any(char::is_ascii_digit)
        }
        '(' => next_is(|c| c.is_ascii_digit() || *c == '+'),
        c if c.is_ascii_digit() => stands_apart(text, place),
        _ => false,
    }
}

/// Whether a digit starts something of its own, and is not the rest of a word, an address or a link.
fn stands_apart(text: &[char], place: usize) -> bool {
    let before = text.get(..place).unwrap_or_default();
    let Some(last) = before.last() else { return true };
    // `tel=0475…` is a field, `?id=0475…` a piece of a link.
    let in_link = || {
        *last == '='
            && before.iter().rev().take_while(|c| !c.is_whitespace()).any(|c| matches!(c, '?' | '&' | '/'))
    };
    (!last.is_alphanumeric() || is_unspaced(*last)) && !matches!(last, '@' | '_' | '&' | '#') && !in_link()
}

fn number_end(text: &[char], start: usize) -> usize {
    let mut end = start;
    let mut place = start;
    let mut blank = 0;
    while let Some(c) = text.get(place) {
        if c.is_ascii_digit() {
            end = place + 1;
            blank = 0;
        } else if *c == ')' {
            end = place + 1;
        } else if *c == '+' && place > start && text.get(place - 1) != Some(&'(') {
            break;
        } else if matches!(c, ' ' | '-' | '.' | '/' | '(' | '+' | '‐' | '‑' | '–' | '\'' | '·') {
            blank += 1;
            // Three signs in a row part two numbers.
            // `0171 / 483 29 05` is one number: before the stroke stands only a prefix.
            let spaced = *c == '/' && text.get(place + 1) == Some(&' ') && text.get(place - 1) == Some(&' ');
            let before =
                text.get(start..place).unwrap_or_default().iter().filter(|c| c.is_ascii_digit()).count();
            if blank > 3 || (spaced && before >= NUMBER_DIGITS_MIN) {
                break;
            }
        } else {
            break;
        }
        place += 1;
    }
    // An opening bracket that is never closed belongs to what follows.
    end
}

/// Dates as `2026-06-01`, `01.06.2026` and `1/6/2026`, with or without a time behind them.
fn is_date(written: &str) -> bool {
    if written.trim_start().starts_with(['+', '(']) {
        return false;
    }
    let groups: Vec<&str> =
        written.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let year = |group: &str| group.len() == 4 && (group.starts_with("19") || group.starts_with("20"));
    let small =
        |group: &str, most: u32| group.len() <= 2 && group.parse::<u32>().is_ok_and(|n| n >= 1 && n <= most);
    match groups.as_slice() {
        [a, b, c, ..] if year(a) => small(b, 12) && small(c, 31),
        [a, b, c, ..] if year(c) => small(a, 31) && small(b, 31),
        [a] => a.len() == 8 && year(a.get(..4).unwrap_or_default()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{addresses, numbers};

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn addresses_are_found_in_any_surroundings() {
        let found = |text: &str| {
            addresses(&chars(text)).into_iter().map(|found| found.what.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(found("<a.b@c.example>, mailto:d@e.example."), ["a.b@c.example", "d@e.example"]);
        assert_eq!(found("邮箱jiamin@lotus.example，电话"), ["jiamin@lotus.example"]);
        assert_eq!(found("joe [at] nic [dot] example, x"), ["joe@nic.example"]);
        assert_eq!(found("*a@b.example* 'c@d.example'"), ["a@b.example", "c@d.example"]);
    }

    #[test]
    fn numbers_are_found_and_dates_are_not() {
        let found =
            |text: &str| numbers(&chars(text)).into_iter().map(|found| found.what).collect::<Vec<_>>();
        assert_eq!(found("T +32 (0)475 90 21 44, or 016/28.49.70."), ["+32 (0)475 90 21 44", "016/28.49.70"]);
        assert_eq!(found("on 2026-06-01 at 10:00, 01.06.2026"), Vec::<String>::new());
        assert_eq!(found("+31 6 2247 9105 +31 6 2247 9106"), ["+31 6 2247 9105", "+31 6 2247 9106"]);
        assert_eq!(found("+1.613.555.0148\""), ["+1.613.555.0148"]);
    }
}
