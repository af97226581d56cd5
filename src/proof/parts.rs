//! Checks the headers of the parts of a multipart by our own lexer's rules.
//!
//! A relaxed signature lets anyone turn the empty line after the header of a part into a line of white space; the text
//! of the part then belongs to its header, and is gone. The same holds for a delimiter with white space behind it. So
//! neither may have any. Letters within the letter are not looked at; nothing is taken from them.

use std::collections::BTreeSet;

use mail_parser::parsers::MessageStream;

use crate::domain::limits::PARTS_MAX;
use crate::proof::lexer::Field;
use crate::proof::lexer::Header;

/// Whether every part that begins with a line of a known boundary has a header of one reading.
pub(crate) fn are_plain(raw: &[u8], header: &Header) -> bool {
    let mut boundaries: BTreeSet<Vec<u8>> = boundary(raw, header.find("content-type")).into_iter().collect();
    if boundaries.iter().any(|boundary| boundary.iter().any(|octet| matches!(octet, b'\t' | b'\r' | b'\n'))) {
        return false;
    }
    let mut at = header.body_at;
    while let Some(rest) = raw.get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest.iter().position(|octet| *octet == b'\n').map_or(rest.len(), |last| last + 1);
        let (line, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        at += length;
        let Some(text) = line.trim_ascii_end().strip_prefix(b"--") else { continue };
        if !boundaries.contains(text) {
            // White space within a delimiter may have been changed, so that it parts no more.
            if boundaries.iter().any(|known| is_same_but_for_space(known, text)) {
                return false;
            }
            continue;
        }
        let has_space_behind = line.strip_suffix(b"\r\n").unwrap_or(line).len() != text.len() + 2;
        let Some(part) = split_header(after).filter(|_| !has_space_behind) else { return false };
        boundaries.extend(boundary(after, part.find("content-type")));
        if boundaries.len() > PARTS_MAX {
            return false;
        }
    }
    true
}

fn is_same_but_for_space(a: &[u8], b: &[u8]) -> bool {
    let letters = |text: &[u8]| {
        text.iter().copied().filter(|octet| !matches!(octet, b' ' | b'\t')).collect::<Vec<u8>>()
    };
    let has_space = |text: &[u8]| text.iter().any(|octet| matches!(octet, b' ' | b'\t'));
    (has_space(a) || has_space(b)) && letters(a) == letters(b)
}

/// Splits the header of a part; none where it can be read in two ways, or has any line of white space alone.
pub(crate) fn split_header(octets: &[u8]) -> Option<Header> {
    let header = Header::split(octets).ok()?;
    let has_blank = header.fields.iter().any(|field| field.ends_blank);
    (!has_blank).then_some(header)
}

/// The boundary in a Content-Type, as the reader of the letter sees it.
fn boundary(octets: &[u8], field: Option<&Field>) -> Option<Vec<u8>> {
    let value = octets.get(field?.value_at.clone())?;
    let parsed = MessageStream::new(value).parse_content_type();
    let boundary = parsed.as_content_type()?.attribute("boundary")?.as_bytes().to_vec();
    (!boundary.is_empty()).then_some(boundary)
}
