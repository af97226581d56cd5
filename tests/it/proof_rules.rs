//! The document of the proof's rules: every rule stands in it, and every test that it names exists.

use std::fs;
use std::path::Path;

use regex::Regex;

/// The rules, R1 to this one.
const RULES: usize = 19;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn document() -> String {
    fs::read_to_string(root().join("src/proof/RULES.md")).unwrap()
}

/// What is wrong with a line that names a test or a story; none where it names neither or all is well.
fn fault(line: &str) -> Option<String> {
    let pattern = Regex::new(r"((?:src|tests)/[\w/]+\.rs): (\w+)").unwrap();
    if let Some(named) = pattern.captures(line) {
        let code = fs::read_to_string(root().join(&named[1])).unwrap_or_default();
        let is_there = code.contains(&format!("fn {}(", &named[2]));
        return (!is_there).then(|| format!("{} has no test {}", &named[1], &named[2]));
    }
    let story = line.strip_prefix("- story: ")?;
    let is_there = root().join("fixtures/stories").join(story).join("play.txt").is_file();
    (!is_there).then(|| format!("there is no story {story}"))
}

#[test]
fn every_rule_is_listed_and_kept_by_tests() {
    let document = document();
    let (rules, trap) = document.split_once("# The version trap").unwrap();
    let sections: Vec<&str> = rules.split("\n## ").skip(1).collect();
    assert_eq!(sections.len(), RULES);
    for (number, section) in (1..).zip(sections) {
        let title = section.lines().next().unwrap();
        assert!(title.starts_with(&format!("R{number} ")), "R{number} is missing before `{title}`");
        let kept = section.lines().any(|line| line.starts_with("- ") && line.contains(": "));
        assert!(kept, "no test keeps `{title}`");
    }
    let defects: Vec<&str> = trap.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(!defects.is_empty() && defects.iter().all(|line| line.contains(".rs: ")), "a defect has no test");
}

#[test]
fn every_test_that_the_rules_name_exists() {
    let document = document();
    let wrong: Vec<String> = document.lines().filter_map(fault).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(fault("- tests/it/proof.rs: no_such_test").is_some() && fault("- story: none").is_some());
}

#[test]
fn the_pinned_pair_is_the_one_that_the_rules_are_about() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let document = document();
    for name in ["mail-auth", "mail-parser"] {
        let pin = Regex::new(&format!("{name} = .*\"=([0-9.]+)\"")).unwrap();
        let version = &pin.captures(&manifest).unwrap()[1];
        assert!(
            document.contains(&format!("{name} {version}")),
            "RULES.md does not speak of {name} {version}"
        );
    }
}
