//! A server that mail comes from or goes to: where it is, how the way there is kept private, and how we say who we are.

use std::fmt;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

/// Octets of a password or token at the most: tokens of large providers have some two thousand.
const SECRET_OCTETS_MAX: u64 = 16 * 1024;
/// How long a command that gives a token may take: it may have to ask the provider.
const TOKEN_COMMAND_TIME_MAX: Duration = Duration::from_secs(30);
/// How often it is looked whether that command has ended.
const TOKEN_COMMAND_LOOK: Duration = Duration::from_millis(20);

/// How the octets on the way are kept private.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Security {
    /// TLS from the first octet (RFC 8314).
    Tls,
    /// TLS after STARTTLS; without it nothing is said.
    StartTls,
    /// None: only to a server on this machine.
    None,
}

/// Where a server is, and who we are to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Server {
    /// Its name, which its certificate must bear, or its address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is kept private.
    pub security: Security,
    /// The certificate authorities to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// How we say who we are; without it nothing is said.
    pub login: Option<Login>,
}

impl Server {
    /// Its name and port, for people.
    pub fn shown(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// Who we are to a server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Login {
    /// Our user name.
    pub user: String,
    /// What proves it.
    pub proof: LoginProof,
}

/// What proves who we are. It is read anew for each connection, so that a new password or token needs no restart.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LoginProof {
    /// A file with the password: its first line.
    PasswordFile(PathBuf),
    /// A file with an OAuth 2.0 access token, kept fresh by another program (XOAUTH2).
    TokenFile(PathBuf),
    /// A command that prints an OAuth 2.0 access token (XOAUTH2).
    TokenCommand(Vec<String>),
}

/// A password or token. It is never shown.
pub struct Secret(String);

impl Secret {
    /// The words themselves, for the server alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a secret")
    }
}

impl LoginProof {
    /// Whether it is a token and no password.
    pub fn is_token(&self) -> bool {
        !matches!(self, Self::PasswordFile(_))
    }

    /// The password or token as it is now.
    ///
    /// # Errors
    /// Where there is none, with what to do; never with what was read.
    pub fn secret(&self) -> anyhow::Result<Secret> {
        let text = match self {
            Self::PasswordFile(path) | Self::TokenFile(path) => of_file(path)?,
            Self::TokenCommand(command) => of_command(command)?,
        };
        let line = text.lines().next().unwrap_or_default().trim_end().to_owned();
        ensure!(!line.is_empty(), "{} is empty", self.shown());
        ensure!(!line.chars().any(char::is_control), "{} holds control characters", self.shown());
        Ok(Secret(line))
    }

    fn shown(&self) -> String {
        match self {
            Self::PasswordFile(path) => format!("the password file {}", path.display()),
            Self::TokenFile(path) => format!("the token file {}", path.display()),
            Self::TokenCommand(command) => {
                format!("what the command {} prints", command.first().map(String::as_str).unwrap_or_default())
            }
        }
    }
}

fn of_file(path: &Path) -> anyhow::Result<String> {
    let read = || -> std::io::Result<String> {
        let mut text = String::new();
        fs::File::open(path)?.take(SECRET_OCTETS_MAX).read_to_string(&mut text)?;
        Ok(text)
    };
    read().with_context(|| {
        format!("{} cannot be read; let the user that the program runs as read it", path.display())
    })
}

/// What a command prints, within its time. What it says on standard error goes to ours.
fn of_command(command: &[String]) -> anyhow::Result<String> {
    let (program, arguments) = command.split_first().context("the command for a token is empty")?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("the command {program} cannot be started"))?;
    let looks = TOKEN_COMMAND_TIME_MAX.as_millis() / TOKEN_COMMAND_LOOK.as_millis();
    let mut status = None;
    for _ in 0..looks {
        status = child.try_wait().with_context(|| format!("waiting for {program}"))?;
        if status.is_some() {
            break;
        }
        std::thread::sleep(TOKEN_COMMAND_LOOK);
    }
    let Some(status) = status else {
        child.kill().with_context(|| format!("stopping {program}"))?;
        child.wait().with_context(|| format!("waiting for {program}"))?;
        bail!("the command {program} gave no token within {} seconds", TOKEN_COMMAND_TIME_MAX.as_secs());
    };
    ensure!(status.success(), "the command {program} failed: {status}");
    let mut text = String::new();
    let output = child.stdout.take().context("the command's output is gone")?;
    output
        .take(SECRET_OCTETS_MAX)
        .read_to_string(&mut text)
        .with_context(|| format!("reading from {program}"))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::LoginProof;

    #[test]
    fn a_secret_comes_from_a_file_or_a_command_and_is_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "open sesame \n").unwrap();
        let secret = LoginProof::PasswordFile(file).secret().unwrap();
        assert_eq!((secret.reveal(), format!("{secret:?}").as_str()), ("open sesame", "a secret"));
        let command =
            |words: &[&str]| LoginProof::TokenCommand(words.iter().map(ToString::to_string).collect());
        assert_eq!(command(&["printf", "token\n"]).secret().unwrap().reveal(), "token");
        let error = |proof: LoginProof| format!("{:#}", proof.secret().unwrap_err());
        assert_eq!(error(command(&["true"])), "what the command true prints is empty");
        assert!(error(command(&["false"])).starts_with("the command false failed"));
        assert!(
            error(command(&["/no/such/program"]))
                .starts_with("the command /no/such/program cannot be started")
        );
        let missing = folder.path().join("missing");
        assert!(error(LoginProof::TokenFile(missing)).contains("cannot be read"));
    }
}
