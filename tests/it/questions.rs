//! Questions for contacts: a stranger learns nothing by the answer, and a flood of them ends.

use std::fmt::Write as _;
use std::fs;

use tldops::rehearsal::script::Step;
use tldops::rehearsal::stage::Stage;

use crate::stories::stories;

/// Answers that one contact gets in a day, as the policy has it where nothing is set.
const ANSWERS_A_DAY: usize = 20;

/// All that leaves after these mails: recipients and octets.
fn sent(mails: &[(&str, &str, &str, &str)]) -> Vec<(String, String)> {
    sent_where(&[], mails)
}

/// The same where the contacts with these names have these second addresses.
fn sent_where(seconds: &[(&str, &str)], mails: &[(&str, &str, &str, &str)]) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let shared = |name: &str| fs::read_to_string(stories().join(name)).unwrap();
    let mut world: serde_json::Value = serde_json::from_str(&shared("world.json")).unwrap();
    for contact in world["roster"].as_array_mut().unwrap() {
        let second = seconds.iter().find(|(name, _)| contact["name"] == *name);
        contact["secondary_email"] = second.map(|(_, second)| *second).into();
    }
    let mut stage = Stage::set(folder.path(), &world.to_string(), &shared("iana.json")).unwrap();
    for (number, (from, domain, key, asks)) in mails.iter().enumerate() {
        let mut mail = format!("From: Somebody <{from}>\nTo: tld-ops-admin@ops.example\nSubject: question\n");
        write!(mail, "Date: {{date}}\nMessage-ID: <q{number}@{domain}>\nMIME-Version: 1.0\n").unwrap();
        write!(mail, "Content-Type: text/plain; charset=utf-8\n\n{asks}\n").unwrap();
        let signatures = vec![((*domain).to_owned(), (*key).to_owned())];
        let step = Step::Mail { file: format!("{number}.eml"), signatures };
        stage.play(&step, &|_| Ok(mail.clone())).unwrap();
    }
    let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
    let each = stage.sent().iter().map(|mail| {
        let to: Vec<String> = mail.recipients.iter().map(ToString::to_string).collect();
        (to.join(" "), text(&mail.octets))
    });
    each.collect()
}

#[test]
fn whoever_is_not_listed_gets_the_same_octets_for_a_member_and_for_none() {
    for (from, domain, key) in [
        ("sam@stranger.example", "stranger.example", "ed25519"),
        ("admin@nic-ke.example", "nic-ke.example", "rsa"),
        // In a contact's name, with a signature of somebody else: nothing at all.
        ("wiremu@nic-nz.example", "stranger.example", "ed25519"),
    ] {
        for [member, none] in [
            ["who .nz", "who .ke"],
            ["Who are the contacts of .nz?", "Who are the contacts of .ke?"],
            ["who wiremu", "who nobody"],
            ["who", "who zzzz"],
        ] {
            let of = |asks: &str| sent(&[(from, domain, key, asks)]);
            assert_eq!(of(member), of(none), "{from} {member}");
        }
    }
}

#[test]
fn a_flood_of_questions_ends_and_the_last_answer_says_so() {
    let one = ("wiremu@nic-nz.example", "nic-nz.example", "ed25519", "who .br");
    let mails = sent(&vec![one; ANSWERS_A_DAY + 5]);
    let (answers, others): (Vec<_>, Vec<_>) = mails.iter().partition(|(to, _)| to == "wiremu@nic-nz.example");
    assert_eq!(answers.len(), ANSWERS_A_DAY);
    let is_last = |(_, octets): &&&(String, String)| octets.contains("This is the last such answer");
    assert_eq!(answers.iter().filter(is_last).count(), 1);
    assert!(answers.last().is_some_and(|last| is_last(&last)));
    let told: Vec<&str> = others.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(told, ["secretariat@ops.example"]);
    assert!(others[0].1.contains("queries_per_day_max"));
    assert!(!others[0].1.contains("rafael"));
}

#[test]
fn whoever_asks_for_one_cctld_gets_its_contacts_and_nobody_else() {
    let one = |asks: &'static str| {
        let mut mails = sent(&[("wiremu@nic-nz.example", "nic-nz.example", "ed25519", asks)]);
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails.remove(0).1
    };
    let br = one("who .br");
    assert!(br.contains("rafael@nic-br.example") && br.contains("camila@nic-br.example"), "{br}");
    assert!(!br.contains("hana"), "{br}");
    let ke = one("who .ke");
    assert!(ke.contains(".ke has no contacts in TLD-OPS.") && !ke.contains("nic-br"), "{ke}");
    let anna = one("who camila");
    assert!(anna.contains("camila@nic-br.example") && !anna.contains("rafael"), "{anna}");
}

#[test]
fn whoever_asks_from_his_second_address_is_answered_at_his_first_one_alone() {
    let second = "hana@consulting.example";
    let mails = sent_where(&[("Hana Ngata", second)], &[(second, "consulting.example", "rsa", "who .br")]);
    let to: Vec<&str> = mails.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, ["hana@nic-nz.example"]);
    assert!(mails[0].1.contains("You asked from hana@consulting.example."), "{}", mails[0].1);
}

/// Who of them asks nobody can tell: neither gets an answer, and a person looks.
#[test]
fn whoever_asks_from_an_address_that_two_share_is_answered_by_a_person() {
    let shared = "noc@consulting.example";
    let both = [("Hana Ngata", shared), ("Wiremu Parata", shared)];
    let mails = sent_where(&both, &[(shared, "consulting.example", "rsa", "who .br")]);
    let to: Vec<&str> = mails.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, ["secretariat@ops.example"]);
    assert!(mails[0].1.contains("several contacts share the address"), "{}", mails[0].1);
    assert!(!mails[0].1.contains("rafael"), "{}", mails[0].1);
}
