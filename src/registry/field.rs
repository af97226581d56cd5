//! One published value, made safe to keep and to show.

use crate::domain::address::Address;
use crate::domain::channel::Said;
use crate::domain::plain::on_one_line;
use crate::domain::registry::IanaContact;
use crate::domain::tld::Tld;

/// Characters of a value at the most. The longest name of an organisation in the root zone has some 150.
const FIELD_CHARS_MAX: usize = 400;
/// Characters of an answer that are told when it is refused.
const SHOWN_CHARS_MAX: usize = 80;

/// Which of a ccTLD's contacts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Post {
    Administrative,
    Technical,
}

impl Post {
    /// What IANA calls it in every channel, in lower case.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Administrative => "administrative",
            Self::Technical => "technical",
        }
    }
}

/// A contact as a channel writes it, before its addresses are checked.
#[derive(Clone, Debug, Default)]
pub(super) struct Written {
    pub(super) name: Vec<String>,
    pub(super) organisation: Vec<String>,
    pub(super) email: Vec<String>,
    pub(super) phone: Vec<String>,
}

impl Written {
    pub(super) fn is_empty(&self) -> bool {
        self.name.is_empty() && self.organisation.is_empty() && self.email.is_empty() && self.phone.is_empty()
    }

    /// The contact, if there is anything in it. The administrative contact's address is what everything rests on: one
    /// that is none, or a second one, refuses the whole answer. The technical contact's is left out instead.
    pub(super) fn checked(&self, post: Post) -> Result<Option<IanaContact>, Said> {
        if self.is_empty() {
            return Ok(None);
        }
        let mut addresses: Vec<Address> = Vec::new();
        for text in &self.email {
            match text.parse::<Address>() {
                Ok(address) if addresses.contains(&address) => {}
                Ok(address) => addresses.push(address),
                Err(error) if post == Post::Administrative => {
                    return Err(Said::Strange(format!("the administrative contact's address: {error}")));
                }
                Err(_) => {}
            }
        }
        if let (Post::Administrative, [first, second, ..]) = (post, addresses.as_slice()) {
            let says = format!("it gives the administrative contact two addresses, {first} and {second}");
            return Err(Said::Contradiction(says));
        }
        let email = if addresses.len() == 1 { addresses.pop() } else { None };
        let joined = |parts: &[String]| (!parts.is_empty()).then(|| tidy(&parts.join(", ")));
        Ok(Some(IanaContact {
            name: joined(&self.name),
            organisation: joined(&self.organisation),
            email,
            phone: joined(&self.phone),
        }))
    }
}

/// A value on one line, without marks that change how it is shown, and not longer than it may be.
pub(super) fn tidy(text: &str) -> String {
    on_one_line(text).chars().take(FIELD_CHARS_MAX).collect()
}

/// The beginning of a text, to tell what stood there.
pub(super) fn shown(text: &str) -> String {
    tidy(text).chars().take(SHOWN_CHARS_MAX).collect()
}

/// Whether a published name is that of the ccTLD that was asked for; else what to say.
pub(super) fn same_tld(name: &str, tld: &Tld) -> Result<(), Said> {
    // The root's own dot at the end of a name is no part of the label.
    let bare = name.trim().trim_end_matches('.');
    if bare.parse::<Tld>().is_ok_and(|read| read == *tld) {
        return Ok(());
    }
    Err(Said::Strange(format!("it is about `{}`, not about {}", shown(name), tld.for_people())))
}

/// The day of a date and time (RFC 3339 §5.6), if there is one.
pub(super) fn day(text: &str) -> Option<String> {
    let day: String = text.trim().chars().take(10).collect();
    day.parse::<jiff::civil::Date>().ok().map(|day| day.to_string())
}
