//! A count that decays: how much was spent within the last hour, day or week.
//!
//! A clock's hour would let twice the cap through around its turn, and a list of every time grows with the cap. Here what
//! was spent close together is one step; a step counts until the last of it is a whole window old. So no window, wherever
//! it begins, ever holds more than the cap, and the count stays small.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Steps of a window: what is spent comes back at most a twelfth of the window late.
const STEPS: i32 = 12;

/// What was spent. Each count is for one window, which its owner names each time.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Spent {
    /// Oldest first.
    steps: Vec<Spending>,
}

/// What was spent close together.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Spending {
    /// When the first of it was spent.
    first: Timestamp,
    /// When the last of it has decayed.
    until: Timestamp,
    count: u32,
}

impl Spent {
    /// How much was spent within the window that ends now.
    pub fn now(&self, now: Timestamp) -> u32 {
        let counts = self.steps.iter().filter(|step| now < step.until).map(|step| step.count);
        counts.fold(0, u32::saturating_add)
    }

    /// The count with one more; what has decayed is gone from it.
    #[must_use]
    pub fn with_one(mut self, window: SignedDuration, now: Timestamp) -> Self {
        self.steps.retain(|step| now < step.until);
        let until = now.checked_add(window).unwrap_or(Timestamp::MAX);
        match self.steps.last_mut() {
            // A clock that was put back must not make what was spent last longer than its window.
            Some(step) if now.duration_since(step.first) < window / STEPS => {
                step.until = step.until.max(until);
                step.count = step.count.saturating_add(1);
            }
            Some(_) | None => self.steps.push(Spending { first: now, until, count: 1 }),
        }
        self
    }

    /// When there is room for one more below this cap; now, where there is.
    pub fn room_from(&self, cap: u32, now: Timestamp) -> Timestamp {
        let mut left = self.now(now);
        let mut from = now;
        for step in self.steps.iter().filter(|step| now < step.until) {
            if left < cap {
                break;
            }
            left = left.saturating_sub(step.count);
            from = step.until;
        }
        from
    }

    /// Whether nothing of it counts any more.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.steps.iter().all(|step| step.until <= now)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    use super::{STEPS, Spent};

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_793_600_000 + seconds).unwrap()
    }

    /// The moments at which something was let through, with this cap.
    fn let_through(cap: u32, pauses: &[i64]) -> Vec<i64> {
        let (mut spent, mut through, mut now) = (Spent::default(), Vec::new(), 0);
        for pause in pauses {
            now += pause;
            if spent.now(at(now)) < cap {
                spent = spent.with_one(HOUR, at(now));
                through.push(now);
            }
        }
        assert!(spent.steps.len() <= usize::try_from(STEPS).unwrap() + 1, "{spent:?}");
        through
    }

    proptest! {
        #[test]
        fn no_window_holds_more_than_the_cap(cap in 1u32..8, pauses in prop::collection::vec(0i64..2000, 0..200)) {
            let through = let_through(cap, &pauses);
            for (place, begin) in through.iter().enumerate() {
                let within = through[place..].iter().take_while(|time| **time < begin + 3600).count();
                prop_assert!(within <= cap as usize, "{through:?}");
            }
        }

        #[test]
        fn what_was_spent_comes_back_a_twelfth_of_the_window_late_at_the_most(
            cap in 1u32..8,
            pauses in prop::collection::vec(0i64..2000, 0..200),
        ) {
            let (mut spent, mut now) = (Spent::default(), 0);
            for pause in pauses {
                now += pause;
                if spent.now(at(now)) < cap {
                    spent = spent.with_one(HOUR, at(now));
                }
            }
            let from = spent.room_from(cap, at(now));
            prop_assert!(from <= at(now + 3600 + 300));
            prop_assert!(spent.now(from) < cap);
            prop_assert!(spent.is_over(at(now + 3600)));
        }
    }

    #[test]
    fn a_burst_at_the_turn_of_the_hour_is_one_burst() {
        let pauses = [[3590].as_slice(), &[0; 9], &[20], &[0; 9]].concat();
        assert_eq!(let_through(10, &pauses), [3590; 10]);
        assert_eq!(let_through(1, &[0, 3599, 1, 3599, 1]), [0, 3600, 7200]);
    }

    #[test]
    fn a_clock_that_was_put_back_keeps_the_count() {
        let spent = Spent::default().with_one(HOUR, at(1000)).with_one(HOUR, at(0));
        assert_eq!((spent.now(at(0)), spent.now(at(4599)), spent.now(at(4600))), (2, 2, 0));
    }
}
