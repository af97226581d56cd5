//! Newcomer: mails in which the writer himself comes where others go, or takes a place among them.

use crate::domain::unclear::{About, Unclear};
use crate::reading::entry::{Entry, Number, Role};
use crate::reading::facts;
use crate::reading::folding::is_word;
use crate::reading::himself::signed_numbers;
use crate::reading::letter::Letter;
use crate::reading::sameness::is_family_name;
use crate::reading::sentences;
use crate::reading::speakers::Speaker;
use crate::reading::speech::{Speech, is_negated};
use crate::reading::statement::Statement;
use crate::reading::words::{Hit, Sense};

/// `Bob has left; remove him, and put me instead`: those whom the mail names go, and the writer comes.
pub(super) fn comes_instead(
    statement: &mut Statement,
    (own, role): (&Speech, Role),
    letter: &Letter,
    signed: &Statement,
) {
    let goes = |entry: &Entry| match entry.role {
        Role::Remove | Role::Old => true,
        Role::Unsaid => role == Role::Remove,
        Role::Add | Role::New | Role::Change | Role::Keep => false,
    };
    if !matches!(statement.speaker, Speaker::Writer) || own.has(Sense::RemoveMe) {
        return;
    }
    let followed = followed(statement, own).filter(|_| own.has(Sense::ContactWord));
    let others = !statement.entries.iter().any(|entry| is_writer(entry, letter));
    if let Some(followed) = &followed {
        part(statement, followed);
        let comes = |(place, entry): (usize, &Entry)| place == followed.place || is_writer(entry, letter);
        if statement.entries.len() == 2 && !others && statement.entries.iter().enumerate().all(comes) {
            for (place, entry) in statement.entries.iter_mut().enumerate() {
                entry.role = if place == followed.place { Role::Remove } else { Role::Add };
            }
            return;
        }
    }
    let entries = &statement.entries;
    let only_goers = !entries.is_empty() && entries.iter().all(goes) && enters_the_writer(own);
    if !others || !(only_goers || succeeds_only(statement, own, followed.as_ref())) {
        return;
    }
    let mut phones = std::mem::take(&mut statement.loose.phones);
    if phones.is_empty() {
        phones = signed_numbers(signed.clone());
    }
    for entry in &mut statement.entries {
        entry.role = Role::Remove;
    }
    let emails = letter.from().cloned().into_iter().collect();
    let name = letter.from_name().map(str::to_owned);
    statement.entries.push(Entry { name, emails, phones, role: Role::Add, ..Entry::default() });
}

/// `I have taken over from Bob (bob@…) as security contact`: the only one whom the mail names, without a number, is whom the
/// writer follows, or he asks to be put in his place.
fn succeeds_only(statement: &Statement, own: &Speech, followed: Option<&Followed>) -> bool {
    const PLACES: [Sense; 5] =
        [Sense::Replaces, Sense::ReplacedBy, Sense::InsteadOf, Sense::InsteadAfter, Sense::Takes];
    let [only] = statement.entries.as_slice() else { return false };
    let bare = only.phones.is_empty() && only.second.is_none() && only.role != Role::Keep;
    let joined = own.has_any(&[Sense::MeToo, Sense::Keep]);
    !joined && (followed.is_some() || (bare && own.has_any(&PLACES) && enters_the_writer(own)))
}

/// Whom the writer follows, and the sentence in which he says so.
struct Followed {
    place: usize,
    sentence: String,
}

/// The only one who is named in a sentence in which the writer says that he follows somebody.
fn followed(statement: &Statement, own: &Speech) -> Option<Followed> {
    let follows: Vec<&Hit> = own.with(Sense::Succeeds).filter(|hit| !is_negated(own, hit)).collect();
    let mut found = None;
    for bound in sentences::of(own) {
        if !follows.iter().any(|hit| bound.contains(&hit.span.start)) {
            continue;
        }
        let end = bound.end.min(own.chars.len());
        let sentence = own.text(bound.start..end);
        let told = facts::addresses(own.chars.get(bound.start..end).unwrap_or_default());
        let named = |entry: &Entry| {
            told.iter().any(|address| entry.emails.contains(&address.what))
                || entry.name.as_ref().is_some_and(|name| sentence.contains(name))
        };
        let mut places = (0..).zip(&statement.entries).filter(|(_, entry)| named(entry));
        match (places.next(), places.next(), &found) {
            (Some((place, _)), None, None) => found = Some(Followed { place, sentence }),
            (None, ..) => {}
            _ => return None,
        }
    }
    found
}

/// `I follow Bob (bob@…). My number is +31 …`: numbers that stand elsewhere than in the sentence that names him are not his.
fn part(statement: &mut Statement, followed: &Followed) {
    let Some(entry) = statement.entries.get_mut(followed.place) else { return };
    let there = facts::digits(&followed.sentence);
    let is_there = |phone: &Number| there.contains(&facts::digits(&phone.written));
    let (his, others) = std::mem::take(&mut entry.phones).into_iter().partition(is_there);
    entry.phones = his;
    statement.loose.phones.extend::<Vec<Number>>(others);
}

/// What is uncertain of a writer who takes a place.
pub(super) fn doubts(statement: &Statement, own: &Speech, letter: &Letter) -> Vec<Unclear> {
    let followed = doubtful_succession(statement, own);
    followed.into_iter().chain(doubtful_place(statement, own, letter)).chain(denied(statement, own)).collect()
}

/// `Do not add Bob as I asked yesterday; add Ann (ann@…)`: whom a denied word for adding stands before is not to be added.
fn denied(statement: &Statement, own: &Speech) -> Option<Unclear> {
    const NEAR_CHARS: usize = 40;
    let comes = |entry: &&Entry| matches!(entry.role, Role::Unsaid | Role::Add | Role::New);
    own.with(Sense::Add).filter(|add| is_negated(own, add)).find_map(|add| {
        let end = (add.span.end + NEAR_CHARS).min(own.chars.len());
        let behind = own.text(add.span.end..end);
        let named = |entry: &&Entry| entry.name.as_ref().is_some_and(|name| behind.contains(name));
        let entry = statement.entries.iter().filter(comes).find(named)?;
        Some(Unclear::with(About::WhatHappens, [entry.called()]))
    })
}

/// `I have taken over from Bob (bob@…); please add Ann`: whom the writer follows is not to be added.
fn doubtful_succession(statement: &Statement, own: &Speech) -> Option<Unclear> {
    // `鈴木一郎の後任です。鈴木の代わりに私を…`: nobody comes in his own place.
    let called = |entry: &Entry| entry.name.clone().unwrap_or_default();
    let himself = statement.entries.iter().find(|entry| {
        let goes = |other: &&Entry| matches!(other.role, Role::Old | Role::Remove);
        let mut others = statement.entries.iter().filter(goes);
        others.any(|other| is_family_name(&called(other), &called(entry)))
    });
    if let Some(entry) = himself {
        return Some(Unclear::with(About::InWhosePlace, [entry.called()]));
    }
    // `I am replacing Bob with Ann (ann@…)`.
    if statement.entries.iter().any(|entry| matches!(entry.role, Role::Old | Role::Remove)) {
        return None;
    }
    let entry = statement.entries.get(followed(statement, own)?.place)?;
    (entry.role != Role::Keep).then(|| Unclear::with(About::InWhosePlace, [entry.called()]))
}

/// Whether a word for adding has the writer right beside it, or ends a sentence that has him as its object.
fn enters_the_writer(own: &Speech) -> bool {
    const NEAR_CHARS: usize = 3;
    // `Add my deputy instead`: the word behind it says that it is somebody else.
    let plain = own.mask(|hit| {
        let whole = hit.sense == Sense::Add && hit.reach == hit.span.end;
        let place = matches!(hit.sense, Sense::InsteadOf | Sense::InsteadAfter | Sense::ReplacedBy);
        hit.sense == Sense::Stop || whole || place
    });
    let alone = |me: &Hit| {
        if own.with(Sense::Others).any(|others| others.covers(me)) {
            return false;
        }
        let next = (me.span.end..own.chars.len()).find(|at| own.chars.get(*at).is_some_and(|c| *c != ' '));
        next.is_none_or(|next| {
            !own.chars.get(next).is_some_and(|c| is_word(*c)) || plain.get(next).copied().unwrap_or_default()
        })
    };
    let beside = |add: &Hit| {
        own.with(Sense::Me).any(|me| {
            let inside = add.span.start <= me.span.start && me.span.end <= add.span.end.max(add.reach);
            let behind = (add.span.end..=add.span.end + NEAR_CHARS).contains(&me.span.start);
            let before = add.language.puts_verbs_last()
                && (me.span.end..=me.span.end + NEAR_CHARS).contains(&add.span.start);
            (inside || behind || before) && alone(me)
        })
    };
    own.with(Sense::Add).any(|add| !is_negated(own, add) && beside(add))
}

/// `Make her the first contact, and put me as second`: a place is the writer's, and what others are to get was read alone.
fn doubtful_place(statement: &Statement, own: &Speech, letter: &Letter) -> Option<Unclear> {
    const NEAR_CHARS: usize = 12;
    let placed = statement.entries.iter().any(|entry| entry.rank.is_some());
    if !placed || statement.entries.iter().any(|entry| is_writer(entry, letter)) {
        return None;
    }
    let small = own.mask(|hit| matches!(hit.sense, Sense::Stop | Sense::ToWord));
    // `Me as second` has a small word between; `my deputy` is somebody else.
    let leads = |me: &Hit, place: &Hit| {
        let gap = me.span.end..place.span.start;
        let text = own.chars.get(gap.clone()).unwrap_or_default();
        let plain = gap
            .clone()
            .all(|at| small.get(at).copied().unwrap_or_default() || own.chars.get(at) == Some(&' '));
        let led =
            text.iter().any(|c| is_word(*c)) || small.get(place.span.start).copied().unwrap_or_default();
        me.span.end < place.span.start && gap.len() <= NEAR_CHARS && plain && led
    };
    let is_place = |hit: &&Hit| matches!(hit.sense, Sense::First | Sense::Second | Sense::Third);
    // `I stay the first contact`.
    let kept = |hit: &Hit| {
        let around = hit.span.start.saturating_sub(NEAR_CHARS + hit.span.len())..hit.span.end + NEAR_CHARS;
        own.with(Sense::Keep).any(|keep| around.contains(&keep.span.start))
    };
    let mut named = own.hits.iter().filter(is_place);
    named
        .any(|place| own.with(Sense::Me).any(|me| leads(me, place)) && !kept(place))
        .then(|| Unclear::of(About::WhosePlace))
}

/// Whether a person is who wrote the mail, by its From.
fn is_writer(entry: &Entry, letter: &Letter) -> bool {
    entry.emails.first().is_some_and(|email| Some(email) == letter.from())
        || (entry.name.is_some() && entry.name.as_deref() == letter.from_name())
}
