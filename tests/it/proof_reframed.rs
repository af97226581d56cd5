//! Honest mails whose unsigned fields or white space somebody changed, so that they are read in another way.

use crate::court::is_proven;
use crate::court::judge;
use crate::court::judge_by;
use crate::court::zone;
use crate::octets::with_crlf;
use crate::signer::ADMIN;
use crate::signer::Signer;

const GMAIL: &str = "to:subject:message-id:date:from:mime-version";
const MICROSOFT: &str = "From:Date:Subject:Message-ID:Content-Type:MIME-Version";
const QUOTED: &str = "Content-Transfer-Encoding: quoted-printable\r\n";

fn letter(more: &str, body: &str) -> Vec<u8> {
    let header = "From: XA Admin <admin@nic-xa.example>\r\nTo: bot@tldops.example\r\nSubject: contacts\r\n\
                  Date: Fri, 20 Nov 2026 18:05:31 +0000\r\nMessage-ID: <1@nic-xa.example>\r\nMIME-Version: 1.0\r\n";
    with_crlf(format!("{header}{more}\r\n{body}").as_bytes())
}

fn replaced(raw: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(raw.to_vec()).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to).into_bytes()
}

/// A mail that is proven as its writer sent it, and not once a piece of it is another.
#[track_caller]
fn check(covers: &'static str, mail: &[u8], from: &str, to: &str) {
    let signed = Signer { covers, ..ADMIN }.sign(mail);
    let proof = judge(&signed);
    assert!(is_proven(&proof), "refused as it was sent: {:?}", proof.reasons);
    let changed = replaced(&signed, from, to);
    assert!(!is_proven(&judge(&changed)), "proven:\n{}", String::from_utf8_lossy(&changed));
}

#[test]
fn hidden_html_does_not_come_to_light_by_another_encoding() {
    let html = "Content-Type: text/html; charset=utf-8\r\n";
    let quoted = "<html><body><p class=3D\"x\">We got the text below.</p>\r\n\
                  <div style=3D\"display:none\">subscribe</div></body></html>\r\n";
    for covers in [GMAIL, MICROSOFT] {
        check(covers, &letter(&format!("{html}{QUOTED}"), quoted), QUOTED, "");
        check(covers, &letter(&format!("{html}{QUOTED}"), quoted), "quoted-printable", "8bit");
        let plain = "<html><body><div\r\nstyle=\r\n\"display:none\">subscribe</div></body></html>\r\n";
        let eight = "Content-Transfer-Encoding: 8bit\r\n";
        check(covers, &letter(&format!("{html}{eight}"), plain), "8bit", "quoted-printable");
    }
}

#[test]
fn a_soft_break_shows_though_a_space_was_added_behind_it() {
    let text = "Content-Type: text/plain; charset=utf-8\r\n";
    let body = format!("{}=\r\n{}\r\n", "a ".repeat(37), "b");
    let mail = letter(&format!("{text}{QUOTED}"), &body);
    let signed = Signer { covers: GMAIL, ..ADMIN }.sign(&mail);
    assert!(is_proven(&judge(&signed)));
    let bare = replaced(&replaced(&signed, QUOTED, ""), "a =\r\nb", "a = \r\nb");
    assert!(!is_proven(&judge(&bare)));
}

#[test]
fn words_that_stood_apart_are_not_joined_by_an_unsigned_parameter() {
    let text = "Content-Type: text/plain; charset=utf-8\r\n";
    let mail = letter(text, "alice@nic.example\r\nM. Jones\r\n");
    check(GMAIL, &mail, "charset=utf-8", "charset=utf-8; format=flowed; delsp=yes");
}

#[test]
fn another_charset_takes_no_letters_in() {
    let text = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";
    for charset in ["gbk", "gb18030", "shift_jis", "big5", "windows-1252"] {
        check(GMAIL, &letter(text, "Zo\u{e9}alice@nic.example\r\n"), "utf-8", charset);
    }
}

#[test]
fn white_space_within_a_delimiter_parts_as_before() {
    let mail = letter(
        "Content-Type: multipart/mixed; boundary=\"=_a b\"\r\n",
        "--=_a b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--=_a b\r\n\
         Content-Type: application/octet-stream\r\n\r\nx\r\n--=_a b--\r\n",
    );
    let second = "hello\r\n--=_a b\r\n";
    check(MICROSOFT, &mail, second, "hello\r\n--=_a\tb\r\n");
}

#[test]
fn a_multipart_without_its_type_is_told_by_its_closing_line() {
    let kind = "Content-Type: multipart/mixed; boundary=b1\r\n";
    let body = "--b1\r\nX-Part: 1\r\n\r\nhello\r\n--b1\r\nX-Part: 2\r\n\r\nquoted words\r\n--b1--\r\n";
    check(GMAIL, &letter(kind, body), kind, "");
    check(GMAIL, &letter(kind, body), kind, "Content-Type: text/plain\r\n");
    // A line drawn twice, and the line before a forwarded mail, are none.
    for honest in ["--\r\nJane\r\n--\r\n", "-----Original Message-----\r\nFrom: x\r\n\r\nhello\r\n"] {
        assert!(is_proven(&judge(&Signer { covers: GMAIL, ..ADMIN }.sign(&letter("", honest)))), "{honest}");
    }
}

#[test]
fn an_enclosed_letter_does_not_become_the_text() {
    let kind = "Content-Type: message/rfc822\r\n";
    let body = "Received: from a\r\nFrom: x@forger.example\r\nMessage-ID: <2@x>\r\n\r\nsubscribe\r\n";
    let signed = Signer { covers: GMAIL, ..ADMIN }.sign(&letter(kind, body));
    for other in ["", "Content-Type: text/plain\r\n"] {
        assert!(!is_proven(&judge(&replaced(&signed, kind, other))), "{other}");
    }
}

#[test]
fn a_text_that_was_a_file_stays_one() {
    let kind = "Content-Type: text/plain; name=a.txt\r\n";
    let mail = letter(kind, "subscribe\r\n");
    assert!(!is_proven(&judge(&Signer { covers: MICROSOFT, ..ADMIN }.sign(&mail))));
    let covers = "From:Date:Subject:Content-Type:Content-Disposition";
    assert!(is_proven(&judge(&Signer { covers, ..ADMIN }.sign(&mail))));
}

#[test]
fn an_unsigned_cc_does_not_make_a_mail_ours() {
    let mail = replaced(&letter("", "hello\r\n"), "To: bot@tldops.example", "To: bob@elsewhere.example");
    let added = |covers| {
        let signed = Signer { covers, ..ADMIN }.sign(&mail);
        replaced(&signed, "To: bob", "Cc: bot@tldops.example\r\nTo: bob")
    };
    assert!(!is_proven(&judge(&added("from:to:subject:date"))));
    assert!(!is_proven(&judge(&added("from:to:cc:subject:date"))), "Cc was signed as absent");
    let copied = replaced(&mail, "To: bob", "Cc: bot@tldops.example\r\nTo: bob");
    let signed = Signer { covers: "from:to:cc:subject:date", ..ADMIN }.sign(&copied);
    assert!(is_proven(&judge(&signed)));
}

#[test]
fn a_registry_that_says_so_joins_nobody_below_it() {
    let zone = zone() + "_dmarc.com.xa. TXT \"v=DMARC1; p=none; psd=y\"\n";
    let from = |mail: &[u8]| replaced(mail, "admin@nic-xa.example", "admin@nic.com.xa");
    let mail = from(&letter("", "hello\r\n"));
    for (domain, key, want) in [("evil.com.xa", "forger", false), ("nic.com.xa", "rsa2048", true)] {
        let raw = Signer { domain, key, ..ADMIN }.sign(&mail);
        assert_eq!(is_proven(&judge_by(&raw, &zone)), want, "{domain}");
    }
}

#[test]
fn what_machines_and_old_software_write_does_not_stand_in_the_way() {
    let report = "X-Spam-Report: \r\n \r\n * score\r\n \r\n * more\r\n \r\n";
    let mail = Signer { covers: GMAIL, ..ADMIN }.sign(&letter("", "hello\r\n"));
    assert!(is_proven(&judge(&[report.as_bytes(), &mail].concat())));
    let other = "X-Other: \r\n \r\n more\r\n";
    assert!(!is_proven(&judge(&[other.as_bytes(), &mail].concat())));
    for date in [
        "Fri, 20 Nov 2026 8:05:31 +0000",
        "20 November 2026 18:05 GMT+0100",
        "Friday, November 20, 2026 18:05:31",
        "Fri, 20 Nov 2026 18:05:31.123 +0000",
    ] {
        let mail = replaced(&letter("", "hello\r\n"), "Fri, 20 Nov 2026 18:05:31 +0000", date);
        assert!(is_proven(&judge(&ADMIN.sign(&mail))), "{date}");
    }
    let joined = replaced(&letter("", "hello\r\n"), "XA Admin", "\u{646}\u{6cc}\u{200c}\u{6a9}");
    assert!(is_proven(&judge(&ADMIN.sign(&joined))));
}
