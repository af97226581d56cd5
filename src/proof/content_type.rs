//! Reads a Content-Type that is not signed, in its plainest form only (RFC 2045 §5.1).

use std::collections::BTreeMap;

/// A media type and its parameters, in lower case but for the parameters' values.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct ContentType {
    /// Like `text/plain`.
    pub(crate) media: String,
    parameters: BTreeMap<String, String>,
}

impl ContentType {
    /// Reads an unfolded value. None for comments, parameters that come twice, escapes, and parameters in the
    /// extended form (RFC 2231), which readers treat differently.
    pub(crate) fn read(value: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(value).ok().filter(|text| text.is_ascii())?;
        let (media, mut rest) = text.split_once(';').unwrap_or((text, ""));
        let media = media.trim().to_ascii_lowercase();
        let (kind, subkind) = media.split_once('/')?;
        if !is_token(kind) || !is_token(subkind) {
            return None;
        }
        let mut parameters = BTreeMap::new();
        while !rest.trim().is_empty() {
            let (name, after) = rest.split_once('=')?;
            let name = name.trim().to_ascii_lowercase();
            let (value, after) = read_value(after.trim_start())?;
            if !is_token(&name) || name.contains('*') || parameters.insert(name, value).is_some() {
                return None;
            }
            rest = match after.trim_start().strip_prefix(';') {
                Some(more) => more,
                None if after.trim().is_empty() => "",
                None => return None,
            };
        }
        Some(Self { media, parameters })
    }

    /// The value of a parameter.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }
}

/// A token, or a quoted string without escapes; and what comes after it.
fn read_value(text: &str) -> Option<(String, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (value, after) = quoted.split_once('"')?;
        return (!value.contains('\\')).then(|| (value.to_owned(), after));
    }
    let end = text.find(|c: char| c == ';' || c.is_ascii_whitespace()).unwrap_or(text.len());
    let (value, after) = text.split_at_checked(end)?;
    is_token(value).then(|| (value.to_owned(), after))
}

/// A token, with the marks let through that sloppy software leaves unquoted in a boundary (`=`, `/`, `:`, `?`).
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|octet| octet.is_ascii_graphic() && !b"()<>@,;\\\"[]".contains(&octet))
}
