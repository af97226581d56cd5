//! The texts of our mails: compiled in, and overridden by an operator's folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use thiserror::Error;

use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::writing::changes;
use crate::writing::layout::{fold, minute, one_line};

/// Characters of a subject at the most: more is cut by every mail program.
const SUBJECT_CHARS_MAX: usize = 150;
/// Characters of a line of somebody else's mail at the most, where we quote it.
const QUOTED_CHARS_MAX: usize = 200;
/// The part that every mail ends with.
const FOOTER: &str = "footer";

/// The texts, by the name of their folder. The first line is the subject, after an empty one comes the body.
const EMBEDDED: &[(&str, &str)] = &[
    ("ask-plainly", include_str!("../../templates/ask-plainly/en.txt")),
    ("applied", include_str!("../../templates/applied/en.txt")),
    ("confirm-admin", include_str!("../../templates/confirm-admin/en.txt")),
    ("confirm-contact", include_str!("../../templates/confirm-contact/en.txt")),
    ("escalation", include_str!("../../templates/escalation/en.txt")),
    ("expired", include_str!("../../templates/expired/en.txt")),
    ("farewell", include_str!("../../templates/farewell/en.txt")),
    ("footer", include_str!("../../templates/footer/en.txt")),
    ("held-mail", include_str!("../../templates/held-mail/en.txt")),
    ("help", include_str!("../../templates/help/en.txt")),
    ("needs-information", include_str!("../../templates/needs-information/en.txt")),
    ("nothing-to-change", include_str!("../../templates/nothing-to-change/en.txt")),
    ("refused", include_str!("../../templates/refused/en.txt")),
    ("too-late", include_str!("../../templates/too-late/en.txt")),
    ("under-way", include_str!("../../templates/under-way/en.txt")),
    ("withdrawn", include_str!("../../templates/withdrawn/en.txt")),
];

/// All texts, ready to be filled in.
pub struct Templates {
    environment: Environment<'static>,
}

/// Why a text cannot be used.
#[derive(Debug, Error)]
pub enum TemplateError {
    /// A file that should override a text cannot be read.
    #[error("the template {path} cannot be read: {source}; mend its permissions or remove it")]
    Unreadable {
        /// Where it lies.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A text is no template, or has no subject.
    #[error("the template {name} cannot be used: {reason}; compare it with the one that is compiled in")]
    Wrong {
        /// Its folder.
        name: String,
        /// Why.
        reason: String,
    },
}

/// A subject and a body, as a person reads them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Text {
    /// One line.
    pub subject: String,
    /// Lines of at most 72 columns that end with CRLF.
    pub body: String,
}

impl Templates {
    /// The texts that are compiled in.
    ///
    /// # Errors
    /// Never, as a test keeps; a broken text would be named.
    pub fn built_in() -> Result<Self, TemplateError> {
        Self::from_sources(
            EMBEDDED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
        )
    }

    /// The same, where a file `FOLDER/<mail>/en.txt` takes the place of a text.
    ///
    /// # Errors
    /// Where such a file cannot be read, or is no template.
    pub fn with_folder(folder: &Path) -> Result<Self, TemplateError> {
        let mut sources = BTreeMap::new();
        for (name, text) in EMBEDDED {
            let path = folder.join(name).join("en.txt");
            let source = match std::fs::read_to_string(&path) {
                Ok(own) => own,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => (*text).to_owned(),
                Err(source) => return Err(TemplateError::Unreadable { path, source }),
            };
            sources.insert((*name).to_owned(), source);
        }
        Self::from_sources(sources)
    }

    fn from_sources(sources: BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let blocks = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        let blocks = blocks
            .map_err(|error| TemplateError::Wrong { name: "all".to_owned(), reason: error.to_string() })?;
        environment.set_syntax(blocks);
        for (name, source) in sources {
            let wrong = |reason: String| TemplateError::Wrong { name: name.clone(), reason };
            if name != FOOTER && !source.starts_with("Subject: ") {
                return Err(wrong(
                    "its first line must be the subject, as in `Subject: [TLD-OPS] …`".to_owned(),
                ));
            }
            environment.add_template_owned(name.clone(), source).map_err(|error| wrong(error.to_string()))?;
        }
        let templates = Self { environment };
        for kind in NoticeKind::ALL {
            templates.try_out(kind)?;
            templates.must_name(kind)?;
        }
        Ok(templates)
    }

    /// A template that names an unknown fact is refused at start, not when the mail is due.
    fn try_out(&self, kind: NoticeKind) -> Result<(), TemplateError> {
        let notice = Notice {
            kind,
            to: Vec::new(),
            name: None,
            token: None,
            thread: crate::domain::case::Thread::default(),
            facts: Facts::default(),
        };
        self.write(&notice, "Someone").map(|_| ())
    }

    /// A question without what it is about, or without the token, would have people agree to they know not what.
    fn must_name(&self, kind: NoticeKind) -> Result<(), TemplateError> {
        let facts: &[&str] = match kind {
            NoticeKind::ConfirmAdmin | NoticeKind::ConfirmContact | NoticeKind::AskPlainly => {
                &["changes", "until", "token"]
            }
            NoticeKind::NeedsInformation => &["points", "token"],
            NoticeKind::Escalation | NoticeKind::HeldMail => &["points", "evidence"],
            NoticeKind::UnderWay
            | NoticeKind::NothingToChange
            | NoticeKind::Applied
            | NoticeKind::Farewell
            | NoticeKind::Refused
            | NoticeKind::Expired
            | NoticeKind::Withdrawn
            | NoticeKind::TooLate
            | NoticeKind::Help => &[],
        };
        let name = kind.folder().to_owned();
        let template = self.environment.get_template(&name);
        let source = template.as_ref().map(minijinja::Template::source).unwrap_or_default();
        match facts.iter().find(|fact| !source.contains(**fact)) {
            Some(fact) => Err(TemplateError::Wrong {
                name,
                reason: format!("it must show `{fact}`, and does not name it"),
            }),
            None => Ok(()),
        }
    }

    /// Fills in the text of a notice.
    ///
    /// # Errors
    /// Where a template asks for a fact that there is not.
    pub fn write(&self, notice: &Notice, sender_name: &str) -> Result<Text, TemplateError> {
        let name = notice.kind.folder();
        let wrong = |reason: String| TemplateError::Wrong { name: name.to_owned(), reason };
        let template = self.environment.get_template(name).map_err(|error| wrong(error.to_string()))?;
        let values = Values::of(notice, sender_name);
        let text = template.render(Serde(&values)).map_err(|error| wrong(error.to_string()))?;
        let (subject, body) = text.split_once('\n').unwrap_or((&text, ""));
        let subject = subject.strip_prefix("Subject:").unwrap_or(subject);
        Ok(Text { subject: one_line(subject, SUBJECT_CHARS_MAX), body: fold(body.trim_start()) })
    }
}

/// What a template can name.
#[derive(Serialize)]
struct Values {
    name: String,
    sender_name: String,
    token: String,
    case: String,
    action: String,
    tlds: String,
    changes: Vec<String>,
    because: String,
    requester: String,
    until: String,
    reminder: u16,
    reason: String,
    warnings: Vec<String>,
    points: Vec<String>,
    form: Vec<String>,
    evidence: Vec<String>,
    quoted: Vec<String>,
    choices: Vec<String>,
}

impl Values {
    fn of(notice: &Notice, sender_name: &str) -> Self {
        let facts = &notice.facts;
        let safe =
            |lines: &[String]| lines.iter().map(|line| one_line(line, QUOTED_CHARS_MAX)).collect::<Vec<_>>();
        let mut lines: Vec<String> = Vec::new();
        for change in &facts.changes {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.extend(changes::lines(change));
        }
        Self {
            name: notice.name.as_deref().map(|name| one_line(name, QUOTED_CHARS_MAX)).unwrap_or_default(),
            sender_name: sender_name.to_owned(),
            token: notice.token.as_ref().map(|(token, _)| token.text()).unwrap_or_default(),
            case: facts.case.map(|case| case.to_string()).unwrap_or_default(),
            action: facts.action.clone(),
            tlds: facts.tlds.clone(),
            changes: lines,
            because: one_line(&facts.because, QUOTED_CHARS_MAX * 3),
            requester: facts.requester.clone(),
            until: facts.until.map(minute).unwrap_or_default(),
            reminder: facts.reminder,
            reason: one_line(&facts.reason, QUOTED_CHARS_MAX * 3),
            warnings: safe(&facts.warnings),
            points: safe(&facts.points),
            form: safe(&facts.form),
            evidence: facts.evidence.iter().map(|line| indented(line)).collect(),
            quoted: safe(&facts.quoted),
            choices: safe(&facts.choices),
        }
    }
}

/// A line of evidence keeps its own indentation, which shows what belongs to what.
fn indented(line: &str) -> String {
    let depth = line.len() - line.trim_start().len();
    format!("{}{}", " ".repeat(depth), one_line(line, QUOTED_CHARS_MAX * 3))
}

#[cfg(test)]
mod tests {
    use super::Templates;
    use crate::domain::notice::NoticeKind;

    #[test]
    fn every_mail_has_its_text() {
        let templates = Templates::built_in().unwrap();
        for kind in NoticeKind::ALL {
            assert!(templates.environment.get_template(kind.folder()).is_ok(), "{kind:?}");
        }
    }

    #[test]
    fn an_operators_text_takes_the_place_of_ours() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("help")).unwrap();
        std::fs::write(folder.path().join("help/en.txt"), "Subject: Our own\n\nOur own words.\n").unwrap();
        let templates = Templates::with_folder(folder.path()).unwrap();
        let template = templates.environment.get_template("help").unwrap();
        assert!(template.source().contains("Our own words."));
    }

    #[test]
    fn a_question_that_does_not_show_what_it_is_about_is_refused_at_start() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("confirm-admin")).unwrap();
        std::fs::write(folder.path().join("confirm-admin/en.txt"), "Subject: x\n\nPlease agree.\n").unwrap();
        let error = Templates::with_folder(folder.path()).err().unwrap().to_string();
        assert!(error.contains("it must show `changes`"), "{error}");
    }

    #[test]
    fn a_text_that_asks_for_an_unknown_fact_is_refused_at_start() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("help")).unwrap();
        std::fs::write(folder.path().join("help/en.txt"), "Subject: x\n\n{{ nosuch }}\n").unwrap();
        let error = Templates::with_folder(folder.path()).err().unwrap().to_string();
        assert!(error.starts_with("the template help cannot be used"), "{error}");
    }
}
