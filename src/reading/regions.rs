//! Regions as a text names them, in the languages that we write in.

use crate::domain::asked::Region;
use crate::reading::borders::{Ending, whole_words};
use crate::reading::facts::Found;
use crate::reading::folding::folded;

/// The regions in a text, the longest name of each place.
pub(super) fn find(text: &[char]) -> Vec<Found<Region>> {
    let letters: Vec<char> = text.iter().map(|c| folded(*c)).collect();
    let mut found: Vec<Found<Region>> = Vec::new();
    for (region, names) in NAMES {
        for name in *names {
            let name: Vec<char> = name.chars().collect();
            let places = letters.windows(name.len()).enumerate().filter(|(_, window)| **window == name[..]);
            let spans = places.map(|(start, _)| start..start + name.len());
            let whole = spans.filter_map(|span| whole_words(text, span, Ending::Closed));
            found.extend(whole.map(|span| Found { span, what: *region }));
        }
    }
    found.sort_by_key(|one| (one.span.start, std::cmp::Reverse(one.span.end)));
    longest(found)
}

/// Those that begin behind the end of the one before them.
pub(super) fn longest<T>(all: Vec<Found<T>>) -> Vec<Found<T>> {
    let mut kept: Vec<Found<T>> = Vec::new();
    for one in all {
        if kept.last().is_none_or(|last| last.span.end <= one.span.start) {
            kept.push(one);
        }
    }
    kept
}

/// The regions' names in folded letters, as ICANN has them and as people say, in the languages that we write in. Parts of a
/// region stand for the whole: whoever asks for a part finds it there.
const NAMES: &[(Region, &[&str])] = &[
    (Region::Africa, &["africa", "afrique", "африка", "африки", "африке", "африку", "افريقيا", "非洲"]),
    (
        Region::AsiaPacific,
        &[
            "asia/australia/pacific",
            "asia australia pacific",
            "asia and the pacific",
            "asia-pacific",
            "asia/pacific",
            "asia pacific",
            "asia",
            "the pacific",
            "pacific",
            "apac",
            "oceania",
            "asie-pacifique",
            "asie pacifique",
            "asie",
            "pacifique",
            "oceanie",
            "asia-pacifico",
            "asia pacifico",
            "asia y el pacifico",
            "pacifico",
            "азиатско-тихоокеанский регион",
            "азиатско-тихоокеанского региона",
            "азиатско-тихоокеанском регионе",
            "азия",
            "азии",
            "азию",
            "океания",
            "океании",
            "اسيا والمحيط الهادي",
            "اسيا",
            "المحيط الهادي",
            "亚太地区",
            "亚太",
            "亚洲",
            "大洋洲",
        ],
    ),
    (
        Region::Europe,
        &["europe", "europa", "европа", "европы", "европе", "европу", "اوروبا", "اوربا", "欧洲"],
    ),
    (
        Region::LatinAmerica,
        &[
            "latin america/caribbean islands",
            "latin america and the caribbean",
            "latin america/caribbean",
            "latin america",
            "the caribbean",
            "caribbean",
            "south america",
            "central america",
            "amerique latine et caraibes",
            "amerique latine et les caraibes",
            "amerique latine",
            "amerique du sud",
            "amerique centrale",
            "caraibes",
            "america latina y el caribe",
            "america latina",
            "america del sur",
            "america central",
            "sudamerica",
            "centroamerica",
            "el caribe",
            "caribe",
            "латинская америка",
            "латинской америки",
            "латинской америке",
            "латинскую америку",
            "южная америка",
            "карибы",
            "امريكا اللاتينيه والكاريبي",
            "امريكا اللاتينيه",
            "امريكا الجنوبيه",
            "الكاريبي",
            "拉丁美洲和加勒比",
            "拉丁美洲",
            "拉美",
            "加勒比",
            "南美洲",
        ],
    ),
    (
        Region::NorthAmerica,
        &[
            "north america",
            "amerique du nord",
            "america del norte",
            "norteamerica",
            "северная америка",
            "северной америки",
            "северной америке",
            "северную америку",
            "امريكا الشماليه",
            "北美洲",
            "北美",
        ],
    ),
];
