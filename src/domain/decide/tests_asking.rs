//! The questions: who is asked, reminded, and what each answer does.

use crate::domain::admission::{Admission, Arrival, admit};
use crate::domain::case::{CaseId, State, Step, Thread, issued_tokens};
use crate::domain::decide::next_moment;
use crate::domain::event::{Decision, Effect, Event, Ruling, RulingVerdict, Word};
use crate::domain::evidence::{Signed, Verdict};
use crate::domain::notice::NoticeKind;
use crate::domain::plan::Doubt;
use crate::domain::policy::Policy;
use crate::domain::request::{Action, Change, Named, Request};
use crate::domain::tests_sample::{
    ADMIN, IVAN, JANE, OMAR, SECRETARIAT, STRANGER, ZOE, after, answers, asks, at, awaiting_admin,
    awaiting_contacts, awaiting_ivan, check, copied, day, failed, found, mail, named, needs_information,
    opened, proof, request, rules, rules_by, says, shown, start, step, tld, unsigned, view, zoe,
};
use crate::domain::unclear::{About, Unclear};

const HELD: [&str; 2] =
    ["handed_to_secretariat -> awaiting_secretariat", "escalation to secretariat [ruling]"];
const CONFIRM: &str = "confirm-admin to admin@registry.example [admin]";
const ASK_ZOE: &str = "confirm-contact to zoe@registry.example [contact]";

#[test]
fn the_admin_contact_who_asks_himself_is_asked_and_hears_nothing_else() {
    for arrival in [
        mail(ADMIN, vec![request("nl", vec![zoe()])]),
        Arrival { proof: unsigned(), ..mail(ADMIN, vec![request("nl", vec![zoe()])]) },
    ] {
        check(
            &opened(&arrival),
            &Event::RequestArrived,
            start(),
            &["admin_asked -> awaiting_admin", CONFIRM],
        );
    }
}

#[test]
fn another_who_asks_hears_that_it_is_under_way_if_he_is_proven() {
    let wanted = || vec![request("nl", vec![zoe()])];
    for from in [SECRETARIAT, "tech@provider.example"] {
        let under_way = format!("under-way to {from} [withdrawal]");
        let want = ["admin_asked -> awaiting_admin", CONFIRM, &under_way];
        check(&opened(&mail(from, wanted())), &Event::RequestArrived, start(), &want);
    }
    let copy = copied(mail(STRANGER, wanted()));
    let want = ["admin_asked -> awaiting_admin", CONFIRM, "under-way to eve@stranger.example [withdrawal]"];
    check(&opened(&copy), &Event::RequestArrived, start(), &want);
    let unproven = Arrival { proof: unsigned(), ..copy };
    check(&opened(&unproven), &Event::RequestArrived, start(), &["admin_asked -> awaiting_admin", CONFIRM]);
}

#[test]
fn a_colleague_who_is_proven_tells_the_language_and_nobody_else_does() {
    let asked_in = |arrival: Arrival| {
        let mut arrival = arrival;
        arrival.reading.language = Some("zh".to_owned());
        let (_, decision) = step(&opened(&arrival), &Event::RequestArrived, start());
        let sent = decision
            .effects
            .into_iter()
            .filter_map(|effect| if let Effect::Send(notice) = effect { Some(notice) } else { None });
        let questions = sent.filter(|notice| notice.kind == NoticeKind::ConfirmAdmin);
        questions.filter_map(|notice| notice.language).collect::<Vec<_>>()
    };
    let wanted = || vec![request("nl", vec![zoe()])];
    assert_eq!(asked_in(mail("tech@provider.example", wanted())), ["zh"]);
    assert_eq!(asked_in(mail(SECRETARIAT, wanted())), ["en"]);
    assert_eq!(asked_in(copied(mail(STRANGER, wanted()))), ["en"]);
}

#[test]
fn a_doubtful_request_goes_to_the_secretariat_first() {
    let role = named(Change::Add, "Zoe Martin", "noc@registry.example");
    let case = opened(&mail(JANE, vec![request("nl", vec![role])]));
    let want = [
        "handed_to_secretariat -> awaiting_secretariat",
        "escalation to secretariat [ruling]",
        "under-way to jane@registry.example [withdrawal]",
    ];
    check(&case, &Event::RequestArrived, start(), &want);
}

#[test]
fn what_is_missing_is_asked_for_first_and_never_of_somebody_unproven() {
    let mut arrival = mail(JANE, vec![request("nl", vec![Named { phone: None, ..zoe() }])]);
    arrival.reading.missing = vec![format!("phone:{ZOE}")];
    let want = [
        "information_asked -> needs_information",
        "needs-information to jane@registry.example [information]",
    ];
    check(&opened(&arrival), &Event::RequestArrived, start(), &want);
    arrival = copied(arrival);
    arrival.from = Some(at(STRANGER));
    arrival.proof = unsigned();
    let want = ["handed_to_secretariat -> awaiting_secretariat", "escalation to secretariat [ruling]"];
    let case = check(&opened(&arrival), &Event::RequestArrived, start(), &want);
    let want = ["ruling_impossible -> awaiting_secretariat"];
    check(&case, &rules(RulingVerdict::Approve), start(), &want);
}

#[test]
fn what_is_there_already_needs_nobody() {
    let case = opened(&mail(JANE, vec![request("nl", vec![named(Change::Modify, "Jane Doe", JANE)])]));
    let want = ["nothing_to_change -> refused", "nothing-to-change to jane@registry.example"];
    check(&case, &Event::RequestArrived, start(), &want);
}

#[test]
fn nobody_is_asked_for_a_cctld_of_another_admin_contact() {
    let lacking = |name: &str| request(name, vec![Named { phone: None, ..zoe() }]);
    let mut arrival = mail(STRANGER, vec![lacking("nl"), lacking("jp")]);
    arrival.recipients = vec![at(ADMIN), at("admin@nic-jp.example")];
    arrival.reading.missing = vec![format!("phone:{ZOE}")];
    arrival.reading.hold = true;
    arrival.reading.doubts = vec![Unclear::of(About::Either)];
    let case = opened(&arrival);
    assert_eq!(case.sole_admin(), None);
    let case = after(&case, &[Event::RequestArrived]);
    check(&case, &rules(RulingVerdict::Approve), start(), &["ruling_impossible -> awaiting_secretariat"]);
}

#[test]
fn the_admin_contacts_yes_brings_the_question_to_each_new_contact() {
    let want = ["admin_confirmed -> awaiting_contacts", ASK_ZOE];
    let case = check(&awaiting_admin(), &says(Step::Admin, ADMIN, Word::Yes), start(), &want);
    assert!(case.office_is_settled());
    let want = ["contact_confirmed -> applying", "read registry"];
    check(&case, &says(Step::Contact, ZOE, Word::Yes), start(), &want);
}

#[test]
fn a_contact_of_two_cctlds_is_asked_once() {
    let case = opened(&mail(ADMIN, vec![request("nl", vec![zoe()]), request("fr", vec![zoe()])]));
    let case = after(&case, &[Event::RequestArrived]);
    let want = ["admin_confirmed -> awaiting_contacts", ASK_ZOE];
    let case = check(&case, &says(Step::Admin, ADMIN, Word::Yes), start(), &want);
    check(
        &case,
        &says(Step::Contact, ZOE, Word::Yes),
        start(),
        &["contact_confirmed -> applying", "read registry"],
    );
}

#[test]
fn an_admin_contact_who_comes_himself_is_asked_for_both() {
    let himself = named(Change::Add, "Ada Min", "ada@nic-jp.example");
    let mut world = view();
    let answer = found("jp", "ada@nic-jp.example");
    world.records.insert(tld("jp"), answer);
    let arrival = mail("ada@nic-jp.example", vec![request("jp", vec![himself])]);
    let policy = Policy::default();
    let Admission::Open(mut cases) = admit(&arrival, &world, &policy, start()) else {
        panic!("a case was to be opened");
    };
    let case = after(&cases.remove(0), &[Event::RequestArrived]);
    let want = ["admin_confirmed -> awaiting_contacts", "confirm-contact to ada@nic-jp.example [contact]"];
    let case = check(&case, &says(Step::Admin, "ada@nic-jp.example", Word::Yes), start(), &want);
    // The first question once more: it was answered already.
    let again = says(Step::Admin, "ada@nic-jp.example", Word::Yes);
    check(&case, &again, start(), &["answer_ignored -> awaiting_contacts"]);
}

#[test]
fn two_contacts_answer_in_either_order() {
    let two = vec![zoe(), named(Change::Add, "Ivan Petrov", IVAN)];
    let case = opened(&mail("admin@nic-jp.example", vec![request("jp", two)]));
    let case = after(&case, &[Event::RequestArrived, says(Step::Admin, "admin@nic-jp.example", Word::Yes)]);
    for (first, second) in [(ZOE, IVAN), (IVAN, ZOE)] {
        let want = ["contact_confirmed -> awaiting_contacts"];
        let case = check(&case, &says(Step::Contact, first, Word::Yes), start(), &want);
        let again = check(&case, &says(Step::Contact, first, Word::Yes), start(), &want);
        assert_eq!(again.consents, case.consents);
        let want = ["contact_confirmed -> applying", "read registry"];
        check(&case, &says(Step::Contact, second, Word::Yes), start(), &want);
    }
}

#[test]
fn a_removal_and_a_change_of_details_ask_the_admin_contact_alone() {
    for one in [named(Change::Remove, "", OMAR), named(Change::Modify, "Omar Faruk", OMAR)] {
        let case = after(&opened(&mail(ADMIN, vec![request("nl", vec![one])])), &[Event::RequestArrived]);
        let want = ["admin_confirmed -> applying", "read registry"];
        check(&case, &says(Step::Admin, ADMIN, Word::Yes), start(), &want);
    }
}

#[test]
fn a_new_address_is_confirmed_at_the_new_address() {
    let moves = named(Change::Modify, "Omar Haddad", "omar.haddad@registry.example");
    let case = after(&opened(&mail(ADMIN, vec![request("nl", vec![moves])])), &[Event::RequestArrived]);
    let want =
        ["admin_confirmed -> awaiting_contacts", "confirm-contact to omar.haddad@registry.example [contact]"];
    check(&case, &says(Step::Admin, ADMIN, Word::Yes), start(), &want);
}

#[test]
fn a_no_of_whoever_was_asked_ends_it() {
    let refused = "refused -> refused";
    let told = "refused to admin@registry.example";
    check(&awaiting_admin(), &says(Step::Admin, ADMIN, Word::No), start(), &[refused, told]);
    let want = [refused, told, "refused to zoe@registry.example"];
    check(&awaiting_contacts(), &says(Step::Contact, ZOE, Word::No), start(), &want);
    // The admin contact changes his mind while the contact is asked.
    check(&awaiting_contacts(), &says(Step::Admin, ADMIN, Word::No), start(), &want);
    let want = [refused, "refused to admin@registry.example"];
    check(&needs_information(), &says(Step::Information, ADMIN, Word::No), start(), &want);
}

#[test]
fn a_contact_who_agreed_may_still_say_no() {
    let want = [
        "refused -> refused",
        "refused to admin@nic-jp.example",
        "refused to zoe@registry.example",
        "refused to ivan@registry.example",
    ];
    check(&awaiting_ivan(), &says(Step::Contact, ZOE, Word::No), start(), &want);
}

#[test]
fn somebody_else_with_the_token_decides_nothing() {
    for word in [Word::Yes, Word::No, Word::Unclear] {
        let want = ["answered_by_other -> awaiting_admin", "ask-plainly to admin@registry.example [admin]"];
        let case = check(&awaiting_admin(), &answers(Step::Admin, ADMIN, STRANGER, word), start(), &want);
        assert!(case.consents.is_empty());
        let want =
            ["answered_by_other -> awaiting_contacts", "ask-plainly to zoe@registry.example [contact]"];
        check(&awaiting_contacts(), &answers(Step::Contact, ZOE, STRANGER, word), start(), &want);
        let want = ["answer_ignored -> needs_information"];
        check(&needs_information(), &answers(Step::Information, ADMIN, STRANGER, word), start(), &want);
    }
}

#[test]
fn a_token_of_another_step_decides_nothing() {
    for word in [Word::Yes, Word::Unclear] {
        check(
            &awaiting_admin(),
            &says(Step::Contact, ADMIN, word),
            start(),
            &["answer_ignored -> awaiting_admin"],
        );
        check(
            &awaiting_admin(),
            &says(Step::Contact, ZOE, word),
            start(),
            &["answer_ignored -> awaiting_admin"],
        );
        check(
            &awaiting_contacts(),
            &says(Step::Admin, ZOE, word),
            start(),
            &["answer_ignored -> awaiting_contacts"],
        );
    }
    check(
        &awaiting_contacts(),
        &says(Step::Contact, IVAN, Word::No),
        start(),
        &["answer_ignored -> awaiting_contacts"],
    );
}

#[test]
fn an_unclear_answer_asks_again_once_and_then_tells_a_person_once() {
    let unclear = says(Step::Admin, ADMIN, Word::Unclear);
    let want = ["answer_unclear -> awaiting_admin", "ask-plainly to admin@registry.example [admin]"];
    let case = check(&awaiting_admin(), &unclear, start(), &want);
    let want = ["answer_unclear -> awaiting_admin", "escalation to secretariat"];
    let case = check(&case, &unclear, start(), &want);
    let case = check(&case, &unclear, start(), &["answer_unclear -> awaiting_admin"]);
    let want = ["admin_confirmed -> awaiting_contacts", ASK_ZOE];
    check(&case, &says(Step::Admin, ADMIN, Word::Yes), start(), &want);
}

#[test]
fn an_answer_without_the_details_is_read_by_a_person_once() {
    let unclear = says(Step::Information, ADMIN, Word::Unclear);
    let want = ["answer_unclear -> needs_information", "escalation to secretariat"];
    let case = check(&needs_information(), &unclear, start(), &want);
    check(&case, &unclear, start(), &["answer_unclear -> needs_information"]);
}

#[test]
fn reminders_come_on_day_five_and_ten_and_the_end_on_day_fifteen_to_the_second() {
    let second = jiff::SignedDuration::from_secs(1);
    let policy = Policy::default();
    let mut admin = awaiting_admin();
    let mut contacts = awaiting_contacts();
    for due in [5, 10] {
        assert_eq!(next_moment(&admin, &policy), Some(day(due)));
        assert_eq!(next_moment(&contacts, &policy), Some(day(due)));
        check(&admin, &Event::TimePassed, day(due) - second, &["nothing_new -> awaiting_admin"]);
        check(&contacts, &Event::TimePassed, day(due) - second, &["nothing_new -> awaiting_contacts"]);
        admin = check(&admin, &Event::TimePassed, day(due), &["admin_reminded -> awaiting_admin", CONFIRM]);
        let want = ["contacts_reminded -> awaiting_contacts", ASK_ZOE];
        contacts = check(&contacts, &Event::TimePassed, day(due), &want);
    }
    assert_eq!(issued_tokens(&admin).len(), 3);
    assert_eq!(next_moment(&admin, &policy), Some(day(15)));
    check(&admin, &Event::TimePassed, day(15) - second, &["nothing_new -> awaiting_admin"]);
    let told = [HELD[0], HELD[1], "with-person to admin@registry.example"];
    check(&admin, &Event::TimePassed, day(15), &told);
    let told =
        [HELD[0], HELD[1], "with-person to admin@registry.example", "with-person to zoe@registry.example"];
    check(&contacts, &Event::TimePassed, day(15), &told);
    let information = needs_information();
    assert_eq!(next_moment(&information, &policy), Some(day(15)));
    check(&information, &Event::TimePassed, day(15) - second, &["nothing_new -> needs_information"]);
    let told = ["expired -> expired", "expired to admin@registry.example", "escalation to secretariat"];
    check(&information, &Event::TimePassed, day(15), &told);
}

#[test]
fn reminders_that_were_missed_are_one_reminder() {
    let want = ["admin_reminded -> awaiting_admin", CONFIRM];
    let case = check(&awaiting_admin(), &Event::TimePassed, day(12), &want);
    assert_eq!(next_moment(&case, &Policy::default()), Some(day(15)));
}

#[test]
fn only_who_has_not_answered_is_reminded() {
    let want =
        ["contacts_reminded -> awaiting_contacts", "confirm-contact to ivan@registry.example [contact]"];
    let case = check(&awaiting_ivan(), &Event::TimePassed, day(5), &want);
    // The one who agreed in time writes once more, late: he does not end it.
    let late = says(Step::Contact, ZOE, Word::Yes);
    check(&case, &late, day(15), &["answer_ignored -> awaiting_contacts"]);
}

#[test]
fn an_answer_after_the_end_of_its_question_is_no_consent() {
    let unclear = [HELD[0], HELD[1], "with-person to admin@registry.example"];
    for (word, want) in [
        (Word::Yes, ["asked_anew -> awaiting_admin", CONFIRM].as_slice()),
        (Word::No, &["refused -> refused", "refused to admin@registry.example"]),
        (Word::Unclear, &unclear),
    ] {
        let next = check(&awaiting_admin(), &says(Step::Admin, ADMIN, word), day(15), want);
        assert!(next.consents.is_empty());
        let foreign = answers(Step::Admin, ADMIN, STRANGER, word);
        check(&awaiting_admin(), &foreign, day(15), &["answer_ignored -> awaiting_admin"]);
    }
}

#[test]
fn whoever_is_silent_is_called_and_asked_once_more_while_the_others_keep_their_word() {
    let case = step(&awaiting_ivan(), &Event::TimePassed, day(15)).0;
    let State::AwaitingSecretariat(escalation) = &case.state else { panic!("a person was to get it") };
    assert_eq!(escalation.doubts, [Doubt::NoAnswer(at(IVAN))]);
    let want =
        ["secretariat_approved -> awaiting_contacts", "confirm-contact to ivan@registry.example [contact]"];
    let case = check(&case, &rules(RulingVerdict::Approve), day(16), &want);
    assert_eq!(asks(&case)[0].until, day(31));
    let want = ["contact_confirmed -> applying", "read registry"];
    check(&case, &says(Step::Contact, IVAN, Word::Yes), day(17), &want);
}

#[test]
fn a_late_yes_while_a_person_has_it_brings_the_question_again_and_a_late_no_ends_it() {
    let case = step(&awaiting_admin(), &Event::TimePassed, day(15)).0;
    let want = ["asked_anew -> awaiting_admin", CONFIRM, "ruled to secretariat"];
    let again = check(&case, &says(Step::Admin, ADMIN, Word::Yes), day(16), &want);
    assert!(again.consents.is_empty());
    check(
        &case,
        &answers(Step::Admin, ADMIN, STRANGER, Word::Yes),
        day(16),
        &["answer_ignored -> awaiting_secretariat"],
    );
    let want = ["refused -> refused", "refused to admin@registry.example"];
    check(&case, &says(Step::Admin, ADMIN, Word::No), day(16), &want);
    // Nobody rules on it, whoever is reminded: it ends all the same.
    let want = ["expired -> expired", "expired to admin@registry.example", "escalation to secretariat"];
    check(&case, &Event::TimePassed, day(15 + 90), &want);
}

#[test]
fn the_secretariat_gets_the_number_of_iana_or_of_the_entry_and_the_journal_does_not() {
    let mut case = awaiting_admin();
    let admin = case.registry[0].admin.as_mut().unwrap();
    (admin.name, admin.phone) = (Some("Ada Min".to_owned()), Some("+31 20 555 0100".to_owned()));
    let (_, decision) = step(&case, &Event::TimePassed, day(15));
    let calls = |decision: &Decision| {
        decision.effects.iter().find_map(|effect| match effect {
            Effect::Send(notice) if notice.kind == NoticeKind::Escalation => Some(notice.facts.calls.clone()),
            Effect::Send(_) | Effect::ReadRegistry | Effect::ChangeList | Effect::RecordChange => None,
        })
    };
    let call = calls(&decision).unwrap().remove(0);
    assert_eq!((call.name.as_deref(), call.phone.as_deref()), (Some("Ada Min"), Some("+31 20 555 0100")));
    assert!(!decision.says.contains("555"));
    let (held, decision) = step(&awaiting_contacts(), &Event::TimePassed, day(15));
    let call = calls(&decision).unwrap().remove(0);
    assert_eq!((call.name.as_deref(), call.phone.as_deref()), (Some("Zoe Martin"), Some("+31207654321")));
    assert!(!decision.says.contains("31207654321"));
    // The reminder has it as well.
    let (_, reminder) = step(&held, &Event::TimePassed, day(22));
    assert_eq!(calls(&reminder).unwrap(), [call]);
}

#[test]
fn a_mail_that_failed_matters_only_to_the_question_it_carried() {
    let held = ["handed_to_secretariat -> awaiting_secretariat", "escalation to secretariat [ruling]"];
    check(&awaiting_admin(), &failed(ADMIN), start(), &held);
    check(&awaiting_contacts(), &failed(ZOE), start(), &held);
    check(&needs_information(), &failed(ADMIN), start(), &held);
    check(&awaiting_admin(), &failed(JANE), start(), &["mail_failed -> awaiting_admin"]);
    check(&awaiting_contacts(), &failed(ADMIN), start(), &["mail_failed -> awaiting_contacts"]);
    let delayed = Event::MailFailed { recipient: at(ADMIN), permanent: false, reason: "later".to_owned() };
    check(&awaiting_admin(), &delayed, start(), &["mail_failed -> awaiting_admin"]);
}

#[test]
fn who_asks_too_little_is_told_how_to_ask_in_the_way_that_he_ruled() {
    let role = named(Change::Add, "Zoe Martin", "noc@registry.example");
    let (held, _) =
        step(&opened(&mail(JANE, vec![request("nl", vec![role])])), &Event::RequestArrived, start());
    let says = |mail: Option<Thread>| {
        let (by, note) = (SECRETARIAT.to_owned(), String::new());
        let asks = Ruling { verdict: RulingVerdict::Ask, note, mail, by };
        step(&held, &Event::Ruled(asks), start()).1.says
    };
    assert!(says(None).contains("--note"), "{}", says(None));
    let by_mail = says(Some(Thread::default()));
    assert!(by_mail.contains("\"ask: ") && !by_mail.contains("--note"), "{by_mail}");
}

#[test]
fn nobody_rules_in_the_place_of_those_who_were_asked() {
    for case in [needs_information(), awaiting_admin(), awaiting_contacts()] {
        let (next, decision) = step(&case, &rules(RulingVerdict::Approve), start());
        assert_eq!(next.state, case.state);
        assert_eq!(decision.event, "ruling_impossible");
    }
    let want = ["refused -> refused", "refused to admin@registry.example"];
    check(&awaiting_admin(), &rules(RulingVerdict::Reject), start(), &want);
    let want = ["refused -> refused", "refused to admin@registry.example", "refused to zoe@registry.example"];
    check(&awaiting_contacts(), &rules(RulingVerdict::Reject), start(), &want);
}

#[test]
fn who_was_asked_hears_that_a_newer_request_takes_its_place() {
    let other = Event::Superseded(CaseId(2));
    let want = ["superseded -> withdrawn", "withdrawn to admin@registry.example"];
    check(&awaiting_admin(), &other, start(), &want);
    let want = [
        "superseded -> withdrawn",
        "withdrawn to admin@registry.example",
        "withdrawn to zoe@registry.example",
    ];
    check(&awaiting_contacts(), &other, start(), &want);
    check(&needs_information(), &other, start(), &["superseded -> withdrawn"]);
}

#[test]
fn the_last_contact_leaves_only_when_a_person_lets_him() {
    let all = Request { action: Action::Remove, ..request("nl", Vec::new()) };
    let case = after(&opened(&mail(ADMIN, vec![all])), &[Event::RequestArrived]);
    let want = ["handed_to_secretariat -> awaiting_secretariat", "escalation to secretariat [ruling]"];
    // The consent is kept while the secretariat looks.
    let (case, decision) = step(&case, &says(Step::Admin, ADMIN, Word::Yes), start());
    assert_eq!(shown(&decision), want.join("\n").replace("handed_to_secretariat", "admin_confirmed"));
    let want = ["secretariat_approved -> applying", "read registry"];
    let case = check(&case, &rules(RulingVerdict::Approve), start(), &want);
    assert!(case.office_is_settled());
}

#[test]
fn a_forged_request_is_a_persons_work_and_named_so() {
    let forged = Arrival {
        proof: proof(Verdict::NotAuthenticated, Signed::Badly),
        ..mail(ADMIN, vec![request("nl", vec![zoe()])])
    };
    let case = opened(&forged);
    assert!(matches!(case.doubts.as_slice(), [Doubt::Unproven(_)]));
    // The admin contact has not written, so nobody writes to him.
    let want = ["handed_to_secretariat -> awaiting_secretariat", "escalation to secretariat [ruling]"];
    let case = check(&case, &Event::RequestArrived, start(), &want);
    assert!(asks(&case).is_empty());
    // Two must let it go on, and one person's two are one.
    for _ in 0..2 {
        let once = ["secretariat_approved_once -> awaiting_secretariat"];
        check(&case, &rules(RulingVerdict::Approve), start(), &once);
    }
    let (case, _) = step(&case, &rules(RulingVerdict::Approve), start());
    let (case, _) = step(&case, &rules(RulingVerdict::Approve), start());
    assert!(case.consents.is_empty());
    // The admin contact is asked, and not told besides that he has been asked.
    check(
        &case,
        &rules_by("lee", RulingVerdict::Approve),
        start(),
        &["secretariat_approved -> awaiting_admin", CONFIRM],
    );
}
