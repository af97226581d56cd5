//! The map of the world: each country and territory by the membership of its ccTLDs, whatever script they are in.

use std::collections::BTreeMap;

use minijinja::HtmlEscape;

use crate::domain::cctlds::Cctld;
use crate::domain::statistics::Statistics;
use crate::writing::captions::Captions;
use crate::writing::charts::Chart;
use crate::writing::charts::coverage::in_words;
use crate::writing::charts::world::{HEIGHT, WIDTH, lands};

/// A dot's radius.
const DOT: i32 = 6;
/// Room below the map for what its signs mean, and the height of a line there.
const KEY: i32 = 120;
const LINE: i32 = 44;
/// Where ccTLDs without a place stand: in the empty south of the Pacific.
const ELSEWHERE: (i32, i32) = (150, 700);

/// How a country stands: which of its ccTLDs are members.
#[derive(Clone, Debug, Default)]
struct Standing {
    members: Vec<Cctld>,
    missing: Vec<Cctld>,
}

impl Standing {
    /// The class of its sign.
    fn class(&self) -> &'static str {
        match (self.members.is_empty(), self.missing.is_empty()) {
            (true, true) => "",
            (false, true) => "in",
            (true, false) => "out",
            (false, false) => "some",
        }
    }

    /// What its sign says where a pointer rests on it.
    fn told(&self, captions: &Captions) -> String {
        let of = |cctlds: &[Cctld], key: &str| {
            let labels: Vec<String> =
                cctlds.iter().map(|cctld| captions.shown(&format!(".{}", cctld.unicode))).collect();
            (!labels.is_empty()).then(|| format!("{} {}", labels.join(" "), captions.word(key)))
        };
        // The ccTLD of two letters tells the country's name; one in another script is its second.
        let first = self.members.iter().chain(&self.missing).min_by_key(|cctld| &cctld.tld);
        let country = first.map(|cctld| captions.country(cctld)).unwrap_or_default();
        let parts: Vec<String> =
            [of(&self.members, "member"), of(&self.missing, "not-member")].into_iter().flatten().collect();
        format!("{country}: {}", parts.join("; "))
    }
}

/// The map, with what its signs mean below it.
pub fn map(statistics: &Statistics, captions: &Captions) -> Chart {
    let mut standings: BTreeMap<String, Standing> = BTreeMap::new();
    let lands = lands();
    let mut elsewhere = Standing::default();
    let both = [(statistics.members().collect::<Vec<_>>(), true), (statistics.missing().collect(), false)];
    for (regions, are_members) in both {
        for cctld in regions.into_iter().flat_map(|(_, cctlds)| cctlds) {
            let code = cctld.iso3166.clone().unwrap_or_else(|| cctld.tld.to_string().to_uppercase());
            let standing = if lands.contains_key(code.as_str()) {
                standings.entry(code).or_default()
            } else {
                &mut elsewhere
            };
            let list = if are_members { &mut standing.members } else { &mut standing.missing };
            if !list.contains(cctld) {
                list.push(cctld.clone());
            }
        }
    }
    let mut chart = Chart::new("map", (WIDTH, HEIGHT + KEY), captions);
    let about = format!("{} {}", captions.word("map-about"), in_words(statistics.all(), captions));
    chart.says(captions.word("map"), &about);
    chart.hatching();
    let unknown = Standing::default();
    for (code, land) in lands.iter().filter(|(_, land)| !land.path.is_empty()) {
        let standing = standings.get(*code).unwrap_or(&unknown);
        let class = format!("land {}", standing.class());
        let (class, title) = (class.trim_end(), title(standing, captions));
        chart.put(format_args!("<path class=\"{class}\" d=\"{}\">{title}</path>", land.path));
    }
    for (code, place) in lands.iter().filter_map(|(code, land)| Some((*code, land.dot?))) {
        if let Some(standing) = standings.get(code) {
            dot(&mut chart, place, standing, captions);
        }
    }
    without_a_place(&mut chart, &elsewhere, captions);
    key(&mut chart, captions);
    chart
}

fn title(standing: &Standing, captions: &Captions) -> String {
    if standing.class().is_empty() {
        return String::new();
    }
    format!("<title>{}</title>", HtmlEscape(&standing.told(captions)))
}

fn dot(chart: &mut Chart, (x, y): (i32, i32), standing: &Standing, captions: &Captions) {
    chart.put(format_args!(
        "<circle class=\"dot {}\" cx=\"{x}\" cy=\"{y}\" r=\"{DOT}\">{}</circle>",
        standing.class(),
        title(standing, captions)
    ));
}

/// `.eu` and its kin are in no country; they stand by their names.
fn without_a_place(chart: &mut Chart, elsewhere: &Standing, captions: &Captions) {
    let members = elsewhere
        .members
        .iter()
        .map(|cctld| Standing { members: vec![cctld.clone()], ..Standing::default() });
    let missing = elsewhere
        .missing
        .iter()
        .map(|cctld| Standing { missing: vec![cctld.clone()], ..Standing::default() });
    for (line, standing) in (0..).zip(members.chain(missing)) {
        let (x, y) = (ELSEWHERE.0, ELSEWHERE.1 + line * LINE);
        dot(chart, (x, y), &standing, captions);
        let label =
            standing.members.iter().chain(&standing.missing).map(|cctld| format!(".{}", cctld.unicode));
        // A label is read from left to right wherever it stands.
        chart.put(format_args!(
            "<text class=\"wide\" direction=\"ltr\" x=\"{}\" y=\"{}\">{}</text>",
            x + 20,
            y + 9,
            HtmlEscape(&label.collect::<String>())
        ));
    }
}

/// What the signs mean.
fn key(chart: &mut Chart, captions: &Captions) {
    let top = HEIGHT + LINE / 2;
    let signs = [("in", "all-members"), ("some", "some-members"), ("out", "no-members"), ("", "no-cctld")];
    let columns = [60, 700, 1340];
    let mirrored = chart.direction == "rtl";
    let place = |sign: usize| {
        let (column, row) = (sign % columns.len(), sign / columns.len());
        let x = columns.get(column).copied().unwrap_or_default();
        let y = top + i32::try_from(row).unwrap_or_default() * LINE;
        (if mirrored { WIDTH - x } else { x }, y)
    };
    let beside = |x: i32| if mirrored { x - 30 } else { x + 30 };
    for (number, (class, word)) in signs.into_iter().enumerate() {
        let (x, y) = place(number);
        let class = format!("land {class}");
        chart.put(format_args!(
            "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"34\" height=\"24\"/>",
            class.trim_end(),
            x - 17,
            y - 12
        ));
        chart.text("wide", (beside(x), y + 10), captions.word(word));
    }
    let (x, y) = place(signs.len());
    for (step, class) in (0..).zip(["in", "some", "out"]) {
        chart.put(format_args!(
            "<circle class=\"dot {class}\" cx=\"{}\" cy=\"{y}\" r=\"{DOT}\"/>",
            x - 17 + step * 17
        ));
    }
    chart.text("wide", (beside(x), y + 10), captions.word("small"));
}
