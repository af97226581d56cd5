//! Invitations: nobody gets two, no number is passed, whatever comes in between; who declined stays out until a person says so.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::SignedDuration;
use tldops::bot::Bot;
use tldops::bot::records::Records;
use tldops::domain::approach::Approach;
use tldops::domain::invited::{Outreach, Standing, invited};
use tldops::domain::regions::Regions;
use tldops::rehearsal::script;
use tldops::rehearsal::stage::{Scenery, Stage};
use tldops::world::Clock as _;

use crate::stories::{file, stories};

/// ccTLDs that are no members; two in a row have the same admin contact.
const MISSING: [&str; 16] =
    ["ad", "ae", "af", "ag", "ai", "al", "am", "ao", "ar", "as", "at", "au", "aw", "az", "ba", "bb"];
/// Invitations that the scene's policy lets leave in a day.
const PER_DAY: usize = 3;
/// Days until somebody may be invited again, by the scene's policy.
const AGAIN_DAYS: i64 = 100;

fn snapshot() -> String {
    let records = MISSING.iter().enumerate().map(|(place, tld)| {
        let email = format!("admin@registry-{}.example", place / 2);
        let contact = serde_json::json!({ "name": "Admin", "organisation": "Registry", "email": email });
        serde_json::json!({ "tld": tld, "manager": "Registry", "admin": contact, "technical": null })
    });
    serde_json::to_string(&records.collect::<Vec<_>>()).unwrap()
}

fn stage(folder: &Path) -> Stage {
    let mut scene: serde_json::Value =
        serde_json::from_str(&file(&stories().join("invited-and-joined"), "world.json").unwrap()).unwrap();
    scene["policy"] = serde_json::json!({ "invitations": {
        "per_day_max": PER_DAY, "again_days": AGAIN_DAYS, "answer_days": 90, "follow_up_days": [21, 60],
    } });
    Stage::set(folder, &scene.to_string(), &snapshot()).unwrap()
}

fn play(stage: &mut Stage, line: &str) -> Scenery {
    let steps = script::read(line).unwrap();
    assert_eq!(steps.len(), 1, "{line} is one step");
    stage.play(steps.first().unwrap(), &|_| Ok(String::new())).unwrap()
}

fn invitations(stage: &Stage) -> Vec<Approach> {
    Records::new(stage.store()).invitations().unwrap()
}

/// The mails of invitations that left.
fn asking(stage: &Stage) -> Vec<&str> {
    stage.sent().iter().map(|mail| mail.id.as_str()).filter(|id| id.starts_with("A-")).collect()
}

/// A number below `most` that looks like chance and is the same each time.
fn draw(seed: &mut u64, most: u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) % most
}

/// Each turn of a rehearsal has a program of its own, so that all this holds over restarts as well.
#[test]
fn nobody_gets_two_and_no_number_is_passed_whatever_comes_in_between() {
    for seed in 1..=6 {
        let folder = tempfile::tempdir().unwrap();
        let mut stage = stage(folder.path());
        let mut chance = seed;
        play(&mut stage, "watch");
        play(&mut stage, "invite ad ae af in batches of 1 with 6h between, 2 in all");
        for _ in 0..25 {
            let line = match draw(&mut chance, 6) {
                0 | 1 => format!("wait {}h", 1 + draw(&mut chance, 40)),
                2 => "wait 12d".to_owned(),
                3 => "watch".to_owned(),
                4 => "post down".to_owned(),
                _ => {
                    let (batch, pause) = (1 + draw(&mut chance, 4), 6 * (1 + draw(&mut chance, 6)));
                    let cap = 1 + draw(&mut chance, 6);
                    let from = usize::try_from(draw(&mut chance, 12)).unwrap();
                    let tlds = MISSING[from..].join(" ");
                    format!("invite {tlds} in batches of {batch} with {pause}h between, {cap} in all")
                }
            };
            play(&mut stage, &line);
            play(&mut stage, "post up");
        }
        let all = invitations(&stage);
        assert!(!all.is_empty(), "seed {seed} invites nobody, and shows nothing");
        check_numbers(&stage, &all, seed);
    }
}

fn check_numbers(stage: &Stage, all: &[Approach], seed: u64) {
    let again = SignedDuration::from_hours(24 * AGAIN_DAYS);
    for (place, one) in all.iter().enumerate() {
        for other in all.iter().skip(place + 1).filter(|other| other.to == one.to) {
            let between = other.asked.duration_since(one.asked);
            assert!(between >= again, "seed {seed}: {} was invited twice within {between}", one.to);
        }
    }
    for campaign in Records::new(stage.store()).campaigns().unwrap() {
        let of_it: Vec<&Approach> = all.iter().filter(|one| one.campaign == Some(campaign.id)).collect();
        let tempo = campaign.order.tempo;
        assert!(of_it.len() <= tempo.cap as usize, "seed {seed}: {campaign:?}");
        assert_eq!(of_it.len(), campaign.sent as usize, "seed {seed}");
        let pause = SignedDuration::from_hours(tempo.pause_hours.into());
        for one in &of_it {
            let near = |other: &&&Approach| {
                let after = other.asked.duration_since(one.asked);
                after >= SignedDuration::ZERO && after < pause
            };
            let batch = of_it.iter().filter(near).count();
            assert!(batch <= usize::from(tempo.batch), "seed {seed}: {batch} within {pause}");
        }
    }
    let mut moments: BTreeMap<_, usize> = BTreeMap::new();
    for one in all {
        *moments.entry(one.asked).or_default() += 1;
    }
    assert!(moments.values().all(|count| *count <= PER_DAY), "seed {seed}: {moments:?}");
    // Each invitation is one mail that left, and one for each time that it was repeated.
    let mails = asking(stage).len();
    let wanted: usize = all.iter().map(|one| 1 + usize::from(one.reminders)).sum();
    assert_eq!(mails, wanted, "seed {seed}");
}

#[test]
fn a_second_campaign_waits_for_the_first_and_a_stopped_one_reminds_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    play(&mut stage, "watch");
    play(&mut stage, "invite ad ae af ag ai in batches of 1 with 24h between, 9 in all");
    play(&mut stage, "invite ba bb in batches of 1 with 24h between, 9 in all");
    assert_eq!(Records::new(stage.store()).campaigns().unwrap().len(), 1);
    assert_eq!(invitations(&stage).len(), 1);
    assert_eq!(stage.with_bot(|bot| bot.stop_inviting("kim")).unwrap(), 2);
    for line in ["wait 20d", "watch", "wait 1d"] {
        play(&mut stage, line);
    }
    assert_eq!(asking(&stage), ["A-1.1"], "the campaign was stopped");
    assert_eq!(stage.with_bot(|bot| bot.stop_inviting("kim")).unwrap(), 0);
}

#[test]
fn what_a_person_learned_is_remembered_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    play(&mut stage, "watch");
    let ad = "ad".parse().unwrap();
    let declines = |bot: &mut Bot<'_>| bot.decline(&ad, ("kim", "said so on the telephone"));
    let forgets = |bot: &mut Bot<'_>| bot.forget_decline(&ad, "kim");
    assert!(stage.with_bot(declines).unwrap());
    assert!(!stage.with_bot(declines).unwrap(), "once is enough");
    play(&mut stage, "invite ad ae in batches of 5 with 24h between, 9 in all");
    let all = invitations(&stage);
    assert!(matches!(all.as_slice(), [one] if one.tlds == ["ae".parse().unwrap()]), "{all:?}");
    assert!(stage.with_bot(forgets).unwrap());
    assert!(!stage.with_bot(forgets).unwrap(), "there is nothing left to forget");
    // His address was invited for the other one: once in a year is enough.
    play(&mut stage, "wait 1d");
    play(&mut stage, "invite ad in batches of 5 with 24h between, 9 in all");
    assert_eq!(invitations(&stage).len(), 1);
}

#[test]
fn an_old_record_is_waited_for_and_a_mail_that_cannot_leave_is_not_written_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    play(&mut stage, "watch");
    play(&mut stage, "wait 4d");
    play(&mut stage, "invite ad ae af in batches of 1 with 24h between, 9 in all");
    assert_eq!(invitations(&stage), [], "IANA was not read for four days");
    play(&mut stage, "post down");
    play(&mut stage, "watch");
    play(&mut stage, "wait 1d");
    play(&mut stage, "wait 1h");
    assert_eq!((invitations(&stage).len(), asking(&stage)), (1, Vec::<&str>::new()));
    play(&mut stage, "post up");
    play(&mut stage, "wait 5h");
    assert_eq!(asking(&stage), ["A-1.1"]);
}

#[test]
fn the_sums_by_region_are_those_of_the_invitations() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    play(&mut stage, "watch");
    play(&mut stage, "invite ad ae ag ai ar as in batches of 3 with 24h between, 9 in all");
    let records = Records::new(stage.store());
    let now = stage.clock().now();
    let all = invited(
        &records.invitations().unwrap(),
        (&records.declines().unwrap(), &records.all_unwilling().unwrap()),
        (&stage.roster().unwrap(), now),
    );
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let outreach = Outreach::of(&all, &Regions::default(), day);
    let total: usize = outreach.by_region().values().map(tldops::domain::invited::Progress::invited).sum();
    assert_eq!((all.len(), outreach.all().invited(), total), (4, 4, 4));
    assert_eq!(outreach.all().of(Standing::Waiting), 4);
}
