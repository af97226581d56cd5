//! Regional organizations: their part is printed, and what their own lists have is proposed, never applied.

use std::fs;
use std::path::Path;

use crate::program::{Ended, OWN_ROSTER, configure, tldops};
use crate::stories::{file, stories};

/// A folder with a configuration that works, and no contacts.
fn installation() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let iana = file(&stories().join("unsigned-admin"), "iana.json").unwrap();
    fs::write(folder.path().join("iana.json"), iana).unwrap();
    configure(folder.path(), OWN_ROSTER);
    folder
}

#[track_caller]
fn check(folder: &Path, arguments: &[&str], status: i32, says: &str) {
    let Ended { status: found, out, err } = tldops(folder, arguments);
    assert_eq!(found, status, "{arguments:?}\n{out}\n{err}");
    assert!(out.contains(says) || err.contains(says), "{arguments:?} does not say {says:?}:\n{out}\n{err}");
}

/// A contact as another system writes him.
fn line(tld: &str, email: &str) -> String {
    format!(
        "{{\"tld\":\"{tld}\",\"rank\":1,\"name\":\"Joost Terpstra\",\"email\":\"{email}\",\"secondary_email\":null,\"phone\":\"+31622479105\"}}\n"
    )
}

#[test]
fn a_proposal_asks_the_admin_contact_and_changes_nothing() {
    let folder = installation();
    let at = folder.path();
    let import = ["region", "import", "centr", "theirs.jsonl", "--yes"];
    check(at, &["region", "export", "CENTR"], 2, "organizations.csv");
    fs::write(at.join("organizations.csv"), "# who belongs where\nCENTR,nl\nCENTR,.be\nAPTLD,nz\n").unwrap();
    check(at, &["region", "export", "NOBODY"], 2, "it has: aptld, centr");
    check(at, &import, 2, "theirs.jsonl");
    fs::write(at.join("theirs.jsonl"), line("nz", "joost@nic-nl.example")).unwrap();
    check(at, &import, 1, ".nz does not belong to them");
    fs::write(at.join("theirs.jsonl"), "{\"tld\":").unwrap();
    check(at, &import, 2, "theirs.jsonl: it");
    check(at, &["cases"], 0, "There is no request yet.");
    fs::write(at.join("theirs.jsonl"), line("nl", "joost@nic-nl.example")).unwrap();
    check(at, &["region", "import", "centr", "theirs.jsonl"], 1, "nothing was proposed");
    check(at, &import, 0, "Proposed for .nl");
    check(at, &["cases", "--json"], 0, "\"state\":\"awaiting_admin\"");
    check(at, &["show", "R-1"], 0, "joost@nic-nl.example");
    check(at, &["roster", "list"], 0, "The roster is empty.");
    check(at, &import, 0, "Not proposed for .nl");
    check(at, &["region", "export", "CENTR", "--form", "csv"], 0, "ccTLD,A-label");
    check(at, &["journal", "verify"], 0, "The journal is whole");
    fs::write(at.join("organizations.csv"), "CENTR nl\n").unwrap();
    check(at, &import, 2, "line 1: it has no comma");
}
