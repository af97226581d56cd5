//! A signature is known again by its value, whatever was changed of what it does not cover.

use tldops::domain::digest::Digest;
use tldops::domain::evidence::Proof;

use crate::court::is_proven;
use crate::court::judge;
use crate::signer::ADMIN;
use crate::signer::Signer;

const MAIL: &[u8] = b"From: XA Admin <admin@nic-xa.example>\nTo: bot@tldops.example\nSubject: subscribe xa\n\
    Date: Fri, 20 Nov 2026 18:05:31 +0000\nMessage-ID: <1@nic-xa.example>\n\nsubscribe xa\n";

/// Covers what must be covered, and no more.
fn few() -> Signer {
    Signer { covers: "from:subject", ..ADMIN }
}

/// The values of the signatures that hold.
fn values(proof: &Proof) -> Vec<Digest> {
    proof.signatures.iter().filter_map(|signature| signature.value).collect()
}

fn replace(raw: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(raw.to_vec()).unwrap();
    assert!(text.contains(from), "{from}");
    text.replace(from, to).into_bytes()
}

#[test]
fn a_copy_with_other_unsigned_fields_has_the_same_signature() {
    let raw = few().sign(MAIL);
    let first = values(&judge(&raw));
    assert_eq!(first.len(), 1);
    for (from, to) in [
        ("<1@nic-xa.example>", "<2@forger.example>"),
        ("Message-ID: <1@nic-xa.example>\r\n", ""),
        ("Date: Fri, 20", "Date: Thu, 19"),
        ("To: bot@tldops.example", "To: x@forger.example\r\nCc: bot@tldops.example"),
        ("To: bot", "Received: from forger.example\r\nReply-To: x@forger.example\r\nTo: bot"),
        // The signature itself may be folded anew on the way.
        (
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed",
            "DKIM-Signature: v=1;\r\n a=rsa-sha256; c=relaxed/relaxed",
        ),
    ] {
        let copy = judge(&replace(&raw, from, to));
        assert!(is_proven(&copy), "{to}: {:?}", copy.reasons);
        assert_eq!(values(&copy), first, "{to}");
    }
}

#[test]
fn one_of_two_signatures_is_enough_to_know_a_copy() {
    let inner = few().sign(MAIL);
    let both = values(&judge(&Signer { covers: "from:subject:date", ..ADMIN }.sign(&inner)));
    let alone = values(&judge(&inner));
    assert_eq!((both.len(), alone.len()), (2, 1));
    assert!(both.contains(&alone[0]));
}

#[test]
fn a_signature_that_does_not_hold_is_nobodys() {
    let raw = few().sign(MAIL);
    assert_eq!(values(&judge(&replace(&raw, "subscribe xa\r\n", "subscribe xb\r\n"))), []);
    let forged = Signer { key: "forger", ..few() };
    assert_eq!(values(&judge(&forged.sign(MAIL))), []);
    let stranger = Signer { domain: "stranger.example", ..few() };
    assert_eq!(values(&judge(&stranger.sign(MAIL))), []);
    assert_eq!(values(&judge(MAIL)), []);
}

#[test]
fn another_mail_has_another_signature() {
    let first = values(&judge(&few().sign(MAIL)));
    let other = values(&judge(&few().sign(&replace(MAIL, "\n\nsubscribe", "\n\nplease, subscribe"))));
    let dated = Signer { tags: "t=1795198531; ".to_owned(), ..few() };
    assert!(other.iter().chain(&values(&judge(&dated.sign(MAIL)))).all(|value| !first.contains(value)));
}
