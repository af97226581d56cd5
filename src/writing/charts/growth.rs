//! Curves: how many ccTLDs were members, day by day.

use jiff::civil::Date;

use crate::domain::growth::Point;
use crate::writing::captions::Captions;
use crate::writing::charts::Chart;

/// Its size, in units of the picture.
const WIDTH: i32 = 720;
const HEIGHT: i32 = 330;
/// The field of the curves: its left and right, top and bottom.
const FIELD: (i32, i32, i32, i32) = (52, 560, 24, 280);
/// Steps of the scale: the first that needs no more lines than fit.
const STEPS: [i32; 8] = [1, 2, 5, 10, 25, 50, 100, 250];
/// Lines of the scale at the most.
const LINES_MAX: i32 = 6;
/// Years that are named below the field at the most.
const YEARS_MAX: i32 = 12;
/// Days that it shows at the least: a point is no curve.
const DAYS_MIN: i32 = 28;
/// Units between two texts at the ends of the curves.
const TEXT: i32 = 20;

/// Two curves, of all ccTLDs and of those in ASCII, with their names at their ends. Always from left to right, as time is read
/// on an axis of years.
pub fn growth(points: &[Point], captions: &Captions) -> Chart {
    let mut chart = Chart::new("growth", (WIDTH, HEIGHT), captions);
    chart.direction = "ltr";
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        chart.says(captions.word("growth"), captions.word("none"));
        chart.text("", (FIELD.0, FIELD.2 + TEXT), captions.word("none"));
        return chart;
    };
    let [from, until] = [first.day, last.day].map(|day| day.to_string());
    let [before, after] = [first.all(), last.all()].map(|count| count.to_string());
    let values = [("first", before.as_str()), ("last", &after), ("from", &from), ("until", &until)];
    chart.says(captions.word("growth"), &captions.filled("growth-about", &values));
    let most = points.iter().map(|point| number(point.all())).max().unwrap_or(1).max(1);
    let scale = Scale::new((first.day, last.day), most);
    scale.lines(&mut chart);
    chart.put(format_args!("<path class=\"line-ascii\" d=\"{}\"/>", scale.path(points, |point| point.ascii)));
    chart.put(format_args!("<path class=\"line-all\" d=\"{}\"/>", scale.path(points, |point| point.all())));
    let (all, ascii) = (scale.y(number(last.all())), scale.y(number(last.ascii)));
    // The upper curve's name stands above the other's, even where both end at one place.
    let below = ascii.max(all + TEXT);
    chart.text("strong", (FIELD.1 + 8, all + 5), &format!("{} {after}", captions.word("all")));
    chart.text("", (FIELD.1 + 8, below + 5), &format!("{} {}", captions.word("ascii"), last.ascii));
    chart
}

/// Where days and numbers are in the picture.
struct Scale {
    first: Date,
    days: i32,
    most: i32,
    step: i32,
}

impl Scale {
    fn new((first, last): (Date, Date), most: i32) -> Self {
        let steps = STEPS.iter().copied().find(|step| most.div_ceil_of(*step) <= LINES_MAX);
        let step = steps.unwrap_or(most);
        Self { first, days: between(first, last).max(DAYS_MIN), most: most.div_ceil_of(step) * step, step }
    }

    fn x(&self, day: Date) -> i32 {
        FIELD.0 + between(self.first, day) * (FIELD.1 - FIELD.0) / self.days
    }

    fn y(&self, count: i32) -> i32 {
        FIELD.3 - count * (FIELD.3 - FIELD.2) / self.most
    }

    /// The lines of the scale, and the years.
    fn lines(&self, chart: &mut Chart) {
        let (left, right, _, bottom) = FIELD;
        for line in 0..=self.most / self.step {
            let y = self.y(line * self.step);
            chart.put(format_args!("<path class=\"rule\" d=\"M{left} {y}H{right}\"/>"));
            chart.text("quiet end", (left - 8, y + 4), &(line * self.step).to_string());
        }
        let last = self.first.saturating_add(jiff::Span::new().days(self.days));
        let (from, until) = (i32::from(self.first.year()), i32::from(last.year()));
        let every = (until - from).div_ceil_of(YEARS_MAX).max(1);
        let named = (from + 1..=until).filter(|year| (year - from) % every == 0);
        let begins: Vec<(i32, String)> = named
            .filter_map(|year| {
                Some((self.x(Date::new(i16::try_from(year).ok()?, 1, 1).ok()?), year.to_string()))
            })
            .collect();
        for (x, year) in &begins {
            chart.put(format_args!("<path class=\"rule\" d=\"M{x} {bottom}v6\"/>"));
            chart.text("quiet middle", (*x, bottom + TEXT + 2), year);
        }
        if begins.is_empty() {
            chart.text("quiet", (left, bottom + TEXT + 2), &self.first.to_string());
            chart.text("quiet end", (right, bottom + TEXT + 2), &last.to_string());
        }
    }

    /// Steps: a number holds until the day of the next one.
    fn path(&self, points: &[Point], of: impl Fn(&Point) -> usize) -> String {
        let steps = points.iter().enumerate().map(|(place, point)| {
            let (x, y) = (self.x(point.day), self.y(number(of(point))));
            if place == 0 { format!("M{x} {y}") } else { format!("H{x}V{y}") }
        });
        let path: String = steps.collect();
        format!("{path}H{}", self.x(points.last().map_or(self.first, |point| point.day)))
    }
}

fn between(first: Date, last: Date) -> i32 {
    (last - first).get_days()
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Division that rounds up.
trait DivCeil {
    fn div_ceil_of(self, by: Self) -> Self;
}

impl DivCeil for i32 {
    fn div_ceil_of(self, by: Self) -> Self {
        (self + by - 1) / by
    }
}
