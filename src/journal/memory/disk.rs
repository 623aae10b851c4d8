//! What a simulated disk holds, what programs see of it, and what a crash leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::journal::medium::SECTOR;
use crate::stdx::random::Xoshiro;

/// EIO, as a broken disk says it.
const EIO: i32 = 5;

/// ENOSPC, as a full disk says it.
const ENOSPC: i32 = 28;

#[derive(Debug, Clone, Default)]
pub(super) struct Disk {
    /// The names as programs see them.
    pub(super) names: BTreeMap<String, usize>,
    /// The names as they were when the directory was last synced.
    synced_names: BTreeMap<String, usize>,
    /// What happened to names since, in order.
    unsynced_names: Vec<NameChange>,
    /// All files that ever were, by number.
    files: Vec<FileState>,
    pub(super) locks: BTreeMap<String, LockState>,
    /// Files that some handle has locked.
    pub(super) locked_files: BTreeSet<usize>,
    pub(super) faults: Faults,
    /// Changes and syncs so far.
    pub(super) operations: u64,
}

#[derive(Debug, Clone)]
enum NameChange {
    Given(String, usize),
    Renamed { from: String, to: String, file: usize },
    Removed(String),
}

#[derive(Debug, Clone, Default)]
struct FileState {
    /// As programs see it.
    live: Vec<u8>,
    /// As it would be found after a loss of power, but for what follows.
    synced: Vec<u8>,
    /// Sectors that were touched since the last sync.
    unsynced: BTreeMap<usize, Touched>,
    /// Sizes that it has had since.
    unsynced_sizes: Vec<usize>,
    /// Sectors that take space on the disk.
    allocated: BTreeSet<usize>,
}

/// What became of a sector since the last sync.
#[derive(Debug, Clone, Default)]
struct Touched {
    /// What it has held in between.
    versions: Vec<Vec<u8>>,
    /// It was written, and not only cut off: a crash may leave garbage.
    written: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct LockState {
    pub(super) held: Arc<AtomicBool>,
    pub(super) text: String,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Faults {
    /// Sectors that may still be allocated.
    pub(super) sectors_left: Option<u64>,
    /// Writes until one fails; 1 is the next.
    pub(super) write_fails_in: Option<u64>,
    /// Syncs until one fails; 1 is the next.
    pub(super) sync_fails_in: Option<u64>,
    /// Bytes that one write takes at most.
    pub(super) most_written: Option<usize>,
    /// Operations until the machine stops.
    pub(super) power_lasts: Option<u64>,
}

/// Counts a fault down; true when it strikes now.
fn strikes(fault: &mut Option<u64>) -> bool {
    let Some(left) = fault else { return false };
    *left = left.saturating_sub(1);
    let now = *left == 0;
    if now {
        *fault = None;
    }
    now
}

fn not_found(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("{name} is not there"))
}

impl Disk {
    /// Every use begins here; a change or a sync counts.
    pub(super) fn power(&mut self, counts: bool) -> io::Result<()> {
        if self.faults.power_lasts == Some(0) {
            return Err(io::Error::other("the machine is off"));
        }
        if counts {
            self.operations = self.operations.saturating_add(1);
            self.faults.power_lasts = self.faults.power_lasts.map(|left| left.saturating_sub(1));
        }
        Ok(())
    }

    pub(super) fn find(&self, name: &str) -> io::Result<usize> {
        self.names.get(name).copied().ok_or_else(|| not_found(name))
    }

    pub(super) fn create(&mut self, name: &str) -> io::Result<usize> {
        self.power(true)?;
        if self.names.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let file = self.files.len();
        self.files.push(FileState::default());
        self.names.insert(name.to_owned(), file);
        self.unsynced_names.push(NameChange::Given(name.to_owned(), file));
        Ok(file)
    }

    pub(super) fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.power(true)?;
        let file = self.names.remove(from).ok_or_else(|| not_found(from))?;
        self.names.insert(to.to_owned(), file);
        self.unsynced_names.push(NameChange::Renamed { from: from.to_owned(), to: to.to_owned(), file });
        Ok(())
    }

    pub(super) fn remove(&mut self, name: &str) -> io::Result<()> {
        self.power(true)?;
        self.names.remove(name).ok_or_else(|| not_found(name))?;
        self.unsynced_names.push(NameChange::Removed(name.to_owned()));
        Ok(())
    }

    pub(super) fn sync_names(&mut self) -> io::Result<()> {
        self.power(true)?;
        if strikes(&mut self.faults.sync_fails_in) {
            self.unsynced_names.clear();
            return Err(io::Error::from_raw_os_error(EIO));
        }
        self.synced_names.clone_from(&self.names);
        self.unsynced_names.clear();
        Ok(())
    }

    fn file(&mut self, file: usize) -> &mut FileState {
        self.files.get_mut(file).expect("files are never taken out of the list")
    }

    pub(super) fn content(&self, file: usize) -> &[u8] {
        &self.files.get(file).expect("files are never taken out of the list").live
    }

    /// A file whose content has always been there.
    pub(super) fn put(&mut self, name: &str, bytes: &[u8]) {
        let file = self.files.len();
        let allocated = (0..bytes.len().div_ceil(SECTOR)).collect();
        self.files.push(FileState {
            live: bytes.to_vec(),
            synced: bytes.to_vec(),
            allocated,
            ..FileState::default()
        });
        self.names.insert(name.to_owned(), file);
        self.synced_names.insert(name.to_owned(), file);
    }

    pub(super) fn write(&mut self, file: usize, offset: usize, bytes: &[u8]) -> io::Result<usize> {
        self.power(true)?;
        if strikes(&mut self.faults.write_fails_in) {
            return Err(io::Error::from_raw_os_error(EIO));
        }
        let most = self.faults.most_written.unwrap_or(usize::MAX);
        let bytes = bytes.get(..most).unwrap_or(bytes);
        let mut left = self.faults.sectors_left;
        let state = self.file(file);
        let written = state.write(offset, bytes, &mut left);
        self.faults.sectors_left = left;
        if written == 0 && !bytes.is_empty() {
            return Err(io::Error::from_raw_os_error(ENOSPC));
        }
        Ok(written)
    }

    pub(super) fn set_size(&mut self, file: usize, size: usize) -> io::Result<()> {
        self.power(true)?;
        let state = self.file(file);
        let first_cut = size.div_ceil(SECTOR);
        let freed = state.allocated.split_off(&first_cut).len() as u64;
        for sector in size / SECTOR..state.live.len().div_ceil(SECTOR) {
            state.touch(sector, false);
        }
        state.live.resize(size, 0);
        state.unsynced_sizes.push(size);
        self.faults.sectors_left = self.faults.sectors_left.map(|left| left.saturating_add(freed));
        Ok(())
    }

    pub(super) fn sync(&mut self, file: usize) -> io::Result<()> {
        self.power(true)?;
        let fails = strikes(&mut self.faults.sync_fails_in);
        let seed = self.operations;
        let state = self.file(file);
        if fails {
            // What reached the disk is anybody's guess, the kernel takes the pages for written from now on, and
            // programs go on seeing what they wrote.
            state.synced = state.after_crash(&mut Xoshiro::new(seed));
            state.forget_unsynced();
            return Err(io::Error::from_raw_os_error(EIO));
        }
        state.synced.resize(state.live.len(), 0);
        for sector in std::mem::take(&mut state.unsynced).into_keys() {
            let range = range_of(sector, state.live.len());
            if let (Some(to), Some(from)) = (state.synced.get_mut(range.clone()), state.live.get(range)) {
                to.copy_from_slice(from);
            }
        }
        state.forget_unsynced();
        Ok(())
    }

    /// The disk as it may be found when the power comes back.
    pub(super) fn after_crash(&self, random: &mut Xoshiro) -> Self {
        let mut names = self.synced_names.clone();
        for change in &self.unsynced_names {
            if random.one_in(2) {
                continue;
            }
            match change {
                NameChange::Given(name, file) => {
                    names.insert(name.clone(), *file);
                }
                NameChange::Renamed { from, to, file } => {
                    names.retain(|name, is| name != from || is != file);
                    names.insert(to.clone(), *file);
                }
                NameChange::Removed(name) => {
                    names.remove(name);
                }
            }
        }
        let mut disk = Self::default();
        for (name, file) in names {
            let content = self.files.get(file).map_or_else(Vec::new, |state| state.after_crash(random));
            disk.put(&name, &content);
        }
        for (name, lock) in &self.locks {
            disk.locks.insert(name.clone(), LockState { text: lock.text.clone(), ..LockState::default() });
        }
        disk
    }

    /// The disk as the next process finds it when this one was killed: nothing is lost, and nothing is synced by it.
    pub(super) fn after_kill(&self) -> Self {
        let mut disk = Self { faults: Faults::default(), locked_files: BTreeSet::new(), ..self.clone() };
        for lock in disk.locks.values_mut() {
            lock.held = Arc::default();
        }
        disk
    }
}

fn range_of(sector: usize, len: usize) -> std::ops::Range<usize> {
    let from = sector.saturating_mul(SECTOR);
    from.min(len)..from.saturating_add(SECTOR).min(len)
}

impl FileState {
    /// Writes as much as there is space for.
    fn write(&mut self, offset: usize, bytes: &[u8], sectors_left: &mut Option<u64>) -> usize {
        let mut written = 0;
        while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
            let at = offset.saturating_add(written);
            let sector = at / SECTOR;
            if !self.allocated.contains(&sector) {
                match sectors_left {
                    Some(0) => break,
                    Some(left) => *left = left.saturating_sub(1),
                    None => {}
                }
                self.allocated.insert(sector);
            }
            let room = SECTOR.saturating_sub(at % SECTOR);
            let piece = rest.get(..room).unwrap_or(rest);
            let end = at.saturating_add(piece.len());
            self.touch(sector, true);
            if end > self.live.len() {
                self.live.resize(end, 0);
                self.unsynced_sizes.push(end);
            }
            self.live.get_mut(at..end).expect("the file is long enough now").copy_from_slice(piece);
            written = written.saturating_add(piece.len());
        }
        written
    }

    /// A sector is about to change: what it holds may be what a crash leaves, unless that is on disk already.
    fn touch(&mut self, sector: usize, written: bool) {
        let latest = self.live.get(range_of(sector, self.live.len())).unwrap_or_default().to_vec();
        let first = !self.unsynced.contains_key(&sector);
        let touched = self.unsynced.entry(sector).or_default();
        touched.written |= written;
        if !first {
            touched.versions.push(latest);
        }
    }

    fn forget_unsynced(&mut self) {
        self.unsynced.clear();
        self.unsynced_sizes.clear();
    }

    /// The content after a loss of power: each sector touched since the last sync is old, new or garbage, and the
    /// size is one of those it has had.
    fn after_crash(&self, random: &mut Xoshiro) -> Vec<u8> {
        let mut content = self.synced.clone();
        let pick = |random: &mut Xoshiro, below: usize| {
            usize::try_from(random.below(below as u64)).expect("below a length in memory")
        };
        let which = pick(random, self.unsynced_sizes.len().saturating_add(1));
        let size = self.unsynced_sizes.get(which).copied().unwrap_or(self.synced.len());
        content.resize(size, 0);
        for (&sector, Touched { versions, written }) in &self.unsynced {
            let Some(bytes) = content.get_mut(range_of(sector, size)) else { continue };
            let latest = self.live.get(range_of(sector, self.live.len())).unwrap_or_default();
            // 0: as it was; 1: garbage, if it was written; 2: the latest; beyond: what it has held in between.
            let found = match pick(random, versions.len().saturating_add(3)) {
                0 => continue,
                1 if *written => {
                    random.fill(bytes);
                    continue;
                }
                nth => versions.get(nth.saturating_sub(3)).filter(|_| nth > 2).map_or(latest, Vec::as_slice),
            };
            bytes.fill(0);
            for (to, from) in bytes.iter_mut().zip(found) {
                *to = *from;
            }
        }
        content
    }
}
