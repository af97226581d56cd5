//! Any octets as a mail that is read: taken apart and understood, without a fall and within its limits.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tldops::domain::cctlds::KnownTlds;
use tldops::domain::contact::Roster;
use tldops::domain::limits::LETTER_OCTETS_MAX;
use tldops::reading::letter::Letter;
use tldops::reading::{Context, understand, understand_details};

static KNOWN: LazyLock<KnownTlds> = LazyLock::new(KnownTlds::built_in);
static NOBODY: LazyLock<Roster> = LazyLock::new(Roster::default);

fuzz_target!(|raw: &[u8]| {
    if raw.len() > LETTER_OCTETS_MAX {
        return;
    }
    let Ok(letter) = Letter::read(raw) else { return };
    let context = Context { known: &KNOWN, roster: &NOBODY, mailboxes: &[], secretariat: &[] };
    let first = understand(&letter, &context);
    // The same mail says the same for ever.
    assert_eq!(first, understand(&letter, &context));
    understand_details(&letter, None, &context);
    understand_details(&letter, Some(&letter), &context);
});
