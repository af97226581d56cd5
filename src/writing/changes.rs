//! A change of contacts in words: one block a contact, readable on a phone.

use crate::domain::contact::{Contact, Phone};
use crate::domain::plan::EntryChange;

/// The lines that show a change, each with three leading spaces so that no mail program joins them.
pub fn lines(change: &EntryChange) -> Vec<String> {
    let tld = change.tld.for_people();
    let mut lines = Vec::new();
    for contact in change.added() {
        block(&mut lines, &format!("New contact of {tld}, {}:", contact.rank), &details(contact));
    }
    for (old, new) in change.modified() {
        block(&mut lines, &format!("Changed contact of {tld}, {}:", new.rank), &differences(old, new));
    }
    for contact in change.removed() {
        let who = vec![contact.name.to_string(), contact.email.to_string()];
        block(&mut lines, &format!("Leaves as contact of {tld}:"), &who);
    }
    let stays = |contact: &&Contact| change.before.contains(contact);
    let staying: Vec<String> =
        change.after.iter().filter(stays).map(|c| format!("{} {}", c.rank, c.name)).collect();
    if !staying.is_empty() {
        block(&mut lines, &format!("Unchanged for {tld}:"), &staying);
    }
    if change.after.is_empty() {
        block(&mut lines, &format!("After this, {tld} has no contact."), &[]);
    }
    lines
}

fn block(lines: &mut Vec<String>, title: &str, items: &[String]) {
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(format!("   {title}"));
    lines.extend(items.iter().map(|item| format!("      {item}")));
}

fn details(contact: &Contact) -> Vec<String> {
    let mut items = vec![contact.name.to_string(), contact.email.to_string()];
    items.extend(contact.secondary_email.as_ref().map(|second| format!("{second} (second address)")));
    items.push(contact.phone.as_ref().map_or_else(|| "no phone number".to_owned(), readable));
    items
}

fn differences(old: &Contact, new: &Contact) -> Vec<String> {
    let mut items = vec![format!("{}, {}", new.name, new.email)];
    let text = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
    let mut differ = |what: &str, from: String, to: String| {
        if from != to {
            items.push(format!("{what}: {to}"));
            items.push(format!("   (was {from})"));
        }
    };
    differ("rank", old.rank.to_string(), new.rank.to_string());
    differ("name", old.name.to_string(), new.name.to_string());
    let second = |contact: &Contact| text(contact.secondary_email.as_ref().map(ToString::to_string));
    differ("second address", second(old), second(new));
    let phone = |contact: &Contact| text(contact.phone.as_ref().map(readable));
    differ("phone", phone(old), phone(new));
    items
}

/// A number in the groups that its country writes, so that a person can compare it: `+31 6 12345678`.
fn readable(phone: &Phone) -> String {
    let parsed = phonenumber::parse(None, phone.as_str()).ok();
    let grouped = parsed.map(|number| number.format().mode(phonenumber::Mode::International).to_string());
    // Whatever the library makes of it, the digits are the same, or it is not used.
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    grouped.filter(|text| digits(text) == digits(phone.as_str())).unwrap_or_else(|| phone.to_string())
}
