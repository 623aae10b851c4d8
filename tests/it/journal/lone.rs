//! The lone journal: what it does when, by hand and with its threads.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock, Weak};
use std::time::Duration;

use sunstone::journal::{
    AHEAD_BYTES, Batch, Commit, FrameKind, JOURNAL, Journal, Lone, MemoryDirectory, Options, Outcomes,
    RealDirectory, Ticket, open, read,
};
use sunstone::stdx::clock::{ManualClock, SystemClock};
use sunstone::stdx::random::SystemRandom;

use super::{Ledger, NOW_MS, Scratch, batch, open_any, open_memory, read_memory};

/// Longer than anything here takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

fn real(scratch: &Scratch) -> (Journal, Arc<SystemClock>) {
    let directory = Arc::new(RealDirectory::open(&scratch.0));
    let clock = Arc::new(SystemClock::new());
    let opened = open(directory, clock.clone(), Arc::new(SystemRandom), &Options::default(), &mut |_| Ok(()));
    (opened.expect("a new directory opens").0, clock)
}

#[test]
fn an_idle_second_seals_and_stopping_closes() {
    let directory = MemoryDirectory::new();
    let (journal, ..) = open_memory(&directory).expect("a new directory opens");
    let (clock, ledger) = (Arc::new(ManualClock::new(NOW_MS)), Arc::new(Ledger::default()));
    let lone = Lone::manual(journal, ledger.clone(), clock.clone());
    let settle = || while lone.step() {};
    let kinds = || {
        let mut kinds = Vec::new();
        read(&directory, &mut |frame| {
            kinds.push(frame.kind);
            Ok(())
        })
        .expect("it is whole");
        kinds
    };
    use FrameKind::{Batch as B, Close, Open, Schema, Seal};

    clock.advance_ms(60_000);
    settle();
    assert_eq!(kinds(), [Open], "nothing to seal");
    for seq in [1, 2] {
        let (batch, ticket) = batch(seq, b"x".to_vec());
        lone.submit(batch, ticket);
        clock.advance_ms(999);
        settle();
    }
    assert_eq!(kinds(), [Open, B, B]);
    clock.advance_ms(999);
    settle();
    assert_eq!(kinds(), [Open, B, B], "a second from the last batch on");
    clock.advance_ms(1);
    settle();
    clock.advance_ms(60_000);
    settle();
    assert_eq!(kinds(), [Open, B, B, Seal], "once");

    let schema = Batch { kind: Schema, first_seq: 3, count: 0, time_ms: NOW_MS, payload: b"names".to_vec() };
    lone.submit(schema, Ticket { era: 0, seq: 2 });
    let (last, ticket) = batch(3, b"last".to_vec());
    lone.submit(last, ticket);
    lone.stop();
    assert_eq!(kinds(), [Open, B, B, Seal, Schema, B, Close], "what was submitted is stored first");
    assert_eq!(ledger.take(), ["placed 1", "placed 2", "placed 2", "placed 3"]);
    lone.stop();
    let (late, ticket) = batch(4, b"late".to_vec());
    lone.submit(late, ticket);
    assert_eq!(ledger.take(), ["not stored 4: the journal is closed"]);
    assert!(!lone.step());

    let (_, opened, seen) = open_memory(&directory).expect("stopping has given the lock back");
    assert_eq!((opened.unclean, seen.len()), (false, 4));
}

/// Submits the next batch from inside `placed`, until so many are stored.
struct Relay {
    lone: OnceLock<Weak<Lone>>,
    upto: u64,
    done: Mutex<bool>,
    signal: Condvar,
    buffers: AtomicU64,
}

impl Relay {
    fn new(upto: u64) -> Arc<Self> {
        let (done, signal) = (Mutex::new(false), Condvar::new());
        Arc::new(Self { lone: OnceLock::new(), upto, done, signal, buffers: AtomicU64::new(0) })
    }

    fn next(&self, seq: u64, mut payload: Vec<u8>) {
        payload.extend_from_slice(&seq.to_le_bytes());
        let (batch, ticket) = batch(seq, payload);
        let lone = self.lone.get().and_then(Weak::upgrade).expect("the test holds it");
        lone.submit(batch, ticket);
    }

    fn wait(&self) {
        let done = self.done.lock().expect("nobody panics with it");
        let (done, _) =
            self.signal.wait_timeout_while(done, PATIENCE, |done| !*done).expect("nobody panics with it");
        assert!(*done, "the batches were not stored in {PATIENCE:?}");
    }
}

impl Outcomes for Relay {
    fn placed(&self, ticket: Ticket, spent: Vec<u8>) {
        self.buffers.fetch_add(u64::from(spent.capacity() > 0), Ordering::Relaxed);
        if ticket.seq < self.upto {
            return self.next(ticket.seq + 1, spent);
        }
        *self.done.lock().expect("nobody panics with it") = true;
        self.signal.notify_all();
    }

    fn lost(&self, ticket: Ticket) {
        panic!("one file never loses {ticket:?} to another node");
    }

    fn not_stored(&self, ticket: Ticket, error: &io::Error) {
        panic!("{ticket:?} was not stored: {error}");
    }

    fn room_again(&self) {
        panic!("the disk was never full");
    }

    fn unknown(&self, ticket: Ticket, error: &io::Error) {
        panic!("{ticket:?} is unknown: {error}");
    }

    fn failed(&self, error: &io::Error) {
        panic!("the disk failed: {error}");
    }
}

#[test]
fn batches_submitted_from_inside_placed_are_stored_in_order() {
    let scratch = Scratch::new("relay");
    let (journal, clock) = real(&scratch);
    let relay = Relay::new(300);
    let lone = Lone::start(journal, relay.clone(), clock).expect("there are threads");
    relay.lone.set(Arc::downgrade(&lone)).expect("it is set once");
    relay.next(1, Vec::new());
    relay.wait();
    assert_eq!(relay.buffers.load(Ordering::Relaxed), 300, "each buffer comes back");
    lone.stop();
    lone.stop();

    let (_, opened, seen) =
        open_any(Arc::new(RealDirectory::open(&scratch.0))).expect("the lock was given back");
    assert!(!opened.unclean && opened.torn.is_none(), "{opened:?}");
    let stored: Vec<u64> = seen.iter().map(|seen| seen.1).collect();
    assert_eq!(stored, (1..=300).collect::<Vec<_>>());
    assert!(seen.iter().all(|seen| seen.3 == seen.1.to_le_bytes()), "each carries what was submitted");
}

/// A reader takes no lock: it may come upon a frame that is half written, and never upon anything else.
#[test]
fn a_journal_may_be_read_while_it_is_written() {
    let scratch = Scratch::new("watched");
    let (journal, clock) = real(&scratch);
    let relay = Relay::new(400);
    let lone = Lone::start(journal, relay.clone(), clock).expect("there are threads");
    relay.lone.set(Arc::downgrade(&lone)).expect("it is set once");
    relay.next(1, vec![9; 3000]);
    let (mut last, mut looks) = (0, 0);
    while last < 400 {
        let report =
            read(&RealDirectory::open(&scratch.0), &mut |_| Ok(())).expect("a reader sees whole frames");
        assert!(report.last_seq >= last, "{} after {last}", report.last_seq);
        (last, looks) = (report.last_seq, looks + 1);
    }
    relay.wait();
    println!("read {looks} times while 400 batches were written");
}

#[test]
fn the_helper_keeps_zeros_ahead() {
    let scratch = Scratch::new("zeros");
    let (journal, clock) = real(&scratch);
    let path = scratch.0.join(JOURNAL);
    let size = || std::fs::metadata(&path).expect("it is there").len();
    let end = journal.bytes();
    let relay = Relay::new(1);
    let lone = Lone::start(journal, relay.clone(), clock).expect("there are threads");
    relay.lone.set(Arc::downgrade(&lone)).expect("it is set once");
    let start = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970");
    while size() < end + AHEAD_BYTES {
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970");
        assert!(now.saturating_sub(start) < PATIENCE, "{} bytes after {PATIENCE:?}", size());
        std::thread::yield_now();
    }
    relay.next(1, vec![7; 300 << 10]);
    relay.wait();
    drop(lone);
    let report = read(&RealDirectory::open(&scratch.0), &mut |_| Ok(())).expect("it is whole");
    assert!(report.closed, "dropping it stops it");
    assert!(size() >= report.bytes + 512);
}

#[test]
fn stopping_from_inside_an_outcome_does_not_wait_for_itself() {
    struct Stopper(OnceLock<Weak<Lone>>, Mutex<bool>, Condvar);
    impl Outcomes for Stopper {
        fn placed(&self, _: Ticket, _: Vec<u8>) {
            self.0.get().and_then(Weak::upgrade).expect("the test holds it").stop();
            *self.1.lock().expect("nobody panics with it") = true;
            self.2.notify_all();
        }
        fn lost(&self, _: Ticket) {}
        fn not_stored(&self, _: Ticket, _: &io::Error) {}
        fn room_again(&self) {}
        fn unknown(&self, _: Ticket, _: &io::Error) {}
        fn failed(&self, _: &io::Error) {}
    }
    let directory = MemoryDirectory::new();
    let (journal, ..) = open_memory(&directory).expect("a new directory opens");
    let stopper = Arc::new(Stopper(OnceLock::new(), Mutex::new(false), Condvar::new()));
    let clock = Arc::new(SystemClock::new());
    let lone = Lone::start(journal, stopper.clone(), clock).expect("there are threads");
    stopper.0.set(Arc::downgrade(&lone)).expect("it is set once");
    let (batch, ticket) = batch(1, b"the last".to_vec());
    lone.submit(batch, ticket);
    let stopped = stopper.1.lock().expect("nobody panics with it");
    let (stopped, _) =
        stopper.2.wait_timeout_while(stopped, PATIENCE, |stopped| !*stopped).expect("nobody panics");
    assert!(*stopped, "it waits for itself");
    drop(stopped);
    drop(lone);
    let (report, seen) = read_memory(&directory).expect("it is whole");
    assert_eq!((report.closed, seen.len()), (true, 1), "whoever stops it from outside waits");
}
