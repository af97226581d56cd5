//! The outside world: one file each, no rules inside.
