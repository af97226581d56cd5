//! Properties that hold for every change of a proven mail.

use proptest::collection::vec;
use proptest::prelude::*;
use tldops::domain::address::Address;

use crate::court::is_proven;
use crate::court::judge;
use crate::octets::{PIECES, SIGNED};
use crate::signer::ADMIN;
use crate::signer::Signer;

#[derive(Clone, Debug)]
enum Change {
    Turn(usize, u8),
    Insert(usize, usize),
    Drop(usize, usize),
    Copy(usize, usize, usize),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let place = 0..2000_usize;
    let one = prop_oneof![
        (place.clone(), any::<u8>()).prop_map(|(at, octet)| Change::Turn(at, octet)),
        (place.clone(), 0..PIECES.len()).prop_map(|(at, token)| Change::Insert(at, token)),
        (place.clone(), 1..40_usize).prop_map(|(at, length)| Change::Drop(at, length)),
        (place.clone(), place, 1..60_usize).prop_map(|(from, to, length)| Change::Copy(from, to, length)),
    ];
    vec(one, 1..4)
}

fn apply(raw: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut octets = raw.to_vec();
    for change in changes {
        let length = octets.len().max(1);
        match change {
            Change::Turn(at, octet) => {
                if let Some(place) = octets.get_mut(at % length) {
                    *place = *octet;
                }
            }
            Change::Insert(at, token) => {
                let at = at % length;
                octets.splice(at..at, PIECES[*token].bytes());
            }
            Change::Drop(at, count) => {
                let at = at % length;
                octets.drain(at..(at + count).min(octets.len()));
            }
            Change::Copy(from, to, count) => {
                let from = from % length;
                let piece = octets[from..(from + count).min(octets.len())].to_vec();
                let to = to % length;
                octets.splice(to..to, piece);
            }
        }
    }
    octets
}

/// What a reader takes from a mail: Subject and texts, white space folded, as relaxed signatures allow.
fn words(raw: &[u8]) -> Vec<String> {
    let message = mail_parser::MessageParser::default().parse(raw).unwrap();
    let fold = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut words = vec![fold(message.subject().unwrap_or_default())];
    words.extend(message.text_bodies().map(|part| fold(part.text_contents().unwrap_or_default())));
    words.extend(message.html_bodies().map(|part| fold(part.text_contents().unwrap_or_default())));
    words
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_of_what_a_proven_mail_says_is_proven(changes in changes(), covers in 0..3_usize, simple in any::<bool>()) {
        let covers = [ADMIN.covers, "from:to:subject:date", "from:to:subject:date:content-type"][covers];
        let form = if simple { "simple/simple" } else { "relaxed/relaxed" };
        let raw = Signer { covers, form, ..ADMIN }.sign(SIGNED.as_bytes());
        prop_assert!(is_proven(&judge(&raw)));
        let changed = apply(&raw, &changes);
        let proof = judge(&changed);
        if is_proven(&proof) {
            let from = proof.from.as_ref().map(Address::lower);
            prop_assert_eq!(from.as_deref(), Some("admin@nic-xa.example"));
            prop_assert_eq!(words(&changed), words(&raw));
        }
    }
}
