//! The shape of the project, kept by tests: floors, purity, sizes, names, templates, and what no file may hold.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use regex::Regex;
use tldops::domain::notice::NoticeKind;

/// The floors, lowest first: who may import whom. What does not stand in the right column is forbidden, so neighbours
/// on a floor do not know each other.
const FLOORS: &[(&str, &[&str])] = &[
    // 0: what a request is, who may ask for it, what may happen to it
    ("domain", &[]),
    // 1: who wrote it; what it says; what IANA says; our own mails; what is asked of the outside
    ("proof", &["domain"]),
    ("reading", &["domain"]),
    ("registry", &["domain"]),
    ("writing", &["domain"]),
    ("world", &["domain"]),
    // 2: the disk; the outside as it is
    ("store", &["domain"]),
    ("shell", &["domain", "registry", "world"]),
    // 3: orders the work; knows the outside by its traits alone
    ("bot", &["domain", "proof", "reading", "writing", "world", "store"]),
    // 4: what is set; scripted people who write to the whole program
    ("config", &["domain"]),
    ("rehearsal", &["domain", "writing", "world", "store", "shell", "bot"]),
    // 5: puts it all together
    (
        "cli",
        &["domain", "proof", "reading", "writing", "world", "store", "shell", "bot", "config", "rehearsal"],
    ),
];

/// The modules that give the same answer to the same question for ever.
const PURE: &[&str] = &["domain", "proof", "reading", "registry", "writing"];

/// What a pure module never names.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "tokio",
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "getrandom",
];

/// Who may name it all the same, and why.
const IMPURE_ALLOWED: &[(&str, &str, &str)] =
    &[("src/writing/templates.rs", "std::fs", "reads the operator's own texts, once, at start")];

/// Names that say nothing: a thing used twice still is something.
const NAMES_FORBIDDEN: &[&str] =
    &["utils", "util", "common", "types", "misc", "helpers", "helper", "manager"];

/// Lines of a file before its tests at the most: then its second half has a name of its own.
const LINES_MAX: usize = 400;

/// A template that no notice is: the end of every mail.
const FOOTER: &str = "footer";
/// What the secretariat says on the telephone.
const PHONE_CALL: &str = "phone-call";
/// What is asked of a sender, in each language.
const PHRASES: &str = "phrases";
/// What mails are made of, in each language.
const SENTENCES: &str = "sentences";

/// What the public page is made of.
const PAGE: &str = "page";

/// What no text of the project holds, spelt in halves so that this file passes its own test.
const WORDS_FORBIDDEN: &[(&str, &str)] = &[
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("/ho", "me/"), "a path of one machine"),
    (concat!("TO", "DO"), "a note to oneself: do it, or say why it is not done"),
    (concat!("FIX", "ME"), "a note to oneself: do it, or say why it is not done"),
    (concat!("XX", "X"), "a note to oneself: do it, or say why it is not done"),
];

/// What no Rust file holds besides.
const CODE_FORBIDDEN: &[(&str, &str)] = &[
    (concat!("#[ign", "ore"), "a test that is not run"),
    (concat!("to", "do!("), "unfinished code"),
    (concat!("should_", "panic"), "a test that cannot tell one failure from another"),
    (concat!("super::", "super"), "an import that does not say from which floor"),
    (concat!("use crate::", "{"), "a grouped import, which hides a floor"),
];

/// Names that stand for nobody (RFC 2606 §2 and §3, RFC 6761 §6).
const RESERVED_ENDS: &[&str] =
    &["example", "test", "invalid", "localhost", "example.com", "example.net", "example.org"];

/// A text file of the project.
struct Text {
    /// As in `src/lib.rs`.
    path: String,
    text: String,
}

impl Text {
    fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|ending| ending == "rs")
    }

    /// The lines before the file's own tests, each with its number. A file that is nothing but tests has none.
    fn code(&self) -> Vec<(usize, &str)> {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let lines: Vec<&str> = self.text.lines().collect();
        let opens_tests = |pair: &[&str]| matches!(pair, [first, second] if first.trim() == "#[cfg(test)]" && second.starts_with("mod ") && second.ends_with('{'));
        let end = lines.windows(2).position(opens_tests).unwrap_or(lines.len());
        let end = if name.starts_with("tests_") { 0 } else { end };
        (1..).zip(lines.into_iter().take(end)).collect()
    }

    /// The module that it belongs to: `reading` for `src/reading/form.rs`. None for `main.rs` and `lib.rs`.
    fn module(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        let first = inside.split('/').next()?;
        let name = first.strip_suffix(".rs").unwrap_or(first);
        (name != "lib" && name != "main").then_some(name)
    }
}

#[test]
fn imports_go_downwards() -> anyhow::Result<()> {
    let named = Regex::new(r"\bcrate::(\w+)")?;
    let mut wrong = Vec::new();
    for file in rust_files("src")? {
        let Some(module) = file.module() else { continue };
        let Some((_, allowed)) = FLOORS.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{}: `{module}` has no floor", file.path));
            continue;
        };
        // Tests keep the floors too: a floor that needs a higher one to be tested is not below it.
        for (number, line) in (1..).zip(file.text.lines()).filter(|(_, line)| !is_comment(line)) {
            for used in named.captures_iter(line).filter_map(|found| found.get(1)).map(|name| name.as_str()) {
                if used != module && !allowed.contains(&used) {
                    wrong.push(format!("{}:{number}: `{module}` may not know `{used}`", file.path));
                }
            }
        }
    }
    nothing_wrong(&wrong);
    Ok(())
}

#[test]
fn every_floor_is_built() -> anyhow::Result<()> {
    let map = fs::read_to_string(root().join("src/lib.rs"))?;
    let built: Vec<&str> =
        map.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let planned: Vec<&str> = FLOORS.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        built.iter().collect::<BTreeSet<_>>(),
        planned.iter().collect::<BTreeSet<_>>(),
        "src/lib.rs and the table of floors name the same modules"
    );
    Ok(())
}

#[test]
fn pure_modules_ask_nothing_of_the_outside() -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    let mut needed = BTreeSet::new();
    for file in
        rust_files("src")?.iter().filter(|file| file.module().is_some_and(|name| PURE.contains(&name)))
    {
        for (number, line) in file.code().into_iter().filter(|(_, line)| !is_comment(line)) {
            for word in IMPURE.iter().filter(|word| has_word(line, word)) {
                if let Some(allowed) =
                    IMPURE_ALLOWED.iter().find(|(path, what, _)| *path == file.path && what == word)
                {
                    needed.insert(allowed);
                } else {
                    wrong.push(format!("{}:{number}: a pure module names `{word}`", file.path));
                }
            }
        }
    }
    for (path, word, why) in IMPURE_ALLOWED.iter().filter(|allowed| !needed.contains(allowed)) {
        wrong.push(format!("{path} does not name `{word}` any more; strike the exception \"{why}\""));
    }
    nothing_wrong(&wrong);
    Ok(())
}

#[test]
fn no_file_is_too_long() -> anyhow::Result<()> {
    let files = rust_files("src")?;
    let counted = files.iter().map(|file| (&file.path, file.code().len()));
    let wrong: Vec<String> = counted
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(path, lines)| format!("{path} has {lines} lines before its tests; name its second half"))
        .collect();
    nothing_wrong(&wrong);
    Ok(())
}

#[test]
fn every_file_says_first_what_it_is() -> anyhow::Result<()> {
    let mut files = rust_files("src")?;
    files.extend(rust_files("tests")?);
    let is_sentence = |line: &str| {
        line.strip_prefix("//! ")
            .is_some_and(|text| text.ends_with('.') && text.split_whitespace().count() >= WORDS_MIN)
    };
    let wrong: Vec<String> = files
        .iter()
        .filter(|file| !is_sentence(file.text.lines().next().unwrap_or_default()))
        .map(|file| format!("{}: its first line is not `//! ` and a sentence", file.path))
        .collect();
    nothing_wrong(&wrong);
    Ok(())
}

#[test]
fn no_module_has_a_name_that_says_nothing() -> anyhow::Result<()> {
    let mut files = rust_files("src")?;
    files.extend(rust_files("tests")?);
    let says_nothing = |path: &str| {
        let mut parts = path.split('/').map(|part| part.strip_suffix(".rs").unwrap_or(part));
        parts.find(|part| NAMES_FORBIDDEN.contains(part)).map(str::to_owned)
    };
    let mut wrong = Vec::new();
    for file in &files {
        wrong.extend(says_nothing(&file.path).map(|name| format!("{}: `{name}` says nothing", file.path)));
        let inner = file.text.lines().filter_map(|line| {
            let name = line.trim().trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(" {")?;
            NAMES_FORBIDDEN.contains(&name).then(|| format!("{}: `{name}` says nothing", file.path))
        });
        wrong.extend(inner);
    }
    nothing_wrong(&wrong);
    Ok(())
}

#[test]
fn every_notice_has_a_template_and_every_template_is_used() -> anyhow::Result<()> {
    let mut folders = BTreeSet::new();
    for entry in fs::read_dir(root().join("templates"))? {
        folders.insert(entry?.file_name().to_string_lossy().into_owned());
    }
    let mut wanted: BTreeSet<String> = NoticeKind::ALL.iter().map(|kind| kind.folder().to_owned()).collect();
    wanted.extend([FOOTER, PAGE, PHONE_CALL, PHRASES, SENTENCES].map(str::to_owned));
    let mut wrong: Vec<String> =
        wanted.difference(&folders).map(|name| format!("templates/{name} is missing")).collect();
    wrong
        .extend(folders.difference(&wanted).map(|name| format!("templates/{name}: no notice has this name")));
    // English files stand by name, those in other languages by the name of their language.
    let embedded = fs::read_to_string(root().join("src/writing/texts.rs"))?;
    for file in texts("templates")? {
        let language = file.path.rsplit('/').next().and_then(|name| name.strip_suffix(".txt"));
        let by_language = language.is_some_and(|language| {
            language.len() == 2 && language != "en" && embedded.contains(&format!("\"{language}\""))
        });
        if !embedded.contains(&format!("\"../../{}\"", file.path)) && !by_language {
            wrong.push(format!("{} is not compiled in", file.path));
        }
    }
    nothing_wrong(&wrong);
    Ok(())
}

#[test]
fn every_story_says_why_it_is_told() -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for entry in fs::read_dir(root().join("fixtures/stories"))? {
        let story = entry?.path();
        let why = fs::read_to_string(story.join("why.md")).unwrap_or_default();
        if story.is_dir() && why.split_whitespace().count() < WORDS_MIN {
            wrong.push(format!("{}: its why.md is missing, or says nothing", story.display()));
        }
    }
    nothing_wrong(&wrong);
    Ok(())
}

#[test]
fn no_text_holds_what_does_not_belong_there() -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for file in texts("")?.iter().filter(|file| file.path != "Cargo.lock") {
        let code = if file.is_rust() { CODE_FORBIDDEN } else { &[] };
        for (number, line) in (1..).zip(file.text.lines()) {
            for (word, why) in WORDS_FORBIDDEN.iter().filter(|(word, _)| has_word(line, word)) {
                wrong.push(format!("{}:{number}: `{word}` is {why}", file.path));
            }
            for (word, why) in code.iter().filter(|(word, _)| line.contains(word)) {
                wrong.push(format!("{}:{number}: `{word}` is {why}", file.path));
            }
        }
    }
    nothing_wrong(&wrong);
    Ok(())
}

#[test]
fn every_dependency_has_its_reason() -> anyhow::Result<()> {
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    let mut inside = false;
    let mut wrong = Vec::new();
    for (number, line) in (1..).zip(manifest.lines()) {
        if line.starts_with('[') {
            inside = line.contains("dependencies");
        } else if inside && !line.starts_with('#') && line.contains('=') {
            let reason = line.rsplit_once('#').map(|(_, reason)| reason.trim()).unwrap_or_default();
            if reason.is_empty() {
                wrong.push(format!("Cargo.toml:{number}: {line}: its reason is missing"));
            }
        }
    }
    nothing_wrong(&wrong);
    Ok(())
}

#[test]
fn examples_name_nobody() -> anyhow::Result<()> {
    let address = Regex::new(r"[\w.%+-]+@((?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]+)")?;
    let reserved = |domain: &str| {
        let domain = domain.to_lowercase();
        RESERVED_ENDS.iter().any(|end| domain == *end || domain.ends_with(&format!(".{end}")))
    };
    let mut wrong = Vec::new();
    for folder in ["fixtures", "templates", "deploy"] {
        for file in texts(folder)? {
            // Quoted-printable breaks a line wherever it is full (RFC 2045 §6.7, rule 5).
            let text = file.text.replace("=\n", "");
            for (number, line) in (1..).zip(text.lines()) {
                for found in address.captures_iter(line) {
                    let (whole, domain) = (found.get(0), found.get(1));
                    if let (Some(whole), Some(domain)) = (whole, domain)
                        && !reserved(domain.as_str())
                    {
                        wrong.push(format!("{}:{number}: {} may be somebody's", file.path, whole.as_str()));
                    }
                }
            }
        }
    }
    nothing_wrong(&wrong);
    Ok(())
}

/// All that is wrong, at once: nobody should need three runs to learn of three slips.
#[track_caller]
fn nothing_wrong(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} to mend:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether a word stands in a line by itself: not as the end of a longer one, as base 64 may have it.
fn has_word(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).unwrap_or_default().chars().next_back();
        let after = line.get(at + word.len()..).unwrap_or_default().chars().next();
        let open_end = word.ends_with(|c| !part(c));
        // What stands before a slash makes it the middle of a path.
        !before.is_some_and(|c| part(c) || (word.starts_with('/') && c == '.'))
            && (open_end || !after.is_some_and(part))
    })
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &str) -> anyhow::Result<Vec<Text>> {
    Ok(texts(folder)?.into_iter().filter(Text::is_rust).collect())
}

/// The text files below a folder that belong to the project, in the order of their names. No folder, no files.
fn texts(folder: &str) -> anyhow::Result<Vec<Text>> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = vec![root().join(folder)];
    while let Some(path) = open.pop() {
        if !path.exists() || OUTSIDE.iter().any(|name| path == root().join(name)) {
            continue;
        }
        if path.is_dir() {
            for entry in fs::read_dir(&path).with_context(|| format!("reading {}", path.display()))? {
                open.push(entry?.path());
            }
            continue;
        }
        let octets = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        // What is no UTF-8 is a fixture in another charset, or a picture: read as far as it goes.
        let text = String::from_utf8_lossy(&octets).into_owned();
        let path = path.strip_prefix(root())?.to_string_lossy().into_owned();
        found.push(Text { path, text });
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// What lies in the folder and is not the project's own: what git, cargo and fuzzers keep, and real mails that may not be shown.
const OUTSIDE: &[&str] =
    &[".git", "target", "fuzz/target", "fuzz/corpus", "fuzz/artifacts", "fixtures/private"];
/// Words of a sentence at the least.
const WORDS_MIN: usize = 3;
