//! Companions: whether a writer who speaks of himself means others by those whom he adds.

use crate::reading::sentences;
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// `Subscribe the same two persons as there. I do not repeat the details.`: whoever is to be added is called a contact, and what
/// the writer says of himself is in other sentences, which name no part of his.
pub(super) fn adds_others(own: &Speech) -> bool {
    const PARTS: [Sense; 6] =
        [Sense::Add, Sense::ContactWord, Sense::First, Sense::Second, Sense::Third, Sense::InsteadOf];
    let (mut others, mut himself) = (false, false);
    for bound in sentences::of(own) {
        let inside = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
        himself |= inside(Sense::Me) && PARTS.into_iter().any(inside);
        others |= inside(Sense::Add) && inside(Sense::ContactWord) && !inside(Sense::Me);
    }
    others && !himself
}

/// Whether a word for adding has one for others right beside it: `enter our people`, `unsere Leute eintragen`.
pub(super) fn adds_people(own: &Speech) -> bool {
    const NEAR_CHARS: usize = 16;
    const CLAUSE_CHARS: usize = 40;
    let small = own.mask(|hit| matches!(hit.sense, Sense::Stop | Sense::Others));
    let joined = |from: usize, to: usize| {
        from <= to
            && to - from <= NEAR_CHARS
            && (from..to).all(|place| {
                small.get(place).copied().unwrap_or_default() || own.chars.get(place) == Some(&' ')
            })
    };
    // `Meine Kollegin für .de eintragen`: where the verb ends the sentence, more stands between.
    let ends =
        |add: &Hit| add.language.puts_verbs_last() || matches!(add.language.code(), Some("de" | "nl" | "af"));
    let in_clause = |from: usize, to: usize| {
        let gap = own.chars.get(from..to).unwrap_or_default();
        from <= to && gap.len() <= CLAUSE_CHARS && !gap.iter().any(|c| matches!(c, ',' | ';' | '@' | '\n'))
    };
    own.with(Sense::Others).any(|others| {
        let beside = |add: &Hit| {
            joined(add.span.end, others.span.start)
                || joined(others.span.end, add.span.start)
                || (ends(add) && in_clause(others.span.end, add.span.start))
        };
        own.with(Sense::Add).any(beside)
    })
}
