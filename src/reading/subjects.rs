//! Subjects: what stands in one beside the matter, put there by mail programs, by machines and by ourselves.

use crate::domain::request::Action;

/// What every Subject of ours begins with.
pub(super) const OUR_TAG: &str = "[TLD-OPS]";

/// A Subject without `Re:`, `AW:`, `回复：` and their kin, which say nothing of the matter.
pub(super) fn bare_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some((before, after)) = rest.split_once([':', '：']) {
        let short = before.chars().count() <= 5 && before.chars().all(char::is_alphanumeric);
        if !short {
            break;
        }
        rest = after.trim();
    }
    rest.to_owned()
}

/// What was put before and behind a Subject of ours: `Automatic reply: `, a ticket's number. Ours ends with a bracket.
pub(super) fn around_ours(subject: &str) -> String {
    let Some((before, ours)) = subject.split_once(OUR_TAG) else { return String::new() };
    let after = ours.rsplit_once(']').map_or("", |(_, after)| after);
    format!("{before}\n{after}")
}

/// Whether a Subject answers a mail of ours, or of the list: it has our tag, or our name behind `Re:`.
pub(super) fn is_reply_to_us(subject: &str) -> bool {
    let bare = bare_subject(subject);
    subject.contains(OUR_TAG) || (bare != subject.trim() && bare.to_uppercase().starts_with("TLD-OPS"))
}

/// What our question, quoted in the Subject, asked to confirm.
pub(super) fn asked_action(subject: &str) -> Option<Action> {
    let has =
        |action: Action| subject.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word == action.word());
    [Action::Subscribe, Action::Update, Action::Remove].into_iter().find(|action| has(*action))
}

/// Whether the Subject says that a mail is forwarded, in the mail programs' words of many languages.
pub(super) fn is_forward(subject: &str) -> bool {
    const PREFIXES: [&str; 24] = [
        "fw",
        "fwd",
        "wg",
        "tr",
        "rv",
        "enc",
        "doorst",
        "vl",
        "vb",
        "vs",
        "pd",
        "ilt",
        "i",
        "转发",
        "轉寄",
        "转寄",
        "転送",
        "전달",
        "הועבר",
        "إعادة توجيه",
        "πρθ",
        "továbbítás",
        "redir",
        "trs",
    ];
    subject
        .split([':', '：'])
        .take(3)
        .map(|prefix| prefix.trim().to_lowercase())
        .any(|prefix| PREFIXES.contains(&prefix.as_str()))
}
