//! Old versions of the state are dropped by a thread of their own.
//!
//! Freeing a version means walking to whatever it alone holds. The reaper keeps every old root that a reader holds until
//! nobody else does; so the last one to let go is never a worker and never somebody who holds the head. Those that nobody
//! holds leave their nodes to the head, which uses them again; when nothing happens any more, the reaper drops these too,
//! so that an idle program does not keep old rows.

use crate::state::State;
use crate::stdx::threads;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;

/// How long the reaper sleeps between two looks while there is something to drop, in milliseconds.
const LOOK_EVERY_MS: u64 = 5;

/// How long the reaper sleeps between two looks at whether anything still happens, in milliseconds.
const TIDY_EVERY_MS: u64 = 500;

/// Keeps old roots until they can be dropped.
#[derive(Debug, Default)]
pub(super) struct Reaper {
    shared: Arc<Shared>,
    running: Mutex<Option<(Thread, JoinHandle<()>)>>,
}

#[derive(Debug, Default)]
struct Shared {
    roots: Mutex<Vec<Arc<State>>>,
    sleeping: AtomicBool,
    /// It sleeps until the next root is published: there is nothing to tidy.
    resting: AtomicBool,
    ending: AtomicBool,
}

impl Shared {
    fn roots(&self) -> MutexGuard<'_, Vec<Arc<State>>> {
        self.roots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops what nobody else holds; true when something is left.
    fn sweep(&self) -> bool {
        let mut free = Vec::new();
        let mut roots = self.roots();
        let mut place = 0;
        while let Some(root) = roots.get(place) {
            if Arc::strong_count(root) == 1 {
                free.push(roots.swap_remove(place));
            } else {
                place += 1;
            }
        }
        let left = !roots.is_empty();
        drop(roots);
        drop(free);
        left
    }

    fn run(&self, mut tidy: impl FnMut() -> bool) {
        while !self.ending.load(Ordering::Acquire) {
            if self.sweep() {
                thread::park_timeout(Duration::from_millis(LOOK_EVERY_MS));
                continue;
            }
            // Said before it is looked, so that a root that comes meanwhile is seen or wakes this thread.
            self.sleeping.store(true, Ordering::SeqCst);
            self.resting.store(true, Ordering::SeqCst);
            let is_busy = tidy();
            if is_busy {
                self.resting.store(false, Ordering::SeqCst);
            }
            if self.roots().is_empty() {
                if is_busy {
                    thread::park_timeout(Duration::from_millis(TIDY_EVERY_MS));
                } else {
                    thread::park();
                }
            }
            self.resting.store(false, Ordering::SeqCst);
            self.sleeping.store(false, Ordering::SeqCst);
        }
    }

    /// Is it time to wake the thread, after a root has been taken?
    fn is_wanted(&self) -> bool {
        let rested = self.resting.swap(false, Ordering::SeqCst);
        rested || self.sleeping.load(Ordering::SeqCst) && !self.roots().is_empty()
    }
}

impl Reaper {
    /// Starts the thread. Without it, roots are dropped when the next one comes. `tidy` is called now and then while it says
    /// that there is more to tidy, and again after the next root.
    pub(super) fn start(&self, tidy: impl FnMut() -> bool + Send + 'static) -> io::Result<()> {
        let shared = Arc::clone(&self.shared);
        let handle = threads::spawn("reaper", move || shared.run(tidy))?;
        let started = Some((handle.thread().clone(), handle));
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = started;
        Ok(())
    }

    /// Takes an old root that a reader still holds, so that no reader frees it; one that nobody holds comes back.
    pub(super) fn take(&self, root: Arc<State>) -> Option<State> {
        let unheld = match Arc::try_unwrap(root) {
            Ok(unheld) => Some(unheld),
            Err(held) => {
                self.shared.roots().push(held);
                None
            }
        };
        self.wake();
        unheld
    }

    fn wake(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        match &*running {
            Some((thread, _)) => {
                if self.shared.is_wanted() {
                    thread.unpark();
                }
            }
            None => {
                self.shared.sweep();
            }
        }
    }

    /// How many old roots are held by somebody.
    pub(super) fn held(&self) -> usize {
        self.shared.roots().len()
    }

    /// Ends the thread.
    pub(super) fn stop(&self) {
        self.shared.ending.store(true, Ordering::Release);
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((thread, handle)) = running {
            thread.unpark();
            if handle.join().is_err() {
                // Its panic has been printed by std; nothing hangs on it.
            }
        }
    }
}
