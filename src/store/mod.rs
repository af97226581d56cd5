//! The disk: state, journal and outbox in one transaction.
