//! Our mailbox against a real IMAP server: what a second client sees, and what is never taken in twice or missed.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use tldops::shell::chance::SeededChance;
use tldops::shell::imap::{Folders, Imap};
use tldops::shell::server::Security;
use tldops::world::{Filing, Mailbox as _};

use crate::servers::dovecot::{Dovecot, skip};

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
    let patience = Duration::from_secs(20);
    wakes.recv_timeout(patience).unwrap();
    server.deliver(&mails(1..=1));
    wakes.recv_timeout(patience).unwrap();
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
