//! The texts of our mails: compiled in, and overridden by an operator's folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use thiserror::Error;

use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::domain::tongue::ENGLISH;
use crate::writing::calls;
use crate::writing::direction::Direction;
use crate::writing::layout::{Flowed, Folded, Spaces, fold, one_line};
use crate::writing::needed::facts_of;
use crate::writing::phrases::Phrases;
use crate::writing::sentences::Sentences;
use crate::writing::texts;
use crate::writing::values::Values;

/// Characters of a subject at the most: more is cut by every mail program.
const SUBJECT_CHARS_MAX: usize = 150;
/// The part that every mail ends with.
const FOOTER: &str = "footer";

/// Stands between a text in its receiver's language and the same in English.
const ENGLISH_BELOW: &str = "----- English -----";

/// All texts, ready to be filled in.
pub struct Templates {
    environment: Environment<'static>,
    phrases: BTreeMap<String, Phrases>,
    sentences: BTreeMap<String, Sentences>,
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
    /// Lines of at most 72 columns, spaces at their ends aside, that end with CRLF.
    pub body: String,
    /// What becomes of those spaces where a reader puts a paragraph together again.
    pub spaces: Spaces,
}

impl Text {
    fn of(subject: String, body: &Folded) -> Self {
        let Flowed { body, spaces } = body.flowed();
        Self { subject, body, spaces }
    }
}

/// The same with its lines still to be put together.
struct Rendered {
    subject: String,
    body: Folded,
}

impl Templates {
    /// The texts that are compiled in.
    ///
    /// # Errors
    /// Never, as a test keeps; a broken text would be named.
    pub fn built_in() -> Result<Self, TemplateError> {
        Self::from_sources(|_, text| Ok(text.to_owned()))
    }

    /// The same, where a file `FOLDER/<mail>/<language>.txt` takes the place of a text.
    ///
    /// # Errors
    /// Where such a file cannot be read, or is no template.
    pub fn with_folder(folder: &Path) -> Result<Self, TemplateError> {
        Self::from_sources(|file, text| {
            let path = folder.join(file);
            match std::fs::read_to_string(&path) {
                Ok(own) => Ok(own),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(text.to_owned()),
                Err(source) => Err(TemplateError::Unreadable { path, source }),
            }
        })
    }

    /// All texts, each by way of `chosen`, which is given its file and what is compiled in.
    fn from_sources(
        chosen: impl Fn(&str, &str) -> Result<String, TemplateError>,
    ) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let wrong = |name: &str, reason: String| TemplateError::Wrong { name: name.to_owned(), reason };
        let blocks = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(blocks.map_err(|error| wrong("all", error.to_string()))?);
        let english = texts::MAILS.iter().map(|(folder, text)| (*folder, ENGLISH, *text));
        for (folder, language, text) in english.chain(translated()) {
            let file = format!("{folder}/{language}.txt");
            let source = chosen(&file, text)?;
            if !matches!(folder, FOOTER | calls::FOLDER) && !source.starts_with("Subject: ") {
                let reason = "its first line must be the subject, as in `Subject: [TLD-OPS] …`";
                return Err(wrong(&file, reason.to_owned()));
            }
            let name = if folder == FOOTER { FOOTER.to_owned() } else { template_name(folder, language) };
            environment.add_template_owned(name, source).map_err(|error| wrong(&file, error.to_string()))?;
        }
        let mut phrases = BTreeMap::new();
        for (language, text) in texts::PHRASES {
            let file = format!("phrases/{language}.txt");
            let read = Phrases::read(language, &chosen(&file, text)?).map_err(|why| wrong(&file, why))?;
            phrases.insert((*language).to_owned(), read);
        }
        let mut sentences = BTreeMap::new();
        for (language, text) in texts::SENTENCES {
            let file = format!("sentences/{language}.txt");
            let read = Sentences::read(language, &chosen(&file, text)?).map_err(|why| wrong(&file, why))?;
            sentences.insert((*language).to_owned(), read);
        }
        let templates = Self { environment, phrases, sentences };
        for kind in NoticeKind::ALL {
            for language in languages(kind) {
                templates.try_out(kind, language)?;
                templates.must_name(kind, language)?;
            }
        }
        Ok(templates)
    }

    /// A template that names an unknown fact is refused at start, not when the mail is due.
    fn try_out(&self, kind: NoticeKind, language: &str) -> Result<(), TemplateError> {
        let notice = Notice {
            kind,
            to: Vec::new(),
            name: None,
            token: None,
            thread: crate::domain::case::Thread::default(),
            language: Some(language.to_owned()),
            facts: Facts { calls: calls::samples(), ..Facts::default() },
        };
        self.write(&notice, "Someone").map(|_| ())
    }

    /// A question without what it is about, or without the token, would have people agree to they know not what.
    fn must_name(&self, kind: NoticeKind, language: &str) -> Result<(), TemplateError> {
        let facts = facts_of(kind);
        let name = template_name(kind.folder(), language);
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

    /// Whether a text is nothing but a word that a mail of ours, in whatever language, asked for as a yes: somebody may
    /// have been asked in several.
    pub fn is_the_yes_asked_for(&self, text: &str) -> bool {
        self.is_word("yes", text)
    }

    /// Whether a text is nothing but a word that a mail of ours asked for.
    pub fn is_a_word_asked_for(&self, text: &str) -> bool {
        ["yes", "no", "stop", "start"].into_iter().any(|key| self.is_word(key, text))
    }

    /// Whether a text, in one line, has the sentence at the end of each of our mails that says that a program wrote it.
    pub fn is_by_a_program(&self, text: &str) -> bool {
        let said = |sentence: &str| !sentence.is_empty() && text.contains(sentence);
        self.sentences.values().any(|sentences| said(sentences.word("program")))
    }

    /// Whether a text is nothing but the word by which an admin contact stops questions.
    pub fn is_the_stop_asked_for(&self, text: &str) -> bool {
        self.is_word("stop", text)
    }

    /// Whether a text is nothing but the word by which he is asked again.
    pub fn is_the_start_asked_for(&self, text: &str) -> bool {
        self.is_word("start", text)
    }

    fn is_word(&self, key: &str, text: &str) -> bool {
        let quotes = |c: char| matches!(c, '"' | '«' | '»' | '“' | '”');
        let text = text.trim_matches(quotes).to_lowercase();
        self.sentences.values().any(|sentences| sentences.word(key).to_lowercase() == text)
    }

    /// Fills in the text of a notice: in its receiver's language where there is one, and always in English, which stands
    /// below.
    ///
    /// # Errors
    /// Where a template asks for a fact that there is not.
    pub fn write(&self, notice: &Notice, sender_name: &str) -> Result<Text, TemplateError> {
        let own = notice.language.as_deref().filter(|language| *language != ENGLISH);
        let folder = notice.kind.folder();
        let own = own.filter(|own| self.environment.get_template(&template_name(folder, own)).is_ok());
        let english = self.rendered(notice, sender_name, ENGLISH, own.is_some())?;
        let Some(own) = own else {
            return Ok(Text::of(english.subject, &english.body));
        };
        let Rendered { subject, body } = self.rendered(notice, sender_name, own, false)?;
        let between = fold(ENGLISH_BELOW);
        let whole = body.and_a_gap().then(between.and_a_gap()).then(english.body);
        Ok(Text::of(subject, &whole))
    }

    #[expect(clippy::fn_params_excessive_bools, reason = "one fact that the text of a mail can name")]
    fn rendered(
        &self,
        notice: &Notice,
        sender_name: &str,
        language: &str,
        translated: bool,
    ) -> Result<Rendered, TemplateError> {
        let name = template_name(notice.kind.folder(), language);
        let wrong = |reason: String| TemplateError::Wrong { name: name.clone(), reason };
        let template = self.environment.get_template(&name).map_err(|error| wrong(error.to_string()))?;
        let (no_phrases, no_sentences) = (Phrases::default(), Sentences::default());
        let phrases = self.phrases.get(language).or_else(|| self.phrases.get(ENGLISH));
        let sentences = self.sentences.get(language).or_else(|| self.sentences.get(ENGLISH));
        let said = (phrases.unwrap_or(&no_phrases), sentences.unwrap_or(&no_sentences));
        let calls = self.calls(&notice.facts).map_err(|error| wrong(error.to_string()))?;
        let mut values = Values::of(notice, sender_name, said);
        values.translated = translated;
        values.calls = calls;
        let text = template.render(Serde(&values)).map_err(|error| wrong(error.to_string()))?;
        let (subject, body) = text.split_once('\n').unwrap_or((&text, ""));
        let subject = subject.strip_prefix("Subject:").unwrap_or(subject);
        let body = Direction::of(language).marked(body.trim_start());
        Ok(Rendered { subject: one_line(subject, SUBJECT_CHARS_MAX), body: fold(&body) })
    }

    /// The lines of all calls.
    fn calls(&self, facts: &Facts) -> Result<Vec<String>, minijinja::Error> {
        let mut lines = Vec::new();
        for call in &facts.calls {
            let sentences = |language: &str| self.sentences.get(language);
            lines.extend(calls::lines(call, facts, &self.environment, sentences)?);
        }
        Ok(lines)
    }
}

/// The languages that there is a text of this kind in.
fn languages(kind: NoticeKind) -> impl Iterator<Item = &'static str> {
    let translated = translated().filter(move |(folder, ..)| *folder == kind.folder());
    [ENGLISH].into_iter().chain(translated.map(|(_, language, _)| language))
}

/// All texts in other languages than English.
fn translated() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    texts::TRANSLATED.iter().copied().chain([texts::ASKED]).flatten().copied()
}

fn template_name(folder: &str, language: &str) -> String {
    format!("{folder}/{language}")
}

#[cfg(test)]
mod tests {
    use super::{Templates, template_name};
    use crate::domain::notice::NoticeKind;

    #[test]
    fn every_mail_has_its_text() {
        let templates = Templates::built_in().unwrap();
        for kind in NoticeKind::ALL {
            assert!(
                templates.environment.get_template(&template_name(kind.folder(), "en")).is_ok(),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn an_operators_text_takes_the_place_of_ours() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("help")).unwrap();
        std::fs::write(folder.path().join("help/en.txt"), "Subject: Our own\n\nOur own words.\n").unwrap();
        let templates = Templates::with_folder(folder.path()).unwrap();
        let template = templates.environment.get_template("help/en").unwrap();
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
        assert!(error.starts_with("the template help/en cannot be used"), "{error}");
    }
}
