//! The secretariat's rulings, the change itself, and the ends.

use crate::domain::because::Because;
use crate::domain::case::{Case, Resume, State, Step, issued_tokens};
use crate::domain::contact::{Contact, Rank};
use crate::domain::decide::{approval, next_moment};
use crate::domain::event::{Decision, Effect, Event, RulingVerdict, Word};
use crate::domain::notice::Notice;
use crate::domain::plan::Doubt;
use crate::domain::policy::Policy;
use crate::domain::registry::{IanaRecord, RegistryAnswer};
use crate::domain::request::{Action, Change, Named, Request};
use crate::domain::tests_sample::{
    ADMIN, IVAN, JANE, MAILBOX, OMAR, STRANGER, ZOE, after, answers, at, awaiting_admin, awaiting_ivan,
    awaiting_secretariat, changing, check, checking, contact, copied, day, entry, every_state, failed, found,
    mail, named, needs_information, opened, order, record, request, rules, says, shown, start, step,
    unchanged, unsigned, zoe,
};

const HELD: [&str; 2] =
    ["handed_to_secretariat -> awaiting_secretariat", "escalation to secretariat [ruling]"];
const CONFIRM: &str = "confirm-admin to admin@registry.example [admin]";

fn read(answers: Vec<RegistryAnswer>, entries: Vec<Vec<Contact>>) -> Event {
    Event::RegistryRead { answers, entries, frozen: Vec::new() }
}

/// The case after a decision that hands it over, and where it goes on.
#[track_caller]
fn held(case: &Case, event: &Event, resume: Resume) -> Case {
    let next = check(case, event, start(), &HELD);
    let State::AwaitingSecretariat(escalation) = &next.state else {
        panic!("it was to be handed over");
    };
    assert_eq!(escalation.resume, resume);
    next
}

#[test]
fn a_change_is_permitted_only_when_all_have_agreed() {
    let case = changing();
    assert!(approval(&case).is_some());
    for missing in 0..case.consents.len() {
        let mut spoiled = case.clone();
        spoiled.consents.remove(missing);
        assert!(approval(&spoiled).is_none());
    }
    let as_contact = |mut case: Case, step: Step| {
        case.consents.iter_mut().for_each(|consent| consent.step = step);
        case
    };
    assert!(approval(&as_contact(case.clone(), Step::Contact)).is_none());
    assert!(approval(&as_contact(case.clone(), Step::Admin)).is_none());
    let other = Case { admin: Some(at(JANE)), ..case.clone() };
    assert!(approval(&other).is_none());
    let other = Case { registry: vec![record("nl", JANE)], ..case.clone() };
    assert!(approval(&other).is_none());
    let other = Case { registry: Vec::new(), ..case };
    assert!(approval(&other).is_none());
    for case in every_state() {
        assert_eq!(approval(&case).is_some(), case.state == changing().state);
    }
}

#[test]
fn the_list_is_changed_once_iana_and_the_entry_are_as_they_were() {
    let case = checking();
    let want = ["registry_unchanged -> applying", "change list"];
    let case = check(&case, &unchanged(&case), start(), &want);
    let want = [
        "applied -> done",
        "applied to admin@registry.example [objection]",
        "applied to jane@registry.example [objection]",
        "applied to omar@registry.example [objection]",
        "applied to zoe@registry.example [objection]",
    ];
    check(&case, &Event::ListChanged, start(), &want);
}

#[test]
fn a_registry_that_is_not_there_is_read_again() {
    let want = ["registry_unreachable -> applying", "read registry"];
    let down = RegistryAnswer::Unreachable("down".to_owned());
    check(&checking(), &read(vec![down], vec![entry()]), start(), &want);
    check(&checking(), &read(Vec::new(), Vec::new()), start(), &want);
}

#[test]
fn a_second_look_while_the_list_is_down_can_void_the_permission() {
    let case = changing();
    check(&case, &unchanged(&case), start(), &["registry_unchanged -> applying"]);
    let down = RegistryAnswer::Unreachable("down".to_owned());
    check(&case, &read(vec![down], vec![entry()]), start(), &["registry_unreachable -> applying"]);
    let moved = read(vec![found("nl", "new@registry.example")], vec![entry()]);
    let case = held(&case, &moved, Resume::AskAdmin);
    assert_eq!(approval(&case), None);
}

#[test]
fn another_admin_contact_is_asked_from_the_start_if_a_person_says_so() {
    let case =
        held(&checking(), &read(vec![found("nl", "new@registry.example")], vec![entry()]), Resume::AskAdmin);
    assert!(case.consents.is_empty());
    let ignored = ["answer_ignored -> awaiting_secretariat"];
    for word in [Word::Yes, Word::No, Word::Unclear] {
        check(&case, &says(Step::Admin, ADMIN, word), start(), &ignored);
    }
    // What is left is the secretariat's to answer.
    assert!(matches!(issued_tokens(&case).as_slice(), [_]));
    let want = ["secretariat_approved -> awaiting_admin", "confirm-admin to new@registry.example [admin]"];
    let case = check(&case, &rules(RulingVerdict::Approve), start(), &want);
    check(&case, &says(Step::Admin, ADMIN, Word::Yes), start(), &["answer_ignored -> awaiting_admin"]);
    let want = ["admin_confirmed -> awaiting_contacts", "confirm-contact to zoe@registry.example [contact]"];
    check(&case, &says(Step::Admin, "new@registry.example", Word::Yes), start(), &want);
}

#[test]
fn a_rejection_after_a_change_at_iana_tells_those_who_are_still_concerned() {
    let case =
        held(&checking(), &read(vec![found("nl", "new@registry.example")], vec![entry()]), Resume::AskAdmin);
    let want = ["refused -> refused", "refused to zoe@registry.example"];
    check(&case, &rules(RulingVerdict::Reject), start(), &want);
}

#[test]
fn another_manager_voids_the_consent_though_the_address_is_the_same() {
    let mut moved = record("nl", ADMIN);
    moved.manager = Some("Another Registry".to_owned());
    let event = read(vec![RegistryAnswer::Found(Box::new(moved))], vec![entry()]);
    let case = held(&checking(), &event, Resume::AskAdmin);
    assert!(case.consents.is_empty());
    let want = ["secretariat_approved -> awaiting_admin", CONFIRM];
    let case = check(&case, &rules(RulingVerdict::Approve), start(), &want);
    assert_eq!(issued_tokens(&case).len(), 1);
}

#[test]
fn a_new_record_does_not_make_approvable_what_was_not() {
    let moved = |case: &Case| {
        let now = |relied: &IanaRecord| (relied.tld.clone(), Some(record(relied.tld.as_str(), JANE)));
        Event::RegistryChanged { changed: case.registry.iter().map(now).collect() }
    };
    let stale = read(vec![found("nl", ADMIN)], vec![Vec::new()]);
    let stale = held(&checking(), &stale, Resume::Nowhere);
    for case in [stale, needs_information()] {
        held(&case, &moved(&case), Resume::Nowhere);
    }
    for case in [awaiting_admin(), checking(), awaiting_secretariat()] {
        assert!(held(&case, &moved(&case), Resume::AskAdmin).consents.is_empty());
    }
    check(&changing(), &moved(&changing()), start(), &["registry_changed_too_late -> applying"]);
}

#[test]
fn what_cannot_be_asked_or_is_stale_can_only_be_rejected() {
    let gone = read(vec![RegistryAnswer::Absent], vec![entry()]);
    let nobody = read(vec![found("nl", "")], vec![entry()]);
    let stale = read(vec![found("nl", ADMIN)], vec![Vec::new()]);
    let both = read(vec![found("nl", JANE)], vec![Vec::new()]);
    for event in [gone, nobody, stale, both] {
        let case = held(&checking(), &event, Resume::Nowhere);
        let want = ["ruling_impossible -> awaiting_secretariat"];
        check(&case, &rules(RulingVerdict::Approve), start(), &want);
    }
}

#[test]
fn a_list_that_refuses_is_asked_again_if_a_person_says_so() {
    let case = held(&changing(), &Event::ListRefused("full".to_owned()), Resume::Apply);
    let want = ["secretariat_approved -> applying", "read registry"];
    let case = check(&case, &rules(RulingVerdict::Approve), start(), &want);
    let case = after(&case, &[unchanged(&case)]);
    assert!(approval(&case).is_some());
}

#[test]
fn what_was_overruled_is_not_asked_again_after_the_list_refused() {
    let all = Request { action: Action::Remove, ..request("nl", Vec::new()) };
    let events = [Event::RequestArrived, says(Step::Admin, ADMIN, Word::Yes), rules(RulingVerdict::Approve)];
    let case = after(&opened(&mail(ADMIN, vec![all])), &events);
    let case = after(&case, &[unchanged(&case)]);
    let case = held(&case, &Event::ListRefused("full".to_owned()), Resume::Apply);
    let want = ["secretariat_approved -> applying", "read registry"];
    check(&case, &rules(RulingVerdict::Approve), start(), &want);
}

#[test]
fn a_no_counts_until_the_list_is_touched() {
    let told = ["refused -> refused", "refused to admin@registry.example", "refused to zoe@registry.example"];
    for answer in [says(Step::Admin, ADMIN, Word::No), says(Step::Contact, ZOE, Word::No)] {
        check(&checking(), &answer, start(), &told);
        let want = ["answer_too_late -> applying", "escalation to secretariat"];
        check(&changing(), &answer, start(), &want);
    }
    check(&checking(), &rules(RulingVerdict::Reject), start(), &told);
    check(&changing(), &rules(RulingVerdict::Reject), start(), &["ruling_too_late -> applying"]);
    check(&checking(), &says(Step::Contact, STRANGER, Word::No), start(), &["answer_ignored -> applying"]);
}

#[test]
fn consents_outlive_a_mail_that_did_not_arrive() {
    let case = held(&awaiting_ivan(), &failed(IVAN), Resume::AskContacts);
    assert_eq!(case.consents.len(), 2);
    let want =
        ["secretariat_approved -> awaiting_contacts", "confirm-contact to ivan@registry.example [contact]"];
    let asked = check(&case, &rules(RulingVerdict::Approve), start(), &want);
    let want = ["contact_confirmed -> applying", "read registry"];
    check(&asked, &says(Step::Contact, IVAN, Word::Yes), start(), &want);
    // Or the mail had arrived after all.
    check(&case, &says(Step::Contact, IVAN, Word::Yes), start(), &want);
    let late = says(Step::Contact, IVAN, Word::Yes);
    check(&case, &late, day(15), &["answer_ignored -> awaiting_secretariat"]);
    let told = [
        "refused -> refused",
        "refused to admin@nic-jp.example",
        "refused to zoe@registry.example",
        "refused to ivan@registry.example",
    ];
    check(&case, &says(Step::Contact, ZOE, Word::No), start(), &told);
    check(&case, &rules(RulingVerdict::Reject), start(), &told);
}

#[test]
fn the_admin_contact_may_answer_though_a_mail_to_him_failed() {
    let case = held(&awaiting_admin(), &failed(ADMIN), Resume::AskAdmin);
    let want = ["admin_confirmed -> awaiting_contacts", "confirm-contact to zoe@registry.example [contact]"];
    check(&case, &says(Step::Admin, ADMIN, Word::Yes), start(), &want);
    let want = ["refused -> refused", "refused to admin@registry.example"];
    check(&case, &says(Step::Admin, ADMIN, Word::No), start(), &want);
    let want = ["secretariat_approved -> awaiting_admin", CONFIRM];
    check(&case, &rules(RulingVerdict::Approve), start(), &want);
}

#[test]
fn a_yes_does_not_overrule_a_doubt_of_the_secretariats() {
    let case = awaiting_secretariat();
    for (step, from) in [(Step::Admin, ADMIN), (Step::Contact, "noc@registry.example")] {
        check(&case, &says(step, from, Word::Yes), start(), &["answer_ignored -> awaiting_secretariat"]);
    }
}

#[test]
fn the_secretariat_is_reminded_every_week_and_the_case_ends_after_ninety_days() {
    let second = jiff::SignedDuration::from_secs(1);
    let policy = Policy::default();
    let case = awaiting_secretariat();
    assert_eq!(next_moment(&case, &policy), Some(day(7)));
    check(&case, &Event::TimePassed, day(7) - second, &["nothing_new -> awaiting_secretariat"]);
    let want = ["secretariat_reminded -> awaiting_secretariat", "escalation to secretariat [ruling]"];
    let case = check(&case, &Event::TimePassed, day(7), &want);
    assert_eq!(next_moment(&case, &policy), Some(day(14)));
    // Nothing ran for a month: one reminder.
    let case = check(&case, &Event::TimePassed, day(44), &want);
    assert_eq!(next_moment(&case, &policy), Some(day(49)));
    let case = check(&case, &Event::TimePassed, day(84), &want);
    assert_eq!(next_moment(&case, &policy), Some(day(90)));
    check(&case, &Event::TimePassed, day(90) - second, &["nothing_new -> awaiting_secretariat"]);
    let want = ["expired -> expired", "expired to admin@registry.example", "escalation to secretariat"];
    check(&case, &Event::TimePassed, day(90), &want);
}

#[test]
fn who_leaves_is_told_once() {
    let gone = |from: &str| {
        let case = opened(&mail(from, vec![request("nl", vec![named(Change::Remove, "", OMAR)])]));
        let agreed =
            [Event::RequestArrived, says(Step::Admin, ADMIN, Word::Yes), says(Step::Own, OMAR, Word::Yes)];
        let case = after(&case, &agreed);
        after(&case, &[unchanged(&case)])
    };
    for from in [OMAR, ADMIN] {
        let want = [
            "applied -> done",
            "applied to admin@registry.example [objection]",
            "applied to jane@registry.example [objection]",
            "farewell to omar@registry.example [objection]",
        ];
        check(&gone(from), &Event::ListChanged, start(), &want);
    }
}

#[test]
fn an_old_address_is_told_of_the_new_one_by_name_only() {
    let moves = named(Change::Modify, "Omar Haddad", "omar.haddad@registry.example");
    let case = opened(&mail(ADMIN, vec![request("nl", vec![moves])]));
    let agreed = [
        Event::RequestArrived,
        says(Step::Admin, ADMIN, Word::Yes),
        says(Step::Contact, "omar.haddad@registry.example", Word::Yes),
    ];
    let case = after(&case, &agreed);
    let case = after(&case, &[unchanged(&case)]);
    let (_, decision) = step(&case, &Event::ListChanged, start());
    let farewell = notice(&decision, OMAR);
    assert_eq!(farewell.facts.because, Because::AddressReplaced("Omar Haddad".to_owned()));
}

fn notice<'a>(decision: &'a Decision, to: &str) -> &'a Notice {
    let sent = decision.effects.iter().filter_map(|effect| match effect {
        Effect::Send(notice) => Some(notice.as_ref()),
        Effect::ReadRegistry | Effect::ChangeList | Effect::RecordChange => None,
    });
    sent.into_iter().find(|notice| notice.to == [at(to)]).unwrap()
}

#[test]
fn a_closed_case_answers_whoever_was_asked_and_moves_no_more() {
    for case in every_state().into_iter().filter(|case| !case.state.is_open()) {
        let (next, decision) = step(&case, &says(Step::Admin, ADMIN, Word::Yes), start());
        assert_eq!(next.state, case.state);
        let late = notice(&decision, ADMIN);
        assert!(late.facts.changes.is_empty());
        let foreign = answers(Step::Admin, ADMIN, STRANGER, Word::Yes);
        for event in [foreign, rules(RulingVerdict::Approve), rules(RulingVerdict::Reject), Event::TimePassed]
        {
            let (next, decision) = step(&case, &event, day(400));
            assert_eq!((next.state, decision.effects), (case.state.clone(), Vec::new()));
        }
        assert_eq!(next_moment(&case, &Policy::default()), None);
    }
}

#[test]
fn events_that_do_not_fit_a_state_change_nothing() {
    for case in every_state() {
        for event in [
            Event::ListChanged,
            Event::ListRefused("no".to_owned()),
            order(),
            Event::RequestArrived,
            Event::TimePassed,
            failed(MAILBOX),
            unchanged(&case),
        ] {
            let fits = match (case.state.name(), &event) {
                ("received", Event::RequestArrived) => true,
                ("applying", Event::RegistryRead { .. }) => case.state == checking().state,
                ("applying", Event::ListChanged | Event::ListRefused(_) | Event::ListOrdered { .. }) => {
                    approval(&case).is_some()
                }
                _ => false,
            };
            let (next, decision) = step(&case, &event, start());
            assert_eq!(
                next.state == case.state && decision.effects.is_empty(),
                !fits,
                "{} {event:?}",
                case.state.name()
            );
        }
    }
}

#[test]
fn a_new_contact_sees_himself_alone() {
    let two = vec![zoe(), named(Change::Add, "Ivan Petrov", IVAN)];
    let mut moves = named(Change::Modify, "", JANE);
    moves.phone.clone_from(&zoe().phone);
    let requests = vec![request("nl", vec![zoe(), moves]), request("fr", two)];
    let case = after(&opened(&mail(ADMIN, requests)), &[Event::RequestArrived]);
    let (_, decision) = step(&case, &says(Step::Admin, ADMIN, Word::Yes), start());
    let ivan = notice(&decision, IVAN);
    assert_eq!(ivan.facts.tlds, ".fr");
    assert_eq!(ivan.facts.changes.len(), 1);
    assert_eq!(
        ivan.facts.changes[0].after,
        [Contact { phone: zoe().phone, ..contact(2, "Ivan Petrov", IVAN) }]
    );
    assert_eq!(ivan.facts.changes[0].before, []);
    assert_eq!(notice(&decision, ZOE).facts.tlds, ".nl .fr");
}

#[test]
fn a_requester_who_is_no_contact_hears_the_same_whatever_the_roster_says() {
    let say = |contacts: Vec<Named>| {
        let case = opened(&copied(mail(STRANGER, vec![request("nl", contacts)])));
        let (next, decision) = step(&case, &Event::RequestArrived, start());
        (next, notice(&decision, STRANGER).clone())
    };
    let (fits, first) = say(vec![named(Change::Remove, "", OMAR)]);
    assert_eq!(first.facts.changes, []);
    assert_eq!(first.facts.warnings, [""; 0]);
    let (_, other) = say(vec![named(Change::Remove, "", IVAN)]);
    assert_eq!(other.facts, first.facts);
    let same = Named { phone: entry()[0].phone.clone(), ..named(Change::Add, "Jane Doe", JANE) };
    let (unchanged, listed) = say(vec![same.clone()]);
    assert_eq!(unchanged.state.name(), "awaiting_secretariat");
    let phone = zoe().phone;
    for unlike in [zoe(), Named { phone, ..same }] {
        assert_eq!(say(vec![unlike]).1.facts, listed.facts);
    }
    // The end sounds the same as well: whoever said no, and whether anybody was asked.
    let (_, by_admin) = step(&fits, &says(Step::Admin, ADMIN, Word::No), start());
    let (_, by_secretariat) = step(&unchanged, &rules(RulingVerdict::Reject), start());
    assert_eq!(notice(&by_admin, STRANGER).facts.reason, notice(&by_secretariat, STRANGER).facts.reason);
    let (_, expired) = step(&fits, &Event::TimePassed, day(15));
    assert!(!shown(&expired).contains(&format!("to {STRANGER}")));
}

#[test]
fn a_mail_that_is_not_proven_gets_no_word_of_it_repeated() {
    let mut arrival = mail(ADMIN, vec![request("nl", vec![zoe()])]);
    arrival.proof = unsigned();
    arrival.from_name = Some("Dear customer, visit us".to_owned());
    arrival.thread.subject = "Your account".to_owned();
    let case = opened(&arrival);
    let (case, asked) = step(&case, &Event::RequestArrived, start());
    assert_eq!(notice(&asked, ADMIN).name, None);
    let (_, refused) = step(&case, &says(Step::Admin, ADMIN, Word::No), start());
    assert!(!format!("{:?}", notice(&refused, ADMIN).facts).contains("Your account"));
}

#[test]
fn a_former_admin_contact_who_asked_is_told_no_more() {
    let case =
        held(&checking(), &read(vec![found("nl", "new@registry.example")], vec![entry()]), Resume::AskAdmin);
    let want = ["secretariat_approved -> awaiting_admin", "confirm-admin to new@registry.example [admin]"];
    let case = check(&case, &rules(RulingVerdict::Approve), start(), &want);
    let want = ["refused -> refused", "refused to new@registry.example", "refused to zoe@registry.example"];
    check(&case, &says(Step::Admin, "new@registry.example", Word::No), start(), &want);
}

#[test]
fn a_person_can_let_a_doubt_pass_but_not_what_breaks_the_entry() {
    assert!(Doubt::RoleAddress(at(ZOE)).can_be_overruled());
    let first = Named { rank: Some(Rank::PRIMARY), ..zoe() };
    let case = after(&opened(&mail(ADMIN, vec![request("nl", vec![first])])), &[Event::RequestArrived]);
    let want = ["ruling_impossible -> awaiting_secretariat"];
    check(&case, &rules(RulingVerdict::Approve), start(), &want);
    let want = ["secretariat_approved -> awaiting_admin", CONFIRM];
    check(&awaiting_secretariat(), &rules(RulingVerdict::Approve), start(), &want);
    let want = ["refused -> refused", "refused to admin@registry.example"];
    check(&awaiting_secretariat(), &rules(RulingVerdict::Reject), start(), &want);
}
