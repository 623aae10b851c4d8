//! The 64 bytes that begin a journal. They stand twice, so that one bad sector does not cost the file.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 8 | magic: `89 'S' 'U' 'N' 0D 0A 1A 0A` |
//! | 8 | 2 + 2 | format, major and minor |
//! | 12 | 4 | flags: the low 16 are features that a reader must know, the high 16 it may ignore |
//! | 16 | 16 | journal id |
//! | 32 | 8 | generation |
//! | 40 | 8 | base sequence: a snapshot in this file stands for 1..=base |
//! | 48 | 8 | chain value at base |
//! | 56 | 4 | reserved, zero |
//! | 60 | 4 | CRC-32C of bytes 0..60 |

use std::fmt;

use crate::hash::{crc32c, sha256};

/// Where the frames begin.
pub const HEADER_BYTES: u64 = 8192;

/// Where the two copies stand.
pub(super) const COPIES: [u64; 2] = [0, 4096];

/// Bytes of one copy.
pub(super) const COPY_BYTES: usize = 64;

/// What a journal begins with. The line ends in it show a copy that was made in text mode.
const MAGIC: [u8; 8] = *b"\x89SUN\r\n\x1a\n";

/// What is left of the magic when line ends were converted to the Unix kind.
const MAGIC_AS_TEXT: [u8; 7] = *b"\x89SUN\n\x1a\n";

/// The format that this program writes; it reads every minor version of the same major one.
pub const FORMAT: (u16, u16) = (1, 0);

/// The features that a reader must know. Reserved: bit 0 encrypted, bit 1 replicated; neither is known yet.
const KNOWN_FEATURES: u16 = 0;

/// A journal's own number, kept through all generations.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JournalId(pub [u8; 16]);

impl JournalId {
    /// The first eight hex digits: enough to tell the journals of one person apart, and the mark in tokens.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

impl fmt::Display for JournalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for JournalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileHeader {
    pub(super) id: JournalId,
    /// 1, and one more with each compaction.
    pub(super) generation: u64,
    pub(super) base: u64,
    pub(super) base_chain: u64,
}

/// Why a copy of the header does not serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderFlaw {
    /// The file ends before it.
    Missing,
    /// It begins with something else: the file is no journal.
    NotAJournal,
    /// Line ends were converted: the file was copied in text mode, and its content with it.
    CopiedAsText,
    /// The checksum does not fit.
    Checksum,
    /// A format that this program does not read.
    Version {
        /// The major version.
        major: u16,
        /// The minor version.
        minor: u16,
    },
    /// Features that this program does not know, as bits.
    Features(u16),
}

impl fmt::Display for HeaderFlaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("the file ends before it"),
            Self::NotAJournal => f.write_str("it does not begin like a journal"),
            Self::CopiedAsText => f.write_str("line ends were converted: the file was copied in text mode"),
            Self::Checksum => f.write_str("its checksum does not fit"),
            Self::Version { major, minor } => {
                write!(f, "format {major}.{minor} is unknown (this program reads {}.*)", FORMAT.0)
            }
            Self::Features(bits) => write!(f, "features {bits:#06x} are required and unknown"),
        }
    }
}

impl FileHeader {
    /// The header of a new, empty journal.
    pub(super) fn new(id: JournalId) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = sha256::digest(&id.0);
        Self { id, generation: 1, base: 0, base_chain: u64::from_le_bytes([a, b, c, d, e, f, g, h]) }
    }

    pub(super) fn encode(&self) -> [u8; COPY_BYTES] {
        let mut bytes = Vec::with_capacity(COPY_BYTES);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&FORMAT.0.to_le_bytes());
        bytes.extend_from_slice(&FORMAT.1.to_le_bytes());
        bytes.extend_from_slice(&0_u32.to_le_bytes());
        bytes.extend_from_slice(&self.id.0);
        bytes.extend_from_slice(&self.generation.to_le_bytes());
        bytes.extend_from_slice(&self.base.to_le_bytes());
        bytes.extend_from_slice(&self.base_chain.to_le_bytes());
        bytes.extend_from_slice(&0_u32.to_le_bytes());
        bytes.extend_from_slice(&crc32c::checksum(&bytes).to_le_bytes());
        bytes.try_into().expect("the fields above are 64 bytes")
    }

    pub(super) fn decode(bytes: &[u8; COPY_BYTES]) -> Result<Self, HeaderFlaw> {
        let mut fields = Fields(bytes);
        let magic = fields.take::<8>();
        if magic.starts_with(&MAGIC_AS_TEXT) {
            return Err(HeaderFlaw::CopiedAsText);
        }
        if magic != MAGIC {
            return Err(HeaderFlaw::NotAJournal);
        }
        let (covered, [.., a, b, c, d]) = bytes.split_at(COPY_BYTES - 4) else {
            return Err(HeaderFlaw::Missing);
        };
        if crc32c::checksum(covered) != u32::from_le_bytes([*a, *b, *c, *d]) {
            return Err(HeaderFlaw::Checksum);
        }
        let (major, minor) = (u16::from_le_bytes(fields.take()), u16::from_le_bytes(fields.take()));
        if major != FORMAT.0 {
            return Err(HeaderFlaw::Version { major, minor });
        }
        let (features, _optional) = (u16::from_le_bytes(fields.take()), fields.take::<2>());
        if features & !KNOWN_FEATURES != 0 {
            return Err(HeaderFlaw::Features(features & !KNOWN_FEATURES));
        }
        Ok(Self {
            id: JournalId(fields.take()),
            generation: fields.u64(),
            base: fields.u64(),
            base_chain: fields.u64(),
        })
    }
}

/// Reads fields of known sizes from the front of bytes whose length was checked before.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl Fields<'_> {
    /// The next `N` bytes.
    pub(super) fn take<const N: usize>(&mut self) -> [u8; N] {
        let (head, rest) =
            self.0.split_first_chunk::<N>().expect("the caller gave all bytes of the structure");
        self.0 = rest;
        *head
    }

    pub(super) fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }

    pub(super) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "tests know their lengths")]
mod tests {
    use super::*;

    fn header() -> FileHeader {
        FileHeader { id: JournalId(*b"0123456789abcdef"), generation: 3, base: 812, base_chain: 0xfeed_beef }
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(FileHeader::decode(&header().encode()), Ok(header()));
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        for bit in 0..COPY_BYTES * 8 {
            let mut bytes = header().encode();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(FileHeader::decode(&bytes).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn other_formats_and_features_are_named() {
        let change = |at: usize, value: u8| {
            let mut bytes = header().encode();
            bytes[at] = value;
            let crc = crc32c::checksum(&bytes[..60]);
            bytes[60..].copy_from_slice(&crc.to_le_bytes());
            FileHeader::decode(&bytes).map_err(|flaw| flaw.to_string())
        };
        assert_eq!(change(8, 2), Err("format 2.0 is unknown (this program reads 1.*)".into()));
        assert_eq!(change(10, 9), Ok(header()), "a later minor version is read");
        assert_eq!(change(12, 3), Err("features 0x0003 are required and unknown".into()));
        assert_eq!(change(14, 3), Ok(header()), "optional features are ignored");
        let text = header().encode()[..].to_vec();
        let text: Vec<u8> = [&text[..4], &text[5..], &[0][..]].concat();
        let text: &[u8; COPY_BYTES] = text[..].try_into().expect("64 bytes");
        assert_eq!(FileHeader::decode(text), Err(HeaderFlaw::CopiedAsText));
        assert_eq!(
            FileHeader::decode(b"#!/bin/sh\necho this is no journal at all, it is a small script.\n"),
            Err(HeaderFlaw::NotAJournal)
        );
    }
}
