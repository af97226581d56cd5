//! The language that somebody wrote to us in last, as far as that mail is proven to be his.
//!
//! He is written to in it until he writes in another one. It is kept of contacts and admin contacts alone: of strangers
//! there is no end.

use crate::bot::Bot;
use crate::bot::answers::first_line;
use crate::bot::records::Records;
use crate::domain::address::Address;
use crate::domain::admission::Arrival;
use crate::domain::case::Case;
use crate::domain::digest::Digest;
use crate::domain::evidence::Verdict;
use crate::domain::tongue::LANGUAGES;
use crate::store::Write;

/// What the names of these rows begin with, among the counters.
pub(in crate::bot) const LANGUAGE: &str = "language/";
/// The command that asks for help: an English word whatever language its writer has.
const COMMAND: &str = "help";
/// What the command that asks for contacts begins with; names and ccTLDs follow.
const WHO: &str = "who";

impl Records<'_> {
    /// The language (ISO 639-1) that somebody wrote in last; none where it is not known, or is none of ours.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn language_of(&self, address: &Address) -> anyhow::Result<Option<String>> {
        self.counter(&key(address))
    }
}

impl Bot<'_> {
    /// The language that a mail tells of its writer: words that we asked for, or a command, tell nothing.
    pub(in crate::bot) fn told_language<'a>(&self, arrival: &'a Arrival) -> Option<&'a str> {
        let line = first_line(&arrival.reading.own_text);
        let asks = line.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case(WHO));
        let ours =
            line.eq_ignore_ascii_case(COMMAND) || asks || self.settings.templates.is_a_word_asked_for(line);
        let language = arrival.reading.language.as_deref().filter(|_| !ours);
        language.filter(|language| LANGUAGES.contains(language))
    }

    /// What records the language of a proven mail of a contact or an admin contact, where it is another than before.
    pub(in crate::bot) fn language_learnt(&mut self, arrival: &Arrival) -> anyhow::Result<Option<Write>> {
        let proven = arrival.proof.verdict == Verdict::Authenticated;
        let (Some(from), Some(language)) =
            (arrival.from.as_ref().filter(|_| proven), self.told_language(arrival))
        else {
            return Ok(None);
        };
        let known = self.records.language_of(from)?;
        if known.as_deref() == Some(language) {
            return Ok(None);
        }
        let listed = !self.records.roster()?.tlds_of(from).is_empty();
        if !listed && self.world.registry.administered_by(from).is_empty() {
            return Ok(None);
        }
        Records::write_counter(&key(from), Some(&language)).map(Some)
    }

    /// The case, with the languages that are known of those it concerns besides its requester, whose mail tells his.
    pub(in crate::bot) fn with_languages(&self, mut case: Case) -> anyhow::Result<Case> {
        let contacts = case.changes.iter().flat_map(|change| change.before.iter().chain(&change.after));
        let all = contacts.map(|contact| contact.email.clone()).chain(case.admin.clone());
        let all: Vec<Address> = all.filter(|address| *address != case.requester.address).collect();
        for address in all {
            if case.answered_in(&address).is_none()
                && let Some(language) = self.records.language_of(&address)?
            {
                case = case.with_answer_in(&address, &language);
            }
        }
        Ok(case)
    }
}

/// An address may be longer than a key.
fn key(address: &Address) -> String {
    format!("{LANGUAGE}{}", Digest::of(address.lower().as_bytes()))
}
