//! The integration tests, in one binary: each further one would be linked anew.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests stand outside of test functions, and a test may panic"
)]

mod altered;
mod answering;
mod asked_in_languages;
mod caps;
mod cells;
mod chaos;
mod command_line;
mod court;
mod dns;
mod dovecot;
mod erased;
mod flood;
mod hostile;
mod iana_channels;
mod iana_server;
mod iana_shell;
mod iana_walk;
mod imap;
mod importing;
mod in_languages;
mod in_line;
mod invite_command;
mod inviting;
mod killed;
mod killed_registers;
mod list_changed;
mod list_command;
mod list_mailman;
mod list_rest;
mod list_tools;
mod model;
mod model_whole;
mod new_admins;
mod octets;
mod order_of_checks;
mod own_details;
mod procedure_table;
mod program;
mod proof;
mod proof_keys;
mod proof_lab;
mod proof_limits;
mod proof_properties;
mod proof_reframed;
mod proof_replay;
mod proof_rules;
mod proof_version;
mod questions;
mod reading_answers;
mod reading_corpus;
mod reading_judge;
mod reading_labels;
mod reading_letters;
mod reading_properties;
mod reading_wrapped;
mod reconciling;
mod regions;
mod registers;
mod registry_properties;
mod repository_mail;
mod retention;
mod servers;
mod service;
mod signer;
mod slow_dns;
mod smtp;
mod statistics;
mod stopped;
mod stories;
mod summary;
mod tales;
mod tidy;
mod two_bots;
mod unreachable;
mod whole;
