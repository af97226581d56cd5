//! Mails made to exhaust whoever reads them: none panics, none takes long, none is proven.

use std::fmt::Write;

use tldops::domain::evidence::Proof;

use crate::court::is_proven;
use crate::court::judge;
use crate::signer::ADMIN;
use crate::signer::Signer;

const HEADER: &str = "From: admin@nic-xa.example\r\nTo: bot@tldops.example\r\nSubject: x\r\n\
    Date: Fri, 20 Nov 2026 18:05:31 +0000\r\n";

fn letter(more: &str, body: &str) -> Vec<u8> {
    format!("{HEADER}{more}\r\n{body}").into_bytes()
}

#[track_caller]
fn check_refused(raw: &[u8]) -> Proof {
    let proof = judge(raw);
    assert!(!is_proven(&proof));
    proof
}

#[test]
fn fragments_do_not_panic() {
    for raw in [
        "",
        "\r\n",
        ":",
        "\0",
        "From",
        "From:",
        "From: \r\n\r\n",
        " ",
        "\r\n\r\n",
        "DKIM-Signature: v=1\r\n\r\n",
    ] {
        check_refused(raw.as_bytes());
    }
    let raw = ADMIN.sign(&letter("", "hello\r\n"));
    // Without the last line end it is the same mail (RFC 6376 §3.4.3).
    for end in 0..raw.len() - 2 {
        check_refused(&raw[..end]);
    }
}

#[test]
fn every_octet_turned_still_gives_an_answer() {
    let raw =
        ADMIN.sign(&letter("Content-Type: multipart/mixed; boundary=A\r\n", "--A\r\n\r\nhello\r\n--A--\r\n"));
    assert!(is_proven(&judge(&raw)));
    for at in 0..raw.len() {
        for octet in [0, b'\n', 0xff] {
            let mut turned = raw.clone();
            turned[at] = octet;
            judge(&turned);
        }
    }
}

#[test]
fn many_fields_signatures_and_names_are_bounded() {
    let mut fields = String::new();
    for number in 0..20_000 {
        writeln!(fields, "X-{number}: 1\r").unwrap();
    }
    check_refused(&letter(&fields, "hello\r\n"));
    let names = "x-a:".repeat(20_000);
    let signature = format!(
        "DKIM-Signature: v=1; a=rsa-sha256; d=nic-xa.example; s=2026; h={names}from; bh=YQ==; b=YQ==\r\n"
    );
    check_refused(&letter(&signature, "hello\r\n"));
    let mut raw = letter("", "hello\r\n");
    for number in 0..300 {
        let selector: &'static str = Box::leak(format!("s{number}").into_boxed_str());
        let sign = Signer { selector, ..ADMIN };
        raw = if number < 30 {
            sign.sign(&raw)
        } else {
            [&format!("DKIM-Signature: v=1; s=s{number}; d=nic-xa.example\r\n").into_bytes()[..], &raw]
                .concat()
        };
    }
    let proof = check_refused(&raw);
    assert!(proof.signatures.len() <= 20 && proof.dns.len() <= 12);
}

#[test]
fn many_addresses_and_deep_comments_are_bounded() {
    let many = "a@b.example, ".repeat(15_000);
    check_refused(format!("From: {many}admin@nic-xa.example\r\n\r\nhello\r\n").as_bytes());
    check_refused(format!("From: {}admin@nic-xa.example\r\n\r\n", "(".repeat(200_000)).as_bytes());
    check_refused(format!("From: {} <admin@nic-xa.example>\r\n\r\n", "\"\" ".repeat(60_000)).as_bytes());
    check_refused(format!("From: {} <admin@nic-xa.example>\r\n\r\n", "=?utf-8?q?".repeat(20_000)).as_bytes());
}

#[test]
fn a_large_text_is_judged() {
    let line = "subscribe xa \t and more words in a line that is as long as lines are\r\n";
    let raw = ADMIN.sign(&letter("", &line.repeat(9 * 1024 * 1024 / line.len())));
    assert!(is_proven(&judge(&raw)));
    check_refused(&letter("", &line.repeat(11 * 1024 * 1024 / line.len())));
    let blank = ADMIN.sign(&letter("", &" \r\n".repeat(300_000)));
    assert!(is_proven(&judge(&blank)));
}

#[test]
fn letters_within_letters_do_not_end_the_process() {
    // mail-parser 0.11.9 builds as many messages within messages, and dropping them overflows the stack.
    let deep = "Content-Type: message/rfc822\r\n\r\n".repeat(300_000);
    check_refused(&ADMIN.sign(&letter("MIME-Version: 1.0\r\n", "x\r\n"))[..10]);
    check_refused(format!("{HEADER}{deep}x\r\n").as_bytes());
    let mut digests = String::new();
    for number in 0..100_000 {
        write!(digests, "Content-Type: multipart/digest; boundary=A{number}\r\n\r\n--A{number}\r\n\r\n")
            .unwrap();
    }
    check_refused(format!("{HEADER}{digests}x\r\n").as_bytes());
    let parts = "--A\r\n\r\n".repeat(1_000_000);
    check_refused(&letter("Content-Type: multipart/mixed; boundary=A\r\n", &parts));
    let mut parameters = String::new();
    for number in 0..400_000 {
        write!(parameters, ";a{number}*1=x").unwrap();
    }
    let part = format!("--A\r\nContent-Type: text/plain{parameters}\r\n\r\nx\r\n--A--\r\n");
    check_refused(&letter("Content-Type: multipart/mixed; boundary=A\r\n", &part));
}
