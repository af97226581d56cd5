//! What is unclear in a mail: why a person must look before anything is done, in which words, at which place.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Words of the mail that one doubt shows at the most: a person looks into the mail for more.
const WORDS_MAX: usize = 4;
/// Places that one doubt names at the most.
pub const PLACES_MAX: usize = 3;

/// Something that a person must look at.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Unclear {
    /// What it is.
    pub about: About,
    /// The words, names or values of the mail that it is about, as written.
    pub words: Vec<String>,
    /// Where they stand.
    pub places: Vec<Place>,
}

/// Where something stands in a mail.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In its Subject.
    Subject,
    /// In its text.
    Line {
        /// The number of the line, from 1, as `tldops inspect` shows it.
        number: usize,
        /// What the line says.
        text: String,
    },
}

/// Who can settle a doubt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum By {
    /// The sender, when he is asked.
    Sender,
    /// Only a person who looks at it; the sender must not learn what was seen, or could not change it.
    Person,
}

/// One entry a doubt: its name, the same in machine output and in the files of phrases, who can settle it, what was seen.
macro_rules! doubts {
    ($($(#[doc = $doc:literal])* $name:ident $word:literal $by:ident $seen:literal;)*) => {
        /// What can be unclear.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
        pub enum About {
            $($(#[doc = $doc])* #[serde(rename = $word)] $name,)*
        }

        impl About {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its name.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What was seen, for the secretariat.
            pub fn seen(self) -> &'static str {
                match self { $(Self::$name => $seen,)* }
            }

            fn by(self) -> By {
                match self { $(Self::$name => By::$by,)* }
            }
        }
    };
}

doubts! {
    /// `Either A or B`.
    Either "either" Sender "it leaves open which of several is meant";
    /// `While she is on leave`.
    ForATime "for-a-time" Sender "it seems to be meant for a time, or from a later day";
    /// `As discussed on the phone`.
    Elsewhere "elsewhere" Sender "it refers to something that is not in the mail";
    /// A court, a law, a contract.
    Legal "legal" Person "it speaks of law";
    /// A complaint.
    Complaint "complaint" Person "it may be a complaint";
    /// An attack, an outage.
    Incident "incident" Person "it may report an incident";
    /// Who may decide.
    Delegation "delegation" Person "it speaks of who may decide";
    /// An earlier mail is taken back.
    Recall "recall" Sender "it seems to take an earlier mail back";
    /// Text that speaks to the program.
    Steer "steer" Person "it tries to tell the program how to treat it";
    /// A language that is not known well enough.
    UnknownWords "unknown-words" Sender "too much of it is in words that are not known";
    /// Text that no reader sees.
    Hidden "hidden" Person "it holds text that no reader sees";
    /// Plain text and HTML.
    FormsDiffer "forms-differ" Sender "its plain text and its HTML hold different details";
    /// HTML beyond the limits.
    HtmlRefused "html-refused" Sender "its HTML is too large or too intricate to be read";
    /// Broken encoding.
    Damaged "damaged" Sender "a part of it could not be decoded without loss";
    /// Encrypted to a key that we have not.
    Encrypted "encrypted" Sender "it is encrypted";
    /// More text than is interpreted.
    TooLong "too-long" Sender "it is too long to be interpreted";
    /// Not read at all.
    NotRead "not-read" Person "the mail was not read";
    /// The Subject asks for the contrary.
    SubjectContradicts "subject-contradicts" Sender "Subject and text ask for different things";
    /// The Subject names another ccTLD.
    SubjectOtherTld "subject-other-tld" Sender "Subject and text name different ccTLDs";
    /// Details in a file.
    OnlyAttached "only-attached" Sender "the details are only in what is attached";
    /// A file that did not come.
    NothingAttached "nothing-attached" Sender "the details are said to be attached, and nothing is";
    /// An address without a person.
    LooseAddress "loose-address" Sender "an address in it belongs to nobody for certain";
    /// A number without a person.
    LooseNumber "loose-number" Sender "a number in it belongs to nobody for certain";
    /// Two values of one thing.
    Contradicts "contradicts" Sender "it says two different things of one person";
    /// A value in the wrong field.
    Misfits "misfits" Sender "it is not certain which value belongs where";
    /// Three addresses.
    TooManyAddresses "too-many-addresses" Sender "one person has more than two addresses";
    /// A newcomer without a predecessor.
    WhoGoes "who-goes" Sender "it is not certain who makes room for whom";
    /// A detail without an owner.
    WhoseDetails "whose-details" Sender "it is not certain whose details change";
    /// A change without a value.
    WhatChanges "what-changes" Sender "it is not certain what is to change";
    /// Persons, and nothing that is to happen.
    WhatHappens "what-happens" Sender "it is not said what is to happen to these persons";
    /// Persons or their ranks.
    PersonsOrPlaces "persons-or-places" Sender "it is not certain whether persons or only their places are exchanged";
    /// A new name.
    NameChanges "name-changes" Sender "a name seems to be what changes";
    /// Two addresses, one name.
    OnePerson "one-person" Sender "two addresses may be one person's";
    /// One rank twice.
    SamePlace "same-place" Sender "two persons would have the same place";
    /// Nearly the same name twice.
    TwoNames "two-names" Sender "two of the persons may be one under two names";
    /// A newcomer for somebody unnamed.
    InWhosePlace "in-whose-place" Sender "somebody seems to come in another's place, and it is not certain in whose";
    /// A rank without a person.
    WhosePlace "whose-place" Sender "a place is named, and it is not certain whose";
    /// Persons who leave with all their details.
    LeavesWithDetails "leaves-with-details" Sender "persons who seem to leave come with all their details, as new ones do";
    /// Persons and ccTLDs in turn.
    WhichTld "which-tld" Sender "it is not certain which contact belongs to which ccTLD";
    /// A newcomer, or one who changes.
    NewOrChanged "new-or-changed" Sender "it is not said whether these are new contacts or changes of present ones";
    /// Somebody makes room for nobody.
    ByWhom "by-whom" Sender "someone is to be replaced, and it is not said by whom";
    /// A national number for two countries.
    Country "country" Sender "it is not certain in which country a number is dialled";
    /// Two numbers.
    SeveralNumbers "several-numbers" Sender "somebody has more than one number, and it is not said which counts";
    /// An answer for somebody else.
    OnBehalf "on-behalf" Person "someone may answer in another's name";
}

impl About {
    /// Whether the sender can settle it, and may be asked to.
    pub fn is_senders(self) -> bool {
        self.by() == By::Sender
    }
}

impl Unclear {
    /// A doubt about the mail as a whole.
    pub fn of(about: About) -> Self {
        Self { about, words: Vec::new(), places: Vec::new() }
    }

    /// A doubt about these words of the mail.
    pub fn with(about: About, words: impl IntoIterator<Item = String>) -> Self {
        let mut unclear = Self::of(about);
        for word in words.into_iter().filter(|word| !word.is_empty()) {
            if unclear.words.len() < WORDS_MAX && !unclear.words.contains(&word) {
                unclear.words.push(word);
            }
        }
        unclear
    }
}

impl Unclear {
    /// The same with what the lines say.
    pub fn told(&self) -> String {
        let lines = self.places.iter().filter_map(|place| match place {
            Place::Line { number, text } => Some(format!("Line {number}: \"{text}\".")),
            Place::Subject => None,
        });
        let lines: Vec<String> = lines.collect();
        if lines.is_empty() { self.to_string() } else { format!("{self}. {}", lines.join(" ")) }
    }
}

/// One line for the secretariat: what was seen, the words, and where they stand.
impl fmt::Display for Unclear {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.words.iter().map(|word| format!("\"{word}\"")).collect();
        let mut notes = words.join(", ");
        let places: Vec<String> = self.places.iter().map(ToString::to_string).collect();
        if !places.is_empty() {
            notes.push_str(if notes.is_empty() { "" } else { "; " });
            notes.push_str(&places.join(", "));
        }
        formatter.write_str(self.about.seen())?;
        if notes.is_empty() { Ok(()) } else { write!(formatter, " ({notes})") }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subject => formatter.write_str("in the Subject"),
            Self::Line { number, .. } => write!(formatter, "line {number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{About, Place, Unclear};

    #[test]
    fn a_doubt_says_what_was_seen_in_which_words_and_where() {
        let either = Unclear::with(About::Either, ["either".to_owned(), String::new(), "either".to_owned()]);
        assert_eq!(either.to_string(), "it leaves open which of several is meant (\"either\")");
        let line = |number| Place::Line { number, text: "x".to_owned() };
        let placed = Unclear { places: vec![Place::Subject, line(3)], ..either };
        assert_eq!(
            placed.to_string(),
            "it leaves open which of several is meant (\"either\"; in the Subject, line 3)"
        );
        let bare = Unclear { places: vec![line(7)], ..Unclear::of(About::Legal) };
        assert_eq!(bare.to_string(), "it speaks of law (line 7)");
        assert_eq!(bare.told(), "it speaks of law (line 7). Line 7: \"x\".");
        assert_eq!(Unclear::of(About::Encrypted).to_string(), "it is encrypted");
    }
}
