//! What is checked of a configuration beyond its form; every mistake is collected with its line.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::{Config, Fault, MailboxConfig, PostConfig};
use crate::domain::address::Address;
use crate::domain::contact::PersonName;
use crate::domain::evidence::Gateway;
use crate::domain::policy::Policy;
use crate::domain::token::TOKEN_DIGITS;

/// Octets of the part before the at sign that every server must take (RFC 5321 §4.5.3.1.1): answers come to it.
const LOCAL_OCTETS_MAX: usize = 64;

/// Who we are in a From field where the file does not say it.
const SENDER_NAME: &str = "TLD-OPS Admin";
/// Seconds between two looks at the mailbox where the file does not say it: soon enough for people.
const POLL_SECONDS: u16 = 20;
/// Seconds that may stand there: from a busy mailbox to a quiet one. In more than an hour people think we are dead.
const POLL_SECONDS_READ: RangeInclusive<u16> = 1..=3600;

/// Where DNS servers listen (RFC 1035 §4.2).
const DNS_PORT: u16 = 53;

/// Collects the mistakes of a file that is well-formed.
pub(super) struct Check<'t> {
    text: &'t str,
    folder: &'t Path,
    /// The same file with the place of every key.
    keys: Option<Spanned<DeTable<'t>>>,
    faults: Vec<Fault>,
}

impl<'t> Check<'t> {
    pub(super) fn new(text: &'t str, folder: &'t Path) -> Self {
        Self { text, folder, keys: DeTable::parse(text).ok(), faults: Vec::new() }
    }

    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    /// The mistakes so far.
    pub(super) fn count(&self) -> usize {
        self.faults.len()
    }

    pub(super) fn fault(&mut self, key: &str, says: String) {
        let line = self.span(key).map(|span| line_of(self.text, &span));
        self.faults.push(Fault { line, says });
    }

    /// Where a key stands, as in `mailbox.path`, or an item, as in `secretariat.0`; its section where it is not there.
    fn span(&self, key: &str) -> Option<Range<usize>> {
        let (first, rest) = key.split_once('.').unwrap_or((key, ""));
        let (place, value) = entry(self.keys.as_ref()?.get_ref(), first)?;
        let within = match value.get_ref() {
            DeValue::Table(table) => {
                entry(table, rest.split('.').next().unwrap_or(rest)).map(|(place, _)| place)
            }
            DeValue::Array(items) => {
                rest.parse().ok().and_then(|item: usize| items.get(item)).map(Spanned::span)
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => None,
        };
        Some(within.unwrap_or(place))
    }

    pub(super) fn needed<T>(&mut self, key: &str, value: Option<T>, as_in: &str) -> Option<T> {
        if value.is_none() {
            self.fault(key, format!("`{key}` is missing; add {as_in}"));
        }
        value
    }

    /// The key may be that of an item, as in `secretariat.0`.
    pub(super) fn address(&mut self, key: &str, text: &str) -> Option<Address> {
        let item = key.rsplit_once('.').filter(|(_, last)| last.parse::<usize>().is_ok());
        let name = item.map_or(key, |(list, _)| list);
        let read = text.parse();
        read.inspect_err(|error| self.fault(key, format!("{name}: {error}; correct it"))).ok()
    }

    pub(super) fn addresses(&mut self, key: &str, texts: &[String]) -> Vec<Address> {
        let mut addresses = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            let item = format!("{key}.{place}");
            let Some(address) = self.address(&item, text) else { continue };
            if addresses.contains(&address) {
                self.fault(&item, format!("{key} has {address} twice; remove one"));
            } else {
                addresses.push(address);
            }
        }
        addresses
    }

    pub(super) fn mailbox_address(&mut self, written: Option<String>) -> Option<Address> {
        let key = "mailbox_address";
        let written = self.needed(key, written, "the address that requests are written to")?;
        let address = self.address(key, &written)?;
        if address.subaddress().is_some() {
            self.fault(
                key,
                format!(
                    "{key} has a subaddress; write it without `+` and what follows: we put our own there"
                ),
            );
        } else if address.local().len() + "+c-".len() + TOKEN_DIGITS > LOCAL_OCTETS_MAX {
            self.fault(
                key,
                format!(
                    "{key} is too long: `+c-` and {TOKEN_DIGITS} digits are put to it; use a shorter one"
                ),
            );
        }
        Some(address)
    }

    pub(super) fn secretariat(&mut self, written: &[String], ours: &[&Address]) -> Vec<Address> {
        let key = "secretariat";
        if written.is_empty() {
            let says = format!(
                "`{key}` names nobody; add the people who rule on doubts, as in {key} = [\"name@domain.example\"]"
            );
            self.fault(key, says);
        }
        let own: Vec<Address> = ours.iter().map(|address| address.without_subaddress()).collect();
        for (place, text) in written.iter().enumerate() {
            let address: Option<Address> = text.parse().ok();
            if let Some(address) = address.filter(|address| own.contains(&address.without_subaddress())) {
                let says = format!(
                    "{key} has our own address {address}, and we would write to ourselves; remove it"
                );
                self.fault(&format!("{key}.{place}"), says);
            }
        }
        self.addresses(key, written)
    }

    pub(super) fn sender_name(&mut self, written: Option<&str>) -> Option<PersonName> {
        let written = written.unwrap_or(SENDER_NAME);
        written
            .parse()
            .map_err(|error| self.fault("sender_name", format!("sender_name: {error}; correct it")))
            .ok()
    }

    pub(super) fn message_id_domain(
        &mut self,
        written: Option<String>,
        ours: Option<&Address>,
    ) -> Option<String> {
        let Some(written) = written else { return ours.map(|address| address.domain().to_owned()) };
        // A domain is good for a Message-ID where it is good for an address.
        let address: Option<Address> = format!("x@{written}").parse().ok().filter(|_| !written.contains('@'));
        if address.is_none() {
            let says = format!(
                "message_id_domain: `{}` is not a domain as in tldops.example; correct it, or remove the line and \
                 the domain of mailbox_address is used",
                written.escape_debug()
            );
            self.fault("message_id_domain", says);
        }
        address.map(|address| address.domain().to_owned())
    }

    pub(super) fn path(&mut self, key: &str, path: PathBuf) -> PathBuf {
        if path.as_os_str().is_empty() {
            self.fault(key, format!("{key} is empty; write a path"));
        }
        self.folder.join(path)
    }

    pub(super) fn file_there(&mut self, key: &str, path: PathBuf) -> PathBuf {
        self.file_there_at(key, key, path)
    }

    /// The same where the line is that of another key, as that of an item with several keys.
    pub(super) fn file_there_at(&mut self, at: &str, key: &str, path: PathBuf) -> PathBuf {
        let path = self.path(at, path);
        let there = fs::metadata(&path);
        if let Err(error) = &there {
            self.fault(
                at,
                format!(
                    "{key}: {} cannot be found ({error}); put the file there, or correct the path",
                    path.display()
                ),
            );
        } else if there.is_ok_and(|there| there.is_dir()) {
            self.fault(at, format!("{key}: {} is a folder; write the path of a file", path.display()));
        }
        path
    }

    pub(super) fn folder_there(&mut self, key: &str, path: PathBuf) -> PathBuf {
        let path = self.path(key, path);
        if !path.is_dir() {
            self.fault(
                key,
                format!(
                    "{key}: {} is no folder; make it, correct the path, or remove the line",
                    path.display()
                ),
            );
        }
        path
    }

    /// Each folder serves one purpose: what one part puts there would be another's to take away.
    pub(super) fn places(&mut self, config: &Config) {
        let mailbox = if let MailboxConfig::Maildir { path } = &config.mailbox { Some(path) } else { None };
        let post = if let PostConfig::Folder { path } = &config.post { Some(path) } else { None };
        let places = [
            ("store", Some(&config.store)),
            ("templates", config.templates.as_ref()),
            ("mailbox.path", mailbox),
            ("post.path", post),
            ("page.folder", config.page.as_ref().map(|page| &page.folder)),
        ];
        for (place, (key, path)) in places.iter().enumerate() {
            let before = places.iter().take(place).find(|(_, other)| path.is_some() && other == path);
            if let Some((other, _)) = before {
                self.fault(key, format!("{key} is the same folder as {other}; use another"));
            }
        }
    }

    /// A key that another kind of its section has.
    pub(super) fn not_here<T>(&mut self, key: &str, value: Option<&T>, belongs_to: &str) {
        if value.is_some() {
            self.fault(key, format!("{key} belongs to {belongs_to}; remove it, or change the kind"));
        }
    }

    /// Addresses of DNS servers, each with its port or without.
    pub(super) fn servers(&mut self, key: &str, written: Option<Vec<String>>) -> Vec<SocketAddr> {
        let Some(written) = written else { return Vec::new() };
        if written.is_empty() {
            let says = "is empty; name a server, or remove the line and those of the system are asked";
            self.fault(key, format!("{key} {says}"));
        }
        let mut servers = Vec::new();
        for text in &written {
            let with_port = || text.parse::<IpAddr>().map(|address| SocketAddr::new(address, DNS_PORT));
            match text.parse().or_else(|_| with_port()) {
                Ok(server) if servers.contains(&server) => {
                    self.fault(key, format!("{key} has {server} twice; remove one"));
                }
                Ok(server) => servers.push(server),
                Err(_) => {
                    let shown = text.escape_debug();
                    let says = format!(
                        "`{shown}` is no address as in 127.0.0.1, 127.0.0.1:5353 or [::1]:53; correct it"
                    );
                    self.fault(key, format!("{key}: {says}"));
                }
            }
        }
        servers
    }

    pub(super) fn policy(&mut self, policy: &Policy, secretariat: &[Address]) {
        for address in policy.committee.iter().filter(|address| secretariat.contains(address)) {
            let says = format!(
                "policy.committee has {address}, which is of the secretariat and would be asked what it asks; remove it"
            );
            self.fault("policy.committee", says);
        }
        for says in policy.faults() {
            let key = says.split_whitespace().next().unwrap_or_default().to_owned();
            self.fault(&key, says);
        }
    }

    /// A pattern that fits every server would believe everybody.
    pub(super) fn gateway(&mut self, gateway: &Gateway) -> Gateway {
        let key = "trusted_authentication_results";
        let below = gateway.identifier.strip_prefix("*.").unwrap_or(&gateway.identifier);
        let named = below.contains('.') && !below.contains('*') && !below.contains(char::is_whitespace);
        if !named {
            let says = format!(
                "{key}.identifier is `{}`; write your border server's name, as in mx.ops.example or *.ops.example",
                gateway.identifier
            );
            self.fault("identifier", says);
        }
        if gateway.received_by.is_empty() {
            let says = format!(
                "{key}.received_by names no server; write the names of your own servers that mails come through"
            );
            self.fault("received_by", says);
        }
        let received_by = gateway.received_by.iter().map(|host| host.to_ascii_lowercase()).collect();
        Gateway { identifier: gateway.identifier.to_ascii_lowercase(), received_by }
    }

    pub(super) fn poll_seconds(&mut self, written: Option<u16>) -> u16 {
        self.within("poll_seconds", written.unwrap_or(POLL_SECONDS), &POLL_SECONDS_READ)
    }

    pub(super) fn within(&mut self, key: &str, number: u16, read: &RangeInclusive<u16>) -> u16 {
        if !read.contains(&number) {
            self.fault(key, format!("{key} is {number}; write {} to {}", read.start(), read.end()));
        }
        number
    }
}

/// A key of a table: where it stands, and its value.
fn entry<'a, 't>(table: &'a DeTable<'t>, name: &str) -> Option<(Range<usize>, &'a Spanned<DeValue<'t>>)> {
    table.iter().find(|(key, _)| key.get_ref() == name).map(|(key, value)| (key.span(), value))
}

/// The line of a place, counted from 1.
pub(super) fn line_of(text: &str, span: &Range<usize>) -> usize {
    text.bytes().take(span.start).filter(|octet| *octet == b'\n').count() + 1
}
