//! Exemptions from the rules on contacts: recorded, ended, and shown to the rules.

use serde_json::json;

use crate::bot::Bot;
use crate::bot::records::Records;
use crate::domain::exemption::{EXEMPTIONS, Exempt, Exemption, Rule};

impl Records<'_> {
    /// All exemptions, those that have expired as well, by rule and then by whom they are for.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn exemptions(&self) -> anyhow::Result<Vec<Exemption>> {
        self.counters_of(EXEMPTIONS)
    }
}

impl Bot<'_> {
    /// Records an exemption; one from the same rule for the same address or ccTLD makes room for it. Says whether it is new:
    /// the same one again, as after a stop in between, changes nothing.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn exempt(&mut self, exemption: &Exemption) -> anyhow::Result<bool> {
        let key = Exemption::key(&exemption.whom, exemption.from);
        if self.records.counter::<Exemption>(&key)?.as_ref() == Some(exemption) {
            return Ok(false);
        }
        let says = format!(
            "{} {}, {}: {}.",
            exemption.whom,
            exemption.from.allows(),
            exemption.end_in_words(),
            exemption.why.trim_end_matches('.')
        );
        let write = Records::write_counter(&key, Some(exemption))?;
        self.note("exemption_added", &says, json!({ "exemption": exemption }), &[write])?;
        Ok(true)
    }

    /// Ends an exemption. Says whether there was one.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn end_exemption(
        &mut self,
        whom: &Exempt,
        from: Rule,
        (by, why): (&str, &str),
    ) -> anyhow::Result<bool> {
        let key = Exemption::key(whom, from);
        let Some(former) = self.records.counter::<Exemption>(&key)? else { return Ok(false) };
        let says =
            format!("It no longer holds that {whom} {}: {}.", from.allows(), why.trim_end_matches('.'));
        let write = Records::write_counter::<Exemption>(&key, None)?;
        let evidence = json!({ "former": former, "by": by, "why": why });
        self.note("exemption_ended", &says, evidence, &[write])?;
        Ok(true)
    }
}
