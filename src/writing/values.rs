//! Values: all that a template can name, made of a notice's facts in the words of a language.

use serde::Serialize;

use crate::domain::because::{Because, Warning};
use crate::domain::contact::Contact;
use crate::domain::lookup::Unfound;
use crate::domain::notice::Notice;
use crate::domain::repository::Repository;
use crate::domain::tld::Tld;
use crate::writing::changes;
use crate::writing::example;
use crate::writing::layout::{day, one_line};
use crate::writing::orders;
use crate::writing::phrases::Phrases;
use crate::writing::repository;
use crate::writing::repository::ages;
use crate::writing::sentences::Sentences;

/// Characters of a line of somebody else's mail at the most, where we quote it.
const QUOTED_CHARS_MAX: usize = 200;

/// Characters of what a person of the secretariat wrote to somebody at the most.
const WORDS_CHARS_MAX: usize = 600;

/// What a template can name.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact that the text of a mail can name")]
pub(super) struct Values {
    name: String,
    sender_name: String,
    token: String,
    case: String,
    /// What the request amounts to, in a word of the mail's language.
    action: String,
    /// The same in English, by which an answer's Subject tells what was asked.
    command: String,
    /// The word that agrees.
    yes: String,
    /// The word that refuses.
    no: String,
    /// The word that stops questions which merely copy the receiver.
    stop: String,
    /// The word after which he is asked again.
    start: String,
    /// Whether he may stop them.
    copied: bool,
    /// Whether the receiver's address has given way to another one of the same person.
    moved: bool,
    /// Who wrote the mail: a program.
    program: String,
    /// What contact details are for, and who sees them: where somebody decides on them, or is asked for them.
    purpose: String,
    tlds: String,
    changes: Vec<String>,
    because: String,
    requester: String,
    until: String,
    reminder: u16,
    reason: String,
    /// The reason where it is a person's own words, as they are: in whatever language they were written.
    words: String,
    /// What would make the request succeed.
    cure: String,
    warnings: Vec<String>,
    points: Vec<String>,
    missing: Vec<String>,
    questions: Vec<String>,
    form: Vec<String>,
    /// The form with everything filled in.
    example: Vec<String>,
    /// Whom to ask, in a sentence.
    ask: String,
    /// Whether this is the English that stands below another language.
    pub(super) translated: bool,
    evidence: Vec<String>,
    quoted: Vec<String>,
    order: Vec<String>,
    choices: Vec<String>,
    /// Whom to call, and what to say.
    pub(super) calls: Vec<String>,
    /// Of the contact repository: the label, its day, when it was sent before, its ccTLDs, its lines.
    label: String,
    day: String,
    since: String,
    members: usize,
    /// How many contacts there are, and how many of them confirmed their details within a year.
    people: usize,
    confirmed: usize,
    /// Those who confirmed them longer ago, and those who have not, by ccTLDs.
    older: Vec<String>,
    unconfirmed: Vec<String>,
    /// The day of each, where they are few.
    dated: Vec<String>,
    contacts: Vec<String>,
    links: Vec<String>,
    /// What is held, a line a contact.
    entries: Vec<String>,
    /// Where requests go.
    mailbox: String,
    /// Of a question for contacts: what nobody was found for.
    unfound: Vec<Miss>,
    /// Whether it is the last answer for now.
    last: bool,
    /// How many ccTLDs take part, where an invitation tells it.
    joined: usize,
}

/// What nobody was found for, for a template to say.
#[derive(Serialize)]
struct Miss {
    /// `no-tld`, `no-member`, `nobody-in`, `nobody-called` or `tld-not-region`.
    kind: &'static str,
    /// What was asked for.
    what: String,
    /// What may have been meant; empty where nothing is near.
    meant: String,
}

impl Miss {
    fn of(unfound: &Unfound, sentences: &Sentences) -> Self {
        let shown = |text: &str| sentences.shown(text);
        let (kind, what, meant) = match unfound {
            Unfound::NoTld(said, meant) => ("no-tld", said.clone(), list(meant.iter().map(Tld::for_people))),
            Unfound::NoMember(tld) => ("no-member", tld.for_people(), String::new()),
            Unfound::NobodyIn(region) => ("nobody-in", region.name().to_owned(), String::new()),
            Unfound::NobodyCalled(said, meant) => {
                ("nobody-called", said.clone(), list(meant.iter().cloned()))
            }
            Unfound::TldNotRegion(tld, region) => {
                ("tld-not-region", tld.for_people(), region.name().to_lowercase())
            }
        };
        let meant = if meant.is_empty() { meant } else { shown(&meant) };
        Self { kind, what: shown(&what), meant }
    }
}

fn list(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(" / ")
}

impl Values {
    /// The values of a notice, in the words of a language.
    pub(super) fn of(
        notice: &Notice,
        sender_name: &str,
        (phrases, sentences): (&Phrases, &Sentences),
    ) -> Self {
        let facts = &notice.facts;
        let safe =
            |lines: &[String]| lines.iter().map(|line| one_line(line, QUOTED_CHARS_MAX)).collect::<Vec<_>>();
        let nothing = Repository::default();
        let repository = facts.repository.as_deref().unwrap_or(&nothing);
        let counts = repository.ages().unwrap_or_default();
        let mut lines: Vec<String> = Vec::new();
        for change in facts.changes.iter().chain(&repository.changes) {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.extend(changes::lines(change, sentences));
        }
        Self {
            name: sentences.shown(&one_line(notice.name.as_deref().unwrap_or_default(), QUOTED_CHARS_MAX)),
            sender_name: sender_name.to_owned(),
            token: notice.token.as_ref().map(|(token, _)| token.text()).unwrap_or_default(),
            case: facts.case.map(|case| case.to_string()).unwrap_or_default(),
            action: sentences.action(&facts.action),
            command: facts.action.clone(),
            yes: sentences.word("yes").to_owned(),
            no: sentences.word("no").to_owned(),
            stop: sentences.word("stop").to_owned(),
            start: sentences.word("start").to_owned(),
            copied: facts.copied,
            moved: matches!(facts.because, Because::AddressReplaced(_)),
            program: sentences.word("program").to_owned(),
            purpose: sentences.word("purpose").to_owned(),
            tlds: sentences.tlds(&facts.tlds),
            changes: lines,
            because: sentences.because(&facts.because),
            requester: facts.requester.clone(),
            until: facts.until.map(|until| sentences.moment(until)).unwrap_or_default(),
            reminder: facts.reminder,
            reason: sentences.reason(&facts.reason),
            words: facts.reason.own_words().map(|words| one_line(words, WORDS_CHARS_MAX)).unwrap_or_default(),
            cure: sentences.cure(&facts.reason.cure()),
            warnings: warnings(&facts.warnings, sentences),
            points: safe(&facts.points),
            missing: facts.missing.iter().map(|item| phrases.missing(item)).collect(),
            questions: facts.unclear.iter().map(|unclear| phrases.question(unclear)).collect(),
            form: phrases.form(&facts.form),
            example: phrases.form(&example::form(facts.example.as_ref())),
            ask: sentences.ask(&facts.whom),
            translated: false,
            evidence: facts.evidence.iter().map(|line| indented(line)).collect(),
            quoted: safe(&facts.quoted),
            order: orders::lines(&facts.order),
            choices: safe(&facts.choices),
            calls: Vec::new(),
            label: repository.label.to_string(),
            day: sentences.shown(&repository.day().to_string()),
            since: repository.since.map(day).unwrap_or_default(),
            members: repository.roster.iter().count(),
            people: counts.total(),
            confirmed: counts.within_a_year,
            older: ages::older(repository),
            unconfirmed: ages::unconfirmed(repository),
            dated: ages::dated(repository),
            contacts: repository::lines(repository),
            links: safe(&repository.links),
            unfound: facts.unfound.iter().map(|unfound| Miss::of(unfound, sentences)).collect(),
            last: facts.last,
            joined: facts.joined,
            entries: facts.entries.iter().map(|(tld, contact)| entry(tld, contact)).collect(),
            mailbox: repository.requests_to.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }
}

/// A contact for a person, who answers whether it is right: one space deeper than in the repository, so that a long line
/// is folded as all others are.
fn entry(tld: &Tld, contact: &Contact) -> String {
    format!(" {}", repository::line(tld, contact))
}

/// What may be too little, a sentence each.
fn warnings(warnings: &[String], sentences: &Sentences) -> Vec<String> {
    warnings.iter().map(|warning| sentences.warning(&Warning::from(warning.as_str()))).collect()
}

/// A line of evidence keeps its own indentation, which shows what belongs to what.
fn indented(line: &str) -> String {
    let depth = line.len() - line.trim_start().len();
    format!("{}{}", " ".repeat(depth), one_line(line, QUOTED_CHARS_MAX * 3))
}
