//! The rules under any sequence of events: what must hold whatever happens, checked after every single decision.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use tldops::domain::address::Address;
use tldops::domain::admission::{Admission, Arrival, View, admit};
use tldops::domain::case::{Applying, Case, CaseId, Role, Stage, State, Step, Thread, issued_tokens};
use tldops::domain::contact::{Contact, Phone, Rank};
use tldops::domain::decide::{approval, decide, evolve, next_moment};
use tldops::domain::digest::Digest;
use tldops::domain::event::SECRETARIAT as OF_THE_OFFICE;
use tldops::domain::event::{Answer, Decision, Effect, Event, Moment, Repeat, Ruling, RulingVerdict, Word};
use tldops::domain::evidence::{Proof, Signed, Verdict};
use tldops::domain::freeing::renewed;
use tldops::domain::list_plan::Plan;
use tldops::domain::notice::{Notice, NoticeKind};
use tldops::domain::objection::undoing;
use tldops::domain::plan::{Doubt, EntryChange};
use tldops::domain::policy::{AdminConfirms, Policy};
use tldops::domain::registry::{IanaContact, IanaRecord, Office, RegistryAnswer};
use tldops::domain::request::{Action, Change, Kind, Named, Reading, Request};
use tldops::domain::tld::Tld;

/// Requests that are played, each with a sequence of events of its own.
const PLAYS: u32 = 600;
/// Events of a sequence at the most.
const EVENTS_MAX: usize = 14;
/// Steps within which a case must end once nobody does anything any more.
const STEPS_TO_END_MAX: usize = 40;

const ADMIN: &str = "admin@registry.example";
const NEW_ADMIN: &str = "new.admin@registry.example";
const TECHNICAL: &str = "tech@provider.example";
const MAILBOX: &str = "tld-ops-admin@ops.example";
const SECRETARIAT: &str = "kim@secretariat.example";
/// Who rules.
const OFFICE: [&str; 2] = [SECRETARIAT, "lee@secretariat.example"];
/// Whom the secretariat may ask.
const COMMITTEE: &str = "chair@committee.example";
/// Who changes the list by hand.
const LIST_ADMIN: &str = "lists@ops.example";
const STRANGER: &str = "eve@stranger.example";
/// Everybody who may be named, ask or answer; the first two are listed for `.nl`.
const PEOPLE: [(&str, &str); 10] = [
    ("Jane Doe", "jane@registry.example"),
    ("Omar Haddad", "omar@registry.example"),
    ("Zoe Martin", "zoe@registry.example"),
    ("Ivan Petrov", "ivan@registry.example"),
    ("Night Shift", "noc@registry.example"),
    ("Ada Min", ADMIN),
    ("Ned Admin", NEW_ADMIN),
    ("Eve Stranger", STRANGER),
    ("Our Own", MAILBOX),
    ("Jane Doe", JANE_MOVED),
];
/// Where the first of them may move to.
const JANE_MOVED: &str = "jane.doe@registry.example";
/// The admin contact of another ccTLD that lists her, whom nobody names.
const OTHER_ADMIN: &str = "boss@other.example";

/// What one mail asks for, and who asks.
#[derive(Clone, Debug)]
struct Wish {
    from: &'static str,
    proof: (Verdict, Signed),
    tlds: Vec<&'static str>,
    people: Vec<(Change, usize, Option<u8>, Option<usize>)>,
    traits: Vec<Trait>,
    admin_confirms: AdminConfirms,
}

/// What else is true of a mail.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Trait {
    CopiesAdmin,
    ReplacesAll,
    Lacks,
    Doubtful,
    /// Everybody who is named gets a second address.
    Seconds,
    /// Another request for the same ccTLD goes first.
    Waits,
}

/// What may happen next. Numbers choose among what there is at that moment.
#[derive(Clone, Copy, Debug)]
enum Happening {
    /// Somebody who holds a token answers with it.
    Answers {
        token: usize,
        word: Word,
    },
    /// Somebody who holds a token that came with news objects, or takes his request back.
    Objects {
        token: usize,
        word: Word,
    },
    /// Somebody else answers with it.
    Steals {
        token: usize,
        thief: usize,
        word: Word,
    },
    /// IANA and the roster answer.
    Read(Reads),
    /// The daily watch looked at what IANA says.
    Watched(Reads),
    ListChanged,
    ListRefused,
    ListOrdered,
    /// Who changes the list by hand answers.
    Reports {
        word: Word,
    },
    Fails {
        whom: usize,
        permanent: bool,
    },
    Rules {
        verdict: RulingVerdict,
        by: usize,
        by_mail: bool,
    },
    Superseded,
    Replaced,
    /// Somebody who may see the contacts asks for the same again.
    Repeats {
        who: usize,
        times: u16,
    },
    /// The request that it waits for has ended; it may have to wait for another.
    Freed {
        behind: bool,
    },
    Days(i64),
    Again,
}

#[derive(Clone, Copy, Debug)]
enum Reads {
    Same,
    OtherAdmin,
    OtherManager,
    Absent,
    Unreachable,
    OtherEntry,
    Frozen,
    Short,
}

fn at(text: &str) -> Address {
    text.parse().unwrap()
}

fn start() -> Timestamp {
    "2026-11-02T09:00:00Z".parse().unwrap()
}

fn wish() -> impl Strategy<Value = Wish> {
    let froms = [ADMIN, STRANGER, TECHNICAL, SECRETARIAT, PEOPLE[0].1, PEOPLE[2].1];
    let proofs = [
        (Verdict::Authenticated, Signed::Well),
        (Verdict::Authenticated, Signed::Well),
        (Verdict::NotAuthenticated, Signed::Not),
        (Verdict::NotAuthenticated, Signed::Badly),
    ];
    let change = prop_oneof![3 => Just(Change::Add), 1 => Just(Change::Remove), 1 => Just(Change::Modify)];
    let person = (
        change,
        0..PEOPLE.len(),
        proptest::option::weighted(0.2, 1_u8..=3),
        proptest::option::weighted(0.2, 0..PEOPLE.len()),
    );
    let tlds = prop_oneof![3 => Just(vec!["nl"]), 1 => Just(vec!["fr"]), 2 => Just(vec!["nl", "fr"])];
    let traits = [
        Trait::CopiesAdmin,
        Trait::CopiesAdmin,
        Trait::ReplacesAll,
        Trait::Lacks,
        Trait::Doubtful,
        Trait::Seconds,
        Trait::Waits,
    ];
    let anybody = (
        proptest::sample::select(froms.to_vec()),
        proptest::sample::select(proofs.to_vec()),
        tlds,
        proptest::collection::vec(person, 0..4),
        proptest::collection::vec(proptest::sample::select(traits.to_vec()), 0..2),
        proptest::sample::select(vec![AdminConfirms::Always, AdminConfirms::UnlessProven]),
    )
        .prop_map(|(from, proof, tlds, people, traits, admin_confirms)| Wish {
            from,
            proof,
            tlds,
            people,
            traits,
            admin_confirms,
        });
    // A contact who changes or leaves himself is rare among them, and has a way of his own.
    let own = [
        (Change::Modify, 0, None, None),
        (Change::Modify, 9, None, Some(0)),
        (Change::Remove, 0, None, None),
    ];
    let own = (anybody.clone(), proptest::sample::select(own.to_vec()), any::<bool>()).prop_map(
        |(wish, own, second)| {
            let traits = if second { vec![Trait::Seconds] } else { Vec::new() };
            Wish { from: PEOPLE[0].1, tlds: vec!["nl"], people: vec![own], traits, ..wish }
        },
    );
    prop_oneof![4 => anybody, 1 => own]
}

fn ruling() -> impl Strategy<Value = RulingVerdict> {
    prop_oneof![
        8 => Just(RulingVerdict::Approve),
        1 => Just(RulingVerdict::Reject),
        2 => Just(RulingVerdict::Ask),
        1 => Just(RulingVerdict::Take),
        1 => Just(RulingVerdict::Later),
        1 => Just(RulingVerdict::Refer),
        4 => Just(RulingVerdict::Undo),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    let word = prop_oneof![6 => Just(Word::Yes), 1 => Just(Word::No), 1 => Just(Word::Unclear)];
    let reads = prop_oneof![
        6 => Just(Reads::Same),
        1 => Just(Reads::OtherAdmin),
        1 => Just(Reads::OtherManager),
        1 => Just(Reads::Absent),
        1 => Just(Reads::Unreachable),
        1 => Just(Reads::OtherEntry),
        1 => Just(Reads::Frozen),
        1 => Just(Reads::Short),
    ];
    prop_oneof![
        8 => (any::<usize>(), word.clone()).prop_map(|(token, word)| Happening::Answers { token, word }),
        2 => (any::<usize>(), prop_oneof![4 => Just(Word::No), 1 => word.clone()])
            .prop_map(|(token, word)| Happening::Objects { token, word }),
        2 => (any::<usize>(), 0..PEOPLE.len(), word.clone())
            .prop_map(|(token, thief, word)| Happening::Steals { token, thief, word }),
        4 => reads.clone().prop_map(Happening::Read),
        2 => reads.prop_map(Happening::Watched),
        2 => Just(Happening::ListChanged),
        1 => Just(Happening::ListRefused),
        2 => Just(Happening::ListOrdered),
        2 => word.clone().prop_map(|word| Happening::Reports { word }),
        1 => (0..PEOPLE.len(), any::<bool>()).prop_map(|(whom, permanent)| Happening::Fails { whom, permanent }),
        3 => (ruling(), 0..OFFICE.len(), any::<bool>())
            .prop_map(|(verdict, by, by_mail)| Happening::Rules { verdict, by, by_mail }),
        1 => Just(Happening::Superseded),
        1 => Just(Happening::Replaced),
        2 => (0..PEOPLE.len(), 0_u16..4).prop_map(|(who, times)| Happening::Repeats { who, times }),
        2 => any::<bool>().prop_map(|behind| Happening::Freed { behind }),
        2 => (1_i64..9).prop_map(Happening::Days),
        1 => Just(Happening::Again),
    ]
}

fn record(tld: &str, admin: &str, manager: &str) -> IanaRecord {
    let contact =
        |email: &str| IanaContact { name: None, organisation: None, email: Some(at(email)), phone: None };
    IanaRecord {
        tld: tld.parse().unwrap(),
        manager: Some(manager.to_owned()),
        admin: Some(contact(admin)),
        technical: Some(contact(TECHNICAL)),
        changed: None,
        retrieved: None,
    }
}

fn entry() -> Vec<Contact> {
    let contact = |rank: u8| Contact {
        rank: Rank::try_from(rank).unwrap(),
        name: PEOPLE[usize::from(rank) - 1].0.parse().unwrap(),
        email: at(PEOPLE[usize::from(rank) - 1].1),
        secondary_email: None,
        phone: Some(Phone::try_from("+31201234567".to_owned()).unwrap()),
    };
    vec![contact(1), contact(2)]
}

fn view() -> View {
    let mut view =
        View { mailboxes: vec![at(MAILBOX)], secretariat: vec![at(SECRETARIAT)], ..View::default() };
    for name in ["nl", "fr"] {
        let answer = RegistryAnswer::Found(Box::new(record(name, ADMIN, "Registry")));
        view.records.insert(name.parse().unwrap(), answer);
    }
    view.roster.set("nl".parse().unwrap(), entry());
    let other = RegistryAnswer::Found(Box::new(record("be", OTHER_ADMIN, "Another registry")));
    view.records.insert("be".parse().unwrap(), other);
    view.roster.set("be".parse().unwrap(), entry().into_iter().take(1).collect());
    view
}

fn request(wish: &Wish, tld: &str) -> Request {
    let named = |(change, person, rank, replaces): &(Change, usize, Option<u8>, Option<usize>)| Named {
        change: *change,
        name: Some(PEOPLE[*person].0.to_owned()),
        email: Some(at(PEOPLE[*person].1)),
        secondary_email: wish
            .traits
            .contains(&Trait::Seconds)
            .then(|| at(&format!("{person}@second.example"))),
        phone: (*change != Change::Remove && !wish.traits.contains(&Trait::Lacks))
            .then(|| Phone::try_from("+31207654321".to_owned()).unwrap()),
        rank: rank.map(|rank| Rank::try_from(rank).unwrap()),
        replaces: replaces.map(|former| PEOPLE[former].1.to_owned()),
        drops: Vec::new(),
    };
    let contacts: Vec<Named> = wish.people.iter().map(named).collect();
    let all = |change| !contacts.is_empty() && contacts.iter().all(|one| one.change == change);
    let action = if contacts.is_empty() || all(Change::Remove) {
        Action::Remove
    } else if all(Change::Add) {
        Action::Subscribe
    } else {
        Action::Update
    };
    Request {
        action,
        tld: Some(tld.parse::<Tld>().unwrap()),
        contacts,
        replace_all: wish.traits.contains(&Trait::ReplacesAll),
        swaps: None,
    }
}

fn arrival(wish: &Wish) -> Arrival {
    let mut recipients = vec![at(MAILBOX)];
    recipients.extend(wish.traits.contains(&Trait::CopiesAdmin).then(|| at(ADMIN)));
    Arrival {
        reading: Reading {
            kind: Kind::Request,
            language: None,
            requests: wish.tlds.iter().map(|tld| request(wish, tld)).collect(),
            missing: if wish.traits.contains(&Trait::Lacks) {
                vec!["phone:somebody".to_owned()]
            } else {
                Vec::new()
            },
            queried_tlds: Vec::new(),
            asked: None,
            hold: wish.traits.contains(&Trait::Doubtful),
            doubts: Vec::new(),
            tokens: Vec::new(),
            bounce: None,
            meant: Vec::new(),
            lost: false,
            proposed_by: None,
            own_text: String::new(),
        },
        proof: Proof {
            verdict: wish.proof.0,
            from: None,
            reasons: Vec::new(),
            signed: wish.proof.1,
            signatures: Vec::new(),
            dns: Vec::new(),
        },
        from: Some(at(wish.from)),
        from_name: None,
        recipients,
        thread: Thread::default(),
        mail: Digest::of(b"mail"),
        first_seen: start(),
    }
}

/// What an onlooker saw when IANA and the entries were read last.
#[derive(Clone, Copy, Default)]
struct LastRead {
    /// Whether IANA's records are those that the case relies on.
    iana_as_it_was: bool,
    /// Whether the entries are as the change found them, or as it left them once it was made.
    entry_as_it_was: bool,
    /// Whether one of them was frozen.
    frozen: bool,
}

/// A case at play, and what an onlooker knows of it who trusts no rule.
struct Play {
    case: Case,
    policy: Policy,
    now: Timestamp,
    chance: u8,
    /// The tokens that are good: for which step, to whom they went.
    tokens: Vec<(Step, Address)>,
    /// Who said yes to what since IANA's records were last other ones.
    agreed: BTreeSet<(&'static str, String)>,
    /// What was read last.
    read: LastRead,
    /// Whether the change is made, and not undone.
    made: bool,
    /// Who said no to the news of it.
    objected: BTreeSet<String>,
    /// Whether a person ruled that it is undone, after somebody objected.
    undo_ruled: bool,
    /// The states that it was in, and whether there was a permission.
    reached: BTreeSet<&'static str>,
}

impl Play {
    fn new(case: Case, policy: Policy) -> Self {
        let agreed = request_as_yes(&case, &policy);
        let reached = agreed.iter().map(|_| "waived").collect();
        Self {
            case,
            policy,
            now: start(),
            chance: 0,
            tokens: Vec::new(),
            agreed,
            read: LastRead::default(),
            made: false,
            objected: BTreeSet::new(),
            undo_ruled: false,
            reached,
        }
    }

    /// The event that a happening is now; none where it cannot be.
    fn event(&mut self, happening: Happening) -> Option<Event> {
        Some(match happening {
            Happening::Answers { token, word } => {
                let (step, asked) = self.tokens.get(token.checked_rem(self.tokens.len())?)?.clone();
                answer(step, &asked, &asked, word)
            }
            Happening::Objects { token, word } => {
                let news = |step: Step| matches!(step, Step::Objection | Step::Withdrawal);
                let held: Vec<_> = self.tokens.iter().filter(|(step, _)| news(*step)).collect();
                let (step, asked) = *held.get(token.checked_rem(held.len())?)?;
                answer(*step, asked, asked, word)
            }
            Happening::Steals { token, thief, word } => {
                let (step, asked) = self.tokens.get(token.checked_rem(self.tokens.len())?)?.clone();
                answer(step, &asked, &at(PEOPLE[thief].1), word)
            }
            Happening::Read(reads) => self.read(reads),
            Happening::Watched(reads) => self.watched(reads)?,
            Happening::ListChanged => Event::ListChanged,
            Happening::ListRefused => Event::ListRefused("no".to_owned()),
            Happening::ListOrdered => {
                Event::ListOrdered { administrator: at(LIST_ADMIN), plan: Plan::default() }
            }
            Happening::Reports { word } => {
                let mut tokens = self.tokens.iter().filter(|(step, _)| *step == Step::List);
                tokens.next().map(|(step, asked)| answer(*step, asked, asked, word))?
            }
            Happening::Fails { whom, permanent } => {
                Event::MailFailed { recipient: at(PEOPLE[whom].1), permanent, reason: "no".to_owned() }
            }
            Happening::Rules { verdict, by, by_mail } => Event::Ruled(Ruling {
                by: OFFICE[by].to_owned(),
                verdict,
                note: String::new(),
                mail: by_mail.then(Thread::default),
            }),
            Happening::Superseded => Event::Superseded(CaseId(2)),
            Happening::Replaced => Event::Replaced(CaseId(2)),
            Happening::Repeats { who, times } => self.repeated(who, times)?,
            Happening::Freed { behind } => self.freed(behind.then_some(CaseId(3)))?,
            Happening::Days(days) => {
                self.now += SignedDuration::from_hours(24 * days);
                Event::TimePassed
            }
            Happening::Again => Event::RequestArrived,
        })
    }

    /// The same once more; none where whoever asks may not see the contacts.
    fn repeated(&self, who: usize, times: u16) -> Option<Event> {
        let from = at(PEOPLE[who].1);
        let listed = |change: &EntryChange| change.before.iter().any(|contact| contact.email == from);
        let sees = self.case.changes.iter().all(listed) || self.case.admin.as_ref() == Some(&from);
        let repeat = Repeat { from, name: None, thread: Thread::default(), language: None, times };
        (sees && !self.case.changes.is_empty()).then_some(Event::Repeated(repeat))
    }

    /// Its turn has come; none where it waits for nothing. IANA and the roster are as they were.
    fn freed(&self, behind: Option<CaseId>) -> Option<Event> {
        let State::Queued(_) = self.case.state else { return None };
        let fresh = renewed(&self.case, &view(), &policy(), self.now);
        Some(Event::Freed(Box::new(Case { behind, ..fresh })))
    }

    /// What the daily watch finds; none where IANA's records are those that the case relies on.
    fn watched(&self, reads: Reads) -> Option<Event> {
        let Event::RegistryRead { answers, .. } = self.read(reads) else { return None };
        let other = |(relied, answer): (&IanaRecord, &RegistryAnswer)| match answer {
            RegistryAnswer::Found(now) if Office::Admin.is_other(relied, now) => {
                Some((relied.tld.clone(), answer.record().cloned()))
            }
            RegistryAnswer::Absent => Some((relied.tld.clone(), None)),
            RegistryAnswer::Found(_) | RegistryAnswer::Unreachable(_) | RegistryAnswer::Doubtful(_) => None,
        };
        let changed: Vec<_> = self.case.registry.iter().zip(&answers).filter_map(other).collect();
        (!changed.is_empty()).then_some(Event::RegistryChanged { changed })
    }

    fn read(&self, reads: Reads) -> Event {
        let mut answers = Vec::new();
        let mut entries = Vec::new();
        for change in &self.case.changes {
            let relied = self.case.registry.iter().find(|record| record.tld == change.tld);
            let same = relied.cloned().unwrap_or_else(|| record(change.tld.as_str(), ADMIN, "Registry"));
            answers.push(match reads {
                Reads::Same | Reads::OtherEntry | Reads::Frozen | Reads::Short => {
                    RegistryAnswer::Found(Box::new(same))
                }
                Reads::OtherAdmin => {
                    RegistryAnswer::Found(Box::new(record(change.tld.as_str(), NEW_ADMIN, "Registry")))
                }
                Reads::OtherManager => RegistryAnswer::Found(Box::new(IanaRecord {
                    manager: Some("Another".to_owned()),
                    ..same
                })),
                Reads::Absent => RegistryAnswer::Absent,
                Reads::Unreachable => RegistryAnswer::Unreachable("down".to_owned()),
            });
            let other =
                if change.before.is_empty() || change.after.is_empty() { entry() } else { Vec::new() };
            let now = if self.made { &change.after } else { &change.before };
            let other = if *now == other { Vec::new() } else { other };
            entries.push(if matches!(reads, Reads::OtherEntry) { other } else { now.clone() });
        }
        if matches!(reads, Reads::Short) {
            answers.pop();
        }
        let frozen = if matches!(reads, Reads::Frozen) {
            self.case.tlds().map(|tld| (tld.clone(), CaseId(9))).collect()
        } else {
            Vec::new()
        };
        Event::RegistryRead { answers, entries, frozen }
    }

    /// Plays one event and checks everything that must hold of it.
    fn happen(&mut self, event: &Event) {
        self.chance = self.chance.wrapping_add(1);
        let before = self.case.clone();
        let mut moment = Moment::new(self.now, [self.chance; 32]);
        let decision = decide(&before, event, &self.policy, &mut moment);
        let next = evolve(&before, &decision);
        assert!(!decision.says.trim().is_empty() && !decision.event.is_empty(), "{event:?}");
        assert_eq!(next.next_effect, before.next_effect + u32::try_from(decision.effects.len()).unwrap());
        let reopens = matches!(before.state, State::Done(_)) && self.is_objection(event);
        assert!(
            before.state.is_open() || next.state == before.state || reopens,
            "a closed case moved: {event:?}"
        );
        assert!(!matches!(next.state, State::Contested(_)) || before.state.is_open() || reopens);
        self.note(event, &decision);
        check_answer(&before, &next, event, &self.tokens);
        for notice in notices(&decision) {
            check_notice(&next, notice);
            if let Some((token, step)) = &notice.token {
                let asked = notice.to.first().filter(|_| *step != Step::Ruling);
                let whose = asked.map_or_else(|| OF_THE_OFFICE.to_owned(), Address::lower);
                let bound = token.bound_to(&whose, &next.bound_to(*step), step.word());
                assert!(issued_tokens(&next).iter().any(|issued| issued.bound == bound));
                self.tokens.extend(asked.map(|asked| (*step, asked.clone())));
            }
        }
        check_told_once(&decision);
        self.check_permission(&next);
        check_it_goes_on(&before, &next, &decision);
        let kept: Case = serde_json::from_str(&serde_json::to_string(&next).unwrap()).unwrap();
        assert_eq!(kept, next);
        self.reached.insert(next.state.name());
        self.reached.extend(approval(&next).map(|_| "permitted"));
        self.case = next;
    }

    /// Whether somebody who was told of the change says a plain no to it, in time, by the token that he got.
    fn is_objection(&self, event: &Event) -> bool {
        let Event::Answered(answer) = event else { return false };
        let in_time = matches!(self.case.state, State::Done(applied)
            if self.now < applied + SignedDuration::from_hours(24 * i64::from(policy().objection_days)));
        let plain = answer.word == Word::No && answer.from == answer.asked;
        plain && in_time && self.tokens.contains(&(Step::Objection, answer.asked.clone()))
    }

    /// Notes what an onlooker sees: who agreed, what IANA said, and which tokens are void.
    fn note(&mut self, event: &Event, decision: &Decision) {
        match event {
            Event::Answered(answer) if answer.step == Step::Objection => {
                if answer.word == Word::No && answer.from == answer.asked {
                    self.objected.insert(answer.from.lower());
                }
            }
            Event::Ruled(ruling) if matches!(self.case.state, State::Contested(_)) => {
                self.undo_ruled = ruling.verdict == RulingVerdict::Undo && !self.objected.is_empty();
            }
            Event::ListChanged if approval(&self.case).is_some() => self.made = !self.made,
            Event::Answered(answer) if answer.word == Word::Yes && answer.from == answer.asked => {
                self.agreed.insert((answer.step.word(), answer.from.lower()));
            }
            Event::RegistryRead { answers, entries, frozen } if is_read_for(&self.case) => {
                let same = |(record, answer): (&IanaRecord, &RegistryAnswer)| match answer {
                    RegistryAnswer::Found(found) => found.digest() == record.digest(),
                    RegistryAnswer::Absent | RegistryAnswer::Unreachable(_) | RegistryAnswer::Doubtful(_) => {
                        false
                    }
                };
                let made = self.made;
                let now =
                    |change: &EntryChange| if made { change.after.clone() } else { change.before.clone() };
                let as_it_was = self.case.changes.iter().map(now).eq(entries.iter().cloned());
                let down = |answer: &RegistryAnswer| matches!(answer, RegistryAnswer::Unreachable(_));
                let whole = answers.len() == self.case.changes.len() && !answers.iter().any(down);
                // What could not be read says nothing against what was read before.
                if whole {
                    self.read = LastRead {
                        iana_as_it_was: self.case.registry.iter().zip(answers).all(same),
                        entry_as_it_was: as_it_was,
                        frozen: !frozen.is_empty(),
                    };
                }
            }
            Event::Answered(_)
            | Event::RequestArrived
            | Event::RegistryRead { .. }
            | Event::RegistryChanged { .. }
            | Event::ListChanged
            | Event::ListRefused(_)
            | Event::ListOrdered { .. }
            | Event::MailFailed { .. }
            | Event::Ruled(_)
            | Event::Superseded(_)
            | Event::Replaced(_)
            | Event::Repeated(_)
            | Event::Freed(_)
            | Event::TimePassed => {}
        }
        if decision.asked_again.is_some() {
            self.agreed.clear();
            self.tokens.clear();
        }
    }

    /// Nothing is changed without the admin contact whom IANA names (or a contact who changes nothing but his own details),
    /// every new contact, everybody at a new second address, and a look at both registers.
    fn check_permission(&mut self, next: &Case) {
        let Some(approved) = approval(next) else { return };
        if self.made {
            // It is made already: what is permitted is its reverse, after an objection and a ruling of a person.
            assert!(!self.objected.is_empty() && self.undo_ruled && self.read.entry_as_it_was);
            let same = |(change, back): (&EntryChange, &EntryChange)| {
                change.tld == back.tld && change.before == back.after && change.after == back.before
            };
            assert_eq!(next.changes.len(), approved.changes().len());
            assert!(next.changes.iter().zip(approved.changes()).all(same));
            return;
        }
        assert!(self.read.iana_as_it_was && self.read.entry_as_it_was);
        let overruled = |applying: &Applying| {
            applying.overruled.iter().any(|doubt| matches!(doubt, Doubt::Frozen { .. }))
        };
        let passed = matches!(&next.state, State::Applying(applying) if overruled(applying));
        assert!(!self.read.frozen || passed, "a frozen entry is changed");
        assert_eq!(approved.changes(), next.changes);
        assert_eq!(next.registry.len(), next.changes.len());
        if next.changes.iter().all(|change| is_of_her_own(next, change)) {
            let jane = PEOPLE[0].1.to_owned();
            assert!(self.agreed.contains(&("own", jane)), "she did not agree");
            self.reached.insert("own");
        } else {
            for record in &next.registry {
                let admin = record.admin_email().unwrap().lower();
                assert!(self.agreed.contains(&("admin", admin.clone())), "{admin} did not agree");
            }
        }
        for change in &next.changes {
            let known: Vec<String> = change.before.iter().map(|contact| contact.email.lower()).collect();
            for contact in change.after.iter().filter(|contact| !known.contains(&contact.email.lower())) {
                let who = contact.email.lower();
                assert!(self.agreed.contains(&("contact", who.clone())), "{who} did not agree");
            }
            for (contact, second) in
                change.after.iter().filter_map(|contact| Some((contact, contact.secondary_email.as_ref()?)))
            {
                let same = |old: &&Contact| old.email == contact.email || old.name == contact.name;
                let known = change.before.iter().filter(same).any(|old| old.has(second));
                let agreed = self.agreed.contains(&("address", second.lower()));
                assert!(known || agreed, "{second} did not agree");
            }
        }
    }

    /// Nobody does anything any more: the case ends by itself.
    fn check_it_ends(&mut self) {
        for _ in 0..STEPS_TO_END_MAX {
            if !self.case.state.is_open() {
                return;
            }
            let event = match &self.case.state {
                State::Applying(Applying { stage: Stage::Checking, .. }) => self.read(Reads::Same),
                State::Applying(Applying { stage: Stage::Changing, .. }) => Event::ListChanged,
                State::Received
                | State::NeedsInformation(_)
                | State::AwaitingAdmin(_)
                | State::AwaitingContacts(_)
                | State::AwaitingSecretariat(_)
                | State::Queued(_)
                | State::Applying(Applying { stage: Stage::Ordered(_), .. })
                | State::Done(_)
                | State::Contested(_)
                | State::Undone(_)
                | State::Refused(_)
                | State::Expired(_)
                | State::Withdrawn(_) => {
                    self.now = self.now.max(next_moment(&self.case, &self.policy).unwrap());
                    Event::TimePassed
                }
            };
            self.happen(&event);
        }
        assert!(!self.case.state.is_open(), "it does not end: {:?}", self.case.state);
    }
}

fn answer(step: Step, asked: &Address, from: &Address, word: Word) -> Event {
    Event::Answered(Answer {
        step,
        asked: asked.clone(),
        from: from.clone(),
        word,
        mail: Digest::of(from.lower().as_bytes()),
        thread: Thread::default(),
        proof: "none".to_owned(),
        said: "so it is".to_owned(),
    })
}

fn notices(decision: &Decision) -> impl Iterator<Item = &Notice> {
    decision.effects.iter().filter_map(|effect| match effect {
        Effect::Send(notice) => Some(notice.as_ref()),
        Effect::ReadRegistry | Effect::ChangeList | Effect::RecordChange => None,
    })
}

/// The consent that a request itself is: only of the admin contact, proven by a signature, where the policy says so, nothing
/// is in doubt and the ccTLD does not leave.
fn request_as_yes(case: &Case, policy: &Policy) -> BTreeSet<(&'static str, String)> {
    let requester = &case.requester;
    for consent in &case.consents {
        assert_eq!(policy.admin_confirms, AdminConfirms::UnlessProven);
        assert_eq!((consent.step, &consent.who), (Step::Admin, &at(ADMIN)));
        assert_eq!(requester.address, at(ADMIN));
        assert_eq!((requester.proof.verdict, requester.proof.signed), (Verdict::Authenticated, Signed::Well));
        assert!(case.doubts.is_empty() && case.reading.missing.is_empty());
        assert!(case.changes.iter().all(|change| !change.after.is_empty() || change.before.is_empty()));
        assert_eq!(consent.mail, requester.mail);
    }
    case.consents.iter().map(|consent| (consent.step.word(), consent.who.lower())).collect()
}

/// Whether a contact who is proven changes her number and her addresses, and nothing else of anybody.
fn is_of_her_own(case: &Case, change: &EntryChange) -> bool {
    let jane = at(PEOPLE[0].1);
    let requester = &case.requester;
    let proven = requester.proof.verdict == Verdict::Authenticated && requester.address == jane;
    let hers = |contact: &&Contact| contact.name.as_str() == PEOPLE[0].0;
    let rest = |contacts: &[Contact]| -> Vec<Contact> {
        contacts.iter().filter(|contact| !hers(contact)).cloned().collect()
    };
    let ranks = |contacts: &[Contact]| -> Vec<Rank> {
        contacts.iter().filter(hers).map(|contact| contact.rank).collect()
    };
    requester.role == Role::Contact
        && proven
        && rest(&change.before) == rest(&change.after)
        && ranks(&change.before) == ranks(&change.after)
}

fn policy() -> Policy {
    Policy { committee: vec![at(COMMITTEE)], ..Policy::default() }
}

/// An answer from another address moves nothing and is no consent; a plain no of one who was asked ends the case.
fn check_answer(before: &Case, next: &Case, event: &Event, tokens: &[(Step, Address)]) {
    let Event::Answered(answer) = event else { return };
    if answer.from != answer.asked {
        assert_eq!(next.state.name(), before.state.name());
        assert_eq!(next.consents, before.consents);
    }
    let good = tokens.contains(&(answer.step, answer.asked.clone()))
        && !matches!(answer.step, Step::List | Step::Committee | Step::Objection);
    // What is made already is no more refused or taken back: it can only be objected to.
    if matches!(before.state, State::Contested(_)) || undoing(before).is_some() {
        return;
    }
    let changing = matches!(&before.state, State::Applying(applying) if applying.stage == Stage::Changing);
    if good && !changing && answer.word == Word::No && answer.from == answer.asked {
        assert!(!next.state.is_open(), "a no was not heard: {answer:?} in {}", before.state.name());
    }
}

/// A token goes to IANA's address, to a new contact or address, to a contact about himself or to a requester who may be written to; nobody reads of the
/// contacts who is neither the admin contact nor one of them; and we never write to ourselves.
fn check_notice(next: &Case, notice: &Notice) {
    if notice.to.is_empty() {
        assert!(matches!(notice.kind, NoticeKind::Escalation | NoticeKind::Ruled));
        let step = notice.token.as_ref().map(|(_, step)| *step);
        assert!(matches!(step, Some(Step::Ruling) | None));
        // Whoever can rule by answering is told by which words.
        assert_eq!(step.is_some(), !notice.facts.choices.is_empty());
        return;
    }
    assert_eq!(notice.to.len(), 1, "one mail has one receiver");
    let to = &notice.to[0];
    assert_ne!(to.without_subaddress(), at(MAILBOX));
    let is_admin = !next.registry.is_empty() && next.registry.iter().all(|one| one.admin_email() == Some(to));
    let is_new = next.changes.iter().any(|change| change.added().iter().any(|contact| contact.email == *to));
    let requester = &next.requester;
    let proven = requester.proof.verdict == Verdict::Authenticated;
    let may_be_written_to = requester.address == *to && (proven || is_admin);
    match notice.token.as_ref().map(|(_, step)| *step) {
        Some(Step::Admin) => assert!(is_admin, "{to} is not the admin contact"),
        Some(Step::Contact) => assert!(is_new, "{to} is no new contact"),
        Some(Step::Own) => {
            assert!(*to == at(PEOPLE[0].1) && next.requester.address == *to, "{to} did not ask for it");
        }
        Some(Step::Address) => {
            let second = |contact: &Contact| contact.secondary_email.as_ref() == Some(to);
            assert!(next.changes.iter().any(|change| change.after.iter().any(second)), "{to} is no second");
            assert!(notice.facts.changes.is_empty());
        }
        Some(Step::Information) => assert!(may_be_written_to, "{to} was asked for details"),
        Some(Step::Withdrawal) => assert!(may_be_written_to, "{to} can take back what he did not ask for"),
        Some(Step::Objection) => {
            let is_or_was = |change: &EntryChange| {
                change.before.iter().chain(&change.after).any(|contact| contact.email == *to)
            };
            let of_any = next.registry.iter().any(|one| one.admin_email() == Some(to));
            let decides = next.admin.as_ref() == Some(to);
            assert!(of_any || decides || next.changes.iter().any(is_or_was), "{to} is not concerned");
        }
        Some(Step::List) => assert_eq!(*to, at(LIST_ADMIN)),
        Some(Step::Committee) => assert_eq!(*to, at(COMMITTEE)),
        Some(Step::Approach) => unreachable!("no case asks for {to}'s word on what is held"),
        // Whoever took it is reminded alone.
        Some(Step::Ruling) => assert!(OFFICE.contains(&to.lower().as_str())),
        None => {}
    }
    let listed = |contacts: &[Contact]| contacts.iter().any(|contact| contact.email == *to);
    let is_listed = next.changes.iter().any(|change| {
        let made = matches!(next.state, State::Done(_) | State::Contested(_) | State::Undone(_));
        listed(&change.before) || (made && listed(&change.after))
    });
    let of_us = OFFICE.contains(&to.lower().as_str()) || *to == at(COMMITTEE);
    let of_one: Vec<&Tld> = next
        .registry
        .iter()
        .filter(|record| record.admin_email() == Some(to))
        .map(|record| &record.tld)
        .collect();
    if !is_admin && !is_listed && !of_us && !of_one.is_empty() {
        assert!(notice.facts.changes.iter().all(|change| of_one.contains(&&change.tld)), "{to} reads more");
    } else if !is_admin && !is_listed && !of_us {
        for change in &notice.facts.changes {
            assert!(change.before.is_empty(), "{to} reads who is listed");
            assert!(change.after.iter().all(|contact| contact.email == *to), "{to} reads of others");
        }
        assert!(notice.facts.warnings.is_empty());
    }
}

fn check_told_once(decision: &Decision) {
    let mut told = BTreeSet::new();
    for notice in notices(decision) {
        let to: Vec<String> = notice.to.iter().map(Address::lower).collect();
        assert!(told.insert((notice.kind, to.clone())), "{to:?} is told twice: {:?}", notice.kind);
    }
}

/// What is open waits for a moment, or for something that is being done.
fn check_it_goes_on(before: &Case, next: &Case, decision: &Decision) {
    let waits = next_moment(next, &policy()).is_some();
    let under_way = matches!(next.state, State::Received) || is_read_for(next);
    assert_eq!(waits, next.state.is_open() && !under_way, "{}", next.state.name());
    if let State::Applying(applying) = &next.state
        && before.state != next.state
    {
        let ordered = |notice: &Notice| notice.kind == NoticeKind::ChangeOrder;
        match applying.stage {
            Stage::Checking => assert!(decision.effects.contains(&Effect::ReadRegistry)),
            Stage::Changing if is_read_for(before) => {
                assert!(decision.effects.contains(&Effect::ChangeList));
            }
            // A person says that he has changed it.
            Stage::Changing => assert!(decision.effects.contains(&Effect::RecordChange)),
            Stage::Ordered(_) => {
                assert_eq!(
                    notices(decision).any(ordered),
                    is_read_for(before) || decision.event == "order_repeated"
                );
            }
        }
    }
}

/// Whether IANA's records are read for a case in this state.
fn is_read_for(case: &Case) -> bool {
    matches!(&case.state, State::Applying(applying) if !matches!(applying.stage, Stage::Ordered(_)))
}

/// Plays a mail and what happens after it; which states were reached.
fn play(wish: &Wish, happenings: &[Happening]) -> BTreeSet<&'static str> {
    let mut reached = BTreeSet::new();
    let policy = Policy { admin_confirms: wish.admin_confirms, ..policy() };
    let admission = admit(&arrival(wish), &view(), &policy, start());
    let Admission::Open(cases) = admission else { return reached };
    for (number, case) in (1..).zip(cases) {
        let behind = wish.traits.contains(&Trait::Waits).then_some(CaseId(9));
        let mut play = Play::new(Case { id: CaseId(number), behind, ..case }, policy.clone());
        play.happen(&Event::RequestArrived);
        for happening in happenings {
            if let Some(event) = play.event(*happening) {
                play.happen(&event);
            }
        }
        play.check_it_ends();
        reached.extend(play.reached);
    }
    reached
}

proptest! {
    #![proptest_config(Config { cases: PLAYS, failure_persistence: None, ..Config::default() })]

    #[test]
    fn nothing_happens_that_must_not(
        wish in wish(),
        happenings in proptest::collection::vec(happening(), 0..EVENTS_MAX),
    ) {
        play(&wish, &happenings);
    }
}

/// Plays that reached nothing would prove nothing.
#[test]
fn the_plays_reach_every_state_and_a_permission() {
    let mut runner = TestRunner::deterministic();
    let plays = (wish(), proptest::collection::vec(happening(), 0..EVENTS_MAX));
    let mut reached = BTreeSet::new();
    for number in 0..PLAYS {
        let (wish, happenings) = plays.new_tree(&mut runner).unwrap().current();
        reached.extend(play(&wish, &happenings));
        if number % 2 == 0 {
            reached.extend(play_on(made(), &happenings));
        }
    }
    let all = [
        "applying",
        "awaiting_admin",
        "awaiting_contacts",
        "awaiting_secretariat",
        "contested",
        "done",
        "expired",
        "needs_information",
        "own",
        "permitted",
        "queued",
        "refused",
        "undone",
        "waived",
        "withdrawn",
    ];
    assert_eq!(reached.into_iter().collect::<Vec<_>>(), all);
}

/// A request for two new contacts that all have agreed to.
fn permitted() -> Play {
    let wish = Wish {
        from: ADMIN,
        proof: (Verdict::Authenticated, Signed::Well),
        tlds: vec!["fr"],
        people: vec![(Change::Add, 2, None, None), (Change::Add, 3, None, None)],
        traits: Vec::new(),
        admin_confirms: AdminConfirms::Always,
    };
    let cases = match admit(&arrival(&wish), &view(), &policy(), start()) {
        Admission::Open(cases) => cases,
        Admission::Ignore { .. }
        | Admission::Retry(_)
        | Admission::Hold(_)
        | Admission::Help(_)
        | Admission::Answer(_)
        | Admission::Joined(_)
        | Admission::JoinedAndOpen(..) => Vec::new(),
    };
    let mut play = Play::new(cases[0].clone(), policy());
    play.happen(&Event::RequestArrived);
    for token in 0..3 {
        let yes = play.event(Happening::Answers { token, word: Word::Yes }).unwrap();
        play.happen(&yes);
    }
    let read = play.read(Reads::Same);
    play.happen(&read);
    assert!(approval(&play.case).is_some());
    play
}

/// The same, and the list is changed: all concerned have a token to object with.
fn made() -> Play {
    let mut play = permitted();
    play.happen(&Event::ListChanged);
    assert_eq!(play.tokens.iter().filter(|(step, _)| *step == Step::Objection).count(), 3);
    play
}

/// Plays on from there; which states were reached.
fn play_on(mut play: Play, happenings: &[Happening]) -> BTreeSet<&'static str> {
    for happening in happenings {
        if let Some(event) = play.event(*happening) {
            play.happen(&event);
        }
    }
    play.check_it_ends();
    play.reached
}

/// The same, in the hands of a person who changes the list.
fn ordered() -> Play {
    let mut play = permitted();
    let order = play.event(Happening::ListOrdered).unwrap();
    play.happen(&order);
    assert!(approval(&play.case).is_none(), "nothing else changes the list meanwhile");
    play
}

#[test]
fn the_whole_way_can_be_played() {
    let mut play = permitted();
    play.happen(&Event::ListChanged);
    assert_eq!(play.case.state.name(), "done");
    let objects = play.event(Happening::Objects { token: 1, word: Word::No }).unwrap();
    play.happen(&objects);
    assert_eq!(play.case.state.name(), "contested");
    let undo = play.event(Happening::Rules { verdict: RulingVerdict::Undo, by: 0, by_mail: true }).unwrap();
    play.happen(&undo);
    let read = play.read(Reads::Same);
    play.happen(&read);
    assert!(approval(&play.case).is_some());
    play.happen(&Event::ListChanged);
    assert_eq!(play.case.state.name(), "undone");
    let mut play = ordered();
    let yes = play.event(Happening::Reports { word: Word::Yes }).unwrap();
    play.happen(&yes);
    assert!(approval(&play.case).is_some());
    play.happen(&Event::ListChanged);
    assert_eq!(play.case.state.name(), "done");
}

proptest! {
    #![proptest_config(Config { cases: PLAYS / 3, failure_persistence: None, ..Config::default() })]

    #[test]
    fn nothing_happens_that_must_not_while_a_person_changes_the_list(
        happenings in proptest::collection::vec(happening(), 0..EVENTS_MAX),
    ) {
        play_on(ordered(), &happenings);
    }

    #[test]
    fn nothing_happens_that_must_not_once_the_change_is_made(
        happenings in proptest::collection::vec(happening(), 0..EVENTS_MAX),
    ) {
        play_on(made(), &happenings);
    }
}
