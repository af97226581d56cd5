//! The outside world: one file each, no rules inside.

pub mod chance;
pub mod clock;
