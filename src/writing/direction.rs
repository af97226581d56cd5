//! Right-to-left text that reads rightly in plain text: names, addresses and numbers keep their own direction.

/// How the lines of a language run.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Direction {
    /// As in English.
    #[default]
    LeftToRight,
    /// As in Arabic.
    RightToLeft,
}

impl Direction {
    /// That of a language (ISO 639-1).
    pub(super) fn of(language: &str) -> Self {
        if matches!(language, "ar" | "fa" | "he") { Self::RightToLeft } else { Self::LeftToRight }
    }

    /// A value as it stands in a sentence: in a right-to-left one it is isolated, so that neither its dots, digits and
    /// signs nor those around it change places (Unicode Standard Annex #9 §2.4.2, "first strong isolate"). Whoever reads
    /// our words again leaves these marks out.
    pub(super) fn shown(self, value: &str) -> String {
        match self {
            Self::RightToLeft if !value.is_empty() => format!("{ISOLATE}{value}{ISOLATED}"),
            Self::RightToLeft | Self::LeftToRight => value.to_owned(),
        }
    }
}

/// FIRST STRONG ISOLATE.
const ISOLATE: char = '\u{2068}';
/// POP DIRECTIONAL ISOLATE.
const ISOLATED: char = '\u{2069}';

#[cfg(test)]
mod tests {
    use super::Direction;

    #[test]
    fn a_value_is_isolated_in_a_right_to_left_text_alone() {
        assert_eq!(Direction::of("ar").shown("+31 6 123"), "\u{2068}+31 6 123\u{2069}");
        assert_eq!(Direction::of("ar").shown(""), "");
        assert_eq!(Direction::of("fr").shown("+31 6 123"), "+31 6 123");
    }
}
