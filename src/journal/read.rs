//! Looking at a journal without touching it: no lock, no repair. The file may be written to meanwhile.

use std::io;
use std::sync::Arc;

use super::error::OpenError;
use super::frame::{FrameKind, Seed};
use super::header::{FileHeader, JournalId};
use super::judge::Expected;
use super::medium::{Directory, Medium};
use super::recovery::read_header;
use super::scan::{scan, scan_on};
use super::settle::{Torn, read_tail};
use super::writer::Position;
use super::{JOURNAL, Visit};

/// What was found in a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The journal's own number.
    pub id: JournalId,
    /// 1, and one more with each compaction.
    pub generation: u64,
    /// The sequence that the snapshot in the file stands for; 0 without one.
    pub base_seq: u64,
    /// The last frame says that the journal was closed.
    pub closed: bool,
    /// A frame at the end that is not whole: a crash cut it short, or it is being written right now.
    pub torn: Option<Torn>,
    /// One copy of the header is bad; the other serves.
    pub header_flawed: bool,
    /// The last frame is damaged and was read from its copy.
    pub restored: bool,
    /// Frames that were read.
    pub frames: u64,
    /// Bytes up to the end of the last of them.
    pub bytes: u64,
    /// The last sequence.
    pub last_seq: u64,
    /// The time of the last frame, in milliseconds since 1970-01-01 UTC.
    pub last_time_ms: u64,
}

/// Reads the journal of a directory and gives each frame to `visit` in order.
///
/// # Errors
/// As [`OpenError`] lists them, but for those about the lock.
pub fn read(directory: &dyn Directory, visit: &mut Visit<'_>) -> Result<Report, OpenError> {
    Follower::begin(directory, visit).map(|(_, report)| report)
}

/// Where reading has come to in a journal that may go on.
#[derive(Debug)]
pub struct Follower {
    header: FileHeader,
    at: Position,
}

impl Follower {
    /// Reads what is there, as [`read`] does.
    ///
    /// # Errors
    /// As [`read`].
    pub fn begin(directory: &dyn Directory, visit: &mut Visit<'_>) -> Result<(Self, Report), OpenError> {
        let place = directory.place();
        let names = directory.list().map_err(OpenError::io(format!("reading the directory {place}")))?;
        if !names.iter().any(|name| name == JOURNAL) {
            return Err(OpenError::Missing { place });
        }
        let medium = open(directory)?;
        let (header, bad) = read_header(&*medium)?;
        let tail = read_tail(directory, &names)?;
        let scanned = scan(&*medium, &header, tail.as_deref(), visit)?;
        let report = Report {
            id: header.id,
            generation: header.generation,
            base_seq: header.base,
            closed: scanned.last.is_some_and(|last| last.kind == FrameKind::Close),
            torn: scanned.torn.map(|(from, to)| Torn {
                offset: from,
                bytes: to.saturating_sub(from),
                kept_as: None,
            }),
            header_flawed: bad.is_some(),
            restored: scanned.restored,
            frames: scanned.frames,
            bytes: scanned.at.end,
            last_seq: scanned.at.seq,
            last_time_ms: scanned.at.time_ms,
        };
        Ok((Self { header, at: scanned.at }, report))
    }

    /// Reads what has come since. A frame that is not yet whole is left for the next time.
    ///
    /// # Errors
    /// As [`read`]; also when another file has taken the place of the journal.
    pub fn read_on(&mut self, directory: &dyn Directory, visit: &mut Visit<'_>) -> Result<(), OpenError> {
        let medium = open(directory)?;
        let mut first = [0; 4];
        let read = medium.read_at(self.at.end, &mut first);
        if read.map_err(OpenError::io(format!("reading {JOURNAL}")))? == 0 || first == [0; 4] {
            return Ok(());
        }
        if read_header(&*medium)?.0 != self.header {
            let error = io::Error::other("another file has taken its place");
            return Err(OpenError::Io { doing: format!("following {JOURNAL}"), error });
        }
        let expected = Expected { at: self.at, seed: Seed::of(&self.header), in_snapshot: false };
        self.at = scan_on(&*medium, expected, None, visit)?.at;
        Ok(())
    }
}

fn open(directory: &dyn Directory) -> Result<Arc<dyn Medium>, OpenError> {
    directory.open_to_read(JOURNAL).map_err(OpenError::io(format!("opening {JOURNAL}")))
}
