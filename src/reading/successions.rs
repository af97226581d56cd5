//! Successions: what follows for one person from what is said of another, or of all the others.

use std::ops::Range;

use crate::domain::unclear::{About, Unclear};
use crate::reading::belonging::resembles;
use crate::reading::countries;
use crate::reading::entry::{Entry, Role};
use crate::reading::facts;
use crate::reading::letter::Letter;
use crate::reading::names;
use crate::reading::sameness::{is_cased_form, words_of};
use crate::reading::sentences;
use crate::reading::speech::{Speech, is_negated};
use crate::reading::statement::Statement;
use crate::reading::words::{Hit, Sense};

/// Settles whoever is named together with one who goes.
pub(super) fn settle(entries: &mut Vec<Entry>, own: &Speech) {
    join_leaver(entries);
    keep_only(entries, own);
    succeed(entries, own);
    hand_over_values(entries);
}

/// `Only A (a@…, +31 …) and B (…) remain, all others go`: whoever stays with all his details is to be on the list.
fn keep_only(entries: &mut [Entry], own: &Speech) {
    let whole = |entry: &Entry| entry.name.is_some() && !entry.emails.is_empty() && !entry.phones.is_empty();
    if clears(own) && entries.iter().all(|entry| entry.role == Role::Keep && whole(entry)) {
        for entry in entries.iter_mut() {
            entry.role = Role::Add;
        }
    }
}

/// `A has left. The contact is B now: b@…, +31 …`: of two persons one goes, and the other, of whom nothing is said that acts,
/// comes with all his details: he comes in that one's place.
fn succeed(entries: &mut [Entry], own: &Speech) {
    let [first, second] = entries else { return };
    let goes = |entry: &Entry| {
        matches!(entry.role, Role::Remove | Role::Old) && entry.phones.is_empty() && entry.rank.is_none()
    };
    let comes = |entry: &Entry| {
        let whole = entry.name.is_some() && !entry.emails.is_empty() && !entry.phones.is_empty();
        let plain = entry.former_email.is_none()
            && !entry.value_changes
            && entry.phones.iter().all(|phone| !phone.former);
        whole && plain && matches!(entry.role, Role::Unsaid | Role::Change)
    };
    let stays = [Sense::Keep, Sense::Unchanged].into_iter().any(|sense| own.has(sense));
    let (leaver, newcomer) = match (goes(first) && comes(second), goes(second) && comes(first)) {
        (true, false) => (first, second),
        (false, true) => (second, first),
        _ => return,
    };
    if !stays {
        leaver.role = Role::Old;
        newcomer.role = Role::New;
    }
}

/// `Ann Bee, who succeeds Bob Lee as our contact: a@…, +31 …`: what stands behind both is hers who comes.
fn hand_over_values(entries: &mut [Entry]) {
    let [first, second] = entries else { return };
    let (leaver, newcomer) = match (first.role, second.role) {
        (Role::Old, Role::New) => (first, second),
        (Role::New, Role::Old) => (second, first),
        _ => return,
    };
    let [email] = leaver.emails.as_slice() else { return };
    let his = |entry: &Entry| entry.name.as_ref().is_some_and(|name| resembles(name, email));
    if newcomer.has_contact_data() || leaver.phones.is_empty() || his(leaver) || newcomer.name.is_none() {
        return;
    }
    newcomer.emails = std::mem::take(&mut leaver.emails);
    newcomer.phones = std::mem::take(&mut leaver.phones);
    newcomer.second = leaver.second.take();
}

/// `a@… should not be on the list; Ann Bee has retired`: an address that goes, and a person who goes and whose name it is
/// made of, are one.
fn join_leaver(entries: &mut Vec<Entry>) {
    let goes = |entry: &Entry| matches!(entry.role, Role::Remove | Role::Old) && entry.phones.is_empty();
    let bare = |entry: &Entry| goes(entry) && entry.name.is_none() && entry.emails.len() == 1;
    while let Some(place) = entries.iter().position(bare) {
        let emails = entries.get(place).map(|entry| entry.emails.clone()).unwrap_or_default();
        let his = |entry: &Entry| {
            let named =
                entry.name.as_ref().is_some_and(|name| emails.iter().all(|email| resembles(name, email)));
            goes(entry) && named && !entry.has_contact_data()
        };
        let mut owners = (0..entries.len()).filter(|number| entries.get(*number).is_some_and(his));
        let (Some(owner), None) = (owners.next(), owners.next()) else { return };
        if let Some(entry) = entries.get_mut(owner) {
            entry.emails = emails;
        }
        entries.remove(place);
    }
}

/// The words of all names that were understood, and of the writer's.
pub(super) struct Told(Vec<String>);

impl Told {
    /// Those of a statement.
    pub(super) fn of(statement: &Statement, letter: &Letter) -> Self {
        let entries = statement.entries.iter().chain(&statement.aside);
        let names = entries.flat_map(|entry| [entry.name.as_deref(), entry.also.as_deref()]).flatten();
        Self(names.chain(letter.from_name()).flat_map(words_of).collect())
    }

    /// Whether a word is one of them, with the ending of a case or without.
    pub(super) fn knows(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        self.0
            .iter()
            .any(|other| *other == word || is_cased_form(other, &word) || is_cased_form(&word, other))
    }
}

/// `The contact is not Bob Lee any more, but Ann Bee: a@…`: somebody is named in a sentence in which something ends or begins,
/// and nothing was understood of him, though others come.
pub(super) fn unaccounted(statement: &Statement, own: &Speech, letter: &Letter) -> Option<Unclear> {
    const TURNS: [Sense; 8] = [
        Sense::Left,
        Sense::Now,
        Sense::Old,
        Sense::Not,
        Sense::Replace,
        Sense::ReplacedBy,
        Sense::Replaces,
        Sense::InsteadOf,
    ];
    let goes = |entry: &Entry| matches!(entry.role, Role::Remove | Role::Old);
    let whole = |entry: &Entry| entry.name.is_some() && !entry.emails.is_empty() && !entry.value_changes;
    let comes = |entry: &Entry| {
        !entry.phones.is_empty()
            && (!matches!(entry.role, Role::Change | Role::Keep)
                || (entry.role == Role::Change && whole(entry)))
    };
    let entries = &statement.entries;
    if entries.iter().any(goes) || !entries.iter().any(comes) {
        return None;
    }
    let told = Told::of(statement, letter);
    let known = |word: &str| told.knows(word);
    let bounds = sentences::of(own);
    let turns = |place: usize| {
        let bound = bounds.iter().find(|bound| bound.contains(&place));
        bound.is_some_and(|bound| {
            own.hits.iter().any(|hit| TURNS.contains(&hit.sense) && bound.contains(&hit.span.start))
        })
    };
    let addresses: Vec<Range<usize>> =
        facts::addresses(&own.chars).into_iter().map(|found| found.span).collect();
    let names = names::find(own, &addresses).into_iter().filter(|name| !name.what.weak);
    // `In Bob Lee's slot`: what is his is somebody else's.
    let owns = |end: usize| {
        matches!(own.chars.get(end..end + 2), Some(['\'' | '’', 's'])) || {
            let last = own.chars.get(end.saturating_sub(2)..end);
            matches!(last, Some(['\'' | '’', 's']))
        }
    };
    let strange = names
        .filter(|name| name.what.text.contains(' ') && !name.what.text.split_whitespace().any(known))
        .filter(|name| {
            turns(name.span.start)
                || owns(name.span.end)
                || is_told_in_strange_words(own, &bounds, &name.span)
        });
    let strange: Vec<String> = strange.map(|name| name.what.text).collect();
    (!strange.is_empty()).then(|| Unclear::with(About::WhoGoes, strange))
}

/// `We had to part with Bob Lee`: a sentence that names somebody, and has words that are not understood: it may say that he goes.
fn is_told_in_strange_words(own: &Speech, bounds: &[Range<usize>], name: &Range<usize>) -> bool {
    const LETTERS_MIN: usize = 3;
    // In other scripts, and in the name of a country, more is not understood for other reasons.
    let latin = own.chars.get(name.start).is_some_and(|c| *c < '\u{250}');
    let country = || {
        countries::find(&own.chars)
            .into_iter()
            .any(|one| one.span.start < name.end && name.start < one.span.end)
    };
    if !latin || country() {
        return false;
    }
    let Some(bound) = bounds.iter().find(|bound| bound.contains(&name.start)) else { return false };
    let known = |place: usize| name.contains(&place) || own.hits.iter().any(|hit| hit.span.contains(&place));
    let mut letters = 0;
    for place in bound.start..bound.end.min(own.chars.len()) {
        let word = own.chars.get(place).is_some_and(|c| c.is_lowercase());
        letters = if word && !known(place) { letters + 1 } else { 0 };
        if letters >= LETTERS_MIN {
            return true;
        }
    }
    false
}

/// `Strike all who are listed; the two below remain`, `all contacts are to be replaced by these two`. Whoever is to go needs
/// no number.
pub(super) fn all_make_room(role: Role, statement: &Statement, own: &Speech) -> bool {
    let whole = |entry: &Entry| {
        matches!(entry.role, Role::Unsaid | Role::Add | Role::New)
            && !entry.emails.is_empty()
            && !entry.phones.is_empty()
    };
    let all_go = (role == Role::Remove && own.has(Sense::Everyone)) || replaces_everyone(own);
    all_go && !statement.entries.is_empty() && statement.entries.iter().all(whole)
}

/// Whether one sentence speaks of all and of what comes in their place.
fn replaces_everyone(own: &Speech) -> bool {
    sentences::of(own).into_iter().any(|bound| {
        let inside = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
        // `Update our entry: delete everybody, and enter only her.`
        let afresh = inside(Sense::Remove) && (inside(Sense::Add) || inside(Sense::Only));
        // `All our contacts have left; the new ones: …`.
        let left = inside(Sense::Left) && own.has(Sense::New);
        inside(Sense::Everyone) && (inside(Sense::Replace) || inside(Sense::ReplacedBy) || afresh || left)
    })
}

/// Whether all the others go. `Nobody else changes`, `keep all the others` and `the rest is right` say the contrary, whatever
/// else the mail says of others.
pub(super) fn clears(own: &Speech) -> bool {
    own.has(Sense::EveryoneElse) && !own.with(Sense::EveryoneElse).any(|others| leaves(own, others))
}

/// Whether a sentence says of others that they stay, or are right.
fn leaves(own: &Speech, others: &Hit) -> bool {
    const NEAR_CHARS: usize = 3;
    const FAR_CHARS: usize = 24;
    const SENTENCE_CHARS: usize = 60;
    let goes = [Sense::Remove, Sense::Replace, Sense::ReplacedBy, Sense::Left];
    let behind = |hit: &Hit, chars: usize| {
        hit.span.end > others.span.end
            && (others.span.start..=others.span.end + chars).contains(&hit.span.start)
    };
    let gap = |hit: &Hit| others.span.end..hit.span.start.max(others.span.end);
    let within = |hit: &Hit| {
        let chars = own.chars.get(gap(hit)).unwrap_or_default();
        let whole =
            !chars.iter().any(|c| matches!(c, '.' | ',' | ';' | ':' | '@' | '\n' | '。' | '，' | '；' | '،'));
        let turns = |word: &Hit| goes.contains(&word.sense) || word.sense == Sense::Not;
        whole && !own.hits.iter().any(|word| turns(word) && gap(hit).contains(&word.span.start))
    };
    // `Keep only these`, `keep nobody else` and `these are the only ones who remain` are none.
    let narrows =
        own.hits.iter().any(|hit| matches!(hit.sense, Sense::Only | Sense::Not) && others.covers(hit));
    let stays = |hit: &Hit| {
        matches!(hit.sense, Sense::Keep | Sense::Unchanged)
            && !(narrows && hit.sense == Sense::Keep)
            && (others.span.end..=others.span.end + FAR_CHARS).contains(&hit.span.start)
            && !is_denied(own, hit)
    };
    let holds = |hit: &Hit| {
        matches!(hit.sense, Sense::Keep | Sense::Unchanged | Sense::Holds)
            && !(narrows && hit.sense == Sense::Keep)
            && behind(hit, SENTENCE_CHARS)
            && !(if hit.sense == Sense::Holds { is_negated(own, hit) } else { is_denied(own, hit) })
            && within(hit)
    };
    // `The rest should not be deleted`, and `do not delete the others`.
    let spared = |hit: &Hit| {
        let near = behind(hit, FAR_CHARS) || is_right_before(hit, others);
        hit.sense == Sense::Remove && near && is_forbidden(own, hit)
    };
    let kept = |hit: &Hit| {
        hit.sense == Sense::Keep && is_right_before(hit, others) && !narrows && !is_denied(own, hit)
    };
    let later = |hit: &Hit| own.with(Sense::Now).any(|now| now.covers(hit));
    let changes = |hit: &Hit| {
        let near = (others.span.end..=others.span.end + NEAR_CHARS).contains(&hit.span.start);
        hit.sense == Sense::Change && near && !later(hit)
    };
    own.hits.iter().any(|hit| stays(hit) || holds(hit) || spared(hit) || kept(hit) || changes(hit))
}

/// `Keep all the others`: the one word stands right before the other.
fn is_right_before(hit: &Hit, others: &Hit) -> bool {
    hit.span.end <= others.span.start && others.span.start <= hit.span.end + 1
}

/// `Should not be deleted`: a negation stands before the word, with a helping verb between them at the most.
fn is_forbidden(own: &Speech, hit: &Hit) -> bool {
    const NEAR_CHARS: usize = 5;
    own.with(Sense::Not).filter(|not| not.span.end <= hit.span.start).any(|not| {
        let gap = own.chars.get(not.span.end..hit.span.start).unwrap_or_default();
        gap.len() <= NEAR_CHARS
            && gap.first().is_none_or(|c| *c == ' ')
            && gap.iter().all(|c| *c == ' ' || c.is_alphabetic())
    })
}

/// Whether a negation stands within a word or right before it: `shall not stay`.
fn is_denied(own: &Speech, hit: &Hit) -> bool {
    is_negated(own, hit) || own.with(Sense::Not).any(|not| hit.covers(not))
}
