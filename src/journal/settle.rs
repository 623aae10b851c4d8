//! Sets right what a crash has left at the end of a file.
//!
//! Each step may itself be cut short; the next opening then finds either what this one found or what it made of it.
//! So a torn tail is copied aside and synced before it is zeroed, and a last frame that carries data is copied and
//! synced before it is written again in its place.

use std::fmt;
use std::io;

use super::error::{OpenError, is_full};
use super::frame::{MAX_PAYLOAD_BYTES, frame_bytes};
use super::medium::{Directory, Medium, SECTOR, is_zero, read_exact_at, write_all_at};
use super::scan::{Last, Scanned};
use super::{TAIL, TAIL_NEW, TORN_PREFIX};
use crate::stdx::clock::Clock;

/// The tail of a file that a crash cut short, and where it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torn {
    /// Where it began.
    pub offset: u64,
    /// How many bytes it had.
    pub bytes: u64,
    /// The file that holds these bytes now; none after [`super::read`], which changes nothing.
    pub kept_as: Option<String>,
}

impl fmt::Display for Torn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a write was cut short at byte {} ({} bytes), which nobody was told was stored; only a last batch that the disk \
             has damaged before its seal looks the same",
            self.offset, self.bytes
        )?;
        match &self.kept_as {
            Some(name) => write!(f, "; the bytes are kept in {name}"),
            None => Ok(()),
        }
    }
}

/// The copy of the last frame that an opening cut short has left.
pub(super) fn read_tail(directory: &dyn Directory, names: &[String]) -> Result<Option<Vec<u8>>, OpenError> {
    if !names.iter().any(|name| name == TAIL) {
        return Ok(None);
    }
    match read_whole(directory, TAIL) {
        Ok(bytes) => Ok(Some(bytes)),
        // An opening that is under way has just removed it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(OpenError::Io { doing: format!("reading {TAIL}"), error }),
    }
}

fn read_whole(directory: &dyn Directory, name: &str) -> io::Result<Vec<u8>> {
    let medium = directory.open_to_read(name)?;
    let largest = frame_bytes(MAX_PAYLOAD_BYTES as u64);
    let mut bytes = vec![0; usize::try_from(medium.size()?.min(largest)).unwrap_or(usize::MAX)];
    read_exact_at(&*medium, 0, &mut bytes)?;
    Ok(bytes)
}

/// Sets right what a crash has left at the end of the file. Afterwards every accepted frame is on disk, and zeros
/// follow.
pub(super) fn settle(
    directory: &dyn Directory,
    medium: &dyn Medium,
    scanned: &Scanned,
    tail: Option<&[u8]>,
    clock: &dyn Clock,
) -> io::Result<Option<Torn>> {
    let torn = match scanned.torn {
        Some((from, to)) => Some(put_aside(directory, medium, from, to, clock)?),
        None => None,
    };
    if let Some(last) = scanned.last {
        rewrite(directory, medium, &last, tail.filter(|_| scanned.restored))?;
    }
    for name in [TAIL, TAIL_NEW] {
        remove_if_there(directory, name)?;
    }
    Ok(torn)
}

/// Writes the last frame again in its place: it may be in the page cache alone, because its sync failed or never came.
/// One that carries data has a copy on disk meanwhile; the others lose nothing when a crash cuts this short.
///
/// An earlier opening may have got as far as this and left a frame that is half rewritten in the page cache, and its
/// copy as the only thing on disk. So a copy gives way only to another one that is complete.
fn rewrite(
    directory: &dyn Directory,
    medium: &dyn Medium,
    last: &Last,
    restored: Option<&[u8]>,
) -> io::Result<()> {
    let whole = match restored {
        Some(copy) => copy.to_vec(),
        None => {
            let mut whole = vec![0; usize::try_from(last.bytes).unwrap_or(usize::MAX)];
            read_exact_at(medium, last.offset, &mut whole)?;
            if last.kind.carries_data() {
                remove_if_there(directory, TAIL_NEW)?;
                write_new(directory, TAIL_NEW, &whole)?;
                directory.rename(TAIL_NEW, TAIL)?;
                directory.sync()?;
            }
            whole
        }
    };
    write_all_at(medium, last.offset, &whole)?;
    medium.sync_data()
}

fn remove_if_there(directory: &dyn Directory, name: &str) -> io::Result<()> {
    match directory.remove(name) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Copies a torn tail aside, then makes it zeros.
fn put_aside(
    directory: &dyn Directory,
    medium: &dyn Medium,
    from: u64,
    to: u64,
    clock: &dyn Clock,
) -> io::Result<Torn> {
    let mut bytes = vec![0; usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX)];
    read_exact_at(medium, from, &mut bytes)?;
    let names = directory.list()?;
    let name = (clock.wall_ms()..)
        .map(|ms| format!("{TORN_PREFIX}{ms}"))
        .find(|name| !names.contains(name))
        .expect("there are more milliseconds than files");
    write_new(directory, &name, &bytes)?;
    directory.sync()?;
    // Sectors that are zeros stay untouched: a crash that cuts this short leaves no more than the last one has.
    let mut at = from;
    for sector in bytes.chunks(SECTOR) {
        if !is_zero(sector) {
            write_all_at(medium, at, [0; SECTOR].get(..sector.len()).unwrap_or_default())?;
        }
        at = at.saturating_add(sector.len() as u64);
    }
    medium.sync_data()?;
    Ok(Torn { offset: from, bytes: to.saturating_sub(from), kept_as: Some(name) })
}

/// A new file with `bytes`, on disk; its name is not yet.
fn write_new(directory: &dyn Directory, name: &str, bytes: &[u8]) -> io::Result<()> {
    let medium = directory.create(name)?;
    let written = write_all_at(&*medium, 0, bytes).and_then(|()| medium.sync_all());
    if written.as_ref().is_err_and(is_full) {
        // Half a copy serves nobody, and takes the space that there is.
        drop(directory.remove(name));
    }
    written
}
