//! Whole stories with real servers: people write from their own mailboxes, and are members of the real list in the end.
//!
//! Each story is played twice: once in the rehearsal's small world, whose mails have been read, and once with Dovecot,
//! Postfix, a name server and Mailman. What people get must be the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use tldops::domain::address::Address;
use tldops::domain::contact::{Phone, Roster};
use tldops::domain::token::hide;
use tldops::rehearsal::people::fill_in;
use tldops::rehearsal::script::Step;
use tldops::rehearsal::signing::sign;
use tldops::rehearsal::stage::Stage;
use tldops::shell::clock::SystemClock;
use tldops::world::{Clock as _, Outgoing};

use crate::program::{Running, tldops, wait_until};
use crate::servers::dovecot::PASSWORD;
use crate::servers::site::{ListKind, Site, compare_letters, letters, shown, stored};
use crate::stories::{file, script, stories};

/// What a story comes to.
struct Told {
    /// The mails that had left after each step, by whom they were for.
    after: Vec<BTreeMap<Address, usize>>,
    sent: Vec<Outgoing>,
    /// The roster, a line a contact.
    roster: String,
    /// Every phone number, in all ways of writing it.
    phones: Vec<String>,
}

/// The story in the small world.
fn told(story: &Path) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| file(story, name);
    let mut stage =
        Stage::set(folder.path(), &read("world.json").unwrap(), &read("iana.json").unwrap()).unwrap();
    let mut after = Vec::new();
    for step in script(story) {
        stage.play(&step, &read).unwrap();
        after.push(counted(stage.sent()));
    }
    let roster = stage.roster().unwrap();
    let steps = script(story);
    let mails = steps.iter().filter_map(|step| {
        let Step::Mail { file, .. } = step else { return None };
        read(file).ok()
    });
    let mails: Vec<String> = mails.collect();
    let phones = phones(&roster, &mails);
    Told { after, sent: stage.sent().to_vec(), roster: shown(&roster), phones }
}

fn counted(mails: &[Outgoing]) -> BTreeMap<Address, usize> {
    let mut counts = BTreeMap::new();
    for recipient in mails.iter().flat_map(|mail| &mail.recipients) {
        *counts.entry(recipient.clone()).or_default() += 1;
    }
    counts
}

/// Plays a story with real servers, and compares. Gives the site as it is in the end; none where a server is missing.
fn play(name: &str, kind: ListKind, homeless: &[&str]) -> Option<Site> {
    let story = stories().join(name);
    let told = told(&story);
    let people: BTreeSet<Address> = told.sent.iter().flat_map(|mail| mail.recipients.clone()).collect();
    let people: Vec<Address> =
        people.into_iter().filter(|person| !homeless.contains(&person.to_string().as_str())).collect();
    let read = |name: &str| file(&story, name).unwrap();
    let site = Site::start(&read("world.json"), &read("iana.json"), &people, kind)?;
    // The log of all these stories is as loud as can be, see `shows_no_secret`.
    site.configure("[log]\nlevel = \"trace\"\n");
    let ended = tldops(site.path(), &["check"]);
    assert!(ended.status == 0, "{}", ended.told());
    let program = Running::start(site.path(), &[]);
    for (step, wanted) in script(&story).iter().zip(&told.after) {
        // Time does not pass here; the stories played have nothing that waits for it.
        let Step::Mail { file, signatures } = step else { continue };
        let now = SystemClock.now();
        let mut mail = fill_in(&read(file), &site.arrived(), now).unwrap();
        for (domain, key) in signatures {
            mail = sign(&mail, domain, key, now).unwrap();
        }
        site.send(&mail);
        let wanted: BTreeMap<Address, usize> = wanted
            .iter()
            .filter(|(person, _)| people.contains(person))
            .map(|(p, n)| (p.clone(), *n))
            .collect();
        wait_until(&format!("{wanted:?} mails are there after {file}"), site.path(), || {
            let arrived = counted(&site.arrived());
            wanted.iter().all(|(person, count)| arrived.get(person) >= Some(count))
        });
    }
    program.ends_well(site.path());
    compare_letters(&site.arrived(), &letters(&told.sent));
    assert_eq!(stored(&site), told.roster);
    let ended = tldops(site.path(), &["journal", "verify"]);
    assert!(ended.status == 0, "{}", ended.told());
    let log = fs::read_to_string(site.path().join("log")).unwrap();
    assert!(!log.contains("ERROR"), "{log}");
    shows_no_secret(&log, &told.phones);
    Some(site)
}

/// Neither a token nor the password nor a phone number stands in a log, however loud it is.
fn shows_no_secret(log: &str, phones: &[String]) {
    assert!(log.contains("TRACE"), "the log tells all there is to tell");
    assert_eq!(hide(log), log, "a token is in the log");
    let of_base64 = STANDARD.encode(PASSWORD);
    for secret in [PASSWORD, &of_base64].into_iter().chain(phones.iter().map(String::as_str)) {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

/// The phone numbers of people as they may be written: international, without the sign, and as they stand in a mail.
fn phones(roster: &Roster, mails: &[String]) -> Vec<String> {
    static WRITTEN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\+[0-9][0-9 ().-]{5,}[0-9]").unwrap());
    let contacts = roster.iter().flat_map(|(_, contacts)| contacts);
    let known = contacts.filter_map(|contact| contact.phone.as_ref()).map(Phone::as_str);
    let known = known.map(|phone| phone.trim_start_matches('+').to_owned());
    let written =
        mails.iter().flat_map(|mail| WRITTEN.find_iter(mail)).map(|found| found.as_str().to_owned());
    known.chain(written).collect()
}

#[test]
fn a_request_becomes_members_of_a_real_list() {
    let Some(site) = play("subscribe-confirmed", ListKind::Mailman3, &[]) else { return };
    let members = site.mailman.as_ref().unwrap().roster();
    assert_eq!(
        members,
        [
            "fenna.dijkman@nic-nl.example \"Fenna Dijkman, #2, .nl, +31 263525548\"",
            "joost.terpstra@nic-nl.example \"Joost Terpstra, #1, .nl, +31 622479105\"",
        ]
    );
    // Everything that came in is filed, and seen by whoever looks into the mailbox.
    let mailbox = site.scene.mailbox.to_string();
    assert_eq!(site.dovecot.mails_of(&mailbox), Vec::<Vec<u8>>::new());
    assert_eq!(site.dovecot.mails_in(&mailbox, "Done").len(), 4);
}

#[test]
fn one_person_of_two_cctlds_is_one_member() {
    let Some(site) = play("two-cctlds-at-once", ListKind::Mailman3, &[]) else { return };
    let members = site.mailman.as_ref().unwrap().roster();
    assert_eq!(members.len(), 1, "{members:?}");
}

#[test]
fn a_stranger_learns_nothing_through_real_servers() {
    let Some(site) = play("stranger", ListKind::OwnRoster, &[]) else { return };
    let log = site.postfix.log();
    assert!(!log.contains("to=<stranger@"), "{log}");
}

#[test]
fn a_bounce_of_a_real_server_goes_to_the_secretariat() {
    let story = stories().join("subscribe-confirmed");
    let read = |name: &str| file(&story, name).unwrap();
    // The admin contact has no mailbox.
    let Some(site) = Site::start(&read("world.json"), &read("iana.json"), &[], ListKind::OwnRoster) else {
        return;
    };
    let program = Running::start(site.path(), &[]);
    let now = SystemClock.now();
    let mail = fill_in(&read("1-request.eml"), &[], now).unwrap();
    site.send(&sign(&mail, "nic-nl.example", "rsa", now).unwrap());
    wait_until("the secretariat hears of it", site.path(), || !site.arrived().is_empty());
    let told = site.arrived();
    let told = String::from_utf8_lossy(&told[0].octets).into_owned();
    assert!(told.contains("admin@nic-nl.example") && told.contains("5.1.1"), "{told}");
    program.ends_well(site.path());
}

#[test]
fn a_mailbox_without_subaddresses_gets_its_answers_all_the_same() {
    let story = stories().join("subscribe-confirmed");
    let read = |name: &str| file(&story, name).unwrap();
    let people = ["admin", "joost.terpstra", "fenna.dijkman"]
        .map(|name| format!("{name}@nic-nl.example").parse().unwrap());
    let site = Site::start(&read("world.json"), &read("iana.json"), &people, ListKind::OwnRoster);
    let Some(site) = site else { return };
    site.configure("subaddresses = false\n");
    let program = Running::start(site.path(), &[]);
    let mails = ["1-request.eml", "2-admin-yes.eml", "3-joost-yes.eml", "4-fenna-yes.eml"];
    for (name, person) in mails.iter().zip([&people[0], &people[1], &people[2], &people[2]]) {
        let now = SystemClock.now();
        let mail = fill_in(&read(name), &site.arrived(), now).unwrap();
        assert!(!String::from_utf8_lossy(&mail).contains("tld-ops-admin+"), "{name}");
        site.send(&sign(&mail, "nic-nl.example", "rsa", now).unwrap());
        wait_until(&format!("{person} has heard after {name}"), site.path(), || {
            counted(&site.arrived()).contains_key(person)
        });
    }
    let joined = |site: &Site| counted(&site.arrived()).values().sum::<usize>() >= 6;
    wait_until("all have heard that it is done", site.path(), || joined(&site));
    program.ends_well(site.path());
    assert!(stored(&site).contains("Fenna Dijkman"), "{}", stored(&site));
}
