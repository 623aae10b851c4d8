//! The journal: one append-only file that holds every change, and what it promises about crashes.
//!
//! It knows bytes only. The store above encodes transactions and reads them back; here they are a *payload*, and what
//! is said about them is their number and their order.
//!
//! # Words
//!
//! - A **sequence** numbers transactions, from 1 on, without gaps.
//! - A **frame** is a header, a payload and zeros up to a whole sector. One frame is one group commit, and the unit
//!   that is there or not there (`frame.rs`).
//! - A **batch** is a frame with transactions. The other kinds carry a schema, a snapshot, or only a word: a **seal**
//!   says that what stands before it is on disk, **open** and **close** where a run of the program began and ended.
//! - The **chain** is a hash over all batches so far; a batch that was taken out or exchanged breaks it.
//! - The **end** is where the next frame begins. From there on the file is zeros, some of them always on disk already
//!   (`space.rs`).
//!
//! # Invariants
//!
//! 1. At most one frame is ever written and not yet synced. All others are on disk.
//! 2. A frame begins on a sector of its own: writing it touches no sector that holds an acknowledged one.
//! 3. The size of the file is on disk before a frame is written under it, with a sector of zeros to spare.
//! 4. After a failed sync nothing is written any more. The kernel takes the pages for written from then on, and a
//!    second try would lie.
//!
//! So at the first place where a reader finds no frame there are four cases, and it tells them apart (`scan.rs`): zeros
//! to the end are the end; something else with no later frame behind it, and no more of it than one write leaves, is the
//! one frame that a crash cut short, which nobody was told about (1); else it is damage (1 again), never skipped and never
//! repaired (`behind.rs`); and a file that ends inside or right behind a frame has been cut (3). Only a last frame that is not sealed cannot be told
//! from a torn write when it is damaged later, so a seal is written after an idle second and at the end.
//!
//! # Who does what
//!
//! [`open`] locks the directory, reads every frame and sets right what a crash has left (`settle.rs`); [`read`] only looks.
//! [`Journal`] appends. [`Lone`] puts it behind [`Commit`], the seam that a replicated log will fit as well. All of it
//! stands on [`Directory`] and [`Medium`]: [`RealDirectory`], and [`MemoryDirectory`], which loses what a disk may lose.
//!
//! # Left out
//!
//! Memory-mapped files (a failing disk would be a signal instead of an error), direct I/O (the page cache serves the
//! next opening), preallocation without writing (a commit would still have to note which blocks are used), retries.

#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod behind;
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
pub use read::{Follower, Report, read};
pub use real::RealDirectory;
pub use recovery::{Audience, Opened, Options, held, open, open_for};
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
