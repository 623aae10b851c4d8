//! Which methods are slow: known from their calls, and from the one that is under way.

use crate::stdx::clock::Clock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// A call that takes longer than this is slow, in nanoseconds.
const SLOW_NS: u64 = 1_000_000;

/// What a slow call counts; a quick one takes one back. On a busy machine any call may be slow once, because its thread
/// had to wait for a core, and no pool helps against that: so it takes two slow calls with few quick ones between them.
const SLOW_CALL: u32 = 32;

/// From here on a method counts as slow.
const SLOW: u32 = 2 * SLOW_CALL;

/// The count goes no higher, so that a method that has become quick is known to be after so many calls as the difference.
const SLOWEST: u32 = 3 * SLOW_CALL;

/// How long the calls of one method take. Not kept for commands: they wait for one another and not for themselves.
#[derive(Debug, Default)]
pub(super) struct Pace {
    slowness: AtomicU32,
    /// When the oldest call began that is under way, in nanoseconds of the clock; 0 when none is.
    began_ns: AtomicU64,
}

impl Pace {
    /// Is it better called on the pool? Either its calls have been slow, or one is under way that is about to be.
    pub(super) fn is_slow(&self, clock: &dyn Clock) -> bool {
        let began_ns = self.began_ns.load(Ordering::Relaxed);
        let is_stuck = began_ns != 0 && clock.monotonic_ns().saturating_sub(began_ns) > SLOW_NS;
        is_stuck || self.slowness.load(Ordering::Relaxed) >= SLOW
    }

    /// Notes that a call begins, unless an older one is under way, and that it ends when what is given back is dropped. Of
    /// two that begin at once one is noted; should the other one get stuck, the watchdog alone sees it, which delays
    /// others for a moment and does no more harm.
    pub(super) fn begin<'p>(&'p self, clock: &'p dyn Clock) -> UnderWay<'p> {
        let began_ns = clock.monotonic_ns().max(1);
        if self.began_ns.load(Ordering::Relaxed) == 0 {
            self.began_ns.store(began_ns, Ordering::Relaxed);
        }
        UnderWay { pace: self, clock, began_ns }
    }
}

/// A call that is under way.
#[derive(Debug)]
pub(super) struct UnderWay<'p> {
    pace: &'p Pace,
    clock: &'p dyn Clock,
    began_ns: u64,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let Pace { slowness, began_ns } = self.pace;
        if began_ns.load(Ordering::Relaxed) == self.began_ns {
            began_ns.store(0, Ordering::Relaxed);
        }
        // Two calls that end at once may count as one.
        let before = slowness.load(Ordering::Relaxed);
        if self.clock.monotonic_ns().saturating_sub(self.began_ns) > SLOW_NS {
            slowness.store((before + SLOW_CALL).min(SLOWEST), Ordering::Relaxed);
        } else if before > 0 {
            slowness.store(before - 1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stdx::clock::ManualClock;

    fn call(pace: &Pace, clock: &ManualClock, ms: u64) {
        let under_way = pace.begin(clock);
        clock.advance_ms(ms);
        drop(under_way);
    }

    #[test]
    fn one_slow_call_makes_no_slow_method_and_two_do() {
        let (pace, clock) = (Pace::default(), ManualClock::new(0));
        call(&pace, &clock, 5);
        assert!(!pace.is_slow(&clock), "once");
        (0..SLOW_CALL).for_each(|_| call(&pace, &clock, 0));
        call(&pace, &clock, 5);
        assert!(!pace.is_slow(&clock), "again, after as many quick calls as it counted");
        call(&pace, &clock, 5);
        assert!(pace.is_slow(&clock), "twice");
        (0..10).for_each(|_| call(&pace, &clock, 5));
        (0..SLOW_CALL).for_each(|_| call(&pace, &clock, 0));
        assert!(pace.is_slow(&clock), "quick again, but not for long");
        call(&pace, &clock, 0);
        assert!(!pace.is_slow(&clock), "quick again");
    }

    #[test]
    fn a_call_that_is_stuck_sends_the_next_one_to_the_pool() {
        let (pace, clock) = (Pace::default(), ManualClock::new(0));
        let stuck = pace.begin(&clock);
        assert!(!pace.is_slow(&clock), "it has just begun");
        clock.advance_ms(2);
        assert!(pace.is_slow(&clock));
        call(&pace, &clock, 0);
        assert!(pace.is_slow(&clock), "the end of a younger one does not hide it");
        drop(stuck);
        assert!(!pace.is_slow(&clock), "nothing is stuck any more");
    }
}
