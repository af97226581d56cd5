//! A list that a person changes by hand: what he is told, what his answers do, and what he hears of a case that ends.

use crate::domain::case::{Case, Resume, State, Step};
use crate::domain::decide::{approval, next_moment};
use crate::domain::event::{Effect, Event, RulingVerdict, Word};
use crate::domain::list_plan::{ListStep, Plan};
use crate::domain::notice::NoticeKind;
use crate::domain::policy::Policy;
use crate::domain::registry::RegistryAnswer;
use crate::domain::tests_sample::{
    ADMIN, LIST_ADMIN, STRANGER, ZOE, after, answers, at, changing, check, checking, day, failed, found,
    order, ordered, record, rules, says, start, step, unchanged,
};

const VOID: &str = "order-void to lists@ops.example";

/// The case in the hands of the secretariat, which can let it be applied.
#[track_caller]
fn held(event: &Event, now: jiff::Timestamp) -> Case {
    let want = ["handed_to_secretariat -> awaiting_secretariat", "escalation to secretariat [ruling]"];
    let next = check(&ordered(), event, now, &want);
    let State::AwaitingSecretariat(escalation) = &next.state else { panic!("it was to be handed over") };
    assert_eq!(escalation.resume, Resume::Apply);
    next
}

fn plan_of(case: &Case) -> &Plan {
    &case.ordered
}

#[test]
fn he_is_told_what_to_do_and_nothing_else_of_the_case() {
    let want = ["list_ordered -> applying", "change-order to lists@ops.example [list]"];
    let case = check(&changing(), &order(), start(), &want);
    assert_eq!(approval(&case), None, "nothing else changes the list meanwhile");
    let (_, decision) = step(&changing(), &order(), start());
    let Some(Effect::Send(notice)) = decision.effects.first() else { panic!("{decision:?}") };
    assert_eq!(notice.kind, NoticeKind::ChangeOrder);
    let facts = &notice.facts;
    assert!(facts.changes.is_empty() && facts.warnings.is_empty() && facts.evidence.is_empty());
    assert!(matches!(facts.order.as_slice(), [ListStep::Subscribe(member)] if member.address == at(ZOE)));
}

#[test]
fn his_yes_lets_the_roster_follow_and_ends_the_case() {
    let want = ["order_carried_out -> applying", "record change"];
    let case = check(&ordered(), &says(Step::List, LIST_ADMIN, Word::Yes), start(), &want);
    assert!(approval(&case).is_some());
    let (case, decision) = step(&case, &Event::ListChanged, start());
    assert_eq!((case.state.name(), decision.event), ("done", "applied"));
    let late = says(Step::List, LIST_ADMIN, Word::Yes);
    check(&case, &late, start(), &["answer_too_late -> done"]);
}

#[test]
fn what_he_does_not_do_is_the_secretariats() {
    for word in [Word::No, Word::Unclear] {
        let case = held(&says(Step::List, LIST_ADMIN, word), start());
        let State::AwaitingSecretariat(escalation) = &case.state else { panic!() };
        assert!(escalation.doubts[0].words().contains("answered: \"as I say\""), "{escalation:?}");
    }
    held(&failed(LIST_ADMIN), start());
    held(&Event::TimePassed, day(15));
}

#[test]
fn nobody_else_can_say_that_it_is_done() {
    let told = ["answered_by_other -> applying", "escalation to secretariat"];
    let stolen = |word| answers(Step::List, LIST_ADMIN, STRANGER, word);
    let case = check(&ordered(), &stolen(Word::Yes), start(), &told);
    let case = check(&case, &stolen(Word::No), start(), &told);
    check(&case, &stolen(Word::Yes), start(), &["answered_by_other -> applying"]);
    check(&ordered(), &rules(RulingVerdict::Approve), start(), &["ruling_impossible -> applying"]);
    check(&ordered(), &Event::ListChanged, start(), &["nothing_new -> applying"]);
}

#[test]
fn he_is_reminded_with_a_new_token_and_the_old_one_stays_good() {
    let (_, at_first) = step(&changing(), &order(), start());
    let case = ordered();
    let due = next_moment(&case, &Policy::default()).unwrap();
    let want = ["order_repeated -> applying", "change-order to lists@ops.example [list]"];
    let case = check(&case, &Event::TimePassed, due, &want);
    let tokens = crate::domain::case::issued_tokens(&case);
    let of_the_list = crate::domain::case::open_asks(&case.state);
    assert_eq!(of_the_list[0].tokens.len(), 2);
    assert!(tokens.len() >= 2 && at_first.effects.len() == 1);
}

#[test]
fn who_was_told_to_change_the_list_is_told_to_leave_it() {
    for event in
        [rules(RulingVerdict::Reject), says(Step::Admin, ADMIN, Word::No), says(Step::Contact, ZOE, Word::No)]
    {
        let (next, decision) = step(&ordered(), &event, start());
        assert_eq!(next.state.name(), "refused", "{event:?}");
        let shown = crate::domain::tests_sample::shown(&decision);
        assert!(shown.lines().any(|line| line == VOID), "{shown}");
        assert!(!plan_of(&next).is_empty(), "what he was told is remembered");
    }
    let unanswered = held(&Event::TimePassed, day(15));
    let (_, decision) = step(&unanswered, &rules(RulingVerdict::Reject), day(16));
    assert!(crate::domain::tests_sample::shown(&decision).contains(VOID));
    let (_, decision) = step(&checking(), &rules(RulingVerdict::Reject), start());
    assert!(!crate::domain::tests_sample::shown(&decision).contains("order-void"));
}

#[test]
fn his_yes_still_counts_after_the_secretariat_was_told_of_his_silence() {
    let want = ["order_carried_out -> applying", "record change"];
    let yes = says(Step::List, LIST_ADMIN, Word::Yes);
    for event in [Event::TimePassed, failed(LIST_ADMIN)] {
        let case = held(&event, day(15));
        check(&case, &yes, day(16), &want);
        let no = says(Step::List, LIST_ADMIN, Word::No);
        let want = ["answer_noted -> awaiting_secretariat", "escalation to secretariat"];
        check(&case, &no, day(16), &want);
        let stolen = answers(Step::List, LIST_ADMIN, STRANGER, Word::Yes);
        check(&case, &stolen, day(16), &["answer_ignored -> awaiting_secretariat"]);
    }
    // Who agreed is not the admin contact any more: his work is a person's now.
    let moved = Event::RegistryChanged {
        changed: vec![("nl".parse().unwrap(), Some(record("nl", "new@registry.example")))],
    };
    let (case, _) = step(&ordered(), &moved, start());
    let want = ["answer_noted -> awaiting_secretariat", "escalation to secretariat"];
    check(&case, &yes, start(), &want);
}

#[test]
fn after_a_refusal_a_yes_of_his_goes_to_a_person() {
    let refused = after(&ordered(), &[rules(RulingVerdict::Reject)]);
    let want = ["answer_too_late -> refused", "escalation to secretariat"];
    check(&refused, &says(Step::List, LIST_ADMIN, Word::Yes), start(), &want);
    let stolen = answers(Step::List, LIST_ADMIN, STRANGER, Word::Yes);
    check(&refused, &stolen, start(), &["answer_too_late -> refused"]);
}

#[test]
fn approved_again_it_is_ordered_again() {
    let case = held(&says(Step::List, LIST_ADMIN, Word::No), start());
    let want = ["secretariat_approved -> applying", "read registry"];
    let case = check(&case, &rules(RulingVerdict::Approve), start(), &want);
    let case = after(&case, &[unchanged(&case)]);
    let want = ["list_ordered -> applying", "change-order to lists@ops.example [list]"];
    check(&case, &order(), start(), &want);
    assert!(matches!(found("nl", ADMIN), RegistryAnswer::Found(_)));
}
