//! Crossings: sentences that say of persons who stands where, in small words that mean this much only together.

use std::ops::Range;

use crate::reading::entry::Role;
use crate::reading::mentions::Mention;
use crate::reading::ordinals::rank_of;
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// Where the name of a person stands, or what he is named by.
fn named(mention: &Mention) -> Range<usize> {
    let letters = mention.entry.name.as_ref().map(|name| name.chars().count());
    let end = letters.map_or(mention.span.end, |letters| mention.span.start + letters);
    mention.span.start..end.min(mention.span.end)
}

/// `A goes, B comes`, `sale A y entra B`: small words that mean this much only beside each other.
pub(super) fn go_and_come(
    speech: &Speech,
    bound: &Range<usize>,
    cues: &[&Hit],
    inside: &[usize],
    mentions: &mut [Mention],
) {
    let ways: Vec<&Hit> = speech
        .hits
        .iter()
        .filter(|hit| matches!(hit.sense, Sense::LineOut | Sense::LineIn) && bound.contains(&hit.span.start))
        .filter(|hit| {
            !inside
                .iter()
                .any(|place| mentions.get(*place).is_some_and(|one| named(one).contains(&hit.span.start)))
        })
        .collect();
    let both = [Sense::LineOut, Sense::LineIn].into_iter().all(|way| ways.iter().any(|hit| hit.sense == way));
    let others = cues.iter().any(|cue| !ways.iter().any(|way| way.covers(cue) || cue.covers(way)));
    let first = inside.first().and_then(|place| mentions.get(*place)).map(|mention| mention.span.start);
    let (Some(first), true, false) = (first, both && inside.len() > 1, others) else { return };
    let before = ways.first().is_some_and(|way| way.span.end <= first);
    for place in inside {
        let Some(mention) = mentions.get_mut(*place) else { continue };
        let way = if before {
            ways.iter().rev().find(|way| way.span.end <= mention.span.start)
        } else {
            ways.iter().find(|way| way.span.start >= named(mention).end)
        };
        if let Some(way) =
            way.filter(|_| matches!(mention.entry.role, Role::Unsaid | Role::Add | Role::Remove))
        {
            mention.entry.role = if way.sense == Sense::LineOut { Role::Remove } else { Role::Add };
        }
    }
}

/// `Nothing changes for A and B`, and no value of theirs is told.
pub(super) fn keep_unchanged(
    speech: &Speech,
    bound: &Range<usize>,
    inside: &[usize],
    mentions: &mut [Mention],
) {
    if !speech.with(Sense::Unchanged).any(|hit| bound.contains(&hit.span.start)) {
        return;
    }
    for place in inside {
        if let Some(entry) = mentions.get_mut(*place).map(|mention| &mut mention.entry)
            && entry.role == Role::Unsaid
            && entry.phones.is_empty()
            && entry.second.is_none()
            && entry.former_email.is_none()
        {
            entry.role = Role::Keep;
        }
    }
}

/// `Remove A, and B becomes the first one`: the word follows the person at once, and says what he does.
pub(super) fn is_right_behind(speech: &Speech, span: &Range<usize>, cue: &Hit) -> bool {
    let gap = speech.chars.get(span.end..cue.span.start).unwrap_or_default();
    span.end <= cue.span.start && gap.iter().all(|c| matches!(c, ' ' | ')' | '）' | '>'))
}

/// Words of contrast between two persons, such as `while` and `but`.
pub(super) fn turns(speech: &Speech, spans: &[Range<usize>]) -> Vec<Range<usize>> {
    let between = |hit: &&Hit| {
        spans.windows(2).any(|pair| match pair {
            [one, other] => one.end <= hit.span.start && hit.span.end <= other.start,
            _ => false,
        })
    };
    speech.with(Sense::But).filter(between).map(|hit| hit.span.clone()).collect()
}

pub(super) fn is_placed(speech: &Speech, bound: &Range<usize>) -> bool {
    let inside = |hit: &Hit| bound.contains(&hit.span.start);
    rank_of(speech, bound.start, bound.end).is_some() && speech.with(Sense::ContactWord).any(inside)
}
