//! The DNS over the network: a real name server on this machine, and servers that misbehave in every way.

#![expect(clippy::disallowed_methods, reason = "how long a server is waited for is measured by the clock")]

use std::net::SocketAddr;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;
use std::time::Instant;

use tldops::domain::evidence::DnsAnswer;
use tldops::domain::evidence::DnsQuestion;
use tldops::proof::Examination;
use tldops::shell::dns::Dns;
use tldops::shell::dns::LIMITS;
use tldops::world::Resolver as _;

use crate::court::NOW;
use crate::court::summary;
use crate::servers::name_server::NameServer;
use crate::servers::name_server::on_loopback;
use crate::servers::name_server::skip;
use crate::signer::ADMIN;
use crate::signer::Signer;
use crate::signer::public_key;

/// What is said of a question that got no answer.
const LATE: &str = "temporary: no answer came in time";

fn ask(servers: &[SocketAddr], name: &str) -> DnsAnswer {
    let question = DnsQuestion { name: name.to_owned() };
    let mut answers = Dns::by(servers).unwrap().answers(std::slice::from_ref(&question));
    answers.remove(&question).unwrap()
}

fn in_words(answer: DnsAnswer) -> String {
    match answer {
        DnsAnswer::Records(mut records) => {
            // Servers may give several records in any order (RFC 1034 §3.6).
            records.sort();
            let texts: Vec<_> = records.iter().map(|text| String::from_utf8_lossy(text)).collect();
            texts.join(" | ")
        }
        DnsAnswer::Absent => "absent".to_owned(),
        DnsAnswer::Temporary(reason) => format!("temporary: {reason}"),
    }
}

#[track_caller]
fn check(server: &NameServer, name: &str, want: &str) {
    assert_eq!(in_words(ask(&[server.address()], name)), want, "{name}");
}

/// A text of this many octets in strings of 250.
fn long_text(octets: usize) -> String {
    let strings: Vec<String> = (0..octets / 250).map(|number| format!("\"{number:-<250}\"")).collect();
    strings.join(" ")
}

fn zones() -> Vec<(&'static str, Option<String>)> {
    let own = format!(
        "one TXT \"v=DKIM1; \" \"p=x\"\n\
         two TXT \"first\"\ntwo TXT \"sec\" \"ond\"\n\
         octets TXT \"\\000\\255\\\"\"\n\
         long TXT {}\n\
         many TXT \"a\"\nmany MX 10 mail.nic-xa.example.\n\
         alias CNAME one\nalias2 CNAME alias\n\
         away CNAME key.nic-xb.example.\nnowhere CNAME none.nic-xb.example.\nempty CNAME mail.nic-xb.example.\n\
         sick CNAME a.broken.example.\nloop CNAME pool\npool CNAME loop\n\
         mail A 192.0.2.1\n\
         child NS ns.child.nic-xa.example.\nns.child A 192.0.2.1",
        long_text(20_000)
    );
    let other = "key TXT \"other\"\nmail A 192.0.2.1".to_owned();
    vec![("nic-xa.example", Some(own)), ("nic-xb.example", Some(other)), ("broken.example", None)]
}

#[test]
fn text_records_come_whole_and_apart() {
    let Some(server) = NameServer::start(&zones()) else { return skip() };
    check(&server, "one.nic-xa.example", "v=DKIM1; p=x");
    check(&server, "ONE.nic-XA.example", "v=DKIM1; p=x");
    check(&server, "two.nic-xa.example", "first | second");
    check(&server, "many.nic-xa.example", "a");
    let octets = ask(&[server.address()], "octets.nic-xa.example");
    assert_eq!(octets, DnsAnswer::Records(vec![vec![0, 255, b'"']]));
}

#[test]
fn an_answer_that_is_too_long_for_udp_comes_by_tcp() {
    let Some(server) = NameServer::start(&zones()) else { return skip() };
    let want = long_text(20_000).replace([' ', '"'], "");
    check(&server, "long.nic-xa.example", &want);
}

#[test]
fn aliases_are_followed_to_their_end() {
    let Some(server) = NameServer::start(&zones()) else { return skip() };
    check(&server, "alias2.nic-xa.example", "v=DKIM1; p=x");
    check(&server, "away.nic-xa.example", "other");
    check(&server, "nowhere.nic-xa.example", "absent");
    check(&server, "empty.nic-xa.example", "absent");
    check(&server, "sick.nic-xa.example", "temporary: the server answered SERVFAIL");
    let looped = ask(&[server.address()], "loop.nic-xa.example");
    assert!(!matches!(looped, DnsAnswer::Records(_)), "{looped:?}");
}

#[test]
fn what_does_not_exist_differs_from_what_cannot_be_told() {
    let Some(server) = NameServer::start(&zones()) else { return skip() };
    check(&server, "none.nic-xa.example", "absent");
    check(&server, "mail.nic-xa.example", "absent");
    check(&server, "a.broken.example", "temporary: the server answered SERVFAIL");
    check(&server, "a.stranger.example", "temporary: the server answered REFUSED");
    check(
        &server,
        "a.child.nic-xa.example",
        "temporary: the server only names other servers: it is no resolver",
    );
}

#[test]
fn answers_are_remembered() {
    let Some(server) = NameServer::start(&zones()) else { return skip() };
    let question = DnsQuestion { name: "alias.nic-xa.example".to_owned() };
    let absent = DnsQuestion { name: "none.nic-xa.example".to_owned() };
    let mut dns = Dns::by(&[server.address()]).unwrap();
    let first = dns.answers(&[question.clone(), absent.clone()]);
    drop(server);
    assert_eq!(dns.answers(&[question, absent]), first);
    let fresh = DnsQuestion { name: "one.nic-xa.example".to_owned() };
    let answers = dns.answers(std::slice::from_ref(&fresh));
    assert!(matches!(answers[&fresh], DnsAnswer::Temporary(_)), "{answers:?}");
}

#[test]
fn a_second_server_answers_for_one_that_is_silent() {
    let Some(server) = NameServer::start(&zones()) else { return skip() };
    let silent = UdpSocket::bind(on_loopback(0)).unwrap();
    let servers = [silent.local_addr().unwrap(), server.address()];
    assert_eq!(in_words(ask(&servers, "one.nic-xa.example")), "v=DKIM1; p=x");
}

#[test]
fn a_signed_mail_is_proven_over_the_network() {
    let key = |name: &str| {
        let text = format!("v=DKIM1; k=rsa; p={}", public_key(name));
        let strings: Vec<String> = text
            .as_bytes()
            .chunks(200)
            .map(|part| format!("\"{}\"", String::from_utf8_lossy(part)))
            .collect();
        strings.join(" ")
    };
    let records = format!(
        "2026._domainkey TXT {own}\n2026._domainkey.mail TXT {own}\n_dmarc TXT \"v=DMARC1; p=none\"\n\
         other._domainkey TXT {forger}\n",
        own = key("rsa2048"),
        forger = key("forger"),
    );
    let zones = [("nic-xa.example", Some(records)), ("broken.example", None)];
    let Some(server) = NameServer::start(&zones) else { return skip() };
    let mut dns = Dns::by(&[server.address()]).unwrap();
    let mut judge = |signer: &Signer, from: &str| {
        let mail = format!(
            "From: {from}\nTo: bot@tldops.example\nSubject: s\nDate: Fri, 20 Nov 2026 18:05:31 +0000\n\
             Message-ID: <1@nic-xa.example>\n\nhello\n"
        );
        let examination = Examination::new(
            &signer.sign(mail.as_bytes()),
            &["bot@tldops.example".parse().unwrap()],
            NOW.parse().unwrap(),
        );
        summary(&examination.judge(&dns.answers(&examination.questions())))
    };
    let admin = "admin@nic-xa.example";
    let good = "authenticated admin@nic-xa.example: dkim: ";
    assert_eq!(judge(&ADMIN, admin), format!("{good}nic-xa.example s=2026 pass, aligned"));
    let below = Signer { domain: "mail.nic-xa.example", ..ADMIN };
    assert_eq!(judge(&below, admin), format!("{good}mail.nic-xa.example s=2026 pass, aligned"));
    let forged = judge(&Signer { selector: "other", ..ADMIN }, admin);
    assert!(forged.starts_with("refused: "), "{forged}");
    let unknown = judge(&Signer { selector: "none", ..ADMIN }, admin);
    assert!(unknown.starts_with("refused: ") && unknown.contains("does not exist"), "{unknown}");
    let later = judge(&Signer { domain: "broken.example", ..ADMIN }, "admin@broken.example");
    assert!(later.starts_with("later: ") && later.contains("SERVFAIL"), "{later}");
}

/// A server that answers every question in its own way, until it is dropped.
struct Odd {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Odd {
    fn start(reply: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> Self {
        let socket = UdpSocket::bind(on_loopback(0)).unwrap();
        let address = socket.local_addr().unwrap();
        let stopped = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stopped);
        let thread = std::thread::spawn(move || {
            let mut octets = [0; 1500];
            while !told.load(Ordering::SeqCst) {
                // A client that has gone away already makes this fail, and the next one may still come.
                if let Ok((length, from)) = socket.recv_from(&mut octets)
                    && length > 0
                {
                    drop(socket.send_to(&reply(&octets[..length]), from));
                }
            }
        });
        Self { address, stopped, thread: Some(thread) }
    }
}

impl Drop for Odd {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // An empty packet wakes the thread, so that it sees that it is to end.
        let waker = UdpSocket::bind(on_loopback(0)).unwrap();
        waker.send_to(&[], self.address).unwrap();
        self.thread.take().unwrap().join().unwrap();
    }
}

/// The question with other flags and counts, and something behind it: octets 2 and 3 are the flags, 6 and 7 the number
/// of answers (RFC 1035 §4.1.1).
fn reply(question: &[u8], flags: u16, answers: u16, behind: &[u8]) -> Vec<u8> {
    let mut octets = question.to_vec();
    octets[2..4].copy_from_slice(&flags.to_be_bytes());
    octets[6..8].copy_from_slice(&answers.to_be_bytes());
    // What the question has behind itself, its own extension, goes.
    octets[10..12].copy_from_slice(&[0, 0]);
    let name_end = 12 + octets[12..].iter().position(|octet| *octet == 0).unwrap();
    octets.truncate(name_end + 5);
    octets.extend_from_slice(behind);
    octets
}

/// A TXT record of one string, for the name of the question or for another one.
fn text(name: &[u8], words: &str) -> Vec<u8> {
    let length = u8::try_from(words.len()).unwrap();
    let head = [0, 16, 0, 1, 0, 0, 0, 60, 0, length + 1, length];
    [name, &head, words.as_bytes()].concat()
}

const SAME_NAME: &[u8] = &[0xc0, 12];
/// A response, with recursion asked for and available.
const PLAIN: u16 = 0x8180;
const TRUNCATED: u16 = 0x8380;

#[track_caller]
fn check_odd(odd: impl Fn(&[u8]) -> Vec<u8> + Send + 'static, want: &str) {
    let server = Odd::start(odd);
    let began = Instant::now();
    let got = in_words(ask(&[server.address], "k.nic-xa.example"));
    assert!(began.elapsed() < LIMITS.question + Duration::from_secs(2), "{:?}", began.elapsed());
    assert!(got.starts_with(want), "{got}");
}

#[test]
fn a_plain_answer_made_by_hand_is_taken() {
    check_odd(|question| reply(question, PLAIN, 1, &text(SAME_NAME, "hello")), "hello");
}

#[test]
fn a_server_that_never_answers_costs_little_time() {
    let silent = UdpSocket::bind(on_loopback(0)).unwrap();
    let began = Instant::now();
    assert_eq!(in_words(ask(&[silent.local_addr().unwrap()], "k.nic-xa.example")), LATE);
    assert!(began.elapsed() < LIMITS.question + Duration::from_secs(2), "{:?}", began.elapsed());
}

#[test]
fn a_truncated_answer_is_never_taken_for_the_whole() {
    // Nobody listens for TCP there.
    check_odd(|question| reply(question, TRUNCATED, 1, &text(SAME_NAME, "hello")), "temporary: ");
    check_odd(|question| reply(question, TRUNCATED, 0, &[]), "temporary: ");
}

/// What a server makes of a question.
type Reply = fn(&[u8]) -> Vec<u8>;

/// Checks that none of these replies is taken for an answer; all at once, since each is waited for in vain.
fn check_none_is_taken(replies: &[Reply]) {
    std::thread::scope(|scope| {
        for odd in replies.iter().copied() {
            scope.spawn(move || check_odd(odd, "temporary: "));
        }
    });
}

#[test]
fn garbage_is_no_answer() {
    check_none_is_taken(&[
        |_| b"\xff\x00garbage".to_vec(),
        |question| reply(question, PLAIN, 7, &[0xc0, 0xff, 1, 2, 3]),
        <[u8]>::to_vec,
    ]);
}

#[test]
fn the_answer_to_another_question_is_no_answer() {
    // The id of the message, and the first letter of the name.
    check_none_is_taken(&[|question| changed_at(question, 0), |question| changed_at(question, 13)]);
}

fn changed_at(question: &[u8], place: usize) -> Vec<u8> {
    let mut octets = reply(question, PLAIN, 1, &text(SAME_NAME, "hello"));
    octets[place] ^= 1;
    octets
}

#[test]
fn records_of_other_names_are_left_out() {
    let other = b"\x01k\x06nic-xb\x07example\x00";
    check_odd(move |question| reply(question, PLAIN, 1, &text(other, "forged")), "absent");
    check_odd(
        move |question| {
            let both = [text(other, "forged"), text(SAME_NAME, "own")].concat();
            reply(question, PLAIN, 2, &both)
        },
        "own",
    );
}

#[test]
fn failures_of_the_server_are_temporary() {
    for (code, word) in
        [(1, "FORMERR"), (2, "SERVFAIL"), (5, "REFUSED"), (4, "the error 4"), (12, "the error 12")]
    {
        check_odd(
            move |question| reply(question, PLAIN | code, 0, &[]),
            &format!("temporary: the server answered {word}"),
        );
    }
    // A record beside a failure is none.
    check_odd(|question| reply(question, PLAIN | 0x2, 1, &text(SAME_NAME, "hello")), "temporary: ");
    check_odd(|question| reply(question, PLAIN | 0xc, 1, &text(SAME_NAME, "hello")), "temporary: ");
}

#[test]
fn names_that_are_none_are_never_asked_for() {
    let silent = UdpSocket::bind(on_loopback(0)).unwrap();
    silent.set_nonblocking(true).unwrap();
    for name in ["a b.nic-xa.example", "a\\.nic-xa.example", "nic-xa.example.", "b\u{fc}cher.example", ""] {
        assert_eq!(ask(&[silent.local_addr().unwrap()], name), DnsAnswer::Absent, "{name}");
    }
    assert!(silent.recv(&mut [0; 512]).is_err(), "something was asked");
}
