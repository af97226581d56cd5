//! Judges a laboratory of forged and honest mails, where it stands beside the repository.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use tldops::domain::address::Address;
use tldops::domain::evidence::Proof;
use tldops::proof::Examination;
use tldops::shell::zone_file::ZoneFile;

#[test]
fn the_laboratory_is_judged_as_expected() {
    let lab = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/proof-lab");
    if !lab.is_dir() {
        println!("skipped: {} is not there", lab.display());
        return;
    }
    let zone = ZoneFile::read(&fs::read_to_string(lab.join("zone.db")).unwrap()).unwrap();
    let expected: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(lab.join("expected.json")).unwrap()).unwrap();
    let mailbox: Address = expected["mailbox"].as_str().unwrap().parse().unwrap();
    let now = expected["now"].as_str().unwrap().parse().unwrap();
    let mut differences = String::new();
    let mut output = String::new();
    let cases = expected["cases"].as_array().unwrap();
    for case in cases {
        let name = case["file"].as_str().unwrap();
        let raw = fs::read(message(&lab, name)).unwrap();
        let proof = judge(&raw, std::slice::from_ref(&mailbox), now, &zone);
        let found = serde_json::to_value(proof.verdict).unwrap();
        let from = proof.from.as_ref().map(Address::lower);
        let acceptable = case["acceptable"].as_array().cloned();
        let wanted = acceptable.unwrap_or_else(|| vec![case["verdict"].clone()]);
        let other_from =
            found == "authenticated" && case["from"].is_string() && case["from"].as_str() != from.as_deref();
        if (!wanted.contains(&found) || other_from) && !JUDGED_OTHERWISE.contains(&name) {
            writeln!(
                differences,
                "{name}: {found} as {from:?}, not {wanted:?}; {}; said {:?}",
                case["why"], proof.reasons
            )
            .unwrap();
        }
        let line = serde_json::json!({"file": name, "proof": {"verdict": found, "from": from, "reasons": proof.reasons}});
        writeln!(output, "{line}").unwrap();
    }
    fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("proof-lab.jsonl"), output).unwrap();
    println!("{} mails judged", cases.len());
    assert_eq!(differences, "");
}

/// Mails that are judged otherwise on purpose.
///
/// The local part of this one has more than 64 octets (RFC 5321 §4.5.3.1.1), so it is no address in our words.
const JUDGED_OTHERWISE: [&str; 1] = ["149_from_mailsploit1__atk.eml"];

/// The verdict on a mail with every answer from the zone file, as `inspect --dns` gives it.
fn judge(raw: &[u8], mailboxes: &[Address], now: jiff::Timestamp, zone: &ZoneFile) -> Proof {
    let examination = Examination::new(raw, mailboxes, now);
    let answers: BTreeMap<_, _> = examination
        .questions()
        .into_iter()
        .map(|question| {
            let answer = zone.answer(&question);
            (question, answer)
        })
        .collect();
    examination.judge(&answers)
}

fn message(lab: &Path, name: &str) -> PathBuf {
    lab.join("messages").join(name)
}
