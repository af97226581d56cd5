//! What nobody needs any more is let go in its time, over years, and nothing that is needed goes with it.

use std::collections::BTreeSet;
use std::fs;
use std::io::BufReader;
use std::path::Path;

use jiff::SignedDuration;
use tldops::bot::history::confirmations_at;
use tldops::bot::overdue::Shelves;
use tldops::bot::records::{Records, SeenRow};
use tldops::domain::contact::Contact;
use tldops::domain::digest::Digest;
use tldops::domain::invitation::Decline;
use tldops::domain::policy::days_after;
use tldops::domain::retention::Kept;
use tldops::rehearsal::script::Step;
use tldops::rehearsal::stage::Stage;
use tldops::store::{Shelf, Snapshot, Table, Write, export, import, missing_mails, rebuild, verify};
use tldops::world::Clock as _;

use crate::program::{configure, tldops};
use crate::stories::{file, script, stories};

/// The story as far as the first of its long waits: a request is made, two mails of strangers came in.
fn begun(folder: &Path) -> Stage {
    let story = stories().join("let-go");
    let read = |name: &str| file(&story, name);
    let mut stage = Stage::set(folder, &read("world.json").unwrap(), &read("iana.json").unwrap()).unwrap();
    let long = |step: &Step| matches!(step, Step::Wait(span) if *span > SignedDuration::from_hours(24 * 9));
    for step in script(&story).iter().take_while(|step| !long(step)) {
        stage.play(step, &read).unwrap();
    }
    stage
}

fn wait(stage: &mut Stage, days: i64) {
    stage.clock().advance(SignedDuration::from_hours(24 * days));
    stage.come_to_rest().unwrap();
}

/// How often each kind would be let go so many days from now.
fn overdue(stage: &Stage, days: u16) -> Vec<Kept> {
    let on = |shelf| stage.store().mails(shelf).unwrap().into_iter().collect::<BTreeSet<_>>();
    let shelves = Shelves { incoming: on(Shelf::Incoming), registry: on(Shelf::Registry) };
    let policy = tldops::domain::retention::RetentionPolicy::default();
    let at = days_after(stage.clock().now(), days);
    let things = Records::new(stage.store()).overdue(&shelves, &policy, at).unwrap();
    things.into_iter().filter_map(|thing| thing.kept).collect()
}

fn let_go_lines(stage: &Stage) -> usize {
    stage.store().journal().unwrap().iter().filter(|line| line.entry.event == "let_go").count()
}

/// Everything that must hold of a store, whatever was let go: each copy of it is whole, and gives the same.
#[track_caller]
fn holds(folder: &Path) {
    let store = folder.join("store");
    verify(&store).unwrap();
    let snapshot = Snapshot::read(&store).unwrap();
    let named = Records::new(&snapshot).mails_named().unwrap();
    assert_eq!(missing_mails(&store, &named), Vec::new());
    let mut backup = Vec::new();
    export(&store, &mut backup).unwrap();
    let other = tempfile::tempdir().unwrap();
    import(&other.path().join("store"), &mut BufReader::new(backup.as_slice())).unwrap();
    let mut again = Vec::new();
    export(&other.path().join("store"), &mut again).unwrap();
    assert!(again == backup, "the backup of the restored store is another one");
    rebuild(&store).unwrap();
    verify(&store).unwrap();
}

fn confirmed(folder: &Path, contacts: &[Contact]) -> Vec<Option<jiff::Timestamp>> {
    let snapshot = Snapshot::read(&folder.join("store")).unwrap();
    let all = Records::new(&snapshot).confirmations().unwrap();
    let told = confirmations_at(snapshot.lines(), jiff::Timestamp::MAX).unwrap();
    let nl = "nl".parse().unwrap();
    let mut of: Vec<_> = contacts.iter().map(|contact| all.of_contact(contact)).collect();
    of.push(all.of_entry(&nl, contacts));
    let mut by_journal: Vec<_> = contacts.iter().map(|contact| told.of_contact(contact)).collect();
    by_journal.push(told.of_entry(&nl, contacts));
    assert_eq!(of, by_journal, "the journal tells the same");
    of
}

#[test]
fn each_kind_goes_in_its_time_and_what_is_needed_stays() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let mut stage = begun(at);
    let contacts = stage.roster().unwrap().contacts(&"nl".parse().unwrap()).to_vec();
    let before = confirmed(at, &contacts);
    assert_eq!(contacts.len(), 2);
    assert!(before.iter().all(Option::is_some), "{before:?}");
    // What the plan says of a day is what goes on that day.
    for (days, ahead) in [(89, &[][..]), (1, &[Kept::OtherMail, Kept::OwnMail]), (275, &[Kept::HeldMail])] {
        let planned: BTreeSet<Kept> = overdue(&stage, days).into_iter().collect();
        let wanted: BTreeSet<Kept> = ahead.iter().copied().collect();
        assert!(planned.is_superset(&wanted) && (!wanted.is_empty() || planned.is_empty()), "{planned:?}");
        let lines = let_go_lines(&stage);
        wait(&mut stage, i64::from(days));
        assert_eq!(overdue(&stage, 0), Vec::new(), "after {days} days");
        assert_eq!(let_go_lines(&stage), lines + usize::from(!wanted.is_empty()), "after {days} days");
    }
    let records = Records::new(stage.store());
    assert_eq!(records.cases().unwrap().len(), 1);
    wait(&mut stage, 731);
    let incoming = stage.store().mails(Shelf::Incoming).unwrap();
    assert_eq!(incoming, Vec::new(), "all mails that came in had their time");
    assert_eq!(Records::new(stage.store()).cases().unwrap().len(), 1, "the request is kept on");
    drop(stage);
    holds(at);
    let story = stories().join("let-go");
    let read = |name: &str| file(&story, name).unwrap();
    let mut stage = Stage::set(at, &read("world.json"), &read("iana.json")).unwrap();
    let start: jiff::Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
    stage.clock().set(days_after(start, 1828));
    stage.come_to_rest().unwrap();
    let records = Records::new(stage.store());
    assert_eq!(records.cases().unwrap(), Vec::new());
    assert_eq!(stage.store().scan(Table::Tokens, "").unwrap(), Vec::new());
    assert_eq!(stage.store().mails(Shelf::Outgoing).unwrap(), Vec::new());
    wait(&mut stage, 1);
    assert_eq!(stage.store().scan(Table::Counters, "gone/").unwrap(), Vec::new());
    let head = stage.store().head().unwrap();
    stage.come_to_rest().unwrap();
    wait(&mut stage, 1);
    assert_eq!(stage.store().head().unwrap(), head, "where nothing is over, no line says so");
    assert_eq!(stage.roster().unwrap().contacts(&"nl".parse().unwrap()), contacts);
    drop(stage);
    assert_eq!(confirmed(at, &contacts), before, "what was confirmed by a request outlives it");
    holds(at);
}

#[test]
fn what_a_stop_left_behind_goes_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = begun(folder.path());
    let shelf = folder.path().join("store/incoming");
    let kept: Vec<_> = fs::read_dir(&shelf).unwrap().map(|entry| entry.unwrap().path()).collect();
    let aside: Vec<_> = kept.iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    wait(&mut stage, 91);
    let gone: Vec<_> = aside.iter().filter(|(path, _)| !path.exists()).collect();
    assert_eq!(gone.len(), 1, "the mail of the stranger who got the help text");
    // The line is written, and the program was stopped before the file was removed.
    for (path, octets) in &gone {
        fs::write(path, octets).unwrap();
    }
    let head = stage.store().head().unwrap();
    stage.come_to_rest().unwrap();
    assert!(gone.iter().all(|(path, _)| !path.exists()), "the next start removes it");
    assert_eq!(stage.store().head().unwrap(), head);
    drop(stage);
    holds(folder.path());
}

#[test]
fn a_mail_of_a_former_version_is_dated_first_and_goes_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = begun(folder.path());
    let store = stage.store();
    let undated: Vec<Write> = store
        .scan(Table::Seen, "")
        .unwrap()
        .into_iter()
        .map(|(key, text)| {
            let row: SeenRow = serde_json::from_str(&text).unwrap();
            let value = serde_json::to_string(&SeenRow { at: None, ..row }).unwrap();
            Write { table: Table::Seen, key, value: Some(value) }
        })
        .collect();
    let entry = store.journal_tail(1).unwrap().remove(0).entry;
    store.commit(&entry, &undated).unwrap();
    let lying = store.mails(Shelf::Incoming).unwrap().len();
    wait(&mut stage, 91);
    assert_eq!(
        stage.store().mails(Shelf::Incoming).unwrap().len(),
        lying,
        "it is dated, and waits once more"
    );
    wait(&mut stage, 91);
    assert_eq!(stage.store().mails(Shelf::Incoming).unwrap().len(), lying - 1);
}

#[test]
fn an_open_request_keeps_all_that_belongs_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let story = stories().join("let-go");
    let read = |name: &str| file(&story, name);
    let mut stage =
        Stage::set(folder.path(), &read("world.json").unwrap(), &read("iana.json").unwrap()).unwrap();
    stage.play(script(&story).get(1).unwrap(), &read).unwrap();
    let on = |shelf| stage.store().mails(shelf).unwrap().into_iter().collect::<BTreeSet<_>>();
    let shelves = Shelves { incoming: on(Shelf::Incoming), registry: on(Shelf::Registry) };
    let policy = tldops::domain::retention::RetentionPolicy::default();
    // A clock that is far ahead, while nobody has answered.
    let far = days_after(stage.clock().now(), 20_000);
    let things = Records::new(stage.store()).overdue(&shelves, &policy, far).unwrap();
    let kept: Vec<Kept> = things.into_iter().filter_map(|thing| thing.kept).collect();
    assert_eq!(kept, Vec::new());
}

#[test]
fn what_has_no_date_of_its_own_is_dated_and_goes_a_time_later_unless_it_is_needed_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = begun(folder.path());
    let key = |address: &str| format!("language/{}", Digest::of(address.as_bytes()));
    let (nobody, listed) = (key("nobody@stranger.example"), key("joost.terpstra@nic-nl.example"));
    let language =
        |key: &str| Write { table: Table::Counters, key: key.to_owned(), value: Some("\"fr\"".to_owned()) };
    let (store, now) = (stage.store(), stage.clock().now());
    let unneeded = store.put_mail(Shelf::Registry, b"an answer of IANA").unwrap();
    let needed = store.put_mail(Shelf::Registry, b"another one").unwrap();
    let named = Write {
        table: Table::Iana,
        key: "walk".to_owned(),
        value: Some(format!("{{\"began\":\"{now}\",\"after\":null,\"x\":\"{needed}\"}}")),
    };
    let entry = store.journal_tail(1).unwrap().remove(0).entry;
    store.commit(&entry, &[language(&nobody), language(&listed), named]).unwrap();
    // From 4 November to the first of a month.
    wait(&mut stage, 27);
    let idle = |stage: &Stage| stage.store().scan(Table::Counters, "idle/").unwrap().len();
    assert_eq!(idle(&stage), 2, "the language of nobody, and the answer that nothing names");
    let there = |stage: &Stage, key: &str| stage.store().read(Table::Counters, key).unwrap().is_some();
    wait(&mut stage, 364);
    assert!(there(&stage, &nobody));
    wait(&mut stage, 1);
    assert!(!there(&stage, &nobody) && there(&stage, &listed));
    // The answer of IANA is named again, and is idle no more from the next look on.
    let again = Write {
        table: Table::Iana,
        key: "walk".to_owned(),
        value: Some(format!("{{\"began\":\"{now}\",\"after\":null,\"x\":\"{needed} {unneeded}\"}}")),
    };
    stage.store().commit(&entry, &[again]).unwrap();
    wait(&mut stage, 1460);
    wait(&mut stage, 31);
    assert_eq!(stage.store().mails(Shelf::Registry).unwrap().len(), 2);
    drop(stage);
    holds(folder.path());
}

#[test]
fn the_plan_is_shown_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    drop(begun(folder.path()));
    configure(folder.path(), "");
    let journal = fs::read(folder.path().join("store/journal.jsonl")).unwrap();
    let shown = tldops(folder.path(), &["retention"]);
    assert_eq!(shown.status, 0, "{}", shown.told());
    assert!(shown.out.contains("requests that have ended"), "{}", shown.out);
    let shown = tldops(folder.path(), &["retention", "--json"]);
    assert_eq!(shown.out.lines().count(), Kept::ALL.len(), "{}", shown.out);
    assert_eq!(fs::read(folder.path().join("store/journal.jsonl")).unwrap(), journal);
    configure(folder.path(), "[policy.retention]\nrequests_days = 20\n");
    let refused = tldops(folder.path(), &["check"]);
    assert!(
        refused.status == 2 && refused.err.contains("policy.retention.requests_days is 20"),
        "{}",
        refused.told()
    );
}

#[test]
fn the_words_of_a_decline_go_and_that_it_declined_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = begun(folder.path());
    let ke = "ke".parse().unwrap();
    stage
        .with_bot(|bot| {
            bot.decline(&ke, ("kim", "no staff until Amina Otieno is back"))?;
            Ok(())
        })
        .unwrap();
    let kept = |stage: &Stage| Records::new(stage.store()).decline(&ke).unwrap().unwrap();
    let before = kept(&stage);
    assert!(!overdue(&stage, 729).contains(&Kept::DeclineWords));
    assert!(overdue(&stage, 730).contains(&Kept::DeclineWords));
    wait(&mut stage, 729);
    assert_eq!(kept(&stage), before);
    wait(&mut stage, 1);
    assert_eq!(kept(&stage), Decline { said: String::new(), ..before });
    wait(&mut stage, 3000);
    assert_eq!(kept(&stage).by, "kim");
    drop(stage);
    holds(folder.path());
}
