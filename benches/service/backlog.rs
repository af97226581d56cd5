//! Thousands of mails that wait: how fast they are taken in, beside a bare client, and what memory that costs.

use std::collections::BTreeMap;
use std::fs;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;
use std::time::Instant;

use tldops::rehearsal::people::fill_in;
use tldops::shell::clock::SystemClock;
use tldops::world::Clock as _;

use crate::ground::Ground;
use crate::ground::Program;
use crate::ground::cctlds;
use crate::ground::domain;
use crate::ground::rate;
use crate::ground::wait_for;
use crate::ground::written;
use crate::servers::dovecot::PASSWORD;
use crate::servers::dovecot::USER;
use crate::servers::site::ListKind;

/// Octets of a mail.
const OCTETS: usize = 4_096;
/// Mails that are handed over by one connection.
const DELIVERED_AT_ONCE: usize = 500;
/// How long the program settles down before its memory is read.
const REST: Duration = Duration::from_secs(3);
/// The ccTLDs of this world, with their contacts in IANA's snapshot.
const CCTLDS: usize = 250;

/// Memory at rest, then so many mails, and the memory after them.
pub(crate) fn measure(count: usize) {
    let tlds = cctlds(CCTLDS);
    let Some(ground) = Ground::start(&tlds, ListKind::OwnRoster) else { return };
    let program = Program::start(&ground);
    wait_for("the program watches its mailbox", || ground.mailbox.waited() > Duration::ZERO);
    std::thread::sleep(REST);
    println!("memory at rest, {} ccTLDs known: {} resident", tlds.len(), program.memory("VmRSS"));
    program.stop();

    let mails: Vec<String> = (0..count).map(|number| mail(number, &tlds[number % tlds.len()])).collect();
    for part in mails.chunks(DELIVERED_AT_ONCE) {
        ground.site.dovecot.deliver(part);
    }
    drop(mails);
    // The first pass is the server's own: it learns of the mails. The second is what a warm server gives.
    let (cold, warm) = (drain(&ground, count), drain(&ground, count));
    ground.forget();
    let log = fs::metadata(ground.site.path().join("log")).map_or(0, |file| file.len());
    let began = Instant::now();
    let program = Program::start(&ground);
    let end = ground.wait_until_over(0);
    let took = end.duration_since(began);
    println!(
        "backlog of {count} mails of {OCTETS} octets: {:.0}/s from the start of the program to the last move; a bare client \
         fetches {:.0}/s, and {:.0}/s at its first pass; ratio 1:{:.0}",
        rate(count, took),
        rate(count, warm),
        rate(count, cold),
        rate(count, warm) / rate(count, took)
    );
    println!("  of {:.1} s it waited for {}", took.as_secs_f64(), ground.waits());
    println!("  what became of them: {}", events(&ground, log));
    std::thread::sleep(REST);
    println!(
        "memory after {count} mails: {} resident, the most {}",
        program.memory("VmRSS"),
        program.memory("VmHWM")
    );
    program.stop();
}

/// What comes to a mailbox that many know: requests of strangers, machines, what is no request, signed and not.
fn mail(number: usize, tld: &str) -> String {
    let (from, head, body) = match number % 5 {
        0 => (
            "ann@stranger.example",
            "",
            format!(
                "Please add me to the contacts of .{tld}.\n\nName: Ann Bee\nEmail: ann@stranger.example\n"
            ),
        ),
        1 => (
            "joe@stranger.example",
            "Auto-Submitted: auto-replied\n",
            "I am out of the office until Monday.\n".to_owned(),
        ),
        2 => (
            "MAILER-DAEMON@stranger.example",
            "Auto-Submitted: auto-replied\n",
            "The mail <lost@list.example> could not be delivered: no such user.\n".to_owned(),
        ),
        3 => ("joe@stranger.example", "", "Thank you for the workshop, it was a pleasure.\n".to_owned()),
        _ => ("news", "", "Our newsletter: what is new at our registry this month.\n".to_owned()),
    };
    let domain = domain(tld);
    let signed = from == "news";
    let from = if signed { format!("news@{domain}") } else { from.to_owned() };
    let mut text = format!(
        "From: <{from}>\nTo: {USER}\nSubject: Mail {number}\nDate: {{date}}\nMessage-ID: <{number}@{domain}>\n{head}MIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\n\n{body}\n"
    );
    let line = "A line of a mail that says nothing of anybody, of which there are many.\n";
    text.push_str(&line.repeat(OCTETS.saturating_sub(text.len()) / line.len()));
    if signed {
        return written(&text, &[], &domain);
    }
    String::from_utf8(fill_in(&text, &[], SystemClock.now()).unwrap()).unwrap()
}

/// All mails by one command, thrown away: no client can be faster.
fn drain(ground: &Ground, count: usize) -> Duration {
    let stream = TcpStream::connect(("127.0.0.1", ground.site.dovecot.imap)).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::with_capacity(64 * 1024, stream);
    let mut ask = |tag: &str, command: &str| {
        reader.get_mut().write_all(format!("{tag} {command}\r\n").as_bytes()).unwrap();
        let (mut mails, mut line) = (0, Vec::new());
        loop {
            line.clear();
            reader.read_until(b'\n', &mut line).unwrap();
            let text = String::from_utf8_lossy(&line);
            if text.starts_with(&format!("{tag} ")) {
                return mails;
            }
            let literal = text.trim_end().strip_suffix('}').and_then(|text| text.rsplit_once('{'));
            if let Some((_, octets)) = literal {
                std::io::copy(&mut (&mut reader).take(octets.parse().unwrap()), &mut std::io::sink())
                    .unwrap();
                mails += 1;
            }
        }
    };
    ask("a", &format!("LOGIN {USER} \"{PASSWORD}\""));
    ask("b", "SELECT INBOX");
    let began = Instant::now();
    assert_eq!(ask("c", "UID FETCH 1:* (UID BODY.PEEK[])"), count, "the server gave all mails");
    began.elapsed()
}

/// How often each event stands in the log from this place on.
fn events(ground: &Ground, from: u64) -> String {
    let log = fs::read(ground.site.path().join("log")).unwrap();
    let text =
        String::from_utf8_lossy(log.get(usize::try_from(from).unwrap()..).unwrap_or_default()).into_owned();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()) {
        if let Some(event) = line["fields"]["event"].as_str() {
            *counts.entry(event.to_owned()).or_default() += 1;
        }
    }
    counts.iter().map(|(event, count)| format!("{event} {count}")).collect::<Vec<_>>().join(", ")
}
