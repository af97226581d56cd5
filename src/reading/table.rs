//! Tables: rows of cells, with a head that names the columns or, failing that, with values that name themselves.

use crate::domain::contact::Rank;
use crate::reading::bare::is_only_name;
use crate::reading::entry::Entry;
use crate::reading::facts;
use crate::reading::labels::{Reader, rank_of, role_of, tlds_in_field};
use crate::reading::lines::Line;
use crate::reading::names;
use crate::reading::speech::Speech;
use crate::reading::words::Sense;

/// The persons of a table. `None` where it is none, or none of persons.
pub(super) fn read(rows: &[Vec<String>], reader: &Reader<'_>) -> Option<Vec<Entry>> {
    let spoken: Vec<Vec<Speech>> =
        rows.iter().map(|row| row.iter().map(|cell| Speech::of(cell, reader.languages)).collect()).collect();
    let head = spoken.first()?;
    let columns: Vec<Option<Sense>> = head.iter().map(column).collect();
    let named = columns.iter().filter(|column| column.is_some_and(is_personal)).count();
    if named >= 2 {
        return Some(spoken.iter().skip(1).filter_map(|row| entry(row, &columns, reader)).collect());
    }
    if let Some(turned) = turned(rows)
        && turned.first().is_some_and(|row| {
            row.iter()
                .filter(|cell| column(&Speech::of(cell, reader.languages)).is_some_and(is_personal))
                .count()
                >= 2
        })
        && rows.first().is_some_and(|row| row.len() > 2)
    {
        return read_turned(&turned, reader);
    }
    let bare: Vec<Entry> = spoken.iter().filter_map(|row| entry(row, &[], reader)).collect();
    let persons = bare.iter().filter(|entry| entry.name.is_some() && !entry.emails.is_empty()).count();
    (persons > 0 && persons == bare.len()).then_some(bare)
}

fn read_turned(rows: &[Vec<String>], reader: &Reader<'_>) -> Option<Vec<Entry>> {
    let spoken: Vec<Vec<Speech>> =
        rows.iter().map(|row| row.iter().map(|cell| Speech::of(cell, reader.languages)).collect()).collect();
    let columns: Vec<Option<Sense>> = spoken.first()?.iter().map(column).collect();
    Some(spoken.iter().skip(1).filter_map(|row| entry(row, &columns, reader)).collect())
}

/// Rows as columns: a table whose first column holds the labels, one column for each person.
fn turned(rows: &[Vec<String>]) -> Option<Vec<Vec<String>>> {
    let width = rows.iter().map(Vec::len).max()?;
    Some(
        (0..width)
            .map(|column| rows.iter().map(|row| row.get(column).cloned().unwrap_or_default()).collect())
            .collect(),
    )
}

fn is_personal(sense: Sense) -> bool {
    matches!(
        sense,
        Sense::Name
            | Sense::FirstName
            | Sense::LastName
            | Sense::Email
            | Sense::SecondEmail
            | Sense::Phone
            | Sense::Mobile
    )
}

/// What the head of a column says.
fn column(cell: &Speech) -> Option<Sense> {
    if !facts::addresses(&cell.chars).is_empty()
        || !facts::numbers(&cell.chars).is_empty()
        || cell.chars.len() > 40
    {
        return None;
    }
    let mut line = cell.clone();
    line.chars.push(':');
    let fields = Reader::label_of(&line)?;
    Some(if fields.sense == Sense::ContactWord { Sense::Rank } else { fields.sense })
}

fn entry(row: &[Speech], columns: &[Option<Sense>], reader: &Reader<'_>) -> Option<Entry> {
    let mut entry = Entry::default();
    let (mut first, mut last) = (None, None);
    for (place, cell) in row.iter().enumerate() {
        let whole: String = cell.chars.iter().collect();
        let sense = columns.get(place).copied().flatten();
        for (number, address) in facts::addresses(&cell.chars).into_iter().enumerate() {
            if sense == Some(Sense::SecondEmail) || number > 0 {
                entry.second = Some(address.what);
            } else {
                entry.take_email(address.what);
            }
        }
        let numbered = facts::numbers(&cell.chars);
        match sense {
            Some(Sense::Fax | Sense::Position | Sense::Organisation | Sense::OtherLabel) => {}
            Some(Sense::Name) => entry.name = names::clean(cell),
            Some(Sense::FirstName) => first = names::clean(cell),
            Some(Sense::LastName) => last = names::clean(cell),
            Some(Sense::Tld) => entry.tlds = tlds_in_field(&whole, reader),
            Some(Sense::Rank) => {
                entry.rank = rank_of_cell(cell);
                if entry.name.is_none() && is_only_name(cell) && entry.rank.is_none() {
                    entry.name = names::clean(cell);
                }
            }
            Some(Sense::Action) => entry.role = role_of(cell).unwrap_or_default(),
            Some(_) => {
                for number in numbered {
                    entry.take_phone(number.what);
                }
            }
            None => bare_cell(&mut entry, cell, reader),
        }
    }
    if first.is_some() || last.is_some() {
        entry.name = Some([first, last].into_iter().flatten().collect::<Vec<_>>().join(" "));
    }
    if entry.rank.is_none() {
        let unnamed =
            row.iter().enumerate().filter(|(place, _)| columns.get(*place).copied().flatten().is_none());
        entry.rank = unnamed.map(|(_, cell)| cell).find_map(rank_of_cell);
    }
    (!entry.is_empty()).then_some(entry)
}

/// A cell under no head says itself what it is.
fn bare_cell(entry: &mut Entry, cell: &Speech, reader: &Reader<'_>) {
    let whole: String = cell.chars.iter().collect();
    for number in facts::numbers(&cell.chars) {
        entry.take_phone(number.what);
    }
    let found = tlds_in_field(&whole, reader);
    if cell.chars.len() <= 24 && whole.trim_start().starts_with('.') && !found.is_empty() {
        entry.tlds = found;
    } else if entry.name.is_none() && is_only_name(cell) {
        entry.name = names::clean(cell);
    }
}

fn rank_of_cell(cell: &Speech) -> Option<Rank> {
    if cell.chars.len() > 24 {
        return None;
    }
    let digits: String = cell.chars.iter().filter(|c| c.is_ascii_digit()).collect();
    let words = cell.chars.iter().filter(|c| c.is_alphabetic()).count();
    let number = (digits.len() == 1 && words == 0).then(|| digits.parse::<u8>().ok()).flatten();
    rank_of(cell, 0, cell.chars.len()).or_else(|| number.and_then(|number| Rank::try_from(number).ok()))
}

/// The cells of a line that is the row of a table: of HTML, or drawn with bars, tabs or semicolons.
pub(super) fn cells(line: &Line) -> Vec<String> {
    if line.table > 0 {
        return line.cells.clone();
    }
    let text = line.text.trim();
    let split = |sign: char| -> Vec<String> {
        text.trim_matches(sign).split(sign).map(|cell| cell.trim().to_owned()).collect()
    };
    for sign in ['|', '\t', ';', '│', '¦'] {
        let cells = split(sign);
        if cells.len() >= 3 && (sign != '\t' || !text.contains(": ")) {
            return cells;
        }
    }
    Vec::new()
}

/// A line that only draws: `|---|---|`.
pub(super) fn is_rule(line: &Line) -> bool {
    let signs = line.text.chars().filter(|c| !c.is_whitespace());
    line.text.trim().chars().count() >= 3
        && signs.clone().all(|c| matches!(c, '-' | '|' | '+' | '=' | '_' | ':' | '─' | '│' | '┼'))
}
