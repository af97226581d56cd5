//! What is done with a mail that comes in, before it belongs to a case: who may ask what, with which proof.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::address::Address;
use crate::domain::authority::{may_ask, merely_copies, role_for, stops_copies, sufficient};
use crate::domain::beside::{Beside, beside_open, freeze};
use crate::domain::case::{Case, CaseId, Role, Thread};
use crate::domain::contact::Roster;
use crate::domain::digest::Digest;
use crate::domain::evidence::{Proof, Signed, Verdict};
use crate::domain::exemption::Exemption;
use crate::domain::gate::turned_away;
use crate::domain::help::Help;
use crate::domain::inquiry::{Inquiry, inquire};
use crate::domain::open_case::{OpenCase, Route};
use crate::domain::opening::{add_reading_doubts, blank, finished, grouped, prepare};
use crate::domain::person::{as_one_person, waived};
use crate::domain::plan::{Doubt, EntryChange};
use crate::domain::policy::Policy;
use crate::domain::registry::RegistryAnswer;
use crate::domain::request::{Kind, Reading};
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
    /// The cases that are open.
    pub open: Vec<OpenCase>,
    /// Confirmations that unproven requests caused today, by ccTLD; those in the admin contact's own name and those with
    /// a copy to him apart, so that no stranger uses up what is his.
    pub unproven_today: BTreeMap<(Tld, Route), u16>,
    /// Whom a rule on contacts does not hold up.
    pub exemptions: Vec<Exemption>,
    /// Who wants no questions about requests for this ccTLD that merely copy him.
    pub stopped: BTreeMap<Tld, Address>,
}

impl View {
    /// Whether an address is our own mailbox, with or without a subaddress.
    pub fn is_own(&self, address: &Address) -> bool {
        self.mailboxes.contains(&address.without_subaddress())
    }
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
    Help(Help),
    /// Its sender, who is a listed contact, gets the contacts that he asks for.
    Answer(Box<Inquiry>),
    /// It repeats what open cases ask already.
    Joined(Vec<Joined>),
    /// Cases are opened: their numbers are given later.
    Open(Vec<Case>),
    /// Both: for some ccTLDs it repeats what is asked already.
    JoinedAndOpen(Vec<Joined>, Vec<Case>),
}

/// An open case that a mail asks for once more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Joined {
    /// Which.
    pub case: CaseId,
    /// Whether its sender may hear how that case stands: nobody who is not proven, or may not see the contacts, does.
    pub may_hear: bool,
}

/// Decides what is done with a mail. The order is the one that keeps loops and strangers out: the gate, proof,
/// understanding, authority.
pub fn admit(arrival: &Arrival, view: &View, policy: &Policy, now: Timestamp) -> Admission {
    let reading = &arrival.reading;
    if let Some(turned) = turned_away(reading.kind, arrival.from.as_ref(), &view.mailboxes) {
        return ignore(turned.event(), turned.says());
    }
    let Some(from) = &arrival.from else {
        return keep("no_sender", "It has no sender that could be answered.");
    };
    if reading.takes_back() && !authenticated(arrival) {
        // Whoever could take back what is not proven to be his could stop any request.
        let says = "It takes a request back, and is not proven to be from its sender: please ask him.";
        let waits = temporary(arrival, policy, now);
        return if waits { waiting_for_proof(arrival) } else { keep(TAKEN_BACK_UNPROVEN, says) };
    }
    match reading.kind {
        Kind::ReplyYes | Kind::ReplyNo | Kind::ReplyUnclear | Kind::Other if arrival.reading.hold => {
            // Whoever is not proven could use up the attention of the secretariat.
            if authenticated(arrival) {
                hold(arrival)
            } else {
                keep("held_unproven", "A person may want to read it.")
            }
        }
        Kind::Other if reading.lost && temporary(arrival, policy, now) => waiting_for_proof(arrival),
        Kind::Other if reading.lost && authenticated(arrival) => {
            let help = Help::new("Nothing was understood of it.", from, view);
            Admission::Help(if is_known(from, view) { help.beside(HE_MAY_OBJECT) } else { help })
        }
        // A contact who objects to what he was told of answers a mail that has no token: a person must hear of it.
        Kind::ReplyYes | Kind::ReplyNo | Kind::ReplyUnclear | Kind::Other
            if is_known(from, view) && authenticated(arrival) =>
        {
            Admission::Hold(vec![HE_MAY_OBJECT.to_owned()])
        }
        Kind::ReplyYes | Kind::ReplyNo | Kind::ReplyUnclear => {
            keep("unknown_token", "It answers a question, but has no token of ours that is still known.")
        }
        Kind::Other | Kind::AutoReply | Kind::Bounce => {
            ignore("no_request", "It asks for nothing that is done here.")
        }
        Kind::Ruling if view.secretariat.contains(from) => Admission::Hold(vec![RULES_ON_NOTHING.to_owned()]),
        Kind::Ruling => keep("no_request", "It rules on a case, and its sender is not the secretariat."),
        Kind::Query | Kind::Help | Kind::Request if temporary(arrival, policy, now) => {
            waiting_for_proof(arrival)
        }
        Kind::Query => inquire(arrival, from, view),
        Kind::Help => help(arrival, from, view, "It asks how to join or to change."),
        Kind::Request if contradicted(arrival, view).is_some() => {
            Admission::Hold(contradicted(arrival, view).into_iter().collect())
        }
        Kind::Request => match unreachable(arrival, view) {
            Some(why) if is_waited_for(arrival, policy, now) => {
                Admission::Retry(format!("IANA's record could not be read: {why}"))
            }
            Some(why) => Admission::Hold(vec![format!("IANA's record could not be read for days: {why}")]),
            None => request(arrival, from, view, policy),
        },
    }
}

/// An answer of the DNS is missing.
fn waiting_for_proof(arrival: &Arrival) -> Admission {
    Admission::Retry(arrival.proof.reasons.first().cloned().unwrap_or_default())
}

/// Why a person reads what a contact or an admin contact writes, though it asks for nothing.
const HE_MAY_OBJECT: &str =
    "somebody who is known here writes, and asks for nothing that is done here; he may object";

/// Whether an address is a listed contact's or an admin contact's.
fn is_known(from: &Address, view: &View) -> bool {
    !view.administered.is_empty() || !view.roster.tlds_of(from).is_empty()
}

fn ignore(event: &'static str, says: &str) -> Admission {
    Admission::Ignore { event, says: says.to_owned(), keep_for_person: false }
}

/// Nothing follows, but a person may want to read it some time.
fn keep(event: &'static str, says: &str) -> Admission {
    Admission::Ignore { event, says: says.to_owned(), keep_for_person: true }
}

fn hold(arrival: &Arrival) -> Admission {
    let doubts = &arrival.reading.doubts;
    Admission::Hold(if doubts.is_empty() {
        vec!["a person should read it".to_owned()]
    } else {
        doubts.iter().map(ToString::to_string).collect()
    })
}

fn authenticated(arrival: &Arrival) -> bool {
    arrival.proof.verdict == Verdict::Authenticated
}

/// A missing DNS answer is waited for, but not for ever.
fn temporary(arrival: &Arrival, policy: &Policy, now: Timestamp) -> bool {
    arrival.proof.verdict == Verdict::TemporaryFailure && is_waited_for(arrival, policy, now)
}

/// Whether a mail is still young enough to wait for an answer of the DNS or of IANA.
fn is_waited_for(arrival: &Arrival, policy: &Policy, now: Timestamp) -> bool {
    let end = arrival.first_seen.checked_add(SignedDuration::from_hours(policy.proof_retry_hours.into()));
    end.is_ok_and(|end| now < end)
}

/// Why IANA's record of a ccTLD that is asked for cannot be read now. Without it nobody can be told from a stranger.
fn unreachable<'a>(arrival: &Arrival, view: &'a View) -> Option<&'a str> {
    let asked = arrival.reading.requests.iter().filter_map(|request| request.tld.as_ref());
    asked.filter_map(|tld| view.records.get(tld)).find_map(|answer| match answer {
        RegistryAnswer::Unreachable(why) => Some(why.as_str()),
        RegistryAnswer::Found(_) | RegistryAnswer::Absent | RegistryAnswer::Doubtful(_) => None,
    })
}

/// Where IANA's channels contradict each other nobody can be told from a stranger: a person reads the request.
fn contradicted(arrival: &Arrival, view: &View) -> Option<String> {
    let asked = arrival.reading.requests.iter().filter_map(|request| request.tld.as_ref());
    asked.filter_map(|tld| Some((tld, view.records.get(tld)?))).find_map(|(tld, answer)| match answer {
        RegistryAnswer::Doubtful(why) => {
            Some(format!("IANA's channels contradict each other on {}: {why}", tld.for_people()))
        }
        RegistryAnswer::Found(_) | RegistryAnswer::Absent | RegistryAnswer::Unreachable(_) => None,
    })
}

fn help(arrival: &Arrival, from: &Address, view: &View, says: &str) -> Admission {
    if authenticated(arrival) {
        return Admission::Help(Help::new(says, from, view));
    }
    keep(
        "unproven_stranger",
        &format!("{says} It is not proven to be from its sender, so nothing is answered."),
    )
}

fn request(arrival: &Arrival, from: &Address, view: &View, policy: &Policy) -> Admission {
    let requests = &arrival.reading.requests;
    let mut known = Vec::new();
    let (mut strange, mut stops) = (Vec::new(), Vec::new());
    for request in requests {
        let Some(tld) = &request.tld else { continue };
        let role = role_for(tld, from, &arrival.recipients, view);
        if role == Role::AdminCc
            && stops_copies(tld, view)
            && merely_copies(tld, arrival, from, (view, policy))
        {
            stops.push(format!(
                "The admin contact of {} wants no questions about requests that merely copy him.",
                tld.for_people()
            ));
        } else if may_ask(role, policy) {
            known.push((request, tld.clone(), role));
        } else {
            strange.push(format!("it also asks for {}, for which its sender may not ask", tld.for_people()));
        }
    }
    if let Some(stopped) = stops.first().filter(|_| known.is_empty()) {
        return keep("copies_stopped", stopped);
    }
    strange.extend(stops);
    let nowhere = requests.iter().filter(|request| request.tld.is_none()).count();
    if known.is_empty() {
        return if nowhere == requests.len() {
            without_tld(arrival, from, view, policy)
        } else {
            stranger(arrival, from, view)
        };
    }
    if nowhere > 0 {
        strange.push("a part of it names no ccTLD".to_owned());
    }
    let mut cases = Vec::new();
    for group in grouped(known, arrival, view, policy) {
        let mut case = prepare(arrival, from, group, view, policy);
        case.doubts.extend(strange.iter().cloned().map(Doubt::Mail));
        cases.push(case);
    }
    let cases = as_one_person(cases, view, policy).into_iter().map(|case| finished(case, view, policy));
    waived(joined_or_limited(cases.collect(), view, policy), policy)
}

fn stranger(arrival: &Arrival, from: &Address, view: &View) -> Admission {
    let tlds = arrival.reading.requests.iter().filter_map(|request| request.tld.as_ref());
    let names: Vec<String> = tlds.map(Tld::for_people).collect();
    help(arrival, from, view, &format!("Its sender may not ask for {}.", names.join(", ")))
}

/// A request that names no ccTLD: its sender is asked if he is somebody here. It is never guessed from his address.
/// What is not proven causes no mail to him, since no ccTLD's count would bound them; a person reads it, unless it is a
/// stranger's or forged.
fn without_tld(arrival: &Arrival, from: &Address, view: &View, policy: &Policy) -> Admission {
    let role = if !view.administered.is_empty() {
        Role::Admin
    } else if !view.roster.tlds_of(from).is_empty() {
        Role::Contact
    } else if view.secretariat.contains(from) {
        Role::Secretariat
    } else {
        return help(arrival, from, view, "It names no ccTLD, and its sender is nobody that is known here.");
    };
    if !authenticated(arrival) {
        return match sufficient(role, &arrival.proof, policy) {
            Ok(()) => {
                Admission::Hold(vec!["it names no ccTLD, and is not proven to be from its sender".to_owned()])
            }
            Err(why) => keep("unproven", &format!("It names no ccTLD, and {why}.")),
        };
    }
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

/// Each case beside those that are open, by the rule of `precedence`; unproven requests cause only so many mails.
fn joined_or_limited(cases: Vec<Case>, view: &View, policy: &Policy) -> Admission {
    let mut joined = Vec::new();
    let mut fresh = Vec::new();
    for mut case in cases {
        freeze(&mut case, &view.open);
        match beside_open(case, &view.open) {
            Beside::Joined(one) => joined.push(one),
            Beside::Fresh(case) => fresh.push(*case),
        }
    }
    let unproven: Vec<&Case> = fresh.iter().filter(|case| is_unproven(case)).collect();
    let spent = |case: &Case, tld: &Tld| {
        view.unproven_today.get(&(tld.clone(), Route::of(case))).copied().unwrap_or_default()
    };
    let is_over = |case: &&&Case| case.tlds().any(|tld| spent(case, tld) >= policy.unproven_per_day_max);
    let over = unproven.iter().find(is_over);
    if let Some(case) = over.filter(|case| Route::of(case) == Route::OwnName) {
        let why =
            format!("unproven requests for {} have caused enough mails for today", case.tlds_for_people());
        return Admission::Hold(vec![why]);
    }
    if over.is_some() || unproven.len() > usize::from(policy.unproven_per_mail_max) {
        return keep(UNPROVEN_LIMIT, "Unproven requests have caused enough mails for today.");
    }
    match (joined.is_empty(), fresh.is_empty()) {
        (_, true) => Admission::Joined(joined),
        (true, false) => Admission::Open(fresh),
        (false, false) => Admission::JoinedAndOpen(joined, fresh),
    }
}

/// Why a person reads what somebody of the secretariat wrote, and what he can do about it.
const RULES_ON_NOTHING: &str = "it looks like a ruling, and is no answer to a mail about a request: please answer that mail, or rule at the shell";

/// The event of a mail that takes a request back, and that nothing proves: the daily summary shows it first.
pub const TAKEN_BACK_UNPROVEN: &str = "taken_back_unproven";

/// The event of a request that is kept back, since unproven ones have caused enough mails.
pub const UNPROVEN_LIMIT: &str = "unproven_limit";

/// Whether a case rests on nothing but the confirmation to come: these are counted. A copy to the admin contact proves
/// nothing, however well the mail is signed by whoever wrote it, unless he is a listed contact.
pub fn is_unproven(case: &Case) -> bool {
    let requester = &case.requester;
    let signed = requester.proof.signed == Signed::Well && requester.proof.verdict == Verdict::Authenticated;
    let listed =
        |change: &EntryChange| change.before.iter().any(|contact| contact.email == requester.address);
    let copied = requester.role == Role::AdminCc && !case.changes.iter().all(listed);
    !signed || copied
}
