//! Somebody takes his own request back in his own words: a mail without a token, proven to be his.

use crate::bot::Bot;
use crate::bot::records::TokenRow;
use crate::domain::admission::Arrival;
use crate::domain::case::{CaseId, Step};
use crate::domain::evidence::Verdict;

impl Bot<'_> {
    /// The request that a mail takes back: the one that it names, or else the only one of its sender that is open. Where it
    /// could be another a person reads it.
    pub(in crate::bot) fn own_request(&mut self, arrival: &Arrival) -> anyhow::Result<Option<TokenRow>> {
        let proven = arrival.proof.verdict == Verdict::Authenticated && arrival.reading.takes_back();
        let Some(from) = arrival.proof.from.clone().filter(|_| proven) else { return Ok(None) };
        let own = self.requested_by(&from)?;
        let named = named(&arrival.thread.subject, &arrival.reading.own_text);
        let case = match (named.as_slice(), own.as_slice()) {
            ([one], _) if own.contains(one) => *one,
            ([], [one]) => *one,
            (_, _) => return Ok(None),
        };
        Ok(Some(TokenRow { case, step: Step::Withdrawal, asked: from }))
    }
}

/// The requests that a mail names, as in `R-17`, each once.
fn named(subject: &str, own_text: &str) -> Vec<CaseId> {
    let words = [subject, own_text].into_iter().flat_map(|text| text.split(|c: char| !is_of_name(c)));
    let words = words.filter(|word| word.starts_with("R-") || word.starts_with("r-"));
    let mut named: Vec<CaseId> = words.filter_map(|word| word.trim_end_matches('-').parse().ok()).collect();
    named.sort_unstable();
    named.dedup();
    named
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

#[cfg(test)]
mod tests {
    use super::named;
    use crate::domain::case::CaseId;

    #[test]
    fn a_request_is_named_by_its_number() {
        assert_eq!(named("Re: Under way (R-3)", "please withdraw R-3, thanks"), [CaseId(3)]);
        assert_eq!(named("R-3", "and R-12."), [CaseId(3), CaseId(12)]);
        assert_eq!(named("our request", "please withdraw all 2 of it, by the 3rd"), []);
    }
}
