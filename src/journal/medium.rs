//! The seam between the journal and a disk: a [`Directory`] of named files, each a [`Medium`].
//!
//! What the journal assumes of a disk: a crash may leave any sector that an unsynced write touched old, new or
//! garbage, each on its own; renames, removals, new names and sizes that were not synced may be kept or lost;
//! sectors that no unsynced write touched stay as they were.

use std::fmt::{self, Debug};
use std::io;
use std::sync::Arc;

/// Bytes that a disk writes as a whole, at least.
pub const SECTOR_BYTES: u64 = SECTOR as u64;

/// The same as a length in memory.
pub(super) const SECTOR: usize = 512;

/// Which file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The file system that it is on.
    pub volume: u64,
    /// Its number there.
    pub number: u64,
}

/// A file, open. All of it may be used from several threads.
pub trait Medium: Send + Sync + Debug {
    /// Its size in bytes.
    ///
    /// # Errors
    /// As the system says.
    fn size(&self) -> io::Result<u64>;

    /// Which file it is, whatever its name leads to by now.
    ///
    /// # Errors
    /// As the system says.
    fn identity(&self) -> io::Result<Identity>;

    /// Reads from `offset` on and says how many bytes it read: fewer than asked now and then, 0 at the end.
    ///
    /// # Errors
    /// As the system says.
    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> io::Result<usize>;

    /// Writes at `offset` and says how many bytes it wrote: fewer than given now and then. Space between the end of
    /// the file and `offset` becomes zeros.
    ///
    /// # Errors
    /// As the system says.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize>;

    /// Comes back when all that was written, and the size, would survive a loss of power. After an error nobody
    /// knows, and asking again would not tell.
    ///
    /// # Errors
    /// As the system says.
    fn sync_data(&self) -> io::Result<()>;

    /// The same, including what [`Medium::sync_data`] may leave out (times, owner).
    ///
    /// # Errors
    /// As the system says.
    fn sync_all(&self) -> io::Result<()>;

    /// Cuts the file to `size` bytes, or lengthens it with zeros that take no space on the disk.
    ///
    /// # Errors
    /// As the system says.
    fn set_size(&self, size: u64) -> io::Result<()>;

    /// Takes the file for this handle alone, against others that ask for the same. Held until the handle is dropped or
    /// the process ends, however it ends.
    ///
    /// # Errors
    /// [`LockError::Held`] when another handle has it; with what is known about its process, or empty.
    fn lock(&self) -> Result<(), LockError>;
}

/// Are these only zeros? A comparison of memory, which is ten times a walk over the bytes; at most a sector.
pub(super) fn is_zero(bytes: &[u8]) -> bool {
    [0; SECTOR].get(..bytes.len()) == Some(bytes)
}

/// Fills `bytes` from `offset` on.
///
/// # Errors
/// `UnexpectedEof` when the file ends before; else as the system says.
pub fn read_exact_at(medium: &dyn Medium, mut offset: u64, mut bytes: &mut [u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match medium.read_at(offset, bytes) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                bytes = bytes.get_mut(read..).unwrap_or_default();
                offset = offset.saturating_add(read as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Writes all of `bytes` at `offset`.
///
/// # Errors
/// `WriteZero` when nothing more is taken; else as the system says.
pub fn write_all_at(medium: &dyn Medium, mut offset: u64, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match medium.write_at(offset, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                bytes = bytes.get(written..).unwrap_or_default();
                offset = offset.saturating_add(written as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The directory of one application.
pub trait Directory: Send + Sync + Debug {
    /// Where it is, for messages.
    fn place(&self) -> String;

    /// Makes the directory unless it is there; afterwards its name would survive a loss of power.
    ///
    /// # Errors
    /// As the system says.
    fn make(&self) -> io::Result<()>;

    /// The names in it, in order. A directory that does not exist has none.
    ///
    /// # Errors
    /// As the system says.
    fn list(&self) -> io::Result<Vec<String>>;

    /// Which file a name leads to.
    ///
    /// # Errors
    /// `NotFound` when there is none; else as the system says.
    fn identity(&self, name: &str) -> io::Result<Identity>;

    /// Opens a file that is there, to read and to write. Every call gives a handle of its own, so that each hears of
    /// a failed sync by itself.
    ///
    /// # Errors
    /// `NotFound` when it is not there; else as the system says.
    fn open(&self, name: &str) -> io::Result<Arc<dyn Medium>>;

    /// Opens a file that is there, to read only.
    ///
    /// # Errors
    /// `NotFound` when it is not there; else as the system says.
    fn open_to_read(&self, name: &str) -> io::Result<Arc<dyn Medium>>;

    /// Makes an empty file and opens it, for the owner of the process alone.
    ///
    /// # Errors
    /// `AlreadyExists` when it is there; else as the system says.
    fn create(&self, name: &str) -> io::Result<Arc<dyn Medium>>;

    /// Gives a file another name; a file of that name gives way, at once.
    ///
    /// # Errors
    /// As the system says.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// As the system says.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Comes back when names made, given and removed would survive a loss of power.
    ///
    /// # Errors
    /// As the system says.
    fn sync(&self) -> io::Result<()>;

    /// Locks the directory by the file `name`, which stays for ever. Held until the [`Lock`] is dropped or the process
    /// ends, however it ends.
    ///
    /// # Errors
    /// [`LockError::Held`] when somebody else holds it.
    fn lock(&self, name: &str) -> Result<Box<dyn Lock>, LockError>;
}

/// A lock that is held, and the text in its file.
pub trait Lock: Send + Sync + Debug {
    /// The text, as the last holder left it.
    ///
    /// # Errors
    /// As the system says.
    fn read(&self) -> io::Result<String>;

    /// Replaces the text, durably.
    ///
    /// # Errors
    /// As the system says.
    fn write(&self, text: &str) -> io::Result<()>;
}

/// Why a directory could not be locked.
#[derive(Debug)]
pub enum LockError {
    /// Somebody else holds the lock; with the text that the holder wrote.
    Held(String),
    /// The lock file cannot be used.
    Io(io::Error),
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held(holder) => write!(f, "the lock is held by {}", holder.trim_end()),
            Self::Io(error) => write!(f, "the lock file cannot be used: {error}"),
        }
    }
}

impl std::error::Error for LockError {}
