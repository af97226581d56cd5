//! Sharing: one number that several persons answer.

use std::ops::Range;

use crate::reading::entry::{Entry, Number, Role};
use crate::reading::facts::{self, Found};
use crate::reading::sentences;
use crate::reading::speech::Speech;
use crate::reading::statement::Statement;
use crate::reading::words::Sense;

/// `Both answer +31 …`: gives the number of a sentence that speaks of several to each of them who has none.
pub(super) fn settle(statement: &mut Statement, own: &Speech) {
    let numbers = facts::numbers(&own.chars);
    let Some(shared) = only_shared(own, &numbers) else { return };
    let same = |phone: &Number| facts::digits(&phone.written) == facts::digits(&shared.what);
    let comes = |entry: &Entry| {
        (entry.name.is_some() || !entry.emails.is_empty())
            && !matches!(entry.role, Role::Remove | Role::Old | Role::Keep)
    };
    let waits = |entry: &Entry| comes(entry) && entry.phones.iter().all(same);
    let several = statement.entries.iter().filter(|entry| comes(entry)).count();
    if several < 2 || statement.entries.iter().filter(|entry| waits(entry)).count() != several {
        return;
    }
    // A line with nothing but the number may have become a person of its own.
    let bare = |entry: &Entry| entry.name.is_none() && entry.emails.is_empty() && entry.second.is_none();
    statement
        .entries
        .retain(|entry| !(bare(entry) && !entry.phones.is_empty() && entry.phones.iter().all(same)));
    statement.loose.phones.retain(|phone| !same(phone));
    for entry in statement.entries.iter_mut().filter(|entry| comes(entry)) {
        entry.take_phone(shared.what.clone());
    }
}

/// The only number, where its sentence or line speaks of several.
fn only_shared<'a>(own: &Speech, numbers: &'a [Found<String>]) -> Option<&'a Found<String>> {
    let [only] = numbers else { return None };
    let inside = |bound: &Range<usize>| bound.contains(&only.span.start);
    let bound = sentences::of(own).into_iter().find(inside)?;
    own.with(Sense::Shared).any(|hit| bound.contains(&hit.span.start)).then_some(only)
}
