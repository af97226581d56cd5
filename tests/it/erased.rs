//! Erasing a person: after it no file of the store and no backup has him, and all that was done still stands.

use std::fs;
use std::path::Path;

use tldops::rehearsal::script::{Mood, Step};
use tldops::rehearsal::stage::Stage;

use crate::program::{Ended, OWN_ROSTER, Terminal, configure, tldops};
use crate::stories::{file, script, stories};

/// What must be nowhere, in small letters.
const HERS: [&str; 4] = ["camila@nic-br.example", "camila rocha", "1155093501", "rocha, camila"];

/// A folder with a configuration, and a store in which a contact has left by her own wish.
pub(crate) fn installation() -> tempfile::TempDir {
    played("own-removal", usize::MAX)
}

/// A folder with a configuration, and a store in which so many steps of a story were played.
fn played(name: &str, steps: usize) -> tempfile::TempDir {
    story(name, &|stage, story, all| all.iter().take(steps).for_each(|step| play(stage, story, step)))
}

fn steps_of(name: &str) -> Vec<Step> {
    script(&stories().join(name))
}

fn play(stage: &mut Stage, story: &Path, step: &Step) {
    stage.play(step, &|name| file(story, name)).unwrap();
}

/// A folder with a configuration, and a store in which a story was played in a way of its own.
fn story(name: &str, tell: &dyn Fn(&mut Stage, &Path, &[Step])) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let story = stories().join(name);
    let (world, iana) = (file(&story, "world.json").unwrap(), file(&story, "iana.json").unwrap());
    let mut stage = Stage::set(folder.path(), &world, &iana).unwrap();
    tell(&mut stage, &story, &steps_of(name));
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
    // An erased line that somebody changes afterwards is found as any other is.
    let journal = fs::read_to_string(at.join("store/journal.jsonl")).unwrap();
    fs::write(at.join("store/journal.jsonl"), journal.replacen("Erased 1", "Joan Doe", 1)).unwrap();
    check(at, &["journal", "verify"], 1, "line ");
    fs::write(at.join("store/journal.jsonl"), journal).unwrap();
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

/// Puts a mail into the mailbox as a delivery program does, and takes it in.
fn taken_in(folder: &Path, name: &str, mail: &str) {
    for part in ["tmp", "new", "cur"] {
        fs::create_dir_all(folder.join("mail").join(part)).unwrap();
    }
    fs::write(folder.join("mail/new").join(name), mail.replace('\n', "\r\n")).unwrap();
    check(folder, &["once"], 0, "1 mails taken in");
}

/// Her name as encodings write it (RFC 2045, RFC 2047, RFC 2231), in small letters; and plain.
const ENCODED: [&str; 4] = ["q2ftawxhifjvy2hh", "camila_rocha", "camila%20rocha", "camila=20rocha"];

/// Mails in the store in which her name stands encoded.
fn encoded(folder: &Path) -> usize {
    let lie = fs::read_dir(folder.join("store/incoming")).unwrap();
    let texts =
        lie.map(|entry| String::from_utf8_lossy(&fs::read(entry.unwrap().path()).unwrap()).to_lowercase());
    texts.filter(|text| ENCODED.iter().any(|name| text.contains(name))).count()
}

#[test]
fn a_mail_goes_in_which_her_name_stands_encoded() {
    let folder = installation();
    let head = |more: &str| {
        format!(
            "From: lia@stranger.example\nTo: tld-ops-admin@ops.example\nSubject: a question\nMIME-Version: 1.0\n{more}\n"
        )
    };
    let plain = "Content-Type: text/plain; charset=utf-8\n";
    for (number, mail) in [
        head(&format!("{plain}Content-Transfer-Encoding: base64\n\nQ2FtaWxhIFJvY2hh")),
        head(&format!("{plain}Content-Transfer-Encoding: quoted-printable\n\nAsk Camila=20Rocha.")),
        head(&format!("Comments: =?utf-8?Q?Camila_Rocha?=\n{plain}\nhello")),
        head("Content-Type: text/plain; name*=utf-8''Camila%20Rocha.txt\n\nhello"),
    ]
    .iter()
    .enumerate()
    {
        taken_in(folder.path(), &number.to_string(), mail);
    }
    assert_eq!(encoded(folder.path()), 4);
    let erase = ["person", "erase", "camila@nic-br.example", "--why", "a wish", "--yes"];
    check(folder.path(), &erase, 0, "Erased from");
    assert_eq!(encoded(folder.path()), 0);
    check(folder.path(), &["journal", "verify"], 0, "The journal is whole");
}

#[test]
fn what_is_recorded_while_somebody_reads_it_stops_the_erasure() {
    let folder = installation();
    let at = folder.path();
    let erase = ["person", "erase", "camila@nic-br.example", "--why", "her wish of 3 May"];
    let asked = Terminal::start(at, &erase);
    // Meanwhile something is recorded of her that he has not seen.
    let exempt = [
        "exempt",
        "add",
        "camila@nic-br.example",
        "--from",
        "no-cctld",
        "--why",
        "a liaison",
        "--until-ended",
    ];
    check(at, &exempt, 0, "Recorded");
    let journal = fs::read(at.join("store/journal.jsonl")).unwrap();
    let (status, shown) = asked.answers("yes");
    assert_eq!(status, 2, "{shown}");
    assert!(shown.contains("nothing was erased: something was recorded since this was shown"), "{shown}");
    assert_eq!(fs::read(at.join("store/journal.jsonl")).unwrap(), journal);
    check(at, &["exempt", "list"], 0, "camila@nic-br.example may be on the list without a ccTLD");
    // A no is a no.
    let other = played("own-removal", usize::MAX);
    let (status, shown) = Terminal::start(other.path(), &erase).answers("no");
    assert!(status == 1 && shown.contains("nothing was erased; --yes does it without asking"), "{shown}");
}

#[test]
fn nobody_is_erased_whose_mail_waits_to_be_sent_or_to_be_judged() {
    let erase = ["person", "erase", "camila@nic-br.example", "--why", "her wish", "--yes"];
    // The farewell to her waits for the post.
    let waiting = story("own-removal", &|stage, story, steps| {
        let (last, before) = steps.split_last().unwrap();
        for step in before {
            play(stage, story, step);
        }
        play(stage, story, &Step::Post(Mood::Down));
        play(stage, story, last);
    });
    check(waiting.path(), &erase, 2, "a mail that names this person waits to be sent");
    check(waiting.path(), &["person", "show", "camila@nic-br.example"], 0, "Camila Rocha");
    // A mail that names her waits for an answer of the DNS.
    let judged = story("own-removal", &|stage, story, steps| {
        for step in steps {
            play(stage, story, step);
        }
        play(stage, story, &Step::Dns(Mood::Down));
        play(stage, &stories().join("change-of-phone"), &steps_of("change-of-phone")[0]);
    });
    check(judged.path(), &erase, 2, "waits for an answer of the DNS");
}

/// What lies in the mailbox is no part of the store: it is read once the program runs, as of anybody.
#[test]
fn a_mail_that_lay_in_the_mailbox_is_that_of_a_stranger() {
    let folder = installation();
    let at = folder.path();
    for part in ["tmp", "new", "cur"] {
        fs::create_dir_all(at.join("mail").join(part)).unwrap();
    }
    let mail = "From: Camila Rocha <camila@nic-br.example>\r\nTo: tld-ops-admin@ops.example\r\nSubject: my phone\r\n\r\n\
        Please change my phone for .br to +55 11 5509 3502.\r\n";
    fs::write(at.join("mail/new/1"), mail).unwrap();
    let erase = ["person", "erase", "camila@nic-br.example", "--why", "her wish", "--yes"];
    check(at, &erase, 0, "the mailbox");
    check(at, &["once"], 0, "1 mails taken in");
    check(at, &["cases", "--open"], 0, "");
    check(at, &["roster", "list"], 0, "Rafael Souza");
    check(at, &["journal", "verify"], 0, "The journal is whole");
    check(at, &erase, 0, "1 mails are removed");
    assert_eq!(with_her(&at.join("store")), Vec::<String>::new());
}
