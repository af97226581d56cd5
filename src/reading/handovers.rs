//! Handovers: a sentence that says from whom to whom, or from which value to which, something passes.

use std::ops::Range;

use crate::domain::address::Address;
use crate::reading::entry::{Entry, Role};
use crate::reading::folding::{folded, is_hangul};
use crate::reading::mentions::Mention;
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// `Panią A (a@…), która odeszła, zastępuje B, b@…, +48 …`: he who has left has no number, and he who comes is called as his
/// address has him. A name with another ending, or a number in brackets, may be his who makes room for one who came from
/// elsewhere.
pub(super) fn leaves_to(speech: &Speech, goes: &Mention, comes: &Mention) -> bool {
    let (before, behind) = (&goes.entry, &comes.entry);
    let has_left = before.role == Role::Remove && before.phones.is_empty() && !before.emails.is_empty();
    let arrives = behind.role == Role::Unsaid && !behind.phones.is_empty() && !behind.emails.is_empty();
    let name = behind.name.as_deref().unwrap_or_default();
    let words: Vec<String> = name.split_whitespace().map(|word| word.chars().map(folded).collect()).collect();
    let local: String =
        behind.emails.first().map(Address::local).unwrap_or_default().chars().map(folded).collect();
    let called = local.split(|c: char| !c.is_alphabetic()).any(|part| words.iter().any(|word| word == part));
    let latin = words.iter().flat_map(|word| word.chars()).all(|c| c.is_ascii());
    let text = speech.chars.get(comes.span.clone()).unwrap_or_default();
    let bracketed = text.iter().take_while(|c| !c.is_ascii_digit()).any(|c| matches!(c, '(' | '（'));
    has_left && arrives && (called || (!latin && !bracketed))
}

/// `From A to B`: the first makes room for the second. Two addresses without names are two of one person.
pub(super) fn change_over(
    speech: &Speech,
    cues: &[&Hit],
    inside: &[usize],
    mentions: &mut [Mention],
) -> bool {
    let changes =
        cues.iter().any(|hit| matches!(hit.sense, Sense::Change | Sense::Replace | Sense::ReplacedBy));
    let nameless = |place: &&usize| mentions.get(**place).is_some_and(|mention| mention.entry.name.is_none());
    let addresses: Vec<usize> = inside.iter().filter(nameless).copied().collect();
    let pair = if addresses.len() == 2 { addresses.as_slice() } else { inside };
    let [first, second] = pair else { return false };
    let span = |place: &usize| mentions.get(*place).map(|mention| mention.span.clone());
    let Some((from, to)) = span(first).zip(span(second)) else { return false };
    if !(changes && (is_from_to(speech, &from, &to) || is_changed_for(speech, cues, &from, &to))) {
        return false;
    }
    if addresses.len() == 2 {
        let former = mentions.get(*first).and_then(|mention| mention.entry.emails.first().cloned());
        // The person himself may be named before the two addresses.
        let owner = inside.iter().find(|place| !addresses.contains(place));
        let name = owner.and_then(|owner| mentions.get_mut(*owner)).and_then(|owner| owner.entry.name.take());
        if let Some(mention) = mentions.get_mut(*first) {
            mention.entry = Entry::default();
        }
        if let Some(mention) = mentions.get_mut(*second) {
            mention.entry.former_email = former;
            mention.entry.name = name;
            mention.entry.role = Role::Change;
            mention.entry.value_changes = true;
        }
        return false;
    }
    for (place, role) in [(*first, Role::Old), (*second, Role::New)] {
        if let Some(mention) = mentions.get_mut(place) {
            mention.entry.role = role;
        }
    }
    true
}

/// `The contact changes from A to the person below`: A makes room for him whose details follow.
pub(super) fn gives_way(
    speech: &Speech,
    bound: &Range<usize>,
    cues: &[&Hit],
    inside: &[usize],
    mentions: &mut [Mention],
) -> bool {
    const NEAR_CHARS: usize = 2;
    let changes =
        cues.iter().any(|hit| matches!(hit.sense, Sense::Change | Sense::Replace | Sense::ReplacedBy));
    let [only] = inside else { return false };
    let Some(mention) = mentions.get_mut(*only).filter(|mention| mention.entry.name.is_some()) else {
        return false;
    };
    let near = |from: usize, to: usize| from <= to && to - from <= NEAR_CHARS;
    let leaves = speech.with(Sense::FromWord).any(|hit| {
        near(hit.span.end, mention.span.start)
            || (hit.language.puts_verbs_last() && near(mention.span.end, hit.span.start))
    });
    let follows = |hit: &Hit| bound.contains(&hit.span.start) && hit.span.start >= mention.span.end;
    let gives_way = changes && leaves && speech.with(Sense::Below).any(follows);
    if gives_way {
        mention.entry.role = Role::Old;
    }
    gives_way
}

/// `A (a@…) by B, b@…, +31 …`, behind a sentence that speaks of a replacement: every two persons with nothing between them
/// but a small word that leads from one to the other.
pub(super) fn lead_over(speech: &Speech, bound: &Range<usize>, mentions: &mut [Mention]) {
    let inside: Vec<usize> = (0..mentions.len())
        .filter(|place| mentions.get(*place).is_some_and(|mention| bound.contains(&mention.span.start)))
        .collect();
    let led = |pair: &[usize]| match pair {
        [one, other] => mentions.get(*one).zip(mentions.get(*other)).is_some_and(|both| is_led(speech, both)),
        _ => false,
    };
    let parted = |pair: &[usize]| match pair {
        [one, other] => mentions.get(*one).zip(mentions.get(*other)).is_some_and(|(one, other)| {
            let gap = speech.chars.get(one.span.end..other.span.start).unwrap_or_default();
            !gap.iter().any(|c| c.is_alphanumeric())
        }),
        _ => true,
    };
    let between = inside.get(1..).unwrap_or_default();
    if inside.is_empty() || !inside.chunks(2).all(led) || !between.chunks(2).all(parted) {
        return;
    }
    for (number, place) in inside.into_iter().enumerate() {
        if let Some(mention) = mentions.get_mut(place) {
            mention.entry.role = if number % 2 == 0 { Role::Old } else { Role::New };
        }
    }
}

/// Whether nothing but a word that leads on stands between one without a number and one who has one.
fn is_led(speech: &Speech, (goes, comes): (&Mention, &Mention)) -> bool {
    let gap = goes.span.end..comes.span.start;
    let text = speech.chars.get(gap.clone()).unwrap_or_default();
    let leads = |place: usize| speech.with(Sense::ToWord).any(|hit| hit.span.contains(&place));
    let letters = gap.filter(|place| speech.chars.get(*place).is_some_and(|c| c.is_alphanumeric()));
    let led = letters.clone().next().is_some() && letters.clone().all(leads);
    let plain = !text.iter().any(|c| matches!(c, '.' | ';' | '\n'));
    let whole = !comes.entry.phones.is_empty() && goes.entry.phones.is_empty();
    led && plain && whole && goes.entry.role == Role::Unsaid && comes.entry.role == Role::Unsaid
}

/// `Cambiar a A por B`: the word for the change stands right before one, and one that leads on alone between the two.
fn is_changed_for(speech: &Speech, cues: &[&Hit], from: &Range<usize>, to: &Range<usize>) -> bool {
    const LED_CHARS: usize = 8;
    let gap = from.end..to.start;
    let led = cues.iter().any(|cue| {
        cue.sense == Sense::Change && cue.span.end <= from.start && from.start - cue.span.end <= LED_CHARS
    });
    let leads = speech.with(Sense::ToWord).any(|hit| gap.start <= hit.span.start && hit.span.end <= gap.end);
    led && leads && gap.len() <= LED_CHARS
}

/// Whether these two stand in `from A to B`, in languages that put such words before or behind.
fn is_from_to(speech: &Speech, from: &Range<usize>, to: &Range<usize>) -> bool {
    const NEAR_CHARS: usize = 12;
    const BEHIND_CHARS: usize = 2;
    let before = |sense: Sense, span: &Range<usize>, floor: usize| {
        speech.with(sense).any(|hit| {
            let near = hit.span.start >= floor
                && hit.span.end <= span.start
                && span.start - hit.span.end <= NEAR_CHARS;
            // `Merci de substituer A à B`: the small word leads to what is to be done.
            let to_a_verb = || {
                let behind = |verb: &Hit| hit.span.end <= verb.span.start && verb.span.end <= span.start;
                speech.with(Sense::Replace).chain(speech.with(Sense::Change)).any(behind)
            };
            near && !to_a_verb()
        })
    };
    let behind = |sense: Sense, span: &Range<usize>| {
        // Korean writes it together with the name.
        speech.with(sense).any(|hit| {
            hit.span.end == span.end
                || (hit.span.start >= span.end && hit.span.start - span.end <= BEHIND_CHARS)
        })
    };
    // `박서연으로`: a particle that is written together with a name is no word of its own.
    let joined = |endings: &[&str], span: &Range<usize>| {
        let text = speech.text(span.clone());
        text.chars().next_back().is_some_and(is_hangul) && endings.iter().any(|ending| text.ends_with(ending))
    };
    let korean = (behind(Sense::FromWord, from) || joined(&["에서"], from))
        && (behind(Sense::ToWord, to) || joined(&["으로", "로"], to));
    let prepositions = korean || before(Sense::FromWord, from, 0) && before(Sense::ToWord, to, from.end);
    prepositions || (behind(Sense::FromWord, from) && behind(Sense::ToWord, to))
}
