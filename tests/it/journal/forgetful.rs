//! A disk that says that it has synced, and has not: what shows whether the tests would notice a sync left out.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sunstone::journal::{Directory, Identity, JOURNAL, Lock, LockError, Medium, MemoryDirectory};

/// Which sync is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Skip {
    /// Of a frame that was appended.
    Append,
    /// Of what opening sets right: a torn tail zeroed, the last frame written again.
    Settle,
    /// Of zeros, of the size, of a write undone on a full disk.
    Space,
    /// Of a new journal before it gets its name.
    New,
    /// Of the copy of the last frame.
    Tail,
    /// Of the bytes of a torn tail.
    Torn,
    /// Of names.
    Names,
}

impl Skip {
    pub(super) const ALL: [Self; 7] =
        [Self::Append, Self::Settle, Self::Space, Self::New, Self::Tail, Self::Torn, Self::Names];
}

#[derive(Debug)]
pub(super) struct Forgetful {
    directory: MemoryDirectory,
    skip: Option<Skip>,
    openings: AtomicU64,
}

impl Forgetful {
    pub(super) fn new(directory: MemoryDirectory, skip: Option<Skip>) -> Self {
        Self { directory, skip, openings: AtomicU64::new(0) }
    }

    fn wrap(&self, medium: Arc<dyn Medium>, role: Role) -> Arc<dyn Medium> {
        Arc::new(ForgetfulMedium { medium, skip: self.skip, role, settled: AtomicU64::new(0) })
    }
}

/// What a file is for.
#[derive(Debug, Clone, Copy)]
enum Role {
    Frames,
    Space,
    New,
    Tail,
    Torn,
}

#[derive(Debug)]
struct ForgetfulMedium {
    medium: Arc<dyn Medium>,
    skip: Option<Skip>,
    role: Role,
    settled: AtomicU64,
}

impl Directory for Forgetful {
    fn place(&self) -> String {
        self.directory.place()
    }

    fn make(&self) -> io::Result<()> {
        self.directory.make()
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.directory.list()
    }

    fn identity(&self, name: &str) -> io::Result<Identity> {
        self.directory.identity(name)
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        let nth = self.openings.fetch_add(u64::from(name == JOURNAL), Ordering::SeqCst);
        Ok(self.wrap(self.directory.open(name)?, if nth == 0 { Role::Frames } else { Role::Space }))
    }

    fn open_to_read(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        self.directory.open_to_read(name)
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn Medium>> {
        let role = match name {
            "app.journal.new" => Role::New,
            "app.journal.tail.new" => Role::Tail,
            _ => Role::Torn,
        };
        Ok(self.wrap(self.directory.create(name)?, role))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.directory.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.directory.remove(name)
    }

    fn sync(&self) -> io::Result<()> {
        if self.skip == Some(Skip::Names) { Ok(()) } else { self.directory.sync() }
    }

    fn lock(&self, name: &str) -> Result<Box<dyn Lock>, LockError> {
        self.directory.lock(name)
    }
}

impl Medium for ForgetfulMedium {
    fn size(&self) -> io::Result<u64> {
        self.medium.size()
    }

    fn identity(&self) -> io::Result<Identity> {
        self.medium.identity()
    }

    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> io::Result<usize> {
        self.medium.read_at(offset, bytes)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        // The first frame that is appended names the opening: what was synced before it was setting right.
        let opens = self.settled.load(Ordering::SeqCst) == 0
            && bytes.get(20) == Some(&7)
            && bytes.starts_with(b"FRM1");
        if opens {
            self.settled.fetch_add(1, Ordering::SeqCst);
        }
        self.medium.write_at(offset, bytes)
    }

    fn sync_data(&self) -> io::Result<()> {
        let settled = self.settled.load(Ordering::SeqCst) > 0;
        let left_out = match (self.role, self.skip) {
            (Role::Frames, Some(Skip::Append)) => settled,
            (Role::Frames, Some(Skip::Settle)) => !settled,
            (Role::Space, Some(Skip::Space))
            | (Role::New, Some(Skip::New))
            | (Role::Tail, Some(Skip::Tail))
            | (Role::Torn, Some(Skip::Torn)) => true,
            _ => false,
        };
        if left_out { Ok(()) } else { self.medium.sync_data() }
    }

    fn sync_all(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn set_size(&self, size: u64) -> io::Result<()> {
        self.medium.set_size(size)
    }

    fn lock(&self) -> Result<(), LockError> {
        self.medium.lock()
    }
}
