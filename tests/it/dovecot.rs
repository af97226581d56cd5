//! Our mailbox against a real IMAP server: what a second client sees, and what is never taken in twice or missed.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use tldops::shell::chance::SeededChance;
use tldops::shell::imap::{Folders, Imap};
use tldops::shell::server::Security;
use tldops::world::{Filing, Mailbox as _};

use crate::program::{Running, tldops};
use crate::servers::dovecot::{Dovecot, USER, skip};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

fn folders() -> Folders {
    Folders { done: "Requests/Done".into(), held: "Held".into(), ignored: "Ignored".into() }
}

fn mailbox(server: &Dovecot, security: Security, filed: Option<Folders>) -> Imap {
    Imap::open(server.settings(security, filed), &mut SeededChance::new(1)).unwrap()
}

fn mail(number: usize) -> String {
    format!(
        "From: Ann <ann@nic.example>\r\nTo: tldops@list.example\r\nSubject: mail {number}\r\n\
         Message-ID: <{number}@nic.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\n.Body {number}\r\n"
    )
}

fn mails(numbers: std::ops::RangeInclusive<usize>) -> Vec<String> {
    numbers.map(mail).collect()
}

#[test]
fn mails_are_listed_fetched_and_filed_by_keyword() {
    let Some(server) = Dovecot::start() else { return skip() };
    server.deliver(&mails(1..=3));
    for security in [Security::None, Security::StartTls, Security::Tls] {
        let mut mailbox = mailbox(&server, security, None);
        let found = mailbox.try_out().unwrap();
        assert_eq!((found.waiting, found.idle, found.moves, found.missing), (3, true, true, vec![]));
    }
    let mut mailbox = mailbox(&server, Security::Tls, None);
    let waiting = mailbox.waiting(100).unwrap();
    assert_eq!(waiting.len(), 3);
    for (waiting, number) in waiting.iter().zip(1..) {
        let octets = mailbox.fetch(&waiting.id, 1_000_000).unwrap().unwrap();
        assert_eq!(u64::try_from(octets.len()).unwrap(), waiting.octets);
        assert!(String::from_utf8(octets).unwrap().ends_with(&format!("\r\n.Body {number}\r\n")));
    }
    let mut other = server.client();
    assert_eq!(other.search("UNSEEN"), [1, 2, 3], "reading leaves no trace");
    // Somebody looked at it; a person must all the same.
    other.run("UID STORE 2 +FLAGS (\\Seen)");
    for (waiting, filing) in waiting.iter().zip([Filing::Done, Filing::Held, Filing::Ignored]) {
        mailbox.file(&waiting.id, filing).unwrap();
    }
    mailbox.settle().unwrap();
    assert_eq!(other.search("KEYWORD $TldopsDone SEEN"), [1]);
    assert_eq!(other.search("KEYWORD $TldopsHeld UNSEEN"), [2]);
    assert_eq!(other.search("KEYWORD $TldopsIgnored SEEN"), [3]);
    assert_eq!(mailbox.waiting(100).unwrap(), []);
}

#[test]
fn a_new_mail_wakes_at_once() {
    let Some(server) = Dovecot::start() else { return skip() };
    let mut mailbox = mailbox(&server, Security::Tls, None);
    let (woken, wakes) = channel();
    // Whoever does not wait any more need not be woken.
    mailbox.on_arrival(Arc::new(move || woken.send(()).unwrap_or_default()));
    wakes.recv_timeout(PATIENCE).unwrap();
    server.deliver(&mails(1..=1));
    wakes.recv_timeout(PATIENCE).unwrap();
    assert_eq!(mailbox.waiting(100).unwrap().len(), 1);
}

#[test]
fn filed_mails_are_moved_to_folders_that_are_made() {
    for capability in
        ["", "imap_capability = IMAP4rev1 IDLE UIDPLUS SASL-IR", "imap_capability = IMAP4rev1 IDLE"]
    {
        let Some(server) = Dovecot::start_with(capability) else { return skip() };
        server.deliver(&mails(1..=5));
        let mut mailbox = mailbox(&server, Security::None, Some(folders()));
        let found = mailbox.try_out().unwrap();
        assert_eq!((found.waiting, found.moves), (5, capability.is_empty()));
        assert_eq!(found.missing, ["Requests/Done", "Held", "Ignored"]);
        let waiting = mailbox.waiting(100).unwrap();
        for (waiting, filing) in
            waiting.iter().zip([Filing::Done, Filing::Held, Filing::Ignored, Filing::Done])
        {
            mailbox.file(&waiting.id, filing).unwrap();
        }
        mailbox.settle().unwrap();
        mailbox.settle().unwrap();
        let mut other = server.client();
        assert_eq!(other.count("Requests/Done"), 2, "{capability}");
        assert_eq!((other.count("Held"), other.count("Ignored")), (1, 1));
        assert_eq!(other.search("UNDELETED"), [5]);
        other.run("SELECT Requests/Done");
        assert_eq!(other.search("KEYWORD $TldopsDone"), [1, 2]);
        let waiting = mailbox.waiting(100).unwrap();
        assert_eq!(waiting.len(), 1);
        assert!(waiting[0].id.ends_with(".5"), "{waiting:?}");
    }
}

#[test]
fn a_thousand_mails_are_taken_in_while_others_work_in_the_same_folder() {
    let Some(server) = Dovecot::start() else { return skip() };
    server.deliver(&mails(1..=1000));
    let mut mailbox = mailbox(&server, Security::Tls, Some(folders()));
    let mut other = server.client();
    other.run("CREATE Trash");
    // What somebody marks as deleted does not wait.
    other.run("UID STORE 1000 +FLAGS (\\Deleted)");
    let waiting = mailbox.waiting(2000).unwrap();
    assert_eq!(waiting.len(), 999);
    let (mut fetched, mut gone) = (0, Vec::new());
    for (place, waiting) in waiting.iter().enumerate() {
        if place == 300 {
            // Some go away under our hands, among them some that are fetched already and not yet filed.
            other.run("UID MOVE 250:260,700 Trash");
            other.run("UID STORE 10 +FLAGS (\\Seen)");
        }
        if let Some(octets) = mailbox.fetch(&waiting.id, 1_000_000).unwrap() {
            assert!(String::from_utf8(octets).unwrap().contains(&format!("Subject: mail {}\r\n", place + 1)));
            mailbox.file(&waiting.id, Filing::Done).unwrap();
            fetched += 1;
        } else {
            gone.push(place + 1);
        }
    }
    assert_eq!((fetched, gone), (998, vec![700]));
    mailbox.settle().unwrap();
    assert_eq!(mailbox.waiting(2000).unwrap(), []);
    assert_eq!(other.count("Requests/Done"), 998 - 11);
    assert_eq!((other.count("Trash"), other.count("INBOX")), (12, 1));
}

#[test]
fn mails_are_listed_in_chunks_up_to_a_number() {
    let Some(server) = Dovecot::start() else { return skip() };
    server.deliver(&mails(1..=20));
    let mut mailbox = mailbox(&server, Security::None, None);
    let first = mailbox.waiting(5).unwrap();
    assert_eq!(first.len(), 5);
    for waiting in &first {
        mailbox.file(&waiting.id, Filing::Done).unwrap();
    }
    mailbox.settle().unwrap();
    let rest = mailbox.waiting(100).unwrap();
    assert_eq!(rest.len(), 15);
    assert!(rest.iter().all(|waiting| !first.contains(waiting)));
}

#[test]
fn a_server_that_goes_away_and_comes_back_is_found_again() {
    let Some(mut server) = Dovecot::start() else { return skip() };
    server.deliver(&mails(1..=1));
    let mut mailbox = mailbox(&server, Security::Tls, None);
    let (woken, wakes) = channel();
    mailbox.on_arrival(Arc::new(move || woken.send(()).unwrap_or_default()));
    wakes.recv_timeout(PATIENCE).unwrap();
    let before = mailbox.waiting(10).unwrap();
    server.stop();
    // What the master began ends a little after it.
    until(|| mailbox.fetch(&before[0].id, 1000).err());
    server.start_again();
    // The watch comes back by itself, and calls since mails may have come meanwhile.
    wakes.recv_timeout(PATIENCE).unwrap();
    assert_eq!(until(|| mailbox.waiting(10).ok()), before);
    assert!(mailbox.fetch(&before[0].id, 1000).unwrap().is_some());
}

/// What a condition gives as soon as it holds.
#[expect(clippy::disallowed_methods, reason = "what another program does is waited for until a deadline")]
#[track_caller]
fn until<T>(mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(Instant::now() < deadline, "it did not come to pass in time");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The program with this server as its mailbox.
fn installation(server: &Dovecot, mailbox: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "tldops.toml",
        &format!(
            "mailbox_address = \"tldops@list.example\"\nsecretariat = [\"secretary@list.example\"]\nstore = \"store\"\n\
             poll_seconds = 3600\n[log]\nlevel = \"trace\"\n[mailbox]\nkind = \"imap\"\nhost = \"127.0.0.1\"\nport = {}\n\
             ca_file = \"{}\"\nuser = \"{USER}\"\npassword_file = \"{}\"\n{mailbox}\n\
             [post]\nkind = \"folder\"\npath = \"sent\"\n[dns]\nkind = \"zone-file\"\npath = \"dns.zone\"\n\
             [iana]\nkind = \"snapshot\"\npath = \"iana.json\"\n",
            server.port(Security::Tls),
            server.ca_file().display(),
            server.password_file().display(),
        ),
    );
    write("dns.zone", "");
    write(
        "iana.json",
        "[{\"tld\":\"nl\",\"manager\":\"R\",\"admin\":{\"name\":null,\"organisation\":null,\"email\":\"admin@nic-nl.example\",\
         \"phone\":null},\"technical\":null,\"changed\":null,\"retrieved\":\"2026-11-01T00:00:00Z\"}]",
    );
    folder
}

/// From the admin contact, but not proven and without a ccTLD: a matter for the secretariat, which gets a mail.
fn request(number: usize) -> String {
    format!(
        "From: Admin <admin@nic-nl.example>\r\nTo: tldops@list.example\r\nSubject: contact {number}\r\n\
         Message-ID: <{number}@nic-nl.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\n\
         Please add one contact:\r\nName: Ann Bee\r\nE-mail: ann{number}@nic-nl.example\r\nPhone: +31 26 352 5500\r\n"
    )
}

/// What the program says; it never says who we are to the server.
#[track_caller]
fn says(folder: &Path, arguments: &[&str], status: i32) -> String {
    let ended = tldops(folder, arguments);
    let told = ended.told();
    assert_eq!(ended.status, status, "{told}");
    // The password by itself, and as PLAIN has it behind the user's name.
    for secret in ["open sesame", "b3BlbiBzZXNhbWU", "BvcGVuIHNlc2FtZQ", "AG9wZW4gc2VzYW1l"] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
    told
}

fn sent(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("sent")).unwrap().count()
}

#[test]
fn what_was_taken_in_is_known_however_it_comes_up_again() {
    let Some(server) = Dovecot::start() else { return skip() };
    let mut other = server.client();
    other.run("CREATE Requests");
    let folder = installation(
        &server,
        "folder = \"Requests\"\nmove_to_folders = true\ndone_folder = \"Requests/Done\"",
    );
    let folder = folder.path();
    server.deliver(&[request(1), request(2), mail(3)]);
    other.run("NOOP");
    other.run("UID MOVE 1:3 Requests");
    let told = says(folder, &["once"], 0);
    assert!(told.contains("3 mails taken in"), "{told}");
    let mails = sent(folder);
    assert!(mails > 0);
    assert_eq!((other.count("Requests"), other.count("Held"), other.count("Ignored")), (0, 2, 1));
    // A person moves one back; another comes twice; the folder gets another generation of UIDs; keywords are lost.
    other.run("SELECT Held");
    other.run("UID STORE 1:2 -FLAGS ($TldopsHeld)");
    other.run("UID MOVE 1 Requests");
    other.run("UID COPY 2 Requests");
    let told = says(folder, &["once"], 0);
    assert!(told.contains("2 mails taken in"), "{told}");
    assert_eq!((other.count("Requests"), other.count("Held")), (0, 3));
    server.make_anew("Requests");
    other.run("SELECT Held");
    other.run("UID MOVE 1:* Requests");
    let told = says(folder, &["once"], 0);
    assert!(told.contains("3 mails taken in"), "{told}");
    assert_eq!((other.count("Requests"), other.count("Held")), (0, 3));
    assert_eq!(sent(folder), mails, "nothing is said twice");
    let journal = says(folder, &["journal", "export"], 0);
    assert_eq!(journal.matches("The same mail came in before").count(), 5, "{journal}");
    let told = says(folder, &["once"], 0);
    assert!(told.contains("0 mails taken in"), "{told}");
}

#[test]
fn one_bad_mail_stops_no_other_and_a_person_finds_it() {
    let Some(server) = Dovecot::start() else { return skip() };
    let folder = installation(&server, "");
    let folder = folder.path();
    let large = mail(2) + &"A line of a letter that somebody scanned.\r\n".repeat(300_000);
    let part = "--b\r\n\r\nx\r\n";
    let many = mail(3).replacen("\r\n\r\n", "\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", 1)
        + &part.repeat(500);
    let binary = "From: \u{1}\u{fffd}\r\nSubject:\r\n\r\n\u{1}\r\n".to_owned();
    server.deliver(&[request(1), large, many, binary, request(5)]);
    let told = says(folder, &["once"], 0);
    assert!(told.contains("5 mails taken in"), "{told}");
    let mut other = server.client();
    assert_eq!(other.search("KEYWORD $TldopsHeld UNSEEN"), [1, 2, 3, 4, 5]);
    let unmarked = other.search("UNKEYWORD $TldopsHeld UNKEYWORD $TldopsIgnored UNKEYWORD $TldopsDone");
    assert!(unmarked.is_empty(), "{unmarked:?}");
    let journal = says(folder, &["journal", "export"], 0);
    assert!(journal.contains("laid aside for a person: it is larger than 10 MiB"), "{journal}");
}

#[test]
fn a_running_program_takes_a_mail_in_when_it_comes() {
    let Some(server) = Dovecot::start() else { return skip() };
    let folder = installation(&server, "");
    let program = Running::start(folder.path(), &[]);
    let mut other = server.client();
    for uid in 1..=2 {
        server.deliver(&[request(uid)]);
        // It looks by itself once an hour alone.
        until(|| (other.search("KEYWORD $TldopsHeld").len() == uid).then_some(()));
    }
    program.ends_well(folder.path());
}

#[test]
fn check_says_what_is_wrong_with_the_way_to_the_mailbox_and_how_to_mend_it() {
    let Some(server) = Dovecot::start() else { return skip() };
    server.deliver(&mails(1..=2));
    let good = installation(&server, "move_to_folders = true");
    let told = says(good.path(), &["check"], 0);
    let want = "mailbox: 2 mails wait in INBOX of 127.0.0.1:";
    assert!(
        told.contains(want) && told.contains("not there yet, and made when needed: Done, Held, Ignored"),
        "{told}"
    );
    let mut other = server.client();
    assert!(other.run("LIST \"\" *").iter().all(|line| !line.contains("Done")), "check makes nothing");
    let missing = installation(&server, "folder = \"Nowhere\"");
    let told = says(missing.path(), &["check"], 1);
    assert!(
        told.contains("mailbox: NOT GOOD: ") && told.contains("the folder Nowhere cannot be opened"),
        "{told}"
    );
    let spoil = |from: &str, to: &str| {
        let path = good.path().join("tldops.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace(from, to)).unwrap();
        let told = says(good.path(), &["check"], 1);
        std::fs::write(&path, text).unwrap();
        told
    };
    std::fs::write(good.path().join("wrong"), "not it").unwrap();
    let told = spoil(&server.password_file().display().to_string(), "wrong");
    assert!(told.contains("does not let tldops@list.example in") && told.contains("check user"), "{told}");
    let (tls, plain) = (server.port(Security::Tls).to_string(), server.port(Security::None).to_string());
    let told = spoil(&format!("port = {tls}"), &format!("port = {plain}"));
    assert!(told.contains("does not begin with TLS on that port"), "{told}");
    let told = spoil(&format!("port = {tls}"), "port = 1");
    assert!(
        told.contains("NOT GOOD: the IMAP server 127.0.0.1:1: ") && told.contains("nothing listens there"),
        "{told}"
    );
    let stranger = Dovecot::start().unwrap();
    let told = spoil(&server.ca_file().display().to_string(), &stranger.ca_file().display().to_string());
    assert!(told.contains("from an authority that is not trusted here"), "{told}");
}
