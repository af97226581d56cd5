//! The open requests at hand: by ccTLD for a new mail, by time for the clock.
//!
//! A mail and a turn cost the same, however many requests are open.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use jiff::Timestamp;

use crate::bot::Bot;
use crate::domain::address::Address;
use crate::domain::case::{Case, CaseId};
use crate::domain::decide::next_moment;
use crate::domain::open_case::OpenCase;
use crate::domain::policy::Policy;
use crate::domain::tld::Tld;

/// The open requests as the rules see them beside a new mail, and when time moves each.
#[derive(Debug, Default)]
pub(in crate::bot) struct OpenCases {
    cases: BTreeMap<CaseId, (OpenCase, Option<Timestamp>)>,
    by_tld: BTreeMap<Tld, BTreeSet<CaseId>>,
    by_time: BTreeSet<(Timestamp, CaseId)>,
    /// Those that wait for another one, by that one.
    waiting: BTreeMap<CaseId, BTreeSet<CaseId>>,
    /// Those whose turn has come, since that one has ended.
    freed: BTreeSet<CaseId>,
}

impl OpenCases {
    /// A request is as it was just recorded; one that has ended is open no more.
    fn keep(&mut self, case: &Case, policy: &Policy) {
        if let Some((former, due)) = self.cases.remove(&case.id) {
            for tld in &former.tlds {
                if let Some(ids) = self.by_tld.get_mut(tld) {
                    ids.remove(&case.id);
                }
            }
            if let Some(due) = due {
                self.by_time.remove(&(due, case.id));
            }
            if let Some(ids) = former.waits_for.and_then(|first| self.waiting.get_mut(&first)) {
                ids.remove(&case.id);
            }
        }
        self.freed.remove(&case.id);
        if !case.state.is_open() {
            self.freed.extend(self.waiting.remove(&case.id).unwrap_or_default());
            return;
        }
        let (open, due) = (OpenCase::of(case), next_moment(case, policy));
        for tld in &open.tlds {
            self.by_tld.entry(tld.clone()).or_default().insert(case.id);
        }
        if let Some(first) = open.waits_for {
            self.waiting.entry(first).or_default().insert(case.id);
        }
        self.by_time.extend(due.map(|due| (due, case.id)));
        self.cases.insert(case.id, (open, due));
    }

    /// The one that was opened first.
    pub(in crate::bot) fn first(&self) -> Option<CaseId> {
        self.cases.keys().next().copied()
    }

    /// All that are open are known: those that wait for none of them are free.
    fn settle(&mut self) {
        let ended: Vec<CaseId> =
            self.waiting.keys().filter(|first| !self.cases.contains_key(first)).copied().collect();
        for first in ended {
            self.freed.extend(self.waiting.remove(&first).unwrap_or_default());
        }
    }

    /// Those that would change one of these ccTLDs, in the order of opening.
    fn of<'a>(&self, tlds: impl Iterator<Item = &'a Tld>) -> Vec<&OpenCase> {
        let ids: BTreeSet<CaseId> = tlds.filter_map(|tld| self.by_tld.get(tld)).flatten().copied().collect();
        ids.iter().filter_map(|id| self.cases.get(id).map(|(open, _)| open)).collect()
    }

    /// Those that somebody asked for, and can still take back.
    fn requested_by(&self, address: &Address) -> Vec<CaseId> {
        let own = |open: &OpenCase| open.requester == *address && !open.contested;
        self.cases.values().filter(|(open, _)| own(open)).map(|(open, _)| open.id).collect()
    }

    /// Those that time moves now, in the order of opening.
    fn due(&self, now: Timestamp) -> Vec<CaseId> {
        let due: BTreeSet<CaseId> =
            self.by_time.iter().take_while(|(due, _)| *due <= now).map(|(_, id)| *id).collect();
        due.into_iter().collect()
    }
}

impl Bot<'_> {
    /// A request is as it was just recorded: whoever looks at the next mail sees it so.
    pub(in crate::bot) fn keep_in_view(&mut self, case: &Case) {
        let policy = &self.settings.policy;
        if let Some(open) = &mut self.open {
            open.keep(case, policy);
        }
    }

    /// The open requests for some ccTLDs.
    pub(in crate::bot) fn open_for<'a>(
        &mut self,
        tlds: impl Iterator<Item = &'a Tld>,
    ) -> anyhow::Result<Vec<OpenCase>> {
        Ok(self.open_now()?.of(tlds).into_iter().cloned().collect())
    }

    /// The open requests of somebody that nothing has come of yet.
    pub(in crate::bot) fn requested_by(&mut self, address: &Address) -> anyhow::Result<Vec<CaseId>> {
        Ok(self.open_now()?.requested_by(address))
    }

    /// The open requests that time moves now.
    pub(in crate::bot) fn due_now(&mut self, now: Timestamp) -> anyhow::Result<Vec<CaseId>> {
        Ok(self.open_now()?.due(now))
    }

    /// The open requests whose turn has come, since the one that they waited for has ended.
    pub(in crate::bot) fn freed_now(&mut self) -> anyhow::Result<Vec<CaseId>> {
        Ok(self.open_now()?.freed.iter().copied().collect())
    }

    /// Read once, when it is asked for first: from then on each change is kept.
    pub(in crate::bot) fn open_now(&mut self) -> anyhow::Result<&OpenCases> {
        if self.open.is_none() {
            let mut open = OpenCases::default();
            for id in self.records.open_cases()? {
                if let Some(case) = self.records.case(id)? {
                    open.keep(&case, &self.settings.policy);
                }
            }
            open.settle();
            self.open = Some(open);
        }
        self.open.as_ref().context("the open requests were read a moment ago")
    }
}
