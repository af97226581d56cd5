//! Languages: the files of words that there are, and which of them a text is understood in.

use crate::reading::words::{Hit, Sense};

/// The languages: ISO 639-1 code and file. To add one is to add a file and its line.
pub(super) const FILES: &[(&str, &str)] = &[
    ("en", include_str!("words/en.txt")),
    ("es", include_str!("words/es.txt")),
    ("fr", include_str!("words/fr.txt")),
    ("de", include_str!("words/de.txt")),
    ("zh", include_str!("words/zh.txt")),
    ("pt", include_str!("words/pt.txt")),
    ("ru", include_str!("words/ru.txt")),
    ("ar", include_str!("words/ar.txt")),
    ("ja", include_str!("words/ja.txt")),
    ("ko", include_str!("words/ko.txt")),
    ("hi", include_str!("words/hi.txt")),
    ("uk", include_str!("words/uk.txt")),
    ("tr", include_str!("words/tr.txt")),
    ("id", include_str!("words/id.txt")),
    ("th", include_str!("words/th.txt")),
    ("it", include_str!("words/it.txt")),
    ("nl", include_str!("words/nl.txt")),
    ("pl", include_str!("words/pl.txt")),
    ("sv", include_str!("words/sv.txt")),
    ("da", include_str!("words/da.txt")),
    ("no", include_str!("words/no.txt")),
    ("fi", include_str!("words/fi.txt")),
    ("cs", include_str!("words/cs.txt")),
    ("vi", include_str!("words/vi.txt")),
    ("fa", include_str!("words/fa.txt")),
    ("he", include_str!("words/he.txt")),
    ("el", include_str!("words/el.txt")),
    ("ro", include_str!("words/ro.txt")),
    ("hu", include_str!("words/hu.txt")),
    ("bg", include_str!("words/bg.txt")),
    ("sr", include_str!("words/sr.txt")),
    ("bn", include_str!("words/bn.txt")),
    ("ur", include_str!("words/ur.txt")),
    ("sw", include_str!("words/sw.txt")),
    ("sk", include_str!("words/sk.txt")),
    ("sl", include_str!("words/sl.txt")),
    ("lt", include_str!("words/lt.txt")),
    ("lv", include_str!("words/lv.txt")),
    ("et", include_str!("words/et.txt")),
    ("is", include_str!("words/is.txt")),
    ("ca", include_str!("words/ca.txt")),
    ("mk", include_str!("words/mk.txt")),
    ("sq", include_str!("words/sq.txt")),
    ("ms", include_str!("words/ms.txt")),
    ("tl", include_str!("words/tl.txt")),
    ("az", include_str!("words/az.txt")),
    ("kk", include_str!("words/kk.txt")),
    ("ka", include_str!("words/ka.txt")),
    ("hy", include_str!("words/hy.txt")),
    ("af", include_str!("words/af.txt")),
    ("lo", include_str!("words/lo.txt")),
    ("my", include_str!("words/my.txt")),
    ("si", include_str!("words/si.txt")),
    ("eu", include_str!("words/eu.txt")),
    ("mg", include_str!("words/mg.txt")),
    ("gl", include_str!("words/gl.txt")),
    ("ht", include_str!("words/ht.txt")),
    ("be", include_str!("words/be.txt")),
    ("uz", include_str!("words/uz.txt")),
    ("mn", include_str!("words/mn.txt")),
    ("km", include_str!("words/km.txt")),
    ("ta", include_str!("words/ta.txt")),
    ("ne", include_str!("words/ne.txt")),
    ("am", include_str!("words/am.txt")),
    ("so", include_str!("words/so.txt")),
    ("fo", include_str!("words/fo.txt")),
    ("ga", include_str!("words/ga.txt")),
    ("mt", include_str!("words/mt.txt")),
];

/// English, whose words are understood within every language.
pub(super) const ENGLISH: Language = Language(0);

/// A language, by its place among the files.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) struct Language(pub(super) u8);

impl Language {
    /// Its ISO 639-1 code.
    pub(super) fn code(self) -> Option<&'static str> {
        FILES.get(usize::from(self.0)).map(|(code, _)| *code)
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
        for place in hits.iter().filter(|hit| hit.language != ENGLISH).flat_map(|hit| hit.span.clone()) {
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

/// The languages that a text seems to be written in, and the likeliest.
pub(super) fn seeming(text: &[char], hits: &[Hit]) -> (Languages, Option<Language>) {
    // Japanese and Chinese share characters; kana tells them apart.
    let kana = text.iter().any(|c| matches!(c, '\u{3041}'..='\u{30fa}'));
    let impossible = |language: Language| match language.code() {
        Some("zh") => kana,
        Some("ja") => !kana,
        _ => false,
    };
    let mut covered = vec![0_usize; FILES.len()];
    let mut ends = vec![0_usize; FILES.len()];
    for hit in hits.iter().filter(|hit| !impossible(hit.language)) {
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
