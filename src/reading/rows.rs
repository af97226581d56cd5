//! Rows: lines taken apart into the cells of a table, however it is drawn: by markup, bars, tabs, signs, or spaces.

use csv::ReaderBuilder;
use unicode_width::UnicodeWidthStr;

use crate::reading::facts;
use crate::reading::labels::Reader;
use crate::reading::lines::Line;
use crate::reading::speech::Speech;
use crate::reading::table::{columns_known, heads};

/// Cells from which on signs draw a table: two may as well be a list of a label and its value.
const CELLS_MIN: usize = 3;
/// Lines of a table at the most: some ccTLDs with three contacts each. Of a longer one nothing is certain.
const ROWS_MAX: usize = 200;
/// Lines beneath a head of which one holds an address.
const HEAD_REACH: usize = 12;
/// Spaces from which on they part two cells.
const GAP_SPACES: usize = 2;
/// Columns that a cell may stand away from the start of its head.
const SHIFT_MAX: usize = 2;
/// Characters of a line between rows that says something of those that follow.
const SECTION_CHARS_MAX: usize = 60;

/// A row of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// Its cells; one alone heads the rows that follow.
    pub(super) cells: Vec<String>,
    /// Whether it is not certain which cell belongs to which column.
    pub(super) misfits: bool,
}

/// A table that starts at the first of some lines.
pub(super) struct Rows {
    /// Its rows.
    pub(super) rows: Vec<Row>,
    /// How many lines it takes.
    pub(super) taken: usize,
}

/// What parts the cells of a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Parting {
    /// The markup has told already.
    Markup(usize),
    /// A drawn line.
    Bar(char),
    /// A sign, within which quoted cells may have it too (RFC 4180).
    Sign(char),
    /// Tabs, as many as the writer needed.
    Tabs,
    /// Wide gaps.
    Gaps,
}

/// The ways in which lines are parted, the surest first.
const PARTINGS: [Parting; 9] = [
    Parting::Bar('|'),
    Parting::Bar('│'),
    Parting::Bar('¦'),
    Parting::Sign('\t'),
    Parting::Tabs,
    Parting::Sign(';'),
    Parting::Gaps,
    Parting::Sign(','),
    Parting::Sign('，'),
];

/// The rows of a table that starts with the first line.
pub(super) fn of(lines: &[&Line], reader: &Reader<'_>) -> Option<Rows> {
    let first = lines.first()?;
    if PARTINGS.iter().any(|parting| is_form(&parting.cells(&first.text), reader)) {
        return None;
    }
    if first.table > 0 {
        return Some(drawn(lines, Parting::Markup(first.table), None));
    }
    // A head that names the columns makes a table of any lines that are parted as it is.
    let near = lines.iter().skip(1).take(HEAD_REACH).any(|line| line.text.contains('@'));
    let headed = PARTINGS.iter().filter(|_| near).find_map(|parting| {
        let head = parting.cells(&first.text);
        let named = if head.len() >= 2 { heads(&head, reader) } else { 0 };
        let certain = named >= 2
            && (columns_known(&head, reader) == head.len() || !matches!(parting, Parting::Sign(',' | '，')));
        let rows = certain.then(|| drawn(lines, *parting, Some(&first.text)))?;
        let persons = rows.rows.iter().skip(1).filter(|row| has_address(&row.cells)).count();
        (persons > 0).then_some(rows)
    });
    headed.or_else(|| columns_of_persons(lines, reader)).or_else(|| {
        let parting = PARTINGS.iter().find(|parting| {
            matches!(parting, Parting::Bar(_) | Parting::Sign('\t' | ';'))
                && parting.cells(&first.text).len() >= CELLS_MIN
                && !(**parting == Parting::Sign('\t') && first.text.contains(": "))
        })?;
        Some(drawn(lines, *parting, None))
    })
}

/// Whether each cell has its own label, or colons stand in a column of their own: then a line is a form, not a row.
fn is_form(cells: &[String], reader: &Reader<'_>) -> bool {
    let colon = cells.iter().any(|cell| matches!(cell.as_str(), ":" | "："));
    let labelled = cells.iter().filter(|cell| {
        cell.contains([':', '：']) && !Reader::fields(&Speech::of(cell, reader.languages)).is_empty()
    });
    colon || labelled.count() >= 2
}

/// A table that is drawn with gaps and has its labels in the first column, a person in each of the others; above the
/// labels there is mostly nothing.
fn columns_of_persons(lines: &[&Line], reader: &Reader<'_>) -> Option<Rows> {
    let cells = lines.iter().map(|line| Parting::Gaps.cells(&line.text));
    let mut rows: Vec<Vec<String>> = cells.take(ROWS_MAX).take_while(|cells| cells.len() >= 2).collect();
    let taken = rows.len();
    let width = rows.last()?.len();
    if let Some(head) = rows.first_mut().filter(|head| head.len() + 1 == width) {
        head.insert(0, String::new());
    }
    let labels: Vec<String> = rows.iter().filter_map(|row| row.first()).cloned().collect();
    let even = width >= CELLS_MIN && rows.iter().all(|row| row.len() == width);
    let certain = even && heads(&labels, reader) >= 2 && rows.iter().any(|row| has_address(row));
    let rows = rows.into_iter().map(|cells| Row { cells, misfits: false });
    certain.then(|| Rows { rows: rows.collect(), taken })
}

/// The rows that are parted in this way, up to the first line that is not.
fn drawn(lines: &[&Line], parting: Parting, head: Option<&str>) -> Rows {
    let columns = head.map(|head| (parting.cells(head).len(), gaps(head)));
    let mut rows = Rows { rows: Vec::new(), taken: 0 };
    while let Some(line) = lines.get(rows.taken).filter(|_| rows.taken <= ROWS_MAX) {
        let ends = match parting {
            Parting::Markup(table) => line.table != table,
            Parting::Bar(_) | Parting::Sign(_) | Parting::Tabs | Parting::Gaps => line.table > 0,
        };
        if ends {
            break;
        }
        if is_rule(line) {
            rows.taken += 1;
            continue;
        }
        let cells = if line.table > 0 { line.cells.clone() } else { parting.cells(&line.text) };
        let is_row = match &columns {
            _ if line.table > 0 => true,
            Some(_) => cells.len() >= 2,
            None => cells.len() >= CELLS_MIN,
        };
        if is_row {
            rows.rows.push(match &columns {
                Some((count, starts)) => fitted(cells, *count, starts, parting, &line.text),
                None => Row { cells, misfits: false },
            });
            rows.taken += 1;
        } else if let Some((count, _)) = &columns
            && goes_on(lines.get(rows.taken..).unwrap_or_default(), parting, *count)
        {
            if !cells.is_empty() {
                rows.rows.push(Row { cells, misfits: false });
            }
            rows.taken += 1;
        } else {
            break;
        }
    }
    if rows.taken > ROWS_MAX {
        rows.rows.iter_mut().for_each(|row| row.misfits = true);
    }
    rows
}

/// A row brought to the columns of its head.
fn fitted(cells: Vec<String>, count: usize, starts: &[(usize, String)], parting: Parting, text: &str) -> Row {
    let mut cells = cells;
    if cells.len() == count + 1 && cells.first().is_some_and(|cell| is_count(cell)) {
        cells.remove(0);
    }
    if cells.len() == count {
        return Row { cells, misfits: false };
    }
    if parting == Parting::Gaps && cells.len() < count && starts.len() == count {
        let mut placed = vec![String::new(); count];
        let mut misfits = false;
        for (start, cell) in gaps(text) {
            let mut near = starts
                .iter()
                .enumerate()
                .filter(|(_, (head, _))| head.abs_diff(start) <= SHIFT_MAX)
                .map(|(place, _)| place);
            match (near.next().and_then(|place| placed.get_mut(place)), near.next()) {
                (Some(slot), None) if slot.is_empty() => *slot = cell,
                _ => misfits = true,
            }
        }
        return if misfits { Row { cells, misfits } } else { Row { cells: placed, misfits } };
    }
    // Empty cells at the end are often left out, or there is a sign too many.
    while cells.len() > count && cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    let misfits = cells.len() > count || parting == Parting::Gaps || parting == Parting::Tabs;
    Row { cells, misfits }
}

/// `1.`, `2)`: a number that counts the rows, in a column without a head.
fn is_count(cell: &str) -> bool {
    let number = cell.trim_matches(['.', ')', '(', '#', ':']);
    !number.is_empty() && number.len() <= 2 && number.chars().all(|c| c.is_ascii_digit())
}

/// Whether the table goes on behind this line, which is empty or says something of the rows that follow.
fn goes_on(lines: &[&Line], parting: Parting, count: usize) -> bool {
    const SECTION_LINES_MAX: usize = 3;
    let short = |line: &&Line| line.text.trim().chars().count() <= SECTION_CHARS_MAX;
    let between = lines.iter().take(SECTION_LINES_MAX).take_while(|line| {
        line.table == 0 && (parting.cells(&line.text).len() < 2 || is_rule(line)) && short(line)
    });
    let length = between.clone().count();
    let said = between.filter(|line| !line.text.trim().is_empty() && !is_rule(line)).count();
    let next = lines.get(length).map(|line| parting.cells(&line.text)).unwrap_or_default();
    said <= 1 && next.len() == count && has_address(&next)
}

fn has_address(cells: &[String]) -> bool {
    cells.iter().any(|cell| !facts::addresses(&cell.chars().collect::<Vec<_>>()).is_empty())
}

impl Parting {
    /// The cells of a line; a line that nothing parts is one cell, an empty one none.
    fn cells(self, text: &str) -> Vec<String> {
        let text = text.trim();
        if text.is_empty() {
            return Vec::new();
        }
        match self {
            Self::Markup(_) => vec![text.to_owned()],
            Self::Bar(bar) => {
                let inner = text.strip_prefix(bar).unwrap_or(text);
                let inner = inner.strip_suffix(bar).unwrap_or(inner);
                inner.split(bar).map(|cell| cell.trim().to_owned()).collect()
            }
            Self::Sign(sign) => match u8::try_from(sign) {
                Ok(sign) => quoted_cells(text, sign).unwrap_or_else(|| vec![text.to_owned()]),
                Err(_) => text.split(sign).map(|cell| cell.trim().to_owned()).collect(),
            },
            Self::Tabs => {
                let cells = text.split('\t').map(str::trim).filter(|cell| !cell.is_empty());
                cells.map(str::to_owned).collect()
            }
            Self::Gaps => gaps(text).into_iter().map(|(_, cell)| cell).collect(),
        }
    }
}

/// Cells parted by a sign, in quotes or not. A line without quotes is parted at the sign and nowhere else: to make a
/// reader for each would cost more than all the rest of its reading.
fn quoted_cells(text: &str, sign: u8) -> Option<Vec<String>> {
    if text.is_empty() || text.contains(['"', '\r', '\n']) {
        return read_cells(text, sign);
    }
    Some(text.split(char::from(sign)).map(|cell| cell.trim().to_owned()).collect())
}

fn read_cells(text: &str, sign: u8) -> Option<Vec<String>> {
    let mut reader = ReaderBuilder::new()
        .delimiter(sign)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .buffer_capacity(text.len())
        .from_reader(text.as_bytes());
    let record = reader.records().next()?.ok()?;
    Some(record.iter().map(|cell| cell.trim().to_owned()).collect())
}

/// The cells of a line that is parted by wide gaps, each with the column of the screen where it starts.
fn gaps(text: &str) -> Vec<(usize, String)> {
    let mut cells: Vec<(usize, String)> = Vec::new();
    let (mut column, mut spaces) = (0, GAP_SPACES);
    for c in text.chars() {
        let width = c.encode_utf8(&mut [0; 4]).width();
        if c == '\t' {
            spaces += GAP_SPACES;
        } else if c == ' ' {
            spaces += 1;
        } else {
            match cells.last_mut() {
                Some((_, cell)) if spaces < GAP_SPACES => {
                    cell.extend(std::iter::repeat_n(' ', spaces));
                    cell.push(c);
                }
                _ => cells.push((column, c.to_string())),
            }
            spaces = 0;
        }
        column += width.max(usize::from(c == '\t'));
    }
    cells
}

/// A line that only draws: `|---|---|`.
pub(super) fn is_rule(line: &Line) -> bool {
    let signs = line.text.chars().filter(|c| !c.is_whitespace());
    line.text.trim().chars().count() >= 3
        && signs.clone().all(|c| matches!(c, '-' | '|' | '+' | '=' | '_' | ':' | '─' | '│' | '┼' | '—'))
}

#[cfg(test)]
mod tests {
    use super::{quoted_cells, read_cells};

    #[test]
    fn a_line_without_quotes_has_the_cells_that_a_reader_of_rows_finds() {
        for text in ["a;b", " a ; b;", ";", "a", "  ", "", "é;ü ;x y", "a;;b", "\u{a0}a\t;b"] {
            assert_eq!(quoted_cells(text, b';'), read_cells(text, b';'), "{text:?}");
        }
        assert_eq!(quoted_cells("\"a;b\";c", b';'), Some(vec!["a;b".to_owned(), "c".to_owned()]));
    }
}
