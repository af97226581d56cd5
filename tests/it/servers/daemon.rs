//! A server's process: found, started until it is ready, ended with all that it started; and what is said where there is none.

#![expect(
    clippy::disallowed_methods,
    reason = "a server that does not come up, or does not end, is waited for until a deadline"
)]

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to start: the slowest takes seven seconds on a machine that is not busy.
const START_TIME_MAX: Duration = Duration::from_mins(2);
/// How long a server may take to end: the slowest ends its own children first.
const END_TIME_MAX: Duration = Duration::from_secs(30);
/// How often it is looked whether a server is ready, or gone.
const LOOK: Duration = Duration::from_millis(10);
/// How often a server is started at the most: another program may take its port between our look and the server's.
const STARTS_MAX: usize = 5;

/// A process in a group of its own, ended when the test ends.
pub(crate) struct Daemon {
    child: Child,
    folder: PathBuf,
}

/// A server that is started on ports of its own, and anew on others where it ended by itself.
pub(crate) fn start<T>(what: &str, mut start_once: impl FnMut() -> Option<T>) -> T {
    let started = (0..STARTS_MAX).find_map(|_| start_once());
    started.ok_or_else(|| format!("{what} did not start in {STARTS_MAX} tries")).unwrap()
}

impl Daemon {
    /// Starts a server that stays in the foreground and whose folder this is. The group is for those that it starts itself,
    /// which would outlive it.
    pub(crate) fn spawn(command: &mut Command, folder: &Path) -> Self {
        let output = fs::File::create(folder.join("output")).unwrap();
        command.stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(output).process_group(0);
        Self { child: command.spawn().unwrap(), folder: folder.to_owned() }
    }

    /// Whether the server comes to answer as it should; not where it ended by itself.
    pub(crate) fn is_ready(&mut self, mut answers: impl FnMut() -> bool) -> bool {
        let deadline = Instant::now() + START_TIME_MAX;
        loop {
            let answers = answers();
            // Whoever answers on the port of one that ended is another's server.
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            if answers {
                return true;
            }
            assert!(Instant::now() < deadline, "the server did not come up: {}", self.log());
            std::thread::sleep(LOOK);
        }
    }

    /// What the server wrote into its log, and what else it said.
    pub(crate) fn log(&self) -> String {
        let read = |name: &str| fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        read("log") + &read("output")
    }

    /// Sends a signal to every process of the group; who is gone hears nothing.
    pub(crate) fn signal(&self, name: &str) {
        let group = format!("-{}", self.child.id());
        drop(Command::new("kill").args([name, "--", &group]).stderr(Stdio::null()).status());
    }

    /// Asks the server to end and waits until it is gone, with every process of its group.
    pub(crate) fn end(&mut self) {
        // Whatever has its id once it is gone is somebody else.
        if self.child.try_wait().is_ok_and(|status| status.is_some()) {
            return;
        }
        // One that stands still hears nothing else.
        self.signal("-CONT");
        drop(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status());
        let deadline = Instant::now() + END_TIME_MAX;
        while self.child.try_wait().is_ok_and(|status| status.is_none()) && Instant::now() < deadline {
            std::thread::sleep(LOOK);
        }
        // What it left behind is in its group, whose id nobody else has while any of it is there.
        self.signal("-KILL");
        drop(self.child.wait());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.end();
    }
}

/// A server's program: it stands where not every user looks.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let searched = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&searched).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// Says that a test is skipped for want of something; where everything must be checked that is a failure.
pub(crate) fn skip_for_want_of(what: &str, cure: &str) {
    let is_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!is_ci, "{what} is missing: {cure}");
    skip(&format!("{what} is missing; {cure}"));
}

/// Says that a test is skipped, and why.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so aloud")]
pub(crate) fn skip(why: &str) {
    println!("skipped: {why}");
}
