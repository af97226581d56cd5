//! What the tests of the rules share: a ccTLD with two contacts, its admin contact, and mails about it.

use jiff::{SignedDuration, Timestamp};

use crate::domain::address::Address;
use crate::domain::admission::{Admission, Arrival, View, admit};
use crate::domain::case::{Ask, Case, CaseId, State, Step, Thread};
use crate::domain::contact::{Contact, Phone, Rank};
use crate::domain::decide::{decide, evolve};
use crate::domain::digest::Digest;
use crate::domain::event::{Answer, Decision, Effect, Event, Moment, Ruling, RulingVerdict, Word};
use crate::domain::evidence::{Proof, Signed, Verdict};
use crate::domain::list_plan::{Plan, Scope};
use crate::domain::members::{Delivery, Member};
use crate::domain::policy::Policy;
use crate::domain::registry::{IanaContact, IanaRecord, RegistryAnswer};
use crate::domain::request::{Action, Change, Kind, Named, Reading, Request};
use crate::domain::tld::Tld;

/// IANA's admin contact of `.nl` and `.fr`.
pub(in crate::domain) const ADMIN: &str = "admin@registry.example";
/// The contacts of `.nl`, `#1` and `#2`.
pub(in crate::domain) const JANE: &str = "jane@registry.example";
pub(in crate::domain) const OMAR: &str = "omar@registry.example";
/// Somebody who is to come, and another.
pub(in crate::domain) const ZOE: &str = "zoe@registry.example";
pub(in crate::domain) const IVAN: &str = "ivan@registry.example";
/// Whoever changes the list by hand.
pub(in crate::domain) const LIST_ADMIN: &str = "lists@ops.example";
/// Somebody whom nobody knows.
pub(in crate::domain) const STRANGER: &str = "eve@stranger.example";
pub(in crate::domain) const SECRETARIAT: &str = "kim@secretariat.example";
pub(in crate::domain) const MAILBOX: &str = "tld-ops-admin@ops.example";

pub(in crate::domain) fn at(text: &str) -> Address {
    text.parse().unwrap()
}

pub(in crate::domain) fn tld(text: &str) -> Tld {
    text.parse().unwrap()
}

/// The first moment of every test.
pub(in crate::domain) fn start() -> Timestamp {
    "2026-11-02T09:00:00Z".parse().unwrap()
}

/// So many days later, to the second.
pub(in crate::domain) fn day(days: i64) -> Timestamp {
    start() + SignedDuration::from_hours(24 * days)
}

pub(in crate::domain) fn contact(rank: u8, name: &str, email: &str) -> Contact {
    Contact {
        rank: Rank::try_from(rank).unwrap(),
        name: name.parse().unwrap(),
        email: at(email),
        secondary_email: None,
        phone: Some(Phone::try_from("+31201234567".to_owned()).unwrap()),
    }
}

/// The entry of `.nl`.
pub(in crate::domain) fn entry() -> Vec<Contact> {
    vec![contact(1, "Jane Doe", JANE), contact(2, "Omar Haddad", OMAR)]
}

/// Somebody as a mail names him, with a number unless he leaves.
pub(in crate::domain) fn named(change: Change, name: &str, email: &str) -> Named {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let phone = (change == Change::Add).then(|| Phone::try_from("+31207654321".to_owned()).unwrap());
    Named {
        change,
        name: text(name),
        email: text(email).map(|email| at(&email)),
        secondary_email: None,
        phone,
        rank: None,
        replaces: None,
        drops: Vec::new(),
    }
}

pub(in crate::domain) fn zoe() -> Named {
    named(Change::Add, "Zoe Martin", ZOE)
}

pub(in crate::domain) fn request(name: &str, contacts: Vec<Named>) -> Request {
    let action =
        if contacts.iter().all(|one| one.change == Change::Add) { Action::Subscribe } else { Action::Update };
    Request { action, tld: Some(tld(name)), contacts, replace_all: false, swaps: None }
}

pub(in crate::domain) fn record(name: &str, admin: &str) -> IanaRecord {
    let contact = |email: &str| IanaContact {
        name: None,
        organisation: None,
        email: (!email.is_empty()).then(|| at(email)),
        phone: None,
    };
    IanaRecord {
        tld: tld(name),
        manager: Some("Registry".to_owned()),
        admin: Some(contact(admin)),
        technical: Some(contact("tech@provider.example")),
        changed: None,
        retrieved: None,
    }
}

pub(in crate::domain) fn found(name: &str, admin: &str) -> RegistryAnswer {
    RegistryAnswer::Found(Box::new(record(name, admin)))
}

/// The world as a mail meets it: `.nl` has two contacts, `.fr` and `.jp` none; `.jp` has another admin contact.
pub(in crate::domain) fn view() -> View {
    let mut view =
        View { mailboxes: vec![at(MAILBOX)], secretariat: vec![at(SECRETARIAT)], ..View::default() };
    for (name, admin) in [("nl", ADMIN), ("fr", ADMIN), ("jp", "admin@nic-jp.example")] {
        view.records.insert(tld(name), found(name, admin));
    }
    view.roster.set(tld("nl"), entry());
    view
}

pub(in crate::domain) fn proof(verdict: Verdict, signed: Signed) -> Proof {
    let reasons = vec!["a reason".to_owned()];
    Proof { verdict, from: None, reasons, signed, signatures: Vec::new(), dns: Vec::new() }
}

pub(in crate::domain) fn good() -> Proof {
    proof(Verdict::Authenticated, Signed::Well)
}

pub(in crate::domain) fn unsigned() -> Proof {
    proof(Verdict::NotAuthenticated, Signed::Not)
}

/// A mail that asks for this, signed by the domain of its sender.
pub(in crate::domain) fn mail(from: &str, requests: Vec<Request>) -> Arrival {
    Arrival {
        reading: Reading {
            kind: Kind::Request,
            language: None,
            requests,
            missing: Vec::new(),
            queried_tlds: Vec::new(),
            asked: None,
            hold: false,
            doubts: Vec::new(),
            tokens: Vec::new(),
            bounce: None,
            meant: Vec::new(),
            lost: false,
            proposed_by: None,
            own_text: "please".to_owned(),
        },
        proof: good(),
        from: Some(at(from)),
        from_name: Some("Somebody".to_owned()),
        recipients: vec![at(MAILBOX)],
        thread: Thread { message_id: None, references: Vec::new(), subject: "contacts".to_owned() },
        mail: Digest::of(from.as_bytes()),
        first_seen: start(),
    }
}

/// The same, with a copy to the admin contact.
pub(in crate::domain) fn copied(arrival: Arrival) -> Arrival {
    Arrival { recipients: vec![at(MAILBOX), at(ADMIN)], ..arrival }
}

/// The one case that a mail opens.
#[track_caller]
pub(in crate::domain) fn opened(arrival: &Arrival) -> Case {
    let admission = admit(arrival, &view(), &Policy::default(), start());
    let Admission::Open(mut cases) = admission else { panic!("a case was to be opened: {admission:?}") };
    assert_eq!(cases.len(), 1);
    Case { id: CaseId(1), ..cases.remove(0) }
}

/// Somebody's answer to the question that was sent to him.
pub(in crate::domain) fn says(step: Step, from: &str, word: Word) -> Event {
    answers(step, from, from, word)
}

/// Somebody's answer to a question that was sent to `asked`.
pub(in crate::domain) fn answers(step: Step, asked: &str, from: &str, word: Word) -> Event {
    Event::Answered(Answer {
        step,
        asked: at(asked),
        from: at(from),
        word,
        mail: Digest::of(from.as_bytes()),
        thread: Thread::default(),
        proof: "no signature".to_owned(),
        said: "as I say".to_owned(),
    })
}

pub(in crate::domain) fn rules(verdict: RulingVerdict) -> Event {
    rules_by("kim", verdict)
}

pub(in crate::domain) fn rules_by(who: &str, verdict: RulingVerdict) -> Event {
    Event::Ruled(Ruling { by: who.to_owned(), verdict, note: "as agreed.".to_owned(), mail: None })
}

pub(in crate::domain) fn failed(recipient: &str) -> Event {
    Event::MailFailed { recipient: at(recipient), permanent: true, reason: "no such mailbox".to_owned() }
}

/// IANA and the entries as they were when the case was opened.
pub(in crate::domain) fn unchanged(case: &Case) -> Event {
    Event::RegistryRead {
        answers: case.registry.iter().map(|one| RegistryAnswer::Found(Box::new(one.clone()))).collect(),
        entries: case.changes.iter().map(|change| change.before.clone()).collect(),
        frozen: Vec::new(),
    }
}

/// One event at this moment: what is decided, and the case after it.
pub(in crate::domain) fn step(case: &Case, event: &Event, now: Timestamp) -> (Case, Decision) {
    let decision = decide(case, event, &Policy::default(), &mut Moment::new(now, [7; 32]));
    (evolve(case, &decision), decision)
}

/// The case after these events, all on the first day.
pub(in crate::domain) fn after(case: &Case, events: &[Event]) -> Case {
    events.iter().fold(case.clone(), |case, event| step(&case, event, start()).0)
}

/// What a decision says, one line each: the event and the state it leads to, then every effect.
pub(in crate::domain) fn shown(decision: &Decision) -> String {
    let mut lines = vec![format!("{} -> {}", decision.event, decision.next.name())];
    for effect in &decision.effects {
        lines.push(match effect {
            Effect::ReadRegistry => "read registry".to_owned(),
            Effect::ChangeList => "change list".to_owned(),
            Effect::RecordChange => "record change".to_owned(),
            Effect::Send(notice) => {
                let to: Vec<String> = notice.to.iter().map(ToString::to_string).collect();
                let to = if to.is_empty() { "secretariat".to_owned() } else { to.join(", ") };
                let token =
                    notice.token.as_ref().map_or(String::new(), |(_, step)| format!(" [{}]", step.word()));
                format!("{} to {to}{token}", notice.kind.folder())
            }
        });
    }
    lines.join("\n")
}

/// Checks what follows from one event.
#[track_caller]
pub(in crate::domain) fn check(case: &Case, event: &Event, now: Timestamp, want: &[&str]) -> Case {
    let (next, decision) = step(case, event, now);
    assert_eq!(shown(&decision), want.join("\n"));
    assert!(!decision.says.is_empty());
    next
}

/// The recipients and reminders of the open questions.
pub(in crate::domain) fn asks(case: &Case) -> Vec<Ask> {
    crate::domain::case::open_asks(&case.state).to_vec()
}

/// A case that waits for the admin contact: he asks for Zoe to come.
pub(in crate::domain) fn awaiting_admin() -> Case {
    after(&opened(&mail(ADMIN, vec![request("nl", vec![zoe()])])), &[Event::RequestArrived])
}

/// The same, and the admin contact has agreed.
pub(in crate::domain) fn awaiting_contacts() -> Case {
    after(&awaiting_admin(), &[says(Step::Admin, ADMIN, Word::Yes)])
}

/// Zoe and Ivan shall come for `.jp`: the admin contact and Zoe have agreed, Ivan has not answered.
pub(in crate::domain) fn awaiting_ivan() -> Case {
    let two = vec![zoe(), named(Change::Add, "Ivan Petrov", IVAN)];
    let agreed = [
        Event::RequestArrived,
        says(Step::Admin, "admin@nic-jp.example", Word::Yes),
        says(Step::Contact, ZOE, Word::Yes),
    ];
    after(&opened(&mail("admin@nic-jp.example", vec![request("jp", two)])), &agreed)
}

/// The same, and Zoe has agreed: IANA is read once more.
pub(in crate::domain) fn checking() -> Case {
    after(&awaiting_contacts(), &[says(Step::Contact, ZOE, Word::Yes)])
}

/// The same, and IANA's record is as it was: the list is being changed.
pub(in crate::domain) fn changing() -> Case {
    let case = checking();
    after(&case, &[unchanged(&case)])
}

/// The list is changed by a person, and this is what he is to do.
pub(in crate::domain) fn order() -> Event {
    let zoe =
        Member { address: at(ZOE), name: Some("Zoe Martin, #3, .nl".to_owned()), delivery: Delivery::On };
    let plan = Plan::new(&[], std::slice::from_ref(&zoe), &Scope::Only([at(ZOE)].into()));
    Event::ListOrdered { administrator: at(LIST_ADMIN), plan }
}

/// He has the order.
pub(in crate::domain) fn ordered() -> Case {
    after(&changing(), &[order()])
}

/// A case that waits for the secretariat before anybody was asked: the address names a role.
pub(in crate::domain) fn awaiting_secretariat() -> Case {
    let role = named(Change::Add, "Zoe Martin", "noc@registry.example");
    after(&opened(&mail(ADMIN, vec![request("nl", vec![role])])), &[Event::RequestArrived])
}

/// A case that waits for the requester, who forgot a number.
pub(in crate::domain) fn needs_information() -> Case {
    let mut arrival = mail(ADMIN, vec![request("nl", vec![Named { phone: None, ..zoe() }])]);
    arrival.reading.missing = vec![format!("phone:{ZOE}")];
    after(&opened(&arrival), &[Event::RequestArrived])
}

/// A case that waits for another one for the same ccTLD.
pub(in crate::domain) fn queued() -> Case {
    let opened = opened(&mail(JANE, vec![request("nl", vec![named(Change::Remove, "", JANE)])]));
    after(&Case { id: CaseId(2), behind: Some(CaseId(1)), ..opened }, &[Event::RequestArrived])
}

/// A case in every state, each by its way through the rules.
pub(in crate::domain) fn every_state() -> Vec<Case> {
    let done = after(&changing(), &[Event::ListChanged]);
    let refused = after(&awaiting_admin(), &[says(Step::Admin, ADMIN, Word::No)]);
    let withdrawn = after(&awaiting_admin(), &[Event::Superseded(CaseId(2))]);
    let expired = step(&needs_information(), &Event::TimePassed, day(15)).0;
    let received = Case { state: State::Received, ..opened(&mail(ADMIN, vec![request("nl", vec![zoe()])])) };
    vec![
        received,
        needs_information(),
        awaiting_admin(),
        awaiting_contacts(),
        awaiting_secretariat(),
        queued(),
        checking(),
        changing(),
        ordered(),
        done,
        refused,
        expired,
        withdrawn,
    ]
}
