//! Planning: what a request makes of an entry, and every doubt it raises.

use crate::domain::contact::{Contact, Phone, Rank};
use crate::domain::plan::{Doubt, EntryChange, Plan, digest, plan};
use crate::domain::policy::{Policy, WithoutPhone};
use crate::domain::request::{Action, Change, Detail, Named, Request};
use crate::domain::tests_sample::{IVAN, JANE, OMAR, ZOE, at, contact, entry, named, request, tld, zoe};

/// The plan as text: the action, the contacts as they become, the doubts and the warnings.
fn shown(plan: &Plan) -> String {
    let mut lines = vec![plan.change.action.word().to_owned()];
    lines.extend(plan.change.after.iter().map(ToString::to_string));
    lines.extend(plan.doubts.iter().map(|doubt| format!("? {}", doubt.words())));
    lines.extend(plan.warnings.iter().map(|_| "! few".to_owned()));
    lines.join("\n")
}

#[track_caller]
fn check_entry(before: &[Contact], request: &Request, want: &[&str]) {
    let got = plan(request, &tld("nl"), before, &Policy::default());
    assert_eq!(shown(&got), want.join("\n"));
    assert_eq!(got.change.before, before);
}

#[track_caller]
fn check(contacts: Vec<Named>, want: &[&str]) {
    check_entry(&entry(), &request("nl", contacts), want);
}

const JANE_AS_SHE_IS: &str = "#1 Jane Doe <jane@registry.example>, +31201234567";
const OMAR_AS_HE_IS: &str = "#2 Omar Haddad <omar@registry.example>, +31201234567";
const ZOE_THIRD: &str = "#3 Zoe Martin <zoe@registry.example>, +31207654321";

fn ranked(number: u8, named: Named) -> Named {
    Named { rank: Some(Rank::try_from(number).unwrap()), ..named }
}

fn three() -> Vec<Contact> {
    let mut three = entry();
    three.push(contact(3, "Ivan Petrov", IVAN));
    three
}

fn modify(name: &str, email: &str) -> Named {
    named(Change::Modify, name, email)
}

fn remove(name: &str, email: &str) -> Named {
    named(Change::Remove, name, email)
}

#[test]
fn a_subscription_takes_the_first_free_rank() {
    check(vec![zoe()], &["subscribe", JANE_AS_SHE_IS, OMAR_AS_HE_IS, ZOE_THIRD]);
    check_entry(
        &[],
        &request("nl", vec![zoe(), named(Change::Add, "Ivan Petrov", IVAN)]),
        &[
            "subscribe",
            "#1 Zoe Martin <zoe@registry.example>, +31207654321",
            "#2 Ivan Petrov <ivan@registry.example>, +31207654321",
        ],
    );
}

#[test]
fn a_stated_rank_is_kept_and_one_contact_is_warned_of() {
    check_entry(
        &[],
        &request("nl", vec![ranked(2, zoe())]),
        &["subscribe", "#2 Zoe Martin <zoe@registry.example>, +31207654321", "! few"],
    );
}

#[test]
fn a_rank_that_somebody_else_keeps_is_a_doubt_that_nobody_can_overrule() {
    let request = request("nl", vec![ranked(1, zoe())]);
    check_entry(
        &entry(),
        &request,
        &[
            "subscribe",
            JANE_AS_SHE_IS,
            "#1 Zoe Martin <zoe@registry.example>, +31207654321",
            OMAR_AS_HE_IS,
            "? two contacts of .nl would be #1",
        ],
    );
    let plan = plan(&request, &tld("nl"), &entry(), &Policy::default());
    assert!(!plan.doubts.iter().any(Doubt::can_be_overruled));
}

#[test]
fn ranks_that_were_equal_before_are_no_doubt_of_this_request() {
    let before = [contact(1, "Jane Doe", JANE), contact(1, "Omar Haddad", OMAR)];
    let phone = Phone::try_from("+31209999999".to_owned()).ok();
    check_entry(
        &before,
        &request("nl", vec![Named { phone, ..modify("", JANE) }]),
        &[
            "update",
            "#1 Jane Doe <jane@registry.example>, +31209999999",
            "#1 Omar Haddad <omar@registry.example>, +31201234567",
        ],
    );
}

#[test]
fn a_fourth_contact_is_a_doubt_that_two_people_can_overrule_and_a_seventh_nobody() {
    let named = |number: usize| Named {
        name: Some(format!("Person {}", ["A", "B", "C", "D"][number])),
        ..named(Change::Add, "", &format!("person{number}@registry.example"))
    };
    let planned = |more: usize| {
        let request = request("nl", (0..more).map(named).collect());
        plan(&request, &tld("nl"), &three(), &Policy::default())
    };
    let fourth = planned(1);
    assert_eq!(fourth.doubts.len(), 1);
    assert_eq!(fourth.doubts[0].words(), ".nl would have 4 contacts; 3 are allowed");
    assert!(fourth.doubts[0].can_be_overruled());
    assert!(Policy::default().two_must_agree.contains(&fourth.doubts[0].weighs().unwrap()));
    let ranks: Vec<u8> = fourth.change.after.iter().map(|contact| contact.rank.into()).collect();
    assert_eq!(ranks, [1, 2, 3, 3], "a further contact is a third one");
    assert!(planned(3).doubts[0].can_be_overruled());
    let seventh = planned(4);
    assert!(!seventh.doubts[0].can_be_overruled());
    let words = ".nl would have 7 contacts; 3 are allowed; nobody can allow more than 6";
    assert_eq!(seventh.doubts[0].words(), words);
}

#[test]
fn who_replaces_somebody_takes_his_rank() {
    let zoe_second = "#2 Zoe Martin <zoe@registry.example>, +31207654321";
    for former in [OMAR, "OMAR@Registry.example", "Omar Haddad", "HADDAD Omar"] {
        let one = Named { replaces: Some(former.to_owned()), ..zoe() };
        check(vec![one], &["update", JANE_AS_SHE_IS, zoe_second]);
    }
    let leaves = vec![remove("", OMAR), Named { replaces: Some(OMAR.to_owned()), ..zoe() }];
    check(leaves, &["update", JANE_AS_SHE_IS, zoe_second]);
}

#[test]
fn a_replaced_person_who_is_not_listed_is_a_doubt() {
    check(
        vec![Named { replaces: Some(IVAN.to_owned()), ..zoe() }],
        &[
            "subscribe",
            JANE_AS_SHE_IS,
            OMAR_AS_HE_IS,
            ZOE_THIRD,
            "? ivan@registry.example is not listed for .nl",
        ],
    );
}

#[test]
fn details_change_one_by_one() {
    let phone = Phone::try_from("+31209999999".to_owned()).ok();
    check(
        vec![Named { phone, ..modify("", JANE) }],
        &["update", "#1 Jane Doe <jane@registry.example>, +31209999999", OMAR_AS_HE_IS],
    );
    check(
        vec![Named { secondary_email: Some(at("jane@home.example")), ..modify("Jane Doe", "") }],
        &["update", "#1 Jane Doe <jane@registry.example>, <jane@home.example>, +31201234567", OMAR_AS_HE_IS],
    );
    check(
        vec![modify("Jane Roe", JANE)],
        &["update", "#1 Jane Roe <jane@registry.example>, +31201234567", OMAR_AS_HE_IS],
    );
    check(
        vec![modify("Jane Doe", "jane.doe@registry.example")],
        &["update", "#1 Jane Doe <jane.doe@registry.example>, +31201234567", OMAR_AS_HE_IS],
    );
    check(
        vec![Named { replaces: Some(JANE.to_owned()), ..modify("", "jane.doe@registry.example") }],
        &["update", "#1 Jane Doe <jane.doe@registry.example>, +31201234567", OMAR_AS_HE_IS],
    );
    check(
        vec![ranked(3, modify("", JANE))],
        &["update", OMAR_AS_HE_IS, "#3 Jane Doe <jane@registry.example>, +31201234567"],
    );
}

#[test]
fn two_contacts_swap_their_ranks() {
    check(
        vec![ranked(2, modify("", JANE)), ranked(1, modify("", OMAR))],
        &[
            "update",
            "#1 Omar Haddad <omar@registry.example>, +31201234567",
            "#2 Jane Doe <jane@registry.example>, +31201234567",
        ],
    );
}

#[test]
fn two_places_are_exchanged_whoever_has_them() {
    let swap = |places: [u8; 2]| Request {
        action: Action::Update,
        swaps: Some(places.map(|place| Rank::try_from(place).unwrap())),
        ..request("nl", Vec::new())
    };
    check_entry(
        &entry(),
        &swap([1, 2]),
        &[
            "update",
            "#1 Omar Haddad <omar@registry.example>, +31201234567",
            "#2 Jane Doe <jane@registry.example>, +31201234567",
        ],
    );
    check_entry(
        &entry(),
        &swap([2, 3]),
        &[
            "update",
            JANE_AS_SHE_IS,
            OMAR_AS_HE_IS,
            "? two contacts are to exchange places, and .nl has nobody, or more than one, at #3",
        ],
    );
}

#[test]
fn a_second_address_is_dropped_and_the_first_one_never() {
    let mut before = entry();
    before[0].secondary_email = Some(at("jane@home.example"));
    let drop = |former: Option<&str>, email: &str| Named {
        drops: vec![Detail::SecondaryEmail],
        replaces: former.map(str::to_owned),
        ..modify("", email)
    };
    let without = ["update", JANE_AS_SHE_IS, OMAR_AS_HE_IS];
    check_entry(&before, &request("nl", vec![drop(None, JANE)]), &without);
    check_entry(&before, &request("nl", vec![drop(Some("jane@home.example"), "")]), &without);
    let with = "#1 Jane Doe <jane@registry.example>, <jane@home.example>, +31201234567";
    let first = "? jane@registry.example is the first address of Jane Doe, and the mail asks to drop it as his second one";
    check_entry(&before, &request("nl", vec![drop(Some(JANE), "")]), &["update", with, OMAR_AS_HE_IS, first]);
}

#[test]
fn who_is_named_for_a_change_that_was_not_understood_is_a_doubt() {
    let what = "? it is not certain what is to change (\"jane@registry.example\")";
    check(vec![modify("", JANE)], &["update", JANE_AS_SHE_IS, OMAR_AS_HE_IS, what]);
}

#[test]
fn a_first_address_at_a_provider_for_everybody_is_a_doubt_and_a_second_one_is_none() {
    let policy = Policy { free_mail_domains: vec!["freemail.example".to_owned()], ..Policy::default() };
    let doubts = |named: Named| plan(&request("nl", vec![named]), &tld("nl"), &entry(), &policy).doubts;
    let address = at("zoe@freemail.example");
    let held = vec![Doubt::FreeMail(address.clone())];
    assert_eq!(doubts(Named { email: Some(address.clone()), ..zoe() }), held);
    let moved = Named { replaces: Some(JANE.to_owned()), ..modify("", "zoe@freemail.example") };
    assert_eq!(doubts(moved), held, "an address that changes is looked at as well");
    assert_eq!(doubts(Named { secondary_email: Some(address), ..zoe() }), []);
}

#[test]
fn who_has_no_number_is_a_doubt_unless_the_policy_accepts_him() {
    let without = || request("nl", vec![Named { phone: None, ..zoe() }]);
    let accepting = Policy { without_phone: WithoutPhone::Accept, ..Policy::default() };
    let doubts = |policy: &Policy| plan(&without(), &tld("nl"), &entry(), policy).doubts;
    let held = Doubt::NoPhone { name: "Zoe Martin".parse().unwrap(), email: at(ZOE) };
    assert_eq!((doubts(&Policy::default()), doubts(&accepting)), (vec![held], vec![]));
    // Who is listed without one may change his address.
    let mut before = entry();
    before[0].phone = None;
    let moved = Named { replaces: Some(JANE.to_owned()), ..modify("", "jane.doe@registry.example") };
    assert_eq!(plan(&request("nl", vec![moved]), &tld("nl"), &before, &Policy::default()).doubts, []);
}

#[test]
fn a_name_that_is_none_is_a_doubt() {
    check(
        vec![named(Change::Add, "+31 6", ZOE)],
        &["subscribe", JANE_AS_SHE_IS, OMAR_AS_HE_IS, "? `+31 6` is not a person's name"],
    );
    check(
        vec![modify("12", JANE)],
        &["update", JANE_AS_SHE_IS, OMAR_AS_HE_IS, "? `12` is not a person's name"],
    );
}

#[test]
fn a_former_value_that_is_not_listed_is_a_doubt_though_the_name_is() {
    check(
        vec![Named { replaces: Some(IVAN.to_owned()), ..modify("Jane Doe", "jane.doe@registry.example") }],
        &[
            "update",
            "#1 Jane Doe <jane.doe@registry.example>, +31201234567",
            OMAR_AS_HE_IS,
            "? ivan@registry.example is not listed for .nl",
        ],
    );
}

#[test]
fn somebody_is_removed_by_address_or_name() {
    for one in [remove("", OMAR), remove("Omar Haddad", ""), remove("O. Haddad", OMAR)] {
        check(vec![one], &["remove", JANE_AS_SHE_IS, "! few"]);
    }
}

#[test]
fn nobody_is_removed_by_guessing() {
    check(
        vec![remove("Ivan Petrov", IVAN)],
        &["update", JANE_AS_SHE_IS, OMAR_AS_HE_IS, "? ivan@registry.example is not listed for .nl"],
    );
    check(
        vec![remove("Jane Doe", OMAR)],
        &[
            "update",
            JANE_AS_SHE_IS,
            OMAR_AS_HE_IS,
            "? Jane Doe and omar@registry.example are two different contacts",
        ],
    );
    check(
        vec![remove("Omar Haddad", "omar@elsewhere.example")],
        &[
            "remove",
            JANE_AS_SHE_IS,
            "? Omar Haddad is listed with omar@registry.example, and the mail names omar@elsewhere.example",
            "! few",
        ],
    );
}

#[test]
fn two_contacts_of_one_name_are_told_apart_by_their_addresses_only() {
    let before = [contact(1, "Jane Doe", JANE), contact(2, "Jane Doe", OMAR)];
    let second = "#2 Jane Doe <omar@registry.example>, +31201234567";
    check_entry(
        &before,
        &request("nl", vec![remove("Jane Doe", "")]),
        &["update", JANE_AS_SHE_IS, second, "? two contacts are named Jane Doe"],
    );
    check_entry(&before, &request("nl", vec![remove("Jane Doe", JANE)]), &["remove", second, "! few"]);
}

#[test]
fn the_last_one_and_all_can_go() {
    let last = [contact(1, "Jane Doe", JANE)];
    check_entry(&last, &request("nl", vec![remove("", JANE)]), &["remove"]);
    let all = Request { action: Action::Remove, ..request("nl", Vec::new()) };
    check_entry(&entry(), &all, &["remove"]);
}

#[test]
fn a_role_is_no_person_whichever_way_it_comes() {
    let doubt = "? noc@registry.example looks like a role, not a person";
    check(
        vec![named(Change::Add, "Zoe Martin", "noc@registry.example")],
        &[
            "subscribe",
            JANE_AS_SHE_IS,
            OMAR_AS_HE_IS,
            "#3 Zoe Martin <noc@registry.example>, +31207654321",
            doubt,
        ],
    );
    check(
        vec![modify("Jane Doe", "noc@registry.example")],
        &["update", "#1 Jane Doe <noc@registry.example>, +31201234567", OMAR_AS_HE_IS, doubt],
    );
    check(
        vec![Named { secondary_email: Some(at("noc@registry.example")), ..modify("", JANE) }],
        &[
            "update",
            "#1 Jane Doe <jane@registry.example>, <noc@registry.example>, +31201234567",
            OMAR_AS_HE_IS,
            doubt,
        ],
    );
}

#[test]
fn a_role_that_is_listed_already_is_no_new_doubt() {
    let before = [contact(1, "Jane Doe", "noc@registry.example"), contact(2, "Omar Haddad", OMAR)];
    check_entry(
        &before,
        &request("nl", vec![remove("", OMAR)]),
        &["remove", "#1 Jane Doe <noc@registry.example>, +31201234567", "! few"],
    );
}

#[test]
fn one_person_twice_in_a_request_is_one_contact() {
    check(vec![zoe(), zoe()], &["subscribe", JANE_AS_SHE_IS, OMAR_AS_HE_IS, ZOE_THIRD]);
    let other = Phone::try_from("+31200000001".to_owned()).ok();
    check(
        vec![zoe(), Named { phone: other, ..zoe() }],
        &[
            "subscribe",
            JANE_AS_SHE_IS,
            OMAR_AS_HE_IS,
            "#3 Zoe Martin <zoe@registry.example>, +31200000001",
            "? zoe@registry.example is named twice, with different details",
        ],
    );
}

#[test]
fn who_is_listed_already_is_not_added_again() {
    let same =
        Named { phone: entry()[0].phone.clone(), ..named(Change::Add, "Jane Doe", "Jane@REGISTRY.example") };
    check(vec![same], &["subscribe", JANE_AS_SHE_IS, OMAR_AS_HE_IS]);
    check(
        vec![named(Change::Add, "doe jane", JANE)],
        &["update", "#1 Jane Doe <jane@registry.example>, +31207654321", OMAR_AS_HE_IS],
    );
}

#[test]
fn another_name_at_a_listed_address_is_a_doubt() {
    check(
        vec![named(Change::Add, "Zoe Martin", JANE)],
        &[
            "update",
            "#1 Jane Doe <jane@registry.example>, +31207654321",
            OMAR_AS_HE_IS,
            "? jane@registry.example is the address of Jane Doe, and the mail names Zoe Martin",
        ],
    );
}

#[test]
fn a_listed_name_with_another_address_is_a_doubt() {
    check(
        vec![named(Change::Add, "Jane Doe", "jane@elsewhere.example")],
        &[
            "subscribe",
            JANE_AS_SHE_IS,
            OMAR_AS_HE_IS,
            "#3 Jane Doe <jane@elsewhere.example>, +31207654321",
            "? Jane Doe is listed already, with jane@registry.example; jane@elsewhere.example would be a second entry",
        ],
    );
}

#[test]
fn an_address_belongs_to_one_person() {
    check(
        vec![Named { replaces: Some(JANE.to_owned()), ..modify("", OMAR) }],
        &[
            "update",
            "#1 Jane Doe <omar@registry.example>, +31201234567",
            OMAR_AS_HE_IS,
            "? two contacts would have the address omar@registry.example",
        ],
    );
    check(
        vec![Named { secondary_email: Some(at(JANE)), ..zoe() }],
        &[
            "subscribe",
            JANE_AS_SHE_IS,
            OMAR_AS_HE_IS,
            "#3 Zoe Martin <zoe@registry.example>, <jane@registry.example>, +31207654321",
            "? Jane Doe and Zoe Martin would both have the address jane@registry.example",
        ],
    );
}

#[test]
fn a_second_address_equal_to_the_first_is_none() {
    check(
        vec![Named { secondary_email: Some(at("ZOE@registry.example")), ..zoe() }],
        &["subscribe", JANE_AS_SHE_IS, OMAR_AS_HE_IS, ZOE_THIRD],
    );
    let mut before = entry();
    before[0].secondary_email = Some(at("jane@home.example"));
    check_entry(
        &before,
        &request("nl", vec![Named { replaces: Some(JANE.to_owned()), ..modify("", "jane@home.example") }]),
        &["update", "#1 Jane Doe <jane@home.example>, +31201234567", OMAR_AS_HE_IS],
    );
}

#[test]
fn a_second_address_tells_who_is_meant_and_stays_the_second() {
    let mut before = entry();
    before[0].secondary_email = Some(at("jane@home.example"));
    let phone = Phone::try_from("+31209999999".to_owned()).ok();
    check_entry(
        &before,
        &request("nl", vec![Named { phone, ..modify("", "jane@home.example") }]),
        &["update", "#1 Jane Doe <jane@registry.example>, <jane@home.example>, +31209999999", OMAR_AS_HE_IS],
    );
}

#[test]
fn all_are_replaced_but_those_who_are_named_again() {
    let all = Request { replace_all: true, ..request("nl", vec![zoe()]) };
    check_entry(&entry(), &all, &["update", "#1 Zoe Martin <zoe@registry.example>, +31207654321", "! few"]);
    let again = vec![named(Change::Add, "Jane Doe", JANE), zoe()];
    let some = Request { replace_all: true, ..request("nl", again) };
    let jane = "#1 Jane Doe <jane@registry.example>, +31207654321";
    let zoe_second = "#2 Zoe Martin <zoe@registry.example>, +31207654321";
    check_entry(&entry(), &some, &["update", jane, zoe_second]);
    let replaced = vec![modify("", JANE), Named { replaces: Some(OMAR.to_owned()), ..zoe() }];
    let said_twice = Request { replace_all: true, ..request("nl", replaced) };
    check_entry(&entry(), &said_twice, &["update", JANE_AS_SHE_IS, zoe_second]);
}

#[test]
fn who_is_to_leave_and_to_come_is_a_doubt() {
    check(
        vec![remove("", JANE), named(Change::Add, "Jane Doe", JANE)],
        &[
            "update",
            "#1 Jane Doe <jane@registry.example>, +31207654321",
            OMAR_AS_HE_IS,
            "? jane@registry.example is named to leave and to stay",
        ],
    );
}

#[test]
fn what_a_new_contact_lacks_is_a_doubt_if_nobody_asked_for_it() {
    check(
        vec![Named { name: None, ..zoe() }],
        &[
            "subscribe",
            JANE_AS_SHE_IS,
            OMAR_AS_HE_IS,
            "? the name or the address of a new contact is missing",
        ],
    );
    check(
        vec![Named { phone: None, ..zoe() }],
        &[
            "subscribe",
            JANE_AS_SHE_IS,
            OMAR_AS_HE_IS,
            "#3 Zoe Martin <zoe@registry.example>, no phone",
            "? Zoe Martin has no phone number",
        ],
    );
}

#[test]
fn nothing_changes_where_all_is_as_asked() {
    let plan = plan(&request("nl", vec![modify("Jane Doe", JANE)]), &tld("nl"), &entry(), &Policy::default());
    assert_eq!(plan.change.before, plan.change.after);
    assert_eq!(plan.doubts, []);
}

#[test]
fn a_digest_depends_on_every_detail() {
    let change = |spoil: &dyn Fn(&mut EntryChange)| {
        let mut change = plan(&request("nl", vec![zoe()]), &tld("nl"), &entry(), &Policy::default()).change;
        spoil(&mut change);
        digest(&[change])
    };
    let digests = [
        change(&|_| {}),
        change(&|change| change.tld = tld("fr")),
        change(&|change| change.action = Action::Update),
        change(&|change| change.before.clear()),
        change(&|change| change.after[2].rank = Rank::PRIMARY),
        change(&|change| change.after[2].name = "Zoe Martins".parse().unwrap()),
        change(&|change| change.after[2].email = at("zoe@registry.test")),
        change(&|change| change.after[2].secondary_email = Some(at(ZOE))),
        change(&|change| change.after[2].phone = None),
    ];
    let distinct: std::collections::BTreeSet<_> = digests.iter().collect();
    assert_eq!(distinct.len(), digests.len());
}

#[test]
fn two_requests_for_one_cctld_are_one_change() {
    let first = plan(&request("nl", vec![zoe()]), &tld("nl"), &entry(), &Policy::default()).change;
    let leave = request("nl", vec![remove("", OMAR)]);
    let second = plan(&leave, &tld("nl"), &first.after, &Policy::default()).change;
    let both = first.followed_by(second);
    assert_eq!(both.before, entry());
    assert_eq!(both.action, Action::Update);
    assert_eq!(both.after.iter().map(|one| one.email.to_string()).collect::<Vec<_>>(), [JANE, ZOE]);
}
