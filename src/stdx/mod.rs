//! What could have been in std: a clock and randomness that tests can hold, threads with names, a slab, a mailbox.

pub mod clock;
pub mod mailbox;
pub mod nearest;
pub mod panics;
pub mod random;
pub mod report;
pub mod slab;
pub mod threads;
