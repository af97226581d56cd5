//! A real mail server on this machine for one test: Postfix, which has every domain at home and hands all to Dovecot.
//!
//! Only root can start it. Nothing leaves the machine: every domain is its own, and it asks no name server.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::servers::daemon::{self, Daemon};
use crate::servers::dialogue::Dialogue;
use crate::servers::dovecot::Dovecot;
use crate::servers::ports::free_ports;

/// Where the packages of the distributions put its daemons.
const DAEMONS: [&str; 3] = ["/usr/lib/postfix/sbin", "/usr/libexec/postfix", "/usr/lib/postfix"];

/// A server under way.
pub(crate) struct Postfix {
    daemon: Daemon,
    folder: TempDir,
    daemons: PathBuf,
    /// Where strangers hand in mail for anybody here.
    pub(crate) mx: u16,
    /// Where users hand in their mail: STARTTLS, and a name and a password that Dovecot knows.
    pub(crate) submission: u16,
    /// The same with TLS from the first octet (RFC 8314 §3.3).
    pub(crate) submissions: u16,
}

/// How the server treats who hands in mail.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mood {
    /// As it should.
    Up,
    /// It answers 451 to every sender.
    Refuses,
    /// It stands still, with its connections open.
    Frozen,
}

impl Postfix {
    /// Starts a server in front of an IMAP server. None where there is none to start, or we may not.
    pub(crate) fn start(dovecot: &Dovecot) -> Option<Self> {
        let daemons = DAEMONS.iter().map(PathBuf::from).find(|folder| folder.join("master").is_file())?;
        if !is_root() {
            return None;
        }
        Some(daemon::start("the mail server", || Self::start_once(&daemons, dovecot)))
    }

    fn start_once(daemons: &Path, dovecot: &Dovecot) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        // It works under accounts of its own, which must reach their folders.
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["etc", "spool", "data"] {
            fs::create_dir(path.join(name)).unwrap();
        }
        let chown = Command::new("chown").arg("postfix:postfix").arg(path.join("data")).status().unwrap();
        assert!(chown.success());
        fs::write(path.join("etc/moods"), "").unwrap();
        fs::write(path.join("log"), "").unwrap();
        let [mx, submission, submissions] = free_ports();
        fs::write(path.join("etc/main.cf"), main_cf(path, daemons, dovecot)).unwrap();
        fs::write(path.join("etc/master.cf"), master_cf([mx, submission, submissions])).unwrap();
        let check = Command::new("postfix").arg("-c").arg(path.join("etc")).arg("check").output().unwrap();
        assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
        let daemon = spawn(daemons, path);
        let daemons = daemons.to_owned();
        let mut server = Self { daemon, folder, daemons, mx, submission, submissions };
        server.is_ready().then_some(server)
    }

    /// Whether the server comes to greet on all its ports.
    fn is_ready(&mut self) -> bool {
        // Who wants TLS first says nothing before.
        let greets = || [self.mx, self.submission].into_iter().all(Dialogue::greets);
        self.daemon.is_ready(|| greets() && Dialogue::with(self.submissions).is_some())
    }

    /// What the server wrote into its log.
    pub(crate) fn log(&self) -> String {
        self.daemon.log()
    }

    /// Hands in a mail as a stranger's server does (RFC 5321), and gives what it said to the end of the data.
    pub(crate) fn hand_in(&self, from: &str, to: &str, mail: &[u8]) -> String {
        let mut dialogue = Dialogue::with(self.mx).unwrap();
        dialogue.ask(b"", "220");
        dialogue.ask(b"EHLO test.example\r\n", "250");
        let said = dialogue.hand_over(from, to, mail);
        dialogue.ask(b"QUIT\r\n", "221");
        said
    }

    /// Lets the submission be in this mood from now on.
    pub(crate) fn set_mood(&self, mood: Mood) {
        self.daemon.signal(if mood == Mood::Frozen { "-STOP" } else { "-CONT" });
        let (etc, text) = (
            self.folder.path().join("etc"),
            match mood {
                Mood::Refuses => "/./ 451 4.3.0 not now\n",
                Mood::Up | Mood::Frozen => "",
            },
        );
        fs::write(etc.join("moods"), text).unwrap();
        if mood != Mood::Frozen {
            // Its processes read the file when they start.
            let reload = Command::new("postfix").arg("-c").arg(etc).arg("reload").output().unwrap();
            assert!(reload.status.success(), "{}", String::from_utf8_lossy(&reload.stderr));
        }
    }

    /// Stops the server and waits until it is gone; what is in its queue stays, see [`Postfix::start_again`].
    pub(crate) fn stop(&mut self) {
        self.daemon.end();
    }

    /// Starts a server that was stopped, with its queue, on its ports.
    pub(crate) fn start_again(&mut self) {
        drop(fs::remove_file(self.folder.path().join("spool/pid/master.pid")));
        self.daemon = spawn(&self.daemons, self.folder.path());
        assert!(self.is_ready(), "{}", self.log());
    }
}

/// Says that a test is skipped for want of a mail server; where everything must be checked that is a failure, but of who
/// may not start one.
pub(crate) fn skip() {
    if is_root() {
        daemon::skip_for_want_of("postfix", "tests/run installs the package postfix");
    } else {
        daemon::skip("postfix can be started by root alone");
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.starts_with(b"0\n")
}

/// The server in the foreground.
fn spawn(daemons: &Path, folder: &Path) -> Daemon {
    let mut command = Command::new(daemons.join("master"));
    Daemon::spawn(command.arg("-d").arg("-c").arg(folder.join("etc")), folder)
}

fn main_cf(folder: &Path, daemons: &Path, dovecot: &Dovecot) -> String {
    let (path, daemons) = (folder.display(), daemons.display());
    let (lmtp, auth) = (dovecot.lmtp, dovecot.auth);
    let (certificate, key) = dovecot.certificate();
    let (certificate, key) = (certificate.display(), key.display());
    format!(
        "compatibility_level = 3.6\nqueue_directory = {path}/spool\ndata_directory = {path}/data\n\
         command_directory = /usr/sbin\ndaemon_directory = {daemons}\nmail_owner = postfix\nsetgid_group = postdrop\n\
         maillog_file = {path}/log\nmaillog_file_prefixes = {path}\nmyhostname = mail.list.example\nmydestination =\n\
         mynetworks = 127.0.0.0/8\ninet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nalias_maps =\nalias_database =\n\
         local_transport = error:no local delivery\ndefault_transport = error:nothing leaves this machine\n\
         relay_transport = error:nothing leaves this machine\nvirtual_mailbox_domains = static:all\n\
         virtual_mailbox_maps = static:all\nvirtual_transport = lmtp:inet:[127.0.0.1]:{lmtp}\n\
         recipient_delimiter = +\ndisable_dns_lookups = yes\nsmtpd_recipient_restrictions = permit_mynetworks, reject\n\
         smtpd_tls_security_level = may\nsmtpd_tls_cert_file = {certificate}\nsmtpd_tls_key_file = {key}\n\
         smtpd_tls_loglevel = 0\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = inet:127.0.0.1:{auth}\n\
         smtpd_client_connection_count_limit = 0\nsmtpd_client_connection_rate_limit = 0\n\
         smtpd_client_message_rate_limit = 0\nmessage_size_limit = 60000000\nmailbox_size_limit = 0\n\
         virtual_mailbox_limit = 0\nminimal_backoff_time = 1s\nmaximal_backoff_time = 2s\nqueue_run_delay = 1s\n\
         transport_retry_time = 1s\nlmtp_destination_concurrency_failed_cohort_limit = 1000\n"
    )
}

fn master_cf([mx, submission, submissions]: [u16; 3]) -> String {
    let users = "-o smtpd_sasl_auth_enable=yes\n  -o smtpd_tls_auth_only=yes\n  -o smtpd_tls_security_level=encrypt\n  \
                 -o smtpd_sender_restrictions=check_sender_access,regexp:$config_directory/moods\n  \
                 -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject\n";
    format!(
        "127.0.0.1:{mx} inet n - n - - smtpd\n\
         127.0.0.1:{submission} inet n - n - - smtpd\n  {users}\
         127.0.0.1:{submissions} inet n - n - - smtpd\n  -o smtpd_tls_wrappermode=yes\n  {users}\
         pickup unix n - n 60 1 pickup\ncleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\n\
         tlsmgr unix - - n 1000? 1 tlsmgr\nrewrite unix - - n - - trivial-rewrite\nbounce unix - - n - 0 bounce\n\
         defer unix - - n - 0 bounce\ntrace unix - - n - 0 bounce\nverify unix - - n - 1 verify\n\
         flush unix n - n 1000? 0 flush\nproxymap unix - - n - - proxymap\nproxywrite unix - - n - 1 proxymap\n\
         smtp unix - - n - - smtp\nrelay unix - - n - - smtp\nshowq unix n - n - - showq\nerror unix - - n - - error\n\
         retry unix - - n - - error\ndiscard unix - - n - - discard\nvirtual unix - n n - - virtual\n\
         lmtp unix - - n - - lmtp\nanvil unix - - n - 1 anvil\nscache unix - - n - 1 scache\n\
         postlog unix-dgram n - n - 1 postlogd\n"
    )
}
