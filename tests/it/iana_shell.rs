//! `tldops iana` as an operator types it: what it prints, and its exit status.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::iana_server::{Answer, Iana};
use crate::program::{Ended, tldops};

const SNAPSHOT: &str = r#"[{"tld":"nl","manager":"Lowland Names Foundation",
 "admin":{"name":"Marijke Duin","email":"admin@registry-nl.example","phone":"+31 26 5550110"},
 "technical":{"email":"dns@hosting-nl.example"},"changed":"2024-06-20","retrieved":"2026-01-10T00:00:00Z"},
 {"tld":"be","admin":{"email":"admin@registry-be.example"}}]"#;

/// A folder with a configuration whose section `[iana]` is this.
fn configured(iana: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("dns.zone"),
        "$ORIGIN .\n$TTL 60\n. IN SOA ns.invalid. h.invalid. 1 60 60 60 60\n",
    )
    .unwrap();
    let text = format!(
        "mailbox_address = \"tldops@list.example\"\nsecretariat = [\"a@list.example\"]\nstore = \"store\"\n\
         [mailbox]\nkind = \"maildir\"\npath = \"Maildir\"\n[post]\nkind = \"folder\"\npath = \"out\"\n\
         [dns]\nkind = \"zone-file\"\npath = \"dns.zone\"\n[iana]\n{iana}"
    );
    fs::write(folder.path().join("tldops.toml"), text).unwrap();
    folder
}

/// `tldops iana` with these words.
fn run(folder: &Path, words: &[&str]) -> Ended {
    tldops(folder, &[&["iana"], words].concat())
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

#[test]
fn a_snapshot_is_taken_in_shown_and_its_changes_told() {
    let folder = configured("kind = \"channels\"\n");
    let (here, file) = (folder.path(), folder.path().join("iana.json"));
    fs::write(&file, SNAPSHOT).unwrap();
    let printed = run(here, &["import", "iana.json"]);
    assert_eq!((printed.status, printed.err.as_str()), (0, ""));
    assert_eq!(
        printed.out,
        ".be          read for the first time\n.nl          read for the first time\n2 of 2 records were taken in.\n"
    );

    fs::write(
        &file,
        SNAPSHOT.replace("admin@registry-nl", "new@registry-nl").replace("2026-01-10", "2026-02-10"),
    )
    .unwrap();
    let printed = run(here, &["import", "iana.json", "--json"]);
    let news: Vec<Value> = printed.out.lines().map(json).collect();
    assert_eq!(news[1], json(r#"{"tld":"nl","news":"changed"}"#));
    fs::write(&file, SNAPSHOT).unwrap();
    let printed = run(here, &["import", "iana.json", "--json"]);
    assert_eq!(
        json(printed.out.lines().last().unwrap()),
        json(r#"{"tld":"nl","news":"kept"}"#),
        "what is older changes nothing"
    );

    let printed = run(here, &["show", ".NL"]);
    assert_eq!(printed.status, 0);
    for part in [
        "new@registry-nl.example, Marijke Duin, +31 26 5550110",
        "the snapshot, authenticated",
        "changed: admin contact from",
    ] {
        assert!(printed.out.contains(part), "{part} is not in\n{}", printed.out);
    }
    let shown = json(&run(here, &["show", "nl", "--json"]).out);
    assert_eq!(shown["record"]["admin"]["email"], "new@registry-nl.example");
    assert_eq!(shown["checked"]["confirmed"], "2026-02-10T00:00:00Z");
    assert_eq!(shown["history"].as_array().unwrap().len(), 2);

    let printed = run(here, &["changes"]);
    assert_eq!((printed.status, printed.out.lines().count()), (0, 1));
    let printed = run(here, &["changes", "--to", "2026-01-01", "--json"]);
    assert_eq!((printed.status, printed.out.as_str()), (0, ""));
    assert_eq!(run(here, &["changes", "--to", "2026-01-01"]).out, "Nothing changed.\n");
}

#[test]
fn what_is_wrong_is_said_with_its_cure() {
    let folder = configured("kind = \"channels\"\n");
    fs::write(folder.path().join("iana.json"), "[{\"tld\":\"n l\"}]").unwrap();
    let printed = run(folder.path(), &["import", "iana.json"]);
    assert_eq!(printed.status, 2);
    assert!(printed.err.contains("iana.json: line 1"), "{}", printed.err);
    let printed = run(folder.path(), &["show", "nl"]);
    assert_eq!(printed.status, 1);
    assert!(printed.err.contains("`tldops iana refresh`"), "{}", printed.err);
    let printed = run(folder.path(), &["changes", "--from", "2026-02-01", "--to", "2026-01-01"]);
    assert_eq!(printed.status, 2);
    assert!(printed.err.contains("exchange them"), "{}", printed.err);
    assert_eq!(run(folder.path(), &["show", "co.uk"]).status, 2);
    for words in
        [&["refresh", "--help"][..], &["show", "--help"], &["import", "--help"], &["changes", "--help"]]
    {
        assert!(run(folder.path(), words).out.contains("Example:"), "{words:?}");
    }
}

#[test]
fn a_snapshot_file_is_shown_without_any_store() {
    let folder = configured("kind = \"snapshot\"\npath = \"iana.json\"\n");
    fs::write(folder.path().join("iana.json"), SNAPSHOT).unwrap();
    let printed = run(folder.path(), &["show", "nl"]);
    assert_eq!(printed.status, 0, "{}", printed.err);
    assert!(printed.out.contains("admin@registry-nl.example"), "{}", printed.out);
    // A refresh takes the file into the store, so that its changes are told too.
    let printed = run(folder.path(), &["refresh", "--json"]);
    assert_eq!(printed.status, 0, "{}", printed.err);
    assert!(printed.out.contains(r#"{"news":"first","tld":"nl"}"#), "{}", printed.out);
    assert!(printed.err.contains("309 of 309"), "{}", printed.err);
}

#[test]
fn a_refresh_gives_up_where_iana_does_not_answer_and_goes_on_later() {
    let iana = Iana::start();
    for server in [&iana.rdap, &iana.page, &iana.whois] {
        server.answers(Answer::Closed);
    }
    let servers = iana.settings();
    let folder = configured(&format!(
        "kind = \"channels\"\nrdap = \"{}\"\npage = \"{}\"\nwhois = \"{}\"\ntld_list = \"{}\"\nca_file = \"{}\"\npause_seconds = 1\n",
        servers.rdap,
        servers.page,
        servers.whois,
        servers.tld_list,
        iana.ca_file().display()
    ));
    let printed = run(folder.path(), &["refresh", "--json"]);
    assert_eq!(printed.status, 1, "{}", printed.err);
    assert_eq!(printed.out.lines().count(), 5);
    assert!(printed.err.contains("IANA does not answer"), "{}", printed.err);
    let printed = run(folder.path(), &["show", "ac", "--json"]);
    assert_eq!(printed.status, 0, "{}", printed.err);
    assert!(json(&printed.out)["checked"]["trouble"]["unreachable"].is_string(), "{}", printed.out);
    let printed = run(folder.path(), &["refresh"]);
    assert!(printed.err.starts_with("tldops: goes on after .ag"), "{}", printed.err);
}
