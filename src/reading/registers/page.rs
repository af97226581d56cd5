//! A page that lists ccTLDs: our own as HTML or JSON, or any other as HTML or text.

use std::collections::BTreeSet;

use scraper::{Html, Selector};
use serde_json::Value;

use crate::domain::cctlds::KnownTlds;
use crate::domain::tld::Tld;
use crate::reading::html;
use crate::reading::languages::{ENGLISH, Languages};
use crate::reading::registers::{File, Unreadable, decoded};
use crate::reading::speech::Speech;
use crate::reading::tlds;

/// What a page says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Page {
    /// The ccTLDs that it lists as members.
    pub members: BTreeSet<Tld>,
    /// Labels that look like ccTLDs and are none that is known, as written.
    pub unknown: BTreeSet<String>,
}

impl Page {
    /// Adds a member by its label.
    fn add(&mut self, label: &str, known: &KnownTlds) {
        match label.parse::<Tld>() {
            Ok(tld) if known.has(&tld) => self.members.insert(tld),
            Ok(_) | Err(_) => self.unknown.insert(label.chars().take(LABEL_SHOWN_MAX).collect()),
        };
    }
}

/// What a page says of which ccTLD, as that of `writing::page` does.
const MARKED: &str = "[data-cctld][data-member]";
/// Characters of a label that is none: enough for a person to find it.
const LABEL_SHOWN_MAX: usize = 24;

/// Reads a page.
///
/// # Errors
/// Where it is too large, or lists no ccTLD at all.
pub fn page(file: &File<'_>, known: &KnownTlds) -> Result<Page, Unreadable> {
    let text = decoded::decode(file.octets, file.charset)?.text;
    let start = text.trim_start();
    let page = if start.starts_with(['{', '[']) {
        of_json(&text, known)?
    } else if start.starts_with('<') {
        let read = html::read(&text);
        if read.refused {
            return Err(Unreadable::new("is too large or too intricate; give its text"));
        }
        let cells = read.lines.iter().flat_map(|line| {
            if line.cells.is_empty() { vec![line.text.clone()] } else { line.cells.clone() }
        });
        of_marks(&text, known).unwrap_or_else(|| of_lines(cells, known))
    } else {
        of_lines(text.lines().map(str::to_owned), known)
    };
    if page.members.is_empty() {
        return Err(Unreadable::new("lists no ccTLD; give the page whose lines have them as in .nl"));
    }
    Ok(page)
}

/// The members of a page that says of each ccTLD whether it is one, as ours does: it lists those that are none as well.
/// None where the page marks nothing.
fn of_marks(html: &str, known: &KnownTlds) -> Option<Page> {
    let marked = Selector::parse(MARKED).ok()?;
    let (mut page, mut marks) = (Page::default(), 0_usize);
    for element in Html::parse_document(html).select(&marked) {
        marks += 1;
        if element.attr("data-member") == Some("yes") {
            page.add(element.attr("data-cctld").unwrap_or_default(), known);
        }
    }
    (marks > 0).then_some(page)
}

/// The ccTLDs that stand in lines with their dots, or alone.
fn of_lines(lines: impl Iterator<Item = String>, known: &KnownTlds) -> Page {
    let mut page = Page::default();
    for line in lines {
        let speech = Speech::of(&line, Languages::default().with(ENGLISH));
        let found = tlds::named(&speech.chars, &speech.hits, known);
        if let (true, Ok(tld)) = (found.is_empty(), line.trim().parse::<Tld>())
            && known.has(&tld)
        {
            page.members.insert(tld);
        }
        page.members.extend(found.into_iter().map(|found| found.what));
        let is_code = |text: &str| text.len() == 2 && text.bytes().all(|octet| octet.is_ascii_alphabetic());
        let is_label = |text: &str| is_code(text) || text.starts_with("xn--") || !text.is_ascii();
        page.unknown.extend(
            tlds::unknown(&speech.chars, &speech.hits, known).into_iter().filter(|one| is_label(one)),
        );
    }
    page
}

/// `{"members": ["nl", …]}`, an array of such, or objects with a `tld` each.
fn of_json(text: &str, known: &KnownTlds) -> Result<Page, Unreadable> {
    let whole: Value =
        serde_json::from_str(text).map_err(|error| Unreadable::new(format!("is not JSON: {error}")))?;
    let listed = match &whole {
        Value::Object(object) => object.get("members").cloned().unwrap_or_default(),
        Value::Array(_) => whole.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Value::Null,
    };
    let mut page = Page::default();
    for one in listed.as_array().into_iter().flatten() {
        page.add(one.as_str().or_else(|| one.get("tld")?.as_str()).unwrap_or_default(), known);
    }
    Ok(page)
}
