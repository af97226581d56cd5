//! Answers to a confirmation mail in many languages: a table of kind, language and words.

use std::fs;
use std::path::Path;

use tldops::domain::request::Kind;

use crate::reading_judge::understand_octets;

/// A mail that answers with these words, our mail quoted below.
pub(crate) fn answer(words: &str) -> String {
    format!(
        "From: Joost Terpstra <joost@tulpnic.example>\r\nTo: TLD-OPS-Admin+c-7k2m9qxw4tbnpr5d8fhjc6va3e@tldops.example\r\n\
         Subject: Re: [TLD-OPS] Please confirm: subscribe .nl [C-7K2M9QXW4TBNPR5D8FHJC6VA3E]\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         {words}\r\n\r\nOn Tue, Feb 3, 2026 at 11:05 AM TLD-OPS-Admin <TLD-OPS-Admin@tldops.example> wrote:\r\n\
         > To agree, answer with the one word CONFIRM. To refuse, answer REJECT.\r\n\
         > Reference number C-7K2M9QXW4TBNPR5D8FHJC6VA3E\r\n"
    )
}

#[test]
fn every_answer_is_understood() {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/letters/answers.txt");
    let mut complaints = Vec::new();
    let mut count = 0;
    for line in fs::read_to_string(table).unwrap().lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.splitn(3, " | ");
        let (kind, language, words) =
            (fields.next().unwrap(), fields.next().unwrap(), fields.next().unwrap());
        let want = match kind {
            "yes" => Kind::ReplyYes,
            "no" => Kind::ReplyNo,
            _ => Kind::ReplyUnclear,
        };
        let have = understand_octets(answer(&words.replace('/', "\r\n")).as_bytes()).unwrap().kind;
        count += 1;
        if have != want {
            complaints.push(format!("{language}: {words}: {have:?}"));
        }
    }
    assert!(count > 100, "the table is there");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
