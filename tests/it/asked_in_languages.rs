//! What is missing is asked in the sender's language; the form that he fills in is understood in each of them.

use tldops::domain::case::Thread;
use tldops::domain::cctlds::KnownTlds;
use tldops::domain::contact::Roster;
use tldops::domain::notice::{Facts, Field, Label, Notice, NoticeKind};
use tldops::domain::request::Reading;
use tldops::domain::unclear::{About, Unclear};
use tldops::reading::letter::Letter;
use tldops::reading::{Context, understand_details};
use tldops::writing::templates::{Templates, Text};

/// The languages that must be there: those of the leaflet, and those that most ccTLDs write in.
const LANGUAGES: [&str; 23] = [
    "ar", "cs", "de", "el", "es", "fa", "fr", "he", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru",
    "sv", "th", "tr", "uk", "vi", "zh",
];

fn asked_in(language: &str) -> Text {
    let value = |label, value: &str| Field { label, value: Some(value.to_owned()) };
    let empty = |label| Field { label, value: None };
    let form = vec![
        value(Label::Tld, ".nz"),
        value(Label::Name, "Ann Bee"),
        value(Label::Email, "ann@nic-nz.example"),
        value(Label::SecondEmail, "ann@home.example"),
        empty(Label::Phone),
        value(Label::Rank, "#2"),
        value(Label::Name, "Carl Dee"),
        value(Label::Email, "carl@nic-nz.example"),
        empty(Label::Phone),
    ];
    let missing =
        ["tld", "contacts", "name:ann@nic-nz.example", "email:Ann Bee", "phone:carl@nic-nz.example"];
    let doubts = About::ALL.iter().filter(|about| about.is_senders());
    let facts = Facts {
        missing: missing.into_iter().map(Into::into).collect(),
        unclear: doubts.map(|about| Unclear::with(*about, ["so".to_owned()])).collect(),
        form,
        tlds: ".nz".to_owned(),
        action: "subscribe".to_owned(),
        ..Facts::default()
    };
    let notice = Notice {
        kind: NoticeKind::NeedsInformation,
        to: Vec::new(),
        name: None,
        token: None,
        thread: Thread::default(),
        language: Some(language.to_owned()),
        facts,
    };
    Templates::built_in().unwrap().write(&notice, "TLD-OPS Admin").unwrap()
}

/// The text of the mail with two numbers written where the form has none.
fn filled_in(body: &str) -> String {
    let mut numbers = ["+64 21 555 011", "+64 21 555 012"].into_iter();
    let mut in_form = false;
    let lines = body.lines().map(|line| {
        in_form |= line.contains(".nz") && line.starts_with("   ") && !line.contains('-');
        let empty = in_form && line.starts_with("   ") && line.ends_with([':', '：']);
        if empty { format!("{line} {}", numbers.next().unwrap_or("one too many")) } else { line.to_owned() }
    });
    let lines: Vec<String> = lines.collect();
    assert_eq!(numbers.next(), None, "{body}");
    lines.join("\n")
}

fn read(text: &str) -> Reading {
    let known = KnownTlds::built_in();
    let context = Context { known: &known, roster: &Roster::default(), mailboxes: &[], secretariat: &[] };
    let raw = format!(
        "From: Eve <eve@nic-nz.example>\nSubject: Re: [TLD-OPS] x\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
    );
    understand_details(&Letter::read(raw.as_bytes()).unwrap(), None, &context)
}

fn told(reading: &Reading) -> Vec<String> {
    let requests = reading.requests.iter().flat_map(|request| {
        request.contacts.iter().map(move |named| {
            let mail = |address: &Option<tldops::domain::address::Address>| {
                address.as_ref().map(ToString::to_string).unwrap_or_default()
            };
            let phone = named.phone.as_ref().map(ToString::to_string).unwrap_or_default();
            let tld = request.tld.as_ref().map(ToString::to_string).unwrap_or_default();
            let name = named.name.clone().unwrap_or_default();
            let rank = named.rank.map(|rank| rank.to_string()).unwrap_or_default();
            let (first, second) = (mail(&named.email), mail(&named.secondary_email));
            format!("{tld} {name} {first} {second} {phone} {rank}")
        })
    });
    requests.chain(reading.missing.iter().cloned()).collect()
}

#[test]
fn the_form_is_understood_where_it_was_filled_in_whatever_its_language() {
    let want = [
        "nz Ann Bee ann@nic-nz.example ann@home.example +6421555011 #2",
        "nz Carl Dee carl@nic-nz.example  +6421555012 ",
    ];
    let mut wrong = Vec::new();
    for language in LANGUAGES.into_iter().chain(["en"]) {
        let filled = filled_in(&asked_in(language).body);
        let quoted: Vec<String> = filled.lines().map(|line| format!("> {line}")).collect();
        let quoted = quoted.join("\n");
        let below =
            format!("Ok.\n\nOn Mon, 2 Nov 2026 at 10:00, TLD-OPS Admin <box@ops.example> wrote:\n{quoted}");
        for text in [&quoted, &below] {
            let have = told(&read(text));
            if have != want {
                wrong.push(format!("{language}: {have:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_language_has_its_own_text_above_the_english_one_and_says_all() {
    let english = asked_in("en");
    for language in LANGUAGES {
        let Text { subject, body, .. } = asked_in(language);
        let (own, below) =
            body.split_once("----- English -----").unwrap_or_else(|| panic!("{language}: {body}"));
        assert!(subject.starts_with("[TLD-OPS] ") && subject.contains(".nz"), "{language}: {subject}");
        assert_ne!(subject, english.subject, "{language}");
        let is_point = |line: &&str| {
            line.starts_with("   ") && line.trim_start_matches([' ', '\u{200f}']).starts_with("- ")
        };
        let points = |text: &str| text.lines().filter(is_point).count();
        assert_eq!(points(own), points(&english.body), "{language}");
        assert_eq!(points(below), points(&english.body), "{language}");
        assert!(
            own.contains("ann@home.example") && !below.contains("ann@home.example"),
            "{language}: {body}"
        );
    }
    assert_eq!(asked_in("xx"), english);
}
