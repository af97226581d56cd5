//! Regional organizations: their part is printed, and what their own lists have is proposed, never applied.

use std::fs;
use std::path::Path;

use tldops::domain::proposal::PROPOSALS_MAX;

use crate::program::{Ended, OWN_ROSTER, Terminal, configure, killed_beyond, tldops};
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

/// What a region's import comes to: the requests as they stand, and the mails that left.
fn outcome(folder: &Path) -> (String, Vec<String>) {
    let cases = tldops(folder, &["cases", "--json"]);
    let requests = cases.lines().into_iter().map(|line| {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        format!("{} {} {}", case["case"], case["tlds"], case["state"])
    });
    let entries = fs::read_dir(folder.join("sent")).unwrap().map(|entry| entry.unwrap().path());
    let letters = entries.filter(|path| path.extension().is_some_and(|ending| ending == "eml"));
    let mut mails: Vec<String> =
        letters.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    mails.sort();
    check(folder, &["journal", "verify"], 0, "The journal is whole");
    (requests.collect::<Vec<_>>().join("\n"), mails)
}

/// The system kills it in the middle of a file; the same command goes on, and nobody is asked twice.
#[test]
fn an_import_that_was_killed_goes_on_and_asks_each_admin_contact_once() {
    let import = ["region", "import", "centr", "theirs.jsonl", "--yes"];
    let proposed = || {
        let folder = installation();
        let theirs: String = ["nl", "br", "nz", "ke"]
            .iter()
            .map(|tld| line(tld, &format!("joost@nic-{tld}.example")))
            .collect();
        fs::write(folder.path().join("theirs.jsonl"), theirs).unwrap();
        fs::write(folder.path().join("organizations.csv"), "CENTR,nl\nCENTR,br\nCENTR,nz\nCENTR,ke\n")
            .unwrap();
        // A store whose first files are made already.
        check(folder.path(), &["once"], 0, "");
        folder
    };
    let folder = proposed();
    check(folder.path(), &import, 0, "Proposed for .nl");
    let undisturbed = outcome(folder.path());
    assert_eq!(undisturbed.1.len(), 8, "{undisturbed:?}");
    let mut kills = 0;
    for blocks in [4, 12, 24, 40, 64] {
        let folder = proposed();
        kills += usize::from(killed_beyond(folder.path(), &import, blocks));
        check(folder.path(), &import, 0, "");
        assert_eq!(outcome(folder.path()), undisturbed, "killed beyond {blocks} blocks");
    }
    assert!(kills > 2, "it was killed {kills} times");
}

#[test]
fn a_proposal_asks_the_admin_contact_and_changes_nothing() {
    let folder = installation();
    let at = folder.path();
    let import = ["region", "import", "centr", "theirs.jsonl", "--yes"];
    check(at, &["region", "export", "CENTR"], 2, "organizations.csv");
    fs::write(at.join("organizations.csv"), "# who belongs where\nCENTR,nl\nCENTR,.be\nAPTLD,nz\n").unwrap();
    check(at, &["region", "export", "NOBODY"], 2, "it has: APTLD, CENTR");
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
    // What we have in the same words is no proposal.
    let same = line("be", "joost@nic-be.example");
    fs::write(at.join("ours.jsonl"), &same).unwrap();
    check(at, &["roster", "import", "ours.jsonl", "--yes"], 0, "1 contacts of 1 ccTLDs");
    fs::write(at.join("theirs.jsonl"), &same).unwrap();
    check(at, &import, 0, "CENTR proposes nothing that we do not have.");
    assert_eq!(tldops(at, &["cases", "--json"]).lines().len(), 1);
    fs::write(at.join("organizations.csv"), "CENTR nl\n").unwrap();
    check(at, &import, 2, "line 1: it has no comma");
}

/// What is printed for an organization holds nobody of another, in whatever form: it leaves the community's own list.
#[test]
fn an_organization_gets_the_contacts_of_its_own_cctlds_alone() {
    let folder = installation();
    let at = folder.path();
    let ours = line("nl", "joost@nic-nl.example") + &line("nz", "wiremu@nic-nz.example");
    fs::write(at.join("ours.jsonl"), ours).unwrap();
    fs::write(at.join("organizations.csv"), "CENTR,nl\nAPTLD,nz\n").unwrap();
    check(at, &["roster", "import", "ours.jsonl", "--yes"], 0, "2 contacts of 2 ccTLDs");
    for form in ["csv", "json", "vcard"] {
        let out = tldops(at, &["region", "export", "CENTR", "--form", form]).out;
        assert!(out.contains("joost@nic-nl.example") && !out.contains("nic-nz"), "{form}: {out}");
    }
}

/// A mistaken file must not have all admin contacts asked.
#[test]
fn a_file_that_would_ask_too_many_asks_nobody() {
    let folder = installation();
    let at = folder.path();
    let known = tldops::domain::cctlds::KnownTlds::built_in();
    let tlds: Vec<&str> = known.iter().map(|cctld| cctld.tld.as_str()).take(PROPOSALS_MAX + 1).collect();
    let lines: String = tlds.iter().map(|tld| line(tld, &format!("joost@nic-{tld}.example"))).collect();
    let members: String = tlds.iter().map(|tld| ["CENTR,", tld, "\n"].concat()).collect();
    fs::write(at.join("theirs.jsonl"), lines).unwrap();
    fs::write(at.join("organizations.csv"), members).unwrap();
    check(at, &["region", "import", "centr", "theirs.jsonl", "--yes"], 2, "part the file");
    assert_eq!(tldops(at, &["cases", "--json"]).out, "");
}

#[test]
fn a_proposal_that_waits_for_a_yes_keeps_the_store_and_a_no_asks_nobody() {
    let folder = installation();
    let at = folder.path();
    check(at, &["once"], 0, "0 mails taken in");
    fs::write(at.join("organizations.csv"), "CENTR,nl\n").unwrap();
    fs::write(at.join("theirs.jsonl"), line("nl", "joost@nic-nl.example")).unwrap();
    let import = ["region", "import", "centr", "theirs.jsonl"];
    let asked = Terminal::start(at, &import);
    fs::write(at.join("ours.jsonl"), line("nl", "nina@nic-nl.example")).unwrap();
    check(at, &["roster", "import", "ours.jsonl", "--yes"], 2, "the program is running");
    let (status, shown) = asked.answers("no");
    assert!(status == 1 && shown.contains("nothing was proposed"), "{shown}");
    check(at, &["cases"], 0, "There is no request yet.");
    let (status, shown) = Terminal::start(at, &import).answers("yes");
    assert!(status == 0 && shown.contains("Proposed for .nl"), "{shown}");
    let mails = outcome(at).1;
    let question = fs::read_to_string(at.join("sent").join(&mails[0])).unwrap();
    let plain = question.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        plain.contains("CENTR proposed it, and secretariat@ops.example, the secretariat, passes it on"),
        "{question}"
    );
}
