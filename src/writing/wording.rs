//! Wording: the file of a language, a line `key: text` each, and values among its words.

use std::collections::BTreeMap;

use crate::writing::direction::Direction;
use crate::writing::layout::one_line;

/// The texts of one language under their keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Wording {
    texts: BTreeMap<String, String>,
    direction: Direction,
    is_ascii: bool,
}

impl Wording {
    /// Reads a file that must have each of these keys once, each text with the values that it must name. `what` is the word
    /// for one of its texts.
    ///
    /// # Errors
    /// The key that is missing, twice or unknown, the line that is none, or the value that a text does not name.
    pub(super) fn read(
        (language, source): (&str, &str),
        what: &str,
        keys: &[(&str, &[&str])],
    ) -> Result<Self, String> {
        let mut texts = BTreeMap::new();
        for line in source.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let (key, text) = line
                .split_once(": ")
                .filter(|(_, text)| !text.trim().is_empty())
                .ok_or_else(|| format!("`{line}` is no line `key: text`"))?;
            let Some((_, values)) = keys.iter().find(|(known, _)| *known == key) else {
                return Err(format!("`{key}` is no {what} that is known"));
            };
            if let Some(value) = values.iter().find(|value| !text.contains(&format!("{{{value}}}"))) {
                return Err(format!("`{key}` does not name `{{{value}}}`"));
            }
            if texts.insert(key.to_owned(), text.trim().to_owned()).is_some() {
                return Err(format!("`{key}` is there twice"));
            }
        }
        if let Some((key, _)) = keys.iter().find(|(key, _)| !texts.contains_key(*key)) {
            return Err(format!("`{key}` is missing"));
        }
        let is_ascii = texts.values().all(|text| text.is_ascii());
        Ok(Self { texts, direction: Direction::of(language), is_ascii })
    }

    /// The text under a key, as it is.
    pub(super) fn text(&self, key: &str) -> &str {
        self.texts.get(key).map(String::as_str).unwrap_or_default()
    }

    /// Whether all its words are of ASCII.
    pub(super) fn is_ascii(&self) -> bool {
        self.is_ascii
    }

    /// How its lines run.
    pub(super) fn direction(&self) -> Direction {
        self.direction
    }

    /// A value on one line of so many characters at the most, as it stands among words of this language.
    pub(super) fn shown(&self, value: &str, chars_max: usize) -> String {
        self.direction.shown(&one_line(value, chars_max))
    }
}
