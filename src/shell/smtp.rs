//! A submission server as the post (RFC 5321, 6409): each recipient with an answer of his own.
//!
//! lettre's connection is used below its transport, whose `send` gives up at the first recipient that is refused, and which
//! waits without end for a server that says nothing.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter, ServerInfo};
use lettre::transport::smtp::response::{Category, Code, Detail, Severity};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::domain::address::Address;
use crate::domain::plain::on_one_line;
use crate::shell::reasons;
use crate::shell::server::{Security, Server};
use crate::shell::trust;
use crate::world::{Outgoing, Post, Posted};

/// How long the server may take for one mail, from connecting to its last word (RFC 5321 §4.5.3.2 lets it take ten minutes
/// for the last alone; then the mail waits for the next try, with the same octets).
const MAIL_TIME_MAX: Duration = Duration::from_mins(2);
/// How long connecting may take.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(20);
/// How long a try may take in all, where a person waits for it.
const TRY_TIME_MAX: Duration = Duration::from_secs(30);
/// How long a connection is kept for the next mail. Servers close idle ones after five minutes (RFC 5321 §4.5.3.2.7).
const IDLE_TIME_MAX: Duration = Duration::from_secs(30);
/// Characters of a server's words that are kept.
const REASON_CHARS_MAX: usize = 300;

/// The post that hands mails to a submission server.
pub struct Smtp {
    server: Server,
    hello: ClientId,
    privacy: Privacy,
    runtime: Runtime,
    open: Option<(AsyncSmtpConnection, Instant)>,
    patience: Duration,
}

/// How the octets on the way are kept private, and whom that trusts.
enum Privacy {
    /// TLS from the first octet.
    Tls(TlsConnector),
    /// TLS after STARTTLS.
    StartTls(TlsParameters),
    /// None.
    None,
}

/// TLS over a stream of ours, as lettre takes it.
#[derive(Debug)]
struct Encrypted(TlsStream<TcpStream>);

/// What a recipient, or all of them, were answered.
type Answer = Result<(), Trouble>;

/// Why a step failed.
enum Trouble {
    /// The server refused it for good.
    Refused(String),
    /// It did not work now.
    Later(String),
}

impl Smtp {
    /// The post by way of this server, to which we call ourselves `hello` (RFC 5321 §4.1.1.1).
    ///
    /// # Errors
    /// Where the certificate authorities cannot be read.
    pub fn open(server: Server, hello: &str) -> anyhow::Result<Self> {
        let privacy = match server.security {
            Security::Tls => Privacy::Tls(trust::connector(server.ca_file.as_deref())?),
            Security::StartTls => Privacy::StartTls(after_starttls(&server)?),
            Security::None => Privacy::None,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.context("starting the runtime of the post")?;
        let hello = ClientId::Domain(hello.to_owned());
        Ok(Self { server, hello, privacy, runtime, open: None, patience: MAIL_TIME_MAX })
    }

    /// The same with less patience, for tests of silent servers.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Connects and says who we are; nothing is sent.
    ///
    /// # Errors
    /// What the server, or the way there, says against it.
    pub fn try_out(&mut self) -> anyhow::Result<()> {
        let connecting = connect(&self.server, &self.hello, &self.privacy);
        let connected =
            self.runtime.block_on(async { timeout(self.patience.min(TRY_TIME_MAX), connecting).await });
        match connected {
            Ok(Ok(connection)) => {
                self.open = Some((connection, Instant::now()));
                Ok(())
            }
            Ok(Err(Trouble::Refused(why) | Trouble::Later(why))) => Err(anyhow::anyhow!(why)),
            Err(_) => Err(anyhow::anyhow!("{}", silent(&self.server))),
        }
    }
}

fn after_starttls(server: &Server) -> anyhow::Result<TlsParameters> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(path) = &server.ca_file {
        let pem = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let certificate = Certificate::from_pem(&pem);
        let certificate = certificate.with_context(|| format!("{} is not PEM", path.display()))?;
        let holds_one = CertificateDer::pem_slice_iter(&pem).any(|one| one.is_ok());
        ensure!(holds_one, "{} holds no certificate", path.display());
        builder = builder
            .certificate_store(lettre::transport::smtp::client::CertificateStore::None)
            .add_root_certificate(certificate);
    }
    builder.build_rustls().context("the certificate authorities cannot be used")
}

impl Post for Smtp {
    fn send(&mut self, mail: &Outgoing) -> Vec<Posted> {
        let kept = self.open.take().filter(|(_, since)| since.elapsed() < IDLE_TIME_MAX);
        let (server, hello, privacy) = (&self.server, &self.hello, &self.privacy);
        let handing = async {
            let mut connection = match kept {
                Some((mut connection, _)) => {
                    // The server may have closed it in the meantime.
                    if connection.test_connected().await {
                        connection
                    } else {
                        connect(server, hello, privacy).await?
                    }
                }
                None => connect(server, hello, privacy).await?,
            };
            let answers = hand_over(&mut connection, mail).await;
            Ok::<_, Trouble>((connection, answers))
        };
        let handed = self.runtime.block_on(async { timeout(self.patience, handing).await });
        let all = |posted: Posted| vec![posted; mail.recipients.len()];
        match handed {
            Ok(Ok((connection, answers))) => {
                if !connection.has_broken() {
                    self.open = Some((connection, Instant::now()));
                }
                answers.into_iter().map(posted).collect()
            }
            // What keeps us from the server is nothing against the mail.
            Ok(Err(Trouble::Refused(why) | Trouble::Later(why))) => all(Posted::Later(why)),
            Err(_) => all(Posted::Later(silent(&self.server))),
        }
    }
}

fn posted(answer: Answer) -> Posted {
    match answer {
        Ok(()) => Posted::Accepted,
        Err(Trouble::Refused(why)) => Posted::Refused(why),
        Err(Trouble::Later(why)) => Posted::Later(why),
    }
}

fn silent(server: &Server) -> String {
    format!(
        "the submission server {} did not answer in time; see that it runs, and correct host, port or security",
        server.shown()
    )
}

/// A connection that is private and on which the server knows us.
async fn connect(
    server: &Server,
    hello: &ClientId,
    privacy: &Privacy,
) -> Result<AsyncSmtpConnection, Trouble> {
    let said = |what: &str, error: &Error| {
        Trouble::Later(format!("the submission server {} {what}: {}", server.shown(), in_words(error)))
    };
    let stream = reach(server, privacy).await.map_err(|error| {
        let why = reasons::in_words(&error);
        Trouble::Later(format!("the submission server {} cannot be reached: {why}", server.shown()))
    })?;
    let connected = AsyncSmtpConnection::connect_with_transport(stream, hello).await;
    let mut connection = connected.map_err(|error| said("cannot be reached", &error))?;
    if let Privacy::StartTls(tls) = privacy {
        let upgraded = connection.starttls(tls.clone(), hello).await;
        upgraded.map_err(|error| said("does not start TLS", &error))?;
    }
    if let Some(login) = &server.login {
        let proof = login.proof.clone();
        // A command for a token may take its time, and must not hold up the runtime.
        let secret = tokio::task::spawn_blocking(move || proof.secret()).await;
        let secret = secret.map_err(|error| Trouble::Later(error.to_string()))?;
        let secret = secret.map_err(|error| Trouble::Later(format!("{error:#}")))?;
        let mechanisms: &[Mechanism] = if login.proof.is_token() {
            &[Mechanism::Xoauth2]
        } else {
            &[Mechanism::Plain, Mechanism::Login]
        };
        let credentials = Credentials::new(login.user.clone(), secret.reveal().to_owned());
        let known = connection.auth(mechanisms, &credentials).await;
        known.map_err(|error| {
            // What the server itself says against us, only we can mend.
            let cure = if error.is_permanent() { "; check user, and password or token" } else { "" };
            let what = format!("does not let {} in: {}{cure}", login.user, in_words(&error));
            Trouble::Later(format!("the submission server {} {what}", server.shown()))
        })?;
    }
    Ok(connection)
}

/// A stream that sends each word at once, with TLS where that begins it. lettre writes the end of a mail by itself, which would else wait until the server
/// has acknowledged the octets before it: 40 ms for each mail (RFC 1122 §4.2.3.2 and §4.2.3.4).
async fn reach(server: &Server, privacy: &Privacy) -> io::Result<Box<dyn AsyncTokioStream>> {
    let connecting = async {
        let stream = TcpStream::connect((server.host.as_str(), server.port)).await?;
        stream.set_nodelay(true)?;
        let Privacy::Tls(tls) = privacy else { return Ok(Box::new(stream) as Box<dyn AsyncTokioStream>) };
        let name = ServerName::try_from(server.host.clone()).map_err(io::Error::other)?;
        Ok(Box::new(Encrypted(tls.connect(name, stream).await?)) as Box<dyn AsyncTokioStream>)
    };
    timeout(CONNECT_TIME_MAX, connecting).await.map_err(io::Error::from)?
}

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// Hands one mail over: an answer for each recipient, in their order.
async fn hand_over(connection: &mut AsyncSmtpConnection, mail: &Outgoing) -> Vec<Answer> {
    let info = connection.server_info().clone();
    let envelope: Vec<Result<lettre::Address, Trouble>> =
        mail.recipients.iter().map(|address| on_the_wire(address, &info)).collect();
    let needs_utf8 = envelope.iter().flatten().any(|address| !address.to_string().is_ascii());
    let mut parameters = Vec::new();
    if needs_utf8 {
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !mail.octets.is_ascii() && info.supports_feature(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let begun = match on_the_wire(&mail.sender, &info) {
        // What is said against the sender is said against us, and not against the mail.
        Ok(sender) => {
            let begun = connection.command(Mail::new(Some(sender), parameters)).await;
            begun
                .map(drop)
                .map_err(|error| format!("the server does not take mail from us: {}", in_words(&error)))
        }
        Err(Trouble::Refused(why) | Trouble::Later(why)) => Err(why),
    };
    if let Err(why) = begun {
        reset(connection).await;
        return envelope.iter().map(|_| Err(Trouble::Later(why.clone()))).collect();
    }
    let mut answers = Vec::with_capacity(envelope.len());
    for address in envelope {
        answers.push(match address {
            Ok(address) => {
                let taken = connection.command(Rcpt::new(address, Vec::new())).await;
                taken.map(drop).map_err(|error| trouble(&error))
            }
            Err(trouble) => Err(trouble),
        });
    }
    if answers.iter().all(Result::is_err) {
        reset(connection).await;
        return answers;
    }
    let taken = match connection.command(Data).await {
        Ok(_) => connection.message(&mail.octets).await.map(drop),
        Err(error) => Err(error),
    };
    if let Err(error) = taken {
        for answer in answers.iter_mut().filter(|answer| answer.is_ok()) {
            *answer = Err(trouble(&error));
        }
        reset(connection).await;
    }
    answers
}

/// Ends a transaction that goes nowhere; a connection on which that fails is not used again.
async fn reset(connection: &mut AsyncSmtpConnection) {
    if connection.command(Rset).await.is_err() {
        connection.abort().await;
    }
}

/// An address as it is handed over: its domain in A-labels (RFC 5890), so that only a local part beyond ASCII needs SMTPUTF8
/// (RFC 6531).
fn on_the_wire(address: &Address, server: &ServerInfo) -> Result<lettre::Address, Trouble> {
    let domain = idna::domain_to_ascii(address.domain());
    let domain = domain.map_err(|_| Trouble::Refused(format!("{} is no domain", address.domain())))?;
    if !address.local().is_ascii() && !server.supports_feature(Extension::SmtpUtfEight) {
        let why = format!("the submission server takes no address such as {address} (SMTPUTF8, RFC 6531)");
        return Err(Trouble::Refused(why));
    }
    lettre::Address::new(address.local(), domain)
        .map_err(|error| Trouble::Refused(format!("{address} cannot be written to: {error}")))
}

/// A refusal for good is the server's 5yz, but not one that says who we are is not known (RFC 4954 §6).
fn trouble(error: &Error) -> Trouble {
    let about_us = error.status().is_some_and(|code| {
        let authentication = [Detail::Zero, Detail::Four, Detail::Five, Detail::Eight];
        let unspecified = Code {
            severity: Severity::PermanentNegativeCompletion,
            category: Category::Unspecified3,
            detail: code.detail,
        };
        code == unspecified && authentication.contains(&code.detail)
    });
    let why = in_words(error);
    if error.is_permanent() && !about_us { Trouble::Refused(why) } else { Trouble::Later(why) }
}

/// The server's own words with their code, or what keeps us from it, on one line.
fn in_words(error: &Error) -> String {
    let Some(code) = error.status() else {
        return if error.is_response() {
            "it does not answer as a mail server does; correct the port".to_owned()
        } else {
            reasons::in_words(error)
        };
    };
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let words = on_one_line(&format!("{code} {said}"));
    words.chars().take(REASON_CHARS_MAX).collect()
}
