//! Changes of a mail with a good signature: what is still proven has the same writer, Subject and text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tldops::reading::letter::Letter;
use tldops_fuzz::{SIGNED, WRITER, is_proven, judge, key};

/// Pieces that have split parsers.
const PIECES: [&[u8]; 16] = [
    b"From: x@forger.example\r\n",
    b"Subject: other\r\n",
    b"Content-Type: text/html\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Date: Z\r\n",
    b"From :",
    b"\r\n",
    b"\r",
    b"\n",
    b" \r\n",
    b"\r\n\t",
    b"\0",
    b"--A\r\n",
    b"=?utf-8?q?",
    b"garbage\r\n",
    b"\r\n\r\n",
];

/// Each three octets are a change: what, and where.
fn change(changes: &[u8]) -> Vec<u8> {
    let mut raw = SIGNED.to_vec();
    for change in changes.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([change[1], change[2]])) % raw.len().max(1);
        match change[0] {
            0..=15 => drop(raw.splice(at..at, PIECES[usize::from(change[0])].iter().copied())),
            16..=31 => drop(raw.drain(at..(at + usize::from(change[0]) - 15).min(raw.len()))),
            octet => {
                if let Some(place) = raw.get_mut(at) {
                    *place = octet;
                }
            }
        }
    }
    raw
}

/// What a reader takes from a mail; a relaxed signature leaves white space open.
fn words(raw: &[u8]) -> Vec<String> {
    let letter = Letter::read(raw).expect("a proven mail is read");
    let fold = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    vec![fold(letter.subject()), fold(letter.own_text())]
}

fuzz_target!(|changes: &[u8]| {
    let raw = change(changes);
    let proof = judge(&raw, key);
    if is_proven(&proof) {
        assert_eq!(proof.from.map(|from| from.lower()).as_deref(), Some(WRITER));
        assert_eq!(words(&raw), words(SIGNED));
    }
});
