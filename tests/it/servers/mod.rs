//! Real servers on this machine for one test each: in a private folder, on loopback, stopped by their process ids.

pub(crate) mod daemon;
pub(crate) mod dialogue;
pub(crate) mod dovecot;
pub(crate) mod front;
pub(crate) mod mailman;
pub(crate) mod name_server;
pub(crate) mod ports;
pub(crate) mod postfix;
pub(crate) mod site;
