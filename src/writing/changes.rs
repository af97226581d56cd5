//! A change of contacts in words: one block a contact, readable on a phone.

use crate::domain::contact::{Contact, PersonName};
use crate::domain::plan::EntryChange;
use crate::writing::sentences::Sentences;

/// The lines that show a change, for an operator: in English, as it is compiled in.
pub fn lines_in_english(change: &EntryChange) -> Vec<String> {
    lines(change, &Sentences::english())
}

/// The lines that show a change, each with three leading spaces so that no mail program joins them.
pub(super) fn lines(change: &EntryChange, sentences: &Sentences) -> Vec<String> {
    let tld = change.tld.for_people();
    let title = |key: &str| sentences.filled(key, &[("tld", &tld)], &[]);
    let ranked = |key: &str, contact: &Contact| {
        sentences.filled(key, &[("tld", &tld), ("rank", &contact.rank.to_string())], &[])
    };
    let mut lines = Vec::new();
    let moved = moved(change);
    let is_moved = |contact: &Contact| moved.iter().any(|(old, new)| contact == *old || contact == *new);
    for contact in change.added().into_iter().filter(|contact| !is_moved(contact)) {
        block(&mut lines, &ranked("change-new", contact), &details(contact, sentences));
    }
    for (old, new) in change.modified().into_iter().chain(moved.iter().copied()) {
        block(&mut lines, &ranked("change-changed", new), &differences(old, new, sentences));
    }
    for contact in change.removed().into_iter().filter(|contact| !is_moved(contact)) {
        let who = [contact.name.to_string(), contact.email.to_string()];
        block(&mut lines, &title("change-leaves"), &who.map(|line| sentences.shown(&line)));
    }
    let stays = |contact: &&Contact| change.before.contains(contact);
    let named = |contact: &Contact| sentences.shown(&format!("{} {}", contact.rank, contact.name));
    let staying: Vec<String> = change.after.iter().filter(stays).map(named).collect();
    if !staying.is_empty() {
        block(&mut lines, &title("change-unchanged"), &staying);
    }
    if change.after.is_empty() {
        block(&mut lines, &title("change-nobody"), &[]);
    }
    lines
}

/// Whoever goes under one address and comes under another has a new address: nobody is new, and nobody leaves. Where a name
/// is there twice, who is who cannot be told.
fn moved(change: &EntryChange) -> Vec<(&Contact, &Contact)> {
    let (added, removed) = (change.added(), change.removed());
    let alone = |contacts: &[&Contact], name: &PersonName| {
        contacts.iter().filter(|contact| contact.name == *name).count() == 1
    };
    let mut moved = Vec::new();
    for old in removed.iter().copied().filter(|old| alone(&removed, &old.name) && alone(&added, &old.name)) {
        moved.extend(added.iter().find(|new| new.name == old.name).map(|new| (old, *new)));
    }
    moved
}

fn block(lines: &mut Vec<String>, title: &str, items: &[String]) {
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(format!("   {title}"));
    lines.extend(items.iter().map(|item| format!("      {item}")));
}

fn details(contact: &Contact, sentences: &Sentences) -> Vec<String> {
    let mut items =
        vec![sentences.shown(&contact.name.to_string()), sentences.shown(&contact.email.to_string())];
    let second = |second: &String| sentences.filled("change-second-address", &[("value", second)], &[]);
    items.extend(contact.secondary_email.as_ref().map(ToString::to_string).as_ref().map(second));
    let phone = contact.phone.as_ref().map(|phone| sentences.shown(&readable(phone.as_str())));
    items.push(phone.unwrap_or_else(|| sentences.word("change-no-phone").to_owned()));
    items
}

fn differences(old: &Contact, new: &Contact, sentences: &Sentences) -> Vec<String> {
    let moved = old.email != new.email;
    let who = if moved { new.name.to_string() } else { format!("{}, {}", new.name, new.email) };
    let mut items = vec![sentences.shown(&who)];
    let mut differ = |what: &str, from: Option<String>, to: Option<String>| {
        if from != to {
            let text = |value: Option<String>| {
                value
                    .map_or_else(|| sentences.word("change-none").to_owned(), |value| sentences.shown(&value))
            };
            let what = [("what", sentences.word(what)), ("value", &text(to))];
            items.push(sentences.filled("change-to", &[], &what));
            items.push(format!("   {}", sentences.filled("change-was", &[], &[("value", &text(from))])));
        }
    };
    differ("detail-rank", Some(old.rank.to_string()), Some(new.rank.to_string()));
    differ("detail-name", Some(old.name.to_string()), Some(new.name.to_string()));
    differ("detail-address", Some(old.email.to_string()), Some(new.email.to_string()));
    let second = |contact: &Contact| contact.secondary_email.as_ref().map(ToString::to_string);
    differ("detail-second-address", second(old), second(new));
    let phone = |contact: &Contact| contact.phone.as_ref().map(|phone| readable(phone.as_str()));
    differ("detail-phone", phone(old), phone(new));
    items
}

/// A number in the groups that its country writes, so that a person can compare it: `+31 6 12345678`.
pub(super) fn readable(phone: &str) -> String {
    let parsed = phonenumber::parse(None, phone).ok();
    let grouped = parsed.map(|number| number.format().mode(phonenumber::Mode::International).to_string());
    // Whatever the library makes of it, the digits are the same, or it is not used.
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    grouped.filter(|text| digits(text) == digits(phone)).unwrap_or_else(|| phone.to_owned())
}
