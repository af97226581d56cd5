//! What is open already, as far as a new mail is compared with it.

use crate::domain::address::Address;
use crate::domain::admission::is_unproven;
use crate::domain::case::{Case, CaseId, Role, State};
use crate::domain::objection::undoing;
use crate::domain::request::Request;
use crate::domain::tld::Tld;

/// How an unproven request came to the admin contact's question.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Route {
    /// In his own name.
    OwnName,
    /// By somebody who copied him.
    Copy,
}

impl Route {
    /// The way of a case.
    pub fn of(case: &Case) -> Self {
        if case.requester.role == Role::Admin { Self::OwnName } else { Self::Copy }
    }

    /// Its word in the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::OwnName => "own-name",
            Self::Copy => "copy",
        }
    }
}

/// An open case, as far as a new mail is compared with it: by what was written and by whom, never by what the roster
/// makes of it, since whether two mails are the same must not tell a stranger who is listed.
#[derive(Clone, Debug)]
pub struct OpenCase {
    /// The case.
    pub id: CaseId,
    /// Who asked.
    pub requester: Address,
    /// What he asked for.
    pub requests: Vec<Request>,
    /// Whether it rests on more than the confirmation to come.
    pub proven: bool,
    /// Whether it waits for a person to look at it.
    pub held: bool,
    /// Whether its change is made, and objected to: the entries of its ccTLDs are frozen.
    pub contested: bool,
    /// The ccTLDs that it would change.
    pub tlds: Vec<Tld>,
}

impl OpenCase {
    /// A case, as it is compared.
    pub fn of(case: &Case) -> Self {
        Self {
            id: case.id,
            requester: case.requester.address.clone(),
            requests: case.reading.requests.clone(),
            proven: !is_unproven(case),
            held: matches!(case.state, State::AwaitingSecretariat(_)),
            contested: freezes(case),
            tlds: case.tlds().cloned().collect(),
        }
    }

    /// Whether the entry of a ccTLD is frozen by it, whoever asks and with whatever proof.
    pub fn freezes(&self, tld: &Tld) -> bool {
        self.contested && self.tlds.contains(tld)
    }

    /// Whether the same person asks for the same once more, with no better proof.
    pub(in crate::domain) fn is_repeated_by(&self, case: &Case) -> bool {
        let same = self.requester == case.requester.address && self.requests == case.reading.requests;
        same && !self.contested && self.proven != is_unproven(case) && !self.tlds.is_empty()
    }

    /// Whether it stands in the way of another request: what is not proven never does in the way of what is, and a
    /// forged one that a person has not looked at yet in nobody's.
    pub(in crate::domain) fn blocks(&self, case: &Case, tld: &Tld) -> bool {
        !self.contested && self.tlds.contains(tld) && (self.proven || (is_unproven(case) && !self.held))
    }
}

/// Whether somebody objects to the change of a case, and it is neither undone nor let stand yet.
fn freezes(case: &Case) -> bool {
    matches!(case.state, State::Contested(_)) || undoing(case).is_some()
}
