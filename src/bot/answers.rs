//! Answers to our questions: each belongs to the case whose token it carries.

use serde_json::json;
use subtle::ConstantTimeEq as _;

use crate::bot::Bot;
use crate::bot::desk::{Desk, Examined};
use crate::bot::intake::Item;
use crate::bot::marks::Marks;
use crate::bot::records::{Records, TokenRow};
use crate::bot::telling;
use crate::domain::address::Address;
use crate::domain::admission::{Arrival, is_unproven};
use crate::domain::approach::{Approach, Occasion};
use crate::domain::case::{Case, IssuedToken, Step, issued_tokens};
use crate::domain::digest::Digest;
use crate::domain::event::{Answer, Event, SECRETARIAT, Word};
use crate::domain::evidence::Verdict;
use crate::domain::objection::may_object;
use crate::domain::request::{Action, Change, Kind, Named, Reading, Request};
use crate::domain::tld::Tld;
use crate::domain::token::Token;
use crate::domain::tongue::LANGUAGES;
use crate::domain::unclear::{About, Unclear};
use crate::reading::letter::Letter;
use crate::reading::{understand_details, understand_news};
use crate::store::{Shelf, Write};
use crate::world::Filing;
use crate::writing::layout::one_line;

/// Characters of an answer's own words that are kept with it.
pub(in crate::bot) const SAID_CHARS_MAX: usize = 300;

impl Bot<'_> {
    /// A mail that carries a token of ours belongs to its case. None: it does not.
    pub(in crate::bot) fn answer(
        &mut self,
        item: &Item<'_>,
        examined: &Examined,
        marks: &Marks,
    ) -> anyhow::Result<Option<Filing>> {
        let arrival = &examined.arrival;
        if let Some(filing) = self.settled_by_mail(item, arrival, marks)? {
            return Ok(Some(filing));
        }
        if let Some(filing) = self.ruled_by_mail(item, arrival, marks)? {
            return Ok(Some(filing));
        }
        match arrival.reading.kind {
            Kind::ReplyYes
            | Kind::ReplyNo
            | Kind::ReplyUnclear
            | Kind::Request
            | Kind::Other
            | Kind::Help
            | Kind::Query => {
                let own = arrival
                    .from
                    .as_ref()
                    .is_none_or(|from| self.settings.mailboxes.contains(&from.without_subaddress()));
                let mut row = self.known_token(&arrival.reading)?;
                if row.is_none() && !own {
                    if let Some(filing) = self.approach_answered(item, arrival, marks)? {
                        return Ok(Some(filing));
                    }
                    row = self.own_request(arrival)?;
                }
                let Some(row) = row else { return Ok(None) };
                let Some(case) = self.records.case(row.case)?.filter(|_| !own) else { return Ok(None) };
                if is_no_answer(&row, &arrival.reading) {
                    return Ok(None);
                }
                self.answered(item, arrival, marks, (&case, row)).map(Some)
            }
            Kind::Ruling | Kind::AutoReply | Kind::Bounce => Ok(None),
        }
    }

    /// An answer to our question for details is a request, if it has any; an answer to another question never is.
    pub(in crate::bot) fn read_details(
        &mut self,
        item: &Item<'_>,
        examined: &mut Examined,
        desk: &Desk<'_>,
    ) -> anyhow::Result<()> {
        let row = self.known_token(&examined.arrival.reading)?;
        let Some(row) = row else { return self.read_news(examined, desk) };
        if row.step != Step::Information {
            return Ok(());
        }
        let details = understand_details(&examined.letter, None, &desk.context());
        let said = has_contacts(&details);
        if said && details.missing.is_empty() {
            examined.arrival.reading = details;
            return Ok(());
        }
        let completed = self.completed(item, examined, (&row, desk))?;
        if let Some(reading) = completed.or(Some(details).filter(|_| said)) {
            examined.arrival.reading = reading;
        }
        Ok(())
    }

    /// An answer to an approach that is no plain word is a request, if it says what should be held.
    fn read_news(&self, examined: &mut Examined, desk: &Desk<'_>) -> anyhow::Result<()> {
        let reading = &examined.arrival.reading;
        // `Yes, remove me` is no plain yes.
        let is_word = self.settings.templates.is_a_word_asked_for(first_line(&reading.own_text));
        let plain = is_word && matches!(reading.kind, Kind::ReplyYes | Kind::ReplyNo);
        let Some(approach) = self.approach_meant(reading)? else { return Ok(()) };
        let wishes =
            approach.occasion == Occasion::Invitation && reading.kind == Kind::ReplyYes && !reading.hold;
        if plain && !wishes {
            return Ok(());
        }
        // Of several ccTLDs it is for him to say which; one alone needs no name.
        let about = match approach.tlds.as_slice() {
            [only] => Some(only),
            _ => None,
        };
        let mut details = understand_news(&examined.letter, about, &desk.context());
        if !has_contacts(&details) {
            if wishes {
                self.read_wish_to_join(examined, &approach);
            }
            return Ok(());
        }
        // Who was shown all of them says `the rest is right`: that is never taken for `the rest goes`.
        let stays = |named: &Named| named.change == Change::Modify;
        let clears = |request: &Request| request.replace_all && request.contacts.iter().all(stays);
        if details.requests.iter().any(clears) {
            details.doubts.push(Unclear { about: About::WhoGoes, words: Vec::new(), places: Vec::new() });
            details.hold = true;
        }
        examined.arrival.reading = details;
        Ok(())
    }

    /// A yes to an invitation asks to join; who the contacts are is still to be said.
    fn read_wish_to_join(&self, examined: &mut Examined, approach: &Approach) {
        let arrival = &mut examined.arrival;
        // A machine that acknowledges every mail in other words must not ask in its owner's name.
        let vouched = arrival.proof.verdict == Verdict::Authenticated
            || self.settings.templates.is_the_yes_asked_for(first_line(&arrival.reading.own_text));
        if !vouched || arrival.proof.from.as_ref() != Some(&approach.to) {
            return;
        }
        let wish = |tld: &Tld| Request {
            action: Action::Subscribe,
            tld: Some(tld.clone()),
            contacts: Vec::new(),
            replace_all: false,
            swaps: None,
        };
        arrival.reading.kind = Kind::Request;
        arrival.reading.requests = approach.tlds.iter().map(wish).collect();
        arrival.reading.missing = vec!["contacts".to_owned()];
    }

    /// The request that we asked about, read together with what was answered: where that lacks less than before.
    fn completed(
        &mut self,
        item: &Item<'_>,
        examined: &Examined,
        (row, desk): (&TokenRow, &Desk<'_>),
    ) -> anyhow::Result<Option<Reading>> {
        let Some(case) = self.records.case(row.case)? else { return Ok(None) };
        if examined.arrival.from.as_ref() != Some(&row.asked) || case.requester.address != row.asked {
            return Ok(None);
        }
        let raw = match self.store.mail(Shelf::Incoming, &case.requester.mail) {
            Err(error) if error.is_of_one_mail() => {
                self.tell_of_altered(item, &case, &error.to_string())?;
                None
            }
            raw => raw?,
        };
        let Some(earlier) = raw.and_then(|raw| Letter::read(&raw).ok()) else { return Ok(None) };
        let together = understand_details(&examined.letter, Some(&earlier), &desk.context());
        let fuller = has_contacts(&together) && together.missing.len() < case.reading.missing.len();
        Ok(fuller.then_some(together))
    }

    /// The kept mail of a request is another one by now: what was answered is read alone, and a person hears of it.
    fn tell_of_altered(&mut self, item: &Item<'_>, case: &Case, why: &str) -> anyhow::Result<()> {
        let key = format!("altered/{}", case.requester.mail);
        if self.records.counter::<bool>(&key)?.is_some() {
            return Ok(());
        }
        let mut writes = vec![Records::write_counter(&key, Some(&true))?];
        let says = format!("the mail that {} rests on was altered in the store: {why}", case.id);
        let about = telling::About {
            from: case.requester.address.to_string(),
            answered: String::new(),
            points: vec![says.clone()],
            evidence: vec![format!("The answer that was to be read beside it: {}.", item.digest)],
            quoted: Vec::new(),
            proven: true,
            settled_by: None,
        };
        let told = self.tell_of_mail(about, &mut writes)?;
        self.note(
            "mail_altered",
            &format!("A person must look: {says}."),
            json!({ "mail": case.requester.mail, "effects": told }),
            &writes,
        )
    }

    /// The one token that is known. Two that belong to different questions are no answer to either.
    fn known_token(&self, reading: &Reading) -> anyhow::Result<Option<TokenRow>> {
        let mut found: Option<TokenRow> = None;
        for token in &reading.tokens {
            let Some(row) = self.records.token(token)? else { continue };
            let Some(case) = self.records.case(row.case)? else { continue };
            if !holds(&case, &row, token) {
                continue;
            }
            match &found {
                Some(other) if *other != row => return Ok(None),
                Some(_) | None => found = Some(row),
            }
        }
        Ok(found)
    }

    fn answered(
        &mut self,
        item: &Item<'_>,
        arrival: &Arrival,
        marks: &Marks,
        (case, row): (&Case, TokenRow),
    ) -> anyhow::Result<Filing> {
        let reading = &arrival.reading;
        let word = match reading.kind {
            _ if reading.takes_back() && is_news(row.step) => Word::No,
            _ if reading.hold => Word::Unclear,
            Kind::ReplyYes => Word::Yes,
            Kind::ReplyNo => Word::No,
            Kind::ReplyUnclear
            | Kind::Request
            | Kind::Ruling
            | Kind::Query
            | Kind::Help
            | Kind::AutoReply
            | Kind::Bounce
            | Kind::Other => Word::Unclear,
        };
        // From must be one plain mailbox in a mail that can be read in one way only: else nobody in particular wrote it.
        let plain = arrival.proof.from.clone();
        let answer = Answer {
            step: row.step,
            word: if plain.is_some() && self.is_enough(word, case, arrival) { word } else { Word::Unclear },
            from: plain.or_else(|| arrival.from.clone()).unwrap_or_else(|| row.asked.clone()),
            asked: row.asked,
            mail: item.digest,
            thread: arrival.thread.clone(),
            proof: arrival.proof.reasons.first().cloned().unwrap_or_default(),
            said: one_line(&reading.own_text, SAID_CHARS_MAX),
        };
        if let Some(filing) = self.stopped_or_started(item, arrival, marks, (case, &answer))? {
            return Ok(filing);
        }
        let evidence = json!({
            "from": answer.from, "asked": answer.asked, "step": answer.step, "kind": reading.kind, "hold": reading.hold,
            "doubts": reading.doubts, "mail": item.digest, "message_id": arrival.thread.message_id, "proof": arrival.proof,
        });
        let mut writes = marks.writes(item, Filing::Done, vec![case.id])?;
        writes.extend(self.language_learnt(arrival)?);
        // An objection that counts is no late answer, whatever he wrote before.
        let plain = answer.step == Step::Objection && answer.word == Word::No && answer.from == answer.asked;
        let objects = plain && may_object(case, &answer.from, &self.settings.policy, self.now());
        if !case.state.is_open() && !objects && !self.first_late_answer(case, &answer.from, &mut writes)? {
            self.note(
                "answer_too_late_again",
                "Another answer came in after the end; its sender was told already.",
                evidence,
                &writes,
            )?;
            return Ok(Filing::Done);
        }
        let case = self.heard(case, &answer, reading);
        self.happen(&case, &Event::Answered(answer), writes, &evidence)?;
        Ok(Filing::Done)
    }

    /// Where nothing but this answer vouches for the request, only a word that we asked for is a yes: a machine that
    /// acknowledges every mail in other words must not agree in its owner's name.
    fn is_enough(&self, word: Word, case: &Case, arrival: &Arrival) -> bool {
        let vouched = arrival.proof.verdict == Verdict::Authenticated || !is_unproven(case);
        let is_asked_for =
            || self.settings.templates.is_the_yes_asked_for(first_line(&arrival.reading.own_text));
        word != Word::Yes || vouched || is_asked_for()
    }

    /// The case, with the language of whoever answers in words of his own. A word that we asked for tells nothing of
    /// it: English ones stand in every mail.
    fn heard(&self, case: &Case, answer: &Answer, reading: &Reading) -> Case {
        let own = reading.language.as_deref().filter(|language| LANGUAGES.contains(language));
        let told = answer.from == answer.asked
            && !self.settings.templates.is_a_word_asked_for(first_line(&reading.own_text));
        match own.filter(|_| told) {
            Some(language) => case.clone().with_answer_in(&answer.from, language),
            None => case.clone(),
        }
    }

    /// Nobody is told twice that a case has ended: what answers again may be a machine.
    fn first_late_answer(
        &self,
        case: &Case,
        from: &Address,
        writes: &mut Vec<Write>,
    ) -> anyhow::Result<bool> {
        let key = format!("late/{}/{}", case.id, Digest::of(from.lower().as_bytes()));
        let first = self.records.counter::<bool>(&key)?.is_none();
        writes.push(Records::write_counter(&key, Some(&true))?);
        Ok(first)
    }
}

/// Whether a mail is read as if it had no token. Who answers in the secretariat's place without being it is read by a
/// person; details that we asked for are a request; and so is whatever answers news with a wish of its own.
fn is_no_answer(row: &TokenRow, reading: &Reading) -> bool {
    match row.step {
        Step::Ruling => true,
        Step::Information => reading.kind == Kind::Request,
        Step::Withdrawal => reading.kind != Kind::ReplyNo && !reading.takes_back(),
        Step::Objection => {
            matches!(reading.kind, Kind::Request | Kind::Help | Kind::Query) && !reading.takes_back()
        }
        Step::Admin
        | Step::Contact
        | Step::Own
        | Step::Address
        | Step::List
        | Step::Committee
        | Step::Approach => false,
    }
}

/// Whether a token came with news, and not with a question.
fn is_news(step: Step) -> bool {
    matches!(step, Step::Objection | Step::Withdrawal)
}

/// The first line that is not empty, without what stands around its letters.
pub(in crate::bot) fn first_line(text: &str) -> &str {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    first.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Whether a mail is a request that says something of somebody.
fn has_contacts(reading: &Reading) -> bool {
    reading.kind == Kind::Request && reading.names_contacts()
}

/// Whether a token is one that its case still remembers: sent to this person, for this request and this step.
pub(in crate::bot) fn holds(case: &Case, row: &TokenRow, token: &Token) -> bool {
    // A case that has ended has forgotten its tokens; what the table says is enough to answer that it is too late. Only
    // an objection can still move it.
    if !case.state.is_open() && row.step != Step::Objection {
        return true;
    }
    // A ruling is a matter of the office: whoever of it rules.
    let asked = if row.step == Step::Ruling { SECRETARIAT.to_owned() } else { row.asked.lower() };
    // Tokens of former versions are bound to the change, whatever they are for.
    let digests = [case.bound_to(row.step), case.request_digest()];
    let bound = digests.map(|digest| token.bound_to(&asked, &digest, row.step.word()));
    let is_bound =
        |one: &&IssuedToken| bound.iter().any(|bound| bool::from(one.bound.octets().ct_eq(bound.octets())));
    issued_tokens(case).iter().any(is_bound)
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn a_word_is_what_stands_alone_on_the_first_line() {
        for text in ["YES", "\n  YES.\nThanks", "\"YES\"!", "\u{2068}YES\u{2069}"] {
            assert_eq!(first_line(text), "YES", "{text}");
        }
        for text in ["YES, I am away", "", "Hello\nYES"] {
            assert_ne!(first_line(text), "YES", "{text}");
        }
    }
}
