//! Equalities: what a mail calls the same, and needs no looking up elsewhere.

use crate::reading::facts;
use crate::reading::folding::{folded, is_word};
use crate::reading::sentences;
use crate::reading::speech::Speech;
use crate::reading::words::{Hit, Sense};

/// `Names and numbers are the same as before`, in a sentence that names nobody: the values stay, whatever else changes.
pub(super) fn is_of_equal_values(own: &Speech, hit: &Hit) -> bool {
    const VALUES: [Sense; 4] = [Sense::Name, Sense::Phone, Sense::Mobile, Sense::Email];
    let bound = sentences::of(own).into_iter().find(|bound| bound.contains(&hit.span.start));
    bound.is_some_and(|bound| {
        let inside = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
        let kept = own.with(Sense::Keep).any(|keep| keep.covers(hit));
        let chars = own.chars.get(bound.start..bound.end.min(own.chars.len())).unwrap_or_default();
        kept && VALUES.into_iter().any(inside) && !inside(Sense::Add) && facts::addresses(chars).is_empty()
    })
}

/// `For .no and .sj, the same people for both: …`: in a mail that names several ccTLDs and has the details of somebody, a word
/// that something is the same, with nothing that it is compared with, is about the ccTLDs.
pub(super) fn is_of_each_tld(own: &Speech, hit: &Hit) -> bool {
    let alone = |same: &Hit| {
        let rest = own.chars.get(same.span.end..).unwrap_or_default();
        let gap = rest.iter().take_while(|c| !is_word(**c)).count();
        let next = same.span.end + gap;
        !own.with(Sense::Compared).any(|word| word.span.start == next)
    };
    let mut said = own.with(Sense::Same);
    let starts = |at: &usize| {
        let before = at.checked_sub(1).and_then(|before| own.chars.get(before));
        own.chars.get(*at) == Some(&'.')
            && before.is_none_or(|c| !is_word(*c) && !matches!(c, '.' | '@'))
            && own.chars.get(*at + 1).is_some_and(|c| c.is_alphabetic())
    };
    let label = |at: usize| -> String {
        own.chars.iter().skip(at + 1).take_while(|c| is_word(**c)).map(|c| folded(*c)).collect()
    };
    let mut labels: Vec<String> = (0..own.chars.len()).filter(starts).map(label).collect();
    labels.sort();
    labels.dedup();
    labels.len() > 1
        && !facts::addresses(&own.chars).is_empty()
        && said.any(|same| same.covers(hit) && alone(same))
}
