//! A mail server in the configuration: where it is, how the way there is kept private, who we are to it.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::Deserialize;

use crate::config::check::Check;
use crate::config::{PostConfig, RehearsalConfig};

/// Where a server is, and who we are to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServerConfig {
    /// Its name, which its certificate must bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is kept private.
    pub security: SecurityConfig,
    /// The certificate authorities to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// Our user name, and what proves it.
    pub login: Option<(String, LoginConfig)>,
}

/// How the octets on the way are kept private.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum SecurityConfig {
    /// TLS from the first octet (RFC 8314).
    #[default]
    Tls,
    /// TLS after STARTTLS.
    Starttls,
    /// None: only to a server on this machine.
    None,
}

/// What proves who we are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LoginConfig {
    /// A file with the password.
    PasswordFile(PathBuf),
    /// A file with an OAuth 2.0 access token.
    TokenFile(PathBuf),
    /// A command that prints one.
    TokenCommand(Vec<String>),
}

/// The section of the post: which of its keys must be there depends on the kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPost {
    kind: PostKind,
    path: Option<PathBuf>,
    host: Option<String>,
    port: Option<u16>,
    security: Option<SecurityConfig>,
    ca_file: Option<PathBuf>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    token_file: Option<PathBuf>,
    token_command: Option<Vec<String>>,
    redirect_all_to: Option<String>,
    #[serde(default)]
    hold_all: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PostKind {
    Folder,
    Smtp,
}

impl WrittenPost {
    /// What holds for every kind of post.
    pub(super) fn rehearsal(&self, check: &mut Check<'_>) -> RehearsalConfig {
        let redirect = self.redirect_all_to.as_deref();
        let redirect_all_to = redirect.and_then(|text| check.address("post.redirect_all_to", text));
        RehearsalConfig { redirect_all_to, hold_all: self.hold_all }
    }

    pub(super) fn checked(self, check: &mut Check<'_>) -> Option<PostConfig> {
        let server = WrittenServer {
            host: self.host,
            port: self.port,
            security: self.security,
            ca_file: self.ca_file,
            user: self.user,
            password_file: self.password_file,
            token_file: self.token_file,
            token_command: self.token_command,
        };
        match self.kind {
            PostKind::Folder => {
                server.not_here("post", "kind = \"smtp\"", check);
                let path = check.needed("post.path", self.path, "path = \"/var/lib/tldops/outgoing\"")?;
                Some(PostConfig::Folder { path: check.path("post.path", path) })
            }
            PostKind::Smtp => {
                check.not_here("post.path", self.path.as_ref(), "kind = \"folder\"");
                // RFC 8314 §7.3, RFC 6409 §3.1, RFC 5321 §4.5.4.2.
                let ports = Ports { tls: 465, starttls: 587, none: 25 };
                server.checked("post", &ports, check).map(PostConfig::Smtp)
            }
        }
    }
}

/// What a section says of a server.
pub(super) struct WrittenServer {
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) security: Option<SecurityConfig>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) user: Option<String>,
    pub(super) password_file: Option<PathBuf>,
    pub(super) token_file: Option<PathBuf>,
    pub(super) token_command: Option<Vec<String>>,
}

/// Where a server listens if nothing is said of it.
pub(super) struct Ports {
    pub(super) tls: u16,
    pub(super) starttls: u16,
    pub(super) none: u16,
}

impl WrittenServer {
    /// None of this belongs to a section of another kind.
    pub(super) fn not_here(&self, section: &str, belongs_to: &str, check: &mut Check<'_>) {
        let mut not_here = |key: &str, stands: bool| {
            check.not_here(&format!("{section}.{key}"), stands.then_some(&()), belongs_to);
        };
        not_here("host", self.host.is_some());
        not_here("port", self.port.is_some());
        not_here("security", self.security.is_some());
        not_here("ca_file", self.ca_file.is_some());
        not_here("user", self.user.is_some());
        not_here("password_file", self.password_file.is_some());
        not_here("token_file", self.token_file.is_some());
        not_here("token_command", self.token_command.is_some());
    }

    /// The server of a section, as in `post`.
    pub(super) fn checked(self, section: &str, ports: &Ports, check: &mut Check<'_>) -> Option<ServerConfig> {
        let key = |name: &str| format!("{section}.{name}");
        let host = check.needed(&key("host"), self.host, "host = \"mail.list.example\"");
        let security = self.security.unwrap_or_default();
        let here = host.as_deref().is_some_and(is_here);
        if security == SecurityConfig::None && host.is_some() && !here {
            let says = "security = \"none\" is for a server on this machine only (localhost, 127.0.0.1); use \"tls\" or \"starttls\"";
            check.fault(&key("security"), key(says));
        }
        let port = self.port.unwrap_or(match security {
            SecurityConfig::Tls => ports.tls,
            SecurityConfig::Starttls => ports.starttls,
            SecurityConfig::None => ports.none,
        });
        if port == 0 {
            check.fault(&key("port"), key("port is 0; write the port that the server listens on"));
        }
        let ca_file = self.ca_file.map(|path| check.file_there(&key("ca_file"), path));
        let password = self.password_file.map(|path| check.file_there(&key("password_file"), path));
        let token = self.token_file.map(|path| check.file_there(&key("token_file"), path));
        if self.token_command.as_ref().is_some_and(Vec::is_empty) {
            let says = "token_command is empty; write a command and its arguments";
            check.fault(&key("token_command"), key(says));
        }
        let mut proofs = Vec::new();
        proofs.extend(password.map(LoginConfig::PasswordFile));
        proofs.extend(token.map(LoginConfig::TokenFile));
        proofs.extend(self.token_command.map(LoginConfig::TokenCommand));
        let login = match (self.user, proofs.len()) {
            (None, 0) => None,
            (None, _) => {
                let says = "a password or token without `user`; add the user name";
                check.fault(section, format!("{section}: {says}"));
                None
            }
            (Some(user), 1) => proofs.pop().map(|proof| (user, proof)),
            (Some(_), _) => {
                let says = "user needs one of password_file, token_file and token_command, and only one";
                check.fault(&key("user"), key(says));
                None
            }
        };
        Some(ServerConfig { host: host?, port, security, ca_file, login })
    }
}

/// Whether a host is this machine.
pub(super) fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
