//! Erasing a person: after it no file of the store and no backup has him, and all that was done still stands.

use std::fs;
use std::path::Path;

use tldops::rehearsal::stage::Stage;

use crate::program::{Ended, OWN_ROSTER, configure, tldops};
use crate::stories::{file, script, stories};

/// What must be nowhere, in small letters.
const HERS: [&str; 4] = ["camila@nic-br.example", "camila rocha", "1155093501", "rocha, camila"];

/// A folder with a configuration, and a store in which a contact has left by her own wish.
pub(crate) fn installation() -> tempfile::TempDir {
    played("own-removal", usize::MAX)
}

/// A folder with a configuration, and a store in which so many steps of a story were played.
fn played(story: &str, steps: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let story = stories().join(story);
    let (world, iana) = (file(&story, "world.json").unwrap(), file(&story, "iana.json").unwrap());
    let mut stage = Stage::set(folder.path(), &world, &iana).unwrap();
    for step in script(&story).into_iter().take(steps) {
        stage.play(&step, &|name| file(&story, name)).unwrap();
    }
    drop(stage);
    fs::write(folder.path().join("iana.json"), iana).unwrap();
    configure(folder.path(), OWN_ROSTER);
    folder
}

#[track_caller]
fn check(folder: &Path, arguments: &[&str], status: i32, says: &str) -> String {
    let Ended { status: found, out, err } = tldops(folder, arguments);
    assert_eq!(found, status, "{arguments:?}\n{out}\n{err}");
    assert!(out.contains(says) || err.contains(says), "{arguments:?} does not say {says:?}:\n{out}\n{err}");
    out
}

/// The files below a folder in which something of hers stands.
fn with_her(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(with_her(&path));
        } else if has_her(&String::from_utf8_lossy(&fs::read(&path).unwrap())) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn has_her(text: &str) -> bool {
    let text = text.to_lowercase();
    HERS.iter().any(|hers| text.contains(hers))
}

#[test]
fn after_it_nothing_has_her_and_all_that_was_done_stands() {
    let folder = installation();
    let at = folder.path();
    check(at, &["person", "show", "camila@nic-br.example"], 0, "Camila Rocha");
    check(at, &["person", "show", "Camila Rocha", "--json"], 0, "\"request\":\"R-1\"");
    check(at, &["person", "show", "Nobody Else"], 2, "was ever recorded");
    let erase = |who: &'static str, why: &'static str| ["person", "erase", who, "--why", why, "--yes"];
    check(at, &erase("rafael@nic-br.example", "a wish"), 2, "is listed as #1 of .br");
    check(at, &erase("secretariat@ops.example", "a wish"), 2, "nobody's own");
    check(at, &erase("camila@nic-br.example", "Camila Rocha wishes it"), 2, "without naming the person");
    let asked = ["person", "erase", "camila@nic-br.example", "--why", "her wish"];
    check(at, &asked, 1, "nothing was erased");
    assert!(!with_her(&at.join("store")).is_empty());
    check(at, &erase("camila@nic-br.example", "her wish of 3 May"), 0, "Erased from");
    assert_eq!(with_her(&at.join("store")), Vec::<String>::new());
    assert!(!has_her(&check(at, &["store", "export"], 0, "backup")));
    check(at, &["journal", "verify"], 0, "The journal is whole");
    check(at, &["journal", "export"], 0, "her wish of 3 May");
    check(at, &["show", "R-1"], 0, "Erased 1");
    check(at, &["roster", "list"], 0, "Rafael Souza");
    check(at, &["stats"], 0, "");
    check(at, &["store", "rebuild"], 0, "made anew");
    check(at, &["journal", "verify"], 0, "The journal is whole");
    let after = check(at, &["person", "show", "camila@nic-br.example", "--json"], 0, "camila");
    assert_eq!(after.lines().count(), 1, "{after}");
}

#[test]
fn nobody_is_erased_while_a_request_about_him_is_open() {
    let folder = played("subscribe-confirmed", 1);
    let erase = ["person", "erase", "joost.terpstra@nic-nl.example", "--why", "a wish", "--yes"];
    check(folder.path(), &erase, 2, "the request R-1 is open");
    check(folder.path(), &["show", "R-1"], 0, "joost.terpstra@nic-nl.example");
}
