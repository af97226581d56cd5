//! A name server that is silent on purpose holds up nobody but its owner's mails.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::SignedDuration;
use tldops::bot::Bot;
use tldops::bot::Settings;
use tldops::bot::Turn;
use tldops::domain::evidence::DnsAnswer;
use tldops::domain::evidence::DnsQuestion;
use tldops::domain::list_plan::ListPolicy;
use tldops::domain::notice::Replies;
use tldops::domain::policy::Policy;
use tldops::shell::chance::SeededChance;
use tldops::shell::clock::FixedClock;
use tldops::shell::eml_folder::EmlFolder;
use tldops::shell::iana_snapshot::IanaSnapshot;
use tldops::shell::maildir::Maildir;
use tldops::shell::own_roster::OwnRoster;
use tldops::store::Store;
use tldops::world::Resolver;
use tldops::world::World;
use tldops::writing::message::Sender;
use tldops::writing::templates::Templates;

use crate::court::NOW;
use crate::signer::ADMIN;
use crate::signer::Signer;

/// A DNS that takes its whole time for every mail, and has nothing to say.
struct Silent {
    clock: FixedClock,
}

impl Resolver for Silent {
    fn answers(&mut self, questions: &[DnsQuestion]) -> BTreeMap<DnsQuestion, DnsAnswer> {
        if !questions.is_empty() {
            self.clock.advance(SignedDuration::from_secs(20));
        }
        let late = || DnsAnswer::Temporary("no answer came in time".to_owned());
        questions.iter().map(|question| (question.clone(), late())).collect()
    }
}

fn settings() -> Settings {
    let ours = "bot@tldops.example";
    Settings {
        sender: Sender {
            mailbox: ours.parse().unwrap(),
            name: "Bot".to_owned(),
            message_id_domain: "tldops.example".to_owned(),
            replies: Replies::Subaddress,
        },
        mailboxes: vec![ours.parse().unwrap()],
        secretariat: vec!["secretary@tldops.example".parse().unwrap()],
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

fn world(folder: &Path, clock: &FixedClock) -> World {
    World {
        mailbox: Box::new(Maildir::open(&folder.join("mail")).unwrap()),
        post: Box::new(EmlFolder::open(&folder.join("sent")).unwrap()),
        resolver: Box::new(Silent { clock: clock.clone() }),
        registry: Box::new(IanaSnapshot::read("[]").unwrap()),
        list: Box::new(OwnRoster::new()),
        clock: Box::new(clock.clone()),
        chance: Box::new(SeededChance::new(1)),
    }
}

/// A request whose signature may count, so that its key is asked for.
fn tarpit(number: usize) -> Vec<u8> {
    let mail = format!(
        "From: x@stranger.example\nTo: bot@tldops.example\nSubject: subscribe nl\n\
         Date: Fri, 20 Nov 2026 18:05:31 +0000\nMessage-ID: <{number}@stranger.example>\n\n\
         Please subscribe our contact for .nl:\n\nName: Jan Jansen {number}\nEmail: jan{number}@stranger.example\n\
         Phone: +31 6 2247 9105\n"
    );
    Signer { domain: "stranger.example", ..ADMIN }.sign(mail.as_bytes())
}

#[test]
fn a_turn_ends_in_time_and_fresh_mails_go_first() {
    let folder = tempfile::tempdir().unwrap();
    let clock = FixedClock::new(NOW.parse().unwrap());
    let settings = settings();
    let store = Store::open(&folder.path().join("store")).unwrap();
    let mut bot = Bot::new(&settings, world(folder.path(), &clock), &store).unwrap();
    let mailbox = Maildir::open(&folder.path().join("mail")).unwrap();
    for number in 0..20 {
        mailbox.deliver(&tarpit(number), &format!("1795198000.{number:04}.x")).unwrap();
    }
    let began = clock_now(&clock);
    // Six mails of 20 seconds are two minutes; the others have to wait for another turn.
    assert_eq!(bot.turn().unwrap(), Turn { left: 6, ..Turn::default() });
    assert_eq!(clock_now(&clock).duration_since(began), SignedDuration::from_mins(2));
    // An honest mail comes last, and the first six may be looked at again.
    let honest = b"From: y@honest.example\r\nTo: bot@tldops.example\r\nSubject: hello\r\n\r\nthank you\r\n";
    mailbox.deliver(honest, "1795199999.0001.x").unwrap();
    let mut turns = 0;
    while bot.turn().unwrap().taken_in == 0 {
        turns += 1;
        assert!(turns < 5, "the honest mail waits behind those whose turn has come again and again");
    }
}

fn clock_now(clock: &FixedClock) -> jiff::Timestamp {
    use tldops::world::Clock as _;
    clock.now()
}
