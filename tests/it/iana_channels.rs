//! IANA's channels against servers on loopback: what agrees is believed, and nothing else brings anything down.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use tldops::domain::channel::{Channel, Judgement};
use tldops::domain::registry::RegistryAnswer;
use tldops::domain::remembered::{Reading, Remembered};
use tldops::domain::tld::Tld;
use tldops::shell::clock::FixedClock;
use tldops::shell::iana::channels::Channels;
use tldops::world::Registry as _;

use crate::iana_server::{Answer, Iana};

/// A registry that asks these servers, and the clock that it looks at.
fn registry(iana: &Iana) -> (Channels, FixedClock) {
    let clock = FixedClock::new("2026-11-20T00:00:00Z".parse().unwrap());
    let registry = Channels::open(&iana.settings(), BTreeMap::new(), Box::new(clock.clone())).unwrap();
    (registry, clock)
}

fn nl() -> Tld {
    "nl".parse().unwrap()
}

fn told(answer: &RegistryAnswer) -> String {
    match answer {
        RegistryAnswer::Found(record) => record.admin_email().map_or("none".to_owned(), ToString::to_string),
        RegistryAnswer::Absent => "absent".to_owned(),
        RegistryAnswer::Unreachable(why) => format!("unreachable: {why}"),
        RegistryAnswer::Doubtful(why) => format!("doubtful: {why}"),
    }
}

/// What is said of `.nl` by servers that a test has spoilt, and what was read.
fn read(spoil: impl FnOnce(&Iana)) -> (String, Reading) {
    let iana = Iana::start();
    spoil(&iana);
    let (mut registry, _) = registry(&iana);
    let answer = told(&registry.record_anew(&nl()));
    let mut readings = registry.take_readings();
    assert_eq!(readings.len(), 1);
    (answer, readings.remove(0))
}

/// The channels that a belief rests on, and the notes of the silent ones.
fn believed(reading: &Reading) -> (Vec<Channel>, String) {
    match &reading.judgement {
        Judgement::Believed(believed) => {
            (believed.sources.iter().map(|source| source.channel).collect(), believed.notes.join("; "))
        }
        Judgement::Unreachable(why) | Judgement::Doubtful(why) => {
            (Vec::new(), format!("not believed: {why}"))
        }
    }
}

#[test]
fn channels_that_agree_are_believed_and_their_answers_are_kept() {
    let (answer, reading) = read(|_| ());
    assert_eq!(answer, "admin@registry-nl.example");
    assert_eq!(believed(&reading), (vec![Channel::Rdap, Channel::Page, Channel::Whois], String::new()));
    assert_eq!(reading.raw.len(), 3);
    let Judgement::Believed(believed) = &reading.judgement else { panic!("not believed") };
    let digests: Vec<_> = believed.sources.iter().filter_map(|source| source.raw).collect();
    let kept: Vec<_> = reading.raw.iter().map(|raw| tldops::domain::digest::Digest::of(raw)).collect();
    assert_eq!(digests, kept);
    assert_eq!(believed.sources.iter().filter(|source| source.authenticated).count(), 2);
}

#[test]
fn a_channel_that_contradicts_makes_it_doubtful_even_one_that_proves_nothing() {
    let other =
        include_str!("../../fixtures/iana/nl.whois.txt").replace("Admin@registry-nl", "mallory@elsewhere");
    let (answer, _) = read(|iana| iana.whois.answers(Answer::Raw(other.into_bytes())));
    assert_eq!(
        answer,
        "doubtful: the administrative contact's address differs: RDAP gives admin@registry-nl.example, the web page gives \
         admin@registry-nl.example, WHOIS gives mallory@elsewhere.example"
    );
}

#[test]
fn channels_that_are_down_are_noted() {
    let (answer, reading) = read(|iana| {
        iana.rdap.answers(Answer::Status(503));
        iana.whois.answers(Answer::Closed);
    });
    assert_eq!(answer, "admin@registry-nl.example");
    let (channels, notes) = believed(&reading);
    assert_eq!(channels, [Channel::Page]);
    assert!(notes.starts_with("RDAP: it answers with the status 503; WHOIS: "), "{notes}");
}

#[test]
fn zero_objects_and_silence_never_mean_that_there_is_no_contact() {
    let zero = include_bytes!("../../fixtures/iana/tp.zero-objects.whois.txt").to_vec();
    let (answer, reading) = read(|iana| iana.whois.answers(Answer::Raw(zero.clone())));
    assert_eq!(answer, "admin@registry-nl.example");
    assert_eq!(believed(&reading).1, "WHOIS: it says that it has 0 objects");
    let (answer, _) = read(|iana| {
        iana.whois.answers(Answer::Raw(zero));
        iana.rdap.answers(Answer::Status(404));
        iana.page.answers(Answer::Raw(Vec::new()));
    });
    assert_eq!(
        answer,
        "unreachable: RDAP: it answers with the status 404; the web page: it is empty; WHOIS: it says that it has 0 objects"
    );
}

#[test]
fn whois_alone_is_not_believed() {
    let (answer, _) = read(|iana| {
        iana.rdap.answers(Answer::Closed);
        iana.page.answers(Answer::Closed);
    });
    assert!(
        answer.starts_with("unreachable: WHOIS: it answers, but anybody could have written that answer"),
        "{answer}"
    );
}

#[test]
fn an_answer_that_drips_or_has_no_end_is_given_up() {
    let (answer, reading) = read(|iana| {
        iana.rdap.answers(Answer::Drip);
        iana.whois.answers(Answer::Drip);
    });
    assert_eq!(answer, "admin@registry-nl.example");
    let (channels, notes) = believed(&reading);
    assert_eq!(channels, [Channel::Page]);
    assert!(notes.contains("RDAP: ") && notes.contains("WHOIS: no answer came in time"), "{notes}");
    let (answer, reading) = read(|iana| {
        iana.page.answers(Answer::Huge(10 * 1024 * 1024));
        iana.whois.answers(Answer::Huge(10 * 1024 * 1024));
    });
    assert_eq!(answer, "admin@registry-nl.example");
    assert_eq!(
        believed(&reading).1,
        "the web page: the answer has more than 524288 octets; WHOIS: the answer has more than 65536 octets"
    );
}

#[test]
fn a_redirect_stays_within_its_host() {
    let (_, reading) = read(|iana| {
        let elsewhere = format!("https://localhost:{}/domain/nl", iana.rdap.address.port());
        iana.rdap.answers(Answer::Redirect(elsewhere));
        iana.page.answers(Answer::Redirect(format!("https://{}/again", iana.page.address)));
    });
    let Judgement::Unreachable(why) = &reading.judgement else { panic!("{:?}", reading.judgement) };
    assert!(why.contains("it redirects to another host"), "{why}");
    assert!(why.contains("it redirects again and again"), "{why}");
}

#[test]
fn a_certificate_of_another_authority_or_for_another_name_proves_nothing() {
    let (answer, _) = read(Iana::distrust);
    assert!(answer.starts_with("unreachable: ") && answer.contains("certificate"), "{answer}");
    let iana = Iana::start_as("elsewhere.example");
    let (mut registry, _) = registry(&iana);
    let answer = told(&registry.record_anew(&nl()));
    assert!(answer.starts_with("unreachable: ") && answer.contains("certificate"), "{answer}");
    assert_eq!(iana.rdap.asked(), [], "nothing is asked of who cannot prove his name");
}

#[test]
fn what_did_not_change_is_not_sent_again() {
    let iana = Iana::start();
    let (mut registry, clock) = registry(&iana);
    registry.record_anew(&nl());
    assert_eq!(iana.rdap.asked()[0].condition, None);
    clock.advance(SignedDuration::from_hours(30));
    assert_eq!(told(&registry.record_anew(&nl())), "admin@registry-nl.example");
    assert!(iana.rdap.asked()[0].condition.is_some());
    assert!(iana.page.asked()[1].condition.is_some());
    let readings = registry.take_readings();
    assert_eq!(readings[1].raw.len(), 1, "only WHOIS was sent again");
    iana.publish("nl", "new@registry-nl.example");
    assert_eq!(told(&registry.record_anew(&nl())), "new@registry-nl.example");
}

#[test]
fn a_young_record_is_not_asked_for_again_and_an_old_one_is() {
    let iana = Iana::start();
    let (mut registry, clock) = registry(&iana);
    assert_eq!(told(&registry.record(&nl())), "admin@registry-nl.example");
    clock.advance(SignedDuration::from_hours(23));
    iana.publish("nl", "new@registry-nl.example");
    assert_eq!(told(&registry.record(&nl())), "admin@registry-nl.example");
    assert_eq!(iana.whois.asked().len(), 1);
    clock.advance(SignedDuration::from_hours(1));
    assert_eq!(told(&registry.record(&nl())), "new@registry-nl.example");
    assert_eq!(registry.administered_by(&"NEW@registry-nl.example".parse().unwrap()), [nl()]);
}

#[test]
fn what_was_remembered_goes_on_after_a_restart() {
    let iana = Iana::start();
    let (mut first, clock) = registry(&iana);
    first.record(&nl());
    let (memory, _) = Remembered::default().after(&first.take_readings()[0]);
    iana.whois.asked();
    let memory = BTreeMap::from([(nl(), memory)]);
    let mut second = Channels::open(&iana.settings(), memory, Box::new(clock)).unwrap();
    assert_eq!(told(&second.record(&nl())), "admin@registry-nl.example");
    assert_eq!(second.tlds(), [nl()]);
    assert_eq!(iana.whois.asked(), []);
}

#[test]
fn a_mail_that_names_every_cctld_does_not_flood_iana() {
    let iana = Iana::start();
    let (mut registry, clock) = registry(&iana);
    let tlds: Vec<Tld> =
        ('a'..='z').flat_map(|a| ["x", "y", "z"].map(|b| format!("{a}{b}").parse().unwrap())).collect();
    let last = tlds.iter().map(|tld| told(&registry.record(tld))).last().unwrap();
    assert_eq!(last, "unreachable: too many ccTLDs were asked for within the last hour");
    assert_eq!(iana.whois.asked().len(), 40);
    registry.record(&tlds[0]);
    assert_eq!(iana.whois.asked(), [], "what could not be read a moment ago is not asked for again");
    clock.advance(SignedDuration::from_hours(1));
    assert_eq!(told(&registry.record(&nl())), "admin@registry-nl.example");
}

#[test]
fn the_list_of_tlds_is_read_and_asked_for_only_where_it_changed() {
    let iana = Iana::start();
    let (mut registry, _) = registry(&iana);
    assert!(registry.listed().unwrap().contains(&nl()));
    assert!(registry.listed().unwrap().contains(&nl()));
    assert_eq!(iana.list.asked().iter().filter(|asked| asked.condition.is_some()).count(), 1);
    iana.list_tlds(&["be"]);
    assert!(!registry.listed().unwrap().contains(&nl()));
    iana.list.answers(Answer::Raw(b"# Version 2\nBE\n".to_vec()));
    assert_eq!(registry.listed(), Err("the list of TLDs cannot be used: it has only 1 TLDs".to_owned()));
}
