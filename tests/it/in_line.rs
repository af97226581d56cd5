//! A request that waits for another goes on in the same program, and in one that was started in between.

use tldops::bot::Turn;
use tldops::bot::records::Records;
use tldops::domain::case::CaseId;
use tldops::domain::event::{Ruling, RulingVerdict};
use tldops::rehearsal::script::{Mood, Step, read};
use tldops::rehearsal::stage::Stage;

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
    stage.with_bot(|bot| bot.rule(CaseId(1), rejects()).map(|_| Turn::default())).unwrap();
    assert_eq!(state(&stage, 2), "queued");
    stage.play(&Step::Post(Mood::Up), &|_| anyhow::bail!("nothing is read")).unwrap();
    assert_eq!(state(&stage, 2), "awaiting_contacts");
}
