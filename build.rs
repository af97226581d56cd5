//! Makes tables of all phrases of the language files and of the names of countries, folded and sorted, so that the
//! program starts with them.
//!
//! `NAME.table` has twelve octets a phrase, sorted by its folded letters: where they are in `NAME.text`, where its extra
//! is, how many octets they have, the language (one octet each), the heading, whose highest bit lets the last word go on. An
//! extra is the second piece of a phrase in two and the letters with their accents, each with a zero behind it.
//! `NAME.headings` has the headings in the order of their numbers. `NAME.fst` leads from folded letters to the first of
//! their rows, octet by octet. `src/reading/lexicon.rs` reads them.

#[path = "src/reading/codes.rs"]
mod codes;
#[path = "src/reading/letters.rs"]
mod letters;

use std::path::Path;
use std::{env, fs, io};

use crate::codes::CODES;
use crate::letters::folded;

/// Where the files are.
const FOLDER: &str = "src/reading/words";
/// The languages that have one word with accents and another without.
const ACCENTED: [&str; 2] = ["vi", "sv"];
/// The headings whose single words are compared with misspelt ones, letter by letter. They have a table of their own, so
/// that the large one need not be walked through.
const COMPARED: [&str; 17] = [
    "name",
    "first-name",
    "last-name",
    "email",
    "second-email",
    "phone",
    "mobile",
    "tld",
    "rank",
    "yes",
    "add",
    "remove",
    "change",
    "replace",
    "how",
    "contact-word",
    "not",
];
/// The bit of a heading that says that the last word may go on.
const OPEN: u16 = 0x8000;

/// Letters that the name of a country has at the least, for endings of a case to be taken off.
const INFLECTED_LETTERS_MIN: usize = 5;

/// A phrase of a file.
struct Phrase {
    letters: String,
    extra: String,
    language: u8,
    heading: u16,
    open: bool,
}

/// Phrases and the headings that they stand under.
#[derive(Default)]
struct Collection {
    headings: Vec<String>,
    phrases: Vec<Phrase>,
}

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={FOLDER}");
    let (mut phrases, mut single_words) = (Collection::default(), Collection::default());
    for (code, language) in CODES.iter().zip(0..) {
        for (heading, list) in lines(&file(code)?) {
            let heading = phrases.heading(heading);
            phrases.phrases.extend(list.map(|text| phrase(text, language, heading)));
        }
        for (heading, list) in lines(&file(code)?).filter(|(heading, _)| COMPARED.contains(heading)) {
            let heading = single_words.heading(heading);
            let single = list.filter(|text| !text.contains(' '));
            single_words.phrases.extend(single.map(|text| phrase(text, language, heading)));
        }
    }
    let mut countries = Collection::default();
    for (tld, names) in lines(&file("countries")?) {
        let heading = countries.heading(tld);
        for name in names.map(|name| phrase(name, 0, heading)) {
            // Words that are no names are written with the endings that they have.
            let stem = stem(&name.letters).filter(|_| tld != NO_COUNTRY);
            let stem = stem.map(|letters| Phrase { letters, extra: String::new(), open: true, ..name });
            countries.phrases.extend(stem);
            let cased = cased(&name.letters).into_iter().filter(|_| tld != NO_COUNTRY);
            let phrase = |letters| Phrase { letters, extra: String::new(), ..name };
            let cased: Vec<Phrase> = cased.map(phrase).collect();
            countries.phrases.extend(cased);
            countries.phrases.push(name);
        }
    }
    phrases.write("phrases")?;
    single_words.write("single-words")?;
    countries.write("countries")
}

/// The heading of everyday words that look like the inflected name of a country.
const NO_COUNTRY: &str = "-";

fn file(name: &str) -> io::Result<String> {
    fs::read_to_string(Path::new(FOLDER).join(format!("{name}.txt")))
}

/// The lines of a file: `heading: phrase, phrase*, two … pieces`.
fn lines(file: &str) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
    let lines = file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "));
    lines.map(|(heading, list)| (heading.trim(), list.split(", ").map(str::trim)))
}

/// A phrase taken apart; the star leaves the ending open.
fn phrase(text: &str, language: u8, heading: u16) -> Phrase {
    let accented = CODES.get(usize::from(language)).is_some_and(|code| ACCENTED.contains(code));
    let (start, rest) = text.split_once(" … ").unwrap_or((text, ""));
    let open = start.ends_with('*');
    let start = start.trim_end_matches('*');
    let as_written = if accented { start.to_lowercase() } else { String::new() };
    let extra = if rest.is_empty() && !accented {
        String::new()
    } else {
        format!("{}\0{as_written}\0", rest.chars().map(folded).collect::<String>())
    };
    Phrase { letters: start.chars().map(folded).collect(), extra, language, heading, open }
}

/// The name of a country without the vowel that languages with cases exchange: `росси` of `россия`.
fn stem(name: &str) -> Option<String> {
    let letters: Vec<char> = name.chars().collect();
    // Bengali, Armenian and Georgian put their endings behind the whole name; Kazakh and its kin have letters of their own.
    let inflects = letters.iter().all(|c| {
        matches!(c, 'a'..='z' | 'α'..='ω' | '\u{430}'..='\u{52f}' | '\u{561}'..='\u{587}' | '\u{980}'..='\u{9ff}' | 'ა'..='ჰ')
    });
    if !inflects || letters.len() < INFLECTED_LETTERS_MIN {
        return None;
    }
    let cyrillic = letters.iter().any(|c| matches!(c, '\u{430}'..='\u{52f}'));
    let greek = letters.iter().any(|c| matches!(c, 'α'..='ω'));
    if greek {
        // `κυπρος`, `κυπρο`, `κυπρου`: the ending is exchanged.
        let ending = letters.iter().rev().take_while(|c| "αηοςυσ".contains(**c)).count().min(2);
        return Some(letters.iter().take(letters.len() - ending).collect());
    }
    let vowel = letters.last().is_some_and(|c| "аяоеьйиыaeo".contains(*c)) && (cyrillic || letters.len() > 5);
    Some(letters.iter().take(letters.len() - usize::from(vowel)).collect())
}

/// The name of a country with the endings that Nepali, Tamil and Sinhala write together with it: `भारतको`, `இந்தியாவின்`,
/// `ඉන්දියාවේ`.
fn cased(name: &str) -> Vec<String> {
    let is_of = |first: char, last: char| {
        name.chars().all(|c| (first..=last).contains(&c) || c == ' ' || c == '\u{200d}')
    };
    let with =
        |bare: &str, endings: &[&str]| endings.iter().map(|ending| format!("{bare}{ending}")).collect();
    if is_of('\u{900}', '\u{97f}') {
        return with(name, &["को", "का", "की", "मा", "बाट", "लाई", "सँग"]);
    }
    if is_of('\u{b80}', '\u{bff}') {
        return match name.strip_suffix('\u{bcd}') {
            Some(bare) => with(bare, &["ின்", "ில்", "ுக்கு", "ுக்கான"]),
            None => with(name, &["வின்", "வில்", "வுக்கு", "வுக்கான"]),
        };
    }
    if is_of('\u{d80}', '\u{dff}') { with(name, &["ේ", "ෙහි"]) } else { Vec::new() }
}

impl Collection {
    /// The number of a heading.
    fn heading(&mut self, heading: &str) -> u16 {
        if !self.headings.iter().any(|known| known == heading) {
            self.headings.push(heading.to_owned());
        }
        let known = self.headings.iter().zip(0..).find(|(known, _)| *known == heading);
        known.map_or(0, |(_, number)| number)
    }

    /// Writes table, text and headings. What another phrase starts with has its letters there.
    fn write(mut self, name: &str) -> io::Result<()> {
        let too_large = |_| io::Error::from(io::ErrorKind::FileTooLarge);
        self.phrases.retain(|phrase| !phrase.letters.is_empty());
        self.phrases.sort_by(|a, b| a.letters.cmp(&b.letters));
        // At 0 is no extra.
        let (mut rows, mut text) = (Vec::new(), String::from("\0"));
        let (mut next, mut next_start) = ("", 0);
        for phrase in self.phrases.iter().rev() {
            if !next.starts_with(&phrase.letters) {
                next_start = text.len();
                text.push_str(&phrase.letters);
                next = &phrase.letters;
            }
            let extra = if phrase.extra.is_empty() { 0 } else { text.len() };
            text.push_str(&phrase.extra);
            let mut row = u32::try_from(next_start).map_err(too_large)?.to_le_bytes().to_vec();
            row.extend(u32::try_from(extra).map_err(too_large)?.to_le_bytes());
            row.push(u8::try_from(phrase.letters.len()).map_err(too_large)?);
            row.push(phrase.language);
            row.extend((phrase.heading | if phrase.open { OPEN } else { 0 }).to_le_bytes());
            rows.push(row);
        }
        rows.reverse();
        let mut first_rows: Vec<_> = self.phrases.iter().map(|phrase| &phrase.letters).zip(0..).collect();
        first_rows.dedup_by_key(|(letters, _)| *letters);
        let automaton = fst::Map::from_iter(first_rows).map_err(io::Error::other)?;
        let folder = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
        let path = |ending: &str| Path::new(&folder).join(format!("{name}.{ending}"));
        fs::write(path("headings"), self.headings.join("\n"))?;
        fs::write(path("text"), text)?;
        fs::write(path("fst"), automaton.as_fst().as_bytes())?;
        fs::write(path("table"), rows.concat())
    }
}
