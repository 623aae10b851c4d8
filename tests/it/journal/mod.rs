//! The journal on simulated and on real disks.

mod crash;
mod disk;
mod flips;
mod forgetful;
mod lone;
mod lost;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use sunstone::journal::{
    Batch, Directory, Frame, FrameKind, Journal, MemoryDirectory, OpenError, Opened, Options, Outcomes,
    Report, Ticket, open, read,
};
use sunstone::stdx::clock::ManualClock;
use sunstone::stdx::random::SeededRandom;

/// A moment in 2026.
pub(crate) const NOW_MS: u64 = 1_770_000_000_000;

/// What a reader was given: kind, first sequence, number, payload.
pub(crate) type Seen = (FrameKind, u64, u32, Vec<u8>);

pub(crate) fn see(frame: &Frame<'_>) -> Seen {
    (frame.kind, frame.first_seq, frame.count, frame.payload.to_vec())
}

pub(crate) fn options() -> Options {
    Options { ahead_bytes: 8 << 10, ..Options::default() }
}

/// Opens, and gives what was read besides.
pub(crate) fn open_any(directory: Arc<dyn Directory>) -> Result<(Journal, Opened, Vec<Seen>), OpenError> {
    let (clock, random) = (Arc::new(ManualClock::new(NOW_MS)), Arc::new(SeededRandom::new(1)));
    let mut seen = Vec::new();
    let (journal, opened) = open(directory, clock, random, &options(), &mut |frame| {
        seen.extend(carries_data(frame).then(|| see(frame)));
        Ok(())
    })?;
    Ok((journal, opened, seen))
}

pub(crate) fn open_memory(directory: &MemoryDirectory) -> Result<(Journal, Opened, Vec<Seen>), OpenError> {
    open_any(Arc::new(directory.clone()))
}

fn carries_data(frame: &Frame<'_>) -> bool {
    matches!(frame.kind, FrameKind::Batch | FrameKind::Schema)
}

pub(crate) fn read_memory(directory: &MemoryDirectory) -> Result<(Report, Vec<Seen>), OpenError> {
    let mut seen = Vec::new();
    let report = read(directory, &mut |frame| {
        seen.extend(carries_data(frame).then(|| see(frame)));
        Ok(())
    })?;
    Ok((report, seen))
}

/// Appends a batch of one transaction behind what is there.
pub(crate) fn append(journal: &mut Journal, payload: &[u8]) {
    let seq = journal.end_seq() + 1;
    journal.append(FrameKind::Batch, seq, 1, NOW_MS, payload).expect("the disk has no fault");
}

pub(crate) fn batch(first_seq: u64, payload: Vec<u8>) -> (Batch, Ticket) {
    let batch = Batch { kind: FrameKind::Batch, first_seq, count: 1, time_ms: NOW_MS, payload };
    (batch, Ticket { era: 0, seq: first_seq })
}

/// Writes down what became of batches: one line each.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Vec<String>>);

impl Ledger {
    fn note(&self, line: String) {
        self.0.lock().expect("nobody panics with it").push(line);
    }

    /// The lines since the last time.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("nobody panics with it"))
    }
}

impl Outcomes for Ledger {
    fn placed(&self, ticket: Ticket, spent: Vec<u8>) {
        assert!(spent.is_empty(), "a spent buffer comes back empty");
        self.note(format!("placed {}", ticket.seq));
    }

    fn lost(&self, ticket: Ticket) {
        self.note(format!("lost {}", ticket.seq));
    }

    fn not_stored(&self, ticket: Ticket, error: &std::io::Error) {
        self.note(format!("not stored {}: {error}", ticket.seq));
    }

    fn room_again(&self) {
        self.note("room again".to_owned());
    }

    fn unknown(&self, ticket: Ticket, error: &std::io::Error) {
        self.note(format!("unknown {}: {error}", ticket.seq));
    }

    fn failed(&self, error: &std::io::Error) {
        self.note(format!("failed: {error}"));
    }
}

/// A directory of the machine that goes when the test does.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sunstone-{name}-{}", std::process::id()));
        // A run that was killed may have left it.
        drop(std::fs::remove_dir_all(&path));
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
