//! Usage: moments, days and several ccTLDs, as those who read a language write them.

use jiff::Timestamp;

use crate::writing::sentences::Sentences;

impl Sentences {
    /// A moment to the minute, in UTC: `17 November 2026, 09:00 UTC`.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        let time = self.unbroken(&at.strftime("%H:%M UTC").to_string());
        self.on_day("moment", at, &time)
    }

    /// A day, in UTC: `17 November 2026`.
    pub(super) fn date(&self, at: Timestamp) -> String {
        self.on_day("date", at, "")
    }

    /// Several ccTLDs, which a case has with spaces between them: `.fr, .re`. One may have its label behind it, as in
    /// `.рф (xn--p1ai)`.
    pub(super) fn tlds(&self, tlds: &str) -> String {
        let mut each = tlds.split(" .");
        let first = each.next().map(|tld| self.shown(tld));
        let rest = each.map(|tld| self.shown(&format!(".{tld}")));
        first.into_iter().chain(rest).collect::<Vec<_>>().join(self.word("between-values").trim_matches('"'))
    }

    fn on_day(&self, key: &str, at: Timestamp, time: &str) -> String {
        let number = |format: &str| at.strftime(format).to_string();
        let nth = number("%-m").parse::<usize>().unwrap_or_default().saturating_sub(1);
        let month = self.word("months").split(", ").nth(nth).unwrap_or_default();
        let day = number("%-d");
        let day = if day == "1" { self.word("first-of-month") } else { &day };
        self.filled(key, &[], &[("day", day), ("month", month), ("year", &number("%Y")), ("time", time)])
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
    fn a_moment_is_written_as_its_readers_write_it() {
        let check = |language: &str, moment: &str, want: &str| {
            let written = sentences(language).moment(at(moment));
            let seen: String =
                written.chars().filter(|c| !matches!(c, '\u{2068}' | '\u{2069}')).collect::<String>();
            assert_eq!(seen.replace('\u{a0}', " "), want);
        };
        check("en", "2026-11-17T09:00:59Z", "17 November 2026, 09:00 UTC");
        check("fr", "2026-05-01T23:59:00Z", "1er mai 2026 à 23:59 UTC");
        check("es", "2026-01-01T00:00:00Z", "1 de enero de 2026 a las 00:00 UTC");
        check("ru", "2026-12-31T09:05:00Z", "31 декабря 2026 года, 09:05 UTC");
        check("ar", "2026-11-17T09:00:00Z", "17 نوفمبر 2026، الساعة 09:00 UTC");
        check("zh", "2026-10-02T09:00:00Z", "2026年10月2日 09:00 UTC");
    }

    #[test]
    fn each_language_has_twelve_months() {
        for language in LANGUAGES {
            let dates =
                (1..=12).map(|month| sentences(language).date(at(&format!("2026-{month:02}-05T00:00:00Z"))));
            let dates: std::collections::BTreeSet<String> = dates.collect();
            assert_eq!(dates.len(), 12, "{language}: {dates:?}");
        }
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
