//! Properties of IANA's readers: no octets bring them down, and none that were damaged give another admin contact.

use proptest::prelude::*;
use tldops::domain::channel::Said;
use tldops::domain::tld::Tld;
use tldops::registry::{page, rdap, tld_list, whois};

const SAMPLES: [&[u8]; 5] = [
    include_bytes!("../../fixtures/iana/nl.whois.txt"),
    include_bytes!("../../fixtures/iana/xn--qxa6a.whois.txt"),
    include_bytes!("../../fixtures/iana/nl.rdap.json"),
    include_bytes!("../../fixtures/iana/nl.page.html"),
    include_bytes!("../../fixtures/iana/nl.before-2010.whois.txt"),
];

fn readers() -> [fn(&[u8], &Tld) -> Said; 3] {
    [whois::read, rdap::read, page::read]
}

fn nl() -> Tld {
    "nl".parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_octets_are_read_or_refused(octets in proptest::collection::vec(any::<u8>(), 0..2000)) {
        for read in readers() {
            prop_assert!(!matches!(read(&octets, &nl()), Said::Record(_)));
        }
        prop_assert!(tld_list::read(&octets).is_err());
    }

    #[test]
    fn damaged_samples_are_read_or_refused(
        sample in 0..SAMPLES.len(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..12),
    ) {
        let mut octets = SAMPLES[sample].to_vec();
        for (place, octet, how) in edits {
            let at = place.index(octets.len());
            match how {
                0 => octets[at] = octet,
                1 => octets.insert(at, octet),
                _ => octets.truncate(at.max(1)),
            }
        }
        for read in readers() {
            if let Said::Record(record) = read(&octets, &nl()) {
                prop_assert_eq!(record.tld, nl());
            }
        }
    }

    #[test]
    fn a_sample_that_is_cut_never_gives_a_record(sample in 0..SAMPLES.len(), at in any::<prop::sample::Index>()) {
        let whole = SAMPLES[sample];
        // The last word of each may go: what is missing then is only the end of the end.
        let cut = &whole[..at.index(whole.len() - 40)];
        for read in readers() {
            prop_assert!(!matches!(read(cut, &nl()), Said::Record(_)), "cut after {} octets", cut.len());
        }
    }
}
