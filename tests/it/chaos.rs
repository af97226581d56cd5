//! Everything is killed in turn, and in the end all is as if nothing had happened.
//!
//! A dozen ccTLDs subscribe while the program is killed without warning round after round, and each of its servers is
//! stopped, frozen, restarted or made to fail; the disk is full and the clock jumps. The same people write and answer in the
//! small world of the rehearsal, undisturbed: roster, letters and what became of each mail must be the same, and every
//! letter is with each person once.
//!
//! `CHAOS_ROUNDS=300 cargo test --test it chaos` for more rounds; `CHAOS_SEED=7` for others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use mail_parser::MessageParser;
use serde_json::json;
use tldops::domain::address::Address;
use tldops::rehearsal::people::fill_in;
use tldops::rehearsal::signing::sign;
use tldops::rehearsal::stage::Stage;
use tldops::shell::chance::SeededChance;
use tldops::shell::clock::SystemClock;
use tldops::world::{Chance as _, Clock as _, Outgoing};

use crate::program::{Running, tldops, wait_within};
use crate::servers::daemon::skip_for_want_of;
use crate::servers::front::Door;
use crate::servers::name_server;
use crate::servers::postfix::Mood;
use crate::servers::site::{ListKind, Site, compare_letters, id_of, letters, message_id, shown, stored};

/// Rounds where nobody asks for more: one in each some tenths of a second.
const ROUNDS: u32 = 60;
/// The longest that the program lives in a round, in milliseconds.
const LIFE_MAX: u64 = 1_200;
/// The ccTLDs that subscribe; each has two contacts.
const CCTLDS: [&str; 12] = ["nl", "be", "de", "at", "ch", "se", "no", "dk", "fi", "pl", "cz", "pt"];
/// The farthest that the clock jumps, in hours.
const HOURS_AHEAD_MAX: u64 = 6;
/// How long the end may take: what fails once more is tried again after a minute.
const CALM_TIME_MAX: Duration = Duration::from_mins(5);
/// Where the clock is in the end: all that waits for its next try has waited long enough.
const CALM: &str = "+30h";

/// What goes wrong besides the program's death.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fault {
    Nothing,
    PostRefuses,
    PostHangs,
    PostRestarts,
    ListIsDown,
    ListFails,
    DnsIsSilent,
    MailboxRestarts,
    NewUidValidity,
    DiskFull,
    ClockAhead,
}

const FAULTS: [Fault; 11] = [
    Fault::Nothing,
    Fault::PostRefuses,
    Fault::PostHangs,
    Fault::PostRestarts,
    Fault::ListIsDown,
    Fault::ListFails,
    Fault::DnsIsSilent,
    Fault::MailboxRestarts,
    Fault::NewUidValidity,
    Fault::DiskFull,
    Fault::ClockAhead,
];

fn mailbox() -> Address {
    "tldops@ops.example".parse().unwrap()
}

fn scene() -> String {
    let keys: BTreeMap<String, &str> =
        CCTLDS.iter().map(|tld| (format!("nic-{tld}.example"), "ed25519")).collect();
    json!({ "start": "2026-11-02T09:00:00Z", "mailbox": mailbox(), "secretariat": ["office@ops.example"], "keys": keys })
        .to_string()
}

fn iana() -> String {
    let record = |tld: &&str| json!({ "tld": tld, "admin": { "name": "Head", "email": format!("admin@nic-{tld}.example") } });
    json!(CCTLDS.iter().map(record).collect::<Vec<_>>()).to_string()
}

fn people() -> Vec<Address> {
    let of = |tld: &&str| {
        ["admin", "ann.bee", "joe.dee"].map(|name| format!("{name}@nic-{tld}.example").parse().unwrap())
    };
    CCTLDS.iter().flat_map(of).collect()
}

/// The request of one ccTLD, signed.
fn request(tld: &str, now: Timestamp) -> Vec<u8> {
    let text = format!(
        "From: Head <admin@nic-{tld}.example>\nTo: {}\nSubject: Contacts of .{tld}\nDate: {{date}}\n\
         Message-ID: <request@nic-{tld}.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n\
         Please subscribe our two contacts for .{tld}:\n\nName: Ann Bee\nEmail: ann.bee@nic-{tld}.example\n\
         Phone: +31 26 352 5500\n\nName: Joe Dee\nEmail: joe.dee@nic-{tld}.example\nPhone: +31 26 352 5501\n",
        mailbox()
    );
    sign(&fill_in(&text, &[], now).unwrap(), &format!("nic-{tld}.example"), "ed25519", now).unwrap()
}

/// What people answer to the letters that they have not answered yet.
fn answers(got: &[Outgoing], answered: &mut BTreeSet<String>, now: Timestamp) -> Vec<Vec<u8>> {
    let mut answers = Vec::new();
    for letter in got {
        let person = &letter.recipients[0];
        let message = MessageParser::default().parse(&letter.octets).unwrap();
        // Only a question has an address of its own to answer to.
        let reply_to =
            message.reply_to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or_default();
        let is_question = reply_to.contains('+') && person.domain() != "ops.example";
        if !is_question || !answered.insert(format!("{} {person}", message_id(letter))) {
            continue;
        }
        let text = format!(
            "From: <{person}>\nTo: {{reply-to {person}}}\nSubject: Re: {{subject {person}}}\nDate: {{date}}\n\
             Message-ID: <yes-{}-{}>\nIn-Reply-To: {{message-id {person}}}\nMIME-Version: 1.0\n\
             Content-Type: text/plain; charset=utf-8\n\nYES\n\n> {{quote {person}}}\n",
            answered.len(),
            person
        );
        let mail = fill_in(&text, std::slice::from_ref(letter), now).unwrap();
        answers.push(sign(&mail, person.domain(), "ed25519", now).unwrap());
    }
    answers
}

/// What the same people bring about where nothing goes wrong.
struct Undisturbed {
    letters: BTreeMap<Address, Vec<String>>,
    roster: String,
    mails: usize,
}

fn undisturbed() -> Undisturbed {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = Stage::set(folder.path(), &scene(), &iana()).unwrap();
    let (mut number, mut answered) = (0, BTreeSet::new());
    let mut waiting: Vec<Vec<u8>> = CCTLDS.iter().map(|tld| request(tld, stage.clock().now())).collect();
    while !waiting.is_empty() {
        for mail in waiting {
            number += 1;
            stage.deliver(&mail, number).unwrap();
        }
        stage.come_to_rest().unwrap();
        // Each recipient has a letter of his own, as in his mailbox.
        let letters: Vec<Outgoing> = stage
            .sent()
            .iter()
            .flat_map(|mail| {
                mail.recipients.iter().map(|one| Outgoing { recipients: vec![one.clone()], ..mail.clone() })
            })
            .collect();
        waiting = answers(&letters, &mut answered, stage.clock().now());
    }
    let roster = shown(&stage.roster().unwrap());
    Undisturbed { letters: letters(stage.sent()), roster, mails: usize::try_from(number).unwrap() }
}

/// The library that shifts a program's clock; none where it is not installed.
fn clock_library() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    folders
        .chain(["/usr/lib".into()])
        .map(|folder| folder.join("faketime/libfaketime.so.1"))
        .find(|path| path.is_file())
}

fn number_from(variable: &str, otherwise: u32) -> u32 {
    std::env::var_os(variable).map_or(otherwise, |value| value.to_string_lossy().parse().unwrap())
}

#[test]
fn whatever_is_killed_everything_is_done_once() {
    let Some(library) = clock_library() else {
        return skip_for_want_of("libfaketime", "tests/run installs the package libfaketime as root");
    };
    let told = undisturbed();
    let Some(mut site) = Site::start(&scene(), &iana(), &people(), ListKind::Mailman3) else { return };
    let mut play = Play {
        chance: SeededChance::new(number_from("CHAOS_SEED", 1).into()),
        clock: library.to_string_lossy().into_owned(),
        answered: BTreeSet::new(),
        handed_in: 0,
    };
    let rounds = number_from("CHAOS_ROUNDS", ROUNDS);
    let mut waiting: Vec<&str> = CCTLDS.to_vec();
    for round in 0..rounds {
        let due = u32::try_from(CCTLDS.len() - waiting.len()).unwrap() * rounds
            / 2
            / u32::try_from(CCTLDS.len()).unwrap();
        if round >= due
            && let Some(tld) = waiting.pop()
        {
            play.hand_in(&site, &request(tld, SystemClock.now()));
        }
        play.round(&mut site);
    }
    play.calm(&site, &told);

    let got = site.arrived();
    compare_letters(&once(&got), &told.letters);
    assert_eq!(stored(&site), told.roster);
    for arguments in [["journal", "verify"], ["roster", "diff"]] {
        let ended = tldops(site.path(), &arguments);
        assert!(ended.status == 0, "{}", ended.told());
    }
    assert_eq!(site.mailman.as_ref().unwrap().roster().len(), 2 * CCTLDS.len());
    let (own, mails) = (mailbox().to_string(), told.mails);
    assert_eq!(play.handed_in, mails);
    // A server that is killed within a move may leave a second copy; what counts is that each was done with.
    let done: BTreeSet<String> = site.dovecot.mails_in(&own, "Done").iter().map(|mail| id_of(mail)).collect();
    assert_eq!((site.dovecot.mails_of(&own).len(), done.len()), (0, mails));
}

/// The letters of each person once by their Message-ID. A letter that came twice is the same one, octet by octet: the
/// program was killed between the server's answer and the note of it, and no mail program shows it twice.
fn once(got: &[Outgoing]) -> Vec<Outgoing> {
    let mut letters: BTreeMap<(Address, String), Outgoing> = BTreeMap::new();
    for letter in got {
        let own = |letter: &Outgoing| {
            let text = String::from_utf8_lossy(&letter.octets).into_owned();
            // What the servers on the way put on top is theirs.
            text.split_once("\r\nFrom: ").unwrap_or_default().1.to_owned()
        };
        let key = (letter.recipients[0].clone(), message_id(letter));
        let first = letters.entry(key).or_insert_with(|| letter.clone());
        assert_eq!(own(first), own(letter));
    }
    letters.into_values().collect()
}

/// Who makes things go wrong.
struct Play {
    chance: SeededChance,
    clock: String,
    answered: BTreeSet<String>,
    /// Mails that people handed in.
    handed_in: usize,
}

impl Play {
    /// A number without pattern, the same for the same seed.
    fn below(&mut self, limit: u64) -> u64 {
        let octets = self.chance.seed().unwrap();
        u64::from_le_bytes(*octets.first_chunk().unwrap()) % limit
    }

    fn hand_in(&mut self, site: &Site, mail: &[u8]) {
        self.handed_in += 1;
        site.send(mail);
    }

    /// People answer, something goes wrong, the program runs for a while and is killed.
    fn round(&mut self, site: &mut Site) {
        for answer in answers(&site.arrived(), &mut self.answered, SystemClock.now()) {
            self.hand_in(site, &answer);
        }
        let fault = FAULTS[usize::try_from(self.below(FAULTS.len() as u64)).unwrap()];
        match fault {
            Fault::PostRefuses => site.postfix.set_mood(Mood::Refuses),
            Fault::PostHangs => site.postfix.set_mood(Mood::Frozen),
            Fault::ListIsDown => site.list_door().set(Door::Shut),
            Fault::ListFails => site.list_door().set(Door::Fails),
            Fault::DnsIsSilent => site.dns.freeze(name_server::Freeze::Stand),
            Fault::NewUidValidity => site.dovecot.forget_uids(&mailbox().to_string()),
            Fault::Nothing
            | Fault::PostRestarts
            | Fault::MailboxRestarts
            | Fault::DiskFull
            | Fault::ClockAhead => {}
        }
        let life = Duration::from_millis(self.below(LIFE_MAX));
        let program = self.start(site.path(), fault);
        // The moment of its death is as good as any other.
        std::thread::sleep(life / 2);
        if fault == Fault::PostRestarts {
            site.postfix.stop();
            site.postfix.start_again();
        } else if fault == Fault::MailboxRestarts {
            site.dovecot.stop();
            site.dovecot.start_again();
        }
        std::thread::sleep(life / 2);
        drop(program);
        if matches!(fault, Fault::PostRefuses | Fault::PostHangs) {
            site.postfix.set_mood(Mood::Up);
        }
        site.list_door().set(Door::Open);
        site.dns.freeze(name_server::Freeze::GoOn);
    }

    fn start(&mut self, folder: &Path, fault: Fault) -> Running {
        if fault == Fault::DiskFull {
            let journal = fs::metadata(folder.join("store/journal.jsonl")).map_or(0, |file| file.len());
            // In blocks of 512 octets; a mail or two still fit.
            Running::start_on_a_full_disk(folder, journal / 512 + self.below(40))
        } else if fault == Fault::ClockAhead {
            let hours = 1 + self.below(HOURS_AHEAD_MAX);
            self.start_ahead(folder, &format!("+{hours}h"))
        } else {
            Running::start(folder, &[])
        }
    }

    /// The program with its clock ahead. What waits for a span of time still waits for that span.
    fn start_ahead(&self, folder: &Path, ahead: &str) -> Running {
        let set =
            [("LD_PRELOAD", self.clock.as_str()), ("FAKETIME", ahead), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")];
        Running::start(folder, &set)
    }

    /// Nothing goes wrong any more, until everybody has what he should have.
    fn calm(&mut self, site: &Site, told: &Undisturbed) {
        let is_done = |site: &Site| {
            let got = once(&site.arrived());
            let wanted: usize = told.letters.values().map(Vec::len).sum();
            got.len() >= wanted && site.dovecot.mails_of(&mailbox().to_string()).is_empty()
        };
        let program = self.start_ahead(site.path(), CALM);
        wait_within(CALM_TIME_MAX, "everybody has what he should have", site.path(), || {
            for answer in answers(&site.arrived(), &mut self.answered, SystemClock.now()) {
                self.hand_in(site, &answer);
            }
            is_done(site)
        });
        program.ends_well(site.path());
    }
}
