//! Rulings: the secretariat's answer to an escalation, `approve`, `reject: …`, `ask: …`, `take`, `later` or `refer` on top.

use crate::domain::event::RulingVerdict;
use crate::domain::token::Token;
use crate::reading::Context;
use crate::reading::letter::Letter;

/// Characters of a ruling's own words: beyond them it is no reason but a letter.
const NOTE_CHARS_MAX: usize = 2_000;

/// Whether this mail is a ruling: from the secretariat, with a token or about an escalation, a ruling word first.
pub(super) fn is_ruling(letter: &Letter, tokens: &[Token], context: &Context<'_>) -> bool {
    let from = letter.from().is_some_and(|from| context.secretariat.contains(from));
    let escalation = letter.subject().to_ascii_lowercase().contains("[tld-ops]");
    from && (!tokens.is_empty() || escalation) && ruling_of(letter.own_text()).is_some()
}

/// What a text rules, and the words that go with it: the rest of the first line and the lines right below it, or else the
/// first paragraph. A signature further down is none of them. None where no ruling word stands alone before them.
pub fn ruling_of(text: &str) -> Option<(RulingVerdict, String)> {
    let (word, rest, below) = opening(text)?;
    let verdict: RulingVerdict = word.to_ascii_lowercase().parse().ok()?;
    // What follows a bare word that needs no reason is a name or a greeting.
    let bare = rest.is_empty() && !verdict.has_words();
    Some((verdict, if bare { String::new() } else { words(rest, below) }))
}

/// What somebody says that he did, behind the word that settles a matter; none where another word stands first.
pub fn settlement_of(text: &str) -> Option<String> {
    let (word, rest, below) = opening(text)?;
    word.eq_ignore_ascii_case(SETTLED).then(|| words(rest, below))
}

/// The word that settles a matter of the roll call.
const SETTLED: &str = "settled";

/// The first word, what stands behind it on its line, and what stands below. None where it is the first of a sentence, as in
/// `ask him whether …`.
fn opening(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start();
    let (first, below) = text.split_once('\n').unwrap_or((text, ""));
    let first = first.trim();
    let word = first.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let after = first.get(word.len()..).unwrap_or_default().trim();
    let rest = after.trim_start_matches([':', '.', ',', '!', '-', '\u{2013}', '\u{2014}']).trim();
    (rest != after || after.is_empty()).then_some((word, rest, below))
}

/// The words that go with it.
fn words(rest: &str, below: &str) -> String {
    let paragraph = if rest.is_empty() { below.trim_start() } else { below };
    let lines = paragraph.lines().map(str::trim).take_while(|line| !line.is_empty());
    let words: Vec<&str> = [rest].into_iter().chain(lines).filter(|line| !line.is_empty()).collect();
    words.join(" ").chars().take(NOTE_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::{ruling_of, settlement_of};
    use crate::domain::event::RulingVerdict::{Approve, Ask, Later, Reject, Take};

    #[test]
    fn the_word_and_what_goes_with_it_are_read() {
        let check = |text: &str, verdict, note: &str| {
            assert_eq!(ruling_of(text), Some((verdict, note.to_owned())), "{text}");
        };
        check("approve", Approve, "");
        check("\n  Approve.\n\nKim\n", Approve, "");
        check("APPROVE: called the registry\n\nKim", Approve, "called the registry");
        check("take\nKim", Take, "");
        check("later!", Later, "");
        check(
            "reject: a role address\ncannot be a contact.\n\nKim",
            Reject,
            "a role address cannot be a contact.",
        );
        check("ask:\n\nIs Ann the first\nor the second?\n\nKim", Ask, "Is Ann the first or the second?");
        check("reject \u{2013} wrong person", Reject, "wrong person");
    }

    #[test]
    fn what_came_of_a_matter_stands_behind_its_word() {
        let said = |text: &str| settlement_of(text);
        assert_eq!(
            said("Settled: called her,\nshe stays.\n\nKim"),
            Some("called her, she stays.".to_owned())
        );
        assert_eq!(said("SETTLED\n\nhe left\n\nKim"), Some("he left".to_owned()));
        assert_eq!(said("settled"), Some(String::new()));
        for text in ["settled it with her", "It is settled", "approve", ""] {
            assert_eq!(said(text), None, "{text}");
        }
    }

    #[test]
    fn a_sentence_is_no_ruling() {
        for text in [
            "",
            "approved",
            "ask him whether he is sure",
            "approve but change the number",
            "Please approve",
            "I take it",
        ] {
            assert_eq!(ruling_of(text), None, "{text}");
        }
    }
}
