//! Carrying out a plan on a list that is changed member by member: step by step, then a look, then what is left.

use crate::domain::event::ListReceipt;
use crate::domain::list_plan::{ListStep, Permitted, Plan, Scope};
use crate::domain::members::Member;

/// Rounds at the most. The second does what a step could not do in one go, such as a name that comes with an address.
const ROUNDS_MAX: usize = 2;

/// What came of one step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Outcome {
    /// It is done, as far as the list says.
    Done,
    /// The list does not take it, for this reason.
    Refused(String),
}

/// Whether the list may welcome somebody.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Greeting {
    /// Where the operator wishes it.
    AsSet,
    /// Never: he was a member a moment ago.
    None,
}

/// A list that is changed member by member.
pub(super) trait Steps {
    /// The members within this scope, as they are now.
    fn listed(&mut self, scope: &Scope) -> anyhow::Result<Vec<Member>>;

    /// Carries out one step; a member who is to stay is in the end as among those that are wanted.
    fn step(&mut self, step: &ListStep, wanted: &[Member]) -> anyhow::Result<Outcome>;
}

/// Carries out a plan. The first refusal ends it: what was done before stays done, and is found so by the next look.
pub(super) fn in_rounds(list: &mut impl Steps, permitted: &Permitted) -> anyhow::Result<ListReceipt> {
    let touched = Scope::Only(permitted.plan().addresses());
    let mut plan = permitted.plan().clone();
    for _ in 0..ROUNDS_MAX {
        if plan.is_empty() {
            break;
        }
        for step in plan.steps() {
            if let Outcome::Refused(reason) = list.step(step, permitted.wanted())? {
                return Ok(ListReceipt::Refused(reason));
            }
        }
        plan = Plan::new(&list.listed(&touched)?, permitted.wanted(), &touched);
    }
    Ok(ListReceipt::Changed)
}
