//! The integration tests, in one binary: each further one would be linked anew.

mod model;
mod proof_lab;
mod reading_corpus;
