//! Bars: how many ccTLDs of each region are members.

use crate::domain::statistics::{Kind, Share, Statistics};
use crate::writing::captions::Captions;
use crate::writing::charts::Chart;

/// Its width, in units of the picture: a page's column.
const WIDTH: i32 = 720;
/// Where the bars begin, and how long the longest is.
const BAR_LEFT: i32 = 300;
const BAR_LENGTH: i32 = 240;
/// A bar's height, and a row's.
const BAR: i32 = 20;
const ROW: i32 = 34;
/// Room above the first row and below the last one.
const MARGIN: i32 = 12;

/// The bars of all ccTLDs, of those in ASCII by region, and of those in other scripts. All are as long as 100 per cent.
pub fn coverage(statistics: &Statistics, captions: &Captions) -> Chart {
    let mut rows = vec![(captions.word("all").to_owned(), statistics.all(), "strong")];
    rows.push((captions.word("ascii").to_owned(), statistics.of_kind(Kind::Ascii), "strong"));
    let regions = statistics.regions(Kind::Ascii).filter(|(_, share)| share.total() > 0);
    rows.extend(regions.map(|(region, share)| (captions.region(region), share, "")));
    rows.push((captions.word("idn").to_owned(), statistics.of_kind(Kind::Idn), "strong"));
    let height = i32::try_from(rows.len()).unwrap_or(i32::MAX).saturating_mul(ROW).saturating_add(2 * MARGIN);
    let mut chart = Chart::new("coverage", (WIDTH, height), captions);
    let told: Vec<String> =
        rows.iter().map(|(name, share, _)| format!("{name}: {}", in_words(*share, captions))).collect();
    chart.says(captions.word("coverage"), &told.join("; "));
    chart.hatching();
    for (row, (name, share, class)) in (0..).zip(&rows) {
        let top = MARGIN + row * ROW;
        let (x, base) = if chart.direction == "rtl" { (WIDTH, WIDTH - BAR_LEFT) } else { (0, BAR_LEFT) };
        let baseline = top + BAR - 4;
        chart.text(class, (x, baseline), &cut(name));
        bar(&mut chart, (base, top), *share);
        let after = if chart.direction == "rtl" { base - BAR_LENGTH - 12 } else { base + BAR_LENGTH + 12 };
        chart.text("", (after, baseline), &in_words(*share, captions));
    }
    chart
}

/// A full bar of the missing ones, and over it that of the members.
fn bar(chart: &mut Chart, (base, top): (i32, i32), share: Share) {
    let length = part(share);
    let (left, filled) =
        if chart.direction == "rtl" { (base - BAR_LENGTH, base - length) } else { (base, base) };
    if share.missing > 0 {
        chart.put(format_args!(
            "<rect class=\"bar-out\" x=\"{left}\" y=\"{top}\" width=\"{BAR_LENGTH}\" height=\"{BAR}\"/>"
        ));
    }
    if length > 0 {
        chart.put(format_args!(
            "<rect class=\"in\" x=\"{filled}\" y=\"{top}\" width=\"{length}\" height=\"{BAR}\"/>"
        ));
    }
}

/// The length of the members' part.
fn part(share: Share) -> i32 {
    let whole = i32::try_from(share.total().max(1)).unwrap_or(i32::MAX);
    let members = i32::try_from(share.members).unwrap_or(i32::MAX);
    members.saturating_mul(BAR_LENGTH) / whole
}

/// `27 of 51 (53 %)` in this language.
pub(super) fn in_words(share: Share, captions: &Captions) -> String {
    let [members, total, percent] =
        [share.members, share.total(), share.percent()].map(|number| number.to_string());
    captions.filled("of", &[("members", &members), ("total", &total), ("percent", &percent)])
}

/// A name that does not reach into the bar.
fn cut(name: &str) -> String {
    /// Letters that fit before a bar.
    const LETTERS_MAX: usize = 40;
    if name.chars().count() <= LETTERS_MAX {
        return name.to_owned();
    }
    let kept: String = name.chars().take(LETTERS_MAX - 1).collect();
    format!("{}…", kept.trim_end())
}
