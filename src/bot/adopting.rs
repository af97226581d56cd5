//! Taking in the contacts of other registers, as somebody has seen and wants it: all in one transaction.

use anyhow::ensure;
use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::records::Records;
use crate::domain::exemption::{Exempt, Exemption, Rule};
use crate::domain::import::{ImportPlan, Standing};
use crate::domain::listed::Source;

impl Bot<'_> {
    /// Takes in whom a plan takes, and records who wanted it and from which files. Says whether anything changed: a plan that
    /// was carried out already has nothing to do, and after a stop half-way nothing of it was done.
    ///
    /// # Errors
    /// Where an entry is not as it was when the plan was made, or the store fails.
    pub fn adopt(&mut self, plan: &ImportPlan, sources: &[Source], by: &str) -> anyhow::Result<bool> {
        if plan.is_empty() {
            return Ok(false);
        }
        let (now, roster) = (self.now(), self.records.roster()?);
        let mut writes = Vec::new();
        for change in &plan.changes {
            ensure!(
                roster.contacts(&change.tld) == change.before,
                "the entry of {} was changed meanwhile; import the files once more",
                change.tld.for_people()
            );
            writes.push(Records::write_entry(&change.tld, &change.after)?);
        }
        for (address, why) in &plan.liaisons {
            let (whom, from) = (Exempt::Address(address.clone()), Rule::NoCctld);
            let key = Exemption::key(&whom, from);
            let exemption =
                Exemption { whom, from, by: by.to_owned(), why: why.clone(), since: now, until: None };
            writes.push(Records::write_counter(&key, Some(&exemption))?);
        }
        let files: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
        let says = format!(
            "{by} took in {} contacts of {} ccTLDs, and {} persons without one, from {}.",
            plan.count(Standing::Taken),
            plan.changes.len(),
            plan.liaisons.len(),
            files.join(", ")
        );
        self.note("roster_imported", &says, evidence(plan, sources, by), &writes)?;
        Ok(true)
    }
}

/// From which files, what became of which entry, where each contact stood, and how many were left out.
fn evidence(plan: &ImportPlan, sources: &[Source], by: &str) -> Value {
    let changes: Vec<Value> =
        plan.changes.iter().map(|c| json!({ "tld": c.tld, "from": c.before, "to": c.after })).collect();
    let lines: Vec<Value> = plan
        .of(Standing::Taken)
        .map(|item| {
            let overruled: Vec<&str> = item.points.iter().map(|point| point.why.as_str()).collect();
            json!({ "tld": item.tld, "email": item.person.email, "at": item.person.at.to_string(), "overruled": overruled })
        })
        .collect();
    json!({
        "by": by,
        "files": sources.iter().map(|one| json!({ "name": one.name, "sha256": one.digest, "form": one.form })).collect::<Vec<_>>(),
        "changes": changes,
        "lines": lines,
        "without_cctld": plan.liaisons,
        "left_out": { "unsure": plan.count(Standing::Unsure), "refused": plan.count(Standing::Refused) },
    })
}
