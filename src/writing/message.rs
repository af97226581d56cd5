//! A notice as a message: headers, threads and octets (RFC 5322, RFC 3834).

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Message, address::AddressError};
use thiserror::Error;

use crate::domain::address::Address;
use crate::domain::case::CaseId;
use crate::domain::notice::{Notice, Replies};
use crate::domain::repository::Repository;
use crate::domain::token::Token;
use crate::writing::layout::{Spaces, one_line};
use crate::writing::repository::attachments;
use crate::writing::templates::Text;

/// Message-IDs in References at the most; more than the ends of a thread help nobody (RFC 5322 §2.1.1: 998 octets).
const REFERENCES_MAX: usize = 8;
/// Octets of a Message-ID at the most that we repeat: a longer one cannot stand on a line.
const MESSAGE_ID_OCTETS_MAX: usize = 250;
/// Characters of a display name at the most.
const DISPLAY_NAME_CHARS_MAX: usize = 80;

/// Who we are in our mails.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sender {
    /// Our mailbox.
    pub mailbox: Address,
    /// The name beside it.
    pub name: String,
    /// The right side of our Message-IDs.
    pub message_id_domain: String,
    /// Where answers to our questions go.
    pub replies: Replies,
}

/// What makes a notice one message for ever: its effect and its moment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stamp {
    /// The effect's id, as in `R-17.3`.
    pub effect: String,
    /// The case, where it belongs to one: all its mails hang on one thread.
    pub case: Option<CaseId>,
    /// The moment of the decision.
    pub at: jiff::Timestamp,
    /// Some letters of chance: nobody can name a mail of ours that he has not seen, as a forged bounce would have to.
    pub salt: String,
}

/// Why a message could not be written: a defect of ours, or an address that no server takes.
#[derive(Debug, Error)]
#[error("the mail {effect} cannot be written: {reason}")]
pub struct MessageError {
    effect: String,
    reason: String,
}

/// The Message-ID of an effect's mail, without brackets; with its token, where it has one, else with its salt.
pub fn message_id(stamp: &Stamp, token: Option<&Token>, domain: &str) -> String {
    let effect = stamp.effect.to_ascii_lowercase();
    let tail = token.map_or_else(|| stamp.salt.clone(), Token::lower);
    format!("{effect}.{tail}@{domain}")
}

/// The root of a case's thread: the Message-ID of no mail, to which all of them refer.
fn root(case: CaseId, domain: &str) -> String {
    format!("{}@{domain}", case.to_string().to_ascii_lowercase())
}

/// The octets of a notice. The same arguments give the same octets.
///
/// # Errors
/// Where an address cannot stand in a header.
pub fn write(notice: &Notice, text: &Text, sender: &Sender, stamp: &Stamp) -> Result<Vec<u8>, MessageError> {
    let fail = |reason: String| MessageError { effect: stamp.effect.clone(), reason };
    let token = notice.token.as_ref().map(|(token, _)| token);
    let reply_to = match token {
        Some(token) if sender.replies == Replies::Subaddress => {
            sender.mailbox.with_subaddress(&token.lower()).map_err(|error| fail(error.to_string()))?
        }
        Some(_) | None => sender.mailbox.clone(),
    };
    let own =
        |address: &Address| mailbox(Some(&sender.name), address).map_err(|error| fail(error.to_string()));
    let mut builder = Message::builder().from(own(&sender.mailbox)?).reply_to(own(&reply_to)?);
    for address in &notice.to {
        let name = notice.name.as_deref().filter(|_| notice.to.len() == 1);
        builder = builder.to(mailbox(name, address).map_err(|error| fail(error.to_string()))?);
    }
    builder = builder
        .subject(text.subject.clone())
        .date(stamp.at.into())
        .message_id(Some(format!("<{}>", message_id(stamp, token, &sender.message_id_domain))));
    let (parent, references) = thread(notice, sender, stamp);
    if let Some(parent) = parent {
        builder = builder.in_reply_to(format!("<{parent}>"));
    }
    if !references.is_empty() {
        let list: Vec<String> = references.iter().map(|id| format!("<{id}>")).collect();
        builder = builder.references(list.join(" "));
    }
    let submitted = if notice.kind.answers() { "auto-replied" } else { "auto-generated" };
    let part = SinglePart::builder().header(content_type(text.spaces)).body(text.body.clone());
    let brings = notice.facts.repository.as_ref().filter(|repository| repository.contacts().next().is_some());
    let built = match brings {
        Some(repository) => builder.multipart(with_attachments(part, repository, stamp)),
        None => builder.singlepart(part),
    };
    let mut message = built.map_err(|error| fail(error.to_string()))?;
    let headers = message.headers_mut();
    headers
        .insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), submitted.to_owned()));
    headers.insert_raw(HeaderValue::new(
        HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"),
        "All".to_owned(),
    ));
    Ok(message.formatted())
}

/// The text with the files that go with it (RFC 2046 §5.1.3). The boundary is chance, as the salt is: the same stamp gives
/// the same octets.
fn with_attachments(text: SinglePart, repository: &Repository, stamp: &Stamp) -> MultiPart {
    let parts = MultiPart::mixed().boundary(format!("tld-ops-{}", stamp.salt)).singlepart(text);
    attachments(repository).into_iter().fold(parts, |parts, file| {
        let kind = ContentType::parse(file.content_type).unwrap_or(ContentType::TEXT_PLAIN);
        parts.singlepart(lettre::message::Attachment::new(file.name).body(file.octets, kind))
    })
}

/// Plain text whose paragraphs a phone puts together again (RFC 3676 §4).
fn content_type(spaces: Spaces) -> ContentType {
    let delsp = match spaces {
        Spaces::Part => "",
        Spaces::Deleted => "; delsp=yes",
    };
    let flowed = format!("text/plain; charset=utf-8; format=flowed{delsp}");
    ContentType::parse(&flowed).unwrap_or(ContentType::TEXT_PLAIN)
}

/// An address with its name; control characters would make the writer of headers panic, so none get there.
fn mailbox(name: Option<&str>, address: &Address) -> Result<Mailbox, AddressError> {
    let name = name.map(|name| one_line(name, DISPLAY_NAME_CHARS_MAX)).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, address.to_string().parse()?))
}

/// The mail that this one answers, and the thread it belongs to (RFC 5322 §3.6.4).
fn thread(notice: &Notice, sender: &Sender, stamp: &Stamp) -> (Option<String>, Vec<String>) {
    let usable = |id: &&String| {
        id.len() <= MESSAGE_ID_OCTETS_MAX
            && id.contains('@')
            && id.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>')
    };
    let parent = notice.thread.message_id.as_ref().filter(usable).cloned();
    let mut references: Vec<String> = notice.thread.references.iter().filter(usable).cloned().collect();
    if let Some(case) = stamp.case {
        let root = root(case, &sender.message_id_domain);
        references.retain(|id| *id != root);
        references.insert(0, root);
    }
    if let Some(parent) = &parent {
        references.retain(|id| id != parent);
        references.push(parent.clone());
    }
    if references.len() > REFERENCES_MAX {
        let surplus = references.len() - REFERENCES_MAX;
        references.drain(1..=surplus);
    }
    (parent, references)
}

#[cfg(test)]
mod tests {
    use super::{Sender, Stamp, write};
    use crate::domain::case::{CaseId, Step, Thread};
    use crate::domain::notice::{Facts, Notice, NoticeKind, Replies};
    use crate::domain::token::{TOKEN_CHANCE_OCTETS, Token};
    use crate::writing::layout::Spaces;
    use crate::writing::templates::Text;

    #[test]
    fn a_message_has_all_that_a_careful_receiver_looks_for() {
        let sender = Sender {
            mailbox: "box@ops.example".parse().unwrap(),
            name: "TLD-OPS Admin".to_owned(),
            message_id_domain: "ops.example".to_owned(),
            replies: Replies::default(),
        };
        let notice = Notice {
            kind: NoticeKind::ConfirmAdmin,
            to: vec!["admin@nic.example".parse().unwrap()],
            name: Some("Zoé\r\nBcc: x@y.example".to_owned()),
            token: Some((Token::new([0; TOKEN_CHANCE_OCTETS]), Step::Admin)),
            thread: Thread {
                message_id: Some("a@b.example".to_owned()),
                references: vec!["bad id".to_owned(), "first@b.example".to_owned()],
                subject: String::new(),
            },
            language: None,
            facts: Facts::default(),
        };
        let (subject, body) = ("[TLD-OPS] é".to_owned(), "Hello,\r\n\r\né\r\n".to_owned());
        let text = Text { subject, body, spaces: Spaces::Part };
        let at = "2026-11-02T09:00:00Z".parse().unwrap();
        let stamp = Stamp { effect: "R-17.3".to_owned(), case: Some(CaseId(17)), at, salt: "abc".to_owned() };
        let octets = write(&notice, &text, &sender, &stamp).unwrap();
        let message = String::from_utf8(octets.clone()).unwrap();
        for line in [
            "From: \"TLD-OPS Admin\" <box@ops.example>\r\n",
            "Reply-To: \"TLD-OPS Admin\" <box+c-00000000000000000000000000@ops.example>\r\n",
            "Subject: [TLD-OPS] =?utf-8?b?w6k=?=\r\n",
            "Date: Mon, 02 Nov 2026 09:00:00 +0000\r\n",
            "Message-ID: <r-17.3.c-00000000000000000000000000@ops.example>\r\n",
            "In-Reply-To: <a@b.example>\r\n",
            "References: <r-17@ops.example> <first@b.example> <a@b.example>\r\n",
            "Content-Type: text/plain; charset=utf-8; format=flowed\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "X-Auto-Response-Suppress: All\r\n",
        ] {
            assert!(message.contains(line), "{line} is missing in:\n{message}");
        }
        assert!(!message.contains("\r\nBcc:"));
        assert_eq!(write(&notice, &text, &sender, &stamp).unwrap(), octets);
    }
}
