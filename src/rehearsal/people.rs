//! Scripted people: they answer the mails that they really got.

use jiff::Timestamp;
use mail_parser::{MessageParser, MimeHeaders as _};

use crate::domain::token::Token;
use crate::world::Outgoing;

/// Fills in the words of a mail that only the moment knows, and ends its lines with CRLF (RFC 5322 §2.3).
///
/// `{date}` is now. Of the last mail that a person got, `{token ADDRESS}` is the token, `{reply-to ADDRESS}` where to
/// answer, `{message-id ADDRESS}` its id in brackets, `{subject ADDRESS}` its subject on one line, `{quote ADDRESS}` its
/// text behind `> `, `{indented ADDRESS}` the same as Outlook puts it below, `{html ADDRESS}` as HTML. `{raw ADDRESS}` is the whole mail.
/// `ADDRESS#2` stands for the second mail that he got.
pub fn fill_in(template: &str, sent: &[Outgoing], now: Timestamp) -> Result<Vec<u8>, String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        match after.split_once('}') {
            Some((word, behind)) if is_word(word) => {
                filled.push_str(&value(word, sent, now)?);
                rest = behind;
            }
            Some(_) | None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    Ok(filled.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes())
}

/// The words there are; other braces are the mail's own.
const WORDS: [&str; 9] =
    ["date", "token ", "reply-to ", "message-id ", "subject ", "quote ", "indented ", "html ", "raw "];

fn is_word(word: &str) -> bool {
    WORDS.iter().any(|known| if known.ends_with(' ') { word.starts_with(known) } else { word == *known })
}

fn value(word: &str, sent: &[Outgoing], now: Timestamp) -> Result<String, String> {
    let Some((what, address)) = word.split_once(' ') else {
        return Ok(now.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string());
    };
    let (address, number) = address.split_once('#').unwrap_or((address, ""));
    let address = address.parse().map_err(|error| format!("{{{word}}}: {error}"))?;
    let mut got = sent.iter().filter(|mail| mail.recipients.contains(&address));
    let mail = match number.parse::<usize>() {
        Ok(number) => got.nth(number.saturating_sub(1)),
        Err(_) => got.next_back(),
    };
    let last = mail.ok_or_else(|| format!("{{{word}}}: we have not written so often to {address} yet"))?;
    let raw = String::from_utf8_lossy(&last.octets).into_owned();
    let message = MessageParser::default().parse(&last.octets).ok_or("a mail of ours cannot be read")?;
    let text = message.body_text(0).unwrap_or_default().replace("\r\n", "\n");
    let text = text.trim_end();
    match what {
        "token" => token_of(message.subject().unwrap_or_default())
            .ok_or_else(|| format!("{{{word}}}: that mail has no token")),
        "reply-to" => {
            let to = message.reply_to().and_then(|to| to.first()).and_then(mail_parser::Addr::address);
            to.map(str::to_owned).ok_or_else(|| format!("{{{word}}}: that mail has no Reply-To"))
        }
        "message-id" => Ok(format!("<{}>", message.message_id().unwrap_or_default())),
        "subject" => Ok(message.subject().unwrap_or_default().to_owned()),
        "quote" => Ok(prefixed(text, "> ")),
        "indented" => Ok(text.to_owned()),
        "html" => {
            Ok(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>\n"))
        }
        "raw" if message.content_type().is_some() => Ok(raw.replace("\r\n", "\n")),
        _ => Err(format!("{{{word}}} says nothing")),
    }
}

fn prefixed(text: &str, prefix: &str) -> String {
    text.lines().map(|line| format!("{prefix}{line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// The token in a subject's brackets.
fn token_of(subject: &str) -> Option<String> {
    let (_, inside) = subject.rsplit_once('[')?;
    let (token, _) = inside.split_once(']')?;
    token.parse::<Token>().ok().map(|token| token.text())
}
