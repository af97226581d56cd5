//! Tables of any making: a row that names the columns, in whatever order and language, and a person or more in each row beneath it.

use crate::domain::contact::Rank;
use crate::domain::listed::{Listed, Point, Serves};
use crate::reading::labels::{Reader, tlds_in_field};
use crate::reading::languages::{ENGLISH, Languages};
use crate::reading::registers::Desk;
use crate::reading::registers::cells::{
    is_nothing, shown, take_addresses, take_name, take_phone, take_rank, take_second, take_tlds, whole_name,
};
use crate::reading::registers::rows::{CellKind, Row, Sheet};
use crate::reading::speech::Speech;
use crate::reading::words::Sense;

/// Rows among which the one is that names the columns: above it stand a title, a date, a remark.
const HEAD_ROWS: usize = 20;
/// Characters of a cell that names a column at the most.
const HEAD_CHARS_MAX: usize = 60;
/// Rows by which the column of ccTLDs is told from one of countries.
const SAMPLE_ROWS: usize = 50;

/// What a table comes to: what of it was not read, and whom it lists.
pub(super) type Found = (Vec<String>, Vec<Listed>);

/// A column that was understood.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Column {
    place: usize,
    sense: Sense,
    rank: Option<Rank>,
}

/// The columns of a table, and the row that names them.
struct Head {
    row: usize,
    columns: Vec<Column>,
}

/// Whether some row names columns.
pub(super) fn heads(sheet: &Sheet, desk: &Desk<'_>) -> bool {
    head_of(sheet, desk).is_some()
}

/// The persons of a table; none where no row names its columns.
pub(super) fn read(sheet: &Sheet, desk: &Desk<'_>) -> Option<Found> {
    let head = head_of(sheet, desk)?;
    let name_row = sheet.rows.get(head.row)?;
    let table = Table::new(&head, sheet, desk);
    let mut remarks = Vec::new();
    let unread: Vec<String> = (0..name_row.cells.len())
        .filter(|place| !table.uses(*place) && !name_row.text(*place).is_empty())
        .map(|place| format!("`{}`", name_row.text(place)))
        .collect();
    let sheet_name = sheet.name.as_ref().map_or_else(String::new, |name| format!("sheet {name}: "));
    if !unread.is_empty() {
        remarks.push(format!("{sheet_name}columns that are not read: {}", unread.join(", ")));
    }
    let mut people = Vec::new();
    let mut above = Above::default();
    for row in sheet.rows.iter().skip(head.row + 1) {
        people.extend(table.people(row, &mut above, desk));
    }
    for person in &mut people {
        person.at.sheet.clone_from(&sheet.name);
    }
    Some((remarks, people))
}

/// The row that names a name or an address and one thing more.
fn head_of(sheet: &Sheet, desk: &Desk<'_>) -> Option<Head> {
    sheet.rows.iter().take(HEAD_ROWS).enumerate().find_map(|(row, cells)| {
        let columns: Vec<Column> = (0..cells.cells.len())
            .filter_map(|place| {
                column(cells.text(place), desk).map(|(sense, rank)| Column { place, sense, rank })
            })
            .collect();
        let has = |senses: &[Sense]| columns.iter().any(|column| senses.contains(&column.sense));
        let person =
            has(&[Sense::Email]) && has(&[Sense::Name, Sense::FirstName, Sense::LastName, Sense::Tld]);
        person.then_some(Head { row, columns })
    })
}

/// What a cell says of the column beneath it.
fn column(text: &str, desk: &Desk<'_>) -> Option<(Sense, Option<Rank>)> {
    const READ: [Sense; 9] = [
        Sense::SecondEmail,
        Sense::FirstName,
        Sense::LastName,
        Sense::Email,
        Sense::Mobile,
        Sense::Phone,
        Sense::Name,
        Sense::Tld,
        Sense::Rank,
    ];
    let value = text.contains('@') || text.chars().filter(char::is_ascii_digit).count() > 2;
    if value || text.chars().count() > HEAD_CHARS_MAX || text.is_empty() {
        return None;
    }
    // As our own tables call it. Elsewhere the word may mean the country, which the cells beneath it tell.
    if text.trim() == "#" || text.trim().eq_ignore_ascii_case("place") {
        return Some((Sense::Rank, None));
    }
    // A ccTLD in a row of values is no name of a column.
    if text.trim().starts_with('.')
        && text.trim().get(1..).is_some_and(|code| code.parse().is_ok_and(|tld| desk.known.has(&tld)))
    {
        return None;
    }
    let plain = text.replace(['_', '*'], " ");
    let read = |languages: Languages| {
        let line = Speech::of(&format!("{}:", plain.trim().trim_end_matches(':')), languages);
        Reader::label_of(&line).filter(|field| READ.contains(&field.sense))
    };
    let field = read(Languages::default().with(ENGLISH)).or_else(|| read(Languages::ALL))?;
    Some((field.sense, field.rank))
}

/// What stood in rows above.
#[derive(Default)]
struct Above {
    /// A ccTLD alone in its row heads those beneath it.
    section: Option<String>,
    /// What the row before had in the column of ccTLDs.
    tld: Option<String>,
}

/// A table with its columns sorted out.
struct Table {
    /// The column of ccTLDs.
    tld: Option<usize>,
    /// The columns of each person that a row has.
    groups: Vec<Vec<Column>>,
    /// What is doubtful in all its rows.
    points: Vec<Point>,
}

impl Table {
    fn new(head: &Head, sheet: &Sheet, desk: &Desk<'_>) -> Self {
        let reader = Reader { languages: Languages::default().with(ENGLISH), known: desk.known };
        let codes = |place: usize| {
            let rows = sheet.rows.iter().skip(head.row + 1).take(SAMPLE_ROWS);
            rows.filter(|row| !tlds_in_field(row.text(place), &reader).is_empty()).count()
        };
        let of_tlds = head.columns.iter().filter(|column| column.sense == Sense::Tld);
        let tld =
            of_tlds.map(|column| column.place).max_by_key(|place| (codes(*place), std::cmp::Reverse(*place)));
        // A column `Place` may mean the country as well as the rank: what stands in it tells.
        let of_ranks = || head.columns.iter().filter(|column| column.sense == Sense::Rank);
        let tld = tld.or_else(|| of_ranks().map(|column| column.place).find(|place| codes(*place) > 0));
        let is_personal = |column: &&Column| column.sense != Sense::Tld && Some(column.place) != tld;
        let personal: Vec<Column> = head.columns.iter().filter(is_personal).copied().collect();
        let mut points = Vec::new();
        let groups = groups_of(&personal);
        for group in &groups {
            for (place, column) in group.iter().enumerate() {
                if group.iter().skip(place + 1).any(|other| other.sense == column.sense) {
                    let why = "two columns of the table have the same meaning";
                    points.push(Point::unsure(why, "give each column a name of its own, or take one out"));
                }
            }
        }
        points.dedup();
        Self { tld, groups, points }
    }

    fn uses(&self, place: usize) -> bool {
        self.tld == Some(place) || self.groups.iter().flatten().any(|column| column.place == place)
    }

    /// The persons of a row.
    fn people(&self, row: &Row, above: &mut Above, desk: &Desk<'_>) -> Vec<Listed> {
        let said: Vec<&str> =
            row.cells.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty()).collect();
        if let [only] = said.as_slice()
            && !only.contains('@')
        {
            let mut probe = Listed::default();
            take_tlds(&mut probe, only, None, desk);
            above.section =
                (!probe.places().is_empty() && probe.points.is_empty()).then(|| (*only).to_owned());
            above.tld = None;
            return Vec::new();
        }
        let written = self.tld.map(|place| row.text(place).to_owned()).unwrap_or_default();
        let mut people = Vec::new();
        for group in &self.groups {
            let empty = group
                .iter()
                .filter(|column| column.sense != Sense::Rank)
                .all(|column| is_nothing(row.text(column.place)));
            if !empty {
                people.push(self.person((row, group), &written, above, desk));
            }
        }
        if !is_nothing(&written) {
            above.tld = Some(written);
        }
        people
    }

    fn person(&self, (row, group): (&Row, &[Column]), tld: &str, above: &Above, desk: &Desk<'_>) -> Listed {
        let mut person =
            Listed { written: shown(&row.written()), points: self.points.clone(), ..Listed::default() };
        let cell =
            |sense: Sense| group.iter().find(|column| column.sense == sense).map(|column| column.place);
        let text = |sense: Sense| cell(sense).map_or("", |place| row.text(place));
        let rank = take_rank(&mut person, text(Sense::Rank));
        let rank = rank.or_else(|| group.iter().find_map(|column| column.rank));
        self.take_cctld(&mut person, (tld, rank), above, desk);
        let (whole, first, last) = (text(Sense::Name), text(Sense::FirstName), text(Sense::LastName));
        match (whole, first, last) {
            (whole, "", "") => take_name(&mut person, whole),
            ("", first, last) => take_name(&mut person, &whole_name(first, last)),
            // `Name` beside `First name` is the last one, and beside `Last name` the first one, unless it is whole.
            (whole, first, "") if !whole.contains(first) => take_name(&mut person, &whole_name(first, whole)),
            (whole, "", last) if !whole.contains(last) => take_name(&mut person, &whole_name(whole, last)),
            (whole, _, _) => take_name(&mut person, whole),
        }
        take_addresses(&mut person, text(Sense::Email));
        take_second(&mut person, text(Sense::SecondEmail));
        for sense in [Sense::Mobile, Sense::Phone] {
            if let Some(cell) = cell(sense).and_then(|place| row.cells.get(place)) {
                take_phone(&mut person, cell, desk);
            }
        }
        for column in group.iter().map(|column| column.place).chain(self.tld) {
            let Some(cell) = row.cells.get(column) else { continue };
            let said = match cell.kind {
                CellKind::Text | CellKind::Number => continue,
                CellKind::Computed => format!("`{}` is what a formula came to", cell.text),
                CellKind::Wrong => format!("`{}` is an error of the spreadsheet", cell.text),
            };
            person.points.push(Point::unsure(said, "write the value itself"));
        }
        person.at = desk.spot(None, row.number);
        person
    }

    /// The ccTLD of a row: its own, or that of the row which heads it. A cell that is left empty beneath another may mean the
    /// same or nothing.
    fn take_cctld(
        &self,
        person: &mut Listed,
        (written, rank): (&str, Option<Rank>),
        above: &Above,
        desk: &Desk<'_>,
    ) {
        if !is_nothing(written) {
            take_tlds(person, written, rank, desk);
            return;
        }
        if let Some(section) = &above.section {
            take_tlds(person, section, rank, desk);
            if self.tld.is_some() {
                let why = format!("its cell for the ccTLD is empty; {section} stands above");
                person.points.push(Point::unsure(why, "write the ccTLD into the row"));
            }
        } else if let Some(before) = &above.tld {
            take_tlds(person, before, rank, desk);
            if person.serves == Serves::NoCctld {
                person.serves = Serves::Unsaid;
            }
            let why = format!("its cell for the ccTLD is empty; the row above has {before}");
            person.points.push(Point::unsure(why, "write the ccTLD into the row"));
        }
    }
}

/// The columns of each person: one alone, or one for each place that the heads name.
fn groups_of(columns: &[Column]) -> Vec<Vec<Column>> {
    let columns = with_second_persons(columns);
    let ranks: Vec<Rank> = Rank::all()
        .filter(|rank| {
            columns.iter().any(|column| column.rank == Some(*rank) && column.sense == Sense::Email)
        })
        .collect();
    if ranks.len() < 2 {
        return vec![columns];
    }
    let of = |rank: Rank| columns.iter().filter(|column| column.rank == Some(rank)).copied().collect();
    ranks.into_iter().map(of).collect()
}

/// `Secondary contact name` beside `Secondary contact email`: the address is that person's, and not another one of the first.
fn with_second_persons(columns: &[Column]) -> Vec<Column> {
    let has =
        |sense: Sense, rank: Rank| columns.iter().any(|one| one.sense == sense && one.rank == Some(rank));
    let mut named = Rank::all().filter(|rank| has(Sense::Name, *rank) && !has(Sense::Email, *rank));
    let second = columns.iter().filter(|one| one.sense == Sense::SecondEmail).count();
    let (Some(rank), None, 1) = (named.next(), named.next(), second) else { return columns.to_vec() };
    let read = |one: &Column| {
        let his = one.sense == Sense::SecondEmail;
        if his { Column { sense: Sense::Email, rank: Some(rank), ..*one } } else { *one }
    };
    columns.iter().map(read).collect()
}
