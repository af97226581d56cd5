//! Real servers on this machine for one test each: in a private folder, on loopback, stopped by their process ids.

pub(crate) mod dovecot;
pub(crate) mod mailman;
