//! [`Commit`] by one file alone: a thread that takes what is submitted, appends it and tells what became of it.
//!
//! Beside it a helper writes zeros ahead. Both are left out in manual mode, where a simulation calls
//! [`Lone::step`] and so decides when each thing happens.

mod work;

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use work::{Shared, Work};

use super::commit::{Batch, Commit, Outcomes, Ticket};
use super::writer::Journal;
use crate::stdx::clock::Clock;
use crate::stdx::threads;

/// Batches that may wait at a time. The store submits one and waits for its outcome; more than a few are a fault.
const MAX_SUBMITTED: usize = 16;

/// After so long without a batch the journal is sealed.
const IDLE_BEFORE_SEAL: Duration = Duration::from_secs(1);

/// On a full disk, how long until space is asked for again.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// The lone journal: one file, one thread that writes it.
pub struct Lone {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Lone {
    /// Starts the threads `journal` and `zeroer` over an open journal.
    ///
    /// # Errors
    /// When the machine has no thread to give.
    pub fn start(
        journal: Journal,
        outcomes: Arc<dyn Outcomes>,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Arc<Self>> {
        let lone = Self::manual(journal, outcomes, clock);
        let shared = Arc::clone(&lone.shared);
        let zeroer = threads::spawn("zeroer", move || shared.zero_ahead())?;
        lone.shared.set_zeroer(&zeroer);
        lone.threads().push(zeroer);
        let shared = Arc::clone(&lone.shared);
        let writer = threads::spawn("journal", move || shared.run())?;
        lone.threads().push(writer);
        Ok(lone)
    }

    /// The same without threads: nothing happens until [`Lone::step`] is called.
    #[must_use]
    pub fn manual(journal: Journal, outcomes: Arc<dyn Outcomes>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { shared: Arc::new(Shared::new(journal, outcomes, clock)), threads: Mutex::default() })
    }

    /// Does one thing that is due: a batch, a seal after an idle second, asking for space on a full disk, a slice of
    /// zeros. `false`: nothing is due. In manual mode only, and never from inside an outcome.
    pub fn step(&self) -> bool {
        match self.shared.next() {
            Work::Wait(_) => self.shared.zero_slice(),
            work => {
                self.shared.work(work);
                true
            }
        }
    }

    /// Writes into the lock file where this process can be reached. Waits for a batch that is being written.
    ///
    /// # Errors
    /// As the system says.
    pub fn announce(&self, address: &str) -> io::Result<()> {
        self.shared.announce(address)
    }

    fn threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Commit for Lone {
    fn submit(&self, batch: Batch, ticket: Ticket) {
        self.shared.submit(batch, ticket);
    }

    /// From then on a batch is told at once, from inside `submit`, that it was not stored. From inside an outcome this
    /// only asks for the end, which comes right after it.
    fn stop(&self) {
        self.shared.ask_for_the_end();
        if self.shared.is_writer(thread::current().id()) {
            return;
        }
        let mut threads = self.threads();
        if threads.is_empty() {
            while !self.shared.has_ended() {
                self.shared.work(self.shared.next());
            }
        }
        for thread in threads.drain(..) {
            // Its panic has been reported where it happened.
            drop(thread.join());
        }
        self.shared.let_go();
    }
}

impl Drop for Lone {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for Lone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lone").field("shared", &self.shared).finish_non_exhaustive()
    }
}
