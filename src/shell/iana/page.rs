//! The pages of the root zone database, over HTTPS.

use crate::domain::channel::{Channel, Validator};
use crate::domain::tld::Tld;
use crate::registry::page;
use crate::shell::iana::https::Https;
use crate::shell::iana::rdap::answer;
use crate::world::{ChannelAnswer, IanaChannel};

/// IANA's pages.
pub(super) struct Pages {
    pub(super) https: Https,
    /// What stands before the TLD.
    pub(super) base: String,
}

impl IanaChannel for Pages {
    fn channel(&self) -> Channel {
        Channel::Page
    }

    fn ask(&mut self, tld: &Tld, before: Option<&Validator>) -> ChannelAnswer {
        let fetched = self.https.get(&format!("{}{tld}.html", self.base), before);
        answer(fetched, before, |octets| page::read(octets, tld))
    }
}
