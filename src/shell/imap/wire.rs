//! The octets between us and an IMAP server: plain or by TLS, and with a guard over what comes in.
//!
//! async-imap makes room for whatever a server announces, up to 512 MiB, before the first octet of it is there, and ends a
//! connection at the first untagged response that it cannot take apart: a keyword with a percent sign that some mail
//! program set would be enough. The guard refuses the one before async-imap hears of it, and leaves the other out.

use std::io;
use std::panic::catch_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use async_imap::imap_proto::Response;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::domain::limits::LETTER_OCTETS_MAX;

/// Octets of one response: the largest mail that is ever asked for, and room for what stands around it. A list of
/// hundred thousand UIDs has less.
const RESPONSE_OCTETS_MAX: usize = LETTER_OCTETS_MAX + 1024 * 1024;
/// Octets that are read at once.
const BLOCK_OCTETS: usize = 16 * 1024;

/// A connection to a server.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    guard: Guard,
    heard: u64,
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    pub(super) fn plain(stream: TcpStream) -> Self {
        Self { stream: Stream::Plain(stream), guard: Guard::default(), heard: 0 }
    }

    pub(super) fn tls(stream: TlsStream<TcpStream>) -> Self {
        Self { stream: Stream::Tls(Box::new(stream)), guard: Guard::default(), heard: 0 }
    }

    /// The plain connection under a wire on which TLS shall start; none where it is there already.
    pub(super) fn into_plain(self) -> Option<TcpStream> {
        match self.stream {
            Stream::Plain(stream) => Some(stream),
            Stream::Tls(_) => None,
        }
    }

    /// Octets that came in so far: whoever waits for a large mail sees by them that it is still coming.
    pub(super) fn heard(&self) -> u64 {
        self.heard
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = &mut *self;
        while wire.guard.passed.is_empty() {
            let mut block = [0; BLOCK_OCTETS];
            let mut block = ReadBuf::new(&mut block);
            ready!(match &mut wire.stream {
                Stream::Plain(stream) => Pin::new(stream).poll_read(context, &mut block),
                Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_read(context, &mut block),
            })?;
            let octets = block.filled();
            if octets.is_empty() {
                // The end; what was begun is handed on, so that it is not taken for a whole.
                wire.guard.passed = std::mem::take(&mut wire.guard.line);
                break;
            }
            wire.heard = wire.heard.saturating_add(octets.len().try_into().unwrap_or(u64::MAX));
            wire.guard.take(octets)?;
        }
        let passed = &mut wire.guard.passed;
        let some = passed.len().min(buffer.remaining());
        buffer.put_slice(passed.get(..some).unwrap_or_default());
        passed.drain(..some);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(context, octets),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_write(context, octets),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(context),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(context),
        }
    }
}

/// Looks at each line before it is handed on. What a literal holds (RFC 3501 §4.3) goes through as it is.
#[derive(Debug, Default)]
struct Guard {
    /// The octets that may be read.
    passed: Vec<u8>,
    /// The line that is not at its end yet.
    line: Vec<u8>,
    /// Octets of a literal that are still to come.
    literal: usize,
    /// Octets of the response so far, without the line that is not at its end yet.
    response: usize,
}

impl Guard {
    fn take(&mut self, mut octets: &[u8]) -> io::Result<()> {
        while !octets.is_empty() {
            if self.literal > 0 {
                let (inside, rest) = octets.split_at(self.literal.min(octets.len()));
                self.passed.extend_from_slice(inside);
                self.literal -= inside.len();
                octets = rest;
                continue;
            }
            let end = octets.iter().position(|octet| *octet == b'\n').map(|place| place + 1);
            let (part, rest) = octets.split_at(end.unwrap_or(octets.len()));
            self.line.extend_from_slice(part);
            octets = rest;
            self.room_for(self.line.len())?;
            if end.is_some() {
                self.end_line()?;
            }
        }
        Ok(())
    }

    fn end_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        if let Some(announced) = announced(&line) {
            self.room_for(line.len().saturating_add(announced))?;
            self.response += line.len() + announced;
            self.literal = announced;
            self.passed.extend(line);
            return Ok(());
        }
        let alone = self.response == 0;
        self.response = 0;
        // Without the answer to a command nobody would know how it ended; without news nothing is lost.
        if alone && line.starts_with(b"* ") && is_unreadable(&line) {
            tracing::debug!(octets = line.len(), "the IMAP server said something that is not known");
        } else {
            self.passed.extend(line);
        }
        Ok(())
    }

    fn room_for(&self, more: usize) -> io::Result<()> {
        if self.response.saturating_add(more) > RESPONSE_OCTETS_MAX {
            let says = format!("the server's answer is longer than {RESPONSE_OCTETS_MAX} octets");
            return Err(io::Error::new(io::ErrorKind::InvalidData, says));
        }
        Ok(())
    }
}

/// The octets that follow a line which ends as in `{42}`. A number that is too long to be one is too large.
fn announced(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"\n")?;
    let inner = line.strip_suffix(b"\r").unwrap_or(line).strip_suffix(b"}")?;
    let inner = inner.strip_suffix(b"+").unwrap_or(inner);
    let start = inner.iter().rposition(|octet| *octet == b'{')? + 1;
    let digits = inner.get(start..).filter(|digits| !digits.is_empty())?;
    let digits = digits.iter().all(u8::is_ascii_digit).then(|| std::str::from_utf8(digits).ok())??;
    Some(digits.parse().unwrap_or(usize::MAX))
}

/// The reader of responses panics on some that are well-formed, as on `INTERNALDATE NIL`.
fn is_unreadable(line: &[u8]) -> bool {
    !catch_unwind(|| Response::parse(line).is_ok()).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::{Guard, RESPONSE_OCTETS_MAX};

    /// What is handed on of this, octet by octet and at once.
    #[track_caller]
    fn check(octets: &str, want: &str) {
        for size in [1, octets.len()] {
            let mut guard = Guard::default();
            octets.as_bytes().chunks(size).for_each(|part| guard.take(part).unwrap());
            assert_eq!(String::from_utf8_lossy(&guard.passed), want, "by {size}");
        }
    }

    #[test]
    fn what_is_known_goes_through_and_the_rest_of_the_news_does_not() {
        let good = "* 3 EXISTS\r\n* 1 FETCH (UID 7 BODY[] {4}\r\n* %\n)\r\nA1 OK done\r\n";
        check(good, good);
        check("* FLAGS (a Junk%x)\r\n* 3 EXISTS\r\n", "* 3 EXISTS\r\n");
        check("* 1 FETCH (UID 1 INTERNALDATE NIL)\r\n* 3 EXISTS\r\n", "* 3 EXISTS\r\n");
        check("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n+ idling\r\n", "+ idling\r\n");
        // Whatever these mean, somebody waits for them.
        check("A1 WHAT\r\n", "A1 WHAT\r\n");
    }

    #[test]
    fn what_is_too_long_is_refused_when_it_is_announced() {
        for line in ["* 1 FETCH (BODY[] {500000000}\r\n", "* 1 FETCH (BODY[] {99999999999999999999}\r\n"] {
            let mut guard = Guard::default();
            guard.take(line.as_bytes()).unwrap_err();
            assert_eq!(guard.passed, b"");
        }
        let mut guard = Guard::default();
        guard.take(&vec![b'a'; RESPONSE_OCTETS_MAX]).unwrap();
        guard.take(b"a").unwrap_err();
        // One response of many literals is one response.
        let mut guard = Guard::default();
        let literal = [b"{1000000}\r\n".as_slice(), &vec![b'a'; 1_000_000]].concat();
        assert!((0..20).any(|_| guard.take(&literal).is_err()));
    }
}
