//! The watchdog: sees to it that a handler that takes long keeps nobody but its own connection waiting.
//!
//! It looks at each loop about once a millisecond. A driver that it finds away three times in a row, without a move in
//! between, has been away for two milliseconds at least, and a spare thread is asked to relieve it. While no handler
//! runs it sleeps for good, until a driver rouses it.

use super::errand::Errand;
use super::worker::{Crew, Worker};
use crate::stdx::threads::spawn;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, Thread};
use std::time::Duration;

/// How often it looks.
const TICK: Duration = Duration::from_millis(1);
/// After so many looks at the same absence a driver is relieved: 2 ms and the rest of a tick.
const LOOKS: u32 = 3;
/// After so many looks without any move it goes to sleep.
const QUIET_LOOKS: u32 = 50;

/// Its face to the drivers.
#[derive(Debug, Default)]
pub(super) struct Watchdog {
    /// It sleeps, or is about to.
    asleep: AtomicBool,
    stopped: AtomicBool,
    thread: OnceLock<Thread>,
}

impl Watchdog {
    /// Said by each driver when it leaves its loop: one load while the watchdog is awake.
    ///
    /// A driver that leaves in the very moment in which the watchdog decides to sleep may not see that yet. The watchdog
    /// looks once more a whole tick after it has said so, and by then each of the two has seen the other.
    pub(super) fn rouse(&self) {
        if self.asleep.load(Ordering::Relaxed) && self.asleep.swap(false, Ordering::SeqCst) {
            self.unpark();
        }
    }

    /// Ends its thread.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.unpark();
    }

    fn unpark(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }
}

/// Starts the watchdog over `workers`.
pub(super) fn start(crew: &Arc<Crew>, workers: Vec<Arc<Worker>>) -> io::Result<()> {
    let watched = Arc::clone(crew);
    let thread = spawn("watchdog", move || watch(&watched, &workers))?;
    // A server is started once, so nobody has been here before.
    drop(crew.watchdog.thread.set(thread.thread().clone()));
    Ok(())
}

fn watch(crew: &Arc<Crew>, workers: &[Arc<Worker>]) {
    let mut seen = vec![(0, 0); workers.len()];
    let mut quiet = 0;
    while !crew.watchdog.stopped.load(Ordering::SeqCst) {
        if quiet > QUIET_LOOKS {
            // Said a tick ago, and nothing has moved since. `rouse` takes it back.
            while crew.watchdog.asleep.load(Ordering::SeqCst) && !crew.watchdog.stopped.load(Ordering::SeqCst)
            {
                thread::park();
            }
            quiet = 0;
        }
        thread::park_timeout(TICK);
        crew.count_spares(workers.len());
        let mut moved = false;
        for (worker, (beat, looks)) in workers.iter().zip(&mut seen) {
            let now = worker.beat();
            moved |= now != *beat || now % 2 == 1;
            (*beat, *looks) = if now == *beat { (now, *looks + 1) } else { (now, 1) };
            if now % 2 == 1 && *looks >= LOOKS {
                let spare = Arc::clone(worker);
                // Without a spare it is asked for again after the next looks.
                crew.drivers.submit(Errand::new(move || spare.relieve(now)), None);
                *looks = 0;
            }
        }
        quiet = if moved { 0 } else { quiet + 1 };
        if quiet == QUIET_LOOKS {
            crew.watchdog.asleep.store(true, Ordering::SeqCst);
        }
    }
}
