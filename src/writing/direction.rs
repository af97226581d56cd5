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

    /// A text whose every line says which way it runs: one that begins with an isolated value would else be taken for
    /// left-to-right by whoever looks at each line alone (Unicode Standard Annex #9 §3.3.1, rule P2). A quoted line runs as
    /// its own words do, and a contact as the repository writes him from left to right, as everywhere.
    pub(super) fn marked(self, text: &str) -> String {
        let mark = |line: &str| {
            let bare = line.trim_start();
            let (indent, _) = line.split_at(line.len() - bare.len());
            if bare.is_empty() || bare.starts_with('>') {
                bare.to_owned()
            } else if !indent.is_empty() && is_of_a_contact(bare) {
                line.to_owned()
            } else {
                format!("{indent}{RIGHT_TO_LEFT_MARK}{bare}")
            }
        };
        match self {
            Self::RightToLeft => text.lines().map(mark).collect::<Vec<_>>().join("\n"),
            Self::LeftToRight => text.split('\n').map(detail_marked).collect::<Vec<_>>().join("\n"),
        }
    }
}

/// A detail in a left-to-right text that begins with a right-to-left name says that its line runs as all others do: else
/// it stands at the other side, away from its place in the list.
fn detail_marked(line: &str) -> String {
    let bare = line.trim_start_matches(' ');
    let (indent, _) = line.split_at(line.len() - bare.len());
    let first = bare.chars().find(|c| c.is_alphabetic());
    if indent.is_empty() || is_of_a_contact(bare) || !first.is_some_and(is_right_to_left) {
        return line.to_owned();
    }
    format!("{indent}{LEFT_TO_RIGHT_MARK}{bare}")
}

/// Whether it is a line of the contact repository, which programs take apart.
pub(super) fn is_of_the_repository(line: &str) -> bool {
    line.strip_prefix(BEFORE_A_LINE).is_some_and(is_of_a_contact)
}

/// Whether it has a contact as the repository writes him: it begins with a name in quotation marks.
fn is_of_a_contact(bare: &str) -> bool {
    bare.trim_start_matches(LEFT_TO_RIGHT_ISOLATE).starts_with('"')
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{1e800}'..='\u{1efff}')
}

/// Text with right-to-left letters in it as one piece of a left-to-right line; other text as it is.
pub(super) fn isolated(text: &str) -> String {
    if text.contains(is_right_to_left) {
        format!("{LEFT_TO_RIGHT_ISOLATE}{text}{ISOLATED}")
    } else {
        text.to_owned()
    }
}

/// What stands before each line of a contact: three spaces keep Outlook from joining it with the next (Microsoft KB295014:
/// "remove extra line breaks in plain text messages" leaves lines that begin with two spaces or more).
pub const BEFORE_A_LINE: &str = "   ";

/// LEFT-TO-RIGHT ISOLATE.
const LEFT_TO_RIGHT_ISOLATE: char = '\u{2066}';
/// LEFT-TO-RIGHT MARK, which nobody sees.
const LEFT_TO_RIGHT_MARK: char = '\u{200e}';
/// RIGHT-TO-LEFT MARK, which nobody sees.
pub(super) const RIGHT_TO_LEFT_MARK: &str = "\u{200f}";
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

    #[test]
    fn each_line_of_a_right_to_left_text_has_its_mark() {
        assert_eq!(Direction::of("ar").marked("a\n\n  b"), "\u{200f}a\n\n  \u{200f}b");
        assert_eq!(Direction::of("ar").marked("a\n> b"), "\u{200f}a\n> b");
        assert_eq!(Direction::of("fr").marked("a\n\n  b"), "a\n\n  b");
    }

    #[test]
    fn a_contact_of_the_repository_runs_from_left_to_right_in_every_text() {
        for line in
            ["    \"Ann, #1, .nl\" ann@nic-nl.example", "   \u{2066}\"\u{643}, #1\" b@nic.example\u{2069}"]
        {
            assert_eq!(Direction::of("ar").marked(line), line);
            assert_eq!(Direction::of("en").marked(line), line);
        }
    }

    #[test]
    fn a_right_to_left_name_stands_at_its_place_in_a_left_to_right_list() {
        let list = "New contact:\n   #1 \u{643}, b\n> \u{643}\n\u{643}";
        let marked = "New contact:\n   \u{200e}#1 \u{643}, b\n> \u{643}\n\u{643}";
        assert_eq!(Direction::of("en").marked(list), marked);
    }
}
