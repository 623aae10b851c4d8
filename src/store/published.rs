//! The newest version that is on disk, and what has become of tickets.

use super::reaper::Reaper;
use crate::journal::Ticket;
use crate::state::State;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

/// What has become of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is on its way.
    Waiting,
    /// It is on disk.
    Stored,
    /// It will never be: the disk was full.
    NotStored,
    /// The disk failed while it was on its way.
    Unknown,
}

/// The published root. Reading it takes no lock that a writer holds for longer than a pointer's move.
pub(super) struct Published {
    root: Mutex<Arc<State>>,
    seq: AtomicU64,
    era: AtomicU64,
    /// By era: the last sequence that was stored in it.
    ends: Mutex<Vec<u64>>,
    failed: AtomicBool,
    /// Threads that sleep until something settles.
    sleepers: AtomicUsize,
    bed: Mutex<()>,
    settled: Condvar,
    /// Called whenever tickets have moved.
    wake: OnceLock<Box<dyn Fn() + Send + Sync>>,
    pub(super) reaper: Reaper,
}

impl fmt::Debug for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Published").field("seq", &self.seq).field("era", &self.era).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Published {
    pub(super) fn new(root: Arc<State>) -> Self {
        Self {
            seq: AtomicU64::new(root.seq),
            root: Mutex::new(root),
            era: AtomicU64::new(0),
            ends: Mutex::default(),
            failed: AtomicBool::new(false),
            sleepers: AtomicUsize::new(0),
            bed: Mutex::default(),
            settled: Condvar::new(),
            wake: OnceLock::new(),
            reaper: Reaper::default(),
        }
    }

    pub(super) fn on_move(&self, wake: Box<dyn Fn() + Send + Sync>) -> bool {
        self.wake.set(wake).is_ok()
    }

    pub(super) fn root(&self) -> Arc<State> {
        Arc::clone(&lock(&self.root))
    }

    pub(super) fn seq(&self) -> u64 {
        self.seq.load(Ordering::Acquire)
    }

    pub(super) fn publish(&self, root: Arc<State>) {
        let seq = root.seq;
        let old = std::mem::replace(&mut *lock(&self.root), root);
        debug_assert!(old.seq <= seq, "sequence {seq} is published behind {}", old.seq);
        self.seq.store(seq, Ordering::Release);
        let unheld = self.reaper.take(old);
        self.moved();
        // The head keeps most of what only the old root has, as spares; the rest is freed after everybody has been woken.
        drop(unheld);
    }

    /// Ends an era: what was not stored in it never will be.
    pub(super) fn end_era(&self) -> u64 {
        lock(&self.ends).push(self.seq());
        self.era.fetch_add(1, Ordering::AcqRel) + 1
    }

    pub(super) fn fail(&self) {
        self.failed.store(true, Ordering::Release);
        self.moved();
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// Tells everybody who waits that tickets have moved.
    ///
    /// Who goes to sleep says so and then looks; here the news stand first and then it is looked who sleeps. The fences keep
    /// both in that order, so one of the two sees the other.
    pub(super) fn moved(&self) {
        fence(Ordering::SeqCst);
        if self.sleepers.load(Ordering::SeqCst) > 0 {
            drop(lock(&self.bed));
            self.settled.notify_all();
        }
        if let Some(wake) = self.wake.get() {
            wake();
        }
    }

    pub(super) fn standing(&self, ticket: Ticket) -> Standing {
        if ticket.era == self.era.load(Ordering::Acquire) {
            let stored = ticket.seq <= self.seq();
            // Sequences are given again in the next era: the one just read has to be of this one.
            if ticket.era != self.era.load(Ordering::Acquire) {
                return self.standing(ticket);
            }
            return if stored {
                Standing::Stored
            } else if self.has_failed() {
                Standing::Unknown
            } else {
                Standing::Waiting
            };
        }
        let era = usize::try_from(ticket.era).unwrap_or(usize::MAX);
        match lock(&self.ends).get(era) {
            Some(end) if ticket.seq <= *end => Standing::Stored,
            _ => Standing::NotStored,
        }
    }

    /// Sleeps until a ticket is settled.
    pub(super) fn wait(&self, ticket: Ticket) -> Standing {
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        let mut bed = lock(&self.bed);
        let standing = loop {
            match self.standing(ticket) {
                Standing::Waiting => bed = self.settled.wait(bed).unwrap_or_else(PoisonError::into_inner),
                settled => break settled,
            }
        };
        drop(bed);
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
        standing
    }
}

/// The error in place of an answer whose change was not stored.
pub(super) fn not_stored(standing: Standing) -> Option<crate::error::Error> {
    match standing {
        Standing::Stored | Standing::Waiting => None,
        Standing::NotStored => Some(crate::error::Error::disk_full("nothing was stored: the disk is full")),
        Standing::Unknown => Some(crate::error::Error::outcome_unknown(
            "the disk failed while the change was under way; whether it is stored is known after the next start",
        )),
    }
}

/// The line for the log when the journal fails.
pub(super) fn disk_failed(error: &io::Error) -> String {
    format!("the journal's disk failed, and what was under way may or may not be stored: {error}")
}
