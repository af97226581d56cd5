//! Letters in many shapes and languages, each with what a careful person reads in it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::reading_judge::{judge, mails, reading_of};

#[test]
fn every_letter_is_read_as_its_label_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/letters");
    let mut complaints = Vec::new();
    let files = mails(&folder);
    assert!(files.len() > 100, "the letters are there");
    for file in files {
        let label: Value =
            serde_json::from_str(&fs::read_to_string(file.with_extension("json")).unwrap()).unwrap();
        let verdict = judge(&label, &reading_of(&file));
        if !verdict.complaints.is_empty() {
            complaints.push(format!("{}: {}", file.display(), verdict.complaints.join("; ")));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
