//! Drops: details that somebody is to have no more, though he stays.

use std::ops::Range;

use crate::domain::address::Address;
use crate::domain::request::Detail;
use crate::domain::unclear::{About, Unclear};
use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::sentences;
use crate::reading::speech::{Speech, is_negated};
use crate::reading::words::{Hit, Sense};

/// Characters between the word for what is done and the detail that it is done to, at the most: a name may stand there.
const FAR_CHARS: usize = 80;
/// Characters between a detail and its value at the most: `second address: a@…`.
const VALUE_CHARS: usize = 3;
/// Signs that part a detail from the word for what is done: what stands behind them is listed, and not the object.
const PARTING: [char; 12] = [',', ';', ':', '(', '،', '؛', '、', '，', '；', '：', '（', '\n'];

/// Marks whose second address is to go. Where a sentence says so and several persons stand in it, it is a doubt.
pub(super) fn settle(entries: &mut [Entry], own: &Speech) -> Option<Unclear> {
    let mut before: Option<(Range<usize>, Hit)> = None;
    let mut doubt = None;
    for bound in sentences::of(own) {
        let inside = |hit: &&Hit| bound.contains(&hit.span.start);
        let removes: Vec<&Hit> =
            own.with(Sense::Remove).filter(inside).filter(|cue| !is_negated(own, cue)).collect();
        let label = own.with(Sense::SecondEmail).filter(inside).max_by_key(|hit| hit.span.len());
        let dropped = match (label, &before) {
            (Some(label), _) => {
                removes.iter().any(|cue| is_object(own, cue, label)).then(|| (bound.clone(), label.clone()))
            }
            // `Her second address is not in use any more. Please remove it.`
            (None, Some(earlier)) if !removes.is_empty() && speaks_on(own, &bound, entries) => {
                Some(earlier.clone())
            }
            (None, _) => None,
        };
        if let Some((place, label)) = &dropped {
            // `Her second address is not in use any longer` has words of one who leaves: it may be she who goes.
            let leaves = own.with(Sense::Left).any(|hit| place.contains(&hit.span.start));
            match whose(entries, own, place).as_slice() {
                [number] if !leaves => {
                    if let Some(entry) = entries.get_mut(*number) {
                        drop_second(entry, own, label);
                    }
                }
                several => {
                    let named = several.iter().filter_map(|number| entries.get(*number)).map(Entry::called);
                    doubt = Some(Unclear::with(About::WhoseDetails, named));
                }
            }
        }
        before = label
            .filter(|label| dropped.is_none() && !is_listed(own, label))
            .map(|label| (bound.clone(), label.clone()));
    }
    doubt
}

/// Whether the detail is what is removed: nothing parts the two words.
fn is_object(own: &Speech, cue: &Hit, label: &Hit) -> bool {
    let (gap, behind) = if cue.span.end <= label.span.start {
        (cue.span.end..label.span.start, true)
    } else {
        (label.span.end..cue.span.start, false)
    };
    let plain = gap.len() <= FAR_CHARS && !has_any(own, gap, &PARTING);
    plain && (behind || !is_listed(own, label))
}

/// Whether the detail stands behind a sign, as one of several values: `Ann Bee, second address a@…`.
fn is_listed(own: &Speech, label: &Hit) -> bool {
    let before = own.chars.get(..label.span.start).unwrap_or_default();
    let last = before.iter().rev().find(|c| !c.is_whitespace());
    last.is_some_and(|c| PARTING.contains(c))
}

/// Whether a sentence names nobody and nothing, so that it speaks of what was said before it.
fn speaks_on(own: &Speech, bound: &Range<usize>, entries: &[Entry]) -> bool {
    let contacts = own.with(Sense::ContactWord).any(|hit| bound.contains(&hit.span.start));
    let text = chars(own, bound);
    !contacts && facts::addresses(text).is_empty() && named(entries, own, bound).is_empty()
}

/// The persons whom a sentence is about: those whom it names, or else the only one that there is.
fn whose(entries: &[Entry], own: &Speech, bound: &Range<usize>) -> Vec<usize> {
    let named = named(entries, own, bound);
    if named.is_empty() && entries.len() == 1 { vec![0] } else { named }
}

fn named(entries: &[Entry], own: &Speech, bound: &Range<usize>) -> Vec<usize> {
    let text: String = chars(own, bound).iter().collect::<String>().to_lowercase();
    let says = |entry: &Entry| {
        let name = entry.name.as_ref().is_some_and(|name| text.contains(&name.to_lowercase()));
        name || entry.emails.iter().any(|email| text.contains(&email.lower()))
    };
    (0..).zip(entries).filter(|(_, entry)| says(entry)).map(|(number, _)| number).collect()
}

/// He stays, without the second address. The one that the mail names behind the word for it is the former value.
fn drop_second(entry: &mut Entry, own: &Speech, label: &Hit) {
    let behind = own.chars.get(label.span.end..).unwrap_or_default();
    let value: Option<Address> = facts::addresses(behind)
        .into_iter()
        .find(|found| found.span.start <= VALUE_CHARS)
        .map(|found| found.what);
    if let Some(value) = &value {
        entry.emails.retain(|email| email != value);
        entry.second.take_if(|second| second == value);
    }
    entry.former_email = value.or_else(|| entry.second.take()).or_else(|| entry.former_email.take());
    entry.role = Role::Change;
    entry.value_changes = true;
    entry.drops = vec![Detail::SecondaryEmail];
}

fn has_any(own: &Speech, span: Range<usize>, signs: &[char]) -> bool {
    own.chars.get(span).unwrap_or_default().iter().any(|c| signs.contains(c))
}

fn chars<'a>(own: &'a Speech, bound: &Range<usize>) -> &'a [char] {
    own.chars.get(bound.start..bound.end.min(own.chars.len())).unwrap_or_default()
}
