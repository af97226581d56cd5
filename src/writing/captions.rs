//! The words on charts and on the public page, in each language of ours: a line `key: text` each, in `templates/page/`.

use crate::domain::cctlds::Cctld;
use crate::domain::regions::{NO_REGION, name_of};
use crate::domain::tongue::ENGLISH;
use crate::writing::countries;
use crate::writing::direction::Direction;
use crate::writing::texts::PAGE_WORDS;
use crate::writing::wording::Wording;

/// The words of one language.
#[derive(Clone, Debug, Default)]
pub struct Captions {
    /// Its code (ISO 639-1).
    pub language: &'static str,
    words: Wording,
}

impl Captions {
    /// Those in English.
    pub fn english() -> Self {
        Self::all().into_iter().find(|captions| captions.language == ENGLISH).unwrap_or_default()
    }

    /// Those of each language, English first. A test sees that none of the files has a mistake.
    pub fn all() -> Vec<Self> {
        let mut all: Vec<Self> = PAGE_WORDS.iter().filter_map(|file| Self::read(*file).ok()).collect();
        all.sort_by_key(|captions| (captions.language != ENGLISH, captions.language));
        all
    }

    fn read((language, source): (&'static str, &str)) -> Result<Self, String> {
        let words = Wording::read((language, source), "caption", KEYS)?;
        Ok(Self { language, words })
    }

    /// The text under a key.
    pub(super) fn word(&self, key: &str) -> &str {
        self.words.text(key)
    }

    /// All texts without values, under their keys.
    pub(super) fn plain(&self) -> impl Iterator<Item = (&'static str, &str)> {
        KEYS.iter().filter(|(_, values)| values.is_empty()).map(|(key, _)| (*key, self.word(key)))
    }

    /// The text under a key with its values in their places.
    pub(super) fn filled(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut text = self.word(key).to_owned();
        for (name, value) in values {
            text = text.replace(&format!("{{{name}}}"), &self.shown(value));
        }
        text
    }

    /// A value as it stands among words of this language: its digits and signs keep their order.
    pub(super) fn shown(&self, value: &str) -> String {
        self.words.direction().shown(value)
    }

    /// How its lines run, as HTML has it.
    pub(super) fn direction(&self) -> &'static str {
        match self.words.direction() {
            Direction::LeftToRight => "ltr",
            Direction::RightToLeft => "rtl",
        }
    }

    /// A region's name; one that an operator made up is called as he calls it.
    pub fn region(&self, region: &str) -> String {
        let key = match region {
            "AF" => "region-af",
            "AP" => "region-ap",
            "EU" | "EUR" => "region-eur",
            "LAC" => "region-lac",
            "NA" => "region-na",
            NO_REGION => "region-none",
            other => return name_of(other).to_owned(),
        };
        self.word(key).to_owned()
    }

    /// A ccTLD's country or territory, by the names of Unicode's CLDR.
    pub fn country(&self, cctld: &Cctld) -> String {
        countries::country(cctld, self.language)
    }
}

/// Every text, with the values that it must name.
const KEYS: &[(&str, &[&str])] = &[
    ("language", &[]),
    ("title", &[]),
    ("skip", &[]),
    ("languages", &[]),
    ("contents", &[]),
    ("lead", &["members", "total", "percent"]),
    ("about", &[]),
    ("as-of", &[]),
    ("map", &[]),
    ("map-about", &[]),
    ("map-scroll", &[]),
    ("map-source", &[]),
    ("all-members", &[]),
    ("some-members", &[]),
    ("no-members", &[]),
    ("no-cctld", &[]),
    ("small", &[]),
    ("member", &[]),
    ("not-member", &[]),
    ("figures", &[]),
    ("coverage", &[]),
    ("coverage-about", &[]),
    ("of", &["members", "total", "percent"]),
    ("region", &[]),
    ("members", &[]),
    ("missing", &[]),
    ("total", &[]),
    ("all", &[]),
    ("ascii", &[]),
    ("idn", &[]),
    ("regions-icann", &[]),
    ("regions-tld-ops", &[]),
    ("regions-own", &["count"]),
    ("twice", &["tlds"]),
    ("growth", &[]),
    ("growth-about", &["first", "last", "from", "until"]),
    ("day", &[]),
    ("members-by-region", &[]),
    ("missing-by-region", &[]),
    ("missing-about", &[]),
    ("cctld", &[]),
    ("country", &[]),
    ("none", &[]),
    ("data", &[]),
    ("data-about", &[]),
    ("region-af", &[]),
    ("region-ap", &[]),
    ("region-eur", &[]),
    ("region-lac", &[]),
    ("region-na", &[]),
    ("region-none", &[]),
];

#[cfg(test)]
mod tests {
    use super::Captions;
    use crate::domain::cctlds::KnownTlds;
    use crate::writing::texts::PAGE_WORDS;

    #[test]
    fn every_language_has_every_word_and_every_country() {
        for file in PAGE_WORDS {
            if let Err(error) = Captions::read(*file) {
                panic!("templates/page/{}.txt: {error}", file.0);
            }
        }
        let languages: Vec<&str> = Captions::all().iter().map(|captions| captions.language).collect();
        assert_eq!(languages, ["en", "ar", "es", "fr", "ru", "zh"]);
        for captions in Captions::all() {
            for cctld in KnownTlds::built_in().iter().filter(|cctld| cctld.delegated) {
                let name = captions.country(cctld);
                let latin = name.chars().any(|c| c.is_ascii_alphabetic());
                let own = !matches!(captions.language, "ar" | "ru" | "zh") || !latin;
                assert!(!name.is_empty() && own, "{}: {} is called {name:?}", captions.language, cctld.tld);
            }
        }
    }
}
