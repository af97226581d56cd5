//! Compares our reading of a mail with those of mail-parser and mail-auth, and keeps what only a MIME parser can see.
//!
//! The three must agree on the fields, the one From address and the place where the body begins. Where they do not,
//! the mail is built to be two mails, or one of the parsers is wrong; either way nobody is proven by it.
//!
//! mail-parser 0.11.9 has three faults that this module works around:
//!
//! - it reads a Date that ends in a zone of one letter past the end of its line, so that the next line, or the empty
//!   line before the body, is lost: it is given a copy with that letter changed;
//! - letters within letters within letters, some ten thousand deep, end the process when they are dropped, which no
//!   `catch_unwind` stops: the words that make a part a letter are counted before, and nothing is decoded;
//! - parameters in the extended form cost the square of their number: their mark is counted before.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use mail_parser::HeaderName;
use mail_parser::Message;
use mail_parser::MessageParser;
use thiserror::Error;

use crate::domain::address::Address;
use crate::domain::cost::is_too_costly;
use crate::proof::crypto;
use crate::proof::lexer::Header;
use crate::proof::parts;

/// What the comparison leaves for others to judge.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Agreed {
    /// The addresses in To.
    pub(crate) to: Vec<Address>,
    /// The addresses in Cc.
    pub(crate) cc: Vec<Address>,
}

/// Why the readings do not agree, or the MIME structure can be read in two ways.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum ReadersFault {
    #[error("mail programs would not agree where the header of this mail ends")]
    Header,
    #[error("mail programs would not agree who wrote this mail")]
    From,
    #[error("the header of a part of this mail can be read in two ways")]
    PartHeader,
    #[error("this mail has more parts within parts than any letter has")]
    TooDeep,
    #[error("a mail program fails on this mail")]
    Panic,
}

/// Reads the mail with both parsers and compares.
pub(crate) fn compare(raw: &[u8], header: &Header, from: &Address) -> Result<Agreed, ReadersFault> {
    let theirs = crypto::read(raw).ok_or(ReadersFault::Panic)?;
    if theirs.body_at != header.body_at || theirs.fields != header.fields.len() {
        return Err(ReadersFault::Header);
    }
    if !is_only(&theirs.from, from) {
        return Err(ReadersFault::From);
    }
    if is_too_costly(raw) {
        return Err(ReadersFault::TooDeep);
    }
    let copy = with_digit_for_zone(raw, header);
    catch_unwind(AssertUnwindSafe(|| {
        let agreed = compare_header(&copy, header, from)?;
        check_structure(&copy, header)?;
        Ok(agreed)
    }))
    .unwrap_or(Err(ReadersFault::Panic))
}

/// Compares the fields, the end of the header and From with mail-parser; gives back the addresses in To and Cc.
fn compare_header(raw: &[u8], header: &Header, from: &Address) -> Result<Agreed, ReadersFault> {
    let message = MessageParser::default().parse_headers(raw).ok_or(ReadersFault::Header)?;
    let root = message.parts.first().ok_or(ReadersFault::Header)?;
    let same_fields = root.headers.len() == header.fields.len()
        && root.headers.iter().zip(&header.fields).all(|(theirs, ours)| {
            theirs.offset_field as usize == ours.name_at.start
                && theirs.offset_start as usize == ours.value_at.start
                && theirs.offset_end as usize == ours.value_at.end
        });
    if !same_fields {
        return Err(ReadersFault::Header);
    }
    let seen = message.from().into_iter().flat_map(mail_parser::Address::iter);
    let seen: Vec<String> = seen.map(|one| one.address().unwrap_or_default().to_owned()).collect();
    if !is_only(&seen, from) {
        return Err(ReadersFault::From);
    }
    let read = |list: Option<&mail_parser::Address<'_>>| {
        let all = list.into_iter().flat_map(mail_parser::Address::iter);
        all.filter_map(|one| one.address()?.parse().ok()).collect()
    };
    Ok(Agreed { to: read(message.to()), cc: read(message.cc()) })
}

/// Whether a parser saw our address and no other. Of an address whose local part has the form of an encoded word the
/// parsers decode that part and keep the domain, though it is to be taken as written (RFC 2047 §5).
fn is_only(theirs: &[String], from: &Address) -> bool {
    let [one] = theirs else { return false };
    let decoded_local = from.local().starts_with("=?") && one.strip_prefix('@') == Some(from.domain());
    decoded_local || one.parse::<Address>().is_ok_and(|address| address == *from)
}

/// Where the body begins once more, and the header of every part that mail-parser sees.
fn check_structure(raw: &[u8], header: &Header) -> Result<(), ReadersFault> {
    let structure =
        MessageParser::new().with_mime_headers().ignore_header(HeaderName::ContentTransferEncoding);
    let message: Message<'_> = structure.parse(raw).ok_or(ReadersFault::Header)?;
    let root = message.parts.first().ok_or(ReadersFault::Header)?;
    if root.offset_body as usize != header.body_at {
        return Err(ReadersFault::Header);
    }
    for part in message.parts.iter().skip(1) {
        let range = part.offset_header as usize..part.offset_body as usize;
        let octets = raw.get(range).unwrap_or_default();
        let split = parts::split_header(octets).ok_or(ReadersFault::PartHeader)?;
        if split.body_at != octets.len() {
            return Err(ReadersFault::PartHeader);
        }
    }
    if parts::are_plain(raw, header) { Ok(()) } else { Err(ReadersFault::PartHeader) }
}

/// A copy in which a Date does not end in a zone of one letter; the mail itself where none does.
fn with_digit_for_zone<'a>(raw: &'a [u8], header: &Header) -> Cow<'a, [u8]> {
    let dates = header.fields.iter().filter(|field| ["date", "resent-date"].contains(&field.name.as_str()));
    let mut copy = Cow::Borrowed(raw);
    for field in dates {
        for at in field.value_at.clone() {
            let before_line_end = raw.get(at + 1) == Some(&b'\r');
            let is_letter = |place: usize| raw.get(place).is_some_and(u8::is_ascii_alphabetic);
            if before_line_end
                && is_letter(at)
                && !is_letter(at.saturating_sub(1))
                && let Some(letter) = copy.to_mut().get_mut(at)
            {
                *letter = b'0';
            }
        }
    }
    copy
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::ReadersFault;
    use super::compare;
    use super::with_digit_for_zone;
    use crate::proof::from;
    use crate::proof::lexer::Header;

    /// Pieces of headers that have split parsers.
    const PIECES: [&str; 40] = [
        "From: a@b.example\r\n",
        "From: X <a@b.example>\r\n",
        "From: \"",
        "From: =?utf-8?q?",
        "To: c@d.example\r\n",
        "Subject: ",
        "Date: Fri, 20 Nov 2026 18:05:31 ",
        "Date: 1 Z\r\n",
        "Resent-Date: - a\r\n",
        "Received: from x (y); ",
        "Content-Type: multipart/mixed; boundary=\"",
        "Content-Disposition: attachment; filename*0*=",
        "References: <",
        "Message-ID: <a@b>\r\n",
        "List-Id: (",
        "DKIM-Signature: v=1; b=\r\n",
        "Keywords: a,\r\n",
        "X:\r\n",
        "x y",
        "\r\n",
        "\r\n",
        "\r\n ",
        "\r\n\t",
        "\r\n \r\n",
        " ",
        "\t",
        "Z",
        "EST",
        "+0000",
        "\"",
        "(",
        ")",
        "\\",
        "<",
        ">",
        "?=",
        "=?utf-8?b?YQ==?=",
        ":",
        ";",
        "\u{e9}",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_the_lexer_splits_all_readers_split_alike(places in vec(0..PIECES.len(), 0..14), at in 0..14_usize) {
            let mut pieces: Vec<&str> = places.iter().map(|place| PIECES[*place]).collect();
            pieces.insert(at.min(pieces.len()), "From: n <a@b.example>\r\n");
            let raw = pieces.concat() + "\r\n\r\nFrom: e@f.example\r\n\r\nhello\r\n";
            let read = Header::read(raw.as_bytes()).ok();
            let from = read.as_ref().and_then(|header| {
                from::read(&header.find("from")?.unfolded(raw.as_bytes())).ok()
            });
            if let (Some(header), Some(from)) = (read, from) {
                // A boundary with a tab in it is refused as such, and not because the readers differ.
                let compared = compare(raw.as_bytes(), &header, &from);
                prop_assert!(matches!(compared, Ok(_) | Err(ReadersFault::PartHeader)), "{raw:?}: {compared:?}");
            }
        }
    }

    #[test]
    fn a_zone_of_one_letter_becomes_a_digit_and_nothing_else_changes() {
        let raw = b"From: a@b.example\r\nDate: 20 Nov 2026 18:05 Z\r\nResent-Date: 1 A\r\nX: Z\r\n\r\nZ\r\n";
        let header = Header::read(raw).unwrap();
        let copy = String::from_utf8(with_digit_for_zone(raw, &header).to_vec()).unwrap();
        assert_eq!(
            copy,
            "From: a@b.example\r\nDate: 20 Nov 2026 18:05 0\r\nResent-Date: 1 0\r\nX: Z\r\n\r\nZ\r\n"
        );
    }
}
