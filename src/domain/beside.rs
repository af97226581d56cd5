//! A new case beside those that are open: whether it joins one, takes its place, waits for it, or is a person's work.

use crate::domain::admission::Joined;
use crate::domain::case::Case;
use crate::domain::open_case::{OpenCase, may_hear};
use crate::domain::plan::Doubt;
use crate::domain::precedence::Precedence;
use crate::domain::tld::Tld;

/// A case beside those that are open.
pub(in crate::domain) enum Beside {
    Joined(Joined),
    Fresh(Box<Case>),
}

/// What becomes of a case beside those that are open: where one of them leaves it to a person, so does all.
pub(in crate::domain) fn beside_open(mut case: Case, open: &[OpenCase]) -> Beside {
    let met: Vec<(&OpenCase, Precedence)> =
        open.iter().filter_map(|open| Some((open, open.beside(&case)?))).collect();
    if let Some((open, _)) = met.iter().find(|(_, ruled)| *ruled == Precedence::Joins) {
        return Beside::Joined(Joined { case: open.id, may_hear: may_hear(&case) });
    }
    let ids =
        |wanted: Precedence| met.iter().filter(move |(_, ruled)| *ruled == wanted).map(|(open, _)| open.id);
    if ids(Precedence::Person).next().is_none() {
        case.replaces = ids(Precedence::Replaces).collect();
        // The last in line: the others end before it, or it is looked at again.
        case.behind = ids(Precedence::Waits).max();
        return Beside::Fresh(Box::new(case));
    }
    for tld in case.tlds().cloned().collect::<Vec<_>>() {
        let mut in_the_way = met.iter().filter(|(_, ruled)| *ruled != Precedence::Passes);
        if let Some((open, _)) = in_the_way.find(|(open, _)| open.tlds.contains(&tld)) {
            case.doubts.push(Doubt::OtherRequestOpen { tld, case: open.id.to_string() });
        }
    }
    Beside::Fresh(Box::new(case))
}

/// Where a change of the same ccTLD is made and objected to, a person rules on that first.
pub(in crate::domain) fn freeze(case: &mut Case, open: &[OpenCase]) {
    let frozen = |tld: &Tld| open.iter().find(|open| open.freezes(tld)).map(|open| open.id);
    let tlds: Vec<Tld> = case.changes.iter().map(|change| change.tld.clone()).collect();
    for (tld, by) in tlds.into_iter().filter_map(|tld| frozen(&tld).map(|by| (tld, by))) {
        case.doubts.push(Doubt::Frozen { tld, case: by.to_string() });
    }
}
