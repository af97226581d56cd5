//! The names of folders and mails as an IMAP server takes them.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

/// Octets of a set of UIDs in one command: servers take lines of 8,000 (RFC 7162 §4).
const SET_OCTETS_MAX: usize = 6_000;

/// A folder's name in modified UTF-7 (RFC 3501 §5.1.3).
pub(super) fn encoded(name: &str) -> String {
    let engine = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);
    let mut written = String::new();
    let mut beyond: Vec<u8> = Vec::new();
    let flush = |written: &mut String, beyond: &mut Vec<u8>| {
        if !beyond.is_empty() {
            written.push('&');
            written.push_str(&engine.encode(&*beyond));
            written.push('-');
            beyond.clear();
        }
    };
    for c in name.chars() {
        if c.is_ascii() {
            flush(&mut written, &mut beyond);
            written.push(c);
            if c == '&' {
                written.push('-');
            }
        } else {
            let mut units = [0; 2];
            beyond.extend(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut written, &mut beyond);
    written
}

/// UIDs as sets (RFC 3501 §9, sequence-set), neighbours as ranges, so that one command is enough for many. There is never
/// a `*` in them: of a folder's end it gives a mail that was not meant.
pub(super) fn sets(uids: &BTreeSet<u32>) -> Vec<String> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for uid in uids {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*uid) => *last = *uid,
            _ => ranges.push((*uid, *uid)),
        }
    }
    let mut sets: Vec<String> = Vec::new();
    for (first, last) in ranges {
        let range = if first == last { first.to_string() } else { format!("{first}:{last}") };
        match sets.last_mut() {
            Some(set) if set.len() + range.len() < SET_OCTETS_MAX => {
                set.push(',');
                set.push_str(&range);
            }
            _ => sets.push(range),
        }
    }
    sets
}

/// A mail's name, as in `1763740800.17`: the generation of the folder's UIDs, and its UID. It is never another mail's.
pub(super) fn id_of(validity: u32, uid: u32) -> String {
    format!("{validity}.{uid}")
}

/// The generation and the UID of a name.
pub(super) fn parted(id: &str) -> Option<(u32, u32)> {
    let (validity, uid) = id.split_once('.')?;
    Some((validity.parse().ok()?, uid.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{encoded, id_of, parted, sets};

    #[test]
    fn a_folders_name_beyond_ascii_is_written_as_servers_want_it() {
        // The last is RFC 3501's own example.
        for (name, want) in [
            ("Done", "Done"),
            ("Anträge", "Antr&AOQ-ge"),
            ("A&B", "A&-B"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
        ] {
            assert_eq!(encoded(name), want);
        }
    }

    #[test]
    fn neighbours_are_ranges_and_lines_stay_short() {
        let set = |uids: &[u32]| sets(&uids.iter().copied().collect());
        assert_eq!(set(&[]), Vec::<String>::new());
        assert_eq!(set(&[9, 1, 2, 3, 7, u32::MAX]), ["1:3,7,9,4294967295"]);
        let odd: Vec<u32> = (0..5_000).map(|number| 1_000_000 + 2 * number).collect();
        let sets = set(&odd);
        assert!(sets.len() > 1 && sets.iter().all(|set| set.len() <= 6_000));
        assert_eq!(sets.iter().map(|set| set.split(',').count()).sum::<usize>(), odd.len());
    }

    #[test]
    fn a_mails_name_holds_its_generation() {
        assert_eq!(parted(&id_of(5, 7)), Some((5, 7)));
        for odd in ["", "5", "5.", ".7", "5.7.1", "5.-7", "x.7"] {
            assert_eq!(parted(odd), None, "{odd}");
        }
    }
}
