//! The list is changed: as approved and no further, and looked at again before it counts.

use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::effects::ended;
use crate::bot::records::{OutboxRow, Records};
use crate::domain::case::{Case, State};
use crate::domain::decide::approval;
use crate::domain::event::{Approved, Event, ListReceipt};
use crate::domain::list_plan::{ListChange, Permitted, Plan, Scope};
use crate::domain::members::Member;
use crate::domain::plan::Doubt;

/// What came of trying to change the list.
enum Tried {
    /// It has its answer, with what is told of it.
    Answered(ListReceipt, Plan),
    /// It is tried again, for this reason.
    Later(String),
}

impl Bot<'_> {
    /// Changes the list as approved; false where it is tried again later.
    pub(in crate::bot) fn change_list(&mut self, row: OutboxRow) -> anyhow::Result<bool> {
        let mut case = self.case_of(&row)?;
        if row.tries > 0 {
            // Time has passed since IANA was read: who agreed must still be the one whom it lists.
            match self.registry_read(&case, &row, Vec::new())? {
                Ok(next) => case = next,
                Err(reason) => return self.postpone(row, &reason),
            }
        }
        let Some(approved) = self.approved(&case, &row)? else { return Ok(true) };
        let (receipt, plan) = if self.is_stale(&case, &approved)? {
            (stale(), Plan::default())
        } else {
            let change = ListChange::new(&approved, &self.records.roster()?, self.settings.list.secondary);
            match self.try_change(&case, &change) {
                Tried::Answered(receipt, plan) => (receipt, plan),
                Tried::Later(reason) => return self.postpone(row, &reason),
            }
        };
        self.list_answered(&case, &row, &approved, (receipt, &plan))?;
        Ok(true)
    }

    /// A person says that the list is changed: the roster follows, unless the entry was changed meanwhile.
    pub(in crate::bot) fn record_change(&mut self, row: &OutboxRow) -> anyhow::Result<bool> {
        let case = self.case_of(row)?;
        let Some(approved) = self.approved(&case, row)? else { return Ok(true) };
        let receipt = if self.is_stale(&case, &approved)? { stale() } else { ListReceipt::Changed };
        self.list_answered(&case, row, &approved, (receipt, &case.ordered))?;
        Ok(true)
    }

    /// Carries out an operator's plan, as he has seen it: what is left of it then. It is written down before and after.
    ///
    /// # Errors
    /// Where the list cannot be changed, or the store fails.
    pub fn apply_plan(&mut self, permitted: &Permitted, scope: &Scope) -> anyhow::Result<Applied> {
        let plan = permitted.plan();
        let says = format!("The operator changes the list by hand: {} steps.", plan.steps().len());
        self.note("list_plan_begun", &says, json!({ "plan": plan }), &[])?;
        let carried = self.world.list.carry_out(permitted);
        let refused = match &carried {
            Ok(ListReceipt::Changed) => None,
            Ok(ListReceipt::Refused(reason)) => Some(reason.clone()),
            Ok(ListReceipt::ByPerson(administrator)) => Some(format!("{administrator} changes it by hand")),
            Err(error) => Some(format!("{error:#}")),
        };
        let listed = self.world.list.members(scope)?;
        let left = listed.map(|now| Plan::new(&now, permitted.wanted(), scope)).unwrap_or_default();
        let says = match &refused {
            None if left.is_empty() => "The list is as it should be.".to_owned(),
            None => "The list does not show all that it took.".to_owned(),
            Some(reason) => format!("The list did not take it all: {reason}."),
        };
        let evidence = json!({ "plan": plan, "left": left, "refused": refused });
        self.note("list_plan_ended", &says, evidence, &[])?;
        Ok(Applied { refused, left })
    }

    /// The permission, as long as there is one.
    fn approved(&self, case: &Case, row: &OutboxRow) -> anyhow::Result<Option<Approved>> {
        let approved = approval(case);
        if approved.is_none() {
            let says = "The change was not made: the case is not being applied any more.";
            self.end(row, "change_dropped", says, json!({ "effect": row.id }))?;
        }
        Ok(approved)
    }

    /// Whether an entry is another one than what is approved begins with.
    fn is_stale(&self, case: &Case, approved: &Approved) -> anyhow::Result<bool> {
        Ok(approved.changes().iter().zip(self.entries(case)?).any(|(change, entry)| change.before != entry))
    }

    /// Reads the list, does what it lacks, reads it again.
    fn try_change(&mut self, case: &Case, change: &ListChange) -> Tried {
        let later = |error: anyhow::Error| Tried::Later(format!("{error:#}"));
        let listed = match self.world.list.members(change.scope()) {
            Ok(listed) => listed,
            Err(error) => return later(error),
        };
        let permitted = change.permitted(listed.as_deref());
        let plan = permitted.plan();
        if let Some(refusal) = self.too_many_removals(case, plan) {
            return Tried::Answered(ListReceipt::Refused(refusal), plan.clone());
        }
        if listed.is_some() && plan.is_empty() {
            return Tried::Answered(ListReceipt::Changed, plan.clone());
        }
        let receipt = match self.world.list.carry_out(&permitted) {
            Ok(receipt) => receipt,
            Err(error) => return later(error),
        };
        let listed = match self.world.list.members(change.scope()) {
            Ok(listed) => listed,
            Err(error) => return later(error),
        };
        match (receipt, listed) {
            (ListReceipt::Changed, Some(now)) if !change.left(&now).is_empty() => Tried::Later(format!(
                "the list says that it took the change, and does not show it: to do is still: {}",
                in_words(&change.left(&now))
            )),
            (ListReceipt::Refused(reason), Some(now)) => {
                let reason = with_what_was_done(reason, plan, change, &now);
                Tried::Answered(ListReceipt::Refused(reason), plan.clone())
            }
            (receipt, _) => Tried::Answered(receipt, plan.clone()),
        }
    }

    /// Why a plan is a person's to pass: it takes more members off than is allowed, and he has not said yes to just that.
    fn too_many_removals(&self, case: &Case, plan: &Plan) -> Option<String> {
        let (removals, most) = (plan.removals(), self.settings.list.removals_max);
        let refusal = format!("it would take {removals} members off, and removals_max is {most}");
        let passed = matches!(&case.state, State::Applying(applying)
            if applying.overruled.contains(&Doubt::ListRefused(refusal.clone())));
        (removals > most && !passed).then_some(refusal)
    }

    /// Records what the list answered, and what follows from it. The roster follows the list in the same transaction.
    fn list_answered(
        &mut self,
        case: &Case,
        row: &OutboxRow,
        approved: &Approved,
        (receipt, plan): (ListReceipt, &Plan),
    ) -> anyhow::Result<()> {
        let mut writes = Records::write_effect(&ended(row, self.now()))?;
        let changes: Vec<Value> = approved
            .changes()
            .iter()
            .map(|c| json!({ "tld": c.tld, "from": c.before, "to": c.after }))
            .collect();
        let evidence = json!({
            "effect": row.id, "changes": changes, "consents": case.consents, "plan": plan, "receipt": receipt,
        });
        let event = match receipt {
            ListReceipt::Changed => {
                for change in approved.changes() {
                    writes.push(Records::write_entry(&change.tld, &change.after)?);
                }
                Event::ListChanged
            }
            ListReceipt::Refused(reason) => Event::ListRefused(reason),
            ListReceipt::ByPerson(administrator) => Event::ListOrdered { administrator, plan: plan.clone() },
        };
        self.happen(case, &event, writes, &evidence)?;
        Ok(())
    }
}

/// What came of an operator's plan.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Applied {
    /// Why the list did not take it, or not all of it.
    pub refused: Option<String>,
    /// What is still to be done, as far as the list can tell.
    pub left: Plan,
}

fn stale() -> ListReceipt {
    ListReceipt::Refused("the entry was changed a moment ago".to_owned())
}

/// A list that took some of the steps before it refused one is told as it is now.
fn with_what_was_done(reason: String, plan: &Plan, change: &ListChange, now: &[Member]) -> String {
    let left = change.left(now);
    let done: Vec<String> =
        plan.steps().iter().filter(|step| !left.steps().contains(step)).map(ToString::to_string).collect();
    if done.is_empty() || done.len() == plan.steps().len() {
        return reason;
    }
    format!("{reason}. Before that it took: {}", done.join("; "))
}

fn in_words(plan: &Plan) -> String {
    plan.steps().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
