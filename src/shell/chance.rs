//! Chance: the operating system's, or a repeatable one for the demo and for stories.

use anyhow::Context;

use crate::domain::digest::Digest;
use crate::world::Chance;

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn seed(&mut self) -> anyhow::Result<[u8; 32]> {
        let mut octets = [0; 32];
        getrandom::fill(&mut octets).context("the operating system gives no random octets")?;
        Ok(octets)
    }
}

/// Chance that is none: the same seed gives the same octets for ever, so that a story can be told twice.
///
/// Never for a real mailbox: whoever knows the seed knows every token, and can confirm what he likes.
#[derive(Clone, Debug)]
pub struct SeededChance {
    seed: u64,
    taken: u64,
}

impl SeededChance {
    /// The sequence that belongs to this seed, from its start.
    pub fn new(seed: u64) -> Self {
        Self { seed, taken: 0 }
    }
}

impl Chance for SeededChance {
    fn seed(&mut self) -> anyhow::Result<[u8; 32]> {
        self.taken += 1;
        let digest = Digest::of_parts(&["seeded chance", &self.seed.to_string(), &self.taken.to_string()]);
        Ok(*digest.octets())
    }
}

#[cfg(test)]
mod tests {
    use super::{SeededChance, SystemChance};
    use crate::world::Chance;

    #[test]
    fn a_seed_gives_one_sequence_whose_members_differ() {
        let (mut one, mut same, mut other) =
            (SeededChance::new(1), SeededChance::new(1), SeededChance::new(2));
        let first = one.seed().unwrap();
        assert_eq!(first, same.seed().unwrap());
        assert_ne!(first, other.seed().unwrap());
        assert_ne!(first, one.seed().unwrap());
    }

    #[test]
    fn the_system_never_gives_the_same_twice() {
        assert_ne!(SystemChance.seed().unwrap(), SystemChance.seed().unwrap());
    }
}
