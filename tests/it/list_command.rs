//! `roster diff`, `roster apply` and `check` on a list of Mailman 2.1: the real binary, the scripted tools.

use std::fs;
use std::path::Path;

use crate::list_tools::{Tools, ann};
use crate::program::{configure, tldops};
use crate::stories::{file, stories};

/// A folder with a configuration whose list is changed by these tools.
fn installation(tools: &Tools, more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let story = stories().join("replace-contact");
    fs::write(folder.path().join("iana.json"), file(&story, "iana.json").unwrap()).unwrap();
    let tools = tools.settings().tools;
    let list = format!("[list]\nkind = \"mailman2\"\nlist = \"tld-ops\"\ntools = \"{tools}\"\n{more}\n");
    configure(folder.path(), &list);
    fs::create_dir(folder.path().join("mail")).unwrap();
    for part in ["tmp", "new", "cur"] {
        fs::create_dir(folder.path().join("mail").join(part)).unwrap();
    }
    folder
}

/// The command ends so, and prints these lines; what it complains of.
#[track_caller]
fn check(folder: &Path, arguments: &[&str], status: i32, lines: &[&str]) -> String {
    let ended = tldops(folder, arguments);
    assert_eq!((ended.status, ended.lines().as_slice()), (status, lines), "{arguments:?}\n{}", ended.err);
    ended.err
}

#[test]
fn what_differs_is_shown_and_after_a_yes_the_list_is_as_the_roster() {
    let mut tools = Tools::new();
    tools.make(&[ann("guest@elsewhere.example", "Guest"), ann("old@nic.example", "Old One, #1, .nl")]);
    let folder = installation(&tools, "also_members = [\"guest@elsewhere.example\"]");
    let path = folder.path();
    assert_eq!(tldops(path, &["once"]).status, 0);

    let step = "unsubscribe \"Old One, #1, .nl\" old@nic.example";
    let ended = tldops(path, &["roster", "diff"]);
    assert_eq!(
        (ended.status, ended.lines()[0], ended.lines()[1]),
        (1, ".nl", "   Old One <old@nic.example>")
    );
    assert!(ended.out.contains("the store never had this address"), "{}", ended.told());
    assert!(!ended.out.contains("guest@elsewhere.example"), "{}", ended.told());
    let ended = tldops(path, &["roster", "diff", "--json"]);
    let object: serde_json::Value = serde_json::from_str(ended.lines()[0]).unwrap();
    assert_eq!((ended.status, ended.lines().len(), &object["step"]), (1, 1, &"unsubscribe".into()));

    // Nobody said yes; nobody is at the terminal to ask.
    let complaint = check(path, &["roster", "apply"], 1, &[step]);
    assert!(complaint.contains("nothing was done"), "{complaint}");
    let ended = tldops(path, &["roster", "apply", "--yes", "--removals-max", "0"]);
    let (status, complaint) = (ended.status, ended.err);
    assert_eq!(status, 1);
    assert!(complaint.contains("it would take 1 members off the list, and removals_max is 0"), "{complaint}");
    assert_eq!(tools.kept().0.len(), 2, "nothing was done");

    let done = "Done; the list was read again and is as the roster.";
    check(path, &["roster", "apply", "--yes"], 0, &[step, done]);
    assert_eq!(tools.kept().0, ["guest@elsewhere.example\ton\tGuest"]);
    check(path, &["roster", "apply", "--yes"], 0, &["The list is as the roster."]);
    let journal = tldops(path, &["journal", "export"]).out;
    assert!(journal.contains("list_plan_ended"), "{journal}");
}

#[test]
fn a_list_that_does_not_do_it_all_is_told_with_what_is_left() {
    let mut tools = Tools::new();
    tools.make(&[ann("old@nic.example", "Old One, #1, .nl")]);
    let folder = installation(&tools, "");
    assert_eq!(tldops(folder.path(), &["once"]).status, 0);
    fs::write(tools.path("ignores-remove_members"), "").unwrap();
    let step = "unsubscribe \"Old One, #1, .nl\" old@nic.example";
    let complaint = check(folder.path(), &["roster", "apply", "--yes"], 1, &[step, step]);
    assert!(complaint.contains("not all of it was done: remove_members did not do it"), "{complaint}");
}

#[test]
fn check_tries_the_list() {
    let tools = Tools::new();
    let folder = installation(&tools, "");
    let list = || -> String {
        let ended = tldops(folder.path(), &["check"]);
        ended.lines().into_iter().find(|line| line.starts_with("list: ")).unwrap().to_owned()
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
    assert_eq!(tldops(folder.path(), &["once"]).status, 0);
    fs::write(&path, format!("{head}[list]\nkind = \"by-hand\"\nadministrator = \"lists@ops.example\"\n"))
        .unwrap();
    let complaint = check(folder.path(), &["roster", "diff"], 2, &[]);
    assert!(complaint.contains("ask lists@ops.example for its members"), "{complaint}");
    // A file of members is not touched by looking.
    fs::write(&path, format!("{head}[list]\nkind = \"own-roster\"\nmembers_file = \"members\"\n")).unwrap();
    fs::write(folder.path().join("members"), "somebody@nic.example\n").unwrap();
    let same = "The roster in the store is the list; they cannot differ.";
    check(folder.path(), &["roster", "diff"], 0, &[same]);
    assert!(tldops(folder.path(), &["check"]).out.contains("shown in"));
    assert_eq!(fs::read_to_string(folder.path().join("members")).unwrap(), "somebody@nic.example\n");
}
