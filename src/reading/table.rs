//! Tables: rows of cells, with a head that names the columns or, failing that, with values that name themselves.

use std::ops::Range;

use crate::domain::contact::Rank;
use crate::domain::tld::Tld;
use crate::reading::bare::is_only_name;
use crate::reading::changes::arrow;
use crate::reading::entry::{Entry, LineKind, Number, Role};
use crate::reading::facts;
use crate::reading::folding::{is_han, is_word};
use crate::reading::labels::{Field, Reader, is_data, label, role_of, tlds_in_field};
use crate::reading::languages::Languages;
use crate::reading::ordinals::rank_of;
use crate::reading::person;
use crate::reading::rows::Row;
use crate::reading::speech::Speech;
use crate::reading::tlds;
use crate::reading::words::{Hit, Sense};

/// Characters of a cell that heads a column at the most.
const HEAD_CHARS_MAX: usize = 40;
/// Characters of a cell that says a rank or a ccTLD and nothing else.
const SHORT_CELL_CHARS_MAX: usize = 24;

/// What the head of a column says of the cells beneath it.
#[derive(Clone, Copy, Debug, Default)]
struct Column {
    sense: Option<Sense>,
    role: Role,
    /// Whether it is headed by no more than a word for contacts.
    of_contacts: bool,
}

/// What a row of one cell says of the rows that follow.
#[derive(Clone, Debug, Default)]
struct Section {
    tlds: Vec<Tld>,
    rank: Option<Rank>,
    role: Role,
}

/// The persons of a table. `None` where it is none, or none of persons.
pub(super) fn read(rows: &[Row], reader: &Reader<'_>) -> Option<Vec<Entry>> {
    // What stands above the head is a title.
    let title = rows.iter().take_while(|row| said(row).count() == 1).count();
    let body = rows.get(title..).filter(|body| !body.is_empty()).unwrap_or(rows);
    if let Some(entries) = headed(body, reader) {
        return Some(entries);
    }
    let wide = body.first().is_some_and(|row| row.cells.len() > 2);
    if wide && let Some(entries) = headed(&without_title(turned(body), reader), reader) {
        return Some(entries);
    }
    if let Some(entries) = old_and_new(body, reader) {
        return Some(entries);
    }
    let spoken = body.iter().map(|row| (row, speech_of(row, reader)));
    let bare: Vec<Entry> = spoken.filter_map(|(row, cells)| entry(row, &cells, &[], reader)).collect();
    let persons = bare.iter().filter(|entry| entry.name.is_some() && !entry.emails.is_empty()).count();
    (persons > 0 && persons == bare.len()).then_some(bare)
}

/// How many of these cells head a column with a person's data.
pub(super) fn heads(cells: &[String], reader: &Reader<'_>) -> usize {
    let columns = cells.iter().map(|cell| column(&head_of(cell, reader)));
    columns.filter(|column| column.sense.is_some_and(is_personal)).count()
}

/// How many of these cells head a column of any kind: `rank`, `ccTLD` and `position` among them.
pub(super) fn columns_known(cells: &[String], reader: &Reader<'_>) -> usize {
    cells.iter().filter(|cell| column(&head_of(cell, reader)).sense.is_some()).count()
}

/// What heads a column: `last_name` of a program's table is `last name`.
fn head_of(cell: &str, reader: &Reader<'_>) -> Speech {
    Speech::of(&cell.replace('_', " "), reader.languages)
}

fn speech_of(row: &Row, reader: &Reader<'_>) -> Vec<Speech> {
    row.cells.iter().map(|cell| Speech::of(cell, reader.languages)).collect()
}

/// The cells of a row in which something stands.
fn said(row: &Row) -> impl Iterator<Item = &String> {
    row.cells.iter().filter(|cell| cell.chars().any(is_word))
}

/// The rows beneath a head that names two columns or more.
fn headed(rows: &[Row], reader: &Reader<'_>) -> Option<Vec<Entry>> {
    let head = rows.first()?;
    let columns: Vec<Column> = head.cells.iter().map(|cell| column(&head_of(cell, reader))).collect();
    // `Contact | E-mail | Role`: the persons' names stand under the word for a contact.
    let names = |place: usize| {
        let cells = rows.iter().skip(1).filter_map(|row| row.cells.get(place));
        let mut cells = cells.map(|cell| Speech::of(cell, reader.languages)).peekable();
        cells.peek().is_some() && cells.all(|cell| is_only_name(&cell))
    };
    let personal = columns.iter().enumerate().filter(|(place, column)| {
        column.sense.is_some_and(is_personal) || (column.of_contacts && names(*place))
    });
    if personal.count() < 2 {
        return None;
    }
    let mut section = Section::default();
    let mut entries = Vec::new();
    for row in rows.iter().skip(1) {
        let cells = speech_of(row, reader);
        let mut whole = said(row);
        if let (Some(only), None) = (whole.next(), whole.next())
            && let Some(found) = section_of(&Speech::of(only, reader.languages), reader)
        {
            section = found;
            continue;
        }
        let Some(mut entry) = entry(row, &cells, &columns, reader) else { continue };
        entry.rank = entry.rank.or(section.rank);
        if entry.tlds.is_empty() {
            entry.tlds.clone_from(&section.tlds);
        }
        if entry.role == Role::Unsaid {
            entry.role = section.role;
        }
        entries.push(entry);
    }
    Some(entries)
}

/// What a cell alone in its row says: a ccTLD, a place, or what is to happen to the persons beneath it.
fn section_of(cell: &Speech, reader: &Reader<'_>) -> Option<Section> {
    if !facts::addresses(&cell.chars).is_empty() || !facts::numbers(&cell.chars).is_empty() {
        return None;
    }
    // `To be added` has the codes of two ccTLDs in it.
    let whole: String = cell.chars.iter().collect();
    let one_word = whole.split_whitespace().count() == 1;
    let named = tlds::named(&cell.chars, &cell.hits, reader.known).into_iter().map(|found| found.what);
    let tlds = if one_word { tlds_in_field(&whole, reader) } else { named.collect() };
    let field = label(cell, 0, cell.chars.len());
    let said = field.map(|field| field.role).filter(|role| *role != Role::Unsaid).or_else(|| role_of(cell));
    Some(Section { tlds, rank: rank_of(cell, 0, cell.chars.len()), role: said.unwrap_or_default() })
}

/// Rows as columns: a table whose first column holds the labels, one column for each person.
fn turned(rows: &[Row]) -> Vec<Row> {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    let cell = |row: &Row, place: usize| row.cells.get(place).cloned().unwrap_or_default();
    let misfits = rows.iter().any(|row| row.misfits);
    (0..width)
        .map(|place| Row { cells: rows.iter().map(|row| cell(row, place)).collect(), misfits })
        .collect()
}

/// `Details`, `Keterangan`, `Rubrique` above the labels of a table with a column for each person: what stands beside it heads
/// the persons' columns, and says their places.
fn without_title(mut rows: Vec<Row>, reader: &Reader<'_>) -> Vec<Row> {
    let corner = rows.first_mut().and_then(|row| row.cells.first_mut());
    if let Some(corner) = corner
        && column(&head_of(corner, reader)).sense.is_none_or(|sense| sense == Sense::OtherLabel)
    {
        corner.clear();
    }
    rows
}

/// A column of those who go and one of those who come, a whole person in each cell.
fn old_and_new(rows: &[Row], reader: &Reader<'_>) -> Option<Vec<Entry>> {
    let columns: Vec<Column> =
        rows.first()?.cells.iter().map(|cell| column(&head_of(cell, reader))).collect();
    let has = |role: Role| columns.iter().filter(|column| column.role == role).count() == 1;
    if !has(Role::Old) || !has(Role::New) {
        return None;
    }
    let mut entries = Vec::new();
    for row in rows.iter().skip(1) {
        let cells = speech_of(row, reader);
        let rank = cells.iter().zip(&columns).filter(|(_, column)| column.role == Role::Unsaid);
        let rank = rank.map(|(cell, _)| cell).find_map(rank_of_cell);
        for (cell, column) in cells.iter().zip(&columns).filter(|(_, column)| column.role != Role::Unsaid) {
            let person = person::of_value(cell, reader);
            if !person.is_empty() {
                entries.push(Entry { role: column.role, rank, misfits: row.misfits, ..person });
            }
        }
    }
    let whole = |entry: &Entry| entry.name.is_some() && !entry.emails.is_empty();
    entries.iter().any(whole).then_some(entries)
}

/// `原聯絡人`, the former contact: in some languages the word is also the label of his name.
fn heads_a_person(cell: &Speech, field: &Field) -> bool {
    let called = |name: &Hit| cell.with(Sense::ContactWord).any(|contact| contact.span == name.span);
    let turns = matches!(field.role, Role::Old | Role::New) && cell.with(Sense::Name).any(called);
    field.sense == Sense::ContactWord || (field.sense == Sense::Name && turns)
}

fn is_personal(sense: Sense) -> bool {
    is_data(sense) || matches!(sense, Sense::Name | Sense::FirstName | Sense::LastName)
}

/// What the head of a column says. It may be in a language that is not the mail's.
fn column(cell: &Speech) -> Column {
    let value = !facts::addresses(&cell.chars).is_empty() || !facts::numbers(&cell.chars).is_empty();
    if value || cell.chars.len() > HEAD_CHARS_MAX {
        return Column::default();
    }
    let read = |cell: &Speech| -> Option<Field> {
        let mut line = cell.clone();
        line.chars.push(':');
        Reader::label_of(&line)
    };
    let elsewhere = || {
        let text: String = cell.chars.iter().collect();
        read(&Speech::of(&text, Languages::ALL)).filter(|field| is_personal(field.sense))
    };
    let Some(field) = read(cell).or_else(elsewhere) else { return Column::default() };
    let sense = if heads_a_person(cell, &field) { Sense::Rank } else { field.sense };
    let of_contacts = matches!(field.sense, Sense::ContactWord | Sense::Rank)
        && cell.has(Sense::ContactWord)
        && field.rank.is_none()
        && field.role == Role::Unsaid;
    Column { sense: Some(sense), role: field.role, of_contacts }
}

/// The names of a row, which may stand in several cells.
#[derive(Default)]
struct Names {
    whole: Vec<String>,
    first: Option<String>,
    last: Option<String>,
}

impl Names {
    /// The name of the person. A name in two columns is taken in Latin letters.
    fn join(self) -> Option<String> {
        let latin = |name: &&String| name.chars().any(|c| c.is_ascii_alphabetic());
        let whole = self.whole.iter().find(latin).or(self.whole.first()).cloned();
        let parts = match (whole, self.first, self.last) {
            // `Name` beside `Surname` is the first name, and beside `First name` the last one, unless it is whole.
            (Some(whole), None, Some(part)) if !whole.contains(&part) => [Some(whole), Some(part)],
            (Some(whole), Some(part), None) if !whole.contains(&part) => [Some(part), Some(whole)],
            (Some(whole), _, _) => return Some(whole),
            (None, first, last) => [first, last],
        };
        let [first, last] = parts;
        let han = [&first, &last].into_iter().flatten().all(|part| part.chars().all(is_han));
        let name = match (first, last) {
            (Some(first), Some(last)) if han => format!("{last}{first}"),
            (Some(first), Some(last)) => format!("{first} {last}"),
            (first, last) => first.or(last)?,
        };
        Some(name)
    }
}

fn entry(row: &Row, cells: &[Speech], columns: &[Column], reader: &Reader<'_>) -> Option<Entry> {
    let mut entry = Entry { misfits: row.misfits, ..Entry::default() };
    let mut names = Names::default();
    for (place, cell) in cells.iter().enumerate() {
        let column = columns.get(place).copied().unwrap_or_default();
        entry.misfits |= is_misplaced(cell, column.sense);
        take_cell(&mut entry, &mut names, cell, column, reader);
    }
    // Two cells that may both be the name, under heads that are not understood: one may be the last name.
    let unnamed = cells.iter().enumerate().filter(|(place, cell)| {
        columns.get(*place).is_some_and(|column| column.sense.is_none()) && is_only_name(cell)
    });
    // Two whole names in one script: a former one, or half of one, may be among them.
    let latin = names.whole.iter().filter(|name| name.chars().any(|c| c.is_ascii_alphabetic())).count();
    entry.misfits |= latin > 1 || names.whole.len() > latin + 1;
    let name = names.join();
    entry.misfits |= name.is_none() && unnamed.count() > 1;
    entry.name = name.or(entry.name);
    if entry.rank.is_none() {
        let unnamed = cells
            .iter()
            .enumerate()
            .filter(|(place, cell)| columns.get(*place).is_none_or(|column| may_hold_a_place(*column, cell)));
        let mut ranks = unnamed.filter_map(|(_, cell)| rank_of_cell(cell));
        entry.rank = ranks.next();
        // `From | To`: of two places it is not certain which is the new one.
        entry.misfits |= ranks.any(|rank| entry.rank != Some(rank));
    }
    (!entry.is_empty()).then_some(entry)
}

/// `職務 | 姓名 | …`, and beneath it `主要聯絡人`: a column without a known head may hold places, and so may one of positions where
/// a place is all that stands there. `Deputy Director` is none.
fn may_hold_a_place(column: Column, cell: &Speech) -> bool {
    const OF_PLACES: [Sense; 6] =
        [Sense::First, Sense::Second, Sense::Third, Sense::ContactWord, Sense::Rank, Sense::Stop];
    let known = cell.mask(|hit| OF_PLACES.contains(&hit.sense));
    let whole = || cell.chars.iter().zip(&known).all(|(c, known)| *known || !is_word(*c));
    column.sense.is_none_or(|sense| sense == Sense::Position && whole())
}

fn take_cell(entry: &mut Entry, names: &mut Names, cell: &Speech, column: Column, reader: &Reader<'_>) {
    let whole: String = cell.chars.iter().collect();
    // `old -> new`
    let arrow = arrow(&cell.chars).map(|(place, _)| place);
    let is_former = |span: &Range<usize>| arrow.is_some_and(|place| span.end <= place);
    if column.sense != Some(Sense::Organisation) {
        for (number, address) in facts::addresses(&cell.chars).into_iter().enumerate() {
            let former = is_former(&address.span);
            entry.value_changes |= former;
            if former || (column.role == Role::Old && column.sense == Some(Sense::Email)) {
                entry.former_email = Some(address.what);
            } else if column.sense == Some(Sense::SecondEmail) || (number > 0 && arrow.is_none()) {
                entry.take_second(address.what);
            } else {
                entry.take_email(address.what);
            }
        }
    }
    match column.sense {
        // `Position`, and beneath it `primary contact`.
        Some(Sense::Position | Sense::OtherLabel) => entry.rank = entry.rank.or(place_of(cell)),
        Some(Sense::Fax | Sense::Organisation) => {}
        // `Previous role`, beside the new one.
        Some(Sense::Rank) if column.role == Role::Old && rank_of_cell(cell).is_some() => {}
        Some(Sense::Name) => names.whole.extend(person::name_of(cell)),
        Some(Sense::FirstName) => names.first = person::name_of(cell),
        Some(Sense::LastName) => names.last = person::name_of(cell),
        Some(Sense::Tld) => entry.tlds = tlds_in_field(&whole, reader),
        Some(Sense::Rank) => {
            entry.rank = rank_of_cell(cell);
            if is_only_name(cell) && entry.rank.is_none() {
                entry.name = entry.name.take().or_else(|| person::name_of(cell));
            }
        }
        Some(Sense::Action) => entry.role = role_of(cell).unwrap_or_default(),
        Some(_) => {
            for number in facts::numbers(&cell.chars) {
                let former = is_former(&number.span);
                entry.value_changes |= former;
                let former = former || column.role == Role::Old;
                let line =
                    if column.sense == Some(Sense::Mobile) { LineKind::Mobile } else { LineKind::Fixed };
                entry.take_number(Number { written: number.what, former, line });
            }
        }
        None => bare_cell(entry, cell, reader),
    }
}

/// The place that a cell names which is made of nothing but words for places and for contacts.
fn place_of(cell: &Speech) -> Option<Rank> {
    let words = [Sense::First, Sense::Second, Sense::Third, Sense::ContactWord, Sense::Stop];
    let known = cell.mask(|hit| words.contains(&hit.sense));
    let whole = cell.chars.iter().zip(&known).all(|(c, known)| !c.is_alphabetic() || *known);
    rank_of_cell(cell).filter(|_| whole && cell.has(Sense::ContactWord))
}

/// Whether a cell holds something else than its column's head says: then columns may have shifted.
#[expect(clippy::wildcard_enum_match_arm, reason = "few of the many senses are fields of a person")]
fn is_misplaced(cell: &Speech, sense: Option<Sense>) -> bool {
    let Some(sense) = sense else { return false };
    if person::is_nothing(cell) {
        return false;
    }
    let address = !facts::addresses(&cell.chars).is_empty();
    let number = !facts::numbers(&cell.chars).is_empty();
    match sense {
        Sense::Email | Sense::SecondEmail => !address,
        Sense::Name | Sense::FirstName | Sense::LastName => address || number,
        _ => address,
    }
}

/// A cell under no head says itself what it is.
fn bare_cell(entry: &mut Entry, cell: &Speech, reader: &Reader<'_>) {
    let whole: String = cell.chars.iter().collect();
    for number in facts::numbers(&cell.chars) {
        entry.take_phone(number.what);
    }
    let found = tlds_in_field(&whole, reader);
    if cell.chars.len() <= SHORT_CELL_CHARS_MAX && whole.trim_start().starts_with('.') && !found.is_empty() {
        entry.tlds = found;
    } else if let Some(role) = heading_role(cell) {
        entry.role = role;
    } else if entry.name.is_none() && is_only_name(cell) {
        entry.name = person::name_of(cell);
    }
}

/// `Old contact`, `New contact` over a column with one person's details.
fn heading_role(cell: &Speech) -> Option<Role> {
    let field = label(cell, 0, cell.chars.len())?;
    (heads_a_person(cell, &field) && field.role != Role::Unsaid).then_some(field.role)
}

pub(super) fn rank_of_cell(cell: &Speech) -> Option<Rank> {
    if cell.chars.len() > SHORT_CELL_CHARS_MAX {
        return None;
    }
    let digits: String = cell.chars.iter().filter(|c| c.is_ascii_digit()).collect();
    let words = cell.chars.iter().filter(|c| c.is_alphabetic()).count();
    let number = (digits.len() == 1 && words == 0).then(|| digits.parse::<u8>().ok()).flatten();
    rank_of(cell, 0, cell.chars.len()).or_else(|| number.and_then(|number| Rank::try_from(number).ok()))
}
