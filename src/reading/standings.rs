//! Standings: mails in which the writer takes one place, and somebody else the other.

use std::ops::Range;

use crate::domain::contact::Rank;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::letter::Letter;
use crate::reading::names;
use crate::reading::ranks;
use crate::reading::sentences;
use crate::reading::speech::Speech;
use crate::reading::statement::Statement;
use crate::reading::words::{Hit, Sense};

/// Characters between the word for the writer and his place at the most: `I am going to be the `.
const LED_CHARS: usize = 24;
/// Characters between a place and the word for the writer behind it at the most: ` is `.
const FOLLOWED_CHARS: usize = 6;

/// `Make her the first contact, and put me as second`, `from now on Bob is #1 and I am #2`: both are there already, and their
/// places change. Says whether it is so.
pub(super) fn settle(statement: &mut Statement, own: &Speech, letter: &Letter) -> bool {
    let Some(Taken { his, other }) = taken(own) else { return false };
    let moves = [Sense::Swap, Sense::Change, Sense::Now, Sense::Replaces, Sense::ReplacedBy];
    let numbered =
        statement.entries.iter().any(|entry| entry.second.is_some() || entry.former_email.is_some());
    let stays = |entry: &Entry| !matches!(entry.role, Role::Remove | Role::Old) || entry.rank.is_some();
    if !own.has_any(&moves)
        || numbered
        || !statement.entries.iter().all(stays)
        || letter.from_name().is_none()
    {
        return false;
    }
    let is_writer = |entry: &Entry| {
        entry.emails.first().is_some_and(|email| Some(email) == letter.from())
            || (entry.name.is_some() && entry.name.as_deref() == letter.from_name())
    };
    let (mut writers, mut others): (Vec<Entry>, Vec<Entry>) =
        std::mem::take(&mut statement.entries).into_iter().partition(is_writer);
    if others.is_empty() {
        others.extend(only_other(own, letter));
    }
    let mine = number_of_the_writer(own);
    let [only] = others.as_mut_slice() else {
        statement.entries = writers;
        statement.entries.append(&mut others);
        return false;
    };
    let mut writer = writers.pop().unwrap_or_else(|| Entry {
        name: letter.from_name().map(str::to_owned),
        emails: letter.from().cloned().into_iter().collect(),
        line: only.line,
        ..Entry::default()
    });
    if let Some(number) = mine {
        let his = |written: &str| facts::digits(written) == facts::digits(&number);
        only.phones.retain(|phone| !his(&phone.written));
        statement.loose.phones.retain(|phone| !his(&phone.written));
        writer.take_phone(number);
    }
    for (entry, rank) in [(&mut *only, other), (&mut writer, Some(his))] {
        entry.rank = rank;
        entry.role = Role::Change;
        entry.value_changes = true;
    }
    statement.entries = others;
    statement.entries.push(writer);
    true
}

/// The place that the writer takes, and the other one, where there is one.
struct Taken {
    his: Rank,
    other: Option<Rank>,
}

fn taken(own: &Speech) -> Option<Taken> {
    let mut found = None;
    for bound in sentences::of(own) {
        let places = ranks::places(own, &bound);
        let is_his = |span: &Range<usize>| {
            own.with(Sense::Me)
                .filter(|me| bound.contains(&me.span.start))
                .any(|me| stands_at(own, me, span, &places))
        };
        let (his, others): (Vec<_>, Vec<_>) = places.iter().cloned().partition(|(span, _)| is_his(span));
        let one = |places: &[(Range<usize>, Rank)]| {
            if let [(_, rank)] = places { Some(*rank) } else { None }
        };
        if his.is_empty() {
            continue;
        }
        let (Some(rank), None) = (one(&his), &found) else { return None };
        let other = one(&others);
        if others.len() > 1 || other == Some(rank) {
            return None;
        }
        found = Some(Taken { his: rank, other });
    }
    found.filter(|taken| taken.other.is_some())
}

/// Whether the word for the writer stands right at a place, with no other place and nobody's address between.
fn stands_at(own: &Speech, me: &Hit, place: &Range<usize>, places: &[(Range<usize>, Rank)]) -> bool {
    let (gap, most) = if me.span.end <= place.start {
        (me.span.end..place.start, LED_CHARS)
    } else {
        (place.end..me.span.start, FOLLOWED_CHARS)
    };
    let text = own.chars.get(gap.clone()).unwrap_or_default();
    let other = places.iter().any(|(span, _)| gap.contains(&span.start));
    let parted = text.iter().any(|c| matches!(c, '@' | ',' | ';' | ':'));
    // `I (Tom Hale) am #2`: his name may stand in brackets.
    let plain: usize = text.split(|c| matches!(c, '(' | ')')).step_by(2).map(<[char]>::len).sum();
    // `B becomes the first, and I the second`: what follows the word is nearer to it than what stands before.
    let behind_first = me.span.end > place.start
        && (own.with(Sense::Me).any(|other| other.span.end <= place.start)
            || places
                .iter()
                .any(|(span, _)| span.start >= me.span.end && span.start - me.span.end <= LED_CHARS));
    // `B becomes our primary contact and I, Ann Bee, go down to secondary`: `and` begins what is said of the other.
    let joined = me.span.end > place.start && own.with(Sense::Joins).any(|hit| gap.contains(&hit.span.start));
    gap.start <= gap.end && plain <= most && !other && !parted && !behind_first && !joined
}

/// The one other person whom the text names by two words or more.
fn only_other(own: &Speech, letter: &Letter) -> Option<Entry> {
    let writer = letter.from_name().unwrap_or_default().to_lowercase();
    let mut names: Vec<String> = names::find(own, &[])
        .into_iter()
        .filter(|name| !name.what.weak && name.what.text.contains(' '))
        .map(|name| name.what.text)
        .filter(|name| name.to_lowercase() != writer)
        .collect();
    names.dedup();
    if let [only] = names.as_slice() {
        Some(Entry { name: Some(only.clone()), ..Entry::default() })
    } else {
        None
    }
}

/// `My mobile is +31 … now`: the only number of the text, in a sentence in which the writer speaks of himself.
pub(super) fn number_of_the_writer(own: &Speech) -> Option<String> {
    const NEAR_CHARS: usize = 4;
    let numbers = facts::numbers(&own.chars);
    let [only] = numbers.as_slice() else { return None };
    let bound = sentences::of(own).into_iter().find(|bound| bound.contains(&only.span.start))?;
    let labels = own.hits.iter().filter(|hit| matches!(hit.sense, Sense::Phone | Sense::Mobile));
    let mut labels = labels.filter(|hit| bound.contains(&hit.span.start));
    let mine = labels.any(|label| {
        own.with(Sense::Me).any(|me| {
            let near = me.span.end <= label.span.start && label.span.start - me.span.end <= NEAR_CHARS;
            bound.contains(&me.span.start) && (near || label.covers(me) || me.covers(label))
        })
    });
    mine.then(|| only.what.clone())
}
