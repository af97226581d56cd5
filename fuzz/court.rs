//! Judges the mails of the fuzzers: one time, one mailbox, one key that nobody here can sign with.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tldops::domain::address::Address;
use tldops::domain::evidence::DnsAnswer;
use tldops::domain::evidence::DnsQuestion;
use tldops::domain::evidence::Proof;
use tldops::domain::evidence::Verdict;
use tldops::proof::Examination;

/// A mail with a signature that holds; its private key was thrown away.
pub const SIGNED: &[u8] = include_bytes!("../fixtures/proof/signed/with-a-key-of-1024-bits.eml");
/// The public half of its key.
pub const KEY: &str = include_str!("../fixtures/keys/rsa1024.test-key.pub");
/// Who signed it.
pub const WRITER: &str = "admin@nic-xa.example";

/// The time of judgement: 2026-11-20T18:15:31Z.
const NOW_SECOND: i64 = 1_795_198_531;

/// The proof of a mail; every question has the answer that is given for it.
pub fn judge(raw: &[u8], answer: impl Fn(&DnsQuestion) -> DnsAnswer) -> Proof {
    let ours: Address = "bot@tldops.example".parse().expect("an address");
    let now = Timestamp::from_second(NOW_SECOND).expect("a time");
    let examination = Examination::new(raw, &[ours], now);
    let answers: BTreeMap<DnsQuestion, DnsAnswer> = examination
        .questions()
        .into_iter()
        .map(|question| {
            let answer = answer(&question);
            (question, answer)
        })
        .collect();
    examination.judge(&answers)
}

/// The key's record for every name.
pub fn key(_: &DnsQuestion) -> DnsAnswer {
    DnsAnswer::Records(vec![format!("v=DKIM1; k=rsa; p={}", KEY.trim()).into_bytes()])
}

/// Whether a mail is proven.
pub fn is_proven(proof: &Proof) -> bool {
    proof.verdict == Verdict::Authenticated
}
