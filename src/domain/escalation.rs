//! A case in the hands of the secretariat: why, who deals with it, and where it goes on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::case::{CaseId, IssuedToken};
use crate::domain::plan::Doubt;
use crate::domain::policy::Policy;

/// Where a case goes on once the secretariat approves.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Resume {
    /// The admin contact is asked, by a token of his own.
    AskAdmin,
    /// The admin contact has agreed: the new contacts who have not are asked, each by a token of his own.
    AskContacts,
    /// All have agreed: the change is applied.
    Apply,
    /// The change is made already, and can be undone.
    Undo,
    /// Nothing can be approved: the request is not understood, or not one that the program can carry out.
    Nowhere,
}

/// A case in the hands of the secretariat.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Escalation {
    /// Why.
    pub doubts: Vec<Doubt>,
    /// Where it goes on if the secretariat approves.
    pub resume: Resume,
    /// Since when.
    pub since: Timestamp,
    /// How often the secretariat was reminded.
    pub reminders: u16,
    /// The tokens of the mails that told of it: whoever rules by mail answers one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<IssuedToken>,
    /// Who approved so far, where more than one must.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<String>,
    /// Who deals with it: he alone is reminded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<String>,
    /// Until when nobody is reminded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_until: Option<Timestamp>,
}

impl Escalation {
    /// One that nobody has looked at.
    pub fn new(doubts: Vec<Doubt>, resume: Resume, since: Timestamp) -> Self {
        Self {
            doubts,
            resume,
            since,
            reminders: 0,
            tokens: Vec::new(),
            approvals: Vec::new(),
            taken: None,
            quiet_until: None,
        }
    }

    /// The case whose ruling lets this one go on by itself: nothing holds it but an entry that is frozen.
    pub fn thawed_by(&self) -> Option<CaseId> {
        let by =
            |doubt: &Doubt| if let Doubt::Frozen { case, .. } = doubt { case.parse().ok() } else { None };
        let by: Option<Vec<CaseId>> = self.doubts.iter().map(by).collect();
        by?.into_iter().max()
    }

    /// Whether two of the secretariat must approve: for one of its doubts the policy asks for it.
    pub fn needs_two(&self, policy: &Policy) -> bool {
        self.doubts.iter().filter_map(Doubt::weighs).any(|weight| policy.two_must_agree.contains(&weight))
    }
}
