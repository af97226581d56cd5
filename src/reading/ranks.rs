//! Ranks: which of the places named in a sentence is whose.

use std::ops::Range;

use crate::domain::contact::Rank;
use crate::reading::doubts;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::mentions::Mention;
use crate::reading::ordinals::{numbered, numbered_places, places_to_be, rank_of};
use crate::reading::sentences;
use crate::reading::speech::{Speech, is_negated};
use crate::reading::statement::Statement;
use crate::reading::words::{Hit, Sense};

/// Characters between a place and the person it belongs to at the most.
const FAR_CHARS: usize = 60;

/// Characters between a place and the person behind it that it leads to: ` a `, `: `.
const LED_CHARS: usize = 4;

/// Gives the persons of a sentence the places that it names. One person takes the only one that there is; among several
/// each place goes to the nearest on that side on which the first place has its person.
pub(super) fn assign(speech: &Speech, bound: &Range<usize>, inside: &[usize], mentions: &mut [Mention]) {
    if let [only] = inside {
        let Some(mention) = mentions.get_mut(*only).filter(|mention| mention.entry.rank.is_none()) else {
            return;
        };
        let moved = moved(speech, &places(speech, bound));
        // `His second address is a@…, the main one stays b@…`: where addresses are told apart, a place is a contact's.
        let mut placed = speech.hits.iter().filter(|hit| {
            bound.contains(&hit.span.start)
                && matches!(hit.sense, Sense::First | Sense::Second | Sense::Third)
        });
        let of_contact = |hit: &Hit| {
            speech.with(Sense::ContactWord).any(|word| {
                belongs_to(speech, hit, word)
                    || belongs_to(speech, word, hit)
                    || (word.span.start < hit.span.end && hit.span.start < word.span.end)
            })
        };
        let certain = mention.entry.second.is_none() || placed.any(of_contact);
        let start = behind_turn(speech, bound);
        mention.entry.rank = moved.or_else(|| rank_of(speech, start, bound.end).filter(|_| certain));
        if moved.is_some() && mention.entry.role == Role::Unsaid {
            mention.entry.role = Role::Change;
            mention.entry.value_changes = true;
        }
        return;
    }
    let places = without_former(speech, places(speech, bound));
    let spans: Vec<Range<usize>> =
        inside.iter().filter_map(|place| mentions.get(*place)).map(|mention| mention.span.clone()).collect();
    let first = spans.first().map(|span| span.start).unwrap_or_default();
    let leads = places.first().is_some_and(|(span, _)| span.start < first);
    let several = places.len() > 1;
    for (span, rank) in places {
        // `Our backup contact instead of A is now B`, `B takes over from A as first contact`: the place is his who comes.
        let makes_room = |number: usize| {
            let mention = inside.get(number).and_then(|place| mentions.get(*place));
            let replaced = speech.hits.iter().any(|hit| {
                matches!(hit.sense, Sense::InsteadOf | Sense::Replaces | Sense::ReplacedBy)
                    && bound.contains(&hit.span.start)
            });
            replaced && mention.is_some_and(|mention| mention.entry.role == Role::Old)
        };
        let nearest = (0..spans.len()).filter(|number| !makes_room(*number)).min_by_key(|number| {
            let Some(mention) = spans.get(*number) else { return (true, true, usize::MAX, true) };
            // `A comes as third contact; B's mobile is …`: the place is in the clause of the other.
            let gap = mention.end.min(span.end)..mention.start.max(span.start);
            let parted = speech.chars.get(gap).is_some_and(|gap| gap.contains(&';'));
            // `primary A, backup B`: all go the way of the first, even where the other is nearer by a sign.
            let against = (mention.start >= span.end) != leads;
            let far = distance(&span, mention) > FAR_CHARS;
            (parted, several && (against || far), distance(&span, mention), against)
        });
        let only = (0..spans.len()).filter(|number| !makes_room(*number)).count() == 1;
        let is_near = |number: &usize| spans.get(*number).is_some_and(|m| distance(&span, m) <= FAR_CHARS);
        let near = nearest.filter(|number| only || is_near(number));
        // `A as first contact (a@…) and as second B`: he who stands right before has a place already.
        let has_one = |number: usize| {
            let mention = inside.get(number).and_then(|place| mentions.get(*place));
            mention.is_some_and(|mention| mention.entry.rank.is_some())
        };
        let led = (0..spans.len()).find(|number| {
            spans.get(*number).is_some_and(|m| m.start >= span.end && m.start - span.end <= LED_CHARS)
        });
        let near = match (near, led) {
            (Some(near), Some(led)) if has_one(near) && !has_one(led) && !makes_room(led) => Some(led),
            (near, _) => near,
        };
        let mention = near.and_then(|number| inside.get(number)).and_then(|place| mentions.get_mut(*place));
        if let Some(mention) = mention
            && mention.entry.rank.is_none()
        {
            mention.entry.rank = Some(rank);
        }
    }
}

/// `Second, Bob Lee has left`: where a sentence that says what happens starts behind a word that counts sentences.
fn behind_turn(speech: &Speech, bound: &Range<usize>) -> usize {
    const ACTS: [Sense; 4] = [Sense::Remove, Sense::Left, Sense::Change, Sense::Add];
    let start = (bound.start..bound.end)
        .find(|at| speech.chars.get(*at).is_some_and(|c| !c.is_whitespace()))
        .unwrap_or(bound.start);
    let counts = |hit: &&Hit| {
        matches!(hit.sense, Sense::First | Sense::Second | Sense::Third)
            && hit.span.start == start
            && speech.chars.get(hit.span.end) == Some(&',')
    };
    let acts = speech.hits.iter().any(|hit| ACTS.contains(&hit.sense) && bound.contains(&hit.span.start));
    let turn = speech.hits.iter().find(counts).filter(|_| acts);
    turn.map_or(bound.start, |hit| hit.span.end)
}

/// `From #1 to #2`, `formerly first, now second`: the place that one person is to have who has another one.
fn moved(speech: &Speech, places: &[(Range<usize>, Rank)]) -> Option<Rank> {
    const NEAR_CHARS: usize = 12;
    let [(first, was), (second, is)] = places else { return None };
    let before = |senses: [Sense; 2], span: &Range<usize>| {
        speech.hits.iter().any(|hit| {
            let near = hit.span.end <= span.start && span.start - hit.span.end <= NEAR_CHARS;
            senses.contains(&hit.sense) && near
        })
    };
    let between = |hit: &Hit| first.end <= hit.span.start && hit.span.end <= second.start;
    // `由第二聯絡人改為第一聯絡人`: the word for the change stands between the two.
    let becomes = second.start.saturating_sub(first.end) <= NEAR_CHARS
        && speech.hits.iter().any(|hit| {
            matches!(hit.sense, Sense::Change | Sense::Replace | Sense::ReplacedBy) && between(hit)
        });
    // `The first contact now instead of the second`: the former place stands behind the one he is to have.
    let leads = speech.hits.iter().filter(|hit| {
        let near = hit.span.end <= second.start && second.start - hit.span.end <= NEAR_CHARS;
        near && matches!(hit.sense, Sense::Old | Sense::FromWord | Sense::ToWord | Sense::New)
    });
    let nearest = leads.max_by_key(|hit| (hit.span.end, hit.span.len())).map(|hit| hit.sense);
    if was != is && nearest == Some(Sense::Old) {
        return Some(*was);
    }
    let moves = before([Sense::FromWord, Sense::Old], first)
        || before([Sense::ToWord, Sense::New], second)
        || becomes;
    (was != is && moves).then_some(*is)
}

/// `He has left. Replace him as deputy by:`: the place in a sentence of an exchange that has no value.
fn exchanged(own: &Speech) -> Option<Rank> {
    sentences::of(own).into_iter().find_map(|bound| {
        let chars = own.chars.get(bound.start..bound.end.min(own.chars.len())).unwrap_or_default();
        let bare = facts::addresses(chars).is_empty() && facts::numbers(chars).is_empty();
        let inside = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
        let exchange = inside(Sense::Replace) || inside(Sense::ReplacedBy);
        match places(own, &bound).as_slice() {
            [(_, rank)] if bare && exchange => Some(*rank),
            _ => None,
        }
    })
}

/// `She can be reached at a@… and will be the third contact`: the place in the sentence that has his address, and no other.
fn told_with_values(own: &Speech, entry: &Entry) -> Option<Rank> {
    let addresses = facts::addresses(&own.chars);
    let email = entry.emails.first()?;
    let his = addresses.iter().find(|found| found.what == *email)?;
    let bound = sentences::of(own).into_iter().find(|bound| bound.contains(&his.span.start))?;
    let others = addresses.iter().any(|one| bound.contains(&one.span.start) && one.what != *email);
    let called = own.with(Sense::ContactWord).any(|hit| bound.contains(&hit.span.start));
    let told = places(own, &bound);
    match told.as_slice() {
        [(span, rank)] if called && !others && span.start > his.span.end => Some(*rank),
        _ => None,
    }
}

/// `A moves from the second place to the first, and B from the first to the second`: what each person of a sentence is to be.
/// Says whether it is so.
pub(super) fn move_each(
    speech: &Speech,
    bound: &Range<usize>,
    inside: &[usize],
    mentions: &mut [Mention],
) -> bool {
    const GOES: [Sense; 4] = [Sense::Left, Sense::Remove, Sense::Add, Sense::InsteadOf];
    let acts = speech.hits.iter().any(|hit| GOES.contains(&hit.sense) && bound.contains(&hit.span.start));
    let start = |place: &usize| mentions.get(*place).map(|mention| mention.span.start);
    let numbered = |place: &usize| mentions.get(*place).is_none_or(|one| !one.entry.phones.is_empty());
    if acts || inside.iter().any(numbered) {
        return false;
    }
    let mut moves = Vec::new();
    for (number, place) in inside.iter().enumerate() {
        // What is said of the only one may stand before him.
        let from = if inside.len() == 1 { Some(bound.start) } else { start(place) };
        let to = inside.get(number + 1).and_then(start).unwrap_or(bound.end);
        let rank = from.and_then(|from| moved(speech, &places(speech, &(from..to))));
        let Some(rank) = rank else { return false };
        moves.push((*place, rank));
    }
    for (place, rank) in &moves {
        if let Some(mention) = mentions.get_mut(*place) {
            mention.entry.rank = Some(*rank);
            mention.entry.role = Role::Change;
            mention.entry.value_changes = true;
        }
    }
    !moves.is_empty()
}

/// `The former second contact A becomes the first`: of two places the one that is called former says only where he stood.
/// Where all of them are called so, none is left that could be meant.
fn without_former(speech: &Speech, places: Vec<(Range<usize>, Rank)>) -> Vec<(Range<usize>, Rank)> {
    const NEAR_CHARS: usize = 4;
    const TO_BE_CHARS: usize = 12;
    let former = |span: &Range<usize>| {
        speech.with(Sense::Old).any(|hit| {
            hit.span.start < span.start && hit.span.end <= span.end && hit.span.end + NEAR_CHARS >= span.start
        })
    };
    // `A (currently #2) becomes #1`: what stands in brackets beside a place that somebody is to have.
    let bracketed = |span: &Range<usize>| {
        let before = speech.chars.get(..span.start).unwrap_or_default();
        let sign = before.iter().rev().find(|c| matches!(c, '(' | ')' | '（' | '）' | '\n'));
        matches!(sign, Some('(' | '（'))
    };
    let led = |span: &Range<usize>| {
        let leads = |hit: &Hit| matches!(hit.sense, Sense::ToWord | Sense::New | Sense::Now | Sense::Change);
        speech
            .hits
            .iter()
            .any(|hit| leads(hit) && hit.span.end <= span.start && span.start - hit.span.end <= TO_BE_CHARS)
    };
    let moves = places.iter().any(|(span, _)| !bracketed(span) && led(span));
    let former = |span: &Range<usize>| former(span) || (moves && bracketed(span));
    let rest: Vec<_> = places.iter().filter(|(span, _)| !former(span)).cloned().collect();
    if rest.is_empty() { places } else { rest }
}

/// The places named in a sentence, each the longest phrase where it stands.
pub(super) fn places(speech: &Speech, bound: &Range<usize>) -> Vec<(Range<usize>, Rank)> {
    let mut places: Vec<(Range<usize>, Rank)> = numbered_places(&speech.chars, bound);
    if places.is_empty() {
        places = places_to_be(speech, bound);
    }
    for hit in &speech.hits {
        let named = matches!(hit.sense, Sense::First | Sense::Second | Sense::Third);
        let apart = places.iter().all(|(span, _)| span.end <= hit.span.start || hit.span.end <= span.start);
        if named
            && apart
            && bound.contains(&hit.span.start)
            && let Some(rank) = rank_of(speech, hit.span.start, hit.span.end)
        {
            places.push((hit.span.clone(), rank));
        }
    }
    places.sort_by_key(|(span, _)| span.start);
    places
}

/// Whether there are only words that are understood between a place and a word for a contact behind it.
fn belongs_to(speech: &Speech, place: &Hit, word: &Hit) -> bool {
    const BETWEEN_CHARS: usize = 16;
    let between =
        [Sense::Stop, Sense::Vocabulary, Sense::ContactWord, Sense::First, Sense::Second, Sense::Third];
    let known = speech.mask(|hit| between.contains(&hit.sense));
    let gap = place.span.end..word.span.start;
    place.span.end <= word.span.start
        && gap.len() <= BETWEEN_CHARS
        && gap.into_iter().all(|at| {
            known.get(at).copied().unwrap_or_default()
                || speech.chars.get(at).is_some_and(|c| matches!(c, ' ' | '(' | ')'))
        })
}

/// `Please swap the first and the second contact`: the two places whose contacts exchange them, where the mail names nobody.
pub(super) fn swapped(statement: &Statement, own: &Speech) -> Option<[Rank; 2]> {
    if !statement.entries.is_empty() || !statement.loose.is_empty() || own.has(Sense::How) {
        return None;
    }
    let mut asked = None;
    for bound in sentences::of(own) {
        let says = own.with(Sense::Swap).any(|hit| bound.contains(&hit.span.start) && !is_negated(own, hit));
        let mut ranks: Vec<Rank> = places(own, &bound).into_iter().map(|(_, rank)| rank).collect();
        ranks.sort();
        ranks.dedup();
        match ranks.as_slice() {
            [one, other] if says && asked.is_none() => asked = Some([*one, *other]),
            // More than two places, or two such wishes: who goes where is a person's to find out.
            _ if says => return None,
            _ => {}
        }
    }
    asked
}

fn distance(a: &Range<usize>, b: &Range<usize>) -> usize {
    if a.end <= b.start { b.start - a.end } else { a.start.saturating_sub(b.end) }
}

/// `I remain the first contact`: the place is the writer's, and nobody else's.
fn is_kept_by_the_writer(own: &Speech, place: &Hit) -> bool {
    let bound = sentences::of(own).into_iter().find(|bound| bound.contains(&place.span.start));
    bound.is_some_and(|bound| {
        let inside = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
        let chars = own.chars.get(bound.start..bound.end.min(own.chars.len())).unwrap_or_default();
        inside(Sense::Me) && inside(Sense::Keep) && facts::addresses(chars).is_empty()
    })
}

/// `The first two stay`: a word for what stays follows in the same clause, which has no value.
fn stays(own: &Speech, place: &Hit) -> bool {
    const NEAR_CHARS: usize = 40;
    let parts = |c: &char| matches!(c, ',' | ';' | ':' | '.' | '\n' | '@' | '(' | '،' | '，' | '。');
    own.hits.iter().filter(|hit| matches!(hit.sense, Sense::Keep | Sense::Unchanged)).any(|hit| {
        let gap = own.chars.get(place.span.end..hit.span.start).unwrap_or_default();
        place.span.end <= hit.span.start && gap.len() <= NEAR_CHARS && !gap.iter().any(parts)
    })
}

/// `He is to be entered as contact number 2`: the place that sentences without any address or number of a person name, where
/// they name one.
fn told_apart(own: &Speech) -> Option<Rank> {
    let mut ranks = sentences::of(own).into_iter().filter_map(|bound| {
        let end = bound.end.min(own.chars.len());
        let chars = own.chars.get(bound.start..end).unwrap_or_default();
        let inside = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
        let bare = facts::addresses(chars).is_empty() && facts::numbers(chars).is_empty();
        let moves = [Sense::Old, Sense::Keep, Sense::Remove, Sense::Left, Sense::Me].into_iter().any(inside);
        numbered(own, bound.start, end).filter(|_| bare && !moves)
    });
    let first = ranks.next()?;
    ranks.all(|rank| rank == first).then_some(first)
}

/// A place named in a sentence of its own is the only person's: `Please list him as primary contact.`
pub(super) fn settle(statement: &Statement, own: &Speech) -> Statement {
    const PHRASE_CHARS_MIN: usize = 8;
    let mut statement = statement.clone();
    if let [only] = statement.entries.as_mut_slice()
        && only.rank.is_none()
    {
        let sure = |hit: &&Hit| {
            matches!(hit.sense, Sense::First | Sense::Second | Sense::Third)
                && hit.span.len() >= PHRASE_CHARS_MIN
        };
        // `The main one stays a@…`: where addresses are told apart, a place is a contact's that is called one.
        let called = |hit: &&Hit| {
            let near =
                |word: &Hit| word.span.start <= hit.span.end + 1 && hit.span.start <= word.span.end + 1;
            only.second.is_none() || own.with(Sense::ContactWord).any(near)
        };
        // A short word is a place where it belongs to a word for a contact.
        let beside = |hit: &&Hit| {
            let placed = matches!(hit.sense, Sense::First | Sense::Second | Sense::Third);
            placed && own.with(Sense::ContactWord).any(|word| belongs_to(own, hit, word))
        };
        let sure =
            |hit: &&Hit| (sure(hit) || beside(hit)) && !is_kept_by_the_writer(own, hit) && !stays(own, hit);
        let place = own.hits.iter().filter(called).find(sure).map(|hit| hit.span.clone());
        only.rank = place.and_then(|span| rank_of(own, span.start, span.end)).or_else(|| told_apart(own));
    }
    // `Our contact no. 2 changes. Old: …, new: …`: the place is his who comes.
    let stays = |entry: &&mut Entry| !matches!(entry.role, Role::Old | Role::Remove | Role::Keep);
    let none_placed = statement.entries.iter().all(|entry| entry.rank.is_none());
    let mut staying = statement.entries.iter_mut().filter(stays);
    if let (true, Some(comes), None) = (none_placed, staying.next(), staying.next())
        && matches!(comes.role, Role::New | Role::Add)
    {
        let loose = doubts::loose_place(own).filter(|_| comes.role == Role::New);
        comes.rank = loose.or_else(|| told_with_values(own, comes)).or_else(|| exchanged(own));
    }
    statement
}
