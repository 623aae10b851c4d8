//! Files made by hand, byte by byte, that the writer would never make: what reading says to each.
#![expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests know their lengths")]

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::frame::{Draft, FRAME_HEADER_BYTES, FrameKind, MAX_PAYLOAD_BYTES, Seed};
use super::header::{COPIES, FileHeader, HEADER_BYTES, JournalId};
use super::medium::{Identity, LockError, Medium, SECTOR};
use super::scan::scan;
use super::{JOURNAL, MemoryDirectory, Report, Visit, read};

/// A journal under construction.
struct Craft {
    header: FileHeader,
    bytes: Vec<u8>,
    seq: u64,
    chain: u64,
    time_ms: u64,
    /// Where the last frame begins.
    last: usize,
}

impl Craft {
    fn new(base: u64) -> Self {
        let header = FileHeader { base, ..FileHeader::new(JournalId(*b"a journal's name")) };
        let mut bytes = vec![0; usize::try_from(HEADER_BYTES).expect("8192")];
        for offset in COPIES {
            let offset = usize::try_from(offset).expect("at most 4096");
            bytes[offset..offset + 64].copy_from_slice(&header.encode());
        }
        Self { header, bytes, seq: base, chain: header.base_chain, time_ms: 1000, last: 0 }
    }

    fn frame(mut self, kind: FrameKind, count: u32, payload: &[u8]) -> Self {
        let first_seq = if kind == FrameKind::Batch { self.seq + 1 } else { self.seq };
        let draft = Draft { kind, first_seq, count, time_ms: self.time_ms, chain: self.chain, payload };
        let mut frame = Vec::new();
        self.last = self.bytes.len();
        self.chain = draft.encode(self.last as u64, Seed::of(&self.header), &mut frame);
        self.bytes.extend_from_slice(&frame);
        self.seq += u64::from(count);
        self
    }

    /// Puts `value` into the last frame's header, and the checksum right.
    fn patch(mut self, at: usize, value: &[u8]) -> Self {
        let frame = &mut self.bytes[self.last..];
        frame[at..at + value.len()].copy_from_slice(value);
        let covered = frame.first_chunk::<{ FRAME_HEADER_BYTES - 4 }>().expect("a frame is longer");
        let checksum = Seed::of(&self.header).checksum(self.last as u64, covered);
        frame[FRAME_HEADER_BYTES - 4..FRAME_HEADER_BYTES].copy_from_slice(&checksum.to_le_bytes());
        self
    }

    fn flip(mut self, at: usize) -> Self {
        self.bytes[at] ^= 1;
        self
    }

    /// The words that reading ends with, or what was read.
    fn read(mut self) -> Result<Report, String> {
        self.bytes.extend_from_slice(&[0; SECTOR]);
        let directory = MemoryDirectory::new();
        directory.put(JOURNAL, &self.bytes);
        let visit: &mut Visit<'_> = &mut |_| Ok(());
        read(&directory, visit).map_err(|error| error.to_string())
    }

    fn message(self) -> String {
        self.read().expect_err("this file is not to be read")
    }
}

fn two_batches() -> Craft {
    Craft::new(0).frame(FrameKind::Batch, 3, b"one to three").frame(FrameKind::Batch, 1, b"four")
}

#[test]
fn whole_frames_are_read() {
    let report = two_batches().frame(FrameKind::Seal, 0, b"").frame(FrameKind::Schema, 0, b"s").read();
    let report = report.expect("it is whole");
    assert_eq!((report.frames, report.last_seq, report.bytes), (4, 4, 8192 + 4 * 512));
}

#[test]
fn every_break_has_its_own_words() {
    let start = "the frame at byte 8704 does not continue the journal, which is at sequence 3: ";
    let cases: [(usize, &[u8], &str); 10] = [
        (4, &u32::MAX.to_le_bytes(), "its payload of 4294967295 bytes is larger than any may be"),
        (8, &[9], "it says sequence 9"),
        (8, &[3], "it says sequence 3"),
        (16, &[0], "it says 0 transactions, which does not fit its kind"),
        (16, &[2], "its chain value does not follow from the frame before"),
        (20, &[99], "its kind 99 is unknown: a later version may have written it"),
        (20, &[2], "a frame of its kind does not belong there"),
        (21, &[0, 0, 128], "its flags 0x800000 are unknown: a later version may have written it"),
        (32, &[7], "it is of epoch 7, and this journal is not replicated"),
        (40, &[0; 8], "its chain value does not follow from the frame before"),
    ];
    for (at, value, expected) in cases {
        let message = two_batches().patch(at, value).message();
        assert_eq!(message, format!("{start}{expected}; nothing was changed"), "bytes {value:?} at {at}");
    }
    let mut older = two_batches();
    older.time_ms = 999;
    assert_eq!(
        older.frame(FrameKind::Seal, 0, b"").message(),
        "the frame at byte 9216 does not continue the journal, which is at sequence 4: its time 999 lies before 1000, \
         that of the frame before; nothing was changed"
    );
}

#[test]
fn a_frame_of_another_place_or_file_is_none() {
    let batch = two_batches();
    let copied = batch.bytes[batch.last..].to_vec();
    let mut moved = two_batches();
    moved.bytes.extend_from_slice(&[0; SECTOR]);
    moved.bytes.extend_from_slice(&copied);
    let report = moved.read().expect("what is no frame there is a torn tail");
    assert_eq!((report.last_seq, report.torn.map(|torn| (torn.offset, torn.bytes))), (4, Some((9216, 1024))));

    let mut other = Craft::new(0);
    other.header.generation += 1;
    let other = other.frame(FrameKind::Batch, 3, b"one to three").frame(FrameKind::Batch, 1, b"four");
    let mut mixed = two_batches();
    let last = mixed.last;
    mixed.bytes[last..].copy_from_slice(&other.bytes[last..]);
    let report = mixed.read().expect("what is no frame there is a torn tail");
    assert_eq!((report.last_seq, report.torn.map(|torn| torn.offset)), (3, Some(8704)));
}

/// A payload may carry anything: also a whole journal, this very one.
#[test]
fn a_torn_frame_that_carries_frames_is_still_a_torn_tail() {
    let carried = two_batches().bytes;
    let payload = [&[0; SECTOR - FRAME_HEADER_BYTES], &carried[8192..], &[1; 2000]].concat();
    let torn = two_batches().frame(FrameKind::Batch, 1, &payload);
    let end = torn.bytes.len();
    let report = torn.flip(end - 1).read().expect("it is a torn tail");
    assert_eq!((report.last_seq, report.torn.map(|torn| torn.offset)), (4, Some(9216)));
}

#[test]
fn damage_in_a_snapshot_is_never_a_torn_tail() {
    let snapshot = || {
        Craft::new(7).frame(FrameKind::Schema, 0, b"names").frame(FrameKind::SnapshotChunk, 0, b"rows").frame(
            FrameKind::SnapshotChunk,
            0,
            b"more",
        )
    };
    let ended = || snapshot().frame(FrameKind::SnapshotEnd, 0, b"all of it");
    let report = ended().frame(FrameKind::Batch, 2, b"8, 9").read().expect("it is whole");
    assert_eq!((report.base_seq, report.last_seq), (7, 9));

    let words = |offset, what: &str| {
        format!("the snapshot of sequence 7 is damaged at byte {offset}: {what}; nothing was changed")
    };
    assert_eq!(snapshot().message(), words(9728, "only zeros stand there"));
    assert_eq!(ended().flip(9728).message(), words(9728, "its header is not valid"));
    assert_eq!(ended().flip(9728 + 60).message(), words(9728, "its payload does not fit its checksum"));
    assert_eq!(
        ended().flip(8704 + 500).message(),
        words(8704, "the bytes that fill its last sector are not zero")
    );
    assert_eq!(
        snapshot().frame(FrameKind::Batch, 1, b"early").message(),
        "the frame at byte 9728 does not continue the journal, which is at sequence 7: a frame of its kind does not \
         belong there; nothing was changed"
    );
}

#[test]
fn a_declared_length_takes_no_memory_before_it_is_checked() {
    let huge = u32::try_from(MAX_PAYLOAD_BYTES).expect("64 MiB").to_le_bytes();
    let mut craft = Craft::new(0).frame(FrameKind::Batch, 1, b"");
    craft = craft.patch(4, &huge);
    // The chain covers the length as well, so a consistent lie is made of both.
    let head = craft.bytes[craft.last..].first_chunk::<FRAME_HEADER_BYTES>().expect("a frame is longer");
    let header = super::frame::FrameHeader::decode(head, craft.last as u64, Seed::of(&craft.header));
    let chain = header.expect("its checksum was put right").chain_after(craft.header.base_chain, head);
    assert_eq!(
        craft.patch(40, &chain.to_le_bytes()).message(),
        "the file has been cut: it ends at byte 9216, in or right behind the frame at byte 8192 (sequence 1), where a \
         whole journal goes on; nothing was changed"
    );
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Computed by another program from the tables in `header.rs` and `frame.rs`. When this fails, old journals are lost.
#[test]
fn the_format_is_what_it_was() {
    let craft = Craft::new(0).frame(FrameKind::Batch, 3, b"one to three");
    let craft = craft.frame(FrameKind::Seal, 0, b"");
    assert_eq!(
        hex(&craft.bytes[..64]),
        "8953554e0d0a1a0a010000000000000061206a6f75726e616c2773206e616d6501000000000000000000000000000000\
         cbb0438fedccb35000000000b79cb5ce"
    );
    assert_eq!(
        hex(&craft.bytes[8192..8192 + 68]),
        "46524d310c00000001000000000000000300000001000000e8030000000000000000000000000000d9f4c7cf57f8d9e7\
         a4322b2705a3f5086f6e6520746f207468726565"
    );
    assert_eq!(
        hex(&craft.bytes[8704..8704 + 56]),
        "46524d310000000003000000000000000000000004000000e8030000000000000000000000000000d9f4c7cf57f8d9e7\
         00000000c26971ac"
    );
    assert_eq!(craft.bytes.len(), 9216);
}

/// A file that goes on while it is read: from some reading on it is `after`.
#[derive(Debug)]
struct Moving {
    before: Vec<u8>,
    after: Vec<u8>,
    readings: AtomicUsize,
    moves_at: usize,
}

impl Moving {
    fn now(&self) -> &[u8] {
        if self.readings.load(Ordering::Relaxed) < self.moves_at { &self.before } else { &self.after }
    }
}

impl Medium for Moving {
    fn size(&self) -> io::Result<u64> {
        let size = self.now().len() as u64;
        self.readings.fetch_add(1, Ordering::Relaxed);
        Ok(size)
    }

    fn identity(&self) -> io::Result<Identity> {
        Ok(Identity { volume: 0, number: 0 })
    }

    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> io::Result<usize> {
        let from = usize::try_from(offset).expect("it is small");
        let content = self.now().get(from..).unwrap_or_default();
        let read = content.len().min(bytes.len());
        bytes[..read].copy_from_slice(&content[..read]);
        self.readings.fetch_add(1, Ordering::Relaxed);
        Ok(read)
    }

    fn write_at(&self, _: u64, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn sync_all(&self) -> io::Result<()> {
        Ok(())
    }

    fn set_size(&self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn lock(&self) -> Result<(), LockError> {
        Ok(())
    }
}

/// What was read of a file before it went on is never held against what is there now.
#[test]
fn a_file_that_goes_on_while_it_is_read_is_no_damage() {
    let large = vec![3; 2 << 20];
    let before = || two_batches().frame(FrameKind::Batch, 1, &large);
    let after = before().frame(FrameKind::Batch, 1, b"six").frame(FrameKind::Batch, 1, &large);
    let after = after.frame(FrameKind::Batch, 1, b"eight");
    let (before, header) = (before().bytes, after.header);
    for spare in [SECTOR, 2 * SECTOR, 3 << 20] {
        for moves_at in 0..14 {
            let pad = |bytes: &[u8]| [bytes, &vec![0; spare]].concat();
            let moving = Arc::new(Moving {
                before: pad(&before),
                after: pad(&after.bytes),
                readings: AtomicUsize::new(0),
                moves_at,
            });
            let visit: &mut Visit<'_> = &mut |_| Ok(());
            let scanned = scan(&*moving, &header, None, visit);
            let seq = scanned.expect("it is whole at every moment").at.seq;
            assert!(seq == 5 || seq == 8, "{seq}, {spare} spare, moved at {moves_at}");
        }
    }
}
