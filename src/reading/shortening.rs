//! A text that is longer than what is interpreted.

/// Characters of a writer's own words that are interpreted at the most. A request has some hundred to some thousand;
/// what is longer is a document, and some steps cost as much as the square of this.
const READ_CHARS_MAX: usize = 20_000;

/// Whether a text was longer than what is interpreted.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Cut {
    Whole,
    Shortened,
}

pub(super) fn shortened(text: &str) -> (&str, Cut) {
    match text.char_indices().nth(READ_CHARS_MAX) {
        Some((end, _)) => (text.get(..end).unwrap_or_default(), Cut::Shortened),
        None => (text, Cut::Whole),
    }
}
