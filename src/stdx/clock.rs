//! Time as a seam: the server takes it from a [`Clock`], so that a test moves it by hand and a seed replays a run.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Where the time comes from.
pub trait Clock: Debug + Send + Sync + 'static {
    /// Milliseconds since 1970-01-01 UTC, as the machine believes. It may jump.
    fn wall_ms(&self) -> u64;

    /// Nanoseconds since a fixed moment of this run. It never falls.
    fn monotonic_ns(&self) -> u64;
}

/// The clock of the machine.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock whose monotonic time starts now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the Clock that everybody else asks")]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the Clock that everybody else asks")]
    fn wall_ms(&self) -> u64 {
        // A machine whose clock stands before 1970 gets 0: later times only ever rise from there.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn monotonic_ns(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock {
    start_wall_ms: u64,
    passed_ns: AtomicU64,
}

impl ManualClock {
    /// A clock that says `wall_ms` until it is moved.
    #[must_use]
    pub fn new(wall_ms: u64) -> Self {
        Self { start_wall_ms: wall_ms, passed_ns: AtomicU64::new(0) }
    }

    /// Moves it on by so many milliseconds.
    pub fn advance_ms(&self, ms: u64) {
        self.passed_ns.fetch_add(ms.saturating_mul(1_000_000), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn wall_ms(&self) -> u64 {
        self.start_wall_ms + self.monotonic_ns() / 1_000_000
    }

    fn monotonic_ns(&self) -> u64 {
        self.passed_ns.load(Ordering::SeqCst)
    }
}
