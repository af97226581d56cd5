//! Changes that are said without a form: who takes whose place, who is called otherwise, and from when on.

use crate::domain::cctlds::KnownTlds;
use crate::domain::contact::Roster;
use crate::reading::letter::Letter;
use crate::reading::{Context, understand};

/// What is asked for, as `change rank name <address> number < former`, or what is doubted, of a mail of 20 November 2026.
#[track_caller]
fn check(text: &str, want: &str) {
    let known = KnownTlds::built_in();
    let mailboxes = ["tld-ops-admin@ops.example".parse().unwrap()];
    let roster = Roster::default();
    let context = Context { known: &known, roster: &roster, mailboxes: &mailboxes, secretariat: &[] };
    let head = "From: Dexter King <admin@nic-nl.example>\r\nTo: tld-ops-admin@ops.example\r\nSubject: .nl\r\n\
                Date: Fri, 20 Nov 2026 09:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n";
    let reading = understand(&Letter::read(format!("{head}\r\n{text}\r\n").as_bytes()).unwrap(), &context);
    let contacts = reading.requests.iter().flat_map(|request| &request.contacts).map(|one| {
        let told = [
            Some(format!("{:?}", one.change)),
            one.rank.map(|rank| rank.to_string()),
            one.name.as_ref().map(ToString::to_string),
            one.email.as_ref().map(|email| format!("<{email}>")),
            one.phone.as_ref().map(ToString::to_string),
            one.replaces.as_ref().map(|former| format!("< {former}")),
        ];
        told.into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    let doubts: Vec<String> =
        reading.doubts.iter().map(|doubt| format!("? {}", doubt.about.word())).collect();
    let got = if doubts.is_empty() { contacts.collect() } else { doubts };
    assert_eq!(got.join("; "), want, "{text}");
}

#[test]
fn who_has_anothers_place_comes_for_him() {
    for text in [
        "The seat of Ann Bee at .nl is filled by Bob Lee (bob@nic-nl.example, +31 6 2247 9105).",
        "Die Stelle von Ann Bee für .nl übernimmt Bob Lee (bob@nic-nl.example, +31 6 2247 9105).",
        "La place d'Ann Bee pour .nl est prise par Bob Lee (bob@nic-nl.example, +31 6 2247 9105).",
        "Место Ann Bee в .nl занял Bob Lee (bob@nic-nl.example, +31 6 2247 9105).",
    ] {
        check(text, "Add Bob Lee <bob@nic-nl.example> +31622479105 < Ann Bee");
    }
}

#[test]
fn the_writer_and_another_have_each_others_places() {
    let text = "From now on Bob Lee is the first contact of .nl and I am the second.";
    check(text, "Modify #1 Bob Lee; Modify #2 Dexter King <admin@nic-nl.example>");
}

#[test]
fn a_new_name_makes_no_new_person() {
    let stays = "Ann Bee, a contact of .nl, has married and is called Ann Lee now. Her address ann@nic-nl.example stays.";
    check(stays, "Modify Ann Lee <ann@nic-nl.example> < Ann Bee");
    let new =
        "Our contact for .nl, Ann Bee, has changed her surname: she is now Ann Lee, ann.lee@nic-nl.example.";
    check(new, "Modify Ann Lee <ann.lee@nic-nl.example> < Ann Bee");
}

#[test]
fn one_number_of_both_is_each_ones() {
    let text = "Please add Ann Bee (ann@nic-nl.example) and Bob Lee (bob@nic-nl.example) for .nl. Both answer +31 6 2247 9105.";
    check(
        text,
        "Add Ann Bee <ann@nic-nl.example> +31622479105; Add Bob Lee <bob@nic-nl.example> +31622479105",
    );
}

#[test]
fn a_word_that_is_said_of_nobody_is_held() {
    let add = "Please add Ann Bee, ann@nic-nl.example, +31 6 2247 9105, for .nl.";
    check(add, "Add Ann Bee <ann@nic-nl.example> +31622479105");
    check(&format!("{add} Somebody else has left."), "? who-goes");
}

#[test]
fn a_day_to_come_is_a_doubt_and_one_that_has_passed_is_none() {
    let change = "Please change the number of Ann Bee (ann@nic-nl.example) for .nl to +31 6 2247 9105";
    let now = "Modify Ann Bee <ann@nic-nl.example> +31622479105";
    for past in ["since 1 November 2026", "as of 20.11.2026"] {
        check(&format!("{change} {past}."), now);
    }
    for later in ["from 1 March 2027", "as of 21.11.2026", "on 2026-12-01"] {
        check(&format!("{change} {later}."), "? for-a-time");
    }
    check(
        "From 1 March 2027 the number of Ann Bee (ann@nic-nl.example) for .nl will be +31 6 2247 9105.",
        "? for-a-time",
    );
}
