//! The name of a top-level domain, as IANA's root zone database writes it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Octets of a DNS label at the most (RFC 1035 §2.3.4).
const LABEL_OCTETS_MAX: usize = 63;

/// A top-level domain: one A-label in lower case, without dots (RFC 5890 §2.3.2.1).
///
/// It reads every spelling that people use, a U-label with or without direction marks among them:
///
/// ```
/// use tldops::domain::tld::Tld;
/// assert_eq!(".NL".parse::<Tld>().unwrap().as_str(), "nl");
/// assert_eq!("рф".parse::<Tld>().unwrap().as_str(), "xn--p1ai");
/// assert!("co.uk".parse::<Tld>().is_err());
/// ```
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tld(String);

/// Why a text is not the name of a top-level domain.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum TldError {
    /// Nothing stands there.
    #[error("a ccTLD is missing; write it as in `.nl`")]
    Empty,
    /// A second label, or something that is no letter, digit or hyphen.
    #[error("`{found}` is not the name of a top-level domain; write it as in `.nl`")]
    NotALabel {
        /// What stood there, shortened.
        found: String,
    },
}

impl Tld {
    /// The A-label in lower case, without a dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The U-label: what a person reads (RFC 5890 §2.3.2.1). The A-label itself where there is no other.
    pub fn unicode(&self) -> String {
        let (text, result) = idna::domain_to_unicode(&self.0);
        if result.is_ok() { text } else { self.0.clone() }
    }

    /// As people write it in mails: `.nl`, and `.рф (xn--p1ai)` where the two labels differ.
    pub fn for_people(&self) -> String {
        let unicode = self.unicode();
        if unicode == self.0 { format!(".{}", self.0) } else { format!(".{unicode} ({})", self.0) }
    }
}

impl FromStr for Tld {
    type Err = TldError;

    fn from_str(text: &str) -> Result<Self, TldError> {
        let bare: String = text.trim().chars().filter(|c| !is_direction_mark(*c)).collect();
        let bare = bare.trim().trim_start_matches('.');
        if bare.is_empty() {
            return Err(TldError::Empty);
        }
        let not_a_label = || TldError::NotALabel { found: bare.chars().take(LABEL_OCTETS_MAX).collect() };
        let label = idna::domain_to_ascii_strict(bare).map_err(|_| not_a_label())?;
        let plain = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !plain || label.len() < 2 || label.len() > LABEL_OCTETS_MAX {
            return Err(not_a_label());
        }
        Ok(Self(label))
    }
}

impl TryFrom<String> for Tld {
    type Error = TldError;

    fn try_from(text: String) -> Result<Self, TldError> {
        text.parse()
    }
}

impl From<Tld> for String {
    fn from(tld: Tld) -> Self {
        tld.0
    }
}

impl fmt::Display for Tld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Several as they stand in the Subject of a mail and in a form: `.fr .re`.
pub fn in_a_row<'a>(tlds: impl IntoIterator<Item = &'a Tld>) -> String {
    let dotted: Vec<String> = tlds.into_iter().map(|tld| format!(".{}", tld.unicode())).collect();
    dotted.join(" ")
}

/// Marks that set the direction of writing and have no meaning of their own (Unicode UAX #9 §2).
pub fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::Tld;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let got = text.parse::<Tld>().map_or_else(|e| format!("error: {e}"), |tld| tld.to_string());
        assert_eq!(got, want);
    }

    #[test]
    fn every_spelling_of_a_cctld_is_one_name() {
        check("nl", "nl");
        check(".NL", "nl");
        check(" .nl ", "nl");
        check("xn--p1ai", "xn--p1ai");
        check("XN--P1AI", "xn--p1ai");
        check(".РФ", "xn--p1ai");
        check("\u{200f}.السعودية\u{200f}", "xn--mgberp4a5d4ar");
    }

    #[test]
    fn two_labels_are_not_a_cctld() {
        check("co.uk", "error: `co.uk` is not the name of a top-level domain; write it as in `.nl`");
    }

    #[test]
    fn nothing_is_not_a_cctld() {
        check("", "error: a ccTLD is missing; write it as in `.nl`");
        check(" . ", "error: a ccTLD is missing; write it as in `.nl`");
    }

    #[test]
    fn letters_that_cannot_stand_in_a_label_are_refused() {
        check("n_l", "error: `n_l` is not the name of a top-level domain; write it as in `.nl`");
        check("n l", "error: `n l` is not the name of a top-level domain; write it as in `.nl`");
        check("n", "error: `n` is not the name of a top-level domain; write it as in `.nl`");
    }
}
