//! TLD-OPS: reads a mailbox, proves who wrote, has changes confirmed, and keeps the contact repository of the ccTLDs.
//!
//! The modules stand in reading order, lowest floor first; each imports only from floors below its own.

pub mod domain;

pub mod proof;
pub mod reading;
pub mod registry;
pub mod world;
pub mod writing;

pub mod shell;
pub mod store;

pub mod bot;

pub mod config;
pub mod rehearsal;

pub mod cli;
