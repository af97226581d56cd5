//! Rehearsals: scripted people write to the real program and answer its real mails, on a clock that a script moves.
//!
//! The demo is one, and so is every story of the tests. Everything but the people, the clock and chance is real: the
//! mailbox, the post, the proof, the rules and the store.

mod outside;
pub mod people;
pub mod replaying;
pub mod scene;
pub mod script;
pub mod signing;
pub mod stage;
