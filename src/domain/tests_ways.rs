//! The ways in that are not the admin contact's: the technical contact by policy, and a contact's own details.

use crate::domain::admission::{Admission, Arrival, admit};
use crate::domain::case::{Case, Resume, State, Step};
use crate::domain::decide::approval;
use crate::domain::event::{Event, Word};
use crate::domain::evidence::{Signed, Verdict};
use crate::domain::plan::Doubt;
use crate::domain::policy::{Policy, TechnicalContact};
use crate::domain::registry::{IanaContact, RegistryAnswer};
use crate::domain::request::{Change, Named};
use crate::domain::tests_sample::{
    ADMIN, JANE, OMAR, ZOE, after, at, check, mail, named, opened, proof, request, says, start, tld,
    unchanged, unsigned, view, zoe,
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
        "applied to tech@provider.example",
        "applied to admin@registry.example",
        "applied to jane@registry.example",
        "applied to omar@registry.example",
        "applied to zoe@registry.example",
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
    let read = Event::RegistryRead { answers: vec![RegistryAnswer::found(record)], entries };
    let case = after(&case, &[read]);
    let State::AwaitingSecretariat(escalation) = &case.state else { panic!("{:?}", case.state) };
    assert_eq!(escalation.doubts, [Doubt::IanaChanged(tld("nl"))]);
    assert_eq!(escalation.resume, Resume::AskAdmin);
    assert_eq!(case.admin, Some(at(OMAR)));
    assert!(case.consents.is_empty());
}

#[test]
fn a_contact_asks_for_what_concerns_himself() {
    let phone = |email: &str| Named { phone: zoe().phone, ..named(Change::Modify, "", email) };
    let moves = Named {
        replaces: Some(JANE.to_owned()),
        ..named(Change::Modify, "Jane Doe", "jane.doe@registry.example")
    };
    for own in [phone(JANE), moves, named(Change::Remove, "", JANE)] {
        assert_eq!(opened(&mail(JANE, vec![request("nl", vec![own])])).doubts, []);
    }
    for others in [phone(OMAR), zoe(), named(Change::Remove, "", OMAR)] {
        let case = opened(&mail(JANE, vec![request("nl", vec![others])]));
        assert_eq!(case.doubts, [Doubt::NotHisOwn(tld("nl"))]);
        // A person may let it go on; then the admin contact is asked as ever.
        let case = after(&case, &[Event::RequestArrived]);
        let State::AwaitingSecretariat(escalation) = &case.state else { panic!("{:?}", case.state) };
        assert_eq!(escalation.resume, Resume::AskAdmin);
    }
}
