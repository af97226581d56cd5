//! Cells and stretches of lines: an address, a number, a place or a ccTLD in them, with every point that is not certain.

use crate::domain::address::Address;
use crate::domain::contact::{Phone, Rank};
use crate::domain::listed::{Listed, Point, Serves, WRITTEN_CHARS_MAX};
use crate::domain::plain::on_one_line;
use crate::domain::tld::Tld;
use crate::reading::facts;
use crate::reading::folding::{is_han, is_invisible, is_word};
use crate::reading::labels::{Reader, tlds_in_field};
use crate::reading::languages::{ENGLISH, Languages};
use crate::reading::phones;
use crate::reading::registers::Desk;
use crate::reading::registers::rows::{Cell, CellKind};
use crate::reading::speech::Speech;
use crate::reading::table::rank_of_cell;

/// Words in the column of ccTLDs that say that somebody is there without one.
const WITHOUT_CCTLD: [&str; 12] = [
    "root",
    "root zone",
    "iana",
    "icann",
    "ssac",
    "pti",
    "liaison",
    "committee",
    "staff",
    "none",
    "no cctld",
    "not a cctld",
];
/// Words for nothing.
const NOTHING: [&str; 7] = ["", "-", "--", "–", "n/a", "na.", "?"];

/// Whether a cell says nothing.
pub(super) fn is_nothing(text: &str) -> bool {
    NOTHING.contains(&text.trim().to_lowercase().as_str())
}

/// The addresses of a text: the first one and, where a second one stands behind it, that.
pub(super) fn take_addresses(person: &mut Listed, text: &str) {
    let chars: Vec<char> = text.chars().collect();
    let found = facts::addresses(&chars);
    if found.is_empty() {
        if !is_nothing(text) {
            let why = format!("`{text}` is no e-mail address");
            person.points.push(Point::refused(why, "write it as in ann@registry.example"));
        }
        return;
    }
    let outside =
        |(place, c): (usize, &char)| is_word(*c) && !found.iter().any(|one| one.span.contains(&place));
    if chars.iter().enumerate().any(outside) {
        let why = format!("`{text}` says more than an address");
        person.points.push(Point::unsure(why, "look at what it says, and write the address alone"));
    }
    let mut all: Vec<Address> = Vec::new();
    for one in found {
        if !all.contains(&one.what) {
            all.push(one.what);
        }
    }
    if all.len() > 2 || (all.len() == 2 && person.email.is_some()) {
        person
            .points
            .push(Point::unsure("more than two addresses are told", "write the first and the second one"));
    }
    let mut all = all.into_iter();
    if person.email.is_none() {
        person.email = all.next();
    }
    if let Some(second) = all.next().filter(|second| Some(second) != person.email.as_ref()) {
        person.second = Some(second);
    }
}

/// The second address that has a cell of its own.
pub(super) fn take_second(person: &mut Listed, text: &str) {
    let mut alone = Listed::default();
    take_addresses(&mut alone, text);
    person.points.extend(alone.points);
    let same = alone.email == person.email;
    person.second = alone.email.filter(|_| !same).or(person.second.take());
}

/// The number of a cell, a national one in the country of the person's ccTLD.
pub(super) fn take_phone(person: &mut Listed, cell: &Cell, desk: &Desk<'_>) {
    let text = cell.text.as_str();
    if is_nothing(text) {
        return;
    }
    let country = |tld: &Tld| desk.known.find(tld).and_then(|cctld| cctld.iso3166.clone());
    let countries: Vec<String> = person.places().iter().filter_map(|(tld, _)| country(tld)).collect();
    if is_shortened(text) {
        let why = format!("`{text}` was a number once, and a spreadsheet has shortened it");
        person.points.push(Point::unsure(why, "write the number as in +31612345678"));
    }
    let whole = text.strip_suffix(".0").unwrap_or(text);
    if whole.contains(['E', 'e']) && is_shortened(text) {
        return;
    }
    let chars: Vec<char> = whole.chars().collect();
    let found = facts::numbers(&chars);
    let outside =
        |(place, c): (usize, &char)| is_word(*c) && !found.iter().any(|one| one.span.contains(&place));
    if found.len() > 1 || (!found.is_empty() && chars.iter().enumerate().any(outside)) {
        let why = format!("`{text}` says more than a number");
        person.points.push(Point::unsure(why, "write the one number that is to be shown"));
    }
    if cell.kind == CellKind::Number {
        let why =
            format!("{text} is a number to the spreadsheet, which drops a plus sign and zeros before it");
        person.points.push(Point::unsure(why, "write the number as in +31612345678"));
    }
    let Some(first) = found.first().map(|one| one.what.clone()) else {
        let why = format!("`{text}` is no phone number");
        person.points.push(Point::unsure(why, "write the number as in +31612345678"));
        return;
    };
    let phone = dialled(person, &first, &countries);
    if let (Some(known), Some(phone)) = (&person.phone, &phone)
        && known != phone
    {
        person.points.push(Point::unsure("two numbers are told", "write the one that is to be shown"));
        return;
    }
    person.phone = person.phone.take().or(phone);
}

/// `3.1612E+10`, `31612345678.0`.
fn is_shortened(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    let mantissa = text.split_once("E+").map(|(mantissa, _)| mantissa);
    let digits =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    mantissa.is_some_and(digits)
        || text.strip_suffix(".0").is_some_and(|whole| whole.len() > 5 && digits(whole))
}

/// A number as it is dialled. One that is written in full and that nobody seems to be able to dial is offered as it stands.
fn dialled(person: &mut Listed, written: &str, countries: &[String]) -> Option<Phone> {
    if let Some(phone) = phones::read(written, countries.first().map(String::as_str)) {
        let elsewhere = countries.iter().skip(1).filter_map(|country| phones::read(written, Some(country)));
        if elsewhere.into_iter().any(|other| other != phone) {
            let why = format!("`{written}` is another number in each country of his ccTLDs");
            person.points.push(Point::unsure(why, "write the number with the country's code"));
        }
        return Some(phone);
    }
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let offered =
        written.trim().starts_with('+').then(|| Phone::try_from(format!("+{digits}")).ok()).flatten();
    let why = format!("`{written}` is no number that could be dialled there");
    person.points.push(Point::unsure(why, "look at its digits, and write it as in +31612345678"));
    offered
}

/// The ccTLDs of a cell.
pub(super) fn take_tlds(person: &mut Listed, text: &str, rank: Option<Rank>, desk: &Desk<'_>) {
    if is_nothing(text) {
        return;
    }
    let lower = text.trim().trim_matches('.').to_lowercase();
    if WITHOUT_CCTLD.contains(&lower.as_str()) || text.trim() == "." {
        person.serves = Serves::NoCctld;
        return;
    }
    let reader = Reader { languages: Languages::default().with(ENGLISH), known: desk.known };
    let found = tlds_in_field(text, &reader);
    let words = text.split([',', ';', '/', '&', ' ', '、', '，', '+', '|', '(', ')', '"']);
    let words: Vec<&str> = words.filter(|word| word.chars().any(is_word)).collect();
    if found.is_empty() {
        let why = format!("`{text}` is no ccTLD that is known");
        person.points.push(Point::refused(why, "write the ccTLD as in .nl"));
        return;
    }
    if words.len() != found.len() {
        let why = format!("`{text}` says more than a ccTLD");
        person.points.push(Point::unsure(why, "write the ccTLD alone, as in .nl"));
    }
    person.serves = Serves::Cctlds(found.into_iter().map(|tld| (tld, rank)).collect());
}

/// The place of a cell.
pub(super) fn take_rank(person: &mut Listed, text: &str) -> Option<Rank> {
    if is_nothing(text) {
        return None;
    }
    let rank = rank_of_cell(&Speech::of(text, Languages::ALL));
    let number =
        text.trim().trim_start_matches('#').strip_suffix(".0").unwrap_or(text.trim().trim_start_matches('#'));
    let rank = rank.or_else(|| Rank::try_from(number.parse::<u8>().ok()?).ok());
    if rank.is_none() && number.parse::<f64>().is_ok() {
        person.points.push(Point::refused(format!("`{text}` is no place"), "write 1, 2 or 3"));
    }
    rank
}

/// The name of a cell, or of two; one that ends in a comma and what stands behind it is turned round.
pub(super) fn take_name(person: &mut Listed, text: &str) {
    let plain: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let mut name = on_one_line(&plain);
    if is_nothing(&name) {
        return;
    }
    if let Some((last, first)) = name.split_once(',') {
        let why = format!("`{name}` may have the last name first");
        person.points.push(Point::unsure(why, "write the name as it is spoken"));
        name = on_one_line(&format!("{first} {last}"));
    }
    let odd =
        |c: char| c.is_numeric() || matches!(c, '?' | '@' | '<' | '>' | '\u{fffd}' | '/' | ';' | '=' | '"');
    if name.contains(odd) {
        let why = format!("`{name}` has signs that are in no name");
        person.points.push(Point::unsure(why, "write the person's name"));
    } else if mixes_scripts(&name) {
        let why = format!("`{name}` has letters of two scripts in one word, which may look alike");
        person.points.push(Point::unsure(why, "write the name anew"));
    }
    person.name = Some(name);
}

/// First and last name as one.
pub(super) fn whole_name(first: &str, last: &str) -> String {
    if !first.is_empty() && !last.is_empty() && first.chars().chain(last.chars()).all(is_han) {
        return format!("{last}{first}");
    }
    format!("{first} {last}").trim().to_owned()
}

/// `Јоhn`: Cyrillic or Greek letters that look like Latin ones, in a Latin word.
fn mixes_scripts(name: &str) -> bool {
    let latin = |c: char| matches!(c, 'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}');
    let alike = |c: char| matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{52f}');
    name.split_whitespace().any(|word| word.contains(latin) && word.contains(alike))
}

/// What stands in a line, for people: on one line, and not too long.
pub(super) fn shown(text: &str) -> String {
    on_one_line(text).chars().take(WRITTEN_CHARS_MAX).collect()
}
