//! Bounces: what they report, and of whom (RFC 3464).

use crate::domain::address::Address;
use crate::domain::request::Bounce;
use crate::reading::facts;
use crate::reading::languages::Languages;
use crate::reading::letter::Letter;
use crate::reading::speech::Speech;
use crate::reading::words::Sense;

/// Local parts of those whom a bounce names since they might help.
const HELPERS: [&str; 8] =
    ["postmaster", "abuse", "support", "help", "helpdesk", "mailer-daemon", "noreply", "no-reply"];

/// Fields of an earlier mail's header that name others than its recipient.
const HEADER_LABELS: [&str; 10] = [
    "message-id",
    "from",
    "mail from",
    "cc",
    "subject",
    "sent",
    "date",
    "reply-to",
    "return-path",
    "received",
];

/// Characters of a server's words that are shown at the most: the reason stands at their beginning.
const SAID_CHARS_MAX: usize = 200;

/// What a bounce reports.
pub(super) fn bounce_of(letter: &Letter) -> Bounce {
    let report = letter.parts().report.as_deref().unwrap_or_default();
    let value = |name: &str| values(report, name).next();
    let failed = value("Action").is_none_or(|action| action.eq_ignore_ascii_case("failed"));
    let status = value("Status").is_none_or(|status| status.starts_with('5'));
    let enclosed = letter.parts().enclosed.iter().find_map(|mail| mail.message_id.clone());
    let quoted = value("Message-ID").map(|id| id.trim_matches(['<', '>']).to_owned());
    let original = enclosed.or(quoted).or_else(|| letter.in_reply_to().map(str::to_owned));
    Bounce {
        recipient: reported(letter, report).or_else(|| first_address(letter)),
        permanent: failed && status && !says_delayed(letter),
        original_message_id: original,
        said: said(report),
    }
}

/// What the refusing server said, on one line and cut where it is long.
fn said(report: &str) -> Option<String> {
    // A long value goes on in lines that begin with white space (RFC 5322 §2.2.3).
    let report = report.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let diagnostic = values(&report, "Diagnostic-Code").next();
    // `smtp; 550 5.1.1 …`: what kind of code it is tells a person nothing.
    let text = diagnostic.map(|text| text.split_once(';').map_or(text, |(_, said)| said).trim());
    let text = text.or_else(|| values(&report, "Status").next())?;
    let line: Vec<&str> = text.split_whitespace().collect();
    Some(line.join(" ").chars().filter(|c| !c.is_control()).take(SAID_CHARS_MAX).collect())
}

/// The fields of a report that tell of a delivery (RFC 3464 §2.3). A report that a mail was read has recipients, too, but is
/// of another media type.
pub(super) fn tells_of_delivery(report: &str) -> bool {
    ["Action", "Final-Recipient", "Original-Recipient"]
        .iter()
        .any(|name| values(report, name).next().is_some())
}

/// Whether a mail server's reply is quoted: an enhanced status code such as `5.1.1` (RFC 3463 §2), or a plain one.
pub(super) fn quotes_a_server(text: &str) -> bool {
    let is_code = |word: &str| {
        let mut numbers = word.split('.');
        let class = numbers.next().is_some_and(|class| class == "5" || class == "4");
        let rest: Vec<&str> = numbers.collect();
        let number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_digit());
        class && rest.len() == 2 && rest.iter().all(number)
    };
    text.split(|c: char| !c.is_ascii_digit() && c != '.').any(|word| is_code(word.trim_end_matches('.')))
        || has_reply_code(text)
}

/// Whether a plain reply code such as `550` (RFC 5321 §4.2.1) stands where servers put it. Three digits are many things, so
/// that a command or words of a failure have to stand on this line or the next to it.
fn has_reply_code(text: &str) -> bool {
    let lines: Vec<String> = text.lines().map(str::to_ascii_lowercase).collect();
    let coded = |line: &str| {
        let behind = |word: &str| line.split(word).skip(1).any(starts_with_code);
        starts_with_code(line) || ["said:", "error", "code"].into_iter().any(behind)
    };
    let fails = |line: &String| {
        line.contains("rcpt to")
            || line.contains("mail from")
            || Speech::of(line, Languages::ALL).has(Sense::Undelivered)
    };
    let mut coded = (0..lines.len()).filter(|place| lines.get(*place).is_some_and(|line| coded(line)));
    coded.any(|place| lines.iter().skip(place.saturating_sub(1)).take(3).any(fails))
}

/// Whether a text starts with a reply code, behind whatever is no word.
fn starts_with_code(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    digits == 3
        && text.starts_with(['4', '5'])
        && !text.chars().nth(digits).is_some_and(char::is_alphanumeric)
}

fn in_brackets(value: &str) -> Option<Address> {
    value.rsplit(';').next()?.trim().trim_matches(['<', '>']).parse().ok()
}

/// The values of a field in a report.
fn values<'a>(report: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    report.lines().filter_map(move |line| {
        let (field, value) = line.split_once(':')?;
        field.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Whom the fields of a bounce name: each in turn, until one can be read.
fn reported(letter: &Letter, report: &str) -> Option<Address> {
    let named = |name| values(report, name).find_map(in_brackets);
    let in_header =
        || letter.field("x-failed-recipients").flat_map(|value| value.split(',')).find_map(in_brackets);
    named("Final-Recipient").or_else(|| named("Original-Recipient")).or_else(in_header)
}

/// Bounces without a report name the recipient in their text. Other addresses stand there, too: whoever the bounce comes from
/// and goes to, who might help, and the header of the mail that did not arrive, whose To is looked at last.
fn first_address(letter: &Letter) -> Option<Address> {
    let own = letter.own_text();
    let all: String;
    let text = if own.is_empty() {
        all = letter.layout().lines().flat_map(|(_, line)| [line, "\n"]).collect();
        &all
    } else {
        own
    };
    let parties: Vec<Address> = ["to", "from", "return-path"]
        .iter()
        .flat_map(|name| letter.field(name))
        .flat_map(addresses)
        .collect();
    let helps = |address: &Address| HELPERS.contains(&address.local().to_ascii_lowercase().as_str());
    let fits = |address: &Address| !parties.contains(address) && !helps(address);
    let told = || text.lines().filter(|line| !is_of_header(line, &HEADER_LABELS));
    let outside_to = told().filter(|line| !is_of_header(line, &["to"])).flat_map(addresses).find(fits);
    let found = outside_to.or_else(|| told().flat_map(addresses).find(fits));
    found.or_else(|| told().chain(text.lines()).flat_map(addresses).next())
}

fn addresses(text: &str) -> impl Iterator<Item = Address> + use<> {
    let chars: Vec<char> = text.chars().collect();
    facts::addresses(&chars).into_iter().map(|found| found.what)
}

/// Whether a line is a field of a mail's header with one of these names, quoted or not.
fn is_of_header(line: &str, names: &[&str]) -> bool {
    let line = line.trim_start_matches(['>', ' ', '\t']).to_ascii_lowercase();
    let labelled = line.split_once(':').is_some_and(|(label, _)| names.contains(&label.trim()));
    labelled
        || (names.contains(&"message-id") && (line.contains("message-id") || line.contains("message id")))
}

fn says_delayed(letter: &Letter) -> bool {
    Speech::of(letter.subject(), Languages::ALL).has(Sense::Delayed)
}

#[cfg(test)]
mod tests {
    use super::{bounce_of, quotes_a_server, tells_of_delivery};
    use crate::reading::letter::Letter;

    #[track_caller]
    fn recipient(mail: &str, want: &str) {
        let letter = Letter::read(mail.as_bytes()).unwrap();
        let have = bounce_of(&letter).recipient.map(|address| address.to_string());
        assert_eq!(have.as_deref(), Some(want), "{mail}");
    }

    #[test]
    fn a_reply_code_counts_where_a_server_puts_it() {
        assert!(quotes_a_server("The other side said: 550 no such user"));
        assert!(quotes_a_server(">>> RCPT TO:<a@nic.example>\n<<< 553 sorry"));
        assert!(quotes_a_server("<a@nic.example>: #5.1.1"));
        assert!(!quotes_a_server("550 people came, and my room was full"));
        assert!(!quotes_a_server("Call 550 1234; user unknown"));
    }

    #[test]
    fn a_subject_that_tells_of_a_delay_is_no_failure() {
        let permanent = |subject: &str| {
            let mail = format!("From: MAILER-DAEMON@mx.example\nSubject: {subject}\n\na@nic.example\n");
            bounce_of(&Letter::read(mail.as_bytes()).unwrap()).permanent
        };
        for subject in
            ["Delivery delayed", "Warning: not sent yet", "Zustellverzögerung", "配信遅延のお知らせ"]
        {
            assert!(!permanent(subject), "{subject}");
        }
        assert!(permanent("Delivery failed"));
    }

    #[test]
    fn the_fields_of_a_report_are_tried_in_turn() {
        let head = "From: MAILER-DAEMON@mx.example\nX-Failed-Recipients: c@nic.example\nContent-Type: multipart/report;\n \
            report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n";
        let original = "Original-Recipient: rfc822;<b@nic.example>\n";
        recipient(
            &format!("{head}{original}Final-Recipient: rfc822;a@nic.example\n--b--\n"),
            "a@nic.example",
        );
        recipient(&format!("{head}{original}Final-Recipient: x400;/G=A/S=B\n--b--\n"), "b@nic.example");
        recipient(&format!("{head}Final-Recipient: rfc822;a\n--b--\n"), "c@nic.example");
    }

    #[test]
    fn the_address_that_failed_is_nobodys_who_sends_receives_or_helps() {
        let head = "From: postmaster@mx.example\nTo: ops@tldops.example\nSubject: Returned mail\n\n";
        let text = "Your mail from ops@tldops.example failed, ask help@mx.example.\nMessage-ID: <1@tldops.example>\n";
        recipient(&format!("{head}{text}To: a@nic.example\nb@nic.example: no such user\n"), "b@nic.example");
        recipient(&format!("{head}{text}To: a@nic.example\n"), "a@nic.example");
        recipient(&format!("{head}No such user: postmaster@nic.example\n"), "postmaster@nic.example");
        recipient(&format!("{head}> no such user: a@nic.example\n"), "a@nic.example");
    }

    #[test]
    fn a_report_of_a_delivery_has_its_fields() {
        assert!(tells_of_delivery("Reporting-MTA: dns; mx.example\n\nAction: failed\n"));
        assert!(!tells_of_delivery("To: a@nic.example\nSubject: Action: none\n"));
    }
}
