//! Cues: the words of a sentence that say what is to happen to the persons in it.
//!
//! Those that say it of nobody, of a value or of the writer are none.

use std::cell::LazyCell;
use std::ops::Range;

use crate::reading::facts;
use crate::reading::names;
use crate::reading::ordinals::rank_of;
use crate::reading::speech::{Speech, is_negated};
use crate::reading::values::{is_about_a_value, is_of_a_value};
use crate::reading::words::{Hit, Sense};

/// The cues of a sentence, each the longest of its place.
pub(super) fn of<'a>(speech: &'a Speech, bound: &Range<usize>) -> Vec<&'a Hit> {
    const CUES: [Sense; 10] = [
        Sense::Replaces,
        Sense::ReplacedBy,
        Sense::InsteadOf,
        Sense::InsteadAfter,
        Sense::Left,
        Sense::Replace,
        Sense::Remove,
        Sense::Keep,
        Sense::Change,
        Sense::Add,
    ];
    // Only where something stands for something else: else a long text would be looked through for each of its sentences.
    let values: LazyCell<Vec<Range<usize>>, _> = LazyCell::new(|| {
        let addresses = facts::addresses(&speech.chars).into_iter().map(|found| found.span);
        addresses.chain(facts::numbers(&speech.chars).into_iter().map(|found| found.span)).collect()
    });
    let of_a_value = |hit: &Hit| {
        hit.sense == Sense::InsteadOf
            && (is_about_a_value(speech, hit) || values.iter().any(|value| is_of_a_value(speech, hit, value)))
    };
    let inside: Vec<&Hit> = speech
        .hits
        .iter()
        .filter(|hit| CUES.contains(&hit.sense) && bound.contains(&hit.span.start))
        .filter(|hit| !of_a_value(hit) && !is_nobodys(speech, hit) && !is_of_the_writer(speech, hit))
        .filter(|hit| !leads_to_a_tld(speech, hit))
        .filter(|hit| !is_unchanged(speech, hit) && !is_of_all_others(speech, bound, hit))
        .collect();
    inside
        .iter()
        .filter(|hit| {
            !inside
                .iter()
                .any(|other| other.exceeds(hit) || (other.covers(hit) && hit.stretched && !other.stretched))
        })
        .copied()
        .collect()
}

/// Whether a word that somebody goes stands in this stretch.
pub(super) fn removes(speech: &Speech, stretch: Range<usize>) -> bool {
    let goes = |hit: &Hit| matches!(hit.sense, Sense::Remove | Sense::Left);
    speech.hits.iter().any(|hit| goes(hit) && stretch.contains(&hit.span.start))
}

/// `Swap A and B for .nl`, `ponham-me na lista pelo .br`: what leads to a ccTLD leads to no person; but
/// `take A off .nl` is about A.
pub(super) fn leads_to_a_tld(speech: &Speech, hit: &Hit) -> bool {
    let leads = matches!(hit.sense, Sense::ReplacedBy | Sense::Replaces | Sense::InsteadOf);
    let parted = hit.reach > hit.span.end && hit.sense != Sense::Remove;
    (leads || parted)
        && matches!(speech.chars.get(hit.reach..hit.reach + 2), Some([' ', '.']))
        && speech.chars.get(hit.reach + 2).is_some_and(|c| c.is_alphabetic())
}

/// `A and B only; delete all others`: the word is about those whom the mail does not name.
pub(super) fn is_of_all_others(speech: &Speech, bound: &Range<usize>, cue: &Hit) -> bool {
    const AFTER_CHARS: usize = 12;
    const BEFORE_CHARS: usize = 24;
    let near = |others: &Hit| {
        let after = (cue.span.start..=cue.span.end + AFTER_CHARS).contains(&others.span.start);
        let gap = speech.chars.get(others.span.end..cue.span.start).unwrap_or_default();
        let before = others.span.end <= cue.span.start
            && gap.len() <= BEFORE_CHARS
            && !gap.iter().any(|c| matches!(c, '@' | ',' | ';' | ':'));
        bound.contains(&others.span.start) && (after || before)
    };
    // `Supprimer tous les contacts`: no others are named, and all are meant.
    let of_all = |others: &Hit| {
        speech.with(Sense::Everyone).any(|all| {
            others.span.start <= all.span.start
                && all.span.start < others.span.end
                && others.span.end < all.span.end
        })
    };
    matches!(cue.sense, Sense::Remove | Sense::Keep)
        && speech.with(Sense::EveryoneElse).any(|others| near(others) && !of_all(others))
        && names_somebody(speech)
}

/// Whether anybody is named, of whom others could be others.
fn names_somebody(speech: &Speech) -> bool {
    speech.chars.contains(&'@') || !names::find(speech, &[]).is_empty()
}

/// `Nobody leaves`, `do not remove`: a negation right before a word that somebody goes.
pub(super) fn is_nobodys(speech: &Speech, cue: &Hit) -> bool {
    const NEAR_CHARS: usize = 28;
    let replaces = matches!(
        cue.sense,
        Sense::ReplacedBy | Sense::Replaces | Sense::Replace | Sense::InsteadOf | Sense::InsteadAfter
    );
    // `We name nobody in her place`: a sentence without anybody, in which a negation stands before the word.
    let nobody = |not: &Hit| {
        let gap = speech.chars.get(not.span.end..cue.span.start).unwrap_or_default();
        not.span.end <= cue.span.start
            && gap.len() <= NEAR_CHARS
            && !gap.iter().any(|c| matches!(c, ',' | '.' | ';' | ':' | '@' | '\n'))
    };
    let last = speech.chars.get(cue.span.end..).unwrap_or_default().iter().find(|c| !c.is_whitespace());
    let ends = last.is_none_or(|c| matches!(c, '.' | ',' | '!' | ';' | '。' | ')'));
    // `Nobody in her place shall be named for now`: the negation stands right before the word, and no value behind it.
    let rest = speech.chars.get(cue.span.end..).unwrap_or_default();
    let rest = rest.iter().take_while(|c| !matches!(c, '.' | '!' | '\n' | '。'));
    let bare = !rest.clone().any(|c| *c == '@' || *c == ':' || c.is_ascii_digit());
    let led = |not: &Hit| not.span.end < cue.span.start && cue.span.start - not.span.end <= 1;
    let ends = ends || (bare && speech.with(Sense::Not).any(led));
    (matches!(cue.sense, Sense::Left | Sense::Remove) && is_negated(speech, cue))
        || (replaces && ends && speech.with(Sense::Not).any(nobody))
}

/// `Nothing changes for A`: a word for a change within one that there is none.
pub(super) fn is_unchanged(speech: &Speech, cue: &Hit) -> bool {
    let changes = matches!(cue.sense, Sense::Change | Sense::Replace | Sense::Add | Sense::Remove);
    changes && speech.with(Sense::Unchanged).any(|unchanged| unchanged.covers(cue))
}

/// `Bob takes over from me`, `strike me`, `I have left`: the word is about the writer, and about none of those he names.
fn is_of_the_writer(speech: &Speech, cue: &Hit) -> bool {
    const NEAR_CHARS: usize = 24;
    let meets = |hit: &Hit| hit.span.start < cue.span.end && cue.span.start < hit.span.end;
    let small = speech.mask(|hit| matches!(hit.sense, Sense::Stop | Sense::Left));
    let leads = |me: &Hit| {
        let gap = me.span.end..cue.span.start;
        me.span.end <= cue.span.start
            && gap.len() <= NEAR_CHARS
            && gap.into_iter().all(|place| {
                small.get(place).copied().unwrap_or_default() || speech.chars.get(place) == Some(&' ')
            })
    };
    let of_me = |hit: &Hit| matches!(hit.sense, Sense::InMyPlace | Sense::RemoveMe) && meets(hit);
    speech.hits.iter().any(of_me)
        || (cue.sense == Sense::Left && speech.with(Sense::Me).any(|me| meets(me) || leads(me)))
}

/// `Remove from the contacts for .nl`: a word for adding that is made of one for contacts says whence, behind one that acts.
pub(super) fn names_the_list(speech: &Speech, hit: &Hit, cues: &[&Hit]) -> bool {
    const NEAR_CHARS: usize = 12;
    let removed = |cue: &&Hit| {
        let gap = speech.chars.get(cue.span.end..hit.span.start).unwrap_or_default();
        cue.sense == Sense::Remove
            && cue.span.end <= hit.span.start
            && gap.len() <= NEAR_CHARS
            && gap.iter().all(|c| *c == ' ' || c.is_alphabetic())
    };
    // `A becomes contact no. 1 and B contact no. 2`: it names a place.
    let places = || {
        let end = (hit.span.end + NEAR_CHARS).min(speech.chars.len());
        let changes = cues.iter().any(|cue| cue.sense == Sense::Change && cue.span.end <= hit.span.start);
        changes && rank_of(speech, hit.span.start, end).is_some()
    };
    hit.sense == Sense::Add
        && speech.with(Sense::ContactWord).any(|word| hit.covers(word))
        && (cues.iter().any(removed) || places())
}
