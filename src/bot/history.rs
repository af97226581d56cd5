//! The history of the contact repository, read out of the journal: it alone knows all that ever was.

use anyhow::Context as _;

use crate::bot::records::parse;
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
