//! Slots: sentences that say in whose hands the place or the work of another is now.

use std::ops::Range;

use crate::reading::entry::Role;
use crate::reading::folding::is_word;
use crate::reading::mentions::Mention;
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// Characters between a place and the person behind it whose it is at the most: ` of our colleague `.
const OF_CHARS_MAX: usize = 16;

/// Characters between a person and the place behind him that is his at the most: ` 's old `.
const HIS_CHARS_MAX: usize = 6;

/// `The seat of A is filled by B (b@…, +31 …)`, `A's work passes to B`: of two persons the one whose place or work it is
/// makes room, and the other, who has all his details there, comes. Which word says that it is taken, and which one stands
/// before the other, matters in no language; only that both are there. Says whether it is so.
pub(super) fn pass_over(
    speech: &Speech,
    bound: &Range<usize>,
    inside: &[usize],
    mentions: &mut [Mention],
) -> bool {
    let within = |hit: &&Hit| bound.contains(&hit.span.start);
    let taken = speech.with(Sense::Takes).any(|hit| within(&hit));
    let half = speech.hits.iter().filter(within).any(is_shared);
    if !taken || half {
        return false;
    }
    let slots: Vec<&Hit> = speech.with(Sense::Slot).filter(within).collect();
    let comes = |place: &usize| {
        mentions.get(*place).is_some_and(|mention| {
            !mention.entry.phones.is_empty() && matches!(mention.entry.role, Role::Unsaid | Role::Add)
        })
    };
    let goes = |place: &usize| {
        mentions.get(*place).is_some_and(|mention| {
            mention.entry.phones.is_empty() && matches!(mention.entry.role, Role::Unsaid | Role::Remove)
        }) && slots.iter().any(|slot| is_his(speech, slot, *place, mentions))
    };
    let (Some(new), Some(old)) = (only(inside, comes), only(inside, goes)) else { return false };
    // Whoever else is named there may be who comes, or goes.
    if inside.iter().any(|place| *place != old && *place != new && is_sure(mentions, *place)) {
        return false;
    }
    for (place, role) in [(old, Role::Old), (new, Role::New)] {
        if let Some(mention) = mentions.get_mut(place) {
            mention.entry.role = role;
        }
    }
    true
}

/// The one for which this is true; none where it is so for several.
fn only(inside: &[usize], test: impl Fn(&usize) -> bool) -> Option<usize> {
    let mut found = inside.iter().copied().filter(|place| test(place));
    found.next().filter(|_| found.next().is_none())
}

/// Words with which a place is not wholly another's, or not for good.
fn is_shared(hit: &Hit) -> bool {
    matches!(hit.sense, Sense::Keep | Sense::Not | Sense::Swap | Sense::Or | Sense::MeToo)
}

/// Whether somebody is meant, and no word that is not understood.
fn is_sure(mentions: &[Mention], place: usize) -> bool {
    mentions.get(place).is_some_and(|mention| {
        !mention.weak
            || mention.entry.has_contact_data()
            || mention.entry.name.as_ref().is_some_and(|name| name.contains(' '))
    })
}

/// Whether a place is this person's: he stands right behind it, or right before it.
fn is_his(speech: &Speech, slot: &Hit, place: usize, mentions: &[Mention]) -> bool {
    let Some(mention) = mentions.get(place) else { return false };
    let free = |gap: Range<usize>, most: usize| {
        let chars = speech.chars.get(gap.clone()).unwrap_or_default();
        gap.start <= gap.end
            && chars.len() <= most
            && !chars.iter().any(|c| matches!(c, ',' | '.' | ';' | ':' | '@' | '\n' | '،' | '。' | '，'))
            && !mentions.iter().any(|other| gap.contains(&other.span.start))
    };
    let letters = mention.entry.name.as_ref().map_or(0, |name| name.chars().count());
    let named = mention.span.start + letters;
    let behind = free(slot.span.end..mention.span.start, OF_CHARS_MAX);
    // `Ann Bee (ann@…)'s seat` is written nowhere: his address stands behind the word.
    let before = named <= slot.span.start
        && speech.chars.get(named..slot.span.start).is_some_and(|gap| {
            gap.len() <= HIS_CHARS_MAX && gap.iter().filter(|c| is_word(**c)).count() < HIS_CHARS_MAX
        });
    behind || (before && free(named..slot.span.start, HIS_CHARS_MAX))
}
