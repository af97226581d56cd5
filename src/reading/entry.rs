//! Entries: persons as a mail names them, before it is decided what is to happen to them.

use crate::domain::address::Address;
use crate::domain::contact::Rank;
use crate::domain::request::Detail;
use crate::domain::tld::Tld;
use crate::reading::facts::digits;
use crate::reading::sameness::is_cased_form;

/// What the mail says of a person's part.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(super) enum Role {
    /// Nothing.
    #[default]
    Unsaid,
    /// Is to be a contact.
    Add,
    /// Is to be none any more.
    Remove,
    /// Makes room for another.
    Old,
    /// Comes in another's place.
    New,
    /// Stays, with other details.
    Change,
    /// Stays as he is.
    Keep,
}

/// A number as written, and what the mail calls it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Number {
    /// As written.
    pub(super) written: String,
    /// Whether it is a former one.
    pub(super) former: bool,
    /// What kind of line the mail says it is.
    pub(super) line: LineKind,
}

impl Number {
    /// Whether it was his until now.
    pub(super) fn is_former(&self) -> bool {
        self.former && self.line != LineKind::Unwanted
    }
}

/// What kind of line a number is, by the word beside it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum LineKind {
    /// Nothing is said of it.
    #[default]
    Unsaid,
    /// A mobile.
    Mobile,
    /// A telephone at a desk.
    Fixed,
    /// One that is named only so that it is not taken: `not his office line +31 …`.
    Unwanted,
}

/// A person as the mail names him.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Entry {
    /// His name.
    pub(super) name: Option<String>,
    /// His addresses, in the order of the mail; former ones are not among them.
    pub(super) emails: Vec<Address>,
    /// An address that is called the second one.
    pub(super) second: Option<Address>,
    /// An address that is called a former one.
    pub(super) former_email: Option<Address>,
    /// His name in another script, where the mail has both.
    pub(super) also: Option<String>,
    /// A name that he bore before.
    pub(super) former_name: Option<String>,
    /// His numbers, without fax.
    pub(super) phones: Vec<Number>,
    /// His place.
    pub(super) rank: Option<Rank>,
    /// The ccTLDs named with him.
    pub(super) tlds: Vec<Tld>,
    /// The ccTLDs that stand with him in his sentence, where several are named.
    pub(super) scope: Vec<Tld>,
    /// His part.
    pub(super) role: Role,
    /// The line that he stands in.
    pub(super) line: usize,
    /// Whether two places of the mail say different things of him.
    pub(super) contradicts: bool,
    /// Whether the mail says that a value of his changes.
    pub(super) value_changes: bool,
    /// Whether it is not certain that a value of his stands where it belongs.
    pub(super) misfits: bool,
    /// The details that he is to have no more.
    pub(super) drops: Vec<Detail>,
}

impl Entry {
    /// By what a person knows him again in the mail.
    pub(super) fn called(&self) -> String {
        let address = self.emails.first().or(self.second.as_ref()).or(self.former_email.as_ref());
        let number = || self.phones.first().map(|phone| phone.written.clone());
        let value = || address.map(ToString::to_string).or_else(number);
        self.name.clone().or_else(value).unwrap_or_default()
    }

    /// Whether nothing is known of him.
    pub(super) fn is_empty(&self) -> bool {
        self.name.is_none() && !self.has_contact_data()
    }

    /// Whether an address or a number is known.
    pub(super) fn has_contact_data(&self) -> bool {
        !self.emails.is_empty()
            || self.second.is_some()
            || !self.phones.is_empty()
            || self.former_email.is_some()
    }

    /// Whether more is known than a second address, which may stand before the person it belongs to.
    pub(super) fn has_first_data(&self) -> bool {
        !self.emails.is_empty() || !self.phones.is_empty() || self.former_email.is_some()
    }

    /// Takes in an address: the first is his, the next the second one.
    pub(super) fn take_email(&mut self, email: Address) {
        if self.emails.contains(&email) || self.second.as_ref() == Some(&email) {
            return;
        }
        self.emails.push(email);
    }

    /// Takes in an address that is called the second one, unless it is his first.
    pub(super) fn take_second(&mut self, email: Address) {
        if !self.emails.contains(&email) {
            self.second = Some(email);
        }
    }

    /// Whatever was written twice, as `a@b.example<mailto:a@b.example>`, is one address.
    pub(super) fn without_repeats(mut self) -> Self {
        let mut emails: Vec<Address> = Vec::new();
        for email in std::mem::take(&mut self.emails) {
            if !emails.contains(&email) {
                emails.push(email);
            }
        }
        self.second = self.second.filter(|second| !emails.contains(second));
        self.emails = emails;
        self
    }

    /// Takes in a number, each once.
    pub(super) fn take_phone(&mut self, written: String) {
        self.take_number(Number { written, former: false, line: LineKind::Unsaid });
    }

    /// Takes in a number that may be a former one, each once.
    pub(super) fn take_number(&mut self, number: Number) {
        let same = |known: &Number| digits(&known.written) == digits(&number.written);
        if !self.phones.iter().any(same) {
            self.phones.push(number);
        }
    }

    /// Joins what two places of a mail say of one person.
    pub(super) fn join(&mut self, other: Self) {
        self.contradicts |= other.contradicts || self.is_contradicted_by(&other);
        // `Peni` may be told in full further on.
        let longer = other.name.as_ref().is_some_and(|name| {
            let mut words = name.split_whitespace();
            self.name.as_ref().is_some_and(|own| name != own && words.any(|word| word == own))
        });
        if self.name.is_none() || longer {
            self.name = other.name;
        }
        self.also = self.also.take().or(other.also);
        for email in other.emails {
            self.take_email(email);
        }
        self.second = self.second.take().or(other.second);
        self.former_email = self.former_email.take().or(other.former_email);
        for phone in other.phones {
            self.take_number(phone);
        }
        self.rank = self.rank.or(other.rank);
        for tld in other.tlds {
            if !self.tlds.contains(&tld) {
                self.tlds.push(tld);
            }
        }
        if self.role == Role::Unsaid {
            self.role = other.role;
        }
        self.misfits |= other.misfits;
        self.value_changes |= other.value_changes;
    }

    /// Two names for one address, or one person who comes and goes.
    fn is_contradicted_by(&self, other: &Self) -> bool {
        let words = |name: &String| -> Vec<String> {
            let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            words.map(str::to_lowercase).collect()
        };
        let names = self.name.as_ref().map(words).zip(other.name.as_ref().map(words));
        let two_names = names.is_some_and(|(a, b)| {
            let within = |one: &Vec<String>, other: &Vec<String>| {
                one.iter().all(|word| other.iter().any(|known| known == word || is_cased_form(known, word)))
            };
            !within(&a, &b) && !within(&b, &a)
        });
        let comes = |role: Role| matches!(role, Role::Add | Role::New);
        let goes = |role: Role| matches!(role, Role::Remove | Role::Old);
        let both = (comes(self.role) && goes(other.role)) || (goes(self.role) && comes(other.role));
        // `A is first for one ccTLD`, `for the other it is the other way round`.
        let two_places = self.rank.zip(other.rank).is_some_and(|(one, other)| one != other);
        two_names || both || two_places
    }
}
