//! How long a server that failed us is left alone: longer each time, and never in step with others.

use std::time::Duration;

use crate::domain::digest::Digest;
use crate::shell::imap::session::Failure;

/// The longest pause after a failure: who mends a server sees within minutes that it is well again.
const PAUSE_MAX: Duration = Duration::from_mins(5);
/// The first pause after the server did not let us in. Servers lock out who tries a wrong password again and again.
const UNKNOWN_PAUSE_FIRST: Duration = Duration::from_mins(1);
/// The longest such pause.
const UNKNOWN_PAUSE_MAX: Duration = Duration::from_mins(30);
/// Doublings at the most: the longest pause is reached before.
const DOUBLINGS_MAX: u32 = 16;

/// The pauses of one connection, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Pauses {
    seed: [u8; 32],
    first: Duration,
    failures: u32,
    drawn: u64,
}

impl Pauses {
    /// The first pause is `first`; chance comes from the seed.
    pub(super) fn new(seed: [u8; 32], first: Duration) -> Self {
        Self { seed, first, failures: 0, drawn: 0 }
    }

    /// The server did what it should.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    /// The pause after this failure: between half of its length and all of it.
    pub(super) fn next(&mut self, failure: &Failure) -> Duration {
        let (first, longest) = if matches!(failure, Failure::Unknown(_)) {
            (UNKNOWN_PAUSE_FIRST, UNKNOWN_PAUSE_MAX)
        } else {
            (self.first, PAUSE_MAX)
        };
        let whole = first.saturating_mul(1 << self.failures.min(DOUBLINGS_MAX)).min(longest);
        self.failures = self.failures.saturating_add(1);
        whole / 2 + (whole / 2).mul_f64(self.draw())
    }

    /// A number from 0 to 1.
    fn draw(&mut self) -> f64 {
        self.drawn = self.drawn.wrapping_add(1);
        let seed = format!("{:?}", self.seed);
        let digest = Digest::of_parts(&["pause", &seed, &self.drawn.to_string()]);
        let [octet, ..] = *digest.octets();
        f64::from(octet) / f64::from(u8::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pauses;
    use crate::shell::imap::session::Failure;

    #[test]
    fn pauses_double_up_to_the_longest_and_differ_by_chance() {
        let mut pauses = Pauses::new([1; 32], Duration::from_secs(1));
        let mut drawn = Vec::new();
        for whole in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            let pause = pauses.next(&Failure::Silent);
            let whole = Duration::from_secs(whole);
            assert!(pause >= whole / 2 && pause <= whole, "{pause:?} of {whole:?}");
            drawn.push(pause);
        }
        let mut other = Pauses::new([2; 32], Duration::from_secs(1));
        let others: Vec<Duration> = drawn.iter().map(|_| other.next(&Failure::Silent)).collect();
        assert_ne!(drawn, others);
        pauses.reset();
        assert!(pauses.next(&Failure::Silent) <= Duration::from_secs(1));
    }

    #[test]
    fn a_wrong_password_is_tried_seldom() {
        let mut pauses = Pauses::new([1; 32], Duration::from_secs(1));
        let wrong = Failure::Unknown("wrong".to_owned());
        assert!(pauses.next(&wrong) >= Duration::from_secs(30));
        let last = (0..20).map(|_| pauses.next(&wrong)).last().unwrap();
        assert!(last >= Duration::from_mins(15) && last <= Duration::from_mins(30));
    }
}
