//! Days: dates in a text, and whether they lie before its mail was written or behind it.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::reading::folding::folded;

/// The names of the months.
const MONTHS: &str = include_str!("words/months.txt");

/// Days between a date without a year and its mail at the most, for it to be known which year is meant.
const NEAR_DAYS_MAX: i32 = 150;

/// Characters between a day and its month at the most: `1. `, `1º de `, `1st of `.
const MONTH_GAP_CHARS_MAX: usize = 5;

/// A date in a text, which may be read in more than one way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Day {
    /// Where, counted in characters.
    pub(super) span: Range<usize>,
    /// Year, if it is told, month and day: `3/12` has two readings.
    readings: Vec<(Option<i16>, i8, i8)>,
}

/// The names of the months in folded letters, each with its number.
static STEMS: LazyLock<Vec<(Vec<char>, i8)>> = LazyLock::new(|| {
    let lines = MONTHS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "));
    lines
        .flat_map(|(_, months)| (1..).zip(months.split(" | ")))
        .flat_map(|(number, names)| {
            names.split(' ').map(move |name| (name.chars().map(folded).collect(), number))
        })
        .collect()
});

impl Day {
    /// Whether it lies before the day after the mail's, however it is read.
    pub(super) fn is_past(&self, sent: Timestamp) -> bool {
        let sent = sent.to_zoned(TimeZone::UTC).date();
        self.readings.iter().all(|reading| distance(*reading, sent).is_some_and(|days| days <= 0))
    }

    /// Whether it lies behind the mail's day, however it is read, or so far from it that nobody knows of which year it is.
    pub(super) fn is_to_come(&self, sent: Timestamp) -> bool {
        let sent = sent.to_zoned(TimeZone::UTC).date();
        self.readings.iter().all(|reading| distance(*reading, sent).is_none_or(|days| days > 0))
    }
}

/// The days from one day to another; none where it is no day, or not known of which year.
fn distance((year, month, day): (Option<i16>, i8, i8), sent: Date) -> Option<i32> {
    let days = |year: i16| {
        let date = Date::new(year, month, day).ok()?;
        Some(date.since(sent).ok()?.get_days())
    };
    if year.is_some() {
        return year.and_then(days);
    }
    let years = [sent.year() - 1, sent.year(), sent.year() + 1];
    let nearest = years.into_iter().filter_map(days).min_by_key(|days| days.abs());
    nearest.filter(|days| days.abs() <= NEAR_DAYS_MAX)
}

/// The dates in a text: `1. November`, `November 1, 2026`, `1.11.2026`, `2026-11-01`, `11月1日`.
pub(super) fn of(chars: &[char]) -> Vec<Day> {
    let mut found = Vec::new();
    let mut place = 0;
    while place < chars.len() {
        let apart = place.checked_sub(1).and_then(|before| chars.get(before));
        let starts = apart.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '+' | '@' | '.' | '-' | '/'));
        let unspaced = apart.is_some_and(|c| *c >= '\u{0e00}' && c.is_alphabetic());
        let day =
            (starts || unspaced).then(|| in_figures(chars, place).or_else(|| named(chars, place))).flatten();
        place = day.as_ref().map_or(place + 1, |day| day.span.end.max(place + 1));
        found.extend(day);
    }
    found
}

/// The figures that start here: their value, and how many they are.
fn figures(chars: &[char], place: usize) -> Option<(i16, usize)> {
    const FIGURES_MAX: usize = 4;
    let digits: Vec<char> =
        chars.iter().skip(place).take_while(|c| c.is_ascii_digit()).copied().take(FIGURES_MAX + 1).collect();
    let text: String = digits.iter().collect();
    (1..=FIGURES_MAX)
        .contains(&digits.len())
        .then(|| text.parse().ok())
        .flatten()
        .map(|value| (value, digits.len()))
}

/// A date in figures alone that starts here.
fn in_figures(chars: &[char], place: usize) -> Option<Day> {
    let small = |value: i16| i8::try_from(value).ok();
    let (first, letters) = figures(chars, place)?;
    let mut end = place + letters;
    let sign = *chars.get(end)?;
    if matches!(sign, '年' | '년' | '月' | '월') {
        return counted(chars, place);
    }
    if !matches!(sign, '.' | '/' | '-') {
        return None;
    }
    end += 1 + usize::from(chars.get(end + 1) == Some(&' '));
    let (second, letters) = figures(chars, end)?;
    end += letters;
    let third = (chars.get(end) == Some(&sign))
        .then(|| figures(chars, end + 1 + usize::from(chars.get(end + 1) == Some(&' '))))
        .flatten();
    let dotted = sign == '.' && chars.get(end) == Some(&'.');
    let readings = match third {
        Some((day, _)) if first > 999 => vec![(Some(first), small(second)?, small(day)?)],
        Some((year, letters)) => {
            let year = if letters == 2 { 2000 + year } else { year };
            orders(Some(year), small(first)?, small(second)?, sign)
        }
        None if dotted => orders(None, small(first)?, small(second)?, sign),
        None => return None,
    };
    if let Some((_, letters)) = third {
        end += 1 + usize::from(chars.get(end + 1) == Some(&' ')) + letters;
    }
    Some(Day { span: place..end, readings }).filter(Day::is_day)
}

impl Day {
    fn is_day(&self) -> bool {
        const LEAP_YEAR: i16 = 2024;
        let real = |(year, month, day): &(Option<i16>, i8, i8)| {
            Date::new(year.unwrap_or(LEAP_YEAR), *month, *day).is_ok()
        };
        !self.readings.is_empty() && self.readings.iter().all(real)
    }
}

/// Day and month; with a stroke between them they may stand the other way round.
fn orders(year: Option<i16>, first: i8, second: i8, sign: char) -> Vec<(Option<i16>, i8, i8)> {
    const MONTHS_OF_A_YEAR: i8 = 12;
    let mut readings = Vec::new();
    if second <= MONTHS_OF_A_YEAR {
        readings.push((year, second, first));
    }
    if sign == '/' && first <= MONTHS_OF_A_YEAR && first != second {
        readings.push((year, first, second));
    }
    readings
}

/// `2026年11月1日`, `11월 1일`.
fn counted(chars: &[char], place: usize) -> Option<Day> {
    let next = |place: usize, signs: [char; 2]| {
        let (value, letters) = figures(chars, place)?;
        let sign = chars.get(place + letters).filter(|c| signs.contains(c))?;
        let end = place + letters + sign.len_utf8().min(1);
        Some((value, end + usize::from(chars.get(end) == Some(&' '))))
    };
    let year = next(place, ['年', '년']);
    let (month, end) = next(year.map_or(place, |(_, end)| end), ['月', '월'])?;
    let (day, end) = next(end, ['日', '일']).or_else(|| next(end, ['号', '號']))?;
    let readings = vec![(year.map(|(year, _)| year), i8::try_from(month).ok()?, i8::try_from(day).ok()?)];
    Some(Day { span: place..end, readings }).filter(Day::is_day)
}

/// A date with the name of its month that starts here: the day first, or the month.
fn named(chars: &[char], place: usize) -> Option<Day> {
    if let Some((day, letters)) = figures(chars, place).filter(|(_, letters)| *letters <= 2) {
        let from = place + letters;
        // `1) May Lee` is a point of a list.
        if chars.get(from) == Some(&')') {
            return None;
        }
        let (months, end) = (from..=from + MONTH_GAP_CHARS_MAX)
            .take_while(|at| {
                let gap = chars.get(from..*at).unwrap_or_default();
                gap.iter().all(|c| !c.is_ascii_digit() && !matches!(c, ',' | ';' | '\n' | '@'))
            })
            .find_map(|at| month(chars, at))?;
        let (year, end) = year_behind(chars, end);
        return dated(place..end, &months, (year, day));
    }
    let (months, from) = month(chars, place)?;
    let at = from + usize::from(chars.get(from) == Some(&'.'));
    let at = at + usize::from(chars.get(at) == Some(&' '));
    let (day, letters) = figures(chars, at).filter(|(_, letters)| *letters <= 2)?;
    let (year, end) = year_behind(chars, at + letters);
    dated(place..end, &months, (year, day))
}

fn dated(span: Range<usize>, months: &[i8], (year, day): (Option<i16>, i16)) -> Option<Day> {
    let day = i8::try_from(day).ok()?;
    let readings = months.iter().map(|month| (year, *month, day)).collect();
    Some(Day { span, readings }).filter(Day::is_day)
}

/// The year behind a date, and where it then ends.
fn year_behind(chars: &[char], end: usize) -> (Option<i16>, usize) {
    const YEAR_GAP_CHARS_MAX: usize = 4;
    let year = (end..=end + YEAR_GAP_CHARS_MAX)
        .take_while(|at| {
            chars.get(end..*at).unwrap_or_default().iter().all(|c| !c.is_ascii_digit() && *c != '\n')
        })
        .find_map(|at| {
            figures(chars, at).filter(|(_, letters)| *letters == 4).map(|(year, _)| (year, at + 4))
        });
    year.map_or((None, end), |(year, end)| (Some(year), end))
}

/// The months whose name starts here, and where it ends. `1) Jane Bee` and `2 Martin Lee` have none: only a name that is whole,
/// or goes on in small letters as its language has it, is a month's.
fn month(chars: &[char], place: usize) -> Option<(Vec<i8>, usize)> {
    let before = place.checked_sub(1).and_then(|before| chars.get(before));
    if before.is_some_and(|c| c.is_alphabetic() && *c < '\u{0590}') {
        return None;
    }
    let written: Vec<char> = chars
        .iter()
        .skip(place)
        .take_while(|c| c.is_alphabetic() || ('\u{0900}'..'\u{0f00}').contains(*c))
        .copied()
        .collect();
    let word: Vec<char> = written.iter().copied().map(folded).collect();
    let longest =
        STEMS.iter().filter(|(stem, _)| word.starts_with(stem)).map(|(stem, _)| stem.len()).max()?;
    let whole = longest == word.len();
    if !whole && written.first().is_some_and(|c| c.is_uppercase()) && is_a_names(chars, place, longest) {
        return None;
    }
    let mut months: Vec<i8> = STEMS
        .iter()
        .filter(|(stem, _)| stem.len() == longest && word.starts_with(stem))
        .map(|(_, number)| *number)
        .collect();
    months.sort_unstable();
    months.dedup();
    Some((months, place + word.len()))
}

/// Whether a word with a capital that begins as a month does and goes on is rather of a person's name: it begins so with a few
/// letters alone, or another word with a capital stands behind it.
fn is_a_names(chars: &[char], place: usize, stem: usize) -> bool {
    const STEM_CHARS_MIN: usize = 5;
    let rest = chars.get(place..).unwrap_or_default();
    let letters = rest.iter().take_while(|c| c.is_alphabetic()).count();
    let next = rest.get(letters).filter(|c| **c == ' ').and_then(|_| rest.get(letters + 1));
    stem < STEM_CHARS_MIN || next.is_some_and(|c| c.is_uppercase())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{STEMS, of};

    fn sent() -> Timestamp {
        "2026-11-09T09:00:00Z".parse().unwrap()
    }

    #[track_caller]
    fn check(text: &str, past: &[bool]) {
        let found = of(&text.chars().collect::<Vec<_>>());
        for (day, is_past) in found.iter().zip(past) {
            assert_eq!((day.is_past(sent()), day.is_to_come(sent())), (*is_past, !is_past), "{text}");
        }
        assert_eq!(found.len(), past.len(), "{text}");
    }

    #[test]
    fn days_lie_before_the_mail_or_behind_it() {
        check("Since 1 November she does it; from December 1 on, he.", &[true, false]);
        check("seit dem 1. November 2026, ab 1. Dezember", &[true, false]);
        check(
            "depuis le 1er novembre, dal 1° dicembre, desde el 1 de noviembre de 2026",
            &[true, false, true],
        );
        check("1.11.2026, 2026-12-01, 16.11.", &[true, false, false]);
        check("11月1日から、2026年12月1日", &[true, false]);
        check("с 1 ноября; od 1. studenoga; Nuo lapkričio 1 d.; 1. joulukuuta", &[true, true, true, false]);
        check("+31 6 2247 9105, version 1.5, 24/7, a@b1.example", &[]);
    }

    #[test]
    fn a_number_before_a_name_is_no_day() {
        check("1) Jane Bee, 2 Martin Lee, 3. Giuliano Neri, 4) Augustin Meier, #5 Mark Low", &[]);
        check("1) May Lee, 2) June Carter", &[]);
        check("ab 1. Dezember Bob Lee, 1 Dec Bob Lee", &[false, false]);
    }

    #[test]
    fn a_day_that_can_be_read_in_two_ways_is_neither() {
        let days = of(&"3/12/2026".chars().collect::<Vec<_>>());
        let [day] = days.as_slice() else { panic!("{days:?}") };
        assert!(!day.is_past(sent()) && !day.is_to_come(sent()));
    }

    #[test]
    fn each_language_has_all_months() {
        for line in super::MONTHS.lines().filter(|line| !line.starts_with('#')) {
            let (code, months) = line.split_once(": ").unwrap();
            assert_eq!(months.split(" | ").count(), 12, "{code}");
        }
        assert!(STEMS.iter().all(|(stem, _)| stem.len() > 1));
    }
}
