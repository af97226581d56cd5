//! The walk through all ccTLDs with the whole program, against servers on loopback: what is kept, and where it goes on.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use tldops::bot::records::Records;
use tldops::bot::walking::Progress;
use tldops::bot::{Bot, Settings};
use tldops::domain::cctlds::KnownTlds;
use tldops::domain::list_plan::ListPolicy;
use tldops::domain::notice::Replies;
use tldops::domain::policy::Policy;
use tldops::domain::remembered::News;
use tldops::domain::tld::Tld;
use tldops::shell::chance::SeededChance;
use tldops::shell::clock::FixedClock;
use tldops::shell::eml_folder::EmlFolder;
use tldops::shell::iana::channels::{ChannelSettings, Channels, Patience};
use tldops::shell::maildir::Maildir;
use tldops::shell::own_roster::OwnRoster;
use tldops::shell::zone_file::ZoneFile;
use tldops::store::{Shelf, Step, Store};
use tldops::world::World;
use tldops::writing::message::Sender;
use tldops::writing::templates::Templates;

use crate::iana_server::{Answer, Iana};

/// The child's order: its folder, the servers, and after how many transactions it dies.
const ORDER: &str = "TLDOPS_TEST_WALK";
/// ccTLDs in one part of a walk.
const PART: usize = 5;

fn settings() -> Settings {
    let mailbox: tldops::domain::address::Address = "tld-ops-admin@ops.example".parse().unwrap();
    Settings {
        sender: Sender {
            mailbox: mailbox.clone(),
            name: "TLD-OPS Admin".to_owned(),
            message_id_domain: "ops.example".to_owned(),
            replies: Replies::Subaddress,
        },
        mailboxes: vec![mailbox],
        secretariat: vec!["secretariat@ops.example".parse().unwrap()],
        policy: Policy::default(),
        templates: Templates::built_in().unwrap(),
        gateway: None,
        keys: Vec::new(),
        hold_all: false,
        list: ListPolicy::default(),
        repository: tldops::domain::repository::RepositoryPolicy::default(),
        regions: tldops::domain::regions::Regions::default(),
    }
}

/// Lets the program work on a store, with all that it remembers.
fn with_bot<T>(
    folder: &Path,
    store: &Store,
    iana: &ChannelSettings,
    clock: &FixedClock,
    work: impl FnOnce(&mut Bot<'_>) -> T,
) -> T {
    let settings = settings();
    let memory = Records::new(store).all_remembered().unwrap();
    let world = World {
        mailbox: Box::new(Maildir::open(&folder.join("mail")).unwrap()),
        post: Box::new(EmlFolder::open(&folder.join("sent")).unwrap()),
        resolver: Box::new(
            ZoneFile::read("$ORIGIN .\n$TTL 60\n. IN SOA ns.invalid. h.invalid. 1 60 60 60 60\n").unwrap(),
        ),
        registry: Box::new(Channels::open(iana, memory, Box::new(clock.clone())).unwrap()),
        list: Box::new(OwnRoster::new()),
        clock: Box::new(clock.clone()),
        chance: Box::new(SeededChance::new(store.head().unwrap().seq)),
    };
    work(&mut Bot::new(&settings, world, store).unwrap())
}

fn clock() -> FixedClock {
    FixedClock::new("2026-11-20T00:00:00Z".parse().unwrap())
}

/// Walks to the end, whatever cannot be read.
fn walk(bot: &mut Bot<'_>) -> Vec<(Tld, News)> {
    let mut seen = Vec::new();
    loop {
        let walk = bot.walk_wanted().unwrap();
        let Progress { seen: part, ended, .. } = bot.walk_on(walk, PART).unwrap();
        seen.extend(part);
        if ended {
            return seen;
        }
    }
}

/// Servers that have a record of every ccTLD.
fn everybody() -> (Iana, Vec<Tld>) {
    let iana = Iana::start();
    let all = KnownTlds::built_in();
    let all: Vec<Tld> = all.iter().filter(|cctld| cctld.delegated).map(|cctld| cctld.tld.clone()).collect();
    for tld in &all {
        iana.publish(tld.as_str(), &format!("admin@registry-{tld}.example"));
    }
    let names: Vec<&str> = all.iter().map(Tld::as_str).collect();
    iana.list_tlds(&names);
    (iana, all)
}

#[test]
fn a_walk_that_was_killed_goes_on_where_it_was() {
    let (iana, all) = everybody();
    let folder = tempfile::tempdir().unwrap();
    let servers = iana.settings();
    let order = [
        folder.path().display().to_string(),
        servers.rdap.clone(),
        servers.page.clone(),
        servers.whois.clone(),
        servers.tld_list.clone(),
        iana.ca_file().display().to_string(),
    ];
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "iana_walk::child", "--test-threads=1"])
        .env(ORDER, order.join("\n"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(!status.success(), "the child was not killed");
    let before: Vec<String> = iana.whois.asked().into_iter().map(|asked| asked.what).collect();
    assert!(before.len() > 20 && before.len() < all.len(), "{} were asked before", before.len());
    let store = Store::open(&folder.path().join("store")).unwrap();
    with_bot(folder.path(), &store, &servers, &clock(), walk);
    let after: Vec<String> = iana.whois.asked().into_iter().map(|asked| asked.what).collect();
    let again = after.iter().filter(|tld| before.contains(tld)).count();
    assert!(again <= PART, "{again} were asked again");
    assert_eq!(before.len() + after.len() - again, all.len());
    let records = Records::new(&store);
    assert_eq!(records.all_remembered().unwrap().len(), all.len());
    let be = records.remembered(&"be".parse().unwrap()).unwrap();
    assert_eq!(be.record().unwrap().admin_email().unwrap().to_string(), "admin@registry-be.example");
}

/// The child of the test above; it does nothing unless that orders it to.
#[test]
fn child() {
    let Some(order) = std::env::var_os(ORDER).and_then(|order| order.into_string().ok()) else { return };
    let parts: Vec<&str> = order.lines().collect();
    let servers = ChannelSettings {
        rdap: parts[1].to_owned(),
        page: parts[2].to_owned(),
        whois: parts[3].to_owned(),
        tld_list: parts[4].to_owned(),
        ca_file: Some(parts[5].into()),
        max_age: SignedDuration::from_hours(24),
        pause: Duration::ZERO,
        patience: Patience::default(),
    };
    let folder = Path::new(parts[0]);
    let committed = AtomicU64::new(0);
    let store = Store::open_watched(&folder.join("store"), move |step| {
        if matches!(step, Step::Committed(_)) && committed.fetch_add(1, Ordering::SeqCst) == 50 {
            std::process::abort();
        }
    });
    with_bot(folder, &store.unwrap(), &servers, &clock(), walk);
}

#[test]
fn a_change_is_one_line_of_the_journal_with_its_raw_answers() {
    let iana = Iana::start();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    let clock = clock();
    let nl: Tld = "nl".parse().unwrap();
    let look = |admin: &str, hours: i64| {
        iana.publish("nl", admin);
        clock.advance(SignedDuration::from_hours(hours));
        let before = store.journal().unwrap().len();
        with_bot(folder.path(), &store, &iana.settings(), &clock, |bot| {
            let mut from = bot.walk_wanted().unwrap();
            from.after = Some("ni".parse().unwrap());
            bot.walk_on(from, 1).unwrap();
        });
        let journal = store.journal().unwrap();
        journal[before..]
            .iter()
            .map(|line| format!("{}: {}", line.entry.event, line.entry.says))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        look("admin@registry-nl.example", 0)[0],
        "iana_first_read: IANA's record of .nl was read for the first time."
    );
    assert_eq!(look("admin@registry-nl.example", 24).len(), 1, "nothing but the walk itself");
    let changed = look("new@registry-nl.example", 24);
    assert!(
        changed[0].contains("admin contact from `admin@registry-nl.example, Marijke Duin"),
        "{changed:?}"
    );
    assert!(changed[0].contains("to `new@registry-nl.example"), "{changed:?}");
    let memory = Records::new(&store).remembered(&nl).unwrap();
    let kept: Vec<_> =
        memory.believed.as_ref().unwrap().sources.iter().filter_map(|source| source.raw).collect();
    assert_eq!(kept.len(), 3);
    for digest in kept {
        let raw = store.mail(Shelf::Registry, &digest).unwrap().unwrap();
        assert!(String::from_utf8(raw).unwrap().contains("new@registry-nl.example"));
    }
    assert_eq!(
        store.mails(Shelf::Registry).unwrap().len(),
        6,
        "the answers that changed nothing are not kept"
    );
}

#[test]
fn a_daily_watch_goes_on_in_small_parts_and_rests_where_iana_is_silent() {
    let (iana, all) = everybody();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    let clock = clock();
    let watch = || with_bot(folder.path(), &store, &iana.settings(), &clock, |bot| bot.watch().unwrap());
    assert_eq!(watch().done, 5);
    assert_eq!(watch().done, 10);
    for server in [&iana.rdap, &iana.page, &iana.whois] {
        server.answers(Answer::Closed);
    }
    let silent = watch();
    assert_eq!((silent.done, silent.seen[0].1), (11, News::Unreachable));
    assert_eq!(watch(), Progress::default(), "it rests");
    clock.advance(SignedDuration::from_mins(2));
    for server in [&iana.rdap, &iana.page, &iana.whois] {
        server.answers(Answer::Good);
    }
    while !watch().ended {}
    assert_eq!(watch(), Progress::default(), "once a day");
    let known: BTreeMap<_, _> = Records::new(&store).all_remembered().unwrap();
    assert_eq!(known.values().filter(|memory| memory.believed.is_some()).count(), all.len() - 1);
    clock.advance(SignedDuration::from_hours(20));
    assert_eq!(watch().done, 5);
}

#[test]
fn a_request_for_a_cctld_in_doubt_goes_to_a_person() {
    let iana = Iana::start();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    let request = "From: Marijke Duin <admin@registry-nl.example>\r\nTo: tld-ops-admin@ops.example\r\n\
                   Subject: contact for .nl\r\nDate: Fri, 20 Nov 2026 00:00:00 +0000\r\nMessage-ID: <one@registry-nl.example>\r\n\
                   \r\nplease add one contact for .nl:\r\n\r\nName: Joost Terpstra\r\nEmail: joost.terpstra@registry-nl.example\r\n\
                   Phone: +31 6 2247 9105\r\n";
    let other =
        include_str!("../../fixtures/iana/nl.whois.txt").replace("Admin@registry-nl", "mallory@elsewhere");
    iana.whois.answers(Answer::Raw(other.into_bytes()));
    Maildir::open(&folder.path().join("mail")).unwrap().deliver(request.as_bytes(), "1.0001.test").unwrap();
    with_bot(folder.path(), &store, &iana.settings(), &clock(), |bot| bot.turn().unwrap());
    let journal = store.journal().unwrap();
    let told: Vec<&str> = journal.iter().map(|line| line.entry.event.as_str()).collect();
    assert_eq!(told, ["iana_doubtful", "held", "roll_call", "mail_sent"]);
    let sent =
        fs::read_dir(folder.path().join("sent")).unwrap().filter_map(Result::ok).map(|entry| entry.path());
    let mail = { sent }.find(|path| path.extension().is_some_and(|end| end == "eml")).unwrap();
    let mail = fs::read_to_string(mail).unwrap().replace("=\r\n", "").replace("\r\n", " ");
    assert!(mail.contains("contradict each other on .nl"), "{mail}");
}
