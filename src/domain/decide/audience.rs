//! Who may read what of a case: the roster is confidential, so each receiver sees only what he is entitled to.

use crate::domain::address::Address;
use crate::domain::case::{Case, Role, Step, open_asks};
use crate::domain::decide::writing::facts;
use crate::domain::evidence::Verdict;
use crate::domain::notice::Facts;
use crate::domain::plan::EntryChange;
use crate::domain::procedure::new_seconds;
use crate::domain::registry::{IanaRecord, Office};
use crate::domain::request::Action;

/// Whether we may write to the requester: to IANA's address, or to one whose mail is proven to be his. A former admin
/// contact is no longer written to, since he asked as the admin contact.
pub(super) fn may_write_to_requester(case: &Case) -> bool {
    let requester = &case.requester;
    match requester.role {
        Role::Admin => case.admin.as_ref() == Some(&requester.address),
        Role::AdminCc | Role::Technical | Role::Contact | Role::Secretariat => {
            requester.proof.verdict == Verdict::Authenticated
        }
        Role::None => false,
    }
}

/// Whether the requester may see the contacts of the ccTLDs: the admin contact, the secretariat, and a contact who is
/// proven and listed in each of them by his first address. Whoever else asks is a stranger to the roster: not even the
/// course of his request may tell him who is listed.
pub(in crate::domain) fn requester_sees_roster(case: &Case) -> bool {
    let requester = &case.requester;
    let listed =
        |change: &EntryChange| change.before.iter().any(|contact| contact.email == requester.address);
    let is_member = !case.changes.is_empty() && case.changes.iter().all(listed);
    let entitled = match requester.role {
        Role::Admin | Role::Secretariat => true,
        Role::Technical if case.office == Office::Technical => true,
        Role::AdminCc | Role::Technical | Role::Contact => is_member,
        Role::None => false,
    };
    entitled && may_write_to_requester(case)
}

/// The facts for the requester: all, or nothing that comes from the roster. What it amounts to does: whoever is listed
/// already is not subscribed but updated.
pub(super) fn facts_for_requester(case: &Case) -> Facts {
    if requester_sees_roster(case) {
        return facts(case);
    }
    let mut asked = case.reading.requests.iter().map(|request| request.action);
    let first = asked.next().unwrap_or(case.action);
    let action = if asked.all(|action| action == first) { first } else { Action::Update };
    Facts { action: action.word().to_owned(), changes: Vec::new(), warnings: Vec::new(), ..facts(case) }
}

/// The facts for a new contact: what concerns himself. Until he is listed he learns nothing of the other contacts.
pub(super) fn facts_for_new_contact(case: &Case, address: &Address) -> Facts {
    let mut changes = Vec::new();
    for change in &case.changes {
        let own = change.added().into_iter().filter(|contact| contact.email == *address);
        let after: Vec<_> = own.cloned().collect();
        if !after.is_empty() {
            changes.push(EntryChange { before: Vec::new(), after, ..change.clone() });
        }
    }
    let names: Vec<String> = changes.iter().map(|change| format!(".{}", change.tld.unicode())).collect();
    Facts { tlds: names.join(" "), changes, warnings: Vec::new(), ..facts(case) }
}

/// The facts for whoever reads a second address that is to be somebody's: whose, and for which ccTLDs. He may be a stranger
/// to whom a mistyped address belongs, so he reads nothing else.
fn facts_for_second_address(case: &Case, address: &Address) -> Facts {
    let named = |change: &&EntryChange| new_seconds(change).any(|(_, second)| second == address);
    let tlds: Vec<String> =
        case.changes.iter().filter(named).map(|change| format!(".{}", change.tld.unicode())).collect();
    Facts { tlds: tlds.join(" "), changes: Vec::new(), warnings: Vec::new(), ..facts(case) }
}

/// The facts for somebody who is asked to agree to this, or was.
pub(super) fn facts_for_asked(case: &Case, step: Step, address: &Address) -> Facts {
    match step {
        Step::Contact => facts_for_new_contact(case, address),
        Step::Address => facts_for_second_address(case, address),
        Step::Information | Step::Withdrawal => facts_for_requester(case),
        Step::Admin
        | Step::Own
        | Step::Ruling
        | Step::List
        | Step::Committee
        | Step::Objection
        | Step::Approach => facts(case),
    }
}

/// The facts for the admin contact of some of the ccTLDs: what concerns those.
pub(super) fn facts_for_admin_of(case: &Case, admin: &Address) -> Facts {
    let his = |change: &&EntryChange| {
        let record = case.registry.iter().find(|record| record.tld == change.tld);
        record.and_then(IanaRecord::admin_email) == Some(admin)
    };
    let changes: Vec<EntryChange> = case.changes.iter().filter(his).cloned().collect();
    let names: Vec<String> = changes.iter().map(|change| format!(".{}", change.tld.unicode())).collect();
    Facts { tlds: names.join(" "), changes, ..facts(case) }
}

/// Who else was asked, now or earlier, each once: they hear how it ends.
pub(super) fn asked_others(case: &Case) -> Vec<(Step, Address)> {
    let mut asked: Vec<(Step, Address)> = Vec::new();
    for ask in open_asks(&case.state).iter().chain(&case.earlier) {
        let one = (ask.step, ask.recipient.clone());
        if matches!(ask.step, Step::Contact | Step::Own | Step::Address) && !asked.contains(&one) {
            asked.push(one);
        }
    }
    asked
}

/// Whether the present admin contact was put the question: only then does he hear how it ends.
pub(super) fn admin_was_asked(case: &Case) -> bool {
    let mut asks = open_asks(&case.state).iter().chain(&case.earlier);
    asks.any(|ask| ask.step == Step::Admin && case.admin.as_ref() == Some(&ask.recipient))
}
