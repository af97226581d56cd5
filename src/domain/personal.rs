//! What belongs to one person, and what stands in its place once it is erased.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::domain::address::Address;
use crate::domain::contact::Phone;
use crate::domain::digest::Digest;
use crate::domain::lookup::words_of;

/// Digits of a number that are enough to know it again, however it is written: a subscriber's part without codes.
const TELLING_DIGITS: usize = 7;
/// What a mail's own words become: they name him in ways that no list of names foresees.
const ERASED_WORDS: &str = "[erased]";
/// The fields that hold somebody's own words.
const OWN_WORDS: [&str; 2] = ["own_text", "said"];

/// All that tells who somebody is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Person {
    /// His addresses.
    pub addresses: BTreeSet<Address>,
    /// His names, as they were written.
    pub names: BTreeSet<String>,
    /// His numbers.
    pub phones: BTreeSet<Phone>,
}

impl Person {
    /// Somebody of whom nothing but an address is known.
    pub fn at(address: Address) -> Self {
        Self { addresses: BTreeSet::from([address]), ..Self::default() }
    }

    /// Learns what a record says of whoever has one of his addresses: names and numbers beside it, and other addresses.
    pub fn learn(&mut self, record: &Value) {
        match record {
            Value::Array(all) => all.iter().for_each(|one| self.learn(one)),
            Value::Object(fields) => {
                if ADDRESS_FIELDS.iter().any(|field| self.is_his(fields.get(*field))) {
                    self.learn_beside(fields);
                }
                fields.values().for_each(|value| self.learn(value));
            }
            Value::String(text) => {
                if let Some(inner) = within(text) {
                    self.learn(&inner);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn is_his(&self, value: Option<&Value>) -> bool {
        let address = value.and_then(Value::as_str).and_then(|text| text.parse::<Address>().ok());
        address.is_some_and(|address| self.addresses.contains(&address))
    }

    fn learn_beside(&mut self, fields: &Map<String, Value>) {
        let text = |field: &str| fields.get(field).and_then(Value::as_str);
        self.names.extend(text("name").filter(|name| !name.trim().is_empty()).map(str::to_owned));
        self.phones.extend(text("phone").and_then(|phone| Phone::try_from(phone.to_owned()).ok()));
        // An entry's two addresses are one person's; a request's writer may be anybody.
        let own = ["email", "secondary_email"].into_iter().filter_map(text);
        self.addresses.extend(own.filter_map(|address| address.parse::<Address>().ok()));
    }
}

/// The fields whose value tells whom a record is about.
const ADDRESS_FIELDS: [&str; 3] = ["email", "secondary_email", "address"];

/// Finds a person in records and texts, and replaces what tells who he is.
#[derive(Clone, Debug)]
pub struct Eraser {
    addresses: Vec<(String, String)>,
    names: Vec<(Vec<String>, String)>,
    phones: Vec<(String, String)>,
    /// Digests of addresses, by which counts and settings are kept.
    digests: BTreeMap<String, String>,
}

impl Eraser {
    /// For this person, the `number`th who is erased: what stands in the place of his details tells him from others, and is
    /// still an address, a name and a number.
    pub fn of(person: &Person, number: u64) -> Self {
        let mut digests = BTreeMap::new();
        let (mut addresses, mut place) = (Vec::new(), 0);
        for address in &person.addresses {
            place += 1;
            let stands = format!("erased-{number}-{place}@{ERASED_DOMAIN}");
            for own in [address.lower(), address.without_subaddress().lower()] {
                let key = Digest::of(own.as_bytes()).to_string();
                digests.insert(key, Digest::of(stands.as_bytes()).to_string());
            }
            addresses.push((address.lower(), stands));
        }
        let name = format!("Erased {number}");
        let telling = person.names.iter().map(|text| words_of(text)).filter(|words| is_telling(words));
        let names = telling.map(|words| (words, name.clone())).collect();
        let digits = |phone: &Phone| phone.as_str().trim_start_matches('+').to_owned();
        let phone = format!("+{ERASED_CODE}{number:06}");
        let phones = person.phones.iter().map(|one| (digits(one), phone.clone())).collect();
        Self { addresses, names, phones, digests }
    }

    /// Whether anything of him stands in a text.
    pub fn finds(&self, text: &str) -> bool {
        self.erased(text).is_some()
    }

    /// The record without him; none where he does not stand in it.
    pub fn record(&self, record: &Value) -> Option<Value> {
        match record {
            Value::Array(all) => {
                let erased: Vec<Option<Value>> = all.iter().map(|one| self.record(one)).collect();
                erased.iter().any(Option::is_some).then(|| {
                    Value::Array(
                        erased
                            .into_iter()
                            .zip(all)
                            .map(|(new, old)| new.unwrap_or_else(|| old.clone()))
                            .collect(),
                    )
                })
            }
            Value::Object(fields) => self.fields(fields).map(Value::Object),
            Value::String(text) => self.string(text).map(Value::String),
            Value::Null | Value::Bool(_) | Value::Number(_) => None,
        }
    }

    fn fields(&self, fields: &Map<String, Value>) -> Option<Map<String, Value>> {
        let mut found = false;
        let mut erased = Map::new();
        for (key, value) in fields {
            let (new_key, new_value) = (self.string(key), self.record(value));
            found |= new_key.is_some() || new_value.is_some();
            erased.insert(new_key.unwrap_or_else(|| key.clone()), new_value.unwrap_or_else(|| value.clone()));
        }
        found.then_some(erased)
    }

    /// A text, or a record that is kept as a text. Of a record in which he stands, all of its writer's own words go.
    fn string(&self, text: &str) -> Option<String> {
        match within(text) {
            Some(inner) => self.record(&inner).map(|record| without_own_words(record).to_string()),
            None => self.erased(text),
        }
    }

    /// A text without him; none where he does not stand in it.
    pub fn erased(&self, text: &str) -> Option<String> {
        let mut now = text.to_owned();
        for (digest, stands) in &self.digests {
            now = now.replace(digest.as_str(), stands);
        }
        for (address, stands) in &self.addresses {
            now = replaced(&now, stands, |rest, before| address_at(rest, before, address));
        }
        for (words, stands) in &self.names {
            now = replaced(&now, stands, |rest, before| name_at(rest, before, words));
        }
        for (digits, stands) in &self.phones {
            now = replaced(&now, stands, |rest, before| phone_at(rest, before, digits));
        }
        (now != text).then_some(now)
    }
}

/// A domain that is nobody's (RFC 2606 §2).
const ERASED_DOMAIN: &str = "erased.invalid";
/// A country code that is given to nobody (ITU-T E.164 list of assigned codes).
const ERASED_CODE: &str = "999";

/// Whether words are enough of a name to be looked for everywhere: one short word is in many texts.
fn is_telling(words: &[String]) -> bool {
    words.len() > 1 || words.first().is_some_and(|word| !word.is_ascii() && word.chars().count() > 1)
}

/// A record that is kept as a text.
fn within(text: &str) -> Option<Value> {
    let is_record = text.starts_with(['{', '[']);
    is_record.then(|| serde_json::from_str(text).ok()).flatten()
}

fn without_own_words(record: Value) -> Value {
    match record {
        Value::Object(fields) => {
            let blank = |(key, value): (String, Value)| {
                let own = OWN_WORDS.contains(&key.as_str()) && value.is_string();
                let value =
                    if own { Value::String(ERASED_WORDS.to_owned()) } else { without_own_words(value) };
                (key, value)
            };
            Value::Object(fields.into_iter().map(blank).collect())
        }
        Value::Array(all) => Value::Array(all.into_iter().map(without_own_words).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => record,
    }
}

/// The text with what `found` measures, in octets, replaced at each place; it is given the rest and the letter before.
fn replaced(text: &str, stands: &str, found: impl Fn(&str, Option<char>) -> Option<usize>) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut before) = (text, None);
    while let Some(first) = rest.chars().next() {
        let length = found(rest, before).filter(|length| *length > 0);
        let taken = length.unwrap_or(first.len_utf8());
        let (this, after) = rest.split_at(taken);
        out.push_str(if length.is_some() { stands } else { this });
        before = this.chars().next_back();
        rest = after;
    }
    out
}

fn address_at(rest: &str, before: Option<char>, address: &str) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    if before.is_some_and(is_part) {
        return None;
    }
    let here = rest.get(..address.len())?;
    let mut after = rest.get(address.len()..)?.chars();
    let goes_on = match (after.next(), after.next()) {
        (Some('.'), Some(next)) => next.is_alphanumeric(),
        (Some(next), _) => next.is_alphanumeric() || next == '-',
        (None, _) => false,
    };
    let ends = !goes_on;
    (here.eq_ignore_ascii_case(address) && ends).then_some(address.len())
}

/// His name here, in any spelling, with anything that is no letter between its words; the last word may come first.
fn name_at(rest: &str, before: Option<char>, words: &[String]) -> Option<usize> {
    if before.is_some_and(char::is_alphanumeric) || !rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    let mut turned = words.to_vec();
    turned.rotate_right(1);
    length_of(rest, words).or_else(|| length_of(rest, &turned))
}

/// Octets that these words take at the beginning of a text.
fn length_of(text: &str, words: &[String]) -> Option<usize> {
    /// Letters between two words of a name at the most: a line's end with its indentation, a comma.
    const BETWEEN_MAX: usize = 8;
    let mut end = 0;
    for (place, word) in words.iter().enumerate() {
        let rest = text.get(end..)?;
        let gap: String = rest.chars().take_while(|c| !c.is_alphanumeric()).collect();
        if place > 0 && (gap.is_empty() || gap.chars().count() > BETWEEN_MAX) {
            return None;
        }
        let rest = rest.get(gap.len()..)?;
        let here: String = rest.chars().take_while(|c| is_of_word(*c)).collect();
        if words_of(&here).concat() != *word {
            return None;
        }
        end += gap.len() + here.len();
    }
    Some(end)
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '’' | '\u{300}'..='\u{36f}')
}

/// His number here: digits with spaces, dots, hyphens and brackets between them, with its code or without.
fn phone_at(rest: &str, before: Option<char>, number: &str) -> Option<usize> {
    if before.is_some_and(|c| c.is_alphanumeric() || c == '+')
        || !rest.starts_with(['+', '(', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    {
        return None;
    }
    let between = |c: char| matches!(c, '+' | ' ' | '.' | '-' | '(' | ')' | '/' | '\u{a0}');
    let run: String = rest.chars().take_while(|c| c.is_ascii_digit() || between(*c)).collect();
    let run = run.trim_end_matches(|c: char| !c.is_ascii_digit());
    if rest.get(run.len()..)?.starts_with(char::is_alphanumeric) {
        return None;
    }
    let digits: String = run.chars().filter(char::is_ascii_digit).collect();
    let tail = number.get(number.len().saturating_sub(TELLING_DIGITS)..)?;
    let own = digits.trim_start_matches('0');
    let same =
        own == number || (own.len() >= TELLING_DIGITS && number.ends_with(own)) || (own.ends_with(number));
    (same && digits.ends_with(tail)).then_some(run.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Eraser, Person};
    use crate::domain::contact::{PersonName, Phone};
    use crate::domain::digest::Digest;

    fn jane() -> Person {
        let mut person = Person::at("jane@nic.example".parse().unwrap());
        person.learn(&json!([
            { "name": "Jané Doe", "email": "Jane@nic.example", "secondary_email": "jd@home.example", "phone": "+31612345678" },
            { "name": "Omar Haddad", "email": "omar@nic.example", "secondary_email": null, "phone": "+31200000000" },
        ]));
        person
    }

    fn eraser() -> Eraser {
        Eraser::of(&jane(), 4)
    }

    #[test]
    fn what_stands_beside_an_address_is_learnt_and_nothing_of_others() {
        let person = jane();
        let addresses: Vec<String> = person.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["jd@home.example", "jane@nic.example"]);
        assert_eq!(person.names.iter().collect::<Vec<_>>(), ["Jané Doe"]);
        assert_eq!(person.phones.iter().map(Phone::as_str).collect::<Vec<_>>(), ["+31612345678"]);
    }

    #[track_caller]
    fn check(text: &str, want: &str) {
        assert_eq!(eraser().erased(text).unwrap_or_else(|| text.to_owned()), want);
    }

    #[test]
    fn every_spelling_goes_and_everybody_else_stays() {
        check("from JANE@nic.example.", "from erased-4-2@erased.invalid.");
        check("maryjane@nic.example, jane@nic.example.org", "maryjane@nic.example, jane@nic.example.org");
        check("Jane Doe, JANE\n  DOE; Doe, Jané", "Erased 4, Erased 4; Erased 4");
        check(
            "Jane Doering and Mary Jane; Doe",
            "Jane Doering and Mary Jane; Doe".replace("Jane; Doe", "Erased 4").as_str(),
        );
        check("call 06-12 34 56 78 or +31 (6) 12345678!", "call +999000004 or +999000004!");
        check("0612345678", "+999000004");
        check("at 20261102123456780", "at 20261102123456780");
        check("omar@nic.example, Omar Haddad, +31200000000", "omar@nic.example, Omar Haddad, +31200000000");
        let key = Digest::of(b"jane@nic.example").to_string();
        assert!(!eraser().erased(&format!("spent/help/{key}")).unwrap().contains(&key));
    }

    #[test]
    fn a_record_within_a_record_is_erased_and_can_still_be_read() {
        let inner = json!({ "contacts": [{ "name": "Jane Doe", "phone": "+31612345678" }], "own_text": "It is me, Jenny" });
        let line =
            json!({ "says": "fine", "writes": [{ "value": inner.to_string() }, { "value": "{\"a\":1}" }] });
        let erased = eraser().record(&line).unwrap();
        let inner: serde_json::Value =
            serde_json::from_str(erased["writes"][0]["value"].as_str().unwrap()).unwrap();
        assert_eq!(inner["own_text"], "[erased]");
        let contact = &inner["contacts"][0];
        assert!(Phone::try_from(contact["phone"].as_str().unwrap().to_owned()).is_ok());
        assert!(contact["name"].as_str().unwrap().parse::<PersonName>().is_ok());
        assert_eq!(erased["writes"][1]["value"], "{\"a\":1}");
        assert_eq!(eraser().record(&erased), None);
        assert_eq!(eraser().record(&json!({ "own_text": "about Omar" })), None);
    }
}
