//! What is done to many at once is killed after its durable steps: all of it is done or nothing, and nobody is written to twice.

use std::path::Path;

use jiff::SignedDuration;
use tldops::bot::reconciling::Others;
use tldops::bot::records::Records;
use tldops::domain::cctlds::KnownTlds;
use tldops::domain::contact::{Contact, Rank, Roster};
use tldops::domain::proposal::proposals;
use tldops::domain::repository::Repository;
use tldops::rehearsal::script::Step;
use tldops::rehearsal::stage::Stage;
use tldops::store::Store;
use tldops::writing::repository::rows;

use crate::importing::{planned, read};
use crate::killed::{Happens, Play, check_spread};
use crate::reconciling::compare_when_due;
use crate::stories::{file, stories};

/// ccTLDs of the import; three contacts each.
const IMPORTED: usize = 100;
/// ccTLDs that another system proposes contacts of.
const PROPOSED: [&str; 4] = ["fr", "ke", "nl", "re"];
/// Members of the roll call, and of those whose admin contact is another one.
const MEMBERS: [&str; 6] = ["ad", "ae", "af", "ag", "ai", "al"];

/// A play by its name.
pub(crate) fn play_of(name: &str) -> Option<Play> {
    match name {
        "an import" => Some(import()),
        "proposals" => Some(proposed()),
        "a roll call" => Some(roll_call()),
        "new admin contacts" => Some(new_admins()),
        "a reconciliation" => Some(reconciliation()),
        _ => None,
    }
}

fn contact(tld: &str, place: u8) -> Contact {
    Contact {
        rank: Rank::try_from(place).unwrap(),
        name: format!("Ann Bee {}", ["", "", "Junior", "Senior"][usize::from(place)]).trim().parse().unwrap(),
        email: format!("p{place}@nic-{tld}.example").parse().unwrap(),
        secondary_email: None,
        phone: Some("+6421884106".to_owned().try_into().unwrap()),
    }
}

fn roster<'a>(tlds: impl IntoIterator<Item = &'a str>, contacts: u8) -> Roster {
    let mut roster = Roster::default();
    for tld in tlds {
        roster.set(tld.parse().unwrap(), (1..=contacts).map(|place| contact(tld, place)).collect());
    }
    roster
}

/// The scene of the stories with this roster, and more of it.
fn scene(roster: &Roster, more: &[(&str, serde_json::Value)]) -> String {
    let mut scene: serde_json::Value =
        serde_json::from_str(&file(&stories(), "world.json").unwrap()).unwrap();
    let lines = roster.iter().flat_map(|(tld, contacts)| contacts.iter().map(move |one| (tld, one)));
    let line = |(tld, one): (&_, &Contact)| {
        serde_json::json!({ "tld": tld, "rank": one.rank, "name": one.name, "email": one.email,
            "secondary_email": null, "phone": one.phone })
    };
    scene["roster"] = lines.map(line).collect();
    for (key, value) in more {
        scene[*key] = value.clone();
    }
    scene.to_string()
}

/// IANA's records, each with an admin contact of this name.
fn iana(tlds: &[&str], admin: &str) -> String {
    let record = |tld: &&str| {
        serde_json::json!({ "tld": tld, "manager": "Registry", "technical": null,
            "admin": { "name": "Admin", "organisation": "Registry", "email": format!("{admin}@nic-{tld}.example") } })
    };
    serde_json::to_string(&tlds.iter().map(record).collect::<Vec<_>>()).unwrap()
}

fn steps(steps: Vec<(i64, Happens)>) -> Vec<(SignedDuration, Happens)> {
    steps.into_iter().map(|(days, happens)| (SignedDuration::from_hours(24 * days), happens)).collect()
}

fn nothing() -> Happens {
    Box::new(|_, _| {})
}

/// IANA is read.
fn watched() -> Happens {
    Box::new(|stage, _| drop(stage.play(&Step::Watch, &|_| unreachable!()).unwrap()))
}

/// IANA publishes this and is read.
fn published(snapshot: String) -> Happens {
    Box::new(move |stage, _| {
        stage.play(&Step::Iana("new.json".to_owned()), &|_| Ok(snapshot.clone())).unwrap();
        stage.play(&Step::Watch, &|_| unreachable!()).unwrap();
    })
}

/// The file of all contacts that is taken in.
fn table() -> String {
    let known = KnownTlds::built_in();
    let tlds: Vec<&str> = known.iter().map(|one| one.tld.as_str()).take(IMPORTED).collect();
    let roster = roster(tlds, 3);
    rows::write(&Repository { roster, ..Repository::default() })
}

/// As `roster import` does it: read, planned against what is there, taken in.
fn import() -> Play {
    let taken: Happens = Box::new(|stage, _| {
        let register = read("all.csv", table().as_bytes()).unwrap();
        let plan = planned(std::slice::from_ref(&register), &stage.roster().unwrap());
        stage.with_bot(|bot| bot.adopt(&plan, std::slice::from_ref(&register.source), "kim")).unwrap();
    });
    let holds = |folder: &Path| {
        let store = Store::open(&folder.join("store")).unwrap();
        let held = Records::new(&store).roster().unwrap().iter().count();
        assert!(held == 0 || held == IMPORTED, "{held} of {IMPORTED} ccTLDs came in");
    };
    let scene = scene(&Roster::default(), &[]);
    Play { scene, iana: iana(&[], ""), steps: steps(vec![(0, taken), (1, nothing())]), holds }
}

/// As `region import` does it: a mail of the secretariat for each ccTLD, then a turn.
fn proposed() -> Play {
    let proposes: Happens = Box::new(|stage, _| {
        let ours = stage.roster().unwrap();
        let table = rows::write(&Repository { roster: roster(PROPOSED, 2), ..Repository::default() });
        let theirs = read("theirs.csv", table.as_bytes()).unwrap().people;
        let members = PROPOSED.iter().map(|tld| tld.parse().unwrap()).collect();
        for request in proposals(&theirs, &members, &ours).requests {
            let tld = request.tld.clone().unwrap();
            let raw = format!(
                "From: secretariat@ops.example\r\nTo: tld-ops-admin@ops.example\r\nSubject: Proposal for .{tld}\r\n\
                 MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nOthers for .{tld}.\r\n"
            );
            stage.with_bot(|bot| bot.propose(raw.as_bytes(), (request, "CENTR"), "kim")).unwrap();
        }
    });
    let steps = steps(vec![(0, watched()), (0, proposes), (6, nothing())]);
    let scene = scene(&Roster::default(), &[]);
    Play { scene, iana: file(&stories(), "iana.json").unwrap(), steps, holds: |_| {} }
}

/// Everybody's turn has come, and a few are asked each day.
fn roll_call() -> Play {
    let policy = serde_json::json!({ "per_day_max": 5 });
    let scene = scene(&roster(MEMBERS, 2), &[("roll_call", policy), ("summary_hour", 6.into())]);
    let mut days: Vec<(i64, Happens)> = vec![(0, watched())];
    days.extend((400..405).map(|day| (day, watched())));
    Play { scene, iana: iana(&MEMBERS, "admin"), steps: steps(days), holds: |_| {} }
}

/// Most members have another admin contact, who is asked, reminded and given up.
fn new_admins() -> Play {
    let policy = serde_json::json!({ "every_days": 0 });
    let scene = scene(&roster(MEMBERS, 1), &[("roll_call", policy), ("summary_hour", 6.into())]);
    let mut days: Vec<(i64, Happens)> = vec![(0, watched()), (1, published(iana(&MEMBERS, "new")))];
    days.extend([2, 3, 9, 10, 17, 18].map(|day| (day, watched())));
    Play { scene, iana: iana(&MEMBERS, "old"), steps: steps(days), holds: |_| {} }
}

/// A spreadsheet differs for weeks.
fn reconciliation() -> Play {
    let compares = || -> Happens {
        Box::new(|stage: &mut Stage, _: &Path| {
            let same = rows::write(&Repository { roster: stage.roster().unwrap(), ..Repository::default() });
            let other = same.replace("+64 21884106", "+64 21884107");
            let registers = vec![read("sheet.csv", other.as_bytes()).unwrap()];
            let others = Others { registers, ..Others::default() };
            compare_when_due(stage, others);
        })
    };
    let days = (0..24).step_by(4).map(|day| (day, compares())).collect();
    Play { scene: scene(&roster(MEMBERS, 1), &[]), iana: iana(&[], ""), steps: steps(days), holds: |_| {} }
}

#[test]
fn an_import_comes_in_whole_or_not_at_all() {
    check_spread("an import", 12);
}

#[test]
fn each_proposal_asks_once() {
    check_spread("proposals", 20);
}

#[test]
fn a_roll_call_asks_each_person_once() {
    check_spread("a roll call", 20);
}

#[test]
fn each_new_admin_contact_is_asked_once() {
    check_spread("new admin contacts", 20);
}

#[test]
fn the_secretariat_hears_once_of_what_differs() {
    check_spread("a reconciliation", 16);
}

#[test]
fn stories_of_the_year_end_the_same() {
    check_spread("roll-call", 10);
    check_spread("new-admin", 10);
}
