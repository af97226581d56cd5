//! Answers to mails that the program sent, for tests that are no stories.

use tldops::world::Outgoing;

/// Somebody's answer to a mail, without quoting it: unsigned, with the words given.
pub(crate) fn answered(mail: &Outgoing, from: &str, words: &str) -> String {
    let asked = mail_parser::MessageParser::default().parse(&mail.octets).unwrap();
    let to = asked.reply_to().unwrap().first().unwrap().address().unwrap().to_owned();
    let subject = asked.subject().unwrap();
    format!(
        "From: {from}\nTo: {to}\nSubject: Re: {subject}\nDate: {{date}}\n\
         Message-ID: <to-{}@people.example>\n\n{words}\n",
        mail.id
    )
}
