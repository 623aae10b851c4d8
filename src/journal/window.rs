//! A piece of a file in memory, moved along while the file is read from front to back.

use super::JOURNAL;
use super::error::OpenError;
use super::medium::{Medium, read_exact_at};

/// Bytes that are read at a time, unless a frame is longer.
const WINDOW_BYTES: u64 = 1 << 20;

#[derive(Debug)]
pub(super) struct Window {
    /// The size of the file, as it was when reading began.
    size: u64,
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    pub(super) fn new(size: u64) -> Self {
        Self { size, start: 0, bytes: Vec::new() }
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Forgets what was read: the file may have changed; `size` is what it is now.
    pub(super) fn refresh(&mut self, size: u64) {
        self.size = size;
        self.bytes.clear();
    }

    /// The `len` bytes from `offset` on, which end at or before the end of the file.
    pub(super) fn get(&mut self, medium: &dyn Medium, offset: u64, len: u64) -> Result<&[u8], OpenError> {
        if self.held(offset, len).is_none() {
            let most = self.size.saturating_sub(offset);
            let read = usize::try_from(len.max(WINDOW_BYTES).min(most)).unwrap_or(usize::MAX);
            self.start = offset;
            self.bytes.resize(read, 0);
            read_exact_at(medium, offset, &mut self.bytes)
                .map_err(OpenError::io(format!("reading {JOURNAL} from byte {offset} on")))?;
        }
        Ok(self.held(offset, len).expect("the caller stays within the size of the file"))
    }

    fn held(&self, offset: u64, len: u64) -> Option<&[u8]> {
        let from = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.bytes.get(from..from.checked_add(usize::try_from(len).ok()?)?)
    }
}
