//! The program as its operator starts it, in a folder with its configuration.

use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take on a busy machine.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);

/// A command that came to its end.
pub(crate) struct Ended {
    /// Its exit status.
    pub(crate) status: i32,
    /// What it printed.
    pub(crate) out: String,
    /// What it said on standard error.
    pub(crate) err: String,
}

impl Ended {
    /// The lines that it printed.
    pub(crate) fn lines(&self) -> Vec<&str> {
        self.out.lines().collect()
    }

    /// All that it said, on either.
    pub(crate) fn told(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// Writes a configuration with a mailbox, a post and a copy of IANA's records in folders of its own, a DNS that knows
/// nobody, and these sections more.
pub(crate) fn configure(folder: &Path, more: &str) {
    let zone = "$ORIGIN .\n$TTL 60\n. IN SOA ns.invalid. h.invalid. 1 60 60 60 60\n";
    fs::write(folder.join("zone.db"), zone).unwrap();
    let text = "mailbox_address = \"tld-ops-admin@ops.example\"\nsecretariat = [\"secretariat@ops.example\"]\nstore = \"store\"\n\
        poll_seconds = 1\n[mailbox]\nkind = \"maildir\"\npath = \"mail\"\n[post]\nkind = \"folder\"\npath = \"sent\"\n\
        [dns]\nkind = \"zone-file\"\npath = \"zone.db\"\n[iana]\nkind = \"snapshot\"\npath = \"iana.json\"\n";
    fs::write(folder.join("tldops.toml"), format!("{text}{more}")).unwrap();
}

/// Where the list is the roster itself.
pub(crate) const OWN_ROSTER: &str = "[list]\nkind = \"own-roster\"\n";

/// Runs a command to its end.
pub(crate) fn tldops(folder: &Path, arguments: &[&str]) -> Ended {
    let output = program().args(arguments).current_dir(folder).output().unwrap();
    let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
    Ended { status: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs a command that the system kills, without a word, as soon as it writes beyond so many blocks of 512 octets of a file.
/// Says whether it came to that.
pub(crate) fn killed_beyond(folder: &Path, arguments: &[&str], blocks: u64) -> bool {
    let limited = format!("ulimit -c 0; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut shell = Command::new("sh");
    shell.args(["-c", &limited, env!("CARGO_BIN_EXE_tldops")]).args(arguments).current_dir(folder);
    shell.output().unwrap().status.signal().is_some()
}

/// The program, for whoever starts it in a way of his own.
pub(crate) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_tldops"))
}

/// Runs a command, sees that it ends so and says so, and gives what it printed.
#[track_caller]
pub(crate) fn said(folder: &Path, arguments: &[&str], status: i32, says: &str) -> String {
    let Ended { status: found, out, err } = tldops(folder, arguments);
    assert_eq!(found, status, "{arguments:?}\n{out}\n{err}");
    assert!(out.contains(says) || err.contains(says), "{arguments:?} does not say {says:?}:\n{out}\n{err}");
    out
}

/// A command at a terminal, which asks before it does anything (util-linux's `script`, which every Debian has).
pub(crate) struct Terminal {
    child: Child,
    shown: PathBuf,
    folder: PathBuf,
}

impl Terminal {
    /// Starts it, and waits until it asks.
    #[track_caller]
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        let shown = folder.join("terminal");
        drop(fs::remove_file(&shown));
        let quoted: Vec<String> = [&[env!("CARGO_BIN_EXE_tldops")], arguments]
            .concat()
            .iter()
            .map(|part| format!("'{part}'"))
            .collect();
        let mut script = Command::new("script");
        script.args(["-qefc", &quoted.join(" ")]).arg(&shown).current_dir(folder).stdin(Stdio::piped());
        let child = script.stdout(Stdio::null()).spawn().unwrap();
        let terminal = Self { child, shown, folder: folder.to_owned() };
        wait_until("it asks at the terminal", folder, || terminal.shows().contains("Type yes:"));
        terminal
    }

    /// What stands on the screen.
    fn shows(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.shown).unwrap_or_default()).replace('\r', "")
    }

    /// Types a line; gives the exit status and all that was shown.
    #[track_caller]
    pub(crate) fn answers(mut self, line: &str) -> (i32, String) {
        let mut keyboard = self.child.stdin.take().unwrap();
        keyboard.write_all(format!("{line}\n").as_bytes()).unwrap();
        let mut ended = None;
        wait_until("it ends", &self.folder, || {
            ended = self.child.try_wait().unwrap();
            ended.is_some()
        });
        drop(keyboard);
        (ended.unwrap().code().unwrap(), self.shows())
    }
}

/// A running program; it is killed where a test fails.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(folder: &Path, set: &[(&str, &str)]) -> Self {
        let log = fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).unwrap();
        let mut program = program();
        program.arg("run").current_dir(folder).envs(set.iter().copied());
        Self(program.stdout(Stdio::null()).stderr(log).spawn().unwrap())
    }

    /// The same where no file may grow beyond so many blocks of 512 octets: each write past that fails.
    pub(crate) fn start_on_a_full_disk(folder: &Path, blocks: u64) -> Self {
        let log = fs::OpenOptions::new().create(true).append(true).open(folder.join("refused.log")).unwrap();
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" run");
        let mut shell = Command::new("sh");
        shell.args(["-c", &limited, env!("CARGO_BIN_EXE_tldops")]).current_dir(folder);
        Self(shell.stdout(Stdio::null()).stderr(log).spawn().unwrap())
    }

    /// Sends it a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Stops it in order.
    pub(crate) fn ends_well(mut self, folder: &Path) {
        self.signal("TERM");
        let mut ended = None;
        wait_until("the program ends", folder, || {
            ended = self.0.try_wait().unwrap();
            ended.is_some()
        });
        assert!(ended.unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After an orderly end there is nothing to kill.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn wait_until(what: &str, folder: &Path, holds: impl FnMut() -> bool) {
    wait_within(DEADLINE, what, folder, holds);
}

/// The same, for so long at the most.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "a deadline is of the real clock")]
pub(crate) fn wait_within(limit: Duration, what: &str, folder: &Path, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    let log = || fs::read_to_string(folder.join("log")).unwrap_or_default();
    while !holds() {
        assert!(start.elapsed() < limit, "it does not come to be that {what}:\n{}", log());
        std::thread::sleep(Duration::from_millis(20));
    }
}
