//! Plain text as lines: flowed paragraphs joined, quote marks counted and taken off.

use std::borrow::Cow;

use crate::reading::folding::plain;
use crate::reading::parts::Flowed;

/// Quote marks that are counted. Nobody reads a conversation deeper than this.
const DEPTH_MAX: u8 = 20;
/// Lines of a text that are read at the most.
const LINES_MAX: usize = 4000;

/// One line as it came, before it is known what it is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Line {
    /// Its words.
    pub(super) text: String,
    /// Its cells, where it is the row of a table.
    pub(super) cells: Vec<String>,
    /// The table that it belongs to, counted from 1; 0 for none.
    pub(super) table: usize,
    /// How many times it is quoted.
    pub(super) depth: u8,
    /// Whether an earlier mail starts here, as the mail program's own markup says.
    pub(super) quote_starts: bool,
    /// Whether the signature starts here, as the mail program's own markup says.
    pub(super) signature_starts: bool,
}

impl Line {
    /// A line of words, not quoted.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// The lines of a plain text.
pub(super) fn of_plain(text: &str, flowed: Flowed) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut goes_on = false;
    let text = &without_armour(text);
    let initials = quoting_initials(text);
    for raw in text.lines().take(LINES_MAX) {
        let (depth, body) = unquoted(initials.and_then(|initials| without(raw, initials)).unwrap_or(raw));
        let body = if flowed == Flowed::No { body } else { body.strip_prefix(' ').unwrap_or(body) };
        let separator = body == "-- ";
        let soft = flowed != Flowed::No && body.ends_with(' ') && !separator;
        let body = if soft && flowed == Flowed::WithoutSpace {
            body.get(..body.len() - 1).unwrap_or(body)
        } else {
            body
        };
        let clean = plain(body);
        match lines.last_mut() {
            Some(last) if goes_on && last.depth == depth && !separator => {
                // Where the space is to be deleted, one may have been added on the way: an address ends there.
                let in_address = last.text.rsplit(' ').next().is_some_and(|word| word.contains('@'));
                if flowed == Flowed::WithoutSpace && in_address {
                    last.text.push(' ');
                }
                last.text.push_str(&clean);
            }
            _ => lines.push(Line { text: clean, depth, ..Line::default() }),
        }
        goes_on = soft;
    }
    for line in &mut lines {
        line.text.truncate(line.text.trim_end().len());
    }
    lines
}

/// The text of a mail that is signed within its text, without what the signature adds: lines around it, and a dash before
/// lines that begin with one (RFC 9580 §7.1 and §7.2).
fn without_armour(text: &str) -> Cow<'_, str> {
    const SIGNED: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
    const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
    const END: &str = "-----END PGP SIGNATURE-----";
    if !text.contains(SIGNED) || !text.contains(SIGNATURE) {
        return Cow::Borrowed(text);
    }
    let mut place = Armour::Outside;
    let mut kept: Vec<&str> = Vec::new();
    for line in text.lines() {
        place = match (place, line.trim_end()) {
            (Armour::Outside, SIGNED) => Armour::Head,
            (Armour::Head, "") => Armour::Signed,
            (Armour::Signed, SIGNATURE) => Armour::Signature,
            (Armour::Signature, END) => Armour::Outside,
            (Armour::Outside, _) => {
                kept.push(line);
                place
            }
            (Armour::Signed, _) => {
                kept.push(line.strip_prefix("- ").unwrap_or(line));
                place
            }
            (Armour::Head | Armour::Signature, _) => place,
        };
    }
    Cow::Owned(kept.join("\n"))
}

/// Where a line stands in a text that is signed within itself.
#[derive(Clone, Copy)]
enum Armour {
    Outside,
    Head,
    Signed,
    Signature,
}

/// The initials that some programs put before each quote mark, `AT>`: capitals that open two lines at the least.
fn quoting_initials(text: &str) -> Option<&str> {
    const INITIALS_MAX: usize = 4;
    let mut former = None;
    for line in text.lines().take(LINES_MAX) {
        let Some((initials, _)) = line.trim_start().split_once('>') else { continue };
        let letters = initials.chars().count();
        if (1..=INITIALS_MAX).contains(&letters) && initials.chars().all(char::is_uppercase) {
            if former == Some(initials) {
                return former;
            }
            former = Some(initials);
        }
    }
    None
}

/// A quoted line from its quote mark on.
fn without<'a>(line: &'a str, initials: &str) -> Option<&'a str> {
    line.trim_start().strip_prefix(initials).filter(|rest| rest.starts_with('>'))
}

/// How many times a line is quoted, and what stands behind the marks.
fn unquoted(line: &str) -> (u8, &str) {
    let mut depth = 0;
    let mut rest = line;
    loop {
        let inner = rest.trim_start_matches([' ', '\t', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}']);
        match inner.strip_prefix(['>', '＞']) {
            Some(more) => {
                depth = DEPTH_MAX.min(depth + 1);
                rest = more;
            }
            None => return (depth, if depth == 0 { line } else { rest.strip_prefix(' ').unwrap_or(rest) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::of_plain;
    use crate::reading::parts::Flowed;

    #[track_caller]
    fn check(text: &str, flowed: Flowed, want: &[(u8, &str)]) {
        let lines = of_plain(text, flowed);
        let have: Vec<_> = lines.iter().map(|line| (line.depth, line.text.as_str())).collect();
        assert_eq!(have, want);
    }

    #[test]
    fn a_text_that_is_signed_within_itself_is_read_without_its_signature() {
        let text = "a\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nb\n- - c\n- -- \nd\n\
            -----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\ne";
        let want = [(0, "a"), (0, "b"), (0, "- c"), (0, "--"), (0, "d"), (0, "e")];
        check(text, Flowed::No, &want);
        check("-----BEGIN PGP SIGNED MESSAGE-----", Flowed::No, &[(0, "-----BEGIN PGP SIGNED MESSAGE-----")]);
    }

    #[test]
    fn flowed_lines_are_joined() {
        check("a \nb\n\n-- \nc", Flowed::Yes, &[(0, "a b"), (0, ""), (0, "--"), (0, "c")]);
        check("a \nb", Flowed::WithoutSpace, &[(0, "ab")]);
        check("a@b.co \nm", Flowed::WithoutSpace, &[(0, "a@b.co m")]);
        check("a \nb", Flowed::No, &[(0, "a"), (0, "b")]);
    }

    #[test]
    fn initials_before_quote_marks_belong_to_them() {
        check("a\nAT> b\nAT>> c\n d", Flowed::No, &[(0, "a"), (1, "b"), (2, "c"), (0, " d")]);
        check("A> b\nB> c", Flowed::No, &[(0, "A> b"), (0, "B> c")]);
    }

    #[test]
    fn quote_marks_are_counted() {
        check("> a\n>> b\n> > c\n d", Flowed::No, &[(1, "a"), (2, "b"), (2, "c"), (0, " d")]);
    }
}
