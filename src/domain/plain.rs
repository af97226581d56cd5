//! A stranger's words made safe to keep and to show.

use crate::domain::tld::is_direction_mark;

/// A text on one line, its white space folded, without control characters and without marks that change how it is shown.
pub fn on_one_line(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let plain: String = plain.filter(|c| !is_direction_mark(*c)).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
