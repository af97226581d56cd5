//! Bounces: what they report, and of whom (RFC 3464).

use crate::domain::address::Address;
use crate::domain::request::Bounce;
use crate::reading::facts;
use crate::reading::letter::Letter;

/// Whether a mail server's reply is quoted: an enhanced status code such as `5.1.1` (RFC 3463 §2).
pub(super) fn has_status_code(text: &str) -> bool {
    let is_code = |word: &str| {
        let mut numbers = word.split('.');
        let class = numbers.next().is_some_and(|class| class == "5" || class == "4");
        let rest: Vec<&str> = numbers.collect();
        let number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_digit());
        class && rest.len() == 2 && rest.iter().all(number)
    };
    text.split(|c: char| !c.is_ascii_digit() && c != '.').any(|word| is_code(word.trim_end_matches('.')))
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
    facts::addresses(&chars).into_iter().map(|found| found.what).next()
}

fn says_delayed(letter: &Letter) -> bool {
    const DELAYS: [&str; 28] = [
        "delay",
        "warning",
        "verzöger",
        "retard",
        "retras",
        "atras",
        "ritard",
        "отлож",
        "задерж",
        "затрим",
        "opóźn",
        "vertraag",
        "försen",
        "forsink",
        "viiväst",
        "gecik",
        "zpožd",
        "oneskor",
        "kések",
        "késik",
        "întârzi",
        "καθυστ",
        "متأخر",
        "تأخ",
        "עיכוב",
        "tertunda",
        "延",
        "지연",
    ];
    let subject = letter.subject().to_lowercase();
    DELAYS.iter().any(|word| subject.contains(word))
}
