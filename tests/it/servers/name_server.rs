//! A real name server on this machine for one test: Knot DNS, on a port of its own, stopped when the test ends.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::net::UdpSocket;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use tldops::domain::evidence::DnsAnswer;
use tldops::domain::evidence::DnsQuestion;
use tldops::shell::dns::Dns;
use tldops::world::Resolver as _;

use crate::servers::daemon;
use crate::servers::daemon::Daemon;

/// The zone that tells that all zones are loaded, since they are loaded in parallel.
const READY: &str = "ready.example";

/// A name server under way.
pub(crate) struct NameServer {
    daemon: Daemon,
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
        let program = daemon::find_program("knotd")?;
        Some(daemon::start("the name server", || Self::start_on(free_port(), &program, zones)))
    }

    /// Lets it stand still, so that questions time out, or go on.
    pub(crate) fn freeze(&self, freeze: Freeze) {
        self.daemon.signal(match freeze {
            Freeze::Stand => "-STOP",
            Freeze::GoOn => "-CONT",
        });
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
        let mut command = Command::new(program);
        let daemon = Daemon::spawn(command.arg("-c").arg(folder.path().join("knot.conf")), folder.path());
        let mut server = Self { daemon, port, _folder: folder };
        server.is_ready(zones).then_some(server)
    }

    /// Whether the server comes to answer for every zone that is whole.
    fn is_ready(&mut self, zones: &[(&str, Option<String>)]) -> bool {
        let whole = zones.iter().filter(|(_, records)| records.is_some()).map(|(name, _)| *name);
        let questions: Vec<DnsQuestion> =
            whole.chain([READY]).map(|name| DnsQuestion { name: name.to_owned() }).collect();
        let address = self.address();
        // What listens may be another's server, which does not know our zones.
        self.daemon.is_ready(|| {
            let answers = Dns::by(&[address]).unwrap().answers(&questions);
            !answers.values().any(|answer| matches!(answer, DnsAnswer::Temporary(_)))
        })
    }
}

/// Says that a test is skipped for want of a name server; where everything must be checked that is a failure.
pub(crate) fn skip() {
    daemon::skip_for_want_of("knotd", "tests/run installs the package knot as root");
}

pub(crate) fn on_loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
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
