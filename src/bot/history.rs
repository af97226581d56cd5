//! The history of the contact repository, read out of the journal: it alone knows all that ever was.

use std::collections::BTreeMap;

use anyhow::Context as _;
use jiff::Timestamp;

use crate::bot::confirming::CONFIRMED;
use crate::bot::records::{CASE, parse};
use crate::domain::case::Case;
use crate::domain::confirmation::{Confirmations, Confirmed};
use crate::domain::contact::Contact;
use crate::domain::history::{History, Written};
use crate::store::{Line, Table};

/// What the lines of a journal wrote to the roster, in their order.
///
/// # Errors
/// Where a record is not one of ours: `tldops journal verify` names its line.
pub fn history(lines: &[Line]) -> anyhow::Result<History> {
    Ok(History::of(written(lines)?))
}

/// The same, one record after another, each with what wrote it.
pub(in crate::bot) fn written(lines: &[Line]) -> anyhow::Result<Vec<Written>> {
    let mut written = Vec::new();
    for line in lines {
        for write in line.writes.iter().filter(|write| write.table == Table::Roster) {
            let contacts: Vec<Contact> = match &write.value {
                Some(text) => parse(&write.key, text)?,
                None => Vec::new(),
            };
            let tld = write.key.parse().with_context(|| format!("line {} of the journal", line.seq))?;
            let event = || format!("{}, line {}", line.entry.event, line.seq);
            let by = line.entry.case.clone().unwrap_or_else(event);
            written.push(Written { at: line.entry.at, tld, by, contacts });
        }
    }
    Ok(written)
}

/// What was confirmed until a moment, as the lines of a journal tell it. What the tables have let go of since counts as well.
///
/// # Errors
/// Where a record is not one of ours: `tldops journal verify` names its line.
pub fn confirmations_at(lines: &[Line], until: Timestamp) -> anyhow::Result<Confirmations> {
    let mut all = Confirmations::default();
    let mut cases: BTreeMap<&str, &str> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.entry.at <= until) {
        for write in &line.writes {
            let Some(text) = &write.value else { continue };
            if write.table == Table::Counters && write.key.starts_with(CONFIRMED) {
                all.add(&parse::<Confirmed>(&write.key, text)?);
            }
            if write.table == Table::Cases && write.key.starts_with(CASE) {
                cases.insert(&write.key, text);
            }
        }
    }
    for (key, text) in cases {
        all.add_case(&parse::<Case>(key, text)?);
    }
    Ok(all)
}
