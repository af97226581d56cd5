//! Objections to a change that was made, what undoes it, and requests that are taken back.

use crate::domain::because::{Because, Reason};
use crate::domain::case::{Case, Resume, State, Step, issued_tokens};
use crate::domain::decide::{approval, next_moment};
use crate::domain::event::{Answer, Decision, Effect, Event, Ruling, RulingVerdict, Word, issue};
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::objection::{may_object, reversed};
use crate::domain::plan::Doubt;
use crate::domain::policy::Policy;
use crate::domain::registry::RegistryAnswer;
use crate::domain::request::Change;
use crate::domain::tests_sample::{
    ADMIN, JANE, LIST_ADMIN, OMAR, STRANGER, ZOE, after, answers, at, awaiting_admin, awaiting_contacts,
    changing, check, checking, copied, day, found, mail, named, needs_information, opened, order, request,
    rules, says, shown, start, step, tld, unchanged, zoe,
};

/// What all hear of an objection.
const OBJECTED: [&str; 6] = [
    "objected -> contested",
    "escalation to secretariat [ruling]",
    "objected to admin@registry.example",
    "objected to jane@registry.example",
    "objected to omar@registry.example",
    "objected to zoe@registry.example",
];

/// Zoe has come to `.nl`.
fn done() -> Case {
    after(&changing(), &[Event::ListChanged])
}

/// Jane, who was told of it, objects.
fn contested() -> Case {
    after(&done(), &[says(Step::Objection, JANE, Word::No)])
}

/// The secretariat undoes it: IANA and the entry are read.
fn undoing() -> Case {
    after(&contested(), &[rules(RulingVerdict::Undo)])
}

/// What is read where the entry is as the change left it.
fn as_left(case: &Case) -> Event {
    Event::RegistryRead {
        answers: case.registry.iter().map(|one| RegistryAnswer::found(one.clone())).collect(),
        entries: case.changes.iter().map(|change| change.after.clone()).collect(),
        frozen: Vec::new(),
    }
}

fn sent(decision: &Decision) -> impl Iterator<Item = &Notice> {
    decision.effects.iter().filter_map(|effect| match effect {
        Effect::Send(notice) => Some(notice.as_ref()),
        Effect::ReadRegistry | Effect::ChangeList | Effect::RecordChange => None,
    })
}

fn resume(case: &Case) -> Resume {
    case.state.escalation().unwrap().resume
}

#[test]
fn whoever_was_told_gets_a_token_of_his_own_and_a_mere_requester_none() {
    let copy = copied(mail(STRANGER, vec![request("nl", vec![named(Change::Remove, "", OMAR)])]));
    let case = after(&opened(&copy), &[Event::RequestArrived, says(Step::Admin, ADMIN, Word::Yes)]);
    let case = after(&case, &[unchanged(&case)]);
    let (next, decision) = step(&case, &Event::ListChanged, start());
    let want = [
        "applied -> done",
        "applied to admin@registry.example [objection]",
        "applied to jane@registry.example [objection]",
        "farewell to omar@registry.example [objection]",
        "applied to eve@stranger.example",
    ];
    assert_eq!(shown(&decision), want.join("\n"));
    for notice in sent(&decision) {
        let Some((token, step)) = &notice.token else { continue };
        let kept = issue(token, &notice.to[0], &next.request_digest(), *step);
        assert!(issued_tokens(&next).contains(&&kept), "{:?}", notice.to);
        assert_eq!(notice.facts.until, Some(day(30)));
    }
    // Who leaves does not read who comes or stays.
    let gone = sent(&decision).find(|notice| notice.kind == NoticeKind::Farewell).unwrap();
    assert_eq!(gone.facts.changes, []);
}

#[test]
fn one_plain_no_freezes_the_entry_and_brings_in_a_person() {
    let (case, decision) = step(&done(), &says(Step::Objection, JANE, Word::No), day(29));
    assert_eq!(shown(&decision), OBJECTED.join("\n"));
    assert_eq!(resume(&case), Resume::Undo);
    let brought = sent(&decision).next().unwrap();
    assert!(
        brought
            .facts
            .evidence
            .iter()
            .any(|line| line.contains("jane@registry.example") && line.contains("as I say"))
    );
    let words = ["undo", "ask", "reject", "take", "later"];
    let starts = |(choice, word): (&String, &str)| choice.starts_with(word);
    assert_eq!(brought.facts.choices.len(), words.len());
    assert!(brought.facts.choices.iter().zip(words).all(starts), "{:?}", brought.facts.choices);
    assert_eq!(approval(&case), None);
    assert_eq!(next_moment(&case, &Policy::default()), Some(day(29 + 7)));
}

#[test]
fn an_objection_counts_in_time_from_its_own_address_in_plain_words_and_once() {
    assert!(may_object(&done(), &at(JANE), &Policy::default(), day(29)));
    assert!(!may_object(&done(), &at(JANE), &Policy::default(), day(30)));
    let late = ["objection_too_late -> done", "too-late to jane@registry.example"];
    check(&done(), &says(Step::Objection, JANE, Word::No), day(30), &late);
    // What others write, and what is not plain, is read by a person and moves nothing.
    let noted = ["answer_noted -> done", "escalation to secretariat"];
    check(&done(), &answers(Step::Objection, JANE, STRANGER, Word::No), start(), &noted);
    check(&done(), &says(Step::Objection, JANE, Word::Unclear), start(), &noted);
    check(&done(), &says(Step::Objection, JANE, Word::Yes), start(), &["objection_none -> done"]);
    // The same once more while it is looked at: a person has heard it.
    let case = contested();
    let again = says(Step::Objection, JANE, Word::No);
    let told = ["answer_noted -> contested", "ruled to secretariat [ruling]"];
    let case = check(&case, &again, start(), &told);
    let case = check(&case, &again, start(), &["objection_repeated -> contested"]);
    assert_eq!(case.objections.len(), 1);
    // And once it is ruled on.
    let case = after(&case, &[rules(RulingVerdict::Reject)]);
    assert!(!may_object(&case, &at(JANE), &Policy::default(), day(1)));
    assert!(may_object(&case, &at(OMAR), &Policy::default(), day(1)));
    let want = ["objection_repeated -> done", "too-late to jane@registry.example"];
    check(&case, &again, day(1), &want);
}

#[test]
fn a_second_person_may_object_as_well_and_once_more_after_a_ruling() {
    let want = [
        "objected_as_well -> contested",
        "escalation to secretariat [ruling]",
        "objected to omar@registry.example",
    ];
    let case = check(&contested(), &says(Step::Objection, OMAR, Word::No), day(1), &want);
    assert_eq!(
        case.state.escalation().unwrap().doubts,
        [Doubt::Contested(at(JANE)), Doubt::Contested(at(OMAR))]
    );
    let kept = after(&contested(), &[rules(RulingVerdict::Reject)]);
    check(&kept, &says(Step::Objection, OMAR, Word::No), day(1), &OBJECTED);
}

#[test]
fn answers_of_others_do_not_wear_the_secretariat_out() {
    let mut case = contested();
    let foreign = answers(Step::Objection, JANE, STRANGER, Word::No);
    for _ in 0..2 {
        case =
            check(&case, &foreign, start(), &["answer_noted -> contested", "ruled to secretariat [ruling]"]);
    }
    case = check(&case, &foreign, start(), &["answer_ignored -> contested"]);
    assert_eq!(case.objections.len(), 1);
}

#[test]
fn an_undo_goes_the_way_of_every_change() {
    let want = ["undo_ruled -> applying", "read registry"];
    let case = check(&contested(), &rules(RulingVerdict::Undo), day(1), &want);
    assert_eq!(approval(&case), None);
    let case = check(&case, &as_left(&case), day(1), &["undo_begins -> applying", "change list"]);
    assert_eq!(approval(&case).unwrap().changes(), reversed(&case.changes));
    let (case, decision) = step(&case, &Event::ListChanged, day(1));
    let want = [
        "undone -> undone",
        "undone to admin@registry.example",
        "undone to jane@registry.example",
        "undone to omar@registry.example",
        "undone to zoe@registry.example",
    ];
    assert_eq!(shown(&decision), want.join("\n"));
    for notice in sent(&decision) {
        // Who had come with the change reads that he is no contact, and nothing of the others.
        let want = if notice.to == [at(ZOE)] { Vec::new() } else { reversed(&case.changes) };
        assert_eq!(notice.facts.changes, want, "{:?}", notice.to);
        assert_eq!(notice.facts.because == Because::WasListed, notice.to == [at(ZOE)]);
    }
    assert!(!case.state.is_open());
    // Whoever objects now hears that it is so already.
    let want = ["answer_too_late -> undone", "too-late to omar@registry.example"];
    let (_, decision) = step(&case, &says(Step::Objection, OMAR, Word::No), day(2));
    assert_eq!(shown(&decision), want.join("\n"));
    assert_eq!(sent(&decision).next().unwrap().facts.reason, Reason::UndoneBefore);
}

#[test]
fn nothing_is_undone_without_an_objection_of_who_was_told_and_a_ruling() {
    let case = after(&undoing(), &[as_left(&undoing())]);
    assert!(approval(&case).is_some());
    assert_eq!(approval(&Case { objections: Vec::new(), ..case.clone() }), None);
    assert_eq!(approval(&Case { handed: Vec::new(), ..case.clone() }), None);
    let mut early = case.clone();
    early.objections[0].at = day(1);
    assert_eq!(approval(&early), None, "he objected after the ruling");
    // The consents to the change are none to its reverse.
    assert_eq!(approval(&Case { consents: Vec::new(), ..case.clone() }), approval(&case));
    for case in [awaiting_admin(), checking(), changing(), done()] {
        let (next, decision) = step(&case, &rules(RulingVerdict::Undo), start());
        assert_eq!(next.state, case.state, "{}", decision.event);
    }
}

#[test]
fn what_was_changed_since_is_not_undone_blindly() {
    let case = undoing();
    let read = Event::RegistryRead {
        answers: vec![found("nl", ADMIN)],
        entries: vec![case.changes[0].before.clone()],
        frozen: Vec::new(),
    };
    let held = ["handed_to_secretariat -> contested", "escalation to secretariat [ruling]"];
    let case = check(&case, &read, day(1), &held);
    assert_eq!(resume(&case), Resume::Nowhere);
    check(&case, &rules(RulingVerdict::Undo), day(1), &["ruling_impossible -> contested"]);
    // Another admin contact is told first; a person may undo it all the same.
    let case = undoing();
    let entries = vec![case.changes[0].after.clone()];
    let answers = vec![found("nl", "new@registry.example")];
    let moved = Event::RegistryRead { answers, entries, frozen: Vec::new() };
    let case = check(&case, &moved, day(1), &held);
    assert_eq!(resume(&case), Resume::Undo);
    let case = after(&case, &[rules(RulingVerdict::Undo)]);
    let case = check(&case, &moved, day(1), &["undo_begins -> applying", "change list"]);
    // The list will not: the secretariat hears it.
    check(&case, &Event::ListRefused("no".to_owned()), day(1), &held);
}

#[test]
fn who_changes_the_list_by_hand_is_told_to_change_it_back_or_to_leave_it() {
    let case = after(&undoing(), &[as_left(&undoing())]);
    let want = ["list_ordered -> applying", "change-order to lists@ops.example [list]"];
    let case = check(&case, &order(), day(1), &want);
    assert_eq!(approval(&case), None);
    let made = check(
        &case,
        &says(Step::List, LIST_ADMIN, Word::Yes),
        day(2),
        &["order_carried_out -> applying", "record change"],
    );
    assert!(approval(&made).is_some());
    // He is silent: the secretariat has it again, and hears what he says then.
    let held = ["handed_to_secretariat -> contested", "escalation to secretariat [ruling]"];
    let silent = check(&case, &Event::TimePassed, day(16), &held);
    let told = ["answer_noted -> contested", "ruled to secretariat [ruling]"];
    check(&silent, &says(Step::List, LIST_ADMIN, Word::Yes), day(17), &told);
    let (kept, decision) = step(&case, &rules(RulingVerdict::Reject), day(2));
    assert_eq!(kept.state, State::Done(start()));
    assert!(shown(&decision).ends_with("order-void to lists@ops.example"), "{}", shown(&decision));
    // A rejection before anything was ordered sends no such mail, though the change itself was an order.
    let by_hand = after(&changing(), &[order(), says(Step::List, LIST_ADMIN, Word::Yes), Event::ListChanged]);
    let case = step(&by_hand, &says(Step::Objection, JANE, Word::No), day(1)).0;
    let (_, decision) = step(&case, &rules(RulingVerdict::Reject), day(2));
    assert!(!shown(&decision).contains("order-void"), "{}", shown(&decision));
}

#[test]
fn a_rejected_objection_leaves_the_change_and_all_hear_why() {
    let (case, decision) = step(&contested(), &rules(RulingVerdict::Reject), day(1));
    let want = [
        "objection_rejected -> done",
        "kept to admin@registry.example",
        "kept to jane@registry.example",
        "kept to omar@registry.example",
        "kept to zoe@registry.example",
    ];
    assert_eq!(shown(&decision), want.join("\n"));
    assert!(sent(&decision).all(|notice| notice.facts.reason == "as agreed".into()));
    // The days to object go on from the change.
    assert_eq!(case.state, State::Done(start()));
}

#[test]
fn an_objection_that_nobody_rules_on_ends_with_the_change_as_it_is() {
    let want = ["secretariat_reminded -> contested", "escalation to secretariat [ruling]"];
    let case = check(&contested(), &Event::TimePassed, day(7), &want);
    let (case, decision) = step(&case, &Event::TimePassed, day(90));
    assert_eq!(case.state, State::Done(start()));
    assert_eq!(sent(&decision).next().unwrap().facts.reason, Reason::NoRuling);
    assert!(shown(&decision).ends_with("escalation to secretariat"));
}

#[test]
fn the_secretariat_may_ask_those_who_object_and_hears_what_they_say() {
    let want = ["objection_asked -> contested", "objection-asked to jane@registry.example [objection]"];
    let case = check(&contested(), &rules(RulingVerdict::Ask), day(1), &want);
    let told = ["answer_noted -> contested", "ruled to secretariat [ruling]"];
    check(&case, &says(Step::Objection, JANE, Word::Unclear), day(2), &told);
    let quiet = Event::Ruled(Ruling {
        by: "kim".to_owned(),
        verdict: RulingVerdict::Ask,
        note: String::new(),
        mail: None,
    });
    check(&case, &quiet, day(1), &["ruling_impossible -> contested"]);
    let case = check(&case, &rules(RulingVerdict::Take), day(1), &["secretariat_took -> contested"]);
    check(&case, &rules(RulingVerdict::Later), day(1), &["secretariat_put_off -> contested"]);
}

#[test]
fn a_frozen_entry_is_changed_by_nothing_else_unless_a_person_says_so() {
    let case = checking();
    let Event::RegistryRead { answers, entries, .. } = unchanged(&case) else { unreachable!() };
    let frozen = vec![(tld("nl"), "R-9".parse().unwrap())];
    let read = Event::RegistryRead { answers, entries, frozen };
    let held = ["handed_to_secretariat -> awaiting_secretariat", "escalation to secretariat [ruling]"];
    let case = check(&case, &read, start(), &held);
    assert_eq!(resume(&case), Resume::Apply);
    let case = after(&case, &[rules(RulingVerdict::Approve)]);
    check(&case, &read, start(), &["registry_unchanged -> applying", "change list"]);
}

#[test]
fn the_requester_takes_his_request_back_as_long_as_nothing_is_changed() {
    let by_jane = || {
        let arrival = mail(JANE, vec![request("nl", vec![zoe()])]);
        after(&opened(&arrival), &[Event::RequestArrived])
    };
    let back = says(Step::Withdrawal, JANE, Word::No);
    // He asks for more than his own details: the secretariat has it, and hears of it.
    let want =
        ["taken_back -> withdrawn", "taken-back to jane@registry.example", "escalation to secretariat"];
    check(&by_jane(), &back, day(1), &want);
    let asked = after(&by_jane(), &[rules(RulingVerdict::Approve)]);
    let want = [
        "taken_back -> withdrawn",
        "withdrawn to admin@registry.example",
        "taken-back to jane@registry.example",
    ];
    check(&asked, &back, day(1), &want);
    let agreed = after(&asked, &[says(Step::Admin, ADMIN, Word::Yes)]);
    let want = [
        "taken_back -> withdrawn",
        "withdrawn to admin@registry.example",
        "withdrawn to zoe@registry.example",
        "taken-back to jane@registry.example",
    ];
    check(&agreed, &back, day(1), &want);
    // From another address it moves nothing, and neither does it once the change is made.
    let foreign = answers(Step::Withdrawal, JANE, STRANGER, Word::No);
    check(&asked, &foreign, day(1), &["answer_ignored -> awaiting_admin"]);
    let made = after(&agreed, &[says(Step::Contact, ZOE, Word::Yes)]);
    let made = after(&made, &[unchanged(&made), Event::ListChanged]);
    let want = ["answer_too_late -> done", "too-late to jane@registry.example"];
    check(&made, &back, day(1), &want);
    // The admin contact's own request, by his own word.
    let admin = says(Step::Withdrawal, ADMIN, Word::No);
    check(
        &awaiting_contacts(),
        &admin,
        day(1),
        &[
            "taken_back -> withdrawn",
            "withdrawn to zoe@registry.example",
            "taken-back to admin@registry.example",
        ],
    );
    check(
        &needs_information(),
        &admin,
        day(1),
        &["taken_back -> withdrawn", "taken-back to admin@registry.example"],
    );
}

#[test]
fn the_words_of_a_refusal_reach_the_admin_contact_and_the_secretariat_alone() {
    let said = |step: Step, who: &str, words: &str| {
        let Event::Answered(answer) = says(step, who, Word::No) else { unreachable!() };
        Event::Answered(Answer { said: words.to_owned(), ..answer })
    };
    let words = "NO, I left the registry in May";
    let (_, decision) = step(&awaiting_contacts(), &said(Step::Contact, ZOE, words), day(1));
    let want = [
        "refused -> refused",
        "refused to admin@registry.example",
        "refused to zoe@registry.example",
        "escalation to secretariat",
    ];
    assert_eq!(shown(&decision), want.join("\n"));
    for notice in sent(&decision) {
        let told = notice.facts.quoted.contains(&words.to_owned())
            || notice.facts.reason.to_string().contains(words);
        assert_eq!(told, notice.to != [at(ZOE)], "{:?}", notice.to);
    }
    // A bare no has no words.
    let (_, decision) = step(&awaiting_contacts(), &said(Step::Contact, ZOE, "NO."), day(1));
    assert!(
        sent(&decision).all(|notice| notice.facts.quoted.is_empty() && notice.kind == NoticeKind::Refused)
    );
    // A requester who is no contact reads none of it.
    let copy = copied(mail(STRANGER, vec![request("nl", vec![zoe()])]));
    let case = after(&opened(&copy), &[Event::RequestArrived, says(Step::Admin, ADMIN, Word::Yes)]);
    let (_, decision) = step(&case, &said(Step::Contact, ZOE, words), day(1));
    let stranger = sent(&decision).find(|notice| notice.to == [at(STRANGER)]).unwrap();
    assert!(stranger.facts.quoted.is_empty());
}
