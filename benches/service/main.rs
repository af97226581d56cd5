//! What the running service takes: `cargo bench --bench service -- latency 40`, or backlog, requests, memory.
//!
//! The program is a child, with Dovecot, Postfix, Knot and Mailman 3 on this machine and a relay of ours in front of each of
//! them but Knot. The relays read what passes, so those connections have no TLS; what they cost is counted as the
//! program's. All servers share the processors with it, and what counts are the ratios within one run.
//!
//! *latency*: from the moment in which the EXISTS line arrives for the program on its connection in IDLE (Dovecot waits half
//! a second before it says so; the program looks by itself once an hour only) to the mail server's 250 after the reply's last
//! octet, and to the list server's 201. The times of both servers are within it.
//!
//! *backlog*, *memory*: mails of five kinds, a fifth of them signed, wait when the program starts; until the last of them is
//! moved. A bare client fetches the same mails before, and throws them away.
//!
//! *requests*: each ccTLD asks for one new contact. All requests wait when the program starts, then all answers of admin
//! contacts, then those of contacts; the three times from its start to its last deed are added. Beside it Mailman's own
//! joins and confirmations by mail, which prove no sender and ask nobody else.
//!
//! `TLDOPS_PROGRAM=…` measures another build of the program.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement reads the clock, prints what it found, and may end where something fails"
)]

mod backlog;
mod ground;
mod latency;
mod peer;
mod requests;
mod tap;

#[path = "../../tests/it/servers/mod.rs"]
#[expect(dead_code, reason = "the tests need more of the servers")]
mod servers;

use crate::ground::load;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let count = arguments.iter().find_map(|word| word.parse::<usize>().ok());
    let what = arguments.iter().find(|word| word.parse::<usize>().is_err()).map(String::as_str);
    println!("load of the machine: {}", load());
    match what {
        Some("latency") => latency::measure(count.unwrap_or(20)),
        Some("backlog" | "memory") => backlog::measure(count.unwrap_or(10_000)),
        Some("requests") => requests::measure(count.unwrap_or(200)),
        Some(other) => println!("`{other}` is none of: latency, backlog, requests, memory"),
        None => {
            latency::measure(5);
            backlog::measure(1_000);
            requests::measure(20);
        }
    }
    println!("load of the machine: {}", load());
}
