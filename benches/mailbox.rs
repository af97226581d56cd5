//! How fast waiting mails are taken from an IMAP server, beside a bare client: `cargo bench --bench mailbox -- 2000`.
//!
//! The server is Dovecot on this machine, as for the tests. The bare client asks for all mails by one command over the same
//! kind of connection and throws them away: no client can be faster. Both take turns within the same seconds, and what
//! counts is their ratio. A mail in the inbox has 4 KiB.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement reads the clock, prints what it found, and may end where there is no server"
)]

#[path = "../tests/it/servers"]
#[expect(dead_code, reason = "the tests need more of the server")]
mod servers {
    pub(crate) mod daemon;
    pub(crate) mod dialogue;
    pub(crate) mod dovecot;
    pub(crate) mod ports;
}

use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use rustls::ClientConfig;
use rustls::ClientConnection;
use rustls::RootCertStore;
use rustls::StreamOwned;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject as _;
use tldops::shell::chance::SeededChance;
use tldops::shell::imap::Folders;
use tldops::shell::imap::Imap;
use tldops::shell::server::Security;
use tldops::world::Filing;
use tldops::world::Mailbox as _;

use crate::servers::dovecot::Dovecot;
use crate::servers::dovecot::PASSWORD;
use crate::servers::dovecot::USER;

/// Mails where no number is given.
const MAILS: usize = 2_000;
/// Octets of a mail.
const OCTETS: usize = 4_096;
/// Turns of each; the middle one counts.
const TURNS: usize = 7;

fn main() -> anyhow::Result<()> {
    let number = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(MAILS);
    let Some(server) = Dovecot::start() else {
        println!("there is no dovecot; tests/run installs it as root");
        return Ok(());
    };
    let began = Instant::now();
    let mails: Vec<String> = (0..number).map(mail).collect();
    server.deliver(&mails);
    println!("{number} mails delivered by LMTP: {}", rate(number, began.elapsed()));
    for security in [Security::None, Security::Tls] {
        let (mut bare, mut ours) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            bare.push(bare_turn(&server, security, number));
            ours.push(our_turn(&server, security, number)?);
        }
        let (bare, ours) = (middle(bare), middle(ours));
        let ratio = bare.as_secs_f64() / ours.as_secs_f64();
        println!(
            "{security:?}: bare {}, listed and fetched one by one by us {}, ratio {ratio:.2}",
            rate(number, bare),
            rate(number, ours)
        );
    }
    filing(&server, number)?;
    println!("most memory: {}", memory_most());
    Ok(())
}

fn mail(number: usize) -> String {
    let head = format!(
        "From: Ann <ann@nic.example>\r\nTo: {USER}\r\nSubject: mail {number}\r\nMessage-ID: <{number}@nic.example>\r\n\
         Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\n"
    );
    let line = "A line of a mail that has as many octets as a request has.\r\n";
    let lines = OCTETS.saturating_sub(head.len()) / line.len();
    head + &line.repeat(lines)
}

/// What the server gives to a client that does nothing with it.
fn bare_turn(server: &Dovecot, security: Security, number: usize) -> Duration {
    let stream = TcpStream::connect(("127.0.0.1", server.port(security))).unwrap();
    stream.set_nodelay(true).unwrap();
    if security == Security::None {
        return drain(stream, number);
    }
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(server.ca_file()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let name = ServerName::try_from("127.0.0.1").unwrap();
    drain(StreamOwned::new(ClientConnection::new(config, name).unwrap(), stream), number)
}

fn drain(stream: impl Read + std::io::Write, number: usize) -> Duration {
    let mut reader = BufReader::with_capacity(64 * 1024, stream);
    let mut ask = |command: &str| {
        reader.get_mut().write_all(command.as_bytes()).unwrap();
        reader.get_mut().flush().unwrap();
        let tag = command.split(' ').next().unwrap_or_default();
        let (mut mails, mut line) = (0, Vec::new());
        loop {
            line.clear();
            reader.read_until(b'\n', &mut line).unwrap();
            let text = String::from_utf8_lossy(&line);
            if text.starts_with(tag) {
                return mails;
            }
            if let Some((_, announced)) =
                text.trim_end().strip_suffix('}').and_then(|text| text.rsplit_once('{'))
            {
                let octets = announced.parse().unwrap();
                std::io::copy(&mut (&mut reader).take(octets), &mut std::io::sink()).unwrap();
                mails += 1;
            }
        }
    };
    ask(&format!("a LOGIN {USER} \"{PASSWORD}\"\r\n"));
    ask("b SELECT INBOX\r\n");
    let began = Instant::now();
    let mails = ask("c UID FETCH 1:* (UID BODY.PEEK[])\r\n");
    let took = began.elapsed();
    assert_eq!(mails, number, "the server gave all mails");
    took
}

/// What a turn of the program asks of the mailbox: a listing with sizes and times, and each mail by its id.
fn our_turn(server: &Dovecot, security: Security, number: usize) -> anyhow::Result<Duration> {
    let mut mailbox = Imap::open(server.settings(security, None), &mut SeededChance::new(1))?;
    // Connecting is not measured: a connection is kept.
    mailbox.waiting(1)?;
    let began = Instant::now();
    let waiting = mailbox.waiting(20_000)?;
    assert_eq!(waiting.len(), number, "the server listed all mails");
    for waiting in &waiting {
        assert!(mailbox.fetch(&waiting.id, 10 * 1024 * 1024)?.is_some(), "the server gave every mail");
    }
    Ok(began.elapsed())
}

/// Half of the mails by keyword, then all of them by moves.
fn filing(server: &Dovecot, number: usize) -> anyhow::Result<()> {
    let folders = Folders { done: "Done".into(), held: "Held".into(), ignored: "Ignored".into() };
    for (what, filed, share) in [("a keyword", None, number / 2), ("a move", Some(folders), number)] {
        let mut mailbox = Imap::open(server.settings(Security::Tls, filed), &mut SeededChance::new(1))?;
        let waiting = mailbox.waiting(share)?;
        for waiting in &waiting {
            mailbox.file(&waiting.id, Filing::Done)?;
        }
        let began = Instant::now();
        mailbox.settle()?;
        println!("{} mails filed by {what}: {}", waiting.len(), rate(waiting.len(), began.elapsed()));
    }
    Ok(())
}

fn middle(mut turns: Vec<Duration>) -> Duration {
    turns.sort();
    turns.get(turns.len() / 2).copied().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn rate(number: usize, took: Duration) -> String {
    format!("{:.0}/s", number as f64 / took.as_secs_f64())
}

/// The most memory that this process had (proc(5)), mails made for the delivery with it.
fn memory_most() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("unknown").trim().to_owned()
}
