//! The outside world: one file each, no rules inside.

pub mod chance;
pub mod clock;
pub mod dns;
pub mod eml_folder;
pub mod iana;
pub mod iana_snapshot;
pub mod maildir;
pub mod own_roster;
pub mod redirected;
pub mod server;
pub mod smtp;
mod whole_file;
pub mod zone_file;
