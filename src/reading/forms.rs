//! Forms of a text: plain and HTML; which of them is read, and whether they say the same.

use crate::reading::facts::Facts;
use crate::reading::html::{self, Page};
use crate::reading::lines::{self, Line};
use crate::reading::parts::Text;
use crate::reading::words::{self, Sense};

/// The lines that are read of a mail's texts.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// The lines.
    pub(super) lines: Vec<Line>,
    /// Words in the HTML that no reader sees.
    pub(super) hidden: String,
    /// Whether the two forms of a text hold different details.
    pub(super) forms_differ: bool,
    /// Whether the HTML was too large or too intricate to be read.
    pub(super) refused: bool,
}

impl Chosen {
    /// Takes the lines of a text, from that of its forms which keeps more of what the writer saw.
    pub(super) fn take(&mut self, text: &Text) {
        let mut lines = self.choose(text);
        self.lines.append(&mut lines);
    }

    fn choose(&mut self, text: &Text) -> Vec<Line> {
        let plain =
            text.plain.as_deref().map(|plain| lines::of_plain(plain, text.flowed)).unwrap_or_default();
        let Some(html) = &text.html else { return plain };
        let Page { lines: seen, hidden, refused } = html::read(html);
        self.hidden.push_str(&hidden);
        self.refused |= refused;
        let says = |lines: &[Line]| lines.iter().any(|line| !line.text.is_empty());
        if !says(&plain) {
            return seen;
        }
        if !says(&seen) {
            return plain;
        }
        let (of_plain, of_html) = (Facts::of_lines(&plain), Facts::of_lines(&seen));
        if of_plain.is_empty() && !of_html.is_empty() {
            // The plain text is a notice that the mail can only be read as HTML.
            return seen;
        }
        let same = of_plain == of_html || (of_plain.are_in(&seen) && of_html.are_in(&plain));
        self.forms_differ |= !same || asks(&plain) != asks(&seen);
        let has_table = |lines: &[Line]| lines.iter().any(|line| line.table > 0 && line.depth == 0);
        if has_table(&seen) { seen } else { plain }
    }
}

/// What the words of a text ask for: two forms of one text ask for the same.
#[expect(clippy::wildcard_enum_match_arm, reason = "few of the many senses matter here")]
fn asks(lines: &[Line]) -> [bool; 4] {
    let mut asks = [false; 4];
    // A phrase may go on in the next line.
    let text: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    for hit in words::find(&text.join(" ").chars().collect::<Vec<_>>()) {
        let place = match hit.sense {
            Sense::Add => 0,
            Sense::Remove => 1,
            Sense::Replace | Sense::Replaces | Sense::ReplacedBy => 2,
            Sense::Left => 3,
            _ => continue,
        };
        if let Some(asks) = asks.get_mut(place) {
            *asks = true;
        }
    }
    asks
}
