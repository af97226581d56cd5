//! A contact's own details at a ccTLD for which IANA names no admin contact: the secretariat lets him go on.

use serde_json::Value;
use tldops::bot::records::Records;
use tldops::domain::case::CaseId;
use tldops::domain::event::RulingVerdict;
use tldops::rehearsal::script::Step;
use tldops::rehearsal::stage::Stage;

use crate::stories::{file, script, stories};

fn state(stage: &Stage) -> String {
    Records::new(stage.store()).case(CaseId(1)).unwrap().unwrap().state.name().to_owned()
}

fn rules(stage: &mut Stage, verdict: RulingVerdict) {
    let step = Step::Rule { verdict, case: "R-1".to_owned(), note: String::new() };
    stage.play(&step, &|_| anyhow::bail!("a ruling reads no file")).unwrap();
}

#[test]
fn they_are_changed_once_the_secretariat_and_he_himself_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let story = stories().join("waits-for-another");
    let mut iana: Value = serde_json::from_str(&file(&story, "iana.json").unwrap()).unwrap();
    let nz = iana.as_array_mut().unwrap().iter_mut().find(|record| record["tld"] == "nz").unwrap();
    nz["admin"] = Value::Null;
    let scene = file(&story, "world.json").unwrap();
    let mut stage = Stage::set(folder.path(), &scene, &iana.to_string()).unwrap();
    let steps = script(&story);
    stage.play(&steps[1], &|name| file(&story, name)).unwrap();
    assert_eq!(state(&stage), "awaiting_secretariat");
    rules(&mut stage, RulingVerdict::Approve);
    assert_eq!(state(&stage), "awaiting_contacts", "he is asked himself");
    stage.play(&steps[5], &|name| file(&story, name)).unwrap();
    assert_eq!(state(&stage), "done");
    let roster = stage.roster().unwrap();
    let numbers =
        roster.contacts(&"nz".parse().unwrap()).iter().map(|one| one.phone.clone().unwrap().to_string());
    assert!(numbers.collect::<Vec<_>>().contains(&"+6421555011".to_owned()));
}
