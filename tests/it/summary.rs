//! The daily summary: once a day, only where something is open, and with all that else would have to be looked for.

use std::path::Path;

use jiff::SignedDuration;
use tldops::domain::exemption::{Exemption, Rule};
use tldops::rehearsal::script::{Mood, Step};
use tldops::rehearsal::stage::Stage;
use tldops::world::Clock as _;

use crate::order_of_checks::{ADMIN, REQUEST, US, arrives};
use crate::stories::{file, stories};

const SECRETARIAT: &str = "secretariat@ops.example";

/// The stage of the stories, with a summary at six.
fn stage(folder: &Path) -> Stage {
    let scene = file(&stories(), "world.json").unwrap().replacen('{', "{\"summary_hour\": 6,", 1);
    Stage::set(folder, &scene, &file(&stories(), "iana.json").unwrap()).unwrap()
}

fn plays(stage: &mut Stage, step: &Step) {
    stage.play(step, &|name| file(&stories().join("bounce"), name)).unwrap();
}

fn wait(stage: &mut Stage, hours: i64) {
    plays(stage, &Step::Wait(SignedDuration::from_hours(hours)));
}

/// The summaries so far, each without its line breaks.
fn summaries(stage: &Stage) -> Vec<String> {
    let to = SECRETARIAT.parse().unwrap();
    let texts = stage.sent().iter().filter(|mail| mail.recipients.contains(&to));
    let texts = texts.map(|mail| String::from_utf8(mail.octets.clone()).unwrap());
    let folded = |text: String| text.replace("=\r\n", "").split_whitespace().collect::<Vec<_>>().join(" ");
    texts.map(folded).filter(|text| text.contains("Daily summary")).collect()
}

fn request(stage: &mut Stage) {
    let mail = format!(
        "From: {ADMIN}\nTo: {US}\nSubject: Contacts of .nl\nDate: {{date}}\nMessage-ID: <1@nic-nl.example>\n\n{REQUEST}"
    );
    arrives(stage, ADMIN, &mail);
}

fn exempt(stage: &mut Stage, whom: &str, days: i8) {
    let now = stage.clock().now();
    let until =
        (now + SignedDuration::from_hours(24 * i64::from(days))).to_zoned(jiff::tz::TimeZone::UTC).date();
    let exemption = Exemption {
        whom: whom.parse().unwrap(),
        from: Rule::Role,
        by: "kim".to_owned(),
        why: "they share one mailbox".to_owned(),
        since: now,
        until: Some(until),
    };
    stage.with_bot(|bot| bot.exempt(&exemption)).unwrap();
}

/// It comes from six on, and counts what was open by then; a second program of the same day sends none, and each turn of a
/// rehearsal is one.
#[test]
fn it_comes_once_a_day_and_only_where_something_was_open_by_its_hour() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    wait(&mut stage, 24);
    assert_eq!(summaries(&stage).len(), 0, "nothing is open");
    // At nine, which is after the hour of this day.
    request(&mut stage);
    let mut came = Vec::new();
    for hours in [1, 13, 6, 1, 1, 1, 23] {
        wait(&mut stage, hours);
        came.push(summaries(&stage).len());
    }
    // At ten, at 23, at five, at six, at seven, at eight, at seven.
    assert_eq!(came, [0, 0, 0, 1, 1, 1, 2]);
    // Nobody answers, then nobody rules on it.
    wait(&mut stage, 24 * 16);
    wait(&mut stage, 24 * 91);
    let ended = summaries(&stage).len();
    wait(&mut stage, 24);
    assert_eq!(summaries(&stage).len(), ended, "it has expired");
}

#[test]
fn it_shows_what_else_a_person_would_have_to_look_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    wait(&mut stage, 18);
    request(&mut stage);
    exempt(&mut stage, "noc@registry.example", 14);
    exempt(&mut stage, "later@registry.example", 16);
    for (id, local) in [(2, "eve"), (3, "eve+1")] {
        let from = format!("{local}@stranger.example");
        let mail = format!(
            "From: {from}\nTo: {US}\nSubject: help\nDate: {{date}}\nMessage-ID: <{id}@x.example>\n\nhelp\n"
        );
        arrives(&mut stage, &from, &mail);
    }
    let from = "rafael@nic-br.example";
    let mail = format!(
        "From: {from}\nTo: {US}\nSubject: Thanks\nDate: {{date}}\nMessage-ID: <4@x.example>\n\nThank you.\n"
    );
    arrives(&mut stage, from, &mail);
    let bounce = Step::Mail { file: "4-bounce.eml".to_owned(), signatures: Vec::new() };
    plays(&mut stage, &Step::Post(Mood::Down));
    plays(&mut stage, &bounce);
    wait(&mut stage, 2);
    wait(&mut stage, 2);
    plays(&mut stage, &Step::Post(Mood::Up));
    wait(&mut stage, 5);
    let summaries = summaries(&stage);
    assert_eq!(summaries.len(), 1);
    for told in [
        "R-1: subscribe .nl, asked by admin@nic-nl.example on 2026-11-03 waits for the secretariat: our mail to admin@nic-nl.example could not be delivered",
        "laid aside for a person: - from rafael@nic-br.example: its sender is known here, and asks for nothing that is done here",
        "Addresses that no mail reaches: - admin@nic-nl.example, since 2026-11-03",
        "Exemptions that end soon: - noc@registry.example may be an address of a role, through 2026-11-17 UTC",
        "Mails that wait to leave: - R-1.2 to secretariat@ops.example",
        "Kept back by a cap in the last day: - 2026-11-03 03:00 UTC",
    ] {
        assert!(summaries[0].contains(told), "{told}: {}", summaries[0]);
    }
    assert!(!summaries[0].contains("later@registry.example"), "{}", summaries[0]);
}

/// It cannot stop the request, but a person must hear of it, also in a flood.
#[test]
fn a_withdrawal_that_nothing_proves_is_shown_before_what_else_was_held() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    request(&mut stage);
    let unsigned = Step::Mail { file: "mail.eml".to_owned(), signatures: Vec::new() };
    for id in 2..32 {
        let mail = format!(
            "From: q{id}@many-{id}.example\nTo: {US}\nSubject: who\nDate: {{date}}\nMessage-ID: <{id}@x.example>\n\nwho .br\n"
        );
        stage.play(&unsigned, &|_| Ok(mail.clone())).unwrap();
    }
    let mail = format!(
        "From: {ADMIN}\nTo: {US}\nSubject: my request\nDate: {{date}}\nMessage-ID: <w@x.example>\n\nPlease withdraw my request.\n"
    );
    stage.play(&unsigned, &|_| Ok(mail.clone())).unwrap();
    wait(&mut stage, 21);
    let summaries = summaries(&stage);
    let wanted = format!("for a person: - from {ADMIN}: It takes a request back");
    assert!(summaries.len() == 1 && summaries[0].contains(&wanted), "{summaries:?}");
    assert!(summaries[0].contains("R-1: subscribe .nl"), "it is still open");
}
