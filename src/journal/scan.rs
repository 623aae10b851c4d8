//! Reads the frames of a file in order and says how it ends. It only reads: opening and looking use the same code.
//!
//! At the first place where no frame is accepted (see [`super::judge`]):
//!
//! | what is there | verdict |
//! |---|---|
//! | zeros to the end | the end |
//! | no later frame anywhere behind it, and no more than one write can leave | a torn tail: the one frame that was not yet synced |
//! | a later frame behind it, in its place or moved, or more than one write | damage (see [`super::behind`]) |
//! | a whole frame that does not continue the ones before | a break |
//! | the file ends in it, or right before it | cut |
//! | anything, while the snapshot is not complete | damage of the snapshot |

use super::behind::{Behind, look_behind};
use super::error::{Following, FrameFlaw, OpenError};
use super::frame::{FRAME_HEADER_BYTES, Frame, FrameHeader, FrameKind, Seed};
use super::header::{FileHeader, HEADER_BYTES};
use super::judge::{Expected, Head};
use super::medium::{Medium, SECTOR_BYTES, is_zero};
use super::window::Window;
use super::writer::Position;
use super::{JOURNAL, Visit};

/// What the frames of a file come to.
#[derive(Debug)]
pub(super) struct Scanned {
    pub(super) at: Position,
    pub(super) frames: u64,
    /// The last frame.
    pub(super) last: Option<Last>,
    /// The bytes of a torn tail, from and to.
    pub(super) torn: Option<(u64, u64)>,
    /// The last frame is damaged where it stands, and whole in the copy that was made before it was rewritten.
    pub(super) restored: bool,
}

/// The last frame of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Last {
    pub(super) kind: FrameKind,
    pub(super) offset: u64,
    pub(super) bytes: u64,
}

/// What stands behind the last accepted frame.
enum Next {
    Frame(Head),
    Flawed(FrameFlaw),
    Cut,
}

/// Reads every frame, gives each to `visit`, and comes back with how the file ends. `tail` is the copy of the last
/// frame that a rewriting under way has left.
pub(super) fn scan(
    medium: &dyn Medium,
    header: &FileHeader,
    tail: Option<&[u8]>,
    visit: &mut Visit<'_>,
) -> Result<Scanned, OpenError> {
    let at = Position {
        end: HEADER_BYTES,
        seq: header.base,
        chain: header.base_chain,
        time_ms: 0,
        unsealed: false,
    };
    let expected = Expected { at, seed: Seed::of(header), in_snapshot: header.base > 0 };
    scan_on(medium, expected, tail, visit)
}

/// The same from the middle of a file on.
pub(super) fn scan_on(
    medium: &dyn Medium,
    expected: Expected,
    tail: Option<&[u8]>,
    visit: &mut Visit<'_>,
) -> Result<Scanned, OpenError> {
    let mut scan = Scan { medium, expected, window: Window::new(size(medium)?), frames: 0, last: None };
    let mut restored = false;
    loop {
        match scan.next()? {
            Next::Frame(head) => scan.take(&head, None, visit)?,
            Next::Cut => return Err(scan.cut()),
            Next::Flawed(flaw) => {
                let Behind { following, dirty_end } = look_behind(medium, &mut scan.window, &scan.expected)?;
                if let Some(following) = following {
                    // Either damage, or the file has gone on while it was being read.
                    let Next::Frame(_) = scan.next()? else {
                        return Err(scan.damaged(flaw, following));
                    };
                } else if let Some((tail, head)) = tail.and_then(|tail| scan.frame_in(tail)) {
                    scan.take(&head, Some(tail), visit)?;
                    restored = true;
                } else if scan.expected.in_snapshot {
                    return Err(scan.snapshot(flaw));
                } else {
                    let Scan { expected: Expected { at, .. }, frames, last, .. } = scan;
                    let torn = dirty_end.map(|to| (at.end, to));
                    return Ok(Scanned { at, frames, last, torn, restored });
                }
            }
        }
    }
}

fn size(medium: &dyn Medium) -> Result<u64, OpenError> {
    medium.size().map_err(OpenError::io(format!("asking for the size of {JOURNAL}")))
}

struct Scan<'a> {
    medium: &'a dyn Medium,
    expected: Expected,
    window: Window,
    frames: u64,
    last: Option<Last>,
}

impl Scan<'_> {
    fn end(&self) -> u64 {
        self.expected.at.end
    }

    fn next_seq(&self) -> u64 {
        self.expected.at.seq.saturating_add(1)
    }

    fn cut(&self) -> OpenError {
        OpenError::Cut { offset: self.end(), seq: self.next_seq(), size: self.window.size() }
    }

    fn snapshot(&self, flaw: FrameFlaw) -> OpenError {
        OpenError::Snapshot { offset: self.end(), base: self.expected.at.seq, flaw }
    }

    fn damaged(&self, flaw: FrameFlaw, following: Following) -> OpenError {
        if self.expected.in_snapshot {
            self.snapshot(flaw)
        } else {
            OpenError::Damaged { offset: self.end(), seq: self.next_seq(), flaw, following }
        }
    }

    /// Judges what comes next. When it is no frame, then once more with what the file holds now, until there is nothing
    /// newer to see: it may be written to. A frame is never written before the size that it needs.
    fn next(&mut self) -> Result<Next, OpenError> {
        let mut fresh = false;
        loop {
            let next = self.judge()?;
            if let Next::Frame(_) = next {
                return Ok(next);
            }
            let size = size(self.medium)?;
            if fresh && size == self.window.size() {
                return Ok(next);
            }
            self.window.refresh(size);
            fresh = true;
        }
    }

    fn judge(&mut self) -> Result<Next, OpenError> {
        let offset = self.end();
        let left = self.window.size().saturating_sub(offset);
        if left < SECTOR_BYTES {
            return Ok(Next::Cut);
        }
        let sector = self.window.get(self.medium, offset, SECTOR_BYTES)?;
        let head = sector.first_chunk::<FRAME_HEADER_BYTES>().expect("a sector is longer");
        let head = match self.expected.head(head) {
            Ok(Some(head)) => head,
            Ok(None) if is_zero(sector) => return Ok(Next::Flawed(FrameFlaw::Empty)),
            Ok(None) => return Ok(Next::Flawed(FrameFlaw::Header)),
            Err(fault) => return Err(OpenError::Broken { offset, seq: self.expected.at.seq, fault }),
        };
        let bytes = head.header.frame_bytes();
        if left < bytes.saturating_add(SECTOR_BYTES) {
            return Ok(Next::Cut);
        }
        let whole = self.window.get(self.medium, offset, bytes)?;
        Ok(head.check(whole).map_or_else(Next::Flawed, |()| Next::Frame(head)))
    }

    /// Is `tail` the frame that belongs here?
    fn frame_in<'b>(&self, tail: &'b [u8]) -> Option<(&'b [u8], Head)> {
        let head = self.expected.head(tail.first_chunk()?).ok()??;
        let fits = tail.len() as u64 == head.header.frame_bytes() && head.check(tail).is_ok();
        fits.then_some((tail, head))
    }

    /// Accepts a frame that was judged: where it stands, or `elsewhere`.
    fn take(
        &mut self,
        head: &Head,
        elsewhere: Option<&[u8]>,
        visit: &mut Visit<'_>,
    ) -> Result<(), OpenError> {
        let offset = self.end();
        let FrameHeader { first_seq, count, time_ms, .. } = head.header;
        let bytes = head.header.frame_bytes();
        let whole = match elsewhere {
            Some(whole) => whole,
            None => self.window.get(self.medium, offset, bytes)?,
        };
        let (payload, _padding) = head.parts(whole);
        visit(&Frame { kind: head.kind, first_seq, count, time_ms, payload, offset })
            .map_err(|refusal| OpenError::Refused { offset, seq: first_seq, refusal })?;
        self.expected.at = head.behind(&self.expected.at);
        self.expected.in_snapshot &= head.kind != FrameKind::SnapshotEnd;
        self.last = Some(Last { kind: head.kind, offset, bytes });
        self.frames = self.frames.saturating_add(1);
        Ok(())
    }
}
