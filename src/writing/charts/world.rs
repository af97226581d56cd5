//! The outlines of countries and territories, and where they lie on the map: Natural Earth's data, the Equal Earth projection.

use std::collections::BTreeMap;

/// The outlines, made by `tests/world-map.py`; the first lines of the file say what they are.
const WORLD: &str = include_str!("world.txt");

/// The map's width and height, in units of the picture: as the projection has them.
pub(super) const WIDTH: i32 = 2000;
pub(super) const HEIGHT: i32 = 974;
/// Tenths of a degree are what the data has.
const TENTHS: f64 = 10.0;
/// Half the width of the projected globe of radius 1, at the equator.
const HALF_WIDTH: f64 = 2.706_629_983_8;
/// Half its height, at the poles.
const HALF_HEIGHT: f64 = 1.317_362_759_1;

/// A country or territory on the map, by its code (ISO 3166-1); some land has none.
#[derive(Clone, Debug, Default)]
pub(super) struct Land {
    /// Its outlines as data of an SVG path; empty where it is too small for one.
    pub(super) path: String,
    /// Its dot, where it is too small to be seen without.
    pub(super) dot: Option<(i32, i32)>,
}

/// All of them by their codes.
pub(super) fn lands() -> BTreeMap<&'static str, Land> {
    let mut lands: BTreeMap<&str, Land> = BTreeMap::new();
    for line in WORLD.lines() {
        let Some((what, rest)) = line.split_once(' ') else { continue };
        let Some((code, places)) = rest.split_once(' ') else { continue };
        match what {
            "land" => lands.entry(code).or_default().path = path(places),
            "dot" => lands.entry(code).or_default().dot = steps(places).next().map(placed),
            _ => {}
        }
    }
    lands
}

/// The rings of an outline, each closed.
fn path(rings: &str) -> String {
    let step = |before: Option<(i32, i32)>, (x, y): (i32, i32)| match before {
        None => Some(format!("M{x} {y}")),
        Some(same) if same == (x, y) => None,
        Some((from_x, from_y)) => Some(format!("l{} {}", x - from_x, y - from_y)),
    };
    let ring = |ring: &str| {
        let mut before = None;
        let steps = steps(ring).map(placed).filter_map(|point| step(before.replace(point), point));
        steps.collect::<String>() + "Z"
    };
    rings.split('|').map(ring).collect()
}

/// The points of a ring, each counted from the one before.
fn steps(ring: &str) -> impl Iterator<Item = (i32, i32)> {
    let mut at = (0, 0);
    ring.split(' ').filter_map(move |step| {
        let (x, y) = step.split_once(',')?;
        at = (at.0 + x.parse::<i32>().ok()?, at.1 + y.parse::<i32>().ok()?);
        Some(at)
    })
}

/// Where a point in tenths of a degree lies on the map: Equal Earth (Šavrič, Patterson and Jenny, 2018, equations 9 and 10),
/// which shows each country as large as it is.
fn placed((longitude, latitude): (i32, i32)) -> (i32, i32) {
    const A: [f64; 4] = [1.340_264, -0.081_106, 0.000_893, 0.003_796];
    let [a1, a2, a3, a4] = A;
    let root = 3.0_f64.sqrt();
    let [longitude, latitude] = [longitude, latitude].map(|tenths| (f64::from(tenths) / TENTHS).to_radians());
    let t = (root / 2.0 * latitude.sin()).asin();
    let (t2, t6) = (t * t, t.powi(6));
    let x =
        2.0 * root * longitude * t.cos() / (3.0 * (9.0 * a4 * t6 * t2 + 7.0 * a3 * t6 + 3.0 * a2 * t2 + a1));
    let y = t * (a1 + a2 * t2 + t6 * (a3 + a4 * t2));
    let on_map = |value: f64, half: f64, size: i32| {
        // A place on the map is a small number: nothing is lost.
        #[expect(clippy::cast_possible_truncation, reason = "between 0 and the size of the map")]
        let rounded = ((value / half + 1.0) * f64::from(size) / 2.0).round() as i32;
        rounded
    };
    (on_map(x, HALF_WIDTH, WIDTH), on_map(-y, HALF_HEIGHT, HEIGHT))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{HEIGHT, WIDTH, lands, placed};
    use crate::domain::cctlds::KnownTlds;

    #[test]
    fn the_corners_of_the_world_are_where_they_belong() {
        assert_eq!(placed((0, 0)), (WIDTH / 2, HEIGHT / 2));
        assert_eq!(placed((1800, 0)), (WIDTH, HEIGHT / 2));
        assert_eq!(placed((0, 900)).1, 0);
        assert_eq!(placed((0, -900)).1, HEIGHT);
    }

    #[test]
    fn every_cctld_of_a_place_can_be_seen() {
        let lands = lands();
        let codes: BTreeSet<String> = KnownTlds::built_in()
            .iter()
            .filter(|cctld| cctld.delegated)
            .map(|cctld| cctld.iso3166.clone().unwrap_or_else(|| cctld.tld.to_string().to_uppercase()))
            .collect();
        let unseen: Vec<&str> =
            codes.iter().map(String::as_str).filter(|code| !lands.contains_key(code)).collect();
        assert_eq!(unseen, ["EU", "SU", "XN--E1A4C", "XN--QXA6A"], "these are no places");
        for (code, land) in &lands {
            assert!(land.dot.is_some() || land.path.len() > 10, "{code}");
        }
        let dots: Vec<(i32, i32)> = lands.values().filter_map(|land| land.dot).collect();
        for (place, one) in dots.iter().enumerate() {
            for other in dots.iter().skip(place + 1) {
                let far = (one.0 - other.0).pow(2) + (one.1 - other.1).pow(2);
                assert!(far >= 49, "{one:?} hides {other:?}");
            }
        }
    }
}
