//! Cases as a mail opens them: what is decided together, planned, with every doubt.

use crate::domain::address::Address;
use crate::domain::admission::{Arrival, View};
use crate::domain::authority::{decider_of, merely_copies, office_for, record_of, sufficient};
use crate::domain::because::Warning;
use crate::domain::case::{Case, CaseId, Requester, Role, State};
use crate::domain::contact::Contact;
use crate::domain::exemption::{Exemption, Rule};
use crate::domain::plan::{Doubt, EntryChange, plan};
use crate::domain::policy::{Policy, WithoutPhone};
use crate::domain::procedure::Waits;
use crate::domain::registry::Office;
use crate::domain::request::{Action, Request};
use crate::domain::tld::Tld;

/// How the word for a missing phone number begins; his address, or his name, follows.
const LACKS_PHONE: &str = "phone:";

/// Requests of one mail that the same admin contact decides on, for whom its sender is the same.
pub(in crate::domain) struct Group<'a> {
    role: Role,
    office: Office,
    admin: Option<Address>,
    requests: Vec<(&'a Request, Tld)>,
}

impl<'a> Group<'a> {
    /// Requests of one case, which one admin contact decided on when it was opened.
    pub(in crate::domain) fn decided_together(
        role: Role,
        requests: Vec<(&'a Request, Tld)>,
        (arrival, view, policy): (&Arrival, &View, &Policy),
    ) -> Self {
        let office = office_for(role, &arrival.proof, policy);
        let admin = requests.first().and_then(|(_, tld)| decider_of(tld, office, view)).cloned();
        Self { role, office, admin, requests }
    }
}

/// What is decided together: one case an admin contact, so that nobody gets two mails about one. A mail that lacks
/// something stays one case, since its sender is asked once; nobody can confirm such a case.
pub(in crate::domain) fn grouped<'a>(
    known: Vec<(&'a Request, Tld, Role)>,
    arrival: &Arrival,
    view: &View,
    policy: &Policy,
) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (request, tld, role) in known {
        let office = office_for(role, &arrival.proof, policy);
        let admin = decider_of(&tld, office, view).cloned();
        let together = |group: &&mut Group<'_>| {
            group.role == role && (group.admin == admin || !arrival.reading.missing.is_empty())
        };
        match groups.iter_mut().find(together) {
            Some(group) => group.requests.push((request, tld)),
            None => groups.push(Group { role, office, admin, requests: vec![(request, tld)] }),
        }
    }
    groups
}

pub(in crate::domain) fn blank(arrival: &Arrival, from: &Address, role: Role) -> Case {
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
        office: Office::Admin,
        admin: None,
        registry: Vec::new(),
        doubts: Vec::new(),
        warnings: Vec::new(),
        state: State::Received,
        required: Vec::new(),
        consents: Vec::new(),
        earlier: Vec::new(),
        ordered: crate::domain::list_plan::Plan::default(),
        copied: false,
        languages: Vec::new(),
        replaces: Vec::new(),
        behind: None,
        handed: Vec::new(),
        objections: Vec::new(),
        next_effect: 1,
    }
}

pub(in crate::domain) fn prepare(
    arrival: &Arrival,
    from: &Address,
    group: Group<'_>,
    view: &View,
    policy: &Policy,
) -> Case {
    let Group { role, office, admin, requests } = group;
    let mut case = Case { office, admin, ..blank(arrival, from, role) };
    let tlds: Vec<&Tld> = requests.iter().map(|(_, tld)| tld).collect();
    case.copied =
        role == Role::AdminCc && tlds.iter().all(|tld| merely_copies(tld, arrival, from, (view, policy)));
    case.reading.missing.retain(|item| !is_excused(item, &tlds, arrival, (view, policy)));
    case.reading.requests = requests.iter().map(|(request, _)| (*request).clone()).collect();
    add_reading_doubts(&mut case, arrival);
    if let Err(why) = sufficient(role, &arrival.proof, policy) {
        case.doubts.push(Doubt::Unproven(why));
    }
    for (request, tld) in requests {
        add_change(&mut case, request, &tld, view, policy);
    }
    case
}

/// The cases of a mail as they are opened, once it is known what belongs together: what each warns of, and who must agree.
pub(in crate::domain) fn finished(mut case: Case, view: &View, policy: &Policy) -> Case {
    let warnings: Vec<String> =
        case.changes.iter().flat_map(|change| elsewhere(change, &case.changes, view)).collect();
    case.warnings.extend(warnings);
    case.action = common_action(&case.changes);
    add_forbidden_contacts(&mut case, view);
    case.required = case.required_by(policy);
    case
}

/// Whether what a new contact lacks need not be asked for.
fn is_excused(item: &str, tlds: &[&Tld], arrival: &Arrival, (view, policy): (&View, &Policy)) -> bool {
    let Some(who) = item.strip_prefix(LACKS_PHONE) else { return false };
    let Ok(address) = who.parse::<Address>() else { return policy.without_phone == WithoutPhone::Accept };
    let standing = || {
        let of_rule = |one: &&Exemption| one.from == Rule::NoPhone && one.stands(arrival.first_seen);
        view.exemptions.iter().filter(of_rule)
    };
    policy.without_phone == WithoutPhone::Accept
        || tlds.iter().all(|tld| standing().any(|exemption| exemption.is_for(&address, tld)))
}

/// Plans one request. A second one for the same ccTLD goes on from the first: one ccTLD has one change.
pub(in crate::domain) fn add_change(
    case: &mut Case,
    request: &Request,
    tld: &Tld,
    view: &View,
    policy: &Policy,
) {
    let earlier = case.changes.iter().position(|change| change.tld == *tld);
    let entry = earlier.and_then(|place| case.changes.get(place)).map(|change| change.after.clone());
    let before = entry.unwrap_or_else(|| view.roster.contacts(tld).to_vec());
    let mut planned = plan(request, tld, &before, policy);
    let lifted = |doubt: &Doubt| view.exemptions.iter().any(|one| one.lifts(doubt, tld, case.opened));
    planned.doubts.retain(|doubt| !lifted(doubt));
    case.doubts.extend(planned.doubts);
    if let Some(place) = earlier {
        let first = case.changes.remove(place);
        case.changes.insert(place, first.followed_by(planned.change));
        case.doubts.push(Doubt::Mail(format!("it asks twice for {}", tld.for_people())));
        return;
    }
    case.warnings.extend(planned.warnings);
    case.changes.push(planned.change);
    case.registry.extend(record_of(tld, view).cloned());
    if decider_of(tld, case.office, view).is_none() {
        case.doubts.push(Doubt::NoAdminContact(tld.clone()));
    }
    let change = case.changes.iter().find(|change| change.tld == *tld);
    let waits = change.map(|change| case.procedure(change, policy).waits).unwrap_or_default();
    if waits.contains(&Waits::NotHisOwn) {
        case.doubts.push(Doubt::NotHisOwn(tld.clone()));
    }
}

/// A contact of several ccTLDs is one person: where his details change here and his entry elsewhere would then differ, whoever
/// is asked hears for which ccTLDs, and no more of them. An address that changes is not followed.
fn elsewhere(change: &EntryChange, all: &[EntryChange], view: &View) -> Vec<String> {
    let mut warnings = Vec::new();
    for (old, new) in change.modified() {
        let details = |contact: &Contact| {
            (contact.name.clone(), contact.secondary_email.clone(), contact.phone.clone())
        };
        if details(old) == details(new) {
            continue;
        }
        // What the same mail asks for another ccTLD is shown beside it.
        let asked = |tld: &Tld| all.iter().any(|change| change.tld == *tld);
        let others = view.roster.iter().filter(|(tld, _)| !asked(tld));
        let differs = |contact: &Contact| contact.email == new.email && details(contact) != details(new);
        let tlds: Vec<String> = others
            .filter(|(_, contacts)| contacts.iter().any(differs))
            .map(|(tld, _)| tld.for_people())
            .collect();
        if !tlds.is_empty() {
            let elsewhere = Warning::ListedElsewhere(new.name.to_string(), tlds.join(", "));
            warnings.push(elsewhere.to_string());
        }
    }
    warnings
}

/// Our own mailbox and the secretariat are nobody's contact: the list would write to itself.
fn add_forbidden_contacts(case: &mut Case, view: &View) {
    let known =
        |change: &EntryChange, address: &Address| change.before.iter().any(|contact| contact.has(address));
    let forbidden = |address: &Address| {
        let bare = address.without_subaddress();
        view.is_own(address) || view.secretariat.iter().any(|one| one.without_subaddress() == bare)
    };
    let mut doubts = Vec::new();
    for change in &case.changes {
        let addresses = change.after.iter().flat_map(Contact::addresses);
        for address in addresses.filter(|address| forbidden(address) && !known(change, address)) {
            doubts.push(Doubt::BadDetail(format!("{address} is an address of our own, and no contact's")));
        }
    }
    case.doubts.extend(doubts);
}

pub(in crate::domain) fn add_reading_doubts(case: &mut Case, arrival: &Arrival) {
    if arrival.reading.hold {
        case.doubts.extend(arrival.reading.doubts.iter().cloned().map(Doubt::Reading));
        if case.doubts.is_empty() {
            case.doubts.push(Doubt::Mail("the mail is not plain enough to act on".to_owned()));
        }
    }
}

fn common_action(changes: &[EntryChange]) -> Action {
    let mut actions = changes.iter().map(|change| change.action);
    let first = actions.next().unwrap_or(Action::Update);
    if actions.all(|action| action == first) { first } else { Action::Update }
}
