//! The comparison of the registers in the configuration: how often, and with which files.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use serde::Deserialize;

use crate::config::check::Check;

/// Days from one comparison to the next; 0 is none, and after a quarter nobody knows any more what came from where.
const EVERY_DAYS_READ: RangeInclusive<u16> = 0..=90;
/// Days after which the same differences are told again.
const AGAIN_DAYS_READ: RangeInclusive<u16> = 1..=366;
/// As the procedures of 2015 have the repository itself: looked at each week.
const EVERY_DAYS: u16 = 7;
/// A mail that says the same each week is soon read by nobody.
const AGAIN_DAYS: u16 = 30;
/// Files at the most.
const FILES_MAX: usize = 20;

/// How the registers are compared.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReconciliationConfig {
    /// Days from one comparison to the next: 0 to 90, 0 for none.
    pub every_days: u16,
    /// Days after which the same differences are told again: 1 to 366.
    pub again_days: u16,
    /// Member dumps, spreadsheets and cards that are kept elsewhere; whether they are there is seen each time.
    pub with: Vec<PathBuf>,
    /// The page of members, as a file.
    pub page: Option<PathBuf>,
}

impl Default for ReconciliationConfig {
    fn default() -> Self {
        Self { every_days: EVERY_DAYS, again_days: AGAIN_DAYS, with: Vec::new(), page: None }
    }
}

/// The section as it is written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenReconciliation {
    every_days: Option<u16>,
    again_days: Option<u16>,
    #[serde(default)]
    with: Vec<PathBuf>,
    page: Option<PathBuf>,
}

impl WrittenReconciliation {
    /// What is set, where nothing is wrong with it.
    pub(super) fn checked(self, check: &mut Check<'_>) -> ReconciliationConfig {
        let mut days = |key: &str, written: Option<u16>, default: u16, range| {
            written.map_or(default, |number| check.within(key, number, range))
        };
        let every_days = days("reconciliation.every_days", self.every_days, EVERY_DAYS, &EVERY_DAYS_READ);
        let again_days = days("reconciliation.again_days", self.again_days, AGAIN_DAYS, &AGAIN_DAYS_READ);
        if self.with.len() > FILES_MAX {
            let says =
                format!("reconciliation.with names {} files; name at most {FILES_MAX}", self.with.len());
            check.fault("reconciliation.with", says);
        }
        let with = self.with.into_iter().map(|path| check.path("reconciliation.with", path)).collect();
        let page = self.page.map(|path| check.path("reconciliation.page", path));
        ReconciliationConfig { every_days, again_days, with, page }
    }
}
