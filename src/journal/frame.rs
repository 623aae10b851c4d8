//! One frame: a 56-byte header, a payload, zeros up to a whole number of sectors. One frame is one group commit.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 4 | magic `FRM1` |
//! | 4 | 4 | payload length |
//! | 8 | 8 | first sequence; the last one so far in a frame without transactions |
//! | 16 | 4 | number of transactions |
//! | 20 | 1 | kind |
//! | 21 | 3 | flags, none known yet |
//! | 24 | 8 | milliseconds since 1970, never decreasing |
//! | 32 | 8 | epoch, 0 while the journal is not replicated |
//! | 40 | 8 | chain: first 8 bytes of SHA-256 (previous chain, header 0..40, payload CRC); only batches advance it |
//! | 48 | 4 | CRC-32C of the payload |
//! | 52 | 4 | CRC-32C of journal id, generation, the frame's offset, header 0..52 |
//!
//! The last checksum covers where the frame belongs: a frame of another file, of an earlier generation, or one that
//! some payload carries along never passes for a frame at the place where it stands.

use crate::hash::{crc32c, sha256};

use super::header::{Fields, FileHeader, HEADER_BYTES};
use super::medium::{SECTOR, SECTOR_BYTES};

/// The largest payload of a frame, in bytes. A transaction larger than this is refused before it gets here.
pub const MAX_PAYLOAD_BYTES: usize = 64 << 20;

/// Bytes of a frame before its payload.
pub(super) const FRAME_HEADER_BYTES: usize = 56;

/// The part of the header that goes into the chain.
const CHAINED_BYTES: usize = 40;

pub(super) const MAGIC: [u8; 4] = *b"FRM1";

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameKind {
    /// Transactions.
    Batch = 1,
    /// A piece of the state as it was at the base sequence.
    SnapshotChunk = 2,
    /// The snapshot is complete.
    SnapshotEnd = 3,
    /// What stands before it is on disk: damage there can no longer pass for a write that a crash cut short.
    Seal = 4,
    /// The journal was closed; nothing was under way.
    Close = 5,
    /// The names and numbers of models and fields.
    Schema = 6,
    /// The journal was opened; the payload is a random number of this opening.
    Open = 7,
}

impl FrameKind {
    fn from_byte(byte: u8) -> Option<Self> {
        [
            Self::Batch,
            Self::SnapshotChunk,
            Self::SnapshotEnd,
            Self::Seal,
            Self::Close,
            Self::Schema,
            Self::Open,
        ]
        .into_iter()
        .find(|kind| *kind as u8 == byte)
    }

    /// Does it carry something that would be missed?
    pub(super) fn carries_data(self) -> bool {
        match self {
            Self::Batch | Self::SnapshotChunk | Self::SnapshotEnd | Self::Schema => true,
            Self::Seal | Self::Close | Self::Open => false,
        }
    }
}

/// A frame that was read and found whole.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// What it is.
    pub kind: FrameKind,
    /// The sequence of its first transaction; the last sequence before it when it has none.
    pub first_seq: u64,
    /// The number of its transactions.
    pub count: u32,
    /// When it was written, in milliseconds since 1970-01-01 UTC.
    pub time_ms: u64,
    /// What it carries.
    pub payload: &'a [u8],
    /// Where it stands in the file.
    pub offset: u64,
}

/// The header of a frame, without the checksums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameHeader {
    pub(super) payload_bytes: u32,
    pub(super) first_seq: u64,
    pub(super) count: u32,
    pub(super) kind: u8,
    pub(super) flags: u32,
    pub(super) time_ms: u64,
    pub(super) epoch: u64,
    pub(super) chain: u64,
    pub(super) payload_crc: u32,
}

impl FrameHeader {
    /// `None`: these bytes are not the header of a frame at this offset of this file.
    pub(super) fn decode(bytes: &[u8; FRAME_HEADER_BYTES], offset: u64, seed: Seed) -> Option<Self> {
        let (header, checksum) = Self::fields(bytes)?;
        (checksum == seed.checksum(offset, covered(bytes))).then_some(header)
    }

    /// The header of a frame of this file that was written at another offset than it stands at now, and that offset:
    /// at most `below`. The checksum says it: for each half of an offset there is one other half that fits.
    pub(super) fn decode_moved(
        bytes: &[u8; FRAME_HEADER_BYTES],
        below: u64,
        seed: Seed,
    ) -> Option<(Self, u64)> {
        let (header, checksum) = Self::fields(bytes)?;
        let plausible =
            header.known_kind().is_some_and(|kind| (kind == FrameKind::Batch) == (header.count > 0))
                && header.flags == 0
                && header.epoch == 0
                && header.payload_bytes as usize <= MAX_PAYLOAD_BYTES;
        if !plausible {
            return None;
        }
        (0..=below >> 32)
            .map(|high| seed.offset(checksum, covered(bytes), high))
            .find(|offset| offset % SECTOR_BYTES == 0 && (HEADER_BYTES..below).contains(offset))
            .map(|offset| (header, offset))
    }

    /// What the bytes say, and the checksum. `None`: they do not begin like a header.
    fn fields(bytes: &[u8; FRAME_HEADER_BYTES]) -> Option<(Self, u32)> {
        let mut fields = Fields(bytes);
        if fields.take::<4>() != MAGIC {
            return None;
        }
        let header = Self {
            payload_bytes: fields.u32(),
            first_seq: fields.u64(),
            count: fields.u32(),
            kind: u8::from_le_bytes(fields.take()),
            flags: {
                let [a, b, c] = fields.take();
                u32::from_le_bytes([a, b, c, 0])
            },
            time_ms: fields.u64(),
            epoch: fields.u64(),
            chain: fields.u64(),
            payload_crc: fields.u32(),
        };
        Some((header, fields.u32()))
    }

    pub(super) fn known_kind(&self) -> Option<FrameKind> {
        FrameKind::from_byte(self.kind)
    }

    /// The chain value that a batch with this header has behind `previous`.
    pub(super) fn chain_after(&self, previous: u64, bytes: &[u8; FRAME_HEADER_BYTES]) -> u64 {
        let chained = bytes.first_chunk::<CHAINED_BYTES>().expect("40 of 56 bytes");
        chain(previous, chained, self.payload_crc)
    }

    /// The last sequence that it holds or names.
    pub(super) fn last_seq(&self) -> u64 {
        self.first_seq.saturating_add(u64::from(self.count.saturating_sub(1)))
    }

    /// Bytes of the whole frame in the file.
    pub(super) fn frame_bytes(&self) -> u64 {
        frame_bytes(u64::from(self.payload_bytes))
    }
}

/// The part of a header that its checksum covers.
fn covered(bytes: &[u8; FRAME_HEADER_BYTES]) -> &[u8; FRAME_HEADER_BYTES - 4] {
    bytes.first_chunk().expect("52 of 56 bytes")
}

/// Bytes in the file of a frame with so much payload.
pub(super) fn frame_bytes(payload_bytes: u64) -> u64 {
    payload_bytes.saturating_add(FRAME_HEADER_BYTES as u64).next_multiple_of(SECTOR_BYTES)
}

/// What the header checksums of one file begin with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seed(u32);

impl Seed {
    pub(super) fn of(header: &FileHeader) -> Self {
        Self(crc32c::extend(crc32c::checksum(&header.id.0), &header.generation.to_le_bytes()))
    }

    pub(super) fn checksum(self, offset: u64, covered: &[u8; FRAME_HEADER_BYTES - 4]) -> u32 {
        crc32c::extend(crc32c::extend(self.0, &offset.to_le_bytes()), covered)
    }

    /// The offset with this upper half that [`Seed::checksum`] makes this checksum of.
    fn offset(self, checksum: u32, covered: &[u8; FRAME_HEADER_BYTES - 4], high: u64) -> u64 {
        let [a, b, c, d, ..] = high.to_le_bytes();
        let behind_low = crc32c::retract(crc32c::retract(checksum, covered), &[a, b, c, d]);
        // Four bytes go into the register as they are, and then on like four zeros.
        let low = crc32c::retract(behind_low, &[0; 4]) ^ self.0;
        (high << 32) | u64::from(low)
    }
}

fn chain(previous: u64, chained: &[u8; CHAINED_BYTES], payload_crc: u32) -> u64 {
    let mut hash = sha256::Sha256::new();
    hash.update(&previous.to_le_bytes());
    hash.update(chained);
    hash.update(&payload_crc.to_le_bytes());
    let [a, b, c, d, e, f, g, h, ..] = hash.finish();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// What a frame to be written says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draft<'a> {
    pub(super) kind: FrameKind,
    pub(super) first_seq: u64,
    pub(super) count: u32,
    pub(super) time_ms: u64,
    /// The chain value of the frame before.
    pub(super) chain: u64,
    pub(super) payload: &'a [u8],
}

impl Draft<'_> {
    /// Writes the whole frame, padding included, over what is in `out`, and gives the chain value behind it.
    pub(super) fn encode(&self, offset: u64, seed: Seed, out: &mut Vec<u8>) -> u64 {
        let payload_bytes = u32::try_from(self.payload.len()).expect("at most MAX_PAYLOAD_BYTES");
        let payload_crc = crc32c::checksum(self.payload);
        out.clear();
        out.reserve(usize::try_from(frame_bytes(payload_bytes.into())).expect("a frame fits memory"));
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&payload_bytes.to_le_bytes());
        out.extend_from_slice(&self.first_seq.to_le_bytes());
        out.extend_from_slice(&self.count.to_le_bytes());
        out.extend_from_slice(&[self.kind as u8, 0, 0, 0]);
        out.extend_from_slice(&self.time_ms.to_le_bytes());
        out.extend_from_slice(&0_u64.to_le_bytes());
        let chained = out.first_chunk::<CHAINED_BYTES>().expect("the fields above are 40 bytes");
        let chain = match self.kind {
            FrameKind::Batch => chain(self.chain, chained, payload_crc),
            FrameKind::SnapshotChunk
            | FrameKind::SnapshotEnd
            | FrameKind::Seal
            | FrameKind::Close
            | FrameKind::Schema
            | FrameKind::Open => self.chain,
        };
        out.extend_from_slice(&chain.to_le_bytes());
        out.extend_from_slice(&payload_crc.to_le_bytes());
        let covered = out.first_chunk::<{ FRAME_HEADER_BYTES - 4 }>().expect("the fields above are 52 bytes");
        out.extend_from_slice(&seed.checksum(offset, covered).to_le_bytes());
        out.extend_from_slice(self.payload);
        out.resize(out.len().next_multiple_of(SECTOR), 0);
        chain
    }
}
