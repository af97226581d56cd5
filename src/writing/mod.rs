//! Meaning to octets: the mails that we send. Pure.

mod calls;
pub mod captions;
pub mod changes;
pub mod charts;
pub mod differences;
mod direction;
pub mod dkim;
mod example;
pub mod import_plan;
pub mod invitations;
mod keys;
pub mod layout;
pub mod message;
mod needed;
pub mod orders;
pub mod overview;
pub mod page;
mod phrases;
pub mod repository;
mod sentences;
pub mod statistics;
pub mod templates;
mod texts;
mod usage;
mod values;
mod wording;
pub mod workbook;
