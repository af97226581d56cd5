//! Imports: what other registers list becomes a plan, word for word as people see it; and nothing comes in without a yes.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tldops::domain::cctlds::KnownTlds;
use tldops::domain::contact::Roster;
use tldops::domain::import::{Ground, ImportPlan};
use tldops::domain::policy::Policy;
use tldops::reading::registers::{self, File, Register};
use tldops::rehearsal::stage::Stage;
use tldops::writing::import_plan;

use crate::program::{OWN_ROSTER, Terminal, configure, killed_beyond, said, tldops};
use crate::stories::{file, stories};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/import").join(name)
}

/// What some octets list.
pub(crate) fn read(name: &str, octets: &[u8]) -> Result<Register, String> {
    let file = File { name, octets, charset: None };
    registers::read(&file, &KnownTlds::built_in()).map_err(|error| error.to_string())
}

/// The plan of some registers against these contacts.
pub(crate) fn planned(found: &[Register], roster: &Roster) -> ImportPlan {
    let listed: Vec<_> = found.iter().flat_map(|one| one.people.clone()).collect();
    let policy = Policy::default();
    let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
    ImportPlan::new(&listed, &Ground { roster, exemptions: &[], policy: &policy, now })
}

/// The plan of all registers of a folder is as it is told beside them.
#[track_caller]
fn check(name: &str) -> ImportPlan {
    let folder = folder(name);
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.file_name().is_some_and(|name| name != "plan.expected.txt"));
    paths.sort();
    let found: Vec<Register> = paths
        .iter()
        .map(|path| read(&path.file_name().unwrap().to_string_lossy(), &fs::read(path).unwrap()).unwrap())
        .collect();
    let plan = planned(&found, &Roster::default());
    let sources: Vec<_> = found.into_iter().map(|one| one.source).collect();
    let mut text = String::new();
    for line in import_plan::lines(&plan, &sources) {
        writeln!(text, "{line}").unwrap();
    }
    let expected = folder.join("plan.expected.txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&expected, &text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(&expected).unwrap_or_default(), "{name}");
    plan
}

#[test]
fn a_member_dump_becomes_a_plan() {
    check("member-dump");
}

#[test]
fn the_members_of_mailman_3_become_a_plan() {
    check("mailman3");
}

#[test]
fn a_spreadsheet_in_any_language_becomes_a_plan() {
    check("spreadsheet");
}

/// Made by a program that is not ours (tests/registers.py): with links, notes, merged cells and a hidden sheet.
#[test]
fn a_spreadsheet_of_an_open_document_becomes_a_plan() {
    check("ods");
}

/// A folder with a configuration whose list is the roster itself.
fn installation() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), OWN_ROSTER);
    fs::write(folder.path().join("iana.json"), "[]").unwrap();
    for part in ["mail/tmp", "mail/new", "mail/cur"] {
        fs::create_dir_all(folder.path().join(part)).unwrap();
    }
    fs::copy(self::folder("member-dump").join("members.txt"), folder.path().join("members.txt")).unwrap();
    folder
}

fn roster(folder: &Path) -> Vec<String> {
    tldops(folder, &["roster", "list"]).out.lines().map(str::to_owned).collect()
}

#[test]
fn nothing_comes_in_without_a_yes_and_the_same_comes_in_once() {
    let folder = installation();
    let path = folder.path();
    let shown = tldops(path, &["roster", "import", "members.txt"]);
    assert!(shown.status == 1 && shown.err.contains("nothing was taken in"), "{}", shown.told());
    assert_eq!(roster(path), ["The roster is empty."]);
    let taken = tldops(path, &["roster", "import", "members.txt", "--yes", "--by", "kim"]);
    assert!(
        taken.status == 1 && taken.err.contains("7 lines are not certain and 10 refused"),
        "{}",
        taken.told()
    );
    let first = roster(path);
    assert!(
        first
            .iter()
            .any(|line| line.starts_with("   #1 Joost Terpstra <joost@tulpnic.example>, +31622479105")),
        "{first:?}"
    );
    assert!(!first.iter().any(|line| line.contains("noc@dnsbelgium.example") || line.contains("Kim Root")));
    let journal = tldops(path, &["journal", "export", "--json"]).out;
    let digest = "9c13df5e4917ac2b513e5b50f84ed2a345cbb3bd7218345a4cdfea9642fa98ee";
    assert!(
        journal.contains("roster_imported") && journal.contains(digest) && journal.contains("\"kim\""),
        "{journal}"
    );
    let again = tldops(path, &["roster", "import", "members.txt", "--yes"]);
    assert!(again.out.contains("In the store already, as here: 5."), "{}", again.told());
    assert_eq!(
        (roster(path), tldops(path, &["journal", "export", "--json"]).out),
        (first, journal),
        "nothing was done twice"
    );
}

/// The names of lines of the journal, and whether it is whole.
fn journal(path: &Path) -> Vec<String> {
    let verified = tldops(path, &["journal", "verify"]);
    assert_eq!(verified.status, 0, "{}", verified.told());
    let lines = tldops(path, &["journal", "export", "--json"]).out;
    let events = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    events.map(|line| line["event"].as_str().unwrap_or_default().to_owned()).collect()
}

/// The journal is cut off, the tables are cut off: what is half written is nothing.
#[test]
fn a_large_import_that_is_killed_in_its_middle_has_not_been_and_comes_in_the_next_time() {
    let known = KnownTlds::built_in();
    let mut text = String::from("ccTLD,#,Name,E-mail,Phone\n");
    let tlds: Vec<&str> = known.iter().filter(|one| one.delegated).map(|one| one.tld.as_str()).collect();
    let names = ["Ann", "Eve", "Joe"];
    let each = |tld| (1..).zip(names).map(move |(place, name)| (tld, place, name));
    for (tld, place, name) in tlds.iter().flat_map(each) {
        writeln!(text, ".{tld},{place},{name} Bee,{name}@nic-{tld}.example,+6421884106").unwrap();
    }
    let mut kills = 0;
    for blocks in [64, 512, 768, 1200, 2000] {
        let folder = installation();
        let path = folder.path();
        fs::write(path.join("all.csv"), &text).unwrap();
        let import = ["roster", "import", "all.csv", "--yes"];
        kills += usize::from(killed_beyond(path, &import, blocks));
        let held = roster(path).iter().filter(|line| line.contains(" Bee ")).count();
        assert!(held == 0 || held == 3 * tlds.len(), "{held} contacts, killed beyond {blocks} blocks");
        let again = tldops(path, &import);
        assert!(again.status == 0, "{}", again.told());
        assert_eq!(roster(path).iter().filter(|line| line.contains(" Bee ")).count(), 3 * tlds.len());
        let imported = journal(path).iter().filter(|event| *event == "roster_imported").count();
        assert_eq!(imported, 1, "killed beyond {blocks} blocks");
    }
    assert!(kills > 2, "it was killed {kills} times");
}

/// The plan's table with its first column filled in for the lines of these addresses.
fn settle(path: &Path, decisions: &[(&str, &str)], mend: impl Fn(&str) -> String) {
    let text = fs::read_to_string(path).unwrap();
    let settled = text.lines().map(|line| {
        let decision = decisions
            .iter()
            .find(|(address, _)| line.contains(&format!(",{address},")))
            .map_or("", |(_, word)| *word);
        let line = mend(line);
        if decision.is_empty() { line } else { format!("{decision}{line}") }
    });
    // As a spreadsheet of Europe saves it.
    let semicolons = |line: String| {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
        writer.write_record(&record).unwrap();
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    };
    fs::write(path, settled.map(semicolons).collect::<String>()).unwrap();
}

#[test]
fn what_is_not_certain_comes_in_once_somebody_has_settled_it() {
    let folder = installation();
    let path = folder.path();
    let written = tldops(path, &["roster", "import", "members.txt", "--plan", "plan.csv"]);
    assert!(written.status == 1 && written.out.contains("nothing was changed"), "{}", written.told());
    let twice = tldops(path, &["roster", "import", "members.txt", "--plan", "plan.csv"]);
    assert!(twice.status == 2 && twice.err.contains("is not there yet"), "{}", twice.told());

    // Given back as it is, it takes in what the files alone would: a doubt does not go by passing through a table.
    let unsettled = tldops(path, &["roster", "import", "plan.csv"]);
    assert!(unsettled.err.contains("nothing was taken in"), "{}", unsettled.told());
    assert!(unsettled.out.contains("Comes in (5 contacts of 4 ccTLDs)"), "{}", unsettled.out);
    assert!(unsettled.out.contains("out until somebody says that it is right (7)"), "{}", unsettled.out);

    let decisions = [
        ("kim@iana.example", "liaison"),
        ("pat@ssac.example", "skip"),
        ("ivo@iedr.example", "take"),
        ("noc@dnsbelgium.example", "take"),
        ("els@dnsbelgium.example", "take"),
        ("luc@dnsbelgium.example", "take"),
        ("dora@denic.example", "skip"),
        ("bernd@denic.example", "take"),
        ("anna@denic.example", "take"),
        ("carla@denic.example", "skip"),
    ];
    settle(&path.join("plan.csv"), &decisions, |line| {
        if line.contains("els@dnsbelgium.example") {
            line.replace(",.be,1,", ",.be,2,")
        } else {
            line.to_owned()
        }
    });
    let settled = tldops(path, &["roster", "import", "plan.csv", "--yes"]);
    assert_eq!(settled.status, 1, "{}", settled.told());
    let roster = roster(path);
    let has = |words: &str| roster.iter().any(|line| line.contains(words));
    assert!(has("#2 Ivo Bare") && has("#3 Bernd Vogel") && has("#1 Anna Klein"), "{roster:?}");
    assert!(!has("noc@dnsbelgium.example"), "the address of a role is not taken by a word: {roster:?}");
    assert!(has("#2 Els Maes") && !has("Luc Peeters"), "he shares the place with a role: {roster:?}");
    assert!(!has("Carla") && !has("Dora") && !has("Pat") && !has("Kim"), "{roster:?}");
    let exempt = tldops(path, &["exempt", "list"]).out;
    assert!(exempt.contains("kim@iana.example may be on the list without a ccTLD"), "{exempt}");
    let counted: serde_json::Value = serde_json::from_str(&tldops(path, &["stats", "--json"]).out).unwrap();
    assert_eq!(counted["all"]["members"], 7, "a liaison is no ccTLD: {counted}");
}

#[test]
fn a_spreadsheet_that_differs_is_told_with_who_is_newer_and_what_to_do() {
    let folder = installation();
    let path = folder.path();
    assert_eq!(tldops(path, &["roster", "import", "members.txt", "--yes"]).status, 1);
    let sheet = "ccTLD,Place,Name,E-mail,Phone\n.nl,1,Joost Terpstra,joost@tulpnic.example,+31 6 2247 9106\n\
        .nl,3,Nina New,nina@tulpnic.example,+31 6 2247 9107\n.fr,1,Zoé Martin,zoe.martin@nic-fr.example,+33 139300000\n\
        .re,1,Zoé Martin,zoe.martin@nic-fr.example,+33 139300000\n";
    fs::write(path.join("sheet.csv"), sheet).unwrap();
    fs::write(path.join("page.html"), "<ul><li>.nl</li><li>.fr</li><li>.re</li><li>.ke</li></ul>").unwrap();
    let told = tldops(path, &["roster", "diff", "--with", "sheet.csv", "--page", "page.html"]);
    assert!(told.status == 1 && told.err.contains("6 points"), "{}", told.told());
    for want in [
        ".nl\n   Joost Terpstra <joost@tulpnic.example>\n      the store: phone +31622479105\n      sheet.csv, line 2: phone +31622479106\n\
         \x20     not certain which is newer: the store never had what stands there\n      to do: ask joost@tulpnic.example which is right",
        "   Marieke de Wit <marieke@tulpnic.example>\n      the store: #2 Marieke de Wit",
        "   Nina New <nina@tulpnic.example>\n      the store: not listed\n",
        ".ke\n      the store: no member\n      the page page.html: listed as a member\n",
        "(roster_imported, line ",
    ] {
        assert!(told.out.contains(want), "{want}\n---\n{}", told.out);
    }
    let json = tldops(path, &["roster", "diff", "--with", "sheet.csv", "--json"]);
    let first: serde_json::Value = serde_json::from_str(json.lines()[0]).unwrap();
    assert_eq!((&first["tld"], &first["newer"]), (&"nl".into(), &"unknown".into()), "{first}");
    let csv = tldops(path, &["roster", "diff", "--with", "sheet.csv", "--form", "csv"]).out;
    assert!(csv.starts_with("\u{feff}ccTLD,Person,Store"), "{csv}");
    let odd = "<ul><li>.nl</li><li>.fr</li><li>.re</li><li>.qq</li><li>.xn--zz</li></ul>";
    fs::write(path.join("odd.html"), odd).unwrap();
    let told = tldops(path, &["roster", "diff", "--page", "odd.html"]);
    let want = "Without a ccTLD\n      the store: no such ccTLD is known\n      the page odd.html: lists .qq, .xn--zz\n";
    assert!(told.status == 1 && told.out.contains(want), "{}", told.told());
    assert!(told.out.contains("to do: correct the page; a ccTLD that is new is known once"), "{}", told.out);
    let json = tldops(path, &["roster", "diff", "--page", "odd.html", "--json"]).out;
    assert!(json.contains(r#""other":"lists .qq, .xn--zz""#), "{json}");
    fs::write(path.join("same.csv"), tldops(path, &["roster", "export", "--form", "csv"]).out).unwrap();
    let same = tldops(path, &["roster", "diff", "--with", "same.csv"]);
    assert_eq!((same.status, same.out.as_str()), (0, "Nothing differs.\n"), "{}", same.told());
}

/// Somebody whom the store does not have may have left since the file was written.
#[test]
fn a_stranger_beside_an_entry_stays_out_until_somebody_says_that_he_is_right() {
    let folder = installation();
    let path = folder.path();
    assert_eq!(tldops(path, &["roster", "import", "members.txt", "--yes"]).status, 1);
    let before = roster(path);
    let sheet = "ccTLD,Place,Name,E-mail,Phone\n.fr,2,Nina New,nina@nic-fr.example,+33 139308301\n";
    fs::write(path.join("sheet.csv"), sheet).unwrap();
    let shown = tldops(path, &["roster", "import", "sheet.csv", "--yes"]);
    assert!(shown.status == 1 && shown.err.contains("1 lines are not certain"), "{}", shown.told());
    assert!(
        shown.out.contains("the store has contacts of .fr, and not this one, who may have left"),
        "{}",
        shown.out
    );
    assert_eq!(roster(path), before);
}

/// The store is never written over by a file; and an address that anybody may have is a person's decision.
#[test]
fn another_number_of_somebody_listed_and_an_address_at_a_provider_stay_out() {
    let folder = installation();
    let path = folder.path();
    configure(path, &format!("{OWN_ROSTER}[policy]\nfree_mail_domains = [\"freemail.example\"]\n"));
    assert_eq!(tldops(path, &["roster", "import", "members.txt", "--yes"]).status, 1);
    let before = roster(path);
    let sheet = "ccTLD,Place,Name,E-mail,Phone\n.fr,1,Zoé Martin,zoe.martin@nic-fr.example,+33 139300009\n\
        .se,1,Nils Lind,nils.lind@freemail.example,+46 8 452 35 01\n";
    fs::write(path.join("sheet.csv"), sheet).unwrap();
    let shown = tldops(path, &["roster", "import", "sheet.csv", "--yes"]);
    assert!(
        shown.status == 1 && shown.err.contains("1 lines are not certain and 1 refused"),
        "{}",
        shown.told()
    );
    for why in
        ["nils.lind@freemail.example is at a provider at which anybody may be", "the store has #1 Zoé Martin"]
    {
        assert!(shown.out.contains(why), "{why}: {}", shown.out);
    }
    assert_eq!(roster(path), before);
}

/// While the plan waits for a yes nothing else can change what it was made for.
#[test]
fn a_plan_that_waits_for_a_yes_keeps_the_store_and_is_carried_out_as_it_was_shown() {
    let folder = installation();
    let path = folder.path();
    said(path, &["once"], 0, "0 mails taken in");
    let asked = Terminal::start(path, &["roster", "import", "members.txt"]);
    said(path, &["once"], 1, "open");
    let other = "ccTLD,Place,Name,E-mail,Phone\n.nl,1,Nina New,nina@tulpnic.example,+31 6 22479107\n";
    fs::write(path.join("other.csv"), other).unwrap();
    said(path, &["roster", "import", "other.csv", "--yes"], 2, "the program is running");
    let (status, shown) = asked.answers("yes");
    assert!(status == 1 && shown.contains("Taken in: "), "{shown}");
    let roster = roster(path);
    assert!(roster.iter().any(|line| line.contains("Joost Terpstra")), "{roster:?}");
    assert!(!roster.iter().any(|line| line.contains("Nina New")), "{roster:?}");
}

#[test]
fn a_plan_that_was_made_for_other_entries_changes_none() {
    let folder = tempfile::tempdir().unwrap();
    let shared = |name: &str| file(&stories(), name).unwrap();
    let mut stage = Stage::set(folder.path(), &shared("world.json"), &shared("iana.json")).unwrap();
    let before = stage.roster().unwrap();
    let sheet = "ccTLD,Place,Name,E-mail,Phone\n.fr,1,Zoé Martin,zoe.martin@nic-fr.example,+33 139300000\n\
        .nz,1,Nina New,nina@nic-nz.example,+64 21 884 107\n";
    let found = read("sheet.csv", sheet.as_bytes()).unwrap();
    // As if nobody had been listed for .nz when it was made.
    let plan = planned(std::slice::from_ref(&found), &Roster::default());
    assert_eq!(plan.changes.len(), 2);
    let lines = stage.store().journal().unwrap().len();
    let adopted = stage.with_bot(|bot| {
        bot.adopt(&plan, &[found.source], "kim")?;
        Ok(())
    });
    let error = adopted.unwrap_err().to_string();
    assert!(error.contains("the entry of .nz was changed meanwhile; import the files once more"), "{error}");
    assert_eq!((stage.roster().unwrap(), stage.store().journal().unwrap().len()), (before, lines));
}
