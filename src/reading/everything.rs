//! Everything that stands in a mail, each of its encodings undone: for whoever must know whether somebody is named in it.

use mail_parser::decoders::html::html_to_text;
use mail_parser::parsers::MessageStream;
use mail_parser::{Address, HeaderValue, Message, MessageParser, PartType};

use crate::reading::decoding::text_of;

/// Mails within mails that are looked into: more is nobody's mail, and each costs a call.
const DEPTH_MAX: usize = 16;

/// The texts of a mail: its octets as they are; then each header (RFC 2047 words and RFC 2231 values decoded) and each part
/// (base64, quoted-printable, whatever charset), those of mails within it as well. Of HTML both the source and what is
/// seen of it.
pub fn texts(octets: &[u8]) -> Vec<String> {
    let mut texts = vec![String::from_utf8_lossy(octets).into_owned()];
    if let Some(message) = MessageParser::default().parse(octets) {
        of_message(&message, 0, &mut texts);
    }
    texts
}

fn of_message(message: &Message<'_>, depth: usize, texts: &mut Vec<String>) {
    for part in &message.parts {
        for header in &part.headers {
            of_header(&header.value, texts);
        }
        match &part.body {
            PartType::Text(text) => texts.push(text_of(message, part, text).into_owned()),
            PartType::Html(html) => {
                let html = text_of(message, part, html);
                texts.push(html_to_text(&html));
                texts.push(html.into_owned());
            }
            PartType::Binary(octets) | PartType::InlineBinary(octets) => {
                texts.push(String::from_utf8_lossy(octets).into_owned());
            }
            PartType::Message(inner) if depth < DEPTH_MAX => of_message(inner, depth + 1, texts),
            PartType::Message(inner) => {
                texts.push(String::from_utf8_lossy(&inner.raw_message).into_owned());
            }
            PartType::Multipart(_) => {}
        }
    }
}

fn of_header(value: &HeaderValue<'_>, texts: &mut Vec<String>) {
    match value {
        HeaderValue::Text(text) => texts.push(decoded(text)),
        HeaderValue::TextList(all) => texts.extend(all.iter().map(|text| decoded(text))),
        HeaderValue::Address(addresses) => of_addresses(addresses, texts),
        HeaderValue::ContentType(content) => {
            let values = content.attributes.iter().flatten().map(|attribute| decoded(&attribute.value));
            texts.extend(values);
        }
        // Those of machines, which have no words.
        HeaderValue::DateTime(_) | HeaderValue::Received(_) | HeaderValue::Empty => {}
    }
}

fn of_addresses(addresses: &Address<'_>, texts: &mut Vec<String>) {
    for one in addresses.iter() {
        texts.extend(one.name.iter().chain(&one.address).map(|text| decoded(text)));
    }
}

/// A field that the parser does not know is left as it stands, and a name may be encoded within quotes.
fn decoded(text: &str) -> String {
    let line = format!("{text}\n");
    let mut stream = MessageStream::new(line.as_bytes());
    let HeaderValue::Text(read) = stream.parse_unstructured() else { return text.to_owned() };
    read.into_owned()
}

#[cfg(test)]
mod tests {
    use super::texts;

    const NAME: &str = "Zoé Müller";

    /// A mail with these fields and this body.
    fn mail(fields: &str, body: &str) -> String {
        format!("From: a@nic.example\r\nMIME-Version: 1.0\r\n{fields}\r\n\r\n{body}\r\n")
    }

    #[track_caller]
    fn has_name(fields: &str, body: &str) {
        let mail = mail(fields, body);
        let found = texts(mail.as_bytes());
        assert!(found.iter().any(|text| text.contains(NAME)), "{mail}\n{found:#?}");
    }

    #[test]
    fn a_name_is_found_in_each_encoding_of_a_part() {
        let base64 = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64";
        has_name(base64, "Wm/DqSBNw7xsbGVy");
        let quoted = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable";
        has_name(quoted, "Zo=C3=A9 M=\r\n=C3=BCller");
        has_name(&quoted.replace("utf-8", "iso-8859-1"), "Zo=E9 M=FCller");
        let html = quoted.replace("plain", "html");
        has_name(&html, "<p>Zo&eacute; <b>M&uuml;</b>ller</p>");
        let within = "Content-Type: multipart/mixed; boundary=b";
        let inner = mail(
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64",
            "Wm/DqSBNw7xsbGVy",
        );
        has_name(within, &format!("--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b--"));
        let card = "--b\r\nContent-Type: text/vcard\r\nContent-Transfer-Encoding: base64\r\n\r\nRk46Wm/DqSBNw7xsbGVy\r\n--b--";
        has_name(within, card);
    }

    #[test]
    fn a_name_is_found_in_each_encoding_of_a_header() {
        for field in [
            "Subject: =?utf-8?B?Wm/DqSBNw7xsbGVy?=",
            "Subject: =?utf-8?Q?Zo=C3=A9_?=\r\n =?utf-8?Q?M=C3=BCller?=",
            "To: =?iso-8859-1?Q?Zo=E9_M=FCller?= <z@nic.example>",
            "Cc: \"=?utf-8?Q?Zo=C3=A9_M=C3=BCller?=\" <z@nic.example>",
            "Comments: =?utf-8?B?Wm/DqSBNw7xsbGVy?=",
            "X-Sender-Name: =?utf-8?Q?Zo=C3=A9_M=C3=BCller?=",
            "Content-Type: text/plain; name*=utf-8''Zo%C3%A9%20M%C3%BCller",
            "Content-Type: text/plain; name*0*=utf-8''Zo%C3%A9%20;\r\n name*1*=M%C3%BCller",
            "Content-Type: text/plain; name=\"=?utf-8?B?Wm/DqSBNw7xsbGVy?=\"",
            "Content-Disposition: attachment; filename*=utf-8''Zo%C3%A9%20M%C3%BCller.txt",
        ] {
            has_name(field, "nothing");
        }
    }

    #[test]
    fn what_is_no_mail_is_looked_at_as_it_is_and_mails_within_mails_come_to_an_end() {
        assert_eq!(texts(b""), [""]);
        assert!(texts(&[0xff, 0xfe, b'a']).iter().any(|text| text.contains('a')));
        let mut nested = mail("Subject: x", NAME);
        for _ in 0..100 {
            nested = mail("Content-Type: message/rfc822", &nested);
        }
        assert!(texts(nested.as_bytes()).iter().any(|text| text.contains(NAME)));
    }
}
