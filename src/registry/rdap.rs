//! IANA's RDAP answers (RFC 9083): entities by their role, jCard properties (RFC 7095) by their name.

use serde::Deserialize;
use serde_json::Value;

use crate::domain::channel::Said;
use crate::domain::registry::{IanaContact, IanaRecord};
use crate::domain::tld::Tld;
use crate::registry::ANSWER_OCTETS_MAX;
use crate::registry::field::{Post, Written, day, same_tld, shown, tidy};

/// Entities that are looked at, at the most. A record has three.
const ENTITIES_MAX: usize = 50;
/// Properties of a jCard that are looked at, at the most. A card has some ten.
const PROPERTIES_MAX: usize = 100;

/// What an answer says about this ccTLD.
pub fn read(octets: &[u8], tld: &Tld) -> Said {
    match record(octets, tld) {
        Ok(record) => Said::Record(Box::new(record)),
        Err(said) => said,
    }
}

/// What is read of an answer; all else is left alone. A field that stands there twice is refused by the reader of JSON.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    error_code: Option<u16>,
    title: Option<String>,
    object_class_name: Option<String>,
    ldh_name: Option<String>,
    unicode_name: Option<String>,
    #[serde(default)]
    entities: Vec<Entity>,
    #[serde(default)]
    events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entity {
    #[serde(default)]
    roles: Vec<String>,
    vcard_array: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_action: Option<String>,
    event_date: Option<String>,
}

fn record(octets: &[u8], tld: &Tld) -> Result<IanaRecord, Said> {
    if octets.len() > ANSWER_OCTETS_MAX {
        return Err(Said::Strange("it is too long".to_owned()));
    }
    if octets.trim_ascii().is_empty() {
        return Err(Said::Nothing("it is empty".to_owned()));
    }
    let answer: Answer = serde_json::from_slice(octets)
        .map_err(|error| Said::Strange(format!("it is not an RDAP answer: {}", shown(&error.to_string()))))?;
    if let Some(code) = answer.error_code {
        let title = answer.title.as_deref().map(shown).unwrap_or_default();
        return Err(Said::Nothing(format!("it is the error {code} {title}").trim_end().to_owned()));
    }
    let class = answer.object_class_name.as_deref().unwrap_or("nothing");
    if class != "domain" {
        return Err(Said::Strange(format!("it describes `{}`, not a domain", shown(class))));
    }
    let Some(name) = &answer.ldh_name else {
        return Err(Said::Strange("it does not say of which domain".to_owned()));
    };
    same_tld(name, tld)?;
    if let Some(name) = &answer.unicode_name {
        same_tld(name, tld)?;
    }
    let admin = contact(&answer, Post::Administrative)?;
    let technical = contact(&answer, Post::Technical)?;
    if admin.is_none() && technical.is_none() {
        return Err(Said::Nothing("it shows no contact".to_owned()));
    }
    let registrant = cards(&answer, "registrant");
    let manager = registrant.organisation.into_iter().chain(registrant.name).next();
    let last = answer.events.iter().find(|event| event.event_action.as_deref() == Some("last changed"));
    let changed = last.and_then(|event| day(event.event_date.as_deref()?));
    Ok(IanaRecord { tld: tld.clone(), manager, admin, technical, changed, retrieved: None })
}

fn contact(answer: &Answer, post: Post) -> Result<Option<IanaContact>, Said> {
    cards(answer, post.word()).checked(post)
}

/// All that the entities of a role say: two that differ contradict each other.
fn cards(answer: &Answer, role: &str) -> Written {
    let mut written = Written::default();
    let plays = |entity: &&Entity| entity.roles.iter().any(|one| one.eq_ignore_ascii_case(role));
    for entity in answer.entities.iter().take(ENTITIES_MAX).filter(plays) {
        let card = entity.vcard_array.as_ref().and_then(|card| card.get(1)).and_then(Value::as_array);
        for property in card.into_iter().flatten().take(PROPERTIES_MAX) {
            add(&mut written, property);
        }
    }
    written
}

/// A property is an array of name, parameters, type and values (RFC 7095 §3.3).
fn add(written: &mut Written, property: &Value) {
    let name = property.get(0).and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let Some(value) = property.get(3).and_then(text) else { return };
    match name.as_str() {
        "fn" => written.name.push(tidy(&value)),
        "org" => written.organisation.push(tidy(&value)),
        "email" => written.email.push(value.strip_prefix("mailto:").unwrap_or(&value).to_owned()),
        "tel" if !is_fax(property.get(1)) => {
            written.phone.push(tidy(value.strip_prefix("tel:").unwrap_or(&value)));
        }
        _ => {}
    }
}

/// A value as text: of a structured one, its parts (RFC 7095 §3.3.1.3).
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Array(parts) => {
            let parts = parts.iter().filter_map(Value::as_str).map(str::trim).filter(|part| !part.is_empty());
            parts.collect::<Vec<_>>().join(", ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn is_fax(parameters: Option<&Value>) -> bool {
    let is_word = |value: &Value| value.as_str().is_some_and(|word| word.eq_ignore_ascii_case("fax"));
    let kind = parameters.and_then(|parameters| parameters.get("type"));
    kind.is_some_and(|kind| is_word(kind) || kind.as_array().is_some_and(|words| words.iter().any(is_word)))
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::registry::tests_sample::{GOOD, told};

    const NL: &str = include_str!("../../fixtures/iana/nl.rdap.json");

    #[track_caller]
    fn check(text: &str, tld: &str, want: &str) {
        let said = read(text.as_bytes(), &tld.parse().unwrap());
        assert_eq!(told(&said), want);
    }

    #[test]
    fn contacts_are_found_by_role_and_properties_by_name() {
        check(NL, "nl", GOOD);
        check(&NL.replace("\"ldhName\": \"nl\"", "\"ldhName\": \"NL.\""), "nl", GOOD);
        check(&NL.replace("\"administrative\"", "\"Administrative\", \"billing\""), "nl", GOOD);
    }

    #[test]
    fn what_is_absent_is_tolerated() {
        let least = r#"{"objectClassName":"domain","ldhName":"nl","entities":[{"roles":["administrative"],
            "vcardArray":["vcard",[["email",{},"text","a@nic.example"],["x"],7,["fn",{},"text",null]]]},{},{"roles":["technical"]}]}"#;
        check(least, "nl", "- / - / - / - / - / a@nic.example / -");
        let nobody = r#"{"objectClassName":"domain","ldhName":"nl"}"#;
        check(nobody, "nl", "Nothing(\"it shows no contact\")");
        check(" ", "nl", "Nothing(\"it is empty\")");
        check(
            include_str!("../../fixtures/iana/not-found.rdap.json"),
            "nl",
            "Nothing(\"it is the error 404 Not Found\")",
        );
    }

    #[test]
    fn what_is_strange_is_refused_loudly() {
        check(NL, "be", "Strange(\"it is about `nl`, not about .be\")");
        check("{}", "nl", "Strange(\"it describes `nothing`, not a domain\")");
        check("{\"objectClassName\":\"domain\"}", "nl", "Strange(\"it does not say of which domain\")");
        check("<html>", "nl", "Strange(\"it is not an RDAP answer: expected value at line 1 column 1\")");
        let twice = r#"{"objectClassName":"domain","ldhName":"nl","entities":[],"entities":[]}"#;
        for text in [twice, NL.get(..NL.len() / 2).unwrap()] {
            let said = format!("{:?}", read(text.as_bytes(), &"nl".parse().unwrap()));
            assert!(said.starts_with("Strange(\"it is not an RDAP answer: "), "{said}");
        }
        // Depth is refused before it costs a stack; where nothing is read of it, it is only passed over.
        let deep = |key: &str| format!("{{{key}{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        check(&deep("\"x\":"), "nl", "Strange(\"it describes `nothing`, not a domain\")");
        let card = deep("\"entities\":[{\"vcardArray\":").replace('}', "}]}");
        let said = format!("{:?}", read(card.as_bytes(), &"nl".parse().unwrap()));
        assert!(said.contains("recursion limit exceeded"), "{said}");
    }

    #[test]
    fn two_administrative_contacts_with_two_addresses_contradict_each_other() {
        let two = NL.replace("\"technical\"", "\"administrative\"");
        check(
            &two,
            "nl",
            "Contradiction(\"it gives the administrative contact two addresses, admin@registry-nl.example and dns@hosting-nl.example\")",
        );
        check(&NL.replace("\"technical\"", "\"technical\", \"noc\""), "nl", GOOD);
    }
}
