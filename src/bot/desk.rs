//! Looking at one mail: read, proved, and set beside what the world knows. Nothing is changed here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::address::Address;
use crate::domain::admission::{Arrival, View};
use crate::domain::case::{Role, Thread};
use crate::domain::cctlds::KnownTlds;
use crate::domain::contact::Roster;
use crate::domain::digest::Digest;
use crate::domain::evidence::{Gateway, Proof};
use crate::domain::request::Reading;
use crate::domain::tld::Tld;
use crate::domain::token::hide;
use crate::proof::Examination;
use crate::reading::letter::{Letter, Unreadable};
use crate::reading::{Context, understand};
use crate::world::{Registry, Resolver};

/// What a mail is looked at with.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// Our own addresses.
    pub mailboxes: &'a [Address],
    /// The secretariat's addresses.
    pub secretariat: &'a [Address],
    /// The ccTLDs that a request may name.
    pub known: &'a KnownTlds,
    /// The contact repository.
    pub roster: &'a Roster,
    /// The operator's own border server, if he trusts its word.
    pub gateway: Option<&'a Gateway>,
}

/// A mail as it was read, before anything was asked of the outside.
pub struct Unproved {
    /// What it says.
    pub reading: Reading,
    /// The letter itself.
    pub letter: Letter,
    /// How to answer it.
    pub thread: Thread,
}

/// A mail as it was looked at.
pub struct Examined {
    /// What it says and what proves it.
    pub arrival: Arrival,
    /// The letter itself.
    pub letter: Letter,
}

impl Desk<'_> {
    /// Reads a mail. It costs no question to anybody.
    ///
    /// # Errors
    /// Where it is beyond the limits or cannot be taken apart: a person gets it.
    pub fn read(&self, raw: &[u8]) -> Result<Unproved, Unreadable> {
        let letter = Letter::read(raw)?;
        let reading = understand(&letter, &self.context());
        let thread = Thread {
            message_id: letter.message_id().filter(|id| hide(id) == **id).map(str::to_owned),
            // What is kept of a mail must not hold a token of ours that is still good.
            references: letter.references().iter().filter(|id| hide(id) == **id).cloned().collect(),
            subject: hide(letter.subject()),
        };
        Ok(Unproved { reading, letter, thread })
    }

    /// Proves a mail that was read: this asks the DNS.
    pub fn examine(
        &self,
        unproved: Unproved,
        raw: &[u8],
        now: Timestamp,
        resolver: &mut dyn Resolver,
    ) -> Examined {
        let Unproved { reading, letter, thread } = unproved;
        let proof = self.prove(raw, now, resolver);
        let arrival = Arrival {
            reading,
            from: proof.from.clone().or_else(|| letter.from().cloned()),
            proof,
            from_name: letter.from_name().map(str::to_owned),
            recipients: letter.recipients().to_vec(),
            thread,
            mail: Digest::of(raw),
            first_seen: now,
        };
        Examined { arrival, letter }
    }

    /// What a reader has to know besides the mail.
    pub fn context(&self) -> Context<'_> {
        Context {
            known: self.known,
            roster: self.roster,
            mailboxes: self.mailboxes,
            secretariat: self.secretariat,
        }
    }

    /// Asks what the proof wants to know, and lets it judge.
    pub fn prove(&self, raw: &[u8], now: Timestamp, resolver: &mut dyn Resolver) -> Proof {
        let examination = Examination::new(raw, self.mailboxes, now);
        let examination = match self.gateway {
            Some(gateway) => examination.trusting(gateway),
            None => examination,
        };
        examination.judge(&resolver.answers(&examination.questions()))
    }

    /// What the rules see: IANA's records of the ccTLDs named, and who the sender is there.
    pub fn view(&self, arrival: &Arrival, registry: &mut dyn Registry) -> View {
        let mut named: BTreeSet<&Tld> =
            arrival.reading.requests.iter().filter_map(|request| request.tld.as_ref()).collect();
        // What a contact changes of himself is changed wherever he is listed.
        let listed = arrival.from.as_ref().map(|from| self.roster.tlds_of(from)).unwrap_or_default();
        if listed.iter().any(|tld| named.contains(tld)) {
            named.extend(listed);
        }
        let records = named.into_iter().map(|tld| (tld.clone(), registry.record(tld))).collect();
        let administered =
            arrival.from.as_ref().map(|from| registry.administered_by(from)).unwrap_or_default();
        View {
            records,
            administered,
            roster: self.roster.clone(),
            mailboxes: self.mailboxes.iter().map(Address::without_subaddress).collect(),
            secretariat: self.secretariat.to_vec(),
            open: Vec::new(),
            unproven_today: BTreeMap::new(),
            exemptions: Vec::new(),
            stopped: BTreeMap::new(),
        }
    }
}

/// What the sender is for each ccTLD that his mail names, before his proof.
pub fn authority(arrival: &Arrival, view: &View) -> Vec<(Tld, Role)> {
    let Some(from) = &arrival.from else { return Vec::new() };
    let mut seen = BTreeSet::new();
    let named = arrival.reading.requests.iter().filter_map(|request| request.tld.clone());
    let fresh = named.filter(|tld| seen.insert(tld.clone()));
    fresh
        .map(|tld| (tld.clone(), crate::domain::authority::role_for(&tld, from, &arrival.recipients, view)))
        .collect()
}
