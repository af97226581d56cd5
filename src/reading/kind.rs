//! Machine mails: bounces and automatic answers, told by their header first and by their words second (RFC 3834, RFC 3464).

use crate::domain::address::Address;
use crate::domain::request::{Bounce, Kind};
use crate::reading::letter::Letter;
use crate::reading::speech::Speech;
use crate::reading::words::Sense;

/// Local parts behind which no person sits.
const NOBODY: [&str; 14] = [
    "mailer-daemon",
    "postmaster",
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "do_not_reply",
    "bounce",
    "bounces",
    "autoreply",
    "auto-reply",
    "mailerdaemon",
    "nobody",
];

/// Whether a machine wrote this mail, and what sort of machine mail it is.
pub(super) fn of_machine(letter: &Letter, subject: &Speech, body: &Speech) -> Option<Kind> {
    if is_bounce(letter, subject, body) {
        return Some(Kind::Bounce);
    }
    (is_marked(letter) || says_it_is_automatic(letter, subject, body)).then_some(Kind::AutoReply)
}

/// What a bounce reports.
pub(super) fn bounce_of(letter: &Letter) -> Bounce {
    let report = letter.parts().report.as_deref().unwrap_or_default();
    let value = |name: &str| {
        report.lines().find_map(|line| {
            let (field, value) = line.split_once(':')?;
            field.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let address = |value: &str| -> Option<Address> {
        let bare = value.rsplit(';').next()?.trim().trim_matches(['<', '>']);
        bare.parse().ok()
    };
    let recipient = value("Final-Recipient").or_else(|| value("Original-Recipient")).and_then(address);
    let failed = value("Action").is_none_or(|action| action.eq_ignore_ascii_case("failed"));
    let status = value("Status").is_none_or(|status| status.starts_with('5'));
    let enclosed = letter.parts().enclosed.iter().find_map(|mail| mail.message_id.clone());
    let quoted = value("Message-ID").map(|id| id.trim_matches(['<', '>']).to_owned());
    let original = enclosed.or(quoted).or_else(|| letter.in_reply_to().map(str::to_owned));
    Bounce {
        recipient: recipient.or_else(|| first_address(letter)),
        permanent: failed && status && !says_delayed(letter),
        original_message_id: original,
    }
}

/// Bounces without a report name the recipient in their text.
fn first_address(letter: &Letter) -> Option<Address> {
    let chars: Vec<char> = letter.own_text().chars().collect();
    crate::reading::facts::addresses(&chars).into_iter().map(|found| found.what).next()
}

fn says_delayed(letter: &Letter) -> bool {
    let subject = letter.subject().to_lowercase();
    ["delay", "warning", "verzöger", "retard", "отлож"].iter().any(|word| subject.contains(word))
}

fn content_type(letter: &Letter) -> String {
    letter.field("content-type").next().unwrap_or_default().to_ascii_lowercase()
}

fn null_sender(letter: &Letter) -> bool {
    letter.field("return-path").any(|path| path.trim() == "<>")
}

fn local_part(letter: &Letter) -> String {
    letter.from().map(|from| from.local().to_ascii_lowercase()).unwrap_or_default()
}

fn is_bounce(letter: &Letter, subject: &Speech, body: &Speech) -> bool {
    let kind = content_type(letter);
    let delivery = kind.starts_with("multipart/report") && kind.contains("delivery-status");
    let exchange = letter.field("x-ms-exchange-message-is-ndr").next().is_some();
    let failed = letter.field("x-failed-recipients").next().is_some();
    let daemon = matches!(
        local_part(letter).as_str(),
        "mailer-daemon" | "postmaster" | "mailerdaemon" | "mail-daemon"
    );
    let said = subject.has(Sense::Undelivered);
    let told = said || body.has(Sense::Undelivered);
    delivery || exchange || failed || (daemon && told) || (null_sender(letter) && said)
}

/// The marks in a header by which machines say that they are machines. `X-Auto-Response-Suppress` is none of them:
/// Exchange sets it on people's mail, too.
fn is_marked(letter: &Letter) -> bool {
    let automatic = |value: &str| {
        let word = value.split([';', ' ']).next().unwrap_or_default();
        !word.is_empty() && !word.eq_ignore_ascii_case("no")
    };
    let precedence = |value: &str| {
        let word = value.trim().to_ascii_lowercase();
        matches!(word.as_str(), "bulk" | "list" | "junk" | "auto_reply" | "auto-reply" | "autoreply")
    };
    let present = |name: &str| letter.field(name).any(|value| !value.trim().is_empty());
    let local = local_part(letter);
    letter.field("auto-submitted").any(automatic)
        || content_type(letter).starts_with("multipart/report")
        || null_sender(letter)
        || NOBODY.contains(&local.as_str())
        || letter.field("precedence").any(precedence)
        || letter.field("x-precedence").any(precedence)
        || ["x-autoreply", "x-autorespond", "x-autoreply-from", "x-mail-autoreply", "list-id", "x-auto-reply"]
            .iter()
            .any(|name| present(name))
        || letter.field("x-ms-exchange-generated-message-source").any(|value| value.contains("Mailbox Rules"))
}

/// Machines without marks say so in words: in the Subject, or in a text that says nothing else.
fn says_it_is_automatic(letter: &Letter, subject: &Speech, body: &Speech) -> bool {
    if subject.has(Sense::Away) {
        return true;
    }
    let away = body.with(Sense::Away).count();
    let ticket = body.with(Sense::Ticket).count();
    let subject_ticket = subject.has(Sense::Ticket);
    // A person who asks for something may mention a holiday; a machine asks for nothing.
    let asks = body.has_any(&[Sense::Add, Sense::Remove, Sense::Replace]) && letter.own_text().contains('@');
    (away + ticket >= 2 && !asks) || (subject_ticket && away + ticket >= 1) || (away >= 1 && !asks)
}
