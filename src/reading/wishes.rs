//! Wishes: what is to happen, by the words of the whole mail, to those of whom it says nothing else.

use crate::reading::entry::Role;
use crate::reading::facts;
use crate::reading::labels::role_of;
use crate::reading::languages::Languages;
use crate::reading::letter::Letter;
use crate::reading::speech::{Speech, is_negated};
use crate::reading::statement::Statement;
use crate::reading::subjects::bare_subject;
use crate::reading::values::{self, is_about_a_value};
use crate::reading::words::{Hit, Sense};

/// Characters from a word that replaces to the end of one for a value at the most.
const VALUE_NEAR_CHARS: usize = 24;

/// What the mail as a whole asks for.
pub(super) fn of_mail(statement: &Statement, subject: &Speech, own: &Speech, letter: &Letter) -> Role {
    let said = statement.action.or_else(|| role_of(own));
    // `I am changing jobs; please take me off`.
    let goes = |hit: &Hit| !is_negated(own, hit);
    if said == Some(Role::Change)
        && statement.entries.iter().all(|entry| entry.role == Role::Keep)
        && statement.loose.is_empty()
        && own.with(Sense::RemoveMe).any(goes)
    {
        return Role::Remove;
    }
    // The Subject of an answer was written by whoever is answered.
    let is_answer = bare_subject(letter.subject()) != letter.subject().trim();
    let told = !is_answer || !statement.entries.is_empty() || !statement.loose.is_empty();
    // `Change of a number`, and below it `please note +31 …`: what is to be noted is a value of one who is there.
    let lone = statement.entries.is_empty() && !statement.loose.is_empty();
    let titled = || subject.with(Sense::Change).any(|cue| is_about_a_value(subject, cue));
    if said == Some(Role::Add) && lone && titled() {
        return Role::Change;
    }
    if said == Some(Role::Add) && values::replaces_a_value(own) {
        return Role::Change;
    }
    // `My phone changes, the new number is …`, with a word that replaces.
    let exchanges = || {
        own.has(Sense::New)
            && own.with(Sense::Replace).any(|hit| {
                let near = |label: &Hit| {
                    matches!(label.sense, Sense::Phone | Sense::Mobile | Sense::Email)
                        && label.span.start.max(hit.span.start) - label.span.end.min(hit.span.end)
                            <= VALUE_NEAR_CHARS
                };
                own.hits.iter().any(near)
            })
    };
    if said.is_none() && lone && exchanges() {
        return Role::Change;
    }
    // `I am registered for .nl and can be reached at +31 … now`.
    let listed = lone && own.has(Sense::IAmListed);
    if listed && (said.is_none() || (said == Some(Role::Add) && own.has_any(&[Sense::New, Sense::Old]))) {
        return Role::Change;
    }
    said.or_else(|| role_of(subject).filter(|_| told)).unwrap_or_default()
}

/// Whether a text is nothing but thanks, a greeting and a word that all stands in the Subject.
pub(super) fn says_nothing(own: &str, languages: Languages) -> bool {
    const POLITE_CHARS_MAX: usize = 60;
    let speech = Speech::of(own, languages);
    let polite = [Sense::Thanks, Sense::Greeting, Sense::Closing, Sense::MobileFooter, Sense::InSubject];
    let points = speech.has(Sense::InSubject);
    let mask = speech.mask(|hit| polite.contains(&hit.sense) || (points && hit.sense == Sense::Stop));
    let (all, covered) = speech.share(&mask);
    own.is_empty() || (all > 0 && all == covered && own.chars().count() <= POLITE_CHARS_MAX)
}

/// `Many thanks, we have seen that the list has been updated`: all that is said to happen was done already, and nobody and no
/// value is told.
pub(super) fn only_thanks(own: &Speech) -> bool {
    const ACTS: [Sense; 6] =
        [Sense::Add, Sense::Remove, Sense::Change, Sense::Replace, Sense::Left, Sense::Swap];
    let told = !facts::addresses(&own.chars).is_empty() || !facts::numbers(&own.chars).is_empty();
    let done = |hit: &Hit| own.with(Sense::Done).any(|done| done.covers(hit));
    own.has_any(&[Sense::Thanks, Sense::Closing])
        && own.has(Sense::Done)
        && own.with(Sense::How).all(done)
        && !told
        && own.hits.iter().filter(|hit| ACTS.contains(&hit.sense)).all(done)
}
