//! Qualifiers: whether the words beside a value call it the former or the new one, or one that is not to be listed.

use std::ops::Range;

use crate::reading::changes::arrow;
use crate::reading::entry::Role;
use crate::reading::facts;
use crate::reading::folding::is_word;
use crate::reading::sentences;
use crate::reading::speech::Speech;
use crate::reading::values::{is_about_a_value, is_of_a_value};
use crate::reading::words::{Hit, Sense};

/// Characters between a value and an arrow, with the arrow, at the most.
const ARROW_NEAR_CHARS: usize = 8;

/// Whether the words beside a value call it the former or the new one: right before it, or, in languages that put such
/// words behind, right behind it.
pub(super) fn qualifier(speech: &Speech, span: &Range<usize>) -> Option<Role> {
    const NEAR_CHARS: usize = 28;
    const BEHIND_CHARS: usize = 2;
    if arrow_ends(&speech.chars, span.start) {
        return Some(Role::New);
    }
    if arrow_starts(&speech.chars, span.end) {
        return Some(Role::Old);
    }
    // `Delete the number +31 …`.
    let deleted = |hit: &Hit| {
        hit.span.end <= span.start
            && span.start - hit.span.end <= NEAR_CHARS
            && is_about_a_value(speech, hit)
            && is_small(speech, hit.span.end..span.start)
    };
    if speech.with(Sense::Remove).any(deleted) {
        return Some(Role::Old);
    }
    if is_denied(speech, span) || speech.with(Sense::InsteadOf).any(|hit| is_of_a_value(speech, hit, span)) {
        return Some(Role::Old);
    }
    let role =
        |hit: &Hit| if matches!(hit.sense, Sense::Old | Sense::FromWord) { Role::Old } else { Role::New };
    let particle = |hit: &Hit| {
        let leads = hit.language.code() == Some("am");
        matches!(hit.sense, Sense::FromWord | Sense::ToWord) && hit.language.puts_verbs_last() && !leads
    };
    // `From today use a@…`, `merci de noter le +33 …`: what is said in between is said of the value.
    let parted = |hit: &Hit| {
        let acts = speech.hits.iter().any(|other| {
            matches!(other.sense, Sense::Add | Sense::Change | Sense::Replace | Sense::ReplacedBy)
                && other.span.start >= hit.span.end
                && other.span.end <= span.start
        });
        // `Mudei de número: +351 …`: what stands behind a label and its colon is what there is now.
        let gap = speech.chars.get(hit.span.end..span.start).unwrap_or_default();
        let told = gap.iter().any(|c| matches!(c, ':' | '：')) && gap.iter().any(|c| is_word(*c));
        acts || (hit.sense == Sense::FromWord && (told || !is_small(speech, hit.span.end..span.start)))
    };
    if is_let_in(speech, span) {
        return Some(Role::New);
    }
    if has_ended(speech, span) {
        return Some(Role::Old);
    }
    let behind = speech
        .hits
        .iter()
        .find(|hit| particle(hit) && hit.span.start >= span.end && hit.span.start - span.end <= BEHIND_CHARS);
    let near = |hit: &&Hit| {
        let gap = speech.chars.get(hit.span.end..span.start).unwrap_or_default();
        // `The old one, a@…, will be closed`.
        let commas = gap.iter().filter(|c| **c == ',').count();
        let apposed =
            commas == 1 && gap.ends_with(&[',', ' ']) && matches!(hit.sense, Sense::Old | Sense::New);
        hit.span.end <= span.start
            && gap.len() <= NEAR_CHARS
            && (apposed || !gap.iter().any(|c| matches!(c, ',' | ';' | '.' | '(' | '@')))
    };
    let qualifies = |hit: &&Hit| {
        matches!(hit.sense, Sense::Old | Sense::New | Sense::FromWord | Sense::ToWord) && !particle(hit)
    };
    // `Leaving: a@…, to be added: b@…`: a word that acts speaks of a person.
    let acts = |hit: &Hit| {
        speech
            .hits
            .iter()
            .any(|other| matches!(other.sense, Sense::Add | Sense::Remove | Sense::Left) && other.covers(hit))
    };
    let qualifies = |hit: &&Hit| qualifies(hit) && !acts(hit) && !(role(hit) == Role::Old && parted(hit));
    let before =
        speech.hits.iter().filter(qualifies).filter(near).max_by_key(|hit| (hit.span.end, hit.span.len()));
    behind.or(before).map(role)
}

/// `ann@… (unchanged)`, `+31 … (new)`: words in brackets behind a value say that its person is there already.
pub(super) fn is_annotated(value: &Speech) -> bool {
    let Some(open) = value.chars.iter().position(|c| matches!(c, '(' | '（' | '[')) else { return false };
    let said = |hit: &Hit| matches!(hit.sense, Sense::Keep | Sense::Unchanged | Sense::Change | Sense::Old);
    let behind_a_value = facts::addresses(&value.chars).iter().any(|one| one.span.end <= open)
        || facts::numbers(&value.chars).iter().any(|one| one.span.end <= open);
    behind_a_value && value.hits.iter().any(|hit| hit.span.start > open && said(hit))
}

/// `पुराने नंबर की जगह +91 …`: what makes room stands before the word for it, and the value behind it comes.
fn is_let_in(speech: &Speech, span: &Range<usize>) -> bool {
    const NEAR_CHARS: usize = 28;
    const BEHIND_CHARS: usize = 2;
    speech.hits.iter().any(|hit| {
        matches!(hit.sense, Sense::InsteadOf | Sense::InsteadAfter | Sense::ReplacedBy)
            && hit.language.puts_verbs_last()
            && hit.span.end <= span.start
            && span.start - hit.span.end <= BEHIND_CHARS
            && speech
                .with(Sense::Old)
                .any(|old| old.span.end <= hit.span.start && hit.span.start - old.span.end <= NEAR_CHARS)
    })
}

/// `The former one, +36 …, was closed`.
fn has_ended(speech: &Speech, span: &Range<usize>) -> bool {
    const ENDED_CHARS: usize = 16;
    speech.with(Sense::Ended).any(|hit| {
        let gap = speech.chars.get(span.end..hit.span.start).unwrap_or_default();
        // `My new mobile is +36 …, the old one is dead`.
        let of_another =
            speech.with(Sense::Old).any(|old| (span.end..hit.span.start).contains(&old.span.start));
        hit.span.start >= span.end
            && !of_another
            && gap.len() <= ENDED_CHARS
            && !gap.iter().any(|c| c.is_ascii_digit() || matches!(c, '@' | '.' | ';'))
    })
}

/// Whether a stretch has no other words than those that stand between `from` and a value: `from his old number …`.
pub(super) fn is_small(speech: &Speech, stretch: Range<usize>) -> bool {
    let small = speech.mask(|hit| {
        matches!(
            hit.sense,
            Sense::Stop
                | Sense::Old
                | Sense::New
                | Sense::Me
                | Sense::Email
                | Sense::SecondEmail
                | Sense::Phone
                | Sense::Mobile
        )
    });
    stretch.into_iter().all(|place| {
        small.get(place).copied().unwrap_or_default() || speech.chars.get(place).is_some_and(|c| !is_word(*c))
    })
}

/// `Use a@… and not b@…`: whether a negation stands right before a value, or right behind it in a language that puts it
/// there.
fn is_denied(speech: &Speech, span: &Range<usize>) -> bool {
    const NEAR_CHARS: usize = 2;
    const SMALL_CHARS: usize = 28;
    const GONE_CHARS: usize = 4;
    // `Take this one, not her office number +31 …`.
    let small = speech.mask(|hit| {
        let label = matches!(hit.sense, Sense::Phone | Sense::Mobile | Sense::Email);
        label || matches!(hit.sense, Sense::Stop | Sense::ToWord | Sense::Not | Sense::Me)
    });
    let alone = |not: &&Hit| !speech.hits.iter().any(|other| other.exceeds(not));
    let before = |not: &Hit| {
        let gap = not.span.end..span.start;
        not.span.end <= span.start
            && gap.len() <= SMALL_CHARS
            && gap.into_iter().all(|place| {
                small.get(place).copied().unwrap_or_default() || speech.chars.get(place) == Some(&' ')
            })
    };
    let behind = |not: &Hit| {
        not.language.puts_verbs_last() && (span.end..=span.end + NEAR_CHARS).contains(&not.span.start)
    };
    // `Ya no es +34 …`: what a number right behind it goes with is the number.
    let is_number =
        speech.chars.get(span.start).is_some_and(|c| matches!(c, '+' | '(') || c.is_ascii_digit());
    let gone = |left: &Hit| {
        let gap = left.span.end..span.start;
        left.span.end <= span.start && gap.len() <= GONE_CHARS && is_small(speech, gap)
    };
    speech.with(Sense::Not).filter(alone).any(|not| before(not) || behind(not))
        || (is_number && speech.with(Sense::Left).any(gone))
}

/// Whether an arrow ends right before a place: what stands there is the new value.
fn arrow_ends(chars: &[char], place: usize) -> bool {
    let from = place.saturating_sub(ARROW_NEAR_CHARS);
    let before = chars.get(from..place).unwrap_or_default();
    arrow(before).is_some_and(|(start, length)| is_open(before.get(start + length..).unwrap_or_default()))
}

/// Whether an arrow starts right behind a place: what stood there is the former value.
fn arrow_starts(chars: &[char], place: usize) -> bool {
    let end = (place + ARROW_NEAR_CHARS).min(chars.len());
    let after = chars.get(place..end).unwrap_or_default();
    arrow(after).is_some_and(|(start, _)| is_open(after.get(..start).unwrap_or_default()))
}

/// Whether there is nothing but white space and the brackets around an address.
fn is_open(gap: &[char]) -> bool {
    gap.iter().all(|c| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"'))
}

/// `Please do not list our switchboard (+31 …)`: a sentence without anybody that has one number, and says so of it.
pub(super) fn is_not_to_be_listed(speech: &Speech, span: &Range<usize>) -> bool {
    const NEAR_CHARS: usize = 16;
    let Some(bound) = sentences::of(speech).into_iter().find(|bound| bound.contains(&span.start)) else {
        return false;
    };
    let chars = speech.chars.get(bound.start..bound.end.min(speech.chars.len())).unwrap_or_default();
    let denied = speech.with(Sense::Not).filter(|hit| bound.contains(&hit.span.start)).any(|not| {
        speech.with(Sense::Add).any(|add| (not.span.end..not.span.end + NEAR_CHARS).contains(&add.span.start))
    });
    denied && facts::numbers(chars).len() == 1 && !chars.contains(&'@')
}

/// `Not his office line +31 …`: the negation is of a kind of line.
pub(super) fn is_denied_line(speech: &Speech, span: &Range<usize>) -> bool {
    let labelled = speech.hits.iter().any(|hit| {
        matches!(hit.sense, Sense::Phone | Sense::Mobile)
            && hit.span.end <= span.start
            && speech.with(Sense::Not).any(|not| not.span.end <= hit.span.start)
            && is_small(speech, hit.span.end..span.start)
    });
    labelled && is_denied(speech, span)
}
