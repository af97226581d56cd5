//! Renames: sentences that say that somebody has another name now.

use std::ops::Range;

use crate::reading::entry::Role;
use crate::reading::mentions::Mention;
use crate::reading::speech::Speech;
use crate::reading::words::Sense;

/// `Ann Bee has married and is called Ann Lee now`: two names of one sentence that share a word, and a word that says that a
/// name changes. Both are the same person, of whom something changes.
pub(super) fn mark(speech: &Speech, bound: &Range<usize>, inside: &[usize], mentions: &mut [Mention]) {
    let [first, second] = inside else { return };
    let told = speech.with(Sense::Renamed).any(|hit| bound.contains(&hit.span.start));
    let words = |place: &usize| -> Vec<String> {
        let name = mentions.get(*place).and_then(|mention| mention.entry.name.as_deref()).unwrap_or_default();
        name.split_whitespace().map(str::to_lowercase).collect()
    };
    let (was, is) = (words(first), words(second));
    let shared = was.iter().any(|word| word.chars().count() > 1 && is.contains(word));
    let plain = |place: &usize| {
        mentions
            .get(*place)
            .is_some_and(|mention| mention.entry.phones.is_empty() && mention.entry.role == Role::Unsaid)
    };
    if !(told && shared && was != is && plain(first) && plain(second)) {
        return;
    }
    for place in [first, second] {
        if let Some(mention) = mentions.get_mut(*place) {
            mention.entry.role = Role::Change;
            mention.entry.value_changes = true;
            mention.weak = false;
        }
    }
}
