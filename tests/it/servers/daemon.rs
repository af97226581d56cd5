//! A server's process in a group of its own, ended with all that it started.

#![expect(clippy::disallowed_methods, reason = "a server that does not end is waited for until a deadline")]

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to end.
const END_TIME_MAX: Duration = Duration::from_secs(20);

/// Asks a server to end and waits until it is gone, with every process of its group.
pub(crate) fn end(child: &mut Child) {
    // Whatever has its id once it is gone is somebody else.
    if child.try_wait().is_ok_and(|status| status.is_some()) {
        return;
    }
    let pid = child.id().to_string();
    // One that stands still hears nothing else.
    signal(child, "-CONT");
    drop(Command::new("kill").args(["-TERM", &pid]).status());
    let deadline = Instant::now() + END_TIME_MAX;
    while child.try_wait().is_ok_and(|status| status.is_none()) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    // What it left behind is in its group, whose id nobody else has while any of it is there.
    signal(child, "-KILL");
    drop(child.wait());
}

/// Sends a signal to every process of the group; who is gone hears nothing.
pub(crate) fn signal(child: &Child, name: &str) {
    let group = format!("-{}", child.id());
    drop(Command::new("kill").args([name, "--", &group]).stderr(Stdio::null()).status());
}
