//! Doubts: signs in a mail that a person must look before anything is done.

use crate::domain::address::Address;
use crate::domain::contact::Rank;
use crate::domain::unclear::{About, Unclear};
use crate::reading::bare;
use crate::reading::belonging::resembles;
use crate::reading::countries;
use crate::reading::cues::leads_to_a_tld;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::letter::Letter;
use crate::reading::names;
use crate::reading::ordinals::rank_of;
use crate::reading::sentences;
use crate::reading::speakers::Speaker;
use crate::reading::speech::Speech;
use crate::reading::statement::Statement;
use crate::reading::successions;
use crate::reading::values::is_about_a_value;
use crate::reading::words::{Hit, Sense};

/// The part of a request's letters, in per cent, that must be understood or be names and values. Measured on some two hundred
/// labelled requests: of those that were understood rightly hardly any had less, of those in languages without a file of
/// words, which can be read wrongly, most.
const UNDERSTOOD_PERCENT_MIN: usize = 65;
/// Letters from which on that part says something.
const UNDERSTOOD_LETTERS_MIN: usize = 30;
/// Characters of hidden text that a doubt shows.
const SHOWN_CHARS_MAX: usize = 80;

/// A text of which too much is in words that are not known: what it asks for may stand in those.
pub(super) fn of_unknown_words(own: &Speech) -> Option<Unclear> {
    let mut known = own.mask(|_| true);
    let names = names::find(own, &[]).into_iter().filter(|name| !name.what.weak).map(|name| name.span);
    let values = facts::addresses(&own.chars).into_iter().map(|found| found.span);
    let numbers = facts::numbers(&own.chars).into_iter().map(|found| found.span);
    let countries = countries::find(&own.chars).into_iter().map(|found| found.span);
    for place in names.chain(values).chain(numbers).chain(countries).flatten() {
        if let Some(known) = known.get_mut(place) {
            *known = true;
        }
    }
    let (all, covered) = own.share(&known);
    let few = covered * 100 < all * UNDERSTOOD_PERCENT_MIN;
    (few && all >= UNDERSTOOD_LETTERS_MIN).then(|| Unclear::of(About::UnknownWords))
}

/// What the form of a mail makes doubtful.
pub(super) fn of_form(letter: &Letter) -> Vec<Unclear> {
    let layout = letter.layout();
    let hidden = layout.hidden.chars().any(char::is_alphanumeric).then(|| shown(&layout.hidden));
    let mut doubts: Vec<Unclear> =
        hidden.into_iter().map(|text| Unclear::with(About::Hidden, [text])).collect();
    let signs = [
        (layout.forms_differ, About::FormsDiffer),
        (layout.refused, About::HtmlRefused),
        (letter.parts().damaged, About::Damaged),
    ];
    doubts.extend(signs.into_iter().filter(|(there, _)| *there).map(|(_, about)| Unclear::of(about)));
    doubts
}

/// The start of a longer text, for a person to see what it is.
fn shown(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(SHOWN_CHARS_MAX).collect()
}

/// `Imran has left; there are two of them`: somebody goes, is named, and is not found among the persons.
pub(super) fn of_nobody(role: Role, statement: &Statement, own: &Speech) -> Option<Unclear> {
    let goes = role == Role::Remove && statement.entries.is_empty() && !own.has(Sense::Everyone);
    let names = names::find(own, &[]).into_iter().map(|name| name.what.text);
    let cased = names.filter(|name| name.chars().next().is_some_and(char::is_uppercase));
    let names: Vec<String> = cased.collect();
    (goes && !names.is_empty()).then(|| Unclear::with(About::WhoGoes, names))
}

/// Doubts about the persons of a statement, each with whom it is about.
pub(super) struct OfPersons<'a> {
    pub(super) statement: &'a Statement,
    pub(super) doubts: Vec<Unclear>,
}

impl OfPersons<'_> {
    /// A doubt about each person whom this is true of.
    pub(super) fn any(&mut self, about: About, test: impl Fn(&Entry) -> bool) {
        let whom: Vec<&Entry> = self.statement.entries.iter().filter(|entry| test(entry)).collect();
        if !whom.is_empty() {
            self.doubts.push(Unclear::with(about, whom.into_iter().map(Entry::called)));
        }
    }

    /// A doubt about each two of whom this is true together.
    fn pair(&mut self, about: About, test: impl Fn(&Entry, &Entry) -> bool) {
        let entries = &self.statement.entries;
        let pairs = (1..)
            .zip(entries)
            .flat_map(|(next, one)| entries.iter().skip(next).map(move |other| (one, other)));
        let found: Vec<String> = pairs
            .filter(|(one, other)| test(one, other))
            .flat_map(|(one, other)| [one.called(), other.called()])
            .collect();
        if !found.is_empty() {
            self.doubts.push(Unclear::with(about, found));
        }
    }

    /// Doubts about values that do not fit their person.
    fn values(&mut self, own: &Speech) {
        let statement = self.statement;
        self.any(About::Misfits, |entry| is_turned_round(entry, own));
        // A former address alone is no change.
        self.any(About::WhatChanges, |entry| {
            entry.role == Role::Change
                && entry.former_email.is_some()
                && entry.emails.is_empty()
                && entry.drops.is_empty()
                && entry.second.is_none()
                && entry.rank.is_none()
        });
        // An address that is made of another's name, and not of his who has it.
        self.any(About::Misfits, |entry| {
            entry.name.as_deref().is_some_and(|name| has_anothers_address(name, entry, statement))
        });
    }

    fn has(&self, test: impl Fn(&Entry) -> bool) -> bool {
        self.statement.entries.iter().any(test)
    }
}

/// What is uncertain about the persons and what is to happen to them.
pub(super) fn of_persons(role: Role, statement: &Statement, own: &Speech) -> Vec<Unclear> {
    let mut of = OfPersons { statement, doubts: Vec::new() };
    of.any(About::Contradicts, |entry| entry.contradicts);
    of.any(About::Misfits, |entry| entry.misfits || entry.name.as_deref().is_some_and(bare::is_no_name));
    of.any(About::TooManyAddresses, |entry| entry.emails.len() + usize::from(entry.second.is_some()) > 2);
    let replaces = own.has_any(&[Sense::Replace, Sense::Replaces, Sense::ReplacedBy]);
    let goes = |entry: &Entry| matches!(entry.role, Role::Old | Role::Remove);
    let unsaid_beside = |entry: &Entry| entry.role == Role::Unsaid && entry.has_contact_data();
    if replaces && of.has(|entry| entry.role == Role::New) && !of.has(goes) {
        of.any(About::WhoGoes, unsaid_beside);
    }
    let changes_nobody = |entry: &Entry| {
        let changes = entry.role == Role::Change || (entry.role == Role::Unsaid && role == Role::Change);
        changes && entry.name.is_none() && entry.emails.is_empty() && entry.former_email.is_none()
    };
    of.any(About::WhoseDetails, changes_nobody);
    if matches!(statement.speaker, Speaker::Unknown) {
        of.doubts.push(Unclear::of(About::WhoseDetails));
    }
    // A number is spoken of, and none is there that could be the new one.
    let numbers = own.has_any(&[Sense::Phone, Sense::Mobile]);
    let without = statement.entries.iter().all(|entry| entry.phones.is_empty());
    let numberless = |entry: &Entry| {
        let only_named = entry.second.is_none() && entry.former_email.is_none() && entry.rank.is_none();
        let changes = numbers && without && entry.role == Role::Change;
        changes && only_named && entry.emails.len() == 1
    };
    if !statement.renamed {
        // Without a word for an address, the only one is no new one: it says who he is.
        let of_second = |hit: &Hit| own.with(Sense::SecondEmail).any(|second| second.covers(hit));
        let addresses = own.with(Sense::Email).any(|hit| !of_second(hit));
        // `Add a second address for Ann Bee (ann@…): bee@…`.
        let gets_second = |entry: &Entry| entry.emails.len() == 2 && own.has(Sense::SecondEmail);
        of.any(About::WhatChanges, |entry| {
            if gets_second(entry) {
                return false;
            }
            // Of whom nothing is said happens what the mail as a whole asks for.
            let unsaid = entry.role == Role::Unsaid && role == Role::Change;
            let entry = &Entry { role: if unsaid { Role::Change } else { entry.role }, ..entry.clone() };
            is_idle(entry)
                || numberless(entry)
                || (!addresses && is_idle(&Entry { value_changes: false, ..entry.clone() }))
        });
    }
    let unsaid = role == Role::Unsaid && statement.entries.iter().all(|entry| entry.role == Role::Unsaid);
    let placed = statement.entries.iter().all(|entry| entry.rank.is_some());
    let meant = statement.structured || own.has(Sense::ContactWord) || placed || successions::clears(own);
    if unsaid && !meant {
        of.doubts.push(Unclear::of(About::WhatHappens));
    }
    of.any(About::PersonsOrPlaces, |entry| {
        entry.role == Role::New && entry.rank.is_some() && entry.phones.is_empty()
    });
    let only_number = |entry: &Entry| {
        entry.name.is_none() && entry.emails.is_empty() && entry.second.is_none() && !entry.phones.is_empty()
    };
    if statement.entries.len() > 1 {
        of.any(About::LooseNumber, only_number);
    }
    of.values(own);
    let renamed = own
        .with(Sense::LastName)
        .chain(own.with(Sense::Name))
        .any(|name| !own.with(Sense::ContactWord).any(|word| word.covers(name)));
    if renamed && !statement.renamed {
        of.any(About::NameChanges, keeps_its_values);
    }
    of.any(About::OnePerson, |entry| {
        let named = || statement.entries.iter().filter_map(|other| other.name.as_deref());
        let is_anothers = |email: &Address| named().any(|name| resembles(name, email));
        entry.name.is_none() && entry.emails.iter().any(is_anothers)
    });
    of.doubts
}

/// Somebody who is there already, and none of whose values is told to be another.
fn keeps_its_values(entry: &Entry) -> bool {
    entry.role == Role::Change
        && entry.second.is_none()
        && entry.phones.is_empty()
        && entry.former_email.is_none()
}

/// `From a@… to b@…`, read the other way round: a word that leads away stands right at the address that was taken for the new
/// one, and none at the former.
fn is_turned_round(entry: &Entry, own: &Speech) -> bool {
    let Some((new, former)) = entry.emails.first().zip(entry.former_email.as_ref()) else { return false };
    let addresses = facts::addresses(&own.chars);
    let leaves = |address: &Address| {
        addresses.iter().filter(|found| found.what == *address).any(|found| {
            own.with(Sense::FromWord).any(|from| {
                let behind = from.language.puts_verbs_last() && from.language.code() != Some("fa");
                let gap =
                    if behind { found.span.end..from.span.start } else { from.span.end..found.span.start };
                let within = own.hits.iter().any(|other| other.exceeds(from));
                gap.len() == usize::from(!behind) && gap.start <= gap.end && !within
            })
        })
    };
    leaves(new) && !leaves(former)
}

/// Whether an address of somebody is made of the name of another person of the mail, and not of his own.
fn has_anothers_address(name: &str, entry: &Entry, statement: &Statement) -> bool {
    let others = || {
        let named =
            statement.entries.iter().chain(&statement.aside).filter_map(|other| other.name.as_deref());
        named.filter(|other| *other != name)
    };
    let shared =
        |other: &str| other.split_whitespace().any(|word| name.split_whitespace().any(|own| own == word));
    entry.emails.iter().chain(&entry.second).any(|email| {
        !resembles(name, email) && others().any(|other| resembles(other, email) && !shared(other))
    })
}

/// What is uncertain about places, and about persons who may come where they seem to go.
pub(super) fn of_parts(role: Role, statement: &Statement, own: &Speech) -> Vec<Unclear> {
    let mut of = OfPersons { statement, doubts: Vec::new() };
    // `Tau, who was primary until now, becomes secondary`: a former place read as the present one.
    let stays = |entry: &Entry| !matches!(entry.role, Role::Old | Role::Remove);
    of.pair(About::SamePlace, |one, other| {
        let beside = one.tlds.is_empty() || other.tlds.is_empty();
        let shared = beside || one.tlds.iter().any(|tld| other.tlds.contains(tld));
        one.rank.is_some() && one.rank == other.rank && stays(one) && stays(other) && shared
    });
    // `Eszter Balogh is called Eszter Balogh-Fekete now`: one person under two names.
    let longer = |one: &str, other: &str| {
        one.strip_prefix(other).is_some_and(|rest| rest.starts_with([' ', '-', '\u{2010}', '\u{2011}']))
    };
    of.pair(About::TwoNames, |one, other| match (&one.name, &other.name) {
        (Some(one), Some(other)) => longer(one, other) || longer(other, one),
        _ => false,
    });
    // `Responsáveis pelo .br`: a word within a longer phrase replaces nobody.
    // `My mobile rather than the desk line` is said of numbers.
    // `Our new contact is A. Please subscribe her`: it is not said that anybody makes room.
    let announces = |hit: &Hit| {
        let inside = |sense: Sense| own.with(sense).any(|word| hit.covers(word));
        hit.sense == Sense::ReplacedBy
            && inside(Sense::New)
            && inside(Sense::ContactWord)
            && own.has(Sense::Add)
            && !own.has_any(&[Sense::Left, Sense::Old, Sense::Remove, Sense::Replace, Sense::InsteadOf])
    };
    let of_a_value = |hit: &Hit| {
        announces(hit)
            || leads_to_a_tld(own, hit)
            || (hit.sense == Sense::InsteadOf && is_about_a_value(own, hit))
    };
    let alone = |sense: Sense| {
        let mut hits = own.with(sense).filter(|hit| !of_a_value(hit));
        // `Has taken over her work`: a longer word of who takes what says the same.
        let other = |other: &&Hit| !matches!(other.sense, Sense::Slot | Sense::Takes);
        hits.any(|hit| !own.hits.iter().filter(other).any(|other| other.exceeds(hit)))
    };
    let replaces = [Sense::ReplacedBy, Sense::Replaces, Sense::InsteadOf].into_iter().any(alone)
        && !own.has_any(&[Sense::EveryoneElse, Sense::Everyone]);
    let makes_room = |entry: &Entry| {
        matches!(entry.role, Role::Old | Role::Remove | Role::Change)
            || entry.former_email.is_some()
            || entry.phones.iter().any(|phone| phone.former)
    };
    if replaces && !of.has(makes_room) {
        of.any(About::InWhosePlace, |entry| {
            let comes = matches!(entry.role, Role::Add | Role::New | Role::Unsaid);
            comes && !entry.value_changes && !entry.emails.is_empty()
        });
    }
    if has_loose_place(statement, own) || has_torn_place(statement, own) {
        of.doubts.push(Unclear::of(About::WhosePlace));
    }
    let comes = [Sense::Add, Sense::InsteadAfter, Sense::InsteadOf, Sense::EveryoneElse];
    let passes = own.has(Sense::Slot) && own.has(Sense::Takes);
    if own.has_any(&comes) || passes || changes_a_value(own) {
        of.any(About::LeavesWithDetails, |entry| {
            let goes = entry.role == Role::Remove || (entry.role == Role::Unsaid && role == Role::Remove);
            goes && entry.name.is_some() && !entry.emails.is_empty() && !entry.phones.is_empty()
        });
    }
    of.doubts
}

/// `Her number has changed`: a sentence has a word for a change and one for a value.
fn changes_a_value(own: &Speech) -> bool {
    sentences::of(own).into_iter().any(|bound| {
        let inside = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
        inside(Sense::Change) && [Sense::Phone, Sense::Mobile].into_iter().any(inside)
    })
}

/// `Each is the main contact of his own zone`: a sentence without anybody names a place that nobody has.
fn has_loose_place(statement: &Statement, own: &Speech) -> bool {
    let placed = statement.entries.iter().any(|entry| entry.rank.is_some());
    statement.entries.len() > 1 && !placed && loose_place(own).is_some()
}

/// The place that a sentence without anybody names.
pub(super) fn loose_place(own: &Speech) -> Option<Rank> {
    sentences::of(own).into_iter().find_map(|bound| {
        let end = bound.end.min(own.chars.len());
        let chars = own.chars.get(bound.start..end).unwrap_or_default();
        let bare = facts::addresses(chars).is_empty() && facts::numbers(chars).is_empty();
        let called = own.with(Sense::ContactWord).any(|hit| bound.contains(&hit.span.start));
        let place = || rank_of(own, bound.start, end);
        if bare && called { place() } else { None }
    })
}

/// One has the second place and another none, though a first is named: a line break tore it off.
fn has_torn_place(statement: &Statement, own: &Speech) -> bool {
    // Who leaves needs no place.
    let stays = |entry: &&Entry| !matches!(entry.role, Role::Old | Role::Remove | Role::Keep);
    let staying = statement.entries.iter().filter(stays).count();
    let had: Vec<Rank> = statement.entries.iter().filter(stays).filter_map(|entry| entry.rank).collect();
    let named = [Sense::First, Sense::Second, Sense::Third].into_iter().flat_map(|sense| own.with(sense));
    let mut ranks = named.filter_map(|hit| rank_of(own, hit.span.start, hit.span.end));
    !had.is_empty() && had.len() < staying && ranks.any(|rank| !had.contains(&rank))
}

/// Somebody is to change, and nothing of his is said to.
fn is_idle(entry: &Entry) -> bool {
    let known = usize::from(!entry.emails.is_empty());
    entry.role == Role::Change
        && entry.phones.iter().all(|phone| phone.former)
        && entry.second.is_none()
        && entry.former_email.is_none()
        && entry.rank.is_none()
        && entry.drops.is_empty()
        && (known == 0 || !entry.value_changes || !entry.phones.is_empty() || entry.name.is_none())
}
