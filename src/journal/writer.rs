//! The writer: one frame at a time, each on disk before the next one is begun.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::error::AppendError;
use super::frame::{Draft, FrameKind, MAX_PAYLOAD_BYTES, Seed};
use super::header::{FileHeader, JournalId};
use super::holder::LockText;
use super::lost::{LOOK_EVERY, look};
use super::medium::{Directory, Lock, Medium, SECTOR_BYTES, write_all_at};
use super::space::{AHEAD_BYTES, SMALLEST_SLICE_BYTES, Space};
use crate::stdx::clock::Clock;

/// The buffer for a frame is kept between frames unless one has made it larger than this.
const KEPT_BUFFER_BYTES: usize = 8 << 20;

/// Bytes of the random number of an opening.
pub(super) const OPEN_ID_BYTES: usize = 16;

/// An open journal. Its invariants:
/// - everything before `end` is on disk, a whole frame each;
/// - at most one frame is ever written and not yet synced;
/// - from `end` to the end of the file there are zeros, at least one sector of them;
/// - after a fatal error nothing is ever written again.
#[derive(Debug)]
pub struct Journal {
    pub(super) medium: Arc<dyn Medium>,
    pub(super) space: Arc<Space>,
    pub(super) directory: Arc<dyn Directory>,
    pub(super) header: FileHeader,
    pub(super) at: Position,
    /// The frame being written.
    pub(super) buffer: Vec<u8>,
    /// The number of this opening, while the disk is too full to say that it began.
    pub(super) waiting: Option<[u8; OPEN_ID_BYTES]>,
    /// How much space the frame took that did not fit.
    pub(super) wanted: u64,
    pub(super) state: State,
    pub(super) lock: Box<dyn Lock>,
    pub(super) lock_text: LockText,
    pub(super) clock: Arc<dyn Clock>,
    /// When it was looked last whether the file is still there; none: not yet.
    pub(super) looked_ns: Option<u64>,
}

/// Where a journal stands behind some frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    /// Where the next frame begins.
    pub(super) end: u64,
    /// The last sequence.
    pub(super) seq: u64,
    /// The chain value.
    pub(super) chain: u64,
    /// The time of the last frame.
    pub(super) time_ms: u64,
    /// The last frame carries data, and nothing stands behind it that would show damage to be no torn write.
    pub(super) unsealed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Open,
    Closed,
    Failed,
}

impl Journal {
    /// Appends a [`FrameKind::Batch`] with the next `count` sequences, or a [`FrameKind::Schema`] without any. When this
    /// comes back with `Ok`, the frame is on disk. A time before that of the last frame counts as that one.
    ///
    /// # Errors
    /// [`AppendError::NotStored`] and [`AppendError::TooLarge`]: the journal is as before. [`AppendError::Fatal`]: nobody
    /// knows, and the journal takes nothing more.
    ///
    /// # Panics
    /// When `first_seq` is not one more than [`Journal::end_seq`], or `count` is 0, in a batch; on a kind that the journal
    /// writes by itself.
    pub fn append(
        &mut self,
        kind: FrameKind,
        first_seq: u64,
        count: u32,
        time_ms: u64,
        payload: &[u8],
    ) -> Result<(), AppendError> {
        match kind {
            FrameKind::Batch => {
                let next = self.at.seq.checked_add(1);
                assert_eq!(
                    Some(first_seq),
                    next,
                    "a batch begins with {first_seq} behind sequence {}",
                    self.at.seq
                );
                assert!(count > 0, "the batch of sequence {first_seq} has no transaction");
                self.write(kind, count, time_ms, payload)
            }
            FrameKind::Schema => self.write(kind, 0, time_ms, payload),
            FrameKind::SnapshotChunk
            | FrameKind::SnapshotEnd
            | FrameKind::Seal
            | FrameKind::Close
            | FrameKind::Open => panic!("a frame of kind {kind:?} is the journal's own to write"),
        }
    }

    /// Writes a seal, unless the last frame needs none: damage to it can then no longer pass for a write that a crash
    /// cut short.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn seal(&mut self) -> Result<(), AppendError> {
        if self.at.unsealed { self.write_now(FrameKind::Seal, &[]) } else { Ok(()) }
    }

    /// Writes the frame that says that nothing was under way; it seals as well. The journal takes nothing more.
    ///
    /// # Errors
    /// As [`Journal::append`]. Without space for this frame the journal is whole all the same, only not closed.
    pub fn close(&mut self) -> Result<(), AppendError> {
        if self.state == State::Closed {
            return Ok(());
        }
        let closed = self.write_now(FrameKind::Close, &[]);
        if self.state == State::Open {
            self.state = State::Closed;
            self.space.trim();
        }
        closed
    }

    /// Does the last frame wait for a seal?
    #[must_use]
    pub fn is_unsealed(&self) -> bool {
        self.at.unsealed
    }

    /// The journal's own number.
    #[must_use]
    pub fn id(&self) -> JournalId {
        self.header.id
    }

    /// 1, and one more with each compaction.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.header.generation
    }

    /// The last sequence that is on disk; 0 when there is none.
    #[must_use]
    pub fn end_seq(&self) -> u64 {
        self.at.seq
    }

    /// The time of the last frame, in milliseconds since 1970-01-01 UTC: no later frame is older.
    #[must_use]
    pub fn last_time_ms(&self) -> u64 {
        self.at.time_ms
    }

    /// Bytes up to the end of the last frame.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.at.end
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> &Arc<dyn Directory> {
        &self.directory
    }

    /// Writes into the lock file where this process can be reached, for those who find the directory locked.
    ///
    /// # Errors
    /// As the system says.
    pub fn announce(&mut self, address: &str) -> io::Result<()> {
        self.lock_text.address = Some(address.to_owned());
        self.lock.write(&self.lock_text.to_string())
    }

    /// After [`AppendError::NotStored`]: is there space for that frame now? Takes the space, up to 4 MiB at a time.
    ///
    /// # Errors
    /// [`AppendError::Fatal`] when the disk fails.
    pub fn probe_space(&mut self) -> Result<bool, AppendError> {
        if let Some(open_id) = self.waiting.filter(|_| self.state == State::Open) {
            self.begin(open_id)?;
            if self.waiting.is_some() {
                return Ok(false);
            }
        }
        self.check_state()?;
        let needed = self.at.end.saturating_add(self.wanted.clamp(SMALLEST_SLICE_BYTES, AHEAD_BYTES));
        match self.space.zero_up_to(needed) {
            Ok(()) => Ok(true),
            Err(AppendError::NotStored(_)) => Ok(false),
            Err(error) => {
                self.state = State::Failed;
                Err(error)
            }
        }
    }

    fn check_state(&mut self) -> Result<(), AppendError> {
        match self.state {
            State::Open if self.waiting.is_some() => Err(AppendError::NotStored(io::Error::new(
                io::ErrorKind::StorageFull,
                "the disk was full when the journal was opened",
            ))),
            State::Open if self.space.has_failed() => Err(AppendError::Fatal(self.helper_failure())),
            State::Open => Ok(()),
            State::Closed => Err(AppendError::NotStored(io::Error::other("the journal is closed"))),
            State::Failed => Err(AppendError::Fatal(io::Error::other("the journal's disk failed before"))),
        }
    }

    /// Says that an opening began. When there is no space for that, the journal can be read, and waits for
    /// [`Journal::probe_space`].
    ///
    /// # Errors
    /// [`AppendError::Fatal`] when the disk fails.
    pub(super) fn begin(&mut self, open_id: [u8; OPEN_ID_BYTES]) -> Result<(), AppendError> {
        self.waiting = None;
        match self.write_now(FrameKind::Open, &open_id) {
            Err(AppendError::NotStored(_)) => {
                self.waiting = Some(open_id);
                Ok(())
            }
            other => other,
        }
    }

    /// Was the disk too full, when the journal was opened, to write anything? Then nothing is stored until
    /// [`Journal::probe_space`] finds space.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// A frame without transactions, as of now.
    pub(super) fn write_now(&mut self, kind: FrameKind, payload: &[u8]) -> Result<(), AppendError> {
        self.write(kind, 0, self.clock.wall_ms(), payload)
    }

    /// One frame, written and synced; or nothing, undone and synced; or nobody knows.
    fn write(
        &mut self,
        kind: FrameKind,
        count: u32,
        time_ms: u64,
        payload: &[u8],
    ) -> Result<(), AppendError> {
        self.check_state()?;
        if payload.len() > MAX_PAYLOAD_BYTES {
            return Err(AppendError::TooLarge(payload.len()));
        }
        let Position { end, seq, chain, .. } = self.at;
        let time_ms = time_ms.max(self.at.time_ms);
        let first_seq = if kind == FrameKind::Batch { seq.saturating_add(1) } else { seq };
        let draft = Draft { kind, first_seq, count, time_ms, chain, payload };
        let chain = draft.encode(end, Seed::of(&self.header), &mut self.buffer);
        let frame_end = end.saturating_add(self.buffer.len() as u64);
        let stored = self.store(end, frame_end);
        if matches!(stored, Err(AppendError::NotStored(_))) && kind.carries_data() {
            self.seal_in_place()?;
        }
        stored?;
        if !kind.carries_data() || self.is_look_due() {
            self.look(frame_end).map_err(AppendError::Fatal)?;
        }
        self.at = Position {
            end: frame_end,
            seq: seq.saturating_add(u64::from(count)),
            chain,
            time_ms,
            unsealed: kind.carries_data(),
        };
        self.space.advance(frame_end);
        if self.buffer.capacity() > KEPT_BUFFER_BYTES {
            self.buffer = Vec::new();
        }
        Ok(())
    }

    fn is_look_due(&self) -> bool {
        let now_ns = self.clock.monotonic_ns();
        let passed = |looked_ns| Duration::from_nanos(now_ns.saturating_sub(looked_ns));
        self.looked_ns.is_none_or(|looked_ns| passed(looked_ns) >= LOOK_EVERY)
    }

    /// Looks whether the file is still the journal, with frames up to `end` and a sector of zeros. If not, nothing more is
    /// taken.
    fn look(&mut self, end: u64) -> io::Result<()> {
        self.looked_ns = Some(self.clock.monotonic_ns());
        let looked = look(&*self.directory, &*self.medium, end.saturating_add(SECTOR_BYTES));
        if looked.is_err() {
            self.state = State::Failed;
        }
        looked
    }

    /// What is said when the helper has failed: that the file is lost, where that is why.
    pub(super) fn helper_failure(&mut self) -> io::Error {
        self.look(self.at.end).err().unwrap_or_else(Space::failure)
    }

    /// The bytes of the frame, at `end`.
    fn store(&mut self, end: u64, frame_end: u64) -> Result<(), AppendError> {
        let stored = self.space.reserve(end, frame_end).and_then(|()| {
            write_all_at(&*self.medium, end, &self.buffer).map_err(AppendError::of_write)?;
            self.medium.sync_data().map_err(AppendError::Fatal)
        });
        match stored {
            Ok(()) => Ok(()),
            Err(AppendError::NotStored(error)) => {
                self.wanted = self.buffer.len() as u64;
                self.space.cut_back(end).map_err(|undo| {
                    self.state = State::Failed;
                    AppendError::Fatal(io::Error::new(
                        undo.kind(),
                        format!("{error}, and undoing it: {undo}"),
                    ))
                })?;
                Err(AppendError::NotStored(error))
            }
            Err(error) => {
                self.state = State::Failed;
                Err(error)
            }
        }
    }

    /// On a full disk: a seal, into the sector of zeros that mostly is there. Behind it the last batch needs no copy when the process is killed
    /// now, and the next opening no space for one.
    fn seal_in_place(&mut self) -> Result<(), AppendError> {
        if !self.at.unsealed {
            return Ok(());
        }
        let wanted = self.wanted;
        let sealed = self.write_now(FrameKind::Seal, &[]);
        self.wanted = wanted;
        match sealed {
            Err(AppendError::NotStored(_)) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
