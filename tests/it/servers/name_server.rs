//! A real name server on this machine for one test: Knot DNS, on a port of its own, stopped when the test ends.

#![expect(
    clippy::disallowed_methods,
    reason = "a server that does not come up is waited for until a deadline"
)]

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::net::UdpSocket;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use tempfile::TempDir;
use tldops::domain::evidence::DnsAnswer;
use tldops::domain::evidence::DnsQuestion;
use tldops::shell::dns::Dns;
use tldops::world::Resolver as _;

/// How long a server may take to start; it takes a tenth of a second on a machine that is not busy.
const START_TIME_MAX: Duration = Duration::from_secs(20);
/// Ports that are tried: another program may take one between our look and the server's.
const PORTS_TRIED_MAX: usize = 5;
/// The zone that tells that all zones are loaded, since they are loaded in parallel.
const READY: &str = "ready.example";

/// A name server under way.
pub(crate) struct NameServer {
    child: Child,
    port: u16,
    _folder: TempDir,
}

/// Whether a server stands still.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Freeze {
    Stand,
    GoOn,
}

impl NameServer {
    /// Starts a server with these zones: their names and their records after SOA and NS, in master format. One without
    /// records has a broken file, so that the server answers SERVFAIL for it. None where there is no server to start.
    pub(crate) fn start(zones: &[(&str, Option<String>)]) -> Option<Self> {
        let program = find_program()?;
        let started = (0..PORTS_TRIED_MAX).find_map(|_| Self::start_on(free_port(), &program, zones));
        assert!(started.is_some(), "the name server did not start on any of {PORTS_TRIED_MAX} ports");
        started
    }

    /// Lets it stand still, so that questions time out, or go on.
    pub(crate) fn freeze(&self, freeze: Freeze) {
        let signal = match freeze {
            Freeze::Stand => "-STOP",
            Freeze::GoOn => "-CONT",
        };
        drop(Command::new("kill").args([signal, &self.child.id().to_string()]).status());
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        on_loopback(self.port)
    }

    fn start_on(port: u16, program: &Path, zones: &[(&str, Option<String>)]) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        let mut config = format!(
            "server:\n  rundir: {path}\n  listen: 127.0.0.1@{port}\n  udp-workers: 1\n  tcp-workers: 1\n  \
             background-workers: 1\ndatabase:\n  storage: {path}\nlog:\n  - target: stderr\n    any: warning\n\
             template:\n  - id: default\n    storage: {path}\n    zonefile-sync: -1\n    journal-content: none\nzone:\n"
        );
        let mut ready = vec![(READY, Some("@ TXT \"ready\"".to_owned()))];
        ready.extend(zones.iter().cloned());
        for (name, records) in &ready {
            writeln!(config, "  - domain: {name}\n    file: {name}.zone").unwrap();
            let head = "$TTL 60\n@ SOA ns.example. hostmaster.example. 1 60 60 600 60\n@ NS ns.example.\n";
            let text = records
                .as_ref()
                .map_or_else(|| "this is no zone".to_owned(), |records| format!("{head}{records}\n"));
            fs::write(folder.path().join(format!("{name}.zone")), text).unwrap();
        }
        fs::write(folder.path().join("knot.conf"), config).unwrap();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let child = Command::new(program)
            .arg("-c")
            .arg(folder.path().join("knot.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { child, port, _folder: folder };
        server.wait_until_ready(zones).then_some(server)
    }

    /// Whether the server answers for every zone that is whole; not where it ended by itself.
    fn wait_until_ready(&mut self, zones: &[(&str, Option<String>)]) -> bool {
        let deadline = Instant::now() + START_TIME_MAX;
        let whole = zones.iter().filter(|(_, records)| records.is_some()).map(|(name, _)| *name);
        let questions: Vec<DnsQuestion> =
            whole.chain([READY]).map(|name| DnsQuestion { name: name.to_owned() }).collect();
        loop {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            // What listens may be another's server, which does not know our zones.
            let answers = Dns::by(&[self.address()]).unwrap().answers(&questions);
            if !answers.values().any(|answer| matches!(answer, DnsAnswer::Temporary(_))) {
                return true;
            }
            assert!(Instant::now() < deadline, "the name server did not come up: {answers:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for NameServer {
    /// Ends our own child, by its process id, and waits until it is gone.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Says that a test is skipped for want of a name server; where everything must be checked that is a failure.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so aloud")]
pub(crate) fn skip() {
    let is_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!is_ci, "knotd is missing: install the package knot");
    println!("skipped: there is no knotd; tests/run installs it as root");
}

pub(crate) fn on_loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// The server's program: it stands where not every user looks.
fn find_program() -> Option<PathBuf> {
    let searched = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&searched).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    folders.map(|folder| folder.join("knotd")).find(|program| program.is_file())
}

/// A port that is free for both UDP and TCP now.
fn free_port() -> u16 {
    loop {
        let udp = UdpSocket::bind(on_loopback(0)).unwrap();
        let port = udp.local_addr().unwrap().port();
        if TcpListener::bind(on_loopback(port)).is_ok() {
            return port;
        }
    }
}
