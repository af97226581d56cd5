//! What is open already, as far as a new mail is compared with it.

use crate::domain::address::Address;
use crate::domain::admission::is_unproven;
use crate::domain::case::{Case, CaseId, Role, State};
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
            tlds: case.tlds().cloned().collect(),
        }
    }

    /// Whether the same person asks for the same once more, with no better proof.
    pub(in crate::domain) fn is_repeated_by(&self, case: &Case) -> bool {
        let same = self.requester == case.requester.address && self.requests == case.reading.requests;
        same && self.proven != is_unproven(case) && !self.tlds.is_empty()
    }

    /// Whether it stands in the way of another request: what is not proven never does in the way of what is, and a
    /// forged one that a person has not looked at yet in nobody's.
    pub(in crate::domain) fn blocks(&self, case: &Case, tld: &Tld) -> bool {
        self.tlds.contains(tld) && (self.proven || (is_unproven(case) && !self.held))
    }
}
