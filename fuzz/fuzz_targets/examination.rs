//! Any octets as a mail: the lexer, From, the readers and the coverage. Nobody here can sign, so nothing is ever proven.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tldops_fuzz::{is_proven, judge, key};

fuzz_target!(|raw: &[u8]| {
    assert!(raw == tldops_fuzz::SIGNED || !is_proven(&judge(raw, key)));
});
