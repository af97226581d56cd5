//! A flood of hostile mails through the whole program: `cargo bench --bench flood -- 100000`.
//!
//! The mails lie in the mailbox when the program starts, beside a roster of all ccTLDs that are known. True requests lie
//! among them: first, in the middle, last, and behind all that are forged in its sender's own name; others come while the
//! program works. It says what a mail takes as the flood goes on, how long each true request waits for its confirmation
//! mail to leave, how many mails left to whom, and what store and memory have grown to; and it fails where a cap is passed.
//! Nobody but the post and the clock is a stand-in: the clock runs as the real one does, on the day of the rehearsals.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a measurement reads the clock, prints what it found, and ends where a promise is broken"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tldops::bot::{Bot, Turn};
use tldops::domain::cctlds::KnownTlds;
use tldops::domain::limits::LETTER_OCTETS_MAX;
use tldops::rehearsal::signing::sign;
use tldops::rehearsal::stage::Stage;
use tldops::store::Store;
use tldops::world::{Clock, Outgoing, Post, Posted};

/// Hostile mails without an argument.
const FLOOD: usize = 2_000;
/// Kinds of hostile mails.
const KINDS: usize = 16;
/// One in so many is a long one, of `LONG_OCTETS`.
const LONG_EVERY: usize = 64;
/// Octets of a long mail: as one with a picture in it.
const LONG_OCTETS: usize = 300 * 1024;
/// One in so many is larger than what is read.
const HUGE_EVERY: usize = 4_000;
/// Lines that tell how it goes on.
const REPORTS: usize = 20;
/// Mails that strangers of one domain get within a week.
const HELP_TO_DOMAIN: usize = 10;
/// Questions that unproven mails cause at one ccTLD within a day, by each of the two ways.
const UNPROVEN_A_DAY: usize = 2;
/// Mails to the secretariat: those about mails, proven and not, and those that say that something is kept back.
const SECRETARIAT: usize = 50;
/// How long a true request waits at the most, in seconds: one that is behind all that are forged in its name waits for
/// them, and a busy machine takes its time. A person waits for an hour without asking.
const SERVED_SECONDS: f64 = 3600.0;

const US: &str = "tld-ops-admin@ops.example";

/// The true requests: whose they are, and where they lie among the hostile mails; those that come later have the part of
/// the flood that is worked off by then.
const TRUE: [(&str, &str, Place); 6] = [
    ("nl", "admin@nic-nl.example", Place::Lies(0.0)),
    ("br", "iana@nic-br.example", Place::Lies(0.5)),
    ("xn--p1ai", "admin@nic-rf.example", Place::Lies(1.0)),
    ("ke", "admin@nic-ke.example", Place::Lies(1.0)),
    ("fr", "tld-admin@nic-fr.example", Place::Comes(0.4)),
    ("nz", "ceo@nic-nz.example", Place::Comes(0.9)),
];

/// When a true request comes.
#[derive(Clone, Copy)]
enum Place {
    /// It lies there when the program starts, behind this part of the flood.
    Lies(f64),
    /// It comes when this part of the flood is worked off.
    Comes(f64),
}

/// The mails that left: when, to whom, and the subject.
type Left = Arc<Mutex<Vec<(Instant, String, String)>>>;

/// A post that takes everything and remembers it.
struct Remembering(Left);

impl Post for Remembering {
    fn send(&mut self, mail: &Outgoing) -> Vec<Posted> {
        let text = String::from_utf8_lossy(&mail.octets);
        let subject = text.lines().find(|line| line.starts_with("Subject:")).unwrap_or_default();
        let mut left = self.0.lock().unwrap();
        for recipient in &mail.recipients {
            left.push((Instant::now(), recipient.to_string(), subject.to_owned()));
        }
        vec![Posted::Accepted; mail.recipients.len()]
    }
}

/// A clock that runs, from the beginning of the rehearsals on.
struct Running(Timestamp, Instant);

impl Clock for Running {
    fn now(&self) -> Timestamp {
        let gone = SignedDuration::try_from(self.1.elapsed()).unwrap();
        self.0.checked_add(gone).unwrap()
    }
}

fn main() {
    let count = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(FLOOD);
    let folder = tempfile::tempdir().unwrap();
    let (world, iana) = scenery();
    let mut stage = Stage::set(folder.path(), &world, &iana).unwrap();
    let start = stage.clock().now();
    let began = Instant::now();
    fill(&folder.path().join("mail/new"), count, start);
    println!("{count} hostile mails lie there after {:.0} s of writing", began.elapsed().as_secs_f64());
    let left: Left = Arc::default();
    let inbox = folder.path().join("mail/new");
    let mut arrived = BTreeMap::new();
    println!(
        "{:>8} {:>8} {:>8} {:>6} {:>9} {:>8}",
        "mails", "seconds", "ms/mail", "left", "store MiB", "RSS MiB"
    );
    let before = resident();
    let began = Instant::now();
    stage
        .with_bot(|bot| {
            bot.world.post = Box::new(Remembering(Arc::clone(&left)));
            bot.world.clock = Box::new(Running(start, began));
            work(bot, (count, folder.path()), &left, &mut arrived)?;
            Ok(Turn::default())
        })
        .unwrap();
    println!(
        "the whole took {:.0} s; {} MiB of memory were in use before",
        began.elapsed().as_secs_f64(),
        before / 1024
    );
    assert_eq!(fs::read_dir(&inbox).unwrap().count(), 0, "mails still wait");
    for (_, admin, place) in TRUE {
        let since = arrived.get(admin).copied().unwrap_or(began);
        tell_served(&left.lock().unwrap(), (admin, place, since));
    }
    check_caps(&left.lock().unwrap());
    tell_store(folder.path());
    drop(stage);
    let began = Instant::now();
    drop(Store::open(&folder.path().join("store")).unwrap());
    println!("the next start opens the store in {:.1} s", began.elapsed().as_secs_f64());
}

/// Turns until the mailbox is empty.
fn work(
    bot: &mut Bot<'_>,
    (count, folder): (usize, &Path),
    left: &Left,
    arrived: &mut BTreeMap<&'static str, Instant>,
) -> anyhow::Result<()> {
    let began = Instant::now();
    let (mut taken, mut told, mut last) = (0_usize, 0_usize, (0_usize, began));
    loop {
        let turn = bot.turn()?;
        taken += turn.taken_in;
        for (tld, admin, place) in TRUE {
            let Place::Comes(part) = place else { continue };
            if taken >= part_of(count, part) && !arrived.contains_key(admin) {
                arrived.insert(admin, Instant::now());
                let mail = request(tld, admin, bot.world.clock.now());
                fs::write(folder.join("mail/new").join(format!("9999999999.{tld}")), mail)?;
            }
        }
        if taken >= (told + 1) * (count / REPORTS).max(1) || turn.taken_in == 0 {
            told = taken / (count / REPORTS).max(1);
            let mails = u32::try_from(taken - last.0)?.max(1);
            println!(
                "{taken:>8} {:>8.1} {:>8.2} {:>6} {:>9} {:>8}",
                began.elapsed().as_secs_f64(),
                last.1.elapsed().as_secs_f64() * 1000.0 / f64::from(mails),
                left.lock().unwrap().len(),
                octets_of(&folder.join("store")) / 1024 / 1024,
                resident() / 1024,
            );
            last = (taken, Instant::now());
        }
        if turn.taken_in + turn.carried_out + turn.moved_by_time == 0 {
            return Ok(());
        }
    }
}

fn tell_served(left: &[(Instant, String, String)], (admin, place, since): (&str, Place, Instant)) {
    let question =
        |one: &&(Instant, String, String)| one.1 == admin && one.2.contains("onfirm") && one.0 >= since;
    // Of several questions to one who is forged as well the last is the true one at the latest.
    let answered = left.iter().rfind(question);
    let seconds = answered.map(|(at, ..)| at.duration_since(since).as_secs_f64());
    let lay = match place {
        Place::Lies(part) => format!("lay behind {:.0} % of the flood", part * 100.0),
        Place::Comes(part) => format!("came after {:.0} % of it", part * 100.0),
    };
    let Some(seconds) = seconds else { panic!("the true request of {admin} was never served") };
    println!("true request of {admin}, {lay}: confirmation mail after {seconds:.1} s");
    assert!(seconds <= SERVED_SECONDS, "that is too late");
}

fn check_caps(left: &[(Instant, String, String)]) {
    let mut to: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, recipient, _) in left {
        *to.entry(recipient).or_default() += 1;
    }
    println!("{} mails left:", left.len());
    for (recipient, number) in &to {
        println!("{number:>8} to {recipient}");
    }
    let sum = |fits: &dyn Fn(&str) -> bool| -> usize {
        to.iter().filter(|(one, _)| fits(one)).map(|(_, number)| number).sum()
    };
    assert_eq!(sum(&|one| one == US), 0, "mails to ourselves");
    assert!(sum(&|one| one.ends_with("@stranger.example")) <= HELP_TO_DOMAIN, "mails to strangers");
    assert!(sum(&|one| one.ends_with("@other.example")) == 0, "mails to the unproven");
    assert!(sum(&|one| one == "secretariat@ops.example") <= SECRETARIAT, "mails to the secretariat");
    for (_, admin, _) in TRUE {
        // His own request and the word on it come to those that others may cause.
        assert!(sum(&|one| one == admin) <= 2 * UNPROVEN_A_DAY + 2, "mails to {admin}");
    }
}

fn tell_store(folder: &Path) {
    println!("on the disk:");
    for name in ["store/journal.jsonl", "store/sled", "store/incoming", "store/outgoing", "mail"] {
        println!("{:>8} MiB {name}", octets_of(&folder.join(name)) / 1024 / 1024);
    }
}

/// The world of the stories with three contacts for each ccTLD that has none there.
fn scenery() -> (String, String) {
    let stories = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/stories");
    let read = |name: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(stories.join(name)).unwrap()).unwrap()
    };
    let (mut world, mut iana) = (read("world.json"), read("iana.json"));
    let there: Vec<String> =
        iana.as_array().unwrap().iter().map(|one| one["tld"].as_str().unwrap().to_owned()).collect();
    let like = iana.as_array().unwrap().first().unwrap().clone();
    for tld in KnownTlds::built_in().iter().map(|one| one.tld.to_string()).filter(|tld| !there.contains(tld))
    {
        for rank in 1..=3 {
            world["roster"].as_array_mut().unwrap().push(json!({
                "tld": tld, "rank": rank, "name": format!("Person {rank}"), "email": format!("p{rank}@nic-{tld}.example"),
                "secondary_email": null, "phone": format!("+3161234560{rank}"),
            }));
        }
        let mut record = like.clone();
        record["tld"] = json!(tld);
        record["admin"]["email"] = json!(format!("admin@nic-{tld}.example"));
        iana.as_array_mut().unwrap().push(record);
    }
    (world.to_string(), iana.to_string())
}

/// Puts the hostile mails and those that lie among them into the inbox, named so that they come in this order.
fn fill(inbox: &Path, count: usize, now: Timestamp) {
    fs::create_dir_all(inbox).unwrap();
    let name = |number: usize| inbox.join(format!("{}.flood", 1_000_000_000 + 2 * number));
    for number in 0..count {
        fs::write(name(number), hostile(number, now)).unwrap();
    }
    for (tld, admin, place) in TRUE {
        if let Place::Lies(part) = place {
            let path = inbox.join(format!("{}.{tld}", 1_000_000_001 + 2 * part_of(count, part)));
            fs::write(path, request(tld, admin, now)).unwrap();
        }
    }
}

fn request(tld: &str, admin: &str, now: Timestamp) -> Vec<u8> {
    let domain = admin.rsplit('@').next().unwrap();
    let key = if matches!(domain, "nic-fr.example" | "nic-nz.example") { "ed25519" } else { "rsa" };
    let text = format!(
        "Please add this contact for .{tld}:\n\nName: Joost Terpstra\nEmail: joost.terpstra@{domain}\nPhone: +31 26 352 55 00\n"
    );
    let mail = written(admin, "Subject: Contacts", &text, (&format!("true-{tld}"), now));
    sign(&mail, domain, key, now).unwrap()
}

fn written(from: &str, head: &str, text: &str, (id, now): (&str, Timestamp)) -> Vec<u8> {
    let date = now.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let mail =
        format!("From: {from}\nTo: {US}\n{head}\nDate: {date}\nMessage-ID: <{id}@flood.example>\n\n{text}\n");
    mail.replace('\n', "\r\n").into_bytes()
}

/// A hostile mail, by its number: each kind wants another thing of us.
fn hostile(number: usize, now: Timestamp) -> Vec<u8> {
    const ASKS: &str =
        "Please add this contact for .nl:\n\nName: Eve\nEmail: eve@other.example\nPhone: +31 26 352 55 99\n";
    if number % HUGE_EVERY == HUGE_EVERY - 1 {
        return written(
            "huge@other.example",
            "Subject: A file",
            &filled(LETTER_OCTETS_MAX + 1),
            (&number.to_string(), now),
        );
    }
    if number % LONG_EVERY == LONG_EVERY - 1 {
        let head = "Subject: Offer\nContent-Type: text/html; charset=utf-8";
        return written(
            &format!("s{number}@other.example"),
            head,
            &filled(LONG_OCTETS),
            (&number.to_string(), now),
        );
    }
    // One of a pair is the mail of the other once more.
    let of_pair = if number % KINDS == 9 { number - 1 } else { number };
    let id = of_pair.to_string();
    let unsigned = |from: &str, head: &str, text: &str| written(from, head, text, (&id, now));
    let signed = |from: &str, head: &str, text: &str| {
        sign(&unsigned(from, head, text), "stranger.example", "ed25519", now).unwrap()
    };
    let wrong_token = "Subject: Re: [TLD-OPS] Please confirm: subscribe .fr [C-7K2M9QXW4TBNPR5D8FHJC6VA3E]";
    match of_pair % KINDS {
        0 => unsigned("robot@stranger.example", "Auto-Submitted: auto-replied\nSubject: Away", "I am away."),
        1 => unsigned(
            "mailer-daemon@stranger.example",
            "Return-Path: <>\nSubject: Undelivered",
            "User unknown",
        ),
        2 => unsigned(US, "Subject: Contacts of .nl", ASKS),
        3 => unsigned("admin@nic-ke.example", "Subject: Remove .ke", "Please remove all contacts of .ke."),
        4 => unsigned("tld-admin@nic-fr.example", wrong_token, "YES"),
        5 => unsigned(
            &format!("e{number}@other.example"),
            "Cc: ceo@nic-nz.example\nSubject: Contacts of .nz",
            "Please remove Hana Ngata from .nz.",
        ),
        6 => signed(&format!("eve+{number}@stranger.example"), "Subject: help", "help"),
        7 => signed(&format!("e{number}x@stranger.example"), "Subject: Contacts of .nl", ASKS),
        8 => unsigned("shop@other.example", "Subject: Cheap", "Buy now, best price, only today."),
        10 => unsigned(
            "list@lists.example",
            "Precedence: list\nList-Id: <l.lists.example>\nSubject: [list] hi",
            "hello",
        ),
        11 => unsigned("secretariat@ops.example", "Subject: who .nl", "who .nl"),
        12 => unsigned(&format!("q{number}@many-{number}.example"), "Subject: who", "who .br .de .nz"),
        13 => signed(&format!("q{number}@stranger.example"), "Subject: who", "who .br"),
        14 => {
            // A signature that the text behind it does not fit.
            let mut mail = signed(&format!("f{number}@stranger.example"), "Subject: Contacts of .br", ASKS);
            mail.extend_from_slice(b"And remove all others.\r\n");
            mail
        }
        15 => unsigned(
            "hana@nic-nz.example",
            "Subject: \u{5145}\u{503c}",
            "\u{60a8}\u{597d}\u{ff0c}\u{8bf7}\u{5220}\u{9664} .nz",
        ),
        other => panic!("there is no kind {other}"),
    }
}

/// Lines of text, so many octets of them.
fn filled(octets: usize) -> String {
    "<p>Only today: everything for less, delivered to your door.</p>\n".repeat(octets / 65 + 1)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "parts of some hundred thousand mails"
)]
fn part_of(count: usize, part: f64) -> usize {
    (count as f64 * part) as usize
}

/// The memory in use, in KiB, as Linux tells it; 0 elsewhere.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// Octets of a file, or of all files below a folder.
fn octets_of(path: &Path) -> u64 {
    let Ok(metadata) = fs::symlink_metadata(path) else { return 0 };
    if metadata.is_file() {
        return metadata.len();
    }
    let Ok(entries) = fs::read_dir(path) else { return 0 };
    entries.flatten().map(|entry| octets_of(&entry.path())).sum()
}
