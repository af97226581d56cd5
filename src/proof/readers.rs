//! Compares our reading of a mail with those of mail-parser and mail-auth, and keeps what only a MIME parser can see.
//!
//! The three must agree on the fields, the one From address and the place where the body begins. Where they do not,
//! the mail is built to be two mails, or one of the parsers is wrong; either way nobody is proven by it.
//!
//! mail-parser 0.11.9 reads a Date that ends in a zone of one letter past the end of its line, so that the next line,
//! or the empty line before the body, is lost. It is given a copy with that letter changed.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use mail_parser::Message;
use mail_parser::MessageParser;
use thiserror::Error;

use crate::domain::address::Address;
use crate::proof::crypto;
use crate::proof::lexer::Header;

/// What the comparison leaves for others to judge.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Agreed {
    /// The addresses in To and Cc.
    pub(crate) recipients: Vec<Address>,
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
    let copy = with_digit_for_zone(raw, header);
    catch_unwind(AssertUnwindSafe(|| {
        let message = MessageParser::default().parse(copy.as_ref()).ok_or(ReadersFault::Header)?;
        compare_parsed(&copy, header, from, &message)
    }))
    .unwrap_or(Err(ReadersFault::Panic))
}

fn compare_parsed(
    raw: &[u8],
    header: &Header,
    from: &Address,
    message: &Message<'_>,
) -> Result<Agreed, ReadersFault> {
    let root = message.parts.first().ok_or(ReadersFault::Header)?;
    let same_fields = root.headers.len() == header.fields.len()
        && root.headers.iter().zip(&header.fields).all(|(theirs, ours)| {
            theirs.offset_field as usize == ours.name_at.start
                && theirs.offset_start as usize == ours.value_at.start
                && theirs.offset_end as usize == ours.value_at.end
        });
    if !same_fields || root.offset_body as usize != header.body_at {
        return Err(ReadersFault::Header);
    }
    let theirs: Vec<String> = message
        .from()
        .into_iter()
        .flat_map(mail_parser::Address::iter)
        .map(|one| one.address().unwrap_or_default().to_owned())
        .collect();
    if !is_only(&theirs, from) {
        return Err(ReadersFault::From);
    }
    check_part_headers(raw, message)?;
    let lists = [message.to(), message.cc()].into_iter().flatten();
    let recipients =
        lists.flat_map(mail_parser::Address::iter).filter_map(|one| one.address()?.parse().ok()).collect();
    Ok(Agreed { recipients })
}

/// Whether a parser saw our address and no other. Of an address whose local part has the form of an encoded word the
/// parsers decode that part and keep the domain, though it is to be taken as written (RFC 2047 §5).
fn is_only(theirs: &[String], from: &Address) -> bool {
    let [one] = theirs else { return false };
    let decoded_local = from.local().starts_with("=?") && one.strip_prefix('@') == Some(from.domain());
    decoded_local || one.parse::<Address>().is_ok_and(|address| address == *from)
}

/// The rules of our lexer for the header of every part of the letter itself, without any line of white space alone: a
/// relaxed signature lets anyone turn the empty line after such a header into one, and then the text of the part
/// belongs to its header. Letters within the letter are not looked at; nothing is taken from them.
fn check_part_headers(raw: &[u8], message: &Message<'_>) -> Result<(), ReadersFault> {
    for part in message.parts.iter().skip(1) {
        let range = part.offset_header as usize..part.offset_body as usize;
        let octets = raw.get(range).unwrap_or_default();
        let split = Header::split(octets).map_err(|_| ReadersFault::PartHeader)?;
        if split.body_at != octets.len() || split.fields.iter().any(|field| field.ends_blank) {
            return Err(ReadersFault::PartHeader);
        }
    }
    Ok(())
}

/// A copy in which a Date does not end in a zone of one letter; the mail itself where none does.
fn with_digit_for_zone<'a>(raw: &'a [u8], header: &Header) -> Cow<'a, [u8]> {
    let dates = header.fields.iter().filter(|field| ["date", "resent-date"].contains(&field.name.as_str()));
    let mut copy = Cow::Borrowed(raw);
    for field in dates {
        for at in field.value_at.clone() {
            let before_line_end = raw.get(at + 1) == Some(&b'\r');
            let is_letter = |place: usize| raw.get(place).is_some_and(u8::is_ascii_alphabetic);
            if before_line_end && is_letter(at) && !is_letter(at.saturating_sub(1)) {
                if let Some(letter) = copy.to_mut().get_mut(at) {
                    *letter = b'0';
                }
            }
        }
    }
    copy
}
