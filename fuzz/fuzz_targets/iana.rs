//! Any octets as an answer of IANA, by RDAP, WHOIS and page: read or refused, and never the record of another ccTLD.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tldops::domain::channel::Said;
use tldops::domain::tld::Tld;
use tldops::registry::{page, rdap, tld_list, whois};

static NL: LazyLock<Tld> = LazyLock::new(|| "nl".parse().expect("a ccTLD"));

fuzz_target!(|octets: &[u8]| {
    for read in [rdap::read, whois::read, page::read] {
        if let Said::Record(record) = read(octets, &NL) {
            assert_eq!(record.tld, *NL);
            // What was read can be kept and read again.
            let text = serde_json::to_string(&record).expect("a record can be written");
            assert!(serde_json::from_str(&text).is_ok_and(|again: tldops::domain::registry::IanaRecord| again == *record));
        }
    }
    let _ = tld_list::read(octets);
});
