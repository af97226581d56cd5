//! Usage: moments and days in the one form that nobody misreads, and several ccTLDs as a language lists them.

use jiff::Timestamp;

use crate::writing::sentences::Sentences;

impl Sentences {
    /// A moment to the minute, in UTC and in the one order that no reader takes for another (ISO 8601):
    /// `2026-11-17 09:00 UTC`.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        self.unbroken(&at.strftime("%Y-%m-%d %H:%M UTC").to_string())
    }

    /// A day, in UTC: `2026-11-17` (ISO 8601).
    pub(super) fn date(&self, at: Timestamp) -> String {
        self.shown(&at.strftime("%Y-%m-%d").to_string())
    }

    /// Several ccTLDs, which a case has with spaces between them: `.fr, .re`. One may have its label behind it, as in
    /// `.рф (xn--p1ai)`.
    pub(super) fn tlds(&self, tlds: &str) -> String {
        let mut each = tlds.split(" .");
        let first = each.next().map(|tld| self.shown(tld));
        let rest = each.map(|tld| self.shown(&format!(".{tld}")));
        first.into_iter().chain(rest).collect::<Vec<_>>().join(self.word("between-values").trim_matches('"'))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::domain::tongue::LANGUAGES;
    use crate::writing::sentences::Sentences;
    use crate::writing::texts::SENTENCES;

    fn sentences(language: &str) -> Sentences {
        let (_, source) = SENTENCES.iter().find(|(known, _)| *known == language).unwrap();
        Sentences::read(language, source).unwrap()
    }

    fn at(moment: &str) -> Timestamp {
        moment.parse().unwrap()
    }

    #[test]
    fn a_moment_is_written_alike_in_every_language() {
        for language in LANGUAGES {
            let sentences = sentences(language);
            let bare = |written: String| written.replace(['\u{2068}', '\u{2069}'], "").replace('\u{a0}', " ");
            assert_eq!(
                bare(sentences.moment(at("2026-11-07T09:05:59Z"))),
                "2026-11-07 09:05 UTC",
                "{language}"
            );
            assert_eq!(bare(sentences.date(at("2026-11-07T09:05:59Z"))), "2026-11-07", "{language}");
        }
    }

    #[test]
    fn a_time_stays_beside_utc_and_english_stays_in_ascii() {
        let moment = at("2026-11-07T09:05:59Z");
        assert_eq!(sentences("en").moment(moment), "2026-11-07 09:05 UTC");
        for language in ["es", "fr", "ru", "zh"] {
            assert_eq!(sentences(language).moment(moment), "2026-11-07 09:05\u{a0}UTC", "{language}");
        }
        assert_eq!(sentences("ar").moment(moment), "\u{2068}2026-11-07\u{a0}09:05\u{a0}UTC\u{2069}");
    }

    #[test]
    fn several_cctlds_are_listed_and_a_label_stays_with_its_name() {
        assert_eq!(sentences("en").tlds(".fr .re"), ".fr, .re");
        assert_eq!(sentences("zh").tlds(".fr .re"), ".fr、.re");
        assert_eq!(sentences("en").tlds(".рф (xn--p1ai) .nl"), ".рф (xn--p1ai), .nl");
        assert_eq!(sentences("ar").tlds(".fr .re"), "\u{2068}.fr\u{2069}، \u{2068}.re\u{2069}");
        assert_eq!(sentences("en").tlds(""), "");
    }
}
