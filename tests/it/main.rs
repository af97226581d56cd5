//! The integration tests, in one binary: each further one would be linked anew.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests stand outside of test functions, and a test may panic"
)]

mod court;
mod iana_channels;
mod iana_server;
mod iana_shell;
mod iana_walk;
mod killed;
mod proof;
mod proof_keys;
mod proof_lab;
mod proof_limits;
mod proof_properties;
mod reading_corpus;
mod registry_properties;
mod signer;
mod stories;
mod tidy;
