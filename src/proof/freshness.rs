//! Reads the Date of a mail and says whether it is recent.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use thiserror::Error;

use crate::proof::signature::AGE_MAX;

/// Why a mail is not recent.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub(crate) enum DateFault {
    #[error("the mail has no Date")]
    Missing,
    #[error("the Date of the mail cannot be read")]
    Unreadable,
    #[error("the Date of the mail is more than 14 days away from today")]
    NotRecent,
}

/// Whether the Date in this unfolded value is within 14 days of `now`, before or after.
pub(crate) fn check(value: Option<&[u8]>, now: Timestamp) -> Result<(), DateFault> {
    let date = read(value.ok_or(DateFault::Missing)?).ok_or(DateFault::Unreadable)?;
    if date.duration_since(now).abs() > AGE_MAX { Err(DateFault::NotRecent) } else { Ok(()) }
}

static PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);

/// A date of RFC 5322 §3.3 or §4.3. A wrong day of the week, a colon in the zone, and any other word for a zone are
/// let through, since odd software writes them and half a day more or less does not matter here.
fn read(value: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(value).ok()?;
    let text = text.split_once('(').map_or(text, |(date, _)| date).trim();
    let as_written = PARSER.parse_timestamp(text).ok();
    as_written
        .or_else(|| {
            let (date, zone) = text.rsplit_once([' ', '\t'])?;
            let is_word = zone.bytes().all(|octet| octet.is_ascii_alphabetic());
            let zone = if is_word { "+0000".to_owned() } else { zone.replace(':', "") };
            PARSER.parse_timestamp(format!("{date} {zone}")).ok()
        })
        .or_else(|| read_loosely(text))
}

/// Dates of software that never read a standard: hours of one digit, months written out, no zone at all.
fn read_loosely(text: &str) -> Option<Timestamp> {
    let words: Vec<&str> = text.split([' ', '\t', ',']).filter(|word| !word.is_empty()).collect();
    let place = words.iter().position(|word| word.contains(':'))?;
    let name = words.iter().find_map(|word| month_name(word))?;
    let number = |word: &&&str| word.bytes().all(|octet| octet.is_ascii_digit());
    let mut numbers = words.iter().filter(number);
    let (day, year) = (numbers.next()?, numbers.next()?);
    let time = words.get(place)?.split('.').next()?;
    let time = if time.find(':') == Some(1) { format!("0{time}") } else { time.to_owned() };
    let zone = words.get(place + 1).map(|zone| zone.trim_start_matches(|c: char| c.is_ascii_alphabetic()));
    let zone = zone.filter(|zone| zone.starts_with(['+', '-'])).unwrap_or("+0000");
    PARSER.parse_timestamp(format!("{day} {name} {year} {time} {zone}")).ok()
}

fn month_name(word: &str) -> Option<&'static str> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let start = word.get(..3)?;
    MONTHS.into_iter().find(|month| month.eq_ignore_ascii_case(start))
}
