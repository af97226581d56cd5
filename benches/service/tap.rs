//! A relay in front of a server of this machine that notes when what was waited for passed by.

use std::io::Read as _;
use std::io::Write as _;
use std::net::Shutdown;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;
use std::time::Instant;

/// Octets that are carried at once.
const CHUNK_OCTETS: usize = 64 * 1024;
/// Octets of a line that is looked at; what is longer is no line of a dialogue.
const LINE_OCTETS_MAX: usize = 1_000;

/// What is noted of a server's line, given the client's line before it; none where it is of no interest.
pub(crate) type Looks = fn(client: &str, server: &str) -> Option<Mark>;

/// What passed by.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mark {
    /// The IMAP server told the connection that waits (RFC 2177) of a mail.
    Exists,
    /// The IMAP server has moved mails.
    Moved,
    /// The mail server has taken a mail.
    Taken,
    /// The list server has a new member.
    Subscribed,
}

/// A relay, until the measurement ends.
#[derive(Clone)]
pub(crate) struct Tap {
    /// Where it listens.
    pub(crate) port: u16,
    noted: Arc<Mutex<Noted>>,
}

#[derive(Default)]
struct Noted {
    marks: Vec<(Instant, Mark)>,
    /// How long clients waited for the server's first word to what they said, connections that wait for mail left out.
    waited: Duration,
}

/// What was said last on one connection.
#[derive(Default)]
struct Dialogue {
    client: String,
    asked: Option<Instant>,
}

impl Tap {
    /// In front of a server on this machine. No connection is private, so that what passes can be read.
    pub(crate) fn of(server: u16, looks: Looks) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let noted = Arc::new(Mutex::new(Noted::default()));
        let tap = Self { port, noted };
        let relay = tap.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // A server that is gone is told by the end of the stream.
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                relay.carry(&client, &server, looks);
            }
        });
        tap
    }

    /// What passed by since the last call of [`Tap::forget`], in order.
    pub(crate) fn marks(&self, of: Mark) -> Vec<Instant> {
        let noted = self.noted.lock().unwrap();
        noted.marks.iter().filter(|(_, mark)| *mark == of).map(|(at, _)| *at).collect()
    }

    /// When the last of all marks passed by.
    pub(crate) fn last(&self) -> Option<Instant> {
        self.noted.lock().unwrap().marks.last().map(|(at, _)| *at)
    }

    /// How long the program waited for this server.
    pub(crate) fn waited(&self) -> Duration {
        self.noted.lock().unwrap().waited
    }

    /// Begins anew.
    pub(crate) fn forget(&self) {
        *self.noted.lock().unwrap() = Noted::default();
    }

    fn carry(&self, client: &TcpStream, server: &TcpStream, looks: Looks) {
        for stream in [client, server] {
            stream.set_nodelay(true).unwrap();
        }
        let dialogue = Arc::new(Mutex::new(Dialogue::default()));
        let (from, to, heard) =
            (client.try_clone().unwrap(), server.try_clone().unwrap(), Arc::clone(&dialogue));
        thread::spawn(move || {
            pass(from, to, |line, whole| {
                let mut dialogue = heard.lock().unwrap();
                dialogue.asked.get_or_insert_with(Instant::now);
                if whole {
                    line.clone_into(&mut dialogue.client);
                }
            });
        });
        let (from, to, tap) = (server.try_clone().unwrap(), client.try_clone().unwrap(), self.clone());
        thread::spawn(move || {
            pass(from, to, |line, whole| tap.heard(&dialogue, (line, whole), looks));
        });
    }

    /// The server said something.
    fn heard(&self, dialogue: &Mutex<Dialogue>, (line, whole): (&str, bool), looks: Looks) {
        let now = Instant::now();
        let mut dialogue = dialogue.lock().unwrap();
        let mut noted = self.noted.lock().unwrap();
        if let Some(asked) = dialogue.asked.take().filter(|_| !is_idle(&dialogue.client)) {
            noted.waited += now.duration_since(asked);
        }
        if whole && let Some(mark) = looks(&dialogue.client, line) {
            noted.marks.push((now, mark));
        }
    }
}

/// The lines of the mailbox.
pub(crate) fn of_mailbox(client: &str, server: &str) -> Option<Mark> {
    let tag = client.split(' ').next().unwrap_or_default();
    if is_idle(client) && server.ends_with(" EXISTS") {
        Some(Mark::Exists)
    } else if client.contains(" UID MOVE ")
        && server.strip_prefix(tag).is_some_and(|end| end.starts_with(" OK"))
    {
        Some(Mark::Moved)
    } else {
        None
    }
}

/// The lines of the mail server.
pub(crate) fn of_post(client: &str, server: &str) -> Option<Mark> {
    (client == "." && server.starts_with("250")).then_some(Mark::Taken)
}

/// The lines of the list server.
pub(crate) fn of_list(_: &str, server: &str) -> Option<Mark> {
    (server.starts_with("HTTP/1.") && server.contains(" 201")).then_some(Mark::Subscribed)
}

fn is_idle(client: &str) -> bool {
    client.ends_with(" IDLE")
}

/// Carries octets on, each chunk after it was looked at: what is noted is never later than what the other side learns. A
/// line that is not yet whole is told too, as no line.
fn pass(mut from: TcpStream, mut to: TcpStream, mut look: impl FnMut(&str, bool)) {
    let mut chunk = vec![0; CHUNK_OCTETS];
    let mut line = Vec::new();
    while let Ok(count @ 1..) = from.read(&mut chunk) {
        let octets = &chunk[..count];
        look("", false);
        for octet in octets {
            match octet {
                b'\n' => {
                    look(String::from_utf8_lossy(&line).trim_end(), true);
                    line.clear();
                }
                octet if line.len() < LINE_OCTETS_MAX => line.push(*octet),
                _ => {}
            }
        }
        if to.write_all(octets).is_err() {
            break;
        }
    }
    drop(to.shutdown(Shutdown::Write));
}
