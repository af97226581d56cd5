//! The region in which each ccTLD is counted: two assignments that are built in, and an operator's own file over one of them.
//!
//! TLD-OPS took its regions from a list of geography, not from ICANN's, which has a territory where its mother country is
//! (final report of 2015, table 1, second note). Who is right is not for a program to say: regions are data.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr as _;

use jiff::civil::Date;

use crate::domain::cctlds::KnownTlds;
use crate::domain::tld::Tld;

/// The region of a ccTLD that is in none, such as `.eu` in ICANN's list.
pub const NO_REGION: &str = "-";
/// What stands in place of a region where a ccTLD is not counted at all.
pub const NOT_COUNTED: &str = "not-counted";

/// Characters of a region's name at the most: it heads a narrow column.
const NAME_CHARS_MAX: usize = 12;
/// Regions that a ccTLD may be counted in at the most: twice is an oddity of the past, more is a slip.
const REGIONS_MAX: usize = 2;
/// Octets of a file at the most: all ccTLDs with all columns take some 10 KiB.
pub const FILE_OCTETS_MAX: usize = 256 * 1024;
/// Mistakes of a file that are told at the most: more is another kind of file.
const FAULTS_MAX: usize = 20;

/// The assignment that TLD-OPS used, as far as its documents tell it.
const AS_TLD_OPS: &str = include_str!("regions-tld-ops.csv");

/// An assignment that is built in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assignment {
    /// ICANN's list of geographic regions (meetings.icann.org/en/regions, 2022-03-06).
    #[default]
    Icann,
    /// The same, but for those that the documents of TLD-OPS have elsewhere (final report of 2015, table 7; slides of 2019).
    TldOps,
}

impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Icann => "ICANN's geographic regions",
            Self::TldOps => "ICANN's geographic regions, but for ccTLDs that TLD-OPS has counted elsewhere",
        })
    }
}

/// Where, and from when until when, a ccTLD is counted.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Place {
    /// None where it is not counted.
    regions: Vec<String>,
    /// The first day on which it is counted; from the beginning where there is none.
    from: Option<Date>,
    /// The first day on which it is not counted any more.
    until: Option<Date>,
}

impl Place {
    /// Whether it is so on a day.
    fn stands(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

/// In which region each ccTLD is counted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Regions {
    places: BTreeMap<Tld, Place>,
    base: Assignment,
    own: usize,
}

impl Default for Regions {
    fn default() -> Self {
        Self::built_in(Assignment::default())
    }
}

/// What is wrong with a file of regions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RegionFault {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong and how to mend it.
    pub says: String,
}

impl Regions {
    /// An assignment that is built in: of all ccTLDs of the root zone. Those that are reserved, such as `.gb`, have no
    /// operator who could join.
    pub fn built_in(base: Assignment) -> Self {
        let known = KnownTlds::built_in();
        let counted = known.iter().filter(|cctld| cctld.delegated && !cctld.reserved);
        let places = counted.map(|cctld| {
            let region = cctld.region.clone().unwrap_or_else(|| NO_REGION.to_owned());
            (cctld.tld.clone(), Place { regions: vec![region], from: None, until: None })
        });
        let mut regions = Self { places: places.collect(), base, own: 0 };
        match base {
            Assignment::Icann => {}
            Assignment::TldOps => {
                // It is read by the same code as an operator's; a test sees that it has no mistake.
                let (rows, _) = rows(AS_TLD_OPS);
                regions.places.extend(rows);
            }
        }
        regions
    }

    /// The same with an operator's rows in place of those of their ccTLDs: `tld,region`, then perhaps the first day on which
    /// it is counted and the first on which it is not any more. Empty lines and those that begin with `#` say nothing.
    ///
    /// # Errors
    /// All mistakes, as far as they can be told at once.
    pub fn with(mut self, text: &str) -> Result<Self, Vec<RegionFault>> {
        let (rows, faults) = rows(text);
        if !faults.is_empty() {
            return Err(faults);
        }
        self.own = rows.iter().filter(|(tld, place)| self.places.get(tld) != Some(*place)).count();
        self.places.extend(rows);
        Ok(self)
    }

    /// The ccTLDs that are counted on a day, each with its regions.
    pub fn counted(&self, day: Date) -> impl Iterator<Item = (&Tld, &[String])> {
        let counted =
            self.places.iter().filter(move |(_, place)| place.stands(day) && !place.regions.is_empty());
        counted.map(|(tld, place)| (tld, place.regions.as_slice()))
    }

    /// The regions in which a ccTLD is counted on a day.
    pub fn of(&self, tld: &Tld, day: Date) -> &[String] {
        let place = self.places.get(tld).filter(|place| place.stands(day));
        place.map(|place| place.regions.as_slice()).unwrap_or_default()
    }

    /// The assignment that is built in.
    pub fn base(&self) -> Assignment {
        self.base
    }

    /// How many ccTLDs an operator's file counts in another way.
    pub fn own(&self) -> usize {
        self.own
    }

    /// Whether it is counted on some day.
    pub fn has(&self, tld: &Tld) -> bool {
        self.places.get(tld).is_some_and(|place| !place.regions.is_empty())
    }
}

/// What they are, for the end of a report.
impl fmt::Display for Regions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.base)?;
        match self.own {
            0 => Ok(()),
            1 => f.write_str("; 1 ccTLD as set here"),
            own => write!(f, "; {own} ccTLDs as set here"),
        }
    }
}

/// What a region is called: by name where it is one of those that ICANN and TLD-OPS know, else by what stands in the file.
pub fn name_of(region: &str) -> &str {
    match region {
        "AF" => "Africa",
        "AP" => "Asia-Pacific",
        "EU" | "EUR" => "Europe",
        "LAC" => "Latin America and the Caribbean",
        "NA" => "North America",
        NO_REGION => "no region",
        other => other,
    }
}

/// The rows of a file by their ccTLDs, and its mistakes.
fn rows(text: &str) -> (BTreeMap<Tld, Place>, Vec<RegionFault>) {
    let known = KnownTlds::built_in();
    let mut rows: BTreeMap<Tld, Place> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut headed = false;
    for (line, row) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let row = row.trim();
        if row.is_empty() || row.starts_with('#') {
            continue;
        }
        // The first row may name the columns, as those of a spreadsheet do.
        if !headed && row.to_ascii_lowercase().starts_with("tld,") {
            headed = true;
            continue;
        }
        headed = true;
        let read = read_row(row, &known).and_then(|(tld, place)| match rows.get(&tld) {
            Some(_) => Err(format!("{} stands here twice; remove one of its lines", tld.for_people())),
            None => Ok((tld, place)),
        });
        match read {
            Ok((tld, place)) => drop(rows.insert(tld, place)),
            Err(says) => faults.push(RegionFault { line, says }),
        }
        if faults.len() >= FAULTS_MAX {
            break;
        }
    }
    (rows, faults)
}

fn read_row(row: &str, known: &KnownTlds) -> Result<(Tld, Place), String> {
    let mut cells = row.split(',').map(|cell| cell.trim().trim_matches('"'));
    let written = cells.next().unwrap_or_default();
    let tld = Tld::from_str(written)
        .map_err(|_| format!("`{}` is no ccTLD; write it as in nl or .рф", written.escape_debug()))?;
    let region = cells.next().filter(|cell| !cell.is_empty());
    let region = region.ok_or("it has no region; write one behind a comma, as in nl,EUR")?;
    let regions: Vec<String> = match region {
        NOT_COUNTED => Vec::new(),
        written => written.split('+').map(|name| region_name(name.trim())).collect::<Result<_, _>>()?,
    };
    if regions.len() > REGIONS_MAX || (regions.len() == REGIONS_MAX && regions.first() == regions.last()) {
        return Err(format!(
            "`{region}` is not one region, nor {REGIONS_MAX} of them that differ, as in AP+LAC; correct it"
        ));
    }
    let mut day = |what: &str| match cells.next().filter(|cell| !cell.is_empty()) {
        Some(cell) => Date::from_str(cell)
            .map(Some)
            .map_err(|_| format!("`{}` is no day {what}; write it as in 2015-06-17", cell.escape_debug())),
        None => Ok(None),
    };
    let place = Place { regions, from: day("to count from")?, until: day("to count until")? };
    if cells.next().is_some() {
        return Err("it has more than four columns: tld,region,from,until; remove the others".to_owned());
    }
    if place.from.zip(place.until).is_some_and(|(from, until)| until <= from) {
        return Err("it ends before it begins; the third column is the earlier day".to_owned());
    }
    if !known.has(&tld) && place.from.is_none() && !place.regions.is_empty() {
        return Err(format!(
            "{} is no ccTLD that is known; correct it, or write in the third column from which day it is counted",
            tld.for_people()
        ));
    }
    Ok((tld, place))
}

fn region_name(written: &str) -> Result<String, String> {
    let letters = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    if written.is_empty() || written.len() > NAME_CHARS_MAX || !written.chars().all(letters) {
        return Err(format!(
            "`{}` is no name of a region; write up to {NAME_CHARS_MAX} capital letters, as in LAC, or {NO_REGION} for none, \
             or {NOT_COUNTED}",
            written.escape_debug()
        ));
    }
    Ok(written.to_owned())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{AS_TLD_OPS, Assignment, FAULTS_MAX, Regions, rows};

    fn of(regions: &Regions, tld: &str) -> String {
        match regions.of(&tld.parse().unwrap(), date(2026, 11, 20)) {
            [] => "nowhere".to_owned(),
            found => found.join("+"),
        }
    }

    #[test]
    fn both_built_in_assignments_count_the_same_cctlds() {
        let [icann, tld_ops] = [Assignment::Icann, Assignment::TldOps].map(Regions::built_in);
        let day = date(2026, 11, 20);
        assert_eq!((icann.counted(day).count(), tld_ops.counted(day).count()), (308, 308));
        assert!(rows(AS_TLD_OPS).1.is_empty());
        for (tld, by_icann, by_tld_ops) in [
            ("ai", "EUR", "LAC"),
            ("tc", "EUR", "LAC"),
            ("ac", "EUR", "AF"),
            ("gu", "NA", "AP"),
            ("gl", "EUR", "NA"),
            ("eu", "-", "EUR"),
            ("nl", "EUR", "EUR"),
            ("gb", "nowhere", "nowhere"),
        ] {
            assert_eq!(
                (of(&icann, tld), of(&tld_ops, tld)),
                (by_icann.to_owned(), by_tld_ops.to_owned()),
                "{tld}"
            );
        }
    }

    #[test]
    fn an_operators_rows_take_the_place_of_those_built_in() {
        let text = "\u{feff}tld,region\r\n# a remark\r\n.ai,LAC\r\nxn--p1ai, EU\r\ntc,AP+LAC\r\nsu,not-counted\r\nan,LAC,,2015-07-31\r\nxn--55qx5d,AP,2030-01-01\r\n";
        let regions = Regions::default().with(text).unwrap();
        assert_eq!(of(&regions, "ai"), "LAC");
        assert_eq!(of(&regions, "xn--p1ai"), "EU");
        assert_eq!(of(&regions, "tc"), "AP+LAC");
        assert_eq!(of(&regions, "su"), "nowhere");
        assert_eq!(of(&regions, "an"), "nowhere", "it is gone");
        assert_eq!(of(&regions, "xn--55qx5d"), "nowhere", "it is still to come");
        assert_eq!(of(&regions, "nl"), "EUR");
        let then = regions.counted(date(2015, 6, 17)).filter(|(tld, _)| tld.as_str() == "an").count();
        assert_eq!(then, 1);
        assert_eq!(regions.to_string(), "ICANN's geographic regions; 6 ccTLDs as set here");
    }

    #[test]
    fn each_mistake_is_told_with_its_line_and_its_cure() {
        let text = "nl,EUR\nnl,AP\n\nxy,EUR\nhello there,EUR\nbe\nbe,europe\nbe,EUR+EUR\nbe,AF+AP+NA\nbe,EUR,soon\nbe,EUR,2020-01-01,2019-01-01\nbe,EUR,,,4\nbe,\n";
        let faults = Regions::default().with(text).unwrap_err();
        let told: Vec<String> =
            faults.iter().map(|fault| format!("{}: {}", fault.line, fault.says)).collect();
        assert_eq!(
            told,
            [
                "2: .nl stands here twice; remove one of its lines",
                "4: .xy is no ccTLD that is known; correct it, or write in the third column from which day it is counted",
                "5: `hello there` is no ccTLD; write it as in nl or .рф",
                "6: it has no region; write one behind a comma, as in nl,EUR",
                "7: `europe` is no name of a region; write up to 12 capital letters, as in LAC, or - for none, or not-counted",
                "8: `EUR+EUR` is not one region, nor 2 of them that differ, as in AP+LAC; correct it",
                "9: `AF+AP+NA` is not one region, nor 2 of them that differ, as in AP+LAC; correct it",
                "10: `soon` is no day to count from; write it as in 2015-06-17",
                "11: it ends before it begins; the third column is the earlier day",
                "12: it has more than four columns: tld,region,from,until; remove the others",
                "13: it has no region; write one behind a comma, as in nl,EUR",
            ]
        );
        let garbage = "?\n".repeat(10_000);
        assert_eq!(Regions::default().with(&garbage).unwrap_err().len(), FAULTS_MAX);
    }
}
