//! What the store keeps, as values: cases, roster, outbox, tokens, mails seen and counters.

use std::collections::BTreeSet;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::case::{Case, CaseId, Step};
use crate::domain::contact::{Contact, Roster};
use crate::domain::digest::Digest;
use crate::domain::notice::NoticeKind;
use crate::domain::tld::Tld;
use crate::domain::token::Token;
use crate::store::{Look, Shelf, Table, Write};
use crate::world::Filing;

/// The store, typed.
#[derive(Clone, Copy)]
pub struct Records<'a> {
    pub(in crate::bot) store: &'a dyn Look,
}

/// An effect that is to be carried out, or was.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OutboxRow {
    /// Its id for ever, as in `R-17.3`.
    pub id: String,
    /// The case; none for a mail that belongs to no case.
    pub case: Option<CaseId>,
    /// What it is.
    pub what: What,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried next.
    pub not_before: Timestamp,
    /// When it was carried out, or given up.
    pub ended: Option<Timestamp>,
}

/// What an effect is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A mail.
    Send {
        /// Which one.
        kind: NoticeKind,
        /// The digest of its octets, until it has left.
        mail: Digest,
        /// The digest of what is kept of it: the same octets, with its token blotted out.
        copy: Digest,
        /// The digest of its Message-ID: a bounce names it.
        message_id: Digest,
        /// The envelope's recipients.
        recipients: Vec<Address>,
        /// Those of them whom the post has answered for good.
        #[serde(default)]
        answered: Vec<Address>,
        /// Its subject, without token.
        subject: String,
    },
    /// IANA's records are read again.
    ReadRegistry,
    /// The list is changed.
    ChangeList,
    /// A person has changed the list: the roster follows.
    RecordChange,
}

/// What a token that was sent is good for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TokenRow {
    /// The case.
    pub case: CaseId,
    /// The step.
    pub step: Step,
    /// Whom it was sent to.
    pub asked: Address,
}

/// A mail that was taken in, by one of its marks: the digest of its octets, of what counts in it, of a signature.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SeenRow {
    /// Its names in the mailbox: more than one where it was delivered twice.
    pub items: Vec<String>,
    /// Where it was filed.
    pub filing: Filing,
    /// The cases that it opened or moved.
    pub cases: Vec<CaseId>,
    /// The digest of its Message-ID, where it has one: tells a copy from a replay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<Digest>,
    /// When it came in; none in rows of former versions, which are dated when somebody looks how old they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// A mail that waits for an answer of the DNS or of IANA.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RetryRow {
    /// When it was first looked at.
    pub first: Timestamp,
    /// How often.
    pub tries: u32,
    /// When it is looked at next.
    pub next: Timestamp,
}

/// The prefix of what is still to be carried out.
const PENDING: &str = "pending/";
/// The prefix of what was carried out or given up.
pub(in crate::bot) const ENDED: &str = "ended/";
/// The prefix of the cases that are open.
const OPEN: &str = "open/";
/// The prefix of the cases themselves.
pub(in crate::bot) const CASE: &str = "case/";

impl<'a> Records<'a> {
    /// Typed access to a store, or to a copy of it.
    pub fn new(store: &'a dyn Look) -> Self {
        Self { store }
    }

    /// A case.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn case(&self, id: CaseId) -> anyhow::Result<Option<Case>> {
        self.get(Table::Cases, &format!("{CASE}{}", id.key()))
    }

    /// All cases, in the order of opening.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn cases(&self) -> anyhow::Result<Vec<Case>> {
        let rows = self.store.scan(Table::Cases, CASE)?;
        rows.into_iter().map(|(key, text)| parse(&key, &text)).collect()
    }

    /// The cases that are open.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn open_cases(&self) -> anyhow::Result<Vec<CaseId>> {
        let rows = self.store.scan(Table::Cases, OPEN)?;
        Ok(rows.iter().filter_map(|(key, _)| key.strip_prefix(OPEN)?.parse().ok().map(CaseId)).collect())
    }

    /// What records a case as it is now.
    ///
    /// # Errors
    /// Never in practice: a case is always JSON.
    pub fn write_case(case: &Case) -> anyhow::Result<[Write; 2]> {
        let key = case.id.key();
        let open = case.state.is_open().then(|| "true".to_owned());
        Ok([
            put(Table::Cases, format!("{CASE}{key}"), case)?,
            Write { table: Table::Cases, key: format!("{OPEN}{key}"), value: open },
        ])
    }

    /// The number of the next case.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn next_number(&self, what: &str) -> anyhow::Result<u64> {
        Ok(self.get(Table::Meta, &format!("next/{what}"))?.unwrap_or(1))
    }

    /// What records that number.
    ///
    /// # Errors
    /// Never in practice.
    pub fn write_next_number(what: &str, number: u64) -> anyhow::Result<Write> {
        put(Table::Meta, format!("next/{what}"), &number)
    }

    /// The same number as writes that are not committed yet leave it: one transaction may bring two mails.
    pub fn next_among(writes: &[Write], what: &str) -> Option<u64> {
        let key = format!("next/{what}");
        let last = writes.iter().rev().find(|write| write.table == Table::Meta && write.key == key)?;
        last.value.as_deref()?.parse().ok()
    }

    /// The contact repository.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn roster(&self) -> anyhow::Result<Roster> {
        let mut roster = Roster::default();
        for (key, text) in self.store.scan(Table::Roster, "")? {
            let contacts: Vec<Contact> = parse(&key, &text)?;
            roster.set(key.parse().with_context(|| format!("the roster has an entry `{key}`"))?, contacts);
        }
        Ok(roster)
    }

    /// What records the contacts of a ccTLD.
    ///
    /// # Errors
    /// Never in practice.
    pub fn write_entry(tld: &Tld, contacts: &[Contact]) -> anyhow::Result<Write> {
        if contacts.is_empty() {
            return Ok(Write { table: Table::Roster, key: tld.to_string(), value: None });
        }
        put(Table::Roster, tld.to_string(), &contacts)
    }

    /// What is to be carried out, in order.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn pending(&self) -> anyhow::Result<Vec<OutboxRow>> {
        self.store.scan(Table::Outbox, PENDING)?.into_iter().map(|(key, text)| parse(&key, &text)).collect()
    }

    /// All that was carried out for a case, in order.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn ended(&self, case: CaseId) -> anyhow::Result<Vec<OutboxRow>> {
        let prefix = format!("{ENDED}{}", effect_key(&format!("{case}.")));
        self.store.scan(Table::Outbox, &prefix)?.into_iter().map(|(key, text)| parse(&key, &text)).collect()
    }

    /// An effect that was carried out.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn ended_effect(&self, id: &str) -> anyhow::Result<Option<OutboxRow>> {
        self.get(Table::Outbox, &format!("{ENDED}{}", effect_key(id)))
    }

    /// What records an effect: among those that wait, or among those that ended.
    ///
    /// # Errors
    /// Never in practice.
    pub fn write_effect(row: &OutboxRow) -> anyhow::Result<Vec<Write>> {
        let key = effect_key(&row.id);
        if row.ended.is_none() {
            return Ok(vec![put(Table::Outbox, format!("{PENDING}{key}"), row)?]);
        }
        let gone = Write { table: Table::Outbox, key: format!("{PENDING}{key}"), value: None };
        Ok(vec![gone, put(Table::Outbox, format!("{ENDED}{key}"), row)?])
    }

    /// The outgoing mails that are still needed: those that wait, and the copies of all.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn mails_in_use(&self) -> anyhow::Result<BTreeSet<Digest>> {
        let mut used = BTreeSet::new();
        for (key, text) in self.store.scan(Table::Outbox, "")? {
            let row: OutboxRow = parse(&key, &text)?;
            if let What::Send { mail, copy, .. } = row.what {
                used.insert(copy);
                if row.ended.is_none() {
                    used.insert(mail);
                }
            }
        }
        Ok(used)
    }

    /// The mails that must lie on the shelves: the request of each case, and the outgoing ones that are still needed.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn mails_named(&self) -> anyhow::Result<BTreeSet<(Shelf, Digest)>> {
        let requests = self.cases()?.into_iter().map(|case| (Shelf::Incoming, case.requester.mail));
        let outgoing = self.mails_in_use()?.into_iter().map(|digest| (Shelf::Outgoing, digest));
        let mut named = BTreeSet::new();
        for (shelf, digest) in requests.chain(outgoing) {
            // What was removed on purpose need not lie there.
            if !self.is_gone(shelf, &digest)? {
                named.insert((shelf, digest));
            }
        }
        Ok(named)
    }

    /// What a token is good for.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn token(&self, token: &Token) -> anyhow::Result<Option<TokenRow>> {
        self.get(Table::Tokens, &token.key().to_string())
    }

    /// What records a token: its digest, never itself.
    ///
    /// # Errors
    /// Never in practice.
    pub fn write_token(token: &Token, row: &TokenRow) -> anyhow::Result<Write> {
        put(Table::Tokens, token.key().to_string(), row)
    }

    /// What was recorded of a mail with these octets, or with this meaning.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn seen(&self, key: &Digest) -> anyhow::Result<Option<SeenRow>> {
        self.get(Table::Seen, &key.to_string())
    }

    /// What records it.
    ///
    /// # Errors
    /// Never in practice.
    pub fn write_seen(key: &Digest, row: &SeenRow) -> anyhow::Result<Write> {
        put(Table::Seen, key.to_string(), row)
    }

    /// A counter, or another small value.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn counter<T: DeserializeOwned>(&self, key: &str) -> anyhow::Result<Option<T>> {
        self.get(Table::Counters, key)
    }

    /// The keys of the counters that begin with this.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn counters(&self, prefix: &str) -> anyhow::Result<Vec<String>> {
        Ok(self.store.scan(Table::Counters, prefix)?.into_iter().map(|(key, _)| key).collect())
    }

    /// All that is kept under keys with this beginning, in their order.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn counters_of<T: DeserializeOwned>(&self, prefix: &str) -> anyhow::Result<Vec<T>> {
        let rows = self.store.scan(Table::Counters, prefix)?;
        rows.into_iter().map(|(key, text)| parse(&key, &text)).collect()
    }

    /// What records it; none removes it.
    ///
    /// # Errors
    /// Never in practice.
    pub fn write_counter<T: Serialize>(key: &str, value: Option<&T>) -> anyhow::Result<Write> {
        match value {
            Some(value) => put(Table::Counters, key.to_owned(), value),
            None => Ok(Write { table: Table::Counters, key: key.to_owned(), value: None }),
        }
    }

    pub(in crate::bot) fn get<T: DeserializeOwned>(
        &self,
        table: Table,
        key: &str,
    ) -> anyhow::Result<Option<T>> {
        self.store.read(table, key)?.map(|text| parse(key, &text)).transpose()
    }
}

/// The name of the row of a mail that waits.
pub(in crate::bot) fn retry_key(digest: &Digest) -> String {
    format!("retry/{digest}")
}

/// Effects of one case stand together, in order: numbers are filled up with zeros.
fn effect_key(id: &str) -> String {
    let (case, number) = id.rsplit_once('.').unwrap_or((id, ""));
    let (letter, case) = case.split_once('-').unwrap_or(("", case));
    let number = if number.is_empty() { String::new() } else { format!("{number:0>6}") };
    format!("{letter}-{case:0>12}.{number}")
}

pub(in crate::bot) fn put<T: Serialize>(table: Table, key: String, value: &T) -> anyhow::Result<Write> {
    let value = serde_json::to_string(value).with_context(|| format!("writing {key}"))?;
    Ok(Write { table, key, value: Some(value) })
}

pub(in crate::bot) fn parse<T: DeserializeOwned>(key: &str, text: &str) -> anyhow::Result<T> {
    serde_json::from_str(text).with_context(|| {
        format!(
            "the record {key} cannot be read; try `tldops store rebuild`, which restores it from the journal"
        )
    })
}
