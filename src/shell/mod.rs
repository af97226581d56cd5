//! The outside world: one file each, no rules inside.

pub mod by_hand;
pub mod chance;
pub mod clock;
pub mod dns;
pub mod eml_folder;
pub mod iana;
pub mod iana_snapshot;
pub mod imap;
pub mod maildir;
pub mod mailman;
pub mod mailman_tools;
pub mod own_roster;
pub mod public_folder;
mod reasons;
pub mod redirected;
pub mod rest;
mod rounds;
pub mod server;
pub mod smtp;
mod tool;
mod trust;
mod whole_file;
pub mod zone_file;
