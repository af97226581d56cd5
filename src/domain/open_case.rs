//! What is open already, as far as a new mail is compared with it.

use crate::domain::address::Address;
use crate::domain::admission::is_unproven;
use crate::domain::case::{Case, CaseId, Resume, Role, State, Step};
use crate::domain::decide::requester_sees_roster;
use crate::domain::digest::Digest;
use crate::domain::evidence::Verdict;
use crate::domain::objection::undoing;
use crate::domain::precedence::{Backing, Newer, Open, Precedence, Progress, Sender, Wish, precedence};
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

/// An open case, as far as a new mail is compared with it.
#[derive(Clone, Debug)]
pub struct OpenCase {
    /// The case.
    pub id: CaseId,
    /// Who asked.
    pub requester: Address,
    /// What he asked for.
    pub requests: Vec<Request>,
    /// What it comes to: the digest of the changes.
    pub amounts_to: Digest,
    /// What vouches for it, and how far it is.
    pub open: Open,
    /// The case that it waits for.
    pub behind: Option<CaseId>,
    /// The case after whose end it is looked at anew: that one, or the one that froze an entry, where nothing else holds it.
    pub waits_for: Option<CaseId>,
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
            amounts_to: case.request_digest(),
            open: Open { backing: backing(case), progress: progress(&case.state) },
            behind: if let State::Queued(queued) = &case.state { Some(queued.behind) } else { None },
            waits_for: waits_for(&case.state),
            contested: freezes(case),
            tlds: case.tlds().cloned().collect(),
        }
    }

    /// Whether the entry of a ccTLD is frozen by it, whoever asks and with whatever proof.
    pub fn freezes(&self, tld: &Tld) -> bool {
        self.contested && self.tlds.contains(tld)
    }

    /// What becomes of a newer case beside it; none where they have nothing to do with each other.
    pub(in crate::domain) fn beside(&self, case: &Case) -> Option<Precedence> {
        let newer = Newer {
            wish: self.wish_of(case),
            sender: self.sender_of(case),
            backing: backing(case),
            plain: case.doubts.is_empty() && case.reading.missing.is_empty(),
        };
        let meet = !self.contested && case.tlds().any(|tld| self.tlds.contains(tld));
        meet.then(|| precedence(newer, self.open))
    }

    /// Whether it stands in the way of what a case does not ask for itself, but would also change: what is not proven never
    /// does in the way of what is, and a forged one that a person has not looked at yet in nobody's.
    pub(in crate::domain) fn blocks(&self, case: &Case, tld: &Tld) -> bool {
        let held = self.open.progress == Progress::Held;
        let counts = !self.contested && self.tlds.contains(tld);
        counts && (self.open.backing == Backing::Proof || (is_unproven(case) && !held))
    }

    /// The same person's wish is compared as he wrote it. Somebody else's is the same if it comes to the same, and that is
    /// told only to who may see the contacts, since it would tell a stranger who is listed.
    fn wish_of(&self, case: &Case) -> Wish {
        let same = if self.requester == case.requester.address {
            self.requests == case.reading.requests
        } else {
            may_hear(case) && self.amounts_to == case.request_digest()
        };
        if same { Wish::Same } else { Wish::Other }
    }

    fn sender_of(&self, case: &Case) -> Sender {
        let requester = &case.requester;
        let is_admin = requester.role == Role::Admin && case.admin.as_ref() == Some(&requester.address);
        if self.requester == requester.address {
            Sender::Own
        } else if is_admin && !is_unproven(case) {
            Sender::Admin
        } else {
            Sender::Another
        }
    }
}

/// Whether the sender of a case may hear how another one for the same ccTLDs stands.
pub(in crate::domain) fn may_hear(case: &Case) -> bool {
    case.requester.proof.verdict == Verdict::Authenticated && requester_sees_roster(case)
}

fn backing(case: &Case) -> Backing {
    let agreed = case.admin.as_ref().is_some_and(|admin| case.has_agreed(Step::Admin, admin));
    if is_unproven(case) && !agreed { Backing::Nothing } else { Backing::Proof }
}

fn progress(state: &State) -> Progress {
    match state {
        State::NeedsInformation(_) => Progress::Incomplete,
        State::Queued(_) => Progress::InLine,
        // The list may have been changed in part.
        State::AwaitingSecretariat(escalation) if escalation.resume == Resume::Apply => Progress::Applying,
        State::AwaitingSecretariat(_) => Progress::Held,
        State::Applying(_) | State::Contested(_) | State::Undone(_) => Progress::Applying,
        State::Received
        | State::AwaitingAdmin(_)
        | State::AwaitingContacts(_)
        | State::Done(_)
        | State::Refused(_)
        | State::Expired(_)
        | State::Withdrawn(_) => Progress::Asking,
    }
}

fn waits_for(state: &State) -> Option<CaseId> {
    if let State::Queued(queued) = state {
        return Some(queued.behind);
    }
    if let State::AwaitingSecretariat(escalation) = state { escalation.thawed_by() } else { None }
}

/// Whether somebody objects to the change of a case, and it is neither undone nor let stand yet.
fn freezes(case: &Case) -> bool {
    matches!(case.state, State::Contested(_)) || undoing(case).is_some()
}
