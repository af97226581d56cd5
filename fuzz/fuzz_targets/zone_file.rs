//! Any text as a zone file: every file is read or refused, and every question has an answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tldops::domain::evidence::{DnsAnswer, DnsQuestion};
use tldops::shell::zone_file::ZoneFile;

fuzz_target!(|text: &str| {
    let Ok(zone) = ZoneFile::read(text) else { return };
    for name in text.split_whitespace().take(50).chain(["", ".", "a.example"]) {
        if let DnsAnswer::Records(records) = zone.answer(&DnsQuestion { name: name.to_owned() }) {
            assert!(!records.is_empty());
        }
    }
});
