//! Accounts: whether each word that somebody leaves, or that one follows another, was understood of somebody.
//!
//! A mail may say more ways than there are phrases for that somebody goes, or comes in his place. Where such a word stands in
//! it and nobody was found whom it is said of, what was understood is not all that was asked.

use std::ops::Range;

use crate::domain::unclear::{About, Unclear};
use crate::reading::cues;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::himself::Speaker;
use crate::reading::letter::Letter;
use crate::reading::ranks;
use crate::reading::sentences;
use crate::reading::speech::{Speech, is_negated};
use crate::reading::standings;
use crate::reading::statement::Statement;
use crate::reading::values::is_about_a_value;
use crate::reading::words::{Hit, Sense};

/// What was said, and of nobody who was found.
pub(super) fn doubts(role: Role, statement: &Statement, own: &Speech, letter: &Letter) -> Vec<Unclear> {
    let mut doubts = Vec::new();
    if role != Role::Remove
        && let Some(word) = removal_of_nobody(statement, own)
    {
        doubts.push(Unclear::with(About::WhoGoes, [word]));
    }
    if let Some(word) = unknown_follower(statement, own) {
        doubts.push(Unclear::with(About::ByWhom, [word]));
    }
    let numbered = new_numbers_of_leavers(statement, own);
    if !numbered.is_empty() {
        doubts.push(Unclear::with(About::LeavesWithDetails, numbered));
    }
    if let Some(number) = writers_number(statement, own, letter) {
        doubts.push(Unclear::with(About::WhoseDetails, [number]));
    }
    if has_places_of_nobody(statement, own) {
        doubts.push(Unclear::of(About::WhosePlace));
    }
    doubts
}

/// A word that somebody goes, in a mail in which all who were found come.
fn removal_of_nobody(statement: &Statement, own: &Speech) -> Option<String> {
    let comes = |entry: &Entry| {
        let plain = entry.drops.is_empty()
            && entry.former_email.is_none()
            && !entry.value_changes
            && entry.phones.iter().all(|phone| !phone.former);
        plain && matches!(entry.role, Role::Unsaid | Role::Add | Role::New)
    };
    if statement.entries.is_empty() || !statement.entries.iter().all(comes) {
        return None;
    }
    said(own, &[Sense::Remove, Sense::Left]).map(|hit| own.text(hit.span))
}

/// A word for who comes in another's place, in a mail in which all who were found go.
fn unknown_follower(statement: &Statement, own: &Speech) -> Option<String> {
    let goes = |entry: &Entry| matches!(entry.role, Role::Remove | Role::Old);
    if statement.entries.is_empty() || !statement.entries.iter().all(goes) {
        return None;
    }
    let follows = [Sense::Replaces, Sense::ReplacedBy, Sense::InsteadOf, Sense::InsteadAfter];
    said(own, &follows).map(|hit| own.text(hit.span))
}

/// The first word of these senses that a sentence says of persons.
fn said(own: &Speech, senses: &[Sense]) -> Option<Hit> {
    sentences::of(own).into_iter().find_map(|bound| {
        let counts = |hit: &&&Hit| {
            let polite = |other: &Hit| {
                matches!(other.sense, Sense::Greeting | Sense::Closing | Sense::Thanks)
                    && (other.covers(hit) || other.span.end == hit.span.start + 1)
            };
            senses.contains(&hit.sense)
                && !is_negated(own, hit)
                && !is_about_a_value(own, hit)
                && !own.hits.iter().any(polite)
        };
        cues::of(own, &bound).iter().find(counts).map(|hit| (*hit).clone())
    })
}

/// `The line of A was cut off, from now on +31 … is hers`: whoever goes has no number from now on.
fn new_numbers_of_leavers(statement: &Statement, own: &Speech) -> Vec<String> {
    const NEAR_CHARS: usize = 40;
    let numbers = facts::numbers(&own.chars);
    let bounds = sentences::of(own);
    let begins = |span: &Range<usize>| {
        let bound = bounds.iter().find(|bound| bound.contains(&span.start));
        bound.is_some_and(|bound| {
            own.hits.iter().any(|hit| {
                matches!(hit.sense, Sense::Now | Sense::New)
                    && bound.contains(&hit.span.start)
                    && hit.span.end <= span.start
                    && span.start - hit.span.end <= NEAR_CHARS
            })
        })
    };
    let goes = |entry: &&Entry| matches!(entry.role, Role::Remove | Role::Old);
    let his = |entry: &&Entry| {
        entry.phones.iter().filter(|phone| !phone.former).any(|phone| {
            numbers.iter().any(|found| {
                facts::digits(&found.what) == facts::digits(&phone.written) && begins(&found.span)
            })
        })
    };
    statement.entries.iter().filter(goes).filter(his).map(Entry::called).collect()
}

/// `Bob becomes the first; my mobile is +31 … now`: the writer's number, which somebody else was given.
fn writers_number(statement: &Statement, own: &Speech, letter: &Letter) -> Option<String> {
    let number = standings::number_of_the_writer(own)?;
    let words = |name: &str| -> Vec<String> { name.split_whitespace().map(str::to_lowercase).collect() };
    let writer = words(letter.from_name()?);
    let anothers = |entry: &Entry| {
        let named =
            entry.name.as_deref().is_some_and(|name| words(name).iter().all(|word| !writer.contains(word)));
        let has = entry.phones.iter().any(|phone| facts::digits(&phone.written) == facts::digits(&number));
        has && named && entry.emails.first().is_none_or(|email| Some(email) != letter.from())
    };
    let known = matches!(statement.speaker, Speaker::Writer) && statement.entries.iter().any(anothers);
    known.then_some(number)
}

/// `ann is the primary, bob is backup`: a sentence that names two places, and nobody has one.
fn has_places_of_nobody(statement: &Statement, own: &Speech) -> bool {
    let entries = &statement.entries;
    let several = entries.len() > 1 && entries.iter().all(|entry| entry.rank.is_none());
    several
        && sentences::of(own).into_iter().any(|bound| {
            let mut ranks: Vec<_> = ranks::places(own, &bound).into_iter().map(|(_, rank)| rank).collect();
            ranks.sort();
            ranks.dedup();
            ranks.len() > 1
        })
}
