//! What IANA's channels said of a ccTLD, and what is believed of it: the values that are kept as evidence.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::digest::Digest;
use crate::domain::registry::IanaRecord;

/// A way by which IANA publishes its records, in the order of preference.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// RDAP (RFC 9083) over HTTPS.
    Rdap,
    /// The page of the root zone database, over HTTPS.
    Page,
    /// WHOIS (RFC 3912): plain text over TCP, which anybody on the way can change.
    Whois,
    /// A file that an operator put there and vouches for.
    Snapshot,
}

impl Channel {
    /// As people call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rdap => "RDAP",
            Self::Page => "the web page",
            Self::Whois => "WHOIS",
            Self::Snapshot => "the snapshot",
        }
    }

    /// Whether it proves that the answer is IANA's: by TLS (RFC 8446), or by the operator's word.
    pub fn is_authenticated(self) -> bool {
        match self {
            Self::Rdap | Self::Page | Self::Snapshot => true,
            Self::Whois => false,
        }
    }
}

/// What an answer says once it was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Said {
    /// A record.
    Record(Box<IanaRecord>),
    /// What it said before: the record that is remembered still stands (RFC 9110 §15.4.5).
    Unchanged,
    /// Nothing: no answer, an empty one, or one without contacts. It never means that there is no contact.
    Nothing(String),
    /// Something that is not understood, or is about something else. A person should look at the channel.
    Strange(String),
    /// Two things that cannot both be true.
    Contradiction(String),
}

/// What one channel said, and when.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Heard {
    /// Which.
    pub channel: Channel,
    /// When it answered, or failed to.
    pub at: Timestamp,
    /// What it said.
    pub said: Said,
    /// The digest of the raw answer.
    pub raw: Option<Digest>,
}

/// An answer that a belief rests on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Source {
    /// The channel that gave it.
    pub channel: Channel,
    /// Whether the channel proves that it is IANA's.
    pub authenticated: bool,
    /// When it was given.
    pub at: Timestamp,
    /// The digest of the raw answer, which is kept; none where it was not given anew.
    pub raw: Option<Digest>,
    /// The manager as this channel writes him; none where it was not given anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
}

/// A record that is believed, and why.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Believed {
    /// The record.
    pub record: IanaRecord,
    /// The answers that gave it, the preferred one first.
    pub sources: Vec<Source>,
    /// What a person may want to know: channels that were silent, and small differences.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl Believed {
    /// A record from a file: whoever put it there vouches for it. `raw` is the digest of the whole file, where it is kept.
    pub fn by_snapshot(record: IanaRecord, at: Timestamp, raw: Option<Digest>) -> Self {
        let channel = Channel::Snapshot;
        let source = Source { channel, authenticated: channel.is_authenticated(), at, raw, manager: None };
        Self { record, sources: vec![source], notes: Vec::new() }
    }

    /// Whether a fresh record is the one that is known. Where a channel that gave the known one is silent this time, the
    /// others write names in ways of their own: then only the addresses count, and managers as one channel writes them.
    pub fn is_same(&self, fresh: &Self) -> bool {
        let proven = |believed: &Self| -> BTreeSet<Channel> {
            let proven = believed.sources.iter().filter(|source| source.authenticated);
            proven.map(|source| source.channel).collect()
        };
        if proven(self).is_subset(&proven(fresh)) {
            return self.record.digest() == fresh.record.digest();
        }
        let agree =
            |one: Option<&Address>, other: Option<&Address>| one.is_none() || other.is_none() || one == other;
        let (known, now) = (&self.record, &fresh.record);
        let same_addresses =
            known.admin_email() == now.admin_email() && agree(known.technical_email(), now.technical_email());
        let renamed = self.sources.iter().any(|before| {
            let now = fresh.sources.iter().find(|source| source.channel == before.channel);
            now.is_some_and(|now| {
                now.manager.is_some() && before.manager.is_some() && now.manager != before.manager
            })
        });
        same_addresses && !renamed
    }
}

/// What follows from the channels' answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Judgement {
    /// A record that counts.
    Believed(Box<Believed>),
    /// None can be had now, and why. It says nothing about the ccTLD.
    Unreachable(String),
    /// The channels contradict each other, or one itself: a person must look.
    Doubtful(String),
}

/// What tells a server that we have its last answer already (RFC 9110 §8.8).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Validator {
    /// Its entity tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// When it was last changed, in the server's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
}

impl Validator {
    /// Whether there is anything to ask with.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.modified.is_none()
    }
}
