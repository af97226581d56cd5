//! Two programs like this one that write to each other stop at once, also where the marks of machines are lost on the way.

use std::path::Path;

use tldops::rehearsal::signing::sign;
use tldops::rehearsal::stage::Stage;
use tldops::world::{Clock as _, Outgoing};

use crate::stories::{file, stories};

/// The two mailboxes, and the key that each domain's mails are signed with.
const BOTS: [(&str, &str); 2] = [("tld-ops-admin@ops.example", "rsa"), ("bot@consulting.example", "rsa")];
/// Mails that go to and fro at the most: a loop would never end.
const ROUNDS_MAX: u64 = 50;
/// Mails that each writes where nothing in the header says what it is: what was asked for, and what that brings. The other
/// knows the words of a program at its end.
const FEW: usize = 2;

/// A program with this mailbox. The other one is admin contact of .nl for IANA, so that it is asked, too.
fn bot(folder: &Path, own: usize) -> Stage {
    let (mailbox, other) = (BOTS[own].0, BOTS[1 - own].0);
    let mut scene: serde_json::Value =
        serde_json::from_str(&file(&stories(), "world.json").unwrap()).unwrap();
    scene["mailbox"] = mailbox.into();
    scene["keys"]["ops.example"] = "rsa".into();
    let iana = file(&stories(), "iana.json").unwrap().replace("admin@nic-nl.example", other);
    assert!(iana.contains(other));
    Stage::set(folder, &scene.to_string(), &iana).unwrap()
}

/// What happens to the header on the way.
#[derive(Clone, Copy, Debug)]
enum Way {
    Whole,
    /// The fields by which machines say that they are machines are gone.
    Stripped,
    /// So is what ties a mail to the one that it answers, and each has an id of somebody else's.
    Renamed,
}

/// The fields by which machines say that they are machines.
const MARKS: [&str; 5] =
    ["auto-submitted:", "precedence:", "x-auto-response-suppress:", "return-path:", "list-id:"];
/// Those that tie a mail to others.
const TIES: [&str; 3] = ["message-id:", "in-reply-to:", "references:"];

fn on_the_way(mail: &[u8], way: Way, number: u64) -> Vec<u8> {
    let text = String::from_utf8(mail.to_vec()).unwrap();
    let (header, body) = text.split_once("\r\n\r\n").unwrap();
    let lost: &[&[&str]] = match way {
        Way::Whole => &[],
        Way::Stripped => &[&MARKS],
        Way::Renamed => &[&MARKS, &TIES],
    };
    let mut kept = Vec::new();
    let mut is_lost = false;
    for line in header.split("\r\n") {
        if !line.starts_with([' ', '\t']) {
            is_lost =
                lost.iter().copied().flatten().any(|field| line.to_ascii_lowercase().starts_with(field));
        }
        if !is_lost {
            kept.push(line.to_owned());
        }
    }
    assert_eq!(kept.len() < header.split("\r\n").count(), !matches!(way, Way::Whole), "{header}");
    if matches!(way, Way::Renamed) {
        kept.push(format!("Message-ID: <{number}@relay.example>"));
    }
    format!("{}\r\n\r\n{body}", kept.join("\r\n")).into_bytes()
}

/// Begins with a mail in the name of the second to the first; how many mails each wrote to the other until both were silent.
fn exchange(begin: &str, way: Way) -> [usize; 2] {
    let folder = tempfile::tempdir().unwrap();
    let mut bots = [0, 1].map(|own| bot(&folder.path().join(own.to_string()), own));
    let date = bots[0].clock().now().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let begin = begin.replace("{date}", &date).replace('\n', "\r\n").into_bytes();
    let mut wrote = [0, 0];
    let mut waiting = vec![(0, begin)];
    let mut number = 0;
    while let Some((to, mail)) = waiting.pop() {
        number += 1;
        assert!(number <= ROUNDS_MAX, "they write to each other for ever: {wrote:?}");
        let (from, key) = BOTS[1 - to];
        let signed = sign(&mail, from.rsplit('@').next().unwrap(), key, bots[to].clock().now()).unwrap();
        let before = bots[to].sent().len();
        bots[to].deliver(&signed, number).unwrap();
        bots[to].come_to_rest().unwrap();
        let is_for_other = |mail: &&Outgoing| mail.recipients.iter().any(|one| one.to_string() == from);
        for mail in bots[to].sent()[before..].iter().filter(is_for_other) {
            wrote[to] += 1;
            waiting.push((1 - to, on_the_way(&mail.octets, way, number)));
        }
    }
    wrote
}

fn mail(subject: &str, text: &str) -> String {
    let [(first, _), (second, _)] = BOTS;
    format!(
        "From: {second}\nTo: {first}\nSubject: {subject}\nDate: {{date}}\n\
         Message-ID: <1@consulting.example>\nAuto-Submitted: no\n\n{text}\n"
    )
}

const REQUEST: &str = "Please add this contact for .nl:\n\nName: Joost Terpstra\n\
    Email: joost.terpstra@nic-nl.example\nPhone: +31 26 352 55 00";

/// What it begins with: a word, a request, one that lacks something, one that names no ccTLD, a yes.
fn beginnings() -> Vec<String> {
    let lacks = REQUEST.lines().filter(|line| !line.starts_with("Phone")).collect::<Vec<_>>().join("\n");
    vec![
        mail("help", "help"),
        mail("Contacts of .nl", REQUEST),
        mail("Contacts of .nl", &lacks),
        mail("Contacts", &REQUEST.replace(" for .nl", "")),
        mail("Re: [TLD-OPS] Please confirm: subscribe .nl [C-7K2M9QXW4TBNPR5D8FHJC6VA3E]", "YES"),
    ]
}

#[test]
fn the_answer_of_one_is_never_answered_by_the_other() {
    for begin in beginnings() {
        let wrote = exchange(&begin, Way::Whole);
        assert!(wrote[0] <= 1 && wrote[1] == 0, "{wrote:?}: {begin}");
    }
    assert_eq!(exchange(&mail("help", "help"), Way::Whole), [1, 0]);
    assert_eq!(exchange(&mail("Contacts of .nl", REQUEST), Way::Whole), [1, 0]);
}

#[test]
fn where_the_marks_are_lost_each_writes_a_few_mails_at_the_most() {
    for way in [Way::Stripped, Way::Renamed] {
        for begin in beginnings() {
            let wrote = exchange(&begin, way);
            assert!(wrote.iter().all(|mails| *mails <= FEW), "{way:?} {wrote:?}: {begin}");
        }
    }
}
