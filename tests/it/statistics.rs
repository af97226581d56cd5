//! The tables, charts and the public page of the membership: those of the documents come out, on any day, in every form.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use calamine::{Reader as _, Xlsx};
use jiff::Timestamp;
use regex::Regex;
use tldops::bot::records::Records;
use tldops::domain::cctlds::KnownTlds;
use tldops::domain::contact::{Contact, Rank};
use tldops::domain::journal::Entry;
use tldops::domain::tld::Tld;
use tldops::reading::registers;
use tldops::store::Store;

use crate::program::{Ended, Running, configure, killed_beyond, tldops, wait_until};

/// The days on which the documents count, and the file of regions of each.
const DAYS: [(&str, &str); 3] =
    [("2015-06-17", "2015-06-17"), ("2017-10-24", "2019-09-01"), ("2019-09-01", "2019-09-01")];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/statistics")
}

fn contact(tld: &Tld) -> Contact {
    Contact {
        rank: Rank::PRIMARY,
        name: "Ann Bee".parse().unwrap(),
        email: format!("ann@nic-{tld}.example").parse().unwrap(),
        secondary_email: None,
        phone: None,
    }
}

fn members(day: &str) -> Vec<Tld> {
    let text = fs::read_to_string(fixtures().join(format!("{day}.members.txt"))).unwrap();
    text.lines().map(|line| line.parse().unwrap()).collect()
}

/// A store whose journal tells the memberships of the documents, and a configuration beside it.
fn installation() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let store = Store::open(&path.join("store")).unwrap();
    let mut before: Vec<Tld> = Vec::new();
    for (day, _) in DAYS {
        let now = members(day);
        let joined = now.iter().filter(|tld| !before.contains(tld));
        let left = before.iter().filter(|tld| !now.contains(tld));
        let joined = joined.map(|tld| Records::write_entry(tld, &[contact(tld)]).unwrap());
        let writes: Vec<_> = joined.chain(left.map(|tld| Records::write_entry(tld, &[]).unwrap())).collect();
        let at: Timestamp = format!("{day}T12:00:00Z").parse().unwrap();
        let (event, says) = ("imported".to_owned(), "As the documents tell.".to_owned());
        let entry = Entry { at, case: None, event, says, evidence: serde_json::Value::Null };
        store.commit(&entry, &writes).unwrap();
        before = now;
    }
    drop(store);
    fs::write(path.join("iana.json"), "[]").unwrap();
    for name in ["mail", "sent", "www"] {
        fs::create_dir(path.join(name)).unwrap();
    }
    configure(path, "");
    folder
}

/// Counts by the regions of a document.
fn count_by(folder: &Path, regions: &str) {
    let file = fixtures().join(format!("{regions}.regions.csv"));
    configure(folder, &format!("[statistics]\nregions_file = \"{}\"\n", file.display()));
}

#[track_caller]
fn told(folder: &Path, arguments: &[&str]) -> String {
    let ended = tldops(folder, arguments);
    assert_eq!(ended.status, 0, "{arguments:?}: {}", ended.told());
    ended.out
}

/// Compares with what is kept; `BLESS=1` keeps it.
#[track_caller]
fn kept(name: &str, found: &str) {
    let path = fixtures().join("expected").join(name);
    #[expect(clippy::disallowed_methods, reason = "BLESS=1 keeps what comes out, as with the stories")]
    if std::env::var("BLESS").is_ok() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, found).unwrap();
    }
    let want = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == want, "{name} is not what is kept; look at the difference after BLESS=1:\n{found}");
}

#[test]
fn the_tables_of_the_documents_come_out() {
    let folder = installation();
    // Heading, members, per cent, missing, per cent, total: as they stand in the documents.
    let rows: [(&str, &[&str]); 3] = [
        (
            "2015-06-17",
            &[
                "Total 134 54% 112 46% 246",
                "AF 21 41% 30 59% 51",
                "AP 43 49% 44 51% 87",
                "EUR 47 87% 7 13% 54",
                "NA 4 67% 2 33% 6",
                "LAC 19 40% 29 60% 48",
                "Total 20 44% 25 56% 45",
                "AF 2 40% 3 60% 5",
                "AP 14 45% 17 55% 31",
                "EUR 4 44% 5 56% 9",
                "NA 0 0 0",
                "LAC 0 0 0",
            ],
        ),
        (
            "2017-10-24",
            &[
                "Total 192 66% 99 34% 291",
                "Total 163 67% 82 33% 245",
                "AF 25 49% 26 51% 51",
                "AP 50 61% 32 39% 82",
                "EUR 65 100% 0 0% 65",
                "LAC 18 43% 24 57% 42",
                "NA 5 100% 0 0% 5",
                "Total 29 63% 17 37% 46",
            ],
        ),
        (
            "2019-09-01",
            &[
                "Total 202 69% 89 31% 291",
                "Total 173 71% 72 29% 245",
                "AF 27 53% 24 47% 51",
                "AP 51 62% 31 38% 82",
                "EUR 65 100% 0 0% 65",
                "LAC 25 60% 17 40% 42",
                "NA 5 100% 0 0% 5",
                "Total 29 63% 17 37% 46",
            ],
        ),
    ];
    for ((day, regions), (_, wanted)) in DAYS.into_iter().zip(rows) {
        count_by(folder.path(), regions);
        let text = told(folder.path(), &["stats", "--at", day, "--since", "2015-06-16"]);
        let lines: Vec<String> =
            text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        for row in wanted {
            assert!(lines.iter().any(|line| line == row), "{day}: no row {row}\n{text}");
        }
        kept(&format!("{day}.txt"), &text);
    }
}

#[test]
fn what_a_document_counts_twice_is_said_and_its_list_of_missing_ones_comes_out() {
    let folder = installation();
    count_by(folder.path(), "2015-06-17");
    let text = told(folder.path(), &["stats", "--at", "2015-06-17"]);
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let says =
        "These tables count twice: .tc in AP and LAC. Each ccTLD once, there are 134 ASCII members, 111";
    assert!(flat.contains(says), "{text}");
    assert!(text.contains("Missing, Africa (AF) (33, 3 of them IDN):"), "{text}");
    count_by(folder.path(), "2019-09-01");
    let text = told(folder.path(), &["stats", "--at", "2019-09-01"]);
    assert!(!text.contains("count twice"), "{text}");
    let (_, list) = text.split_once("Missing, Latin America and the Caribbean (LAC) (17):\n").unwrap();
    let list: Vec<&str> = list.lines().take(17).map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(
        list.join(" "),
        ".ai .bs .bz .cu .ec .gf .gs .gy .ht .jm .kn .ky .mq .ms .sr .tc .vc",
        "as the slides of 2019 list them"
    );
}

#[test]
fn every_form_is_as_it_was_looked_at() {
    let folder = installation();
    count_by(folder.path(), "2019-09-01");
    let all = ["stats", "--at", "2019-09-01", "--since", "2017-10-24", "--form"];
    for (form, name) in [
        ("markdown", "md"),
        ("csv", "csv"),
        ("json", "json"),
        ("coverage", "coverage.svg"),
        ("growth", "growth.svg"),
    ] {
        kept(&format!("2019-09-01.{name}"), &told(folder.path(), &[&all[..], &[form]].concat()));
    }
    let map = told(folder.path(), &[&all[..], &["map"]].concat());
    kept("2019-09-01.map.svg", &without_outlines(&map));
    for chart in ["map", "coverage", "growth"] {
        let svg = told(folder.path(), &[&all[..], &[chart]].concat());
        assert_eq!(svg.matches("<title").count(), svg.matches("</title>").count());
        assert!(
            svg.contains("role=\"img\"") && svg.contains("<desc id="),
            "{chart} says nothing to who cannot see it"
        );
        assert!(!svg.contains("href") && !svg.contains("<script"), "{chart} loads something");
    }
}

/// The outlines of countries are data, and long.
fn without_outlines(svg: &str) -> String {
    Regex::new(r#" d="M[^"]{60,}""#).unwrap().replace_all(svg, " d=\"…\"").into_owned()
}

#[test]
fn the_workbook_opens_in_another_program_with_the_same_numbers() {
    let folder = installation();
    count_by(folder.path(), "2019-09-01");
    let arguments = ["stats", "--at", "2019-09-01", "--since", "2017-10-24", "--form", "xlsx"];
    let octets =
        crate::program::program().args(arguments).current_dir(folder.path()).output().unwrap().stdout;
    let again = crate::program::program().args(arguments).current_dir(folder.path()).output().unwrap().stdout;
    assert!(octets == again, "the same report gives the same octets");
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(octets)).unwrap();
    let mut text = String::new();
    for sheet in book.sheet_names() {
        text = text + "== " + &sheet + "\n";
        for row in book.worksheet_range(&sheet).unwrap().rows() {
            let cells: Vec<String> = row.iter().map(ToString::to_string).collect();
            text.push_str(&(cells.join("\t").trim_end().to_owned() + "\n"));
        }
    }
    assert!(text.contains("\nTotal\t173\t0.71\t72\t0.29\t245\n"), "{text}");
    kept("2019-09-01.xlsx.txt", &text);
}

/// The page of 2019, with its regions.
fn page() -> (tempfile::TempDir, PathBuf) {
    let folder = installation();
    count_by(folder.path(), "2019-09-01");
    let www = folder.path().join("www");
    told(folder.path(), &["report", "--to", "www", "--at", "2019-09-01"]);
    (folder, www)
}

#[test]
fn the_page_is_as_it_was_looked_at_and_names_nobody() {
    let (_folder, www) = page();
    let read = |name: &str| fs::read_to_string(www.join(name)).unwrap();
    for name in ["index.html", "index.ar.html"] {
        kept(&format!("page/{name}"), &without_outlines(&read(name)));
    }
    kept("page/members.json", &read("members.json"));
    kept("page/members.csv", &read("members.csv"));
    let mut names: Vec<_> =
        fs::read_dir(&www).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(
        names.join(" "),
        "coverage.svg growth.svg index.ar.html index.es.html index.fr.html index.html index.ru.html index.zh.html map.svg \
         members.csv members.json"
    );
    for name in &names {
        let text = read(name);
        assert!(
            !text.contains('@')
                || name.ends_with("svg")
                || text.matches('@').count() == text.matches("@media").count(),
            "{name} has an address"
        );
        assert!(!text.contains("Ann") && !text.contains("Bee"), "{name} names a person");
        assert!(!text.contains("<script") && !text.contains("src=\""), "{name} loads something");
    }
    let html = read("index.html");
    let policy = "content=\"default-src &#x27;none&#x27;; style-src &#x27;sha256-";
    assert!(html.contains(policy), "{html}");
    assert!(
        !html.contains("style=\"") && html.matches("<style>").count() == 1,
        "the policy would not let it through"
    );
}

#[test]
fn every_language_has_the_same_page() {
    let (_folder, www) = page();
    let tag = Regex::new(r"</?([a-z1-6]+)").unwrap();
    // The page's own language is no link, so what is before the heading differs.
    let shape = |name: &str| {
        let html = fs::read_to_string(www.join(name)).unwrap();
        let (_, below) = html.split_once("<h1>").unwrap();
        tag.captures_iter(below).map(|found| found[1].to_owned()).collect::<Vec<_>>()
    };
    let english = shape("index.html");
    for language in ["ar", "es", "fr", "ru", "zh"] {
        let name = format!("index.{language}.html");
        assert!(shape(&name) == english, "{name} is another page");
        let html = fs::read_to_string(www.join(&name)).unwrap();
        let direction = if language == "ar" { "rtl" } else { "ltr" };
        assert!(html.contains(&format!("<html lang=\"{language}\" dir=\"{direction}\">")), "{name}");
        assert!(!html.contains('{') || html.matches('{').count() == html.matches('}').count(), "{name}");
    }
}

/// The page lists who is missing as well: a comparison must not take those for members.
#[test]
fn our_own_page_says_in_every_form_who_is_a_member() {
    let (folder, www) = page();
    let known = KnownTlds::built_in();
    let members = |name: &str, octets: &[u8]| {
        let read = registers::page(&registers::File { name, octets, charset: None }, &known).unwrap();
        assert_eq!(read.unknown, BTreeSet::new(), "{name}");
        read.members
    };
    let shown = |name: &str| members(name, &fs::read(www.join(name)).unwrap());
    let json = shown("members.json");
    assert_eq!(json.len(), 202);
    for language in ["", ".ar", ".es", ".fr", ".ru", ".zh"] {
        let name = format!("index{language}.html");
        assert!(shown(&name) == json, "{name}");
    }
    let same = tldops(folder.path(), &["roster", "diff", "--page", "www/index.html"]);
    assert_eq!((same.status, same.out.as_str()), (0, "Nothing differs.\n"), "{}", same.told());
    // A page that says nothing of the kind lists members alone.
    let unmarked = fs::read_to_string(www.join("index.html")).unwrap().replace("data-member", "data-other");
    assert_eq!(members("index.html", unmarked.as_bytes()).len(), 291);
    let gone = fs::read_to_string(www.join("index.html")).unwrap().replacen(
        "data-member=\"yes\"",
        "data-member=\"no\"",
        1,
    );
    fs::write(www.join("index.html"), gone).unwrap();
    let other = tldops(folder.path(), &["roster", "diff", "--page", "www/index.html"]);
    assert!(other.status == 1 && other.err.contains("one point"), "{}", other.told());
}

/// The files of a folder with what they hold, without those that nobody is shown yet.
fn shown(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = entries.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path));
    let whole = named.filter(|(name, _)| !name.starts_with('.'));
    whole.map(|(name, path)| (name, fs::read(path).unwrap())).collect()
}

#[test]
fn a_page_that_is_killed_while_it_is_written_shows_no_half_of_a_file_and_is_written_the_next_time() {
    let (folder, www) = page();
    let earlier = ["report", "--to", "www", "--at", "2017-10-24"];
    let new = shown(&www);
    told(folder.path(), &earlier);
    let old = shown(&www);
    assert!(new.keys().eq(old.keys()) && new.iter().all(|(name, octets)| old[name] != *octets));
    let report = ["report", "--to", "www", "--at", "2019-09-01"];
    let largest = new.values().map(Vec::len).max().unwrap() as u64 / 512;
    let mut kills = 0;
    for blocks in [1, 8, 40, 80, largest / 2, largest - 1] {
        kills += usize::from(killed_beyond(folder.path(), &report, blocks));
        for (name, octets) in shown(&www) {
            let whole = octets == old[&name] || octets == new[&name];
            assert!(whole, "{name} has {} octets, killed beyond {blocks} blocks", octets.len());
        }
    }
    assert_eq!(kills, 6, "it was not killed each time");
    told(folder.path(), &report);
    assert!(shown(&www) == new);
    let left = fs::read_dir(&www).unwrap().count();
    assert_eq!(left, new.len(), "what was half written lies there");
}

#[test]
fn statistics_that_cannot_be_written_whole_do_not_end_well() {
    let folder = installation();
    for form in ["text", "markdown", "csv", "json", "xlsx", "map", "coverage", "growth"] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut program = crate::program::program();
        program.args(["stats", "--at", "2019-09-01", "--form", form]).current_dir(folder.path());
        let ended = program.stdout(full).output().unwrap();
        assert!(!ended.status.success() && !ended.stderr.is_empty(), "{form}");
    }
}

#[test]
fn hostile_settings_are_refused_with_line_and_cure() {
    let folder = installation();
    let refused = |more: &str, says: &str| {
        configure(folder.path(), more);
        let Ended { status, out, err } = tldops(folder.path(), &["stats"]);
        assert!(status == 2 && err.contains(says), "{more}: {out}{err}");
    };
    fs::write(folder.path().join("regions.csv"), "nl,EUR\nqq,EUR\n").unwrap();
    refused(
        "[statistics]\nregions_file = \"regions.csv\"\n",
        "regions.csv, line 2: .qq is no ccTLD that is known",
    );
    refused("[statistics]\nregions_file = \"www\"\n", "is a folder; write the path of a file");
    refused("[statistics]\nregions_file = \"gone.csv\"\n", "cannot be found");
    refused("[statistics]\nregions = \"unesco\"\n", "unknown variant");
    fs::write(folder.path().join("regions.csv"), [0xff, 0xfe, 0x00]).unwrap();
    refused("[statistics]\nregions_file = \"regions.csv\"\n", "write it as text in UTF-8");
    fs::write(folder.path().join("regions.csv"), "nl,EUR\n".repeat(100_000)).unwrap();
    refused("[statistics]\nregions_file = \"regions.csv\"\n", "has more than 262144 octets");
    refused("[page]\nfolder = \"gone\"\n", "is no folder; make it");
    refused("[page]\n", "add folder =");
    refused("[page]\nfolder = \"store\"\n", "page.folder is the same folder as store");
    configure(folder.path(), "");
    let none = tldops(folder.path(), &["report"]);
    assert!(none.status == 2 && none.err.contains("--to"), "{}", none.told());
    let gone = tldops(folder.path(), &["report", "--to", "gone"]);
    assert!(gone.status == 2 && gone.err.contains("make it"), "{}", gone.told());
}

#[test]
fn the_running_program_keeps_the_page_and_a_rehearsal_does_not() {
    let folder = installation();
    let path = folder.path();
    let index = path.join("www/index.html");
    configure(path, "[page]\nfolder = \"www\"\n");
    let text = fs::read_to_string(path.join("tldops.toml")).unwrap();
    fs::write(
        path.join("tldops.toml"),
        text.replace("path = \"sent\"\n", "path = \"sent\"\nhold_all = true\n"),
    )
    .unwrap();
    told(path, &["once"]);
    assert!(!index.exists(), "what is rehearsed is not shown");
    fs::write(path.join("tldops.toml"), &text).unwrap();
    told(path, &["once"]);
    assert!(fs::read_to_string(&index).unwrap().contains(".nl</bdi>"));
    fs::remove_file(&index).unwrap();
    told(path, &["once"]);
    assert!(!index.exists(), "a turn without a change on the same day writes nothing");
    let store = Store::open(&path.join("store")).unwrap();
    let at: Timestamp = "2019-10-01T12:00:00Z".parse().unwrap();
    let (event, says) = ("applied".to_owned(), "One leaves.".to_owned());
    let entry = Entry { at, case: None, event, says, evidence: serde_json::Value::Null };
    store.commit(&entry, &[Records::write_entry(&"nl".parse().unwrap(), &[]).unwrap()]).unwrap();
    drop(store);
    told(path, &["once"]);
    assert!(fs::read_to_string(&index).unwrap().contains("201 of 308"), "a change on the same day is shown");
    // A folder that cannot be written keeps nobody from work, and a page that is old is made anew.
    fs::remove_dir_all(path.join("www")).unwrap();
    fs::create_dir(path.join("www")).unwrap();
    let running = Running::start(path, &[]);
    wait_until("the page is written", path, || index.exists());
    running.ends_well(path);
    fs::write(path.join("www/members.json"), "[]").unwrap();
    fs::remove_file(&index).unwrap();
    told(path, &["once"]);
    assert!(index.exists());
}
