//! How the store says that tickets have moved, at the cost of an addition and a look at each worker.

use crate::sys::wake::Bell;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Told by the store when tickets have been settled, so that parked answers leave.
///
/// One addition and one load for each worker; only a worker that sleeps and has something parked costs a system call.
#[derive(Debug)]
pub struct Waker {
    /// How often tickets have moved.
    ///
    /// Why no wake is lost: a worker that wants to sleep with something parked first says so (`waiting`) and then looks at
    /// `moves` once more; the waker first adds to `moves` and then looks who waits. All four are sequentially
    /// consistent, so one of the two sees the other.
    moves: AtomicU64,
    doorbells: Vec<Arc<Doorbell>>,
}

impl Waker {
    pub(super) fn new(doorbells: Vec<Arc<Doorbell>>) -> Arc<Self> {
        Arc::new(Self { moves: AtomicU64::new(0), doorbells })
    }

    /// Tickets have moved: parked answers are looked at again. To be called after [`Service::settled`] has begun to
    /// say so, from any thread.
    ///
    /// [`Service::settled`]: super::Service::settled
    pub fn wake(&self) {
        self.moves.fetch_add(1, Ordering::SeqCst);
        for doorbell in &self.doorbells {
            doorbell.ring_if_waiting();
        }
    }

    pub(super) fn moves(&self) -> u64 {
        self.moves.load(Ordering::SeqCst)
    }
}

/// What wakes one worker.
#[derive(Debug)]
pub(super) struct Doorbell {
    bell: Bell,
    /// The worker sleeps, or is about to, and has something parked.
    waiting: AtomicBool,
}

impl Doorbell {
    pub(super) fn new() -> io::Result<Arc<Self>> {
        Ok(Arc::new(Self { bell: Bell::new()?, waiting: AtomicBool::new(false) }))
    }

    pub(super) const fn bell(&self) -> &Bell {
        &self.bell
    }

    /// Says that the worker is about to sleep with something parked, or that it is up again.
    pub(super) fn set_waiting(&self, waiting: bool) {
        self.waiting.store(waiting, Ordering::SeqCst);
    }

    fn ring_if_waiting(&self) {
        if self.waiting.load(Ordering::SeqCst) && self.waiting.swap(false, Ordering::SeqCst) {
            self.bell.ring();
        }
    }
}
