//! The list of all TLDs in the root zone, over HTTPS; asked for again only where it changed.

use std::collections::BTreeSet;

use crate::domain::channel::Validator;
use crate::domain::tld::Tld;
use crate::registry::tld_list;
use crate::shell::iana::https::{Fetched, Https};

/// The list, and what it said last.
pub(super) struct Listing {
    https: Https,
    url: String,
    last: Option<(BTreeSet<Tld>, Validator)>,
}

impl Listing {
    pub(super) fn new(https: Https, url: String) -> Self {
        Self { https, url, last: None }
    }

    /// The TLDs that are in the root zone.
    ///
    /// # Errors
    /// Why that cannot be learned now.
    pub(super) fn ask(&mut self) -> Result<BTreeSet<Tld>, String> {
        let before =
            self.last.as_ref().map(|(_, validator)| validator).filter(|validator| !validator.is_empty());
        match self.https.get(&self.url, before)? {
            Fetched::Body { octets, validator } => {
                let list = tld_list::read(&octets)
                    .map_err(|why| format!("the list of TLDs cannot be used: {why}"))?;
                self.last = Some((list.tlds.clone(), validator));
                Ok(list.tlds)
            }
            Fetched::NotModified => match &self.last {
                Some((tlds, _)) => Ok(tlds.clone()),
                None => Err("the list of TLDs says that nothing changed, which was not asked".to_owned()),
            },
            Fetched::Status(status) => Err(format!("the list of TLDs answers with the status {status}")),
        }
    }
}
