//! Security and Stability Contacts, and the entry of a ccTLD in the contact repository.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::address::Address;
use crate::domain::digest::Digest;
use crate::domain::tld::Tld;

/// Contacts that a ccTLD may have at the most (final report of 2015, table 3).
pub const CONTACTS_MAX: usize = 3;
/// Contacts that a ccTLD may have where an exemption stands, or people let it pass: twice as many. A further contact is a
/// third one beside the third, `#3` as well, since the repository's lines know no other place. More are a department, and
/// have an address of their own.
pub const CONTACTS_END: usize = 6;
/// Contacts that a ccTLD should have at the least: a primary and a secondary (the same).
pub const CONTACTS_WANTED: usize = 2;
/// Characters of a name; the longest real ones have some sixty.
const NAME_CHARS_MAX: usize = 120;

/// A person's name on one line: no control characters, white space folded.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

/// Why a text is not a name.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("a name has 1 to {NAME_CHARS_MAX} characters, with a letter among them")]
pub struct PersonNameError;

impl PersonName {
    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PersonName {
    type Error = PersonNameError;

    fn try_from(text: String) -> Result<Self, PersonNameError> {
        text.parse()
    }
}

impl std::str::FromStr for PersonName {
    type Err = PersonNameError;

    fn from_str(text: &str) -> Result<Self, PersonNameError> {
        let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let name = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
        let letters = name.chars().any(char::is_alphabetic);
        if letters && name.chars().count() <= NAME_CHARS_MAX { Ok(Self(name)) } else { Err(PersonNameError) }
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> Self {
        name.0
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A telephone number in international form: a plus sign and 6 to 15 digits (ITU-T E.164 §6).
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// Why a text is not a number that everybody can dial.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("a phone number is written as in +31612345678: a plus sign, the country's code, the number")]
pub struct PhoneError;

impl Phone {
    /// `+` and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    fn try_from(text: String) -> Result<Self, PhoneError> {
        let digits = text.strip_prefix('+').ok_or(PhoneError)?;
        let dialled = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        if dialled && (6..=15).contains(&digits.len()) { Ok(Self(text)) } else { Err(PhoneError) }
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The place of a contact among those of a ccTLD: 1 is the primary.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Rank(u8);

/// A rank outside 1 to 3.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("a rank is 1, 2 or 3")]
pub struct RankError;

impl Rank {
    /// The first place.
    pub const PRIMARY: Self = Self(1);

    /// All ranks, the primary first.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=3).map(Self)
    }
}

impl TryFrom<u8> for Rank {
    type Error = RankError;

    fn try_from(number: u8) -> Result<Self, RankError> {
        if (1..=3).contains(&number) { Ok(Self(number)) } else { Err(RankError) }
    }
}

impl From<Rank> for u8 {
    fn from(rank: Rank) -> Self {
        rank.0
    }
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// One Security and Stability Contact of one ccTLD.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Contact {
    /// His place.
    pub rank: Rank,
    /// His name.
    pub name: PersonName,
    /// Where the list reaches him; also his identity.
    pub email: Address,
    /// A second address, shown in the repository only.
    pub secondary_email: Option<Address>,
    /// Where his peers call him.
    pub phone: Option<Phone>,
}

impl Contact {
    /// His first address, and his second one.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        std::iter::once(&self.email).chain(&self.secondary_email)
    }

    /// Whether this is one of them.
    pub fn has(&self, address: &Address) -> bool {
        self.addresses().any(|own| own == address)
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} <{}>", self.rank, self.name, self.email)?;
        if let Some(second) = &self.secondary_email {
            write!(f, ", <{second}>")?;
        }
        match &self.phone {
            Some(phone) => write!(f, ", {phone}"),
            None => write!(f, ", no phone"),
        }
    }
}

/// The contact repository: for each ccTLD its contacts in the order of their ranks.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Roster(BTreeMap<Tld, Vec<Contact>>);

impl Roster {
    /// The contacts of this ccTLD; none where it is no member.
    pub fn contacts(&self, tld: &Tld) -> &[Contact] {
        self.0.get(tld).map_or(&[], Vec::as_slice)
    }

    /// Puts these in place of all contacts of this ccTLD.
    pub fn set(&mut self, tld: Tld, mut contacts: Vec<Contact>) {
        contacts.sort_by_key(|contact| contact.rank);
        if contacts.is_empty() {
            self.0.remove(&tld);
        } else {
            self.0.insert(tld, contacts);
        }
    }

    /// The digest of all of it: two rosters with the same one are the same.
    pub fn digest(&self) -> Digest {
        Digest::of(serde_json::to_string(self).unwrap_or_default().as_bytes())
    }

    /// Every ccTLD with its contacts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Tld, &[Contact])> {
        self.0.iter().map(|(tld, contacts)| (tld, contacts.as_slice()))
    }

    /// The ccTLDs that this address is a contact of, by its first or second address.
    pub fn tlds_of(&self, address: &Address) -> Vec<&Tld> {
        self.0
            .iter()
            .filter(|(_, contacts)| contacts.iter().any(|contact| contact.has(address)))
            .map(|(tld, _)| tld)
            .collect()
    }
}

/// One line of the roster as `tldops roster export --json` writes it and `--roster FILE` reads it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RosterLine {
    /// The ccTLD.
    pub tld: Tld,
    /// The contact's place.
    pub rank: Rank,
    /// The contact's name.
    pub name: PersonName,
    /// The contact's address.
    pub email: Address,
    /// The contact's second address.
    pub secondary_email: Option<Address>,
    /// The contact's number.
    pub phone: Option<Phone>,
}

impl From<(Tld, Contact)> for RosterLine {
    fn from((tld, contact): (Tld, Contact)) -> Self {
        let Contact { rank, name, email, secondary_email, phone } = contact;
        Self { tld, rank, name, email, secondary_email, phone }
    }
}

impl FromIterator<RosterLine> for Roster {
    fn from_iter<T: IntoIterator<Item = RosterLine>>(lines: T) -> Self {
        let mut roster = Self::default();
        for RosterLine { tld, rank, name, email, secondary_email, phone } in lines {
            let mut contacts = roster.contacts(&tld).to_vec();
            contacts.push(Contact { rank, name, email, secondary_email, phone });
            roster.set(tld, contacts);
        }
        roster
    }
}

#[cfg(test)]
mod tests {
    use super::{PersonName, Phone, Rank};

    #[test]
    fn a_name_is_one_line_with_a_letter() {
        let name = |text: &str| text.parse::<PersonName>().map(String::from);
        assert_eq!(name(" Zoé\t Martin\r\nBcc: x ").as_deref(), Ok("Zoé Martin Bcc: x"));
        assert!(name("+31 6").is_err());
        assert!(name(" ").is_err());
        assert!(name(&"a".repeat(121)).is_err());
    }

    #[test]
    fn a_phone_number_is_international() {
        let phone = |text: &str| Phone::try_from(text.to_owned()).map(String::from);
        assert_eq!(phone("+31612345678").as_deref(), Ok("+31612345678"));
        assert!(phone("0612345678").is_err());
        assert!(phone("+0612345678").is_err());
        assert!(phone("+12").is_err());
        assert!(phone("+1234567890123456").is_err());
    }

    #[test]
    fn ranks_are_one_to_three() {
        assert!(Rank::try_from(0).is_err());
        assert!(Rank::try_from(4).is_err());
        assert_eq!(Rank::all().map(u8::from).collect::<Vec<_>>(), [1, 2, 3]);
    }
}
