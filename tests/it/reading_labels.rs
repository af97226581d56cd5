//! Labels: every word for a place, and every word for a value, of each language, as the label of a form.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::reading_judge::understand_octets;

/// Of so many forms one may be left to a person: a few words are too odd as labels to be read alone.
const FORMS_OF_WHICH_ONE_MAY_BE_HELD: usize = 60;

/// Characters of a label at the least: shorter ones are signs.
const LABEL_CHARS_MIN: usize = 3;

/// The words of a language that can be labels, by their heading.
fn labels(file: &str, heading: &str) -> Vec<String> {
    let line = file.lines().find_map(|line| line.strip_prefix(heading)?.strip_prefix(": "));
    let words = line.unwrap_or_default().split(", ");
    // Stems and phrases in two pieces are no labels, and what stands in brackets is a remark.
    let whole = words.filter(|word| !word.contains(['*', '…', ':', '(', '（', '[', '［', '【', '〔']));
    whole.filter(|word| word.chars().count() >= LABEL_CHARS_MIN).map(capital).collect()
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + chars.as_str()
}

/// The language files, each with the ccTLD of its code where there is one.
fn languages() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/reading/words");
    let mut files: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap())
        })
        .filter(|(code, _)| code.len() == 2)
        .collect();
    files.sort();
    files
}

fn mail(language: &str, form: &str) -> Vec<u8> {
    // Japanese is known by its kana, which labels need not have.
    let lead = if language == "ja" { "連絡先は次のとおりです。\n" } else { "" };
    format!(
        "From: Admin Office <office@registry.example>\nTo: tld-ops-admin@ops.example\nSubject: TLD-OPS\n\
         Date: Mon, 2 Mar 2026 10:00:00 +0000\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
         Content-Transfer-Encoding: 8bit\n\n{lead}TLD: .de\n\n{form}"
    )
    .into_bytes()
}

/// Reads each form; it must say what is wanted, or be held, and few may be held.
fn all_are_read(forms: &[(String, String)], wanted: &Value) {
    let mut wrong = Vec::new();
    let mut held = Vec::new();
    for (language, form) in forms {
        let reading = understand_octets(&mail(language, form)).unwrap();
        if reading.hold {
            held.push(format!("{language}: {form}"));
            continue;
        }
        let read = serde_json::to_value(&reading).unwrap();
        if &read["requests"][0]["contacts"] != wanted {
            wrong.push(format!("{language}: {form}{}", read["requests"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), forms.len(), wrong.join("\n"));
    let most = forms.len() / FORMS_OF_WHICH_ONE_MAY_BE_HELD;
    assert!(held.len() <= most, "{} of {} are held:\n{}", held.len(), forms.len(), held.join("\n"));
}

fn contact(name: &str, email: &str, second: Option<&str>, phone: &str, rank: Option<u8>) -> Value {
    json!({
        "change": "add", "name": name, "email": email, "secondary_email": second, "phone": phone, "rank": rank,
        "replaces": null
    })
}

#[test]
fn every_word_for_a_place_labels_a_person() {
    let mut forms = Vec::new();
    for (language, file) in languages() {
        let (first, second) = (labels(&file, "first"), labels(&file, "second"));
        if first.is_empty() || second.is_empty() {
            continue;
        }
        let pairs = first.iter().cycle().zip(second.iter().cycle()).take(first.len().max(second.len()));
        forms.extend(pairs.map(|(first, second)| {
            let form = format!(
                "{first}: Annette Becker, annette@a.example, +49 151 23456789\n\
                 {second}: Boris Cervenka, boris@a.example, +49 151 23456780\n"
            );
            (language.clone(), form)
        }));
    }
    assert!(forms.len() > 1000, "the words are there");
    let wanted = json!([
        contact("Annette Becker", "annette@a.example", None, "+4915123456789", Some(1)),
        contact("Boris Cervenka", "boris@a.example", None, "+4915123456780", Some(2)),
    ]);
    all_are_read(&forms, &wanted);
}

#[test]
fn every_word_for_a_value_labels_it() {
    let mut forms = Vec::new();
    for (language, file) in languages() {
        let [names, emails, seconds, mobiles] =
            ["name", "email", "second-email", "mobile"].map(|heading| labels(&file, heading));
        let lists = [&names, &emails, &seconds, &mobiles];
        let most = lists.iter().map(|list| list.len()).max().unwrap_or_default();
        if lists.iter().any(|list| list.is_empty()) {
            continue;
        }
        let [mut name, mut email, mut second, mut mobile] = lists.map(|list| list.iter().cycle());
        for _ in 0..most {
            let form = format!(
                "{}: Annette Becker\n{}: annette@a.example\n{}: annette@b.example\n{}: +49 151 23456789\n",
                name.next().unwrap(),
                email.next().unwrap(),
                second.next().unwrap(),
                mobile.next().unwrap()
            );
            forms.push((language.clone(), form));
        }
    }
    assert!(forms.len() > 1000, "the words are there");
    let second = Some("annette@b.example");
    all_are_read(
        &forms,
        &json!([contact("Annette Becker", "annette@a.example", second, "+4915123456789", None)]),
    );
}
