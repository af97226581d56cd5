//! Understanding: the stages one after the other, from a mail taken apart to what it says.

use crate::domain::request::{Kind, Reading};
use crate::domain::tld::Tld;
use crate::reading::Context;
use crate::reading::answer;
use crate::reading::countries;
use crate::reading::doubts;
use crate::reading::entry::{Entry, Role};
use crate::reading::form::{Reader, is_only_name, rank_of, role_of};
use crate::reading::kind;
use crate::reading::layout::Mark;
use crate::reading::letter::Letter;
use crate::reading::lines::Line;
use crate::reading::prose::{is_about_a_value, names_a_value};
use crate::reading::requests::{self, Frame};
use crate::reading::ruling;
use crate::reading::speech::{Speech, languages_of};
use crate::reading::statement::{self, Statement};
use crate::reading::tlds;
use crate::reading::tokens;
use crate::reading::words::{Languages, Sense};

/// What every Subject of ours begins with.
const OUR_TAG: &str = "[TLD-OPS]";

/// A mail while it is being understood.
struct Hearing<'a> {
    letter: &'a Letter,
    context: &'a Context<'a>,
    languages: Languages,
    subject: Speech,
    /// The writer's own words without greeting, closing and signature.
    own: Speech,
    reading: Reading,
}

/// How a mail is listened to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ear {
    /// As whatever it turns out to be.
    Open,
    /// As a request, though it answers a mail of ours: we asked for details.
    Details,
}

/// Says what a mail says.
pub(super) fn understand(letter: &Letter, context: &Context<'_>, ear: Ear) -> Reading {
    let whole = letter.own_text();
    let subject = bare_subject(letter.subject());
    // What stands in the Subject of a mail of ours is never the words of whoever answers it.
    let answers_ours =
        subject.contains(OUR_TAG) && (subject != letter.subject() || letter.in_reply_to().is_some());
    let subject = if answers_ours { String::new() } else { subject };
    // The Subject of an answer is ours, not the writer's.
    let is_answer = subject != letter.subject();
    let (mut languages, mut likeliest) = languages_of(whole);
    if likeliest.is_none() || !is_answer {
        let (all, first) = languages_of(&format!("{whole}\n{subject}"));
        languages = languages.and(all);
        likeliest = likeliest.or(first);
    }
    let mut own = letter.layout().text_of(&[Mark::Own]);
    if own.is_empty() && !is_answer {
        // Some say all in the Subject.
        own.clone_from(&subject);
    }
    let mut hearing = Hearing {
        letter,
        context,
        languages,
        subject: Speech::of(&subject, languages),
        own: Speech::of(&own, languages),
        reading: Reading {
            kind: Kind::Other,
            language: likeliest.and_then(|language| language.code()).map(str::to_owned),
            requests: Vec::new(),
            missing: Vec::new(),
            queried_tlds: Vec::new(),
            hold: false,
            doubts: Vec::new(),
            tokens: tokens::of(letter),
            bounce: None,
            own_text: whole.to_owned(),
        },
    };
    hearing.hear(ear);
    let mut reading = hearing.reading;
    reading.hold = !reading.doubts.is_empty();
    reading
}

/// A Subject without `Re:`, `AW:`, `回复：` and their kin, which say nothing of the matter.
fn bare_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some((before, after)) = rest.split_once([':', '：']) {
        let short = before.chars().count() <= 5 && before.chars().all(char::is_alphanumeric);
        if !short {
            break;
        }
        rest = after.trim();
    }
    rest.to_owned()
}

impl Hearing<'_> {
    fn hear(&mut self, ear: Ear) {
        if let Some(machine) = kind::of_machine(self.letter, &self.subject, &self.own) {
            self.reading.kind = machine;
            if machine == Kind::Bounce {
                self.reading.bounce = Some(kind::bounce_of(self.letter));
            }
        } else if ruling::is_ruling(self.letter, !self.reading.tokens.is_empty(), self.context) {
            self.reading.kind = Kind::Ruling;
        } else if ear == Ear::Open && !self.reading.tokens.is_empty() {
            self.answer();
        } else {
            self.request();
        }
    }

    fn answer(&mut self) {
        let text = self.own.text(0..self.own.chars.len());
        let mut lines: Vec<&str> = text.lines().collect();
        // A name alone at the end is a signature.
        while lines.len() > 1
            && lines.last().is_some_and(|line| line.trim().is_empty() || is_only_name(&Speech::of(line, self.languages)))
        {
            lines.pop();
        }
        self.reading.kind = answer::read(&Speech::of(&lines.join("\n"), self.languages));
        if self.own.has_any(&[Sense::OnBehalf, Sense::Steer]) {
            self.reading.kind = Kind::ReplyUnclear;
            self.reading.doubts.push("someone may answer in another's name".to_owned());
        }
    }

    fn request(&mut self) {
        let reader = Reader { languages: self.languages, known: self.context.known };
        let layout = self.letter.layout();
        let points = self.own.has(Sense::Below);
        let mut marks = vec![Mark::Own];
        if points {
            marks.push(Mark::Quote);
        }
        let lines: Vec<&Line> = layout.with(&marks);
        let mut statement = statement::collect(&lines, &reader, self.context.mailboxes);
        let default_role = self.default_role(&statement);
        let tlds = self.tlds(&statement, &reader);
        let helpless = self.own.has(Sense::How) && statement.loose.phones.is_empty();
        if !helpless {
            self.speaks_of_himself(&mut statement, default_role, &reader);
        }
        if statement.interleaved
            && tlds.len() > 1
            && statement.entries.iter().any(|entry| entry.tlds.is_empty())
        {
            self.reading.doubts.push("it is not certain which contact belongs to which ccTLD".to_owned());
        }
        if self.is_no_request(&statement, default_role, &tlds) {
            return;
        }
        let everyone = self.own.has(Sense::Everyone);
        let frame = Frame {
            known: self.context.known,
            default_role,
            tlds,
            replace_all: self.own.has(Sense::EveryoneElse)
                && default_role != Role::Remove
                && !statement.entries.is_empty(),
            changes_a_value: self.own.with(Sense::Change).any(|cue| is_about_a_value(&self.own, cue) || names_a_value(&self.own, cue)),
            roster: self.context.roster,
            remove_all: default_role == Role::Remove && everyone && statement.entries.is_empty(),
        };
        self.subject_contradicts(&statement, default_role);
        let asked = requests::make(&statement, &frame);
        self.reading.kind = Kind::Request;
        self.reading.requests = asked.requests;
        self.reading.missing = asked.missing;
        self.reading.doubts.extend(asked.doubts);
        self.reading.doubts.extend(doubts::of_words(&self.subject, &self.own));
        self.reading.doubts.extend(doubts::of_form(self.letter));
        if statement.entries.is_empty() && !self.letter.parts().attached.is_empty() {
            self.reading.doubts.push("the details are only in what is attached".to_owned());
        }
    }

    /// What the mail as a whole asks for.
    fn default_role(&self, statement: &Statement) -> Role {
        let said = statement.action.or_else(|| role_of(&self.own)).or_else(|| role_of(&self.subject));
        said.unwrap_or_default()
    }

    /// `Please add me`: name and number are in the signature, the address in From.
    fn speaks_of_himself(&self, statement: &mut Statement, role: Role, reader: &Reader<'_>) {
        if !self.own.has(Sense::Me) || !matches!(role, Role::Add | Role::Change | Role::Remove) {
            return;
        }
        let name = self.letter.from_name().map(str::to_owned);
        if let [only] = statement.entries.as_mut_slice() {
            let own_name = only.name.is_none() || only.name == name;
            let former = only.former_email.is_some();
            if own_name && only.name.is_none() && (former || only.emails.first() == self.letter.from()) {
                only.name = name;
            } else if own_name && only.emails.is_empty() && !former {
                only.emails.extend(self.letter.from().cloned());
            }
            return;
        }
        if !statement.entries.is_empty() {
            return;
        }
        let signature: Vec<&Line> = self.letter.layout().with(&[Mark::Signature]);
        let signed = statement::collect(&signature, reader, self.context.mailboxes);
        let mut entry = std::mem::take(&mut statement.loose);
        entry.name = name;
        entry.role = role;
        entry.rank = rank_of(&self.own, 0, self.own.chars.len());
        if let Some(from) = self.letter.from() {
            entry.take_email(from.clone());
        }
        if role == Role::Add && entry.phones.is_empty() {
            let numbers = signed.entries.iter().flat_map(|signed| signed.phones.clone()).chain(signed.loose.phones);
            entry.phones.extend(numbers);
        }
        statement.entries.push(entry);
    }

    /// The ccTLDs of the request: those of the text, or else of the Subject, or else of the signature.
    fn tlds(&mut self, statement: &Statement, reader: &Reader<'_>) -> Vec<Tld> {
        let named = |speech: &Speech| -> Vec<Tld> {
            let mut found: Vec<Tld> = Vec::new();
            for one in tlds::named(&speech.chars, &speech.hits, reader.known) {
                if !found.contains(&one.what) {
                    found.push(one.what);
                }
            }
            found
        };
        let of_subject = named(&self.subject);
        if !statement.tlds.is_empty() {
            if of_subject.iter().any(|tld| !statement.tlds.contains(tld)) {
                self.reading.doubts.push("Subject and text name different ccTLDs".to_owned());
            }
            return statement.tlds.clone();
        }
        if !of_subject.is_empty() {
            return of_subject;
        }
        let by_country = |speech: &Speech| -> Vec<Tld> {
            let mut found: Vec<Tld> = Vec::new();
            for one in countries::find(&speech.chars) {
                if !found.contains(&one.what) {
                    found.push(one.what);
                }
            }
            found
        };
        let signed = self.letter.layout().text_of(&[Mark::Greeting, Mark::Closing, Mark::Signature]);
        let signed = Speech::of(&signed, self.languages);
        [by_country(&self.own), by_country(&self.subject), named(&signed), by_country(&signed)]
            .into_iter()
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// A Subject that asks for one thing, above a text that asks for the contrary.
    fn subject_contradicts(&mut self, statement: &Statement, role: Role) {
        let subject = (self.subject.has(Sense::Add), self.subject.has(Sense::Remove));
        let roles: Vec<Role> =
            statement.entries.iter().map(|entry| if entry.role == Role::Unsaid { role } else { entry.role }).collect();
        let only = |wanted: Role| !roles.is_empty() && roles.iter().all(|role| *role == wanted);
        let changes = self.subject.has_any(&[Sense::Change, Sense::Replace]);
        let contrary = match subject {
            (true, false) => only(Role::Remove),
            (false, true) => only(Role::Add),
            _ => false,
        };
        if contrary && !changes {
            self.reading.doubts.push("Subject and text ask for different things".to_owned());
        }
    }

    /// Sorts out queries, calls for help and everything else.
    fn is_no_request(&mut self, statement: &Statement, role: Role, tlds: &[Tld]) -> bool {
        let details =
            statement.entries.iter().any(|entry| entry.has_contact_data() || entry.role != Role::Unsaid);
        let attached = !self.letter.parts().attached.is_empty() && self.own.has(Sense::Attached);
        let values = statement.entries.iter().any(Entry::has_contact_data);
        let advertises = self.own.has(Sense::Advertising) || self.subject.has(Sense::Advertising);
        if advertises && !values {
            return true;
        }
        if details && (role != Role::Unsaid || statement.structured || self.own.has(Sense::ContactWord)) {
            return false;
        }
        if attached && !self.own.has(Sense::How) {
            return false;
        }
        let removes_all = role == Role::Remove && self.own.has(Sense::Everyone) && !tlds.is_empty();
        if removes_all {
            return false;
        }
        let word = |word: &str| {
            let is = |text: String| text.lines().any(|line| line.trim().trim_end_matches(['.', '!', '?']).eq_ignore_ascii_case(word));
            is(self.subject.text(0..self.subject.chars.len())) || is(self.own.text(0..self.own.chars.len()))
        };
        let asks = self.own.chars.iter().any(|c| matches!(c, '?' | '？' | '؟'));
        let how = self.own.has(Sense::How);
        let acts = self.own.has_any(&[Sense::Add, Sense::Remove, Sense::Change, Sense::Replace]);
        let alarming =
            self.own.has_any(&[Sense::Incident, Sense::Legal, Sense::Complaint, Sense::Recall, Sense::Delegation]);
        if word("who") || (self.own.has(Sense::Query) && !alarming && !(how && (acts || tlds.is_empty()))) {
            self.reading.kind = Kind::Query;
            self.reading.queried_tlds = tlds.to_vec();
            return true;
        }
        if alarming && !values {
            self.reading.doubts.extend(doubts::of_words(&self.subject, &self.own));
            return true;
        }
        if !details && (how || word("help") || (asks && self.own.has(Sense::Question) && role != Role::Unsaid)) {
            self.reading.kind = Kind::Help;
            return true;
        }
        if role != Role::Unsaid && !tlds.is_empty() {
            return false;
        }
        self.reading.doubts.extend(doubts::of_words(&self.subject, &self.own));
        true
    }
}
