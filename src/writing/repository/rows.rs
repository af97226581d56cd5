//! The contact repository as a table (RFC 4180): a row a contact, in a form that spreadsheets open with all letters intact.

use crate::domain::cctlds::KnownTlds;
use crate::domain::members::spaced;
use crate::domain::repository::Repository;
use crate::writing::countries::in_english;

/// The first row.
pub const HEADINGS: [&str; 8] =
    ["ccTLD", "A-label", "Country or territory", "Place", "Name", "E-mail", "Second e-mail", "Phone"];
/// The mark that tells a spreadsheet that the letters are UTF-8; without it Excel takes them for the machine's old set.
pub const BYTE_ORDER_MARK: char = '\u{feff}';
/// What a cell must not begin with, for a spreadsheet would compute it.
const COMPUTED: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// What stands before such a cell: a spreadsheet takes what follows for text.
pub const AS_TEXT: char = '\'';

/// The octets of the table.
pub fn write(repository: &Repository) -> String {
    let known = KnownTlds::built_in();
    let rows = repository.contacts().map(|(tld, contact)| {
        let optional = |value: Option<String>| value.unwrap_or_default();
        let cells = [
            format!(".{}", tld.unicode()),
            tld.to_string(),
            optional(known.find(tld).map(in_english)),
            u8::from(contact.rank).to_string(),
            contact.name.to_string(),
            contact.email.to_string(),
            optional(contact.secondary_email.as_ref().map(ToString::to_string)),
        ];
        // A number is nothing but digits and spaces behind its plus sign: nothing to compute, and no mark belongs there.
        let phone = optional(contact.phone.as_ref().map(spaced));
        cells.into_iter().map(|cell| guarded(&cell)).chain([phone]).collect::<Vec<String>>()
    });
    let headings = HEADINGS.map(str::to_owned).to_vec();
    table(std::iter::once(headings).chain(rows))
}

/// A table of rows, all with as many cells.
pub fn table<R: IntoIterator<Item = C>, C: AsRef<[u8]>>(rows: impl Iterator<Item = R>) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory cannot fail.
    rows.for_each(|row| drop(writer.write_record(row)));
    let octets = writer.into_inner().unwrap_or_default();
    format!("{BYTE_ORDER_MARK}{}", String::from_utf8_lossy(&octets))
}

/// A cell that a spreadsheet takes for what it says: a number keeps its plus sign, a name is no formula.
pub(in crate::writing) fn guarded(cell: &str) -> String {
    if cell.starts_with(COMPUTED) || cell.starts_with(AS_TEXT) {
        format!("{AS_TEXT}{cell}")
    } else {
        cell.to_owned()
    }
}
