//! Looking at a journal without touching it: no lock, no repair. The file may be written to meanwhile.

use super::error::OpenError;
use super::frame::FrameKind;
use super::header::JournalId;
use super::medium::Directory;
use super::recovery::read_header;
use super::scan::scan;
use super::settle::{Torn, read_tail};
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
    let place = directory.place();
    let names = directory.list().map_err(OpenError::io(format!("reading the directory {place}")))?;
    if !names.iter().any(|name| name == JOURNAL) {
        return Err(OpenError::Missing { place });
    }
    let medium = directory.open_to_read(JOURNAL).map_err(OpenError::io(format!("opening {JOURNAL}")))?;
    let (header, bad) = read_header(&*medium)?;
    let tail = read_tail(directory, &names)?;
    let scanned = scan(&*medium, &header, tail.as_deref(), visit)?;
    Ok(Report {
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
    })
}
