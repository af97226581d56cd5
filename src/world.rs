//! Everything that is asked of the outside: mailbox, post, resolver, registry, list, clock and chance.
//!
//! Each trait has an embedded implementation that needs no server, and later ones that talk to servers. No rules here:
//! a shell does what it is told and says what came of it. Calls block; each ends within a limit of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::channel::{Channel, Said, Validator};
use crate::domain::event::ListReceipt;
use crate::domain::evidence::{DnsAnswer, DnsQuestion};
use crate::domain::list_plan::{Permitted, Scope};
use crate::domain::members::Member;
use crate::domain::registry::RegistryAnswer;
use crate::domain::remembered::Reading;
use crate::domain::tld::Tld;

/// A mail that waits in the mailbox.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Waiting {
    /// Its name within the mailbox.
    pub id: String,
    /// Its size in octets, as the mailbox tells it.
    pub octets: u64,
}

/// Where a mail goes once it is done with: what the secretariat sees in the same mailbox.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Filing {
    /// Taken in; what follows is recorded.
    Done,
    /// A person must look at it.
    Held,
    /// Nothing follows from it.
    Ignored,
}

/// The mailbox that requests come to.
pub trait Mailbox {
    /// The mails that wait, oldest first, at most as many as asked for.
    ///
    /// # Errors
    /// Where the mailbox cannot be read now.
    fn waiting(&mut self, most: usize) -> anyhow::Result<Vec<Waiting>>;

    /// The octets of one mail, cut after `octets_max`. None where it is gone.
    ///
    /// # Errors
    /// Where the mailbox cannot be read now.
    fn fetch(&mut self, id: &str, octets_max: usize) -> anyhow::Result<Option<Vec<u8>>>;

    /// Files a mail, so that it waits no more. Doing it twice is the same as once. It may be put off until [`settle`].
    ///
    /// # Errors
    /// Where the mailbox cannot be changed now.
    ///
    /// [`settle`]: Self::settle
    fn file(&mut self, id: &str, filing: Filing) -> anyhow::Result<()>;

    /// Carries out what was put off. It comes after the last mail of a turn: until then filings may be gathered, since a
    /// mail that is filed later than it is recorded is known when it comes again.
    ///
    /// # Errors
    /// Where the mailbox cannot be changed now; then those mails are listed, and filed, again.
    fn settle(&mut self) -> anyhow::Result<()> {
        Ok(())
    }

    /// Has `wake` called whenever a new mail may have come, and now and then without one. A mailbox that cannot tell is
    /// looked into every few seconds instead.
    fn on_arrival(&mut self, _wake: Wake) {}
}

/// Ends the pause between two turns. It may be called from any thread, and at any time.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// A mail that is ready to go: built once, never again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outgoing {
    /// The id of its effect, as in `R-17.3`: the same for every attempt.
    pub id: String,
    /// The envelope's sender (RFC 5321 §4.1.1.2): where bounces go.
    pub sender: Address,
    /// The envelope's recipients.
    pub recipients: Vec<Address>,
    /// The whole message (RFC 5322).
    pub octets: Vec<u8>,
}

/// What the post says of a mail to one recipient.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Posted {
    /// It took it.
    Accepted,
    /// It will never take it, for this reason (RFC 5321 §4.2.1: 5yz).
    Refused(String),
    /// It may take it later; for this reason not now (4yz, or no connection).
    Later(String),
}

/// The way out for mail.
pub trait Post {
    /// Hands one mail over: an answer for each recipient, in their order. The same mail may come again after a crash, under
    /// the same id, and with fewer recipients once some of them have their answer.
    fn send(&mut self, mail: &Outgoing) -> Vec<Posted>;
}

/// The Domain Name System.
pub trait Resolver {
    /// The TXT records of some names: all that one mail asks for, so that one limit of time holds for all of them
    /// together. Every question has an answer; one that did not come in time is [`DnsAnswer::Temporary`].
    fn answers(&mut self, questions: &[DnsQuestion]) -> BTreeMap<DnsQuestion, DnsAnswer>;
}

/// What one of IANA's channels answers.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelAnswer {
    /// What it says.
    pub said: Said,
    /// Its octets, where it gave any.
    pub raw: Option<Vec<u8>>,
    /// What to ask with the next time; empty where the channel knows no conditional questions.
    pub validator: Validator,
}

/// One of the ways by which IANA publishes its records: RDAP, WHOIS, the pages.
pub trait IanaChannel {
    /// Which.
    fn channel(&self) -> Channel;

    /// What it says of a ccTLD now. With `before`, it may say that nothing changed since.
    fn ask(&mut self, tld: &Tld, before: Option<&Validator>) -> ChannelAnswer;
}

/// The contacts that IANA publishes.
pub trait Registry {
    /// IANA's record of a ccTLD, not older than is allowed for looking at a mail.
    fn record(&mut self, tld: &Tld) -> RegistryAnswer;

    /// The same, read again now, whatever is remembered: before a change is applied.
    fn record_anew(&mut self, tld: &Tld) -> RegistryAnswer {
        self.record(tld)
    }

    /// All TLDs that are in the root zone now.
    ///
    /// # Errors
    /// Where that cannot be learned now: with the reason. Then nobody is gone.
    fn listed(&mut self) -> Result<BTreeSet<Tld>, String>;

    /// What was read since this was asked last, to be kept.
    fn take_readings(&mut self) -> Vec<Reading> {
        Vec::new()
    }

    /// The ccTLDs that have this address as admin contact, as far as is known without asking anew.
    fn administered_by(&mut self, address: &Address) -> Vec<Tld>;

    /// All ccTLDs that the registry is known to have.
    fn tlds(&mut self) -> Vec<Tld>;
}

/// The mailing list.
pub trait List {
    /// Those of its members that a plan may touch, as they are now. None where there is nothing that could be read.
    ///
    /// # Errors
    /// Where the list cannot be read now.
    fn members(&mut self, scope: &Scope) -> anyhow::Result<Option<Vec<Member>>>;

    /// Carries out a plan that is permitted, and nothing else. Doing it twice is the same as once.
    ///
    /// # Errors
    /// Where the list cannot be changed now; it is tried again, with what is left of the plan.
    fn carry_out(&mut self, permitted: &Permitted) -> anyhow::Result<ListReceipt>;

    /// Tries out whether it could be changed, without changing anything; says what was found.
    ///
    /// # Errors
    /// Where it could not, with the cure.
    fn try_out(&mut self) -> anyhow::Result<String>;
}

/// The time.
pub trait Clock {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Chance.
pub trait Chance {
    /// 256 fresh bits.
    ///
    /// # Errors
    /// Where the operating system has none: then nothing may go on.
    fn seed(&mut self) -> anyhow::Result<[u8; 32]>;
}

/// The whole outside.
pub struct World {
    /// The mailbox.
    pub mailbox: Box<dyn Mailbox + Send>,
    /// The post.
    pub post: Box<dyn Post + Send>,
    /// The Domain Name System.
    pub resolver: Box<dyn Resolver + Send>,
    /// IANA.
    pub registry: Box<dyn Registry + Send>,
    /// The list.
    pub list: Box<dyn List + Send>,
    /// The clock.
    pub clock: Box<dyn Clock + Send>,
    /// Chance.
    pub chance: Box<dyn Chance + Send>,
}
