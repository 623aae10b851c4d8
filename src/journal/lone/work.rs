//! What the threads of the lone journal do, one thing at a time.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle, Thread, ThreadId};
use std::time::Duration;

use super::{IDLE_BEFORE_SEAL, MAX_SUBMITTED, PROBE_EVERY};
use crate::journal::commit::{Batch, Outcomes, Ticket};
use crate::journal::error::AppendError;
use crate::journal::space::Space;
use crate::journal::writer::Journal;
use crate::stdx::clock::Clock;

/// What the face and the threads share.
pub(super) struct Shared {
    inbox: Mutex<Inbox>,
    /// Locked by whoever works: the thread, or the caller of [`Lone::step`]. Never while an outcome is told.
    desk: Mutex<Desk>,
    outcomes: Arc<dyn Outcomes>,
    clock: Arc<dyn Clock>,
    space: Arc<Space>,
    /// The thread that works, to be woken; none in manual mode.
    writer: OnceLock<Thread>,
    /// The helper that writes zeros has to end.
    zeroing_ends: AtomicBool,
}

/// What has come and was not yet taken.
#[derive(Debug, Default)]
struct Inbox {
    batches: VecDeque<(Batch, Ticket)>,
    stopping: bool,
    end: Option<End>,
}

/// Why nothing more is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Closed,
    Failed,
}

impl End {
    fn error(self) -> io::Error {
        io::Error::other(match self {
            Self::Closed => "the journal is closed",
            Self::Failed => "the journal's disk failed before",
        })
    }
}

/// What the thread works on.
#[derive(Debug)]
struct Desk {
    /// Gone when closed, and the lock on the directory with it.
    journal: Option<Journal>,
    /// When the last batch came, by the monotonic clock.
    last_ns: u64,
    /// The disk was full when space was last asked for, at this moment.
    full_ns: Option<u64>,
}

/// What is to be done next.
pub(super) enum Work {
    Place(Batch, Ticket),
    Seal,
    Probe,
    Close,
    /// The helper has failed, and no batch waits that would find out.
    Fail,
    /// Nothing, for so long at most.
    Wait(Option<Duration>),
}

impl Shared {
    pub(super) fn new(journal: Journal, outcomes: Arc<dyn Outcomes>, clock: Arc<dyn Clock>) -> Self {
        Self {
            inbox: Mutex::default(),
            space: Arc::clone(&journal.space),
            desk: Mutex::new(Desk {
                full_ns: journal.is_waiting().then(|| clock.monotonic_ns()),
                journal: Some(journal),
                last_ns: clock.monotonic_ns(),
            }),
            outcomes,
            clock,
            writer: OnceLock::new(),
            zeroing_ends: AtomicBool::new(false),
        }
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn announce(&self, address: &str) -> io::Result<()> {
        match &mut self.desk().journal {
            Some(journal) => journal.announce(address),
            None => Ok(()),
        }
    }

    pub(super) fn submit(&self, batch: Batch, ticket: Ticket) {
        let mut inbox = self.inbox();
        match inbox.end {
            None => {
                let waiting = inbox.batches.len();
                assert!(waiting < MAX_SUBMITTED, "{waiting} batches wait for their outcome already");
                inbox.batches.push_back((batch, ticket));
                drop(inbox);
                self.wake();
            }
            Some(End::Closed) => {
                drop(inbox);
                self.outcomes.not_stored(ticket, &End::Closed.error());
            }
            Some(End::Failed) => {
                drop(inbox);
                self.outcomes.unknown(ticket, &End::Failed.error());
            }
        }
    }

    /// Costs a system call only when the thread sleeps.
    fn wake(&self) {
        if let Some(writer) = self.writer.get() {
            writer.unpark();
        }
    }

    pub(super) fn ask_for_the_end(&self) {
        self.inbox().stopping = true;
        self.wake();
        self.zeroing_ends.store(true, Ordering::Release);
        self.space.wake_helper();
    }

    pub(super) fn has_ended(&self) -> bool {
        self.inbox().end.is_some()
    }

    pub(super) fn is_writer(&self, thread: ThreadId) -> bool {
        self.writer.get().is_some_and(|writer| writer.id() == thread)
    }

    /// Gives the journal up, and the lock on the directory with it.
    pub(super) fn let_go(&self) {
        self.desk().journal = None;
    }

    pub(super) fn set_zeroer(&self, zeroer: &JoinHandle<()>) {
        self.space.set_helper(zeroer.thread().clone());
    }

    /// A slice of zeros by hand; `false` when none is due, or none fits.
    pub(super) fn zero_slice(&self) -> bool {
        !self.has_ended() && self.space.zero_slice().unwrap_or(false)
    }

    /// The thread.
    pub(super) fn run(&self) {
        // The only thread that sets it; a batch that came before waits in the inbox, which is looked at next.
        let _first = self.writer.set(thread::current());
        let guard = EndGuard(self);
        while self.inbox().end != Some(End::Closed) {
            match self.next() {
                Work::Wait(None) => thread::park(),
                Work::Wait(Some(time)) => thread::park_timeout(time),
                work => self.work(work),
            }
        }
        drop(guard);
    }

    /// What is due now.
    pub(super) fn next(&self) -> Work {
        let mut inbox = self.inbox();
        if let Some((batch, ticket)) = inbox.batches.pop_front() {
            return Work::Place(batch, ticket);
        }
        match inbox.end {
            Some(End::Closed) => return Work::Wait(None),
            None if self.space.has_failed() => return Work::Fail,
            _ if inbox.stopping => return Work::Close,
            Some(End::Failed) => return Work::Wait(None),
            None => {}
        }
        drop(inbox);
        let desk = self.desk();
        let (since, pause, work) = if let Some(full_ns) = desk.full_ns {
            (full_ns, PROBE_EVERY, Work::Probe)
        } else if desk.journal.as_ref().is_some_and(Journal::is_unsealed) {
            (desk.last_ns, IDLE_BEFORE_SEAL, Work::Seal)
        } else {
            return Work::Wait(None);
        };
        let passed = Duration::from_nanos(self.clock.monotonic_ns().saturating_sub(since));
        match pause.checked_sub(passed) {
            None | Some(Duration::ZERO) => work,
            Some(rest) => Work::Wait(Some(rest)),
        }
    }

    pub(super) fn work(&self, work: Work) {
        match work {
            Work::Place(batch, ticket) => self.place(batch, ticket),
            Work::Seal => self.seal(),
            Work::Probe => self.probe(),
            Work::Close => self.close(),
            Work::Fail => {
                let error = self.desk().journal.as_mut().map_or_else(Space::failure, Journal::helper_failure);
                self.failed(None, &error);
            }
            Work::Wait(_) => {}
        }
    }

    fn place(&self, batch: Batch, ticket: Ticket) {
        let appended = self.desk().append(&batch, self.clock.monotonic_ns());
        match appended {
            Ok(()) => {
                let mut spent = batch.payload;
                spent.clear();
                self.outcomes.placed(ticket, spent);
            }
            Err(AppendError::NotStored(error)) => self.not_stored(ticket, &error),
            Err(AppendError::TooLarge(bytes)) => {
                let error = AppendError::TooLarge(bytes).to_string();
                self.not_stored(ticket, &io::Error::new(io::ErrorKind::InvalidInput, error));
            }
            Err(AppendError::Fatal(error)) => self.failed(Some(ticket), &error),
        }
    }

    /// Batches that came behind one that was not stored continue something that is not there: they hear the same.
    fn not_stored(&self, ticket: Ticket, error: &io::Error) {
        let behind = std::mem::take(&mut self.inbox().batches);
        self.outcomes.not_stored(ticket, error);
        for (_, ticket) in behind {
            self.outcomes.not_stored(ticket, error);
        }
    }

    fn failed(&self, ticket: Option<Ticket>, error: &io::Error) {
        let behind = {
            let mut inbox = self.inbox();
            inbox.end.get_or_insert(End::Failed);
            std::mem::take(&mut inbox.batches)
        };
        let mut nobody = true;
        for ticket in ticket.into_iter().chain(behind.into_iter().map(|(_, ticket)| ticket)) {
            self.outcomes.unknown(ticket, error);
            nobody = false;
        }
        if nobody {
            self.outcomes.failed(error);
        }
    }

    fn seal(&self) {
        let now_ns = self.clock.monotonic_ns();
        let sealed = {
            let mut desk = self.desk();
            desk.last_ns = now_ns;
            desk.journal.as_mut().map_or(Ok(()), Journal::seal)
        };
        // Without space for a seal there is none: the next second tries again.
        if let Err(AppendError::Fatal(error)) = sealed {
            self.failed(None, &error);
        }
    }

    fn probe(&self) {
        let now_ns = self.clock.monotonic_ns();
        let probed = {
            let mut desk = self.desk();
            let probed = desk.journal.as_mut().map_or(Ok(false), Journal::probe_space);
            desk.full_ns = if matches!(probed, Ok(true)) { None } else { Some(now_ns) };
            probed
        };
        match probed {
            Ok(true) => self.outcomes.room_again(),
            Ok(false) => {}
            Err(error) => self.failed(None, &io::Error::other(error)),
        }
    }

    fn close(&self) {
        {
            let mut inbox = self.inbox();
            if !inbox.batches.is_empty() {
                return;
            }
            inbox.end = Some(End::Closed);
        }
        // All that was acknowledged is on disk. Without a closing frame the next opening only looks more closely.
        if let Some(journal) = &mut self.desk().journal {
            drop(journal.close());
        }
    }

    /// The helper.
    pub(super) fn zero_ahead(&self) {
        while !self.zeroing_ends.load(Ordering::Acquire) {
            match self.space.zero_slice() {
                Ok(true) => {}
                Ok(false) => thread::park(),
                Err(AppendError::Fatal(_)) => return self.wake(),
                Err(_) if self.space.is_tight() => thread::park_timeout(PROBE_EVERY),
                Err(_) => {}
            }
        }
    }
}

impl Desk {
    fn append(&mut self, batch: &Batch, now_ns: u64) -> Result<(), AppendError> {
        if self.full_ns.is_some() {
            return Err(AppendError::NotStored(io::ErrorKind::StorageFull.into()));
        }
        let Some(journal) = &mut self.journal else {
            return Err(AppendError::NotStored(End::Closed.error()));
        };
        let Batch { kind, first_seq, count, time_ms, payload } = batch;
        let appended = journal.append(*kind, *first_seq, *count, *time_ms, payload);
        self.last_ns = now_ns;
        if let Err(AppendError::NotStored(_)) = appended {
            self.full_ns = Some(now_ns);
        }
        appended
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("inbox", &self.inbox).field("desk", &self.desk).finish_non_exhaustive()
    }
}

/// When the thread panics, batches must not wait for ever.
struct EndGuard<'a>(&'a Shared);

impl Drop for EndGuard<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.inbox().end = Some(End::Failed);
        }
    }
}
