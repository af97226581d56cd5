//! A real list of Mailman 3: subscribed, renamed, moved, silenced and unsubscribed; and what it will not do.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use tldops::domain::address::Address;
use tldops::domain::cctlds::KnownTlds;
use tldops::domain::comparison::with_list;
use tldops::domain::contact::{Contact, Rank, Roster};
use tldops::domain::event::ListReceipt;
use tldops::domain::history::Written;
use tldops::domain::list_plan::{Permitted, Plan, Scope};
use tldops::domain::members::{Delivery, Member, Secondary, members_of};
use tldops::domain::reconciliation::{Past, Reconciliation, Standard};
use tldops::domain::tld::Tld;
use tldops::reading::registers;
use tldops::shell::mailman::{Mailman as List, MailmanSettings};
use tldops::shell::rest::RestSettings;
use tldops::world::List as _;

use crate::servers::mailman::{self, Mailman};

fn member(address: &str, name: &str, delivery: Delivery) -> Member {
    Member { address: address.parse().unwrap(), name: Some(name.to_owned()), delivery }
}

fn only(addresses: &[&str]) -> Scope {
    Scope::Only(addresses.iter().map(|address| address.parse::<Address>().unwrap()).collect())
}

/// Makes the list have these members, as far as the scope reaches; the steps that were taken.
fn make(list: &mut List, wanted: &[Member], scope: &Scope) -> (ListReceipt, Vec<String>) {
    let now = list.members(scope).unwrap().unwrap();
    let plan = Plan::new(&now, wanted, scope);
    let steps = plan.steps().iter().map(ToString::to_string).collect();
    let receipt = list.carry_out(&Permitted::by_operator(plan, wanted.to_vec())).unwrap();
    (receipt, steps)
}

/// The same, and it took it; done again nothing is to be done.
#[track_caller]
fn made(list: &mut List, wanted: &[Member], scope: &Scope) -> Vec<String> {
    let (receipt, steps) = make(list, wanted, scope);
    assert_eq!(receipt, ListReceipt::Changed);
    assert_eq!(make(list, wanted, scope), (ListReceipt::Changed, Vec::new()));
    steps
}

const ZOE: &str = "Zoé Martin, #1, .fr, .re, #2, .tf, +33 139300000";

#[test]
fn a_real_list_has_in_the_end_whom_it_should_have() {
    let Some(server) = Mailman::start() else { return mailman::skip() };
    let mut list = List::open(&server.settings()).unwrap();
    assert_eq!(list.try_out().unwrap(), "tld-ops@lists.example has 0 members");
    let everybody = Scope::AllBut(BTreeSet::new());
    let zoe = member("zoe+ops@nic-fr.example", ZOE, Delivery::On);
    let ann = member("Ann.Bee@nic.example", "Ann Bee, #1, .nl", Delivery::On);
    let home = member("ann@home.example", "Ann Bee, #1, .nl", Delivery::Off);
    made(&mut list, &[ann.clone(), home.clone(), zoe.clone()], &everybody);
    let zoe_shown = format!("zoe+ops@nic-fr.example \"{ZOE}\"");
    let two =
        ["ann.bee@nic.example \"Ann Bee, #1, .nl\"", "ann@home.example \"Ann Bee, #1, .nl\"", &zoe_shown];
    assert_eq!(server.roster(), two);

    // Names change, and so does whether mails go there; somebody whom we do not know is left alone.
    let guest = json!({ "list_id": "tld-ops.lists.example", "subscriber": "guest@elsewhere.example",
        "display_name": "Guest", "pre_verified": true, "pre_confirmed": true, "pre_approved": true });
    assert_eq!(server.ask("POST", "/members", &guest).0, 201);
    let own = only(&["ann.bee@nic.example", "ann@home.example", "zoe+ops@nic-fr.example"]);
    let ann = member("ann.bee@nic.example", "Ann Dee, #1, .nl", Delivery::On);
    let home = member("ann@home.example", "Ann Dee, #1, .nl", Delivery::On);
    let steps = made(&mut list, &[ann.clone(), home, zoe.clone()], &own);
    assert!(steps.contains(&"deliver mails to ann@home.example".to_owned()), "{steps:?}");
    made(&mut list, &[ann.clone(), zoe.clone()], &own);
    let shown = ["ann.bee@nic.example \"Ann Dee, #1, .nl\"", "guest@elsewhere.example \"Guest\"", &zoe_shown];
    assert_eq!(server.roster(), shown);

    // Who goes and comes again has the new name, though the server remembers the old one.
    made(&mut list, std::slice::from_ref(&zoe), &own);
    let again = member("ann.bee@nic.example", "Ann Eff, #3, .be", Delivery::On);
    made(&mut list, &[again, zoe], &own);
    assert_eq!(server.roster()[0], "ann.bee@nic.example \"Ann Eff, #3, .be\"");
    made(&mut list, &[], &own);
    assert_eq!(server.roster(), ["guest@elsewhere.example \"Guest\""]);
}

#[test]
fn a_new_address_keeps_the_membership_with_all_that_is_set() {
    let Some(server) = Mailman::start() else { return mailman::skip() };
    let mut list = List::open(&server.settings()).unwrap();
    let (old, new) = ("ann@nic.example", "ann@new.example");
    let scope = only(&[old, new]);
    made(&mut list, &[member(old, "Ann Bee, #1, .nl", Delivery::On)], &scope);
    let found = |address: &str| {
        let path = format!("/lists/tld-ops.lists.example/member/{address}");
        server.ask("GET", &path, &serde_json::Value::Null)
    };
    let before = found(old).1["member_id"].clone();
    let steps = made(&mut list, &[member(new, "Ann Bee, #2, .nl", Delivery::On)], &scope);
    assert_eq!(steps, [r#"change the address ann@nic.example to "Ann Bee, #2, .nl" ann@new.example"#]);
    assert_eq!(server.roster(), ["ann@new.example \"Ann Bee, #2, .nl\""]);
    assert_eq!(found(new).1["member_id"], before);

    // The other address has a user of its own, who is somebody else to the server: nobody is made one with him.
    let other = json!({ "email": "ann@third.example", "display_name": "Somebody" });
    assert_eq!(server.ask("POST", "/users", &other).0, 201);
    let scope = only(&[new, "ann@third.example"]);
    made(&mut list, &[member("ann@third.example", "Ann Bee, #2, .nl", Delivery::On)], &scope);
    assert_eq!(server.roster(), ["ann@third.example \"Ann Bee, #2, .nl\""]);
}

#[test]
fn what_a_real_list_will_not_do_is_told() {
    let Some(server) = Mailman::start() else { return mailman::skip() };
    let mut list = List::open(&server.settings()).unwrap();
    let scope = only(&["ann@nic.example"]);
    let ann = [member("ann@nic.example", "Ann Bee, #1, .nl", Delivery::On)];
    let ban = json!({ "email": "ann@nic.example" });
    assert_eq!(server.ask("POST", "/lists/tld-ops.lists.example/bans", &ban).0, 201);
    let (receipt, _) = make(&mut list, &ann, &scope);
    let banned = "subscribing ann@nic.example: Membership is banned (400)";
    assert_eq!(receipt, ListReceipt::Refused(banned.to_owned()));
    assert_eq!(server.ask("DELETE", "/lists/tld-ops.lists.example/bans/ann@nic.example", &json!({})).0, 204);

    // She asked by herself, and has not confirmed: her own request stands in the way until it is let pass.
    let own = json!({ "list_id": "tld-ops.lists.example", "subscriber": "ann@nic.example" });
    assert_eq!(server.ask("POST", "/members", &own).0, 202);
    let (receipt, _) = make(&mut list, &ann, &scope);
    let ListReceipt::Refused(reason) = receipt else { panic!("{receipt:?}") };
    assert!(reason.contains("holds the subscription of ann@nic.example"), "{reason}");
    assert_eq!(list.members(&scope).unwrap(), Some(Vec::new()));

    // Whatever the list's policies: what all have agreed to waits for nobody else.
    server.configure(
        &json!({ "subscription_policy": "confirm_then_moderate", "unsubscription_policy": "moderate" }),
    );
    let scope = only(&["bob@nic.example"]);
    made(&mut list, &[member("bob@nic.example", "Bob Cee, #2, .nl", Delivery::On)], &scope);
    made(&mut list, &[], &scope);

    let wrong =
        |settings: MailmanSettings| format!("{:#}", List::open(&settings).unwrap().try_out().unwrap_err());
    let settings = server.settings();
    let elsewhere = MailmanSettings { list: "other@lists.example".parse().unwrap(), ..settings.clone() };
    assert_eq!(wrong(elsewhere), "the server has no list other@lists.example; correct `list` in [list]");
    let stranger = RestSettings { user: "nobody".to_owned(), ..settings.server.clone() };
    let stranger = MailmanSettings { server: stranger, ..settings };
    assert!(wrong(stranger).contains("check user and password_file"));
}

#[test]
fn a_roster_of_several_pages_is_read_whole() {
    let Some(server) = Mailman::start() else { return mailman::skip() };
    let mut list = List::open(&server.settings()).unwrap();
    let everybody = Scope::AllBut(["m007@nic.example".parse().unwrap()].into());
    let wanted: Vec<Member> = (0..205)
        .map(|number| {
            let delivery = if number % 50 == 0 { Delivery::Off } else { Delivery::On };
            member(&format!("m{number:03}@nic.example"), &format!("M{number}, #1, .nl"), delivery)
        })
        .collect();
    let plan = Plan::new(&[], &wanted, &Scope::AllBut(BTreeSet::new()));
    let receipt = list.carry_out(&Permitted::by_operator(plan, wanted.clone())).unwrap();
    assert_eq!(receipt, ListReceipt::Changed);
    let mut members = list.members(&everybody).unwrap().unwrap();
    members.sort_by(|one, other| one.address.cmp(&other.address));
    let but_one: Vec<Member> =
        wanted.into_iter().filter(|one| one.address != "m007@nic.example".parse().unwrap()).collect();
    assert_eq!(members, but_one);
}

/// A real list with planted differences: each is told with its reason, and what was always so stays untold.
#[test]
fn what_a_real_list_differs_in_is_told_by_person() {
    let Some(server) = Mailman::start() else { return mailman::skip() };
    let mut list = List::open(&server.settings()).unwrap();
    let everybody = Scope::AllBut(BTreeSet::new());
    let contact = |rank: u8, name: &str, email: &str| Contact {
        rank: Rank::try_from(rank).unwrap(),
        name: name.parse().unwrap(),
        email: email.parse().unwrap(),
        secondary_email: None,
        phone: None,
    };
    let (ann, bob) = (contact(1, "Ann Bee", "ann@nic.example"), contact(2, "Bob Cee", "bob@nic.example"));
    let (cleo, old) = (contact(3, "Cleo Dee", "cleo@nic.example"), contact(3, "Old One", "old@nic.example"));
    let nl: Tld = "nl".parse().unwrap();
    let written = |at: &str, by: &str, contacts: &[&Contact]| Written {
        at: at.parse().unwrap(),
        tld: nl.clone(),
        by: by.to_owned(),
        contacts: contacts.iter().map(|one| (*one).clone()).collect(),
    };
    let past = Past::of([
        written("2026-01-01T00:00:00Z", "R-1", &[&ann, &bob, &old]),
        written("2026-06-01T00:00:00Z", "R-2", &[&ann, &bob, &cleo]),
    ]);
    let mut roster = Roster::default();
    roster.set(nl, vec![ann.clone(), bob, cleo]);
    // Bob moved by himself, Cleo never came, the old one stayed, and a stranger is there.
    let planted = [
        member("ann@nic.example", "Ann Bee, #1, .nl", Delivery::On),
        member("bob@elsewhere.example", "Bob Cee, #2, .nl", Delivery::On),
        member("old@nic.example", "Old One, #3, .nl", Delivery::On),
        member("stranger@nowhere.example", "A Stranger", Delivery::On),
    ];
    made(&mut list, &planted, &everybody);
    let now = list.members(&everybody).unwrap().unwrap();
    let plan = Plan::new(&now, &members_of(&roster, Secondary::Shown), &everybody);
    let admins = BTreeMap::from([("nl".parse().unwrap(), "admin@nic.example".parse().unwrap())]);
    let standard = Standard { roster: &roster, past: &past, admins: &admins };
    let known = KnownTlds::built_in();
    let read = |one: &Member| registers::member(one.name.as_deref().unwrap_or_default(), &known);
    let found = Reconciliation::of(with_list(&plan, &standard, read));
    let told: Vec<String> = found
        .differences
        .iter()
        .map(|one| format!("{} | {} | {}", one.person.clone().unwrap_or_default(), one.newer, one.why))
        .collect();
    assert_eq!(
        told,
        [
            "A Stranger <stranger@nowhere.example> | not certain which is newer | the store never had this address",
            "Bob Cee <bob@nic.example> | not certain which is newer | the store never had bob@elsewhere.example for .nl",
            "Cleo Dee <cleo@nic.example> | the store is newer | the store has it since 2026-06-01 (R-2)",
            "Old One <old@nic.example> | the store is newer | the store had it until 2026-06-01 (R-2)",
        ]
    );
}
