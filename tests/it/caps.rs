//! Caps on what strangers can make us send: none of them is widened by writing from many addresses.

use jiff::SignedDuration;
use tldops::rehearsal::script::Step;
use tldops::rehearsal::stage::Stage;

use crate::order_of_checks::{US, arrives, stage};

/// Help mails for one domain in a week.
const HELP_TO_DOMAIN: usize = 10;

/// Somebody at the stranger's domain asks for help; how many mails leave.
fn help_for(stage: &mut Stage, local: &str, id: usize) -> usize {
    let from = format!("{local}@stranger.example");
    let mail = format!(
        "From: {from}\nTo: {US}\nSubject: help\nDate: {{date}}\n\
         Message-ID: <{id}@stranger.example>\n\nhelp\n"
    );
    arrives(stage, &from, &mail).left.len()
}

fn wait(stage: &mut Stage, hours: i64) {
    let step = Step::Wait(SignedDuration::from_hours(hours));
    stage.play(&step, &|_| anyhow::bail!("a pause reads no file")).unwrap();
}

#[test]
fn help_goes_once_a_week_to_an_address_whatever_its_subaddress() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    let helped: Vec<usize> = ["eve", "eve+1", "EVE+2"]
        .iter()
        .zip(1..)
        .map(|(local, id)| help_for(&mut stage, local, id))
        .collect();
    assert_eq!(helped, [1, 0, 0]);
    wait(&mut stage, 7 * 24 - 1);
    assert_eq!(help_for(&mut stage, "eve", 4), 0);
    wait(&mut stage, 1);
    assert_eq!(help_for(&mut stage, "eve+3", 5), 1);
}

#[test]
fn help_goes_to_so_many_of_a_domain_in_a_week_and_counts_that_have_decayed_are_swept() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    let helped: usize = (0..HELP_TO_DOMAIN + 3).map(|id| help_for(&mut stage, &format!("e{id}x"), id)).sum();
    assert_eq!(helped, HELP_TO_DOMAIN);
    let counts = |stage: &Stage| {
        tldops::bot::records::Records::new(stage.store()).counters("spent/help/").unwrap().len()
    };
    assert_eq!(counts(&stage), HELP_TO_DOMAIN);
    wait(&mut stage, 8 * 24);
    assert_eq!(help_for(&mut stage, "late", 99), 1);
    assert_eq!(counts(&stage), 1);
}
