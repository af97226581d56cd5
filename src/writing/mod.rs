//! Meaning to octets: the mails that we send. Pure.

pub mod changes;
pub mod dkim;
pub mod layout;
pub mod message;
pub mod orders;
mod phrases;
pub mod templates;
mod texts;
