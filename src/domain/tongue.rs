//! In which language somebody is written to: his own, that of his ccTLDs, that of a colleague who asked, or English.

use crate::domain::cctlds::KnownTlds;
use crate::domain::tld::Tld;

/// The languages that every mail exists in (ISO 639-1): those of the community's leaflet, which are those of the United
/// Nations.
pub const LANGUAGES: [&str; 6] = ["ar", "en", "es", "fr", "ru", "zh"];

/// English stands below every other language, and alone where no other is known.
pub const ENGLISH: &str = "en";

/// Countries and the languages of their administrations, a line each.
const USUAL: &str = include_str!("tongues.csv");

/// The language for a person who last wrote in `own`, in a matter of these ccTLDs. What he wrote in counts if it is one
/// of ours; ccTLDs count if they all have the same.
pub fn choose<'a>(own: Option<&str>, tlds: impl IntoIterator<Item = &'a Tld>) -> &'static str {
    choose_beside(own, tlds, None)
}

/// The same for somebody of whom neither tells it: then in the language in which somebody else of his ccTLD wrote about
/// him.
pub fn choose_beside<'a>(
    own: Option<&str>,
    tlds: impl IntoIterator<Item = &'a Tld>,
    beside: Option<&str>,
) -> &'static str {
    let ours = |language: &str| LANGUAGES.into_iter().find(|known| *known == language);
    let of_all = || {
        let mut usual = tlds.into_iter().map(usual);
        let first = usual.next().flatten();
        first.filter(|_| usual.all(|other| other == first))
    };
    own.and_then(ours).or_else(of_all).or_else(|| beside.and_then(ours)).unwrap_or(ENGLISH)
}

/// The usual language of a ccTLD: that of its country.
fn usual(tld: &Tld) -> Option<&'static str> {
    if tld.as_str() == SOVIET {
        return Some(RUSSIAN);
    }
    let known = KnownTlds::built_in();
    let country = known.find(tld).and_then(|cctld| cctld.iso3166.clone());
    let language = USUAL.lines().find_map(|line| {
        let (of, language) = line.split_once(',')?;
        (Some(of) == country.as_deref()).then_some(language)
    });
    language.and_then(|language| LANGUAGES.into_iter().find(|known| *known == language))
}

/// It has no country any more.
const SOVIET: &str = "su";
/// What is written there.
const RUSSIAN: &str = "ru";

#[cfg(test)]
mod tests {
    use super::{LANGUAGES, USUAL, choose, choose_beside};
    use crate::domain::cctlds::KnownTlds;
    use crate::domain::tld::Tld;

    #[track_caller]
    fn check(own: Option<&str>, tlds: &[&str], want: &str) {
        let tlds: Vec<Tld> = tlds.iter().map(|tld| tld.parse().unwrap()).collect();
        assert_eq!(choose(own, &tlds), want, "{own:?} {tlds:?}");
    }

    #[test]
    fn his_own_language_goes_before_that_of_the_cctld_and_english_is_for_all_others() {
        check(Some("es"), &["fr"], "es");
        check(Some("en"), &["fr"], "en");
        check(Some("de"), &["fr"], "fr");
        check(None, &["fr", "re"], "fr");
        check(None, &["fr", "es"], "en");
        check(None, &["xn--wgbh1c"], "ar");
        check(None, &["xn--p1ai"], "ru");
        check(None, &["su"], "ru");
        check(None, &["be"], "en");
        check(None, &["nl"], "en");
        check(None, &[], "en");
    }

    #[test]
    fn where_neither_tells_it_the_language_of_a_colleague_does() {
        let beside = |own: Option<&str>, tlds: &[&str], beside: &str| {
            let tlds: Vec<Tld> = tlds.iter().map(|tld| tld.parse().unwrap()).collect();
            choose_beside(own, &tlds, Some(beside))
        };
        assert_eq!(beside(None, &["tw"], "zh"), "zh");
        assert_eq!(beside(None, &["fr", "es"], "ru"), "ru");
        assert_eq!(beside(None, &["tw"], "ja"), "en");
        assert_eq!(beside(None, &["fr"], "zh"), "fr");
        assert_eq!(beside(None, &["uk"], "zh"), "en");
        assert_eq!(beside(Some("en"), &["tw"], "zh"), "en");
    }

    #[test]
    fn every_line_of_the_file_names_a_country_that_has_a_cctld_and_a_language_of_ours() {
        let known = KnownTlds::built_in();
        let lines = USUAL.lines().filter(|line| !line.starts_with('#')).skip(1);
        let mut countries: Vec<&str> = Vec::new();
        for line in lines {
            let (country, language) = line.split_once(',').unwrap();
            assert!(LANGUAGES.contains(&language), "{line}");
            assert!(known.iter().any(|cctld| cctld.iso3166.as_deref() == Some(country)), "{line}");
            countries.push(country);
        }
        assert!(countries.is_sorted_by(|a, b| a < b), "each country once, in order");
    }
}
