//! journal

/// A place in the order of commits: what an answer waits for. A later one is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ticket {
    /// Counts the times that the head went back to the published root: tickets of an earlier era are settled.
    pub era: u64,
    /// The last sequence of the batch.
    pub seq: u64,
}
