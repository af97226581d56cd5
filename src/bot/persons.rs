//! Persons: all that is held of one, and what stands in the way of erasing it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use crate::bot::records::{Records, RetryRow, put, retry_key};
use crate::domain::address::Address;
use crate::domain::case::{Case, CaseId};
use crate::domain::contact::{Contact, PersonName};
use crate::domain::digest::Digest;
use crate::domain::lookup::words_of;
use crate::domain::personal::{Eraser, Person};
use crate::domain::tld::Tld;
use crate::reading::everything::texts;
use crate::store::{ERASED, Line, Shelf, Table, Write};

/// What the names of the rows begin with that say of a mail that it was removed, among the counters.
pub(in crate::bot) const GONE: &str = "gone/";
/// Rounds of learning at the most: an address leads to a second one, and that to a name.
const ROUNDS_MAX: usize = 4;

/// All that is held of a person.
#[derive(Clone, Debug)]
pub struct Held {
    /// Who he is.
    pub person: Person,
    /// Names and values of his that are others' as well, and stay.
    pub shared: Vec<String>,
    /// Where he is listed.
    pub entries: Vec<(Tld, Contact)>,
    /// The requests in which he stands: which, in which state.
    pub cases: Vec<(CaseId, &'static str)>,
    /// The other records in which he stands.
    pub records: Vec<(Table, String)>,
    /// The lines of the journal: number, time, event.
    pub lines: Vec<(u64, Timestamp, String)>,
    /// What must happen before he can be erased, a sentence each.
    pub obstacles: Vec<String>,
    /// Finds and erases him.
    pub eraser: Eraser,
}

impl Records<'_> {
    /// What is held of whoever has this address. `own` are the addresses of ours and of the secretariat, which are nobody's
    /// personal ones; `also` are further names of his.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn held(
        &self,
        lines: &[Line],
        address: &Address,
        (own, also): (&[Address], &[String]),
    ) -> anyhow::Result<Held> {
        let values: Vec<Value> =
            lines.iter().map(serde_json::to_value).collect::<Result<_, serde_json::Error>>()?;
        let (person, shared) = self.learn(&values, address, (own, also))?;
        let before = lines.iter().filter(|line| line.entry.event == ERASED).count();
        let eraser = Eraser::of(&person, before as u64 + 1);
        let found = lines.iter().zip(&values).filter(|(_, value)| eraser.record(value).is_some());
        let told = found.map(|(line, _)| (line.seq, line.entry.at, line.entry.event.clone())).collect();
        let mut held = Held {
            entries: Vec::new(),
            cases: Vec::new(),
            records: Vec::new(),
            lines: told,
            obstacles: Vec::new(),
            person,
            shared,
            eraser,
        };
        for (tld, contacts) in self.roster()?.iter() {
            let his =
                contacts.iter().filter(|one| one.addresses().any(|own| held.person.addresses.contains(own)));
            held.entries.extend(his.map(|contact| (tld.clone(), contact.clone())));
        }
        for table in Table::ALL {
            for (key, value) in self.store.scan(table, "")? {
                if held.eraser.record(&Value::from(value.as_str())).is_some() || held.eraser.finds(&key) {
                    held.take(table, key, &value);
                }
            }
        }
        held.name_obstacles();
        Ok(held)
    }

    /// His details, and those of them that somebody else has as well: these stay, for they do not tell who he is.
    fn learn(
        &self,
        values: &[Value],
        address: &Address,
        (own, also): (&[Address], &[String]),
    ) -> anyhow::Result<(Person, Vec<String>)> {
        let roster = self.roster()?;
        let listed = roster.iter().flat_map(|(_, contacts)| contacts);
        let others: Vec<&Contact> = listed.filter(|contact| !contact.has(address)).collect();
        let mut person = Person::at(address.clone());
        let mut shared = BTreeSet::new();
        for _ in 0..ROUNDS_MAX {
            let known = person.clone();
            for value in values {
                person.learn(value);
            }
            let is_others = |one: &Address| own.contains(one) || others.iter().any(|other| other.has(one));
            let (not_his, his): (BTreeSet<Address>, BTreeSet<Address>) =
                person.addresses.into_iter().partition(|one| one != address && is_others(one));
            person.addresses = his;
            shared.extend(not_his.iter().map(ToString::to_string));
            let of_others =
                |name: &String| others.iter().any(|other| words_of(other.name.as_str()) == words_of(name));
            shared.extend(person.names.extract_if(.., |name| of_others(name)));
            let called = person
                .phones
                .extract_if(.., |phone| others.iter().any(|other| other.phone.as_ref() == Some(phone)));
            shared.extend(called.map(|phone| phone.to_string()));
            if person == known {
                break;
            }
        }
        person.names.extend(also.iter().cloned());
        Ok((person, shared.into_iter().collect()))
    }

    /// Whether a mail that came in waits for an answer of the DNS: it lies in the mailbox as well, and is taken in again.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn is_judged_again(&self, on: Shelf, digest: &Digest) -> anyhow::Result<bool> {
        Ok(on == Shelf::Incoming && self.counter::<RetryRow>(&retry_key(digest))?.is_some())
    }

    /// What records that a mail was removed on purpose.
    ///
    /// # Errors
    /// Never in practice.
    pub fn write_gone(shelf: Shelf, digest: &Digest, at: Timestamp) -> anyhow::Result<Write> {
        put(Table::Counters, gone_key(shelf, digest), &at)
    }

    /// Whether a mail was removed on purpose.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn is_gone(&self, on: Shelf, digest: &Digest) -> anyhow::Result<bool> {
        Ok(self.counter::<Timestamp>(&gone_key(on, digest))?.is_some())
    }
}

impl Held {
    fn take(&mut self, table: Table, key: String, value: &str) {
        let case: Option<Case> = (table == Table::Cases).then(|| serde_json::from_str(value).ok()).flatten();
        match case {
            Some(case) => {
                if case.state.is_open() {
                    let id = case.id;
                    self.obstacles.push(format!(
                        "the request {id} is open: wait for its end, or close it with `tldops reject {id}`"
                    ));
                }
                self.cases.push((case.id, case.state.name()));
            }
            None => self.records.push((table, key)),
        }
    }

    fn name_obstacles(&mut self) {
        for (tld, contact) in &self.entries {
            self.obstacles.push(format!(
                "{} is listed as {} of {}: have the entry changed first, by a request of the ccTLD",
                contact.email,
                contact.rank,
                tld.for_people()
            ));
        }
        for (table, key) in &self.records {
            if *table == Table::Outbox && key.starts_with("pending/") {
                self.obstacles.push(
                    "a mail that names this person waits to be sent: let the program send it first"
                        .to_owned(),
                );
            }
            if let Some(tld) = key.strip_prefix("record/").filter(|_| *table == Table::Iana) {
                self.obstacles.push(format!(
                    "IANA publishes this person for .{tld}, and the program would read it again: ask IANA first"
                ));
            }
        }
    }

    /// Whether he stands in a mail, in any of its parts and headers, however they are encoded.
    pub fn is_in(&self, octets: &[u8]) -> bool {
        texts(octets).iter().any(|text| self.eraser.finds(text))
    }
}

/// The addresses of everybody of this name, in whatever was recorded.
pub fn called(lines: &[Line], name: &PersonName) -> BTreeSet<Address> {
    let words = words_of(name.as_str());
    let mut found = BTreeSet::new();
    for value in lines.iter().filter_map(|line| serde_json::to_value(line).ok()) {
        addresses_of(&value, &words, &mut found);
    }
    found
}

fn addresses_of(value: &Value, words: &[String], found: &mut BTreeSet<Address>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| addresses_of(one, words, found)),
        Value::Object(fields) => {
            let text = |field: &str| fields.get(field).and_then(Value::as_str);
            if text("name").is_some_and(|name| words_of(name) == words) {
                let address = text("email").or_else(|| text("address"));
                found.extend(address.and_then(|address| address.parse::<Address>().ok()));
            }
            fields.values().for_each(|one| addresses_of(one, words, found));
        }
        Value::String(text) if text.starts_with(['{', '[']) => {
            if let Ok(inner) = serde_json::from_str(text) {
                addresses_of(&inner, words, found);
            }
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn gone_key(shelf: Shelf, digest: &Digest) -> String {
    format!("{GONE}{}/{digest}", shelf.word())
}
