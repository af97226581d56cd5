//! Rulings: the secretariat's answer to an escalation, `approve`, `reject: …`, `ask: …`, `take` or `later` on top.

use crate::domain::token::Token;
use crate::reading::Context;
use crate::reading::letter::Letter;

/// The words that rule.
const RULINGS: [&str; 5] = ["approve", "reject", "ask", "take", "later"];

/// Whether this mail is a ruling: from the secretariat, with a token or about an escalation, a ruling word first.
pub(super) fn is_ruling(letter: &Letter, tokens: &[Token], context: &Context<'_>) -> bool {
    let from = letter.from().is_some_and(|from| context.secretariat.contains(from));
    let escalation = letter.subject().to_ascii_lowercase().contains("[tld-ops]");
    let first = letter.own_text().lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let word =
        first.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default().to_ascii_lowercase();
    let after = first.get(word.len()..).unwrap_or_default();
    let ends = after.trim().is_empty() || after.trim_start().starts_with([':', '.', ',', '!', '-']);
    from && (!tokens.is_empty() || escalation) && ends && RULINGS.contains(&word.as_str())
}
