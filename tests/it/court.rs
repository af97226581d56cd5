//! Judges the mails of the tests: one zone, one time, one mailbox.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::Timestamp;
use tldops::domain::address::Address;
use tldops::domain::evidence::Proof;
use tldops::domain::evidence::Verdict;
use tldops::proof::Examination;
use tldops::shell::zone_file::ZoneFile;

use crate::signer::public_key;

/// The time at which mails are judged, unless a test says otherwise.
pub(crate) const NOW: &str = "2026-11-20T18:15:31Z";

/// The keys and policies of everybody in the tests.
pub(crate) fn zone() -> String {
    let (own, forger, edwards) = (public_key("rsa2048"), public_key("forger"), public_key("ed25519"));
    let mut zone = format!(
        "2026._domainkey.nic-xa.example. TXT \"v=DKIM1; k=rsa; p={own}\"\n\
         2026._domainkey.mail.nic-xa.example. TXT \"v=DKIM1; k=rsa; p={own}\"\n\
         edwards._domainkey.nic-xa.example. TXT \"v=DKIM1; k=ed25519; p={edwards}\"\n\
         twice._domainkey.nic-xa.example. TXT \"k=rsa;; p={own};\"\n\
         _dmarc.nic-xa.example. TXT \"v=DMARC1; p=none\"\n\
         2026._domainkey.forger.example. TXT \"v=DKIM1; k=rsa; p={forger}\"\n"
    );
    for (owner, key) in [
        ("nic.com.xa", &own),
        ("evil.com.xa", &forger),
        ("apart.nic-xb.example", &own),
        ("nic-xb.example", &own),
        ("mail.nic-xb.example", &own),
    ] {
        writeln!(zone, "2026._domainkey.{owner}. TXT \"v=DKIM1; k=rsa; p={key}\"").unwrap();
    }
    zone + "_dmarc.nic.com.xa. TXT \"v=DMARC1; p=reject\"\n\
            _dmarc.evil.com.xa. TXT \"v=DMARC1; p=none\"\n\
            _dmarc.nic-xb.example. TXT \"v=DMARC1; p=none\"\n\
            _dmarc.apart.nic-xb.example. TXT \"v=DMARC1; p=none; psd=n\"\n\
            ;!SERVFAIL broken._domainkey.nic-xa.example.\n\
            ;!TIMEOUT 2026._domainkey.stranger.example.\n"
}

/// The proof of a mail at [`NOW`], written to `bot@tldops.example`.
pub(crate) fn judge(raw: &[u8]) -> Proof {
    examine(raw, NOW, &zone())
}

/// The proof of a mail at another time.
pub(crate) fn judge_at(raw: &[u8], now: &str) -> Proof {
    examine(raw, now, &zone())
}

/// The proof of a mail by another zone.
pub(crate) fn judge_by(raw: &[u8], zone: &str) -> Proof {
    examine(raw, NOW, zone)
}

fn examine(raw: &[u8], now: &str, zone: &str) -> Proof {
    let zone = ZoneFile::read(zone).unwrap();
    let ours: Address = "bot@tldops.example".parse().unwrap();
    let now: Timestamp = now.parse().unwrap();
    let examination = Examination::new(raw, &[ours], now);
    let answers: BTreeMap<_, _> = examination
        .questions()
        .into_iter()
        .map(|question| {
            let answer = zone.answer(&question);
            (question, answer)
        })
        .collect();
    examination.judge(&answers)
}

/// Whether the mail is proven to be the admin's.
pub(crate) fn is_proven(proof: &Proof) -> bool {
    proof.verdict == Verdict::Authenticated
}

/// Verdict, address and first reason on one line.
pub(crate) fn summary(proof: &Proof) -> String {
    let from = proof.from.as_ref().map_or_else(|| "nobody".to_owned(), Address::lower);
    let reason = proof.reasons.first().cloned().unwrap_or_default();
    match proof.verdict {
        Verdict::Authenticated => format!("authenticated {from}: {reason}"),
        Verdict::NotAuthenticated => format!("refused: {reason}"),
        Verdict::TemporaryFailure => format!("later: {reason}"),
    }
}
