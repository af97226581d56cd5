//! Languages: which of those that there are a text is understood in.

use crate::reading::codes::CODES;
use crate::reading::words::{Hit, Sense};

/// English, whose words are understood within every language.
pub(super) const ENGLISH: Language = Language(0);

/// A language, by its place among the files.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) struct Language(pub(super) u8);

impl Language {
    /// Its ISO 639-1 code.
    pub(super) fn code(self) -> Option<&'static str> {
        CODES.get(usize::from(self.0)).copied()
    }
}

impl Language {
    /// Whether it is English.
    pub(super) fn is_english(self) -> bool {
        self == ENGLISH
    }

    /// Whether a letter or two within a word turn it into its contrary, as in `onaylıyorum` and `onaylamıyorum`.
    pub(super) fn negates_within_words(self) -> bool {
        matches!(self.code(), Some("tr" | "sw" | "am"))
    }

    /// Whether endings tell who does what to whom, so that either may stand before the verb.
    pub(super) fn is_free_in_order(self) -> bool {
        const CODES: [&str; 12] = ["pl", "cs", "sk", "sl", "sr", "ru", "uk", "be", "lt", "lv", "hu", "el"];
        self.code().is_some_and(|code| CODES.contains(&code))
    }

    /// Whether the verb stands at the end of a sentence, behind whom it is about.
    pub(super) fn puts_verbs_last(self) -> bool {
        matches!(
            self.code(),
            Some(
                "ja" | "ko"
                    | "tr"
                    | "az"
                    | "kk"
                    | "uz"
                    | "mn"
                    | "hi"
                    | "bn"
                    | "ne"
                    | "ur"
                    | "fa"
                    | "ta"
                    | "si"
                    | "my"
                    | "am"
                    | "eu"
            )
        )
    }
}

/// The languages that a text is understood in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Languages(u128);

impl Languages {
    /// All of them.
    pub(super) const ALL: Self = Self(u128::MAX);

    /// These and this one.
    #[must_use]
    pub(super) fn with(self, language: Language) -> Self {
        Self(self.0 | 1 << language.0)
    }

    /// Whether this one is among them.
    pub(super) fn has(self, language: Language) -> bool {
        self.0 >> language.0 & 1 == 1
    }

    /// These and those.
    #[must_use]
    pub(super) fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// The words of these languages among all that were found. English is understood within every other language, but
    /// a word that the text's own language knows is not read as English.
    pub(super) fn choose(self, text: &[char], mut hits: Vec<Hit>) -> Vec<Hit> {
        hits.retain(|hit| self.has(hit.language) || hit.language == ENGLISH);
        if self.has(ENGLISH) {
            return hits;
        }
        // `Him` and `Will` are names where nobody writes English.
        let small = |hit: &Hit| {
            let word = text.get(hit.span.clone()).unwrap_or_default();
            let capital = word.first().is_some_and(|c| c.is_uppercase());
            let starts = hit.span.start == 0 || word.iter().skip(1).all(|c| c.is_uppercase());
            hit.sense == Sense::Stop && hit.language == ENGLISH && capital && !starts
        };
        hits.retain(|hit| !small(hit));
        let end = hits.iter().map(|hit| hit.span.end).max().unwrap_or_default();
        let mut own = vec![false; end];
        let others = hits.iter().filter(|hit| hit.language != ENGLISH && tells(hit));
        for place in others.flat_map(|hit| hit.span.clone()) {
            if let Some(own) = own.get_mut(place) {
                *own = true;
            }
        }
        hits.retain(|hit| {
            hit.language != ENGLISH
                || !own.get(hit.span.clone()).is_some_and(|own| own.iter().all(|own| *own))
        });
        hits
    }
}

/// `In` and `ut` stand before lines in some languages, and are words of many.
fn tells(hit: &Hit) -> bool {
    !matches!(hit.sense, Sense::LineIn | Sense::LineOut)
}

/// The languages that a text seems to be written in, and the likeliest.
pub(super) fn seeming(text: &[char], hits: &[Hit]) -> (Languages, Option<Language>) {
    // Japanese and Chinese share characters; kana tells them apart.
    let kana = text.iter().any(|c| matches!(c, '\u{3041}'..='\u{30fa}'));
    let impossible = |language: Language| match language.code() {
        Some("zh") => kana,
        Some("ja") => !kana,
        _ => false,
    };
    let mut covered = vec![0_usize; CODES.len()];
    let mut ends = vec![0_usize; CODES.len()];
    for hit in hits.iter().filter(|hit| tells(hit)).filter(|hit| !impossible(hit.language)) {
        let place = usize::from(hit.language.0);
        if let (Some(covered), Some(end)) = (covered.get_mut(place), ends.get_mut(place))
            && hit.span.end > *end
        {
            *covered += hit.span.end - hit.span.start.max(*end);
            *end = hit.span.end;
        }
    }
    let best = covered.iter().copied().max().unwrap_or_default();
    let mut chosen = Languages::default();
    let mut likeliest = None;
    for (place, covered) in covered.iter().enumerate() {
        let language = Language(u8::try_from(place).unwrap_or(u8::MAX));
        // Close relatives share most words; all that come near are understood together.
        if *covered > 0 && covered * 4 >= best * 3 {
            chosen = chosen.with(language);
        }
        if *covered == best && best > 0 && likeliest.is_none() {
            likeliest = Some(language);
        }
    }
    (chosen, likeliest)
}
