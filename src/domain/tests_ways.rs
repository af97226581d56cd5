//! The ways in that are not the admin contact's: the technical contact by policy, and a contact's own details.

use crate::domain::admission::{Admission, Arrival, admit};
use crate::domain::agreement::Required;
use crate::domain::case::{Case, Consent, Resume, State, Step};
use crate::domain::contact::Rank;
use crate::domain::decide::approval;
use crate::domain::event::{Event, Word};
use crate::domain::evidence::{Signed, Verdict};
use crate::domain::plan::Doubt;
use crate::domain::policy::{AdminConfirms, Policy, TechnicalContact};
use crate::domain::registry::{IanaContact, RegistryAnswer};
use crate::domain::request::{Action, Change, Named, Request};
use crate::domain::tests_sample::{
    ADMIN, JANE, OMAR, STRANGER, ZOE, after, answers, at, check, copied, mail, named, opened, proof, record,
    request, says, shown, start, step, tld, unchanged, unsigned, view, zoe,
};

const TECH: &str = "tech@provider.example";

fn admitted(arrival: &Arrival, technical_contact: TechnicalContact) -> Admission {
    admit(arrival, &view(), &Policy { technical_contact, ..Policy::default() }, start())
}

fn case_by_technical(technical_contact: TechnicalContact) -> Case {
    let admission = admitted(&mail(TECH, vec![request("nl", vec![zoe()])]), technical_contact);
    let Admission::Open(cases) = admission else { panic!("{admission:?}") };
    cases.into_iter().next().unwrap()
}

#[test]
fn a_technical_contact_is_refused_asks_or_decides_by_policy() {
    let asks = mail(TECH, vec![request("nl", vec![zoe()])]);
    assert!(matches!(admitted(&asks, TechnicalContact::Refuse), Admission::Help(_)));
    let unproven = Arrival { proof: unsigned(), ..asks };
    assert!(matches!(admitted(&unproven, TechnicalContact::Refuse), Admission::Ignore { .. }));
    assert_eq!(case_by_technical(TechnicalContact::AskAdmin).admin, Some(at(ADMIN)));
    assert_eq!(case_by_technical(TechnicalContact::Accept).admin, Some(at(TECH)));
}

#[test]
fn an_unproven_mail_of_a_technical_contact_never_lets_him_decide() {
    for (verdict, signed) in
        [(Verdict::NotAuthenticated, Signed::Not), (Verdict::NotAuthenticated, Signed::Badly)]
    {
        let asks = Arrival { proof: proof(verdict, signed), ..mail(TECH, vec![request("nl", vec![zoe()])]) };
        let Admission::Open(cases) = admitted(&asks, TechnicalContact::Accept) else { panic!() };
        assert_eq!(cases[0].admin, Some(at(ADMIN)));
        assert!(cases[0].doubts.iter().any(|doubt| matches!(doubt, Doubt::Unproven(_))));
    }
}

#[test]
fn an_accepted_technical_contact_confirms_and_the_admin_contact_is_told() {
    let case = case_by_technical(TechnicalContact::Accept);
    let want = ["admin_asked -> awaiting_admin", "confirm-admin to tech@provider.example [admin]"];
    let case = check(&case, &Event::RequestArrived, start(), &want);
    let others = after(&case, &[says(Step::Admin, ADMIN, Word::Yes)]);
    assert_ne!(others.state.name(), "awaiting_contacts", "nobody else agrees in his place");
    let case = after(&case, &[says(Step::Admin, TECH, Word::Yes), says(Step::Contact, ZOE, Word::Yes)]);
    let case = after(&case, &[unchanged(&case)]);
    assert!(approval(&case).is_some());
    let want = [
        "applied -> done",
        "applied to tech@provider.example [objection]",
        "applied to admin@registry.example [objection]",
        "applied to jane@registry.example [objection]",
        "applied to omar@registry.example [objection]",
        "applied to zoe@registry.example [objection]",
    ];
    check(&case, &Event::ListChanged, start(), &want);
}

#[test]
fn another_technical_contact_at_iana_voids_what_the_former_one_agreed_to() {
    let case = case_by_technical(TechnicalContact::Accept);
    let agreed =
        [Event::RequestArrived, says(Step::Admin, TECH, Word::Yes), says(Step::Contact, ZOE, Word::Yes)];
    let case = after(&case, &agreed);
    let mut record = case.registry[0].clone();
    record.technical = Some(IanaContact { email: Some(at(OMAR)), ..IanaContact::default() });
    let entries = case.changes.iter().map(|change| change.before.clone()).collect();
    let read =
        Event::RegistryRead { answers: vec![RegistryAnswer::found(record)], entries, frozen: Vec::new() };
    let case = after(&case, &[read]);
    let State::AwaitingSecretariat(escalation) = &case.state else { panic!("{:?}", case.state) };
    assert_eq!(escalation.doubts, [Doubt::IanaChanged(tld("nl"))]);
    assert_eq!(escalation.resume, Resume::AskAdmin);
    assert_eq!(case.admin, Some(at(OMAR)));
    assert!(case.consents.is_empty());
}

/// A change of Jane's by herself, played to its end with these answers.
fn played(own: Named, agreed: &[Event]) -> (Case, String) {
    let case = opened(&mail(JANE, vec![request("nl", vec![own])]));
    let (case, decision) = step(&case, &Event::RequestArrived, start());
    let asked = shown(&decision);
    let case = after(&case, agreed);
    (after(&case, &[unchanged(&case)]), asked)
}

#[test]
fn a_contact_changes_her_number_by_herself_and_the_admin_contact_is_told() {
    let number = Named { phone: zoe().phone, ..named(Change::Modify, "", JANE) };
    let (case, asked) = played(number.clone(), &[says(Step::Own, JANE, Word::Yes)]);
    assert_eq!(asked, "contacts_asked -> awaiting_contacts\nconfirm-own to jane@registry.example [own]");
    assert!(approval(&case).is_some());
    let want = [
        "applied -> done",
        "applied to admin@registry.example [objection]",
        "applied to jane@registry.example [objection]",
        "applied to omar@registry.example [objection]",
    ];
    check(&case, &Event::ListChanged, start(), &want);
    // Nobody else's word is hers: not the admin contact's either, who was not asked.
    for not_hers in [says(Step::Admin, ADMIN, Word::Yes), answers(Step::Own, JANE, OMAR, Word::Yes)] {
        let (case, _) = played(number.clone(), &[not_hers]);
        assert_eq!(case.state.name(), "awaiting_contacts");
    }
    let (case, _) = played(number, &[says(Step::Own, JANE, Word::No)]);
    assert_eq!(case.state.name(), "refused");
}

#[test]
fn a_contact_who_moves_is_asked_at_the_old_address_and_at_the_new_one() {
    const MOVED: &str = "jane.doe@registry.example";
    let moves = Named { replaces: Some(JANE.to_owned()), ..named(Change::Modify, "Jane Doe", MOVED) };
    let (old, new) = (says(Step::Own, JANE, Word::Yes), says(Step::Contact, MOVED, Word::Yes));
    for one in [&old, &new] {
        let (case, asked) = played(moves.clone(), std::slice::from_ref(one));
        let want = [
            "contacts_asked -> awaiting_contacts",
            "confirm-own to jane@registry.example [own]",
            "confirm-contact to jane.doe@registry.example [contact]",
        ];
        assert_eq!(asked, want.join("\n"));
        assert_eq!(case.state.name(), "awaiting_contacts", "the other has not agreed");
    }
    let (case, _) = played(moves, &[new, old]);
    assert!(approval(&case).is_some());
}

#[test]
fn a_second_address_proves_itself_whoever_adds_it() {
    const SECOND: &str = "jane@other.example";
    let second = Named { secondary_email: Some(at(SECOND)), ..named(Change::Modify, "", JANE) };
    let (case, asked) = played(second.clone(), &[says(Step::Own, JANE, Word::Yes)]);
    assert!(asked.ends_with("confirm-address to jane@other.example [address]"), "{asked}");
    assert_eq!(case.state.name(), "awaiting_contacts");
    let case = after(&case, &[says(Step::Address, SECOND, Word::Yes)]);
    assert!(approval(&after(&case, &[unchanged(&case)])).is_some());
    // The same by the admin contact: first he, then the address.
    let case = opened(&mail(ADMIN, vec![request("nl", vec![second])]));
    let case = after(&case, &[Event::RequestArrived]);
    let want = ["admin_confirmed -> awaiting_contacts", "confirm-address to jane@other.example [address]"];
    let case = check(&case, &says(Step::Admin, ADMIN, Word::Yes), start(), &want);
    let want = ["refused -> refused", "refused to admin@registry.example", "refused to jane@other.example"];
    check(&case, &says(Step::Address, SECOND, Word::No), start(), &want);
}

#[test]
fn a_contact_who_leaves_agrees_herself_after_the_admin_contact() {
    let case = opened(&mail(JANE, vec![request("nl", vec![named(Change::Remove, "", JANE)])]));
    let case = after(&case, &[Event::RequestArrived]);
    assert_eq!(case.state.name(), "awaiting_admin");
    let want = ["admin_confirmed -> awaiting_contacts", "confirm-own to jane@registry.example [own]"];
    let case = check(&case, &says(Step::Admin, ADMIN, Word::Yes), start(), &want);
    assert_eq!(after(&case, &[says(Step::Own, JANE, Word::Yes)]).state.name(), "applying");
}

#[test]
fn what_is_not_proven_to_be_hers_is_not_hers_to_confirm_alone() {
    let own = Named { phone: zoe().phone, ..named(Change::Modify, "", JANE) };
    let unproven = Arrival { proof: unsigned(), ..mail(JANE, vec![request("nl", vec![own])]) };
    let case = opened(&unproven);
    assert!(case.doubts.iter().any(|doubt| matches!(doubt, Doubt::Unproven(_))));
    let steps: Vec<Step> = case.required.iter().map(|one| one.step).collect();
    assert_eq!(steps, [Step::Admin, Step::Own]);
}

#[test]
fn no_list_of_who_must_agree_can_say_less_than_the_change_itself() {
    let case = opened(&mail(ADMIN, vec![request("nl", vec![zoe()])]));
    let case = after(&case, &[Event::RequestArrived, says(Step::Admin, ADMIN, Word::Yes)]);
    let case = after(&case, &[says(Step::Contact, ZOE, Word::Yes)]);
    let case = after(&case, &[unchanged(&case)]);
    assert!(approval(&case).is_some());
    // As if it had been written by a version that knew of nobody but Jane.
    let jane = Required { step: Step::Own, who: at(JANE), name: None };
    let agreed = |who: &str, step| {
        let consent = case.consents[0].clone();
        Case {
            required: vec![jane.clone()],
            consents: vec![Consent { step, who: at(who), ..consent }],
            ..case.clone()
        }
    };
    assert!(approval(&agreed(JANE, Step::Own)).is_none());
    assert!(approval(&Case { required: Vec::new(), ..agreed(ADMIN, Step::Admin) }).is_none());
}

#[test]
fn the_permission_asks_each_who_must_agree_whatever_the_state_says() {
    let second = Some(at("second@other.example"));
    let moves = Named {
        replaces: Some(JANE.to_owned()),
        secondary_email: second.clone(),
        ..named(Change::Modify, "Jane Doe", "jane.doe@registry.example")
    };
    for (from, asked) in [(ADMIN, Named { secondary_email: second, ..zoe() }), (JANE, moves)] {
        let mut case =
            after(&opened(&mail(from, vec![request("nl", vec![asked])])), &[Event::RequestArrived]);
        for one in case.required.clone() {
            case = after(&case, &[says(one.step, &one.who.to_string(), Word::Yes)]);
        }
        let case = after(&case, &[unchanged(&case)]);
        assert_eq!((approval(&case).is_some(), case.consents.len()), (true, 3), "{from}");
        for place in 0..case.consents.len() {
            let mut without = case.clone();
            let consent = without.consents.remove(place);
            assert!(approval(&without).is_none(), "{from}: {:?}", consent.step);
        }
    }
}

#[test]
fn a_case_of_a_former_version_needs_the_admin_contact_and_each_new_contact() {
    let mut case = opened(&mail(ADMIN, vec![request("nl", vec![zoe()])]));
    let kept = case.required.clone();
    case.required.clear();
    let read: Case = serde_json::from_str(&serde_json::to_string(&case).unwrap()).unwrap();
    assert_eq!(read.must_agree(), kept);
}

/// The one case of a mail of the admin contact where his signed request is his yes.
fn spared(arrival: &Arrival) -> Vec<Case> {
    let policy = Policy { admin_confirms: AdminConfirms::UnlessProven, ..Policy::default() };
    let Admission::Open(cases) = admit(arrival, &view(), &policy, start()) else { panic!() };
    cases
}

#[test]
fn a_signed_request_is_the_admin_contacts_yes_where_the_policy_says_so() {
    let asks = mail(ADMIN, vec![request("nl", vec![zoe()])]);
    assert_eq!(opened(&asks).consents, [], "not by default");
    let case = &spared(&asks)[0];
    assert_eq!((case.consents[0].step, &case.consents[0].who), (Step::Admin, &at(ADMIN)));
    assert_eq!(case.consents[0].mail, asks.mail, "the mail that it rests on");
    let want = [
        "request_was_the_yes -> awaiting_contacts",
        "confirm-contact to zoe@registry.example [contact]",
        "under-way to admin@registry.example [withdrawal]",
    ];
    let case = check(case, &Event::RequestArrived, start(), &want);
    let case = after(&case, &[says(Step::Contact, ZOE, Word::Yes)]);
    assert!(approval(&after(&case, &[unchanged(&case)])).is_some());
    // Another admin contact has said nothing.
    let moved = RegistryAnswer::found(record("nl", OMAR));
    let entries = case.changes.iter().map(|change| change.before.clone()).collect();
    let case = after(&case, &[Event::RegistryRead { answers: vec![moved], entries, frozen: Vec::new() }]);
    assert_eq!(case.consents, []);
}

#[test]
fn a_signed_request_is_no_yes_where_anything_else_is_in_it() {
    let asks = |contacts: Vec<Named>| mail(ADMIN, vec![request("nl", contacts)]);
    let role = named(Change::Add, "Zoe Martin", "noc@registry.example");
    let gateway = proof(Verdict::Authenticated, Signed::ByGateway);
    let leaves = Request { action: Action::Remove, ..request("nl", Vec::new()) };
    for (other, why) in [
        (Arrival { proof: unsigned(), ..asks(vec![zoe()]) }, "unsigned"),
        (Arrival { proof: gateway, ..asks(vec![zoe()]) }, "vouched for by a gateway alone"),
        (asks(vec![role]), "a doubt"),
        (mail(ADMIN, vec![leaves]), "the whole ccTLD"),
        (copied(mail(STRANGER, vec![request("nl", vec![zoe()])])), "a copy"),
    ] {
        assert!(spared(&other).iter().all(|case| case.consents.is_empty()), "{why}");
    }
    let mut two = copied(mail(ADMIN, vec![request("nl", vec![zoe()]), request("jp", vec![zoe()])]));
    two.recipients.push(at("admin@nic-jp.example"));
    assert!(spared(&two).iter().all(|case| case.consents.is_empty()), "several admin contacts");
}

#[test]
fn a_mailbox_that_anybody_may_have_spares_nobody_the_question() {
    let policy = |domain: &str| Policy {
        admin_confirms: AdminConfirms::UnlessProven,
        free_mail_domains: vec![domain.to_owned()],
        ..Policy::default()
    };
    let swaps =
        Request { swaps: Some([Rank::PRIMARY, Rank::try_from(2).unwrap()]), ..request("nl", Vec::new()) };
    for (domain, spared) in [("other.example", 1), ("registry.example", 0)] {
        let admission = admit(&mail(ADMIN, vec![swaps.clone()]), &view(), &policy(domain), start());
        let Admission::Open(cases) = admission else { panic!("{admission:?}") };
        assert_eq!(
            (cases[0].doubts.as_slice(), cases[0].consents.len()),
            ([].as_slice(), spared),
            "{domain}"
        );
    }
}

#[test]
fn a_contact_asks_for_what_concerns_himself() {
    let phone = |email: &str| Named { phone: zoe().phone, ..named(Change::Modify, "", email) };
    let moves = Named {
        replaces: Some(JANE.to_owned()),
        ..named(Change::Modify, "Jane Doe", "jane.doe@registry.example")
    };
    // Under another name she would be another person, and her place is not hers alone.
    let renamed = Named { replaces: Some(JANE.to_owned()), ..named(Change::Modify, "Eve Stranger", JANE) };
    let ranked = Named { rank: Some(Rank::try_from(3).unwrap()), ..named(Change::Modify, "", JANE) };
    for own in [phone(JANE), moves, named(Change::Remove, "", JANE)] {
        assert_eq!(opened(&mail(JANE, vec![request("nl", vec![own])])).doubts, []);
    }
    for others in [phone(OMAR), zoe(), named(Change::Remove, "", OMAR), renamed, ranked] {
        let case = opened(&mail(JANE, vec![request("nl", vec![others])]));
        assert_eq!(case.doubts, [Doubt::NotHisOwn(tld("nl"))]);
        // A person may let it go on; then the admin contact is asked as ever.
        let case = after(&case, &[Event::RequestArrived]);
        let State::AwaitingSecretariat(escalation) = &case.state else { panic!("{:?}", case.state) };
        assert_eq!(escalation.resume, Resume::AskAdmin);
    }
}
