//! The journal: one append-only file that holds every change, and what it promises about crashes.

#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod commit;
mod error;
mod frame;
mod header;
mod holder;
mod judge;
mod lone;
mod medium;
mod memory;
mod read;
mod real;
mod recovery;
mod scan;
mod settle;
mod space;
mod window;
mod writer;

pub use commit::{Batch, Commit, Outcomes, Ticket};
pub use error::{AppendError, Break, Following, FrameFlaw, OpenError, Refusal};
pub use frame::{Frame, FrameKind, MAX_PAYLOAD_BYTES};
pub use header::{FORMAT, HEADER_BYTES, HeaderFlaw, JournalId};
pub use lone::Lone;
pub use medium::{Directory, Lock, LockError, Medium, SECTOR_BYTES, read_exact_at, write_all_at};
pub use memory::MemoryDirectory;
pub use read::{Report, read};
pub use real::RealDirectory;
pub use recovery::{Opened, Options, open};
pub use settle::Torn;
pub use space::{AHEAD_BYTES, SLICE_BYTES, SMALLEST_SLICE_BYTES};
pub use writer::Journal;

/// What is given each frame while a journal is read, in order.
pub type Visit<'a> = dyn FnMut(&Frame<'_>) -> Result<(), Refusal> + 'a;

/// The journal.
pub const JOURNAL: &str = "app.journal";

/// The lock; never removed.
pub const LOCK: &str = "lock";

/// A journal that is not yet complete; removed at open.
const NEW: &str = "app.journal.new";

/// The copy of the last frame while that is written again.
const TAIL: &str = "app.journal.tail";

/// The same copy while it is not yet complete.
const TAIL_NEW: &str = "app.journal.tail.new";

/// What the names of kept torn tails begin with; milliseconds since 1970 follow.
const TORN_PREFIX: &str = "app.journal.torn-";

/// Where journals go that compaction has replaced.
const ARCHIVE: &str = "archive";

#[cfg(test)]
mod tests;
