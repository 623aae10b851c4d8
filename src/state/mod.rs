//! What the program knows: one persistent tree per table and index, all reached from one root.
//!
//! A [`State`] is a version of everything. Taking one costs a reference count per table, keeping one costs only what
//! changed since, and nobody who reads one waits for a writer. Words:
//!
//! - a [`Table`] holds the rows of one model by key, its indexes, and the counter of its ids;
//! - a [`Change`] is one row before and after. A transaction is a list of them: undone in reverse, recorded in order;
//! - a [`Record`] is the journal form of a transaction, and [`replay`] applies one without running the program's code;
//! - a [`Historian`] tells one as JSON, from what the journal itself knows of its types.
//!
//! Invariants, asserted by `State::check_invariants` in the tests: every row stands in its table under its own key; every
//! index of the table holds each row exactly once; no unique index holds the same values twice; a counter is larger
//! than every id in its table.

mod change;
mod history;
mod record;
mod replay;
mod rules;
mod table;
pub mod tree;

pub use change::{Change, undo};
pub use history::Historian;
pub use record::{Cause, Record, RecordedChange, Recorder};
pub use replay::{ReplayError, Replayer, replay};
pub use rules::{BROKEN_ROWS_NAMED_MAX, BrokenRules};
pub use table::{INDEX_KEY_BYTES_MAX, Spares, State, Table};
