//! Leavers: whether it is certain who goes, where a mail asks for a removal.

use crate::domain::unclear::{About, Unclear};
use crate::reading::doubts::OfPersons;
use crate::reading::entry::Role;
use crate::reading::speech::Speech;
use crate::reading::statement::Statement;
use crate::reading::words::{Hit, Sense};

/// What is uncertain about those who seem to go.
pub(super) fn doubts(role: Role, statement: &Statement, own: &Speech) -> Vec<Unclear> {
    let mut of = OfPersons { statement, doubts: Vec::new() };
    // `Take A off. B is our second contact`: the word is said of A, and nothing of B.
    let goes = statement.entries.iter().filter(|entry| entry.role == Role::Remove);
    let (gone, placed) = (goes.clone().count(), goes.filter(|entry| entry.rank.is_some()).count());
    of.any(About::WhoGoes, |entry| {
        let by_others = entry.role == Role::Unsaid && role == Role::Remove && gone > 0;
        // `Remove A, and B becomes the first one`: who has a place stays, unless each of them has one.
        let by_place = entry.role == Role::Remove && entry.rank.is_some() && placed < gone;
        by_others || by_place
    });
    // `We do not want B to be removed`: the negation is of the removal.
    if removal_is_denied(own) {
        of.any(About::WhoGoes, |entry| {
            entry.role == Role::Remove || (entry.role == Role::Unsaid && role == Role::Remove)
        });
    }
    of.doubts
}

/// Whether a negation stands before a word for a removal within its clause. `No longer with us` is none.
fn removal_is_denied(own: &Speech) -> bool {
    let harmless = [Sense::Left, Sense::Old, Sense::Keep, Sense::Unchanged, Sense::Remove, Sense::Neither];
    let counts =
        |not: &&Hit| !own.hits.iter().any(|other| harmless.contains(&other.sense) && other.covers(not));
    let reaches = |not: &Hit, cue: &Hit| {
        let gap = own.chars.get(not.span.end..cue.span.start).unwrap_or_default();
        let parts = |place: usize, c: char| {
            let next = gap.get(place + 1).is_none_or(|next| next.is_whitespace());
            matches!(c, ';' | '!' | '?' | '\n' | '،' | '，' | '。' | '、')
                || (next && matches!(c, ',' | '.' | ':'))
        };
        not.span.end <= cue.span.start && !gap.iter().enumerate().any(|(place, c)| parts(place, *c))
    };
    own.with(Sense::Not).filter(counts).any(|not| own.with(Sense::Remove).any(|cue| reaches(not, cue)))
}
