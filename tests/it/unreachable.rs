//! An address that a mail of ours came back from gets nothing more, until it writes or a person says so.

use std::path::Path;

use tldops::bot::records::Records;
use tldops::domain::event::RulingVerdict;
use tldops::rehearsal::script::Step;
use tldops::rehearsal::stage::{Scenery, Stage};

use crate::order_of_checks::{ADMIN, REQUEST, US, arrives, stage};
use crate::stories::{file, stories};

const REQUESTER: &str = "dana@consulting.example";

/// A mail of the story of the bounce arrives, unsigned.
fn bounces(stage: &mut Stage, name: &str, change: &dyn Fn(String) -> String) -> Scenery {
    let story = stories().join("bounce");
    let step = Step::Mail { file: name.to_owned(), signatures: Vec::new() };
    stage.play(&step, &|name| Ok(change(file(&story, name)?))).unwrap()
}

fn as_it_is(mail: String) -> String {
    mail
}

fn mail(from: &str, id: u32, cc: &str, phone: &str) -> String {
    let text = REQUEST.replace("26 352 55 00", phone);
    format!(
        "From: {from}\nTo: {US}\n{cc}Subject: Contacts of .nl\nDate: {{date}}\n\
         Message-ID: <{id}@nic-nl.example>\n\n{text}"
    )
}

fn unreachable(stage: &Stage) -> Vec<String> {
    let lost = Records::new(stage.store()).all_unreachable().unwrap();
    lost.into_iter().map(|lost| lost.address.to_string()).collect()
}

/// Where the mails went that a step brought.
fn recipients(scenery: &Scenery) -> Vec<String> {
    scenery.left.iter().flat_map(|mail| mail.recipients.iter().map(ToString::to_string)).collect()
}

/// A text without its line breaks.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("= ", "")
}

fn set(folder: &Path) -> Stage {
    let mut stage = stage(folder);
    let first = arrives(&mut stage, ADMIN, &mail(ADMIN, 1, "", "26 352 55 01"));
    assert_eq!(recipients(&first), [ADMIN]);
    stage
}

#[test]
fn nothing_is_sent_to_an_address_that_bounced_until_it_writes() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = set(folder.path());
    // What did not arrive yet, and what was forged, changes nothing.
    bounces(&mut stage, "2-delayed.eml", &as_it_is);
    bounces(&mut stage, "3-forged-bounce.eml", &as_it_is);
    assert_eq!(unreachable(&stage), Vec::<String>::new());
    let told = bounces(&mut stage, "4-bounce.eml", &as_it_is);
    assert_eq!(
        (unreachable(&stage), recipients(&told)),
        (vec![ADMIN.to_owned()], vec!["secretariat@ops.example".to_owned()])
    );

    // A person lets the request go on: the admin contact cannot be asked, and the person hears why.
    let step = Step::Rule {
        verdict: RulingVerdict::Approve,
        case: "R-1".to_owned(),
        note: "please ask him again".to_owned(),
    };
    let again = stage.play(&step, &|_| anyhow::bail!("a ruling reads no file")).unwrap();
    assert_eq!(recipients(&again), ["secretariat@ops.example"]);
    let text = String::from_utf8(again.left[0].octets.clone()).unwrap();
    assert!(folded(&text).contains("roster reachable"), "{text}");

    // An unproven mail in his name proves nothing; a proven one does.
    let step = Step::Mail { file: "mail.eml".to_owned(), signatures: Vec::new() };
    stage.play(&step, &|_| Ok(mail(ADMIN, 2, "", "26 352 55 02"))).unwrap();
    assert_eq!(unreachable(&stage), [ADMIN]);
    arrives(&mut stage, ADMIN, &mail(ADMIN, 3, "", "26 352 55 03"));
    assert_eq!(unreachable(&stage), Vec::<String>::new());
}

#[test]
fn the_secretariat_hears_of_a_notice_that_came_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    let first =
        arrives(&mut stage, REQUESTER, &mail(REQUESTER, 1, &format!("Cc: {ADMIN}\n"), "26 352 55 01"));
    assert_eq!(recipients(&first), [ADMIN, REQUESTER]);
    let told = bounces(&mut stage, "4-bounce.eml", &|mail| mail.replace(ADMIN, REQUESTER));
    assert_eq!(
        (unreachable(&stage), recipients(&told)),
        (vec![REQUESTER.to_owned()], vec!["secretariat@ops.example".to_owned()])
    );
    let text = String::from_utf8(told.left[0].octets.clone()).unwrap();
    assert!(folded(&text).contains("no mail goes there"), "{text}");
}
