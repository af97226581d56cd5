//! Caps on what strangers can make us send: none of them is widened by writing from many addresses.

use jiff::SignedDuration;
use tldops::domain::event::RulingVerdict;
use tldops::rehearsal::script::Step;
use tldops::rehearsal::stage::Stage;

use crate::order_of_checks::{ADMIN, US, arrives, stage};

const SECRETARIAT: &str = "secretariat@ops.example";

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
    // The second mail is the one that tells the secretariat; the third tells nobody.
    assert_eq!(helped, [1, 1, 0]);
    assert_eq!(subjects(&stage, 1, SECRETARIAT).len(), 1);
    wait(&mut stage, 7 * 24 - 1);
    assert_eq!(help_for(&mut stage, "eve", 4), 1);
    assert_eq!(subjects(&stage, 2, SECRETARIAT).len(), 1);
    wait(&mut stage, 1);
    assert_eq!(help_for(&mut stage, "eve+3", 5), 1);
}

#[test]
fn help_goes_to_so_many_of_a_domain_in_a_week_and_counts_that_have_decayed_are_swept() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    let helped: usize = (0..HELP_TO_DOMAIN + 3).map(|id| help_for(&mut stage, &format!("e{id}x"), id)).sum();
    // One mail more tells the secretariat.
    assert_eq!(helped, HELP_TO_DOMAIN + 1);
    let counts = |stage: &Stage| {
        tldops::bot::records::Records::new(stage.store()).counters("spent/help/").unwrap().len()
    };
    assert_eq!(counts(&stage), HELP_TO_DOMAIN);
    wait(&mut stage, 8 * 24);
    assert_eq!(help_for(&mut stage, "late", 99), 1);
    assert_eq!(counts(&stage), 1);
}

/// A stranger asks for something for .nl, with the admin contact in Cc; how many mails the admin contact gets.
fn copied_request(stage: &mut Stage, id: usize) -> usize {
    let from = "dana@consulting.example";
    let mail = format!(
        "From: {from}\nTo: {US}\nCc: {ADMIN}\nSubject: Contacts of .nl\nDate: {{date}}\n\
         Message-ID: <{id}@consulting.example>\n\nPlease add this contact for .nl:\n\n\
         Name: Joost Terpstra\nEmail: joost{id}@nic-nl.example\nPhone: +31 26 352 55 0{id}\n"
    );
    let scenery = arrives(stage, from, &mail);
    scenery.left.iter().filter(|mail| mail.recipients == [ADMIN.parse().unwrap()]).count()
}

fn approve(stage: &mut Stage, case: &str) {
    let step =
        Step::Rule { verdict: RulingVerdict::Approve, case: case.to_owned(), note: "they know".to_owned() };
    stage.play(&step, &|_| anyhow::bail!("a ruling reads no file")).unwrap();
}

/// The subjects of what left since this many mails had, to this person.
fn subjects(stage: &Stage, since: usize, to: &str) -> Vec<String> {
    let to = to.parse().unwrap();
    let mails = stage.sent()[since..].iter().filter(|mail| mail.recipients.contains(&to));
    let subject = |octets: &[u8]| {
        let parsed = mail_parser::MessageParser::default().parse(octets).unwrap();
        parsed.subject().unwrap().split(" [C-").next().unwrap().to_owned()
    };
    mails.map(|mail| subject(&mail.octets)).collect()
}

#[test]
fn an_admin_contact_whom_strangers_copy_gets_so_many_mails_in_a_day_with_reminders() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    assert_eq!(copied_request(&mut stage, 1), 1);
    wait(&mut stage, 5 * 24 - 4);
    // Beside an open request others wait for a person; he lets them go on.
    for (id, case) in [(2, "R-2"), (3, "R-3")] {
        assert_eq!(copied_request(&mut stage, id), 0);
        let before = stage.sent().len();
        approve(&mut stage, case);
        assert_eq!(subjects(&stage, before, ADMIN), ["[TLD-OPS] Please confirm: subscribe .nl"]);
    }
    let before = stage.sent().len();
    wait(&mut stage, 4);
    assert_eq!(subjects(&stage, before, ADMIN), Vec::<String>::new());
    let limit = "[TLD-OPS] A limit is reached: some mails are not answered";
    assert_eq!(subjects(&stage, before, SECRETARIAT), [limit]);
    // Another request on that day is kept back, too, and that is told once.
    let before = stage.sent().len();
    assert_eq!((copied_request(&mut stage, 4), copied_request(&mut stage, 5)), (0, 0));
    assert_eq!(subjects(&stage, before, SECRETARIAT), [limit]);
    wait(&mut stage, 5 * 24);
    assert!(subjects(&stage, before, ADMIN).iter().all(|subject| subject.contains("Reminder")));
}

/// Whoever forges can cause two requests a day for each ccTLD: those that nobody answers are not there for months.
#[test]
fn what_nothing_proves_and_nobody_answers_ends_soon_unless_somebody_deals_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let standing = |set: &Stage, id: u64| {
        let case = tldops::bot::records::Records::new(set.store()).case(tldops::domain::case::CaseId(id));
        case.unwrap().unwrap().state.name()
    };
    let request = |from: &str, id: &str| {
        format!(
            "From: {from}\nTo: {US}\nSubject: Contacts of .nl\nDate: {{date}}\n\
             Message-ID: <{id}@nic-nl.example>\n\nPlease add this contact for .nl:\n\nName: Joost Terpstra\n\
             Email: joost@nic-nl.example\nPhone: +31 26 352 55 00\n"
        )
    };
    let unsigned = Step::Mail { file: "mail.eml".to_owned(), signatures: Vec::new() };
    for (signed, taken, ends) in [(false, false, true), (false, true, false), (true, false, false)] {
        let mut set = stage(&folder.path().join(format!("{signed}-{taken}")));
        if signed {
            arrives(&mut set, ADMIN, &request(ADMIN, "1"));
        } else {
            set.play(&unsigned, &|_| Ok(request(ADMIN, "1"))).unwrap();
        }
        wait(&mut set, 15 * 24);
        assert_eq!(standing(&set, 1), "awaiting_secretariat");
        if taken {
            let step =
                Step::Rule { verdict: RulingVerdict::Take, case: "R-1".to_owned(), note: String::new() };
            set.play(&step, &|_| anyhow::bail!("a ruling reads no file")).unwrap();
        }
        wait(&mut set, 14 * 24 - 1);
        assert_eq!(standing(&set, 1), "awaiting_secretariat");
        wait(&mut set, 1);
        assert_eq!(standing(&set, 1) == "expired", ends, "signed {signed}, taken {taken}");
        wait(&mut set, 76 * 24);
        assert_eq!(standing(&set, 1), "expired");
    }
}

/// The admin contact answers a question with these words, unsigned.
fn answers(stage: &mut Stage, question: usize, words: &str, id: usize) {
    let octets = stage.sent()[question].octets.clone();
    let asked = mail_parser::MessageParser::default().parse(&octets).unwrap();
    let to = asked.reply_to().unwrap().first().unwrap().address().unwrap().to_owned();
    let mail = format!(
        "From: {ADMIN}\nTo: {to}\nSubject: Re: {}\nDate: {{date}}\n\
         Message-ID: <answer-{id}@nic-nl.example>\n\n{words}\n",
        asked.subject().unwrap()
    );
    let step = Step::Mail { file: "mail.eml".to_owned(), signatures: Vec::new() };
    stage.play(&step, &|_| Ok(mail.clone())).unwrap();
}

#[test]
fn who_said_stop_is_not_reminded_of_other_requests_that_copied_him() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    assert_eq!((copied_request(&mut stage, 1), copied_request(&mut stage, 2)), (1, 0));
    let second = stage.sent().len();
    approve(&mut stage, "R-2");
    assert_eq!(subjects(&stage, second, ADMIN), ["[TLD-OPS] Please confirm: subscribe .nl"]);
    let stopped = stage.sent().len();
    answers(&mut stage, 0, "STOP", 1);
    // One mail says both that it is refused and that no more come.
    assert_eq!(subjects(&stage, stopped, ADMIN), ["[TLD-OPS] No more questions by copy: .nl"]);
    let told = stage.sent().len();
    wait(&mut stage, 10 * 24);
    assert_eq!((copied_request(&mut stage, 3), copied_request(&mut stage, 4)), (0, 0));
    assert_eq!(stage.sent().len(), told, "{:?}", subjects(&stage, told, SECRETARIAT));
    // What he was asked before, he may still agree to.
    answers(&mut stage, second, "YES", 2);
    assert_eq!(subjects(&stage, told, "joost2@nic-nl.example").len(), 1);
    // A second STOP says nothing new to anybody but to that request.
    let again = stage.sent().len();
    answers(&mut stage, 0, "STOP", 3);
    assert_eq!(subjects(&stage, again, SECRETARIAT), Vec::<String>::new());
}
