//! The outside world: one file each, no rules inside.

pub mod zone_file;
