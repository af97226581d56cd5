//! The contact repository in the forms in which it leaves: lines of a mail, cards for a phone, rows for a spreadsheet.

pub mod cards;
pub mod rows;

use crate::domain::contact::Contact;
use crate::domain::repository::{Extent, Repository, line_of};
use crate::domain::tld::Tld;
pub use crate::writing::direction::BEFORE_A_LINE;
use crate::writing::direction::isolated;

/// A file that goes with the mail.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type (RFC 2046 §1).
    pub content_type: &'static str,
    /// Its octets.
    pub octets: Vec<u8>,
}

/// The lines of all contacts, as the mail has them.
pub fn lines(repository: &Repository) -> Vec<String> {
    let told = |(tld, contact): (&Tld, &Contact)| {
        let away = |address| repository.unreachable.contains(address);
        let lost: Vec<String> =
            contact.addresses().filter(|address| away(address)).map(ToString::to_string).collect();
        let lost =
            if lost.is_empty() { String::new() } else { format!("  (unreachable: {})", lost.join(", ")) };
        format!("{}{lost}", line(tld, contact))
    };
    repository.contacts().map(told).collect()
}

/// The line of one contact.
pub fn line(tld: &Tld, contact: &Contact) -> String {
    format!("{BEFORE_A_LINE}{}", isolated(&line_of(tld, contact)))
}

/// The two files that make the mail of use offline.
pub fn attachments(repository: &Repository) -> Vec<Attachment> {
    let begins = match repository.extent {
        Extent::Whole => "tld-ops",
        Extent::Part => "tld-ops-asked-for",
    };
    let named = |extension: &str| format!("{begins}-{}.{extension}", repository.day());
    vec![
        Attachment {
            name: named("vcf"),
            content_type: "text/vcard; charset=utf-8",
            octets: cards::write(repository).into_bytes(),
        },
        Attachment {
            name: named("csv"),
            content_type: "text/csv; charset=utf-8; header=present",
            octets: rows::write(repository).into_bytes(),
        },
    ]
}
