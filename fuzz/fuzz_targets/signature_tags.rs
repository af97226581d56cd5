//! Any tags of a signature, and any record as answer to every question. Nobody here can sign what they name.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tldops::domain::evidence::DnsAnswer;
use tldops_fuzz::{is_proven, judge};

const LETTER: &[u8] = b"From: Admin <admin@nic-xb.example>\r\nTo: bot@tldops.example\r\nSubject: s\r\n\
    Date: Fri, 20 Nov 2026 18:05:31 +0000\r\n\r\nhello\r\n";

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |octet| *octet == 0);
    let (tags, record) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let raw = [b"DKIM-Signature: ", tags, b"\r\n", LETTER].concat();
    let records: Vec<Vec<u8>> = record.split(|octet| *octet == 0).map(<[u8]>::to_vec).collect();
    // A record may bring a key of its own, but to sign with it takes more than chance.
    assert!(!is_proven(&judge(&raw, |_| DnsAnswer::Records(records.clone()))));
});
