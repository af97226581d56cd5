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
        let starts = format!("ann@nic-{tld}.example, +64 21884106, for .{tld}: is a contact; IANA's record");
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

/// What somebody answers to the question that he has.
fn answer(from: &str, id: u32, says: &str) -> String {
    format!(
        "From: <{from}>\nTo: {{reply-to {from}}}\nSubject: Re: {{subject {from}}}\nDate: {{date}}\n\
         Message-ID: <{id}@answers.example>\nIn-Reply-To: {{message-id {from}}}\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\n\n{says}\n\nTLD-OPS Admin wrote:\n{{quote {from}}}\n"
    )
}

/// Whether an admin contact has confirmed the entry of .ad as it is.
fn is_confirmed(stage: &Stage) -> bool {
    let (records, roster, tld) =
        (Records::new(stage.store()), stage.roster().unwrap(), "ad".parse().unwrap());
    records.confirmations().unwrap().of_entry(&tld, roster.contacts(&tld)).is_some()
}

/// A stage on which the admin contact of .ad was another one, and this one was asked.
fn asked_about_ad(folder: &Path, admin: &str) -> Stage {
    let of = |admin: &str| iana(&[("ad", Some(admin))]);
    let mut stage = stage(folder, &of("old@nic-ad.example"));
    play(&mut stage, "watch", "");
    published(&mut stage, &of(admin));
    days(&mut stage, 2);
    assert_eq!(asked(&stage), [admin]);
    stage
}

const NEW: &str = "new@nic-ke.example";
const OTHER: &str = "other@nic-br.example";
const SIGNED_BY_NEW: &str = "mail m.eml signed nic-ke.example by rsa";
const SIGNED_BY_OTHER: &str = "mail m.eml signed nic-br.example by rsa";

/// He was asked, and by the time of his yes IANA has somebody else, whether or not that one was asked yet.
#[test]
fn the_late_yes_of_a_former_admin_contact_confirms_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = asked_about_ad(folder.path(), NEW);
    published(&mut stage, &iana(&[("ad", Some(OTHER))]));
    let at_once = play(&mut stage, SIGNED_BY_NEW, &answer(NEW, 1, "YES"));
    assert_eq!((events(&at_once), at_once.left.len()), (vec!["approach_ended"], 0));
    assert!(!is_confirmed(&stage), "he decided no more when he said so");

    days(&mut stage, 2);
    assert!(to_call(&stage).iter().any(|one| one.starts_with(OTHER)), "{:?}", to_call(&stage));
    let late = play(&mut stage, SIGNED_BY_NEW, &answer(NEW, 2, "YES"));
    assert_eq!((events(&late), late.left.len()), (vec!["approach_answered_late"], 0));
    assert!(!is_confirmed(&stage));
    // It clears nobody either whom the secretariat is to call.
    assert!(to_call(&stage).iter().any(|one| one.starts_with(OTHER)), "{:?}", to_call(&stage));
    // Not even when IANA has him again: what he was shown then is not what he is asked now.
    published(&mut stage, &iana(&[("ad", Some(NEW))]));
    let again = play(&mut stage, SIGNED_BY_NEW, &answer(NEW, 3, "YES"));
    assert_eq!(events(&again), ["approach_answered_late"]);
    assert!(!is_confirmed(&stage));
}

/// Silence alone takes nothing from him, and his successor's question is not his.
#[test]
fn a_late_yes_counts_while_he_decides_and_only_for_his_own_question() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = asked_about_ad(folder.path(), NEW);
    days(&mut stage, 20);
    assert!(to_call(&stage).iter().any(|one| one.starts_with(NEW)), "{:?}", to_call(&stage));
    // Somebody else's yes by the same token is a person's to read.
    let stranger = answer(NEW, 1, "YES").replace("From: <new@nic-ke", "From: <old@nic-br");
    let by_stranger = play(&mut stage, SIGNED_BY_OTHER, &stranger);
    assert_eq!(events(&by_stranger)[0], "approach_unclear");
    assert!(!is_confirmed(&stage));
    play(&mut stage, SIGNED_BY_NEW, &answer(NEW, 2, "YES"));
    assert!(is_confirmed(&stage));
    assert_eq!(to_call(&stage), Vec::<String>::new());
}

#[test]
fn what_a_former_admin_contact_asks_for_in_his_answer_is_what_any_stranger_asks() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = asked_about_ad(folder.path(), NEW);
    published(&mut stage, &iana(&[("ad", Some(OTHER))]));
    let before = stage.roster().unwrap();
    let says = "Please replace Ann Bee by this person:\n\nName: Joan Puig\nEmail: joan@nic-ke.example\nPhone: 712 345";
    let asks = play(&mut stage, SIGNED_BY_NEW, &answer(NEW, 1, says));
    assert_eq!(Records::new(stage.store()).open_cases().unwrap(), Vec::new());
    assert_eq!(stage.roster().unwrap(), before);
    let left: Vec<String> =
        asks.left.iter().map(|mail| String::from_utf8_lossy(&mail.octets).into_owned()).collect();
    assert!(!left.iter().any(|mail| mail.contains("ann@") || mail.contains("Ann Bee")), "{left:?}");
    assert!(!asked(&stage).contains(&OTHER.to_owned()), "a stranger has nobody asked: {:?}", asked(&stage));
}

/// A question about one ccTLD is answered without its name: nobody says `of .ad` to whom writes to him about .ad.
#[test]
fn an_answer_about_the_only_cctld_need_not_name_it() {
    let says = "Please replace Ann Bee by this person:\n\nName: Joan Puig\nEmail: joan@nic-ke.example\nPhone: 712 345";
    let folder = tempfile::tempdir().unwrap();
    let mut stage = asked_about_ad(folder.path(), NEW);
    play(&mut stage, SIGNED_BY_NEW, &answer(NEW, 1, says));
    let records = Records::new(stage.store());
    let open = records.open_cases().unwrap();
    let case = records.case(*open.first().unwrap()).unwrap().unwrap();
    assert_eq!(case.tlds_for_people(), ".ad");
    assert_eq!(case.reading.missing, Vec::<String>::new());
    let after = &case.changes.first().unwrap().after;
    let is = |contact: &tldops::domain::contact::Contact| {
        (contact.name.to_string(), contact.phone.as_ref().map(ToString::to_string))
    };
    // The number is read as it is dialled there.
    assert_eq!(
        after.iter().map(is).collect::<Vec<_>>(),
        [("Joan Puig".to_owned(), Some("+376712345".to_owned()))]
    );
}

/// What could be a slip for another one, and what names another one, is not taken for it.
#[test]
fn another_cctld_in_the_answer_is_not_overruled() {
    let person = "Name: Joan Puig\nEmail: joan@nic-ke.example\nPhone: +376712345";
    for (says, want) in [
        (format!("Please add this contact for .add:\n\n{person}"), None),
        (format!("Please add this contact for .ae:\n\n{person}"), Some("ae")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut stage = asked_about_ad(folder.path(), NEW);
        play(&mut stage, SIGNED_BY_NEW, &answer(NEW, 1, &says));
        let journal = stage.store().journal().unwrap();
        let told = serde_json::to_string(&journal.last().unwrap().entry).unwrap();
        let records = Records::new(stage.store());
        let cases = records.cases().unwrap();
        let asked: Vec<Option<String>> = cases
            .iter()
            .flat_map(|case| &case.reading.requests)
            .map(|request| request.tld.as_ref().map(ToString::to_string))
            .collect();
        assert!(!asked.contains(&Some("ad".to_owned())), "{says}: {asked:?} {told}");
        if want.is_none() {
            assert_eq!(asked, [None], "he is asked which: {told}");
        }
    }
}

#[test]
fn of_several_cctlds_it_is_for_him_to_say_which() {
    let folder = tempfile::tempdir().unwrap();
    let both = |admin| iana(&[("ad", Some(admin)), ("ae", Some(admin))]);
    let mut stage = stage(folder.path(), &both("old@nic-ad.example"));
    play(&mut stage, "watch", "");
    published(&mut stage, &both(NEW));
    days(&mut stage, 2);
    let says = "Please add this person:\n\nName: Joan Puig\nEmail: joan@nic-ke.example\nPhone: +376712345";
    play(&mut stage, SIGNED_BY_NEW, &answer(NEW, 1, says));
    let cases = Records::new(stage.store()).cases().unwrap();
    let missing: Vec<&String> = cases.iter().flat_map(|case| &case.reading.missing).collect();
    assert_eq!((missing, cases[0].state.name()), (vec![&"tld".to_owned()], "needs_information"));
    assert_eq!(asked(&stage), [NEW, NEW], "he is asked which");
}

/// He said that he wants no questions that strangers bring by a copy; a change at IANA is one that he did not ask for either.
#[test]
fn who_said_stop_is_not_written_to_but_stands_on_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let of = |admin: &str| iana(&[("ad", Some(admin))]);
    let mut stage = stage(folder.path(), &of(NEW));
    play(&mut stage, "watch", "");
    let copied = format!(
        "From: Sam <sam@stranger.example>\nTo: tld-ops-admin@ops.example\nCc: {NEW}\nSubject: contact for .ad\n\
         Date: {{date}}\nMessage-ID: <1@stranger.example>\n\nPlease add this contact for .ad:\n\nName: Joan Puig\n\
         Email: joan@nic-ke.example\nPhone: +376712345\n"
    );
    play(&mut stage, "mail m.eml signed stranger.example by ed25519", &copied);
    play(&mut stage, SIGNED_BY_NEW, &answer(NEW, 2, "STOP"));
    assert!(Records::new(stage.store()).stopped(&"ad".parse().unwrap()).unwrap().is_some());
    let before = asked(&stage).len();
    published(&mut stage, &of(OTHER));
    days(&mut stage, 2);
    assert_eq!(asked(&stage)[before..], [OTHER], "somebody else's STOP does not keep him from being asked");
    days(&mut stage, 31);
    let before = asked(&stage).len();
    published(&mut stage, &of(NEW));
    days(&mut stage, 3);
    assert_eq!(asked(&stage)[before..], Vec::<String>::new()[..]);
    assert!(
        to_call(&stage).iter().any(|one| one.starts_with(&format!("{NEW}, for .ad"))),
        "{:?}",
        to_call(&stage)
    );
}

#[test]
fn whom_no_mail_reaches_is_not_written_to_but_stands_on_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let of = |admin: &str| iana(&[("ad", Some(admin))]);
    let mut stage = asked_about_ad(folder.path(), NEW);
    let bounce = "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.nic-ke.example>\n\
        To: tld-ops-admin@ops.example\nSubject: Undelivered Mail Returned to Sender\nDate: {date}\n\
        Message-ID: <b@mx.nic-ke.example>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n\
        Content-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\n\n--b1\n\
        Content-Type: text/plain\n\nYour message could not be delivered.\n\n--b1\n\
        Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.nic-ke.example\n\n\
        Final-Recipient: rfc822; new@nic-ke.example\nAction: failed\nStatus: 5.1.1\n\n--b1\n\
        Content-Type: message/rfc822\n\n{raw new@nic-ke.example}\n--b1--\n";
    play(&mut stage, "mail m.eml", bounce);
    assert!(to_call(&stage).iter().any(|one| one.starts_with(NEW)), "{:?}", to_call(&stage));
    published(&mut stage, &of(OTHER));
    days(&mut stage, 35);
    let before = asked(&stage).len();
    published(&mut stage, &of(NEW));
    days(&mut stage, 3);
    assert_eq!(asked(&stage)[before..], Vec::<String>::new()[..]);
    let waits = Records::new(stage.store()).open_approaches().unwrap();
    assert!(!waits.iter().any(|one| one.to.to_string() == NEW), "nobody waits for him: {waits:?}");
    assert!(
        to_call(&stage).iter().any(|one| one.starts_with(&format!("{NEW}, for .ad"))),
        "{:?}",
        to_call(&stage)
    );
}
