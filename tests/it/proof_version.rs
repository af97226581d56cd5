//! Defects of the pinned mail crates that no other test meets: each of these mails would be proven by mail-auth alone.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;

use crate::court::is_proven;
use crate::court::judge;
use crate::court::judge_by;
use crate::signer::ADMIN;
use crate::signer::Signer;
use crate::signer::public_key;

const MAIL: &[u8] = b"From: XA Admin <admin@nic-xa.example>\nTo: bot@tldops.example\nSubject: subscribe xa\n\
    Date: Fri, 20 Nov 2026 18:05:31 +0000\n\nsubscribe xa\n";

/// What stands before an Ed25519 key in the envelope of other keys (RFC 8410 §4).
const ENVELOPE: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

#[test]
fn an_edwards_key_in_an_envelope_is_damaged() {
    let bare = STANDARD.decode(public_key("ed25519")).unwrap();
    let record = format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode([&ENVELOPE[..], &bare].concat()));
    assert!(DomainKey::parse(record.as_bytes()).is_ok(), "mail-auth refuses it by itself: strike this test");
    let zone = format!("2026._domainkey.nic-xa.example. TXT \"{record}\"\n");
    let proof = judge_by(&Signer { key: "ed25519", ..ADMIN }.sign(MAIL), &zone);
    assert!(!is_proven(&proof) && proof.reasons.concat().contains("damaged"), "{:?}", proof.reasons);
}

#[test]
fn a_cr_that_stands_alone_is_refused_wherever_it_stands() {
    let raw = ADMIN.sign(MAIL);
    assert!(is_proven(&judge(&raw)));
    for (from, to) in [
        ("\r\n\r\nsubscribe xa", "\r\n\r\nsubs\rcribe xa"),
        ("\r\n\r\nsubscribe xa\r\n", "\r\n\r\nsubscribe xa\r\r\n"),
        ("Subject: subscribe", "Subject:\r subscribe"),
        ("From: XA", "From\r: XA"),
    ] {
        let text = String::from_utf8(raw.clone()).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from}");
        assert!(!is_proven(&judge(text.replace(from, to).as_bytes())), "{to:?}");
    }
}
