//! A request that waits for another goes on in the same program, and in one that was started in between.

use jiff::SignedDuration;
use tldops::bot::records::Records;
use tldops::domain::case::CaseId;
use tldops::domain::event::{Ruling, RulingVerdict};
use tldops::rehearsal::script::{Mood, Step, read};
use tldops::rehearsal::stage::Stage;

use crate::answering::answered;
use crate::order_of_checks::stage;
use crate::stories::{file, stories};

/// Two requests for `.nz`, the second behind the first.
fn two(folder: &std::path::Path) -> Stage {
    let mut stage = stage(folder);
    let story = stories().join("waits-for-another");
    for step in read(&file(&story, "play.txt").unwrap()).unwrap().iter().take(3) {
        stage.play(step, &|name| file(&story, name)).unwrap();
    }
    assert_eq!([1, 2].map(|id| state(&stage, id)), ["awaiting_contacts", "queued"]);
    stage
}

fn state(stage: &Stage, id: u64) -> String {
    Records::new(stage.store()).case(CaseId(id)).unwrap().unwrap().state.name().to_owned()
}

fn rejects() -> Ruling {
    Ruling { by: "kim".to_owned(), verdict: RulingVerdict::Reject, note: "no".to_owned(), mail: None }
}

#[test]
fn its_turn_comes_in_the_program_that_ended_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = two(folder.path());
    stage
        .with_bot(|bot| {
            bot.turn()?;
            bot.rule(CaseId(1), rejects())?;
            bot.turn()
        })
        .unwrap();
    assert_eq!(state(&stage, 2), "awaiting_contacts");
}

#[test]
fn its_turn_comes_in_the_next_program_where_one_was_stopped_in_between() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = two(folder.path());
    stage.with_bot(|bot| bot.rule(CaseId(1), rejects())).unwrap();
    assert_eq!(state(&stage, 2), "queued");
    stage.play(&Step::Post(Mood::Up), &|_| anyhow::bail!("nothing is read")).unwrap();
    assert_eq!(state(&stage, 2), "awaiting_contacts");
}

/// Wiremu was told how to take his request back when it began to wait; by then Hana's number has changed under it.
#[test]
fn what_waited_can_be_taken_back_by_the_first_mail_whatever_it_has_come_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = two(folder.path());
    let under_way = stage.sent().len() - 1;
    assert!(stage.sent()[under_way].recipients.contains(&"wiremu@nic-nz.example".parse().unwrap()));
    let story = stories().join("waits-for-another");
    let yes = read(&file(&story, "play.txt").unwrap()).unwrap();
    for step in &yes[3..6] {
        stage.play(step, &|name| file(&story, name)).unwrap();
    }
    assert_eq!([1, 2].map(|id| state(&stage, id)), ["done", "awaiting_contacts"]);
    let no = answered(&stage.sent()[under_way], "wiremu@nic-nz.example", "NO");
    let step = Step::Mail { file: "no.eml".to_owned(), signatures: Vec::new() };
    stage.play(&step, &|_| Ok(no.clone())).unwrap();
    assert_eq!(state(&stage, 2), "withdrawn");
}

/// While IANA does not answer, one request that waits must not ask it at each turn.
#[test]
fn iana_is_asked_with_growing_pauses_for_a_request_whose_turn_has_come() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = two(folder.path());
    let (clock, snapshot) = (stage.clock().clone(), folder.path().join("iana.json"));
    let whole = std::fs::read_to_string(&snapshot).unwrap();
    let later = |seconds: i64| clock.advance(SignedDuration::from_secs(seconds));
    let mut moved = Vec::new();
    stage
        .with_bot(|bot| {
            bot.turn()?;
            bot.rule(CaseId(1), rejects())?;
            // It is asked at once, after a minute, and after two more.
            for wait in [0, 61, 10] {
                std::fs::write(&snapshot, "no snapshot")?;
                later(wait);
                moved.push(bot.turn()?.moved_by_time);
                // In between it would answer.
                std::fs::write(&snapshot, &whole)?;
                later(30);
                moved.push(bot.turn()?.moved_by_time);
            }
            later(81);
            moved.push(bot.turn()?.moved_by_time);
            Ok(())
        })
        .unwrap();
    assert_eq!(moved, [0, 0, 0, 0, 0, 0, 1]);
    assert_eq!(state(&stage, 2), "awaiting_contacts");
}
