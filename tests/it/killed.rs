//! The program is killed after every durable step of a story, started again, and must come to the same end.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use tldops::bot::records::Records;
use tldops::rehearsal::people::fill_in;
use tldops::rehearsal::scene::Scene;
use tldops::rehearsal::script::Step;
use tldops::rehearsal::signing::sign;
use tldops::rehearsal::stage::{Stage, Watch};
use tldops::store::{Shelf, Store, verify};
use tldops::world::Clock as _;

use crate::stories::{file, script, stories};

/// The child's order: what is played, its folder, and after which step it dies.
const ORDER: &str = "TLDOPS_TEST_KILL";

/// What is played: how the stage is set, and what happens on it, each at its time after the start. Each step can be repeated
/// without harm, as the world itself would repeat it.
pub(crate) struct Play {
    pub(crate) scene: String,
    pub(crate) iana: String,
    pub(crate) steps: Vec<(SignedDuration, Happens)>,
    /// What holds of the folder right after a kill.
    pub(crate) holds: fn(&Path),
}

/// A step of a play.
pub(crate) type Happens = Box<dyn Fn(&mut Stage, &Path)>;

/// What a play has come to: everything that another run must have too.
#[derive(Debug, Eq, PartialEq)]
struct End {
    roster: String,
    cases: Vec<String>,
    approaches: Vec<String>,
    to_call: Vec<String>,
    sent: BTreeMap<String, String>,
    waiting: usize,
    /// Mails on each shelf: those that were let go are gone, and no others.
    shelves: [usize; 3],
}

/// A story, or one of the plays of the registers.
fn play_of(name: &str) -> Play {
    if let Some(play) = crate::killed_registers::play_of(name) {
        return play;
    }
    let place = stories().join(name);
    let mut waited = SignedDuration::ZERO;
    let mut steps: Vec<(SignedDuration, Happens)> = Vec::new();
    for (number, step) in script(&place).into_iter().enumerate() {
        if let Step::Wait(span) = step {
            waited += span;
        }
        let story = place.clone();
        let happens = move |stage: &mut Stage, folder: &Path| match &step {
            Step::Mail { file: name, signatures } => {
                let template = file(&story, name).unwrap();
                arrives(stage, folder, (&template, signatures), number);
            }
            Step::Iana(_) | Step::Watch | Step::Invite { .. } => {
                drop(stage.play(&step, &|name| file(&story, name)).unwrap());
            }
            Step::Chapter(_) | Step::Wait(_) => {}
            // What is settled already stays so: the second time says that there is nothing to settle.
            Step::Settle { .. } => drop(stage.play(&step, &|name| file(&story, name))),
            Step::Replay { .. } | Step::Rule { .. } | Step::Post(_) | Step::Dns(_) => {
                unreachable!("this cannot be done twice without harm")
            }
        };
        steps.push((waited, Box::new(happens)));
    }
    let text = |name: &str| file(&place, name).unwrap();
    Play { scene: text("world.json"), iana: text("iana.json"), steps, holds: |_| {} }
}

/// A mail comes in: the same octets each time.
fn arrives(stage: &Stage, folder: &Path, (template, signatures): (&str, &[(String, String)]), number: usize) {
    let arrival = folder.join(format!("arrival-{number}.eml"));
    if !arrival.exists() {
        let mut mail = fill_in(template, stage.sent(), stage.clock().now()).unwrap();
        for (domain, key) in signatures {
            mail = sign(&mail, domain, key, stage.clock().now()).unwrap();
        }
        fs::write(folder.join("unfinished"), mail).unwrap();
        fs::rename(folder.join("unfinished"), &arrival).unwrap();
    }
    stage.deliver(&fs::read(arrival).unwrap(), number as u64).unwrap();
}

/// Plays from where it was left.
fn perform(play: &Play, folder: &Path, watch: Option<Watch>) -> Stage {
    let on_disk = watch.clone();
    let opened =
        Store::open_watched(&folder.join("store"), move |_| on_disk.iter().for_each(|watch| watch()))
            .unwrap();
    let mut stage = Stage::set_with(folder, &play.scene, &play.iana, opened).unwrap();
    if let Some(watch) = watch {
        stage.watch(watch);
    }
    let start = serde_json::from_str::<Scene>(&play.scene).unwrap().start;
    let progress = folder.join("progress");
    let done: usize = fs::read_to_string(&progress).map_or(0, |text| text.parse().unwrap());
    for (number, (waited, happens)) in play.steps.iter().enumerate() {
        stage.clock().set(start.checked_add(*waited).unwrap());
        if number < done {
            continue;
        }
        happens(&mut stage, folder);
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
    let roster = stage.roster().unwrap();
    let approaches =
        records.open_approaches().unwrap().into_iter().chain(records.ended_approaches().unwrap());
    let approaches =
        approaches.map(|one| format!("{} {} {:?} {}", one.id, one.to, one.ended, one.next_effect));
    let approaches = approaches.collect();
    let silent = records.all_stale(&roster, &records.confirmations().unwrap()).unwrap();
    let to_call = silent.iter().map(|one| one.in_words(&roster)).collect();
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
    let roster = format!("{roster:?}");
    // A program that starts once more carries to its end what a stop had cut off.
    let mut stage = stage;
    stage.come_to_rest().unwrap();
    let shelves = Shelf::ALL.map(|shelf| stage.store().mails(shelf).unwrap().len());
    drop(stage);
    verify(&folder.join("store")).unwrap();
    let waiting =
        ["new", "cur"].map(|part| fs::read_dir(folder.join("mail").join(part)).map_or(0, Iterator::count));
    End { roster, cases, approaches, to_call, sent, waiting: waiting.iter().sum(), shelves }
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

fn count_steps(play: &Play) -> (u64, End) {
    let folder = tempfile::tempdir().unwrap();
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    let watch: Watch = Arc::new(move || {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let stage = perform(play, folder.path(), Some(watch));
    let end = end(stage, folder.path());
    (count.load(Ordering::SeqCst), end)
}

/// Kills a child after this step, then plays to the end.
fn end_after_kill(name: &str, steps: u64) -> (bool, End) {
    let folder = tempfile::tempdir().unwrap();
    let order = format!("{name}\n{steps}\n{}", folder.path().display());
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::child", "--test-threads=1"])
        .env(ORDER, order)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    let play = play_of(name);
    (play.holds)(folder.path());
    let stage = perform(&play, folder.path(), None);
    (!status.success(), end(stage, folder.path()))
}

/// The child of the tests below; it does nothing unless they order it to.
#[test]
fn child() {
    let Some(order) = std::env::var_os(ORDER).and_then(|order| order.into_string().ok()) else { return };
    let mut lines = order.splitn(3, '\n');
    let (name, steps, folder) = (lines.next().unwrap(), lines.next().unwrap(), lines.next().unwrap());
    perform(&play_of(name), Path::new(folder), Some(countdown(steps.parse().unwrap())));
}

/// Kills it after every so many of its durable steps.
fn check(name: &'static str, every: u64) {
    let (steps, undisturbed) = count_steps(&play_of(name));
    assert!(steps > 20, "{name} has only {steps} durable steps: nothing is watched");
    kill_after_each(name, (1..=steps).step_by(usize::try_from(every).unwrap()), &undisturbed);
}

/// The same so many times, at steps that lie evenly over all of it.
pub(crate) fn check_spread(name: &'static str, kills: u64) {
    let (steps, undisturbed) = count_steps(&play_of(name));
    assert!(steps > 2, "{name} has only {steps} durable steps: nothing is watched");
    let kills = kills.min(steps);
    kill_after_each(name, (1..=kills).map(|kill| kill * steps / kills), &undisturbed);
}

fn kill_after_each(name: &'static str, steps: impl Iterator<Item = u64> + Send, undisturbed: &End) {
    let steps = Mutex::new(steps);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let step = steps.lock().unwrap().next();
                    let Some(step) = step else { return };
                    let (killed, end) = end_after_kill(name, step);
                    assert!(killed, "{name}: the child was not killed after step {step}");
                    assert_eq!(end, *undisturbed, "{name}, killed after step {step}");
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
fn what_is_let_go_over_years_goes_once_wherever_it_is_killed() {
    check("let-go", 13);
}

#[test]
fn a_mail_with_two_cases_killed_in_between_opens_each_once() {
    check("two-admin-contacts", 5);
}

#[test]
fn a_batch_of_invitations_killed_in_between_goes_on_and_nobody_gets_two() {
    check("invitation-declined", 4);
}
