//! The outside world as it really is: files, the network, the clock.

pub mod zone_file;
