//! `demo`: a week in the mailbox, played through the real program, shown mail by mail.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::Args;
use include_dir::{Dir, include_dir};
use mail_parser::MessageParser;

use crate::cli::journal::in_words;
use crate::cli::output::{Failure, Output};
use crate::cli::roster::list;
use crate::rehearsal::script::{Step, read};
use crate::rehearsal::stage::{Scenery, Stage};
use crate::store::Line;
use crate::world::Clock as _;
use crate::writing::layout::one_line;

/// The sample mailbox, its people and their script.
static SAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/demo");
/// Lines of an arriving mail that are shown at the most; what it quotes is shown already.
const ARRIVED_LINES_MAX: usize = 24;
/// Lines of the journal shown at the end.
const JOURNAL_LINES: usize = 12;
/// Columns that a mail is indented by.
const MARGIN: &str = "    │ ";

/// What `demo` takes.
#[derive(Args, Debug)]
pub(super) struct DemoOptions {
    /// Leave mails, store and reports in this folder, which must be empty or not exist
    #[arg(long, value_name = "DIR")]
    pub(super) keep: Option<PathBuf>,
    /// Show one line a mail instead of the mails themselves
    #[arg(long)]
    pub(super) fast: bool,
}

/// How much is shown.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Depth {
    Whole,
    Lines,
}

pub(super) fn demo(options: &DemoOptions, output: &mut Output) -> Result<(), Failure> {
    let depth = if options.fast { Depth::Lines } else { Depth::Whole };
    let Some(folder) = &options.keep else {
        let folder = tempfile::tempdir().context("making a folder for the demo")?;
        return play(folder.path(), depth, output);
    };
    prepare(folder)?;
    play(folder, depth, output)?;
    output.line(&format!("\nEverything lies in {}: mail, sent, store, report.txt.", folder.display()))
}

/// Nobody's files are mixed with the demo's.
fn prepare(folder: &Path) -> Result<(), Failure> {
    let used = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if used {
        let text =
            format!("{} is not empty; name a folder that is empty or does not exist", folder.display());
        return Err(Failure::Usage(text));
    }
    fs::create_dir_all(folder)
        .map_err(|error| Failure::Usage(format!("{} cannot be made: {error}", folder.display())))
}

fn sample(name: &str) -> anyhow::Result<String> {
    let file = SAMPLE.get_file(name).with_context(|| format!("the sample has no file {name}"))?;
    Ok(file.contents_utf8().with_context(|| format!("{name} is not UTF-8"))?.to_owned())
}

fn play(folder: &Path, depth: Depth, output: &mut Output) -> Result<(), Failure> {
    let mut stage = Stage::set(folder, &sample("world.json")?, &sample("iana.json")?)?;
    let mut report = Report { folder: folder.join("report.txt"), text: String::new() };
    introduce(depth, output)?;
    for step in read(&sample("play.txt")?).map_err(|error| anyhow!(error))? {
        let scenery = stage.play(&step, &sample)?;
        show(&step, &scenery, &stage, depth, output)?;
        report.add(&step, &scenery);
    }
    output.title("\nThe contact repository at the end")?;
    let roster = stage.roster()?;
    list(&roster, output)?;
    output.title("\nThe last lines of the journal")?;
    let journal = stage.store().journal()?;
    for line in journal.iter().skip(journal.len().saturating_sub(JOURNAL_LINES)) {
        output.line(&in_words(line))?;
    }
    let head = stage.store().head()?;
    output.line(&format!(
        "{} lines, each bound to the one before; the last has the hash {}.",
        head.seq,
        head.hash.short()
    ))?;
    report.write(&journal)?;
    Ok(())
}

fn introduce(depth: Depth, output: &mut Output) -> Result<(), Failure> {
    output.title("TLD-OPS: a week in the mailbox")?;
    output.line("People and their mails are invented and their keys are known to everybody; all else is the real program:")?;
    output.line("it reads the mailbox, checks each signature, asks for confirmations, changes the repository, keeps the journal.")?;
    if depth == Depth::Whole {
        output.line("→ arrives   ← is sent   · what was decided, and why")?;
    }
    Ok(())
}

fn show(
    step: &Step,
    scenery: &Scenery,
    stage: &Stage,
    depth: Depth,
    output: &mut Output,
) -> Result<(), Failure> {
    match step {
        Step::Chapter(title) => return output.title(&format!("\n{title}")),
        Step::Wait(span) => output.line(&format!("  … {} later", in_words_of_time(*span)))?,
        Step::Rule { verdict, case, note } => {
            let word = verdict.word();
            output.line(&format!("  The secretariat rules: tldops {word} {case} --note \"{note}\""))?;
        }
        Step::Mail { .. }
        | Step::Replay { .. }
        | Step::Iana(_)
        | Step::Invite { .. }
        | Step::Watch
        | Step::Settle { .. }
        | Step::Post(_)
        | Step::Dns(_) => {}
    }
    let time = stage.clock().now().strftime("%d %b %H:%M");
    if let Some(mail) = &scenery.arrived {
        output.line(&format!("  → {time}  {}", headline(mail)))?;
        if depth == Depth::Whole {
            body(mail, ARRIVED_LINES_MAX, output)?;
        }
    }
    for line in &scenery.journal {
        for sentence in decided(line) {
            output.line(&format!("  · {sentence}"))?;
        }
    }
    for mail in &scenery.left {
        output.line(&format!("  ← {time}  {}", headline(&mail.octets)))?;
        if depth == Depth::Whole {
            body(&mail.octets, usize::MAX, output)?;
        }
    }
    Ok(())
}

fn in_words_of_time(span: jiff::SignedDuration) -> String {
    if span.as_hours() > 0 { format!("{} h", span.as_hours()) } else { format!("{} min", span.as_mins()) }
}

/// From, To and Subject on a line.
fn headline(mail: &[u8]) -> String {
    let message = MessageParser::default().parse(mail);
    let Some(message) = message else { return "a mail that cannot be read".to_owned() };
    let address = |list: Option<&mail_parser::Address<'_>>| {
        let first = list.and_then(|list| list.first()).and_then(|one| one.address());
        first.unwrap_or("nobody").to_owned()
    };
    let subject = one_line(message.subject().unwrap_or_default(), 100);
    format!("from {} to {}: {subject}", address(message.from()), address(message.to()))
}

fn body(mail: &[u8], lines_max: usize, output: &mut Output) -> Result<(), Failure> {
    let message = MessageParser::default().parse(mail);
    let text = message.as_ref().and_then(|message| message.body_text(0)).unwrap_or_default();
    let lines: Vec<&str> = text.trim_end().lines().collect();
    for line in lines.iter().take(lines_max) {
        output.line(format!("{MARGIN}{line}").trim_end())?;
    }
    if lines.len() > lines_max {
        output.line(&format!("{MARGIN}… {} more lines", lines.len() - lines_max))?;
    }
    Ok(())
}

/// A line of the journal as the reader wants it: the decision, and what it rests on. That a mail left is shown itself.
fn decided(line: &Line) -> Vec<String> {
    let entry = &line.entry;
    if entry.event == "mail_sent" {
        return Vec::new();
    }
    let case = entry.case.as_deref().map(|case| format!("{case}: ")).unwrap_or_default();
    let mut sentences = vec![format!("{case}{}", entry.says)];
    let because = entry.evidence.get("because").unwrap_or(&entry.evidence);
    let proof =
        because.pointer("/mail/proof/reasons/0").or_else(|| because.pointer("/mail/mail/proof/reasons/0"));
    let proof = proof.or_else(|| because.pointer("/proof/reasons/0")).and_then(serde_json::Value::as_str);
    if let Some(reason) = proof.filter(|_| !entry.says.contains("Proof of this mail")) {
        sentences.push(format!("   who wrote it: {reason}"));
    }
    sentences
}

/// The same story as a file, for `--keep`.
struct Report {
    folder: PathBuf,
    text: String,
}

impl Report {
    fn add_line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn add(&mut self, step: &Step, scenery: &Scenery) {
        if let Step::Chapter(title) = step {
            self.add_line("");
            self.add_line(title);
        }
        for mail in scenery
            .arrived
            .iter()
            .map(Vec::as_slice)
            .chain(scenery.left.iter().map(|mail| mail.octets.as_slice()))
        {
            self.add_line(&format!("  {}", headline(mail)));
        }
    }

    fn write(mut self, journal: &[Line]) -> Result<(), Failure> {
        self.text.push_str("\nThe journal\n");
        for line in journal {
            self.add_line(&in_words(line));
        }
        fs::write(&self.folder, self.text).with_context(|| format!("writing {}", self.folder.display()))?;
        Ok(())
    }
}
