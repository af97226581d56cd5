//! Renaming: one person under two names, of which the mail says that one is the former.

use std::ops::Range;

use crate::domain::address::Address;
use crate::reading::belonging::resembles;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts::{self, Found};
use crate::reading::letter::Letter;
use crate::reading::names;
use crate::reading::readdressing;
use crate::reading::sameness::{shares_a_word, words_of};
use crate::reading::sentences;
use crate::reading::speech::Speech;
use crate::reading::statement::Statement;
use crate::reading::words::{Hit, Sense};

/// Characters between a name and a word that says which of the two it is at the most.
const NEAR_CHARS: usize = 28;

/// Makes one change of a person whom the mail names by two names that share a word, where it is plain which one is new. Says
/// whether it did.
pub(super) fn settle(statement: &mut Statement, own: &Speech, letter: &Letter) -> bool {
    let addresses = facts::addresses(&own.chars);
    if !is_told(own) || addresses.len() > 2 || !statement.loose.phones.is_empty() {
        return false;
    }
    let spans: Vec<Range<usize>> = addresses.iter().map(|found| found.span.clone()).collect();
    let names = distinct(own, &spans, letter);
    if let [only] = names.as_slice() {
        return takes_new_name(statement, own, letter, only);
    }
    let [first, second] = names.as_slice() else { return false };
    if !shares_a_word(&first.what, &second.what)
        || !statement.entries.iter().all(|entry| is_one_of(entry, &names))
    {
        return false;
    }
    let Some((former, new)) = which(own, letter, first, second) else { return false };
    let Some((was, is)) = addresses_of(own, &addresses, (&former, &new)) else { return false };
    let mut entry = Entry {
        name: Some(new),
        former_name: Some(former),
        emails: is.into_iter().collect(),
        former_email: was,
        role: Role::Change,
        value_changes: true,
        ..Entry::default()
    };
    for other in std::mem::take(&mut statement.entries) {
        entry.line = entry.line.max(other.line);
        for tld in other.tlds.into_iter().chain(other.scope) {
            if !entry.tlds.contains(&tld) {
                entry.tlds.push(tld);
            }
        }
    }
    statement.entries.push(entry);
    true
}

/// `I have married; from now on I am Ann Bee (formerly Cook)`: the writer under the name that his From has, too. Says whether
/// nothing else is told.
fn takes_new_name(statement: &mut Statement, own: &Speech, letter: &Letter, new: &Found<String>) -> bool {
    let writes = letter.from_name().is_some_and(|writer| words_of(writer) == words_of(&new.what));
    let idle = |entry: &Entry| {
        entry.second.is_none()
            && entry.former_email.is_none()
            && entry.emails.iter().all(|email| letter.from() == Some(email))
            && is_one_of(entry, std::slice::from_ref(new))
    };
    let told = own.has(Sense::Renamed) && own.has_any(&[Sense::Me, Sense::IAmListed]);
    if !writes || !told || !statement.loose.is_empty() || !statement.entries.iter().all(idle) {
        return false;
    }
    let tlds = statement.entries.iter().flat_map(|entry| entry.tlds.clone()).collect();
    statement.entries = vec![Entry {
        name: Some(new.what.clone()),
        emails: letter.from().cloned().into_iter().collect(),
        role: Role::Change,
        value_changes: true,
        tlds,
        ..Entry::default()
    }];
    true
}

/// Whether a sentence says that a name changes.
fn is_told(own: &Speech) -> bool {
    let turns = [Sense::Change, Sense::New, Sense::Old];
    own.has(Sense::Renamed)
        || sentences::of(own).into_iter().any(|bound| {
            let inside = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
            inside(Sense::LastName) && turns.into_iter().any(inside)
        })
}

/// The names of two words and more, each once; the writer's own, where he speaks of himself.
fn distinct(own: &Speech, taken: &[Range<usize>], letter: &Letter) -> Vec<Found<String>> {
    let mut each: Vec<Found<String>> = Vec::new();
    let found = names::find(own, taken).into_iter().filter(|name| name.what.text.contains(' '));
    for name in found {
        let known = |other: &Found<String>| other.what.to_lowercase() == name.what.text.to_lowercase();
        if !each.iter().any(known) {
            each.push(Found { span: name.span, what: name.what.text });
        }
    }
    if let ([only], Some(writer), true) = (each.as_slice(), letter.from_name(), own.has(Sense::Me))
        && only.what.to_lowercase() != writer.to_lowercase()
    {
        let end = own.chars.len();
        each.push(Found { span: end..end, what: writer.to_owned() });
    }
    each
}

/// Whether somebody is whom one of these names calls, and nothing is said of him that a new name does not bring.
fn is_one_of(entry: &Entry, names: &[Found<String>]) -> bool {
    let called = entry.name.as_deref().is_none_or(|name| {
        let name = words_of(name);
        names.iter().any(|one| {
            let whole = words_of(&one.what);
            name.iter().all(|word| whole.contains(word)) || whole.iter().all(|word| name.contains(word))
        })
    });
    called && entry.phones.is_empty() && entry.rank.is_none()
}

/// Which of two names is the former, and which the new: each sign points in one direction, and none in the other.
fn which(
    own: &Speech,
    letter: &Letter,
    first: &Found<String>,
    second: &Found<String>,
) -> Option<(String, String)> {
    let before = |senses: &[Sense], name: &Found<String>, floor: usize| {
        own.hits.iter().any(|hit| {
            senses.contains(&hit.sense)
                && hit.span.start >= floor
                && hit.span.end <= name.span.start
                && name.span.start - hit.span.end <= NEAR_CHARS
        })
    };
    let behind = |name: &Found<String>| {
        let leaves = |hit: &Hit| {
            matches!(hit.sense, Sense::InsteadAfter | Sense::InsteadOf)
                && hit.span.start >= name.span.end
                && hit.span.start - name.span.end <= 2
        };
        own.hits.iter().any(leaves)
    };
    let turned = own.hits.iter().any(|hit| {
        matches!(hit.sense, Sense::Renamed | Sense::ToWord | Sense::ReplacedBy | Sense::Now | Sense::New)
            && hit.span.start >= first.span.end
            && hit.span.end <= second.span.start
    });
    let writes = |name: &Found<String>| {
        own.has(Sense::Me)
            && letter.from_name().is_some_and(|writer| words_of(writer) == words_of(&name.what))
    };
    let former = [Sense::Old, Sense::InsteadOf, Sense::FromWord];
    let new = [Sense::New, Sense::Now];
    let old_second = before(&former, second, first.span.end) || writes(first);
    // `From now on I am Ann Bee`, by one whose From has the former name yet.
    let new_first = before(&new, first, 0) && !before(&former, first, 0);
    let old_first = before(&former, first, 0)
        || behind(first)
        || (writes(second) && !new_first)
        || (turned && !old_second);
    let old_second = old_second || (before(&new, first, 0) && !old_first);
    match (old_first, old_second) {
        (true, false) => Some((first.what.clone(), second.what.clone())),
        (false, true) => Some((second.what.clone(), first.what.clone())),
        _ => None,
    }
}

/// The former address and the present one, as far as the mail has them. Nothing where two cannot be told apart.
fn addresses_of(
    own: &Speech,
    addresses: &[Found<Address>],
    (former, new): (&str, &str),
) -> Option<(Option<Address>, Option<Address>)> {
    let only = |name: &str, other: &str| -> String {
        let other = words_of(other);
        let words: Vec<&str> =
            name.split_whitespace().filter(|word| !other.contains(&word.to_lowercase())).collect();
        words.join(" ")
    };
    let (was, is) = (only(former, new), only(new, former));
    match addresses {
        [] => Some((None, None)),
        [only] => Some((None, Some(only.what.clone()))),
        [first, second] => {
            let made = |address: &Address| (resembles(&was, address), resembles(&is, address));
            let told = match (made(&first.what), made(&second.what)) {
                ((true, false), (_, true)) | ((true, _) | (false, false), (false, true)) => {
                    Some((first.what.clone(), second.what.clone()))
                }
                ((_, true), (true, false)) | ((false, true), (true, _) | (false, false)) => {
                    Some((second.what.clone(), first.what.clone()))
                }
                _ => readdressing::former_and_new(own, &(0..own.chars.len()), first, second),
            };
            told.map(|(was, is)| (Some(was), Some(is)))
        }
        _ => None,
    }
}
