//! A line of the journal, and the chain of hashes that binds each to the one before.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::digest::Digest;
use crate::domain::journal::Entry;
use crate::store::{Head, Table, Write};

/// A line of the journal: what happened and every record that it wrote.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Line {
    /// Its number, counted from 1.
    pub seq: u64,
    /// What happened.
    #[serde(flatten)]
    pub entry: Entry,
    /// What it wrote, in this order.
    pub writes: Vec<Write>,
    /// The hash of the line before; zeros in the first.
    pub prev: Digest,
    /// SHA-256 over `prev` as it is written and the octets of this line without its hash: `{"seq":…,"prev":"…"}`.
    pub hash: Digest,
}

/// Records as the lines of a journal give them, by table and key.
pub(super) type Given = BTreeMap<(Table, String), String>;

/// Why some octets are no line of the journal. Each continues "line 7 …".
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(super) enum LineError {
    #[error("is no journal line ({0})")]
    Unreadable(String),
    #[error("has a content that does not give its hash")]
    Altered,
}

impl Line {
    /// The text of the next line after `head`, without line end, and the head that it makes.
    pub(super) fn after(head: Head, entry: &Entry, writes: &[Write]) -> Result<(Head, String), LineError> {
        let seq = head.seq + 1;
        let body = serde_json::to_string(&Body { seq, entry, writes, prev: head.hash })
            .map_err(|error| LineError::Unreadable(error.to_string()))?;
        let hash = hash(&head.hash, &body);
        let text = format!("{}{}", body.strip_suffix('}').unwrap_or(&body), ending(&hash));
        Ok((Head { seq, hash }, text))
    }

    /// Writes to these records what it wrote to the tables.
    pub(super) fn write_to(&self, records: &mut Given) {
        for write in &self.writes {
            let key = (write.table, write.key.clone());
            match &write.value {
                Some(value) => drop(records.insert(key, value.clone())),
                None => drop(records.remove(&key)),
            }
        }
    }

    /// Reads a line that was kept, and checks its hash.
    pub(super) fn read(text: &str) -> Result<Self, LineError> {
        Link::read(text.as_bytes())?;
        serde_json::from_str(text).map_err(|error| LineError::Unreadable(error.to_string()))
    }
}

/// What of a line makes the chain.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Link {
    pub(super) seq: u64,
    pub(super) prev: Digest,
    pub(super) hash: Digest,
    /// Of a line from which a person was erased: the digest of what is left, which stands for its content then.
    #[serde(default)]
    pub(super) erased: Option<Digest>,
}

impl Link {
    /// Reads the link of a line and checks its hash over the octets as they stand, not as they would be written again.
    pub(super) fn read(octets: &[u8]) -> Result<Self, LineError> {
        let text = std::str::from_utf8(octets).map_err(|error| LineError::Unreadable(error.to_string()))?;
        let link: Self =
            serde_json::from_str(text).map_err(|error| LineError::Unreadable(error.to_string()))?;
        let body = link.body_of(text).ok_or(LineError::Altered)?;
        let holds = match link.erased {
            Some(digest) => digest_of_rest(&link.hash, &body) == digest,
            None => hash(&link.prev, &body) == link.hash,
        };
        if holds { Ok(link) } else { Err(LineError::Altered) }
    }

    /// What of a line with this link is hashed; none where it does not end as such a line does.
    pub(super) fn body_of(&self, text: &str) -> Option<String> {
        let start = text.strip_suffix(&ending(&self.hash))?;
        let start = match &self.erased {
            Some(digest) => start.strip_suffix(&mark(digest))?,
            None => start,
        };
        Some(format!("{start}}}"))
    }

    /// The end of a chain whose last line is this.
    pub(super) fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash }
    }
}

impl Head {
    /// Before the first line.
    pub(super) fn start() -> Self {
        // Zeros are a digest, so the other value never comes; a panic would be the only other way to say that.
        Self { seq: 0, hash: "0".repeat(64).parse().unwrap_or_else(|_| Digest::of(b"")) }
    }

    /// Goes on by one whole line, or says why it is not the next.
    pub(super) fn step_to(self, line: &Line) -> Result<Self, String> {
        self.step(&Link { seq: line.seq, prev: line.prev, hash: line.hash, erased: None })
    }

    /// Goes on by one line, or says why it is not the next.
    pub(super) fn step(self, link: &Link) -> Result<Self, String> {
        if link.seq != self.seq + 1 {
            Err(format!("has the number {}, {} was to come", link.seq, self.seq + 1))
        } else if link.prev != self.hash {
            Err("does not follow the line before: that has another hash".to_owned())
        } else {
            Ok(link.head())
        }
    }
}

/// The order of a line's fields; the hash comes last and is not hashed.
#[derive(Serialize)]
struct Body<'a> {
    seq: u64,
    #[serde(flatten)]
    entry: &'a Entry,
    writes: &'a [Write],
    prev: Digest,
}

/// A line with this link once a person was erased from it, and the digest of what is left. It keeps the hash that the next
/// line follows.
pub(super) fn erased_line(link: &Link, left: &str) -> (String, Digest) {
    let digest = digest_of_rest(&link.hash, left);
    let start = left.strip_suffix('}').unwrap_or(left);
    (format!("{start}{}{}", mark(&digest), ending(&link.hash)), digest)
}

fn digest_of_rest(hash: &Digest, left: &str) -> Digest {
    Digest::of(format!("erased{hash}{left}").as_bytes())
}

fn ending(hash: &Digest) -> String {
    format!("{BEFORE_HASH}{hash}{AFTER_HASH}")
}

fn mark(digest: &Digest) -> String {
    format!(",\"erased\":\"{digest}\"")
}

fn hash(prev: &Digest, body: &str) -> Digest {
    Digest::of(format!("{prev}{body}").as_bytes())
}

const BEFORE_HASH: &str = ",\"hash\":\"";
const AFTER_HASH: &str = "\"}";
