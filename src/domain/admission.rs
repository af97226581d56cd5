//! What is done with a mail that comes in, before it belongs to a case: who may ask what, with which proof.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::address::Address;
use crate::domain::authority::{role_for, sufficient};
use crate::domain::case::{Case, CaseId, Requester, Role, State, Thread};
use crate::domain::contact::Roster;
use crate::domain::digest::Digest;
use crate::domain::evidence::{Proof, Signed, Verdict};
use crate::domain::plan::{Doubt, EntryChange, digest, plan};
use crate::domain::policy::Policy;
use crate::domain::registry::{IanaRecord, RegistryAnswer};
use crate::domain::request::{Action, Kind, Reading, Request};
use crate::domain::tld::Tld;

/// A mail that was read and proved.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// What it says.
    pub reading: Reading,
    /// What proves who wrote it.
    pub proof: Proof,
    /// Its From address.
    pub from: Option<Address>,
    /// The name beside it.
    pub from_name: Option<String>,
    /// Its To and Cc addresses.
    pub recipients: Vec<Address>,
    /// How to answer it.
    pub thread: Thread,
    /// Its digest.
    pub mail: Digest,
    /// When it was first taken in: a temporary failure ends some time.
    pub first_seen: Timestamp,
}

/// What the rules see of the world when a mail comes in.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// IANA's records of the ccTLDs that the mail names.
    pub records: BTreeMap<Tld, RegistryAnswer>,
    /// The ccTLDs that the sender is admin contact of.
    pub administered: Vec<Tld>,
    /// The contact repository.
    pub roster: Roster,
    /// Our own addresses.
    pub mailboxes: Vec<Address>,
    /// The secretariat's addresses.
    pub secretariat: Vec<Address>,
    /// The cases that are open, with what they change.
    pub open: Vec<(CaseId, Digest, Vec<Tld>)>,
    /// Confirmations that unproven requests caused today, by ccTLD.
    pub unproven_today: BTreeMap<Tld, u16>,
}

/// What is done with a mail that is no answer of ours.
#[derive(Clone, Debug, PartialEq)]
pub enum Admission {
    /// Nothing follows.
    Ignore {
        /// In the words of the journal.
        event: &'static str,
        /// As a sentence.
        says: String,
        /// Whether a person should find it among the held mails all the same.
        keep_for_person: bool,
    },
    /// It is judged again later: an answer of the DNS or of IANA is missing.
    Retry(String),
    /// A person gets it; it belongs to no case.
    Hold(Vec<String>),
    /// Its sender, who is proven, is told how to ask.
    Help(String),
    /// It repeats what open cases ask already.
    Joined(Vec<CaseId>),
    /// Cases are opened: their numbers are given later.
    Open(Vec<Case>),
}

/// Decides what is done with a mail. The order is the one that keeps loops and strangers out: our own mail, machines'
/// mail, proof, understanding, authority.
pub fn admit(arrival: &Arrival, view: &View, policy: &Policy, now: Timestamp) -> Admission {
    let own = |address: &Address| view.mailboxes.contains(&address.without_subaddress());
    let Some(from) = &arrival.from else {
        return ignore("no_sender", "It has no sender that could be answered.", true);
    };
    if own(from) {
        return ignore("own_mail", "It claims to come from our own address.", false);
    }
    match arrival.reading.kind {
        Kind::AutoReply => ignore("machines_mail", "A machine wrote it; it is neither an answer nor answered.", false),
        Kind::Bounce => ignore("bounce", "It reports on a mail that we did not send.", false),
        Kind::ReplyYes | Kind::ReplyNo | Kind::ReplyUnclear if arrival.reading.hold => hold(arrival),
        Kind::ReplyYes | Kind::ReplyNo | Kind::ReplyUnclear => {
            ignore("unknown_token", "It answers a question, but has no token of ours that is still known.", false)
        }
        Kind::Other if arrival.reading.hold => hold(arrival),
        Kind::Other => ignore("no_request", "It asks for nothing that is done here.", false),
        Kind::Ruling if view.secretariat.contains(from) => hold(arrival),
        Kind::Ruling => ignore("no_request", "It rules on a case, and its sender is not the secretariat.", true),
        Kind::Query | Kind::Help | Kind::Request if temporary(arrival, policy, now) => {
            Admission::Retry(arrival.proof.reasons.first().cloned().unwrap_or_default())
        }
        Kind::Query => query(arrival, from, view),
        Kind::Help => help(arrival, "It asks how to join or to change."),
        Kind::Request if contradicted(arrival, view).is_some() => {
            Admission::Hold(contradicted(arrival, view).into_iter().collect())
        }
        Kind::Request => request(arrival, from, view, policy),
    }
}

fn ignore(event: &'static str, says: &str, keep_for_person: bool) -> Admission {
    Admission::Ignore { event, says: says.to_owned(), keep_for_person }
}

fn hold(arrival: &Arrival) -> Admission {
    let doubts = &arrival.reading.doubts;
    Admission::Hold(if doubts.is_empty() { vec!["a person should read it".to_owned()] } else { doubts.clone() })
}

fn authenticated(arrival: &Arrival) -> bool {
    arrival.proof.verdict == Verdict::Authenticated
}

/// A missing DNS answer is waited for, but not for ever.
fn temporary(arrival: &Arrival, policy: &Policy, now: Timestamp) -> bool {
    let end = arrival.first_seen.checked_add(SignedDuration::from_hours(policy.proof_retry_hours.into()));
    arrival.proof.verdict == Verdict::TemporaryFailure && end.is_ok_and(|end| now < end)
}

fn help(arrival: &Arrival, says: &str) -> Admission {
    if authenticated(arrival) {
        return Admission::Help(says.to_owned());
    }
    ignore("unproven_stranger", &format!("{says} It is not proven to be from its sender, so nothing is answered."), true)
}

/// Only listed contacts may ask for contacts; nobody else learns anything.
fn query(arrival: &Arrival, from: &Address, view: &View) -> Admission {
    let listed = !view.roster.tlds_of(from).is_empty();
    if listed && authenticated(arrival) {
        return Admission::Hold(vec!["a listed contact asks for contacts; please answer him".to_owned()]);
    }
    ignore("query_of_stranger", "It asks for contacts, and its sender is not proven to be a listed contact.", true)
}

fn request(arrival: &Arrival, from: &Address, view: &View, policy: &Policy) -> Admission {
    let mut known = Vec::new();
    let mut others = Vec::new();
    for request in &arrival.reading.requests {
        match &request.tld {
            Some(tld) => match role_for(tld, from, &arrival.recipients, view) {
                Role::None => others.push(tld.clone()),
                role => known.push((request, tld.clone(), role)),
            },
            None => {}
        }
    }
    if let Some(RegistryAnswer::Unreachable(why)) = known.iter().find_map(|(_, tld, _)| unreachable(view, tld)) {
        return Admission::Retry(format!("IANA's record could not be read: {why}"));
    }
    if known.is_empty() {
        let nowhere = arrival.reading.requests.iter().all(|request| request.tld.is_none());
        return if nowhere { without_tld(arrival, from, view) } else { stranger(arrival, &others) };
    }
    let mut cases = Vec::new();
    for (role, admin, group) in grouped(known, view, &arrival.reading) {
        cases.push(prepare(arrival, from, (role, admin, &group), view, policy));
    }
    for tld in others {
        let doubt = format!("it also asks for {}, for which its sender may not ask", tld.for_people());
        cases.iter_mut().for_each(|case| case.doubts.push(Doubt::Reading(doubt.clone())));
    }
    joined_or_limited(cases, view, policy)
}

/// Where IANA's channels contradict each other nobody can be told from a stranger: a person reads the request.
fn contradicted(arrival: &Arrival, view: &View) -> Option<String> {
    let named = arrival.reading.requests.iter().filter_map(|request| request.tld.as_ref());
    named.filter_map(|tld| Some((tld, view.records.get(tld)?))).find_map(|(tld, answer)| match answer {
        RegistryAnswer::Doubtful(why) => {
            Some(format!("IANA's channels contradict each other on {}: {why}", tld.for_people()))
        }
        RegistryAnswer::Found(_) | RegistryAnswer::Absent | RegistryAnswer::Unreachable(_) => None,
    })
}

fn unreachable<'a>(view: &'a View, tld: &Tld) -> Option<&'a RegistryAnswer> {
    view.records.get(tld).filter(|answer| matches!(answer, RegistryAnswer::Unreachable(_)))
}

fn stranger(arrival: &Arrival, tlds: &[Tld]) -> Admission {
    let names: Vec<String> = tlds.iter().map(Tld::for_people).collect();
    help(arrival, &format!("Its sender may not ask for {}.", names.join(", ")))
}

/// A request that names no ccTLD: its sender is asked if he is somebody here. It is never guessed from his address.
fn without_tld(arrival: &Arrival, from: &Address, view: &View) -> Admission {
    let role = if !view.administered.is_empty() {
        Role::Admin
    } else if !view.roster.tlds_of(from).is_empty() {
        Role::Contact
    } else if view.secretariat.contains(from) {
        Role::Secretariat
    } else {
        return help(arrival, "It names no ccTLD, and its sender is nobody that is known here.");
    };
    let mut case = blank(arrival, from, role);
    if role == Role::Admin {
        case.admin = Some(from.clone());
    }
    if !case.reading.missing.iter().any(|item| item == "tld") {
        case.reading.missing.insert(0, "tld".to_owned());
    }
    add_reading_doubts(&mut case, arrival);
    Admission::Open(vec![case])
}

/// Requests of one mail that the same admin contact decides on, for whom its sender is the same.
type Group<'a> = (Role, Option<Address>, Vec<(&'a Request, Tld)>);

/// What is decided together: one case an admin contact, so that nobody gets two mails about one. A mail that lacks
/// something stays one case, since its sender is asked once.
fn grouped<'a>(known: Vec<(&'a Request, Tld, Role)>, view: &View, reading: &Reading) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (request, tld, role) in known {
        let admin = found(view, &tld).and_then(IanaRecord::admin_email).cloned();
        let together = |group: &&mut Group<'_>| group.0 == role && (group.1 == admin || !reading.missing.is_empty());
        match groups.iter_mut().find(together) {
            Some(group) => group.2.push((request, tld)),
            None => groups.push((role, admin, vec![(request, tld)])),
        }
    }
    groups
}

fn found<'a>(view: &'a View, tld: &Tld) -> Option<&'a IanaRecord> {
    match view.records.get(tld) {
        Some(RegistryAnswer::Found(record)) => Some(record),
        Some(RegistryAnswer::Absent | RegistryAnswer::Unreachable(_) | RegistryAnswer::Doubtful(_)) | None => None,
    }
}

fn blank(arrival: &Arrival, from: &Address, role: Role) -> Case {
    Case {
        id: CaseId(0),
        opened: arrival.first_seen,
        reading: arrival.reading.clone(),
        action: arrival.reading.requests.first().map_or(Action::Update, |request| request.action),
        changes: Vec::new(),
        requester: Requester {
            address: from.clone(),
            name: arrival.from_name.clone(),
            role,
            proof: arrival.proof.clone(),
            mail: arrival.mail,
            thread: arrival.thread.clone(),
        },
        admin: None,
        registry: Vec::new(),
        doubts: Vec::new(),
        warnings: Vec::new(),
        state: State::Received,
        consents: Vec::new(),
        next_effect: 1,
    }
}

fn prepare(arrival: &Arrival, from: &Address, group: (Role, Option<Address>, &[(&Request, Tld)]), view: &View, policy: &Policy) -> Case {
    let (role, admin, requests) = group;
    let mut case = Case { admin, ..blank(arrival, from, role) };
    case.reading.requests = requests.iter().map(|(request, _)| (*request).clone()).collect();
    add_reading_doubts(&mut case, arrival);
    if let Err(why) = sufficient(role, &arrival.proof) {
        case.doubts.push(Doubt::Unproven(why));
    }
    for (request, tld) in requests {
        let planned = plan(request, tld, view.roster.contacts(tld), policy);
        case.doubts.extend(planned.doubts);
        case.warnings.extend(planned.warnings);
        case.changes.push(planned.change);
        match found(view, tld) {
            Some(record) => case.registry.push(record.clone()),
            None => case.doubts.push(Doubt::NoAdminContact(tld.clone())),
        }
    }
    case.action = common_action(&case.changes);
    if case.admin.is_none() && case.doubts.is_empty() {
        case.doubts.extend(requests.iter().map(|(_, tld)| Doubt::NoAdminContact(tld.clone())));
    }
    case
}

fn add_reading_doubts(case: &mut Case, arrival: &Arrival) {
    if arrival.reading.hold {
        case.doubts.extend(arrival.reading.doubts.iter().cloned().map(Doubt::Reading));
        if case.doubts.is_empty() {
            case.doubts.push(Doubt::Reading("the mail is not plain enough to act on".to_owned()));
        }
    }
}

fn common_action(changes: &[EntryChange]) -> Action {
    let mut actions = changes.iter().map(|change| change.action);
    let first = actions.next().unwrap_or(Action::Update);
    if actions.all(|action| action == first) { first } else { Action::Update }
}

/// The same change asked twice is one case; another change for a ccTLD with an open case is a person's work; unproven
/// requests cause only so many mails.
fn joined_or_limited(cases: Vec<Case>, view: &View, policy: &Policy) -> Admission {
    let mut joined = Vec::new();
    let mut fresh = Vec::new();
    for mut case in cases {
        let same = digest(&case.changes);
        let changes_something = case.changes.iter().any(|change| change.before != change.after);
        if let Some((id, _, _)) = view.open.iter().find(|(_, open, _)| changes_something && *open == same) {
            joined.push(*id);
            continue;
        }
        for tld in case.changes.iter().map(|change| change.tld.clone()) {
            if let Some((id, _, _)) = view.open.iter().find(|(_, _, tlds)| tlds.contains(&tld)) {
                case.doubts.push(Doubt::OtherRequestOpen { tld, case: id.to_string() });
            }
        }
        fresh.push(case);
    }
    let over = |case: &Case| {
        let spent = |tld: &Tld| view.unproven_today.get(tld).copied().unwrap_or_default();
        is_unproven(case) && case.tlds().any(|tld| spent(tld) >= policy.unproven_per_day_max)
    };
    if fresh.iter().any(over) {
        return ignore("unproven_limit", "Unproven requests for this ccTLD have caused enough mails today.", true);
    }
    if fresh.is_empty() { Admission::Joined(joined) } else { Admission::Open(fresh) }
}

/// Whether a case rests on nothing but the confirmation to come: these are counted.
pub fn is_unproven(case: &Case) -> bool {
    case.requester.proof.signed != Signed::Well || case.requester.proof.verdict != Verdict::Authenticated
}
