//! Workbooks of spreadsheets (XLSX: ECMA-376, ODS: ODF 1.2): unpacked within bounds, and read cell by cell.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, sink};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Dimensions, Ods, Range, Reader as _, SheetVisible, Xlsx};
use zip::ZipArchive;

use crate::reading::registers::Unreadable;
use crate::reading::registers::merged;
use crate::reading::registers::rows::{COLUMNS_MAX, Cell, CellKind, ROWS_MAX, Row, Sheet};

/// Octets of all parts of a workbook at the most, unpacked: that of all ccTLDs has a megabyte. It bounds the memory that
/// reading takes, whatever the file says of its sizes.
const UNPACKED_OCTETS_MAX: u64 = 24 * 1024 * 1024;
/// Parts of a workbook at the most: a sheet has about three.
const PARTS_MAX: usize = 2000;
/// Sheets that are read.
const SHEETS_MAX: usize = 60;
/// Octets of the text of a sheet at the most: cells may all name one long text.
const SHEET_OCTETS_MAX: usize = 16 * 1024 * 1024;
/// Cells that reach over others of a sheet at the most.
const MERGED_MAX: usize = 2000;
/// Rows and cells that an ODS may say are the same as the one before. A spreadsheet fills its end with a million empty ones
/// in this way, which do not count.
const REPEATED_MAX: u64 = 2000;

/// Which workbook it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    Xlsx,
    Ods,
}

impl Form {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Xlsx => "a spreadsheet (XLSX)",
            Self::Ods => "a spreadsheet (ODS)",
        }
    }
}

/// Which workbook these octets are; none where they are a text.
pub(super) fn form_of(octets: &[u8]) -> Result<Option<Form>, Unreadable> {
    if octets.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        let says = "is a workbook of before 2007, or one with a password; save it as XLSX without a password, or as CSV";
        return Err(Unreadable::new(says));
    }
    if octets.starts_with(b"%PDF") {
        return Err(Unreadable::new("is a PDF; give the spreadsheet or the text that it was made from"));
    }
    if !octets.starts_with(b"PK") {
        return Ok(None);
    }
    let broken = || Unreadable::new("is not whole as a workbook; save it once more as XLSX or CSV");
    let mut archive = ZipArchive::new(Cursor::new(octets)).map_err(|_| broken())?;
    if archive.len() > PARTS_MAX {
        return Err(Unreadable::new(format!("has {} parts, and {PARTS_MAX} are read", archive.len())));
    }
    // What a part says of its size may be a lie: each is unpacked once, up to the limit of all.
    let mut left = UNPACKED_OCTETS_MAX;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|_| broken())?;
        let read = std::io::copy(&mut part.take(left + 1), &mut sink()).map_err(|_| broken())?;
        left = left.checked_sub(read).ok_or_else(|| {
            Unreadable::new(format!("is more than {UNPACKED_OCTETS_MAX} octets large once it is unpacked; save the one sheet as CSV"))
        })?;
    }
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("xl/workbook.xml") {
        return Ok(Some(Form::Xlsx));
    }
    if has("content.xml") {
        check_repeats(&content_of(&mut archive).ok_or_else(broken)?)?;
        return Ok(Some(Form::Ods));
    }
    Err(Unreadable::new("is an archive, and no workbook; unpack it, and give what is in it"))
}

/// What an ODS has in its one part with cells.
fn content_of(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Option<String> {
    let mut content = String::new();
    let part = archive.by_name("content.xml").ok()?;
    part.take(UNPACKED_OCTETS_MAX).read_to_string(&mut content).ok()?;
    Some(content)
}

/// Refuses an ODS that says of more rows or cells than any register has that they are like the one before, unless they end
/// a row or a sheet, as a spreadsheet writes them.
fn check_repeats(content: &str) -> Result<(), Unreadable> {
    let mut heavy = false;
    for tag in content.split('<').skip(1) {
        let number = |name: &str| -> u64 {
            let value = tag.split_once(name).and_then(|(_, rest)| rest.get(2..)).unwrap_or_default();
            let digits: String = value.chars().take_while(char::is_ascii_digit).take(12).collect();
            digits.parse().unwrap_or_default()
        };
        let repeated = number("number-rows-repeated").max(number("number-columns-repeated"));
        let is_cell = tag.starts_with("table:table-cell") || tag.starts_with("table:covered-table-cell");
        if tag.starts_with("table:table-row") || is_cell {
            let filled = tag.contains("office:value") || (is_cell && !tag.trim_end().ends_with("/>"));
            // Something stands behind so many that it is no end.
            if filled && (heavy || repeated > REPEATED_MAX) {
                return Err(Unreadable::new(
                    "repeats a row or a cell more often than any register does; save it as CSV",
                ));
            }
            heavy |= repeated > REPEATED_MAX && tag.starts_with("table:table-row");
        } else if tag.starts_with("/table:table>") {
            heavy = false;
        }
    }
    Ok(())
}

/// The sheets of a workbook.
pub(super) fn sheets(octets: &[u8], form: Form) -> Result<Vec<Sheet>, Unreadable> {
    // The library is a parser of large formats; a fault in it must cost a file, not the program.
    let read = catch_unwind(AssertUnwindSafe(|| match form {
        Form::Xlsx => xlsx(octets),
        Form::Ods => ods(octets),
    }));
    let broken = |what: String| {
        Unreadable::new(format!("cannot be read as a workbook{what}; save it once more, or as CSV"))
    };
    read.map_err(|_| broken(String::new()))?.map_err(|error| broken(format!(" ({error:#})")))
}

fn xlsx(octets: &[u8]) -> Result<Vec<Sheet>, String> {
    let told = |error: calamine::XlsxError| error.to_string();
    let mut workbook: Xlsx<Cursor<&[u8]>> = Xlsx::new(Cursor::new(octets)).map_err(told)?;
    let known: Vec<calamine::Sheet> = workbook.sheets_metadata().to_vec();
    let mut sheets = Vec::new();
    for one in known.iter().filter(|sheet| sheet.typ == calamine::SheetType::WorkSheet).take(SHEETS_MAX) {
        let merged = workbook.merge_cells_by_sheet_name(&one.name).unwrap_or_default();
        let mut cells = Cells::default();
        let mut reader = workbook.worksheet_cells_reader(&one.name).map_err(told)?;
        while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(told)? {
            let (text, kind) = value(&cell.value);
            let kind = if cell.formula.is_some() { computed(kind) } else { kind };
            cells.put(cell.pos, &text, kind)?;
        }
        cells.spread(&merged)?;
        sheets.push(cells.into_sheet(&one.name, one.visible));
    }
    Ok(sheets)
}

fn ods(octets: &[u8]) -> Result<Vec<Sheet>, String> {
    let told = |error: calamine::OdsError| error.to_string();
    let mut workbook: Ods<Cursor<&[u8]>> = Ods::new(Cursor::new(octets)).map_err(told)?;
    let known: Vec<calamine::Sheet> = workbook.sheets_metadata().to_vec();
    let content = ZipArchive::new(Cursor::new(octets)).ok().and_then(|mut archive| content_of(&mut archive));
    let merged = content.map(|content| merged::of_ods(&content)).unwrap_or_default();
    // Tables within cells would put them beside the wrong sheets.
    let merged = if merged.len() == known.len() { merged } else { vec![Vec::new(); known.len()] };
    let mut sheets = Vec::new();
    for (one, merged) in known.iter().zip(merged).take(SHEETS_MAX) {
        let range = workbook.worksheet_range(&one.name).map_err(told)?;
        let formulas: Range<String> = workbook.worksheet_formula(&one.name).map_err(told)?;
        let mut cells = Cells::default();
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, data) in range.used_cells() {
            let at = (top + narrow(row), left + narrow(column));
            let formula = formulas.get_value(at).is_some_and(|formula| !formula.is_empty());
            let (text, kind) = data_of(data);
            let kind = if formula { computed(kind) } else { kind };
            cells.put(at, &text, kind)?;
        }
        cells.spread(&merged)?;
        sheets.push(cells.into_sheet(&one.name, one.visible));
    }
    Ok(sheets)
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A cell's text, and whether it is a number or an error.
fn value(value: &DataRef<'_>) -> (String, CellKind) {
    match value {
        DataRef::SharedString(text) => (shortened(text), CellKind::Text),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            (shortened(text), CellKind::Text)
        }
        DataRef::Int(number) => (number.to_string(), CellKind::Number),
        DataRef::Float(number) => (number.to_string(), CellKind::Number),
        DataRef::Bool(is) => (is.to_string(), CellKind::Text),
        DataRef::DateTime(date) => (date.to_string(), CellKind::Number),
        DataRef::Error(error) => (error.to_string(), CellKind::Wrong),
        DataRef::Empty => (String::new(), CellKind::Text),
    }
}

fn data_of(data: &Data) -> (String, CellKind) {
    match data {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            (shortened(text), CellKind::Text)
        }
        Data::Int(number) => (number.to_string(), CellKind::Number),
        Data::Float(number) => (number.to_string(), CellKind::Number),
        Data::Bool(is) => (is.to_string(), CellKind::Text),
        Data::DateTime(day) => (day.to_string(), CellKind::Number),
        Data::Error(error) => (error.to_string(), CellKind::Wrong),
        Data::Empty => (String::new(), CellKind::Text),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(super::rows::CELL_CHARS_MAX).collect()
}

/// What a cell is that has a formula.
fn computed(kind: CellKind) -> CellKind {
    if kind == CellKind::Wrong { kind } else { CellKind::Computed }
}

/// Cells by their rows: a sheet may have one at its far end, and nothing between.
#[derive(Default)]
struct Cells {
    rows: BTreeMap<u32, BTreeMap<usize, Cell>>,
    octets: usize,
}

impl Cells {
    fn put(&mut self, (row, column): (u32, u32), text: &str, kind: CellKind) -> Result<(), String> {
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if text.is_empty() || column >= COLUMNS_MAX {
            return Ok(());
        }
        self.octets += text.len();
        if self.rows.len() >= ROWS_MAX && !self.rows.contains_key(&row) {
            return Err(format!("a sheet has more than {ROWS_MAX} rows"));
        }
        if self.octets > SHEET_OCTETS_MAX {
            return Err(format!("a sheet has more than {SHEET_OCTETS_MAX} octets of text"));
        }
        self.rows.entry(row).or_default().insert(column, Cell::new(text, kind));
        Ok(())
    }

    /// A cell that reaches over others says the same for each of their rows.
    fn spread(&mut self, merged: &[Dimensions]) -> Result<(), String> {
        for region in merged.iter().take(MERGED_MAX) {
            let (top, left) = region.start;
            let column = usize::try_from(left).unwrap_or(usize::MAX);
            let Some(cell) = self.rows.get(&top).and_then(|row| row.get(&column)).cloned() else { continue };
            let below = self.rows.range(top..=region.end.0.max(top)).map(|(row, _)| *row).skip(1);
            for row in below.collect::<Vec<u32>>() {
                if self.rows.get(&row).is_some_and(|cells| !cells.contains_key(&column)) {
                    self.put((row, left), &cell.text, cell.kind)?;
                }
            }
        }
        Ok(())
    }

    fn into_sheet(self, name: &str, visible: SheetVisible) -> Sheet {
        let mut sheet = Sheet {
            name: Some(name.chars().take(60).collect()),
            hidden: visible != SheetVisible::Visible,
            rows: Vec::new(),
        };
        for (row, cells) in self.rows {
            let width = cells.keys().next_back().map_or(0, |last| last + 1);
            let mut filled = vec![Cell::default(); width];
            for (column, cell) in cells {
                if let Some(slot) = filled.get_mut(column) {
                    *slot = cell;
                }
            }
            let number = usize::try_from(row).unwrap_or(usize::MAX).saturating_add(1);
            sheet.push(Row { number, cells: filled });
        }
        sheet
    }
}
