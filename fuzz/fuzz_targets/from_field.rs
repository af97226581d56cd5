//! Any octets as From field: the address that is read from it, if any, stands in it as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tldops_fuzz::{judge, key};

fuzz_target!(|value: &[u8]| {
    let rest = b"\r\nTo: bot@tldops.example\r\nDate: Fri, 20 Nov 2026 18:05:31 +0000\r\n\r\nhello\r\n";
    let raw = [b"From: ", value, rest].concat();
    if let Some(from) = judge(&raw, key).from {
        let local = from.local().as_bytes();
        assert!(value.windows(local.len()).any(|place| place == local));
    }
});
