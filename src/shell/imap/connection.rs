//! From a host's name to a session on which the server knows us: TCP, TLS, capabilities, login.

use std::collections::BTreeSet;
use std::time::Duration;

use async_imap::imap_proto::{Capability, Response, ResponseCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::net::sockopt;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use crate::shell::imap::session::{Failure, Heard, Patience, Session, quoted};
use crate::shell::imap::wire::Wire;
use crate::shell::reasons;
use crate::shell::server::{Login, Secret, Security, Server};
use crate::shell::trust;

/// A connection on which nothing was said for so long is looked at by the system.
const KEEP_ALIVE_AFTER: Duration = Duration::from_mins(1);
/// Between two such looks.
const KEEP_ALIVE_EACH: Duration = Duration::from_secs(20);
/// Looks without an answer until the connection is given up.
const KEEP_ALIVE_LOOKS: u32 = 3;
/// Milliseconds for which octets that we sent may stay without an acknowledgement.
const UNACKNOWLEDGED_MS: u32 = 60_000;

/// The way to a server.
#[derive(Clone)]
pub(super) struct Door {
    server: Server,
    tls: Option<TlsConnector>,
    patience: Patience,
}

/// What a server can do, in upper case (RFC 3501 §7.2.1).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Capabilities(BTreeSet<String>);

impl Capabilities {
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

impl Door {
    /// The way to this server.
    ///
    /// # Errors
    /// Where the certificate authorities cannot be read.
    pub(super) fn new(server: Server, patience: Patience) -> anyhow::Result<Self> {
        let tls = match server.security {
            Security::None => None,
            Security::Tls | Security::StartTls => Some(trust::connector(server.ca_file.as_deref())?),
        };
        Ok(Self { server, tls, patience })
    }

    pub(super) fn server(&self) -> &Server {
        &self.server
    }

    /// A session on which the server knows us, and what it can do now: much is offered only after the login.
    pub(super) async fn enter(&self) -> Result<(Session, Capabilities), Failure> {
        let login = self.server.login.as_ref();
        let login = login.ok_or_else(|| Failure::Unfit("there is no user name for the server".to_owned()))?;
        // Before the connection: without it there is nothing to say there. A command may take its time.
        let proof = login.proof.clone();
        let secret = tokio::task::spawn_blocking(move || proof.secret()).await;
        let secret = secret.map_err(|error| Failure::Unfit(error.to_string()))?;
        let secret = secret.map_err(|error| Failure::Unfit(format!("{error:#}")))?;
        let mut session = self.connect().await?;
        let before = capabilities(&mut session).await?;
        log_in(&mut session, &before, (login, &secret)).await?;
        let after = capabilities(&mut session).await?;
        Ok((session, after))
    }

    /// A session that is private.
    async fn connect(&self) -> Result<Session, Failure> {
        let place = (self.server.host.as_str(), self.server.port);
        let connected = timeout(self.patience.connect, TcpStream::connect(place)).await;
        let stream = connected.map_err(|_| Failure::Silent)?.map_err(|error| unreachable(&error))?;
        keep_alive(&stream).map_err(|error| unreachable(&error))?;
        let wire = match (&self.tls, self.server.security) {
            (Some(tls), Security::Tls) => self.encrypt(tls, stream).await?,
            _ => Wire::plain(stream),
        };
        let mut session = Session::new(wire, self.patience);
        let knows_us = session.greeting().await?;
        // It would be somebody else whom it knows; and before STARTTLS an attacker may have said so.
        if knows_us {
            return Err(Failure::Unfit(
                "the server says that it knows us before we said who we are".to_owned(),
            ));
        }
        match (&self.tls, self.server.security) {
            (Some(tls), Security::StartTls) => self.start_tls(tls, session).await,
            _ => Ok(session),
        }
    }

    /// Nothing that was said before TLS is believed (RFC 3501 §6.2.1).
    async fn start_tls(&self, tls: &TlsConnector, mut session: Session) -> Result<Session, Failure> {
        if !capabilities(&mut session).await?.has("STARTTLS") {
            let says = "the server does not offer STARTTLS; try security = \"tls\"";
            return Err(Failure::Unfit(says.to_owned()));
        }
        session.run_plainly("STARTTLS").await?;
        if session.said_more().await {
            let says =
                "something was said between STARTTLS and TLS, by somebody on the way or by a broken server";
            return Err(Failure::Unfit(says.to_owned()));
        }
        let stream = session.into_wire().into_plain();
        let stream = stream.ok_or_else(|| Failure::Unfit("TLS is there already".to_owned()))?;
        Ok(Session::new(self.encrypt(tls, stream).await?, self.patience))
    }

    async fn encrypt(&self, tls: &TlsConnector, stream: TcpStream) -> Result<Wire, Failure> {
        let name = ServerName::try_from(self.server.host.clone());
        let name = name.map_err(|_| Failure::Unfit(format!("`{}` is no host's name", self.server.host)))?;
        let shaken = timeout(self.patience.connect, tls.connect(name, stream)).await;
        let stream = shaken.map_err(|_| Failure::Silent)?;
        let refused = |error: std::io::Error| Failure::Away(reasons::in_words(&error));
        stream.map(Wire::tls).map_err(refused)
    }
}

fn unreachable(error: &std::io::Error) -> Failure {
    Failure::Away(reasons::in_words(error))
}

/// The system notices where the other side has gone without a word.
fn keep_alive(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, KEEP_ALIVE_AFTER)?;
    sockopt::set_tcp_keepintvl(stream, KEEP_ALIVE_EACH)?;
    sockopt::set_tcp_keepcnt(stream, KEEP_ALIVE_LOOKS)?;
    sockopt::set_tcp_user_timeout(stream, UNACKNOWLEDGED_MS)?;
    Ok(())
}

async fn capabilities(session: &mut Session) -> Result<Capabilities, Failure> {
    let mut found = BTreeSet::new();
    session
        .run("CAPABILITY", |response| {
            if let Response::Capabilities(capabilities) = response {
                found.extend(capabilities.iter().map(name_of));
            }
        })
        .await?;
    Ok(Capabilities(found))
}

fn name_of(capability: &Capability<'_>) -> String {
    match capability {
        Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
        Capability::Auth(name) => format!("AUTH={}", name.to_uppercase()),
        Capability::Atom(name) => name.to_uppercase(),
    }
}

/// Says who we are: a token by XOAUTH2, a password by PLAIN (RFC 4616), or by LOGIN where the server has nothing else.
async fn log_in(
    session: &mut Session,
    capabilities: &Capabilities,
    (login, secret): (&Login, &Secret),
) -> Result<(), Failure> {
    let (user, secret) = (&login.user, secret.reveal());
    let outcome = if login.proof.is_token() {
        let words = STANDARD.encode(format!("user={user}\u{1}auth=Bearer {secret}\u{1}\u{1}"));
        authenticate(session, capabilities, ("XOAUTH2", &words)).await
    } else if capabilities.has("AUTH=PLAIN") {
        let words = STANDARD.encode(format!("\0{user}\0{secret}"));
        authenticate(session, capabilities, ("PLAIN", &words)).await
    } else if capabilities.has("LOGINDISABLED") {
        let says = "the server takes no password here; use security = \"tls\" or \"starttls\", or a token";
        return Err(Failure::Unfit(says.to_owned()));
    } else {
        let says = "the server knows LOGIN alone, which takes no letters beyond ASCII; choose a password without them";
        let words = || Failure::Unfit(says.to_owned());
        let command =
            format!("LOGIN {} {}", quoted(user).map_err(|_| words())?, quoted(secret).map_err(|_| words())?);
        session.run_plainly(&command).await.map(drop)
    };
    outcome.map_err(|failure| {
        if let Failure::No(why) | Failure::Bad(why) = failure {
            return Failure::Unknown(format!("the server does not let {} in: {why}", login.user));
        }
        failure
    })
}

/// One exchange of SASL (RFC 3501 §6.2.2), with the words at once where the server takes them so (RFC 4959).
async fn authenticate(
    session: &mut Session,
    capabilities: &Capabilities,
    (mechanism, words): (&str, &str),
) -> Result<(), Failure> {
    let at_once = capabilities.has("SASL-IR");
    let mut to_say = (!at_once).then_some(words);
    let command = if at_once {
        format!("AUTHENTICATE {mechanism} {words}")
    } else {
        format!("AUTHENTICATE {mechanism}")
    };
    let tag = session.begin(&command).await?;
    let until = Instant::now() + session.patience().command;
    loop {
        match session.hear(&tag, until, &mut |_| {}).await? {
            Heard::Done(_) => return Ok(()),
            // Whoever refuses a token says why in a challenge, and waits for an empty answer before the NO.
            Heard::Continue => session.say(to_say.take().unwrap_or_default()).await?,
            Heard::Other => {}
        }
    }
}

/// A folder that was selected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Selected {
    /// Which generation its UIDs belong to.
    pub(super) validity: u32,
    /// Whether keywords of our own are kept.
    pub(super) keywords: bool,
}

/// Selects a folder for changing it.
pub(super) async fn select(
    session: &mut Session,
    folder: &str,
    keywords: &[&str],
) -> Result<Selected, Failure> {
    let (mut validity, mut permanent): (Option<u32>, Vec<String>) = (None, Vec::new());
    let command = format!("SELECT {}", quoted(folder)?);
    let reply = session
        .run(&command, |response| {
            if let Response::Data { outcome, .. } | Response::Done { outcome, .. } = response {
                if let Some(ResponseCode::UidValidity(number)) = &outcome.code {
                    validity = Some(*number);
                }
                if let Some(ResponseCode::PermanentFlags(flags)) = &outcome.code {
                    permanent = flags.iter().map(ToString::to_string).collect();
                }
            }
        })
        .await?;
    if reply.read_only {
        let says =
            format!("the folder {folder} may only be read; give the user the right to set flags and to move");
        return Err(Failure::Unfit(says));
    }
    let validity = validity.ok_or_else(|| {
        Failure::Unfit(format!("the server tells no UIDVALIDITY of {folder}, so no mail in it has a name"))
    })?;
    // Without the code every flag is kept (RFC 3501 §7.1), but not every such server knows keywords.
    let has = |name: &str| permanent.iter().any(|flag| flag.eq_ignore_ascii_case(name));
    let keywords = has("\\*") || keywords.iter().all(|keyword| has(keyword));
    // What was told by selecting is no news.
    session.take_news();
    Ok(Selected { validity, keywords })
}
