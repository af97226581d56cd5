//! What is printed: results to standard output, everything for people to standard error.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write};

use clap_complete::Shell;
use serde::Serialize;

/// Why a command did not end well.
#[derive(Debug)]
pub(super) enum Failure {
    /// Done, but something needs a person.
    NeedsPerson(String),
    /// Wrong usage or configuration; nothing was done.
    Usage(String),
    /// The world's trouble.
    Trouble(anyhow::Error),
    /// Nobody reads our output any more.
    Closed,
}

impl Failure {
    /// What the operator gave cannot be used, for this reason with its causes.
    pub(super) fn usage(reason: impl Display) -> Self {
        Self::Usage(format!("{reason:#}"))
    }

    /// What went wrong, for a report of several things.
    pub(super) fn words(self) -> String {
        match self {
            Self::NeedsPerson(text) | Self::Usage(text) => text,
            Self::Trouble(error) => told(&error),
            Self::Closed => "the output was closed".to_owned(),
        }
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Trouble(error.into())
    }
}

/// Standard output and standard error.
pub(super) struct Output {
    out: Box<dyn Write>,
    bold: bool,
}

impl Output {
    /// The process's own.
    pub(super) fn standard() -> Self {
        let out = io::stdout();
        let bold = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { out: Box::new(io::BufWriter::new(out)), bold }
    }

    /// One line of the result.
    pub(super) fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.write(text)?;
        self.write("\n")
    }

    /// A line that stands out on a terminal.
    pub(super) fn title(&mut self, text: &str) -> Result<(), Failure> {
        if self.bold { self.line(&format!("\u{1b}[1m{text}\u{1b}[0m")) } else { self.line(text) }
    }

    /// One JSON object on a line.
    pub(super) fn json<T: Serialize>(&mut self, value: &T) -> Result<(), Failure> {
        let text = serde_json::to_string(value)?;
        self.line(&text)
    }

    /// Text as it is.
    pub(super) fn write(&mut self, text: &str) -> Result<(), Failure> {
        self.octets(text.as_bytes())
    }

    /// Octets as they are.
    pub(super) fn octets(&mut self, octets: &[u8]) -> Result<(), Failure> {
        self.out.write_all(octets).map_err(closed_or_trouble)
    }

    /// Makes sure that it is out.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(closed_or_trouble)
    }

    /// Where octets go that a library writes itself.
    pub(super) fn raw(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// The completions for a shell.
    pub(super) fn completions(&mut self, shell: Shell) -> Result<(), Failure> {
        let mut text = Vec::new();
        clap_complete::generate(shell, &mut crate::cli::arguments::command(), "tldops", &mut text);
        self.octets(&text)
    }

    /// Says something to a person.
    pub(super) fn complain(&mut self, text: &str) {
        // Where neither can be written there is nobody left to tell.
        drop(self.out.flush());
        drop(writeln!(io::stderr(), "tldops: {text}"));
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        drop(self.out.flush());
    }
}

/// An error with its causes, each once: some errors tell their cause in their own words.
pub(super) fn told(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

fn closed_or_trouble(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe { Failure::Closed } else { Failure::Trouble(error.into()) }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use super::told;
    use crate::store::StoreError;

    #[test]
    fn a_cause_is_told_once() {
        let full = StoreError::Io {
            doing: "write",
            path: Path::new("/store/journal.jsonl").to_owned(),
            source: io::Error::other("the disk is full"),
        };
        let error = anyhow::Error::from(full).context("writing the journal");
        assert_eq!(
            told(&error),
            "writing the journal: could not write `/store/journal.jsonl`: the disk is full; mend that (disk full? rights?) \
             and start again"
        );
        let error = anyhow::anyhow!("low").context("middle").context("high");
        assert_eq!(told(&error), "high: middle: low");
    }
}
