//! Our tokens, where only a mail program puts them: in recipients, Subject, In-Reply-To and References. Never in the body.

use crate::domain::token::Token;
use crate::reading::letter::Letter;

/// The tokens that a mail carries, each once, the recipients' first.
pub(super) fn of(letter: &Letter) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let subaddresses = letter.recipients().iter().filter_map(|address| address.subaddress());
    let ids = letter.in_reply_to().into_iter().chain(letter.references().iter().map(String::as_str));
    let texts = subaddresses.chain(std::iter::once(letter.subject())).chain(ids);
    for token in texts.flat_map(in_text) {
        if !tokens.contains(&token) {
            tokens.push(token);
        }
    }
    tokens
}

/// Tokens stand between signs that no token has in it.
fn in_text(text: &str) -> Vec<Token> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words.filter_map(|word| word.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::in_text;

    #[test]
    fn a_token_is_found_between_other_signs() {
        assert_eq!(in_text("Re: confirm [C-7K2M9QXW4TBNPR5D8FHJC6VA3E]").len(), 1);
        assert_eq!(in_text("k-12.3.c-7k2m9qxw4tbnpr5d8fhjc6va3e@host.example").len(), 1);
        assert_eq!(in_text("C-7K2M").len(), 0);
    }
}
