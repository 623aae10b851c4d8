//! Whether some bytes are the frame that continues a journal: a function of the bytes and of what stands before them.

use super::error::{Break, FrameFlaw};
use super::frame::{FRAME_HEADER_BYTES, FrameHeader, FrameKind, MAX_PAYLOAD_BYTES, Seed};
use super::medium::is_zero;
use super::writer::Position;
use crate::hash::crc32c;

/// What a frame has to continue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected {
    pub(super) at: Position,
    pub(super) seed: Seed,
    /// The file begins with a snapshot, and its end has not been seen.
    pub(super) in_snapshot: bool,
}

/// The header of a frame that continues the journal; its payload may still be damaged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) header: FrameHeader,
    pub(super) kind: FrameKind,
}

impl Expected {
    /// Judges a header. `Ok(None)`: there is none at this place.
    pub(super) fn head(&self, bytes: &[u8; FRAME_HEADER_BYTES]) -> Result<Option<Head>, Break> {
        let Some(header) = FrameHeader::decode(bytes, self.at.end, self.seed) else { return Ok(None) };
        let Some(kind) = header.known_kind() else { return Err(Break::Kind(header.kind)) };
        if header.flags != 0 {
            return Err(Break::Flags(header.flags));
        }
        if header.epoch != 0 {
            return Err(Break::Epoch(header.epoch));
        }
        if header.payload_bytes as usize > MAX_PAYLOAD_BYTES {
            return Err(Break::Length(header.payload_bytes));
        }
        let Position { seq, chain, time_ms, .. } = self.at;
        let (first_seq, counted, chain) = match kind {
            FrameKind::Batch => (seq.saturating_add(1), header.count > 0, header.chain_after(chain, bytes)),
            FrameKind::SnapshotChunk
            | FrameKind::SnapshotEnd
            | FrameKind::Seal
            | FrameKind::Close
            | FrameKind::Schema
            | FrameKind::Open => (seq, header.count == 0, chain),
        };
        let of_snapshot = matches!(kind, FrameKind::SnapshotChunk | FrameKind::SnapshotEnd);
        if of_snapshot != self.in_snapshot && kind != FrameKind::Schema {
            Err(Break::Misplaced)
        } else if header.first_seq != first_seq {
            Err(Break::Sequence(header.first_seq))
        } else if !counted {
            Err(Break::Count(header.count))
        } else if header.chain != chain {
            Err(Break::Chain)
        } else if header.time_ms < time_ms {
            Err(Break::Time { before_ms: time_ms, this_ms: header.time_ms })
        } else {
            Ok(Some(Head { header, kind }))
        }
    }
}

impl Head {
    /// Judges what stands behind the header, padding included. `whole` is as long as the frame.
    pub(super) fn check(&self, whole: &[u8]) -> Result<(), FrameFlaw> {
        let (payload, padding) = self.parts(whole);
        if crc32c::checksum(payload) != self.header.payload_crc {
            Err(FrameFlaw::Payload)
        } else if !is_zero(padding) {
            Err(FrameFlaw::Padding)
        } else {
            Ok(())
        }
    }

    /// Payload and padding of a whole frame.
    pub(super) fn parts<'a>(&self, whole: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        let rest = whole.get(FRAME_HEADER_BYTES..).unwrap_or_default();
        rest.split_at_checked(self.header.payload_bytes as usize).unwrap_or((rest, &[]))
    }

    /// Where the journal stands behind this frame, which begins at the end of `at`.
    pub(super) fn behind(&self, at: &Position) -> Position {
        Position {
            end: at.end.saturating_add(self.header.frame_bytes()),
            seq: at.seq.saturating_add(u64::from(self.header.count)),
            chain: self.header.chain,
            time_ms: self.header.time_ms,
            unsealed: self.kind.carries_data(),
        }
    }
}
