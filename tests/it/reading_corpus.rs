//! Understanding measured against a labelled corpus that may lie beside the repository.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::reading_judge::{judge, reading_of};

/// Mails of a hundred that were understood completely when this was written.
const RIGHT_PERCENT: usize = 98;

#[test]
fn the_corpus_is_understood_and_nothing_in_it_is_unsafe() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/dev");
    let Ok(labels) = fs::read_to_string(folder.join("truth.json")) else {
        println!("skipped: there is no corpus at {}", folder.display());
        return;
    };
    let labels: Vec<Value> = serde_json::from_str(&labels).unwrap();
    let (mut right, mut dangers) = (0, Vec::new());
    for label in &labels {
        let name = label["file"].as_str().unwrap();
        let verdict = judge(label, &reading_of(&folder.join(name)));
        right += usize::from(verdict.complaints.is_empty());
        if !verdict.complaints.is_empty() {
            println!("{name}: {}", verdict.complaints.join("; "));
        }
        if verdict.unsafe_act {
            dangers.push(name);
        }
    }
    println!("{} mails, {right} right, {} unsafe", labels.len(), dangers.len());
    assert!(dangers.is_empty(), "unsafe: {dangers:?}");
    assert!(right * 100 >= labels.len() * RIGHT_PERCENT, "{right} of {} right", labels.len());
}
