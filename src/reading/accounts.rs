//! Accounts: whether each word that somebody leaves, or that one follows another, was understood of somebody.
//!
//! A mail may say more ways than there are phrases for that somebody goes, or comes in his place. Where such a word stands in
//! it and nobody was found whom it is said of, what was understood is not all that was asked.

use std::ops::Range;

use crate::domain::unclear::{About, Unclear};
use crate::reading::cues;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts::{self, Found};
use crate::reading::folding::is_word;
use crate::reading::letter::Letter;
use crate::reading::names::{self, Name};
use crate::reading::ranks;
use crate::reading::sameness::{is_cased_form, words_of};
use crate::reading::sentences;
use crate::reading::speakers::Speaker;
use crate::reading::speech::{Speech, is_negated};
use crate::reading::standings;
use crate::reading::statement::Statement;
use crate::reading::successions::Told;
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
    let mut joined = joined_to_somebody(statement, own, letter);
    joined.extend(writer_beside_somebody(statement, own, letter));
    if !joined.is_empty() {
        doubts.push(Unclear::with(About::WhoGoes, joined));
    }
    let behind = behind_other_names(statement, own);
    if !behind.is_empty() {
        doubts.push(Unclear::with(About::Misfits, behind));
    }
    if let Some(word) = unknown_follower(statement, own) {
        doubts.push(Unclear::with(About::ByWhom, [word]));
    }
    let numbered = new_numbers_of_leavers(statement, own);
    if !numbered.is_empty() {
        doubts.push(Unclear::with(About::LeavesWithDetails, numbered));
    }
    let apart = listed_apart(role, statement, own);
    if !apart.is_empty() {
        doubts.push(Unclear::with(About::LeavesWithDetails, apart));
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
    said(own, &[Sense::Remove, Sense::Left, Sense::Replace, Sense::Replaces, Sense::ReplacedBy])
        .map(|hit| own.text(hit.span))
}

/// `Remove A and B`, where B is no name that was found: a word with a capital that `and` joins to a person of whom something is
/// said, and that is in nobody's name.
fn joined_to_somebody(statement: &Statement, own: &Speech, letter: &Letter) -> Vec<String> {
    const ACRONYM_CHARS_MAX: usize = 6;
    let told = Told::of(statement, letter);
    let known = |word: &str| told.knows(word);
    let word_at = |place: usize| -> String {
        own.chars.get(place..).unwrap_or_default().iter().take_while(|c| is_word(**c)).collect()
    };
    let plain = |place: usize| {
        let here = own.hits.iter().filter(|hit| hit.span.contains(&place) || hit.span.start == place);
        here.into_iter().all(|hit| {
            matches!(hit.sense, Sense::Vocabulary | Sense::Stop | Sense::Titles | Sense::YesWeak | Sense::Yes)
                && hit.span.len() > 1
        })
    };
    let stranger = |joint: &Hit| {
        let before = own.chars.get(..joint.span.start)?.iter().rposition(|c| is_word(*c))?;
        let begin = own.chars.get(..before)?.iter().rposition(|c| !is_word(*c)).map_or(0, |place| place + 1);
        let next = joint.span.end + 1;
        let (left, right) = (word_at(begin), word_at(next));
        let capital = right.chars().next().is_some_and(char::is_uppercase) && right.chars().count() > 1;
        let acronym = right.chars().count() <= ACRONYM_CHARS_MAX && !right.chars().any(char::is_lowercase);
        let adjacent = joint.span.start - before <= 2;
        (adjacent && known(&left) && capital && !acronym && !known(&right) && plain(next)).then_some(right)
    };
    let mut strangers: Vec<String> = own.with(Sense::Joins).filter_map(stranger).collect();
    strangers.dedup();
    strangers
}

/// `Ann Bee (a@…) and I are to be the contacts`: the writer, whom `and` joins to one who comes, and who is none of the persons.
fn writer_beside_somebody(statement: &Statement, own: &Speech, letter: &Letter) -> Option<String> {
    // `I`, `ich`, `moi`: a word for the writer alone.
    const SHORT_PRONOUN_CHARS: usize = 5;
    let is_writer = |entry: &Entry| {
        entry.emails.first().is_some_and(|email| Some(email) == letter.from())
            || (entry.name.is_some() && entry.name.as_deref() == letter.from_name())
    };
    let comes = |entry: &Entry| matches!(entry.role, Role::Add | Role::New | Role::Unsaid);
    if statement.entries.iter().chain(&statement.aside).any(is_writer) || !statement.entries.iter().any(comes)
    {
        return None;
    }
    let behind_value = |joint: &Hit| {
        let before = own.chars.get(..joint.span.start).unwrap_or_default().iter().rev();
        before.copied().find(|c| !c.is_whitespace()).is_some_and(|c| matches!(c, ')' | '）'))
    };
    let me = |joint: &&Hit| {
        let subject = |me: &Hit| me.span.start == joint.span.end + 1 && me.span.len() <= SHORT_PRONOUN_CHARS;
        behind_value(joint) && own.with(Sense::Me).any(subject)
    };
    own.with(Sense::Joins).find(me).map(|joint| own.text(joint.span.clone()))
}

/// `New number: Ann Bee – +31 …`, and the number went to Bob Lee: the persons whose number stands right behind another's name.
fn behind_other_names(statement: &Statement, own: &Speech) -> Vec<String> {
    const GAP_CHARS_MAX: usize = 4;
    let numbers = facts::numbers(&own.chars);
    let names: Vec<_> = names::find(own, &[]).into_iter().filter(|name| !name.what.weak).collect();
    let led = |number: &Found<String>| {
        names.iter().find(|name| {
            let gap = own.chars.get(name.span.end..number.span.start).unwrap_or_default();
            name.span.end <= number.span.start
                && gap.len() <= GAP_CHARS_MAX
                && gap.iter().all(|c| !is_word(*c) && *c != '\n')
        })
    };
    let another = |entry: &&Entry| {
        let own_words: Vec<String> =
            [entry.name.as_deref(), entry.also.as_deref()].into_iter().flatten().flat_map(words_of).collect();
        let his = |number: &&Found<String>| {
            let digits = facts::digits(&number.what);
            entry.phones.iter().any(|phone| facts::digits(&phone.written) == digits)
        };
        let strange = |name: &&Found<Name>| {
            let words = words_of(&name.what.text);
            !own_words.is_empty()
                && name.what.text.contains(' ')
                && !words.iter().any(|word| {
                    own_words
                        .iter()
                        .any(|own| own == word || is_cased_form(own, word) || is_cased_form(word, own))
                })
        };
        let mut said = numbers.iter().filter(his).filter_map(led).peekable();
        said.peek().is_some() && said.all(|name| strange(&name))
    };
    statement.entries.iter().filter(another).map(Entry::called).collect()
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

/// `Remove everything for .mt. The right ones: A, a@…, +356 …`: persons with all their details behind another sentence than the
/// one in which somebody goes, in a mail in which nobody else does. They may come as well.
fn listed_apart(role: Role, statement: &Statement, own: &Speech) -> Vec<String> {
    let whole = |entry: &Entry| entry.name.is_some() && !entry.emails.is_empty() && !entry.phones.is_empty();
    let goes = |entry: &Entry| {
        matches!(entry.role, Role::Remove | Role::Old) || (entry.role == Role::Unsaid && role == Role::Remove)
    };
    let entries = &statement.entries;
    if role != Role::Remove || entries.is_empty() || !entries.iter().all(|entry| goes(entry) && whole(entry))
    {
        return Vec::new();
    }
    let bounds = sentences::of(own);
    let written = |bound: &Range<usize>| own.text(bound.start..bound.end.min(own.chars.len()));
    let said: Vec<&Range<usize>> =
        bounds.iter().filter(|bound| written(bound).contains(char::is_alphabetic)).collect();
    let first = facts::addresses(&own.chars).first().map(|found| found.span.start).unwrap_or_default();
    let listed = said.iter().position(|bound| bound.contains(&first)).unwrap_or_default();
    let removes = said
        .iter()
        .take(listed + 1)
        .rposition(|bound| own.with(Sense::Remove).any(|hit| bound.contains(&hit.span.start)));
    // Between the two stands a sentence that says neither.
    let named = |bound: &Range<usize>| {
        let text = written(bound);
        entries.iter().filter_map(|entry| entry.name.as_deref()).any(|name| text.contains(name))
    };
    let apart = removes.is_some_and(|removes| {
        let ends =
            said.get(removes).is_some_and(|bound| written(bound).trim_end().ends_with(['.', '!', '。']));
        let between = said.get(removes + 1..listed).unwrap_or_default();
        ends && between.iter().any(|bound| !is_closing(own, bound) && !named(bound))
    });
    if apart { entries.iter().map(Entry::called).collect() } else { Vec::new() }
}

/// Whether a sentence only thanks or greets.
fn is_closing(own: &Speech, bound: &Range<usize>) -> bool {
    own.hits.iter().any(|hit| {
        matches!(hit.sense, Sense::Thanks | Sense::Closing | Sense::Greeting)
            && bound.contains(&hit.span.start)
    })
}

/// `Bob becomes the first; my mobile is +31 … now`: the writer's number, which somebody else was given.
fn writers_number(statement: &Statement, own: &Speech, letter: &Letter) -> Option<String> {
    let number = standings::number_of_the_writer(own)?;
    let writer = words_of(letter.from_name()?);
    let anothers = |entry: &Entry| {
        let named = entry
            .name
            .as_deref()
            .is_some_and(|name| words_of(name).iter().all(|word| !writer.contains(word)));
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
