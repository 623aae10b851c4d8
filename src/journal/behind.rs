//! What stands behind the place where reading finds no frame: may it be the one write that a crash cut short?
//!
//! A crash leaves two things behind the last frame that was synced. The frame under way: at most
//! [`MAX_PAYLOAD_BYTES`] long, as long as its header says when that is whole, and never up to the last sector of the
//! file (`space.rs`). And a slice of zeros under way, which may be garbage now: at most [`SLICE_BYTES`], with a sector
//! of zeros before it at the least that nobody was writing. Whatever is more than that is damage, and so is a later frame
//! of this journal, wherever it stands: where bytes are lost or put in, all that is behind them moves.
//!
//! A frame that is carried inside the payload of another one is no evidence: it was there before, so its sequence is
//! none that is missing. Zeros are no evidence either: a file that was zeroed from some frame on ends there.

use super::error::{Following, OpenError};
use super::frame::{FRAME_HEADER_BYTES, FrameHeader, MAGIC, MAX_PAYLOAD_BYTES, frame_bytes};
use super::judge::Expected;
use super::medium::{Medium, SECTOR, SECTOR_BYTES, is_zero};
use super::space::SLICE_BYTES;
use super::window::Window;

/// How far a frame may be looked for from where it was written, towards the end of the file: bytes that were lost.
const MOST_LOST_BYTES: u64 = 64 << 20;

/// What stands there.
#[derive(Debug, Default)]
pub(super) struct Behind {
    /// What shows that it is damage.
    pub(super) following: Option<Following>,
    /// Where the last sector ends that is not all zeros.
    pub(super) dirty_end: Option<u64>,
}

/// Looks at everything from the end of the last accepted frame on.
pub(super) fn look_behind(
    medium: &dyn Medium,
    window: &mut Window,
    expected: &Expected,
) -> Result<Behind, OpenError> {
    let (end, size) = (expected.at.end, window.size());
    let mut dirt = Dirt { end, ..Dirt::default() };
    let (mut placed, mut moved) = (None, None);
    let mut offset = end;
    while offset < size {
        let left = size.saturating_sub(offset);
        // A header that begins in this sector may end in the next.
        let seen = SECTOR_BYTES.saturating_add(FRAME_HEADER_BYTES as u64).min(left);
        let bytes = window.get(medium, offset, seen)?;
        let sector = bytes.get(..SECTOR).unwrap_or(bytes);
        if !is_zero(sector) {
            dirt.add(offset, offset.saturating_add(sector.len() as u64));
            let head = bytes.first_chunk().and_then(|head| FrameHeader::decode(head, offset, expected.seed));
            match head {
                Some(head) if offset == end => dirt.frame_end = Some(end.saturating_add(head.frame_bytes())),
                Some(head) => Run::add(&mut placed, offset, offset, &head),
                None => {}
            }
            for (at, head, written_at) in moved_frames(bytes, offset, size, expected) {
                Run::add(&mut moved, at, written_at, &head);
            }
        }
        offset = offset.saturating_add(SECTOR_BYTES);
    }
    let following = match (placed, moved) {
        (Some(Run { frames, offset, first_seq, last_seq, .. }), _) => {
            Some(Following::Frames { frames, offset, first_seq, last_seq })
        }
        (None, Some(Run { frames, offset, written_at, first_seq, last_seq })) => {
            Some(Following::Moved { frames, offset, written_at, first_seq, last_seq })
        }
        (None, None) => dirt.beyond_a_torn_write(size).map(|(from, to)| Following::Bytes { from, to }),
    };
    Ok(Behind { following, dirty_end: dirt.last_run.map(|(_, to)| to) })
}

/// Headers that begin in the first sector of `bytes`, which stand at `offset`, and were written elsewhere: of frames
/// that come after the last accepted one.
fn moved_frames<'a>(
    bytes: &'a [u8],
    offset: u64,
    size: u64,
    expected: &'a Expected,
) -> impl Iterator<Item = (u64, FrameHeader, u64)> + 'a {
    let heads = bytes.windows(FRAME_HEADER_BYTES).take(SECTOR);
    (offset..).zip(heads).filter_map(move |(at, head)| {
        let head = head.first_chunk().filter(|head| head.starts_with(&MAGIC))?;
        let below = size.saturating_add(MOST_LOST_BYTES);
        let (header, written_at) = FrameHeader::decode_moved(head, below, expected.seed)?;
        let later = header.first_seq > expected.at.seq && header.time_ms >= expected.at.time_ms;
        (later && written_at != at && written_at >= expected.at.end).then_some((at, header, written_at))
    })
}

/// Frames that were found.
struct Run {
    frames: u64,
    offset: u64,
    written_at: u64,
    first_seq: u64,
    last_seq: u64,
}

impl Run {
    fn add(run: &mut Option<Self>, offset: u64, written_at: u64, header: &FrameHeader) {
        let first_seq = header.first_seq;
        let run = run.get_or_insert(Self { frames: 0, offset, written_at, first_seq, last_seq: 0 });
        run.frames = run.frames.saturating_add(1);
        run.last_seq = run.last_seq.max(header.last_seq());
    }
}

/// Sectors that are not all zeros.
#[derive(Debug, Default)]
struct Dirt {
    /// Where the last accepted frame ends.
    end: u64,
    /// Where the next one would end, when its header is whole.
    frame_end: Option<u64>,
    /// The last of them that stand side by side.
    last_run: Option<(u64, u64)>,
    /// The first one behind `frame_end`.
    behind_frame: Option<u64>,
}

impl Dirt {
    fn add(&mut self, from: u64, to: u64) {
        match &mut self.last_run {
            Some((_, end)) if *end == from => *end = to,
            run => *run = Some((from, to)),
        }
        if self.frame_end.is_some_and(|end| from >= end) {
            self.behind_frame.get_or_insert(from);
        }
    }

    /// The bytes that no crash leaves, if there are any.
    fn beyond_a_torn_write(&self, size: u64) -> Option<(u64, u64)> {
        let (run_start, dirty_end) = self.last_run?;
        let over_a_slice = |from: u64| dirty_end.saturating_sub(from) > SLICE_BYTES;
        if let Some(frame_end) = self.frame_end {
            let from = self.behind_frame?;
            return (from == frame_end || over_a_slice(from)).then_some((from, dirty_end));
        }
        // No frame reaches the last sector, so what stands there is a slice.
        if dirty_end == size && (run_start == self.end || over_a_slice(run_start)) {
            return Some((run_start, dirty_end));
        }
        let largest = self.end.saturating_add(frame_bytes(MAX_PAYLOAD_BYTES as u64));
        (dirty_end > largest).then_some((largest, dirty_end))
    }
}
