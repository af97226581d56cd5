//! An e-mail address, checked once at the door.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::tld::is_direction_mark;

/// Octets of the part before the at sign: twice the 64 that RFC 5321 §4.5.3.1.1 asks every server to take, since
/// servers that make addresses for forwarding write longer ones.
const LOCAL_OCTETS_MAX: usize = 128;
/// Octets of a whole address (RFC 5321 §4.5.3.1.3: a path is 256 with its brackets).
const ADDRESS_OCTETS_MAX: usize = 254;

/// A mailbox's address: a dot-atom, an at sign, a domain of A-labels with at least two of them.
///
/// No quoted local part, no domain literal, no comment: nobody's registered address needs them, and each has
/// deceived a parser. Two addresses are equal when their domains are, and their local parts but for ASCII case;
/// nothing else is folded. The local part is kept as written (RFC 5321 §2.4), the domain in lower-case A-labels.
///
/// ```
/// use tldops::domain::address::Address;
/// let address: Address = "Admin@NIC.example".parse().unwrap();
/// assert_eq!(address.to_string(), "Admin@nic.example");
/// assert_eq!(address, "admin@nic.example".parse().unwrap());
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    local: String,
    domain: String,
}

/// Why a text is not an address that mail can be sent to.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("`{text}` is not an e-mail address of the form name@domain.example")]
pub struct AddressError {
    /// What stood there, shortened.
    text: String,
}

impl Address {
    /// The part before the at sign, as written.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The part after the at sign: A-labels in lower case.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The whole address in lower case: what is shown in machine output and used as a key. Only ASCII is folded, so
    /// that two addresses that are not equal never have the same key.
    pub fn lower(&self) -> String {
        format!("{}@{}", self.local.to_ascii_lowercase(), self.domain)
    }

    /// The address without a subaddress: `box` for `box+c-7k2m@…` (RFC 5233 §1). Used for our own mailbox only.
    #[must_use]
    pub fn without_subaddress(&self) -> Self {
        let local = self.local.split('+').next().unwrap_or_default();
        if local.is_empty() {
            self.clone()
        } else {
            Self { local: local.to_owned(), domain: self.domain.clone() }
        }
    }

    /// The subaddress: `c-7k2m` for `box+c-7k2m@…` (RFC 5233 §1).
    pub fn subaddress(&self) -> Option<&str> {
        self.local.split_once('+').map(|(_, detail)| detail)
    }

    /// The same mailbox with this subaddress.
    ///
    /// # Errors
    /// Where the whole would be no address.
    pub fn with_subaddress(&self, detail: &str) -> Result<Self, AddressError> {
        format!("{}+{detail}@{}", self.local, self.domain).parse()
    }

    fn key(&self) -> (&str, String) {
        (&self.domain, self.local.to_ascii_lowercase())
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let bad = || AddressError {
            text: text.chars().filter(|c| !c.is_control()).take(ADDRESS_OCTETS_MAX).collect(),
        };
        let (local, domain) = text.trim().rsplit_once('@').ok_or_else(bad)?;
        if !is_dot_atom(local) || local.len() > LOCAL_OCTETS_MAX {
            return Err(bad());
        }
        if domain.chars().any(|c| is_direction_mark(c) || c.is_whitespace() || c == '%') {
            return Err(bad());
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| bad())?;
        let labels = domain.split('.').count();
        let plain = domain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
        let last_is_a_number =
            domain.rsplit('.').next().is_some_and(|l| l.bytes().all(|b| b.is_ascii_digit()));
        if labels < 2 || !plain || last_is_a_number || local.len() + 1 + domain.len() > ADDRESS_OCTETS_MAX {
            return Err(bad());
        }
        Ok(Self { local: local.to_owned(), domain })
    }
}

/// `atext` and dots between (RFC 5322 §3.2.3), with letters and digits of every script (RFC 6532 §3.2).
fn is_dot_atom(local: &str) -> bool {
    !local.is_empty() && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
}

fn is_atext(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || "!#$&'*+-/=?^_`{|}~".contains(c)
    } else {
        c.is_alphanumeric()
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Address {}

impl Hash for Address {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for Address {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Address {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

/// The addresses that are nobody's but ours: nothing that is meant for a contact may go there.
#[derive(Clone, Copy, Debug)]
pub struct Ours<'a> {
    /// Those that we read ourselves, with any subaddress.
    pub mailboxes: &'a [Address],
    /// Those of the secretariat.
    pub secretariat: &'a [Address],
}

impl Ours<'_> {
    /// Whether this is one of them.
    pub fn have(&self, address: &Address) -> bool {
        self.mailboxes.contains(&address.without_subaddress()) || self.secretariat.contains(address)
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let got =
            text.parse::<Address>().map_or_else(|_| "refused".to_owned(), |address| address.to_string());
        assert_eq!(got, want);
    }

    #[test]
    fn the_local_part_is_kept_and_the_domain_folded() {
        check("AdminCCtld@MODEE.example", "AdminCCtld@modee.example");
        check("  a@b.example ", "a@b.example");
        check("a@bücher.example", "a@xn--bcher-kva.example");
        check("用户@例え.example", "用户@xn--r8jz45g.example");
    }

    #[test]
    fn case_of_the_local_part_does_not_tell_two_mailboxes_apart() {
        let written: Address = "AdminCCtld@modee.example".parse().unwrap();
        assert_eq!(written, "admincctld@MODEE.example".parse().unwrap());
        assert_ne!(written, "admin+cctld@modee.example".parse().unwrap());
        // U+212A KELVIN SIGN folds to k in Unicode; here it stays another letter.
        let plain: Address = "mike@nic.example".parse().unwrap();
        let kelvin: Address = "mi\u{212a}e@nic.example".parse().unwrap();
        assert_ne!(plain, kelvin);
        assert_ne!(plain.lower(), kelvin.lower());
    }

    #[test]
    fn what_deceives_parsers_is_refused() {
        for text in [
            "",
            "a",
            "@b.example",
            "a@",
            "a@b",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "\"a b\"@c.example",
            "a@b.example.",
            "a b@c.example",
            "a(b)@c.example",
            "a@b(c).example",
            "a@b@c.example",
            "a..b@c.example",
            ".a@c.example",
            "a%b@c.example",
            "a\r\nb@c.example",
            "a\u{200b}@c.example",
            "a@c_d.example",
            "a@-c.example",
            "<a@c.example>",
        ] {
            check(text, "refused");
        }
    }

    #[test]
    fn a_subaddress_is_found_and_taken_off() {
        let address: Address = "Box+c-7k2m@nic.example".parse().unwrap();
        assert_eq!(address.subaddress(), Some("c-7k2m"));
        assert_eq!(address.without_subaddress().to_string(), "Box@nic.example");
        assert_eq!(
            address.without_subaddress().with_subaddress("c-1").unwrap().to_string(),
            "Box+c-1@nic.example"
        );
    }
}
