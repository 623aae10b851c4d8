//! A directory of the machine's own file system.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _};
use std::os::unix::fs::{
    DirBuilderExt as _, FileExt as _, FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::medium::{Directory, Identity, Lock, LockError, Medium};

/// The journal holds whatever the application holds, secrets included: files are for their owner alone …
const FILE_MODE: u32 = 0o600;

/// … and so is the directory, when it is made here.
const DIRECTORY_MODE: u32 = 0o700;

/// A directory on disk. Nothing is touched until it is used.
#[derive(Debug, Clone)]
pub struct RealDirectory {
    path: PathBuf,
}

impl RealDirectory {
    /// The directory at `path`, which need not exist yet.
    #[must_use]
    pub fn open(path: impl Into<PathBuf>) -> Self {
        let path: PathBuf = path.into();
        // The parent of "data" would be "", which nobody can open.
        Self { path: if path.is_relative() { Path::new(".").join(path) } else { path } }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

/// Only a regular file can be a journal, and opening some others waits for whoever is at their other end. One that comes
/// between this look and the opening is put there by somebody who can do worse.
fn regular(path: PathBuf) -> io::Result<PathBuf> {
    let kind = fs::metadata(&path)?.file_type();
    let found = match kind {
        kind if kind.is_file() => return Ok(path),
        kind if kind.is_dir() => "a directory",
        kind if kind.is_fifo() => "a named pipe",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    };
    Err(io::Error::other(format!("{} is no regular file but {found}", path.display())))
}

fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Makes `path` and what is missing above it; each new name is synced in the directory that holds it.
fn make_durably(path: &Path) -> io::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("/"));
    if !parent.is_dir() {
        make_durably(parent)?;
    }
    match fs::DirBuilder::new().mode(DIRECTORY_MODE).create(path) {
        Ok(()) => sync_directory(parent),
        // It may have been made a moment before a crash, with its name not synced. A parent that this process may not
        // open is older than that and somebody else's.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match sync_directory(parent) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
            other => other,
        },
        Err(error) => Err(error),
    }
}

impl Directory for RealDirectory {
    fn place(&self) -> String {
        self.path.strip_prefix(".").unwrap_or(&self.path).display().to_string()
    }

    fn make(&self) -> io::Result<()> {
        make_durably(&self.path)
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        let entries = match fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(names),
            Err(error) => return Err(error),
        };
        for entry in entries {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    fn identity(&self, name: &str) -> io::Result<Identity> {
        fs::metadata(self.file(name)).map(|metadata| identity_of(&metadata))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        let file = OpenOptions::new().read(true).write(true).open(regular(self.file(name))?)?;
        Ok(Arc::new(RealMedium(file)))
    }

    fn open_to_read(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        Ok(Arc::new(RealMedium(File::open(regular(self.file(name))?)?)))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create_new(true).mode(FILE_MODE).open(self.file(name))?;
        Ok(Arc::new(RealMedium(file)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.file(from), self.file(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.file(name))
    }

    fn sync(&self) -> io::Result<()> {
        sync_directory(&self.path)
    }

    fn lock(&self, name: &str) -> Result<Box<dyn Lock>, LockError> {
        // From here on files are written: one that reaches a limit is a full disk, and no reason to die.
        crate::sys::signal::outlive_file_size_limit().map_err(LockError::Io)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(FILE_MODE);
        let path = match regular(self.file(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.file(name),
            found => found.map_err(LockError::Io)?,
        };
        let file = options.open(path).map_err(LockError::Io)?;
        match file.try_lock() {
            Ok(()) => Ok(Box::new(RealLock { file, path: self.file(name) })),
            Err(TryLockError::WouldBlock) => {
                Err(LockError::Held(fs::read_to_string(self.file(name)).unwrap_or_default()))
            }
            Err(TryLockError::Error(error)) => Err(LockError::Io(error)),
        }
    }
}

fn identity_of(metadata: &fs::Metadata) -> Identity {
    Identity { volume: metadata.dev(), number: metadata.ino() }
}

#[derive(Debug)]
struct RealMedium(File);

impl Medium for RealMedium {
    fn size(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn identity(&self) -> io::Result<Identity> {
        self.0.metadata().map(|metadata| identity_of(&metadata))
    }

    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(bytes, offset)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_at(bytes, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn sync_all(&self) -> io::Result<()> {
        self.0.sync_all()
    }

    fn set_size(&self, size: u64) -> io::Result<()> {
        self.0.set_len(size)
    }

    fn lock(&self) -> Result<(), LockError> {
        match self.0.try_lock() {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => Err(LockError::Held(holder_of(&self.0))),
            Err(TryLockError::Error(error)) => Err(LockError::Io(error)),
        }
    }
}

/// What the system tells about who holds the lock on a file, as a lock file would say it; empty when it does not tell.
fn holder_of(file: &File) -> String {
    let Ok(inode) = file.metadata().map(|metadata| metadata.ino()) else { return String::new() };
    // proc_locks(5): "1: FLOCK  ADVISORY  WRITE 708 00:13:85 0 EOF", the last part of "00:13:85" being the inode.
    let locks = fs::read_to_string("/proc/locks").unwrap_or_default();
    let holder = locks.lines().find_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let [kind, _, _, pid, place] = [(); 5].map(|()| words.next().unwrap_or_default());
        let is_it = kind == "FLOCK" && place.rsplit(':').next()?.parse() == Ok(inode);
        pid.parse::<u32>().ok().filter(|_| is_it)
    });
    holder.map_or_else(String::new, |pid| format!("pid {pid}\n"))
}

/// The lock is on the open file and goes with it, also when the process is killed.
#[derive(Debug)]
struct RealLock {
    file: File,
    path: PathBuf,
}

impl Lock for RealLock {
    fn read(&self) -> io::Result<String> {
        let mut text = String::new();
        File::open(&self.path)?.read_to_string(&mut text)?;
        Ok(text)
    }

    fn write(&self, text: &str) -> io::Result<()> {
        // Over the old text first, then the size: on a full disk there may be no space but what it has.
        self.file.write_all_at(text.as_bytes(), 0)?;
        self.file.set_len(text.len() as u64)?;
        self.file.sync_all()
    }
}
