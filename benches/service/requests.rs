//! Requests from beginning to end, many at once, beside what the list server's own subscriptions take.

use std::time::Duration;
use std::time::Instant;

use tldops::domain::address::Address;

use crate::ground::Ground;
use crate::ground::Program;
use crate::ground::admin;
use crate::ground::cctlds;
use crate::ground::contact;
use crate::ground::load;
use crate::ground::rate;
use crate::ground::request;
use crate::ground::wait_for;
use crate::ground::yes;
use crate::servers::site::ListKind;

/// So many ccTLDs subscribe their contact: all ask, then all admin contacts agree, then all contacts.
pub(crate) fn measure(count: usize) {
    for (name, list) in [("a roster of our own", ListKind::OwnRoster), ("Mailman 3", ListKind::Mailman3)] {
        let Some(took) = ours(count, list, name) else { return };
        println!(
            "requests, list {name}: {:.1} confirmed a second ({count} in {:.1} s)",
            rate(count, took),
            took.as_secs_f64()
        );
    }
    crate::peer::measure(count);
}

/// How long the program is at work for them.
fn ours(count: usize, list: ListKind, name: &str) -> Option<Duration> {
    let tlds = cctlds(count);
    let ground = Ground::start(&tlds, list)?;
    let requests: Vec<String> = tlds.iter().map(|tld| request(tld)).collect();
    let mut whole = work(&ground, &requests, tlds.len(), &format!("{name}, requests"));
    for (people, mails, what) in [
        (tlds.iter().map(|tld| admin(tld)).collect::<Vec<_>>(), tlds.len(), "admin contacts"),
        // Admin contact and contact hear that it is done.
        (tlds.iter().map(|tld| contact(tld)).collect(), 2 * tlds.len(), "contacts"),
    ] {
        let answers = answers(&ground, &people);
        whole += work(&ground, &answers, mails, &format!("{name}, answers of {what}"));
    }
    let log = std::fs::read_to_string(ground.site.path().join("log")).unwrap();
    assert_eq!(log.matches("\"to\":\"done\"").count(), count, "every request is done");
    Some(whole)
}

/// What these say to the one question that each of them got.
fn answers(ground: &Ground, people: &[Address]) -> Vec<String> {
    let mut questions = Vec::new();
    wait_for("all questions are there", || {
        questions = ground.site.arrived();
        questions.retain(|mail| people.contains(&mail.recipients[0]));
        questions.len() >= people.len()
    });
    questions.iter().map(yes).collect()
}

/// From the start of the program to the last thing that it does, with these mails waiting for it.
fn work(ground: &Ground, mails: &[String], sent: usize, what: &str) -> Duration {
    ground.site.dovecot.deliver(mails);
    ground.forget();
    let began = Instant::now();
    let program = Program::start(ground);
    let took = ground.wait_until_over(sent).duration_since(began);
    program.stop();
    println!(
        "  {what}: {:.2} s, of which it waited for {}; load {}",
        took.as_secs_f64(),
        ground.waits(),
        load()
    );
    took
}
