//! Space ahead of the last frame: zeros that are on disk already, so that a commit overwrites (one sync without
//! news about the file's size or its blocks) and a full disk is met when nobody waits.
//!
//! Two rules keep the writer and the helper apart. The writer writes only below [`Space::ready`], the helper only at
//! or above it: they never touch the same sector. And the size of the file is on disk before a frame is written under
//! it, with at least one sector of zeros to spare: no crash leaves a frame that reaches past the end of the file, so a
//! file that ends in or right behind a frame has been cut.
//!
//! Large frames do without: zeros would double what is written, and cost more than they save. They go into holes.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;

use super::JOURNAL;
use super::error::{AppendError, is_full};
use super::medium::{Medium, SECTOR, SECTOR_BYTES, read_exact_at, write_all_at};

/// Zeros that are kept ahead of the last frame.
pub const AHEAD_BYTES: u64 = 4 << 20;

/// Zeros that are written and synced at a time: longer slices hold up the commits beside them (16 MiB at once stalled
/// them 50 ms, 256 KiB stall them 0.8 ms).
pub const SLICE_BYTES: u64 = 256 << 10;

/// Near a full disk the slices halve, down to this.
pub const SMALLEST_SLICE_BYTES: u64 = 4 << 10;

/// What is kept on disk behind the last frame when the disk is full, as far as it was there: room for a seal, and for what
/// the next opening writes.
const KEPT_SECTORS: u64 = 8;

/// A frame of this size gains nothing by zeros, and a larger one loses.
const LARGE_FRAME_BYTES: u64 = 32 << 10;

/// What the file grows by, beyond what a frame needs, when there are no zeros for it: a hole, which takes no space.
const HOLE_BYTES: u64 = 64 << 10;

/// The same for a large frame, so that not every one of them costs a second sync.
const LARGE_HOLE_BYTES: u64 = 16 << 20;

/// So many zeros, in whole sectors, at most a slice. From the allocator, which takes them from the system as they are: a
/// constant would lie in every binary.
pub(super) fn zeros(bytes: u64) -> Vec<u8> {
    let bytes = bytes.next_multiple_of(SECTOR_BYTES).min(SLICE_BYTES);
    vec![0; usize::try_from(bytes).expect("a slice fits into memory")]
}

#[derive(Debug)]
pub(super) struct Space {
    /// A handle of its own: the helper must not take the report of a failed sync away from the writer.
    medium: Arc<dyn Medium>,
    /// A slice, to be written again and again.
    zeros: Vec<u8>,
    /// How much to keep ahead.
    ahead: u64,
    /// Where the next frame begins.
    end: AtomicU64,
    /// Up to here the writer may write, but for the last sector. At most the size of the file.
    ready: AtomicU64,
    /// A sync of the helper failed.
    failed: AtomicBool,
    /// Held while `ready` or the size changes, by the helper for a slice at a time.
    gate: Mutex<Gate>,
    /// Who is woken when zeros run low.
    helper: OnceLock<Thread>,
}

#[derive(Debug)]
struct Gate {
    /// The size of the file, on disk; a whole number of sectors.
    size: u64,
    /// Zeros to be written next.
    slice: u64,
}

impl Space {
    /// The space of a file that is all synced.
    pub(super) fn new(medium: Arc<dyn Medium>, end: u64, size: u64, ahead: u64) -> Self {
        let size = size.saturating_sub(size % SECTOR_BYTES);
        Self {
            medium,
            zeros: zeros(SLICE_BYTES),
            ahead,
            end: AtomicU64::new(end),
            ready: AtomicU64::new(size),
            failed: AtomicBool::new(false),
            gate: Mutex::new(Gate { size, slice: SLICE_BYTES }),
            helper: OnceLock::new(),
        }
    }

    /// From now on `helper` is woken when a slice is missing.
    pub(super) fn set_helper(&self, helper: Thread) {
        // A second helper would be one too many; the first stays.
        let _first = self.helper.set(helper);
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        // What it guards is whole at every moment.
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ready(&self) -> u64 {
        self.ready.load(Ordering::Acquire)
    }

    /// Bytes that a helper would still write.
    fn missing(&self) -> u64 {
        self.end.load(Ordering::Acquire).saturating_add(self.ahead).saturating_sub(self.ready())
    }

    /// A frame was written, and ends at `end`.
    pub(super) fn advance(&self, end: u64) {
        let start = self.end.swap(end, Ordering::AcqRel);
        if end.saturating_sub(start) < LARGE_FRAME_BYTES && self.missing() >= SLICE_BYTES.min(self.ahead) {
            self.wake_helper();
        }
    }

    pub(super) fn wake_helper(&self) {
        if let Some(helper) = self.helper.get() {
            helper.unpark();
        }
    }

    /// Has a sync of the helper failed? Then nobody knows what the disk holds.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// What is said about it.
    pub(super) fn failure() -> io::Error {
        io::Error::other("zeros ahead of the journal could not be synced")
    }

    /// Makes sure that a frame from `start` to `end` may be written.
    pub(super) fn reserve(&self, start: u64, end: u64) -> Result<(), AppendError> {
        let needed = end.saturating_add(SECTOR_BYTES);
        if needed <= self.ready() {
            return Ok(());
        }
        let mut gate = self.gate();
        if needed > gate.size {
            self.check_size(&gate)?;
            let large = end.saturating_sub(start) >= LARGE_FRAME_BYTES;
            let size = needed.saturating_add(if large { LARGE_HOLE_BYTES } else { HOLE_BYTES });
            self.medium.set_size(size).map_err(AppendError::of_write)?;
            self.medium.sync_data().map_err(AppendError::Fatal)?;
            gate.size = size;
        }
        self.ready.fetch_max(needed, Ordering::AcqRel);
        Ok(())
    }

    /// Writes and syncs the next slice of zeros. `Ok(false)`: there are enough.
    pub(super) fn zero_slice(&self) -> Result<bool, AppendError> {
        let mut gate = self.gate();
        let missing = self.missing();
        if missing == 0 {
            return Ok(false);
        }
        let bytes = gate.slice.min(missing);
        let zeroed = self.zero(&mut gate, bytes);
        match &zeroed {
            Ok(()) => gate.slice = gate.slice.saturating_mul(2).min(SLICE_BYTES),
            Err(AppendError::NotStored(_)) => gate.slice = (gate.slice / 2).max(SMALLEST_SLICE_BYTES),
            Err(AppendError::Fatal(_) | AppendError::TooLarge(_)) => {}
        }
        zeroed.map(|()| true)
    }

    /// Writes and syncs zeros up to `offset`.
    pub(super) fn zero_up_to(&self, offset: u64) -> Result<(), AppendError> {
        let mut gate = self.gate();
        while self.ready() < offset {
            self.zero(&mut gate, offset.saturating_sub(self.ready()))?;
        }
        Ok(())
    }

    /// Is there nothing smaller left to try?
    pub(super) fn is_tight(&self) -> bool {
        self.gate().slice == SMALLEST_SLICE_BYTES
    }

    /// Writes and syncs zeros behind what is ready, at most a slice.
    fn zero(&self, gate: &mut Gate, bytes: u64) -> Result<(), AppendError> {
        let bytes = usize::try_from(bytes.next_multiple_of(SECTOR_BYTES)).unwrap_or(usize::MAX);
        let zeros = self.zeros.get(..bytes).unwrap_or(&self.zeros);
        let ready = self.ready();
        let zeroed = self
            .check_size(gate)
            .and_then(|()| write_all_at(&*self.medium, ready, zeros).map_err(AppendError::of_write))
            .and_then(|()| self.medium.sync_data().map_err(AppendError::Fatal));
        match &zeroed {
            Ok(()) => {
                let ready = ready.saturating_add(zeros.len() as u64);
                self.ready.store(ready, Ordering::Release);
                gate.size = gate.size.max(ready);
            }
            // Give back what did fit. When even that does not work, zeros stay behind the end: they harm nobody.
            Err(AppendError::NotStored(_)) => drop(self.medium.set_size(gate.size)),
            Err(AppendError::Fatal(_) | AppendError::TooLarge(_)) => {
                self.failed.store(true, Ordering::Release);
            }
        }
        zeroed
    }

    /// A file that was cut is not lengthened again: it would look as if nothing had happened, and hold zeros.
    fn check_size(&self, gate: &Gate) -> Result<(), AppendError> {
        match self.medium.size() {
            Ok(size) if size >= gate.size => Ok(()),
            Ok(size) => Err(AppendError::Fatal(io::Error::other(format!(
                "{JOURNAL} was cut to {size} bytes while it was written, of which it had {}; put back a copy of the data \
                 directory, and start again",
                gate.size
            )))),
            Err(error) => Err(AppendError::Fatal(error)),
        }
    }

    /// After a write that ran out of space: nothing of it stays, durably, and the file ends a few sectors of zeros
    /// behind `end`, one at least. Cutting gives the blocks back that the write took.
    pub(super) fn cut_back(&self, end: u64) -> io::Result<()> {
        let mut gate = self.gate();
        let mut sector = [0; SECTOR];
        if let Err(error) = write_all_at(&*self.medium, end, &sector) {
            // Not even the first sector was written: then there is a hole, which reads as zeros.
            read_exact_at(&*self.medium, end, &mut sector)?;
            if sector != [0; SECTOR] {
                return Err(error);
            }
        }
        // Behind it, what the write could have takes no more space now.
        let mut kept = SECTOR_BYTES;
        let most = KEPT_SECTORS.saturating_mul(SECTOR_BYTES).min(gate.size.saturating_sub(end));
        while kept < most {
            match write_all_at(&*self.medium, end.saturating_add(kept), &[0; SECTOR]) {
                Ok(()) => kept = kept.saturating_add(SECTOR_BYTES),
                Err(error) if is_full(&error) => break,
                Err(error) => return Err(error),
            }
        }
        // The header goes first: with it, a file cut behind its sector would look like one that lost a frame.
        self.medium.sync_data()?;
        gate.size = end.saturating_add(kept);
        self.medium.set_size(gate.size)?;
        self.medium.sync_data()?;
        self.ready.store(gate.size, Ordering::Release);
        Ok(())
    }

    /// When nothing more comes: gives the hole back that large frames have left, so that the next opening finds zeros.
    pub(super) fn trim(&self) {
        let mut gate = self.gate();
        let ready = self.ready();
        // Either size will do after a crash, and either is right when cutting does not work.
        if ready < gate.size && self.medium.set_size(ready).is_ok() {
            gate.size = ready;
        }
    }
}
