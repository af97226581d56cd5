//! A program that is run to its end: no shell in between, limits of time and output, and both of its voices heard.

use std::io::{Read, Write as _};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

use crate::domain::plain::on_one_line;

/// Octets of each voice at the most: a list of ten thousand members has one million.
const OUTPUT_OCTETS_MAX: u64 = 4 * 1024 * 1024;
/// How often it is looked whether the program has ended.
const LOOK: Duration = Duration::from_millis(10);
/// How long the rest of what it said may take once it has ended: it is there already, but for a child that holds it open.
const REST_TIME_MAX: Duration = Duration::from_secs(2);
/// Characters of what a program said that are told.
const TOLD_CHARS_MAX: usize = 300;

/// What a program said, and whether it says that it succeeded.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Said {
    pub(super) success: bool,
    pub(super) output: String,
    pub(super) complaint: String,
}

impl Said {
    /// Of a program that failed, what it complained of; never what it printed, which may be the members' names and numbers.
    pub(super) fn complaint(&self) -> String {
        let line = on_one_line(&self.complaint);
        let skip = line.chars().count().saturating_sub(TOLD_CHARS_MAX);
        if line.is_empty() { "it does not say why".to_owned() } else { line.chars().skip(skip).collect() }
    }

    /// The end of its words, for people: where a program fails, it says so last.
    pub(super) fn words(&self) -> String {
        let whole = on_one_line(&format!("{} {}", self.output, self.complaint));
        let skip = whole.chars().count().saturating_sub(TOLD_CHARS_MAX);
        if whole.is_empty() { "nothing".to_owned() } else { whole.chars().skip(skip).collect() }
    }
}

/// Runs a command with this input, for so long at the most.
///
/// # Errors
/// Where it cannot be started, or does not end in time: then it is stopped.
pub(super) fn run(command: &[String], input: &str, limit: Duration) -> anyhow::Result<Said> {
    let (program, arguments) = command.split_first().context("the command is empty")?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("the command {program} cannot be started"))?;
    let output = read_aside(child.stdout.take());
    let complaint = read_aside(child.stderr.take());
    let mut to = child.stdin.take().context("the program's input is gone")?;
    let input = input.to_owned();
    // A program that does not read its input may close it: what it then says tells more than that.
    thread::spawn(move || drop(to.write_all(input.as_bytes())));
    let mut status = child.try_wait()?;
    for _ in 0..limit.as_millis() / LOOK.as_millis() {
        if status.is_some() {
            break;
        }
        thread::sleep(LOOK);
        status = child.try_wait()?;
    }
    let Some(status) = status else {
        child.kill().with_context(|| format!("stopping {program}"))?;
        child.wait().with_context(|| format!("waiting for {program}"))?;
        bail!("the command {program} did not end within {} seconds", limit.as_secs());
    };
    let (output, complaint) = (heard(&output)?, heard(&complaint)?);
    Ok(Said { success: status.success(), output, complaint })
}

/// Reads a voice to its end on a thread of its own: a program that says much must not wait for us.
fn read_aside(voice: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut octets = Vec::new();
        if let Some(voice) = voice {
            // What could not be read is not there; who waits for it sees what is.
            drop(voice.take(OUTPUT_OCTETS_MAX).read_to_end(&mut octets));
        }
        drop(sender.send(octets));
    });
    receiver
}

/// What was read. A child of the program may hold the voice open beyond its end: it is not waited for longer.
fn heard(voice: &Receiver<Vec<u8>>) -> anyhow::Result<String> {
    let octets = voice.recv_timeout(REST_TIME_MAX).context("the command's output has no end")?;
    ensure!(
        (octets.len() as u64) < OUTPUT_OCTETS_MAX,
        "the command says more than {OUTPUT_OCTETS_MAX} octets"
    );
    Ok(String::from_utf8_lossy(&octets).into_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::run;

    fn command(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_program_hears_its_input_and_both_its_voices_are_heard() {
        let said = run(&command(&["sh", "-c", "cat; echo two >&2; exit 3"]), "one\n", LONG).unwrap();
        assert_eq!((said.success, said.output.as_str(), said.complaint.as_str()), (false, "one\n", "two\n"));
        assert_eq!((said.words(), said.complaint()), ("one two".to_owned(), "two".to_owned()));
        assert!(run(&command(&["true"]), &"x".repeat(1_000_000), LONG).unwrap().success);
        let much = run(&command(&["sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' y"]), "", LONG).unwrap();
        assert_eq!(much.output.len(), 1_000_000);
    }

    #[test]
    fn arguments_are_never_read_by_a_shell() {
        let said = run(&command(&["printf", "%s", "$(id) `id` ; id"]), "", LONG).unwrap();
        assert_eq!(said.output, "$(id) `id` ; id");
    }

    #[test]
    fn a_program_that_does_not_end_is_stopped() {
        let error = run(&command(&["sleep", "60"]), "", Duration::from_millis(100)).unwrap_err();
        assert!(error.to_string().contains("did not end within"), "{error}");
        // Its child goes on and holds the voices.
        let error = run(&command(&["sh", "-c", "sleep 30 & exit 0"]), "", LONG).unwrap_err();
        assert!(error.to_string().contains("has no end"), "{error}");
        assert!(
            run(&command(&["/no/such/program"]), "", LONG)
                .unwrap_err()
                .to_string()
                .contains("cannot be started")
        );
    }
}
