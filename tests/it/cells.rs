//! Each cell of the procedure's table, played through the whole program.
//!
//! Who was asked, who was told and what a person had to let pass must be what the document says. What is compared comes from
//! the mails that left, and from no rule.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::SignedDuration;
use serde_json::json;
use tldops::domain::address::Address;
use tldops::domain::event::{Ruling, RulingVerdict};
use tldops::rehearsal::script::{Mood, Step};
use tldops::rehearsal::stage::Stage;

use crate::procedure_table::document;
use crate::stories::{file, stories};

/// Cells played at once: each waits for the disk most of the time.
const PLAYED_AT_ONCE: usize = 6;
/// Rounds of questions and answers after which a case must have ended.
const ROUNDS_MAX: usize = 12;

const ADMIN: &str = "iana@nic-br.example";
const TECHNICAL: &str = "eng@nic-br.example";
/// The contacts of `.br`: the first has a second address, the second has none.
const RAFAEL: &str = "rafael@nic-br.example";
const CAMILA: &str = "camila@nic-br.example";
/// The secretariat, by their addresses.
const OFFICE: [&str; 2] = ["kim@ops.example", "lee@ops.example"];

/// What is asked for: the row's name, who of the contacts asks for it where one does, and the words of his mail.
const DEEDS: [(&str, &str, &str); 9] = [
    (
        "subscribe a contact",
        CAMILA,
        "please add a contact for .br:\n\nName: Bruno Lima\nE-mail: bruno@nic-br.example\nSecond e-mail: bruno@second.example\nPhone: +55 11 5509 3502\n",
    ),
    (
        "replace a contact",
        CAMILA,
        "please replace Rafael Souza (rafael@nic-br.example) as contact of .br by:\n\nName: Bruno Lima\nE-mail: bruno@nic-br.example\nSecond e-mail: bruno@second.example\nPhone: +55 11 5509 3502\n",
    ),
    (
        "change details",
        CAMILA,
        "for .br, please change the e-mail address of Camila Rocha from camila@nic-br.example to\ncamila.rocha@nic-br.example.\n",
    ),
    ("swap ranks", CAMILA, "please swap the first and the second contact of .br.\n"),
    (
        "remove one contact",
        CAMILA,
        "please remove Camila Rocha (camila@nic-br.example) from the contacts of .br.\n",
    ),
    ("remove the ccTLD", CAMILA, "please remove .br completely from TLD-OPS.\n"),
    (
        "add a second address",
        CAMILA,
        "please add camila@second.example as the second address of Camila Rocha\n(camila@nic-br.example) to our entry for .br.\n",
    ),
    (
        "drop a second address",
        RAFAEL,
        "please remove the second address of Rafael Souza (rafael@nic-br.example) from\nour entry for .br. His first address stays.\n",
    ),
    (
        "change another's details",
        RAFAEL,
        "for .br, please change the e-mail address of Camila Rocha from camila@nic-br.example to\ncamila.rocha@nic-br.example.\n",
    ),
];

/// The columns.
const PROOFS: [&str; 4] = ["authenticated", "unsigned", "failed", "temporary"];

/// A row of the document.
#[derive(Clone, Debug)]
struct Row {
    section: String,
    name: String,
    cells: Vec<String>,
    told: String,
    waits: String,
}

/// All rows of the document's tables.
fn rows() -> Vec<Row> {
    let text = std::fs::read_to_string(document()).unwrap();
    let mut section = String::new();
    let mut rows = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("### ") {
            title.clone_into(&mut section);
        }
        let cells: Vec<String> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        let [_, name, one, two, three, four, told, waits, _] = cells.as_slice() else { continue };
        if section.is_empty() || one == PROOFS[0] || name.starts_with("--") {
            continue;
        }
        rows.push(Row {
            section: section.clone(),
            name: name.clone(),
            cells: vec![one.clone(), two.clone(), three.clone(), four.clone()],
            told: told.clone(),
            waits: waits.clone(),
        });
    }
    rows
}

/// What is played for a row: who writes, what, and under which settings.
struct Scene {
    from: &'static str,
    copied: bool,
    words: &'static str,
    policy: serde_json::Value,
}

fn scene_of(row: &Row) -> Scene {
    let deed = DEEDS.into_iter().find(|(name, ..)| row.name.ends_with(name));
    assert!(deed.is_some(), "no mail asks to {}", row.name);
    let (_, contact, words) = deed.unwrap();
    let (from, copied) = match row.section.as_str() {
        "The IANA admin contact" => (ADMIN, false),
        "Somebody with a copy to the IANA admin contact" => ("clerk@nic-br.example", true),
        "The IANA technical contact" => (TECHNICAL, false),
        "A listed contact, about himself" => (contact, false),
        "The secretariat" => (OFFICE[0], false),
        "A stranger" => ("eve@stranger.example", false),
        _ if row.name.contains("technical contact,") => (TECHNICAL, false),
        _ => (ADMIN, false),
    };
    // A setting stands in the document as in the file.
    let setting = row.name.strip_prefix('`').and_then(|rest| rest.split_once('`'));
    let policy = setting.map_or_else(
        || json!({}),
        |(line, _)| {
            let (key, value) = line.split_once(" = ").unwrap();
            json!({ key: serde_json::from_str::<serde_json::Value>(value).unwrap() })
        },
    );
    Scene { from, copied, words, policy }
}

/// What was seen of a cell that was played to its end.
#[derive(Debug, Default, Eq, PartialEq)]
struct Seen {
    /// As the document writes it.
    cell: String,
    /// Who heard that it is done.
    told: Vec<String>,
    /// Who heard that he is a contact no more.
    left: Vec<String>,
    /// Whether a person had to let it pass once all had agreed.
    held_at_last: bool,
}

/// A play under way.
struct Play {
    stage: Stage,
    seen: usize,
    mails: usize,
}

impl Play {
    fn new(folder: &Path, scene: &Scene) -> Self {
        let mut world: serde_json::Value =
            serde_json::from_str(&file(&stories(), "world.json").unwrap()).unwrap();
        world["secretariat"] = json!(OFFICE);
        world["keys"]["ops.example"] = "rsa".into();
        world["keys"]["stranger.example"] = "rsa".into();
        world["policy"] = scene.policy.clone();
        world["roster"] = json!([
            { "tld": "br", "rank": 1, "name": "Rafael Souza", "email": RAFAEL,
              "secondary_email": "rafael@second.example", "phone": "+551155093500" },
            { "tld": "br", "rank": 2, "name": "Camila Rocha", "email": CAMILA, "secondary_email": null,
              "phone": "+551155093501" },
        ]);
        let iana = file(&stories(), "iana.json").unwrap();
        Self { stage: Stage::set(folder, &world.to_string(), &iana).unwrap(), seen: 0, mails: 0 }
    }

    /// A mail with this text comes in, signed by the domain of its sender with this key.
    fn comes(&mut self, header: &str, from: &str, words: &str, key: Option<&str>) {
        self.mails += 1;
        let text = format!(
            "From: {from}\n{header}\nDate: {{date}}\nMessage-ID: <cell-{}@{}>\nMIME-Version: 1.0\n\
             Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{words}",
            self.mails,
            domain(from)
        );
        let signatures = key.map(|key| (domain(from).to_owned(), key.to_owned())).into_iter().collect();
        let step = Step::Mail { file: format!("{}.eml", self.mails), signatures };
        self.stage.play(&step, &|_| Ok(text.clone())).unwrap();
    }

    fn asks(&mut self, scene: &Scene, key: Option<&str>) {
        let copy = if scene.copied { format!("\nCc: {ADMIN}") } else { String::new() };
        let header = format!("To: tld-ops-admin@ops.example{copy}\nSubject: contacts of .br");
        self.comes(&header, scene.from, scene.words, key);
    }

    /// The mails that left since the last look: to whom, and their text on one line.
    fn fresh(&mut self) -> Vec<(String, String)> {
        let sent = self.stage.sent();
        let fresh = sent[self.seen..].iter().map(|mail| {
            let text = String::from_utf8(mail.octets.clone()).unwrap();
            let to: Vec<String> = mail.recipients.iter().map(Address::lower).collect();
            (to.join(" "), text.split_whitespace().collect::<Vec<_>>().join(" "))
        });
        let fresh = fresh.collect();
        self.seen = sent.len();
        fresh
    }

    fn is_open(&self) -> bool {
        let journal = self.stage.store().journal().unwrap();
        let last =
            journal.iter().rev().find(|line| line.entry.case.is_some() && line.entry.event != "mail_sent");
        last.is_some_and(|line| line.entry.event != "applied")
    }

    /// One of the secretariat approves.
    fn approves(&mut self, by: &str) {
        let ruling = Ruling {
            by: by.to_owned(),
            verdict: RulingVerdict::Approve,
            note: "by phone".to_owned(),
            mail: None,
        };
        let case = "R-1".parse().unwrap();
        self.stage.with_bot(|bot| bot.rule(case, ruling)).unwrap();
        self.stage.come_to_rest().unwrap();
    }

    /// Everybody who is asked agrees, and the secretariat lets pass what waits for it.
    fn play_on(&mut self) -> Seen {
        let mut seen = Seen::default();
        let (mut groups, mut held): (Vec<Vec<&str>>, &str) = (Vec::new(), "");
        for _ in 0..ROUNDS_MAX {
            let mut asked = Vec::new();
            let mut waits = false;
            for (to, text) in self.fresh() {
                if text.contains("[TLD-OPS] Done:") {
                    seen.told.push(to);
                } else if FAREWELLS.iter().any(|farewell| text.contains(farewell)) {
                    seen.left.push(to);
                } else if text.contains("[TLD-OPS] How to join") {
                    "help".clone_into(&mut seen.cell);
                } else if OFFICE.iter().any(|office| to.contains(office)) && text.contains("approve (") {
                    waits = true;
                } else if let Some(what) = question(&to, &text) {
                    asked.push((what, to));
                }
            }
            if waits {
                let by = self.let_pass();
                if groups.is_empty() { held = by } else { seen.held_at_last = true }
            } else if asked.is_empty() {
                break;
            }
            if !asked.is_empty() {
                groups.push(ordered(asked.iter().map(|(what, _)| *what).collect()));
            }
            for (_, to) in asked {
                let header = format!(
                    "To: {{reply-to {to}}}\nSubject: Re: {{subject {to}}}\nIn-Reply-To: {{message-id {to}}}"
                );
                self.comes(&header, &to, "YES\n", None);
            }
        }
        let asked: Vec<String> = groups.iter().map(|group| group.join(" + ")).collect();
        if !asked.is_empty() {
            seen.cell = asked.join(" → ");
        } else if seen.cell.is_empty() && self.mails > 0 && !self.is_open() && seen.told.is_empty() {
            "nothing".clone_into(&mut seen.cell);
        }
        if !held.is_empty() {
            seen.cell = format!("{held}: {}", seen.cell);
        }
        seen.told.sort();
        seen
    }

    /// How many of the secretariat it takes.
    fn let_pass(&mut self) -> &'static str {
        let before = self.stage.sent().len();
        self.approves(OFFICE[0]);
        self.approves(OFFICE[0]);
        if self.stage.sent().len() > before {
            return "a person";
        }
        self.approves(OFFICE[1]);
        assert!(self.stage.sent().len() > before, "two people cannot let it pass");
        "two people"
    }
}

fn domain(address: &str) -> &str {
    address.split_once('@').map_or(address, |(_, domain)| domain)
}

/// How the Subject of a farewell begins: to a person, and to an address that another one has replaced.
const FAREWELLS: [&str; 2] =
    ["[TLD-OPS] You are no longer a contact", "[TLD-OPS] This address is no longer listed"];

/// What somebody is asked, by the words of his mail.
fn question(to: &str, text: &str) -> Option<&'static str> {
    let office = if to == TECHNICAL { "technical" } else { "admin" };
    let questions = [
        ("Do you agree to this change of the TLD-OPS contacts", office),
        ("Did you ask for this change of your entry", "himself"),
        ("May we list you as a security and stability contact", "new"),
        ("May we list this address as your second one", "second"),
    ];
    questions.into_iter().find(|(words, _)| text.contains(words)).map(|(_, what)| what)
}

/// In the order of the document.
fn ordered(mut asked: Vec<&'static str>) -> Vec<&'static str> {
    const ORDER: [&str; 5] = ["admin", "technical", "himself", "new", "second"];
    asked.sort_by_key(|one| ORDER.iter().position(|other| other == one));
    asked
}

/// What is wrong with one cell; nothing, where it is as the document says.
fn check(row: &Row, proof: usize) -> Vec<String> {
    let scene = scene_of(row);
    let want = |proof: usize| row.cells[proof].replace("the request → ", "");
    let mut wrong = Vec::new();
    let name = format!("{}, {}, {}", row.section, row.name, PROOFS[proof]);
    let mut play = |proof: usize, began: &dyn Fn(&mut Play)| {
        let folder = tempfile::tempdir().unwrap();
        let mut play = Play::new(folder.path(), &scene);
        began(&mut play);
        let seen = play.play_on();
        wrong.extend(
            differences(row, &want(proof), &seen, &play).into_iter().map(|what| format!("{name}: {what}")),
        );
        // Nobody is written to who is not proven, but at an address that IANA or the roster has.
        let hears = seen.told.iter().chain(&seen.left).any(|to| to == scene.from);
        if proof == 0 && row.told.contains("sender") != hears {
            wrong.push(format!("{name}: that {} heard of it is {hears}", scene.from));
        }
    };
    match PROOFS[proof] {
        "authenticated" => play(0, &|play| play.asks(&scene, Some("rsa"))),
        "unsigned" => play(1, &|play| play.asks(&scene, None)),
        "failed" => play(2, &|play| play.asks(&scene, Some("forger"))),
        _ => {
            assert_eq!(row.cells[proof], "later");
            let waits = |play: &mut Play, hours: i64| {
                play.stage.play(&Step::Dns(Mood::Down), &|_| unreachable!()).unwrap();
                play.asks(&scene, Some("rsa"));
                assert_eq!(play.stage.sent().len(), 0, "nobody hears of it yet");
                if hours < 72 {
                    play.stage.play(&Step::Dns(Mood::Up), &|_| unreachable!()).unwrap();
                }
                let passes = Step::Wait(SignedDuration::from_hours(hours));
                play.stage.play(&passes, &|_| unreachable!()).unwrap();
                play.stage.play(&Step::Dns(Mood::Up), &|_| unreachable!()).unwrap();
            };
            // The answer comes in time, or never.
            play(0, &|play| waits(play, 2));
            play(2, &|play| waits(play, 73));
        }
    }
    wrong
}

fn differences(row: &Row, want: &str, seen: &Seen, play: &Play) -> Vec<String> {
    let mut wrong = Vec::new();
    if seen.cell != want {
        wrong.push(format!("`{want}` is told, and it was `{}`", seen.cell));
        return wrong;
    }
    if want == "help" || want == "nothing" {
        if !seen.told.is_empty() || play.stage.roster().unwrap().tlds_of(&CAMILA.parse().unwrap()).len() != 1
        {
            wrong.push("something was done".to_owned());
        }
        return wrong;
    }
    let roster = play.stage.roster().unwrap();
    let contacts: Vec<String> =
        roster.contacts(&"br".parse().unwrap()).iter().map(|contact| contact.email.lower()).collect();
    let missed = |who: &&String| !seen.told.contains(*who);
    let all = std::iter::once(ADMIN.to_owned()).chain(contacts).collect::<Vec<_>>();
    let silent: Vec<&String> = all.iter().filter(missed).collect();
    if !silent.is_empty() {
        wrong.push(format!("{silent:?} heard nothing of what was done"));
    }
    if seen.left.is_empty() == row.told.contains("who leaves") {
        wrong.push(format!("`{}` is told, and {:?} heard that they left", row.told, seen.left));
    }
    if seen.held_at_last != row.waits.contains("nobody left") {
        wrong.push(format!("`{}` waits for a person, and it was {}", row.waits, seen.held_at_last));
    }
    wrong
}

#[test]
fn each_cell_of_the_table_is_what_the_program_does() {
    let rows = rows();
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        *counted.entry(&row.section).or_default() += 1;
    }
    assert_eq!(counted.len(), 7, "{counted:?}");
    assert!(
        counted.values().filter(|count| **count >= 8).count() == 6,
        "six roles, eight deeds: {counted:?}"
    );
    let cells: Vec<(&Row, usize)> =
        rows.iter().flat_map(|row| (0..PROOFS.len()).map(move |proof| (row, proof))).collect();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..PLAYED_AT_ONCE {
            scope.spawn(|| {
                while let Some((row, proof)) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = check(row, *proof);
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What only a person lets pass, by the document's word: the row, the word, and a mail that has it.
const HELD: [(&str, &str, &str); 10] = [
    (
        "subscribe a contact",
        "a fourth contact",
        "please add two contacts for .br:\n\nName: Bruno Lima\nE-mail: bruno@nic-br.example\nPhone: +55 11 5509 3502\n\nName: Dora Alves\nE-mail: dora@nic-br.example\nPhone: +55 11 5509 3503\n",
    ),
    (
        "subscribe a contact",
        "a role's address",
        "please add a contact for .br:\n\nName: Bruno Lima\nE-mail: noc@nic-br.example\nPhone: +55 11 5509 3502\n",
    ),
    (
        "subscribe a contact",
        "free mail",
        "please add a contact for .br:\n\nName: Bruno Lima\nE-mail: bruno@freemail.example\nPhone: +55 11 5509 3502\n",
    ),
    (
        "subscribe a contact",
        "no phone",
        "please add a contact for .br:\n\nName: Bruno Lima\nE-mail: bruno@nic-br.example\n",
    ),
    (
        "replace a contact",
        "a role's address",
        "please replace Camila Rocha (camila@nic-br.example) as contact of .br by:\n\nName: Bruno Lima\nE-mail: noc@nic-br.example\nPhone: +55 11 5509 3502\n",
    ),
    (
        "replace a contact",
        "free mail",
        "please replace Camila Rocha (camila@nic-br.example) as contact of .br by:\n\nName: Bruno Lima\nE-mail: bruno@freemail.example\nPhone: +55 11 5509 3502\n",
    ),
    (
        "replace a contact",
        "no phone",
        "please replace Camila Rocha (camila@nic-br.example) as contact of .br by:\n\nName: Bruno Lima\nE-mail: bruno@nic-br.example\n",
    ),
    (
        "change details",
        "a role's address",
        "for .br, please change the e-mail address of Camila Rocha from camila@nic-br.example to\nnoc@nic-br.example.\n",
    ),
    (
        "change details",
        "free mail",
        "for .br, please change the e-mail address of Camila Rocha from camila@nic-br.example to\ncamila@freemail.example.\n",
    ),
    (
        "add a second address",
        "a role's address",
        "please add noc@second.example as the second address of Camila Rocha\n(camila@nic-br.example) to our entry for .br.\n",
    ),
];

#[test]
fn what_waits_for_a_person_is_held_before_anybody_is_asked() {
    let rows = rows();
    let of_admin = |deed: &str| {
        let row = rows.iter().find(|row| row.section == "The IANA admin contact" && row.name == deed);
        row.unwrap().clone()
    };
    for (deed, word, words) in HELD {
        let row = of_admin(deed);
        assert!(row.waits.contains(word), "{deed}: {word} is not told of");
        let folder = tempfile::tempdir().unwrap();
        let policy = json!({ "free_mail_domains": ["freemail.example"] });
        let scene = Scene { from: ADMIN, copied: false, words, policy };
        let mut play = Play::new(folder.path(), &scene);
        play.asks(&scene, Some("rsa"));
        let fresh = play.fresh();
        // Whose number is missing is asked of the sender first.
        let missing = |(to, text): &(String, String)| to == ADMIN && text.contains("Something is missing");
        let held = |(to, text): &(String, String)| to.contains(OFFICE[0]) && text.contains("approve (");
        let stops = if word == "no phone" { fresh.iter().any(missing) } else { fresh.iter().any(held) };
        assert!(stops, "{deed}, {word}: {fresh:?}");
        assert!(fresh.iter().all(|(to, text)| question(to, text).is_none()), "{deed}, {word}: {fresh:?}");
    }
    // Every word of the document has been played: those of a ccTLD that leaves are in the cells.
    let told = rows.iter().flat_map(|row| row.waits.split(", ")).filter(|word| !word.is_empty());
    for word in told {
        assert!(word == "nobody left" || HELD.iter().any(|(_, held, _)| *held == word), "{word}");
    }
}
