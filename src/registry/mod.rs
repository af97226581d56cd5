//! What IANA publishes of a ccTLD: raw answers to records, and several channels' records to one judgement. Pure.
//!
//! A reader is tolerant of what is absent or new, and refuses loudly what is about another TLD, cut off, or of a shape
//! that it does not know. No answer, whatever it says, means that a ccTLD has no contact.

mod field;
pub mod judge;
pub mod page;
pub mod rdap;
#[cfg(test)]
mod tests_sample;
pub mod tld_list;
pub mod whois;

/// Octets of an answer that are read at the most. Real ones have 2 to 30 KiB.
pub const ANSWER_OCTETS_MAX: usize = 512 * 1024;
