//! JSON: our own export, one contact a line, and the members of a list as Mailman 3 tells them.

use serde_json::Value;

use crate::domain::contact::RosterLine;
use crate::domain::listed::{Listed, Point, Serves};
use crate::reading::registers::cells::{shown, take_addresses};
use crate::reading::registers::{Desk, Unreadable, dumps};

/// How it was read, what of it was not, and whom it lists.
type Found = (String, Vec<String>, Vec<Listed>);

/// The persons of a JSON text: one value, or one a line.
pub(super) fn read(text: &str, desk: &Desk<'_>) -> Result<Found, Unreadable> {
    if let Ok(whole) = serde_json::from_str::<Value>(text)
        && let Some(members) = members(&whole)
    {
        let people = (1..).zip(members).map(|(number, value)| person(value, number, desk));
        return Ok(("members of a list (JSON)".to_owned(), Vec::new(), people.collect()));
    }
    let mut people = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let value: Value = serde_json::from_str(line).map_err(|error| {
            Unreadable::new(format!("line {number} is not JSON: {error}; export it once more"))
        })?;
        people.push(person(&value, number, desk));
    }
    Ok(("our own export (JSON)".to_owned(), Vec::new(), people))
}

/// The members of one whole value: of `GET …/roster/member`, or an array of them.
fn members(whole: &Value) -> Option<&Vec<Value>> {
    match whole {
        Value::Array(members) => Some(members),
        Value::Object(object) => object.get("entries")?.as_array(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn person(value: &Value, number: usize, desk: &Desk<'_>) -> Listed {
    let at = desk.spot(None, number);
    if let Ok(line) = serde_json::from_value::<RosterLine>(value.clone()) {
        let RosterLine { tld, rank, name, email, secondary_email, phone } = line;
        let mut points = Vec::new();
        if !desk.known.has(&tld) {
            let why = format!("`{tld}` is no ccTLD that is known");
            points.push(Point::refused(why, "write the ccTLD as in nl"));
        }
        return Listed {
            at,
            written: shown(&value.to_string()),
            name: Some(name.to_string()),
            email: Some(email),
            second: secondary_email,
            phone,
            serves: Serves::Cctlds(vec![(tld, Some(rank))]),
            points,
            ..Listed::default()
        };
    }
    let text = |keys: &[&str]| keys.iter().find_map(|key| value.get(key)?.as_str()).unwrap_or_default();
    let mut person = dumps::of_display(text(&["display_name", "name"]), desk);
    person.at = at;
    person.written = shown(&value.to_string());
    let address = text(&["email", "subscriber", "address"]);
    take_addresses(&mut person, address);
    if person.email.is_none() && person.points.is_empty() {
        person.points.push(Point::refused("it has no e-mail address", "write it as in ann@registry.example"));
    }
    person
}
