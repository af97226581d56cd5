//! Octets to meaning: what a mail says. Pure.
