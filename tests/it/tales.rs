//! Tales: what people read of things that no mail begins, whole, as it was looked at: a comparison, a proposal, an erasure.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use tldops::bot::reconciling::Others;
use tldops::domain::cctlds::KnownTlds;
use tldops::domain::proposal::proposals;
use tldops::domain::repository::Repository;
use tldops::reading::registers::{self, File};
use tldops::rehearsal::script::Step;
use tldops::rehearsal::stage::Stage;
use tldops::writing::repository::rows;

use crate::importing::read;
use crate::program::tldops;
use crate::reconciling::compare_when_due;
use crate::stories::{differences, file, stories};

fn tales() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tales")
}

/// Compares with what is kept; `BLESS=1` keeps it.
#[track_caller]
fn kept(name: &str, out: &BTreeMap<String, String>) {
    let tale = tales().join(name);
    let why = fs::read_to_string(tale.join("why.md")).unwrap_or_default();
    assert!(why.trim().ends_with('.'), "{name} needs a why.md of a sentence");
    let expected = tale.join("expected");
    #[expect(clippy::disallowed_methods, reason = "BLESS=1 keeps what comes out, as with the stories")]
    if std::env::var("BLESS").is_ok() {
        drop(fs::remove_dir_all(&expected));
        fs::create_dir_all(&expected).unwrap();
        for (file, text) in out {
            fs::write(expected.join(file), text).unwrap();
        }
    }
    let wrong = differences(name, &expected, out);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn stage(folder: &Path) -> Stage {
    let scene = file(&stories(), "world.json").unwrap();
    Stage::set(folder, &scene, &file(&stories(), "iana.json").unwrap()).unwrap()
}

fn days(stage: &mut Stage, count: i64) {
    let step = Step::Wait(SignedDuration::from_hours(24 * count));
    stage.play(&step, &|name| file(&stories(), name)).unwrap();
}

/// All mails that left, whole, and what the journal says.
fn told(stage: &Stage) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (number, mail) in (1..).zip(stage.sent()) {
        let text = String::from_utf8(mail.octets.clone()).unwrap().replace("\r\n", "\n");
        out.insert(format!("out-{number:02}-{}.eml", mail.id), text);
    }
    let lines = stage.store().journal().unwrap();
    let journal = lines.iter().map(|line| {
        let entry = &line.entry;
        format!("{} {} {}: {}\n", entry.at, entry.case.as_deref().unwrap_or("-"), entry.event, entry.says)
    });
    out.insert("journal.txt".to_owned(), journal.collect());
    out
}

#[test]
fn a_comparison_that_finds_something() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    let before = rows::write(&Repository { roster: stage.roster().unwrap(), ..Repository::default() });
    // One contact changes here; elsewhere his former number stands still, and three more things are other ones.
    let mail = "From: Rafael Souza <rafael@nic-br.example>\nTo: tld-ops-admin@ops.example\nSubject: my new phone, .br\n\
        Date: {date}\nMessage-ID: <new-phone@nic-br.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n\
        Please change my phone number for .br to +55 11 5509 9999.\n\nRafael Souza\n";
    let yes = "From: Rafael Souza <rafael@nic-br.example>\nTo: {reply-to rafael@nic-br.example}\n\
        Subject: Re: {subject rafael@nic-br.example}\nDate: {date}\nMessage-ID: <yes@nic-br.example>\n\
        MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nYES\n";
    for text in [mail, yes] {
        let signatures = vec![("nic-br.example".to_owned(), "rsa".to_owned())];
        let step = Step::Mail { file: "mail.eml".to_owned(), signatures };
        stage.play(&step, &|_| Ok(text.to_owned())).unwrap();
    }
    let sheet = before
        .replace("+64 21884106", "+64 21884107")
        .replace("hana@nic-nz.example", "hana@registry-nz.example")
        + ".nl,nl,Netherlands,1,Joost Terpstra,joost.terpstra@nic-nl.example,,+31 622479105,\r\n";
    let page = "<html><body><h1>Members</h1><table><tr><td>.br</td><td>Brazil</td></tr>\
        <tr><td>.nl</td><td>Netherlands</td></tr></table></body></html>";
    let page = File { name: "members.html", octets: page.as_bytes(), charset: None };
    let page = registers::page(&page, &KnownTlds::built_in()).unwrap();
    for _ in 0..2 {
        let register = read("contacts-2026.csv", sheet.as_bytes()).unwrap();
        let others = Others {
            registers: vec![register],
            page: Some(("members.html".to_owned(), page.clone())),
            unread: vec![("/srv/old/roster.xlsx".to_owned(), "cannot be found".to_owned())],
            ..Others::default()
        };
        compare_when_due(&mut stage, others);
        stage.come_to_rest().unwrap();
        days(&mut stage, 7);
    }
    let mut out = told(&stage);
    out.retain(|name, _| name.contains("-N-") || name == "journal.txt");
    kept("comparison", &out);
}

/// A mail of somebody in his own words, filled in from what he got.
fn answers(stage: &mut Stage, who: &str, (domain, key): (&str, &str), words: &str) {
    let text = format!(
        "From: {who}\nTo: {{reply-to {who}}}\nSubject: Re: {{subject {who}}}\nDate: {{date}}\n\
         Message-ID: <{}.{domain}>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{words}\n",
        who.replace('@', ".")
    );
    let step =
        Step::Mail { file: "answer.eml".to_owned(), signatures: vec![(domain.to_owned(), key.to_owned())] };
    stage.play(&step, &|_| Ok(text.clone())).unwrap();
}

#[test]
fn what_a_region_proposes_is_asked_and_applied_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    let line = |tld: &str, rank: u8, (name, email, phone): (&str, &str, &str)| {
        let contact = serde_json::json!({
            "tld": tld, "rank": rank, "name": name, "email": email, "secondary_email": null, "phone": phone,
        });
        format!("{contact}\n")
    };
    let theirs = [
        line("nl", 1, ("Joost Terpstra", "joost.terpstra@nic-nl.example", "+31622479105")),
        line("nl", 2, ("Fenna Dijkman", "fenna.dijkman@nic-nl.example", "+31622479106")),
        line("nz", 1, ("Wiremu Parata", "wiremu@nic-nz.example", "+6421884999")),
    ];
    let theirs = read("theirs.jsonl", theirs.concat().as_bytes()).unwrap();
    let members = ["nl", "nz"].map(|tld| tld.parse().unwrap()).into();
    let found = proposals(&theirs.people, &members, &stage.roster().unwrap());
    assert_eq!(found.left_out, Vec::new());
    for request in found.requests {
        let tld = request.tld.clone().unwrap();
        let raw = format!(
            "From: secretariat@ops.example\r\nTo: tld-ops-admin@ops.example\r\nSubject: Proposal of centr for .{tld}\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
             centr has other contacts of .{tld} than TLD-OPS.\r\n"
        );
        stage.with_bot(|bot| bot.propose(raw.as_bytes(), (request, "CENTR"), "Kim")).unwrap();
        stage.come_to_rest().unwrap();
    }
    let (nl, nz) = (("nic-nl.example", "rsa"), ("nic-nz.example", "ed25519"));
    answers(&mut stage, "admin@nic-nl.example", nl, "YES");
    answers(&mut stage, "joost.terpstra@nic-nl.example", nl, "YES");
    answers(&mut stage, "fenna.dijkman@nic-nl.example", nl, "YES");
    answers(&mut stage, "ceo@nic-nz.example", nz, "NO\n\nThat number is an old one.");
    let mut out = told(&stage);
    let roster = stage.roster().unwrap();
    let contacts = roster.iter().flat_map(|(tld, all)| all.iter().map(move |one| format!(".{tld} {one}\n")));
    out.insert("roster.txt".to_owned(), contacts.collect());
    kept("region", &out);
}

#[test]
fn an_erasure_as_its_operator_sees_it() {
    let folder = crate::erased::installation();
    let mut out = BTreeMap::new();
    let mut say = |number: u8, arguments: &[&str]| {
        let ended = tldops(folder.path(), arguments);
        let text = format!("$ tldops {}\n{}{}", arguments.join(" "), ended.out, ended.err);
        out.insert(format!("{number}-{}-{}.txt", arguments[0], arguments[1]), text);
    };
    let who = "camila@nic-br.example";
    say(1, &["person", "show", who]);
    say(2, &["person", "erase", who, "--why", "a wish of 3 May"]);
    say(3, &["person", "erase", who, "--why", "a wish of 3 May", "--yes"]);
    say(4, &["person", "show", who]);
    say(5, &["show", "R-1"]);
    say(6, &["journal", "verify"]);
    // The chain ends with a line of today.
    out.remove("6-journal-verify.txt");
    kept("erasure", &out);
}
