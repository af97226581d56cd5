//! Plans for a list: carried out, it has whom it should have; done twice is done once; nobody else is touched.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::domain::address::Address;
use crate::domain::case::CaseId;
use crate::domain::contact::{Contact, Rank, Roster};
use crate::domain::event::Approved;
use crate::domain::list_plan::{ListChange, ListStep, Plan, Scope};
use crate::domain::members::{Delivery, Member, Secondary, members_of};
use crate::domain::plan::EntryChange;
use crate::domain::request::Action;

/// The list after a plan, as a perfect list would do it.
fn carried_out(now: &[Member], plan: &Plan) -> Vec<Member> {
    let mut members = now.to_vec();
    for step in plan.steps() {
        match step {
            ListStep::Subscribe(member) => members.push(member.clone()),
            ListStep::ChangeAddress { from, to } => {
                members.retain(|one| one.address != *from);
                members.push(to.clone());
            }
            ListStep::Rename { address, to, .. } => {
                members
                    .iter_mut()
                    .filter(|one| one.address == *address)
                    .for_each(|one| one.name = Some(to.clone()));
            }
            ListStep::Deliver { address, delivery } => {
                members
                    .iter_mut()
                    .filter(|one| one.address == *address)
                    .for_each(|one| one.delivery = *delivery);
            }
            ListStep::Unsubscribe(member) => members.retain(|one| one.address != member.address),
        }
    }
    members.sort_by(|one, other| one.address.cmp(&other.address));
    members
}

fn member(address: &str, name: &str) -> Member {
    Member { address: address.parse().unwrap(), name: Some(name.to_owned()), delivery: Delivery::On }
}

fn contact(rank: u8, name: &str, email: &str) -> Contact {
    Contact {
        rank: Rank::try_from(rank).unwrap(),
        name: name.parse().unwrap(),
        email: email.parse().unwrap(),
        secondary_email: None,
        phone: None,
    }
}

fn change(tld: &str, before: &[Contact], after: &[Contact]) -> EntryChange {
    EntryChange {
        tld: tld.parse().unwrap(),
        action: Action::Update,
        before: before.to_vec(),
        after: after.to_vec(),
    }
}

/// The steps of a change of `.nl`, where `.be` has Both as well.
fn steps(before: &[Contact], after: &[Contact], listed: Option<&[Member]>) -> Vec<String> {
    let mut roster = Roster::default();
    roster.set("be".parse().unwrap(), vec![contact(2, "Bo Th", "both@nic.example")]);
    roster.set("nl".parse().unwrap(), before.to_vec());
    let approved = Approved::new(CaseId(1), vec![change("nl", before, after)]);
    let permitted = ListChange::new(&approved, &roster, Secondary::Shown).permitted(listed);
    permitted.plan().steps().iter().map(ListStep::to_string).collect()
}

#[test]
fn a_change_is_told_step_by_step() {
    let (ann, bob) = (contact(1, "Ann Bee", "ann@nic.example"), contact(2, "Bob Cee", "bob@nic.example"));
    let moved = contact(1, "Ann Bee", "ann@new.example");
    let both = contact(2, "Bo Th", "both@nic.example");
    assert_eq!(
        steps(&[], std::slice::from_ref(&ann), None),
        [r#"subscribe "Ann Bee, #1, .nl" ann@nic.example"#]
    );
    let want = [
        r#"change the address ann@nic.example to "Ann Bee, #1, .nl" ann@new.example"#,
        r#"unsubscribe "Bob Cee, #2, .nl" bob@nic.example"#,
    ];
    assert_eq!(steps(&[ann.clone(), bob.clone()], std::slice::from_ref(&moved), None), want);
    let want = [r#"rename both@nic.example to "Bo Th, #2, .be" (was "Bo Th, #2, .be, .nl")"#];
    assert_eq!(steps(&[ann.clone(), both], std::slice::from_ref(&ann), None), want);
}

#[test]
fn who_is_not_in_the_change_is_not_touched() {
    let ann = contact(1, "Ann Bee", "ann@nic.example");
    let guest = member("guest@elsewhere.example", "Guest");
    let spoiled = member("both@nic.example", "Whoever");
    let listed = [guest, spoiled];
    let want = [r#"subscribe "Ann Bee, #1, .nl" ann@nic.example"#];
    assert_eq!(steps(&[], &[ann], Some(&listed)), want);
}

#[test]
fn a_name_that_the_list_cannot_tell_is_as_the_roster_had_it() {
    let before = contact(1, "Ann Bee", "ann@nic.example");
    let after = contact(1, "Ann Dee", "ann@nic.example");
    let untold = Member { name: None, ..member("ann@nic.example", "") };
    let want = [r#"rename ann@nic.example to "Ann Dee, #1, .nl" (was "Ann Bee, #1, .nl")"#];
    assert_eq!(steps(std::slice::from_ref(&before), std::slice::from_ref(&after), Some(&[untold])), want);
    let done = member("ann@nic.example", "Ann Dee, #1, .nl");
    assert_eq!(steps(&[before], &[after], Some(&[done])), Vec::<String>::new());
}

#[test]
fn a_second_address_that_is_only_shown_stays_as_somebody_put_it_there() {
    let mut ann = contact(1, "Ann Bee", "ann@nic.example");
    ann.secondary_email = Some("ann@home.example".parse().unwrap());
    let by_hand = [member("ann@home.example", "Ann"), member("ann@nic.example", "Ann Bee, #1, .nl")];
    let want = [r#"unsubscribe "Ann Bee, #1, .nl" ann@nic.example"#];
    assert_eq!(steps(&[ann], &[], Some(&by_hand)), want);
}

fn any_member() -> impl Strategy<Value = Member> {
    let name = proptest::option::of((0..4_u8, 0..3_u8).prop_map(|(who, rest)| format!("P{who}, #{rest}")));
    let delivery = prop_oneof![4 => Just(Delivery::On), 1 => Just(Delivery::Off)];
    (0..12_u8, name, delivery).prop_map(|(number, name, delivery)| Member {
        address: format!("m{number}@nic.example").parse().unwrap(),
        name,
        delivery,
    })
}

fn any_members() -> impl Strategy<Value = Vec<Member>> {
    proptest::collection::vec(any_member(), 0..10).prop_map(|mut members: Vec<Member>| {
        members.sort_by(|one, other| one.address.cmp(&other.address));
        members.dedup_by(|one, other| one.address == other.address);
        members
    })
}

/// A roster's members always have names.
fn named(members: Vec<Member>) -> Vec<Member> {
    let name = |member: Member| Member { name: member.name.or(Some("P9".to_owned())), ..member };
    members.into_iter().map(name).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn carried_out_the_list_has_whom_it_should_have_and_nobody_else_was_touched(
        now in any_members(), wanted in any_members().prop_map(named), inside in 0..4096_u16,
        all in any::<bool>(),
    ) {
        let within = |bits: u16| -> BTreeSet<Address> {
            let numbers = (0..12_u16).filter(|number| bits & (1 << number) != 0);
            numbers.map(|number| format!("m{number}@nic.example").parse().unwrap()).collect()
        };
        let scope = if all { Scope::AllBut(within(inside & 0b11)) } else { Scope::Only(within(inside)) };
        let plan = Plan::new(&now, &wanted, &scope);
        let after = carried_out(&now, &plan);
        let (in_scope, outside): (Vec<Member>, Vec<Member>) =
            after.iter().cloned().partition(|one| scope.has(&one.address));
        let before: Vec<Member> = now.iter().filter(|one| !scope.has(&one.address)).cloned().collect();
        prop_assert_eq!(outside, before);
        let should: Vec<&Member> = wanted.iter().filter(|one| scope.has(&one.address)).collect();
        prop_assert_eq!(in_scope.len(), should.len());
        for (have, want) in in_scope.iter().zip(should) {
            prop_assert_eq!(&have.address, &want.address);
            prop_assert_eq!(have.delivery, want.delivery);
            prop_assert!(have.name.is_none() || have.name == want.name);
        }
        prop_assert!(Plan::new(&after, &wanted, &scope).is_empty());
        let left = now.iter().filter(|one| !after.iter().any(|it| it.address == one.address)).count();
        prop_assert!(plan.removals() <= left);
    }

    #[test]
    fn a_change_of_an_entry_touches_its_own_people_alone(
        old in proptest::collection::vec(0..9_u8, 0..3), new in proptest::collection::vec(0..9_u8, 0..3),
        other in proptest::collection::vec(0..9_u8, 0..3), guests in any_members(),
    ) {
        let entry = |people: &[u8]| -> Vec<Contact> {
            let people: BTreeSet<&u8> = people.iter().collect();
            let numbered = (1_u8..).zip(people);
            numbered.map(|(rank, who)| contact(rank, &format!("P{who}"), &format!("m{who}@nic.example"))).collect()
        };
        let mut roster = Roster::default();
        roster.set("be".parse().unwrap(), entry(&other));
        roster.set("nl".parse().unwrap(), entry(&old));
        let approved = Approved::new(CaseId(1), vec![change("nl", &entry(&old), &entry(&new))]);
        let task = ListChange::new(&approved, &roster, Secondary::Shown);
        let mut now = members_of(&roster, Secondary::Shown);
        now.extend(guests.into_iter().filter(|guest| !now.iter().any(|one| one.address == guest.address)).collect::<Vec<_>>());
        let after = carried_out(&now, task.permitted(Some(&now)).plan());
        prop_assert!(task.left(&after).is_empty());
        let own = |one: &Member| old.iter().chain(&new).any(|who| one.address == format!("m{who}@nic.example").parse().unwrap());
        for one in now.iter().filter(|one| !own(one)) {
            prop_assert!(after.contains(one), "{} was touched", one);
        }
        for one in after.iter().filter(|one| !own(one)) {
            prop_assert!(now.contains(one), "{} was touched", one);
        }
    }
}
