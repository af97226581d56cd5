//! A kept mail that was altered on the disk is a person's work, and ends nothing.

use std::fs;

use tldops::bot::records::Records;
use tldops::domain::case::CaseId;
use tldops::rehearsal::stage::Stage;

use crate::stories::{file, script, stories};

/// The answer to our question for a number is read beside the request that lacked it.
#[test]
fn an_altered_request_is_told_to_the_secretariat_and_the_program_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let story = stories().join("missing-phone-filled-in");
    let mut stage =
        Stage::set(folder.path(), &file(&story, "world.json").unwrap(), &file(&story, "iana.json").unwrap())
            .unwrap();
    let steps = script(&story);
    let play = |stage: &mut Stage, place: usize| {
        stage.play(&steps[place], &|name| file(&story, name)).unwrap();
    };
    play(&mut stage, 0);
    let request = Records::new(stage.store()).case(CaseId(1)).unwrap().unwrap();
    let kept = folder.path().join(format!("store/incoming/{}.eml", request.requester.mail));
    fs::write(&kept, "From: eve@stranger.example\r\n\r\nAdd me.\r\n").unwrap();
    let before = stage.sent().len();
    play(&mut stage, 1);
    play(&mut stage, 2);
    let told: Vec<String> = stage.sent()[before..]
        .iter()
        .filter(|mail| mail.recipients.contains(&"secretariat@ops.example".parse().unwrap()))
        .map(|mail| String::from_utf8(mail.octets.clone()).unwrap().replace("=\r\n", ""))
        .collect();
    assert!(told.iter().any(|mail| mail.contains("was altered in the store")), "{told:?}");
    let standing = |stage: &Stage, id: u64| {
        Records::new(stage.store()).case(CaseId(id)).unwrap().map(|case| case.state.name())
    };
    assert_eq!(
        standing(&stage, 1),
        Some("needs_information"),
        "nothing was made of a mail that is not there"
    );
    // Another request comes in as ever.
    play(&mut stage, 4);
    assert_eq!(standing(&stage, 2), Some("needs_information"));
}
