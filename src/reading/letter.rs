//! A mail taken apart: its header, its texts, what is attached, and which of its lines its writer wrote himself.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;
use mail_parser::{HeaderName, HeaderValue, Message, MessageParser};
use thiserror::Error;

use crate::domain::address::Address;
use crate::domain::cost::is_too_costly;
use crate::domain::limits::{
    HEADER_FIELDS_MAX, HEADER_OCTETS_MAX, LETTER_OCTETS_MAX, PARTS_DEPTH_MAX, PARTS_MAX,
};
use crate::reading::folding::one_line;
use crate::reading::layout::{Layout, Mark};
use crate::reading::parts::{self, Parts};

/// A mail taken apart, within the limits of what is read at all.
#[derive(Clone, Debug)]
pub struct Letter {
    from: Option<Address>,
    from_name: Option<String>,
    recipients: Vec<Address>,
    reply_to: Option<Address>,
    subject: String,
    message_id: Option<String>,
    in_reply_to: Option<String>,
    references: Vec<String>,
    date: Option<Timestamp>,
    fields: Vec<(String, String)>,
    parts: Parts,
    layout: Layout,
    own_text: String,
}

/// Why a mail is laid aside unread.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum Unreadable {
    /// More octets than [`LETTER_OCTETS_MAX`].
    #[error("the mail is larger than {} MiB", LETTER_OCTETS_MAX / 1024 / 1024)]
    TooLarge,
    /// A header section of more octets than [`HEADER_OCTETS_MAX`].
    #[error("the mail's header is larger than {} KiB", HEADER_OCTETS_MAX / 1024)]
    HeaderTooLarge,
    /// More fields than [`HEADER_FIELDS_MAX`].
    #[error("the mail's header has more than {HEADER_FIELDS_MAX} fields")]
    TooManyFields,
    /// More parts than [`PARTS_MAX`], in itself and in the mails within it.
    #[error("the mail has more than {PARTS_MAX} parts")]
    TooManyParts,
    /// Parts within parts deeper than [`PARTS_DEPTH_MAX`].
    #[error("the mail has parts within parts more than {PARTS_DEPTH_MAX} deep")]
    TooDeep,
    /// No header field at all.
    #[error("there is no mail in it")]
    Nothing,
    /// The parser gave up.
    #[error("the mail is broken in a way that cannot be read")]
    Broken,
}

impl Letter {
    /// Takes a mail apart.
    ///
    /// # Errors
    /// Where it is over a limit, or no mail at all.
    pub fn read(raw: &[u8]) -> Result<Self, Unreadable> {
        check_size(raw)?;
        if is_too_costly(raw) {
            return Err(Unreadable::TooDeep);
        }
        // The parser has had panics on damaged mails; one of those must not end the turn for all others.
        let taken = catch_unwind(AssertUnwindSafe(|| {
            MessageParser::default().parse(raw).map(|message| Self::take_apart(&message))
        }));
        taken.map_err(|_| Unreadable::Broken)?.ok_or(Unreadable::Nothing)?
    }

    fn take_apart(message: &Message<'_>) -> Result<Self, Unreadable> {
        let parts = parts::take(message)?;
        let (from, from_name) =
            from_of(message).map_or((None, None), |(address, name)| (Some(address), name));
        let mut recipients = Vec::new();
        for field in message.all_to().chain(message.all_cc()) {
            recipients.extend(addresses(field).into_iter().filter_map(|(address, _)| address));
        }
        let reply_to = message.reply_to().map(addresses).unwrap_or_default();
        let subject = one_line(message.subject().unwrap_or_default());
        let layout = Layout::of(&parts, from_name.as_deref());
        let fields = message.headers_raw().map(|(name, value)| (name.to_ascii_lowercase(), one_line(value)));
        let own_text =
            layout.written(&[Mark::Own, Mark::Greeting, Mark::Closing, Mark::Signature, Mark::Footer]);
        Ok(Self {
            from,
            from_name,
            recipients,
            reply_to: reply_to.into_iter().find_map(|(address, _)| address),
            subject,
            message_id: message.message_id().map(str::to_owned),
            in_reply_to: ids(message.in_reply_to()).into_iter().next(),
            references: ids(message.references()),
            date: message.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
            fields: fields.collect(),
            parts,
            layout,
            own_text,
        })
    }

    /// The first address in From that parses.
    pub fn from(&self) -> Option<&Address> {
        self.from.as_ref()
    }

    /// The name beside it.
    pub fn from_name(&self) -> Option<&str> {
        self.from_name.as_deref()
    }

    /// The addresses in To and Cc.
    pub fn recipients(&self) -> &[Address] {
        &self.recipients
    }

    /// The first address in Reply-To.
    pub fn reply_to(&self) -> Option<&Address> {
        self.reply_to.as_ref()
    }

    /// The Subject, decoded, on one line, without control characters.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The Message-ID without its angle brackets.
    pub fn message_id(&self) -> Option<&str> {
        self.message_id.as_deref()
    }

    /// The first Message-ID in In-Reply-To.
    pub fn in_reply_to(&self) -> Option<&str> {
        self.in_reply_to.as_deref()
    }

    /// The Message-IDs in References.
    pub fn references(&self) -> &[String] {
        &self.references
    }

    /// When it says it was written.
    pub fn date(&self) -> Option<Timestamp> {
        self.date
    }

    /// What the writer himself wrote: no quote, no forwarded header, no disclaimer.
    pub fn own_text(&self) -> &str {
        &self.own_text
    }

    /// The lines of its text, each marked for what it is.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Its texts and attachments.
    pub(super) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The values of a header field, its name in lower case.
    pub(super) fn field(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
    /// Whether it came by a list that people write to (RFC 2369 §3.4). What a firm sends to many has no such address.
    pub(super) fn is_posted_to(&self) -> bool {
        self.field("list-post").any(|value| !value.trim().is_empty())
    }

    /// Whether a list manager set one of its fields (RFC 2369, RFC 2919). Ways to unsubscribe and to find help stand in what is
    /// sent to many by hand, too.
    pub(super) fn has_list_field(&self) -> bool {
        let people = ["list-unsubscribe", "list-unsubscribe-post", "list-help"];
        let set = |(name, value): &(String, String)| {
            name.starts_with("list-") && !value.trim().is_empty() && !people.contains(&name.as_str())
        };
        self.fields.iter().any(set)
    }
}

fn check_size(raw: &[u8]) -> Result<(), Unreadable> {
    if raw.len() > LETTER_OCTETS_MAX {
        return Err(Unreadable::TooLarge);
    }
    let mut octets = 0;
    let mut fields = 0;
    for line in raw.split_inclusive(|octet| *octet == b'\n') {
        if line.iter().all(|octet| matches!(octet, b'\r' | b'\n')) {
            break;
        }
        octets += line.len();
        fields += usize::from(!line.starts_with(b" ") && !line.starts_with(b"\t"));
        if octets > HEADER_OCTETS_MAX {
            return Err(Unreadable::HeaderTooLarge);
        }
        if fields > HEADER_FIELDS_MAX {
            return Err(Unreadable::TooManyFields);
        }
    }
    if fields == 0 { Err(Unreadable::Nothing) } else { Ok(()) }
}

fn addresses(field: &mail_parser::Address<'_>) -> Vec<(Option<Address>, Option<String>)> {
    field
        .iter()
        .map(|one| {
            let address = one.address.as_deref().and_then(|text| text.parse().ok());
            (address, one.name.as_deref().map(str::to_owned))
        })
        .collect()
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(id) => vec![one_line(id)],
        HeaderValue::TextList(ids) => ids.iter().map(|id| one_line(id)).collect(),
        HeaderValue::Address(_)
        | HeaderValue::DateTime(_)
        | HeaderValue::ContentType(_)
        | HeaderValue::Received(_)
        | HeaderValue::Empty => Vec::new(),
    }
}

/// Who wrote a mail: the first address in From, and the name beside it.
pub(super) fn from_of(message: &Message<'_>) -> Option<(Address, Option<String>)> {
    let from = message.from().map(addresses).unwrap_or_default();
    from.into_iter().find_map(|(address, name)| {
        let name = name.map(|name| one_line(&name)).filter(|name| !name.is_empty());
        Some((address?, name))
    })
}

/// The Message-ID of an enclosed mail.
pub(super) fn id_of(message: &Message<'_>) -> Option<String> {
    match message.header(HeaderName::MessageId) {
        Some(value) => ids(value).into_iter().next(),
        None => None,
    }
}
