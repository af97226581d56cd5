//! Telephone numbers in the spellings that people use, made into E.164.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr;

use phonenumber::Mode;
use phonenumber::country::Id;

use crate::domain::contact::Phone;

/// Reads a number as written, national ones in this country (ISO 3166-1). None where nobody could dial it.
pub(super) fn read(written: &str, country: Option<&str>) -> Option<Phone> {
    let dialled = dialled(written);
    let country = country.and_then(|code| Id::from_str(code).ok());
    if country.is_none() && !dialled.starts_with('+') {
        return None;
    }
    // The library is a large table with a parser around it; a fault in it must cost a number, not a turn.
    let e164 = catch_unwind(AssertUnwindSafe(|| {
        let number = phonenumber::parse(country, &dialled).ok()?;
        phonenumber::is_valid(&number).then(|| number.format().mode(Mode::E164).to_string())
    }));
    Phone::try_from(e164.ok()??).ok()
}

/// The digits to dial: a plus sign for `00`, no `(0)` behind a country's code, no signs between.
fn dialled(written: &str) -> String {
    let compact: String =
        written.chars().filter(|c| c.is_ascii_digit() || matches!(c, '+' | '(' | ')')).collect();
    let international = compact.trim_start_matches('(');
    let international = match international.strip_prefix("00") {
        Some(rest) if !international.starts_with("000") => format!("+{rest}"),
        _ => international.to_owned(),
    };
    let without_zero =
        if international.starts_with('+') { international.replace("(0)", "") } else { international };
    without_zero.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[track_caller]
    fn check(written: &str, country: Option<&str>, want: Option<&str>) {
        assert_eq!(read(written, country).map(String::from).as_deref(), want, "{written}");
    }

    #[test]
    fn every_spelling_is_one_number() {
        check("+32 (0)475 90 21 44", None, Some("+32475902144"));
        check("0032 475/90.21.44", Some("BE"), Some("+32475902144"));
        check("(+32) 475 902 144", None, Some("+32475902144"));
        check("0475 90 21 44", Some("BE"), Some("+32475902144"));
        check("+1.613.555.0148", None, Some("+16135550148"));
        check("06 2247 9105", Some("NL"), Some("+31622479105"));
    }

    #[test]
    fn national_numbers_are_read_in_their_country() {
        check("050-234-5678", Some("IL"), Some("+972502345678"));
        check("8 (916) 123-45-67", Some("RU"), Some("+79161234567"));
        check("03-5215-8451", Some("JP"), Some("+81352158451"));
        check("(011) 4123-4567", Some("AR"), Some("+541141234567"));
        check("31 6 2247 9105", Some("NL"), Some("+31622479105"));
    }

    #[test]
    fn what_nobody_can_dial_is_no_number() {
        check("0475 90 21 44", None, None);
        check("+31 123456789012345", None, None);
        check("+999 123456", None, None);
    }
}
