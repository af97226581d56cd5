//! `tldops invite` as the secretariat types it: the real binary, at a terminal, without one, and beside the running service.

use std::fs;
use std::path::Path;

use crate::program::{OWN_ROSTER, Running, Terminal, configure, said, tldops, wait_until};

/// ccTLDs at IANA; two in a row have the same admin contact. The first of them is a member.
const CCTLDS: [&str; 7] = ["nl", "ad", "ae", "af", "ag", "ai", "al"];
/// One contact of the one member.
const MEMBERS: &str =
    "ccTLD,Place,Name,E-mail,Phone\n.nl,1,Joost Terpstra,joost@tulpnic.example,+31 6 2247 9105\n";

#[expect(clippy::disallowed_methods, reason = "the program under test has the real clock")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// A folder with a configuration that works, records of IANA that were read now, and one member.
fn installation() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let records = CCTLDS.iter().enumerate().map(|(place, tld)| {
        let email = format!("admin@registry-{}.example", place.div_ceil(2));
        let contact = serde_json::json!({ "name": "Admin", "organisation": "Registry", "email": email });
        let retrieved = now().to_string();
        serde_json::json!({ "tld": tld, "manager": "Registry", "admin": contact, "technical": null, "retrieved": retrieved })
    });
    let records = serde_json::to_string(&records.collect::<Vec<_>>()).unwrap();
    fs::write(folder.path().join("iana.json"), records).unwrap();
    configure(folder.path(), OWN_ROSTER);
    fs::write(folder.path().join("members.csv"), MEMBERS).unwrap();
    said(folder.path(), &["once"], 0, "0 mails taken in");
    said(folder.path(), &["iana", "import", "iana.json"], 0, "");
    said(folder.path(), &["roster", "import", "members.csv", "--yes"], 0, "Taken in: 1 contacts");
    folder
}

/// The names of the invitations that left.
fn left(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("sent")).unwrap().map(|entry| entry.unwrap().path());
    let names = entries.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.starts_with("A-")).collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn a_plan_says_who_gets_a_mail_who_does_not_and_how_long_it_takes() {
    let folder = installation();
    let shown = said(folder.path(), &["invite", "--all", "--plan"], 0, "To be invited: 6 ccTLDs, 3 mails");
    for line in [
        "   .ad .ae                  en  admin@registry-1.example",
        "   .af .ag                  en  admin@registry-2.example",
        "   .ai .al                  en  admin@registry-3.example",
        "Invited once it has passed:",
        "3 mails, all at once.",
    ] {
        assert!(shown.lines().any(|one| one == line), "{line:?} is missing:\n{shown}");
    }
    assert!(shown.contains("   IANA's record was not read yet or lately, or is in doubt ("), "{shown}");
    let slow = ["invite", "--all", "--plan", "--batch", "1", "--pause", "12h", "--cap", "2"];
    let shown = said(folder.path(), &slow, 0, "2 mails: 1 in a batch at the most, 12 hours from one batch");
    assert!(shown.contains("admin@registry-3.example   beyond --cap: not in this campaign"), "{shown}");
    assert!(shown.contains("The last leaves about 1 day after the first."), "{shown}");
    let some = said(folder.path(), &["invite", ".nl", ".ad", "--plan"], 0, "To be invited: 1 ccTLD, 1 mail");
    assert!(some.contains("Left out:\n   is a member (1):\n      .nl"), "{some}");
    said(folder.path(), &["invite", "--region", "asia-pacific", "--plan"], 0, "   .ae ");
    said(folder.path(), &["invite", "--region", "EUR", "--plan"], 0, "   .ai .al ");
    said(folder.path(), &["invite", ".nl", "--yes"], 0, "There is nobody to invite.");
    said(folder.path(), &["invite", "list"], 0, "Nobody was invited yet.");
    said(folder.path(), &["once"], 0, "0 mails taken in");
    assert_eq!(left(folder.path()), Vec::<String>::new());
}

#[test]
fn nobody_is_invited_without_a_yes() {
    let folder = installation();
    let invite = ["invite", ".ad", ".ae", ".af"];
    let says = "tldops: nobody was invited; --yes begins without asking, --plan shows the plan alone";
    said(folder.path(), &invite, 1, says);
    for answer in ["no", "", "y", "YES"] {
        let (status, shown) = Terminal::start(folder.path(), &invite).answers(answer);
        assert_eq!(status, 1, "{answer:?}\n{shown}");
        assert!(shown.contains("Carry this out? Type yes:") && shown.contains(says), "{shown}");
    }
    said(folder.path(), &["invite", "list"], 0, "Nobody was invited yet.");
    let (status, shown) = Terminal::start(folder.path(), &invite).answers("yes");
    assert_eq!(status, 0, "{shown}");
    assert!(shown.contains("I-1 begins: `tldops run` sends its mails"), "{shown}");
    assert_eq!(left(folder.path()), Vec::<String>::new(), "its mails leave with the next turn");
    said(folder.path(), &["once"], 0, "0 mails taken in");
    assert_eq!(left(folder.path()), ["A-1.1", "A-2.1"]);
}

#[test]
fn a_campaign_is_shown_told_from_another_and_stopped() {
    let folder = installation();
    let path = folder.path();
    said(path, &["invite", "stop"], 2, "no campaign is under way, and no invitation waits for an answer");
    said(path, &["invite", "--all", "--batch", "1", "--yes", "--by", "kim"], 0, "I-1 begins");
    said(path, &["once"], 0, "0 mails taken in");
    assert_eq!(left(path), ["A-1.1"]);
    let listed = said(path, &["invite", "list"], 0, "I-1, all that are missing, begun on ");
    assert!(listed.contains(": 1 invitation; ") && listed.contains("the next batch from"), "{listed}");
    assert!(listed.contains("   .ad                      waiting      invited "), "{listed}");
    let json = said(path, &["invite", "list", "--json"], 0, "");
    let objects: Vec<serde_json::Value> =
        json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<String> =
        objects.iter().map(|one| format!("{} {} {}", one["tld"], one["to"], one["standing"])).collect();
    let line = |tld: &str| format!("\"{tld}\" \"admin@registry-1.example\" \"waiting\"");
    assert_eq!(told, [line("ad"), line("ae")]);
    // A second one waits for the first; the plan is shown all the same.
    said(path, &["invite", ".ai", "--yes"], 2, "a campaign is under way: I-1, all that are missing");
    said(path, &["invite", ".ai", "--yes"], 2, "end it with `tldops invite stop`");
    said(path, &["invite", ".ad", "--plan"], 0, "its admin contact was invited on ");
    said(path, &["invite", "stop", "--by", "kim"], 0, "Stopped: nobody more is invited or reminded.");
    said(path, &["invite", "stop"], 2, "no campaign is under way");
    said(path, &["invite", "list"], 0, "it was stopped");
    said(path, &["journal", "export"], 0, "kim stopped it");
    said(path, &["invite", ".ai", "--yes"], 0, "I-2 begins");
    said(path, &["journal", "verify"], 0, "The journal is whole");
}

#[test]
fn who_declined_at_the_telephone_is_left_out_until_it_is_taken_back() {
    let folder = installation();
    let path = folder.path();
    let decline =
        ["invite", "decline", ".ad", ".af", "--why", "they have a team of their own", "--by", "kim"];
    said(path, &["invite", "decline", ".ad"], 2, "--why");
    said(path, &["invite", "decline", ".ad", "--why", " "], 2, "say why, with --why");
    said(path, &decline, 0, "Remembered; see `tldops invite list`.");
    said(path, &decline, 2, "it is remembered already");
    let listed = said(path, &["invite", "list"], 0, "Declined without an invitation:");
    assert!(listed.starts_with("Declined"), "no empty line stands above:\n{listed}");
    assert!(listed.contains(", kim: they have a team of their own"), "{listed}");
    said(path, &["invite", "list", "--json"], 0, "\"said\":\"they have a team of their own\"");
    let plan = said(path, &["invite", "--region", "EUR", "--plan"], 0, "To be invited: 2 ccTLDs, 1 mail");
    assert!(plan.contains("   declined on ") && plan.contains("      .ad\n"), "{plan}");
    said(path, &["invite", "forget", ".ad", ".af"], 0, "Forgotten: they may be invited again.");
    said(path, &["invite", "forget", ".ad"], 2, "none of these declined");
    said(path, &["invite", "list"], 0, "Nobody was invited yet.");
    said(path, &["invite", ".ad", "--plan"], 0, "To be invited: 1 ccTLD, 1 mail");
}

#[test]
fn wrong_usage_does_nothing_and_says_what_to_type() {
    let folder = installation();
    let path = folder.path();
    said(path, &["invite"], 2, "say whom to invite: --all, --region AF, or ccTLDs as in .aa .bb");
    said(
        path,
        &["invite", ".ad", ".qq", ".zz", "--yes"],
        2,
        "not known as a ccTLD: .qq, .zz; write it as in .nl",
    );
    said(path, &["invite", "co.uk"], 2, "`co.uk` is not the name of a top-level domain");
    said(path, &["invite", "--region", "Atlantis"], 2, "there is no region Atlantis; there are: AF, AP, EUR");
    said(path, &["invite", ".ad", "--all"], 2, "cannot be used with");
    said(path, &["invite", ".ad", "--plan", "--yes"], 2, "cannot be used with");
    for (option, value) in [("--cap", "0"), ("--batch", "0"), ("--pause", "0h"), ("--pause", "90m")] {
        said(path, &["invite", ".ad", option, value, "--yes"], 2, option);
    }
    said(path, &["invite", "decline", ".qq", "--why", "no"], 2, "not known as a ccTLD: .qq");
    let member = ".nl is a member; contacts who wish to leave are taken off by a request";
    said(path, &["invite", "decline", ".ad", ".nl", "--why", "no"], 2, member);
    said(path, &["invite", "list"], 0, "Nobody was invited yet.");
    said(path, &["invite", "--help"], 0, "Example");
    let empty = tempfile::tempdir().unwrap();
    configure(empty.path(), OWN_ROSTER);
    fs::write(empty.path().join("iana.json"), "[]").unwrap();
    said(empty.path(), &["invite", "--all"], 2, "there is no store");
    said(empty.path(), &["invite", "decline", ".ad", "--why", "no"], 2, "there is no store");
    assert!(!empty.path().join("store").exists());
}

#[test]
fn the_running_service_takes_in_each_decision() {
    let folder = installation();
    let path = folder.path();
    let service = Running::start(path, &[]);
    wait_until("the service has the store open", path, || tldops(path, &["once"]).status == 1);
    let lists = |says: &'static str| move || tldops(path, &["invite", "list"]).out.contains(says);
    let waits = "The running program takes it in at its next turn; see `tldops invite list`.";
    said(path, &["invite", ".ad", ".af", "--batch", "1", "--yes"], 0, waits);
    wait_until("the first invitation left", path, || left(path) == ["A-1.1"]);
    wait_until("the campaign is listed", path, lists("I-1, .ad .af, begun on "));
    said(path, &["invite", ".ai", "--yes"], 2, "a campaign is under way");
    said(path, &["invite", "decline", ".ai", "--why", "no staff"], 0, waits);
    wait_until("the decline is listed", path, lists(": no staff"));
    said(path, &["invite", "forget", ".ai"], 0, waits);
    wait_until("it is forgotten", path, || !lists(": no staff")());
    said(path, &["invite", "stop"], 0, waits);
    wait_until("the campaign is over", path, lists("it was stopped"));
    service.ends_well(path);
    assert_eq!(left(path), ["A-1.1"]);
    said(path, &["journal", "verify"], 0, "The journal is whole");
}
