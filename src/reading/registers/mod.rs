//! Registers that others keep: member dumps, spreadsheets, cards and pages, read as the persons or the ccTLDs that they list.
//!
//! Nothing is guessed: what a line does not say for certain becomes a point that a person settles.

mod cards;
mod cells;
mod columns;
mod decoded;
mod dumps;
mod exact;
mod merged;
mod objects;
mod page;
mod rows;
mod workbook;

use thiserror::Error;

use crate::domain::cctlds::KnownTlds;
use crate::domain::digest::Digest;
use crate::domain::listed::{Listed, Source, Spot};
pub use crate::reading::registers::page::{Page, page};
use crate::reading::registers::rows::Sheet;

/// Octets of a file at the most: the spreadsheet of all ccTLDs has some hundred kilobytes.
pub const FILE_OCTETS_MAX: usize = 10 * 1024 * 1024;
/// Persons of a file at the most: all ccTLDs have about a thousand.
pub const PEOPLE_MAX: usize = 20_000;

/// A file as it was given.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its name, without its folder.
    pub name: &'a str,
    /// Its octets.
    pub octets: &'a [u8],
    /// In which letters it is written (a label of the Encoding Standard), where somebody knows that.
    pub charset: Option<&'a str>,
}

/// A file that cannot be read, with the cure.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("{0}")]
pub struct Unreadable(pub(super) String);

impl Unreadable {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// What a file lists.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Register {
    /// The file.
    pub source: Source,
    /// Whom it lists, in its order.
    pub people: Vec<Listed>,
}

/// What readers of its parts have to know.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    /// The file's name.
    pub(super) name: &'a str,
    /// The ccTLDs that are known.
    pub(super) known: &'a KnownTlds,
}

impl Desk<'_> {
    /// A place in the file.
    pub(super) fn spot(&self, sheet: Option<&str>, row: usize) -> Spot {
        Spot { file: self.name.to_owned(), sheet: sheet.map(str::to_owned), row, origin: None }
    }
}

/// Reads a file in whatever form it is.
///
/// # Errors
/// Where it is in none that is known, too large, or broken: with the cure.
pub fn read(file: &File<'_>, known: &KnownTlds) -> Result<Register, Unreadable> {
    if file.octets.len() > FILE_OCTETS_MAX {
        return Err(Unreadable::new(format!(
            "has {} octets, and {FILE_OCTETS_MAX} are read; take out what is no contact",
            file.octets.len()
        )));
    }
    let desk = Desk { name: file.name, known };
    let (form, remarks, people) = match workbook::form_of(file.octets)? {
        Some(form) => {
            let (remarks, people) = of_sheets(&workbook::sheets(file.octets, form)?, &desk);
            (form.words().to_owned(), remarks, people)
        }
        None => of_text(file, &desk)?,
    };
    if people.len() > PEOPLE_MAX {
        return Err(Unreadable::new(format!(
            "lists {} persons, and {PEOPLE_MAX} are read; it seems to be something else",
            people.len()
        )));
    }
    let name = file.name.to_owned();
    Ok(Register { source: Source { name, digest: Digest::of(file.octets), form, remarks }, people })
}

/// How it was read, what of it was not, and whom it lists.
type Found = (String, Vec<String>, Vec<Listed>);

fn of_text(file: &File<'_>, desk: &Desk<'_>) -> Result<Found, Unreadable> {
    let decoded = decoded::decode(file.octets, file.charset)?;
    let text = decoded.text.as_str();
    let start = text.trim_start();
    let found = if start.starts_with(['{', '[']) {
        objects::read(text, desk)?
    } else if start.get(..11).is_some_and(|mark| mark.eq_ignore_ascii_case("BEGIN:VCARD")) {
        ("cards (vCard)".to_owned(), Vec::new(), cards::read(text, desk)?)
    } else if let Some(sheet) =
        rows::of_text(text, |sheet| columns::heads(sheet, desk) || exact::heads(sheet))
    {
        let (remarks, people) = of_sheets(&[sheet], desk);
        ("a table (CSV)".to_owned(), remarks, people)
    } else {
        ("a list of members".to_owned(), Vec::new(), dumps::read(text, desk))
    };
    let (form, remarks, mut people) = found;
    decoded.mark(&mut people);
    Ok((form, remarks, people))
}

fn of_sheets(sheets: &[Sheet], desk: &Desk<'_>) -> (Vec<String>, Vec<Listed>) {
    let (mut remarks, mut people) = (Vec::new(), Vec::new());
    for sheet in sheets.iter().filter(|sheet| !sheet.is_empty()) {
        let found = exact::read(sheet, desk)
            .or_else(|| columns::read(sheet, desk))
            .unwrap_or_else(|| (Vec::new(), dumps::of_rows(sheet, desk)));
        remarks.extend(found.0);
        people.extend(sheet.marked(found.1));
    }
    (remarks, people)
}

/// Who a member of a list says he is, by the name beside his address.
pub fn member(name: &str, known: &KnownTlds) -> Listed {
    dumps::of_display(name, &Desk { name: "", known })
}
