//! Any octets as key record of a good signature: only the one right key can make it hold.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tldops::domain::evidence::DnsAnswer;
use tldops_fuzz::{KEY, SIGNED, is_proven, judge};

/// Octets of the modulus in the middle of the key, as base64: however it is wrapped, they must be there.
fn has_key(record: &[u8]) -> bool {
    let letters: Vec<u8> = record.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect();
    let inner = KEY.trim().as_bytes().get(60..180).unwrap_or_default();
    letters.windows(inner.len()).any(|place| place == inner)
}

fuzz_target!(|record: &[u8]| {
    let with_key = [record, b" p=", KEY.trim().as_bytes()].concat();
    for record in [record, &with_key] {
        if is_proven(&judge(SIGNED, |_| DnsAnswer::Records(vec![record.to_vec()]))) {
            assert!(has_key(record));
        }
    }
});
