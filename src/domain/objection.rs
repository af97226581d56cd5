//! Objections to a change that was made: who was told with a token, who objects, and the permission to undo.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::case::{Applying, Case, IssuedToken, Stage, State, Step};
use crate::domain::digest::Digest;
use crate::domain::escalation::Escalation;
use crate::domain::event::Approved;
use crate::domain::plan::EntryChange;
use crate::domain::policy::{Policy, days_after};
use crate::domain::request::Action;

/// A token that came with news instead of a question: whoever got it may object to a change, or take his request back.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Handed {
    /// What it is good for.
    pub step: Step,
    /// Who got it.
    pub who: Address,
    /// The token.
    pub token: IssuedToken,
}

/// One who was told of a change says that it is wrong.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Objection {
    /// Who.
    pub by: Address,
    /// When.
    pub at: Timestamp,
    /// The digest of his mail.
    pub mail: Digest,
    /// The beginning of his own words, on one line.
    pub said: String,
}

/// A change that was made and is objected to: the secretariat has it, and nothing else changes the entry meanwhile.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Contest {
    /// What the secretariat was told, and since when.
    pub escalation: Escalation,
    /// When the change was made: until when others may object depends on it.
    pub applied: Timestamp,
    /// Further mails of those who were told that the secretariat has got, since it asked last.
    pub brought: u16,
}

/// The ruling that undoes a change. Beside an objection it is the whole permission to do so.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Undo {
    /// Who ruled.
    pub by: String,
    /// When.
    pub ruled: Timestamp,
    /// When the change was made.
    pub applied: Timestamp,
}

/// Whether a plain no of somebody can still freeze the entry: the change is made, its days to object are not over, and he
/// has not objected before.
pub fn may_object(case: &Case, who: &Address, policy: &Policy, now: Timestamp) -> bool {
    let State::Done(applied) = case.state else { return false };
    let in_time = now < days_after(applied, policy.objection_days);
    in_time && !case.objections.iter().any(|objection| objection.by == *who)
}

/// The ruling under which a case is being undone.
pub fn undoing(case: &Case) -> Option<&Undo> {
    if let State::Applying(applying) = &case.state { applying.undo.as_ref() } else { None }
}

/// The permission to undo: there is one only while the reverse of the change is being made, after somebody who was told of
/// the change by a token of his own objected to it, and a person then ruled so.
pub(in crate::domain) fn permission(case: &Case) -> Option<Approved> {
    let State::Applying(Applying { stage: Stage::Changing, undo: Some(undo), .. }) = &case.state else {
        return None;
    };
    let told = |objection: &Objection| {
        case.handed.iter().any(|handed| handed.step == Step::Objection && handed.who == objection.by)
    };
    let objected = case.objections.iter().any(|objection| told(objection) && objection.at <= undo.ruled);
    objected.then(|| Approved::new(case.id, reversed(&case.changes)))
}

/// The same changes backwards.
pub fn reversed(changes: &[EntryChange]) -> Vec<EntryChange> {
    let backwards = |change: &EntryChange| EntryChange {
        tld: change.tld.clone(),
        action: match change.action {
            Action::Subscribe => Action::Remove,
            Action::Remove => Action::Subscribe,
            Action::Update => Action::Update,
        },
        before: change.after.clone(),
        after: change.before.clone(),
    };
    changes.iter().map(backwards).collect()
}
