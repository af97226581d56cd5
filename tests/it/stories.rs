//! Stories: mails in, mails out, whole, with headers; the journal, the roster and where each mail was filed.
//!
//! A story is a folder of `fixtures/stories`. `BLESS=1 cargo test stories` writes what comes out as what is expected;
//! the difference is then read like any other change.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use tldops::domain::token::hide;
use tldops::rehearsal::script::{Step, read};
use tldops::rehearsal::stage::Stage;

/// Stories played at once: each waits for the disk most of the time.
const PLAYED_AT_ONCE: usize = 6;

/// Where the stories lie.
pub(crate) fn stories() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/stories")
}

/// The folders of all stories, in order.
pub(crate) fn all() -> Vec<PathBuf> {
    let entries = fs::read_dir(stories()).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// A file of a story, or the one that all stories share.
pub(crate) fn file(story: &Path, name: &str) -> anyhow::Result<String> {
    let own = story.join(name);
    let path = if own.exists() { own } else { stories().join(name) };
    fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
}

/// The steps of a story.
pub(crate) fn script(story: &Path) -> Vec<Step> {
    read(&file(story, "play.txt").unwrap()).unwrap()
}

/// Plays a story and gives everything that came out, as files.
fn play(story: &Path, folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut stage = Stage::set(folder, &file(story, "world.json")?, &file(story, "iana.json")?)?;
    let mut journal = String::new();
    for step in script(story) {
        writeln!(journal, "== {step:?}")?;
        let scenery = stage.play(&step, &|name| file(story, name))?;
        for line in &scenery.journal {
            let entry = &line.entry;
            let case = entry.case.as_deref().unwrap_or("-");
            writeln!(journal, "{} {case} {}: {}", entry.at, entry.event, entry.says)?;
        }
    }
    let mut out = BTreeMap::from([("journal.txt".to_owned(), journal)]);
    for (number, mail) in (1..).zip(stage.sent()) {
        let text = String::from_utf8(mail.octets.clone())?.replace("\r\n", "\n");
        out.insert(format!("out-{number:02}-{}.eml", mail.id), text);
    }
    let mut roster = String::new();
    for (tld, contacts) in stage.roster()?.iter() {
        for contact in contacts {
            writeln!(roster, ".{tld} {contact}")?;
        }
    }
    out.insert("roster.txt".to_owned(), roster);
    let kept = fs::read_to_string(folder.join("store/journal.jsonl"))?;
    anyhow::ensure!(hide(&kept) == kept, "a token lies in the journal");
    out.insert("filed.txt".to_owned(), filed(&folder.join("mail"))?);
    Ok(out)
}

/// How many mails lie in each folder of the mailbox.
fn filed(mailbox: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    for folder in ["", ".Done", ".Held", ".Ignored"] {
        let count = |part: &str| fs::read_dir(mailbox.join(folder).join(part)).map_or(0, Iterator::count);
        let name = if folder.is_empty() { "waiting" } else { folder };
        writeln!(text, "{name}: {}", count("new") + count("cur"))?;
    }
    Ok(text)
}

#[test]
fn every_story_ends_as_it_is_told() {
    let task = if std::env::var_os("BLESS").is_some() { Task::TellAnew } else { Task::Compare };
    let next = AtomicUsize::new(0);
    let stories = all();
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..PLAYED_AT_ONCE {
            scope.spawn(|| {
                while let Some(story) = stories.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = check(story, task);
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the test does with what comes out.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Task {
    Compare,
    TellAnew,
}

/// What is not as it is told; told anew where that is asked for.
fn check(story: &Path, task: Task) -> Vec<String> {
    let name = story.file_name().unwrap().to_string_lossy().into_owned();
    let folder = tempfile::tempdir().unwrap();
    let out = match play(story, folder.path()) {
        Ok(out) => out,
        Err(error) => return vec![format!("{name}: {error:#}")],
    };
    let expected = story.join("expected");
    if task == Task::TellAnew {
        drop(fs::remove_dir_all(&expected));
        fs::create_dir_all(&expected).unwrap();
        for (file, text) in &out {
            fs::write(expected.join(file), text).unwrap();
        }
    }
    differences(&name, &expected, &out)
}

pub(crate) fn differences(story: &str, expected: &Path, out: &BTreeMap<String, String>) -> Vec<String> {
    let entries = fs::read_dir(expected)
        .map(|entries| entries.filter_map(Result::ok).collect::<Vec<_>>())
        .unwrap_or_default();
    let told: BTreeMap<String, String> = entries
        .into_iter()
        .map(|entry| {
            (entry.file_name().to_string_lossy().into_owned(), fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    let mut wrong = Vec::new();
    for name in told.keys().chain(out.keys()).collect::<std::collections::BTreeSet<_>>() {
        match (told.get(name), out.get(name)) {
            (Some(want), Some(have)) if want == have => {}
            (Some(want), Some(have)) => {
                wrong.push(format!("{story}/{name}: {}", first_difference(want, have)));
            }
            (Some(_), None) => wrong.push(format!("{story}/{name}: did not come out")),
            (None, _) => wrong.push(format!("{story}/{name}: is not told of")),
        }
    }
    wrong
}

fn first_difference(want: &str, have: &str) -> String {
    let pairs =
        want.lines().map(Some).chain(std::iter::repeat(None)).zip(have.lines().map(Some).chain([None]));
    let (number, (want, have)) =
        (1..).zip(pairs).find(|(_, (want, have))| want != have).unwrap_or((0, (None, None)));
    format!("line {number}\n  told: {}\n  came: {}", want.unwrap_or("nothing"), have.unwrap_or("nothing"))
}

#[test]
fn every_story_says_why_it_is_told() {
    for story in all() {
        let why = fs::read_to_string(story.join("why.md")).unwrap_or_default();
        assert!(
            why.trim().ends_with('.') && why.len() > 30,
            "{} needs a why.md of a sentence",
            story.display()
        );
    }
}
