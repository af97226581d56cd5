//! A new admin contact at IANA is asked whether the contacts stay: once, late enough, and never because of a passing trouble.

use std::path::Path;

use tldops::bot::records::Records;
use tldops::rehearsal::script;
use tldops::rehearsal::stage::{Scenery, Stage};
use tldops::world::Outgoing;

use crate::order_of_checks::events;
use crate::stories::{file, stories};

/// Two-letter codes of more members than may change at once.
const MANY: [&str; 14] = ["ad", "ae", "af", "ag", "ai", "al", "am", "ao", "ar", "as", "at", "au", "aw", "az"];

/// A snapshot in which each of these ccTLDs has this admin contact; none for a record without one.
fn iana(records: &[(&str, Option<&str>)]) -> String {
    let records = records.iter().map(|(tld, admin)| {
        let contact = serde_json::json!({ "name": "Admin", "organisation": "Registry", "email": admin });
        serde_json::json!({ "tld": tld, "manager": "Registry", "admin": admin.map(|_| contact), "technical": null })
    });
    serde_json::to_string(&records.collect::<Vec<_>>()).unwrap()
}

fn of_all(admin: &str) -> String {
    iana(&MANY.map(|tld| (tld, Some(admin))))
}

/// A stage on which all of them are members and have this snapshot.
fn stage(folder: &Path, snapshot: &str) -> Stage {
    let mut scene: serde_json::Value =
        serde_json::from_str(&file(&stories().join("new-admin"), "world.json").unwrap()).unwrap();
    scene["roster"] = MANY
        .iter()
        .map(|tld| {
            let email = format!("ann@nic-{tld}.example");
            serde_json::json!({ "tld": tld, "rank": 1, "name": "Ann Bee", "email": email,
                "secondary_email": null, "phone": "+6421884106" })
        })
        .collect();
    Stage::set(folder, &scene.to_string(), snapshot).unwrap()
}

fn play(stage: &mut Stage, line: &str, text: &str) -> Scenery {
    let steps = script::read(line).unwrap();
    assert_eq!(steps.len(), 1, "{line} is one step");
    stage.play(steps.first().unwrap(), &|_| Ok(text.to_owned())).unwrap()
}

/// IANA publishes this and is read.
fn published(stage: &mut Stage, snapshot: &str) {
    play(stage, "iana new.json", snapshot);
    play(stage, "watch", "");
}

/// So many days, on each of which IANA is read.
fn days(stage: &mut Stage, count: u32) {
    for _ in 0..count {
        play(stage, "wait 1d", "");
        play(stage, "watch", "");
    }
}

/// Where the questions went; the secretariat's mails are none.
fn asked(stage: &Stage) -> Vec<String> {
    let to = |mail: &Outgoing| mail.recipients.iter().map(ToString::to_string).collect::<Vec<_>>();
    stage.sent().iter().flat_map(to).filter(|to| to != "secretariat@ops.example").collect()
}

/// The secretariat's list, as it reads it.
fn to_call(stage: &Stage) -> Vec<String> {
    let (records, roster) = (Records::new(stage.store()), stage.roster().unwrap());
    let all = records.all_stale(&roster, &records.confirmations().unwrap()).unwrap();
    all.iter().map(|one| one.in_words(&roster)).collect()
}

/// What the secretariat was mailed last.
fn told(stage: &Stage) -> String {
    let mail = stage.sent().iter().rev().find(|mail| mail.id.starts_with("summary")).or(stage.sent().last());
    String::from_utf8(mail.unwrap().octets.clone()).unwrap()
}

#[test]
fn nobody_is_asked_when_iana_is_read_for_the_first_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path(), &of_all("it@nic.example"));
    play(&mut stage, "watch", "");
    days(&mut stage, 4);
    assert_eq!((asked(&stage), to_call(&stage)), (Vec::new(), Vec::new()));
}

#[test]
fn what_stood_for_a_day_asks_nobody_and_what_stands_asks_once() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) =
        (iana(&[("ad", Some("old@nic-ad.example"))]), iana(&[("ad", Some("new@nic-ad.example"))]));
    let mut stage = stage(folder.path(), &old);
    play(&mut stage, "watch", "");
    published(&mut stage, &new);
    play(&mut stage, "wait 11h", "");
    play(&mut stage, "watch", "");
    published(&mut stage, &old);
    days(&mut stage, 3);
    assert_eq!(asked(&stage), Vec::<String>::new());

    // It is another one twice: who is there in the end is asked, once, a day after the last change.
    published(&mut stage, &new);
    play(&mut stage, "wait 13h", "");
    published(&mut stage, &iana(&[("ad", Some("third@nic-ad.example"))]));
    assert_eq!(asked(&stage), Vec::<String>::new());
    days(&mut stage, 3);
    assert_eq!(asked(&stage), ["third@nic-ad.example"]);
}

/// An address that goes back and forth for weeks.
#[test]
fn a_cctld_is_asked_about_once_in_a_month_and_a_person_reads_of_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let of = |admin: &str| iana(&[("ad", Some(admin))]);
    let mut stage = stage(folder.path(), &of("old@nic-ad.example"));
    play(&mut stage, "watch", "");
    for _ in 0..3 {
        published(&mut stage, &of("new@nic-ad.example"));
        days(&mut stage, 3);
        published(&mut stage, &of("old@nic-ad.example"));
        days(&mut stage, 3);
    }
    assert_eq!(asked(&stage), ["new@nic-ad.example"]);
    let list = to_call(&stage);
    assert!(
        matches!(list.as_slice(), [one] if one.starts_with("old@nic-ad.example, for .ad: is new at IANA")),
        "{list:?}"
    );
    assert!(told(&stage).contains("old@nic-ad.example"), "{}", told(&stage));
    days(&mut stage, 20);
    published(&mut stage, &of("new@nic-ad.example"));
    days(&mut stage, 2);
    assert_eq!(asked(&stage), ["new@nic-ad.example"; 2]);
}

/// The entry is shown to its admin contact alone: who was asked and is it no more gets no reminder.
#[test]
fn a_former_admin_contact_is_not_reminded_of_what_he_was_shown() {
    let folder = tempfile::tempdir().unwrap();
    let of = |admin: &str| iana(&[("ad", Some(admin))]);
    let mut stage = stage(folder.path(), &of("old@nic-ad.example"));
    play(&mut stage, "watch", "");
    published(&mut stage, &of("new@nic-ad.example"));
    days(&mut stage, 7);
    published(&mut stage, &of("other@nic-ad.example"));
    days(&mut stage, 1);
    assert_eq!(asked(&stage), ["new@nic-ad.example"]);
}

/// A wrong snapshot: every record names one stranger, who would be shown every contact.
#[test]
fn many_changes_at_once_ask_nobody_and_the_secretariat_reads_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let each = MANY.map(|tld| (tld, format!("it@nic-{tld}.example")));
    let each = iana(&each.each_ref().map(|(tld, admin)| (*tld, Some(admin.as_str()))));
    let mut stage = stage(folder.path(), &each);
    play(&mut stage, "watch", "");
    published(&mut stage, &of_all("stranger@elsewhere.example"));
    days(&mut stage, 1);
    published(&mut stage, &each);
    days(&mut stage, 3);
    assert_eq!((asked(&stage), to_call(&stage)), (Vec::new(), Vec::new()), "it passed");

    published(&mut stage, &of_all("stranger@elsewhere.example"));
    days(&mut stage, 3);
    assert_eq!(asked(&stage), Vec::<String>::new());
    let list = to_call(&stage);
    assert!(
        matches!(list.as_slice(), [one] if MANY.iter().all(|tld| one.contains(&format!(".{tld}")))),
        "{list:?}"
    );
    assert!(told(&stage).contains("stranger@elsewhere.example"), "{}", told(&stage));
    // When all is well again, nobody who is not there any more is to be called.
    published(&mut stage, &each);
    days(&mut stage, 3);
    assert_eq!(asked(&stage), Vec::<String>::new());
    assert!(!to_call(&stage).iter().any(|one| one.contains("stranger")), "{:?}", to_call(&stage));
}

#[test]
fn no_more_than_a_few_persons_are_asked_in_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let few = &MANY[..9];
    let at = |who: &str| {
        let each: Vec<(&str, String)> =
            few.iter().map(|tld| (*tld, format!("{who}@nic-{tld}.example"))).collect();
        iana(&each.iter().map(|(tld, admin)| (*tld, Some(admin.as_str()))).collect::<Vec<_>>())
    };
    let mut stage = stage(folder.path(), &at("old"));
    play(&mut stage, "watch", "");
    published(&mut stage, &at("new"));
    days(&mut stage, 1);
    assert_eq!(asked(&stage).len(), 5);
    days(&mut stage, 3);
    let mut all = asked(&stage);
    all.sort();
    assert_eq!(all, few.iter().map(|tld| format!("new@nic-{tld}.example")).collect::<Vec<_>>());
}

#[test]
fn where_iana_has_nobody_to_ask_a_contact_stands_on_the_list_with_his_number() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage =
        stage(folder.path(), &iana(&[("ad", Some("old@nic-ad.example")), ("ae", Some("x@nic-ae.example"))]));
    play(&mut stage, "watch", "");
    // Our own mailbox is nobody's either.
    published(&mut stage, &iana(&[("ad", None), ("ae", Some("tld-ops-admin@ops.example"))]));
    days(&mut stage, 2);
    assert_eq!(asked(&stage), Vec::<String>::new());
    let list = to_call(&stage);
    for tld in ["ad", "ae"] {
        let starts = format!("ann@nic-{tld}.example, +6421884106, for .{tld}: is a contact; IANA's record");
        assert!(list.iter().any(|one| one.starts_with(&starts)), "{list:?}");
    }
}

/// He would be asked about what somebody is just changing.
#[test]
fn an_open_request_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let of = |admin: &str| iana(&[("ad", Some(admin))]);
    let mut stage = stage(folder.path(), &of("old@nic-nz.example"));
    play(&mut stage, "watch", "");
    let request = "From: old@nic-nz.example\nTo: tld-ops-admin@ops.example\nSubject: Contacts of .ad\n\
        Date: {date}\nMessage-ID: <1@nic-nz.example>\n\nPlease add this contact for .ad:\n\nName: Joost Terpstra\n\
        Email: joost@nic-nz.example\nPhone: +31 26 352 55 00\n";
    let opened = play(&mut stage, "mail m.eml signed nic-nz.example by ed25519", request);
    assert!(
        events(&opened).contains(&"admin_asked")
            || !Records::new(stage.store()).open_cases().unwrap().is_empty()
    );
    let before = asked(&stage).len();
    published(&mut stage, &of("new@nic-ad.example"));
    days(&mut stage, 2);
    assert!(!asked(&stage)[before..].contains(&"new@nic-ad.example".to_owned()), "{:?}", asked(&stage));
    play(&mut stage, "reject R-1 it is settled by telephone", "");
    days(&mut stage, 1);
    assert!(asked(&stage)[before..].contains(&"new@nic-ad.example".to_owned()), "{:?}", asked(&stage));
}
