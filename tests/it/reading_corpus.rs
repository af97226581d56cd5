//! Understanding measured against a labelled corpus that may lie beside the repository.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tldops::domain::address::Address;
use tldops::domain::cctlds::KnownTlds;
use tldops::domain::contact::Roster;
use tldops::reading::letter::Letter;
use tldops::reading::{Context, understand};

/// What `inspect --json` says of a mail, as far as reading goes.
pub(crate) fn reading_of(file: &Path) -> Value {
    let raw = fs::read(file).unwrap();
    let known = KnownTlds::built_in();
    let roster = Roster::default();
    let mailboxes: Vec<Address> = vec!["tld-ops-admin@icann.org".parse().unwrap()];
    let secretariat: Vec<Address> = vec!["secretariat@tldops.example".parse().unwrap()];
    let context =
        Context { known: &known, roster: &roster, mailboxes: &mailboxes, secretariat: &secretariat };
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let letter = match Letter::read(&raw) {
        Ok(letter) => letter,
        Err(why) => {
            return json!({ "file": name, "kind": "other", "hold": true, "doubts": [why.to_string()] });
        }
    };
    let mut reading = serde_json::to_value(understand(&letter, &context)).unwrap();
    reading["file"] = json!(name);
    reading
}

fn mails(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .collect();
    files.sort();
    files
}

#[test]
fn the_corpus_is_understood() {
    let folder = std::env::var("TLDOPS_CORPUS")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/dev"), PathBuf::from);
    if !folder.exists() {
        println!("skipped: there is no corpus at {}", folder.display());
        return;
    }
    let lines: Vec<String> = mails(&folder).iter().map(|file| reading_of(file).to_string()).collect();
    if let Ok(output) = std::env::var("TLDOPS_CORPUS_OUTPUT") {
        fs::write(output, lines.join("\n") + "\n").unwrap();
    }
}
