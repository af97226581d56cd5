//! The time: the operating system's, or one that is set by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

use crate::world::Clock;

/// The operating system's clock: the only place that reads it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still until somebody sets it, for the demo and for stories.
///
/// Its clones show the same time: one goes into the world, one stays with whoever turns it. It counts microseconds;
/// what is finer is cut off.
#[derive(Clone, Debug)]
pub struct FixedClock(Arc<AtomicI64>);

impl FixedClock {
    /// A clock that shows this time.
    pub fn new(time: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(time.as_microsecond())))
    }

    /// Shows this time from now on, be it later or earlier.
    pub fn set(&self, time: Timestamp) {
        self.0.store(time.as_microsecond(), Ordering::SeqCst);
    }

    /// Goes on by this span; at the end of what a timestamp can say it stands.
    pub fn advance(&self, span: SignedDuration) {
        self.set(self.now().checked_add(span).unwrap_or(Timestamp::MAX));
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        // Only times that were timestamps are ever put in, so there is nothing to fall back to.
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{FixedClock, SystemClock};
    use crate::world::Clock;

    #[test]
    fn a_fixed_clock_stands_until_it_is_turned_and_its_clones_with_it() {
        let ours = FixedClock::new("2026-11-20T09:00:00Z".parse().unwrap());
        let theirs: Box<dyn Clock + Send> = Box::new(ours.clone());
        assert_eq!(theirs.now().to_string(), "2026-11-20T09:00:00Z");
        ours.advance(SignedDuration::from_hours(5));
        assert_eq!(theirs.now().to_string(), "2026-11-20T14:00:00Z");
        ours.set("2026-11-19T00:00:00.000001Z".parse().unwrap());
        assert_eq!(theirs.now().to_string(), "2026-11-19T00:00:00.000001Z");
    }

    #[test]
    fn a_fixed_clock_stands_at_the_end_of_time() {
        let clock = FixedClock::new(Timestamp::MAX);
        clock.advance(SignedDuration::from_hours(1));
        assert_eq!(clock.now().as_microsecond(), Timestamp::MAX.as_microsecond());
    }

    #[test]
    fn the_system_clock_is_past_the_day_it_was_written() {
        assert!(SystemClock.now() > "2020-01-01T00:00:00Z".parse().unwrap());
    }
}
