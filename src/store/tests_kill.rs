//! The program is killed at every moment: nothing acknowledged is lost, and the next start always works.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::domain::digest::Digest;
use crate::store::tests_sample::{delete, entry, folder, put, text};
use crate::store::{Shelf, Step, Store, Table, Write, verify};

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

/// What commit `number` writes: records of any size, that change and go.
fn writes_of(number: u64) -> Vec<Write> {
    let size = usize::try_from(number * 7919 % 20_011).expect("is small");
    let key = format!("{}", number % 13);
    let changed = if number.is_multiple_of(5) {
        delete(Table::Cases, &key)
    } else {
        put(Table::Cases, &key, &text(size, usize::try_from(number).expect("is small")))
    };
    vec![changed, put(Table::Counters, "last", &number.to_string())]
}

/// Commits until it is killed, and says each commit that it got acknowledged.
fn commit_for_ever(folder: &Path) {
    let store = Store::open(folder).expect("opens");
    let mut number = store.head().expect("asks").seq;
    loop {
        number += 1;
        let mail = store.put_mail(Shelf::Incoming, text(3000, 1).as_bytes()).expect("keeps");
        assert_eq!(store.commit(&entry(number), &writes_of(number)).expect("commits"), number);
        println!("\nacknowledged {number} {mail}");
    }
}

/// The commits that a child has said it got acknowledged, and its mails.
fn acknowledged(said: &str) -> (u64, BTreeSet<Digest>) {
    // The last line may be torn: a number counts only with the digest after it.
    let said = said.lines().filter_map(|line| line.strip_prefix("acknowledged ")?.split_once(' '));
    let said =
        said.filter_map(|(number, mail)| Some((number.parse::<u64>().ok()?, mail.parse::<Digest>().ok()?)));
    let (numbers, mails): (BTreeSet<u64>, BTreeSet<Digest>) = said.unzip();
    (numbers.last().copied().unwrap_or_default(), mails)
}

/// The folder must open, have all that was acknowledged, at most one commit more, and every record as its line says.
fn check_left(folder: &Path, acknowledged: u64, mails: &BTreeSet<Digest>) -> u64 {
    let store = Store::open(folder).expect("opens after the kill");
    let lines = store.journal().expect("reads");
    let count = lines.len() as u64;
    assert!(count == acknowledged || count == acknowledged + 1, "{count} lines, {acknowledged} acknowledged");
    assert!(lines.iter().all(|line| line.writes == writes_of(line.seq) && line.entry == entry(line.seq)));
    for mail in mails {
        assert!(store.mail(Shelf::Incoming, mail).expect("is sound").is_some());
    }
    // A mail that was being sent is there or not, and never half.
    for mail in store.mails(Shelf::Outgoing).expect("lists") {
        assert!(store.mail(Shelf::Outgoing, &mail).expect("is sound").is_some());
    }
    drop(store);
    assert_eq!(verify(folder).expect("is sound").lines, count);
    count
}

/// Guards that both copies are there before a commit is acknowledged, and rules 2 and 8: killed anywhere, also while
/// opening.
#[test]
fn killed_at_any_moment_nothing_acknowledged_is_lost() {
    if let Some(path) = told("COMMITS") {
        commit_for_ever(Path::new(&path));
    }
    let folder = folder();
    let mut count = 0;
    for round in 0..ROUNDS {
        let test = "store::tests_kill::killed_at_any_moment_nothing_acknowledged_is_lost";
        let mut child = again(test, "COMMITS", folder.path()).stdout(Stdio::piped()).spawn().expect("starts");
        let mut out = BufReader::new(child.stdout.take().expect("is piped"));
        let mut said = String::new();
        // Some are killed while they open, some in the midst of their commits.
        while round % 2 == 1 && !said.contains("acknowledged") {
            out.read_line(&mut said).expect("reads");
        }
        std::thread::sleep(Duration::from_millis(round * 37 % 60));
        child.kill().expect("is killed");
        out.read_to_string(&mut said).expect("reads");
        child.wait().expect("ends");
        let (last, mails) = acknowledged(&said);
        count = check_left(folder.path(), last.max(count), &mails);
    }
    assert!(count >= ROUNDS / 2, "every other round has committed something, and that stayed: {count}");
}

/// One run over every step there is: a start with leftovers and a journal that is ahead, mails, commits.
fn all_steps(folder: &Path, watch: impl FnMut(&Step) + Send + 'static) {
    let store = Store::open_watched(folder, watch).expect("opens");
    let mut number = store.head().expect("asks").seq;
    for _ in 0..2 {
        number += 1;
        let mail = store.put_mail(Shelf::Outgoing, text(5000, 2).as_bytes()).expect("keeps");
        assert_eq!(store.commit(&entry(number), &writes_of(number)).expect("commits"), number);
        println!("\nacknowledged {number} {mail}");
        store.remove_mail(Shelf::Outgoing, &mail).expect("removes");
    }
}

/// Which of the two copies a start has to complete.
#[derive(Clone, Copy)]
enum Behind {
    File,
    Tables,
}

/// A folder in which a start has everything to mend that can be mended at once.
fn prepared(folder: &Path, behind: Behind) {
    let store = Store::open(folder).expect("opens");
    for number in 1..=4 {
        assert_eq!(store.commit(&entry(number), &writes_of(number)).expect("commits"), number);
    }
    drop(store);
    let (file, sled) = (folder.join("journal.jsonl"), folder.join("sled"));
    let kept = fs::read_to_string(&file).expect("reads");
    let lines: Vec<&str> = kept.split_inclusive('\n').collect();
    match behind {
        Behind::File => fs::write(&file, [lines[0], lines[1], "{\"seq\":3,"].concat()).expect("writes"),
        Behind::Tables => {
            fs::remove_dir_all(&sled).expect("removes");
            fs::create_dir(&sled).expect("makes");
            fs::write(&file, format!("{kept}{{\"seq\":5,")).expect("writes");
        }
    }
    fs::write(sled.join("snap.0000000000000001.generating"), "half").expect("writes");
    fs::write(folder.join("outgoing/half.eml.unfinished"), "half").expect("writes");
}

/// The kind of a step, without what it is about.
fn kind(step: &Step) -> &'static str {
    match step {
        Step::FileSynced(_) => "file synced",
        Step::FolderSynced(_) => "folder synced",
        Step::LeftoverRemoved(_) => "leftover removed",
        Step::TornLineCut => "torn line cut",
        Step::LinesReplayed(_) => "lines replayed",
        Step::LinesRestored(_) => "lines restored",
        Step::Opened => "opened",
        Step::MailKept(..) => "mail kept",
        Step::MailRemoved(..) => "mail removed",
        Step::LineWritten(_) => "line written",
        Step::Committed(_) => "committed",
    }
}

/// Aborts after each step of a run, one child for each, and looks at what is left.
fn abort_at_every_step(test: &str, behind: Behind) -> BTreeSet<&'static str> {
    let (kinds, seen) = std::sync::mpsc::channel();
    let counted = folder();
    prepared(counted.path(), behind);
    all_steps(counted.path(), move |step| kinds.send(kind(step)).expect("is heard"));
    let kinds: Vec<&'static str> = seen.into_iter().collect();
    for step in 1..=kinds.len() {
        let folder = folder();
        prepared(folder.path(), behind);
        let output = again(test, "STEPS", folder.path()).env("TLDOPS_TEST_STEP", step.to_string()).output();
        let output = output.expect("runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(!output.status.success(), "step {step} was not reached: {said}");
        check_left(folder.path(), acknowledged(&said).0.max(4), &BTreeSet::new());
    }
    kinds.into_iter().collect()
}

/// Whether this is a child; if it comes back from here, it did not get to its step.
fn is_child_that_aborts() -> bool {
    let (Some(path), Some(step)) = (told("STEPS"), told("STEP")) else { return false };
    let mut left: u32 = step.parse().expect("is a number");
    all_steps(Path::new(&path), move |_| {
        left -= 1;
        if left == 0 {
            std::process::abort();
        }
    });
    true
}

/// Guards every order of steps: there is no step after which stopping would lose or tear anything.
#[test]
fn stopped_after_any_step_of_a_start_that_completes_the_tables() {
    if is_child_that_aborts() {
        return;
    }
    let test = "store::tests_kill::stopped_after_any_step_of_a_start_that_completes_the_tables";
    let kinds = abort_at_every_step(test, Behind::Tables);
    assert!(kinds.contains("lines replayed") && kinds.contains("torn line cut"), "{kinds:?}");
}

/// The same where the file was behind; the two together go through every kind of step.
#[test]
fn stopped_after_any_step_of_a_start_that_completes_the_file() {
    if is_child_that_aborts() {
        return;
    }
    let test = "store::tests_kill::stopped_after_any_step_of_a_start_that_completes_the_file";
    let mut kinds = abort_at_every_step(test, Behind::File);
    assert!(kinds.insert("lines replayed") && kinds.len() == 11, "{kinds:?}");
}

/// Commits until the disk is full, which is a limit on the size of files here, and says how that ended.
fn commit_until_full(folder: &Path) {
    let store = Store::open(folder).expect("opens");
    let mut number = store.head().expect("asks").seq;
    let error = loop {
        number += 1;
        match store.commit(&entry(number), &writes_of(number)) {
            Ok(_) => println!("\nacknowledged {number} {}", Digest::of(b"")),
            Err(error) => break error,
        }
    };
    assert!(!error.is_refusal(), "{error}");
    let error = store.commit(&entry(number), &[]).expect_err("is broken");
    println!("\nended: {error}");
}

/// Guards rule 7 where it counts most: a full disk tears a line or a batch, and nothing is written after it.
#[test]
fn a_full_disk_ends_the_store_and_loses_nothing() {
    if let Some(path) = told("FULL") {
        return commit_until_full(Path::new(&path));
    }
    let test = "store::tests_kill::a_full_disk_ends_the_store_and_loses_nothing";
    for blocks in [1_500, 1_501, 2_000] {
        let folder = folder();
        let child = again(test, "FULL", folder.path());
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &limited]).arg(child.get_program()).args(child.get_args());
        shell.envs(child.get_envs().filter_map(|(word, value)| Some((word, value?))));
        let said = shell.output().expect("runs");
        let said = String::from_utf8_lossy(&said.stdout);
        assert!(said.contains("ended: the store has failed before"), "{said}");
        let (last, _) = acknowledged(&said);
        assert!(last > 0, "{said}");
        check_left(folder.path(), last, &BTreeSet::new());
    }
}

const ROUNDS: u64 = 20;
