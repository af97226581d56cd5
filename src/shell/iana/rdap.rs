//! RDAP (RFC 9083) over HTTPS.

use crate::domain::channel::{Channel, Said, Validator};
use crate::domain::tld::Tld;
use crate::registry::rdap;
use crate::shell::iana::https::{Fetched, Https};
use crate::world::{ChannelAnswer, IanaChannel};

/// IANA's RDAP server.
pub(super) struct Rdap {
    pub(super) https: Https,
    /// What stands before the TLD.
    pub(super) base: String,
}

impl IanaChannel for Rdap {
    fn channel(&self) -> Channel {
        Channel::Rdap
    }

    fn ask(&mut self, tld: &Tld, before: Option<&Validator>) -> ChannelAnswer {
        let fetched = self.https.get(&format!("{}{tld}", self.base), before);
        answer(fetched, before, |octets| rdap::read(octets, tld))
    }
}

/// An answer over HTTPS, read.
pub(super) fn answer(
    fetched: Result<Fetched, String>,
    before: Option<&Validator>,
    read: impl FnOnce(&[u8]) -> Said,
) -> ChannelAnswer {
    let nothing =
        |why: String| ChannelAnswer { said: Said::Nothing(why), raw: None, validator: Validator::default() };
    match fetched {
        Ok(Fetched::Body { octets, validator }) => {
            let said = read(&octets);
            // What could not be read is asked for anew.
            let validator = if matches!(said, Said::Record(_)) { validator } else { Validator::default() };
            ChannelAnswer { said, raw: Some(octets), validator }
        }
        Ok(Fetched::NotModified) => match before {
            Some(before) => ChannelAnswer { said: Said::Unchanged, raw: None, validator: before.clone() },
            None => nothing("it says that nothing changed, which was not asked".to_owned()),
        },
        Ok(Fetched::Status(status)) => nothing(format!("it answers with the status {status}")),
        Err(why) => nothing(why),
    }
}
