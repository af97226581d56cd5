//! Roles: what a sentence says is to happen to the persons in it.

use std::ops::Range;

use crate::reading::crossings::{go_and_come, is_placed, is_right_behind, keep_unchanged, turns};
use crate::reading::cues;
use crate::reading::ends::{ends_a_value, gets_second, has_new_value, keep_address};
use crate::reading::entry::{Entry, Role};
use crate::reading::groups::Groups;
use crate::reading::handovers::{change_over, gives_way};
use crate::reading::mentions::Mention;
use crate::reading::ranks;
use crate::reading::sides::Sides;
use crate::reading::slots;
use crate::reading::speech::Speech;
use crate::reading::values::{
    is_about_a_value, is_identified_in_brackets, is_owner_of_a_value, names_a_value,
};
use crate::reading::words::{Hit, Sense};

/// Gives the persons of a sentence their parts. Says whether one of them comes in another's place.
pub(super) fn assign(
    speech: &Speech,
    bound: &Range<usize>,
    mentions: &mut [Mention],
    earlier: &mut [Entry],
) -> bool {
    let inside: Vec<usize> = (0..mentions.len())
        .filter(|place| mentions.get(*place).is_some_and(|mention| bound.contains(&mention.span.start)))
        .collect();
    if ranks::move_each(speech, bound, &inside, mentions) {
        return false;
    }
    let cues: Vec<&Hit> = cues::of(speech, bound);
    let groups = Groups::of(speech, &cues, &inside, mentions);
    let mut replaced = change_over(speech, &cues, &groups.heads, mentions)
        || gives_way(speech, bound, &cues, &inside, mentions)
        || slots::pass_over(speech, bound, &inside, mentions);
    for cue in &cues {
        let side = |before: bool| {
            let stands = |place: &&usize| {
                mentions.get(**place).is_some_and(|mention| (mention.span.start < cue.span.start) == before)
            };
            groups.heads.iter().filter(stands).copied().collect::<Vec<usize>>()
        };
        let sides = Sides { start: bound.start, before: side(true), after: side(false) };
        replaced |= sides.play(speech, cue, mentions, earlier);
    }
    groups.share(mentions);
    if cues.is_empty() {
        keep_unchanged(speech, bound, &inside, mentions);
    }
    go_and_come(speech, bound, &cues, &inside, mentions);
    simple(speech, bound, &cues, &inside, mentions);
    ranks::assign(speech, bound, &inside, mentions);
    replaced
}

/// Adding, removing, changing and keeping: each person goes with the nearest of these words, one before him first.
#[expect(clippy::wildcard_enum_match_arm, reason = "few of the many senses matter here")]
fn simple(speech: &Speech, bound: &Range<usize>, cues: &[&Hit], inside: &[usize], mentions: &mut [Mention]) {
    let plain: Vec<&&Hit> = cues
        .iter()
        .filter(|hit| matches!(hit.sense, Sense::Remove | Sense::Add | Sense::Change | Sense::Keep))
        .filter(|hit| !cues::names_the_list(speech, hit, cues))
        .collect();
    let behind = stand_behind(&plain, inside, mentions);
    let spans: Vec<Range<usize>> =
        inside.iter().filter_map(|place| mentions.get(*place)).map(|mention| mention.span.clone()).collect();
    let turns = turns(speech, &spans);
    let deletes = speech.with(Sense::Remove).any(|hit| {
        let number = |label: &Hit| matches!(label.sense, Sense::Phone | Sense::Mobile);
        let behind = hit.span.end..bound.end;
        let labelled = speech.hits.iter().any(|label| number(label) && behind.contains(&label.span.start));
        bound.contains(&hit.span.start) && is_about_a_value(speech, hit) && labelled
    });
    for place in inside {
        let Some(mention) = mentions.get_mut(*place) else { continue };
        keep_address(speech, mention);
        mention.entry.value_changes |= is_owner_of_a_value(speech, &mention.span)
            || is_identified_in_brackets(speech, &mention.span)
            || plain.iter().any(|hit| {
                hit.sense == Sense::Change && (names_a_value(speech, hit) || is_about_a_value(speech, hit))
            });
        // `Delete the number +31 …`: it is no new one.
        if let ([only], true) = (mention.entry.phones.as_mut_slice(), deletes) {
            only.former = true;
        }
        if mention.entry.role != Role::Unsaid {
            continue;
        }
        let before = plain.iter().rev().find(|hit| hit.span.end <= mention.span.start);
        let after = plain.iter().find(|hit| hit.span.start >= mention.span.start);
        // `Remove A, and make B the first one`, with the second word at its end.
        let contrasted = before.is_some_and(|cue| {
            turns.iter().any(|turn| cue.span.end <= turn.start && turn.end <= mention.span.start)
        });
        let own = || after.is_some_and(|cue| is_right_behind(speech, &mention.span, cue));
        let shared = before.is_some_and(|cue| {
            spans.iter().any(|span| cue.span.end <= span.start && span.end <= mention.span.start)
        });
        let later = behind || contrasted || (shared && own());
        let chosen = if later { after.or(before) } else { before.or(after) };
        let named = mention.entry.name.is_some();
        mention.entry.role = chosen.map_or(Role::Unsaid, |hit| match hit.sense {
            // `Add the address x@… as third contact`: a place is a person's.
            Sense::Add if is_placed(speech, bound) => Role::Add,
            Sense::Add | Sense::Remove if is_about_a_value(speech, hit) => Role::Change,
            // `The line of A was cut off`.
            Sense::Remove if named && ends_a_value(speech, &mention.span, hit) => Role::Change,
            Sense::Remove => Role::Remove,
            Sense::Add => Role::Add,
            Sense::Change => Role::Change,
            _ => Role::Keep,
        });
        if mention.entry.role == Role::Unsaid && named && has_new_value(speech, bound, mention) {
            mention.entry.role = Role::Change;
        }
        // `A stays, but her phone is now …`.
        let moves = |hit: &Hit| matches!(hit.sense, Sense::Change | Sense::ToWord | Sense::New);
        let later = chosen.filter(|hit| hit.sense == Sense::Keep).is_some_and(|keep| {
            let behind = |hit: &Hit| bound.contains(&hit.span.start) && hit.span.start >= keep.span.end;
            speech.hits.iter().any(|hit| moves(hit) && behind(hit)) && mention.span.end > keep.span.end
        });
        if mention.entry.role == Role::Keep && later && !mention.entry.phones.is_empty() {
            mention.entry.role = Role::Change;
            mention.entry.value_changes = true;
        }
        gets_second(speech, (cues, &plain), &mut mention.entry);
    }
}

/// Whether the words of a sentence stand behind the persons they are about: `A abmelden und B anmelden`.
fn stand_behind(cues: &[&&Hit], inside: &[usize], mentions: &[Mention]) -> bool {
    let place =
        |number: Option<&usize>| number.and_then(|number| mentions.get(*number)).map(|mention| &mention.span);
    let (Some(first), Some(last)) = (place(inside.first()), place(inside.last())) else { return false };
    let (Some(first_cue), Some(last_cue)) = (cues.first(), cues.last()) else { return false };
    first.start < first_cue.span.start && last.start < last_cue.span.start
}
