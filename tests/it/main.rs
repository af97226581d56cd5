//! The integration tests, in one binary.

mod reading_corpus;
