//! The words of the languages that mails are written in: read from one file for each language, and found in texts.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use crate::reading::borders::{Ending, whole_words};
use crate::reading::folding::{folded, is_word};
use crate::reading::languages::{FILES, Language};
use crate::reading::lexicon::{Lexicon, Place};

macro_rules! senses {
    ($($sense:ident $heading:literal,)+) => {
        /// What a word is a sign of: the headings of the language files.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub(super) enum Sense {
            $(#[doc = $heading] $sense,)+
        }

        impl Sense {
            fn of(heading: &str) -> Option<Self> {
                match heading {
                    $($heading => Some(Self::$sense),)+
                    _ => None,
                }
            }
        }

        /// All headings, for the test that every file has them.
        #[cfg(test)]
        const HEADINGS: &[&str] = &[$($heading,)+];
    };
}

senses! {
    Name "name", FirstName "first-name", LastName "last-name", Email "email", SecondEmail "second-email",
    Phone "phone", Mobile "mobile", Fax "fax", Tld "tld", Rank "rank", Action "action", Position "position",
    Organisation "organisation", OtherLabel "other-label", Nothing "nothing", Old "old", New "new",
    First "first", Second "second", Third "third",
    Add "add", Remove "remove", Change "change", Replace "replace", Replaces "replaces", ReplacedBy "replaced-by",
    InsteadOf "instead-of", InsteadAfter "instead-after", Left "left", EveryoneElse "everyone-else",
    Everyone "everyone", Keep "keep", Unchanged "unchanged", Only "only", FromWord "from-word", ToWord "to-word", Me "me", ContactWord "contact-word",
    How "how", Query "query", Question "question",
    Yes "yes", YesWeak "yes-weak", No "no", But "but", Fill "fill",
    Greeting "greeting", Closing "closing", Wrote "wrote", HeadFrom "head-from", HeadSent "head-sent",
    HeadTo "head-to", HeadCc "head-cc", HeadSubject "head-subject", Original "original", Forwarded "forwarded",
    MobileFooter "mobile-footer", Disclaimer "disclaimer",
    Away "away", Ticket "ticket", Robot "robot", Undelivered "undelivered", Neither "neither",
    WholeList "whole-list",
    ForATime "for-a-time", Elsewhere "elsewhere", Legal "legal", Complaint "complaint", Incident "incident",
    Delegation "delegation", OnBehalf "on-behalf", Recall "recall", Attached "attached", Below "below",
    Steer "steer", Either "either", Or "or", Thanks "thanks", Advertising "advertising",
    Not "not", Titles "titles", Stop "stop", Vocabulary "vocabulary",
}

/// A word or phrase found in a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Hit {
    /// Where, counted in characters; with the endings that the phrase leaves open.
    pub(super) span: Range<usize>,
    /// What it is a sign of.
    pub(super) sense: Sense,
    /// In which language.
    pub(super) language: Language,
    /// Whether the word goes on beyond what the file has: a stem with an ending.
    pub(super) stretched: bool,
}

impl Hit {
    /// Whether it takes the other one in, or is as long.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.span.start <= other.span.start && other.span.end <= self.span.end
    }

    /// Whether it takes the other one in and is longer.
    pub(super) fn exceeds(&self, other: &Self) -> bool {
        self.covers(other) && self.span != other.span
    }
}

/// One phrase of a file.
#[derive(Clone, Copy)]
struct Phrase {
    sense: Sense,
    language: Language,
    /// Whether the last word may go on.
    ending: Ending,
}

/// The name of the list, in small letters.
const OUR_NAME: &str = "tld-ops";

/// All phrases of all languages.
struct Phrasebook {
    phrases: Vec<Phrase>,
    /// What must stand further on in the same sentence, for the few phrases in two pieces.
    rests: HashMap<usize, String>,
    /// The accented letters of phrases in a language that has one word with them and another without.
    accented: HashMap<usize, Vec<char>>,
    lexicon: Lexicon,
}

static PHRASEBOOK: LazyLock<Phrasebook> = LazyLock::new(|| {
    let (mut phrases, mut rests, mut accented) = (Vec::new(), HashMap::new(), HashMap::new());
    let mut all = FILES.iter().enumerate().flat_map(|(place, (_, file))| {
        let language = Language(u8::try_from(place).unwrap_or(u8::MAX));
        read(file).map(move |(sense, text)| (language, sense, text))
    });
    let lexicon = Lexicon::of(std::iter::from_fn(|| {
        let (language, sense, text) = all.next()?;
        let number = phrases.len();
        let start = if let Some((start, rest)) = text.split_once(" … ") {
            rests.insert(number, rest.chars().map(folded).collect());
            start
        } else {
            text
        };
        let ending = if start.ends_with('*') { Ending::Open } else { Ending::Closed };
        phrases.push(Phrase { sense, language, ending });
        let start = start.trim_end_matches('*');
        if language.code() == Some("vi") {
            accented.insert(number, start.chars().map(lower).collect());
        }
        Some(start.chars().map(folded).collect())
    }));
    phrases.shrink_to_fit();
    Phrasebook { phrases, rests, accented, lexicon }
});

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// The phrases of a file: `heading: phrase, phrase*, two … pieces`; the star leaves the ending open.
fn read(file: &str) -> impl Iterator<Item = (Sense, &str)> {
    file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": ")).flat_map(
        |(heading, list)| {
            let sense = Sense::of(heading.trim());
            let phrases = list.split(", ").map(str::trim).filter(|phrase| !phrase.is_empty());
            phrases.filter_map(move |phrase| sense.map(|sense| (sense, phrase)))
        },
    )
}

/// The phrases of all files.
pub(super) fn all() -> impl Iterator<Item = (Sense, &'static str)> {
    FILES.iter().flat_map(|(_, file)| read(file))
}

/// The single words of a sense, each with its language, in folded letters.
pub(super) fn single_words(sense: Sense) -> Vec<(Language, Vec<char>)> {
    let mut words = Vec::new();
    for (place, (_, file)) in FILES.iter().enumerate() {
        let language = Language(u8::try_from(place).unwrap_or(u8::MAX));
        let single = read(file).filter(|(found, text)| *found == sense && text.chars().all(is_word));
        words.extend(single.map(|(_, text)| (language, text.chars().map(folded).collect())));
    }
    words
}

/// All words and phrases in a text, in the order in which they start.
pub(super) fn find(text: &[char]) -> Vec<Hit> {
    let Phrasebook { phrases, rests, accented, lexicon } = &*PHRASEBOOK;
    let mut hits = Vec::new();
    // Who writes Vietnamese with accents writes all of them: `chờ` is to wait, `cho` is for.
    let accents = text.iter().any(|c| ('\u{1ea0}'..='\u{1ef9}').contains(c));
    for Place { pattern, span } in lexicon.occurrences(text) {
        let Some(phrase) = phrases.get(pattern) else { continue };
        let complete = |rest: &String| follows(text, span.end, rest);
        let same = |written: &Vec<char>| {
            !accents
                || text
                    .get(span.clone())
                    .is_some_and(|said| said.iter().copied().map(lower).eq(written.iter().copied()))
        };
        if rests.get(&pattern).is_none_or(complete)
            && accented.get(&pattern).is_none_or(same)
            && let Some(whole) = whole_words(text, span.clone(), phrase.ending)
        {
            let stretched = whole.end > span.end;
            hits.push(Hit { span: whole, sense: phrase.sense, language: phrase.language, stretched });
        }
    }
    // The name of the list is no word of the text.
    let ours: Vec<usize> = text
        .windows(OUR_NAME.len())
        .enumerate()
        .filter(|(_, window)| window.iter().zip(OUR_NAME.chars()).all(|(c, ours)| folded(*c) == ours))
        .map(|(place, _)| place)
        .collect();
    let within = |hit: &Hit| {
        ours.iter().any(|place| {
            (*place..place + OUR_NAME.len()).contains(&hit.span.start) && hit.span.len() < OUR_NAME.len()
        })
    };
    hits.retain(|hit| !within(hit));
    hits.sort_by_key(|hit| (hit.span.start, std::cmp::Reverse(hit.span.end)));
    hits
}

/// Whether a phrase's second piece stands further on, as whole words in the same sentence.
fn follows(text: &[char], from: usize, rest: &str) -> bool {
    const FAR_CHARS: usize = 160;
    let after: String =
        text.get(from..).unwrap_or_default().iter().take(FAR_CHARS).map(|c| folded(*c)).collect();
    let sentence = after.split(". ").next().unwrap_or_default().split(['!', '?']).next().unwrap_or_default();
    let sentence = sentence.trim_end_matches('.');
    format!(" {} ", sentence.replace([',', ';', ':', ')', '('], " ")).contains(&format!(" {rest} "))
}

#[cfg(test)]
mod tests {
    use super::{FILES, HEADINGS, Sense, find, read};

    #[test]
    fn every_file_has_known_headings_only_and_no_empty_phrase() {
        for (code, file) in FILES {
            for line in file.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
                let heading = line.split(':').next().unwrap();
                assert!(HEADINGS.contains(&heading), "{code}: {heading}");
            }
            assert!(read(file).all(|(_, phrase)| !phrase.trim_end_matches('*').is_empty()), "{code}");
        }
    }

    #[test]
    fn no_word_means_one_thing_and_its_contrary() {
        let contraries = [
            (Sense::Yes, Sense::No),
            (Sense::Add, Sense::Remove),
            (Sense::Old, Sense::New),
            (Sense::First, Sense::Second),
            (Sense::Second, Sense::Third),
        ];
        for (code, file) in FILES {
            let phrases: Vec<_> = read(file).collect();
            for (a, b) in contraries {
                let of =
                    |wanted| phrases.iter().filter(move |(sense, _)| *sense == wanted).map(|(_, text)| *text);
                let both: Vec<_> = of(a).filter(|text| of(b).any(|other| other == *text)).collect();
                assert!(both.is_empty(), "{code}: {both:?} is {a:?} and {b:?}");
            }
        }
    }

    #[test]
    fn whole_words_are_found() {
        let text: Vec<char> = "Please REMOVE him; removex".chars().collect();
        let hits = find(&text).into_iter().filter(|hit| hit.language.is_english());
        let removals = hits.filter(|hit| hit.sense == Sense::Remove).map(|hit| hit.span);
        let removals: Vec<_> = removals.collect();
        assert!(removals.contains(&(7..13)) && removals.iter().all(|span| span.start == 7), "{removals:?}");
    }
}
