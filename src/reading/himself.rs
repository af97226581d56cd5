//! Himself: mails in which the writer speaks of himself, `please add me`, and says the rest by From and signature.

use crate::reading::belonging::resembles;
use crate::reading::entry::{Entry, Number, Role};
use crate::reading::facts;
use crate::reading::labels::rank_of;
use crate::reading::layout::Mark;
use crate::reading::letter::Letter;
use crate::reading::speech::Speech;
use crate::reading::statement::Statement;
use crate::reading::subjects::is_forward;
use crate::reading::words::Sense;

/// Completes the statement of a writer who speaks of himself: his name from From, his address from From, his number,
/// where he is to be added, from his signature.
pub(super) fn complete(
    statement: &mut Statement,
    (subject, own): (&Speech, &Speech),
    role: Role,
    letter: &Letter,
    signed: Statement,
) {
    // `Fwd: my details`: the Subject of a mail that is passed on is another's.
    let titled = subject.has(Sense::Me) && !is_forward(letter.subject());
    if !(own.has(Sense::Me) || titled) || !matches!(role, Role::Add | Role::Change | Role::Remove) {
        return;
    }
    let name = letter.from_name().map(str::to_owned);
    let others = statement.entries.iter().all(|entry| entry.role == Role::Keep);
    match statement.entries.as_mut_slice() {
        _ if others => {
            let mut entry = std::mem::take(&mut statement.loose);
            // `My old number … is dead, list +31 … for me`: he is there already.
            let renumbered = entry.phones.iter().any(|phone| phone.former)
                && entry.phones.iter().any(|phone| !phone.former);
            let role = if renumbered { Role::Change } else { role };
            entry.value_changes = role == Role::Change;
            entry.name = name;
            entry.role = role;
            entry.rank = rank_of(own, 0, own.chars.len());
            if let Some(from) = letter.from() {
                entry.take_email(from.clone());
            }
            if role == Role::Add && entry.phones.is_empty() {
                entry.phones.extend(signed_numbers(signed));
            }
            statement.entries.push(entry);
        }
        [only] => {
            if only.name.is_none() && only.emails.is_empty() && only.phones.is_empty() && role == Role::Add {
                // `Add me; my second address is …`: the rest stands in his signature.
                only.phones.extend(signed_numbers(signed));
                only.emails.extend(letter.from().cloned());
            }
            complete_entry(only, name, letter);
        }
        several => {
            // `A becomes primary, and I (me@…) secondary`.
            let own = |entry: &&mut Entry| entry.name.is_none() && entry.emails.first() == letter.from();
            if let Some(entry) = several.iter_mut().find(own) {
                entry.name = name;
            }
        }
    }
}

/// `From: Ann Bee <ann@…>` above a mail that is passed on: her address, where her mail has her name and none.
pub(super) fn take_from_head(statement: &mut Statement, letter: &Letter) {
    for line in letter.layout().with(&[Mark::QuoteIntro]) {
        let chars: Vec<char> = line.text.chars().collect();
        for found in facts::addresses(&chars) {
            let before: String = chars.iter().take(found.span.start).collect();
            let his = |entry: &&mut Entry| {
                let named = entry.name.as_ref().is_some_and(|name| before.contains(name.as_str()));
                named && entry.emails.is_empty() && entry.former_email.is_none()
            };
            if let Some(entry) = statement.entries.iter_mut().find(his) {
                entry.take_email(found.what);
            }
        }
    }
}

/// The numbers of a signature.
fn signed_numbers(signed: Statement) -> Vec<Number> {
    let numbers = signed.entries.into_iter().flat_map(|signed| signed.phones);
    numbers.chain(signed.loose.phones).collect()
}

fn complete_entry(entry: &mut Entry, name: Option<String>, letter: &Letter) {
    let former = entry.former_email.is_some();
    let his = |name: &String| entry.emails.first().is_none_or(|email| resembles(name, email));
    if entry.name.is_none()
        && (former || entry.emails.first() == letter.from() || name.as_ref().is_some_and(his))
    {
        entry.name = name;
    } else if entry.name == name && entry.emails.is_empty() && !former {
        entry.emails.extend(letter.from().cloned());
    }
}
