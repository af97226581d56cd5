//! Mails that no person writes: each is laid aside or ignored, said in the journal, and stops nothing.

use tldops::rehearsal::stage::Stage;
use tldops::store::Line;

use crate::stories::{file, stories};

/// Delivers one mail and an honest one behind it, and gives the journal's lines.
fn journal_after(mail: &[u8]) -> Vec<Line> {
    let folder = tempfile::tempdir().unwrap();
    let story = stories().join("subscribe-confirmed");
    let scene = file(&story, "world.json").unwrap();
    let mut stage = Stage::set(folder.path(), &scene, &file(&story, "iana.json").unwrap()).unwrap();
    stage.deliver(mail, 1).unwrap();
    let honest = "From: Marieke Hoekstra <admin@nic-nl.example>\r\nTo: tld-ops-admin@ops.example\r\n\
        Subject: contact for .nl\r\nDate: Mon, 02 Nov 2026 09:00:00 +0000\r\nMessage-ID: <h@nic-nl.example>\r\n\
        MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
        please add one contact for .nl:\r\n\r\nName: Joost Terpstra\r\nEmail: joost@nic-nl.example\r\nPhone: +31 6 2247 9105\r\n";
    stage.deliver(honest.as_bytes(), 2).unwrap();
    stage.come_to_rest().unwrap();
    let journal = stage.store().journal().unwrap();
    assert!(journal.iter().any(|line| line.entry.event == "admin_asked"), "the honest mail was not served");
    let again = journal.len();
    stage.come_to_rest().unwrap();
    assert_eq!(stage.store().journal().unwrap().len(), again, "the mail is taken in again and again");
    journal
}

#[track_caller]
fn check(mail: &[u8], event: &str) {
    let journal = journal_after(mail);
    let events: Vec<&str> = journal.iter().map(|line| line.entry.event.as_str()).collect();
    assert!(events.contains(&event), "{event} is not among {events:?}");
}

#[test]
fn nothing_at_all_is_laid_aside() {
    check(b"", "laid_aside");
}

#[test]
fn fifty_megabytes_are_laid_aside() {
    let mut mail = b"From: a@b.example\r\nSubject: x\r\n\r\n".to_vec();
    mail.resize(50_000_000, b'x');
    check(&mail, "laid_aside");
}

#[test]
fn ten_thousand_fields_are_laid_aside() {
    let mut mail = b"From: a@b.example\r\n".to_vec();
    mail.extend(b"X-Field: value\r\n".repeat(10_000));
    mail.extend(b"\r\ntext\r\n");
    check(&mail, "laid_aside");
}

#[test]
fn mails_within_mails_without_end_are_laid_aside() {
    check(&b"Content-Type: message/rfc822\r\n\r\n".repeat(50_000), "laid_aside");
}

#[test]
fn octets_that_are_no_mail_cause_nothing() {
    for mail in [&b"\0\0\0\0"[..], &[0xff; 2000], b"\r\n\r\n", b"no header", &b"\r".repeat(1000)] {
        let journal = journal_after(mail);
        let about = |line: &&Line| line.entry.evidence.to_string().contains("\"mail_sent\"");
        assert_eq!(journal.iter().filter(about).count(), 0);
    }
}

#[test]
fn a_mail_full_of_nul_is_no_request() {
    let mail = b"From: admin@nic-nl.example\0\r\nTo: tld-ops-admin@ops.example\r\nSubject: contact for .nl\0\r\n\r\n\
        please add one contact for .nl:\r\n\r\nName: Mallory\0 Weld\r\nEmail: mallory@attacker.example\r\nPhone: +31 6 2247 9105\r\n";
    let journal = journal_after(mail);
    let asked = journal.iter().filter(|line| line.entry.event == "admin_asked").count();
    assert_eq!(asked, 1, "only the honest mail may be served");
}
