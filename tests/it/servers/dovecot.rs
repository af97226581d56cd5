//! A real IMAP server on this machine for one test: Dovecot with LMTP, in a private folder, stopped when the test ends.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tldops::shell::clock::SystemClock;
use tldops::shell::imap::{Folders, ImapSettings, Patience};
use tldops::shell::server::{Login, LoginProof, Security, Server};
use tldops::world::Clock as _;

use crate::servers::daemon::{self, Daemon};
use crate::servers::dialogue::Dialogue;
use crate::servers::ports::free_ports;

/// How long it may take for one answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(20);

/// The one user.
pub(crate) const USER: &str = "tldops@list.example";
/// What proves him.
pub(crate) const PASSWORD: &str = "open sesame";

/// A server under way.
pub(crate) struct Dovecot {
    daemon: Daemon,
    folder: TempDir,
    pub(crate) imap: u16,
    imaps: u16,
    /// Where a mail server hands over mails.
    pub(crate) lmtp: u16,
    /// Where a mail server asks who a user is.
    pub(crate) auth: u16,
}

/// A client of its own: what another mail program sees and does.
pub(crate) struct Client {
    reader: BufReader<TcpStream>,
    tag: u32,
}

impl Dovecot {
    /// Starts a server. None where there is none to start.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with("")
    }

    /// The same, with more lines of its configuration.
    pub(crate) fn start_with(more: &str) -> Option<Self> {
        let program = find_program()?;
        Some(daemon::start("the IMAP server", || Self::start_once(&program, more)))
    }

    fn start_once(program: &Path, more: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        // As root the server hands mails to an account of the system, which must reach them.
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(path.join("mail")).unwrap();
        fs::set_permissions(path.join("mail"), fs::Permissions::from_mode(0o777)).unwrap();
        certify(path);
        fs::write(path.join("users"), format!("{USER}:{{PLAIN}}{PASSWORD}\n")).unwrap();
        fs::write(path.join("password"), format!("{PASSWORD}\n")).unwrap();
        fs::set_permissions(path.join("password"), fs::Permissions::from_mode(0o600)).unwrap();
        let [imap, imaps, lmtp, auth] = free_ports();
        fs::write(path.join("dovecot.conf"), config(path, [imap, imaps, lmtp, auth], more)).unwrap();
        let daemon = spawn(program, path);
        let mut server = Self { daemon, folder, imap, imaps, lmtp, auth };
        server.is_ready().then_some(server)
    }

    /// Whether the server comes to greet on all its ports.
    fn is_ready(&mut self) -> bool {
        let greets = || [self.imap, self.lmtp].into_iter().all(Dialogue::greets);
        self.daemon.is_ready(|| greets() && TcpStream::connect(("127.0.0.1", self.imaps)).is_ok())
    }

    /// What the server wrote into its log.
    pub(crate) fn log(&self) -> String {
        self.daemon.log()
    }

    /// Gives somebody a mailbox, with the one password; the server learns of it at once.
    pub(crate) fn add_user(&self, address: &str) {
        let mut users = fs::OpenOptions::new().append(true).open(self.folder.path().join("users")).unwrap();
        writeln!(users, "{address}:{{PLAIN}}{PASSWORD}").unwrap();
    }

    /// The mails in somebody's inbox as they lie on the disk, in the order of their arrival, with lines as on the wire.
    pub(crate) fn mails_of(&self, address: &str) -> Vec<Vec<u8>> {
        self.mails_in(address, "")
    }

    /// The same of another folder of his.
    pub(crate) fn mails_in(&self, address: &str, folder: &str) -> Vec<Vec<u8>> {
        let folder = if folder.is_empty() { String::new() } else { format!(".{folder}") };
        let place = self.folder.path().join("mail").join(address).join("Maildir").join(folder);
        let entries = ["new", "cur"].into_iter().flat_map(|part| fs::read_dir(place.join(part)));
        let paths = entries.flatten().filter_map(|entry| Some(entry.ok()?.path()));
        // A file may be moved from new to cur meanwhile, and is then seen the next time.
        let mut mails: Vec<((u64, u64), Vec<u8>)> =
            paths.filter_map(|path| Some((arrival(&path), fs::read(&path).ok()?))).collect();
        mails.sort();
        mails.into_iter().map(|(_, octets)| with_crlf(&octets)).collect()
    }

    /// Forgets under which UIDs somebody's mails are known, as a server does that was set up anew from a backup: it gives
    /// all of them new ones, and tells so by another UIDVALIDITY (RFC 3501 §2.3.1.1). It is down meanwhile, since a
    /// command that is under way means the former ones.
    pub(crate) fn forget_uids(&mut self, address: &str) {
        self.stop();
        let place = self.folder.path().join("mail").join(address).join("Maildir");
        for entry in fs::read_dir(place).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("dovecot-uid") || name.starts_with("dovecot.index") {
                drop(fs::remove_file(entry.path()));
            }
        }
        // The new UIDVALIDITY is the second of the day: within the same one it would be the former.
        let second = || SystemClock.now().as_second();
        let before = second();
        while second() == before {
            std::thread::sleep(Duration::from_millis(10));
        }
        self.start_again();
    }

    /// The server's certificate and its key.
    pub(crate) fn certificate(&self) -> (PathBuf, PathBuf) {
        (self.folder.path().join("server.pem"), self.folder.path().join("server.key"))
    }

    /// The file with the certificate authority of this server.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The file with the user's password.
    pub(crate) fn password_file(&self) -> PathBuf {
        self.folder.path().join("password")
    }

    /// The port for this kind of connection.
    pub(crate) fn port(&self, security: Security) -> u16 {
        if security == Security::Tls { self.imaps } else { self.imap }
    }

    /// How our mailbox gets there.
    pub(crate) fn settings(&self, security: Security, filed: Option<Folders>) -> ImapSettings {
        let login = Login { user: USER.to_owned(), proof: LoginProof::PasswordFile(self.password_file()) };
        ImapSettings {
            server: Server {
                host: "127.0.0.1".to_owned(),
                port: self.port(security),
                security,
                ca_file: Some(self.ca_file()),
                login: Some(login),
            },
            folder: "INBOX".to_owned(),
            filed,
            patience: Patience { pause: Duration::from_millis(50), ..Patience::default() },
        }
    }

    /// Delivers mails by LMTP (RFC 2033), one after the other; each ends with a line's end.
    pub(crate) fn deliver(&self, mails: &[String]) {
        let mut dialogue = Dialogue::with(self.lmtp).unwrap();
        dialogue.ask(b"", "220");
        dialogue.ask(b"LHLO test.example\r\n", "250");
        for mail in mails {
            dialogue.hand_over("sender@nic.example", USER, mail.as_bytes());
        }
        dialogue.ask(b"QUIT\r\n", "221");
    }

    /// Another mail program, with the inbox selected.
    pub(crate) fn client(&self) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", self.imap)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(ANSWER_TIME_MAX)).unwrap();
        let mut client = Client { reader: BufReader::new(stream), tag: 0 };
        let mut greeting = String::new();
        client.reader.read_line(&mut greeting).unwrap();
        client.run(&format!("LOGIN {USER} \"{PASSWORD}\""));
        client.run("SELECT INBOX");
        client
    }

    /// Removes a folder and makes it anew, with another generation of UIDs.
    pub(crate) fn make_anew(&self, folder: &str) {
        let mut client = self.client();
        client.run(&format!("DELETE {folder}"));
        client.run(&format!("CREATE {folder}"));
    }

    /// Stops the server and waits until it is gone; its mails stay, see [`Dovecot::start_again`].
    pub(crate) fn stop(&mut self) {
        self.daemon.end();
    }

    /// Starts a server that was stopped, with its mails, on its ports.
    pub(crate) fn start_again(&mut self) {
        let program = find_program().unwrap();
        self.daemon = spawn(&program, self.folder.path());
        assert!(self.is_ready(), "{}", self.log());
    }
}

impl Client {
    /// Runs a command that must end well; the lines before its end.
    #[track_caller]
    pub(crate) fn run(&mut self, command: &str) -> Vec<String> {
        self.tag += 1;
        let tag = format!("c{}", self.tag);
        self.reader.get_mut().write_all(format!("{tag} {command}\r\n").as_bytes()).unwrap();
        let mut lines = Vec::new();
        loop {
            let mut line = Vec::new();
            assert!(self.reader.read_until(b'\n', &mut line).unwrap() > 0, "closed at {command}");
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if let Some(end) = line.strip_prefix(&format!("{tag} ")) {
                assert!(end.starts_with("OK"), "{command} is answered {end}");
                return lines;
            }
            lines.push(line);
        }
    }

    /// The UIDs of the mails in the selected folder that fit.
    #[track_caller]
    pub(crate) fn search(&mut self, keys: &str) -> Vec<u32> {
        // So that what others changed is seen.
        self.run("NOOP");
        let lines = self.run(&format!("UID SEARCH {keys}"));
        let found = lines.iter().find_map(|line| line.strip_prefix("* SEARCH")).unwrap_or_default();
        found.split_whitespace().map(|uid| uid.parse().unwrap()).collect()
    }

    /// How many mails a folder has.
    #[track_caller]
    pub(crate) fn count(&mut self, folder: &str) -> usize {
        self.run(&format!("SELECT {folder}"));
        let count = self.search("ALL").len();
        self.run("SELECT INBOX");
        count
    }
}

/// Says that a test is skipped for want of an IMAP server; where everything must be checked that is a failure.
pub(crate) fn skip() {
    daemon::skip_for_want_of(
        "dovecot",
        "tests/run installs the packages dovecot-imapd and dovecot-lmtpd as root",
    );
}

fn find_program() -> Option<PathBuf> {
    daemon::find_program("dovecot")
}

fn spawn(program: &Path, folder: &Path) -> Daemon {
    Daemon::spawn(Command::new(program).arg("-F").arg("-c").arg(folder.join("dovecot.conf")), folder)
}

/// When a mail came, by the name that the server gave its file: seconds, and millionths of one.
fn arrival(path: &Path) -> (u64, u64) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut parts = name.split('.');
    let seconds = parts.next().and_then(|part| part.parse().ok()).unwrap_or_default();
    let micros = parts.next().and_then(|part| part.strip_prefix('M')?.split('P').next()?.parse().ok());
    (seconds, micros.unwrap_or_default())
}

/// The server keeps mails with bare line feeds.
fn with_crlf(octets: &[u8]) -> Vec<u8> {
    let lines = octets.split_inclusive(|octet| *octet == b'\n');
    lines
        .flat_map(|line| match line.strip_suffix(b"\n") {
            Some(text) => [text.strip_suffix(b"\r").unwrap_or(text), b"\r\n"].concat(),
            None => line.to_vec(),
        })
        .collect()
}

/// A certificate for 127.0.0.1 and localhost, and its authority.
fn certify(folder: &Path) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    fs::write(folder.join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(params, key);
    let server_key = KeyPair::generate().unwrap();
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let certificate = CertificateParams::new(names).unwrap().signed_by(&server_key, &issuer).unwrap();
    fs::write(folder.join("server.pem"), certificate.pem()).unwrap();
    fs::write(folder.join("server.key"), server_key.serialize_pem()).unwrap();
}

/// What the server is told. As root it runs as the packages' own accounts; else all of it is ours, without a jail.
fn config(folder: &Path, [imap, imaps, lmtp, auth]: [u16; 4], more: &str) -> String {
    let output = |option: &str| {
        let output = Command::new("id").arg(option).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let is_root = output("-u") == "0";
    let (accounts, jail) = if is_root {
        ("default_internal_user = dovecot\ndefault_login_user = dovenull\n".to_owned(), "")
    } else {
        let (user, group) = (output("-un"), output("-gn"));
        let accounts = format!(
            "default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n\
             service anvil {{\n  chroot =\n}}\nservice stats {{\n  chroot =\n}}\n"
        );
        (accounts, "chroot =")
    };
    let (user, group) = if is_root { ("8".to_owned(), "8".to_owned()) } else { (output("-u"), output("-g")) };
    let path = folder.display();
    format!(
        "protocols = imap lmtp\nlisten = 127.0.0.1\nbase_dir = {path}/base\nstate_dir = {path}/state\nlog_path = {path}/log\n\
         {accounts}mail_location = maildir:~/Maildir\nfirst_valid_uid = {user}\nfirst_valid_gid = {group}\n\
         disable_plaintext_auth = no\nauth_mechanisms = plain login\nauth_failure_delay = 0\n\
         mail_max_userip_connections = 100\n\
         ssl = yes\nssl_cert = <{path}/server.pem\nssl_key = <{path}/server.key\nssl_min_protocol = TLSv1.2\n\
         passdb {{\n  driver = passwd-file\n  args = scheme=PLAIN username_format=%Lu {path}/users\n}}\n\
         userdb {{\n  driver = static\n  args = uid={user} gid={group} home={path}/mail/%Lu\n}}\n\
         namespace inbox {{\n  inbox = yes\n  separator = /\n}}\n\
         service imap-login {{\n  {jail}\n  service_count = 0\n  inet_listener imap {{\n    address = 127.0.0.1\n    port = {imap}\n  }}\n  \
         inet_listener imaps {{\n    address = 127.0.0.1\n    port = {imaps}\n    ssl = yes\n  }}\n}}\n\
         service lmtp {{\n  inet_listener lmtp {{\n    address = 127.0.0.1\n    port = {lmtp}\n  }}\n}}\n\
         service auth {{\n  inet_listener {{\n    address = 127.0.0.1\n    port = {auth}\n  }}\n}}\n\
         protocol lmtp {{\n  postmaster_address = postmaster@list.example\n}}\n{more}\n"
    )
}
