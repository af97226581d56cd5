//! The command line as an operator types it: the real binary on a real folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::{Ended, OWN_ROSTER, Running, configure, program, tldops, wait_until};
use crate::stories::{file, stories};

/// A folder with a configuration that works, and a mailbox with one request that is not signed.
fn installation() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let story = stories().join("unsigned-admin");
    fs::write(folder.path().join("iana.json"), file(&story, "iana.json").unwrap()).unwrap();
    configure(folder.path(), OWN_ROSTER);
    folder
}

#[expect(clippy::disallowed_methods, reason = "the program under test has the real clock")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Where new mails of the mailbox lie.
fn mailbox(folder: &Path) -> PathBuf {
    for part in ["tmp", "new", "cur"] {
        fs::create_dir_all(folder.join("mail").join(part)).unwrap();
    }
    folder.join("mail/new")
}

/// Puts a mail into the mailbox as a delivery program does. Its Date is now: the program judges by the real clock.
fn deliver(folder: &Path, name: &str, contact: &str) {
    let new = mailbox(folder);
    let date = now().strftime("%a, %d %b %Y %H:%M:%S +0000");
    let mail = format!(
        "From: Marieke Hoekstra <admin@nic-nl.example>\r\nTo: tld-ops-admin@ops.example\r\nSubject: contact for .nl\r\n\
         Date: {date}\r\nMessage-ID: <{name}@nic-nl.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         please add one contact for .nl:\r\n\r\nName: Joost Terpstra\r\nEmail: {contact}\r\nPhone: +31 6 2247 9105\r\n"
    );
    fs::write(new.join(name), mail).unwrap();
}

/// Puts a mail of a story into the mailbox, as the answer to a mail that left.
fn deliver_answer(folder: &Path, name: &str, story: &str, sent: &str) {
    let sent = fs::read_to_string(folder.join("sent").join(sent)).unwrap();
    let field = |name: &str| {
        let value = sent.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        value.trim().rsplit('<').next().unwrap().trim_end_matches('>').to_owned()
    };
    let date = now().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let mail = file(&stories().join(story), name).unwrap();
    let mail = mail
        .replace("{date}", &date)
        .replace("{message-id admin@nic-nl.example}", &format!("<{}>", field("Message-ID:")));
    let mail = mail.replace("{reply-to admin@nic-nl.example}", &field("Reply-To:"));
    let mail = mail
        .replace("{subject admin@nic-nl.example}", "question")
        .replace("{quote admin@nic-nl.example}", "> ");
    let mail = mail.replace("{raw admin@nic-nl.example}", &sent.replace('\r', ""));
    fs::write(mailbox(folder).join(name), mail.replace('\n', "\r\n")).unwrap();
}

#[track_caller]
fn check(folder: &Path, arguments: &[&str], status: i32, says: &str) -> String {
    let Ended { status: found, out, err } = tldops(folder, arguments);
    assert_eq!(found, status, "{arguments:?}\n{out}\n{err}");
    assert!(out.contains(says) || err.contains(says), "{arguments:?} does not say {says:?}:\n{out}\n{err}");
    out
}

#[test]
fn a_request_is_taken_in_looked_at_and_ruled_on() {
    let folder = installation();
    deliver(folder.path(), "1", "joost@nic-nl.example");
    deliver(folder.path(), "2", "noc@nic-nl.example");
    check(folder.path(), &["once"], 0, "2 mails taken in");
    check(folder.path(), &["cases"], 0, "R-1");
    check(folder.path(), &["cases", "--open", "--json"], 0, "\"state\":\"awaiting_admin\"");
    check(folder.path(), &["show", "R-1"], 0, "admin@nic-nl.example");
    check(folder.path(), &["show", "r-1", "--json"], 0, "\"journal\":[");
    check(folder.path(), &["reject", "R-2"], 2, "--note");
    check(folder.path(), &["reject", "R-2", "--note", "no role addresses"], 0, "R-2 is now: refused");
    check(folder.path(), &["reject", "R-2", "--note", "again"], 2, "has ended");
    check(folder.path(), &["approve", "R-1"], 1, "changes nothing");
    check(folder.path(), &["ask", "R-1", "--note", "Who is it?"], 1, "changes nothing");
    check(folder.path(), &["undo", "R-1"], 1, "changes nothing");
    check(folder.path(), &["approve", "R-9"], 2, "there is no case R-9");
    check(folder.path(), &["roster", "list"], 0, "The roster is empty.");
    check(folder.path(), &["journal", "verify"], 0, "The journal is whole");
    check(folder.path(), &["journal", "export"], 0, "admin_asked");
    check(folder.path(), &["once"], 0, "0 mails taken in");
}

#[test]
fn an_exemption_is_recorded_with_its_reason_and_its_end() {
    let folder = installation();
    let add = ["exempt", "add", "noc@nic-nl.example", "--from", "role"];
    let with = |more: &[&'static str]| [&add[..], more].concat();
    check(folder.path(), &with(&["--why", "a staff of two"]), 2, "--until");
    check(folder.path(), &with(&["--why", " ", "--until-ended"]), 2, "say why");
    check(folder.path(), &with(&["--why", "a staff of two", "--until", "2020-01-01"]), 2, "has passed");
    check(folder.path(), &with(&["--why", "a staff of two", "--until", "2999-12-31"]), 0, "Recorded");
    let listed = "noc@nic-nl.example may be an address of a role, through 2999-12-31 UTC";
    check(folder.path(), &["exempt", "list"], 0, listed);
    check(folder.path(), &["exempt", "list", "--json"], 0, "\"stands\":true");
    deliver(folder.path(), "1", "noc@nic-nl.example");
    check(folder.path(), &["once"], 0, "1 mails taken in");
    check(folder.path(), &["cases", "--json"], 0, "\"state\":\"awaiting_admin\"");
    let end = ["exempt", "end", "NOC@nic-nl.example", "--from", "role", "--why", "they have their own now"];
    check(folder.path(), &end, 0, "Recorded");
    check(folder.path(), &end, 2, "there is no such exemption");
    check(folder.path(), &["exempt", "list"], 0, "There is no exemption.");
    check(folder.path(), &["journal", "export"], 0, "exemption_ended");
    check(folder.path(), &["journal", "verify"], 0, "The journal is whole");
}

#[test]
fn the_roster_shows_who_cannot_be_reached_and_a_person_can_say_otherwise() {
    let folder = installation();
    let reachable = ["roster", "reachable", "admin@nic-nl.example"];
    check(folder.path(), &["once"], 0, "0 mails taken in");
    check(folder.path(), &["roster", "list"], 0, "The roster is empty.");
    check(folder.path(), &reachable, 0, "Mails went to admin@nic-nl.example all the time.");
    check(folder.path(), &["roster", "reachable", "nobody"], 2, "nobody");
    deliver(folder.path(), "1", "joost@nic-nl.example");
    check(folder.path(), &["once"], 0, "1 mails taken in");
    deliver_answer(folder.path(), "4-bounce.eml", "bounce", "R-1.1.eml");
    check(folder.path(), &["once"], 0, "1 mails taken in");
    let listed = check(folder.path(), &["roster", "list"], 0, "Unreachable");
    assert!(listed.contains("admin@nic-nl.example: no mail goes there until"), "{listed}");
    check(folder.path(), &reachable, 0, "Mails go to admin@nic-nl.example again.");
    let listed = check(folder.path(), &["roster", "list"], 0, "The roster is empty.");
    assert!(!listed.contains("Unreachable"), "{listed}");
    check(folder.path(), &["journal", "export"], 0, "reachable_again");
}

#[test]
fn the_roster_shows_who_wants_no_questions_by_copy() {
    let folder = installation();
    // The question came by a copy to him.
    let date = now().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let copied = file(&stories().join("stop-and-start"), "1-copied.eml").unwrap().replace("{date}", &date);
    fs::write(mailbox(folder.path()).join("1"), copied.replace('\n', "\r\n")).unwrap();
    check(folder.path(), &["once"], 0, "1 mails taken in");
    deliver_answer(folder.path(), "2-stop.eml", "stop-and-start", "R-1.1.eml");
    check(folder.path(), &["once"], 0, "1 mails taken in");
    let listed = check(folder.path(), &["roster", "list"], 0, "No questions about requests that merely copy");
    assert!(
        listed.contains(".nl: since ") && listed.contains("admin@nic-nl.example gets no questions"),
        "{listed}"
    );
    deliver_answer(folder.path(), "4-start.eml", "stop-and-start", "N-1.1.eml");
    check(folder.path(), &["once"], 0, "1 mails taken in");
    let listed = check(folder.path(), &["roster", "list"], 0, "The roster is empty.");
    assert!(!listed.contains("No questions"), "{listed}");
}

#[test]
fn an_altered_journal_is_named_by_its_line() {
    let folder = installation();
    deliver(folder.path(), "1", "joost@nic-nl.example");
    check(folder.path(), &["once"], 0, "1 mails taken in");
    let path = folder.path().join("store/journal.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("admin_asked", "admin_fooled", 1)).unwrap();
    let Ended { status, out, err } = tldops(folder.path(), &["journal", "verify"]);
    assert_eq!(status, 1, "{out}{err}");
    assert!(err.contains("line 1"), "{err}");
}

#[test]
fn a_mail_that_is_gone_or_altered_is_named() {
    let folder = installation();
    deliver(folder.path(), "1", "joost@nic-nl.example");
    check(folder.path(), &["once"], 0, "1 mails taken in");
    check(folder.path(), &["journal", "verify"], 0, "The journal is whole");
    let shelf = folder.path().join("store/incoming");
    let file = fs::read_dir(&shelf).unwrap().next().unwrap().unwrap().path();
    let mail = fs::read(&file).unwrap();
    let is_not = |what: &str| {
        let name = file.file_name().unwrap().to_str().unwrap();
        format!("the mail `incoming/{name}` is not {what}; bring it back from a backup")
    };
    fs::write(&file, mail.strip_suffix(b"\n").unwrap()).unwrap();
    check(folder.path(), &["journal", "verify"], 1, &is_not("what was put in"));
    check(folder.path(), &["store", "export"], 1, "`tldops journal verify` says what to do");
    fs::remove_file(&file).unwrap();
    check(folder.path(), &["journal", "verify"], 1, &is_not("there"));
    check(folder.path(), &["check"], 1, &is_not("there"));
    fs::write(&file, mail).unwrap();
    check(folder.path(), &["journal", "verify"], 0, "The journal is whole");
}

#[test]
fn the_store_goes_out_and_comes_back() {
    let folder = installation();
    deliver(folder.path(), "1", "joost@nic-nl.example");
    check(folder.path(), &["once"], 0, "1 mails taken in");
    let backup = check(folder.path(), &["store", "export"], 0, "");
    fs::rename(folder.path().join("store"), folder.path().join("old")).unwrap();
    fs::write(folder.path().join("backup"), &backup).unwrap();
    let input = fs::File::open(folder.path().join("backup")).unwrap();
    let mut import = program();
    import.args(["store", "import"]).current_dir(folder.path()).stdin(input);
    assert!(import.status().unwrap().success());
    assert_eq!(check(folder.path(), &["store", "export"], 0, ""), backup);
    fs::remove_dir_all(folder.path().join("store/sled")).unwrap();
    check(folder.path(), &["store", "rebuild"], 0, "made anew");
    check(folder.path(), &["cases"], 0, "R-1");
}

#[test]
fn what_is_wrong_is_found_before_it_hurts() {
    let folder = installation();
    check(folder.path(), &["check"], 0, "configuration: good");
    deliver(folder.path(), "1", "joost@nic-nl.example");
    check(folder.path(), &["check"], 0, "1 mails wait");
    check(folder.path(), &["once"], 0, "1 mails taken in");
    check(folder.path(), &["check"], 0, "store: whole");
    fs::write(folder.path().join("zone.db"), ";!SERVFAIL _dmarc.ops.example\n").unwrap();
    let out = check(folder.path(), &["check"], 1, "DNS: NOT GOOD");
    assert!(out.contains("mailbox: 0 mails wait"), "the rest is checked all the same:\n{out}");
}

#[test]
fn signatures_that_never_hold_are_noticed() {
    let folder = installation();
    for number in 1..=6 {
        let name = number.to_string();
        deliver(folder.path(), &name, "joost@nic-nl.example");
        let path = folder.path().join("mail/new").join(&name);
        let mail = fs::read_to_string(&path).unwrap();
        let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        let signature = format!(
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=nic-nl.example; s=s1;\r\n h=from:to:subject:date; bh={hash}; b={}==\r\n",
            "A".repeat(342)
        );
        fs::write(&path, format!("{signature}{mail}")).unwrap();
    }
    check(folder.path(), &["once"], 0, "6 mails taken in");
    check(folder.path(), &["check"], 1, "trusted_authentication_results");
}

#[test]
fn wrong_usage_and_wrong_configuration_do_nothing() {
    let folder = installation();
    check(folder.path(), &["nonsense"], 2, "nonsense");
    check(folder.path(), &["once", "-c", "missing.toml"], 2, "missing.toml");
    fs::write(folder.path().join("wrong.toml"), "mailbox_address = 3\n").unwrap();
    check(folder.path(), &["once", "-c", "wrong.toml"], 2, "wrong.toml");
    check(folder.path(), &["cases"], 2, "there is no store");
    assert!(!folder.path().join("store").exists());
}

#[test]
fn what_a_configuration_names_lies_beside_it_wherever_the_program_is_started() {
    let (folder, elsewhere) = (installation(), tempfile::tempdir().unwrap());
    deliver(folder.path(), "1", "joost@nic-nl.example");
    let config = folder.path().join("tldops.toml");
    check(elsewhere.path(), &["once", "-c", config.to_str().unwrap()], 0, "1 mails taken in");
    check(folder.path(), &["cases"], 0, "R-1");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn every_command_has_help_with_an_example() {
    let folder = tempfile::tempdir().unwrap();
    let commands = [
        "demo",
        "run",
        "once",
        "inspect",
        "check",
        "cases",
        "show",
        "approve",
        "ask",
        "reject",
        "undo",
        "exempt",
        "roster",
        "journal",
        "store",
        "completions",
    ];
    for command in commands {
        check(folder.path(), &[command, "--help"], 0, "Example");
        check(folder.path(), &["help"], 0, command);
    }
    check(folder.path(), &["completions", "bash"], 0, "tldops");
}

#[test]
fn the_demo_keeps_what_it_played_where_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    check(folder.path(), &["demo", "--fast", "--keep", "kept"], 0, "The contact repository at the end");
    assert!(folder.path().join("kept/report.txt").exists());
    check(folder.path(), &["demo", "--fast", "--keep", "kept"], 2, "is not empty");
}

/// Waits until a command says something.
#[track_caller]
fn wait_for(folder: &Path, arguments: &[&str], says: &str) {
    let what = format!("{arguments:?} says {says:?}");
    wait_until(&what, folder, || tldops(folder, arguments).out.contains(says));
}

#[test]
fn a_running_program_takes_mails_and_rulings_and_stops_when_told() {
    let folder = installation();
    deliver(folder.path(), "1", "noc@nic-nl.example");
    let program = Running::start(folder.path(), &[]);
    wait_for(folder.path(), &["cases"], "awaiting_secretariat");
    check(folder.path(), &["once"], 1, "open");
    check(folder.path(), &["journal", "verify"], 0, "The program is running");
    check(folder.path(), &["reject", "R-1", "--note", "no role addresses"], 0, "takes the ruling");
    wait_for(folder.path(), &["cases"], "refused");
    let exempts =
        ["exempt", "add", "noc@nic-nl.example", "--from", "role", "--why", "a staff of two", "--until-ended"];
    check(folder.path(), &exempts, 0, "The running program takes it in");
    wait_for(folder.path(), &["exempt", "list"], "noc@nic-nl.example may be an address of a role");
    let ends = ["exempt", "end", "noc@nic-nl.example", "--from", "role", "--why", "they have their own now"];
    check(folder.path(), &ends, 0, "The running program takes it in");
    wait_for(folder.path(), &["exempt", "list"], "There is no exemption.");
    check(folder.path(), &["roster", "reachable", "admin@nic-nl.example"], 2, "the program is running");
    check(folder.path(), &["iana", "refresh"], 0, "reads all records again");
    wait_for(folder.path(), &["journal", "export"], "iana_walk_wanted");
    deliver(folder.path(), "2", "joost@nic-nl.example");
    wait_for(folder.path(), &["cases"], "awaiting_admin");
    program.ends_well(folder.path());
    check(folder.path(), &["journal", "verify"], 0, "The journal is whole");
}
