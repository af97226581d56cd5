//! The setting of a rehearsal: when it begins, who takes part, and what is set.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use crate::bot::Settings;
use crate::domain::address::Address;
use crate::domain::contact::RosterLine;
use crate::domain::list_plan::ListPolicy;
use crate::domain::notice::Replies;
use crate::domain::policy::{Policy, SUMMARY_NEVER};
use crate::domain::regions::Regions;
use crate::domain::repository::RepositoryPolicy;
use crate::domain::roll_call::RollCallPolicy;
use crate::rehearsal::signing::key_record;
use crate::writing::message::Sender;
use crate::writing::templates::Templates;

/// The setting of a rehearsal, as `world.json` has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// When it begins.
    pub start: Timestamp,
    /// Our own address.
    pub mailbox: Address,
    /// The secretariat.
    pub secretariat: Vec<Address>,
    /// The domains that publish a key, and which.
    #[serde(default)]
    pub keys: BTreeMap<String, String>,
    /// Further lines of the zone.
    #[serde(default)]
    pub zone: Vec<String>,
    /// The contacts at the beginning.
    #[serde(default)]
    pub roster: Vec<RosterLine>,
    /// Whoever changes the list by hand; without one the roster is the list.
    #[serde(default)]
    pub list_administrator: Option<Address>,
    /// The rules' settings, where they differ from the defaults.
    #[serde(default)]
    pub policy: Policy,
    /// Whom the contact repository goes to, at its times; without one it is sent to nobody.
    #[serde(default)]
    pub repository_to: Option<Address>,
    /// The hour of the daily summary: only a rehearsal of it has one.
    pub summary_hour: Option<u8>,
    /// The roll call, and what is asked after a change at IANA: only a rehearsal of it has it.
    pub roll_call: Option<RollCallPolicy>,
}

impl Scene {
    /// The zone of its DNS, with the keys in it.
    pub(super) fn zone(&self) -> anyhow::Result<String> {
        let mut zone = String::from("$ORIGIN .\n$TTL 60\n. IN SOA ns.invalid. h.invalid. 1 60 60 60 60\n");
        for (domain, key) in &self.keys {
            zone.push_str(&key_record(domain, key)?);
        }
        for line in &self.zone {
            zone.push_str(line);
            zone.push('\n');
        }
        Ok(zone)
    }

    /// What is set in it; all else is as it is without any setting.
    pub(super) fn settings(&self) -> anyhow::Result<Settings> {
        Ok(Settings {
            sender: Sender {
                mailbox: self.mailbox.clone(),
                name: "TLD-OPS Admin".to_owned(),
                message_id_domain: self.mailbox.domain().to_owned(),
                replies: Replies::Subaddress,
            },
            mailboxes: vec![self.mailbox.clone()],
            secretariat: self.secretariat.clone(),
            policy: Policy {
                summary_hour: self.summary_hour.unwrap_or(SUMMARY_NEVER),
                roll_call: self.roll_call.clone().unwrap_or_else(RollCallPolicy::never),
                ..self.policy.clone().for_secretariat_of(self.secretariat.len())
            },
            templates: Templates::built_in()?,
            gateway: None,
            keys: Vec::new(),
            hold_all: false,
            list: ListPolicy::default(),
            repository: RepositoryPolicy { to: self.repository_to.clone(), ..RepositoryPolicy::default() },
            regions: Regions::default(),
        })
    }
}
