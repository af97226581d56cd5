//! A request that waited for another one: looked at anew once that has ended, as if it arrived then.

use jiff::Timestamp;

use crate::domain::admission::{Arrival, View};
use crate::domain::authority::role_for;
use crate::domain::beside::{Beside, beside_open, freeze};
use crate::domain::case::{Case, Role};
use crate::domain::open_case::OpenCase;
use crate::domain::opening::{Group, finished, prepare};
use crate::domain::person::{as_one_person, waived_for};
use crate::domain::plan::Doubt;
use crate::domain::policy::Policy;
use crate::domain::tld::Tld;

/// The case as it would be if its mail arrived now: planned against the contacts and IANA's records as they are, and beside
/// the requests that are open before it. Its name, its day and what was said of it stay.
pub fn renewed(case: &Case, view: &View, policy: &Policy, now: Timestamp) -> Case {
    let requester = &case.requester;
    let copied = case.admin.iter().filter(|_| requester.role == Role::AdminCc);
    let arrival = Arrival {
        reading: case.reading.clone(),
        proof: requester.proof.clone(),
        from: Some(requester.address.clone()),
        from_name: requester.name.clone(),
        recipients: copied.cloned().collect(),
        thread: requester.thread.clone(),
        mail: requester.mail,
        first_seen: now,
    };
    let asked = case.reading.requests.iter().filter_map(|request| Some((request, request.tld.clone()?)));
    let asked: Vec<_> = asked.collect();
    let tlds: Vec<Tld> = asked.iter().map(|(_, tld)| tld.clone()).collect();
    let group = Group::decided_together(requester.role, asked, (&arrival, view, policy));
    let prepared = prepare(&arrival, &requester.address, group, view, policy);
    let Some(fresh) = as_one_person(vec![prepared], view, policy).pop() else { return case.clone() };
    let mut fresh = waived_for(finished(fresh, view, policy), policy);
    for tld in tlds {
        let role = role_for(&tld, &requester.address, &arrival.recipients, view);
        if role != requester.role {
            let (was, is) = (requester.role.words(), role.words());
            let says = format!("its sender was {was} of {} when he asked, and is {is} now", tld.for_people());
            fresh.doubts.push(Doubt::Mail(says));
        }
    }
    let fresh = Case {
        id: case.id,
        opened: case.opened,
        state: case.state.clone(),
        languages: case.languages.clone(),
        earlier: case.earlier.clone(),
        handed: case.handed.clone(),
        next_effect: case.next_effect,
        ..fresh
    };
    let mut fresh = fresh;
    freeze(&mut fresh, &view.open);
    let goes_first = |open: &&OpenCase| open.id < case.id || (open.behind.is_none() && open.id != case.id);
    let before: Vec<OpenCase> = view.open.iter().filter(goes_first).cloned().collect();
    let replaced = case.replaces.iter().copied();
    match beside_open(fresh.clone(), &before) {
        Beside::Fresh(mut fresh) => {
            fresh.replaces = replaced.chain(fresh.replaces).collect();
            *fresh
        }
        // Somebody else's request comes to the same by now: it goes first.
        Beside::Joined(one) => Case { behind: Some(one.case), replaces: replaced.collect(), ..fresh },
    }
}
