//! The program as a service: signals, what systemd hears, a configuration that is read anew, rehearsals, our own signature.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;

use tempfile::TempDir;
use tldops::domain::evidence::Verdict;
use tldops::proof::Examination;
use tldops::rehearsal::signing::key_record;
use tldops::shell::clock::SystemClock;
use tldops::shell::maildir::Maildir;
use tldops::shell::zone_file::ZoneFile;
use tldops::world::{Clock as _, Resolver as _};

use crate::program::{DEADLINE, Running, tldops, wait_until};

const CONFIG: &str = "mailbox_address = \"tldops@list.example\"\nsecretariat = [\"a@list.example\"]\nstore = \"store\"\n\
    poll_seconds = 1\n[mailbox]\nkind = \"maildir\"\npath = \"mail\"\n[post]\nkind = \"folder\"\npath = \"outgoing\"\n\
    [dns]\nkind = \"zone-file\"\npath = \"dns.zone\"\n[iana]\nkind = \"snapshot\"\npath = \"iana.json\"\n";

/// A folder with this after `[post]` and that at the end, and a mail that waits.
fn installation(post: &str, end: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    configure(folder.path(), post, end);
    // A strange selector, so that nothing of the rehearsal's own is found by chance.
    let record = key_record("list.example", "rsa").unwrap();
    write("dns.zone", &record);
    write("key.pem", include_str!("../../fixtures/keys/rsa2048.test-key.pem"));
    fs::set_permissions(folder.path().join("key.pem"), fs::Permissions::from_mode(0o600)).unwrap();
    write("iana.json", "[{\"tld\":\"nl\",\"admin\":{\"email\":\"admin@nic-nl.example\"}}]");
    deliver(folder.path(), "1");
    folder
}

fn configure(folder: &Path, post: &str, end: &str) {
    let text = CONFIG.replace("[post]\n", &format!("[post]\n{post}")) + end;
    fs::write(folder.join("tldops.toml.new"), text).unwrap();
    fs::rename(folder.join("tldops.toml.new"), folder.join("tldops.toml")).unwrap();
}

fn deliver(folder: &Path, number: &str) {
    // An admin contact who is not proven, and names no ccTLD, is a matter for the secretariat.
    let mail = format!(
        "From: Admin <admin@nic-nl.example>\r\nTo: tldops@list.example\r\nSubject: contact {number}\r\n\
         Message-ID: <{number}@nic-nl.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\n\
         Please add one contact:\r\nName: Ann Bee\r\nE-mail: ann{number}@nic-nl.example\r\nPhone: +31 26 352 5500\r\n"
    );
    Maildir::open(&folder.join("mail"))
        .unwrap()
        .deliver(mail.as_bytes(), &format!("{number}.request"))
        .unwrap();
}

/// The mails that left.
fn sent(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder.join("outgoing")) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mails = paths.filter(|path| path.extension().is_some_and(|extension| extension == "eml"));
    mails.map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn systemd_hears_that_it_is_ready_alive_reads_anew_and_stops() {
    let folder = installation("", "");
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let set = [("NOTIFY_SOCKET", path.to_str().unwrap()), ("WATCHDOG_USEC", "400000")];
    let program = Running::start(folder.path(), &set);
    let hear = |wanted: &str| {
        let mut octets = [0; 4096];
        let mut heard = Vec::new();
        wait_until(&format!("{wanted} is said"), folder.path(), || {
            let length = socket.recv(&mut octets).unwrap();
            heard.push(String::from_utf8_lossy(&octets[..length]).into_owned());
            heard.last().unwrap().contains(wanted)
        });
        assert!(heard.iter().all(|text| text.contains(wanted) || !text.contains("STOPPING")), "{heard:?}");
        heard.pop().unwrap()
    };
    hear("READY=1");
    hear("STATUS=1 mails taken in");
    // With a pause of a second in between it would be too late for one that waits 0.4 seconds.
    for _ in 0..5 {
        hear("WATCHDOG=1");
    }
    program.signal("HUP");
    assert!(hear("RELOADING=1").contains("MONOTONIC_USEC="));
    hear("READY=1");
    program.signal("TERM");
    hear("STOPPING=1");
    program.ends_well(folder.path());
}

#[test]
fn a_configuration_is_read_anew_and_a_wrong_one_is_not_taken() {
    let folder = installation("hold_all = true\n", "");
    let place = folder.path();
    let journal = || fs::read_to_string(place.join("store/journal.jsonl")).unwrap_or_default();
    let log = || fs::read_to_string(place.join("log")).unwrap();
    let program = Running::start(place, &[]);
    wait_until("a mail waits in the outbox", place, || journal().contains("held"));
    deliver(place, "2");
    wait_until("the second is taken in", place, || journal().contains("2@nic-nl.example"));
    assert_eq!(sent(place), Vec::<String>::new());

    fs::write(place.join("tldops.toml"), "secretariat = []\n").unwrap();
    program.signal("HUP");
    wait_until("the mistake is told", place, || log().contains("the old one stays: tldops.toml"));
    fs::write(place.join("tldops.toml"), CONFIG.replace("\"store\"", "\"other\"")).unwrap();
    program.signal("HUP");
    wait_until("the other store is refused", place, || log().contains("`store` is another folder"));
    deliver(place, "3");
    wait_until("the third is taken in", place, || journal().contains("3@nic-nl.example"));
    assert_eq!(sent(place), Vec::<String>::new());

    configure(place, "redirect_all_to = \"rehearsal@list.example\"\n", "");
    program.signal("HUP");
    wait_until("the mails left", place, || !sent(place).is_empty());
    program.ends_well(folder.path());
    for mail in sent(place) {
        assert!(mail.starts_with("Original-Recipient: rfc822; a@list.example\r\n"), "{mail}");
    }
    let first = fs::read_dir(place.join("outgoing")).unwrap().map(|entry| entry.unwrap().path());
    for envelope in first.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        assert!(fs::read_to_string(envelope).unwrap().contains("[\"rehearsal@list.example\"]"));
    }
    let told = tldops(place, &["check"]).told();
    // The way out is tried all the same.
    let way_out = told.lines().find(|line| line.starts_with("post: ")).unwrap();
    assert!(way_out.starts_with("post: NOT GOOD: mails go to "), "{told}");
    assert!(way_out.contains("outgoing; but redirect_all_to sends every mail to rehearsal@"), "{told}");
}

#[test]
fn one_turn_of_a_rehearsal_says_that_it_is_one() {
    let folder = installation("hold_all = true\n", "");
    let ended = tldops(folder.path(), &["once"]);
    let (status, told) = (ended.status, ended.told());
    assert_eq!(status, 0, "{told}");
    assert!(told.contains("post.hold_all is set: no mail leaves"), "{told}");
    assert!(sent(folder.path()).is_empty());
}

#[test]
fn what_keeps_a_mail_from_leaving_is_told_in_the_log_in_plain_words() {
    let folder = installation("", "");
    // Port 1 has no server; nothing leaves this machine.
    let smtp = "kind = \"smtp\"\nhost = \"127.0.0.1\"\nport = 1\nsecurity = \"none\"\n";
    let text = CONFIG.replace("kind = \"folder\"\npath = \"outgoing\"\n", smtp);
    fs::write(folder.path().join("tldops.toml"), text).unwrap();
    let ended = tldops(folder.path(), &["once"]);
    let (status, told) = (ended.status, ended.told());
    assert_eq!(status, 0, "{told}");
    let words = "tried again: the submission server 127.0.0.1:1 cannot be reached: nothing listens there";
    assert!(told.lines().any(|line| line.contains("WARN") && line.contains(words)), "{told}");
    assert!(!told.contains("os error") && !told.contains("://"), "{told}");
    let told = tldops(folder.path(), &["check"]).told();
    assert!(
        told.contains("post: NOT GOOD: the submission server 127.0.0.1:1 cannot be reached: nothing"),
        "{told}"
    );
}

#[test]
fn our_mails_bear_a_signature_that_holds() {
    let key = "[[dkim]]\nselector = \"rehearsal\"\nkey_file = \"key.pem\"\n";
    let folder = installation("", key);
    let ended = tldops(folder.path(), &["check"]);
    let (code, told) = (ended.status, ended.told());
    assert!(code == 0 && told.contains("our signature: the DNS has the keys of rehearsal"), "{told}");
    tldops(folder.path(), &["once"]);
    let mails = sent(folder.path());
    assert!(!mails.is_empty());
    let zone = fs::read_to_string(folder.path().join("dns.zone")).unwrap();
    for mail in mails {
        // The whole of it holds, and only as long as nothing is added.
        let believed = |text: &str| {
            let now = SystemClock.now();
            let examination = Examination::new(text.as_bytes(), &[], now);
            let answers = ZoneFile::read(&zone).unwrap().answers(&examination.questions());
            examination.judge(&answers).verdict == Verdict::Authenticated
        };
        assert!(mail.starts_with("DKIM-Signature: v=1; a=rsa-sha256;"), "{mail}");
        assert!(believed(&mail), "{mail}");
        assert!(!believed(&mail.replacen("\r\nSubject:", "\r\nSubject: Other\r\nSubject:", 1)));
        assert!(!believed(&mail.replacen("person", "robot", 1)) || !mail.contains("person"));
    }
    fs::write(folder.path().join("dns.zone"), key_record("list.example", "forger").unwrap()).unwrap();
    let ended = tldops(folder.path(), &["check"]);
    let (code, told) = (ended.status, ended.told());
    assert!(
        code == 1 && told.contains("our signature: NOT GOOD: the key of rehearsal._domainkey.list.example"),
        "{told}"
    );
}
