//! A directory in memory, for tests and simulations. It behaves like the disk that the journal assumes: what was
//! not synced is kept, lost or garbled by a crash, each sector on its own, and faults come when they are asked for.

mod disk;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use disk::Disk;

use super::medium::{Directory, Identity, Lock, LockError, Medium, SECTOR_BYTES};
use crate::stdx::random::Xoshiro;

/// A directory in memory. Clones are the same directory.
///
/// ```
/// use sunstone::journal::{Directory, MemoryDirectory};
///
/// let directory = MemoryDirectory::new();
/// let file = directory.create("notes")?;
/// file.write_at(0, b"on disk")?;
/// file.sync_data()?;
/// directory.sync()?;
/// file.write_at(0, b"perhaps")?;
///
/// let found = directory.crash(1).content("notes").expect("its name was synced");
/// assert_eq!(found.len(), 7);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemoryDirectory {
    disk: Arc<Mutex<Disk>>,
}

impl MemoryDirectory {
    /// An empty directory on a disk without faults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn of(disk: Disk) -> Self {
        Self { disk: Arc::new(Mutex::new(disk)) }
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        // A test that panics with the lock held fails anyway.
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is found when the power fails now and comes back; `seed` decides what becomes of all that was not synced.
    /// This directory stays as it is.
    #[must_use]
    pub fn crash(&self, seed: u64) -> Self {
        Self::of(self.disk().after_crash(&mut Xoshiro::new(seed)))
    }

    /// What the next process finds when this one is killed now: all that was written, synced or not. What was not
    /// synced can still be lost by a later [`MemoryDirectory::crash`]. This directory stays as it is.
    #[must_use]
    pub fn kill(&self) -> Self {
        Self::of(self.disk().after_kill())
    }

    /// How many bytes the disk has left, in whole sectors; `None` for any number.
    pub fn set_space(&self, bytes: Option<u64>) {
        self.disk().faults.sectors_left = bytes.map(|bytes| bytes / SECTOR_BYTES);
    }

    /// The `nth` write from now on fails (1 is the next), as on a broken disk: nothing of it is written.
    pub fn fail_write(&self, nth: u64) {
        self.disk().faults.write_fails_in = Some(nth);
    }

    /// One write takes so many bytes at most, as it may; `None` for all that it is given.
    pub fn set_short_writes(&self, most_bytes: Option<usize>) {
        self.disk().faults.most_written = most_bytes;
    }

    /// The `nth` sync from now on fails (1 is the next). What it should have stored is then partly lost, and later
    /// syncs do not notice.
    pub fn fail_sync(&self, nth: u64) {
        self.disk().faults.sync_fails_in = Some(nth);
    }

    /// The machine stops after so many more operations (see [`MemoryDirectory::operations`]): everything fails from then
    /// on, and nothing changes any more.
    pub fn power_off_after(&self, operations: u64) {
        self.disk().faults.power_lasts = Some(operations);
    }

    /// How often anything was changed or synced so far.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.disk().operations
    }

    /// What programs see in a file; `None` when there is none of this name.
    #[must_use]
    pub fn content(&self, name: &str) -> Option<Vec<u8>> {
        let disk = self.disk();
        disk.find(name).ok().map(|file| disk.content(file).to_vec())
    }

    /// Puts a file there, synced, as if it had always been there.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        self.disk().put(name, bytes);
    }

    fn medium(&self, file: usize) -> Arc<dyn Medium> {
        Arc::new(MemoryMedium { directory: self.clone(), file, locked: AtomicBool::new(false) })
    }
}

impl Directory for MemoryDirectory {
    fn place(&self) -> String {
        "memory".to_owned()
    }

    fn make(&self) -> io::Result<()> {
        self.disk().power(false)
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut disk = self.disk();
        disk.power(false)?;
        let mut names: Vec<String> = disk.names.keys().chain(disk.locks.keys()).cloned().collect();
        names.sort();
        Ok(names)
    }

    fn identity(&self, name: &str) -> io::Result<Identity> {
        let mut disk = self.disk();
        disk.power(false)?;
        disk.find(name).map(identity_of)
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        self.open_to_read(name)
    }

    fn open_to_read(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        let mut disk = self.disk();
        disk.power(false)?;
        disk.find(name).map(|file| self.medium(file))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        let file = self.disk().create(name)?;
        Ok(self.medium(file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk().rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk().remove(name)
    }

    fn sync(&self) -> io::Result<()> {
        self.disk().sync_names()
    }

    fn lock(&self, name: &str) -> Result<Box<dyn Lock>, LockError> {
        let mut disk = self.disk();
        disk.power(false).map_err(LockError::Io)?;
        let state = disk.locks.entry(name.to_owned()).or_default();
        if state.held.swap(true, Ordering::AcqRel) {
            return Err(LockError::Held(state.text.clone()));
        }
        let held = Arc::clone(&state.held);
        Ok(Box::new(MemoryLock { directory: self.clone(), name: name.to_owned(), held }))
    }
}

#[derive(Debug)]
struct MemoryMedium {
    directory: MemoryDirectory,
    file: usize,
    /// This handle holds the lock on the file.
    locked: AtomicBool,
}

impl Drop for MemoryMedium {
    fn drop(&mut self) {
        if *self.locked.get_mut() {
            self.directory.disk().locked_files.remove(&self.file);
        }
    }
}

fn identity_of(file: usize) -> Identity {
    Identity { volume: 0, number: file as u64 }
}

/// An offset as an index; none reaches beyond memory.
fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

impl Medium for MemoryMedium {
    fn size(&self) -> io::Result<u64> {
        let mut disk = self.directory.disk();
        disk.power(false)?;
        Ok(disk.content(self.file).len() as u64)
    }

    fn identity(&self) -> io::Result<Identity> {
        self.directory.disk().power(false)?;
        Ok(identity_of(self.file))
    }

    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> io::Result<usize> {
        let mut disk = self.directory.disk();
        disk.power(false)?;
        let content = disk.content(self.file).get(index(offset)..).unwrap_or_default();
        let read = content.len().min(bytes.len());
        if let (Some(to), Some(from)) = (bytes.get_mut(..read), content.get(..read)) {
            to.copy_from_slice(from);
        }
        Ok(read)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        self.directory.disk().write(self.file, index(offset), bytes)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.directory.disk().sync(self.file)
    }

    fn sync_all(&self) -> io::Result<()> {
        self.directory.disk().sync(self.file)
    }

    fn set_size(&self, size: u64) -> io::Result<()> {
        self.directory.disk().set_size(self.file, index(size))
    }

    fn lock(&self) -> Result<(), LockError> {
        let mut disk = self.directory.disk();
        disk.power(false).map_err(LockError::Io)?;
        let free = disk.locked_files.insert(self.file);
        if free {
            self.locked.store(true, Ordering::Release);
        }
        if self.locked.load(Ordering::Acquire) { Ok(()) } else { Err(LockError::Held(String::new())) }
    }
}

#[derive(Debug)]
struct MemoryLock {
    directory: MemoryDirectory,
    name: String,
    held: Arc<AtomicBool>,
}

impl Lock for MemoryLock {
    fn read(&self) -> io::Result<String> {
        let mut disk = self.directory.disk();
        disk.power(false)?;
        Ok(disk.locks.get(&self.name).map(|lock| lock.text.clone()).unwrap_or_default())
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let mut disk = self.directory.disk();
        disk.power(true)?;
        if let Some(lock) = disk.locks.get_mut(&self.name) {
            text.clone_into(&mut lock.text);
        }
        Ok(())
    }
}

impl Drop for MemoryLock {
    fn drop(&mut self) {
        self.held.store(false, Ordering::Release);
    }
}
