//! Sheets: the rows of a table with their cells, out of a text (RFC 4180, and as spreadsheets write it) or of a workbook.

use csv::ReaderBuilder;

use crate::domain::listed::{Listed, Point};
use crate::domain::plain::on_one_line;

/// Characters of a cell that are kept: a name, an address or a number is shorter by far.
pub(super) const CELL_CHARS_MAX: usize = 500;
/// Columns that are read.
pub(super) const COLUMNS_MAX: usize = 100;
/// Rows that are read.
pub(super) const ROWS_MAX: usize = 25_000;
/// Signs that part cells, in the order in which they are tried.
const PARTINGS: [u8; 4] = *b";,\t|";

/// What a cell is beside its text.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum CellKind {
    /// Text.
    #[default]
    Text,
    /// A number: zeros and signs at its beginning are lost.
    Number,
    /// What a formula came to.
    Computed,
    /// An error such as `#REF!`.
    Wrong,
}

/// One cell.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) kind: CellKind,
}

impl Cell {
    pub(super) fn new(text: &str, kind: CellKind) -> Self {
        let short: String = text.chars().take(CELL_CHARS_MAX).collect();
        Self { text: on_one_line(&short), kind }
    }
}

/// One row.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Row {
    /// Its number, counted from 1, as a spreadsheet shows it.
    pub(super) number: usize,
    pub(super) cells: Vec<Cell>,
}

impl Row {
    /// The text of a cell; empty where there is none.
    pub(super) fn text(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.text.as_str())
    }

    /// What stands in it, cell by cell.
    pub(super) fn written(&self) -> String {
        let said = self.cells.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty());
        said.collect::<Vec<_>>().join(" | ")
    }

    fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cell.text.is_empty())
    }
}

/// One sheet, its empty rows left out.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Sheet {
    /// Its name; none of a text.
    pub(super) name: Option<String>,
    /// Whether people do not see it.
    pub(super) hidden: bool,
    pub(super) rows: Vec<Row>,
}

impl Sheet {
    /// Whether nothing stands in it.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A row, unless nothing stands in it.
    pub(super) fn push(&mut self, row: Row) {
        if !row.is_empty() {
            self.rows.push(row);
        }
    }

    /// Those whom nobody sees in a spreadsheet may have been put away on purpose.
    pub(super) fn marked(&self, mut people: Vec<Listed>) -> Vec<Listed> {
        for person in people.iter_mut().filter(|_| self.hidden) {
            person
                .points
                .push(Point::unsure("the sheet is hidden", "look at the sheet: it may be a former one"));
        }
        people
    }
}

/// The table that a text is, parted by the sign with which `fits` knows it again.
pub(super) fn of_text(text: &str, fits: impl Fn(&Sheet) -> bool) -> Option<Sheet> {
    // Excel names the sign on a line of its own.
    let (named, body, skipped) = match text.split_once('\n') {
        Some((first, rest)) if first.trim_end().len() == 5 && first.starts_with("sep=") => {
            (first.as_bytes().get(4).copied(), rest, 1)
        }
        _ => (None, text, 0),
    };
    let partings = named.map_or_else(|| PARTINGS.to_vec(), |sign| vec![sign]);
    partings.into_iter().map(|sign| parted(body, sign, skipped)).find(|sheet| fits(sheet))
}

fn parted(text: &str, sign: u8, skipped: usize) -> Sheet {
    let mut reader =
        ReaderBuilder::new().delimiter(sign).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    let mut record = csv::StringRecord::new();
    let mut number = skipped;
    while sheet.rows.len() < ROWS_MAX && reader.read_record(&mut record).unwrap_or_default() {
        number += 1;
        let cells = record.iter().take(COLUMNS_MAX).map(|cell| Cell::new(cell, CellKind::Text)).collect();
        sheet.push(Row { number, cells });
    }
    sheet
}
