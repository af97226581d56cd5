//! The registers are compared by themselves, and the secretariat hears of it where something differs, once a month of the same.

use std::path::Path;

use jiff::SignedDuration;
use tldops::bot::reconciling::{Others, ReconciliationPolicy};
use tldops::domain::cctlds::KnownTlds;
use tldops::reading::registers::{self, File};
use tldops::rehearsal::script::Step;
use tldops::rehearsal::stage::Stage;

use crate::importing::read;
use crate::stories::{file, stories};

const POLICY: ReconciliationPolicy = ReconciliationPolicy { every_days: 7, again_days: 30 };

fn stage(folder: &Path) -> Stage {
    let scene = file(&stories(), "world.json").unwrap();
    Stage::set(folder, &scene, &file(&stories(), "iana.json").unwrap()).unwrap()
}

/// The registers are compared if that is due.
pub(crate) fn compare_when_due(stage: &mut Stage, others: Others) {
    stage
        .with_bot(|bot| {
            if bot.reconciliation_is_due(POLICY)? {
                bot.reconcile(others, POLICY)?;
            }
            Ok(())
        })
        .unwrap();
}

/// So many days go by; each day the registers are compared if that is due, with this spreadsheet.
fn days(stage: &mut Stage, count: usize, sheet: &str) {
    let others =
        Others { registers: vec![read("sheet.csv", sheet.as_bytes()).unwrap()], ..Others::default() };
    days_beside(stage, count, &others);
}

fn days_beside(stage: &mut Stage, count: usize, others: &Others) {
    for _ in 0..count {
        let step = Step::Wait(SignedDuration::from_hours(24));
        stage.play(&step, &|name| file(&stories(), name)).unwrap();
        compare_when_due(stage, others.clone());
        stage.come_to_rest().unwrap();
    }
}

/// The mails about it, each without its line breaks.
fn told(stage: &Stage) -> Vec<String> {
    let texts = stage.sent().iter().map(|mail| String::from_utf8(mail.octets.clone()).unwrap());
    let folded = |text: String| text.replace("=\r\n", "").split_whitespace().collect::<Vec<_>>().join(" ");
    texts.map(folded).filter(|text| text.contains("The registers differ")).collect()
}

#[test]
fn a_difference_is_told_once_and_again_after_a_month_or_when_it_is_another() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    let roster = stage.roster().unwrap();
    let repository = tldops::domain::repository::Repository { roster, ..Default::default() };
    let same = tldops::writing::repository::rows::write(&repository);
    let other = same.replace("+64 21884106", "+64 21884107");
    assert_ne!(same, other);
    days(&mut stage, 8, &same);
    assert_eq!(told(&stage).len(), 0, "nothing differs");
    days(&mut stage, 8, &other);
    let first = told(&stage);
    assert_eq!(first.len(), 1);
    for want in
        ["Wiremu Parata", "the store: phone +6421884106", "phone +6421884107", "not certain which is newer"]
    {
        assert!(first[0].contains(want), "{want}: {}", first[0]);
    }
    days(&mut stage, 20, &other);
    assert_eq!(told(&stage).len(), 1, "the same within a month is not told");
    days(&mut stage, 14, &other);
    assert_eq!(told(&stage).len(), 2, "and is told after it");
    let third = other.replace("+64 21884107", "+64 21884108");
    days(&mut stage, 8, &third);
    assert_eq!(told(&stage).len(), 3, "another difference is told at once");
    days(&mut stage, 8, &same);
    days(&mut stage, 8, &third);
    assert_eq!(told(&stage).len(), 4, "what was mended and comes again is told again");
}

#[test]
fn a_page_that_lists_what_is_no_cctld_is_told_once_a_month() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    let members: Vec<String> = stage.roster().unwrap().iter().map(|(tld, _)| format!(".{tld}\n")).collect();
    let text = format!("{}.qq\n", members.concat());
    let file = File { name: "members.txt", octets: text.as_bytes(), charset: None };
    let page = registers::page(&file, &KnownTlds::built_in()).unwrap();
    let others = Others { page: Some(("members.txt".to_owned(), page)), ..Others::default() };
    days_beside(&mut stage, 20, &others);
    let told = told(&stage);
    assert_eq!(told.len(), 1, "{told:?}");
    for want in ["Without a ccTLD", "the page members.txt: lists .qq", "to do: correct the page"] {
        assert!(told[0].contains(want), "{want}: {}", told[0]);
    }
}
