//! The limits of what is read at all. What is over them is laid aside for a person.

/// Octets of a mail at the most: 10 MiB. A request has some kilobytes, with a scanned letter some megabytes; below
/// this limit reading, hashing and showing a mail stay within a second and some tens of megabytes.
pub const LETTER_OCTETS_MAX: usize = 10 * 1024 * 1024;

/// Octets of a mail's header section at the most: 256 KiB. Real ones have some 5 to 30 KiB.
pub const HEADER_OCTETS_MAX: usize = 256 * 1024;

/// Header fields of a mail at the most. Real ones have some 20 to 120; checking a signature costs fields times names.
pub const HEADER_FIELDS_MAX: usize = 1000;

/// MIME parts of a mail at the most. Real ones have up to some thirty; each costs memory.
pub const PARTS_MAX: usize = 200;

/// Depth of MIME parts within parts at the most. A forward of a forward of a signed mail has about ten.
pub const PARTS_DEPTH_MAX: usize = 20;
