//! Meaning to octets: the mails that we send. Pure.

mod calls;
pub mod changes;
mod direction;
pub mod dkim;
mod example;
pub mod layout;
pub mod message;
mod needed;
pub mod orders;
pub mod overview;
mod phrases;
pub mod repository;
mod sentences;
pub mod statistics;
pub mod templates;
mod texts;
mod values;
mod wording;
