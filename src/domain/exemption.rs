//! Exemptions: whom a rule on contacts does not hold up, since a person has decided so once, by whom, why and until when.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::domain::address::Address;
use crate::domain::contact::CONTACTS_END;
use crate::domain::plan::Doubt;
use crate::domain::tld::Tld;

/// Whom an exemption is for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Exempt {
    /// The contact of this address, for whichever ccTLD.
    Address(Address),
    /// Every contact of this ccTLD.
    Tld(Tld),
}

impl Exempt {
    /// The same in every spelling that means it.
    fn key(&self) -> String {
        match self {
            Self::Address(address) => address.lower(),
            Self::Tld(tld) => tld.to_string(),
        }
    }
}

impl FromStr for Exempt {
    type Err = String;

    /// An address has an `@`; anything else must be a ccTLD, with or without its dot.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('@') {
            text.parse().map(Self::Address).map_err(|error| format!("{error}"))
        } else {
            text.parse().map(Self::Tld).map_err(|error| format!("{error}"))
        }
    }
}

impl fmt::Display for Exempt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => write!(formatter, "{address}"),
            Self::Tld(tld) => formatter.write_str(&tld.for_people()),
        }
    }
}

/// The rule that does not hold somebody up.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A contact's address names no role.
    Role,
    /// A contact's first address is at no provider for everybody.
    FreeMail,
    /// A contact has a phone number.
    NoPhone,
    /// A ccTLD has three contacts at the most.
    ThreeContacts,
    /// Whoever is on the list is a contact of a ccTLD: liaisons and IANA's own contact for the root are none.
    NoCctld,
}

impl Rule {
    /// Its word at the shell, in the journal and in the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::FreeMail => "free-mail",
            Self::NoPhone => "no-phone",
            Self::ThreeContacts => "three-contacts",
            Self::NoCctld => "no-cctld",
        }
    }

    /// Whether somebody can be exempt from it: how many contacts there are is a matter of the ccTLD, and whoever has none is
    /// a person.
    pub fn can_spare(self, whom: &Exempt) -> bool {
        match self {
            Self::Role | Self::FreeMail | Self::NoPhone => true,
            Self::ThreeContacts => matches!(whom, Exempt::Tld(_)),
            Self::NoCctld => matches!(whom, Exempt::Address(_)),
        }
    }

    /// What is allowed where it does not hold, as a clause.
    pub fn allows(self) -> &'static str {
        match self {
            Self::Role => "may be an address of a role",
            Self::FreeMail => "may be at a provider for everybody",
            Self::NoPhone => "may be without a phone number",
            Self::ThreeContacts => "may have more than three contacts",
            Self::NoCctld => "may be on the list without a ccTLD",
        }
    }
}

/// One exemption. It lifts a doubt, and nothing else: whoever must agree is asked as ever.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Exemption {
    /// Whom it is for.
    pub whom: Exempt,
    /// From which rule.
    pub from: Rule,
    /// Who decided it.
    pub by: String,
    /// Why.
    pub why: String,
    /// When it was decided.
    pub since: Timestamp,
    /// The last day on which it stands, in UTC; none means until it is ended.
    pub until: Option<Date>,
}

impl Exemption {
    /// Its name in the store: there is one for each rule and each address or ccTLD.
    pub fn key(whom: &Exempt, from: Rule) -> String {
        format!("{EXEMPTIONS}{}/{}", from.word(), whom.key())
    }

    /// Whether it stands: through the whole of its last day in UTC.
    pub fn stands(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|last| now.to_zoned(TimeZone::UTC).date() <= last)
    }

    /// Whether it lifts a doubt about a contact of this ccTLD.
    pub fn lifts(&self, doubt: &Doubt, tld: &Tld, now: Timestamp) -> bool {
        let (rule, address) = match doubt {
            Doubt::RoleAddress(address) => (Rule::Role, address),
            Doubt::FreeMail(address) => (Rule::FreeMail, address),
            Doubt::NoPhone { email, .. } => (Rule::NoPhone, email),
            // It is the ccTLD that has too many, whoever comes last.
            Doubt::TooManyContacts { count, .. } => {
                let whole = matches!(&self.whom, Exempt::Tld(exempt) if exempt == tld);
                return self.from == Rule::ThreeContacts
                    && *count <= CONTACTS_END
                    && whole
                    && self.stands(now);
            }
            Doubt::Reading(_)
            | Doubt::Mail(_)
            | Doubt::NotListed { .. }
            | Doubt::RankTwice { .. }
            | Doubt::BadDetail(_)
            | Doubt::Person(_)
            | Doubt::NothingChanges
            | Doubt::NoContactLeft(_)
            | Doubt::EntryChanged(_)
            | Doubt::IanaChanged(_)
            | Doubt::NoAdminContact(_)
            | Doubt::OtherRequestOpen { .. }
            | Doubt::Frozen { .. }
            | Doubt::Contested(_)
            | Doubt::NotHisOwn(_)
            | Doubt::Unproven(_)
            | Doubt::AnsweredByOther(_)
            | Doubt::AnswerUnclear(_)
            | Doubt::Undeliverable { .. }
            | Doubt::NoAnswer(_)
            | Doubt::ListRefused(_) => return false,
        };
        self.from == rule && self.stands(now) && self.is_for(address, tld)
    }

    /// Whether it is for the contact of this address, as one of this ccTLD.
    pub fn is_for(&self, address: &Address, tld: &Tld) -> bool {
        match &self.whom {
            Exempt::Address(exempt) => exempt == address,
            Exempt::Tld(exempt) => exempt == tld,
        }
    }

    /// Until when, in words.
    pub fn end_in_words(&self) -> String {
        self.until.map_or_else(|| "until it is ended".to_owned(), |last| format!("through {last} UTC"))
    }
}

/// How the names of all exemptions begin in the store.
pub const EXEMPTIONS: &str = "exemption/";

#[cfg(test)]
mod tests {
    use super::{Exempt, Exemption, Rule};
    use crate::domain::plan::Doubt;

    fn exemption(whom: &str, from: Rule, until: Option<&str>) -> Exemption {
        Exemption {
            whom: whom.parse().unwrap(),
            from,
            by: "Jane".to_owned(),
            why: "they share one mailbox".to_owned(),
            since: "2026-11-01T09:00:00Z".parse().unwrap(),
            until: until.map(|day| day.parse().unwrap()),
        }
    }

    #[test]
    fn an_exemption_lifts_its_own_doubt_of_its_own_contact_while_it_stands() {
        let lifts = |one: &Exemption, doubt: &Doubt, tld: &str, now: &str| {
            one.lifts(doubt, &tld.parse().unwrap(), now.parse().unwrap())
        };
        let role = Doubt::RoleAddress("NOC@nic.example".parse().unwrap());
        let free = Doubt::FreeMail("noc@nic.example".parse().unwrap());
        let phone =
            Doubt::NoPhone { name: "Zoe Martin".parse().unwrap(), email: "zoe@nic.example".parse().unwrap() };
        let (then, last, after) = ("2026-11-02T00:00:00Z", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z");
        let dated = exemption("noc@nic.example", Rule::Role, Some("2026-12-31"));
        assert!(lifts(&dated, &role, "nl", then) && lifts(&dated, &role, "br", last));
        assert!(!lifts(&dated, &role, "nl", after), "it has expired");
        assert!(!lifts(&dated, &free, "nl", then), "another rule");
        assert!(
            !lifts(&exemption("ops@nic.example", Rule::Role, None), &role, "nl", then),
            "another contact"
        );
        let whole = exemption(".nl", Rule::NoPhone, None);
        assert!(lifts(&whole, &phone, "nl", after) && !lifts(&whole, &phone, "br", then));
        assert!(!lifts(&whole, &Doubt::Person("Zoe Martin has no phone number".to_owned()), "nl", then));
    }

    #[test]
    fn more_than_three_contacts_are_a_matter_of_the_cctld_and_end_at_six() {
        let now = "2026-11-02T00:00:00Z".parse().unwrap();
        let nl = "nl".parse().unwrap();
        let many = |count| Doubt::TooManyContacts { tld: "nl".parse().unwrap(), count };
        let lifts = |whom: &str, count| {
            exemption(whom, Rule::ThreeContacts, Some("2026-12-31")).lifts(&many(count), &nl, now)
        };
        assert!(lifts(".nl", 4) && lifts(".nl", 6));
        assert!(!lifts(".nl", 7) && !lifts(".br", 4) && !lifts("zoe@nic.example", 4));
        assert!(!exemption(".nl", Rule::NoPhone, None).lifts(&many(4), &nl, now), "another rule");
        let spares = |whom: &str| Rule::ThreeContacts.can_spare(&whom.parse().unwrap());
        assert!(spares(".nl") && !spares("zoe@nic.example"));
    }

    #[test]
    fn one_address_or_cctld_has_one_exemption_a_rule() {
        let key = |whom: &str| Exemption::key(&whom.parse().unwrap(), Rule::Role);
        assert_eq!(key("NOC@Nic.example"), key("noc@nic.example"));
        assert_eq!((key(".NL"), key("nl")), ("exemption/role/nl".to_owned(), "exemption/role/nl".to_owned()));
        assert!("not an address@".parse::<Exempt>().is_err() && "".parse::<Exempt>().is_err());
    }
}
