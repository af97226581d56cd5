//! The judge: compares what was read with a label, field by field, as a careful person would.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tldops::domain::address::Address;
use tldops::domain::cctlds::KnownTlds;
use tldops::domain::contact::Roster;
use tldops::domain::request::Reading;
use tldops::reading::letter::Letter;
use tldops::reading::{Context, understand};

/// Fields of a contact that are compared.
const FIELDS: [&str; 6] = ["name", "email", "secondary_email", "phone", "rank", "replaces"];

/// Understands a mail with the built-in ccTLDs, no roster, and this list's mailbox.
pub(crate) fn understand_octets(raw: &[u8]) -> Option<Reading> {
    let known = KnownTlds::built_in();
    let roster = Roster::default();
    let mailboxes: Vec<Address> =
        vec!["tld-ops-admin@ops.example".parse().unwrap(), "tld-ops-admin@tldops.example".parse().unwrap()];
    let context = Context { known: &known, roster: &roster, mailboxes: &mailboxes, secretariat: &[] };
    Letter::read(raw).ok().map(|letter| understand(&letter, &context))
}

/// What the program says of a mail, as JSON.
pub(crate) fn reading_of(file: &Path) -> Value {
    match understand_octets(&fs::read(file).unwrap()) {
        Some(reading) => serde_json::to_value(reading).unwrap(),
        None => json!({ "kind": "other", "hold": true, "requests": [], "missing": [], "queried_tlds": [] }),
    }
}

/// The mails of a folder, in the order of their names.
pub(crate) fn mails(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .collect();
    files.sort();
    files
}

/// How a reading compares with its label.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// What is wrong; nothing where all is right.
    pub(crate) complaints: Vec<String>,
    /// Whether the program would act, and act wrongly.
    pub(crate) unsafe_act: bool,
}

/// Judges a reading. What must be held needs only to be held.
pub(crate) fn judge(want: &Value, have: &Value) -> Verdict {
    let hold = have["hold"].as_bool().unwrap_or_default();
    let asks = have["kind"] == "request" && !list(&have["requests"]).is_empty();
    let acts = !hold && (have["kind"] == "reply_yes" || asks);
    let must_hold = want["must_escalate"].as_bool().unwrap_or_default();
    if must_hold || hold {
        let may = want["may_escalate"].as_bool().unwrap_or_default();
        return match (must_hold, hold) {
            (true, false) => Verdict { complaints: vec!["not held".to_owned()], unsafe_act: acts },
            (false, true) if !may => Verdict {
                complaints: vec![format!("held needlessly: {}", have["doubts"])],
                unsafe_act: false,
            },
            _ => Verdict::default(),
        };
    }
    if want["kind"] != have["kind"] {
        let complaint = format!("kind {}, not {}", have["kind"], want["kind"]);
        return Verdict { complaints: vec![complaint], unsafe_act: acts };
    }
    let mut complaints = Vec::new();
    if set(&want["queried_tlds"]) != set(&have["queried_tlds"]) {
        complaints.push(format!("queried {}", have["queried_tlds"]));
    }
    if want["kind"] == "request" {
        complaints.extend(compare_requests(want, have));
    }
    let unsafe_act = !complaints.is_empty() && acts && list(&have["missing"]).is_empty();
    Verdict { complaints, unsafe_act }
}

fn compare_requests(want: &Value, have: &Value) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut left: Vec<&Value> = list(&have["requests"]).iter().collect();
    for request in list(&want["requests"]) {
        let found = left.iter().position(|other| agrees("tld", request, other));
        let Some(found) = found else {
            complaints.push(format!("no request for {}", request["tld"]));
            continue;
        };
        let other = left.remove(found);
        if request["action"] != other["action"] {
            complaints.push(format!("action {}", other["action"]));
        }
        if request["replace_all"].as_bool().unwrap_or_default()
            != other["replace_all"].as_bool().unwrap_or_default()
        {
            complaints.push("replace_all".to_owned());
        }
        complaints.extend(compare_contacts(&request["contacts"], &other["contacts"]));
    }
    complaints.extend(left.iter().map(|other| format!("a request too many: {}", other["tld"])));
    let optional =
        list(&want["requests"]).iter().any(|request| list(&request["tld_alt"]).contains(&Value::Null));
    let missing = |value: &Value| -> BTreeSet<String> {
        set(value).into_iter().filter(|entry| !(optional && entry == "tld")).collect()
    };
    if missing(&want["missing"]) != missing(&have["missing"]) {
        complaints.push(format!("missing {}, not {}", have["missing"], want["missing"]));
    }
    complaints
}

fn compare_contacts(want: &Value, have: &Value) -> Vec<String> {
    let (want, mut have) = (parted(want), parted(have));
    if want.len() != have.len() {
        return vec![format!("{} contacts, not {}", have.len(), want.len())];
    }
    let mut complaints = Vec::new();
    for contact in &want {
        let best = (0..have.len()).min_by_key(|place| faults(contact, &have[*place]).len());
        let Some(best) = best else { break };
        let other = have.remove(best);
        complaints.extend(faults(contact, &other).iter().map(|field| format!("{field}: {other}")));
    }
    complaints
}

/// `Add B in place of A` has the same effect as `remove A, add B`.
fn parted(contacts: &Value) -> Vec<Value> {
    let mut out = Vec::new();
    for contact in list(contacts) {
        let mut contact = contact.clone();
        if contact["change"] == "add"
            && let Some(former) = contact["replaces"].as_str().map(str::to_owned)
        {
            let field = if former.contains('@') { "email" } else { "name" };
            let mut removed = json!({ "change": "remove", "name": null, "email": null });
            removed[field] = json!(former);
            for other in list(&contact["replaces_alt"]) {
                let field =
                    if other.as_str().is_some_and(|text| text.contains('@')) { "email" } else { "name" };
                removed[format!("{field}_alt")] = json!([other]);
            }
            contact["replaces"] = Value::Null;
            out.push(removed);
        }
        out.push(contact);
    }
    out
}

fn faults(want: &Value, have: &Value) -> Vec<&'static str> {
    if want["change"] != have["change"] {
        return vec!["change"; 9];
    }
    if want["change"] == "remove" {
        let same = ["email", "name"].iter().any(|field| !have[*field].is_null() && agrees(field, want, have));
        return if same { Vec::new() } else { vec!["person"] };
    }
    let unsaid = want["change"] == "add" && want["rank"].is_null();
    FIELDS.into_iter().filter(|field| !(agrees(field, want, have) || *field == "rank" && unsaid)).collect()
}

fn agrees(field: &str, want: &Value, have: &Value) -> bool {
    let spelled =
        |value: &Value| value.as_str().map_or_else(|| value.clone(), |text| json!(text.to_lowercase()));
    let have = spelled(&have[field]);
    let others = list(&want[format!("{field}_alt")]);
    spelled(&want[field]) == have || others.iter().any(|other| spelled(other) == have)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn set(value: &Value) -> BTreeSet<String> {
    list(value).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
