//! The token of a confirmation: a nonce of 130 bits that only its receiver knows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::digest::Digest;

/// Digits of a token that we make: 26 of 5 bits each are 130 bits (at least 128 are asked for).
pub const TOKEN_DIGITS: usize = 26;
/// Digits that a token has at the least and at the most to be looked up at all.
const TOKEN_DIGITS_READ: std::ops::RangeInclusive<usize> = 20..=32;
/// Octets of chance that a token is made of.
pub const TOKEN_CHANCE_OCTETS: usize = 17;
/// Crockford's base 32: no I, L, O or U.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// What stands in the place of a token that is hidden.
const HIDDEN: &str = "C-…";

/// A token as it stands in a mail: `C-` and 26 digits of Crockford's base 32, upper case in texts.
///
/// It never reaches a log: its `Debug` hides it.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Token(String);

/// A text that is not a token.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("a token is `C-` and {TOKEN_DIGITS} digits")]
pub struct TokenError;

impl Token {
    /// A token made of fresh chance from the operating system.
    pub fn new(chance: [u8; TOKEN_CHANCE_OCTETS]) -> Self {
        let mut bits = chance.iter().flat_map(|octet| (0..8).rev().map(move |place| octet >> place & 1));
        let mut digit =
            || (0..5).fold(0_usize, |value, _| value << 1 | usize::from(bits.next().unwrap_or_default()));
        let digits = (0..TOKEN_DIGITS).filter_map(|_| DIGITS.get(digit()).copied()).map(char::from);
        Self(digits.collect())
    }

    /// The key under which it is looked up: its digest, since the token itself is not kept.
    pub fn key(&self) -> Digest {
        Digest::of_parts(&["token", &self.0])
    }

    /// What is kept of it: the digest over the token and all that it is good for.
    pub fn bound_to(&self, recipient: &str, request: &Digest, step: &str) -> Digest {
        Digest::of_parts(&["bound token", &self.0, recipient, &request.to_string(), step])
    }

    /// For the subject and the text: `C-7K2M…`.
    pub fn text(&self) -> String {
        format!("C-{}", self.0)
    }

    /// For a subaddress or a Message-ID: `c-7k2m…`.
    pub fn lower(&self) -> String {
        self.text().to_ascii_lowercase()
    }

    /// A text of ours without this token: what is kept of a mail once it has left.
    pub fn hidden_in(&self, text: &str) -> String {
        text.replace(&self.text(), HIDDEN)
    }
}

/// A text of somebody else with the digits of every token in it blotted out: what may be kept and shown.
pub fn hide(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find(['c', 'C']) {
        let (before, from) = rest.split_at(place);
        shown.push_str(before);
        let digits = from.get(1..).and_then(|tail| tail.strip_prefix('-')).map_or(0, count_digits);
        let (head, tail) = from.split_at(if digits < *TOKEN_DIGITS_READ.start() { 1 } else { 2 + digits });
        shown.push_str(if digits < *TOKEN_DIGITS_READ.start() { head } else { HIDDEN });
        rest = tail;
    }
    shown.push_str(rest);
    shown
}

fn count_digits(text: &str) -> usize {
    text.bytes().take_while(|digit| DIGITS.contains(&digit.to_ascii_uppercase())).count()
}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let upper = text.to_ascii_uppercase();
        let digits = upper.strip_prefix("C-").ok_or(TokenError)?;
        let known = digits.bytes().all(|digit| DIGITS.contains(&digit));
        if known && TOKEN_DIGITS_READ.contains(&digits.len()) {
            Ok(Self(digits.to_owned()))
        } else {
            Err(TokenError)
        }
    }
}

impl TryFrom<String> for Token {
    type Error = TokenError;

    fn try_from(text: String) -> Result<Self, TokenError> {
        text.parse()
    }
}

impl From<Token> for String {
    fn from(token: Token) -> Self {
        token.text()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::{TOKEN_CHANCE_OCTETS, Token};

    #[test]
    fn a_token_is_read_in_either_case() {
        let token = Token::new([0xa5; TOKEN_CHANCE_OCTETS]);
        assert_eq!(token.text(), "C-MPJTB9D5MPJTB9D5MPJTB9D5MP");
        assert_eq!(token.text().parse(), Ok(token.clone()));
        assert_eq!(token.lower().parse(), Ok(token));
    }

    #[test]
    fn every_bit_of_chance_counts() {
        let mut seen = std::collections::BTreeSet::new();
        for bit in 0..130 {
            let mut chance = [0; TOKEN_CHANCE_OCTETS];
            chance[bit / 8] = 0x80 >> (bit % 8);
            seen.insert(Token::new(chance).text());
        }
        assert_eq!(seen.len(), 130);
    }

    #[test]
    fn other_texts_are_no_tokens() {
        for text in ["", "C-", "C-123", "C-IIIIIIIIIIIIIIIIIIIIIIIIII", "7K2M9QXW4TBNPR5D8FHJC6VA3E"] {
            assert!(text.parse::<Token>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_text_is_kept_without_its_tokens() {
        let text =
            "Re: CC-c-it [C-MPJTB9D5MPJTB9D5MPJTB9D5MP] <r-1.2.c-mpjtb9d5mpjtb9d5mpjtb9d5mp@x.example> é";
        assert_eq!(super::hide(text), "Re: CC-c-it [C-…] <r-1.2.C-…@x.example> é");
    }

    #[test]
    fn a_log_never_shows_it() {
        assert_eq!(format!("{:?}", Token::new([1; TOKEN_CHANCE_OCTETS])), "Token(..)");
    }
}
