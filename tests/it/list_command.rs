//! `roster diff`, `roster apply` and `check` on a list of Mailman 2.1: the real binary, the scripted tools.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::list_tools::{Tools, ann};
use crate::stories::{file, stories};

/// A folder with a configuration whose list is changed by these tools.
fn installation(tools: &Tools, more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let story = stories().join("replace-contact");
    fs::write(folder.path().join("iana.json"), file(&story, "iana.json").unwrap()).unwrap();
    fs::write(
        folder.path().join("zone.db"),
        "$ORIGIN .\n$TTL 60\n. IN SOA ns.invalid. h.invalid. 1 60 60 60 60\n",
    )
    .unwrap();
    let text = format!(
        "mailbox_address = \"tld-ops-admin@ops.example\"\nsecretariat = [\"secretariat@ops.example\"]\nstore = \"store\"\n\
         [mailbox]\nkind = \"maildir\"\npath = \"mail\"\n[post]\nkind = \"folder\"\npath = \"sent\"\n\
         [dns]\nkind = \"zone-file\"\npath = \"zone.db\"\n[iana]\nkind = \"snapshot\"\npath = \"iana.json\"\n\
         [list]\nkind = \"mailman2\"\nlist = \"tld-ops\"\ntools = \"{}\"\n{more}\n",
        tools.settings().tools
    );
    fs::write(folder.path().join("tldops.toml"), text).unwrap();
    fs::create_dir(folder.path().join("mail")).unwrap();
    for part in ["tmp", "new", "cur"] {
        fs::create_dir(folder.path().join("mail").join(part)).unwrap();
    }
    folder
}

/// The exit status, what is printed, and what is complained of.
fn tldops(folder: &Path, arguments: &[&str]) -> (Option<i32>, Vec<String>, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_tldops")).args(arguments).current_dir(folder).output().unwrap();
    let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
    (status.code(), text(stdout).lines().map(str::to_owned).collect(), text(stderr))
}

#[test]
fn what_differs_is_shown_and_after_a_yes_the_list_is_as_the_roster() {
    let mut tools = Tools::new();
    tools.make(&[ann("guest@elsewhere.example", "Guest"), ann("old@nic.example", "Old One, #1, .nl")]);
    let folder = installation(&tools, "also_members = [\"guest@elsewhere.example\"]");
    let run = |arguments: &[&str]| tldops(folder.path(), arguments);
    assert_eq!(run(&["once"]).0, Some(0));

    let (status, shown, complaint) = run(&["roster", "diff"]);
    let step = "unsubscribe \"Old One, #1, .nl\" old@nic.example";
    assert_eq!((status, shown), (Some(1), vec![step.to_owned()]));
    assert!(complaint.contains("one step, one of which takes a member off"), "{complaint}");
    let (status, shown, _) = run(&["roster", "diff", "--json"]);
    let object: serde_json::Value = serde_json::from_str(&shown[0]).unwrap();
    assert_eq!((status, shown.len(), &object["step"]), (Some(1), 1, &"unsubscribe".into()));

    // Nobody said yes; nobody is at the terminal to ask.
    let (status, shown, complaint) = run(&["roster", "apply"]);
    assert_eq!((status, shown), (Some(1), vec![step.to_owned()]));
    assert!(complaint.contains("nothing was done"), "{complaint}");
    let (status, _, complaint) = run(&["roster", "apply", "--yes", "--removals-max", "0"]);
    assert_eq!(status, Some(1));
    assert!(complaint.contains("it would take 1 members off the list, and removals_max is 0"), "{complaint}");
    assert_eq!(tools.kept().0.len(), 2, "nothing was done");

    let (status, shown, _) = run(&["roster", "apply", "--yes"]);
    let done = "Done; the list was read again and is as the roster.";
    assert_eq!((status, shown), (Some(0), vec![step.to_owned(), done.to_owned()]));
    assert_eq!(tools.kept().0, ["guest@elsewhere.example\ton\tGuest"]);
    let (status, shown, _) = run(&["roster", "apply", "--yes"]);
    assert_eq!((status, shown), (Some(0), vec!["The list is as the roster.".to_owned()]));
    let (_, journal, _) = run(&["journal", "export"]);
    assert!(journal.iter().any(|line| line.contains("list_plan_ended")), "{journal:#?}");
}

#[test]
fn a_list_that_does_not_do_it_all_is_told_with_what_is_left() {
    let mut tools = Tools::new();
    tools.make(&[ann("old@nic.example", "Old One, #1, .nl")]);
    let folder = installation(&tools, "");
    assert_eq!(tldops(folder.path(), &["once"]).0, Some(0));
    fs::write(tools.path("ignores-remove_members"), "").unwrap();
    let (status, shown, complaint) = tldops(folder.path(), &["roster", "apply", "--yes"]);
    let step = "unsubscribe \"Old One, #1, .nl\" old@nic.example".to_owned();
    assert_eq!((status, shown), (Some(1), vec![step.clone(), step]));
    assert!(complaint.contains("not all of it was done: remove_members did not do it"), "{complaint}");
}

#[test]
fn check_tries_the_list() {
    let tools = Tools::new();
    let folder = installation(&tools, "");
    let list = || -> String {
        let (_, shown, _) = tldops(folder.path(), &["check"]);
        shown.into_iter().find(|line| line.starts_with("list: ")).unwrap()
    };
    assert_eq!(list(), "list: tld-ops has 0 members");
    fs::write(tools.path("fails"), "").unwrap();
    let bad = "list: NOT GOOD: list_members failed: No such list: -f tld-ops; check command, tools and list of [list]";
    assert_eq!(list(), bad);
}

#[test]
fn lists_that_cannot_be_compared_say_so() {
    let tools = Tools::new();
    let folder = installation(&tools, "");
    let path = folder.path().join("tldops.toml");
    let text = fs::read_to_string(&path).unwrap();
    let (head, _) = text.split_once("[list]").unwrap();
    assert_eq!(tldops(folder.path(), &["once"]).0, Some(0));
    fs::write(&path, format!("{head}[list]\nkind = \"by-hand\"\nadministrator = \"lists@ops.example\"\n"))
        .unwrap();
    let (status, _, complaint) = tldops(folder.path(), &["roster", "diff"]);
    assert_eq!(status, Some(2));
    assert!(complaint.contains("ask lists@ops.example for its members"), "{complaint}");
    // A file of members is not touched by looking.
    fs::write(&path, format!("{head}[list]\nkind = \"own-roster\"\nmembers_file = \"members\"\n")).unwrap();
    fs::write(folder.path().join("members"), "somebody@nic.example\n").unwrap();
    let (status, shown, _) = tldops(folder.path(), &["roster", "diff"]);
    assert_eq!(
        (status, shown),
        (Some(0), vec!["The roster in the store is the list; they cannot differ.".to_owned()])
    );
    assert!(tldops(folder.path(), &["check"]).1.iter().any(|line| line.contains("shown in")));
    assert_eq!(fs::read_to_string(folder.path().join("members")).unwrap(), "somebody@nic.example\n");
}
