//! Cards (vCard 3 and 4, RFC 6350): a person each, with the ccTLDs where they are ours.

use std::panic::{AssertUnwindSafe, catch_unwind};

use calcard::vcard::{VCard, VCardEntry, VCardProperty, VCardValue};
use calcard::{Entry, Parser};

use crate::domain::contact::{Phone, Rank};
use crate::domain::listed::{Listed, Point, Serves};
use crate::domain::tld::Tld;
use crate::reading::registers::cells::{shown, take_addresses, take_name, take_phone, take_second};
use crate::reading::registers::rows::{Cell, CellKind};
use crate::reading::registers::{Desk, PEOPLE_MAX, Unreadable};

/// The property that says for which ccTLD in which place, in letters of either case: `X-TLD-OPS:nl 1` (RFC 6350 §6.10).
const PLACE: &str = "X-TLD-OPS";

/// The persons of a file of cards.
pub(super) fn read(text: &str, desk: &Desk<'_>) -> Result<Vec<Listed>, Unreadable> {
    // The library takes whatever stands there apart; a fault in it must cost a file, not the program.
    let cards = catch_unwind(AssertUnwindSafe(|| {
        let mut parser = Parser::new(text);
        let mut cards = Vec::new();
        while cards.len() <= PEOPLE_MAX {
            let entry = parser.entry();
            if entry == Entry::Eof {
                break;
            }
            let Entry::VCard(card) = entry else { return None };
            cards.push(card);
        }
        Some(cards)
    }));
    let Ok(Some(cards)) = cards else {
        return Err(Unreadable::new("is not whole as a file of cards (vCard); export it once more"));
    };
    Ok((1..).zip(&cards).map(|(number, card)| person(card, number, desk)).collect())
}

fn person(card: &VCard, number: usize, desk: &Desk<'_>) -> Listed {
    let mut person = Listed { at: desk.spot(None, number), ..Listed::default() };
    let texts = |property: &VCardProperty| -> Vec<String> {
        card.entries.iter().filter(|entry| entry.name == *property).map(text_of).collect()
    };
    let name = texts(&VCardProperty::Fn).into_iter().next().unwrap_or_default();
    let emails = texts(&VCardProperty::Email);
    let numbers = texts(&VCardProperty::Tel);
    person.written = shown(&format!("{name} | {} | {}", emails.join(" | "), numbers.join(" | ")));
    let own = card.entries.iter().filter(|entry| is_place(entry)).map(text_of).collect::<Vec<_>>();
    take_places(&mut person, &own, desk);
    if own.is_empty() {
        take_name(&mut person, &name);
    } else {
        person.name = (!name.is_empty()).then_some(name);
    }
    let mut emails = emails.into_iter();
    take_addresses(&mut person, &emails.next().unwrap_or_default());
    if let Some(second) = emails.next() {
        take_second(&mut person, &second);
    }
    if emails.next().is_some() {
        person
            .points
            .push(Point::unsure("more than two addresses are told", "write the first and the second one"));
    }
    for number in numbers {
        let number = number.strip_prefix("tel:").unwrap_or(&number).to_owned();
        match Phone::try_from(number.clone()) {
            Ok(phone) if person.phone.is_none() => person.phone = Some(phone),
            Ok(_) | Err(_) => take_phone(&mut person, &Cell { text: number, kind: CellKind::Text }, desk),
        }
    }
    person
}

fn is_place(entry: &VCardEntry) -> bool {
    matches!(&entry.name, VCardProperty::Other(name) if name.eq_ignore_ascii_case(PLACE))
}

fn take_places(person: &mut Listed, own: &[String], desk: &Desk<'_>) {
    let mut places = Vec::new();
    for text in own {
        let (tld, rank) = text.split_once(' ').unwrap_or((text, ""));
        let rank = rank.trim().parse::<u8>().ok().and_then(|number| Rank::try_from(number).ok());
        match tld.parse::<Tld>() {
            Ok(tld) if desk.known.has(&tld) => places.push((tld, rank)),
            Ok(_) | Err(_) => {
                let why = format!("`{text}` is no ccTLD that is known");
                person.points.push(Point::refused(why, "write the ccTLD as in nl 1"));
            }
        }
    }
    if !places.is_empty() {
        person.serves = Serves::Cctlds(places);
    }
}

/// The text of a property.
fn text_of(entry: &VCardEntry) -> String {
    let parts: Vec<&str> = entry
        .values
        .iter()
        .filter_map(|value| if let VCardValue::Text(text) = value { Some(text.as_str()) } else { None })
        .collect();
    parts.join(" ")
}
