//! Several requests for one ccTLD: what each leads to beside those that are open, and what everybody hears of it.

use crate::domain::admission::{Arrival, View};
use crate::domain::case::{Case, CaseId, Role, State, Step};
use crate::domain::event::{Decision, Effect, Event, Repeat, RulingVerdict, Word};
use crate::domain::freeing::renewed;
use crate::domain::open_case::OpenCase;
use crate::domain::policy::Policy;
use crate::domain::request::Change;
use crate::domain::tests_admission::{check_in, wants, wants_own};
use crate::domain::tests_sample::{
    ADMIN, JANE, OMAR, SECRETARIAT, STRANGER, ZOE, after, answers, asks, at, awaiting_admin,
    awaiting_contacts, changing, check, copied, day, entry, mail, named, needs_information, opened, queued,
    request, rules, says, shown, start, step, tld, unsigned, view, zoe,
};

/// The world with this case open as R-7.
fn beside(case: &Case) -> View {
    let mut view = view();
    view.open.push(OpenCase::of(&Case { id: CaseId(7), ..case.clone() }));
    view
}

/// The admin contact wants somebody else to leave.
fn other(from: &str) -> Arrival {
    mail(from, vec![request("nl", vec![named(Change::Remove, "", OMAR)])])
}

fn open_by(arrival: &Arrival) -> Case {
    after(&opened(arrival), &[Event::RequestArrived])
}

fn unproven(arrival: Arrival) -> Arrival {
    Arrival { proof: unsigned(), ..arrival }
}

#[test]
fn the_same_request_joins_the_open_one_and_only_who_is_proven_hears_of_it() {
    let of_admin = beside(&awaiting_admin());
    check_in(&of_admin, &wants(ADMIN), &["joins R-7, and hears of it"]);
    check_in(&of_admin, &unproven(wants(ADMIN)), &["joins R-7"]);
    let of_stranger = beside(&open_by(&copied(wants(STRANGER))));
    check_in(&of_stranger, &copied(wants(STRANGER)), &["joins R-7"]);
}

#[test]
fn somebody_elses_same_wish_joins_where_he_may_see_the_contacts_and_is_his_own_where_not() {
    let zoe_for_nl = beside(&awaiting_admin());
    check_in(&zoe_for_nl, &wants(JANE), &["joins R-7, and hears of it"]);
    check_in(
        &zoe_for_nl,
        &unproven(copied(wants(STRANGER))),
        &["open .nl by admincc for admin@registry.example ? another request for .nl is still open: R-7"],
    );
    // Well signed, he is a stranger to the roster all the same: nothing of the open request shows.
    check_in(
        &zoe_for_nl,
        &copied(wants(STRANGER)),
        &["open .nl by admincc for admin@registry.example ? another request for .nl is still open: R-7"],
    );
}

#[test]
fn a_newer_request_of_the_same_sender_takes_the_place_of_the_older() {
    check_in(
        &beside(&awaiting_admin()),
        &other(ADMIN),
        &["open .nl by admin for admin@registry.example, in place of R-7"],
    );
    check_in(
        &beside(&needs_information()),
        &wants(ADMIN),
        &["open .nl by admin for admin@registry.example, in place of R-7"],
    );
    check_in(
        &beside(&open_by(&unproven(wants(ADMIN)))),
        &wants(ADMIN),
        &["open .nl by admin for admin@registry.example, in place of R-7"],
    );
    // What is less proven than the older is a person's work, and so is what is not plain itself.
    let doubt = "open .nl by admin for admin@registry.example ? another request for .nl is still open: R-7";
    check_in(&beside(&awaiting_admin()), &unproven(other(ADMIN)), &[doubt]);
    let agreed = after(&open_by(&unproven(wants(ADMIN))), &[says(Step::Admin, ADMIN, Word::Yes)]);
    check_in(&beside(&agreed), &unproven(other(ADMIN)), &[doubt]);
    // Nothing proves that both are of the same person.
    check_in(&beside(&open_by(&unproven(wants(ADMIN)))), &unproven(other(ADMIN)), &[doubt]);
    let role =
        mail(ADMIN, vec![request("nl", vec![named(Change::Add, "Night Shift", "noc@registry.example")])]);
    check_in(
        &beside(&awaiting_admin()),
        &role,
        &[
            "open .nl by admin for admin@registry.example ? noc@registry.example looks like a role, not a person ? another request for .nl is still open: R-7",
        ],
    );
}

#[test]
fn the_admin_contact_takes_the_place_of_another_and_anybody_else_waits() {
    let of_jane = open_by(&wants_own(JANE));
    check_in(
        &beside(&of_jane),
        &other(ADMIN),
        &["open .nl by admin for admin@registry.example, in place of R-7"],
    );
    check_in(
        &beside(&of_jane),
        &wants_own(OMAR),
        &["open .nl by contact for admin@registry.example, behind R-7"],
    );
    let mut two = beside(&of_jane);
    two.open.push(OpenCase::of(&queued()));
    two.open[1].id = CaseId(8);
    check_in(&two, &wants_own(OMAR), &["open .nl by contact for admin@registry.example, behind R-8"]);
    // One that is being applied is never replaced, not even by who sent it.
    check_in(
        &beside(&changing()),
        &other(ADMIN),
        &["open .nl by admin for admin@registry.example, behind R-7"],
    );
}

#[test]
fn a_request_for_two_cctlds_waits_for_both() {
    let both = mail(ADMIN, vec![request("nl", vec![zoe()]), request("fr", vec![zoe()])]);
    let mut view = beside(&open_by(&other(ADMIN)));
    let applying = Case { id: CaseId(5), ..changing() };
    view.open.push(OpenCase { tlds: vec![tld("fr")], ..OpenCase::of(&applying) });
    check_in(
        &view,
        &both,
        &["open .nl .fr by admin for admin@registry.example, in place of R-7, behind R-5"],
    );
}

#[test]
fn a_mail_may_join_one_request_and_open_another() {
    let jp = "admin@nic-jp.example";
    let for_jp = mail(SECRETARIAT, vec![request("jp", vec![zoe()])]);
    let both = mail(SECRETARIAT, vec![request("nl", vec![zoe()]), request("jp", vec![zoe()])]);
    let want = format!("joins R-7, and hears of it\nopen .nl by secretariat for {ADMIN}");
    check_in(&beside(&open_by(&for_jp)), &both, &[&want]);
    assert_eq!(opened(&for_jp).admin, Some(at(jp)));
}

fn again(from: &str, times: u16) -> Event {
    Event::Repeated(Repeat {
        from: at(from),
        name: None,
        thread: crate::domain::case::Thread::default(),
        language: None,
        times,
    })
}

#[test]
fn who_asks_again_is_put_the_question_that_waits_for_him_a_few_times() {
    let case = awaiting_admin();
    let first = asks(&case)[0].clone();
    let once = check(
        &case,
        &again(ADMIN, 0),
        day(1),
        &["joined -> awaiting_admin", "confirm-admin to admin@registry.example [admin]"],
    );
    let twice = check(
        &once,
        &again(ADMIN, 1),
        day(1),
        &["joined -> awaiting_admin", "confirm-admin to admin@registry.example [admin]"],
    );
    let ask = asks(&twice)[0].clone();
    assert_eq!((ask.tokens.len(), ask.until, ask.reminders), (3, first.until, 0));
    check(&twice, &again(ADMIN, 2), day(1), &["joined -> awaiting_admin"]);
    check(
        &awaiting_contacts(),
        &again(ZOE, 0),
        day(1),
        &["joined -> awaiting_contacts", "confirm-contact to zoe@registry.example [contact]"],
    );
    check(
        &needs_information(),
        &again(ADMIN, 0),
        day(1),
        &["joined -> needs_information", "needs-information to admin@registry.example [information]"],
    );
}

#[test]
fn who_is_not_asked_himself_hears_once_how_it_stands() {
    for (case, waits) in [
        (awaiting_admin(), "The IANA admin contact has been asked to confirm it."),
        (awaiting_contacts(), "It waits for the answer of zoe@registry.example."),
        (queued(), "It waits until R-1, another request for the same ccTLD, has ended."),
        (changing(), "All have agreed, and it is being applied."),
    ] {
        let (next, decision) = step(&case, &again(OMAR, 0), day(1));
        assert_eq!(
            shown(&decision),
            format!("joined -> {}\nunder-way to omar@registry.example", case.state.name())
        );
        assert_eq!(next.state, case.state);
        let Effect::Send(notice) = &decision.effects[0] else { panic!() };
        assert_eq!(
            notice.facts.reason.to_string(),
            format!("The same request came in on 2026-11-02 09:00 UTC. {waits}")
        );
        check(&case, &again(OMAR, 1), day(1), &[&format!("joined -> {}", case.state.name())]);
    }
}

#[test]
fn all_who_were_asked_hear_that_another_request_takes_the_place() {
    let replaced = Event::Replaced(CaseId(9));
    check(
        &awaiting_admin(),
        &replaced,
        day(1),
        &["replaced -> withdrawn", "withdrawn to admin@registry.example"],
    );
    check(
        &awaiting_contacts(),
        &replaced,
        day(1),
        &[
            "replaced -> withdrawn",
            "withdrawn to admin@registry.example",
            "withdrawn to zoe@registry.example",
        ],
    );
    let of_jane = open_by(&wants_own(JANE));
    check(&of_jane, &replaced, day(1), &["replaced -> withdrawn", "withdrawn to jane@registry.example"]);
    check(&queued(), &replaced, day(1), &["replaced -> withdrawn", "replaced to jane@registry.example"]);
    let held = open_by(&mail(JANE, vec![request("nl", vec![zoe()])]));
    check(
        &held,
        &replaced,
        day(1),
        &["replaced -> withdrawn", "replaced to jane@registry.example", "escalation to secretariat"],
    );
    let case = changing();
    assert_eq!(step(&case, &replaced, day(1)).0, case);
}

#[test]
fn one_that_waits_ends_by_a_ruling_or_after_its_days() {
    let case = queued();
    assert_eq!(case.state.name(), "queued");
    let never = answers(Step::Admin, ADMIN, ADMIN, Word::Yes);
    check(&case, &never, day(1), &["answer_ignored -> queued"]);
    check(&case, &rules(RulingVerdict::Approve), day(1), &["ruling_impossible -> queued"]);
    check(
        &case,
        &rules(RulingVerdict::Reject),
        day(1),
        &["refused -> refused", "refused to jane@registry.example"],
    );
    check(&case, &Event::TimePassed, day(29), &["nothing_new -> queued"]);
    check(
        &case,
        &Event::TimePassed,
        day(30),
        &["expired -> expired", "expired to jane@registry.example", "escalation to secretariat"],
    );
}

fn freed(case: &Case, view: &View) -> (Case, String) {
    let fresh = renewed(case, view, &Policy::default(), day(3));
    let (next, decision) = step(case, &Event::Freed(Box::new(fresh)), day(3));
    (next, shown(&decision))
}

#[test]
fn one_whose_turn_has_come_goes_on_as_if_it_arrived_then() {
    let case = queued();
    let (next, told) = freed(&case, &view());
    assert_eq!(
        told,
        "freed -> awaiting_admin\nconfirm-admin to admin@registry.example [admin]\nunder-way to jane@registry.example [withdrawal]"
    );
    assert_eq!((next.id, next.opened, next.behind), (case.id, case.opened, None));
    assert_eq!(asks(&next)[0].asked, day(3));
    // The other one took Omar away: this one is planned against what is there now.
    let mut later = view();
    later.roster.set(tld("nl"), entry().into_iter().filter(|contact| contact.email != at(OMAR)).collect());
    let (next, _) = freed(&case, &later);
    assert_eq!(next.changes[0].before.len(), 1);
    assert!(next.changes[0].after.is_empty());
}

#[test]
fn one_that_has_nothing_left_to_do_or_whose_sender_is_another_by_then_is_not_carried_out() {
    let case = queued();
    let mut later = view();
    later.roster.set(tld("nl"), entry().into_iter().filter(|contact| contact.email != at(JANE)).collect());
    let (next, told) = freed(&case, &later);
    assert!(told.starts_with("freed -> awaiting_secretariat\nescalation to secretariat [ruling]"), "{told}");
    let State::AwaitingSecretariat(escalation) = next.state else { panic!() };
    assert!(
        escalation.doubts[2].words().contains("its sender was a listed contact of .nl"),
        "{:?}",
        escalation.doubts
    );
    let zoe_is_there =
        after(&Case { behind: Some(CaseId(1)), ..opened(&other(ADMIN)) }, &[Event::RequestArrived]);
    let mut later = view();
    later.roster.set(tld("nl"), entry().into_iter().filter(|contact| contact.email != at(OMAR)).collect());
    let (_, told) = freed(&zoe_is_there, &later);
    assert!(told.starts_with("freed -> awaiting_secretariat"), "{told}");
}

#[test]
fn one_waits_on_behind_a_third_but_never_behind_who_waits_for_it() {
    let case = queued();
    let mut view = view();
    let third = open_by(&wants_own(OMAR));
    view.open.push(OpenCase::of(&Case { id: CaseId(3), ..third }));
    view.open.push(OpenCase::of(&case));
    view.open.push(OpenCase { behind: Some(case.id), ..OpenCase::of(&Case { id: CaseId(4), ..queued() }) });
    let (next, told) = freed(&case, &view);
    assert_eq!(told, "freed -> queued\nunder-way to jane@registry.example [withdrawal]");
    let State::Queued(queued) = next.state else { panic!() };
    assert_eq!((queued.behind, queued.since), (CaseId(3), day(3)));
}

#[test]
fn a_stranger_who_waits_hears_the_same_words_as_ever() {
    let opened = opened(&copied(wants(STRANGER)));
    assert_eq!(opened.requester.role, Role::AdminCc);
    let waits = Case { behind: Some(CaseId(1)), ..opened.clone() };
    let [first, second] = [waits, opened].map(|case| step(&case, &Event::RequestArrived, start()).1);
    let told = |decision: &Decision| {
        let mails = decision.effects.iter().filter_map(|effect| {
            let Effect::Send(notice) = effect else { return None };
            (notice.to == [at(STRANGER)]).then(|| notice.facts.clone())
        });
        mails.collect::<Vec<_>>()
    };
    assert_eq!(told(&first).len(), 1);
    assert_eq!(told(&first), told(&second));
    assert_eq!(first.next.name(), "queued");
}
