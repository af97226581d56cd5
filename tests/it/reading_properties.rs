//! What holds for every mail: no panic, no request out of a quote, no meaning that hangs on an encoding or a cut.

use proptest::prelude::{ProptestConfig, any, prop, proptest};
use proptest::strategy::{Just, Strategy};
use proptest::{prop_assert, prop_assert_eq, prop_oneof};
use tldops::domain::request::{Kind, Reading};

use crate::reading_answers::answer;
use crate::reading_judge::understand_octets;

/// Cases of each property: a few seconds on a slow machine.
const CASES: u32 = 48;

const HEAD: &str = "From: Anna Example <anna@reg.example>\r\nTo: TLD-OPS-Admin@tldops.example\r\nSubject: Contacts\r\n\
                    MIME-Version: 1.0\r\n";
const REQUEST: &str = "Please subscribe for .nl:\r\n\r\nName: Joost Terpstra\r\nE-mail: joost@tulpnic.example\r\n\
                       Phone: +31 6 2247 9105\r\nRole: primary\r\n";

/// The details that a reading would act on.
fn details(reading: &Reading) -> Vec<String> {
    let contacts = reading.requests.iter().flat_map(|request| &request.contacts);
    contacts
        .flat_map(|contact| {
            [
                contact.name.clone(),
                contact.email.as_ref().map(ToString::to_string),
                contact.secondary_email.as_ref().map(ToString::to_string),
                contact.phone.as_ref().map(ToString::to_string),
            ]
        })
        .flatten()
        .collect()
}

fn plain(body: &str) -> String {
    format!("{HEAD}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}")
}

/// Ways in which mail programs quote.
fn quoted() -> impl Strategy<Value = String> {
    let marked = format!("> {}", REQUEST.trim_end().replace("\r\n", "\r\n> "));
    let html = REQUEST.replace("\r\n", "<br>");
    prop_oneof![
        Just(plain(&format!(
            "Thank you!\r\n\r\nOn Mon, Feb 2, 2026 at 9:00 AM Joost <j@x.example> wrote:\r\n{marked}"
        ))),
        Just(plain(&format!("Danke!\r\n\r\nAm 02.02.26 um 09:00 schrieb Joost:\r\n{marked}"))),
        Just(plain(&format!(
            "Merci !\r\n\r\nLe lun. 2 févr. 2026 à 09:00, Joost <j@x.example> a écrit :\r\n\r\n{marked}"
        ))),
        Just(plain(&format!(
            "谢谢！\r\n\r\n------------------ 原始邮件 ------------------\r\n发件人: \"Joost\"<j@x.example>;\r\n发送时间: 2026年2月2日\r\n收件人: \"Anna\"\r\n主题: x\r\n\r\n{REQUEST}"
        ))),
        Just(plain(&format!(
            "Thanks\r\n\r\nFrom: Joost <j@x.example>\r\nSent: Monday, February 2, 2026 9:00 AM\r\nTo: Anna\r\nSubject: x\r\n\r\n{REQUEST}"
        ))),
        Just(plain(&format!(
            "Gracias\r\n\r\n-----Mensaje original-----\r\nDe: Joost\r\nEnviado el: lunes\r\nPara: Anna\r\nAsunto: x\r\n\r\n{REQUEST}"
        ))),
        Just(format!(
            "{HEAD}Content-Type: text/html\r\n\r\n<div>Thanks</div><div class=\"gmail_quote\">On Mon wrote:<blockquote class=\"gmail_quote\">{html}</blockquote></div>"
        )),
        Just(format!(
            "{HEAD}Content-Type: text/html\r\n\r\n<div>Thanks</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\"><b>From:</b> J<br><b>Sent:</b> Monday<br><b>To:</b> A<br><b>Subject:</b> x</div><div>{html}</div>"
        )),
    ]
}

pub(crate) fn base64(text: &str) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in text.as_bytes().chunks(3) {
        let bits =
            group.iter().fold(0_u32, |bits, octet| bits << 8 | u32::from(*octet)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= group.len() { char::from(sign) } else { '=' });
        }
        if out.len() % 78 == 76 {
            out.push_str("\r\n");
        }
    }
    out
}

pub(crate) fn quoted_printable(text: &str) -> String {
    let mut out = String::new();
    for line in text.split("\r\n") {
        let mut length = 0;
        for octet in line.bytes() {
            if length > 70 {
                out.push_str("=\r\n");
                length = 0;
            }
            if octet.is_ascii_alphanumeric() {
                out.push(char::from(octet));
                length += 1;
            } else {
                out.push('=');
                out.push(char::from_digit(u32::from(octet >> 4), 16).unwrap().to_ascii_uppercase());
                out.push(char::from_digit(u32::from(octet & 15), 16).unwrap().to_ascii_uppercase());
                length += 3;
            }
        }
        out.push_str("\r\n");
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_octets_make_it_panic(octets in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = understand_octets(&octets);
        let mut mail = HEAD.as_bytes().to_vec();
        mail.extend_from_slice(b"\r\n");
        mail.extend_from_slice(&octets);
        let _ = understand_octets(&mail);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,400}", html in "[<>a-z/=\"' ]{0,400}") {
        let _ = understand_octets(plain(&text).as_bytes());
        let _ = understand_octets(format!("{HEAD}Content-Type: text/html\r\n\r\n{html}{text}").as_bytes());
        let _ = understand_octets(answer(&text).as_bytes());
    }

    #[test]
    fn a_flipped_octet_never_panics(place in 0_usize..600, octet in any::<u8>()) {
        let mut mail = plain(REQUEST).into_bytes();
        let place = place % mail.len();
        mail[place] = octet;
        let _ = understand_octets(&mail);
    }

    #[test]
    fn a_quote_is_no_request(mail in quoted()) {
        let reading = understand_octets(mail.as_bytes()).unwrap();
        prop_assert!(reading.kind != Kind::Request, "{mail}");
        prop_assert!(reading.requests.is_empty());
    }

    #[test]
    fn a_cut_invents_nothing(end in 0_usize..400) {
        let whole = plain(REQUEST);
        let end = whole.len() - end % REQUEST.len();
        let full = details(&understand_octets(whole.as_bytes()).unwrap());
        if let Some(cut) = understand_octets(&whole.as_bytes()[..end]) {
            for detail in details(&cut) {
                // A name or an address that was cut is shorter; nothing may stand there that the whole does not say.
                prop_assert!(full.iter().any(|known| known.contains(&detail)), "{detail}");
            }
        }
    }

    #[test]
    fn unknown_words_are_no_agreement(words in "[bcdfghjklmnpqrtvwxz]{4,9}( [bcdfghjklmnpqrtvwxz]{4,9}){0,6}") {
        let reading = understand_octets(answer(&words).as_bytes()).unwrap();
        prop_assert_eq!(reading.kind, Kind::ReplyUnclear);
    }
}

#[test]
fn an_encoding_does_not_change_the_meaning() {
    let body = "Veuillez inscrire Zoé Martin (zoe@afnic.example, +33 1 39 30 83 08) comme contact principal pour le .fr.\r\n";
    let want = understand_octets(plain(body).as_bytes()).unwrap();
    assert_eq!(want.kind, Kind::Request);
    let encoded = [
        format!(
            "{HEAD}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
            base64(body)
        ),
        format!(
            "{HEAD}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}",
            quoted_printable(body)
        ),
    ];
    for mail in encoded {
        assert_eq!(understand_octets(mail.as_bytes()).unwrap().requests, want.requests);
    }
    let mut latin = format!(
        "{HEAD}Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    .into_bytes();
    latin.extend(body.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()));
    assert_eq!(understand_octets(&latin).unwrap().requests, want.requests);
}

#[test]
fn large_and_deep_mails_are_read_in_time() {
    let line = "Please add Joost Terpstra (joost@tulpnic.example, +31 6 2247 9105) for .nl. ";
    let mails = [
        plain(&line.repeat(3000)),
        plain(&"> ".repeat(100_000)),
        plain(&"Name: ".repeat(40_000)),
        plain(&"@".repeat(100_000)),
        plain(&"1 ".repeat(100_000)),
        format!("{HEAD}Content-Type: text/html\r\n\r\n{}", "<div><b>".repeat(30_000)),
        format!("{HEAD}Content-Type: text/html\r\n\r\n{}", "<table><tr><td>a<td>b".repeat(5_000)),
    ];
    for mail in mails {
        let _ = understand_octets(mail.as_bytes());
    }
    let near_the_limit = plain(&line.repeat(250));
    assert!(understand_octets(near_the_limit.as_bytes()).is_some());
}
