//! The program is killed after every durable step of a story, started again, and must come to the same end.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::SignedDuration;
use tldops::bot::records::Records;
use tldops::rehearsal::people::fill_in;
use tldops::rehearsal::scene::Scene;
use tldops::rehearsal::script::Step;
use tldops::rehearsal::signing::sign;
use tldops::rehearsal::stage::{Stage, Watch};
use tldops::store::{Store, verify};
use tldops::world::Clock as _;

use crate::stories::{file, script, stories};

/// The child's order: the story, its folder, and after which step it dies.
const ORDER: &str = "TLDOPS_TEST_KILL";

/// What a story has come to: everything that another run must have too.
#[derive(Debug, Eq, PartialEq)]
struct End {
    roster: String,
    cases: Vec<String>,
    sent: BTreeMap<String, String>,
    waiting: usize,
}

/// Plays a story from where it was left; each step can be repeated without harm, as the world itself would repeat it.
fn perform(story: &str, folder: &Path, watch: Option<Watch>) -> Stage {
    let place = stories().join(story);
    let on_disk = watch.clone();
    let opened =
        Store::open_watched(&folder.join("store"), move |_| on_disk.iter().for_each(|watch| watch()))
            .unwrap();
    let scene = file(&place, "world.json").unwrap();
    let mut stage = Stage::set_with(folder, &scene, &file(&place, "iana.json").unwrap(), opened).unwrap();
    if let Some(watch) = watch {
        stage.watch(watch);
    }
    let start = serde_json::from_str::<Scene>(&scene).unwrap().start;
    let progress = folder.join("progress");
    let done: usize = fs::read_to_string(&progress).map_or(0, |text| text.parse().unwrap());
    let mut waited = SignedDuration::ZERO;
    for (number, step) in script(&place).iter().enumerate() {
        if let Step::Wait(span) = step {
            waited += *span;
        }
        stage.clock().set(start.checked_add(waited).unwrap());
        if number < done {
            continue;
        }
        if let Step::Mail { file: name, signatures } = step {
            let arrival = folder.join(format!("arrival-{number}.eml"));
            if !arrival.exists() {
                let template = file(&place, name).unwrap();
                let mut mail = fill_in(&template, stage.sent(), stage.clock().now()).unwrap();
                for (domain, key) in signatures {
                    mail = sign(&mail, domain, key, stage.clock().now()).unwrap();
                }
                fs::write(folder.join("unfinished"), mail).unwrap();
                fs::rename(folder.join("unfinished"), &arrival).unwrap();
            }
            stage.deliver(&fs::read(arrival).unwrap(), number as u64).unwrap();
        }
        if matches!(step, Step::Watch | Step::Invite { .. }) {
            stage.play(step, &|name| file(&place, name)).unwrap();
        }
        stage.come_to_rest().unwrap();
        fs::write(folder.join("unfinished"), (number + 1).to_string()).unwrap();
        fs::rename(folder.join("unfinished"), &progress).unwrap();
    }
    stage
}

fn end(stage: Stage, folder: &Path) -> End {
    let records = Records::new(stage.store());
    let cases = records.cases().unwrap();
    let cases =
        cases.iter().map(|case| format!("{} {} {}", case.id, case.state.name(), case.next_effect)).collect();
    let mut sent = BTreeMap::new();
    for mail in stage.sent() {
        let text = String::from_utf8_lossy(&mail.octets).into_owned();
        let subject = text.lines().find(|line| line.starts_with("Subject:")).unwrap_or_default();
        let subject = subject.split(" [C-").next().unwrap_or_default();
        let before = sent.insert(mail.id.clone(), format!("{:?} {subject}", mail.recipients));
        assert!(before.is_none(), "{} was sent twice", mail.id);
    }
    let files = fs::read_dir(folder.join("sent")).unwrap().filter_map(Result::ok);
    let files =
        files.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "eml")).count();
    assert_eq!(files, sent.len(), "a mail left that the journal does not know");
    let roster = format!("{:?}", stage.roster().unwrap());
    drop(stage);
    verify(&folder.join("store")).unwrap();
    let waiting =
        ["new", "cur"].map(|part| fs::read_dir(folder.join("mail").join(part)).map_or(0, Iterator::count));
    End { roster, cases, sent, waiting: waiting.iter().sum() }
}

/// A watch that counts, and ends the process without any farewell after so many.
fn countdown(steps: u64) -> Watch {
    let count = AtomicU64::new(0);
    Arc::new(move || {
        if count.fetch_add(1, Ordering::SeqCst) + 1 == steps {
            std::process::abort();
        }
    })
}

fn count_steps(story: &str) -> (u64, End) {
    let folder = tempfile::tempdir().unwrap();
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    let watch: Watch = Arc::new(move || {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let stage = perform(story, folder.path(), Some(watch));
    let end = end(stage, folder.path());
    (count.load(Ordering::SeqCst), end)
}

/// Kills a child after this step, then plays to the end.
fn end_after_kill(story: &str, steps: u64) -> (bool, End) {
    let folder = tempfile::tempdir().unwrap();
    let order = format!("{story}\n{steps}\n{}", folder.path().display());
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::child", "--test-threads=1"])
        .env(ORDER, order)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    let stage = perform(story, folder.path(), None);
    (!status.success(), end(stage, folder.path()))
}

/// The child of the tests below; it does nothing unless they order it to.
#[test]
fn child() {
    let Some(order) = std::env::var_os(ORDER).and_then(|order| order.into_string().ok()) else { return };
    let mut lines = order.splitn(3, '\n');
    let (story, steps, folder) = (lines.next().unwrap(), lines.next().unwrap(), lines.next().unwrap());
    perform(story, Path::new(folder), Some(countdown(steps.parse().unwrap())));
}

fn check(story: &'static str, every: usize) {
    let (steps, undisturbed) = count_steps(story);
    assert!(steps > 20, "{story} has only {steps} durable steps: nothing is watched");
    let next = AtomicU64::new(1);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let step = next.fetch_add(every as u64, Ordering::SeqCst);
                    if step > steps {
                        return;
                    }
                    let (killed, end) = end_after_kill(story, step);
                    assert!(killed, "{story}: the child was not killed after step {step} of {steps}");
                    assert_eq!(end, undisturbed, "{story}, killed after step {step} of {steps}");
                }
            });
        }
    });
}

#[test]
fn a_story_killed_after_each_durable_step_ends_the_same() {
    check("change-of-phone", 1);
}

#[test]
fn a_long_story_killed_here_and_there_ends_the_same() {
    check("subscribe-confirmed", 11);
}

#[test]
fn a_mail_with_two_cases_killed_in_between_opens_each_once() {
    check("two-admin-contacts", 5);
}

#[test]
fn a_batch_of_invitations_killed_in_between_goes_on_and_nobody_gets_two() {
    check("invitation-declined", 4);
}
