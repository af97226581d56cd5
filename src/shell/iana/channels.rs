//! IANA's channels as one registry: asked in turn, with pauses, judged together, and remembered for as long as is set.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::domain::address::Address;
use crate::domain::channel::{Heard, Judgement, Said};
use crate::domain::digest::Digest;
use crate::domain::registry::RegistryAnswer;
use crate::domain::remembered::{Reading, Remembered, Trouble};
use crate::domain::tld::Tld;
use crate::registry::ANSWER_OCTETS_MAX;
use crate::registry::judge::judge;
use crate::shell::iana::https::Https;
pub use crate::shell::iana::https::Patience;
use crate::shell::iana::page::Pages;
use crate::shell::iana::rdap::Rdap;
use crate::shell::iana::tld_list::Listing;
use crate::shell::iana::whois::Whois;
use crate::world::{Clock, IanaChannel, Registry};

/// Minutes for which a ccTLD that could not be read is not asked for again when a mail names it.
const SILENCE_MINUTES: i64 = 5;
/// ccTLDs that are read in an hour because mails name them, at the most: a mail that names all of them must neither
/// flood IANA nor hold us up for half an hour. The daily walk keeps nearly all records young.
const UNPLANNED_PER_HOUR_MAX: usize = 40;

/// Where the channels are, and how they are asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChannelSettings {
    /// What stands before the TLD in RDAP: an `https` address.
    pub rdap: String,
    /// What stands before the TLD in the addresses of the pages: an `https` address.
    pub page: String,
    /// The WHOIS server: host and port.
    pub whois: String,
    /// The list of TLDs: an `https` address.
    pub tld_list: String,
    /// Certificate authorities to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// For how long a record that was read is good enough to look at a mail with.
    pub max_age: SignedDuration,
    /// The pause between two ccTLDs; each of the servers gets one question.
    pub pause: Duration,
    /// How long a question may take.
    pub patience: Patience,
}

/// IANA on the network.
pub struct Channels {
    runtime: Arc<Runtime>,
    asked: Vec<Box<dyn IanaChannel + Send>>,
    listing: Listing,
    pace: Interval,
    clock: Box<dyn Clock + Send>,
    max_age: SignedDuration,
    memory: BTreeMap<Tld, Remembered>,
    readings: Vec<Reading>,
    /// When ccTLDs were read because a mail named them, within the last hour.
    unplanned: VecDeque<Timestamp>,
}

impl Channels {
    /// The registry, with what was remembered before. Nothing is asked yet.
    ///
    /// # Errors
    /// Where the certificate authorities cannot be read, or the system gives no means to ask.
    pub fn open(
        settings: &ChannelSettings,
        memory: BTreeMap<Tld, Remembered>,
        clock: Box<dyn Clock + Send>,
    ) -> anyhow::Result<Self> {
        let runtime =
            Builder::new_current_thread().enable_all().build().context("starting the runtime for IANA")?;
        let runtime = Arc::new(runtime);
        let patience = settings.patience;
        let https =
            Https::new(Arc::clone(&runtime), settings.ca_file.as_deref(), patience, ANSWER_OCTETS_MAX)?;
        let pace = {
            let _within = runtime.enter();
            let mut pace = interval(settings.pause.max(Duration::from_millis(1)));
            pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
            pace
        };
        let rdap = Rdap { https: https.clone(), base: settings.rdap.clone() };
        let pages = Pages { https: https.clone(), base: settings.page.clone() };
        let whois = Whois { runtime: Arc::clone(&runtime), server: settings.whois.clone(), patience };
        Ok(Self {
            asked: vec![Box::new(rdap), Box::new(pages), Box::new(whois)],
            listing: Listing::new(https, settings.tld_list.clone()),
            pace,
            runtime,
            clock,
            max_age: settings.max_age,
            memory,
            readings: Vec::new(),
            unplanned: VecDeque::new(),
        })
    }

    /// Asks every channel, judges, and remembers.
    fn read(&mut self, tld: &Tld) -> RegistryAnswer {
        self.runtime.block_on(self.pace.tick());
        let known = self.memory.get(tld).cloned().unwrap_or_default();
        let (mut heard, mut raw, mut validators) = (Vec::new(), Vec::new(), BTreeMap::new());
        for channel in &mut self.asked {
            let name = channel.channel();
            // A condition makes sense only where what it stands for is remembered.
            let before = known.checked.validators.get(&name).filter(|_| known.believed.is_some());
            let answer = channel.ask(tld, before);
            if let Said::Strange(why) | Said::Contradiction(why) = &answer.said {
                tracing::warn!(%tld, channel = name.word(), "an answer of IANA cannot be used: {why}");
            }
            let digest = answer.raw.as_deref().map(Digest::of);
            heard.push(Heard { channel: name, at: self.clock.now(), said: answer.said, raw: digest });
            raw.extend(answer.raw);
            if !answer.validator.is_empty() {
                validators.insert(name, answer.validator);
            }
        }
        let judgement = judge(&heard, known.believed.as_ref().map(|believed| &believed.record));
        if let Judgement::Doubtful(why) = &judgement {
            tracing::warn!(%tld, "IANA's channels contradict each other: {why}");
        }
        let reading = Reading { tld: tld.clone(), at: self.clock.now(), judgement, raw, validators };
        let (after, _) = known.after(&reading);
        let answer = after.answer_now();
        self.memory.insert(tld.clone(), after);
        self.readings.push(reading);
        answer
    }

    /// Whether one more ccTLD may be read because a mail names it.
    fn may_read_unplanned(&mut self) -> bool {
        let now = self.clock.now();
        let hour = SignedDuration::from_hours(1);
        self.unplanned.retain(|at| now.duration_since(*at) < hour);
        let may = self.unplanned.len() < UNPLANNED_PER_HOUR_MAX;
        if may {
            self.unplanned.push_back(now);
        }
        may
    }
}

impl Registry for Channels {
    fn record(&mut self, tld: &Tld) -> RegistryAnswer {
        let now = self.clock.now();
        if let Some(known) = self.memory.get(tld) {
            if let Some(answer) = known.answer(now, self.max_age) {
                return answer;
            }
            let just = |at: Timestamp| now.duration_since(at) < SignedDuration::from_mins(SILENCE_MINUTES);
            if let (Some(Trouble::Unreachable(why)), true) =
                (&known.checked.trouble, known.checked.tried.is_some_and(just))
            {
                return RegistryAnswer::Unreachable(why.clone());
            }
        }
        if self.may_read_unplanned() {
            return self.read(tld);
        }
        RegistryAnswer::Unreachable("too many ccTLDs were asked for within the last hour".to_owned())
    }

    fn record_anew(&mut self, tld: &Tld) -> RegistryAnswer {
        self.read(tld)
    }

    fn administered_by(&mut self, address: &Address) -> Vec<Tld> {
        let theirs = self.memory.iter().filter(|(_, known)| {
            known.believed.as_ref().is_some_and(|believed| believed.record.admin_email() == Some(address))
        });
        theirs.map(|(tld, _)| tld.clone()).collect()
    }

    fn tlds(&mut self) -> Vec<Tld> {
        self.memory.iter().filter(|(_, known)| known.believed.is_some()).map(|(tld, _)| tld.clone()).collect()
    }

    fn listed(&mut self) -> Result<BTreeSet<Tld>, String> {
        self.runtime.block_on(self.pace.tick());
        self.listing.ask()
    }

    fn take_readings(&mut self) -> Vec<Reading> {
        std::mem::take(&mut self.readings)
    }
}
