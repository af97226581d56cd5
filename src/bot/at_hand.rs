//! What each mail is looked at with and seldom changes, read once and kept at hand: the roster, the ccTLDs that are known.
//!
//! With a roster of all ccTLDs, to read both anew for each mail took more time than anything else that was done with it.

use std::sync::Arc;

use crate::bot::Bot;
use crate::domain::cctlds::KnownTlds;
use crate::domain::contact::Roster;
use crate::domain::tld::Tld;
use crate::store::Table;

/// What was read last, and from what.
#[derive(Debug, Default)]
pub(in crate::bot) struct AtHand {
    /// Beside the number of changes that the store had made to its table by then.
    roster: Option<(u64, Arc<Roster>)>,
    /// Beside those that the registry named.
    known: Option<(Vec<Tld>, Arc<KnownTlds>)>,
}

impl Bot<'_> {
    /// The contact repository as the store has it now.
    pub(in crate::bot) fn roster(&mut self) -> anyhow::Result<Arc<Roster>> {
        let changes = self.store.changes(Table::Roster)?;
        if let Some((_, roster)) = self.at_hand.roster.as_ref().filter(|(then, _)| *then == changes) {
            return Ok(Arc::clone(roster));
        }
        let roster = Arc::new(self.records.roster()?);
        self.at_hand.roster = Some((changes, Arc::clone(&roster)));
        Ok(roster)
    }

    /// The ccTLDs that a request may name now.
    pub(in crate::bot) fn known(&mut self) -> Arc<KnownTlds> {
        let named = self.world.registry.tlds();
        if let Some((_, known)) = self.at_hand.known.as_ref().filter(|(then, _)| *then == named) {
            return Arc::clone(known);
        }
        let known = Arc::new(KnownTlds::built_in().with(named.clone()));
        self.at_hand.known = Some((named, Arc::clone(&known)));
        known
    }
}
