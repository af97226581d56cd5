//! Letters as a quote, which never act, in other octets, which mean the same, and cut off, which invent nothing.

use std::fs;
use std::path::Path;

use encoding_rs::Encoding;
use tldops::domain::request::{Kind, Reading};

use crate::reading_judge::{mails, understand_octets};
use crate::reading_properties::{base64, quoted_printable};

/// Each of so many letters is tried: all of them would take minutes without optimization.
const STEP: usize = 3;
/// Charsets that mails are written in, the narrow ones first.
const CHARSETS: [&str; 13] = [
    "windows-1252",
    "iso-8859-2",
    "windows-1251",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "euc-kr",
    "shift_jis",
    "gb18030",
    "big5",
    "windows-874",
];
const HEAD: &str = "From: Anna Example <anna@reg.example>\r\nTo: TLD-OPS-Admin@tldops.example\r\nSubject: Contacts\r\n\
                    MIME-Version: 1.0\r\n";

/// What the writers of the letters wrote themselves, where it asks for something.
fn requests() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/letters");
    let mut texts = Vec::new();
    for file in mails(&folder).into_iter().step_by(STEP) {
        let Some(reading) = understand_octets(&fs::read(&file).unwrap()) else { continue };
        if reading.kind == Kind::Request && !reading.own_text.trim().is_empty() {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            texts.push((name, reading.own_text));
        }
    }
    assert!(texts.len() > 80, "the letters are there");
    texts
}

fn mail(kind: &str, encoding: &str, body: &str) -> String {
    let body = body.replace("\r\n", "\n").replace('\n', "\r\n");
    format!("{HEAD}Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n")
}

fn plain(body: &str) -> String {
    mail("text/plain; charset=utf-8", "8bit", body)
}

fn html(body: &str) -> String {
    mail("text/html; charset=utf-8", "8bit", body)
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace("  ", "&nbsp; ");
    let divs = text.lines().map(|line| if line.is_empty() { "<br>" } else { line });
    divs.flat_map(|line| ["<div>", line, "</div>\n"]).collect()
}

/// A text as it stands quoted beneath thanks, in the ways of many mail programs and languages.
fn quotes(text: &str) -> Vec<String> {
    let marked = |sign: &str| text.lines().flat_map(|line| [sign, line, "\n"]).collect::<String>();
    let div = escaped(text);
    vec![
        plain(&format!(
            "Thank you!\n\nOn Mon, Feb 2, 2026 at 9:00 AM Jo Lee <j@x.example> wrote:\n\n{}",
            marked("> ")
        )),
        plain(&format!("Danke!\n\nAm 02.02.2026 um 09:00 schrieb Jo Lee:\n{}", marked("> > "))),
        plain(&format!(
            "Merci !\n\nLe lun. 2 févr. 2026 à 09:00, Jo Lee <j@x.example> a écrit :\n\n{}",
            marked(">")
        )),
        plain(&format!(
            "Gracias\n\nEl lun, 2 feb 2026 a las 9:00, Jo Lee (<j@x.example>) escribió:\n\n{}",
            marked("> ")
        )),
        plain(&format!("Спасибо!\n\n02.02.2026 9:00, Jo Lee пишет:\n{}", marked("> "))),
        plain(&format!(
            "Thanks\n\nFrom: Jo Lee <j@x.example>\nSent: Monday, February 2, 2026 9:00 AM\nTo: Anna\nSubject: x\n\n{text}"
        )),
        plain(&format!(
            "Danke\n\n-----Ursprüngliche Nachricht-----\nVon: Jo Lee\nGesendet: Montag, 2. Februar 2026 09:00\nAn: Anna\nBetreff: x\n\n{text}"
        )),
        plain(&format!(
            "谢谢！\n\n------------------ 原始邮件 ------------------\n发件人: \"Jo\"<j@x.example>;\n发送时间: 2026年2月2日\n收件人: \"Anna\"\n主题: x\n\n{text}"
        )),
        plain(&format!(
            "ありがとうございます。\n\n2026年2月2日(月) 9:00 Jo Lee <j@x.example>:\n\n{}",
            marked("> ")
        )),
        plain(&format!(
            "Grazie\n\nIl giorno lun 2 feb 2026 alle ore 09:00 Jo Lee <j@x.example> ha scritto:\n{}",
            marked("> ")
        )),
        html(&format!(
            "<div>Thanks</div><div class=\"gmail_quote\">On Mon wrote:<blockquote class=\"gmail_quote\">{div}</blockquote></div>"
        )),
        html(&format!("<div>Thanks</div><blockquote type=\"cite\">{div}</blockquote>")),
        html(&format!(
            "<div>Thanks</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\"><b>From:</b> J<br><b>Sent:</b> Monday<br><b>To:</b> A<br><b>Subject:</b> x</div>{div}"
        )),
        html(&format!(
            "<div>Thanks</div><div class=\"moz-cite-prefix\">Am 02.02.2026 um 09:00 schrieb Jo:</div><blockquote cite=\"mid:x\">{div}</blockquote>"
        )),
    ]
}

/// A text with soft line breaks behind its words (RFC 3676 §4.1), as a mail program sets them that does not know how wide its
/// reader's window is.
fn flowed(text: &str) -> String {
    const COLUMNS: usize = 40;
    let mut out = String::new();
    for line in text.lines() {
        let mut column = 0;
        // The space that stuffing adds to a line, where it could be taken for a mark.
        out.push_str(if line.starts_with([' ', '>']) || line.starts_with("From ") { " " } else { "" });
        for word in line.trim_end().split_inclusive(' ') {
            let breaks = column > COLUMNS && out.ends_with(' ') && !word.starts_with(['>', ' ', '-']);
            if breaks {
                out.push_str("\r\n");
                column = 0;
            }
            out.push_str(word);
            column += word.chars().count();
        }
        out.push_str("\r\n");
    }
    out
}

/// The same text in other octets.
fn written_otherwise(text: &str) -> Vec<Vec<u8>> {
    let crlf = text.replace('\n', "\r\n");
    let mut mails = vec![
        mail("text/plain; charset=utf-8; format=flowed", "8bit", &flowed(text)).into_bytes(),
        mail("text/plain; charset=utf-8", "base64", &base64(&crlf)).into_bytes(),
        mail("text/plain; charset=\"UTF-8\"", "quoted-printable", &quoted_printable(&crlf)).into_bytes(),
        html(&format!("<html><body>{}</body></html>", escaped(text))).into_bytes(),
        format!(
            "{HEAD}Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{crlf}\r\n--b\r\n\
             Content-Type: text/html; charset=utf-8\r\n\r\n{}\r\n--b--\r\n",
            escaped(text).replace('\n', "\r\n")
        )
        .into_bytes(),
    ];
    let charset = CHARSETS.iter().find_map(|name| {
        let encoding = Encoding::for_label(name.as_bytes())?;
        let (octets, _, lost) = encoding.encode(&crlf);
        let same = !lost && encoding.decode_without_bom_handling(&octets).0 == crlf.as_str();
        same.then(|| (name, octets.into_owned()))
    });
    if let Some((name, octets)) = charset {
        let mut mail = format!(
            "{HEAD}Content-Type: text/plain; charset={name}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        )
        .into_bytes();
        mail.extend(octets);
        mails.push(mail);
    }
    mails
}

/// The details that a reading would act on, and that its mail does not hold.
fn invented(reading: &Reading, mail: &str) -> Vec<String> {
    const DIGITS: usize = 6;
    let letters = |text: &str| {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (said, numbers) = (letters(mail), digits(mail));
    let mut unsaid = Vec::new();
    for contact in reading.requests.iter().flat_map(|request| &request.contacts) {
        let names = contact.name.iter().flat_map(|name| name.split_whitespace()).map(str::to_owned);
        let addresses = contact.email.iter().chain(&contact.secondary_email).map(ToString::to_string);
        unsaid.extend(names.chain(addresses).filter(|text| !said.contains(&letters(text))));
        let phone = contact.phone.iter().map(ToString::to_string);
        let end = |phone: &String| {
            digits(phone).chars().rev().take(DIGITS).collect::<Vec<_>>().into_iter().rev().collect::<String>()
        };
        unsaid.extend(phone.filter(|phone| !numbers.contains(&end(phone))));
    }
    unsaid
}

fn meaning(reading: &Reading) -> String {
    format!("{:?} {:?} {:?}", reading.kind, reading.requests, reading.missing)
}

#[test]
fn no_letter_acts_as_a_quote() {
    let mut acts = Vec::new();
    for (place, (name, text)) in requests().iter().enumerate() {
        let quotes = quotes(text);
        // Two ways for each letter: all ways meet all kinds of letters.
        for way in [place % quotes.len(), (place * 5 + 3) % quotes.len()] {
            let reading = understand_octets(quotes[way].as_bytes()).unwrap();
            if reading.kind == Kind::Request || !reading.requests.is_empty() {
                acts.push(format!("{name}, way {way}: {}", meaning(&reading)));
            }
        }
    }
    assert!(acts.is_empty(), "{}", acts.join("\n"));
}

#[test]
fn other_octets_mean_the_same() {
    let mut differ = Vec::new();
    for (place, (name, text)) in requests().iter().enumerate() {
        let want = meaning(&understand_octets(plain(text).as_bytes()).unwrap());
        let mails = written_otherwise(text);
        let way = place % mails.len();
        let have = meaning(&understand_octets(&mails[way]).unwrap());
        if have != want {
            differ.push(format!("{name}, way {way}:\n  {want}\n  {have}"));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn a_cut_letter_invents_nothing() {
    // Cuts of each letter, at other places in each: more would take minutes.
    const CUTS: usize = 2;
    let mut invents = Vec::new();
    for (place, (name, text)) in requests().iter().enumerate() {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        for cut in 0..CUTS {
            let number = (place * 37 + cut * ends.len() / CUTS) % ends.len();
            let Some(cut) = ends.get(number).and_then(|end| text.get(..*end)) else { continue };
            let reading = understand_octets(plain(cut).as_bytes()).unwrap();
            let details = invented(&reading, &format!("{cut} anna@reg.example Anna Example"));
            if !details.is_empty() {
                invents.push(format!("{name}, {number}: {details:?}"));
            }
        }
    }
    assert!(invents.is_empty(), "{}", invents.join("\n"));
}
