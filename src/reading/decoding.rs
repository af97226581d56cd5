//! Decoding: the text of a part whose label is wrong or unknown, read once more from its octets.

use std::borrow::Cow;

use encoding_rs::{EUC_KR, Encoding, GB18030, ISO_2022_JP, SHIFT_JIS, WINDOWS_1252};
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding as Transfer, Message, MessagePart, MimeHeaders};

/// Characters of more than one octet from which on a text under the label of another alphabet is UTF-8 for certain: two
/// letters of Cyrillic text happen to be valid UTF-8 now and then, eight do not.
const SEQUENCES_MIN: usize = 8;
/// Octets at the start of an HTML text in which it may name its charset (HTML §13.2.3.2 looks at as many).
const HTML_HEAD_OCTETS: usize = 1024;
/// What stands for octets that could not be decoded.
const REPLACEMENT: char = '\u{fffd}';

/// Names of charsets that mail programs use and the Encoding Standard does not know.
const ALIASES: [(&str, &Encoding); 14] = [
    ("cp949", EUC_KR),
    ("ms949", EUC_KR),
    ("uhc", EUC_KR),
    ("x-windows-949", EUC_KR),
    ("cp936", GB18030),
    ("ms936", GB18030),
    ("cp54936", GB18030),
    ("cp932", SHIFT_JIS),
    ("x-ms-cp932", SHIFT_JIS),
    ("iso-2022-jp-1", ISO_2022_JP),
    ("iso-2022-jp-2", ISO_2022_JP),
    ("iso-2022-jp-3", ISO_2022_JP),
    ("iso-2022-jp-ms", ISO_2022_JP),
    ("cp50220", ISO_2022_JP),
];

/// The text of a part: as it was decoded, or better, where its octets tell that the label is wrong.
pub(super) fn text_of<'a>(message: &Message<'_>, part: &MessagePart<'_>, decoded: &'a str) -> Cow<'a, str> {
    let again = octets_of(message, part).and_then(|octets| decode(part, &octets, decoded));
    let text = again.map_or(Cow::Borrowed(decoded), Cow::Owned);
    if text.lines().any(|line| twice_encoded(line).is_some()) {
        let lines = text.split('\n').map(|line| twice_encoded(line).unwrap_or_else(|| line.to_owned()));
        return Cow::Owned(lines.collect::<Vec<_>>().join("\n"));
    }
    text
}

/// The octets of a part without their transfer encoding.
fn octets_of<'m>(message: &'m Message<'_>, part: &MessagePart<'_>) -> Option<Cow<'m, [u8]>> {
    let from = usize::try_from(part.offset_body).ok()?;
    let to = usize::try_from(part.offset_end).ok()?;
    let raw = message.raw_message.get(from..to)?;
    match part.encoding {
        Transfer::None => Some(Cow::Borrowed(raw)),
        Transfer::QuotedPrintable => quoted_printable_decode(raw).map(Cow::Owned),
        Transfer::Base64 => base64_decode(raw).map(Cow::Owned),
    }
}

fn decode(part: &MessagePart<'_>, octets: &[u8], decoded: &str) -> Option<String> {
    if octets.is_ascii() && !decoded.contains(REPLACEMENT) {
        return None;
    }
    let label = label_of(part, octets);
    let named = label.as_deref().and_then(encoding_of);
    let plain = named.is_none_or(|encoding| encoding == WINDOWS_1252);
    if named.is_none_or(Encoding::is_single_byte)
        && let Ok(utf8) = std::str::from_utf8(octets)
        && utf8 != decoded
        && (plain || utf8.chars().filter(|c| !c.is_ascii()).count() >= SEQUENCES_MIN)
    {
        return Some(utf8.to_owned());
    }
    let encoding = named.filter(|_| decoded.contains(REPLACEMENT))?;
    let (text, used, lossy) = encoding.decode(octets);
    (!lossy && used == encoding).then(|| text.into_owned())
}

/// The charset that a part, or the HTML in it, says it is written in.
fn label_of(part: &MessagePart<'_>, octets: &[u8]) -> Option<String> {
    let of_part = part.content_type().and_then(|kind| kind.attribute("charset")).map(str::to_owned);
    of_part.or_else(|| {
        let head = octets.get(..octets.len().min(HTML_HEAD_OCTETS))?;
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        let (_, behind) = head.split_once("<meta").and_then(|(_, rest)| rest.split_once("charset="))?;
        let name = behind.trim_start_matches(['"', '\'', ' ']);
        Some(name.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect())
    })
}

fn encoding_of(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().to_ascii_lowercase();
    let alias = ALIASES.iter().find(|(name, _)| *name == label).map(|(_, encoding)| *encoding);
    alias.or_else(|| Encoding::for_label(label.as_bytes()))
}

/// `JoÃ£o`: a line of UTF-8 that was taken for Latin-1 and encoded once more. Only what is valid UTF-8 as a whole is
/// taken back; no language writes such pairs of letters by itself.
fn twice_encoded(line: &str) -> Option<String> {
    if line.is_ascii() {
        return None;
    }
    let (octets, _, unmappable) = WINDOWS_1252.encode(line);
    if unmappable || octets.is_ascii() {
        return None;
    }
    String::from_utf8(octets.into_owned()).ok().filter(|text| !text.is_ascii())
}

#[cfg(test)]
mod tests {
    use crate::reading::letter::Letter;

    #[track_caller]
    fn check(head: &str, body: &[u8], want: &str) {
        let raw = [b"From: a@b.example\r\n", head.as_bytes(), b"\r\n\r\n", body].concat();
        assert_eq!(Letter::read(&raw).unwrap().own_text(), want, "{head}");
    }

    #[test]
    fn a_wrong_label_is_seen_through() {
        check("Content-Type: text/plain; charset=iso-8859-1", "João à Í".as_bytes(), "João à Í");
        check("Content-Type: text/plain; charset=us-ascii", "이름: 김".as_bytes(), "이름: 김");
        check("Content-Type: text/plain; charset=windows-1251", "Савельев Пётр".as_bytes(), "Савельев Пётр");
        check("X-Nothing: a", "Zoé".as_bytes(), "Zoé");
    }

    #[test]
    fn a_right_label_is_believed() {
        check("Content-Type: text/plain; charset=iso-8859-1", b"Jo\xe3o", "João");
        check("Content-Type: text/plain; charset=windows-1251", b"\xcf\xb8\xf2\xf0", "Пётр");
    }

    #[test]
    fn what_the_label_stretches_is_decoded() {
        check("Content-Type: text/plain; charset=tis-620", b"\x93\xa1\x94", "“ก”");
        check("Content-Type: text/plain; charset=cp949", b"\x8c\x63", "똠");
        let doubled = "JoÃ£o and Zoé";
        check("Content-Type: text/plain; charset=utf-8", doubled.as_bytes(), doubled);
        check("Content-Type: text/plain; charset=utf-8", "JoÃ£o\nZoé".as_bytes(), "João\nZoé");
    }
}
