//! A conversation of lines with a server, as SMTP and LMTP have it: each command must get the answer that was hoped for.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// How long one answer may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// A connection to a server on this machine.
pub(crate) struct Dialogue(BufReader<TcpStream>);

impl Dialogue {
    /// Connects, and reads no greeting yet. None where nobody listens.
    pub(crate) fn with(port: u16) -> Option<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
        stream.set_read_timeout(Some(ANSWER_TIME_MAX)).unwrap();
        Some(Self(BufReader::new(stream)))
    }

    /// Whether somebody listens there, and says anything at all.
    pub(crate) fn greets(port: u16) -> bool {
        Self::with(port).is_some_and(|mut dialogue| {
            dialogue.0.read_line(&mut String::new()).is_ok_and(|octets| octets > 0)
        })
    }

    /// Says something, if anything, and reads an answer that may have several lines; its last line begins as is wanted.
    #[track_caller]
    pub(crate) fn ask(&mut self, octets: &[u8], want: &str) -> String {
        self.0.get_mut().write_all(octets).unwrap();
        let mut line = String::new();
        loop {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                break;
            }
        }
        let asked = String::from_utf8_lossy(octets.get(..60).unwrap_or(octets)).into_owned();
        assert!(line.starts_with(want), "{asked} is answered {line}");
        line
    }

    /// Hands over a mail whose last line has an end.
    #[track_caller]
    pub(crate) fn hand_over(&mut self, from: &str, to: &str, mail: &[u8]) -> String {
        self.ask(format!("MAIL FROM:<{from}>\r\n").as_bytes(), "250");
        self.ask(format!("RCPT TO:<{to}>\r\n").as_bytes(), "250");
        self.ask(b"DATA\r\n", "354");
        // A line that begins with a dot gets another one (RFC 5321 §4.5.2).
        let lines = mail.split_inclusive(|octet| *octet == b'\n');
        let stuffed: Vec<u8> = lines
            .flat_map(|line| if line.starts_with(b".") { [b".", line].concat() } else { line.to_vec() })
            .collect();
        self.ask(&[&stuffed, b".\r\n".as_slice()].concat(), "250")
    }
}
