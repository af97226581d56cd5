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
}

fn on_the_way(mail: &[u8], way: Way) -> Vec<u8> {
    let text = String::from_utf8(mail.to_vec()).unwrap();
    let (header, body) = text.split_once("\r\n\r\n").unwrap();
    let marks = ["auto-submitted:", "precedence:", "x-auto-response-suppress:", "return-path:", "list-id:"];
    let mut kept = Vec::new();
    let mut is_mark = false;
    for line in header.split("\r\n") {
        if !line.starts_with([' ', '\t']) {
            is_mark = marks.iter().any(|mark| line.to_ascii_lowercase().starts_with(mark));
        }
        if !is_mark || matches!(way, Way::Whole) {
            kept.push(line);
        }
    }
    if matches!(way, Way::Stripped) {
        assert!(kept.len() < header.split("\r\n").count(), "{header}");
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
            waiting.push((1 - to, on_the_way(&mail.octets, way)));
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

#[test]
fn the_answer_of_one_is_never_answered_by_the_other() {
    assert_eq!(exchange(&mail("help", "help"), Way::Whole), [1, 0]);
    assert_eq!(exchange(&mail("Contacts of .nl", REQUEST), Way::Whole), [1, 0]);
}

#[test]
fn where_the_marks_are_lost_each_writes_a_few_mails_at_the_most() {
    for begin in [mail("help", "help"), mail("Contacts of .nl", REQUEST)] {
        let wrote = exchange(&begin, Way::Stripped);
        assert!(wrote[0] >= 1 && wrote[0] <= 2 && wrote[1] <= 2, "{wrote:?}");
    }
}
