//! The script of a rehearsal: what happens, line by line.

use crate::domain::event::RulingVerdict;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use thiserror::Error;

use crate::domain::campaign::Tempo;
use crate::domain::tld::Tld;

/// What happens next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// A heading for the reader.
    Chapter(String),
    /// A mail arrives: the file, and who signs it with which key.
    Mail {
        /// The file's name.
        file: String,
        /// Domains and keys, in the order of signing.
        signatures: Vec<(String, String)>,
    },
    /// A mail that arrived before comes again, with other fields that its signature does not cover.
    Replay {
        /// The file that it was made from.
        file: String,
        /// The file with those fields.
        fields: String,
    },
    /// Time passes.
    Wait(SignedDuration),
    /// IANA publishes another snapshot: the file's name.
    Iana(String),
    /// The daily watch looks at all ccTLDs.
    Watch,
    /// The secretariat has ccTLDs invited.
    Invite {
        /// Which.
        tlds: Vec<Tld>,
        /// How fast.
        tempo: Tempo,
    },
    /// The secretariat rules at the shell.
    Rule {
        /// What.
        verdict: RulingVerdict,
        /// The case, as in `R-1`.
        case: String,
        /// Why.
        note: String,
    },
    /// The secretariat says at the shell what came of somebody of whom nothing could be learned.
    Settle {
        /// His address.
        address: String,
        /// What came of it.
        why: String,
    },
    /// The post takes no mail, or takes it again.
    Post(Mood),
    /// No question to the DNS is answered, or all are again.
    Dns(Mood),
}

/// How a service is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mood {
    /// It works.
    Up,
    /// It does not.
    Down,
}

/// A line that is no step.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("line {line} of the script: {reason}")]
pub struct ScriptError {
    line: usize,
    reason: String,
}

/// Reads a script. Empty lines and lines that begin with `;` say nothing.
///
/// ```text
/// # A heading
/// mail 1-request.eml signed nic-nl.example by rsa
/// replay 1-request.eml with 2-fields.txt
/// wait 5d
/// iana new.json
/// watch
/// invite fr re ke in batches of 2 with 24h between, 10 in all
/// approve R-1 the reason (or reject, ask, take, later, refer, undo)
/// reject R-1 the reason
/// settle ann@nic-nl.example what came of it
/// post down
/// dns up
/// ```
///
/// # Errors
/// Where a line is none of these.
pub fn read(text: &str) -> Result<Vec<Step>, ScriptError> {
    let mut steps = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        let content = content.trim();
        if content.is_empty() || content.starts_with(';') {
            continue;
        }
        steps.push(step(content).map_err(|reason| ScriptError { line, reason })?);
    }
    Ok(steps)
}

fn step(content: &str) -> Result<Step, String> {
    let (verb, rest) = content.split_once(' ').unwrap_or((content, ""));
    match verb {
        "#" => Ok(Step::Chapter(rest.to_owned())),
        "mail" => mail(rest),
        "replay" => replay(rest),
        "wait" => span(rest).map(Step::Wait).map_err(|error| format!("`{rest}` is no span of time: {error}")),
        "iana" => Ok(Step::Iana(rest.to_owned())),
        "watch" => Ok(Step::Watch),
        "invite" => invite(rest),
        "approve" | "reject" | "ask" | "take" | "later" | "refer" | "undo" => {
            let (case, note) = rest.split_once(' ').unwrap_or((rest, ""));
            Ok(Step::Rule { verdict: verb.parse()?, case: case.to_owned(), note: note.to_owned() })
        }
        "settle" => {
            let (address, why) = rest.split_once(' ').unwrap_or((rest, ""));
            Ok(Step::Settle { address: address.to_owned(), why: why.to_owned() })
        }
        "post" => mood(rest).map(Step::Post),
        "dns" => mood(rest).map(Step::Dns),
        _ => Err(format!(
            "`{content}` is none of mail, replay, wait, iana, watch, invite, approve, reject, ask, take, later, refer, undo, settle, post, dns"
        )),
    }
}

fn invite(rest: &str) -> Result<Step, String> {
    let form = "invite TLDS in batches of NUMBER with TIME between, NUMBER in all";
    let parts = || {
        let (tlds, rest) = rest.split_once(" in batches of ")?;
        let (batch, rest) = rest.split_once(" with ")?;
        let (pause, rest) = rest.split_once(" between, ")?;
        let cap = rest.strip_suffix(" in all")?;
        let tlds = tlds.split_whitespace().map(|tld| tld.parse().ok()).collect::<Option<Vec<Tld>>>()?;
        let pause_hours = u32::try_from(span(pause).ok()?.as_hours()).ok()?;
        let tempo = Tempo { batch: batch.parse().ok()?, pause_hours, cap: cap.parse().ok()? };
        Some(Step::Invite { tlds, tempo })
    };
    parts().ok_or_else(|| format!("`{rest}` should read: {form}"))
}

fn mood(word: &str) -> Result<Mood, String> {
    match word {
        "up" => Ok(Mood::Up),
        "down" => Ok(Mood::Down),
        _ => Err(format!("`{word}` is neither up nor down")),
    }
}

/// `5d` or `90m`; a day has 24 hours.
fn span(text: &str) -> Result<SignedDuration, jiff::Error> {
    text.parse::<Span>()?.to_duration(SpanRelativeTo::days_are_24_hours())
}

fn replay(rest: &str) -> Result<Step, String> {
    let (file, fields) =
        rest.split_once(" with ").ok_or_else(|| format!("`{rest}` should read: replay FILE with FIELDS"))?;
    Ok(Step::Replay { file: file.to_owned(), fields: fields.to_owned() })
}

fn mail(rest: &str) -> Result<Step, String> {
    let mut words = rest.split_whitespace();
    let file = words.next().ok_or("the mail's file is missing")?.to_owned();
    let mut signatures = Vec::new();
    while let Some(word) = words.next() {
        match (word, words.next(), words.next(), words.next()) {
            ("signed", Some(domain), Some("by"), Some(key)) => {
                signatures.push((domain.to_owned(), key.to_owned()));
            }
            _ => return Err(format!("`{rest}` should read: mail FILE signed DOMAIN by KEY")),
        }
    }
    Ok(Step::Mail { file, signatures })
}
