//! How the membership grew: the number of member ccTLDs on each day on which it became another one.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::history::History;
use crate::domain::regions::Regions;
use crate::domain::statistics::Kind;
use crate::domain::tld::Tld;

/// The members at the end of a day (UTC).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Point {
    /// The day.
    pub day: Date,
    /// Members with a label of two letters.
    pub ascii: usize,
    /// Members with an internationalized label.
    pub idn: usize,
}

impl Point {
    /// All members.
    pub fn all(self) -> usize {
        self.ascii + self.idn
    }
}

/// The days on which the number of members changed, in their order, and the last day with what it ended with. Each ccTLD
/// that is counted in some region counts once. Nothing where there never was a member.
pub fn growth(history: &History, regions: &Regions, (until, last): (Timestamp, Date)) -> Vec<Point> {
    let mut members: BTreeSet<&Tld> = BTreeSet::new();
    let (mut ascii, mut idn) = (0, 0);
    let mut points: Vec<Point> = Vec::new();
    for made in history.iter().take_while(|made| made.at <= until) {
        let tld = &made.change.tld;
        if !regions.has(tld) {
            continue;
        }
        let count = match Kind::of(tld) {
            Kind::Ascii => &mut ascii,
            Kind::Idn => &mut idn,
        };
        let leaves = made.change.after.is_empty();
        let moves = if leaves { members.remove(tld) } else { members.insert(tld) };
        if !moves {
            continue;
        }
        *count = if leaves { *count - 1 } else { *count + 1 };
        put(&mut points, Point { day: made.at.to_zoned(TimeZone::UTC).date(), ascii, idn });
    }
    if !points.is_empty() {
        put(&mut points, Point { day: last, ascii, idn });
    }
    points
}

/// The last word of a day counts.
fn put(points: &mut Vec<Point>, point: Point) {
    match points.last_mut() {
        Some(before) if before.day == point.day => *before = point,
        Some(_) | None => points.push(point),
    }
}

/// The numbers at the end of each year, and the last one: a table of some lines in place of a curve.
pub fn yearly(points: &[Point]) -> Vec<Point> {
    let mut years: Vec<Point> = Vec::new();
    for (place, point) in points.iter().enumerate() {
        let next = points.get(place + 1);
        let mut year = point.day.year();
        // A year without a change ends as the one before.
        let end = next.map_or(year, |next| next.day.year());
        while year < end {
            years.extend(Date::new(year, 12, 31).ok().map(|day| Point { day, ..*point }));
            year += 1;
        }
        if next.is_none() {
            years.push(*point);
        }
    }
    years
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Point, growth, yearly};
    use crate::domain::history::{History, Written};
    use crate::domain::regions::Regions;
    use crate::domain::tests_sample::contact;

    fn written(at: &str, tld: &str, joins: usize) -> Written {
        let contact = contact(1, "Ann Bee", "ann@nic.example");
        let (by, contacts) = ("R-1".to_owned(), vec![contact; joins]);
        Written { at: at.parse().unwrap(), tld: tld.parse().unwrap(), by, contacts }
    }

    #[test]
    fn each_day_counts_as_it_ended_and_each_year_too() {
        let history = History::of([
            written("2021-03-01T08:00:00Z", "nl", 1),
            written("2021-03-01T09:00:00Z", "be", 1),
            written("2021-05-01T09:00:00Z", "zz", 1),
            written("2023-02-01T09:00:00Z", "xn--p1ai", 1),
            written("2023-02-02T09:00:00Z", "be", 0),
            written("2023-02-03T09:00:00Z", "be", 0),
        ]);
        let until = ("2023-12-31T23:59:59Z".parse().unwrap(), date(2023, 12, 31));
        let points = growth(&history, &Regions::default(), until);
        let point = |day, ascii, idn| Point { day, ascii, idn };
        assert_eq!(
            points,
            [
                point(date(2021, 3, 1), 2, 0),
                point(date(2023, 2, 1), 2, 1),
                point(date(2023, 2, 2), 1, 1),
                point(date(2023, 12, 31), 1, 1),
            ]
        );
        let years = [
            point(date(2021, 12, 31), 2, 0),
            point(date(2022, 12, 31), 2, 0),
            point(date(2023, 12, 31), 1, 1),
        ];
        assert_eq!(yearly(&points), years);
        let early = ("2021-03-01T08:30:00Z".parse().unwrap(), date(2021, 3, 1));
        assert_eq!(growth(&history, &Regions::default(), early), [point(date(2021, 3, 1), 1, 0)]);
        assert_eq!(growth(&History::default(), &Regions::default(), until), []);
    }
}
