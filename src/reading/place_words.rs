//! Place words: what the words beside a place make of it, and it of them, before anybody is given it.

use std::ops::Range;

use crate::reading::days;
use crate::reading::words::{Hit, Sense, spans_of};

/// The words for places.
const PLACES: [Sense; 3] = [Sense::First, Sense::Second, Sense::Third];

/// `Now the primary contact instead of secondary`: what stands right before a place, in a sentence that names another one, makes
/// no room for a person; it says that the place is a former one.
pub(super) fn tell_former(chars: &[char], hits: &mut [Hit]) {
    const GAP_CHARS: usize = 5;
    let places: Vec<Hit> = hits.iter().filter(|hit| PLACES.contains(&hit.sense)).cloned().collect();
    let contacts = spans_of(hits, &[Sense::ContactWord]);
    let in_one_sentence = |from: usize, to: usize| {
        let gap = chars.get(from..to).unwrap_or_default();
        !gap.contains(&'\n') && !gap.windows(2).any(|pair| pair == ['.', ' '])
    };
    for hit in hits.iter_mut().filter(|hit| hit.sense == Sense::InsteadOf) {
        let gap = |place: &Hit| chars.get(hit.span.end..place.span.start);
        let led = places.iter().find(|place| gap(place).is_some_and(|gap| leads_on(gap, GAP_CHARS)));
        let Some(led) = led else { continue };
        if names_behind(chars, &contacts, led.span.end) {
            continue;
        }
        let another = |place: &&Hit| place.sense != led.sense && place.span.end <= hit.span.start;
        if places.iter().filter(another).any(|place| in_one_sentence(place.span.end, hit.span.start)) {
            hit.sense = Sense::Old;
        }
    }
}

/// Whether nothing but small words stands before a place, and not many.
fn leads_on(gap: &[char], chars_max: usize) -> bool {
    gap.len() <= chars_max && gap.iter().all(|c| *c == ' ' || c.is_lowercase())
}

/// Whether an address, or a word with a capital that is none for a contact, stands behind a place in its sentence.
fn names_behind(chars: &[char], contacts: &[Range<usize>], from: usize) -> bool {
    let mut letters = (from..chars.len()).take_while(|at| {
        let end = matches!(chars.get(*at), Some('.' | '!' | '?'))
            && chars.get(*at + 1).is_none_or(|next| next.is_whitespace());
        !end && chars.get(*at) != Some(&'\n')
    });
    letters.any(|at| {
        let begins =
            at.checked_sub(1).and_then(|before| chars.get(before)).is_none_or(|c| !c.is_alphabetic());
        let capital = begins && chars.get(at).is_some_and(|c| c.is_uppercase());
        chars.get(at) == Some(&'@') || (capital && !contacts.iter().any(|word| word.contains(&at)))
    })
}

/// `She should now be listed as primary`: what leads to a place, and to no person, is no exchange of persons.
pub(super) fn lead_to_places(chars: &[char], hits: &mut [Hit]) {
    const GAP_CHARS: usize = 12;
    let places = spans_of(hits, &PLACES);
    let contacts = spans_of(hits, &[Sense::ContactWord]);
    for hit in hits.iter_mut().filter(|hit| hit.sense == Sense::ReplacedBy) {
        let leads = |place: &Range<usize>| {
            let gap = chars.get(hit.span.end..place.start);
            !names_behind(chars, &contacts, place.end) && gap.is_some_and(|gap| leads_on(gap, GAP_CHARS))
        };
        if places.iter().any(leads) {
            hit.sense = Sense::Now;
        }
    }
}

/// `Depuis le 1er novembre`: the number of a day is no place.
pub(super) fn drop_days(chars: &[char], hits: &mut Vec<Hit>) {
    let counts = |hit: &Hit| {
        PLACES.contains(&hit.sense) && chars.get(hit.span.start).is_some_and(char::is_ascii_digit)
    };
    if !hits.iter().any(counts) {
        return;
    }
    let days = days::of(chars);
    let of_a_day = |hit: &Hit| days.iter().any(|day| day.span.contains(&hit.span.start));
    hits.retain(|hit| !(counts(hit) && of_a_day(hit)));
}
