//! The program is killed at every moment: nothing acknowledged is lost, and the next start always works.

use std::path::Path;
use std::process::Command;

/// What the parent told this process under that word; none in the parent itself.
#[expect(
    clippy::disallowed_methods,
    reason = "a test that starts itself again tells itself so by the environment"
)]
pub(super) fn told(word: &str) -> Option<String> {
    std::env::var(format!("TLDOPS_TEST_{word}")).ok()
}

/// This test binary once more, running only the test of that name.
pub(super) fn again(test: &str, word: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("has a path"));
    command
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(format!("TLDOPS_TEST_{word}"), folder);
    command
}
