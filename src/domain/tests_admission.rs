//! Admission: what each mail that comes in leads to, and for whom it leads to nothing.

use jiff::SignedDuration;

use crate::domain::admission::{Admission, Arrival, Joined, View, admit, is_unproven};
use crate::domain::asked::{Asked, Term};
use crate::domain::case::{Case, Resume, State, Step};
use crate::domain::contact::{Contact, Rank};
use crate::domain::event::Event;
use crate::domain::evidence::{Signed, Verdict};
use crate::domain::exemption::{Exemption, Rule};
use crate::domain::open_case::Route;
use crate::domain::policy::Policy;
use crate::domain::registry::RegistryAnswer;
use crate::domain::request::{Change, Kind, Named, Request};
use crate::domain::tests_sample::{
    ADMIN, IVAN, JANE, MAILBOX, OMAR, SECRETARIAT, STRANGER, ZOE, after, at, copied, entry, found, good,
    mail, named, opened, proof, request, start, tld, unsigned, view, zoe,
};
use crate::domain::tld::Tld;
use crate::domain::unclear::{About, Unclear};

const TECHNICAL: &str = "tech@provider.example";
const JP_ADMIN: &str = "admin@nic-jp.example";

/// What is done, in one line; for a case its ccTLDs, the requester's role, the admin contact and the doubts.
fn shown(admission: &Admission) -> String {
    match admission {
        Admission::Ignore { event, keep_for_person: false, .. } => format!("ignore {event}"),
        Admission::Ignore { event, keep_for_person: true, .. } => format!("keep {event}"),
        Admission::Retry(why) => format!("retry: {why}"),
        Admission::Hold(doubts) => format!("hold: {}", doubts.join("; ")),
        Admission::Help(help) if help.points.is_empty() => "help".to_owned(),
        Admission::Help(help) => format!("help; hold: {}", help.points.join("; ")),
        Admission::Answer(inquiry) => {
            let points: Vec<String> = inquiry.points.iter().map(|point| format!("; hold: {point}")).collect();
            format!("send {} to {}{}", inquiry.asked.words(), inquiry.to, points.concat())
        }
        Admission::Joined(joined) => shown_joined(joined),
        Admission::JoinedAndOpen(joined, cases) => {
            let opened: Vec<String> = cases.iter().map(shown_case).collect();
            format!("{}\n{}", shown_joined(joined), opened.join("\n"))
        }
        Admission::Open(cases) => cases.iter().map(shown_case).collect::<Vec<_>>().join("\n"),
    }
}

fn shown_joined(joined: &[Joined]) -> String {
    let told =
        |one: &Joined| format!("joins {}{}", one.case, if one.may_hear { ", and hears of it" } else { "" });
    joined.iter().map(told).collect::<Vec<_>>().join("; ")
}

fn shown_case(case: &Case) -> String {
    let admin = case.admin.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string);
    let doubts: Vec<String> = case.doubts.iter().map(|doubt| format!(" ? {}", doubt.words())).collect();
    let role = format!("{:?}", case.requester.role).to_lowercase();
    let replaces: Vec<String> = case.replaces.iter().map(|id| format!(", in place of {id}")).collect();
    let behind = case.behind.map(|id| format!(", behind {id}")).unwrap_or_default();
    let line = format!("{}{behind}{}", replaces.concat(), doubts.concat());
    format!("open {} by {role} for {admin}{line}", case.tlds_for_people())
}

fn cases_of(admission: Admission) -> Vec<Case> {
    if let Admission::Open(cases) = admission { cases } else { Vec::new() }
}

#[track_caller]
pub(in crate::domain) fn check_in(view: &View, arrival: &Arrival, want: &[&str]) {
    assert_eq!(shown(&admit(arrival, view, &Policy::default(), start())), want.join("\n"));
}

#[track_caller]
fn check(arrival: &Arrival, want: &[&str]) {
    check_in(&view(), arrival, want);
}

fn of_kind(kind: Kind, from: &str) -> Arrival {
    let mut arrival = mail(from, Vec::new());
    arrival.reading.kind = kind;
    arrival
}

pub(in crate::domain) fn wants(from: &str) -> Arrival {
    mail(from, vec![request("nl", vec![zoe()])])
}

/// A contact's new number.
pub(in crate::domain) fn wants_own(from: &str) -> Arrival {
    mail(from, vec![request("nl", vec![Named { phone: zoe().phone, ..named(Change::Modify, "", from) }])])
}

fn with(arrival: Arrival, verdict: Verdict, signed: Signed) -> Arrival {
    Arrival { proof: proof(verdict, signed), ..arrival }
}

#[test]
fn our_own_mails_and_machines_mails_lead_to_nothing() {
    check(&wants(MAILBOX), &["ignore own_mail"]);
    check(&wants("TLD-OPS-admin+c-123@OPS.example"), &["ignore own_mail"]);
    check(&Arrival { from: None, ..wants(ADMIN) }, &["keep no_sender"]);
    for from in [ADMIN, JANE, STRANGER] {
        check(&of_kind(Kind::AutoReply, from), &["ignore machines_mail"]);
        check(&of_kind(Kind::Bounce, from), &["ignore bounce"]);
    }
}

#[test]
fn a_strangers_answer_without_a_token_of_ours_is_nothing() {
    for kind in [Kind::ReplyYes, Kind::ReplyNo, Kind::ReplyUnclear] {
        check(&of_kind(kind, STRANGER), &["keep unknown_token"]);
        check(&Arrival { proof: unsigned(), ..of_kind(kind, JANE) }, &["keep unknown_token"]);
        let mut held = of_kind(kind, ADMIN);
        held.reading.hold = true;
        held.reading.doubts = vec![Unclear::of(About::OnBehalf)];
        check(&held, &["hold: someone may answer in another's name"]);
    }
    check(&of_kind(Kind::Other, STRANGER), &["ignore no_request"]);
    check(&of_kind(Kind::Ruling, STRANGER), &["keep no_request"]);
    let cure = "it looks like a ruling, and is no answer to a mail about a request: please answer that mail, or rule at the shell";
    check(&of_kind(Kind::Ruling, SECRETARIAT), &[&format!("hold: {cure}")]);
}

#[test]
fn who_cannot_say_what_he_wants_is_told_how_to_ask_if_he_is_proven() {
    let lost = |from: &str| {
        let mut arrival = of_kind(Kind::Other, from);
        arrival.reading.lost = true;
        arrival
    };
    check(&lost(STRANGER), &["help"]);
    check(&Arrival { proof: unsigned(), ..lost(STRANGER) }, &["ignore no_request"]);
    let doubt = "somebody who is known here writes, and asks for nothing that is done here; he may object";
    check(&lost(JANE), &[&format!("help; hold: {doubt}")]);
    check(&Arrival { proof: unsigned(), ..lost(JANE) }, &["ignore no_request"]);
    let late = with(lost(JANE), Verdict::TemporaryFailure, Signed::Badly);
    check(&late, &["retry: a reason"]);
}

#[test]
fn who_stopped_them_is_not_asked_about_requests_that_merely_copy_him() {
    let by = |address: &str| View { stopped: [(tld("nl"), at(address))].into(), ..view() };
    let asks = copied(wants(STRANGER));
    check_in(&by(ADMIN), &asks, &["keep copies_stopped"]);
    assert!(
        shown(&admit(&asks, &by("former@nic-nl.example"), &Policy::default(), start())).starts_with("open")
    );
    // Who may ask himself, and is proven, need not be stopped: his copy is politeness.
    for from in [TECHNICAL, JANE] {
        let opened = |arrival: &Arrival| shown(&admit(arrival, &by(ADMIN), &Policy::default(), start()));
        assert!(opened(&copied(wants_own(from))).starts_with("open"), "{from}");
        let unproven = Arrival { proof: unsigned(), ..copied(wants_own(from)) };
        assert_eq!(opened(&unproven), "keep copies_stopped", "{from}");
    }
    let own = shown(&admit(&wants(ADMIN), &by(ADMIN), &Policy::default(), start()));
    assert!(own.starts_with("open"), "{own}");
}

#[test]
fn whoever_merely_copies_the_admin_contact_is_marked_so() {
    let merely = |arrival: &Arrival| {
        cases_of(admit(arrival, &view(), &Policy::default(), start()))
            .iter()
            .map(|case| case.copied)
            .collect::<Vec<_>>()
    };
    assert_eq!(merely(&copied(wants(STRANGER))), [true]);
    assert_eq!(merely(&copied(wants_own(TECHNICAL))), [false]);
    assert_eq!(merely(&Arrival { proof: unsigned(), ..copied(wants_own(TECHNICAL)) }), [true]);
    assert_eq!(merely(&wants(ADMIN)), [false]);
}

#[test]
fn an_objection_of_a_contact_reaches_a_person_though_it_answers_no_question() {
    for kind in [Kind::ReplyNo, Kind::ReplyUnclear, Kind::Other] {
        let doubt =
            "hold: somebody who is known here writes, and asks for nothing that is done here; he may object";
        check(&of_kind(kind, JANE), &[doubt]);
    }
}

#[test]
fn an_exemption_lifts_the_doubt_and_its_question_while_it_stands() {
    let until = |whom: &str, from: Rule, day: &str| Exemption {
        whom: whom.parse().unwrap(),
        from,
        by: "Jane".to_owned(),
        why: "a staff of two".to_owned(),
        since: start(),
        until: Some(day.parse().unwrap()),
    };
    let exempting = |exemption: Exemption| View { exemptions: vec![exemption], ..view() };
    let role = mail(ADMIN, vec![request("nl", vec![Named { email: Some(at("noc@nic.example")), ..zoe() }])]);
    let held =
        "open .nl by admin for admin@registry.example ? noc@nic.example looks like a role, not a person";
    let free = "open .nl by admin for admin@registry.example";
    check(&role, &[held]);
    check_in(&exempting(until("noc@nic.example", Rule::Role, "2999-12-31")), &role, &[free]);
    check_in(&exempting(until("noc@nic.example", Rule::Role, "2001-01-01")), &role, &[held]);
    check_in(&exempting(until("noc@nic.example", Rule::FreeMail, "2999-12-31")), &role, &[held]);
    // Whoever may be without a number is not asked for it.
    let mut lacking = mail(ADMIN, vec![request("nl", vec![Named { phone: None, ..zoe() }])]);
    lacking.reading.missing = vec![format!("phone:{ZOE}")];
    let missing = |view: &View| -> Vec<String> {
        let cases = cases_of(admit(&lacking, view, &Policy::default(), start()));
        cases.into_iter().flat_map(|case| case.reading.missing).collect()
    };
    assert_eq!(missing(&view()), [format!("phone:{ZOE}")]);
    assert_eq!(missing(&exempting(until(".nl", Rule::NoPhone, "2999-12-31"))), Vec::<String>::new());
}

#[test]
fn who_is_listed_elsewhere_with_other_details_is_told_of() {
    let mut view = view();
    view.roster.set(tld("fr"), entry());
    let warned = |arrival: &Arrival, view: &View| -> Vec<String> {
        let cases = cases_of(admit(arrival, view, &Policy::default(), start()));
        cases.into_iter().flat_map(|case| case.warnings).collect()
    };
    let warning = "Jane Doe is also listed for .fr, and would then stand there with other details; a request for each is needed.";
    let by_admin = Arrival { from: Some(at(ADMIN)), ..wants_own(JANE) };
    assert_eq!(warned(&by_admin, &view), [warning], "an admin contact speaks for his own ccTLD");
    assert_eq!(warned(&wants(ADMIN), &view), Vec::<String>::new(), "somebody new changes nobody's details");
    assert_eq!(warned(&wants_own(JANE), &view), Vec::<String>::new(), "she changes it for both");
    view.records.remove(&tld("fr"));
    assert_eq!(warned(&wants_own(JANE), &view), [warning], "nobody there could be told");
}

#[test]
fn a_contact_of_several_cctlds_changes_her_details_once() {
    let mut view = view();
    let third = Contact { rank: Rank::try_from(3).unwrap(), ..entry().remove(0) };
    view.roster.set(tld("jp"), vec![third.clone()]);
    view.records.insert(tld("fr"), found("fr", "boss@nic-fr.example"));
    view.roster.set(tld("fr"), vec![Contact { email: at(ZOE), ..third }]);
    let opened = |arrival: &Arrival| cases_of(admit(arrival, &view, &Policy::default(), start()));
    let cases = opened(&wants_own(JANE));
    let [case] = cases.as_slice() else { panic!("{cases:?}") };
    let tlds: Vec<&str> = case.tlds().map(Tld::as_str).collect();
    assert_eq!(tlds, ["nl", "jp"], "and not where somebody of her name has another address");
    let phones: Vec<&str> =
        case.changes.iter().map(|change| change.after[0].phone.as_ref().unwrap().as_str()).collect();
    assert_eq!(phones, ["+31207654321"; 2]);
    assert_eq!(u8::from(case.changes[1].after[0].rank), 3, "her place there is not hers to change");
    assert_eq!((case.admin.as_ref(), case.doubts.as_slice()), (None, [].as_slice()));
    let asked: Vec<(Step, &str)> = case.required.iter().map(|one| (one.step, one.who.local())).collect();
    assert_eq!(asked, [(Step::Own, "jane")]);
    // By name in one mail it is the same case; what is not hers alone is another.
    let mut both = wants_own(JANE);
    let mut second = both.reading.requests[0].clone();
    second.tld = Some(tld("jp"));
    both.reading.requests.push(second);
    assert_eq!(opened(&both).len(), 1);
    both.reading.requests[1].contacts.push(zoe());
    let cases = opened(&both);
    assert_eq!(cases.iter().map(|case| case.changes.len()).collect::<Vec<_>>(), [1, 1], "{cases:?}");
}

/// A mail that asks for the contacts of `.nl`.
fn asks(from: &str) -> Arrival {
    let mut arrival = of_kind(Kind::Query, from);
    arrival.reading.asked = Some(Asked::These(vec![Term::Tld(tld("nl"))]));
    arrival
}

#[test]
fn contacts_are_for_proven_contacts_only_and_go_to_their_first_address() {
    check(&asks(JANE), &["send .nl to jane@registry.example"]);
    check(&Arrival { proof: unsigned(), ..asks(JANE) }, &["keep query_unproven"]);
    check(
        &of_kind(Kind::Query, JANE),
        &["hold: a listed contact asks for contacts, and not plainly for which; please answer him"],
    );
    check(&asks(STRANGER), &["help"]);
    check(&asks(ADMIN), &["help"]);
    check(&asks(SECRETARIAT), &["help"]);
    let mut shared = view();
    let mut contacts = entry();
    contacts[0].secondary_email = Some(at(ZOE));
    shared.roster.set(tld("nl"), contacts.clone());
    check_in(&shared, &asks(ZOE), &["send .nl to jane@registry.example"]);
    contacts[1].secondary_email = Some(at(ZOE));
    shared.roster.set(tld("nl"), contacts);
    check_in(
        &shared,
        &asks(ZOE),
        &["hold: several contacts share the address that asks for contacts; please answer the one who asked"],
    );
}

#[test]
fn a_question_in_an_incident_is_answered_at_once_and_a_person_sees_it() {
    let mut alarmed = asks(JANE);
    alarmed.reading.doubts.push(Unclear::of(About::Incident));
    let words = Unclear::of(About::Incident).to_string();
    check(&alarmed, &[&format!("send .nl to jane@registry.example; hold: {words}")]);
    alarmed.reading.doubts.push(Unclear::of(About::Steer));
    let steer = Unclear::of(About::Steer).to_string();
    check(&alarmed, &[&format!("hold: {words}; {steer}")]);
}

#[test]
fn nobody_else_is_answered_differently_for_a_member_and_for_none() {
    for from in [STRANGER, ADMIN, JP_ADMIN, SECRETARIAT] {
        for proof in [good(), unsigned()] {
            let of = |name: &str| {
                let mut arrival = Arrival { proof: proof.clone(), ..asks(from) };
                arrival.reading.asked = Some(Asked::These(vec![Term::Tld(tld(name))]));
                arrival.reading.queried_tlds = vec![tld(name)];
                admit(&arrival, &view(), &Policy::default(), start())
            };
            assert_eq!(of("nl"), of("jp"), "{from}");
        }
    }
}

#[test]
fn help_is_for_those_whose_address_is_proven() {
    check(&of_kind(Kind::Help, STRANGER), &["help"]);
    check(&Arrival { proof: unsigned(), ..of_kind(Kind::Help, STRANGER) }, &["keep unproven_stranger"]);
    check(&wants(STRANGER), &["help"]);
    check(&Arrival { proof: unsigned(), ..wants(STRANGER) }, &["keep unproven_stranger"]);
}

#[test]
fn a_request_opens_a_case_for_each_role_and_proof() {
    let unproven = "it is not proven to be from";
    let forged = " ? it may be forged: a reason";
    for (arrival, role, badly, not) in [
        (wants(ADMIN), "admin", forged.to_owned(), String::new()),
        (copied(wants(STRANGER)), "admincc", forged.to_owned(), String::new()),
        (
            wants("tech@provider.example"),
            "technical",
            forged.to_owned(),
            format!(" ? {unproven} the IANA technical contact: a reason"),
        ),
        (wants_own(JANE), "contact", forged.to_owned(), format!(" ? {unproven} a listed contact: a reason")),
        (
            wants(SECRETARIAT),
            "secretariat",
            forged.to_owned(),
            format!(" ? {unproven} the secretariat: a reason"),
        ),
    ] {
        let line = format!("open .nl by {role} for admin@registry.example");
        check(&arrival, &[&line]);
        check(&with(arrival.clone(), Verdict::NotAuthenticated, Signed::Badly), &[&format!("{line}{badly}")]);
        check(&with(arrival, Verdict::NotAuthenticated, Signed::Not), &[&format!("{line}{not}")]);
    }
}

#[test]
fn a_missing_answer_of_the_dns_is_waited_for_but_not_for_ever() {
    let arrival = with(wants(ADMIN), Verdict::TemporaryFailure, Signed::Not);
    let policy = Policy::default();
    let at_hour =
        |hours: i64| shown(&admit(&arrival, &view(), &policy, start() + SignedDuration::from_hours(hours)));
    assert_eq!(at_hour(0), "retry: a reason");
    assert_eq!(at_hour(71), "retry: a reason");
    assert_eq!(
        at_hour(72),
        "open .nl by admin for admin@registry.example ? \
         the DNS has not answered for days, so its signature could not be checked: a reason"
    );
}

#[test]
fn without_iana_nobody_is_taken_for_a_stranger() {
    let mut view = view();
    view.records.insert(tld("nl"), RegistryAnswer::Unreachable("down".to_owned()));
    for from in [ADMIN, JANE, STRANGER] {
        check_in(&view, &wants(from), &["retry: IANA's record could not be read: down"]);
    }
    let late = start() + SignedDuration::from_hours(72);
    assert_eq!(
        shown(&admit(&wants(ADMIN), &view, &Policy::default(), late)),
        "hold: IANA's record could not be read for days: down"
    );
}

#[test]
fn one_admin_contact_is_one_case_and_another_is_another() {
    let zoe = |name: &str| request(name, vec![zoe()]);
    check(&mail(ADMIN, vec![zoe("nl"), zoe("fr")]), &["open .nl .fr by admin for admin@registry.example"]);
    let mut both = mail(STRANGER, vec![zoe("nl"), zoe("jp"), zoe("fr")]);
    both.recipients = vec![at(ADMIN), at(JP_ADMIN)];
    check(
        &both,
        &[
            "open .nl .fr by admincc for admin@registry.example",
            "open .jp by admincc for admin@nic-jp.example",
        ],
    );
}

#[test]
fn what_the_sender_may_not_ask_for_is_a_doubt_about_the_rest() {
    let both = mail(ADMIN, vec![request("nl", vec![zoe()]), request("jp", vec![zoe()])]);
    check(
        &both,
        &["open .nl by admin for admin@registry.example ? \
           it also asks for .jp, for which its sender may not ask"],
    );
    let nowhere = Request { tld: None, ..request("nl", vec![zoe()]) };
    check(
        &mail(ADMIN, vec![request("nl", vec![zoe()]), nowhere]),
        &["open .nl by admin for admin@registry.example ? a part of it names no ccTLD"],
    );
}

#[test]
fn one_cctld_twice_in_a_mail_is_one_change_and_a_doubt() {
    let leave = request("nl", vec![named(Change::Remove, "", OMAR)]);
    let case = opened(&mail(ADMIN, vec![request("nl", vec![zoe()]), leave]));
    assert_eq!(shown_case(&case), "open .nl by admin for admin@registry.example ? it asks twice for .nl");
    assert_eq!(case.changes.len(), 1);
    assert_eq!(case.changes[0].before, entry());
    assert_eq!(
        case.changes[0].after.iter().map(|one| one.email.to_string()).collect::<Vec<_>>(),
        [JANE, ZOE]
    );
    assert_eq!(case.sole_admin(), Some(&at(ADMIN)));
}

#[test]
fn a_cctld_is_never_guessed() {
    let nowhere = Request { tld: None, ..request("nl", vec![zoe()]) };
    let arrival = mail(ADMIN, vec![nowhere]);
    let several = View { administered: vec![tld("nl"), tld("fr")], ..view() };
    let Admission::Open(cases) = admit(&arrival, &several, &Policy::default(), start()) else {
        panic!("a case was to be opened");
    };
    assert_eq!(cases[0].changes, []);
    assert_eq!(cases[0].reading.missing, ["tld"]);
    let case = after(&cases[0], &[Event::RequestArrived]);
    assert_eq!(case.state.name(), "needs_information");
    // It is not proven: no mail can be bounded by a ccTLD's count, so a person looks, or nobody.
    let unsigned = Arrival { proof: unsigned(), ..arrival.clone() };
    check_in(&several, &unsigned, &["hold: it names no ccTLD, and is not proven to be from its sender"]);
    check_in(&several, &with(arrival.clone(), Verdict::NotAuthenticated, Signed::Badly), &["keep unproven"]);
    check(&Arrival { from: Some(at(STRANGER)), ..arrival.clone() }, &["help"]);
    check(&Arrival { from: Some(at(STRANGER)), ..unsigned }, &["keep unproven_stranger"]);
    check(&Arrival { from: Some(at(JANE)), ..arrival }, &["open  by contact for nobody"]);
}

#[test]
fn a_cctld_without_an_admin_contact_is_a_persons_work() {
    for answer in [found("nl", ""), RegistryAnswer::Absent] {
        let mut view = view();
        view.records.insert(tld("nl"), answer);
        check_in(
            &view,
            &wants_own(JANE),
            &["open .nl by contact for nobody ? IANA lists no address of an admin contact for .nl"],
        );
    }
}

#[test]
fn unproven_requests_cause_only_so_many_mails() {
    let mut view = view();
    view.unproven_today.insert((tld("nl"), Route::OwnName), 2);
    let unproven = Arrival { proof: unsigned(), ..wants(ADMIN) };
    check_in(&view, &unproven, &["hold: unproven requests for .nl have caused enough mails for today"]);
    check_in(&view, &wants(ADMIN), &["open .nl by admin for admin@registry.example"]);
    // A copy proves nothing, however well its sender signs; a contact who copies is no stranger.
    check_in(&view, &copied(wants(STRANGER)), &["open .nl by admincc for admin@registry.example"]);
    view.unproven_today.insert((tld("nl"), Route::Copy), 2);
    check_in(&view, &copied(wants(STRANGER)), &["keep unproven_limit"]);
    check_in(&view, &copied(wants(JANE)), &["open .nl by admincc for admin@registry.example"]);
    view.unproven_today.insert((tld("nl"), Route::OwnName), 1);
    check_in(&view, &unproven, &["open .nl by admin for admin@registry.example"]);
}

#[test]
fn one_unproven_mail_asks_only_a_few_admin_contacts() {
    let names = ["be", "ch", "de", "es"];
    let mut view = view();
    let mut arrival = Arrival { proof: unsigned(), ..mail(STRANGER, Vec::new()) };
    for name in names {
        let admin = format!("admin@nic-{name}.example");
        view.records.insert(tld(name), found(name, &admin));
        arrival.recipients.push(at(&admin));
        arrival.reading.requests.push(request(name, vec![zoe()]));
    }
    check_in(&view, &arrival, &["keep unproven_limit"]);
    arrival.reading.requests.pop();
    let Admission::Open(cases) = admit(&arrival, &view, &Policy::default(), start()) else {
        panic!("cases were to be opened");
    };
    assert_eq!(cases.len(), 3);
    assert!(cases.iter().all(is_unproven));
}

#[test]
fn our_own_addresses_are_nobodys_contact() {
    for address in [MAILBOX, "tld-ops-admin+x@ops.example", SECRETARIAT] {
        let first = named(Change::Add, "Zoe Martin", address);
        let second = Named { secondary_email: Some(at(address)), ..zoe() };
        for one in [first, second] {
            let case = opened(&mail(ADMIN, vec![request("nl", vec![one])]));
            assert!(
                shown_case(&case).ends_with(&format!("{address} is an address of our own, and no contact's"))
            );
            let case = after(&case, &[Event::RequestArrived]);
            assert!(matches!(&case.state, State::AwaitingSecretariat(one) if one.resume == Resume::Nowhere));
        }
    }
}

#[test]
fn the_list_itself_is_a_role_and_no_contact() {
    let list = named(Change::Add, "Zoe Martin", "tld-ops@lists.example");
    let case = opened(&mail(ADMIN, vec![request("nl", vec![list])]));
    assert!(shown_case(&case).ends_with("? tld-ops@lists.example looks like a role, not a person"));
}

#[test]
fn an_idn_cctld_is_one_however_it_is_written() {
    let mut view = view();
    view.records.insert(tld("xn--p1ai"), found("xn--p1ai", ADMIN));
    let arrival = mail(ADMIN, vec![request("рф", vec![zoe(), named(Change::Add, "Ivan Petrov", IVAN)])]);
    check_in(&view, &arrival, &["open .рф by admin for admin@registry.example"]);
}

#[test]
fn a_mail_that_is_not_plain_is_never_put_to_anybody_at_once() {
    let mut arrival = wants(ADMIN);
    arrival.reading.hold = true;
    check(
        &arrival,
        &["open .nl by admin for admin@registry.example ? the mail is not plain enough to act on"],
    );
    arrival.reading.doubts = vec![Unclear::of(About::Either)];
    check(
        &arrival,
        &["open .nl by admin for admin@registry.example ? it leaves open which of several is meant"],
    );
    assert_eq!(arrival.proof, good());
}
