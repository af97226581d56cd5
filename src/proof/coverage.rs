//! Says whether what a signature leaves out could change what the mail says.
//!
//! A Subject must be covered, since requests stand there too.
//!
//! A signature over the text says nothing when an unsigned field tells how the text is read. Gmail and small Postfix
//! sites sign neither Content-Type nor Content-Transfer-Encoding, Microsoft 365 only the first, so asking for both
//! would refuse honest people. Instead, a field that is not covered is let through where nobody but the writer can
//! have set it so:
//!
//! - plain text in a known charset that does not look like another form; HTML that begins as HTML does;
//! - multipart whose first line with two hyphens is its delimiter and whose last line closes it, after nothing, blank
//!   lines, or the one sentence that mail programs put there;
//! - quoted-printable in which every escape was needed: adding the field to a plain text then cannot make new lines
//!   or letters appear;
//! - base64 in whole lines that hold letters outside ASCII: nobody types that, and plain ASCII needs no base64.

use std::borrow::Cow;
use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use thiserror::Error;

use crate::proof::content_type::ContentType;
use crate::proof::lexer::Header;
use crate::proof::signature::Signature;

/// Why a signature leaves out too much.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum CoverageFault {
    #[error("the signature does not cover the Subject")]
    Subject,
    #[error("the signature does not cover Content-Type, which could have been changed")]
    ContentType,
    #[error("the signature does not cover Content-Transfer-Encoding, which could have been changed")]
    TransferEncoding,
    #[error(
        "the signature does not cover Content-Disposition, which could have said that this text is a file"
    )]
    Disposition,
    #[error("the signature does not cover Cc, where our address stands")]
    Cc,
    #[error("the signature does not cover the field {0}, which ends in a line of white space")]
    BlankLine(String),
}

/// Where our address stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Addressed {
    /// In To, or it does not matter.
    InTo,
    /// In Cc alone.
    InCc,
}

/// Whether the signature covers all that tells how this mail is read.
pub(crate) fn check(
    raw: &[u8],
    header: &Header,
    signature: &Signature,
    addressed: Addressed,
) -> Result<(), CoverageFault> {
    let covers = |name: &str| signature.covers.iter().any(|covered| covered == name);
    // A signature without To, as Microsoft 365 makes it, says nothing of whom the mail is for, and is let through.
    if addressed == Addressed::InCc && covers("to") && !covers("cc") {
        return Err(CoverageFault::Cc);
    }
    let is_trace = |name: &str| TRACE_FIELDS.iter().any(|trace| name.starts_with(trace));
    let mut blank = header.fields.iter().filter(|field| field.ends_blank && !is_trace(&field.name));
    if let Some(field) = blank.find(|field| !covers(&field.name)) {
        return Err(CoverageFault::BlankLine(field.name.clone()));
    }
    if header.find("subject").is_some() && !covers("subject") {
        return Err(CoverageFault::Subject);
    }
    let body = raw.get(header.body_at..).unwrap_or_default();
    let value = |name: &str| header.find(name).map(|field| field.unfolded(raw));
    let content_type = value("content-type");
    let read = decoded(value("content-transfer-encoding").as_deref(), body);
    if !covers("content-type") && !cannot_mislead(content_type.as_deref(), &read) {
        return Err(CoverageFault::ContentType);
    }
    let is_named = content_type.as_deref().is_some_and(|value| is_text(value) && has_name(value));
    if is_named && !covers("content-disposition") {
        return Err(CoverageFault::Disposition);
    }
    if !covers("content-transfer-encoding") {
        let encoding = value("content-transfer-encoding").unwrap_or_else(|| b"7bit".to_vec());
        let fits = if content_type.as_deref().is_none_or(is_text) {
            fits_text(&encoding, body)
        } else {
            is_identity(&encoding)
        };
        if !fits {
            return Err(CoverageFault::TransferEncoding);
        }
    }
    Ok(())
}

/// Kinds of multipart that mail programs write for letters. A digest is not among them: it turns parts into messages.
const MULTIPARTS: [&str; 5] =
    ["multipart/alternative", "multipart/mixed", "multipart/related", "multipart/report", "multipart/signed"];
/// Beginnings of charset names in which ASCII octets are ASCII letters. UTF-7, UTF-16 and HZ are not.
const CHARSETS: [&str; 22] = [
    "us-ascii",
    "ascii",
    "ansi_x3.4",
    "utf-8",
    "utf8",
    "iso-8859-",
    "iso8859",
    "iso_8859-",
    "latin",
    "windows-125",
    "windows-874",
    "cp125",
    "cp874",
    "koi8-",
    "ks_c_5601",
    "cp949",
    "euc-",
    "iso-2022-jp",
    "shift_jis",
    "gb",
    "big5",
    "tis-620",
];
/// Beginnings of a text that is HTML, in lower case.
const HTML_BEGINNINGS: [&[u8]; 26] = [
    b"<!--",
    b"<?xml",
    b"<title",
    b"<center",
    b"<h1",
    b"<h2",
    b"<h3",
    b"<h4",
    b"<b>",
    b"<br",
    b"<a ",
    b"<ul",
    b"<ol",
    b"<pre",
    b"<!doctype",
    b"<html",
    b"<head",
    b"<meta",
    b"<body",
    b"<style",
    b"<div",
    b"<p>",
    b"<p ",
    b"<table",
    b"<span",
    b"<font",
];
/// Fields that machines on the way write and nobody reads as part of the letter, by the beginning of their names.
const TRACE_FIELDS: [&str; 8] = [
    "received",
    "x-received",
    "x-spam-",
    "x-ham-",
    "authentication-results",
    "arc-",
    "dkim-signature",
    "return-path",
];
/// Fields that every letter has and nobody writes into his text, in lower case, with the colon.
const LETTER_FIELDS: [&[u8]; 7] = [
    b"received:",
    b"return-path:",
    b"message-id:",
    b"mime-version:",
    b"dkim-signature:",
    b"content-type:",
    b"content-transfer-encoding:",
];
/// Lines at the start of a text that are looked at for such fields.
const LETTER_LINES_MAX: usize = 40;
/// A word of every sentence that mail programs put before the first part, in lower case and whatever language.
const PREAMBLE_WORD: &[u8] = b"mime";
/// Lines that such a sentence has at the most.
const PREAMBLE_LINES_MAX: usize = 3;
/// From this length on, a line that ends in `=` was broken by quoted-printable; shorter ones may be rules people draw.
const SOFT_BREAK_OCTETS_MIN: usize = 65;
/// Lengths of a full line of base64 (RFC 2045 §6.8 says 76 at the most).
const BASE64_LINE_OCTETS: std::ops::RangeInclusive<usize> = 60..=76;

fn has_name(content_type: &[u8]) -> bool {
    let parameters = content_type.to_ascii_lowercase();
    parameters.split(|octet| *octet == b';').any(|one| one.trim_ascii().starts_with(b"name"))
}

/// A text as its readers see it, without its transfer encoding.
fn decoded<'a>(encoding: Option<&[u8]>, body: &'a [u8]) -> Cow<'a, [u8]> {
    let decoded = match encoding.unwrap_or_default().to_ascii_lowercase().as_slice() {
        b"quoted-printable" => quoted_printable_decode(body),
        b"base64" => {
            let letters: Vec<u8> =
                body.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect();
            STANDARD.decode(letters).ok()
        }
        _ => None,
    };
    decoded.map_or(Cow::Borrowed(body), Cow::Owned)
}

fn is_text(content_type: &[u8]) -> bool {
    content_type.to_ascii_lowercase().starts_with(b"text/")
}

/// Whether an unsigned Content-Type, or none, fits this text and no other would. The text is as it is read, decoded.
fn cannot_mislead(content_type: Option<&[u8]>, body: &[u8]) -> bool {
    let Some(content_type) = content_type else {
        return !looks_like_multipart(body) && !looks_like_html(body) && !looks_like_a_letter(body);
    };
    let Some(content_type) = ContentType::read(content_type) else { return false };
    let charset = content_type.find("charset").unwrap_or("us-ascii").to_ascii_lowercase();
    let known_charset = CHARSETS.iter().any(|known| charset.starts_with(known));
    match content_type.media.as_str() {
        "text/plain" => {
            known_charset
                && is_of_charset(&charset, body)
                && !joins_without_space(&content_type)
                && !looks_like_multipart(body)
                && !looks_like_html(body)
                && !looks_like_a_letter(body)
        }
        "text/html" => known_charset && is_of_charset(&charset, body) && looks_like_html(body),
        media if MULTIPARTS.contains(&media) => {
            content_type.find("boundary").is_some_and(|boundary| is_framed(body, boundary.as_bytes()))
        }
        _ => false,
    }
}

/// Whether a text may be in a charset. What is outside ASCII and valid UTF-8 is UTF-8: another charset's double octets
/// would take letters in.
fn is_of_charset(charset: &str, body: &[u8]) -> bool {
    let is_utf8 = !body.is_ascii() && std::str::from_utf8(body).is_ok();
    !is_utf8 || charset.starts_with("utf-8") || charset.starts_with("utf8")
}

/// `delsp=yes` joins lines without a space (RFC 3676 §4.1), so that words which stood apart become one.
fn joins_without_space(content_type: &ContentType) -> bool {
    content_type.find("delsp").is_some()
}

/// A text that begins with the fields of a letter: one that was enclosed, whose Content-Type somebody took away.
fn looks_like_a_letter(body: &[u8]) -> bool {
    let begins = |line: &[u8]| {
        LETTER_FIELDS
            .iter()
            .any(|name| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
    };
    lines(body).take(LETTER_LINES_MAX).take_while(|line| !line.trim_ascii().is_empty()).any(begins)
}

/// Whether an unsigned encoding of a text was its writer's own.
fn fits_text(encoding: &[u8], body: &[u8]) -> bool {
    match encoding.to_ascii_lowercase().as_slice() {
        b"quoted-printable" => is_needed_quoting(body),
        b"base64" => is_needed_base64(body),
        _ => is_identity(encoding) && !looks_quoted(body),
    }
}

fn is_identity(encoding: &[u8]) -> bool {
    [&b"7bit"[..], b"8bit", b"binary"].iter().any(|identity| encoding.eq_ignore_ascii_case(identity))
}

fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    body.split(|octet| *octet == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// The lines from the first that is not blank and not of the usual sentence before a multipart.
fn after_preamble(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_blank = |line: &[u8]| line.trim_ascii().is_empty();
    let mut start = lines(body).skip_while(move |line| is_blank(line)).peekable();
    let says_mime = |line: &[u8]| {
        line.to_ascii_lowercase().windows(PREAMBLE_WORD.len()).any(|word| word == PREAMBLE_WORD)
    };
    if start.peek().is_some_and(|line| !line.starts_with(b"--") && says_mime(line)) {
        for _ in 0..PREAMBLE_LINES_MAX {
            start.next_if(|line| !is_blank(line) && !line.starts_with(b"--"));
        }
    }
    start.skip_while(move |line| is_blank(line))
}

fn is_framed(body: &[u8], boundary: &[u8]) -> bool {
    let delimiter = [b"--", boundary].concat();
    let close = [&delimiter, &b"--"[..]].concat();
    let first = after_preamble(body).next().map(<[u8]>::trim_ascii_end);
    let last = body.trim_ascii_end();
    let last = last.rsplit(|octet| *octet == b'\n').next();
    !boundary.is_empty() && first == Some(delimiter.as_slice()) && last == Some(close.as_slice())
}

/// A delimiter with the header of a part behind it, or one that a later line closes: a multipart whose Content-Type
/// somebody took away, so that parts which were quoted or attached would be read as the writer's words.
fn looks_like_multipart(body: &[u8]) -> bool {
    let is_delimiter = |line: &[u8]| line.starts_with(b"--") && line.trim_ascii_end().len() > 2;
    let mut rest = lines(body).peekable();
    while let Some(line) = rest.next() {
        let before_header =
            rest.peek().is_some_and(|next| next.to_ascii_lowercase().starts_with(b"content-"));
        if is_delimiter(line) && before_header {
            return true;
        }
    }
    let mut opened: BTreeSet<&[u8]> = BTreeSet::new();
    lines(body).any(|line| {
        let line = line.trim_ascii_end();
        let Some(name) = line.strip_prefix(b"--").filter(|name| !name.is_empty()) else { return false };
        let closes = name.strip_suffix(b"--").is_some_and(|name| opened.contains(name));
        opened.insert(name);
        closes
    })
}

fn looks_like_html(body: &[u8]) -> bool {
    let start: Vec<u8> = body.trim_ascii_start().iter().take(20).map(u8::to_ascii_lowercase).collect();
    HTML_BEGINNINGS.iter().any(|beginning| start.starts_with(beginning))
}

/// Whether a text seems to be quoted-printable whose encoding somebody took away: long lines that end in `=`, escapes of
/// octets outside ASCII, or of the equals signs of HTML. A relaxed signature lets white space be added behind a line.
fn looks_quoted(body: &[u8]) -> bool {
    let soft = |line: &[u8]| {
        let line = line.trim_ascii_end();
        line.len() >= SOFT_BREAK_OCTETS_MIN && line.ends_with(b"=") && !line.ends_with(b"==")
    };
    let of_html = looks_like_html(body) && body.windows(3).any(|three| three == b"=3D");
    of_html
        || lines(body).any(soft)
        || body.windows(3).any(|three| escaped(three).is_some_and(|octet| octet >= 0x80))
}

/// The octet that `=C3` stands for; capitals alone, as encoders write them.
fn escaped(three: &[u8]) -> Option<u8> {
    let digits = three.strip_prefix(b"=").and_then(|digits| std::str::from_utf8(digits).ok())?;
    let capitals = digits.bytes().all(|digit| digit.is_ascii_digit() || digit.is_ascii_uppercase());
    u8::from_str_radix(digits, 16).ok().filter(|_| capitals)
}

/// Whether a line goes on in the next by quoted-printable: a full one does, and in plain text one that keeps its last
/// space so. Adding the encoding to what was sent without it then takes no attribute's equals sign away.
fn is_soft_break(line: &[u8], body: &[u8]) -> bool {
    let full = line.len() >= SOFT_BREAK_OCTETS_MIN;
    line.ends_with(b"=") && (full || (line.ends_with(b" =") && !looks_like_html(body)))
}

/// Quoted-printable with no escape but for what must be escaped: octets outside ASCII, the equals sign, white space,
/// and a dot or an F at the start of a line (RFC 2045 §6.7; SMTP and mbox treat such lines specially).
fn is_needed_quoting(body: &[u8]) -> bool {
    lines(body).all(|line| {
        let mut pieces = line.split(|octet| *octet == b'=');
        let before = pieces.next().unwrap_or_default();
        let mut at_start = before.is_empty();
        let all_needed = pieces.all(|piece| {
            let first_of_line = std::mem::take(&mut at_start);
            match piece.get(..2).and_then(|digits| std::str::from_utf8(digits).ok()) {
                None => is_soft_break(line, body),
                Some(digits) => u8::from_str_radix(digits, 16).is_ok_and(|octet| {
                    octet >= 0x80 || b"= \t".contains(&octet) || first_of_line && b".F".contains(&octet)
                }),
            }
        });
        line.is_ascii() && all_needed
    })
}

fn is_needed_base64(body: &[u8]) -> bool {
    let text = body.trim_ascii();
    let lines: Vec<&[u8]> = lines(text).map(<[u8]>::trim_ascii_end).collect();
    let Some((last, full)) = lines.split_last() else { return false };
    let length = full.first().map_or(*BASE64_LINE_OCTETS.end(), |line| line.len());
    let even = full.iter().all(|line| line.len() == length) && last.len() <= length;
    if !even || !BASE64_LINE_OCTETS.contains(&length) {
        return false;
    }
    STANDARD.decode(lines.concat()).is_ok_and(|decoded| !decoded.is_ascii())
}
