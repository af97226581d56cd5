//! Splits a raw mail into header fields and body in the one way that leaves nothing to interpret.
//!
//! Two parsers that split a header differently see two mails in one. This one accepts only what every parser splits
//! alike: lines that end in CRLF, names without white space, and an empty line before the body (RFC 5322 §2.1, §2.2).
//!
//! A continuation line of white space alone is taken for the end of the header by some parsers, so it is refused
//! within a field, but for the reports of spam filters (`X-Spam-…`). As the last line of a field it is remembered instead: old software folds a long field that way,
//! and a signature that covers the field tells that its writer did it (see `coverage`).

use std::ops::Range;

use thiserror::Error;

use crate::domain::limits::HEADER_FIELDS_MAX;
use crate::domain::limits::HEADER_OCTETS_MAX;
use crate::domain::limits::LETTER_OCTETS_MAX;

/// The fields that may stand in a header once at the most, besides From (RFC 5322 §3.6, RFC 2045 §3).
pub(crate) const SINGLE_FIELDS: [&str; 12] = [
    "sender",
    "reply-to",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
];

/// One header field of a mail, as places in its octets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Field {
    /// Its name in lower case.
    pub(crate) name: String,
    /// Where its name begins and ends, without the colon.
    pub(crate) name_at: Range<usize>,
    /// Where its value begins, after the colon, and ends, after the last CRLF.
    pub(crate) value_at: Range<usize>,
    /// Whether its last line is of white space alone.
    pub(crate) ends_blank: bool,
}

/// The header section of a mail, split.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Header {
    /// The fields from top to bottom.
    pub(crate) fields: Vec<Field>,
    /// Where the body begins, after the empty line.
    pub(crate) body_at: usize,
}

/// Why a mail cannot be split in one way only.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum LexError {
    #[error("the mail is larger than {LETTER_OCTETS_MAX} octets")]
    LetterTooLong,
    #[error("the header is larger than {HEADER_OCTETS_MAX} octets")]
    HeaderTooLong,
    #[error("the header has more than {HEADER_FIELDS_MAX} fields")]
    TooManyFields,
    #[error("the header does not end: the empty line before the text is missing")]
    NoEnd,
    #[error("line {line} of the header does not end in CR LF")]
    BareLineEnd { line: usize },
    #[error("line {line} of the header has a control character")]
    Control { line: usize },
    #[error("line {line} of the header is neither a field nor the continuation of one")]
    NotAField { line: usize },
    #[error("the header field {name} has a line of white space alone, at which some programs end the header")]
    BlankContinuation { name: String },
    #[error("the text has a NUL character, or a CR or LF that stands alone")]
    Body,
    #[error("the header has no From field")]
    NoFrom,
    #[error("the header has the field {name} more than once")]
    Twice { name: String },
}

impl Header {
    /// Splits a whole mail and checks that no field that must be single is there twice.
    pub(crate) fn read(raw: &[u8]) -> Result<Self, LexError> {
        if raw.len() > LETTER_OCTETS_MAX {
            return Err(LexError::LetterTooLong);
        }
        let header = Self::split(raw)?;
        if !has_plain_lines(raw.get(header.body_at..).unwrap_or_default()) {
            return Err(LexError::Body);
        }
        header.check_single_fields()?;
        Ok(header)
    }

    /// Splits the header section at the start of these octets; the body is not looked at.
    pub(crate) fn split(octets: &[u8]) -> Result<Self, LexError> {
        let mut fields: Vec<Field> = Vec::new();
        let mut at = 0;
        for line in 1.. {
            let rest = octets.get(at..).unwrap_or_default();
            let length = rest.iter().position(|octet| *octet == b'\n').ok_or(LexError::NoEnd)? + 1;
            let text = rest.get(..length).unwrap_or_default();
            let content = text.strip_suffix(b"\r\n").ok_or(LexError::BareLineEnd { line })?;
            if at + length > HEADER_OCTETS_MAX {
                return Err(LexError::HeaderTooLong);
            }
            if content.is_empty() {
                return Ok(Self { fields, body_at: at + length });
            }
            if content.contains(&b'\r') {
                return Err(LexError::BareLineEnd { line });
            }
            if content.iter().any(|octet| octet.is_ascii_control() && *octet != b'\t') {
                return Err(LexError::Control { line });
            }
            if content.starts_with(b" ") || content.starts_with(b"\t") {
                continue_field(fields.last_mut(), content, at + length, line)?;
            } else {
                if fields.len() == HEADER_FIELDS_MAX {
                    return Err(LexError::TooManyFields);
                }
                fields.push(begin_field(content, at, length).ok_or(LexError::NotAField { line })?);
            }
            at += length;
        }
        Err(LexError::NoEnd)
    }

    /// The first field of this name; there is no second one where the name must be single.
    pub(crate) fn find(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// All fields of this name, from top to bottom.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Field> {
        self.fields.iter().filter(move |field| field.name == name)
    }

    fn check_single_fields(&self) -> Result<(), LexError> {
        if self.find("from").is_none() {
            return Err(LexError::NoFrom);
        }
        let twice = SINGLE_FIELDS.iter().chain(&["from"]).find(|name| self.all(name).nth(1).is_some());
        twice.map_or(Ok(()), |name| Err(LexError::Twice { name: (*name).to_owned() }))
    }
}

impl Field {
    /// Its value with the CRLF of folds taken out (RFC 5322 §2.2.3) and white space at both ends.
    pub(crate) fn unfolded(&self, raw: &[u8]) -> Vec<u8> {
        let value = raw.get(self.value_at.clone()).unwrap_or_default();
        let unfolded: Vec<u8> =
            value.iter().copied().filter(|octet| *octet != b'\r' && *octet != b'\n').collect();
        unfolded.trim_ascii().to_vec()
    }
}

/// A name of visible ASCII without a colon, and a colon right behind it (RFC 5322 §3.6.8).
fn begin_field(content: &[u8], at: usize, length: usize) -> Option<Field> {
    let colon = content.iter().position(|octet| *octet == b':')?;
    let name = content.get(..colon)?;
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    Some(Field {
        name: String::from_utf8_lossy(name).to_ascii_lowercase(),
        name_at: at..at + colon,
        value_at: at + colon + 1..at + length,
        ends_blank: false,
    })
}

fn continue_field(
    field: Option<&mut Field>,
    content: &[u8],
    end: usize,
    line: usize,
) -> Result<(), LexError> {
    let field = field.ok_or(LexError::NotAField { line })?;
    let is_blank = content.trim_ascii().is_empty();
    // Spam filters paint their reports so, in fields that nobody reads as a part of the letter.
    let is_report = field.name.starts_with("x-spam-") || field.name.starts_with("x-ham-");
    if field.ends_blank && !is_report {
        return Err(LexError::BlankContinuation { name: field.name.clone() });
    }
    field.value_at.end = end;
    field.ends_blank = is_blank || (is_report && field.ends_blank);
    Ok(())
}

/// Whether these octets have no NUL and no CR or LF but in pairs (RFC 5322 §2.3).
fn has_plain_lines(body: &[u8]) -> bool {
    let mut before = 0;
    for octet in body {
        let paired = (*octet == b'\n') == (before == b'\r');
        if *octet == 0 || !paired {
            return false;
        }
        before = *octet;
    }
    before != b'\r'
}
