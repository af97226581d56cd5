//! Mailman's own way of subscribing by mail, on the same machine in the same run.

use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::Instant;

use serde_json::Value;

use crate::ground::rate;
use crate::ground::wait_for;
use crate::servers::mailman::LIST_ID;
use crate::servers::mailman::Mailman;
use crate::servers::mailman::UNUSED;
use crate::servers::ports::free_ports;

/// The parts of Mailman by which people subscribe themselves.
const FOR_PEOPLE: [&str; 4] = ["command", "in", "lmtp", "virgin"];
/// Where who wants to be a member writes to.
const JOIN: &str = "tld-ops-join@lists.example";

/// So many addresses join, and all confirm. What it sends stays in its queue: no time goes into handing it over.
pub(crate) fn measure(count: usize) {
    let [lmtp] = free_ports();
    let unused: Vec<&str> = UNUSED.into_iter().filter(|part| !FOR_PEOPLE.contains(part)).collect();
    let lines = format!("lmtp_host: 127.0.0.1\nlmtp_port: {lmtp}\n");
    let Some(mailman) = Mailman::start_without(&unused, &lines) else { return };
    wait_for("the list server takes mails", || TcpStream::connect(("127.0.0.1", lmtp)).is_ok());
    let people: Vec<String> = (0..count).map(|number| format!("person{number}@stranger.example")).collect();
    let joins: Vec<(String, String)> =
        people.iter().map(|person| (person.clone(), JOIN.to_owned())).collect();
    let began = Instant::now();
    hand_in(lmtp, &joins);
    let pending = format!("/lists/{LIST_ID}/requests?token_owner=subscriber&count=5000&page=1");
    let mut waiting = Value::Null;
    wait_for("all are asked to confirm", || {
        waiting = mailman.ask("GET", &pending, &Value::Null).1;
        waiting["entries"].as_array().map_or(0, Vec::len) >= count
    });
    let joined = began.elapsed();
    let word = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    let entries = waiting["entries"].as_array().cloned().unwrap_or_default();
    let confirmations: Vec<(String, String)> = entries
        .iter()
        .map(|entry| {
            (word(entry, "email"), format!("tld-ops-confirm+{}@lists.example", word(entry, "token")))
        })
        .collect();
    let began = Instant::now();
    hand_in(lmtp, &confirmations);
    wait_for("all are members", || {
        let list = mailman.ask("GET", &format!("/lists/{LIST_ID}"), &Value::Null).1;
        list["member_count"].as_u64().is_some_and(|members| usize::try_from(members).unwrap() >= count)
    });
    let whole = joined + began.elapsed();
    println!(
        "Mailman's own join and confirmation by mail: {:.1} confirmed a second ({count} in {:.1} s, of which to be asked {:.1} s)",
        rate(count, whole),
        whole.as_secs_f64(),
        joined.as_secs_f64()
    );
}

/// Hands mails to Mailman by LMTP (RFC 2033): who writes, and to whom.
fn hand_in(port: u16, mails: &[(String, String)]) {
    let mut reader = BufReader::new(TcpStream::connect(("127.0.0.1", port)).unwrap());
    let mut ask = |words: &str, want: &str| {
        reader.get_mut().write_all(words.as_bytes()).unwrap();
        let mut line = String::new();
        loop {
            line.clear();
            reader.read_line(&mut line).unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                break;
            }
        }
        assert!(line.starts_with(want), "{words} is answered {line}");
    };
    ask("", "220");
    ask("LHLO test.example\r\n", "250");
    for (number, (from, to)) in mails.iter().enumerate() {
        ask(&format!("MAIL FROM:<{from}>\r\n"), "250");
        ask(&format!("RCPT TO:<{to}>\r\n"), "250");
        ask("DATA\r\n", "354");
        ask(
            &format!(
                "From: <{from}>\r\nTo: <{to}>\r\nSubject: \r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\
                 Message-ID: <{number}.{}@stranger.example>\r\n\r\n\r\n.\r\n",
                to.len()
            ),
            "250",
        );
    }
    ask("QUIT\r\n", "221");
}
