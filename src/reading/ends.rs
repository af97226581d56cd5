//! Ends: whether it is a value that ends, or is exchanged, where a sentence seems to say so of its person.

use std::ops::Range;

use crate::domain::address::Address;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::mentions::Mention;
use crate::reading::speech::Speech;
use crate::reading::values::{is_about_a_value, is_owner_of_a_value, owns_the_next};
use crate::reading::words::{Hit, Sense};

/// `The former number no longer works`, `the old number +31 … is dead`: the word for a value stands right before it, with
/// nobody in between, and with nothing but the value itself.
pub(super) fn is_said_of_a_value(speech: &Speech, start: usize, cue: &Hit) -> bool {
    const NEAR_CHARS: usize = 12;
    let numbers = facts::numbers(&speech.chars).into_iter().map(|found| found.span);
    let addresses = facts::addresses(&speech.chars).into_iter().map(|found| found.span);
    let values: Vec<Range<usize>> = numbers.chain(addresses).collect();
    speech.hits.iter().any(|label| {
        let gap: Vec<char> = (label.span.end..cue.span.start)
            .filter(|place| !values.iter().any(|value| value.contains(place)))
            .filter_map(|place| speech.chars.get(place).copied())
            .collect();
        let within = values.iter().any(|value| value.contains(&label.span.start));
        matches!(label.sense, Sense::Phone | Sense::Mobile | Sense::Email)
            && !within
            && label.span.start >= start
            && label.span.end <= cue.span.start
            && gap.len() <= NEAR_CHARS
            && gap.iter().all(|c| (c.is_alphabetic() && !c.is_uppercase()) || matches!(c, ' ' | '(' | ')'))
    })
}

pub(super) fn is_of_his_value(speech: &Speech, place: usize, mentions: &[Mention]) -> bool {
    mentions.get(place).is_some_and(|mention| is_owner_of_a_value(speech, &mention.span))
}

/// `The number of A has changed to …`: the word stands within what is said of one person, or right behind a value.
pub(super) fn changes_a_value(
    speech: &Speech,
    cue: &Hit,
    before: Option<usize>,
    mentions: &[Mention],
) -> bool {
    let Some(mention) = before.and_then(|place| mentions.get(place)) else { return false };
    if owns_the_next(speech, &mention.span) {
        return true;
    }
    // `Put B in his place (b@…)`: what follows a bracket or a colon is said of the person, and is not what the word leads to.
    let next = speech.chars.get(cue.span.end..).unwrap_or_default().iter().find(|c| !c.is_whitespace());
    // `的電話，改為：+886 …`: a number behind the sign is what it leads to.
    let mut rest = speech.chars.get(cue.span.end..).unwrap_or_default().iter();
    let led = rest.find(|c| !c.is_whitespace() && !matches!(c, ':' | '：'));
    let number = led.is_some_and(|c| *c == '+' || c.is_ascii_digit());
    let apart = !number && next.is_some_and(|c| matches!(c, '(' | '（' | ':' | '：' | ','));
    let within = cue.span.start < mention.span.end && !apart;
    let last =
        speech.chars.get(..cue.span.start).unwrap_or_default().iter().rev().find(|c| !c.is_whitespace());
    let behind = mention.span.end <= cue.span.start
        && cue.span.start - mention.span.end <= 1
        && last.is_some_and(char::is_ascii_digit);
    (within || behind) && mention.entry.has_contact_data()
}

/// `The line of A was cut off`: the word for what goes stands behind a person, and a value of his is what it is said of.
pub(super) fn ends_a_value(speech: &Speech, span: &Range<usize>, cue: &Hit) -> bool {
    cue.span.start > span.start && is_owner_of_a_value(speech, span)
}

/// `The line of A (a@…) was cut off`: it is the line that ends, and the address in brackets says who A is.
pub(super) fn keep_address(speech: &Speech, mention: &mut Mention) {
    let bracket = |found: &facts::Found<Address>| {
        Some(&found.what) == mention.entry.former_email.as_ref()
            && found.span.start.checked_sub(1).is_some_and(|at| speech.chars.get(at) == Some(&'('))
    };
    let identifies = mention.entry.emails.is_empty()
        && mention.entry.name.is_some()
        && is_owner_of_a_value(speech, &mention.span)
        && !speech.with(Sense::Email).any(|label| label.span.end <= mention.span.start)
        && facts::addresses(&speech.chars).iter().any(bracket);
    if identifies {
        mention.entry.emails.extend(mention.entry.former_email.take());
    }
}

/// `Only the mobile of A (a@…) changes: it is +31 … now`: a value of a person, and behind a word for what is new a number.
pub(super) fn has_new_value(speech: &Speech, bound: &Range<usize>, mention: &Mention) -> bool {
    let numbers = facts::numbers(&speech.chars);
    let new = |start: usize| {
        speech.hits.iter().any(|hit| {
            matches!(hit.sense, Sense::Now | Sense::New)
                && bound.contains(&hit.span.start)
                && hit.span.end <= start
                && mention.span.start < hit.span.start
        })
    };
    !mention.entry.phones.is_empty()
        && is_owner_of_a_value(speech, &mention.span)
        && numbers.iter().any(|found| bound.contains(&found.span.start) && new(found.span.start))
}

/// `She has retired and her mailbox is closed`: a small word joins what is said of a value to what was said of its person.
pub(super) fn is_said_of_both(speech: &Speech, cue: &Hit) -> bool {
    let rest = speech.chars.get(cue.span.end..).unwrap_or_default();
    let small = rest.iter().take_while(|c| matches!(c, ' ' | ',')).count();
    let next = cue.span.end + small;
    small > 0 && speech.with(Sense::Joins).any(|hit| hit.span.start == next)
}

/// Whoever gets a second address, and no number, is there already.
pub(super) fn gets_second(speech: &Speech, (cues, plain): (&[&Hit], &[&&Hit]), entry: &mut Entry) {
    // `Give A the second address x@… and replace his number`: A is there already.
    let other_value = plain.iter().any(|hit| hit.sense == Sense::Change && is_about_a_value(speech, hit))
        || cues.iter().any(|hit| hit.sense == Sense::Replace && is_about_a_value(speech, hit));
    if entry.role == Role::Add && entry.second.is_some() && other_value {
        entry.role = Role::Change;
        entry.value_changes = true;
    }
    if entry.role == Role::Add && entry.value_changes && entry.phones.is_empty() && entry.second.is_some() {
        entry.role = Role::Change;
    }
}
