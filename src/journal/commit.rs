//! The seam between the store and whatever keeps its batches: [`Commit`] takes them, [`Outcomes`] hears what became
//! of them. It is asynchronous and may lose, so that a replicated log fits behind it as well as one file.

use std::fmt::Debug;
use std::io;

use super::FrameKind;

/// A place in the order of commits: what an answer waits for. A later one is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ticket {
    /// Counts the times that the head went back to the published root: tickets of an earlier era are settled.
    pub era: u64,
    /// The last sequence of the batch.
    pub seq: u64,
}

/// Some transactions that are written as one frame: all of them are stored, or none.
#[derive(Debug)]
pub struct Batch {
    /// [`FrameKind::Batch`] or [`FrameKind::Schema`].
    pub kind: FrameKind,
    /// The sequence of the first transaction: one more than the last sequence of the batch before. A schema has
    /// none of its own: the journal writes the last sequence whatever stands here.
    pub first_seq: u64,
    /// How many transactions: at least 1, and 0 for a schema.
    pub count: u32,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub time_ms: u64,
    /// What is stored; the journal does not look inside.
    pub payload: Vec<u8>,
}

/// Takes batches and stores them in order.
pub trait Commit: Send + Sync + Debug {
    /// Hands over the next batch and comes back at once; what became of it is told to [`Outcomes`] under `ticket`.
    /// May be called from inside [`Outcomes::placed`].
    fn submit(&self, batch: Batch, ticket: Ticket);

    /// Stores what was submitted, closes cleanly and waits until that is done. Calling it again does nothing.
    fn stop(&self);
}

/// Hears what became of submitted batches, in the order in which they were submitted, from one thread and with no
/// lock of the journal held.
pub trait Outcomes: Send + Sync {
    /// The batch is on disk. `spent` is its payload's buffer, emptied, to be used again.
    fn placed(&self, ticket: Ticket, spent: Vec<u8>);

    /// Another node was first: go back to the published root and run the commands again. One file never says this.
    fn lost(&self, ticket: Ticket);

    /// Nothing was stored (disk full, or too large) and the journal is as it was before. Every later batch hears the
    /// same until [`Outcomes::room_again`].
    fn not_stored(&self, ticket: Ticket, error: &io::Error);

    /// The disk has space again: batches are stored again.
    fn room_again(&self);

    /// The disk failed: the batch may be stored or not, the next start will tell. The journal takes nothing more;
    /// the process has to end.
    fn unknown(&self, ticket: Ticket, error: &io::Error);

    /// The disk failed while no batch was under way, as the journal was sealed or zeros were written ahead. All that
    /// was placed is stored. The journal takes nothing more; the process has to end. Told once.
    fn failed(&self, error: &io::Error);
}
