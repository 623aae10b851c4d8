//! What the benches measure with: rows and keys as the state has them, numbers that repeat, memory as the kernel sees it.
//!
//! Run them in this folder: `cargo bench` for all, `cargo bench --bench tree -- update` for some. A bench writes its
//! medians to the terminal; those in the repository's documents are quoted as ratios, with the machine they were taken on.

use std::fmt::Debug;
use std::sync::Arc;

use sunstone::codec::order::Key;
use sunstone::stdx::random::Xoshiro;

/// A row as the state sees it: shared, of a type it does not know.
pub type Row = Arc<dyn Fields>;

/// What a row is for the state.
pub trait Fields: Debug + Send + Sync {
    /// One of its fields.
    fn number(&self) -> u64;
}

/// A row of six numbers.
#[derive(Debug)]
struct Numbers([u64; 6]);

impl Fields for Numbers {
    fn number(&self) -> u64 {
        self.0[5]
    }
}

/// A new row.
#[must_use]
pub fn row(number: u64) -> Row {
    Arc::new(Numbers([number; 6]))
}

/// The key of a row whose id is `number`.
#[must_use]
pub fn key(number: u64) -> Key {
    Key::from_bytes(&number.to_be_bytes())
}

/// The numbers below `len` in a random order that repeats.
#[must_use]
pub fn shuffled(len: u64) -> Vec<u64> {
    let mut random = Xoshiro::new(len);
    let mut numbers: Vec<u64> = (0..len).collect();
    numbers.sort_by_cached_key(|_| random.next_u64());
    numbers
}

/// The memory that this process has in use, in bytes; 0 where the kernel does not say.
#[must_use]
pub fn resident_bytes() -> usize {
    const PAGE_BYTES: usize = 4096;
    let pages = || std::fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse::<usize>().ok();
    pages().unwrap_or(0) * PAGE_BYTES
}
