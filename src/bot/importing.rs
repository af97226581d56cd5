//! Taking a snapshot of IANA's contacts into the store, as what was read at the time that it names.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use crate::bot::Bot;
use crate::domain::channel::{Believed, Judgement};
use crate::domain::registry::IanaRecord;
use crate::domain::remembered::{News, Reading};
use crate::domain::tld::Tld;
use crate::store::Shelf;

impl Bot<'_> {
    /// Takes the records of a snapshot in; none of them takes the place of what was read later. A record without a time
    /// counts as old: it is known, and is read again before anything is decided by it. `raw` is the whole file.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn import(&mut self, records: &[IanaRecord], raw: &[u8]) -> anyhow::Result<Vec<(Tld, Option<News>)>> {
        let digest = self.store.put_mail(Shelf::Registry, raw)?;
        let now = self.now();
        let (mut seen, mut writes) = (Vec::new(), Vec::new());
        for record in records {
            let at = record.retrieved.map_or(Timestamp::UNIX_EPOCH, |at| at.min(now));
            let known = self.records.remembered(&record.tld)?;
            if known.checked.confirmed.is_some_and(|confirmed| at <= confirmed) {
                seen.push((record.tld.clone(), None));
                continue;
            }
            let record = IanaRecord { retrieved: Some(at), ..record.clone() };
            let tld = record.tld.clone();
            let judgement = Judgement::Believed(Box::new(Believed::by_snapshot(record, at, Some(digest))));
            let reading =
                Reading { tld: tld.clone(), at, judgement, raw: Vec::new(), validators: BTreeMap::new() };
            let (news, rest) = self.keep(&reading)?;
            writes.extend(rest);
            seen.push((tld, Some(news)));
        }
        let evidence = json!({ "snapshot": digest, "records": records.len() });
        self.note("iana_imported", "A snapshot of IANA's contacts was taken in.", evidence, &writes)?;
        Ok(seen)
    }
}
