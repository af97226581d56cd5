//! Tables of our own making: the contact repository as a table, and a plan of an import that somebody has settled.

use crate::domain::contact::{Phone, Rank};
use crate::domain::import::Standing;
use crate::domain::listed::{Decision, Listed, PLAN_HEADINGS, Point, Serves, Spot, Weight};
use crate::reading::registers::Desk;
use crate::reading::registers::cells::{
    is_nothing, shown, take_addresses, take_name, take_phone, take_rank, take_second, take_tlds,
};
use crate::reading::registers::columns::Found;
use crate::reading::registers::rows::{Row, Sheet};

/// The columns of the repository's table that say who somebody is, after its first two.
const REPOSITORY: [&str; 7] = ["ccTLD", "A-label", "Place", "Name", "E-mail", "Second e-mail", "Phone"];
/// What stands before a cell that a spreadsheet would compute, and the signs that it would compute.
const AS_TEXT: char = '\'';
const COMPUTED: [char; 7] = ['=', '+', '-', '@', '\t', '\r', AS_TEXT];

/// Whether the first row is one of ours.
pub(super) fn heads(sheet: &Sheet) -> bool {
    places(sheet, &REPOSITORY).is_some() || places(sheet, &PLAN_HEADINGS).is_some()
}

/// The persons of a table of ours.
pub(super) fn read(sheet: &Sheet, desk: &Desk<'_>) -> Option<Found> {
    let rows = || sheet.rows.iter().skip(1);
    if let Some(places) = places(sheet, &PLAN_HEADINGS) {
        let people = rows().map(|row| settled(&Named { row, places: &places }, sheet, desk)).collect();
        return Some((Vec::new(), people));
    }
    let places = places(sheet, &REPOSITORY)?;
    let people = rows().map(|row| listed(&Named { row, places: &places }, sheet, desk)).collect();
    Some((Vec::new(), people))
}

/// Where these headings stand in the first row; none where one is missing.
fn places(sheet: &Sheet, headings: &'static [&'static str]) -> Option<Vec<(&'static str, usize)>> {
    let first = sheet.rows.first()?;
    let place = |heading: &str| first.cells.iter().position(|cell| cell.text == heading);
    headings.iter().map(|heading| place(heading).map(|place| (*heading, place))).collect()
}

/// A row whose columns have names.
struct Named<'a> {
    row: &'a Row,
    places: &'a [(&'static str, usize)],
}

impl Named<'_> {
    /// The text beneath a heading, without the mark that keeps it from being computed.
    fn text(&self, heading: &str) -> &str {
        let place = self.places.iter().find(|(name, _)| *name == heading);
        let text = place.map_or("", |(_, place)| self.row.text(*place));
        text.strip_prefix(AS_TEXT).filter(|rest| rest.starts_with(COMPUTED)).unwrap_or(text)
    }
}

/// A row of the repository: it says what it says, as it was written.
fn listed(row: &Named<'_>, sheet: &Sheet, desk: &Desk<'_>) -> Listed {
    let mut person = Listed {
        at: desk.spot(sheet.name.as_deref(), row.row.number),
        written: shown(&row.row.written()),
        ..Listed::default()
    };
    let rank = row.text("Place").parse::<u8>().ok().and_then(|number| Rank::try_from(number).ok());
    match row.text("A-label").parse() {
        Ok(tld) if desk.known.has(&tld) => person.serves = Serves::Cctlds(vec![(tld, rank)]),
        Ok(_) | Err(_) => take_tlds(&mut person, row.text("A-label"), rank, desk),
    }
    let name = row.text("Name");
    person.name = (!name.is_empty()).then(|| name.to_owned());
    take_addresses(&mut person, row.text("E-mail"));
    take_second(&mut person, row.text("Second e-mail"));
    let compact: String = row.text("Phone").split_whitespace().collect();
    match Phone::try_from(compact) {
        Ok(phone) => person.phone = Some(phone),
        Err(_) => take_cell_phone(&mut person, row, desk),
    }
    person
}

fn take_cell_phone(person: &mut Listed, row: &Named<'_>, desk: &Desk<'_>) {
    let place = row.places.iter().find(|(name, _)| *name == "Phone").map(|(_, place)| *place);
    if let Some(cell) = place.and_then(|place| row.row.cells.get(place)) {
        take_phone(person, cell, desk);
    }
}

/// A row of a plan: what was doubtful stays so until somebody decides on it.
fn settled(row: &Named<'_>, sheet: &Sheet, desk: &Desk<'_>) -> Listed {
    let own = desk.spot(sheet.name.as_deref(), row.row.number);
    let origin = format!("{}, {}", row.text("File"), row.text("Where"));
    let mut person = Listed {
        at: Spot { origin: (!row.text("File").is_empty()).then_some(origin), ..own },
        written: shown(row.text("As written")),
        ..Listed::default()
    };
    let rank = take_rank(&mut person, row.text("Place"));
    take_tlds(&mut person, row.text("ccTLD"), rank, desk);
    take_name(&mut person, row.text("Name"));
    take_addresses(&mut person, row.text("E-mail"));
    take_second(&mut person, row.text("Second e-mail"));
    take_cell_phone(&mut person, row, desk);
    let word = row.text("Decision");
    if let Some(decision) = Decision::of(word) {
        person.decision = decision;
    } else {
        let why = format!("`{word}` is no decision");
        person.points.push(Point::refused(why, "write take, skip or liaison, or leave the cell empty"));
    }
    let state = row.text("State");
    if person.decision == Decision::Open {
        let before = [(Standing::Unsure, Weight::Unsure), (Standing::Refused, Weight::Refused)];
        let weight =
            before.into_iter().find(|(standing, _)| standing.word() == state).map(|(_, weight)| weight);
        let why = if is_nothing(row.text("Why")) { "nobody has decided it" } else { row.text("Why") };
        let cure = "write take into the first column once it is right, or skip";
        person.points.extend(weight.map(|weight| Point {
            weight,
            why: why.to_owned(),
            cure: cure.to_owned(),
        }));
        if state == Standing::Skipped.word() {
            person.decision = Decision::Skip;
        }
        if state == Standing::Liaison.word() {
            person.decision = Decision::Liaison;
        }
    }
    person
}
