//! Reads the one From address of a mail, and refuses every form that somebody might read differently.
//!
//! Only `address`, `words <address>`, and either with plain comments are read. No list, group, route, quoted local
//! part, encoded word as an address, comment within an address, or character that hides or turns text (RFC 5322
//! §3.4 allows far more; nobody's mail program writes it).

use thiserror::Error;

use crate::domain::address::Address;
use crate::domain::tld::is_direction_mark;

/// Why the From field does not name one plain mailbox.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum FromError {
    #[error("the From field has characters that are not seen or that turn the text")]
    HiddenCharacter,
    #[error("the From field is not one plain address, with or without a name before it")]
    NotPlain,
    #[error("the From field has no address that mail can be sent to")]
    NoAddress,
    #[error("the From address has letters outside ASCII before the at sign, which no registered contact has")]
    LocalPartNotAscii,
    #[error("the domain of the From address is written with look-alike or special letters")]
    DomainMapped,
}

/// The address in an unfolded From value.
///
/// An address like `=?utf-8?q?a?=@b.example` is taken as it is written: within an address an encoded word is not
/// decoded (RFC 2047 §5), so it equals no registered address.
pub(crate) fn read(value: &[u8]) -> Result<Address, FromError> {
    let (phrase, address) = split(value)?;
    // Persian and Hindi names have joiners in them; an address has none.
    let joins = |c: char| matches!(c, '\u{200c}' | '\u{200d}');
    let hides = |text: &[u8], allowed: &dyn Fn(char) -> bool| {
        String::from_utf8_lossy(text).chars().any(|c| is_hidden(c) && !allowed(c))
    };
    if hides(phrase, &joins) || hides(address, &|_| false) {
        return Err(FromError::HiddenCharacter);
    }
    if !phrase.is_empty() && !is_phrase(phrase) {
        return Err(FromError::NotPlain);
    }
    read_address(address)
}

/// The words before the address, without comments checked, and the address itself.
fn split(value: &[u8]) -> Result<(&[u8], &[u8]), FromError> {
    let value = strip_comment_after(value.trim_ascii())?;
    let Some(inner) = value.strip_suffix(b">") else {
        return Ok((&[], value));
    };
    let open = inner.iter().rposition(|octet| *octet == b'<').ok_or(FromError::NotPlain)?;
    let (phrase, address) = inner.split_at_checked(open).ok_or(FromError::NotPlain)?;
    Ok((phrase.trim_ascii(), address.strip_prefix(b"<").unwrap_or(address).trim_ascii()))
}

/// Takes off one comment at the end, `address (Name)`, where it has nothing in it that looks like an address.
fn strip_comment_after(value: &[u8]) -> Result<&[u8], FromError> {
    let Some(inner) = value.strip_suffix(b")") else {
        return Ok(value);
    };
    let open = inner.iter().rposition(|octet| *octet == b'(').ok_or(FromError::NotPlain)?;
    let (before, comment) = inner.split_at_checked(open).ok_or(FromError::NotPlain)?;
    let plain = comment.iter().skip(1).all(|octet| is_comment_text(*octet));
    if plain { Ok(before.trim_ascii()) } else { Err(FromError::NotPlain) }
}

/// Words, quoted strings, encoded words and plain comments (RFC 5322 §3.2.5); raw 8-bit letters and square brackets
/// are let through, since old programs write them and no reader takes them for more than letters.
fn is_phrase(phrase: &[u8]) -> bool {
    let mut inside = Inside::Words;
    for octet in phrase {
        inside = match (inside, octet) {
            (Inside::Words, b'"') | (Inside::Escape, _) => Inside::Quotes,
            (Inside::Words, b'(') => Inside::Comment,
            (Inside::Words, octet) if is_word(*octet) => Inside::Words,
            (Inside::Quotes, b'"') | (Inside::Comment, b')') => Inside::Words,
            (Inside::Quotes, b'\\') => Inside::Escape,
            (Inside::Quotes, _) => Inside::Quotes,
            (Inside::Comment, octet) if is_comment_text(*octet) => Inside::Comment,
            (Inside::Words | Inside::Comment, _) => return false,
        };
    }
    inside == Inside::Words
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Inside {
    Words,
    Quotes,
    Escape,
    Comment,
}

fn is_word(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || octet >= 0x80 || b" \t.[]!#$%&'*+-/=?^_`{|}~".contains(&octet)
}

fn is_comment_text(octet: u8) -> bool {
    !b"()<>@\\\"".contains(&octet)
}

fn read_address(text: &[u8]) -> Result<Address, FromError> {
    let text = std::str::from_utf8(text).map_err(|_| FromError::NoAddress)?;
    if text.chars().any(|c| c.is_whitespace() || c == '%' || c == '"') || text.matches('@').count() != 1 {
        return Err(FromError::NotPlain);
    }
    let address: Address = text.parse().map_err(|_| FromError::NoAddress)?;
    if !address.local().is_ascii() {
        return Err(FromError::LocalPartNotAscii);
    }
    let written = text.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default();
    let (unicode, _) = idna::domain_to_unicode(address.domain());
    if written != address.domain() && written != unicode {
        return Err(FromError::DomainMapped);
    }
    Ok(address)
}

/// Controls, marks that turn the direction of writing, and characters without width.
fn is_hidden(c: char) -> bool {
    let no_width = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    let control = c.is_control() && c != '\t';
    control || no_width || is_direction_mark(c)
}
