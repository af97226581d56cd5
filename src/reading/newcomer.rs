//! Newcomer: mails in which the writer himself comes where others go, or takes a place among them.

use crate::domain::unclear::{About, Unclear};
use crate::reading::entry::{Entry, Role};
use crate::reading::folding::is_word;
use crate::reading::himself::{Speaker, signed_numbers};
use crate::reading::letter::Letter;
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
    let entries = &statement.entries;
    let only_goers =
        !entries.is_empty() && entries.iter().all(|entry| goes(entry) && !is_writer(entry, letter));
    if !only_goers
        || !matches!(statement.speaker, Speaker::Writer)
        || own.has(Sense::RemoveMe)
        || !enters_the_writer(own)
    {
        return;
    }
    let phones = signed_numbers(signed.clone());
    for entry in &mut statement.entries {
        entry.role = Role::Remove;
    }
    let emails = letter.from().cloned().into_iter().collect();
    let name = letter.from_name().map(str::to_owned);
    statement.entries.push(Entry { name, emails, phones, role: Role::Add, ..Entry::default() });
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
pub(super) fn doubtful_place(statement: &Statement, own: &Speech, letter: &Letter) -> Option<Unclear> {
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
