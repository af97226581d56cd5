//! The names of countries and territories in each language of ours, as Unicode's CLDR has them.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::cctlds::Cctld;
use crate::domain::tongue::ENGLISH;
use crate::writing::texts::COUNTRIES;

/// The names of one language, by code (ISO 3166-1).
type Names = HashMap<&'static str, &'static str>;

/// Every name, by language; read once, since a page asks for each of them a dozen times.
static NAMES: LazyLock<HashMap<&'static str, Names>> = LazyLock::new(|| {
    let mut rows = COUNTRIES.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t'));
    let languages: Vec<&str> = rows.next().map(|header| header.skip(1).collect()).unwrap_or_default();
    let mut all: HashMap<&str, Names> = HashMap::new();
    for mut row in rows {
        let Some(code) = row.next() else { continue };
        for (language, name) in languages.iter().zip(row) {
            all.entry(*language).or_default().insert(code, name);
        }
    }
    all
});

/// A ccTLD's country or territory in a language (ISO 639-1); one that CLDR has no name for is called as IANA calls it.
pub(super) fn country(cctld: &Cctld, language: &str) -> String {
    let code = cctld.iso3166.clone().unwrap_or_else(|| cctld.tld.to_string().to_uppercase());
    let named = NAMES.get(language).and_then(|names| names.get(code.as_str()));
    named.map_or_else(|| cctld.country.clone(), |name| (*name).to_owned())
}

/// The same in English: IANA's own names are those of long ago for some, as `Swaziland`.
pub(super) fn in_english(cctld: &Cctld) -> String {
    country(cctld, ENGLISH)
}

#[cfg(test)]
mod tests {
    use super::{country, in_english};
    use crate::domain::cctlds::KnownTlds;

    #[test]
    fn countries_have_the_names_of_today() {
        let known = KnownTlds::built_in();
        let of = |tld: &str| known.find(&tld.parse().unwrap()).unwrap();
        for (tld, name) in [
            ("sz", "Eswatini"),
            ("cz", "Czechia"),
            ("tr", "Türkiye"),
            ("mk", "North Macedonia"),
            ("kr", "South Korea"),
            ("uk", "United Kingdom"),
            ("eu", "European Union"),
            ("xn--p1ai", "Russia"),
        ] {
            assert_eq!(in_english(of(tld)), name, "{tld}");
        }
        assert_eq!(country(of("nl"), "fr"), "Pays-Bas");
        assert_eq!(country(of("nl"), "xx"), of("nl").country, "no language of ours");
    }

    /// A line that is cut off would show a name of the next language, or none.
    #[test]
    fn every_line_has_a_name_in_every_language() {
        let lines: Vec<&str> = super::COUNTRIES.lines().filter(|line| !line.starts_with('#')).collect();
        let columns = lines.first().unwrap().split('\t').count();
        assert_eq!(columns, 7);
        for line in lines {
            let cells: Vec<&str> = line.split('\t').collect();
            assert!(cells.len() == columns && cells.iter().all(|cell| !cell.is_empty()), "{line}");
        }
    }
}
