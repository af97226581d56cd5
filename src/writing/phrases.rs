//! Phrases: what we ask the sender of a request, and the labels of the form, in each language.

use crate::domain::notice::{Field, Label, Missing};
use crate::domain::unclear::{About, Unclear};
use crate::writing::wording::Wording;

/// Characters of a value within a phrase at the most: a name, an address, a few words of a mail.
const VALUE_CHARS_MAX: usize = 200;

/// The phrases of one language. `{who}` stands for an address or a name.
#[derive(Clone, Debug, Default)]
pub(super) struct Phrases(Wording);

impl Phrases {
    /// Reads a file of phrases.
    ///
    /// # Errors
    /// As [`Wording::read`] has them.
    pub(super) fn read(language: &str, source: &str) -> Result<Self, String> {
        let keys: Vec<(&str, &[&str])> = keys().map(|key| (key, [].as_slice())).collect();
        Wording::read((language, source), "phrase", &keys).map(Self)
    }

    fn text(&self, key: &str) -> &str {
        self.0.text(key)
    }

    /// A value on one line, as it stands among words of this language.
    fn shown(&self, value: &str) -> String {
        self.0.shown(value, VALUE_CHARS_MAX)
    }

    /// What is missing, in words.
    pub(super) fn missing(&self, missing: &Missing) -> String {
        let who = missing.who.as_deref().unwrap_or_default();
        self.text(&format!("missing-{}", missing.what)).replace("{who}", &self.shown(who))
    }

    /// What would settle a doubt, with the words that it is about: in the brackets and quotation marks of the language.
    pub(super) fn question(&self, unclear: &Unclear) -> String {
        let question = self.text(unclear.about.word());
        if unclear.words.is_empty() {
            return question.to_owned();
        }
        let words = |before: char, after: char| {
            unclear.words.iter().map(move |word| self.shown(&format!("{before}{word}{after}")))
        };
        if question.ends_with('。') {
            let words: Vec<String> = words('“', '”').collect();
            return format!("{question}（{}）", words.join("、"));
        }
        format!("{question} ({})", words('"', '"').collect::<Vec<_>>().join(", "))
    }

    /// The form, a field a line; an empty line before each ccTLD and each person.
    pub(super) fn form(&self, fields: &[Field]) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut before = None;
        for field in fields {
            let starts = matches!(field.label, Label::Tld | Label::Name);
            if starts && before.is_some_and(|before| before != Label::Tld) {
                lines.push(String::new());
            }
            let label = self.text(field.label.word());
            let value =
                field.value.as_deref().map(|value| format!(" {}", self.shown(value))).unwrap_or_default();
            lines.push(format!("{label}:{value}"));
            before = Some(field.label);
        }
        lines
    }
}

/// What can be missing (`missing` of a reading).
const MISSING: [&str; 6] = [
    "missing-tld",
    "missing-tld-meant",
    "missing-contacts",
    "missing-name",
    "missing-email",
    "missing-phone",
];

/// The keys that every language has.
fn keys() -> impl Iterator<Item = &'static str> {
    let labels = Label::ALL.into_iter().map(Label::word);
    let questions = About::ALL.iter().filter(|about| about.is_senders()).map(|about| about.word());
    labels.chain(MISSING).chain(questions)
}

#[cfg(test)]
mod tests {
    use super::{Phrases, keys};
    use crate::domain::unclear::{About, Unclear};
    use crate::writing::texts::PHRASES;

    #[test]
    fn every_language_says_all_and_names_whom_it_asks_about() {
        let english =
            Phrases::read("en", PHRASES.iter().find(|(language, _)| *language == "en").unwrap().1).unwrap();
        for (language, source) in PHRASES {
            let phrases = Phrases::read(language, source).unwrap_or_else(|why| panic!("{language}: {why}"));
            for key in keys() {
                let who = |phrases: &Phrases| phrases.text(key).contains("{who}");
                assert_eq!(who(&phrases), who(&english), "{language}: {key}");
            }
        }
    }

    #[test]
    fn words_stand_in_the_brackets_of_their_language() {
        let unclear = Unclear::with(About::Country, ["020 1234567".to_owned(), "1".to_owned()]);
        for (language, want) in [("en", " (\"020 1234567\", \"1\")"), ("zh", "（“020 1234567”、“1”）")]
        {
            let (_, source) = PHRASES.iter().find(|(known, _)| *known == language).unwrap();
            let question = Phrases::read(language, source).unwrap().question(&unclear);
            assert!(question.ends_with(want), "{question}");
        }
    }

    #[test]
    fn a_file_that_lacks_a_phrase_or_has_an_unknown_one_is_refused() {
        let check = |source: &str, want: &str| {
            assert_eq!(Phrases::read("en", source).err().as_deref(), Some(want));
        };
        check("label-tld: ccTLD\nlabel-tld: x", "`label-tld` is there twice");
        check("label-tld: ccTLD", "`label-name` is missing");
        check("label-place: x", "`label-place` is no phrase that is known");
        check("label-tld", "`label-tld` is no line `key: text`");
    }
}
