//! The mail with the contact repository in the configuration: whom it goes to, how often, and what it says of itself.

use std::ops::RangeInclusive;

use serde::Deserialize;

use crate::config::check::Check;
use crate::domain::repository::{RepositoryPolicy, Rhythm};
use crate::domain::tlp::Tlp;

/// Days between two mails: every day would be noise, and after a year nobody trusts the one he has.
const DAYS_READ: RangeInclusive<u16> = 1..=366;
/// Lines at its end at the most: more is a text of its own.
const LINKS_MAX: usize = 10;
/// Characters of such a line at the most.
const LINK_CHARS_MAX: usize = 200;

/// The section as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenRepository {
    to: Option<String>,
    label: Option<String>,
    #[serde(default)]
    links: Vec<String>,
    every_days: Option<u16>,
    changed_days: Option<u16>,
}

impl WrittenRepository {
    /// What is set, where nothing is wrong with it.
    pub(super) fn checked(self, check: &mut Check<'_>) -> RepositoryPolicy {
        let defaults = RepositoryPolicy::default();
        let to = self.to.and_then(|text| check.address("repository.to", &text));
        let label = match self.label.as_deref().map(str::parse::<Tlp>) {
            Some(Ok(Tlp::Red)) => {
                let says = "TLP:RED must not go to a list; write label = \"TLP:AMBER\"";
                check.fault("repository.label", format!("repository.label: {says}"));
                defaults.label
            }
            Some(Ok(label)) => label,
            Some(Err(error)) => {
                check.fault("repository.label", format!("repository.label: {error}"));
                defaults.label
            }
            None => defaults.label,
        };
        let long =
            |line: &String| line.chars().count() > LINK_CHARS_MAX || line.chars().any(char::is_control);
        if self.links.len() > LINKS_MAX || self.links.iter().any(long) {
            let says =
                format!("has at most {LINKS_MAX} lines of at most {LINK_CHARS_MAX} characters; shorten it");
            check.fault("repository.links", format!("repository.links {says}"));
        }
        let mut days = |key: &str, written: Option<u16>, default: u16| {
            written.map_or(default, |number| check.within(key, number, &DAYS_READ))
        };
        let rhythm = Rhythm {
            every_days: days("repository.every_days", self.every_days, defaults.rhythm.every_days),
            changed_days: days("repository.changed_days", self.changed_days, defaults.rhythm.changed_days),
        };
        if rhythm.changed_days > rhythm.every_days {
            let says = "is more than every_days: then a change would wait longer than no change; lower it";
            check.fault("repository.changed_days", format!("repository.changed_days {says}"));
        }
        RepositoryPolicy { to, label, links: self.links, rhythm }
    }
}
