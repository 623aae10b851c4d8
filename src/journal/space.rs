//! Space ahead of the last frame: zeros that are on disk already, so that a commit overwrites (one sync without
//! news about the file's size or its blocks) and a full disk is met when nobody waits.
//!
//! Two rules keep the writer and the helper apart. The writer writes only below [`Space::size`], the helper only at
//! or above it: they never touch the same sector. And the size is on disk before a frame is written under it, with
//! at least one sector of zeros to spare: no crash leaves a frame that reaches past the end of the file, so a file
//! that ends in or right behind a frame has been cut.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;

use super::error::AppendError;
use super::medium::{Medium, SECTOR, SECTOR_BYTES, read_exact_at, write_all_at};

/// Zeros that are kept ahead of the last frame.
pub const AHEAD_BYTES: u64 = 4 << 20;

/// Zeros that are written and synced at a time: longer slices hold up the commits beside them (16 MiB at once stalled
/// them 50 ms, 256 KiB stall them 0.8 ms).
pub const SLICE_BYTES: u64 = ZEROS.len() as u64;

/// Near a full disk the slices halve, down to this.
pub const SMALLEST_SLICE_BYTES: u64 = 4 << 10;

/// What the file grows by, beyond what a frame needs, when no zeros are left: holes, which take no space.
const HOLE_BYTES: u64 = 64 << 10;

static ZEROS: [u8; 256 << 10] = [0; 256 << 10];

/// So many zeros, in whole sectors, at most a slice.
pub(super) fn zeros(bytes: u64) -> &'static [u8] {
    let bytes = usize::try_from(bytes.next_multiple_of(SECTOR_BYTES)).unwrap_or(usize::MAX);
    ZEROS.get(..bytes).unwrap_or(&ZEROS)
}

#[derive(Debug)]
pub(super) struct Space {
    /// A handle of its own: the helper must not take the report of a failed sync away from the writer.
    medium: Arc<dyn Medium>,
    /// How much to keep ahead.
    ahead: u64,
    /// Where the next frame begins.
    end: AtomicU64,
    /// The size of the file, on disk; a whole number of sectors.
    size: AtomicU64,
    /// A sync of the helper failed.
    failed: AtomicBool,
    /// Held while the size changes, by the helper for a slice at a time. Holds the next slice's length.
    gate: Mutex<u64>,
    /// Who is woken when zeros run low.
    helper: OnceLock<Thread>,
}

impl Space {
    /// The space of a file that is all synced.
    pub(super) fn new(medium: Arc<dyn Medium>, end: u64, size: u64, ahead: u64) -> Self {
        let size = size.saturating_sub(size.checked_rem(SECTOR_BYTES).unwrap_or_default());
        Self {
            medium,
            ahead,
            end: AtomicU64::new(end),
            size: AtomicU64::new(size),
            failed: AtomicBool::new(false),
            gate: Mutex::new(SLICE_BYTES),
            helper: OnceLock::new(),
        }
    }

    /// From now on `helper` is woken when a slice is missing.
    pub(super) fn set_helper(&self, helper: Thread) {
        // A second helper would be one too many; the first stays.
        let _first = self.helper.set(helper);
    }

    fn gate(&self) -> MutexGuard<'_, u64> {
        // What it guards is one number that is whole at every moment.
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn size(&self) -> u64 {
        self.size.load(Ordering::Acquire)
    }

    /// Bytes that a helper would still write.
    fn missing(&self) -> u64 {
        self.end.load(Ordering::Acquire).saturating_add(self.ahead).saturating_sub(self.size())
    }

    /// The last frame now ends at `end`.
    pub(super) fn advance(&self, end: u64) {
        self.end.store(end, Ordering::Release);
        if self.missing() >= SLICE_BYTES.min(self.ahead) {
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

    /// Makes sure that a frame that ends at `frame_end` may be written.
    pub(super) fn reserve(&self, frame_end: u64) -> Result<(), AppendError> {
        let needed = frame_end.saturating_add(SECTOR_BYTES);
        if needed <= self.size() {
            return Ok(());
        }
        let _gate = self.gate();
        if needed <= self.size() {
            return Ok(());
        }
        let size = needed.saturating_add(HOLE_BYTES);
        self.medium.set_size(size).map_err(AppendError::of_write)?;
        self.medium.sync_data().map_err(AppendError::Fatal)?;
        self.size.store(size, Ordering::Release);
        Ok(())
    }

    /// Writes and syncs the next slice of zeros. `Ok(false)`: there are enough.
    pub(super) fn zero_slice(&self) -> Result<bool, AppendError> {
        let mut slice = self.gate();
        let missing = self.missing();
        if missing == 0 {
            return Ok(false);
        }
        let zeroed = self.extend_by((*slice).min(missing));
        match &zeroed {
            Ok(()) => *slice = slice.saturating_mul(2).min(SLICE_BYTES),
            Err(AppendError::NotStored(_)) => *slice = (*slice / 2).max(SMALLEST_SLICE_BYTES),
            Err(AppendError::Fatal(_) | AppendError::TooLarge(_)) => {}
        }
        zeroed.map(|()| true)
    }

    /// Writes and syncs zeros until the file is `size` bytes long.
    pub(super) fn zero_up_to(&self, size: u64) -> Result<(), AppendError> {
        let _gate = self.gate();
        while self.size() < size {
            self.extend_by(size.saturating_sub(self.size()).min(SLICE_BYTES))?;
        }
        Ok(())
    }

    /// Is there nothing smaller left to try?
    pub(super) fn is_tight(&self) -> bool {
        *self.gate() == SMALLEST_SLICE_BYTES
    }

    /// Writes and syncs zeros behind the end of the file, at most a slice. The caller holds the gate.
    fn extend_by(&self, bytes: u64) -> Result<(), AppendError> {
        let size = self.size();
        let zeros = zeros(bytes);
        let extended = write_all_at(&*self.medium, size, zeros)
            .map_err(AppendError::of_write)
            .and_then(|()| self.medium.sync_data().map_err(AppendError::Fatal));
        match &extended {
            Ok(()) => self.size.store(size.saturating_add(zeros.len() as u64), Ordering::Release),
            // Give back what did fit. When even that does not work, zeros stay behind the end: they harm nobody.
            Err(AppendError::NotStored(_)) => drop(self.medium.set_size(size)),
            Err(AppendError::Fatal(_) | AppendError::TooLarge(_)) => {
                self.failed.store(true, Ordering::Release);
            }
        }
        extended
    }

    /// After a write that ran out of space: nothing of it stays, durably, and the file ends one sector of zeros behind
    /// `end`. Cutting gives the blocks back that the write took.
    pub(super) fn cut_back(&self, end: u64) -> io::Result<()> {
        let _gate = self.gate();
        let mut sector = [0; SECTOR];
        if let Err(error) = write_all_at(&*self.medium, end, &sector) {
            // Not even the first sector was written: then there is a hole, which reads as zeros.
            read_exact_at(&*self.medium, end, &mut sector)?;
            if sector != [0; SECTOR] {
                return Err(error);
            }
        }
        // The header goes first: with it, a file cut behind its sector would look like one that lost a frame.
        self.medium.sync_data()?;
        let size = end.saturating_add(SECTOR_BYTES);
        self.medium.set_size(size)?;
        self.medium.sync_data()?;
        self.size.store(size, Ordering::Release);
        Ok(())
    }
}
