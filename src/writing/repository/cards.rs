//! The contact repository as vCard 4 (RFC 6350): a card a person, for the telephone in his pocket.

use calcard::vcard::{
    VCard, VCardEntry, VCardParameter, VCardParameterName, VCardProperty, VCardValue, VCardValueType,
    VCardVersion,
};

use crate::domain::digest::Digest;
use crate::domain::repository::{Person, Repository};

/// The property that says for which ccTLD in which place: `X-TLD-OPS:nl 1` (RFC 6350 §6.10). An import relies on it.
pub const PLACE: &str = "X-TLD-OPS";
/// Letters of a card's identifier: enough that no two of some thousand persons have the same.
const UID_LETTERS: usize = 24;

/// The octets of all cards.
pub fn write(repository: &Repository) -> String {
    let people = repository.people();
    people.iter().fold(String::new(), |mut text, person| {
        // Writing to a string cannot fail.
        match card(person, repository).write_to(&mut text, VCardVersion::V4_0) {
            Ok(()) | Err(std::fmt::Error) => text,
        }
    })
}

fn card(person: &Person<'_>, repository: &Repository) -> VCard {
    let contact = person.contact;
    let text = |property, value: String| VCardEntry::new(property).with_value(value);
    let as_text = |entry: VCardEntry| entry.with_param(VCardParameter::value(VCardValueType::Text));
    let mut entries = vec![
        text(VCardProperty::Kind, "individual".to_owned()),
        as_text(text(VCardProperty::Uid, uid(person))),
        text(VCardProperty::Fn, contact.name.to_string()),
        // Which part of it is the family's name nobody told us: the whole stands where the given name does.
        VCardEntry::new(VCardProperty::N).with_values(
            ["", contact.name.as_str(), "", "", ""].map(|part| VCardValue::Text(part.to_owned())).to_vec(),
        ),
        text(VCardProperty::Org, "TLD-OPS".to_owned()),
        text(VCardProperty::Role, role(person)),
        text(VCardProperty::Email, contact.email.to_string()).with_param(VCardParameter::pref(1)),
    ];
    let second = contact.secondary_email.as_ref();
    entries.extend(second.map(|second| text(VCardProperty::Email, second.to_string())));
    if let Some(phone) = &contact.phone {
        let uri = VCardParameter::value(VCardValueType::Uri);
        let voice = VCardParameter::new(VCardParameterName::Type, "voice".to_owned());
        entries.push(text(VCardProperty::Tel, format!("tel:{phone}")).with_param(uri).with_param(voice));
    }
    entries.push(text(VCardProperty::Categories, "TLD-OPS".to_owned()));
    entries.push(text(VCardProperty::Note, note(person, repository)));
    let place = || VCardProperty::Other(PLACE.to_owned());
    entries
        .extend(person.places.iter().map(|(tld, rank)| text(place(), format!("{tld} {}", u8::from(*rank)))));
    let revised = repository.at.strftime("%Y%m%dT%H%M%SZ").to_string();
    entries.push(text(VCardProperty::Rev, revised));
    VCard { entries }
}

/// `Security and Stability Contact: #1 .nl, #2 .be`.
fn role(person: &Person<'_>) -> String {
    let places: Vec<String> =
        person.places.iter().map(|(tld, rank)| format!("{rank} .{}", tld.unicode())).collect();
    format!("Security and Stability Contact: {}", places.join(", "))
}

/// `TLP:AMBER. Details confirmed by this contact on 2026-11-03.`: a remark on the card (RFC 6350 §6.7.2). REV is no place for the day,
/// since it says when the card was written (§6.7.4), by which a telephone knows the newer one.
fn note(person: &Person<'_>, repository: &Repository) -> String {
    let label = repository.label;
    match (repository.confirmed_on(person.contact), &repository.confirmations) {
        (Some(day), _) => format!("{label}. Details confirmed by this contact on {day}."),
        (None, Some(_)) => format!("{label}. Details not confirmed by this contact yet."),
        (None, None) => label.to_string(),
    }
}

/// What makes it the same card in the next mail: a telephone then changes it in place of adding another.
fn uid(person: &Person<'_>) -> String {
    let first = person.places.first().map(|(tld, _)| tld.to_string()).unwrap_or_default();
    let digest = Digest::of_parts(&["vcard", &person.contact.email.lower(), &first]).to_string();
    format!("tld-ops-{}", digest.chars().take(UID_LETTERS).collect::<String>())
}
