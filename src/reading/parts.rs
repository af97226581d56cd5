//! The parts of a mail: its texts in both forms, what is attached, what is enclosed, what a delivery report says.

use std::borrow::Cow;

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

use crate::domain::address::Address;
use crate::domain::limits::{PARTS_DEPTH_MAX, PARTS_MAX};
use crate::reading::bounces::tells_of_delivery;
use crate::reading::decoding;
use crate::reading::letter::{Unreadable, from_of, id_of};

/// Octets of one text that are read at the most. A request has some kilobytes; more is a document.
const TEXT_OCTETS_MAX: usize = 256 * 1024;

/// What a mail consists of.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    /// Its texts, in order.
    pub(super) texts: Vec<Text>,
    /// What is attached and not read.
    pub(super) attached: Vec<Attached>,
    /// The vCards in it.
    pub(super) cards: Vec<String>,
    /// Mails enclosed as parts.
    pub(super) enclosed: Vec<Enclosed>,
    /// The text of a delivery report (RFC 3464 §2) or another report.
    pub(super) report: Option<String>,
    /// Whether a report says what became of a delivery, whatever the mail around it is called.
    pub(super) delivery: bool,
    /// Whether it is encrypted, so that nothing can be read.
    pub(super) encrypted: bool,
    /// Whether a text could not be decoded without loss, or was cut.
    pub(super) damaged: bool,
}

/// One text, in one or both of its forms.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    /// As plain text.
    pub(super) plain: Option<String>,
    /// As HTML.
    pub(super) html: Option<String>,
    /// Whether the plain text is flowed (RFC 3676 §4).
    pub(super) flowed: Flowed,
}

/// How lines of a plain text are joined (RFC 3676 §4.1).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Flowed {
    /// Lines stand as they are.
    #[default]
    No,
    /// A line that ends in a space goes on.
    Yes,
    /// The same, and the space goes.
    WithoutSpace,
}

/// Something attached.
#[derive(Clone, Debug)]
pub(super) struct Attached {
    /// What it is called, or else its media type.
    pub(super) name: String,
    /// Its text, where it is one.
    pub(super) text: Option<String>,
}

/// A mail enclosed as a part.
#[derive(Clone, Debug)]
pub(super) struct Enclosed {
    /// Its Message-ID.
    pub(super) message_id: Option<String>,
    /// Who wrote it: address and name of its From.
    pub(super) from: Option<(Address, Option<String>)>,
    /// Its first text.
    pub(super) text: Text,
}

/// Collects the parts of a mail.
pub(super) fn take(message: &Message<'_>) -> Result<Parts, Unreadable> {
    let mut parts = Parts::default();
    let mut seen = 0;
    walk(message, 0, 0, &mut seen, &mut parts)?;
    Ok(parts)
}

fn walk(
    message: &Message<'_>,
    id: u32,
    depth: usize,
    seen: &mut usize,
    parts: &mut Parts,
) -> Result<(), Unreadable> {
    *seen += 1;
    if *seen > PARTS_MAX {
        return Err(Unreadable::TooManyParts);
    }
    if depth > PARTS_DEPTH_MAX {
        return Err(Unreadable::TooDeep);
    }
    let Some(part) = message.part(id) else { return Ok(()) };
    let media = media_of(part);
    match &part.body {
        PartType::Multipart(children) if media == "multipart/alternative" => {
            alternative(message, children, depth, seen, parts)?;
        }
        PartType::Multipart(children) => {
            parts.encrypted |= media == "multipart/encrypted";
            for child in children {
                walk(message, *child, depth + 1, seen, parts)?;
            }
        }
        PartType::Message(inner) => enclose(inner, &media, depth, seen, parts)?,
        PartType::Text(text) | PartType::Html(text) => {
            take_text(part, &media, &decoding::text_of(message, part, text), parts);
        }
        PartType::Binary(octets) | PartType::InlineBinary(octets) => take_octets(part, &media, octets, parts),
    }
    Ok(())
}

/// The forms of one text. Whatever else stands among them is attached.
fn alternative(
    message: &Message<'_>,
    children: &[u32],
    depth: usize,
    seen: &mut usize,
    parts: &mut Parts,
) -> Result<(), Unreadable> {
    let mut inner = Parts::default();
    for child in children {
        walk(message, *child, depth + 1, seen, &mut inner)?;
    }
    let mut text = Text::default();
    for form in inner.texts {
        if text.plain.is_none() && form.plain.is_some() {
            text.plain = form.plain;
            text.flowed = form.flowed;
        } else if let Some(more) = form.plain {
            // A second plain text within alternatives: a mail program that splits its text around a picture.
            text.plain = text.plain.map(|first| format!("{first}\n{more}"));
        }
        text.html = text.html.or(form.html);
    }
    if text.plain.is_some() || text.html.is_some() {
        parts.texts.push(text);
    }
    parts.attached.append(&mut inner.attached);
    parts.cards.append(&mut inner.cards);
    parts.enclosed.append(&mut inner.enclosed);
    parts.report = parts.report.take().or(inner.report);
    parts.delivery |= inner.delivery;
    parts.encrypted |= inner.encrypted;
    parts.damaged |= inner.damaged;
    Ok(())
}

fn enclose(
    inner: &Message<'_>,
    media: &str,
    depth: usize,
    seen: &mut usize,
    parts: &mut Parts,
) -> Result<(), Unreadable> {
    let mut taken = Parts::default();
    walk(inner, 0, depth + 1, seen, &mut taken)?;
    if media.starts_with("message/delivery-status") || media.starts_with("message/disposition") {
        return Ok(());
    }
    let text = taken.texts.into_iter().next().unwrap_or_default();
    parts.enclosed.push(Enclosed { message_id: id_of(inner), from: from_of(inner), text });
    Ok(())
}

fn take_text(part: &MessagePart<'_>, media: &str, text: &str, parts: &mut Parts) {
    let (text, cut) = shortened(text);
    let name = part.attachment_name().unwrap_or_default().to_owned();
    let attached = part.content_disposition().is_some_and(mail_parser::ContentType::is_attachment);
    let report = matches!(
        media,
        "message/delivery-status"
            | "message/disposition-notification"
            | "text/rfc822-headers"
            | "message/global-delivery-status"
    );
    let card = media.ends_with("vcard") || has_ending(&name, "vcf");
    let html = media == "text/html";
    let plain = matches!(media, "text/plain" | "" | "text/enriched" | "text/markdown");
    if report {
        add_report(media, &text, parts);
    } else if card {
        parts.cards.push(text);
    } else if attached || !(html || plain) {
        let text = (html || plain || media == "text/csv").then_some(text);
        parts.attached.push(Attached { name: name_or(name, media), text });
    } else {
        parts.damaged |= cut || part.is_encoding_problem || text.contains('\u{fffd}');
        let flowed = flowed(part);
        let (plain, html) = if html { (None, Some(text)) } else { (Some(text), None) };
        parts.texts.push(Text { plain, html, flowed });
    }
}

fn add_report(media: &str, text: &str, parts: &mut Parts) {
    parts.delivery |= media.ends_with("delivery-status") && tells_of_delivery(text);
    let whole = parts.report.get_or_insert_default();
    whole.push_str(text);
    whole.push('\n');
}

fn take_octets(part: &MessagePart<'_>, media: &str, octets: &[u8], parts: &mut Parts) {
    let name = part.attachment_name().unwrap_or_default().to_owned();
    if media.starts_with("message/") {
        add_report(media, &shortened(&String::from_utf8_lossy(octets)).0, parts);
        return;
    }
    if media.ends_with("vcard") || has_ending(&name, "vcf") {
        parts.cards.push(shortened(&String::from_utf8_lossy(octets)).0);
        return;
    }
    let signature = media.ends_with("-signature") || has_ending(&name, "p7s") || has_ending(&name, "asc");
    if signature {
        return;
    }
    parts.encrypted |= media == "application/pgp-encrypted"
        || media.ends_with("pkcs7-mime")
        || (has_ending(&name, "p7m") && media.starts_with("application/"));
    let text = (has_ending(&name, "csv") || has_ending(&name, "txt"))
        .then(|| shortened(&String::from_utf8_lossy(octets)).0);
    parts.attached.push(Attached { name: name_or(name, media), text });
}

/// Whether a file name has this ending.
fn has_ending(name: &str, ending: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(ending))
}

fn name_or(name: String, media: &str) -> String {
    if name.is_empty() { media.to_owned() } else { name }
}

fn media_of(part: &MessagePart<'_>) -> String {
    let of = |kind: &mail_parser::ContentType<'_>| match kind.subtype() {
        Some(subtype) => format!("{}/{subtype}", kind.ctype()).to_ascii_lowercase(),
        None => kind.ctype().to_ascii_lowercase(),
    };
    part.content_type().map(of).unwrap_or_default()
}

fn flowed(part: &MessagePart<'_>) -> Flowed {
    let has = |name: &str, value: &str| {
        let found = part.content_type().and_then(|kind| kind.attribute(name));
        found.is_some_and(|found| found.eq_ignore_ascii_case(value))
    };
    match (has("format", "flowed"), has("delsp", "yes")) {
        (true, true) => Flowed::WithoutSpace,
        (true, false) => Flowed::Yes,
        (false, _) => Flowed::No,
    }
}

/// The text up to the limit, and whether it was cut.
fn shortened(text: &str) -> (String, bool) {
    let end = text.floor_char_boundary(TEXT_OCTETS_MAX);
    let kept: Cow<'_, str> = text.get(..end).unwrap_or_default().into();
    (kept.replace("\r\n", "\n").replace('\r', "\n"), end < text.len())
}
