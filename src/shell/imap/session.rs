//! One command after the other to an IMAP server, each with its answer: the layer over async-imap that believes nothing.
//!
//! async-imap's own commands end at the tagged line without looking whether it says OK, NO or BAD, take a closed
//! connection for success, wait without end, and put passwords into the log. So of async-imap there is but the reader of
//! responses here. Commands are written under tags of our own, never used twice; what comes back is compared with them; and
//! whatever is not an answer is a [`Failure`]. After one that is not the server's own word, the session is not used again.

use std::fmt;
use std::future::poll_fn;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use async_imap::Client;
use async_imap::imap_proto::{MailboxDatum, Response, ResponseCode, Status};
use thiserror::Error;
use tokio::io::AsyncWriteExt as _;
use tokio::time::{Instant, timeout, timeout_at};

use crate::domain::plain::on_one_line;
use crate::shell::imap::wire::Wire;
use crate::shell::reasons;

/// Characters of a server's words that are kept.
const WORDS_CHARS_MAX: usize = 300;

/// How long a server may take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Patience {
    /// To take the connection, to agree on TLS, and to greet: so long for each.
    pub connect: Duration,
    /// Between two pieces of an answer, and from a command to the first.
    pub silence: Duration,
    /// For a command and all of its answer.
    pub command: Duration,
    /// For all that connecting takes, up to the open folder; and for all commands that one question to the mailbox takes.
    pub whole: Duration,
    /// In IDLE, until we look whether the server is still there.
    pub idle: Duration,
    /// Between two looks for new mail where the server has no IDLE.
    pub look: Duration,
    /// After the first failure; it doubles to five minutes.
    pub pause: Duration,
}

impl Default for Patience {
    /// RFC 2177 asks for a new IDLE each 29 minutes; routers forget a quiet connection after ten, and who waits in vain
    /// should know sooner. The largest mail comes within the time for a command at 90 KB a second.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            silence: Duration::from_secs(30),
            command: Duration::from_mins(2),
            whole: Duration::from_mins(3),
            idle: Duration::from_mins(9),
            look: Duration::from_secs(15),
            pause: Duration::from_secs(1),
        }
    }
}

/// Why a command did not do what it should; the server's words are on one line and short.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(super) enum Failure {
    /// The server will not.
    #[error("the server refuses: {0}")]
    No(String),
    /// The server will not, since the folder is not there (RFC 3501 §7.1, TRYCREATE).
    #[error("the server has no such folder: {0}")]
    NoFolder(String),
    /// The server does not understand.
    #[error("the server does not understand: {0}")]
    Bad(String),
    /// The server ends the connection.
    #[error("the server ended the connection: {0}")]
    Bye(String),
    /// There is no way to the server.
    #[error("it cannot be reached: {0}")]
    Away(String),
    /// The connection is gone.
    #[error("the connection was lost{0}")]
    Lost(String),
    /// Nothing came for too long.
    #[error("the server said nothing in time")]
    Silent,
    /// What came is no answer.
    #[error("the server's answer cannot be read: {0}")]
    Garbled(String),
    /// It would do no good to go on.
    #[error("{0}")]
    Unfit(String),
    /// The server does not know us, or we have nothing to say who we are.
    #[error("{0}")]
    Unknown(String),
}

impl Failure {
    /// Whether the server said so itself and the session goes on.
    pub(super) fn is_answer(&self) -> bool {
        matches!(self, Self::No(_) | Self::NoFolder(_) | Self::Bad(_))
    }
}

/// A piece of an answer, as far as it matters to us.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Reply {
    /// The code of the tagged line says that nothing can be changed.
    pub(super) read_only: bool,
}

/// A server that greeted us.
pub(super) struct Session {
    client: Client<Wire>,
    patience: Patience,
    tag: u64,
    /// How many mails there are, as the server told last.
    exists: u32,
    /// Whether a mail came since this was asked last.
    news: bool,
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a session")
    }
}

/// Something that came in.
pub(super) enum Heard<T> {
    /// A command ended well.
    Done(T),
    /// The server waits for more of the command, and says this.
    Continue,
    /// Something else.
    Other,
}

impl Session {
    pub(super) fn new(wire: Wire, patience: Patience) -> Self {
        Self { client: Client::new(wire), patience, tag: 0, exists: 0, news: false }
    }

    pub(super) fn patience(&self) -> Patience {
        self.patience
    }

    /// The connection below; what was read and not taken apart yet is gone.
    pub(super) fn into_wire(self) -> Wire {
        self.client.into_inner()
    }

    /// How many mails the selected folder has, as the server told last.
    pub(super) fn exists(&self) -> u32 {
        self.exists
    }

    /// Whether a mail came since this was asked last.
    pub(super) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    /// Runs a command to its end. Each piece of the answer is shown to `look`.
    pub(super) async fn run(
        &mut self,
        command: &str,
        mut look: impl FnMut(&Response<'_>) + Send,
    ) -> Result<Reply, Failure> {
        let tag = self.begin(command).await?;
        let until = Instant::now() + self.patience.command;
        loop {
            match self.hear(&tag, until, &mut look).await? {
                Heard::Done(reply) => return Ok(reply),
                Heard::Continue => {
                    return Err(Failure::Garbled("it waits for more of a command that is whole".to_owned()));
                }
                Heard::Other => {}
            }
        }
    }

    /// The same where nothing but the end matters.
    pub(super) async fn run_plainly(&mut self, command: &str) -> Result<Reply, Failure> {
        self.run(command, |_| {}).await
    }

    /// Sends a command, and says under which tag.
    pub(super) async fn begin(&mut self, command: &str) -> Result<String, Failure> {
        self.tag += 1;
        let tag = format!("T{}", self.tag);
        self.say(&format!("{tag} {command}")).await?;
        Ok(tag)
    }

    /// Sends a line. It is written past async-imap, which would log it.
    pub(super) async fn say(&mut self, line: &str) -> Result<(), Failure> {
        if line.contains(['\r', '\n', '\0']) {
            return Err(Failure::Unfit("a line break within a command is refused".to_owned()));
        }
        let wire = self.client.get_mut();
        let writing = async {
            wire.write_all(format!("{line}\r\n").as_bytes()).await?;
            wire.flush().await
        };
        match timeout(self.patience.silence, writing).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(lost(&error)),
            Err(_) => Err(Failure::Silent),
        }
    }

    /// Waits for the next piece of what the server says. It may be given up at any point between two pieces and begun again.
    pub(super) async fn hear(
        &mut self,
        tag: &str,
        until: Instant,
        look: &mut (impl FnMut(&Response<'_>) + Send),
    ) -> Result<Heard<Reply>, Failure> {
        loop {
            let before = self.client.get_ref().heard();
            let limit = until.min(Instant::now() + self.patience.silence);
            match timeout_at(limit, caught(self.client.read_response())).await {
                Ok(Ok(Some(response))) => {
                    let response = response.parsed();
                    return judge(response, tag, (&mut self.exists, &mut self.news), look);
                }
                Ok(Ok(None)) => return Err(Failure::Lost(String::new())),
                Ok(Err(error)) => return Err(unreadable(&error)),
                // A large mail on a slow line: more of it came.
                Err(_) if self.client.get_ref().heard() > before && Instant::now() < until => {}
                Err(_) => return Err(Failure::Silent),
            }
        }
    }

    /// The next piece of what the server says unasked, without a limit; for those who have one of their own.
    pub(super) async fn hear_news(&mut self, tag: &str) -> Result<Heard<Reply>, Failure> {
        match caught(self.client.read_response()).await {
            Ok(Some(response)) => {
                judge(response.parsed(), tag, (&mut self.exists, &mut self.news), &mut |_| {})
            }
            Ok(None) => Err(Failure::Lost(String::new())),
            Err(error) => Err(unreadable(&error)),
        }
    }

    /// The server's first words (RFC 3501 §7.1): whether it knows us already.
    pub(super) async fn greeting(&mut self) -> Result<bool, Failure> {
        let response = match timeout(self.patience.connect, caught(self.client.read_response())).await {
            Ok(Ok(Some(response))) => response,
            Ok(Ok(None)) => return Err(Failure::Lost(" before the server's first word".to_owned())),
            Ok(Err(error)) if error.kind() == ErrorKind::Other => return Err(no_imap()),
            Ok(Err(error)) => return Err(unreadable(&error)),
            Err(_) => return Err(Failure::Silent),
        };
        let Response::Data { status, outcome } = response.parsed() else {
            return Err(no_imap());
        };
        match status {
            Status::Ok => Ok(false),
            Status::PreAuth => Ok(true),
            Status::Bye => Err(Failure::Bye(words(outcome.information.as_deref()))),
            Status::No | Status::Bad => Err(no_imap()),
        }
    }

    /// Whether the server said something that nobody has looked at yet.
    pub(super) async fn said_more(&mut self) -> bool {
        // It must be there already: nothing is waited for.
        matches!(timeout(Duration::ZERO, caught(self.client.read_response())).await, Ok(Ok(Some(_)) | Err(_)))
    }
}

/// What is read, though the reader may panic on what it was not made for.
async fn caught<T>(reading: impl Future<Output = std::io::Result<T>>) -> std::io::Result<T> {
    let mut reading = pin!(reading);
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| reading.as_mut().poll(context))).unwrap_or_else(|_| {
            let error = std::io::Error::new(ErrorKind::InvalidData, "it brought the reader down");
            Poll::Ready(Err(error))
        })
    })
    .await
}

fn no_imap() -> Failure {
    Failure::Garbled("it greets as no IMAP server does".to_owned())
}

/// What a response is to a command under this tag.
fn judge(
    response: &Response<'_>,
    tag: &str,
    (exists, news): (&mut u32, &mut bool),
    look: &mut (impl FnMut(&Response<'_>) + Send),
) -> Result<Heard<Reply>, Failure> {
    if let Response::Done { tag: theirs, status, outcome } = response {
        if theirs.0 != tag {
            return Err(Failure::Garbled("it answers a command that was not given".to_owned()));
        }
        let said = || words(outcome.information.as_deref());
        return match status {
            Status::Ok => {
                let read_only = matches!(outcome.code, Some(ResponseCode::ReadOnly));
                look(response);
                Ok(Heard::Done(Reply { read_only }))
            }
            Status::No if matches!(outcome.code, Some(ResponseCode::TryCreate)) => {
                Err(Failure::NoFolder(said()))
            }
            Status::No => Err(Failure::No(said())),
            Status::Bad => Err(Failure::Bad(said())),
            Status::Bye => Err(Failure::Bye(said())),
            Status::PreAuth => Err(Failure::Garbled("it ends a command with PREAUTH".to_owned())),
        };
    }
    if let Response::Data { status: Status::Bye, outcome } = response {
        return Err(Failure::Bye(words(outcome.information.as_deref())));
    }
    if let Response::Continue(_) = response {
        return Ok(Heard::Continue);
    }
    if let Response::MailboxData(MailboxDatum::Exists(number)) = response {
        *news |= *number > *exists;
        *exists = *number;
    }
    if let Response::Expunge(_) = response {
        *exists = exists.saturating_sub(1);
    }
    look(response);
    Ok(Heard::Other)
}

/// An argument as a quoted string (RFC 3501 §4.3), which holds no line break, and no letters beyond ASCII.
pub(super) fn quoted(text: &str) -> Result<String, Failure> {
    if !text.is_ascii() || text.contains(['\r', '\n', '\0']) {
        return Err(Failure::Unfit("letters beyond ASCII and line breaks cannot be sent here".to_owned()));
    }
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

fn words(said: Option<&str>) -> String {
    let said = said.map(on_one_line).unwrap_or_default();
    let said: String = said.chars().take(WORDS_CHARS_MAX).collect();
    if said.is_empty() { "it does not say why".to_owned() } else { said }
}

fn lost(error: &std::io::Error) -> Failure {
    Failure::Lost(format!(": {}", reasons::in_words(error)))
}

/// What cannot be read may hold a mail: of async-imap's own words, which quote it, nothing is kept.
fn unreadable(error: &std::io::Error) -> Failure {
    if error.kind() == ErrorKind::Other {
        Failure::Garbled("it is not as RFC 3501 has it".to_owned())
    } else if error.kind() == ErrorKind::InvalidData {
        Failure::Garbled(words(Some(&error.to_string())))
    } else {
        lost(error)
    }
}
