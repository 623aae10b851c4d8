//! A loop and the threads that may drive it: one at a time, another one when the first is stuck in a handler.
//!
//! The reactor stands behind a mutex. Its driver holds it while it waits for the kernel and while it keeps the books,
//! and lets go of it while it drives a connection: reading, parsing, handlers, writing. `beat` is odd while it is away.
//! When it stays away, the watchdog asks a spare thread to [`Worker::relieve`] it. Whether the first one has come back
//! or was relieved is decided by one exchange on `beat`, which both of them try and one of them wins: if it is the
//! spare, that goes on with the next connection, and the first one sends its connection by mail and becomes a spare. The
//! mutex cannot decide it: the spare holds it while it waits for the kernel, and the first one may not wait for that.
//!
//! What that costs a connection with news: letting go of a mutex that nobody waits for, taking it again, an exchange, and
//! a store.

use super::exchange::{Host, Place, Scratch};
use super::machine::{Machine, Socket};
use super::pool::Pool;
use super::reactor::{Next, Reactor};
use super::service::Job;
use super::shared::{Message, Shared};
use super::watchdog::Watchdog;
use crate::stdx::slab::Token;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// The threads around the loops.
#[derive(Debug)]
pub(super) struct Crew {
    /// Those that drive loops, and those that could.
    pub(super) drivers: Arc<Pool>,
    /// For methods that are known to be slow.
    pub(super) pool: Arc<Pool>,
    /// For tasks.
    pub(super) tasks: Arc<Pool>,
    pub(super) watchdog: Watchdog,
    /// There are fewer spares than workers, so that a handler that gets stuck might stop its loop: handlers are sent to
    /// the pool instead.
    pub(super) crowded: AtomicBool,
    pub(super) ends: Ends,
}

impl Crew {
    /// Finds out whether there are spares enough. Asked when one is used, and by each look of the watchdog.
    pub(super) fn count_spares(&self, workers: usize) {
        self.crowded.store(self.drivers.room() < workers, Ordering::Relaxed);
    }
}

/// How many loops have come to their end.
#[derive(Debug, Default)]
pub(super) struct Ends {
    count: Mutex<usize>,
    changed: Condvar,
}

impl Ends {
    fn add_one(&self) {
        *self.count.lock().expect("counting does not panic") += 1;
        self.changed.notify_all();
    }

    /// Waits until `all` have ended, at most for `patience`.
    pub(super) fn wait_for(&self, all: usize, patience: Duration) {
        let count = self.count.lock().expect("counting does not panic");
        let waited = self.changed.wait_timeout_while(count, patience, |count| *count < all);
        drop(waited.expect("counting does not panic"));
    }
}

/// One loop.
pub(super) struct Worker {
    reactor: Mutex<Reactor<Machine>>,
    /// Odd while the driver is away from the reactor. The driver makes it odd; who makes it even again, the driver or
    /// another thread, drives from then on.
    beat: AtomicU64,
    shared: Arc<Shared<Socket>>,
    crew: Arc<Crew>,
    me: usize,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("me", &self.me).finish_non_exhaustive()
    }
}

impl Worker {
    pub(super) fn new(
        reactor: Reactor<Machine>,
        shared: Arc<Shared<Socket>>,
        crew: Arc<Crew>,
        me: usize,
    ) -> Arc<Self> {
        Arc::new(Self { reactor: Mutex::new(reactor), beat: AtomicU64::new(0), shared, crew, me })
    }

    /// How often its driver has come and gone; odd while it is away.
    pub(super) fn beat(&self) -> u64 {
        self.beat.load(Ordering::Acquire)
    }

    /// Drives the loop from its beginning.
    pub(super) fn start(&self) {
        self.drive_or_abort(self.lock());
    }

    /// Takes the loop over from a driver that has been away since `beat`, and drives it. Does nothing when that driver
    /// has come back meanwhile.
    pub(super) fn relieve(&self, beat: u64) {
        let reactor = self.lock();
        if self.come_back(beat) {
            self.crew.count_spares(self.shared.posts.len());
            self.drive_or_abort(reactor);
        }
    }

    /// Ends the absence that began with `beat`. False when another thread has done so, and drives now.
    fn come_back(&self, beat: u64) -> bool {
        self.beat.compare_exchange(beat, beat + 1, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    fn lock(&self) -> MutexGuard<'_, Reactor<Machine>> {
        self.reactor.lock().expect("a reactor never panics")
    }

    /// Handlers may panic; a loop may not. A server that has lost one looks alive and answers a part of its clients
    /// never again, so it is ended instead, as a crash is: what was acknowledged is on disk.
    fn drive_or_abort<'a>(&'a self, reactor: MutexGuard<'a, Reactor<Machine>>) {
        let driven = catch_unwind(AssertUnwindSafe(|| self.drive(reactor)));
        if driven.is_err() {
            std::process::abort();
        }
    }

    fn drive<'a>(&'a self, mut reactor: MutexGuard<'a, Reactor<Machine>>) {
        let mut scratch = Scratch::new();
        loop {
            let (mut lease, news) = match reactor.next(true) {
                Ok(Next::Drive(lease, news)) => (lease, news),
                Ok(Next::Nothing) => continue,
                Ok(Next::Over) => return self.crew.ends.add_one(),
                Err(error) => panic!("worker {} cannot wait for its sockets: {error}", self.me),
            };
            drop(reactor);
            let beat = self.beat.load(Ordering::Relaxed) + 1;
            self.beat.store(beat, Ordering::Release);
            self.crew.watchdog.rouse();
            let host = Driving { worker: self, beat };
            let fate = lease.drive(news, &self.shared, &host, &mut scratch);
            if !self.come_back(beat) {
                self.shared.send(self.me, Message::Returned(Box::new(lease), fate));
                return;
            }
            reactor = self.lock();
            reactor.give_back(lease, fate);
        }
    }
}

/// A worker as one of its drivers sees it.
struct Driving<'a> {
    worker: &'a Worker,
    /// What the worker's beat is while this one drives.
    beat: u64,
}

impl Host for Driving<'_> {
    fn launch(&self, token: Token, place: Place, job: Job) -> bool {
        let (shared, me) = (Arc::clone(&self.worker.shared), self.worker.me);
        let work = Box::new(move || {
            let reply = catch_unwind(AssertUnwindSafe(job));
            let reply = reply.unwrap_or_else(|_| super::Reply::Now(shared.service.panicked()));
            shared.send(me, Message::Finished(token, reply));
        });
        match place {
            Place::Pool => self.worker.crew.pool.submit(work),
            Place::Task => self.worker.crew.tasks.submit(work),
        }
    }

    fn is_relieved(&self) -> bool {
        self.worker.beat.load(Ordering::Relaxed) != self.beat
    }

    fn is_crowded(&self) -> bool {
        self.worker.crew.crowded.load(Ordering::Relaxed)
    }
}
