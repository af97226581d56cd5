//! The words of the languages that mails are written in: read from one file for each language, and found in texts.

use std::ops::Range;
use std::sync::LazyLock;

use crate::reading::borders::{Ending, whole_words};
use crate::reading::folding::{folded, is_word};
use crate::reading::languages::Language;
use crate::reading::lexicon::{PHRASES, Phrase, Place, SINGLE_WORDS};

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
    InsteadOf "instead-of", InsteadAfter "instead-after", Slot "slot", Takes "takes", Renamed "renamed", Left "left", EveryoneElse "everyone-else",
    Everyone "everyone", Swap "swap", PutFor "put-for", ThisOne "this-one", Keep "keep", Unchanged "unchanged", Holds "holds", Only "only", FromWord "from-word", ToWord "to-word", Now "now", Ended "ended", Me "me", ContactWord "contact-word",
    How "how", Query "query", Question "question",
    Yes "yes", YesWeak "yes-weak", No "no", Yet "yet", But "but", Fill "fill",
    Greeting "greeting", Closing "closing", Wrote "wrote", HeadFrom "head-from", HeadSent "head-sent",
    HeadTo "head-to", HeadCc "head-cc", HeadSubject "head-subject", Original "original", Forwarded "forwarded",
    MobileFooter "mobile-footer", Disclaimer "disclaimer",
    Away "away", Ticket "ticket", Robot "robot", Undelivered "undelivered", Delayed "delayed", Neither "neither",
    WholeList "whole-list",
    ForATime "for-a-time", FromADay "from-a-day", Later "later", ReachMe "reach-me", Elsewhere "elsewhere", Legal "legal", Complaint "complaint", Incident "incident",
    Delegation "delegation", OnBehalf "on-behalf", Recall "recall", Attached "attached", Below "below",
    Steer "steer", Either "either", Or "or", Joins "joins", Thanks "thanks", Advertising "advertising",
    Not "not", Titles "titles", InMyPlace "in-my-place", IAmListed "i-am-listed",
    Others "others", MeToo "me-too", Shared "shared", Same "same", Compared "compared", LineOut "line-out", LineIn "line-in", RemoveMe "remove-me", Postscript "postscript", Done "done", InSubject "in-subject", Succeeds "succeeds", Stop "stop", Vocabulary "vocabulary",
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
    /// Where the second piece of a phrase in two pieces ends; of others, where they end.
    pub(super) reach: usize,
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

/// Where words of these senses stand.
pub(super) fn spans_of(hits: &[Hit], senses: &[Sense]) -> Vec<Range<usize>> {
    hits.iter().filter(|hit| senses.contains(&hit.sense)).map(|hit| hit.span.clone()).collect()
}

/// The name of the list, in small letters.
const OUR_NAME: &str = "tld-ops";

/// What the headings of the table mean, by their numbers.
static SENSES: LazyLock<Vec<Option<Sense>>> = LazyLock::new(|| PHRASES.headings().map(Sense::of).collect());

fn sense_of(phrase: &Phrase) -> Option<Sense> {
    SENSES.get(phrase.heading).copied().flatten()
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// The single words of these senses, in folded letters. Only the headings that `build.rs` names for it have any.
pub(super) fn single_words(
    senses: &'static [Sense],
) -> impl Iterator<Item = (Language, Sense, &'static str)> {
    let headings: Vec<Option<Sense>> = SINGLE_WORDS.headings().map(Sense::of).collect();
    let whole = SINGLE_WORDS.phrases().filter(|word| word.ending == Ending::Closed);
    let words = whole.filter(|word| word.letters.chars().all(is_word));
    words.filter_map(move |word| {
        let sense = headings.get(word.heading).copied().flatten()?;
        senses.contains(&sense).then_some((word.language, sense, word.letters))
    })
}

/// The stems of these senses whose words may have any ending, in folded letters: `ajout` for `ajouter` and `ajoutez`.
pub(super) fn stems(senses: &'static [Sense]) -> impl Iterator<Item = (Language, Sense, &'static str)> {
    let headings: Vec<Option<Sense>> = SINGLE_WORDS.headings().map(Sense::of).collect();
    let open = SINGLE_WORDS.phrases().filter(|word| word.ending == Ending::Open);
    open.filter(|word| word.letters.chars().all(is_word)).filter_map(move |word| {
        let sense = headings.get(word.heading).copied().flatten()?;
        senses.contains(&sense).then_some((word.language, sense, word.letters))
    })
}

/// All words and phrases in a text, in the order in which they start.
pub(super) fn find(text: &[char]) -> Vec<Hit> {
    let mut hits = Vec::new();
    // Who writes Vietnamese with accents writes all of them: `chờ` is to wait, `cho` is for.
    let accents = text.iter().any(|c| ('\u{1ea0}'..='\u{1ef9}').contains(c));
    for Place { phrase, span } in PHRASES.occurrences(text) {
        let Some(sense) = sense_of(&phrase) else { continue };
        let reach = phrase.rest.map_or(Some(span.end), |rest| follows(text, span.end, rest));
        let same = |written: &str| {
            let said = text.get(span.clone()).unwrap_or_default();
            // And so does who writes Swedish: `ändra` is to change, `andra` is the second.
            let swedish = phrase.language.code() == Some("sv") && said.iter().any(|c| is_swedish(*c));
            !(accents || swedish) || said.iter().copied().map(lower).eq(written.chars())
        };
        if let Some(reach) = reach
            && phrase.accented.is_none_or(same)
            && let Some(whole) = whole_words(text, span.clone(), phrase.ending)
        {
            let stretched = whole.end > span.end;
            let reach = reach.max(whole.end);
            hits.push(Hit { span: whole, sense, language: phrase.language, stretched, reach });
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

/// What stands before the first dot behind which a sentence may begin: none behind a title, as in `Dr. Ann Bee`.
fn first_sentence(text: &str) -> &str {
    const TITLES: [&str; 16] = [
        "dr", "mr", "mrs", "ms", "hr", "fr", "prof", "ing", "dipl", "mag", "sig", "sr", "sra", "st", "mgr",
        "bc",
    ];
    let ends = |(place, _): &(usize, &str)| {
        let before = text.get(..*place).unwrap_or_default();
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        !TITLES.contains(&word)
    };
    let end = text.match_indices(". ").find(ends).map_or(text.len(), |(place, _)| place);
    text.get(..end).unwrap_or_default()
}

/// Whether a letter stands in the Swedish alphabet behind the Z.
fn is_swedish(c: char) -> bool {
    matches!(c, 'å' | 'ä' | 'ö' | 'Å' | 'Ä' | 'Ö')
}

/// Where a phrase's second piece ends, if it stands further on, as whole words in the same sentence.
fn follows(text: &[char], from: usize, rest: &str) -> Option<usize> {
    const FAR_CHARS: usize = 160;
    let after: String =
        text.get(from..).unwrap_or_default().iter().take(FAR_CHARS).map(|c| folded(*c)).collect();
    let sentence = first_sentence(&after).split(['!', '?']).next().unwrap_or_default();
    let sentence = sentence.trim_end_matches('.');
    let spaced = format!(" {} ", sentence.replace([',', ';', ':', ')', '('], " "));
    let start = spaced.find(&format!(" {rest} "))?;
    // The space that was put before the sentence stands where the rest is found, so that both are one further on.
    let before = spaced.get(..start).unwrap_or_default().chars().count();
    Some(from + before + rest.chars().count())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{HEADINGS, Sense, find};
    use crate::reading::codes::CODES;

    /// The language files, each with its code.
    fn files() -> impl Iterator<Item = (&'static str, String)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/reading/words");
        CODES.iter().map(move |code| (*code, fs::read_to_string(folder.join(format!("{code}.txt"))).unwrap()))
    }

    /// The phrases of a file, each with its heading.
    fn read(file: &str) -> impl Iterator<Item = (Sense, &str)> {
        let lines =
            file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "));
        lines.flat_map(|(heading, list)| {
            list.split(", ").filter_map(move |text| Some((Sense::of(heading)?, text.trim())))
        })
    }

    #[test]
    fn every_file_has_known_headings_only_and_no_empty_phrase() {
        for (code, file) in files() {
            for line in file.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
                let heading = line.split(':').next().unwrap();
                assert!(HEADINGS.contains(&heading), "{code}: {heading}");
            }
            assert!(read(&file).all(|(_, phrase)| !phrase.trim_end_matches('*').is_empty()), "{code}");
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
        for (code, file) in files() {
            let phrases: Vec<_> = read(&file).collect();
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
