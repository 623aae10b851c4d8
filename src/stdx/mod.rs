//! What could have been in std: a clock and randomness that tests can hold, threads with names.

pub mod clock;
pub mod nearest;
pub mod random;
pub mod threads;
